"""Judging one patient: the effect of every argument, and the verdicts that remain possible."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property

from ..dictionary import NEAR_GIVEN, Facts, Finding, Lesion, LesionSource, later
from ..logic import VERDICTS, Source
from ..values import FALSE, UNKNOWN, Truth, Value, Words
from ._program import Judge, Program
from ._roles import SUPPORTED, best_of, fold, worst_of

__all__ = ["UNLISTED", "Evaluation", "View", "stale_facts"]

UNLISTED = "unlisted"


class View:
    """The facts as an expression sees them, with the verdicts on other options beside them."""

    def __init__(self, facts: Facts, evaluation: Evaluation) -> None:
        self.facts = facts
        self.evaluation = evaluation
        self.value = facts.value

    def lesion_sources(self) -> tuple[Sequence[Source], bool]:
        """The listed lesions as sources of their own."""
        return [LesionSource(self, lesion) for lesion in self.facts.lesions or ()], self.facts.lesions_complete

    def possible(self, option: str) -> frozenset[str]:
        """The verdicts another option can still have."""
        return self.evaluation.verdicts(option)


class Evaluation:
    """A pack over the facts of one patient.

    ``stale`` findings still count where they speak against an option; where an absolute exclusion hangs on one that
    reassures, it counts as unknown. ``with_value`` gives the evaluation of a changed patient and keeps every
    effect that the change cannot touch.
    """

    def __init__(
        self,
        program: Program,
        facts: Facts,
        stale: frozenset[str] = frozenset(),
        parent: Evaluation | None = None,
        changed: str = "",
    ) -> None:
        self.program = program
        self.facts = facts
        self.stale = stale
        self.view = View(facts, self)
        self._parent = parent
        self._changed = changed
        self._effects: dict[str, tuple[Truth, ...]] = {}
        self._shared: dict[int, Truth] = {}
        self._possible: dict[str, frozenset[int]] = {}
        self._turned_in: dict[str, Mapping[int, Truth]] = {}
        self._changes: dict[tuple[str, Value], Evaluation] = {}

    @cached_property
    def current(self) -> View:
        """The facts with every stale finding unknown."""
        return View(self.facts.without(self.stale), self)

    @cached_property
    def lesions(self) -> list[LesionSource]:
        """The listed lesions; where the list is not complete, one more of which nothing is known."""
        views = [LesionSource(self.view, lesion) for lesion in self.facts.lesions or ()]
        if self.facts.lesions is not None and not self.facts.lesions_complete:
            not_given = Finding(Words.of("no"), "", "listed")
            unlisted = Lesion(UNLISTED, {NEAR_GIVEN: not_given}, self.program.dictionary.lesion_fields)
            views.append(LesionSource(self.view, unlisted))
        return views

    def with_value(self, name: str, value: Value) -> Evaluation:
        """The patient with one fact changed; it is current, whatever stood there before. Made once for each value.

        Of two statements that contradict each other the one refuted is withdrawn, so more than this fact may change.
        """
        found = self._changes.get((name, value))
        if found is None:
            facts, stale = self.facts.found_out(name, Finding(value, "")), self.stale - {name}
            alone = facts.listed is self.facts.listed  # nothing was withdrawn
            found = Evaluation(self.program, facts, stale, *((self, name) if alone else ()))
            self._changes[name, value] = found
        return found

    def verdicts(self, option: str) -> frozenset[str]:
        """``possible`` as words."""
        return _words(self.possible(option))

    def possible(self, option: str) -> frozenset[int]:
        """The ranks of the verdicts that ``option`` can still have."""
        found = self._possible.get(option)
        if found is None:
            found = self._fold(option) if self._parent is None else self._refold(self._parent, option)
            self._possible[option] = found
        return found

    def _fold(self, option: str) -> frozenset[int]:
        effects = self.effects(option)
        patient = fold([(rank, effects[at]) for at, rank, _ in self.program.deciding[option]])
        return self._with_lesions(option, patient)

    def _refold(self, before: Evaluation, option: str) -> frozenset[int]:
        """What is possible after the change: as before, unless it turned an argument or touches the lesions."""
        program = self.program
        if self._changed not in program.inputs[option]:
            return before.possible(option)
        turned = self._turned_for(option)
        if not turned and self._changed not in program.lesion_inputs[option]:
            return before.possible(option)
        effects = before.effects(option)
        patient = fold([(rank, turned.get(key, effects[at])) for at, rank, key in program.deciding[option]])
        return self._with_lesions(option, patient)

    def _with_lesions(self, option: str, patient: frozenset[int]) -> frozenset[int]:
        if not self.program.lesion_inputs[option] or not self.lesions:
            return patient
        return worst_of([patient, self.lesions_possible(option)])

    def _turned_for(self, option: str) -> Mapping[int, Truth]:
        """The new effects of the option's deciding arguments that the change turned (and perhaps of others)."""
        found = self._turned_in.get(option)
        if found is None:
            program = self.program
            if self._changed not in program.inputs[option]:
                found = {}
            else:
                found = self._turned if option in self._reached else {}
                if program.asking[option] and self._answers_differ(option):
                    found = {**found, **self._turned_of(program.asking[option])}
            self._turned_in[option] = found
        return found

    @cached_property
    def _turned(self) -> dict[int, Truth]:
        """The same of all options, the arguments that ask for verdicts apart."""
        return self._turned_of(self.program.touching(self._changed))

    def _answers_differ(self, option: str) -> bool:
        """Whether the arguments that ask for verdicts can be told another answer."""
        parent, program = self._parent, self.program
        assert parent is not None
        if self._changed in program.asking_reads[option]:
            return True
        return any(self.possible(asked) is not parent.possible(asked) for asked in program.asked[option])

    def _turned_of(self, judges: Iterable[Judge]) -> dict[int, Truth]:
        parent, view, shared = self._parent, self.view, self._shared
        assert parent is not None
        before, turned = parent._shared, {}
        for judge in judges:
            key = judge.key
            effect = shared[key] = self._effect(judge, view)
            if effect is not (before[key] if key in before else parent._on_patient(judge)):
                turned[key] = effect
        return turned

    @cached_property
    def _reached(self) -> frozenset[str]:
        """The options that have an argument that was turned."""
        return frozenset().union(*[self.program.options_with[key] for key in self._turned])

    def lesions_possible(self, option: str) -> frozenset[int]:
        """What the best of the listed lesions leaves possible; no limit where lesions are not listed or not judged."""
        if not self.program.lesion_inputs[option] or not self.lesions:
            return frozenset({SUPPORTED})
        return best_of(self.lesion_possible(option, lesion) for lesion in self.lesions)

    def effects(self, option: str) -> tuple[Truth, ...]:
        """Whether each argument bites; arguments on lesions are judged with the lesions and are false here.

        After a change those that decide nothing are left as they were.
        """
        found = self._effects.get(option)
        if found is None:
            judges = self.program.judges[option]
            if self._parent is None:
                found = tuple([self._on_patient(judge) for judge in judges])
            else:
                found, turned = self._parent.effects(option), self._turned_for(option)
                if turned:
                    found = tuple([turned.get(judge.key, before) for judge, before in zip(judges, found, strict=True)])
            self._effects[option] = found
        return found

    def _on_patient(self, judge: Judge) -> Truth:
        """The effect on the patient; an argument that several options share is judged once."""
        if judge.lesion:
            return FALSE
        found = self._shared.get(judge.key)
        if found is None:
            parent = self._parent
            if parent is not None and self._changed not in judge.inputs:
                found = parent._on_patient(judge)
            else:
                found = self._effect(judge, self.view)
            self._shared[judge.key] = found
        return found

    def _effect(self, judge: Judge, view: Source) -> Truth:
        effect = judge.bites(view)
        if effect is FALSE and judge.guards and self.stale and judge.inputs & self.stale:
            return FALSE if judge.bites(self._currently(view)) is FALSE else UNKNOWN
        return effect

    def _currently(self, view: Source) -> Source:
        """The patient, or a lesion of the patient, with every stale finding unknown."""
        return LesionSource(self.current, view.lesion) if isinstance(view, LesionSource) else self.current

    def lesion_effects(self, option: str, lesion: LesionSource) -> list[tuple[Judge, Truth]]:
        """The arguments on lesions, and whether each bites on this one."""
        return [(judge, self._effect(judge, lesion)) for judge in self.program.judges[option] if judge.lesion]

    def lesion_possible(self, option: str, lesion: LesionSource) -> frozenset[int]:
        """What one lesion by itself leaves possible."""
        effects = self.lesion_effects(option, lesion)
        return fold((judge.rank, effect) for judge, effect in effects if judge.decides)


@cache
def _words(ranks: frozenset[int]) -> frozenset[str]:
    return frozenset(VERDICTS[rank] for rank in ranks)


def stale_facts(facts: Facts, as_of: datetime.date) -> Iterable[str]:
    """Names of the findings that are older than the dictionary lets them be."""
    for name, finding in facts.entered.items():
        fact = facts.dictionary.facts[name]
        months = facts.dictionary.validity(fact)
        if finding.date is not None and months is not None and as_of > later(finding.date, int(months)):
            yield name

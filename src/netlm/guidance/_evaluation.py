"""Judging one patient: the effect of every argument, and the verdicts that remain possible."""

from __future__ import annotations

import datetime
from calendar import monthrange
from collections.abc import Iterable, Sequence
from functools import cached_property

from ..dictionary import NEAR_GIVEN, Facts, Finding, Lesion, LesionSource
from ..logic import VERDICTS, Source
from ..values import FALSE, UNKNOWN, Truth, Words
from ._program import Judge, Program
from ._roles import SUPPORTED, best_of, fold, worst_of

__all__ = ["UNLISTED", "Evaluation", "View", "later", "stale_facts"]

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
    reassures, it counts as unknown. ``with_finding`` gives the evaluation of a changed patient and keeps every
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
        self._verdicts: dict[str, frozenset[str]] = {}

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

    def with_finding(self, name: str, finding: Finding) -> Evaluation:
        """The patient with one finding changed; it is current, whatever stood there before."""
        return Evaluation(self.program, self.facts.with_finding(name, finding), self.stale - {name}, self, name)

    def verdicts(self, option: str) -> frozenset[str]:
        """``possible`` as words."""
        found = self._verdicts.get(option)
        if found is None:
            found = self._verdicts[option] = frozenset(VERDICTS[rank] for rank in self.possible(option))
        return found

    def possible(self, option: str) -> frozenset[int]:
        """The ranks of the verdicts that ``option`` can still have."""
        found = self._possible.get(option)
        if found is None:
            found = self._possible[option] = self._kept(option) or self._fold(option)
        return found

    def _kept(self, option: str) -> frozenset[int] | None:
        """What was possible before the change, where the change touches no argument's effect."""
        parent, program = self._parent, self.program
        if parent is None:
            return None
        untouched = self._changed not in program.inputs[option] or (
            self._changed not in program.lesion_inputs[option]
            and self._differing.isdisjoint(program.argument_ids[option])
            and all(self._on_patient(judge) is parent._on_patient(judge) for judge in program.asking[option])
        )
        return parent.possible(option) if untouched else None

    @cached_property
    def _differing(self) -> frozenset[int]:
        """The deciding arguments whose effect the change has turned, those that ask for verdicts apart."""
        parent = self._parent
        assert parent is not None
        touched = self.program.touching(self._changed)
        return frozenset(judge.key for judge in touched if self._on_patient(judge) is not parent._on_patient(judge))

    def _fold(self, option: str) -> frozenset[int]:
        effects = self.effects(option)
        patient = fold([(rank, effects[at]) for at, rank in self.program.deciding[option]])
        if not self.lesions or not self.program.lesion_inputs[option]:
            return patient
        return worst_of([patient, self.lesions_possible(option)])

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
                found = tuple(self._on_patient(judge) for judge in judges)
            else:
                before = self._parent.effects(option)
                touched = self.program.touched(option, self._changed)
                now = {at: effect for at in touched if (effect := self._on_patient(judges[at])) is not before[at]}
                found = tuple(now.get(at, effect) for at, effect in enumerate(before)) if now else before
            self._effects[option] = found
        return found

    def _on_patient(self, judge: Judge) -> Truth:
        """The effect on the patient; an argument that several options share is judged once."""
        if judge.lesion:
            return FALSE
        found = self._shared.get(judge.key)
        if found is None:
            found = self._shared[judge.key] = self._effect(judge, self.view)
        return found

    def _effect(self, judge: Judge, view: Source) -> Truth:
        truth = judge.rule(view)
        effect = truth.negated() if judge.denies else truth
        if effect is FALSE and judge.guards and self.stale and judge.inputs & self.stale:
            current = judge.rule(self.current)
            return FALSE if (current.negated() if judge.denies else current) is FALSE else UNKNOWN
        return effect

    def lesion_effects(self, option: str, lesion: LesionSource) -> list[tuple[Judge, Truth]]:
        """The arguments on lesions, and whether each bites on this one."""
        return [(judge, self._effect(judge, lesion)) for judge in self.program.judges[option] if judge.lesion]

    def lesion_possible(self, option: str, lesion: LesionSource) -> frozenset[int]:
        """What one lesion by itself leaves possible."""
        effects = self.lesion_effects(option, lesion)
        return fold((judge.rank, effect) for judge, effect in effects if judge.decides)


def stale_facts(facts: Facts, as_of: datetime.date) -> Iterable[str]:
    """Names of the findings that are older than the dictionary lets them be."""
    for name, finding in facts.entered.items():
        fact = facts.dictionary.facts[name]
        months = facts.dictionary.validity(fact)
        if finding.date is not None and months is not None and as_of > later(finding.date, int(months)):
            yield name


def later(day: datetime.date, months: int) -> datetime.date:
    """The day so many calendar months later; the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

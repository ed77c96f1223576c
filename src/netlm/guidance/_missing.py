"""Which unknown fact would settle what: every one of which some value alone shrinks what is possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..values import FALSE, UNKNOWN, Value
from ._evaluation import Evaluation

__all__ = ["Missing", "Outcomes", "find_missing", "find_renewals", "rank_missing", "unknown_facts"]

Outcomes = tuple[tuple[Value, frozenset[int]], ...]
"""What a fact may turn out to be, each with the verdicts that are possible then."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown fact of one option: whether some value of it alone settles the verdict, and what each would give."""

    fact: str
    settles: bool
    outcomes: Outcomes = ()

    @property
    def settles_always(self) -> bool:
        """Whether the verdict is settled whatever the fact turns out to be."""
        return bool(self.outcomes) and all(len(possible) == 1 for _, possible in self.outcomes)


def unknown_facts(evaluation: Evaluation) -> Iterator[str]:
    """The entered facts that are not fully known and that some option asks for, in the order of the dictionary."""
    asked = frozenset().union(*evaluation.program.inputs.values())
    for name, fact in evaluation.facts.dictionary.facts.items():
        if name not in asked or not fact.is_entered or fact.type.kind == "opaque":
            continue
        if not evaluation.facts.is_known(name) or name in evaluation.stale:
            yield name


def find_missing(evaluation: Evaluation) -> dict[str, tuple[Missing, ...]]:
    """For every option its missing facts, those that settle it first; empty where one verdict is left."""
    open_options = [option for option in evaluation.program.judges if len(evaluation.possible(option)) > 1]
    found: dict[str, list[Missing]] = {option: [] for option in open_options}
    for name in unknown_facts(evaluation):
        concerned = [option for option in open_options if name in evaluation.program.inputs[option]]
        if not concerned:
            continue
        tried = [(value, evaluation.with_value(name, value)) for value in _values(evaluation, name)]
        for option in concerned:
            now = evaluation.possible(option)
            outcomes = tuple([(value, after.possible(option)) for value, after in tried])
            if any(after < now for _, after in outcomes):
                settles = any(len(after) == 1 and after < now for _, after in outcomes)
                found[option].append(Missing(name, settles, outcomes))
    for option, missing in found.items():
        missing.sort(key=lambda one: (not one.settles, not one.settles_always))
        if not missing:
            missing.extend(_of_deciding(evaluation, option))
    return {option: tuple(found.get(option, ())) for option in evaluation.program.judges}


def find_renewals(evaluation: Evaluation) -> dict[str, dict[str, Outcomes]]:
    """For every stale finding the options for which it would matter today, with the values that would change them."""
    found: dict[str, dict[str, Outcomes]] = {}
    for name in evaluation.facts.dictionary.facts if evaluation.stale else ():
        if name in evaluation.stale:
            tried = [(value, evaluation.with_value(name, value)) for value in _values(evaluation, name)]
            found[name] = {}
            for option in evaluation.program.judges:
                now = evaluation.possible(option)
                outcomes = ((value, after.possible(option)) for value, after in tried)
                if changed := tuple(one for one in outcomes if one[1] != now):
                    found[name][option] = changed
    return found


def _values(evaluation: Evaluation, name: str) -> Sequence[Value]:
    """What an unknown fact could turn out to be; a stale one may be found to be anything again."""
    now = evaluation.facts.value(name)
    if name in evaluation.stale:
        now = evaluation.facts.dictionary.facts[name].type.everything
    return evaluation.program.groups(name, now)


def _of_deciding(evaluation: Evaluation, option: str) -> Iterator[Missing]:
    """The unknown facts of the arguments that keep the option open, where no single fact shrinks it."""
    effects = zip(evaluation.program.judges[option], evaluation.effects(option), strict=True)
    asked = [judge.inputs for judge, effect in effects if judge.decides and effect is UNKNOWN]
    for lesion in evaluation.lesions:
        asked += [judge.inputs for judge, effect in evaluation.lesion_effects(option, lesion) if effect is not FALSE]
    inputs = frozenset().union(*asked)
    if "lesions" in inputs and evaluation.lesions:
        yield Missing("lesions", settles=False)
    for name in unknown_facts(evaluation):
        if name in inputs and name != "lesions" and _matters(evaluation, option, name):
            yield Missing(name, settles=False)


def _matters(evaluation: Evaluation, option: str, name: str) -> bool:
    """Whether some value of the fact changes the effect of some argument."""
    now = evaluation.effects(option)
    tried = (evaluation.with_value(name, value) for value in _values(evaluation, name))
    return any(after.effects(option) != now for after in tried)


def rank_missing(missing: Mapping[str, tuple[Missing, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """The missing facts over all options with the options that some value of theirs would settle, most first."""
    decides: dict[str, list[str]] = {}
    for option, facts in missing.items():
        for one in facts:
            decides.setdefault(one.fact, []).extend([option] if one.settles else [])
    return sorted(((fact, tuple(options)) for fact, options in decides.items()), key=lambda item: -len(item[1]))

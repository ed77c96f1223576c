"""What would change a verdict for the better: the smallest sets of at most two facts.

Only facts count that time, a test or a treatment changes, and only to values they can then take; never age, Ki-67 or
size. A set is listed where it gives one verdict, better than the present one (for "cannot tell": no worse than
extreme caution), and no smaller set gives as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from ..dictionary import Finding
from ..values import FALSE, Numbers, Value, Words
from ._evaluation import Evaluation
from ._roles import RANK

__all__ = ["Change", "find_changes"]

WORST_WELCOME = RANK["extreme_caution"]
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Change:
    """Facts to set, and the rank of the verdict that follows."""

    set: tuple[tuple[str, Value], ...]
    rank: int


def find_changes(evaluation: Evaluation) -> dict[str, tuple[Change, ...]]:
    """For every option the sets of facts that would give it a better verdict, smallest first."""
    singles = {name: tuple(_tried(evaluation, name)) for name in _changeable(evaluation)}
    return {option: _of_option(evaluation, option, singles) for option in evaluation.program.judges}


def _changeable(evaluation: Evaluation) -> Iterator[str]:
    asked = frozenset().union(*evaluation.program.inputs.values())
    for name, fact in evaluation.facts.dictionary.facts.items():
        if name not in asked or not fact.is_entered or fact.detail_of or fact.type.kind == "opaque":
            continue
        known = evaluation.facts.is_known(name)
        if {"time", "treatment"} & set(fact.changed_by) or (not known and "test" in fact.changed_by):
            yield name


def _tried(evaluation: Evaluation, name: str) -> Iterator[tuple[Value, Evaluation]]:
    facts, fact = evaluation.facts, evaluation.facts.dictionary.facts[name]
    now = facts.value(name)
    for value in evaluation.program.alternatives(name, fact.type.everything if now.is_known else now):
        if now.is_known and (fact.becomes and not _becomes(value, fact.becomes)):
            continue
        if isinstance(now, Numbers) and isinstance(value, Numbers) and now.is_known and now.meet(value):
            continue
        if value != now:
            yield value, evaluation.with_finding(name, Finding(value, ""))


def _becomes(value: Value, words: tuple[str, ...]) -> bool:
    return isinstance(value, Words) and value.word in words


def _of_option(
    evaluation: Evaluation, option: str, singles: Mapping[str, tuple[tuple[Value, Evaluation], ...]]
) -> tuple[Change, ...]:
    target = _target(evaluation.possible(option))
    groups = _blocking(evaluation, option, target)
    if groups is None:
        return ()
    inputs = evaluation.program.inputs[option]
    names = [name for name in singles if name in inputs]
    found: list[Change] = []
    for name in names:
        if all(name in group for group in groups):
            for value, after in singles[name]:
                _keep(found, ((name, value),), after.possible(option), target)
    for first, second in combinations(names, 2):
        if all(first in group or second in group for group in groups) and len(found) < MOST_LISTED:
            _pairs(found, option, target, first, second, singles)
    return tuple(sorted(found, key=lambda change: (len(change.set), -change.rank))[:MOST_LISTED])


def _target(possible: frozenset[int]) -> int:
    """The worst rank that would be an improvement."""
    if len(possible) == 1 or max(possible) < WORST_WELCOME:
        return max(possible) + 1
    return WORST_WELCOME


def _blocking(evaluation: Evaluation, option: str, target: int) -> list[frozenset[str]] | None:
    """For every argument that must stop biting the facts that touch it; None where nothing can be done."""
    effects = zip(evaluation.program.judges[option], evaluation.effects(option), strict=True)
    groups = [judge.inputs for judge, effect in effects if judge.decides and effect is not FALSE and judge.rank < target]
    if any(not group for group in groups):
        return None
    return groups


def _pairs(
    found: list[Change],
    option: str,
    target: int,
    first: str,
    second: str,
    singles: Mapping[str, tuple[tuple[Value, Evaluation], ...]],
) -> None:
    for value, after in singles[first]:
        for other, _ in singles[second]:
            both = after.with_finding(second, Finding(other, ""))
            _keep(found, ((first, value), (second, other)), both.possible(option), target)


def _keep(found: list[Change], facts: tuple[tuple[str, Value], ...], possible: frozenset[int], target: int) -> None:
    if len(possible) != 1:
        return
    rank = next(iter(possible))
    if rank < target or any(set(change.set) < set(facts) and change.rank >= rank for change in found):
        return
    found.append(Change(facts, rank))

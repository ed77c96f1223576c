"""What would change a verdict for the better: the smallest sets of at most two facts.

Only facts count that time, a test or a treatment changes, and only to values they can then take; never age, Ki-67 or
size. A set is listed where it gives one verdict, better than the present one (for "cannot tell": the best that is
possible, where that is extreme caution or better), and no smaller set gives as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from ..dictionary import Fact
from ..values import FALSE, Members, Numbers, Value, Words, meet
from ._evaluation import Evaluation
from ._roles import RANK, SUPPORTED

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
    return _Search(evaluation).all_options()


class _Search:
    """Tries single facts and pairs; each changed patient is evaluated once and shared by all options."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.singles = {name: tuple(self._tried(name)) for name in self._changeable()}

    def all_options(self) -> dict[str, tuple[Change, ...]]:
        return {option: self._of_option(option) for option in self.evaluation.program.judges}

    def _changeable(self) -> Iterator[str]:
        asked = frozenset().union(*self.evaluation.program.inputs.values())
        for name, fact in self.evaluation.facts.dictionary.facts.items():
            if name not in asked or not fact.is_entered or fact.detail_of or fact.type.kind == "opaque":
                continue
            known = self._is_known(name)
            if {"time", "treatment"} & set(fact.changed_by) or (not known and "test" in fact.changed_by):
                yield name

    def _is_known(self, name: str) -> bool:
        """Whether one value is left, and current."""
        return name not in self.evaluation.stale and self.evaluation.facts.is_known(name)

    def _tried(self, name: str) -> Iterator[tuple[Value, Evaluation]]:
        evaluation, fact = self.evaluation, self.evaluation.facts.dictionary.facts[name]
        now, stale = evaluation.facts.value(name), name in evaluation.stale
        known = now.is_known
        for value in evaluation.program.alternatives(name, fact.type.everything if known or stale else now):
            renewed = stale and meet(now, value) is not None
            if not known or renewed or _reachable(now, value, fact):
                yield value, evaluation.with_value(name, value)

    def _of_option(self, option: str) -> tuple[Change, ...]:
        target = _target(self.evaluation.possible(option))
        if target > min(SUPPORTED, max(self.evaluation.lesions_possible(option))):
            return ()
        blocking = _blocking(self.evaluation, option, target)
        names = [name for name in self.singles if name in self.evaluation.program.inputs[option]]
        found: list[Change] = []
        for name in names:
            if all(name in inputs for inputs in blocking.values()):
                for value, after in self.singles[name]:
                    _keep(found, ((name, value),), after.possible(option), target)
        for first, second in combinations(names, 2):
            if len(found) < MOST_LISTED and all(first in inputs or second in inputs for inputs in blocking.values()):
                self._try_pairs(found, option, target, blocking, first, second)
        return tuple(sorted(found, key=lambda change: (len(change.set), -change.rank))[:MOST_LISTED])

    def _try_pairs(
        self,
        found: list[Change],
        option: str,
        target: int,
        blocking: Mapping[int, frozenset[str]],
        first: str,
        second: str,
    ) -> None:
        alone_first = [at for at, inputs in blocking.items() if second not in inputs]
        alone_second = [at for at, inputs in blocking.items() if first not in inputs]
        seconds = [value for value, after in self.singles[second] if _clears(after, option, alone_second)]
        for value, after in self.singles[first]:
            if seconds and _clears(after, option, alone_first):
                for other in seconds:
                    possible = after.with_value(second, other).possible(option)
                    _keep(found, ((first, value), (second, other)), possible, target)


def _reachable(now: Value, value: Value, fact: Fact) -> bool:
    """Whether a known value can turn into another: time only adds, and the dictionary may name what it becomes."""
    if isinstance(now, Numbers) and isinstance(value, Numbers):
        grows = (value.intervals[0].low or 0) >= (now.number or 0)
        return now.meet(value) is None and (grows or fact.changed_by != ("time",))
    if fact.becomes and isinstance(value, Words):
        return value.word in fact.becomes and value != now
    if fact.becomes and isinstance(value, Members):
        return value == Members.exactly(()) and value != now
    return value != now


def _target(possible: frozenset[int]) -> int:
    """The worst rank that would be an improvement: while it cannot be told, the best that may come out anyway."""
    best = max(possible)
    return best if len(possible) > 1 and best >= WORST_WELCOME else best + 1


def _blocking(evaluation: Evaluation, option: str, target: int) -> dict[int, frozenset[str]]:
    """The positions of the arguments that must stop biting, each with the facts that touch it."""
    effects = enumerate(zip(evaluation.program.judges[option], evaluation.effects(option), strict=True))
    return {
        at: judge.inputs
        for at, (judge, effect) in effects
        if judge.decides and effect is not FALSE and judge.rank < target
    }


def _clears(after: Evaluation, option: str, positions: list[int]) -> bool:
    """Whether these arguments certainly do not bite any more."""
    effects = after.effects(option)
    return all(effects[at] is FALSE for at in positions)


def _keep(found: list[Change], facts: tuple[tuple[str, Value], ...], possible: frozenset[int], target: int) -> None:
    if len(possible) != 1:
        return
    rank = next(iter(possible))
    if rank < target or any(set(change.set) < set(facts) and change.rank >= rank for change in found):
        return
    found.append(Change(facts, rank))

"""What a fact could still be: numbers as intervals, words as sets, lists of words by what they must and may hold.

A known fact is a set of one; an unknown fact is everything its type allows. So unknown never turns into no, and
one rule answers every question: true if all that is possible satisfies it, false if none does, unknown otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from ._truth import FALSE, TRUE, UNKNOWN, Truth

__all__ = ["Exact", "Interval", "Members", "Numbers", "Opaque", "Value", "Words", "exact", "join", "meet"]


Exact = int | Fraction
"""An exact rational number; an int where it is whole, which compares much faster."""


def exact(number: str | float | Fraction) -> Exact:
    """The number itself, as an int where it is whole; texts are decimal."""
    fraction = number if isinstance(number, int | Fraction) else Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from ``low`` to ``high``; None is unbounded, an open end does not belong to it."""

    low: Exact | None
    high: Exact | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.is_empty:
            raise ValueError("an interval holds at least one number")

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies between the ends (only ever true while building)."""
        return _empty(self.low, self.high, self.low_open or self.high_open)

    @property
    def is_point(self) -> bool:
        """Whether it holds exactly one number."""
        return self.low is not None and (self.low is self.high or self.low == self.high)

    def meet(self, other: Interval) -> Interval | None:
        """What both intervals hold, or None."""
        low, low_open = max(self._low_key, other._low_key)
        high, high_closed = min(self._high_key, other._high_key)
        if low > high or (low == high and (low_open or not high_closed)):
            return None
        return Interval(
            None if low == -_INFINITE else exact(low),
            None if high == _INFINITE else exact(high),
            low_open,
            not high_closed,
        )

    @property
    def _low_key(self) -> tuple[Exact | float, bool]:
        return (-_INFINITE if self.low is None else self.low, self.low_open)

    @property
    def _high_key(self) -> tuple[Exact | float, bool]:
        return (_INFINITE if self.high is None else self.high, not self.high_open)


_INFINITE = float("inf")


def _empty(low: Exact | None, high: Exact | None, open_end: bool) -> bool:
    if low is None or high is None:
        return False
    return low > high or (low == high and open_end)


def _below(interval: Interval, limit: Exact) -> Truth:
    """Truth of x < limit for x in the interval."""
    low, high = interval.low, interval.high
    if high is not None and (high < limit or (high == limit and interval.high_open)):
        return TRUE
    if low is not None and low >= limit:
        return FALSE
    return UNKNOWN


def _at_most(interval: Interval, limit: Exact) -> Truth:
    """Truth of x <= limit for x in the interval."""
    low, high = interval.low, interval.high
    if high is not None and high <= limit:
        return TRUE
    if low is not None and (low > limit or (low == limit and interval.low_open)):
        return FALSE
    return UNKNOWN


def _equal(interval: Interval, limit: Exact) -> Truth:
    if interval.is_point:
        return TRUE if interval.low == limit else FALSE
    return UNKNOWN if interval.meet(Interval(limit, limit)) else FALSE


_COMPARE: dict[str, Callable[[Interval, Exact], Truth]] = {
    "<": _below,
    "<=": _at_most,
    ">": lambda interval, limit: _at_most(interval, limit).negated(),
    ">=": lambda interval, limit: _below(interval, limit).negated(),
    "==": _equal,
    "!=": lambda interval, limit: _equal(interval, limit).negated(),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number that lies in one of ``intervals`` (disjoint, ascending), in the fact's own unit."""

    intervals: tuple[Interval, ...]

    @classmethod
    def exactly(cls, number: Exact) -> Numbers:
        """One known number."""
        end = exact(number)
        return cls((Interval(end, end),))

    @classmethod
    def between(cls, low: Exact | None, high: Exact | None, low_open: bool = False, high_open: bool = False) -> Numbers:
        """Anything from ``low`` to ``high``."""
        return cls((Interval(low, high, low_open, high_open),))

    @property
    def number(self) -> Exact | None:
        """The number, where it is known."""
        first = self.intervals[0]
        return first.low if len(self.intervals) == 1 and first.is_point else None

    @property
    def is_known(self) -> bool:
        """Whether one number is left."""
        return self.number is not None

    def compare(self, operator: str, limit: Exact) -> Truth:
        """Truth of ``self operator limit``; operators are ``< <= > >= == !=``."""
        rule = _COMPARE[operator]
        first = rule(self.intervals[0], limit)
        for interval in self.intervals[1:]:
            if rule(interval, limit) is not first:
                return UNKNOWN
        return first

    def meet(self, other: Numbers) -> Numbers | None:
        """What both allow, or None where they cannot both be true."""
        shared = [a.meet(b) for a in self.intervals for b in other.intervals]
        kept = tuple(sorted((s for s in shared if s), key=lambda s: s._low_key))
        return Numbers(kept) if kept else None

    def join(self, other: Numbers) -> Numbers:
        """Everything that either allows."""
        merged: list[Interval] = []
        for interval in sorted(self.intervals + other.intervals, key=lambda s: s._low_key):
            last = merged[-1] if merged else None
            if last is None or not _touches(last, interval):
                merged.append(interval)
                continue
            high, closed = max(last._high_key, interval._high_key)
            merged[-1] = Interval(last.low, None if high == _INFINITE else exact(high), last.low_open, not closed)
        return Numbers(tuple(merged))

    def whole(self) -> Numbers | None:
        """The same restricted to whole numbers, its ends closed; None where it holds none."""
        kept: list[Interval] = []
        for interval in self.intervals:
            low = None if interval.low is None else _ceil(interval.low, interval.low_open)
            high = None if interval.high is None else _floor(interval.high, interval.high_open)
            if not _empty(low, high, open_end=False):
                kept.append(Interval(low, high))
        return Numbers(tuple(kept)) if kept else None


def _touches(first: Interval, second: Interval) -> bool:
    if first.high is None or second.low is None:
        return True
    return second.low < first.high or (second.low == first.high and not (first.high_open and second.low_open))


def _ceil(number: Exact, is_open: bool) -> Exact:
    up = -((-number.numerator) // number.denominator)
    return up + 1 if is_open and up == number else up


def _floor(number: Exact, is_open: bool) -> Exact:
    down = number.numerator // number.denominator
    return down - 1 if is_open and down == number else down


@dataclass(frozen=True, slots=True)
class Words:
    """A word that is one of ``possible``."""

    possible: frozenset[str]

    def __post_init__(self) -> None:
        if not self.possible:
            raise ValueError("a word fact has at least one possible value")

    @classmethod
    def of(cls, *words: str) -> Words:
        """The set of the given words."""
        return cls(frozenset(words))

    @property
    def word(self) -> str | None:
        """The word, where it is known."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None

    @property
    def is_known(self) -> bool:
        """Whether one word is left."""
        return len(self.possible) == 1

    def within(self, words: frozenset[str]) -> Truth:
        """Whether the word is one of ``words``."""
        if self.possible <= words:
            return TRUE
        return UNKNOWN if self.possible & words else FALSE

    def meet(self, other: Words) -> Words | None:
        """What both allow, or None."""
        shared = self.possible & other.possible
        return Words(shared) if shared else None

    def join(self, other: Words) -> Words:
        """Everything that either allows."""
        return Words(self.possible | other.possible)


@dataclass(frozen=True, slots=True)
class Members:
    """A list of words that holds all of ``must`` and nothing outside ``may``."""

    must: frozenset[str]
    may: frozenset[str]

    def __post_init__(self) -> None:
        if not self.must <= self.may:
            raise ValueError("what must be in a list may be in it")

    @classmethod
    def exactly(cls, words: Iterable[str]) -> Members:
        """A complete list."""
        listed = frozenset(words)
        return cls(listed, listed)

    @property
    def is_known(self) -> bool:
        """Whether the list is complete."""
        return self.must == self.may

    def has(self, word: str) -> Truth:
        """Whether the list holds ``word``."""
        if word in self.must:
            return TRUE
        return UNKNOWN if word in self.may else FALSE

    def meet(self, other: Members) -> Members | None:
        """What both allow, or None."""
        must, may = self.must | other.must, self.may & other.may
        return Members(must, may) if must <= may else None

    def join(self, other: Members) -> Members:
        """Everything that either allows."""
        return Members(self.must & other.must, self.may | other.may)


@dataclass(frozen=True, slots=True)
class Opaque:
    """Free text or a list of records: told, never judged."""

    content: object
    is_known: bool = True


Value = Numbers | Words | Members | Opaque


def meet(first: Value, second: Value) -> Value | None:
    """What both statements allow, or None where they cannot both be true; texts agree only with themselves."""
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        return first.meet(second)
    if isinstance(first, Words) and isinstance(second, Words):
        return first.meet(second)
    if isinstance(first, Members) and isinstance(second, Members):
        return first.meet(second)
    return first if first == second else None


def join(first: Value, second: Value) -> Value:
    """Everything that either statement allows."""
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        return first.join(second)
    if isinstance(first, Words) and isinstance(second, Words):
        return first.join(second)
    if isinstance(first, Members) and isinstance(second, Members):
        return first.join(second)
    return first if first == second else Opaque((first, second), is_known=False)

"""Kleene's strong three-valued logic (Kleene 1952, Introduction to Metamathematics, section 64)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

__all__ = ["FALSE", "TRUE", "UNKNOWN", "Truth"]


class Truth(IntEnum):
    """False < unknown < true; conjunction is the minimum, disjunction the maximum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    @property
    def word(self) -> str:
        """``true``, ``false`` or ``unknown``, as exported."""
        return _WORDS[self]

    def negated(self) -> Truth:
        """Kleene negation: unknown stays unknown."""
        return _NEGATED[self]

    @staticmethod
    def of_outcomes(can_be_true: bool, can_be_false: bool) -> Truth:
        """Truth of a statement of which the given outcomes can still occur."""
        if can_be_true and can_be_false:
            return UNKNOWN
        return TRUE if can_be_true else FALSE

    @staticmethod
    def at_least(count: int, truths: Iterable[Truth]) -> Truth:
        """Whether at least ``count`` of ``truths`` hold."""
        listed = list(truths)
        certain = sum(truth is TRUE for truth in listed)
        reachable = certain + sum(truth is UNKNOWN for truth in listed)
        return Truth.of_outcomes(reachable >= count, certain < count)


FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
_WORDS = ("false", "unknown", "true")
_NEGATED = (TRUE, UNKNOWN, FALSE)

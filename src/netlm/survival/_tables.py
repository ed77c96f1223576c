"""How groups and amounts are named, beside the words and tables that every picture shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..figures import html_table, number, p_cell, p_value, percent, ratio, with_interval
from ._types import Estimate

__all__ = [
    "NOT_REACHED", "amount", "html_table", "name_of", "number", "p_cell", "p_value", "percent", "ratio", "told",
    "with_interval",
]  # fmt: skip

NOT_REACHED = "not reached"
ROUNDING = 1e-9


def name_of(label: Any, nameless: str = "all patients") -> str:
    """A group as a reader sees it: yes and no for true and false, ``nameless`` where there is one without a name."""
    return {True: "yes", False: "no"}[label] if isinstance(label, bool) else str(label) or nameless


def amount(value: Any) -> str:
    """How many: a whole number, or a sum of weights with one decimal."""
    nearest = round(float(value))
    return str(nearest) if abs(value - nearest) < ROUNDING * max(1, abs(nearest)) else f"{value:.1f}"


def told(value: Estimate, show: Callable[[float], str]) -> str:
    """The number with its interval; in words where the data hold no error for it."""
    if not value.se > 0:
        return f"{show(value)} (no interval)"
    return with_interval(show(value), show(value.lower), show(value.upper))

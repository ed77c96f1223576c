"""The axis of a forest: logarithmic for ratios, 0 to 100 % for proportions, and how far it reaches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ..figures import number

__all__ = ["Scale", "even_ticks", "scale_of"]

RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
FINE_RATIOS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 7, 10)
TICK_ROOM = 10.0
"""Millimetres that a tick label needs."""
LEAST_GAP = 7.0
SHORT = math.log(5)
REACH = 3.0
"""Intervals are cut, with an arrow, this many middling half-widths beyond the estimates."""
ROOM = 0.04
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
FEW_SHARES = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Scale:
    """``low`` to ``high`` of the axis, as drawn (logarithms for ratios), and its ticks with their labels."""

    log: bool
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """Where ``value`` is drawn."""
        return (math.log(value) if value > 0 else -math.inf) if self.log else value

    def cut(self, value: float) -> float:
        """Where ``value`` is drawn, held on the axis."""
        return min(max(self.at(value), self.low), self.high)


def scale_of(
    measure: str, null: float | None, estimates: Sequence[float], limits: Sequence[tuple[float, float]], width: float
) -> Scale:
    """The axis that shows all estimates, and the intervals as far as is useful."""
    if measure == "proportion":
        shares = SHARES if width >= TICK_ROOM * len(SHARES) else FEW_SHARES
        return Scale(False, -ROOM / 2, 1 + ROOM / 2, tuple((share, f"{100 * share:g} %") for share in shares))
    log = measure == "hazard_ratio"
    place = Scale(log, 0, 0, ()).at
    shown = [place(value) for value in estimates] + ([place(null)] if null is not None else [])
    ends = [(place(low), place(high)) for low, high in limits]
    half = [(high - low) / 2 for low, high in ends if math.isfinite(high - low)]
    beyond = REACH * median(half) if half else 0.0
    low = min(shown + [max(start, min(shown) - beyond) for start, _ in ends])
    high = max(shown + [min(end, max(shown) + beyond) for _, end in ends])
    room = ROOM * (high - low) or 1.0
    low, high = low - room, high + room
    return Scale(log, low, high, tuple(_log_ticks(low, high, width) if log else even_ticks(low, high, width)))


def _log_ticks(low: float, high: float, width: float) -> list[tuple[float, str]]:
    """Round ratios where they have room; else even steps on a short axis, powers of ten on a long one."""
    for candidates in (FINE_RATIOS, RATIOS):
        inside = [value for value in candidates if low <= math.log(value) <= high]
        gaps = [math.log(b / a) * width / (high - low) for a, b in pairwise(inside)]
        if len(inside) > 2 and min(gaps) >= LEAST_GAP:
            return [(math.log(value), f"{value:g}") for value in inside]
    if high - low < SHORT:
        even = even_ticks(math.exp(low), math.exp(high), width)
        return [(math.log(value), label) for value, label in even]
    first, last = math.ceil(low / math.log(10)), math.floor(high / math.log(10))
    step = max(1, math.ceil((last - first) * TICK_ROOM / width))
    tens = [power for power in range(first, last + 1) if power % step == 0]
    return [(power * math.log(10), f"{10.0**power:g}") for power in tens]


def even_ticks(low: float, high: float, width: float, room: float = TICK_ROOM) -> list[tuple[float, str]]:
    """Ticks at even steps that have ``room``."""
    rough = (high - low) / max(2, int(width / room))
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(round(step * k, 12), number(round(step * k, 12), 4)) for k in range(first, last + 1)]

"""Risk sets of weighted patients, and the error that weights bring with them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ._types import Flags, Floats, Integers

__all__ = ["Spells", "jackknife", "weigh"]


class Spells(NamedTuple):
    """The rows of one group: the first and the last time at which each was at risk, by number, and its weight."""

    start: Integers
    stop: Integers
    died: Flags
    weight: Floats


def weigh(time: Any, died: Flags, entry: Any, weight: Floats) -> tuple[Floats, Floats, Floats, Floats, Spells]:
    """The distinct times; events, censorings and those at risk as sums of weights; the rows."""
    distinct, stop = np.unique(time, return_inverse=True)
    start = np.zeros(len(stop), dtype=np.int64) if entry is None else np.searchsorted(distinct, entry, side="right")
    size = len(distinct)

    def left(values: Floats) -> Floats:
        leaving = np.bincount(stop, weights=values, minlength=size)
        late = np.bincount(start, weights=values, minlength=size + 1)[1:]
        return np.asarray(np.cumsum(leaving[::-1])[::-1] - np.cumsum(late[::-1])[::-1])

    events, censored = (np.bincount(stop, weights=weight * kind, minlength=size) for kind in (died, ~died))
    stay = left(np.ones(len(stop))) - np.bincount(stop, weights=died, minlength=size)
    at_risk = np.where(stay > 0, left(weight), events)  # no rounding is left over where nobody is
    return distinct.astype(np.float64), events, censored, at_risk, Spells(start, stop, died, weight)


def jackknife(rows: Spells, at_risk: Floats, events: Floats, reach: Any = 1.0) -> Floats:
    """The variance, after each time, of the sum of ``reach`` log(1 - d/n): the infinitesimal jackknife.

    A row at risk moves log(1 - d/n) by d / (n (n - d)) for each unit of its weight, and one with the event there by
    1 / (n - d) less: the derivative of the estimate by the weight, times the weight, squared and summed over the rows,
    as R's ``survfit(robust = TRUE)``: Jaeckel, Bell Laboratories Memorandum MM 72-1215-11, 1972. With equal weights and
    everyone there from the start it is Greenwood's variance.
    """
    after = at_risk - events
    left = after > 0
    own = reach * np.divide(1.0, after, out=np.zeros_like(after), where=left)
    run = np.concatenate(([0.0], np.cumsum(own * events / at_risk)))
    before = run[rows.start]
    moved = run[rows.stop + 1] - before - np.where(rows.died, own[rows.stop], 0.0)
    square, size = rows.weight**2, len(after)

    def inside(values: Floats) -> Floats:
        entered = np.cumsum(np.bincount(rows.start, weights=values, minlength=size)[:size])
        return np.asarray(entered - np.cumsum(np.bincount(rows.stop, weights=values, minlength=size)))

    gone = np.cumsum(np.bincount(rows.stop, weights=square * moved**2, minlength=size))
    now = run[1:]
    still = now**2 * inside(square) - 2 * now * inside(square * before) + inside(square * before**2)
    return np.asarray(np.maximum(gone + still, 0.0))

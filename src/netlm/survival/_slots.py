"""The grid of a Cox model: the distinct event times of each stratum, numbered through; rows know where they stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._ties import is_whole
from ._types import BLOCK, Flags, Floats, Integers, Label

__all__ = ["Grid", "locate", "make_grid"]

WIDEST = 1 << 22


@dataclass(frozen=True)
class Grid:
    """``time`` and ``deaths`` of each slot; stratum ``s`` owns the slots ``edges[s]`` to ``edges[s + 1]``."""

    time: Floats
    deaths: Integers
    edges: Integers
    strata: tuple[Label, ...] = ("",)

    @property
    def size(self) -> int:
        """The number of slots."""
        return len(self.time)

    @property
    def stratum(self) -> Integers:
        """The stratum of each slot."""
        return np.repeat(np.arange(len(self.strata)), np.diff(self.edges))

    def at_risk(self, table: Floats) -> Floats:
        """Sums over the rows still at risk at each slot, from sums by the slot at which rows stop.

        ``table`` has one row for each slot and, at its end, one for rows that stop before the first slot of theirs.
        """
        summed: Floats = np.empty((self.size, table.shape[1]))
        np.cumsum(table[:-1][::-1], axis=0, out=summed[::-1])
        if len(self.strata) > 1:
            later = np.concatenate((summed, np.zeros((1, summed.shape[1]))))[self.edges[1:]]
            summed -= later[self.stratum]
        return summed

    def reach(self, rates: Floats) -> Floats:
        """For a row that stops at a slot: the sum of ``rates`` over its stratum up to there; 0 at the end."""
        running = np.concatenate((np.zeros((1, *rates.shape[1:])), np.cumsum(rates, axis=0)))
        before = running[self.edges[:-1]][self.stratum] if len(self.strata) > 1 else 0.0
        return np.concatenate((running[1:] - before, np.zeros((1, *rates.shape[1:]))))


def make_grid(time: Any, dead: Any, stratum: Integers | None, strata: tuple[Label, ...]) -> Grid:
    """The grid of these rows: distinct event times of each stratum."""
    if stratum is None:
        times, deaths = _distinct(time, dead)
        return Grid(times, deaths, np.array([0, len(times)]))
    parts = [_distinct(time[stratum == number], dead[stratum == number]) for number in range(len(strata))]
    edges = np.cumsum([0, *(len(part[0]) for part in parts)])
    return Grid(np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), edges, strata)


def _distinct(time: Any, dead: Any) -> tuple[Floats, Integers]:
    """Distinct event times and deaths at each: by a table where times are whole, by a sort where they are not."""
    if len(time) and time.max() < WIDEST and is_whole(time):
        table = np.zeros(int(time.max()) + 1, dtype=np.int64)
        for start in range(0, len(time), BLOCK):
            rows = slice(start, start + BLOCK)
            table += np.bincount(time[rows].astype(np.int64), weights=dead[rows], minlength=len(table)).astype(np.int64)
        found = np.flatnonzero(table > 0)
        return found.astype(np.float64), table[found]
    times, deaths = np.unique(time[np.asarray(dead, dtype=np.bool_)], return_counts=True)
    return times.astype(np.float64), deaths.astype(np.int64)


def locate(grid: Grid, time: Any, stratum: Integers | None) -> Integers:
    """For each time the last slot at or before it in its stratum; ``grid.size`` where there is none."""
    found = np.empty(len(time), dtype=np.int32)
    whole = stratum is None and grid.size and time.max() < WIDEST and is_whole(time)
    table = _table(grid, int(time.max())) if whole else None
    for start in range(0, len(time), BLOCK):
        rows = slice(start, start + BLOCK)
        if table is not None:
            found[rows] = table[time[rows].astype(np.int64)]
        elif stratum is None:
            found[rows] = _at_or_before(grid.time, time[rows], 0, grid.size)
        else:
            found[rows] = _in_strata(grid, time[rows], stratum[rows])
    return found


def _table(grid: Grid, last: int) -> Any:
    """For each whole time the last slot at or before it; an event between two whole times counts from the later one."""
    begun = np.ceil(grid.time[grid.time <= last]).astype(np.int64)
    slots = np.cumsum(np.bincount(begun, minlength=last + 1), dtype=np.int32) - 1
    return np.where(slots < 0, np.int32(grid.size), slots)


def _at_or_before(times: Floats, wanted: Any, offset: int, none: int) -> Any:
    slots = np.searchsorted(times, wanted, side="right") - 1
    return np.where(slots < 0, none, slots + offset)


def _in_strata(grid: Grid, time: Any, stratum: Integers) -> Any:
    found = np.empty(len(time), dtype=np.int32)
    for number in np.unique(stratum):
        low, high = grid.edges[number], grid.edges[number + 1]
        rows: Flags = stratum == number
        found[rows] = _at_or_before(grid.time[low:high], time[rows], int(low), grid.size)
    return found

"""Arrays to counts: whole times by a table, without a sort; other times by their ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import Problems
from ._counts import Cells, Counts, make_counts
from ._door import check_codes, check_events, check_lengths, check_times, gather, refuse
from ._kernels import choose, in_threads
from ._labels import check_labels
from ._ties import is_whole, merge_near
from ._types import Integers, Label

__all__ = ["as_counts", "tally"]

WIDEST = 1 << 22
"""Cells of the largest table worth holding for whole times."""


def as_counts(time: Any, event: Any, group: Any, strata: Any = None) -> Counts:
    """Counts as they are, or those of arrays.

    Raises ``Problems``.
    """
    if isinstance(time, Counts):
        if event is not None or group is not None or strata is not None:
            remedy = "Pass counts alone; they hold events and groups already."
            raise Problems([refuse("event", "arrays beside counts", "counts or arrays", remedy, "usage")])
        return time
    if event is None:
        remedy = "Pass time and event, or counts."
        raise Problems([refuse("event", "nothing", "1 for the event, 0 for censored", remedy, "usage")])
    return tally(time, event, group, strata)


def tally(time: Any, event: Any, group: Any = None, strata: Any = None, *, causes: bool = False) -> Counts:
    """Count events and censorings.

    Raises ``Problems``.
    """
    times, events, *labelled = gather(
        lambda: check_times(time),
        lambda: check_codes(event) if causes else check_events(event),
        lambda: _labels(group, "group"),
        lambda: _labels(strata, "strata"),
    )
    named: tuple[Label, ...] = (1,)
    if causes:
        events, named = events
    (group_codes, groups), (stratum_codes, levels) = labelled
    check_lengths(len(times), event=events, group=group_codes, strata=stratum_codes)
    if stratum_codes is None and not causes:
        width = int(min(times.max(), WIDEST)) + 1
        if width * max(1, len(groups)) <= WIDEST and (len(times) < WIDEST or is_sampled_whole(times)):
            table = _table(times, events, group_codes, len(groups), width)
            if table is not None:
                return _from_table(table, groups)
    return _from_rows(times, events, group_codes, groups, stratum_codes, levels, named)


def is_sampled_whole(times: np.ndarray[Any, Any]) -> bool:
    """Whether a first look finds whole times only; the count itself looks at all of them."""
    return is_whole(times[:: max(1, len(times) // 1000)])


def _labels(values: Any, place: str) -> tuple[Integers | None, tuple[Label, ...]]:
    return (None, ("",)) if values is None else check_labels(values, place)


def _table(times: Any, events: Any, group: Any, groups: int, width: int) -> Integers | None:
    """Events and censorings by group and whole time, or None where a time is not whole."""
    kernels = choose(len(times))
    events = events.view(np.uint8) if events.dtype == np.bool_ else events
    group = np.broadcast_to(np.int8(0), len(times)) if group is None else group

    def work(rows: slice) -> Integers | None:
        table = np.zeros((groups, width, 2), dtype=np.int64)
        return table if kernels.tally(times[rows], events[rows], group[rows], table) < 0 else None

    found = in_threads(len(times), work, 2 * groups * width)
    tables = [table for table in found if table is not None]
    return sum(tables[1:], tables[0]) if len(tables) == len(found) else None


def _from_table(table: Integers, groups: tuple[Label, ...]) -> Counts:
    flat = table.reshape(-1, 2)
    place = np.flatnonzero((flat[:, 0] + flat[:, 1]) > 0)
    group, time = np.divmod(place, table.shape[1])
    filled = flat.take(place, axis=0)
    cells = Cells(np.zeros_like(group), group, time.astype(np.float64), filled[:, 1:], filled[:, 0])
    return Counts(groups, cells)


def _from_rows(
    times: Any, events: Any, group: Any, groups: tuple[Label, ...], stratum: Any, strata: tuple[Label, ...],
    causes: tuple[Label, ...],
) -> Counts:  # fmt: skip
    (times,) = merge_near(times)
    distinct, where = np.unique(times, return_inverse=True)
    code = np.zeros(len(times), dtype=np.int64) if stratum is None else stratum.astype(np.int64)
    code = code * len(groups) + (0 if group is None else group)
    kinds = len(causes) + 1
    cell, which = np.unique(code * len(distinct) + where, return_inverse=True)
    table = np.bincount(which * kinds + events.astype(np.int64), minlength=kinds * len(cell)).reshape(-1, kinds)
    owner, at = np.divmod(cell, len(distinct))
    cells = Cells(owner // len(groups), owner % len(groups), distinct[at].astype(np.float64), table[:, 1:], table[:, 0])
    return make_counts(cells, groups, strata, causes)

"""Arrays to counts: whole times by a table, without a sort; other times by their ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import Problems
from ._counts import Cells, Counts, RiskSet, make_counts
from ._door import check_codes, check_events, check_lengths, check_times, check_weights, entered_before, gather, refuse
from ._kernels import choose, in_threads
from ._labels import check_labels
from ._ties import is_whole, merge_near
from ._types import Integers, Label
from ._weighted import weigh

__all__ = ["as_counts", "tally", "weighted_sets"]

WIDEST = 1 << 22
"""Cells of the largest table worth holding for whole times."""


def as_counts(time: Any, event: Any, group: Any, strata: Any = None, entry: Any = None) -> Counts:
    """Counts as they are, or those of arrays.

    Raises ``Problems``.
    """
    if isinstance(time, Counts):
        if any(column is not None for column in (event, group, strata, entry)):
            remedy = "Pass counts alone; they hold events and groups already."
            raise Problems([refuse("event", "arrays beside counts", "counts or arrays", remedy, "usage")])
        if not time.n:
            remedy = "Check the selection that led here."
            raise Problems([refuse("counts", "no rows", "at least one patient", remedy, "empty")])
        return time
    if event is None:
        remedy = "Pass time and event, or counts."
        raise Problems([refuse("event", "nothing", "1 for the event, 0 for censored", remedy, "usage")])
    return tally(time, event, group, strata, entry=entry)


def tally(
    time: Any, event: Any, group: Any = None, strata: Any = None, *, causes: bool = False, entry: Any = None
) -> Counts:
    """Count events and censorings.

    Raises ``Problems``.
    """
    times, events, entered, *labelled = gather(
        lambda: check_times(time),
        lambda: check_codes(event) if causes else check_events(event),
        lambda: None if entry is None else check_times(entry, "entry"),
        lambda: _labels(group, "group"),
        lambda: _labels(strata, "strata"),
    )
    named: tuple[Label, ...] = (1,)
    if causes:
        events, named = events
    (group_codes, groups), (stratum_codes, levels) = labelled
    check_lengths(len(times), event=events, entry=entered, group=group_codes, strata=stratum_codes)
    if stratum_codes is None and entered is None and not causes:
        width = int(min(float(times.max()), WIDEST)) + 1
        if width * max(1, len(groups)) <= WIDEST and (len(times) < WIDEST or is_sampled_whole(times)):
            table = _table(times, events, group_codes, len(groups), width)
            if table is not None:
                return _from_table(table, groups)
    return _from_rows(times, events, entered, group_codes, groups, stratum_codes, levels, named)


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
    nothing = np.zeros_like(group)
    cells = Cells(nothing, group, time.astype(np.float64), filled[:, 1:], filled[:, 0], nothing)
    return Counts(groups, cells)


def _from_rows(
    times: Any, events: Any, entry: Any, group: Any, groups: tuple[Label, ...], stratum: Any, strata: tuple[Label, ...],
    causes: tuple[Label, ...],
) -> Counts:  # fmt: skip
    """Counts by ranks. To enter is a kind of its own beside being censored and the causes."""
    code = np.zeros(len(times), dtype=np.int64) if stratum is None else stratum.astype(np.int64)
    code = code * len(groups) + (0 if group is None else group)
    kind, kinds = events.astype(np.int64), len(causes) + 2
    times, code, kind = _with_entries(times, code, kind, entry, kinds - 1)
    distinct, where = np.unique(times, return_inverse=True)
    cell, which = np.unique(code * len(distinct) + where, return_inverse=True)
    table = np.bincount(which * kinds + kind, minlength=kinds * len(cell)).reshape(-1, kinds)
    owner, at = np.divmod(cell, len(distinct))
    cells = Cells(
        owner // len(groups), owner % len(groups), distinct[at].astype(np.float64), table[:, 1:-1], table[:, 0],
        table[:, -1],
    )  # fmt: skip
    return make_counts(cells, groups, strata, causes)


def _with_entries(
    times: Any, code: Integers, kind: Integers, entry: Any, entered: int
) -> tuple[Any, Integers, Integers]:
    """The columns with near-equal times made one, and a row more for each that entered after time 0."""
    if entry is None:
        return merge_near(times)[0], code, kind
    times, entry = merge_near(times, entry)
    entered_before(entry, times)
    late = entry > 0
    kinds = np.concatenate((kind, np.full_like(kind[late], entered)))
    return np.concatenate((times, entry[late])), np.concatenate((code, code[late])), kinds


def weighted_sets(time: Any, event: Any, group: Any, entry: Any, weights: Any, robust: bool | None) -> list[RiskSet]:
    """The risk sets of each group, of weighted patients; the other columns are known to be good.

    Raises ``Problems``.
    """
    if isinstance(time, Counts):
        remedy = "Pass the columns themselves."
        raise Problems([refuse("weights", "weights beside counts", "weights beside arrays", remedy, "usage")])
    weight, times, died = check_weights(weights), check_times(time), check_events(event).astype(np.bool_)
    check_lengths(len(times), weights=weight)
    times, *entries = merge_near(times) if entry is None else merge_near(times, check_times(entry, "entry"))
    codes, labels = (np.zeros(len(times), dtype=np.int64), ("",)) if group is None else check_labels(group, "group")
    by_row = bool(robust) or (robust is None and bool((weight != np.floor(weight)).any()))
    sets = []
    for number in range(len(labels)):
        rows = codes == number
        stops, entered = times[rows], entries[0][rows] if entries else None
        at, events, censored, at_risk, spells = weigh(stops, died[rows], entered, weight[rows])
        after = np.zeros(len(stops), dtype=np.bool_) if entered is None else entered > 0
        late, which = np.unique((stops if entered is None else entered)[after], return_inverse=True)
        sizes = np.bincount(which, weights=weight[rows][after], minlength=len(late))
        sets.append(RiskSet(at, events[:, None], censored, at_risk, late, sizes, spells if by_row else None))
    return sets

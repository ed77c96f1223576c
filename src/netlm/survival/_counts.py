"""Counts of events and censorings by group and time: all that the estimators need, and all that a site has to share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import Problem, Problems
from ._door import refuse
from ._labels import check_alike
from ._ties import is_whole, near_cuts
from ._types import Floats, Integers, Label, plain, seal
from ._weighted import Spells

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["FORMAT", "MOST", "Cells", "Counts", "RiskSet", "counts_from_dict"]

FORMAT, FORMAT_LATE = "counts/1", "counts/2"
MOST = 2.0**53
"""Whole numbers up to here are exact, and so are their sums."""


class Cells(NamedTuple):
    """One row for each stratum, group and time at which something happened."""

    stratum: Integers
    group: Integers
    time: Floats
    events: Integers
    censored: Integers
    entered: Integers


class RiskSet(NamedTuple):
    """The times of one group in order: how many had the event (by cause), were censored, and were at risk before.

    ``entry`` are the times after which ``entered`` came under observation, where not all were from the start.
    ``spells`` are the rows where they are weighted; the numbers are then sums of weights.
    """

    time: Floats
    events: Integers
    censored: Integers
    at_risk: Integers
    entry: Floats
    entered: Integers
    spells: Spells | None = None

    @property
    def n(self) -> int:
        """The number of patients."""
        return len(self.spells.stop) if self.spells is not None else round(self.events.sum() + self.censored.sum())

    def at_risk_at(self, times: Any) -> Integers:
        """At risk just before each of ``times``."""
        following = np.searchsorted(self.time, times, side="left")
        found = np.append(self.at_risk, 0)[following]
        if not len(self.entry):
            return np.asarray(found)
        entered = np.concatenate(([0], np.cumsum(self.entered)))
        until = np.append(self.time, np.inf)[following]
        between = [entered[np.searchsorted(self.entry, one, side="left")] for one in (times, until)]
        return np.asarray(found + between[0] - between[1])


@dataclass(frozen=True, eq=False)
class Counts:
    """Events and censorings by stratum, group and time; several add up to those of the pooled patients.

    ``cells.events`` has one column for each of ``causes``; ``cells.entered`` counts those who came under observation
    only after that time (left truncation). ``missing`` is the number of rows left out because
    time, event or group was missing.
    """

    groups: tuple[Label, ...]
    cells: Cells
    causes: tuple[Label, ...] = (1,)
    strata: tuple[Label, ...] = ("",)
    missing: int = 0

    def __post_init__(self) -> None:
        seal((self.cells,))

    @property
    def n(self) -> int:
        """The number of patients."""
        return int(self.cells.events.sum() + self.cells.censored.sum())

    @property
    def delayed(self) -> bool:
        """Whether someone came under observation late."""
        return bool(self.cells.entered.any())

    def __add__(self, other: Counts) -> Counts:
        """The counts of both tables together. Raises ``Problem`` where the causes differ."""
        return pooled((self, other))

    def select(self, group: int | None, stratum: int | None = None) -> RiskSet:
        """The risk sets of one group, or of all; of one stratum, or of all."""
        keep = np.ones(len(self.cells.time), dtype=np.bool_)
        if group is not None:
            keep &= self.cells.group == group
        if stratum is not None:
            keep &= self.cells.stratum == stratum
        time, events, censored = self.cells.time[keep], self.cells.events[keep], self.cells.censored[keep]
        entered = self.cells.entered[keep]
        if len(time) > 1 and not (np.diff(time) > 0).all():
            time, where = np.unique(time, return_inverse=True)
            events, censored, entered = (_summed(values, where, len(time)) for values in (events, censored, entered))
        leaving = events.sum(axis=1) + censored
        at_risk = np.cumsum((leaving - entered)[::-1])[::-1]
        late, seen = entered > 0, leaving > 0
        entries = (time[late], entered[late])
        if late.any():
            time, events, censored, at_risk = time[seen], events[seen], censored[seen], at_risk[seen]
        return RiskSet(time, events, censored, at_risk, *entries)

    def keep_groups(self, chosen: Sequence[int]) -> Counts:
        """The counts of some of the groups, by number."""
        kept = np.isin(self.cells.group, chosen)
        cells = Cells(*(column[kept] for column in self.cells))
        cells = cells._replace(group=np.searchsorted(np.array(chosen), cells.group))
        return replace(self, groups=tuple(self.groups[number] for number in chosen), cells=cells)

    def to_dict(self) -> dict[str, Any]:
        """The wire format: labels, and one list for each column of the cells.

        ``counts/1``; ``counts/2`` has the column ``entered`` too, and is written where someone entered late.
        """
        cells = self.cells
        late = {"entered": cells.entered.tolist()} if self.delayed else {}
        return {
            "netlm": FORMAT_LATE if self.delayed else FORMAT, "groups": plain(list(self.groups)),
            "strata": plain(list(self.strata)), "causes": plain(list(self.causes)), "missing": self.missing,
            "cells": {
                "stratum": cells.stratum.tolist(), "group": cells.group.tolist(), "time": plain(cells.time),
                "events": cells.events.T.tolist(), "censored": cells.censored.tolist(), **late,
            },
        }  # fmt: skip

    def _repr_html_(self) -> str:
        from ._tables import html_table, name_of

        rows = [
            (name_of(name), str(sets.n), str(int(sets.events.sum())))
            for name, sets in ((name, self.select(number)) for number, name in enumerate(self.groups))
        ]
        return html_table("Counts by group", ("group", "patients", "events"), rows)

    def plot(self, **options: Any) -> Picture:
        """Events and censored over time as a picture. Options: ``title``, ``unit``, and ``width`` in millimetres."""
        from ._draw_counts import plot_counts

        return plot_counts(self, **options)


def _summed(values: Integers, where: Integers, size: int) -> Integers:
    total = np.zeros((size, *values.shape[1:]), dtype=values.dtype)
    np.add.at(total, where, values)
    return total


def _order(label: Label) -> tuple[bool, Any]:
    return (isinstance(label, str), label)


def merged_labels(parts: Iterable[tuple[Label, ...]], place: str) -> tuple[Label, ...]:
    """All labels of several tables, each once, in order: numbers before words.

    Raises ``Problem`` where two look alike: 1 in one table and "1" or yes in another.
    """
    found = [label for part in parts for label in part]
    check_alike(found, place)
    return tuple(sorted(set(found), key=_order))


def pooled(tables: Iterable[Counts]) -> Counts:
    """The counts of several tables as those of one.

    Raises ``Problem`` where they count different causes, or label a group in two ways.
    """
    tables = tuple(tables)
    if len({table.causes for table in tables}) > 1:
        listed = " and ".join(str(list(causes)) for causes in sorted({table.causes for table in tables}, key=str))
        every = sorted({cause for table in tables for cause in table.causes}, key=_order)
        remedy = f"Code them alike, and name all of them for each table: count(causes=({', '.join(map(str, every))}))."
        raise refuse("counts", f"the causes {listed}", "the same causes in every table", remedy, "causes")
    groups = merged_labels((table.groups for table in tables), "group")
    strata = merged_labels((table.strata for table in tables), "strata")
    columns = [
        (
            _recoded(table.cells.stratum, table.strata, strata),
            _recoded(table.cells.group, table.groups, groups),
            *table.cells[2:],
        )
        for table in tables
    ]
    together = Cells(*(np.concatenate(column) for column in zip(*columns, strict=True)))
    return make_counts(together, groups, strata, tables[0].causes, sum(table.missing for table in tables))


def _recoded(codes: Integers, old: tuple[Label, ...], new: tuple[Label, ...]) -> Integers:
    return np.array([new.index(label) for label in old], dtype=np.int64)[codes]


def make_counts(
    cells: Cells,
    groups: tuple[Label, ...],
    strata: tuple[Label, ...] = ("",),
    causes: tuple[Label, ...] = (1,),
    missing: int = 0,
) -> Counts:
    """Counts with their cells in order of stratum, group and time, near-equal and equal times made one."""
    time = cells.time.astype(np.float64)
    if not is_whole(time):
        cuts = near_cuts(np.unique(time))
        time = cuts[np.searchsorted(cuts, time, side="right") - 1]
    order = np.lexsort((time, cells.group, cells.stratum))
    stratum, group, time = cells.stratum[order], cells.group[order], time[order]
    new = np.ones(len(time), dtype=np.bool_)
    new[1:] = (np.diff(stratum) != 0) | (np.diff(group) != 0) | (np.diff(time) != 0)
    starts = np.flatnonzero(new)
    events = np.add.reduceat(cells.events[order], starts, axis=0) if len(time) else cells.events
    censored = np.add.reduceat(cells.censored[order], starts) if len(time) else cells.censored
    entered = np.add.reduceat(cells.entered[order], starts) if len(time) else cells.entered
    return Counts(
        groups, Cells(stratum[new], group[new], time[new], events, censored, entered), causes, strata, missing
    )


def counts_from_dict(content: Mapping[str, Any]) -> Counts:
    """The counts that ``to_dict`` wrote; a group in which nobody is, is left out.

    Raises ``Problems`` where the format is another, or the columns do not fit together.
    """
    found = content.get("netlm") if isinstance(content, Mapping) else None
    if found not in {FORMAT, FORMAT_LATE}:
        remedy = "Read it with the netlm that wrote it."
        raise Problems([refuse("counts", f"the format {found!r}", f"{FORMAT} or {FORMAT_LATE}", remedy, "format")])
    try:
        raw = content["cells"]
        stratum, group, censored = (_whole(raw[name]) for name in ("stratum", "group", "censored"))
        events = _whole(raw["events"]).reshape(len(content["causes"]), -1).T
        missing = _whole([content.get("missing", 0)])
        entered = _whole(raw["entered"]) if content["netlm"] == FORMAT_LATE else np.zeros_like(censored)
        time = np.array(raw["time"])
        if time.size and time.dtype.kind not in "iuf":
            raise refuse("counts", "times that are no numbers", "times as numbers", "Count anew.", "format")
        cells = Cells(stratum, group, time.astype(np.float64), events, censored, entered)
        groups, strata, causes = (tuple(_listed(content[name])) for name in ("groups", "strata", "causes"))
        _check_cells(cells, groups, strata)
        _check_numbers(cells, missing)
        _check_labels(groups=groups, strata=strata, causes=causes)
        counts = make_counts(cells, groups, strata, causes, int(missing[0]))
        _check_entries(counts)
        return counts.keep_groups(np.unique(counts.cells.group).tolist())
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, Problem | Problems):
            raise
        remedy = "Write it with `Counts.to_dict`."
        raise Problems([refuse("counts", "columns that do not fit together", FORMAT, remedy, "format")]) from None


def _whole(numbers: Any) -> Integers:
    """Whole numbers, and nothing that would have to be cut to become one."""
    found = np.array(numbers)
    if found.size and (found.dtype.kind not in "iuf" or (found != np.floor(found)).any()):
        raise refuse("counts", "counts that are not whole", "whole numbers", "Count anew.", "format")
    return np.asarray(found, dtype=np.int64)


def _listed(labels: Any) -> list[Label]:
    if not isinstance(labels, list | tuple):
        raise refuse("counts", f"labels as {type(labels).__name__}", "lists of labels", "Write it anew.", "format")
    return list(labels)


def _check_numbers(cells: Cells, missing: Integers) -> None:
    """Whole numbers whose sums stay exact, and something in every cell."""
    numbers = (cells.events.ravel(), cells.censored, cells.entered, missing)
    if any((values < 0).any() for values in numbers):
        raise refuse("counts", "negative counts", "counts of 0 or more", "Count anew.", "format")
    if sum(float(values.astype(np.float64).sum()) for values in numbers) > MOST:
        raise refuse("counts", "more patients than can be counted", f"at most {MOST:.0f}", "Count anew.", "format")
    if not (cells.events.sum(axis=1) + cells.censored + cells.entered > 0).all():
        raise refuse("counts", "cells with nobody in them", "a patient or more in each", "Count anew.", "format")


def _check_entries(counts: Counts) -> None:
    """Nobody enters who does not leave later."""
    for stratum in range(len(counts.strata)):
        for group in range(len(counts.groups)):
            kept = (counts.cells.stratum == stratum) & (counts.cells.group == group)
            leaving = (counts.cells.events.sum(axis=1) + counts.cells.censored)[kept]
            entered = counts.cells.entered[kept]
            if (np.cumsum((leaving - entered)[::-1])[::-1] - leaving < 0).any():
                found = "more who enter than leave afterwards"
                raise refuse("counts", found, "an end of follow-up for each who enters", "Count anew.", "format")


def _check_labels(**lists: tuple[Label, ...]) -> None:
    """Each label once, and none like another."""
    for place, labels in lists.items():
        if len(set(labels)) < len(labels):
            raise refuse("counts", "a label twice", "each label once", "Write it anew.", "format")
        check_alike(labels, place)


def _check_cells(cells: Cells, groups: tuple[Label, ...], strata: tuple[Label, ...]) -> None:
    if len({len(column) for column in cells}) != 1:
        raise refuse("counts", "columns of different length", "one value a cell", "Write it anew.", "format")
    if not (np.isfinite(cells.time).all() and (cells.time >= 0).all()):
        raise refuse("counts", "missing or negative times", "finite times of 0 or more", "Count anew.", "format")
    if any(not isinstance(label, str | int | float) for label in (*groups, *strata)):
        raise refuse("counts", "labels that are neither words nor numbers", "plain labels", "Write it anew.", "format")
    for codes, labels, name in ((cells.group, groups, "group"), (cells.stratum, strata, "stratum")):
        if len(codes) and not (codes.min() >= 0 and codes.max() < len(labels)):
            raise refuse("counts", f"a {name} without a label", "a label for every code", "Write it anew.", "format")

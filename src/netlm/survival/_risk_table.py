"""Rows of a Cox model in a table of any engine: read in batches, summed, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Problems
from ._count import MISSING, count
from ._counts import Counts, pooled
from ._door import check_choice, refuse
from ._engine import batches, complete_rows, missing_rows, one_row, open_table, require_columns, tidied
from ._parts import Rows, Sums, add_sums
from ._slots import Grid, locate
from ._types import Floats, Integers

__all__ = ["RiskTable", "grid_of", "risk_table"]

BATCH = 1_000_000


@dataclass(frozen=True, eq=False)
class RiskTable:
    """The rows of a Cox model as a table; ``cox`` asks it for sums by time, two passes an iteration.

    ``missing`` is the number of rows left out because a value was missing.
    """

    table: Any
    time: str
    event: str
    covariates: tuple[str, ...]
    strata: str | None
    missing: int
    counts: Counts

    def _batches(self, grid: Grid) -> Iterator[Rows]:
        names = [self.time, self.event, *([self.strata] if self.strata else []), *self.covariates]
        for batch in batches(self.table.select(*dict.fromkeys(names)), BATCH):
            columns = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}
            x = np.column_stack([columns[name].astype(np.float64) for name in self.covariates])
            stratum = None if self.strata is None else _codes(columns[self.strata], grid)
            last = locate(grid, np.asarray(columns[self.time], dtype=np.float64), stratum)
            yield Rows(x, last, columns[self.event].astype(np.uint8), np.broadcast_to(np.float64(1), len(x)))

    def moments(self) -> tuple[float, Floats]:
        """The number of rows and the sums of the covariates."""
        sums = {f"c{k}": self.table[name].cast("float64").sum() for k, name in enumerate(self.covariates)}
        row = one_row(self.table.aggregate(n=self.table.count(), **sums))
        return float(row["n"]), np.array([row[f"c{k}"] for k in range(len(self.covariates))], dtype=np.float64)

    def events(self, grid: Grid, centre: Floats) -> Floats:
        """By slot, over the events: their number, and the sums of (x - centre)."""
        total = np.zeros((grid.size, len(self.covariates) + 1))
        for rows in self._batches(grid):
            total += rows.events(grid, centre)
        return total

    def sums(self, grid: Grid, beta: Floats, centre: Floats) -> Sums:
        """The first pass."""
        return add_sums([rows.sums(grid, beta, centre) for rows in self._batches(grid)])

    def spread(self, grid: Grid, beta: Floats, centre: Floats, rates: Floats, own: Floats) -> Floats:
        """The second pass."""
        total = np.zeros((len(self.covariates), len(self.covariates)))
        for rows in self._batches(grid):
            total += rows.spread(grid, beta, centre, rates, own)
        return total


def _codes(labels: Any, grid: Grid) -> Integers:
    known = {label: number for number, label in enumerate(grid.strata)}
    distinct, where = np.unique(labels, return_inverse=True)
    return np.array([known[label] for label in distinct.tolist()], dtype=np.int64)[where]


def risk_table(
    table: Any, *, time: str, event: str, covariates: Sequence[str], strata: str | None = None, missing: str = "error"
) -> RiskTable:
    """The rows of a Cox model in a table larger than memory: ``cox(risk_table(...))``, or a list of several.

    ``table``, ``time``, ``event`` and ``missing`` as for ``count``; ``covariates`` are numeric columns.
    Sums of several tables give the pooled answer.
    Raises ``Problems``.
    """
    check_choice(missing, MISSING, "missing")
    opened = open_table(table)
    named = {f"covariates[{k}]": name for k, name in enumerate(covariates)}
    require_columns(opened, time=time, event=event, strata=strata, **named)
    problems = [
        refuse(name, f"a column of type {opened[name].type()}", "numbers", "Code words as 0 and 1.", "type")
        for name in covariates
        if not (opened[name].type().is_numeric() or opened[name].type().is_boolean())
    ]
    if problems or not covariates:
        raise Problems(problems or [refuse("covariates", "none", "one or more", "Name the columns.", "usage")])
    names = [time, event, *covariates, *([strata] if strata else [])]
    opened = tidied(opened, names)
    absent = missing_rows(opened, names)
    if absent[""] and missing == "error":
        raise Problems([
            refuse(name, f"missing values in {rows} rows", "a value in every row", 'Pass missing="drop".', "missing")
            for name, rows in absent.items() if name and rows
        ])  # fmt: skip
    kept = complete_rows(opened, names)
    return RiskTable(
        kept, time, event, tuple(covariates), strata, absent[""], count(kept, time=time, event=event, group=strata)
    )


def grid_of(tables: Sequence[RiskTable]) -> Grid:
    """The distinct event times of all tables together, by stratum. Raises ``Problems``."""
    if len({table.covariates for table in tables}) != 1:
        remedy = "Name the same columns in the same order."
        raise Problems([refuse("tables", "different covariates", "the same in every table", remedy, "names")])
    counts = pooled(table.counts for table in tables)
    sets = [counts.select(number) for number in range(len(counts.groups))]
    times = [one.time[one.events[:, 0] > 0] for one in sets]
    deaths = [one.events[one.events[:, 0] > 0, 0] for one in sets]
    edges = np.cumsum([0, *(len(part) for part in times)])
    return Grid(np.concatenate(times), np.concatenate(deaths), edges, counts.groups)

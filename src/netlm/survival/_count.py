"""Counting in the engine: one pass over a table of any size, and a small table of counts comes back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import Problems
from ._counts import Cells, Counts, make_counts
from ._door import check_choice, check_codes, check_events, check_times, gather, is_missing, refuse
from ._engine import open_table, quiet, require_columns, tidied
from ._labels import check_labels
from ._types import Flags, Integers, Label

__all__ = ["MISSING", "count"]

MISSING = ("error", "drop")


def count(
    table: Any, *, time: str, event: str, group: str | None = None, strata: str | None = None, causes: bool = False,
    missing: str = "error",
) -> Counts:  # fmt: skip
    """Count events and censorings by group and time, in one pass in the engine.

    ``table``: an Ibis table of any engine, the path of a CSV or Parquet file (read by DuckDB), or a data frame. The
    names are those of its columns. ``causes``: events are numbered causes, as for ``aalen_johansen``.
    ``missing="drop"`` leaves out rows in which one of the columns is missing, and says how many in ``missing``.
    ``kaplan_meier``, ``log_rank`` and the others finish exactly from the counts, and counts of several tables add up.
    Raises ``Problems``.
    """
    check_choice(missing, MISSING, "missing")
    opened = open_table(table)
    require_columns(opened, time=time, event=event, group=group, strata=strata)
    keys = {"time": time, "event": event, "group": group, "strata": strata}
    tidy = tidied(opened, [column for column in keys.values() if column is not None])
    keyed = {name: tidy[column] for name, column in keys.items() if column is not None}
    grouped = tidy.group_by(**keyed).aggregate(rows=lambda part: part.count())
    return _finish({name: _column(grouped_column) for name, grouped_column in _arrow(grouped)}, keys, causes, missing)


def _arrow(expression: Any) -> Any:
    with quiet():
        found = expression.to_pyarrow()
    return zip(found.column_names, found.columns, strict=True)


def _column(column: Any) -> np.ndarray[Any, Any]:
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if column.null_count and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False) if hasattr(column, "combine_chunks") else column)


def _is_missing(column: np.ndarray[Any, Any]) -> Flags:
    if column.dtype.kind == "f":
        return np.asarray(np.isnan(column))
    if column.dtype.kind == "O":
        return np.array([is_missing(value) for value in column.tolist()], dtype=np.bool_)
    return np.zeros(len(column), dtype=np.bool_)


def _finish(raw: dict[str, np.ndarray[Any, Any]], keys: dict[str, str | None], causes: bool, missing: str) -> Counts:
    rows: Integers = raw.pop("rows").astype(np.int64)
    absent = {name: _is_missing(column) for name, column in raw.items()}
    left_out = np.logical_or.reduce(list(absent.values()))
    dropped = int(rows[left_out].sum())
    if dropped and missing == "error":
        raise Problems([
            refuse(
                str(keys[name]), f"missing values in {int(rows[flags].sum())} rows", f"a {name} in every row",
                'Pass missing="drop" to leave those rows out, and say how many.', "missing",
            )
            for name, flags in absent.items() if flags.any()
        ])  # fmt: skip
    kept = {name: _settled(column[~left_out]) for name, column in raw.items()}
    return _cells(kept, rows[~left_out], keys, causes, dropped)


def _settled(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A column of objects as what it holds, now that nothing is missing."""
    return np.array(column.tolist()) if column.dtype.kind == "O" and len(column) else column


def _cells(
    kept: dict[str, np.ndarray[Any, Any]], rows: Integers, keys: dict[str, str | None], causes: bool, dropped: int
) -> Counts:
    time, event, (group, groups), (stratum, strata) = gather(
        lambda: check_times(kept["time"], str(keys["time"]), rows),
        lambda: (check_codes if causes else check_events)(kept["event"], str(keys["event"]), rows),
        lambda: _labels(kept.get("group"), keys["group"], len(rows)),
        lambda: _labels(kept.get("strata"), keys["strata"], len(rows)),
    )
    codes, named = event if causes else (event.astype(np.int64), (1,))
    events = np.zeros((len(rows), len(named)), dtype=np.int64)
    happened = codes > 0
    events[happened, codes[happened] - 1] = rows[happened]
    censored = np.where(happened, 0, rows)
    from_start = np.zeros_like(censored)
    cells = Cells(stratum, group.astype(np.int64), time.astype(np.float64), events, censored, from_start)
    return make_counts(cells, groups, strata, named, dropped)


def _labels(values: Any, name: str | None, size: int) -> tuple[Integers, tuple[Label, ...]]:
    if values is None:
        return np.zeros(size, dtype=np.int64), ("",)
    return check_labels(values, str(name))

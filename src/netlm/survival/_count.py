"""Counting in the engine: one pass over a table of any size, and a small table of counts comes back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import Problem, Problems
from ._counts import MOST, Cells, Counts, make_counts
from ._door import check_choice, check_codes, check_events, check_times, gather, is_missing, refuse
from ._engine import complete_rows, missing_rows, one_row, open_table, quiet, require_columns, tidied
from ._labels import check_labels
from ._ties import is_near, is_whole
from ._types import Flags, Integers, Label

__all__ = ["MISSING", "count", "fractions"]

MISSING = ("error", "drop")


def count(
    table: Any, *, time: str, event: str, group: str | None = None, strata: str | None = None,
    causes: bool | Sequence[int] = False,
    entry: str | None = None, weights: str | None = None, missing: str = "error",
) -> Counts:  # fmt: skip
    """Count events and censorings by group and time, in one pass in the engine.

    ``table``: an Ibis table of any engine, the path of a CSV or Parquet file (read by DuckDB), or a data frame. The
    names are those of its columns. ``causes``: events are numbered causes, as for ``aalen_johansen``; their numbers,
    such as (1, 2), where counts are to be added to those of others and one of them may not occur here.
    ``entry``: the time after which each row was at risk, as for ``kaplan_meier`` (two more passes: one checks that all
    enter before they leave, one counts the entries by time). ``weights``: whole numbers, each row standing for as many
    patients. Other weights, such as inverse probabilities, cannot be counted, as their error needs each row.
    ``missing="drop"`` leaves out rows in which one of the columns is missing, and says how many in ``missing``.
    ``kaplan_meier``, ``log_rank`` and the others finish exactly from the counts, and counts of several tables add up.
    Raises ``Problems``.
    """
    check_choice(missing, MISSING, "missing")
    opened = open_table(table)
    require_columns(opened, time=time, event=event, group=group, strata=strata, entry=entry, weights=weights)
    keys = {"time": time, "event": event, "group": group, "strata": strata}
    named = [column for column in (*keys.values(), entry, weights) if column is not None]
    tidy, dropped, gap = tidied(opened, named), 0, math.inf
    if entry is not None or weights is not None:
        tidy, dropped = _complete(tidy, keys, {"entry": entry, "weights": weights}, missing)
        gap = _checked(tidy, time, entry, weights)
    left = _grouped(tidy, keys, weights)
    came = None if entry is None else _grouped(tidy.filter(tidy[entry] != 0), {**keys, "time": entry}, weights)
    return _finish(left, came, keys, _Way(causes, missing, dropped, gap, entry))


class _Way(NamedTuple):
    """How the counting is finished: what an event is, what was left out so far, the shortest time at risk."""

    causes: bool | Sequence[int]
    missing: str
    dropped: int
    gap: float
    entry: str | None


def _grouped(table: Any, keys: dict[str, str | None], weights: str | None) -> dict[str, np.ndarray[Any, Any]]:
    keyed = {name: table[column] for name, column in keys.items() if column is not None}
    rows = table.count() if weights is None else table[weights].cast("int64").sum()
    return {name: _column(column) for name, column in _arrow(table.group_by(**keyed).aggregate(rows=rows))}


def _complete(table: Any, keys: dict[str, str | None], beside: dict[str, str | None], missing: str) -> tuple[Any, int]:
    """The rows with nothing missing, and how many were left out. Raises ``Problems``."""
    places = {column: place for place, column in {**keys, **beside}.items() if column is not None}
    numbers = {column: place for column, place in places.items() if place in {"time", "entry", "weights"}}
    problems = [
        refuse(column, f"a column of type {table[column].type()}", f"{place} as numbers", "Convert it.", "type")
        for column, place in numbers.items()
        if not table[column].type().is_numeric()
    ]
    if problems:
        raise Problems(problems)
    absent = missing_rows(table, list(places))
    dropped = absent.pop("")
    if dropped and missing == "error":
        raise Problems([_absent(column, places[column], rows) for column, rows in absent.items() if rows])
    return complete_rows(table, list(places)), dropped


def _checked(table: Any, time: str, entry: str | None, weights: str | None) -> float:
    """The shortest time at risk, where all enter before they leave and every weight is a number of patients.

    Raises ``Problems``.
    """
    looked: dict[str, Any] = {"rows": table.count()}
    if entry is not None:
        looked |= {"late": (table[entry] >= table[time]).cast("int64").sum(), "gap": (table[time] - table[entry]).min()}
    if weights is not None:
        weight = table[weights].cast("float64")
        looked |= {
            "low": weight.min(),
            "high": weight.max(),
        }
    found, problems = one_row(table.aggregate(**looked)), []
    if found.get("late"):
        problems.append(_too_late(str(entry), f"in {found['late']} row{'s' * (found['late'] != 1)}"))
    if weights is not None and found["rows"] and not (found["low"] > 0 and found["high"] < MOST):
        remedy = "Leave out rows of weight 0."
        problems.append(refuse(weights, "weights not above 0, or infinite", "whole numbers above 0", remedy, "weights"))
    elif weights is not None and (parts := fractions(table, weights)):
        remedy = "Pass the columns themselves to kaplan_meier or cox: the error of such weights needs each row."
        problems.append(refuse(weights, f"fractions in {parts} rows", "whole numbers", remedy, "weights"))
    if problems:
        raise Problems(problems)
    return math.inf if found.get("gap") is None else float(found["gap"])


def fractions(table: Any, weights: str) -> int:
    """The rows whose weight is not a whole number; 0 where the column holds no numbers, which ``count`` refuses."""
    if not table[weights].type().is_numeric():
        return 0
    weight = table[weights].cast("float64")
    return int(one_row(table.aggregate(part=(weight != weight.floor()).cast("int64").sum()))["part"] or 0)


def _absent(column: str, place: str, rows: int) -> Problem:
    remedy = 'Pass missing="drop" to leave those rows out, and say how many.'
    return refuse(column, f"missing values in {rows} rows", f"a value of {place} in every row", remedy, "missing")


def _too_late(column: str, where: str) -> Problem:
    remedy = "Check those rows; an interval needs a length."
    return refuse(column, f"entry not before exit {where}", "entry < time", remedy, "entry")


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


def _finish(
    left: dict[str, np.ndarray[Any, Any]], came: dict[str, np.ndarray[Any, Any]] | None, keys: dict[str, str | None],
    way: _Way,
) -> Counts:  # fmt: skip
    rows: Integers = left.pop("rows").astype(np.int64)
    absent = {name: _is_missing(column) for name, column in left.items()}
    left_out = np.logical_or.reduce(list(absent.values()))
    dropped = int(rows[left_out].sum())
    if dropped and way.missing == "error":
        raise Problems([
            _absent(str(keys[name]), name, int(rows[flags].sum())) for name, flags in absent.items() if flags.any()
        ])  # fmt: skip
    kept = {name: _settled(column[~left_out]) for name, column in left.items()}
    way = way._replace(dropped=way.dropped + dropped)
    if came is None or not len(came["rows"]):
        return _cells(kept, rows[~left_out], np.zeros(0, dtype=np.int64), keys, way)
    entered: Integers = came.pop("rows").astype(np.int64)
    together = {
        name: np.concatenate((kept[name], _settled(column))) for name, column in came.items() if name != "event"
    }
    return _cells({**together, "event": kept["event"]}, rows[~left_out], entered, keys, way)


def _settled(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A column of objects as what it holds, now that nothing is missing."""
    return np.array(column.tolist()) if column.dtype.kind == "O" and len(column) else column


def _cells(
    kept: dict[str, np.ndarray[Any, Any]], rows: Integers, entered: Integers, keys: dict[str, str | None], way: _Way
) -> Counts:
    """The cells: first those of rows that leave, then those of rows that enter."""
    n = len(rows)
    every = np.concatenate((rows, entered))
    time, came, event, (group, groups), (stratum, strata) = gather(
        lambda: check_times(kept["time"][:n], str(keys["time"]), rows),
        lambda: check_times(kept["time"][n:], str(way.entry), entered) if len(entered) else kept["time"][n:],
        lambda: _events(kept["event"], str(keys["event"]), rows, way.causes),
        lambda: _labels(kept.get("group"), keys["group"], len(every)),
        lambda: _labels(kept.get("strata"), keys["strata"], len(every)),
    )
    times = np.concatenate((time, came)).astype(np.float64)
    if not is_whole(times) and is_near(way.gap, np.unique(times)):
        raise Problems([_too_late(str(way.entry), "within the accuracy of the times")])
    codes, named = event
    events = np.zeros((len(every), len(named)), dtype=np.int64)
    happened = np.flatnonzero(codes > 0)
    events[happened, codes[happened] - 1] = rows[happened]
    censored, late = np.zeros_like(every), np.zeros_like(every)
    censored[:n] = np.where(codes > 0, 0, rows)
    late[n:] = entered
    cells = Cells(stratum, group.astype(np.int64), times, events, censored, late)
    return make_counts(cells, groups, strata, named, way.dropped)


def _events(values: Any, name: str, rows: Integers, causes: bool | Sequence[int]) -> tuple[Integers, tuple[Label, ...]]:
    """Events as 0 and the places of their causes from 1 on, and the causes. Raises ``Problem``."""
    if not causes:
        return check_events(values, name, rows).astype(np.int64), (1,)
    codes, found = check_codes(values, name, rows)
    if causes is True:
        return codes, found
    named = tuple(sorted({int(cause) for cause in causes}))
    for cause in found:
        if cause not in named:
            listed = ", ".join(map(str, named))
            raise refuse(name, f"the cause {cause}", f"one of {listed}", "Name every cause that occurs.", "causes")
    places = np.array([0, *(named.index(cause) + 1 for cause in found)], dtype=np.int64)
    return places[codes], named


def _labels(values: Any, name: str | None, size: int) -> tuple[Integers, tuple[Label, ...]]:
    if values is None:
        return np.zeros(size, dtype=np.int64), ("",)
    return check_labels(values, str(name))

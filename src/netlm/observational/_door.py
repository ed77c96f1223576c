"""The door: what comes in is checked once, and refused with what was found, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import Problem
from ._types import Flags, Floats

__all__ = [
    "check_choice", "check_lengths", "check_matrix", "check_scores", "check_share", "check_treated", "check_weights",
    "columns_of", "is_missing", "one_column", "refuse", "rows_told",
]  # fmt: skip

MISSING_WORDS = ("", "na", "n/a", "nan", "null", "none", "missing", "-", ".", "?")
"""What stands in cells without a value, in any case; none of them is ever an answer."""


def refuse(place: str, found: str, expected: str, remedy: str, code: str) -> Problem:
    """The problem of one argument."""
    return Problem(found, expected, remedy, code, place=place)


def rows_told(flags: Flags) -> str:
    """Where something is, in words: in row 3, or in 12 rows, first in row 3."""
    count, first = int(np.count_nonzero(flags)), int(np.argmax(flags))
    return f"in row {first}" if count == 1 else f"in {count} rows, first in row {first}"


def is_missing(value: Any) -> bool:
    """None, NaN, what pandas calls NA and NaT, and the words for a missing value."""
    if isinstance(value, str):
        return value.strip().lower() in MISSING_WORDS
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or bool(value != value)


def _array(values: Any) -> np.ndarray[Any, Any]:
    """An array; lists keep each of their values as it is, so that a word among numbers makes no words of them."""
    if hasattr(values, "to_numpy"):
        return np.asarray(values.to_numpy())
    return np.array(values, dtype=object) if isinstance(values, list | tuple) else np.asarray(values)


def one_column(values: Any, place: str) -> Floats:
    """A column of numbers or of yes and no, NaN where missing. Raises ``Problem``."""
    array = _array(values)
    if array.ndim != 1:
        remedy = "Pass a list or a one-dimensional array."
        raise refuse(place, f"an array of shape {array.shape}", "one column of numbers", remedy, "shape")
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    items = [np.nan if is_missing(item) else item for item in array.tolist()]
    if all(isinstance(item, bool | int | float) for item in items):
        return np.array(items, dtype=np.float64)
    remedy = "Code words as columns of 0 and 1, leaving out the reference."
    raise refuse(place, "values that are not numbers", "numbers only", remedy, "type")


def columns_of(table: Any, names: Sequence[str] | None = None, place: str = "X") -> dict[str, Any]:
    """The columns of a mapping, of a table with ``columns``, or of an array with a row a patient, by name.

    Raises ``Problem``.
    """
    if isinstance(table, Mapping):
        found = {str(name): column for name, column in table.items()}
    elif hasattr(table, "columns"):
        found = {str(name): table[name] for name in table.columns}
    else:
        array = _array(table)
        if array.ndim not in {1, 2}:
            raise refuse(place, f"an array of shape {array.shape}", "rows and columns", "One column each.", "shape")
        array = array.reshape(len(array), -1)
        named = [f"x{number + 1}" for number in range(array.shape[1])] if names is None else list(names)
        if len(named) != array.shape[1] or len(set(named)) != len(named):
            told = f"{len(named)} names, {len(set(named))} of them different, for {array.shape[1]} columns"
            raise refuse("names", told, "one name for each column", "Name each column once.", "names")
        found = {str(name): array[:, number] for number, name in enumerate(named)}
    if not found:
        raise refuse(place, "no column", "one column or more", "Name what is to be looked at.", "empty")
    lengths = sorted({len(column) for column in found.values()})
    if len(lengths) > 1:
        raise refuse(
            place, f"columns of {lengths[0]} and {lengths[-1]} rows", "columns of one length", "Align them.", "length"
        )
    return found


def check_treated(values: Any, place: str = "treated") -> Flags:
    """Who was treated, as yes and no; missing values are refused, as is one group alone. Raises ``Problem``."""
    array = one_column(values, place)
    missing = np.isnan(array)
    if missing.any():
        remedy = "Leave those rows out and say how many there were; unknown is not untreated."
        raise refuse(place, f"missing values {rows_told(missing)}", "1 or 0 in every row", remedy, "missing")
    other = (array != 0) & (array != 1)
    if other.any():
        found = f"values other than 0 and 1 {rows_told(other)}"
        raise refuse(place, found, "1 for treated and 0 for control", "Code the two treatments as 1 and 0.", "treated")
    count = int(array.sum())
    if not 0 < count < len(array):
        found = f"{count} treated and {len(array) - count} control rows"
        raise refuse(place, found, "rows in both groups", "Nobody is there to compare with.", "one-group")
    return np.asarray(array == 1)


def check_matrix(table: Any, names: Sequence[str] | None, place: str = "X") -> tuple[Floats, tuple[str, ...]]:
    """Covariates, one row a patient and one column a covariate, and their names; none missing. Raises ``Problem``."""
    columns = columns_of(table, names, place)
    found = []
    for name, column in columns.items():
        array = one_column(column, f"{place}: {name}")
        bad = ~np.isfinite(array)
        if bad.any():
            told = f"missing or infinite values {rows_told(bad)}"
            remedy = "Impute them first (impute), or leave those rows out and say how many there were."
            raise refuse(f"{place}: {name}", told, "a number in every cell", remedy, "missing")
        found.append(array)
    return np.column_stack(found), tuple(columns)


def check_lengths(n: int, **arrays: Any) -> None:
    """Every array has ``n`` rows. Raises ``Problem``."""
    for name, array in arrays.items():
        if array is not None and len(array) != n:
            raise refuse(name, f"{len(array)} rows beside {n}", f"{n} rows", "Pass arrays of one length.", "length")


def check_scores(values: Any, n: int, place: str = "score") -> Floats:
    """Propensity scores: probabilities from 0 to 1, one a row. Raises ``Problem``."""
    array = one_column(values, place)
    check_lengths(n, **{place: array})
    bad = ~((array >= 0) & (array <= 1))
    if bad.any():
        remedy = "Pass the scores of propensity, or probabilities of your own."
        raise refuse(place, f"values outside 0 to 1 {rows_told(bad)}", "probabilities", remedy, "range")
    return array


def check_weights(values: Any, n: int, place: str = "weights") -> Floats:
    """Weights: finite and not negative. Raises ``Problem``."""
    array = one_column(values, place)
    check_lengths(n, **{place: array})
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        found = f"weights that are negative, infinite or missing {rows_told(bad)}"
        raise refuse(place, found, "finite weights of 0 or more", "Leave those rows out, or mend them.", "weights")
    return array


def check_choice(value: str, choices: Sequence[str], place: str) -> str:
    """``value``, which must be one of ``choices``. Raises ``Problem``."""
    if value not in choices:
        listed = ", ".join(choices)
        raise refuse(place, f"{value!r}", f"one of {listed}", f"Use one of {listed}.", "choice")
    return value


def check_share(value: float, place: str) -> float:
    """A share strictly between 0 and 1. Raises ``Problem``."""
    if not 0 < value < 1:
        raise refuse(place, f"{value:g}", "more than 0 and less than 1", "Give a share, such as 0.95.", "range")
    return float(value)

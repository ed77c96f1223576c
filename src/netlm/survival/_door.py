"""The door: what comes in is checked once, and refused with what was found, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import Problem, Problems
from ._kernels import laid_out
from ._types import BLOCK, Flags, Floats, Integers, Label

__all__ = [
    "MISSING_WORDS", "blocks", "check_choice", "check_codes", "check_events", "check_lengths", "check_matrix",
    "check_times", "check_weights", "entered_before", "find", "gather", "is_missing", "one_column", "refuse",
]  # fmt: skip

MISSING_WORDS = (
    "", "na", "n/a", "n.a.", "nan", "null", "missing", "-", "--", "\N{EN DASH}", "\N{EM DASH}", ".", "?", "#n/a", "#na",
    "#null!", "#value!", "#ref!", "#name?", "#num!", "#div/0!",
)  # fmt: skip
"""What stands in cells without a value, in any case; none of them is ever an answer or a group."""


def refuse(place: str, found: str, expected: str, remedy: str, code: str) -> Problem:
    """The problem of one argument."""
    return Problem(found, expected, remedy, code, place=place)


def gather(*checks: Callable[[], Any]) -> list[Any]:
    """What every check returns.

    Raises ``Problems`` with the problems of all of them at once.
    """
    found: list[Any] = []
    problems: list[Problem] = []
    for check in checks:
        try:
            found.append(check())
        except Problem as problem:
            problems.append(problem)
        except Problems as several:
            problems += several.problems
    if problems:
        raise Problems(problems)
    return found


def check_choice(value: str, choices: Sequence[str], place: str) -> str:
    """``value``, which must be one of ``choices``. Raises ``Problem``."""
    if value not in choices:
        listed = ", ".join(choices)
        raise refuse(place, f"{value!r}", f"one of {listed}", f"Use one of {listed}.", "choice")
    return value


def check_lengths(n: int, **arrays: Any) -> None:
    """Every array has a row for each of the ``n`` times. Raises ``Problems``."""
    problems = [
        refuse(
            name, f"{len(array)} rows beside {n} times", "one row for each time", "Pass arrays of one length.", "length"
        )
        for name, array in arrays.items()
        if array is not None and len(array) != n
    ]
    if problems:
        raise Problems(problems)


def is_missing(value: Any) -> bool:
    """None, NaN, what pandas calls NA and NaT, and the words for a missing value."""
    if isinstance(value, str):
        return value.strip().lower() in MISSING_WORDS
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or bool(value != value)


def unmasked(values: Any) -> np.ndarray[Any, Any]:
    """The values as an array; what a masked array hides is missing, whatever number stands below the mask."""
    array = values.to_numpy() if hasattr(values, "to_numpy") else values
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        numbers = array.dtype.kind in "iuf"
        held = np.array(array.data, dtype=np.float64 if numbers else np.object_)
        absent: Any = np.nan if numbers else None
        held[np.ma.getmaskarray(array)] = absent
        return held
    return np.asarray(array)


def one_column(values: Any, place: str) -> np.ndarray[Any, Any]:
    """The values as an array of one dimension. Raises ``Problem``."""
    try:
        array = unmasked(values)
    except ValueError:
        found, remedy = "values that are not in one column", "Pass a list or a one-dimensional array."
        raise refuse(place, found, "one column of numbers", remedy, "shape") from None
    if array.ndim == 0 or (array.ndim > 1 and array.shape[1:] != (1,) * (array.ndim - 1)):
        shape = "a single value" if array.ndim == 0 else f"an array of shape {array.shape}"
        raise refuse(place, shape, "one column of numbers", "Pass a list or a one-dimensional array.", "shape")
    return array.reshape(-1)


def _as_numbers(values: Any, place: str, what: str, remedy: str) -> np.ndarray[Any, Any]:
    array = one_column(values, place)
    if array.dtype.kind in "iuf":
        return array
    if array.dtype.kind == "O" and len(array):
        values = [np.nan if is_missing(value) else value for value in array.tolist()]
        if all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values):
            return np.array(values, dtype=np.float64)
    if not len(array):
        return np.empty(0, dtype=np.float64)
    raise refuse(place, _kind(array), what, remedy, "type")


def _kind(array: np.ndarray[Any, Any]) -> str:
    """What a column that is not of numbers holds."""
    if array.dtype.kind in "US":
        return next((f"text such as `{value}`" for value in array.tolist() if not _is_number(value)), "numbers as text")
    names = {"M": "dates", "m": "durations", "b": "yes and no", "c": "complex numbers"}
    return names.get(array.dtype.kind, "values that are not numbers")


def _is_number(text: Any) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def blocks(array: np.ndarray[Any, Any]) -> Iterable[tuple[int, np.ndarray[Any, Any]]]:
    """The array in parts, each with the place of its first row."""
    return ((start, array[start : start + BLOCK]) for start in range(0, len(array), BLOCK))


def find(
    array: np.ndarray[Any, Any], bad: Callable[[np.ndarray[Any, Any]], Flags], rows: Any = None
) -> tuple[str, int]:
    """Where the bad values are, in words, and the first of them; "" and -1 where there is none.

    ``rows`` says how many rows each value stands for, where the values are those of counts.
    """
    count, first = 0, -1
    for start, block in blocks(array):
        flagged = bad(block)
        found = int(np.count_nonzero(flagged))
        if found and first < 0:
            first = start + int(np.argmax(flagged))
        count += found if rows is None else int(rows[start : start + BLOCK][flagged].sum())
    if first < 0:
        return "", -1
    if rows is not None:
        return f"in {count} row{'s' * (count != 1)}", first
    return f"in row {first}" if count == 1 else f"in {count} rows, first in row {first}", first


def check_times(values: Any, place: str = "time", rows: Any = None) -> np.ndarray[Any, Any]:
    """Times: finite, not negative, as the numbers they came as.

    Raises ``Problem``.
    """
    remedy = "Convert them to numbers in one unit, such as days since the start; decimals need a point."
    array = _as_numbers(values, place, "times as numbers, 0 or more", remedy)
    if not len(array):
        raise refuse(place, "no rows", "at least one time", "Check the selection that led here.", "empty")
    low, high = array.min(), array.max()
    if array.dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high)):
        where, _ = find(array, lambda block: ~np.isfinite(block), rows)
        remedy = "Leave those rows out and say how many there were."
        raise refuse(place, f"missing or infinite times {where}", "finite times", remedy, "missing")
    if low < 0:
        where, first = find(array, lambda block: block < 0, rows)
        found = f"negative times {where} ({array[first]:g})"
        raise refuse(place, found, "times of 0 or more", "Check the two dates of those rows.", "negative")
    return array


def check_events(values: Any, place: str = "event", rows: Any = None) -> np.ndarray[Any, Any]:
    """Events: 1 where it happened, 0 where follow-up ended without it; as bool or number.

    Raises ``Problem``.
    """
    array = one_column(values, place)
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind == "O" and len(array) and all(isinstance(value, bool | np.bool_) for value in array.tolist()):
        return array.astype(np.bool_)
    remedy = "Code the event as 1 and censoring as 0"
    array = _as_numbers(array, place, "0 for censored and 1 for the event", f"{remedy}.")
    where, first = find(array, lambda block: (block != 0) & (block != 1), rows)
    if first < 0:
        return array
    if array.dtype.kind == "f" and np.isnan(array[first]):
        found, remedy = f"missing events {where}", "Leave those rows out, or find out; unknown is not 0."
    else:
        seen = [f"{value:g}" for value in np.unique(array[: 100 * BLOCK])[:4].tolist()]
        found = f"values other than 0 and 1 {where} (seen: {', '.join(seen)})"
        remedy += "; 2 and 1 become event - 1." if seen == ["1", "2"] else "."
    raise refuse(place, found, "0 for censored and 1 for the event", remedy, "event")


def check_codes(values: Any, place: str = "event", rows: Any = None) -> tuple[Integers, tuple[Label, ...]]:
    """Events of several causes: 0 for censored, any other whole number for the cause.

    Returns codes 0, 1 ... m and the causes in order.
    Raises ``Problem``.
    """
    what, remedy = "0 for censored and 1, 2 ... for causes", "Number the causes from 1."
    array = _as_numbers(values, place, what, remedy)
    where, first = find(
        array, lambda block: ~(np.isfinite(block) & (block >= 0) & (block == np.floor(block))), rows
    )  # fmt: skip
    if first >= 0:
        raise refuse(place, f"values that are not whole numbers {where}", what, remedy, "event")
    causes = tuple(int(value) for value in np.unique(array) if value != 0)
    codes = np.searchsorted(np.array((0, *causes)), array).astype(np.int64)
    return codes, causes


def check_matrix(values: Any, names: Sequence[str] | None, place: str = "X") -> tuple[Floats, tuple[str, ...]]:
    """Covariates, one row a patient and one column a covariate, and their names.

    Raises ``Problem``.
    """
    if names is None and hasattr(values, "columns"):
        names = [str(name) for name in values.columns]
    try:
        array = unmasked(values).astype(np.float64, copy=False)
    except (TypeError, ValueError):
        remedy = "Code words as columns of 0 and 1, leaving out the reference."
        raise refuse(place, "values that are not numbers", "numbers only", remedy, "type") from None
    array = array.reshape(-1, 1) if array.ndim == 1 else array
    if array.ndim != 2 or not array.shape[1]:
        raise refuse(
            place, f"an array of shape {array.shape}", "rows and columns", "Pass one column a covariate.", "shape"
        )
    named = tuple(names) if names is not None else tuple(f"x{number + 1}" for number in range(array.shape[1]))
    if len(named) != array.shape[1] or len(set(named)) != len(named):
        found = f"{len(named)} names, {len(set(named))} of them different, for {array.shape[1]} columns"
        raise refuse("names", found, "one name for each column", "Name each column once.", "names")
    sums = np.ones(len(array)) @ array if len(array) < BLOCK else sum(block.sum(axis=0) for _, block in blocks(array))
    for column in np.flatnonzero(~np.isfinite(sums)):
        where, first = find(array[:, column], lambda block: ~np.isfinite(block))
        if first >= 0:
            found = f"missing or infinite values of `{named[column]}` {where}"
            raise refuse(place, found, "a number in every cell", "Leave those rows out, or impute before.", "missing")
    return laid_out(array), named


def check_weights(values: Any, place: str = "weights") -> Floats:
    """Weights: finite and above 0. Raises ``Problem``."""
    array = _as_numbers(values, place, "weights as numbers", "Pass numbers above 0.").astype(np.float64)
    where, first = find(array, lambda block: ~(np.isfinite(block) & (block > 0)))
    if first >= 0:
        found = f"weights that are not above 0 {where}"
        raise refuse(place, found, "finite weights above 0", "Leave out rows of weight 0.", "weights")
    return array


def entered_before(entry: np.ndarray[Any, Any], time: np.ndarray[Any, Any]) -> None:
    """Every interval has a length. Raises ``Problem``."""
    where, first = find(entry >= time, lambda block: block)
    if first >= 0:
        found = f"entry not before exit {where} ({entry[first]:g} and {time[first]:g})"
        raise refuse("entry", found, "entry < time", "Check those rows; an interval needs a length.", "entry")

"""The table of an analysis: one row for each patient, every value as what it can be, NULL never meaning no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..dictionary import Fact
from ..errors import Problem, Problems, nearest
from ..values import Exact, Interval, Numbers, Value, Words, exact
from ._columns import Columns

__all__ = ["Cells", "Patients", "blank", "by_reason", "patients_of"]

SHOWN = 3
NOT_GIVEN = "no such column in the table"
NOT_TOLD = "not recorded"
YES, NO = {"yes", "true", "1"}, {"no", "false", "0"}
NOTHING = {"", "na", "n/a", "null", "none recorded"}
Array = np.ndarray[Any, Any]


def blank(words: Array) -> Array:
    """Rows in which there is no word."""
    return np.array([one is None for one in words.tolist()], dtype=bool)


@dataclass(frozen=True, eq=False)
class Cells:
    """One column: for numbers ``low`` and ``high`` (NaN is open-ended), for words ``words`` (None unknown).

    ``reasons`` says of each row why it is not known; None where it is, or where nobody said.
    """

    fact: Fact
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    low_open: Array = field(repr=False)
    high_open: Array = field(repr=False)
    words: Array = field(repr=False)
    reasons: Array = field(repr=False)
    given: bool = True

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.fact.type.number is not None

    @property
    def missing(self) -> Array:
        """Rows of which nothing at all is known."""
        return np.isnan(self.low) & np.isnan(self.high) if self.is_number else blank(self.words)

    @property
    def ranged(self) -> Array:
        """Rows that are known as a range of some width, or with one end only."""
        return np.asarray(self.is_number & ~self.missing & ~(self.low == self.high))

    @property
    def middle(self) -> Array:
        """The number, the middle of its range, NaN where an end is not known."""
        return (self.low + self.high) / 2

    def keys(self) -> list[Any]:
        """What a criterion can see of each row, to be looked up."""
        if not self.is_number:
            return list(self.words.tolist())
        ends = [[None if one != one else one for one in end.tolist()] for end in (self.low, self.high)]
        return list(zip(*ends, self.low_open.tolist(), self.high_open.tolist(), strict=True))

    def value(self, key: Any) -> Value:
        """What the column can be in a row with this key."""
        if key is None or key[:2] == (None, None):
            return self.fact.type.everything
        if not self.is_number:
            return Words.of(key)
        low, high, low_open, high_open = key
        known = Numbers((Interval(_exact(low), _exact(high), low_open, high_open),))
        everything = self.fact.type.everything
        assert isinstance(everything, Numbers)
        return known.meet(everything) or known


def _exact(number: float | None) -> Exact | None:
    return None if number is None else exact(repr(float(number)))


@dataclass(frozen=True, eq=False)
class Patients:
    """The rows: ``columns`` by name; ``synthetic`` where any of them is made up; ``source`` says where from."""

    n: int
    columns: Mapping[str, Cells]
    synthetic: bool = False
    source: str = ""

    def take(self, rows: Array) -> Patients:
        """Only these rows."""
        taken = {
            name: Cells(
                one.fact, one.low[rows], one.high[rows], one.low_open[rows], one.high_open[rows], one.words[rows],
                one.reasons[rows], one.given,
            )
            for name, one in self.columns.items()
        }  # fmt: skip
        return Patients(int(np.count_nonzero(rows)), taken, self.synthetic, self.source)

    def why_missing(self, names: Iterable[str], rows: Array) -> dict[str, int]:
        """For rows in which something of ``names`` is unknown: each reason with its number of rows, most first."""
        counted: dict[str, int] = {}
        for name in names:
            cells = self.columns[name]
            counted |= {said: int(at.sum()) for said, at in by_reason(cells, rows & cells.missing).items()}
            ranged = int(np.count_nonzero(rows & cells.ranged))
            if ranged:
                counted[f"{cells.fact.title}: known as a range"] = ranged
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def by_reason(cells: Cells, rows: Array) -> dict[str, Array]:
    """The ``rows``, in which the column is not known, by the reason that is given."""
    default = NOT_TOLD if cells.given else NOT_GIVEN
    said = np.array([reason or default for reason in cells.reasons.tolist()] + [None], dtype=object)[:-1]
    return {f"{cells.fact.title}: {one}": rows & (said == one) for one in sorted(set(said[rows].tolist()))}


def patients_of(
    table: Mapping[str, Sequence[Any] | Array], columns: Columns, names: Sequence[str], source: str = ""
) -> Patients:
    """The rows of a table of named columns, as the analysis reads them.

    A number ``x`` stands in ``x``, or in ``x_lo`` and ``x_hi`` (each open where ``x_lo_open``, ``x_hi_open`` say so), a
    word in ``x``; ``x_unknown`` says why it is not known. A column that is not there is
    unknown in every row. ``synthetic`` marks rows that are made up.
    Raises ``Problems`` that name every column with a value it cannot have.
    """
    arrays = {name: _objects(values) for name, values in table.items()}
    n = len(next(iter(arrays.values()))) if arrays else 0
    problems: list[Problem] = []
    cells = {}
    for name in names:
        try:
            cells[name] = _cells(columns.facts[name], arrays, n)
        except Problem as problem:
            problem.file, problem.place = source or None, name
            problems.append(problem)
    if problems:
        raise Problems(problems, source or None)
    made_up = any(_yes(value) for value in arrays.get("synthetic", np.empty(0)).tolist())
    return Patients(n, cells, made_up, source)


def _objects(values: Sequence[Any] | Array) -> Array:
    """The values as Python objects, what is masked as None."""
    if isinstance(values, np.ma.MaskedArray):
        plain = values.data.astype(object)
        plain[np.ma.getmaskarray(values)] = None
        return np.asarray(plain)
    found = np.empty(len(values), dtype=object)
    found[:] = values.tolist() if isinstance(values, np.ndarray) and values.dtype.kind != "M" else list(values)
    return found


def _cells(fact: Fact, arrays: Mapping[str, Array], n: int) -> Cells:
    name, nothing = fact.name, np.full(n, None, dtype=object)
    reasons = arrays.get(f"{name}_unknown", nothing)
    blank, closed = np.full(n, np.nan), np.zeros(n, dtype=bool)
    given = name in arrays or f"{name}_lo" in arrays
    if fact.type.number is None:
        words = _words(fact, arrays[name]) if given else nothing
        return Cells(fact, blank, blank, closed, closed, words, reasons, given)
    if not given:
        return Cells(fact, blank, blank, closed, closed, nothing, reasons, given)
    ends = [_numbers(fact, arrays[end if end in arrays else name]) for end in (f"{name}_lo", f"{name}_hi")]
    opens = [_flags(arrays.get(f"{name}_{end}_open", nothing)) for end in ("lo", "hi")]
    turned = ends[0] > ends[1]
    if turned.any():
        raise _wrong(f"{np.count_nonzero(turned)} ranges that end before they begin", "the lower end first")
    return Cells(fact, ends[0], ends[1], opens[0], opens[1], nothing, reasons, given)


def _words(fact: Fact, values: Array) -> Array:
    known: dict[Any, str | None] = {}
    for value in set(values.tolist()):
        known[value] = _word(fact, value)
    return np.array([known[value] for value in values.tolist()] + [None], dtype=object)[:-1]


def _word(fact: Fact, value: Any) -> str | None:
    if value is None or value != value or str(value).strip().lower() in NOTHING - set(fact.values):
        return None
    text = str(value).strip()
    if fact.kind == "text":
        return text
    if fact.kind == "yes_no":
        low = text.lower()
        if low in YES | NO:
            return "yes" if low in YES else "no"
    if text in fact.values:
        return text
    titles = {title.casefold(): word for word, title in fact.values.items()}
    if text.casefold() in titles:
        return titles[text.casefold()]
    choices = "yes or no" if fact.kind == "yes_no" else ", ".join(fact.values)
    close = nearest(text, fact.values)
    raise _wrong("another word", choices, f"Did you mean `{close}`?" if close else "")


def _numbers(fact: Fact, values: Array) -> Array:
    try:
        found = np.array([_number(value) for value in values.tolist()], dtype=np.float64)
    except (TypeError, ValueError):
        raise _wrong("a value that is no number", "numbers") from None
    number = fact.type.number
    assert number is not None
    low = -np.inf if number.low is None else float(number.low)
    high = np.inf if number.high is None else float(number.high)
    outside = (found < low) | (found > high)
    if outside.any():
        unit = "" if number.unit == "1" else f" {number.unit}"
        raise _wrong(f"{np.count_nonzero(outside)} values outside the possible", f"{low:g} to {high:g}{unit}")
    return found


def _number(value: Any) -> float:
    if value is None or value != value or (isinstance(value, str) and value.strip().lower() in NOTHING):
        return np.nan
    return float(value)


def _flags(values: Array) -> Array:
    return np.array([_yes(value) for value in values.tolist()], dtype=bool)


def _yes(value: Any) -> bool:
    return value is not None and str(value).strip().lower() in YES


def _wrong(found: str, expected: str, remedy: str = "") -> Problem:
    return Problem(found, expected, remedy or "Correct the table.", "table")

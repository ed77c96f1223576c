"""Table one: who is in each group, what is not known of them, and how far the groups differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ..figures import html_table, number
from ._balance import difference
from ._door import columns_of, is_missing, refuse, rows_told
from ._types import Floats, plain

__all__ = ["Level", "Summary", "TableOne", "table_one"]

QUARTERS = (0, 0.25, 0.5, 0.75, 1)
ALL = "all"
ABSENT = "-"


@dataclass(frozen=True)
class Level:
    """One answer of a column: ``counts`` and ``shares`` of those known, in each group; NaN where nobody is known."""

    name: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Summary:
    """One column: how many values each group has ``known`` and ``missing``, and what they are.

    Numbers have ``quantiles`` (minimum, lower quartile, median, upper quartile, maximum), answers have ``levels``.
    ``smd`` is the largest standardised difference between two groups, NaN where it cannot be told.
    """

    name: str
    known: tuple[int, ...]
    missing: tuple[int, ...]
    quantiles: tuple[tuple[float, ...], ...] | None
    levels: tuple[Level, ...]
    smd: float

    def to_dict(self) -> dict[str, Any]:
        """The column as JSON."""
        levels = [{"level": one.name, "counts": list(one.counts), "shares": plain(one.shares)} for one in self.levels]
        return {
            "name": self.name, "known": list(self.known), "missing": list(self.missing),
            "quantiles": plain(self.quantiles), "levels": levels, "smd": plain(self.smd),
        }  # fmt: skip


@dataclass(frozen=True)
class TableOne:
    """The columns summed up for each of ``groups`` of ``n`` rows."""

    groups: tuple[str, ...]
    n: tuple[int, ...]
    summaries: tuple[Summary, ...]

    def __getitem__(self, name: str) -> Summary:
        return next(one for one in self.summaries if one.name == name)

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON."""
        return {
            "groups": list(self.groups),
            "n": list(self.n),
            "columns": [one.to_dict() for one in self.summaries],
        }

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The table as cells of text: a heading, a cell for each group, the standardised difference."""
        found: list[tuple[str, ...]] = []
        for one in self.summaries:
            smd = number(one.smd, 2) if len(self.groups) > 1 else ""
            if one.quantiles is not None:
                cells = [_quartiles(points, known) for points, known in zip(one.quantiles, one.known, strict=True)]
                found.append((f"{one.name}, median (quartiles)", *cells, smd))
            else:
                found.append((f"{one.name}, n (%)", *[""] * len(self.groups), smd))
                found += [
                    (f"\N{EN SPACE}{level.name}", *map(_share, level.counts, level.shares), "") for level in one.levels
                ]
            if any(one.missing):
                shares = [count / n if n else np.nan for count, n in zip(one.missing, self.n, strict=True)]
                found.append(("\N{EN SPACE}not known", *map(_share, one.missing, shares), ""))
        return found

    def _repr_html_(self) -> str:
        head = ("", *(f"{group} (n {n})" for group, n in zip(self.groups, self.n, strict=True)), "SMD")
        note = "Percentages of answers are of those known, of not known of all. SMD: standardised difference."
        return html_table("Table 1", head, self.rows, [note])


def _quartiles(points: tuple[float, ...], known: int) -> str:
    if known <= 1:
        return number(points[2]) if known else ABSENT
    return f"{number(points[2])} ({number(points[1])} to {number(points[3])})"


def _share(count: int, share: float) -> str:
    return ABSENT if share != share else f"{count} ({100 * share:.0f} %)" if count else "0"


def table_one(
    table: Any, group: Any = None, names: Sequence[str] | None = None, *, order: Sequence[Any] | None = None
) -> TableOne:
    """Each column of ``table`` summed up for each group: quartiles of numbers, counts of answers, what is missing.

    Columns of numbers are summed up by quantiles (linear between order statistics, R's type 7); columns of words or of
    yes and no by counts, the percentages of those known; unknown is a row of its own and never an answer. ``order``
    gives the groups, which are else sorted; a group without rows is shown. Standardised differences are those of
    ``balance``, for answers of several levels that of Yang and Dalton (SAS Global Forum 2012, paper 335); with more
    than two groups, the largest of all pairs. They have no p: a table of the groups is no test.
    Raises ``Problem`` for rows without a group, a group that ``order`` does not name, or columns of several lengths.
    """
    columns = columns_of(table, names, "table")
    n = len(next(iter(columns.values())))
    codes, labels = _groups(group, n, order)
    sizes = tuple(int((codes == k).sum()) for k in range(len(labels)))
    found = [_summary(name, column, codes, len(labels)) for name, column in columns.items()]
    return TableOne(labels, sizes, tuple(found))


def _groups(group: Any, n: int, order: Sequence[Any] | None) -> tuple[Floats, tuple[str, ...]]:
    if group is None:
        return np.zeros(n, dtype=np.int64), (ALL,)
    values = _items(group)
    if len(values) != n:
        raise refuse("group", f"{len(values)} rows beside {n}", f"{n} rows", "Pass arrays of one length.", "length")
    missing = np.array([is_missing(value) for value in values], dtype=bool)
    if missing.any():
        found, remedy = f"missing groups {rows_told(missing)}", "Leave those rows out, or name a group for them."
        raise refuse("group", found, "a group in every row", remedy, "missing")
    shown = [_word(value) for value in values]
    if order is None:
        labels = tuple(_words(values))
    else:
        labels = tuple(dict.fromkeys(map(_word, order)))
        unnamed = np.array([one not in labels for one in shown], dtype=bool)
        if unnamed.any():
            raise refuse("order", f"groups it does not name {rows_told(unnamed)}", "every group", "Name it.", "group")
    place = {label: k for k, label in enumerate(labels)}
    return np.array([place[one] for one in shown], dtype=np.int64), labels


def _items(values: Any) -> list[Any]:
    found = values.tolist() if hasattr(values, "tolist") else list(values)
    return [found] if not isinstance(found, list) else found


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _words(values: list[Any]) -> list[str]:
    """The different values as words: numbers by size, then the others by letters."""
    found: dict[str, Any] = {}
    for value in values:
        found.setdefault(_word(value), value)

    def place(word: str) -> tuple[bool, float, str]:
        numeric = isinstance(found[word], int | float)
        return not numeric, found[word] if numeric else 0, word

    return sorted(found, key=place)


def _summary(name: str, column: Any, codes: Floats, k: int) -> Summary:
    items = _items(column)
    gone = np.array([is_missing(item) for item in items], dtype=bool)
    known = [item for item, lost in zip(items, gone, strict=True) if not lost]
    inside = [codes[~gone] == group for group in range(k)]
    counts = tuple(int(rows.sum()) for rows in inside)
    missing = tuple(int((codes[gone] == group).sum()) for group in range(k))
    if all(isinstance(item, int | float) and not isinstance(item, bool) for item in known):
        numbers = np.array(known, dtype=np.float64)
        if np.isinf(numbers).any():
            raise refuse(f"table: {name}", "infinite values", "numbers", "Mend those rows.", "missing")
        parts = [numbers[rows] for rows in inside]
        quantiles = tuple(
            tuple(np.quantile(p, QUARTERS).tolist()) if len(p) else (np.nan,) * len(QUARTERS) for p in parts
        )
        return Summary(name, counts, missing, quantiles, (), _largest(parts, _of_numbers))
    words = np.array([_word(item) for item in known])
    levels = _words(known)
    table = np.array([[int((words[rows] == level).sum()) for rows in inside] for level in levels]).reshape(-1, k)
    with np.errstate(invalid="ignore"):
        shares = table / np.array(counts)
    told = tuple(
        Level(level, tuple(row.tolist()), tuple(share.tolist()))
        for level, row, share in zip(levels, table, shares, strict=True)
    )
    return Summary(name, counts, missing, None, told, _largest(list(shares.T), _of_shares))


def _largest(parts: list[Floats], measure: Any) -> float:
    """The largest difference of all pairs of groups that can be told."""
    found = [measure(one, other) for one, other in combinations(parts, 2)]
    return max((value for value in found if value == value), default=float("nan"))


def _of_numbers(one: Floats, other: Floats) -> float:
    if min(len(one), len(other)) < 2:
        return float("nan")
    spread = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    return float(abs(difference(one.mean() - other.mean(), spread)))


def _of_shares(one: Floats, other: Floats) -> float:
    """The Mahalanobis distance of the shares of all levels but one."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return float("nan")
    gap = (one - other)[1:]
    spread = sum(np.diag(p[1:]) - np.outer(p[1:], p[1:]) for p in (one, other)) / 2
    if not gap.any():
        return 0.0
    solved = np.linalg.pinv(spread, hermitian=True)
    if not np.allclose(spread @ solved @ gap, gap):
        return float("inf")  # some answer tells the groups apart without exception
    return float(np.sqrt(gap @ solved @ gap))

"""The columns of a report: read, checked, counted from the landmark on, words turned into columns of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import Problem, Problems
from ._count import MISSING, count, fractions
from ._counts import Counts
from ._cox import cox
from ._cox_result import Cox
from ._door import check_choice, refuse
from ._engine import complete_rows, missing_rows, one_row, open_table, quiet, require_columns, tidied
from ._kaplan_meier import KaplanMeier, kaplan_meier
from ._labels import check_alike
from ._risk_table import risk_table

if TYPE_CHECKING:
    import ibis

__all__ = ["Coded", "Cohort", "Columns", "cohort"]

MOST_LEVELS = 20
TIME, EVENT, ENTRY, WEIGHTS = "netlm: time", "netlm: event", "netlm: entry", "netlm: weights"
"""What these columns are called inside, so that a covariate may have any name of its own."""
IN_MEMORY = 2_000_000
"""Up to so many rows a model is fitted in memory, which the test of proportional hazards needs."""


@dataclass(frozen=True)
class Coded:
    """Covariates as numeric columns: ``terms`` names those that belong to one column of the table."""

    names: tuple[str, ...]
    terms: dict[str, tuple[str, ...]]
    references: dict[str, str]


class Columns(NamedTuple):
    """The columns of a table, by what they are for."""

    time: str
    event: str
    group: str | None = None
    entry: str | None = None
    weights: str | None = None


@dataclass(frozen=True)
class Cohort:
    """The rows of a report, in their engine, with what was left out on the way to them."""

    table: Any
    columns: Columns
    counts: Counts
    whole: bool
    rows: int
    missing: dict[str, int]
    landmark: float | None
    before_landmark: int

    @property
    def group(self) -> str | None:
        """The column of the groups."""
        return self.columns.group

    def curves(self) -> KaplanMeier:
        """The Kaplan-Meier curves: from counts, or from the rows where their weights are fractions."""
        if self.whole:
            return kaplan_meier(self.counts)
        used = {name: column for name, column in self.columns._asdict().items() if column is not None}
        with quiet():
            arrow = self.table.select(**{name: self.table[column] for name, column in used.items()}).to_pyarrow()
        return kaplan_meier(**{name: arrow.column(name).to_numpy(zero_copy_only=False) for name in used})

    def coded(self, covariates: Sequence[str]) -> tuple[Any, Coded]:
        """The table with a numeric column for each covariate, or several where it holds words.

        The reference is the first value in order. Raises ``Problems`` where there are too many values.
        """
        columns: dict[str, Any] = {}
        terms: dict[str, tuple[str, ...]] = {}
        references: dict[str, str] = {}
        for name in covariates:
            found, reference = self._columns(name)
            terms[name] = tuple(found)
            columns |= found
            if reference is not None:
                references[name] = reference
        inside = {TIME: self.columns.time, EVENT: self.columns.event, ENTRY: self.columns.entry}
        inside[WEIGHTS] = self.columns.weights
        own = {name: self.table[column] for name, column in inside.items() if column is not None}
        table = self.table.select(**own, **columns)
        return table, Coded(tuple(columns), terms, references)

    def _columns(self, name: str) -> tuple[dict[str, Any], str | None]:
        column = self.table[name]
        if column.type().is_numeric() and name != self.group:
            return {name: column.cast("float64")}, None
        if column.type().is_boolean():
            return {f"{name}: yes": column.cast("int8").cast("float64")}, "no"
        with quiet():
            listed = self.table.select(level=column).distinct().order_by("level").limit(MOST_LEVELS + 1)
            levels = listed.to_pyarrow().column("level").to_pylist()
        if not 2 <= len(levels) <= MOST_LEVELS:
            found = f"{'over ' * (len(levels) > MOST_LEVELS)}{min(len(levels), MOST_LEVELS)} different values"
            if (word := self._word_among_numbers(column)) is not None:
                found += f", not all numbers, such as `{word}`"
            remedy = "Group them into a few, or leave the column out."
            raise Problems([refuse(name, found, f"2 to {MOST_LEVELS} values, or numbers", remedy, "levels")])
        _no_bare_plus(levels, self.missing[name], name)
        check_alike(levels, name)
        return {f"{name}: {shown(level)}": (column == level).cast("float64") for level in levels[1:]}, shown(levels[0])

    def _word_among_numbers(self, column: Any) -> str | None:
        """The first text of a column that is no number, where others are."""
        if not column.type().is_string():
            return None
        number = column.try_cast("float64").notnull()
        found = one_row(self.table.aggregate(numbers=number.cast("int64").sum(), word=column.min(where=~number)))
        return found["word"] if found["numbers"] else None

    def model(self, covariates: Sequence[str]) -> tuple[Cox, Coded]:
        """The Cox model of the covariates: in memory where the rows fit, else from sums.

        Raises ``Problems``.
        """
        table, coded = self.coded(covariates)
        if self.rows > IN_MEMORY:
            if self.columns.entry or self.columns.weights:
                found, remedy = f"{self.rows} rows", "Leave the model out, or fit it to a part of the rows."
                expected = f"at most {IN_MEMORY} rows with entry or weights"
                raise Problems([refuse("cox", found, expected, remedy, "size")])
            source = risk_table(table, time=TIME, event=EVENT, covariates=coded.names)
            return cox(source), coded
        with quiet():
            arrow = table.to_pyarrow()
        columns = [arrow.column(name).to_numpy() for name in coded.names]
        time, event = (arrow.column(name).to_numpy() for name in (TIME, EVENT))
        entry, weights = (
            arrow.column(name).to_numpy() if name in arrow.schema.names else None for name in (ENTRY, WEIGHTS)
        )
        x = np.column_stack(columns)
        return cox(time, event, x, names=coded.names, entry=entry, weights=weights), coded


def shown(level: Any) -> str:
    """A value as the name of its column shows it: 2.0 is 2."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def _no_bare_plus(levels: Sequence[Any], missing: int, name: str) -> None:
    """Where a column says ``+``, its ``-`` may be an answer, but stands for a missing value elsewhere.

    Raises ``Problems``.
    """
    if missing and any(str(level).strip("+") == "" for level in levels):
        found = f"`+`, and {missing} row{'s' * (missing != 1)} with `-` or nothing"
        remedy = "Write positive and negative in words, and leave what is not known empty."
        raise Problems([refuse(name, found, "answers in words", remedy, "plus")])


def cohort(table: Any, columns: Columns, covariates: Sequence[str], landmark: float | None, missing: str) -> Cohort:
    """The rows with nothing missing, from the landmark on.

    Raises ``Problems``.
    """
    check_choice(missing, MISSING, "missing")
    opened = open_table(table)
    named = {f"cox[{number}]": name for number, name in enumerate(covariates)}
    require_columns(opened, **columns._asdict(), **named)
    own = [name for name in columns if name is not None]
    names = list(dict.fromkeys([*own, *covariates]))
    _separate(columns, covariates)
    opened = tidied(opened.select(*names), names)
    absent = missing_rows(opened, names)
    if absent[""] and missing == "error":
        raise Problems(_missing_problems(absent))
    kept = complete_rows(opened, names)
    rows = int(one_row(opened.aggregate(n=opened.count()))["n"])
    whole = columns.weights is None or not fractions(kept, columns.weights)
    counted = columns._asdict() if whole else columns._replace(weights=None)._asdict()
    everyone, group = count(kept, **counted), columns.group
    if len(everyone.groups) > MOST_LEVELS:
        found, remedy = f"{len(everyone.groups)} different values", "Group them into a few."
        raise Problems([refuse("group", found, f"at most {MOST_LEVELS} groups", remedy, "levels")])
    _no_bare_plus(everyone.groups if group else (), absent[group] if group else 0, str(group))
    if landmark is None:
        return Cohort(kept, columns, everyone, whole, rows, absent, None, 0)
    started = _from_landmark(kept, columns, landmark)
    counts = count(started, **counted)
    return Cohort(started, columns, counts, whole, rows, absent, landmark, everyone.n - counts.n)


def _separate(columns: Columns, covariates: Sequence[str]) -> None:
    own = [name for name in columns if name is not None]
    if len(set(own)) < len(own) or {name for name in own if name != columns.group} & set(covariates):
        remedy = "Name each column for one purpose."
        raise Problems([refuse("columns", "one column named twice", "different columns", remedy, "usage")])


def _missing_problems(absent: dict[str, int]) -> list[Problem]:
    remedy = (
        "Fill them in (where `-` means negative, write the word), or leave such rows out with `missing` set to `drop`; "
        "the page then says how many."
    )
    return [
        refuse(name, f"missing values in {rows} row{'s' * (rows != 1)}", "a value in every row", remedy, "missing")
        for name, rows in absent.items()
        if name and rows
    ]


def _from_landmark(table: ibis.Table, columns: Columns, landmark: float) -> ibis.Table:
    """Those whose follow-up goes beyond the landmark, with time counted from it."""
    if not 0 <= landmark < float("inf"):
        raise Problems([refuse("landmark", f"{landmark}", "a time of 0 or more", "Choose another.", "range")])
    time = table[columns.time]
    started = table.filter(time > landmark).mutate(**{columns.time: time - landmark})
    if columns.entry is not None:
        entry = started[columns.entry] - landmark
        started = started.mutate(**{columns.entry: (entry > 0).ifelse(entry, 0)})
    if not one_row(started.aggregate(n=started.count()))["n"]:
        found = f"nobody followed beyond {landmark:g}"
        raise Problems(
            [refuse("landmark", found, "a landmark within the follow-up", "Choose an earlier one.", "range")]
        )
    return started

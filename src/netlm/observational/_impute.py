"""Multiple imputation by chained equations: what is missing is drawn several times from what is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..figures import html_table, number, percent
from ._door import check_choice, columns_of, one_column, refuse, rows_told
from ._draws import logistic, normal, predictive_mean
from ._types import Flags, Floats, plain

__all__ = ["METHODS", "Imputed", "impute"]

METHODS: dict[str, Callable[[np.random.Generator, Floats, Floats, Floats], Floats]] = {
    "pmm": predictive_mean,
    "normal": normal,
    "logistic": logistic,
}
WORDS = {"pmm": "predictive mean matching", "normal": "normal regression", "logistic": "logistic regression"}


@dataclass(frozen=True, eq=False)
class Imputed:
    """Completed tables: ``tables`` holds m of them, each name to a column; what was known is the same in all.

    ``missing`` tells how many values of each column were imputed and ``methods`` how. ``means`` (iteration, table,
    column as in ``methods``) are those of the imputed values after each round: lines that mix and do not drift have
    converged. ``seed`` gives the same tables again.
    """

    tables: tuple[dict[str, Floats], ...] = field(repr=False)
    rows: int
    missing: dict[str, int]
    methods: dict[str, str]
    means: Floats = field(repr=False)
    iterations: int
    seed: int

    @property
    def m(self) -> int:
        """How many tables there are."""
        return len(self.tables)

    def to_dict(self) -> dict[str, Any]:
        """What was done, as JSON; the tables are not in it."""
        return {
            "m": self.m, "iterations": self.iterations, "seed": self.seed, "rows": self.rows,
            "missing": self.missing, "methods": self.methods, "means": plain(self.means),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        last = self.means[-1].mean(axis=0) if self.methods else ()
        rows = [
            (name, f"{self.missing[name]} ({percent(self.missing[name] / self.rows)})", WORDS[how], number(float(mean)))
            for (name, how), mean in zip(self.methods.items(), last, strict=True)
        ]
        note = f"{self.m} tables, {self.iterations} rounds, seed {self.seed}; complete columns serve as predictors."
        head = ("column", "missing", "imputed by", "mean of imputed values")
        return html_table(f"Multiple imputation of {self.rows} rows", head, rows, [note])


def impute(
    table: Any, names: Sequence[str] | None = None, *, m: int = 20, iterations: int = 10,
    methods: Mapping[str, str] | None = None, seed: int = 0,
) -> Imputed:  # fmt: skip
    """Complete a table ``m`` times by chained equations; analyse each, and pool with ``pool_imputed``.

    Van Buuren, Flexible Imputation of Missing Data (2018), section 4.5: columns are filled with random known values;
    then, ``iterations`` times, each column with missing values, those with the fewest first, is drawn anew from a
    regression on all others. ``methods`` names how for a column: "pmm" (predictive mean matching), "normal" or
    "logistic"; without, columns of 0 and 1 take "logistic", others "pmm", which draws only values that occur. It holds
    where the known values explain which are missing, not where the missing value itself does. The outcome belongs in
    the table: for survival the event and the cumulative hazard at the time (White and Royston, Stat Med 2009;
    28:1982-1998). ``table`` is an array, mapping or table of numbers; NaN, None or a word for it is missing.
    Raises ``Problem`` for a column of which nothing is known, infinite values, a "logistic" column of other values than
    0 and 1, or counts below 1.
    """
    for place, value, least in (("m", m, 1), ("iterations", iterations, 1), ("seed", seed, 0)):
        if value != int(value) or value < least:
            raise refuse(place, f"{value}", f"a whole number, {least} or more", "Mend it.", "range")
    columns = {name: _column(name, column) for name, column in columns_of(table, names, "table").items()}
    values = np.column_stack(list(columns.values()))
    gaps = np.isnan(values)
    how = _chosen(columns, gaps, dict(methods or {}))
    chains = [
        _chain(values, gaps, list(columns), how, iterations, np.random.default_rng([seed, number]))
        for number in range(m)
    ]
    tables = tuple(dict(zip(columns, filled.T.copy(), strict=True)) for filled, _ in chains)
    missing = {name: int(count) for name, count in zip(columns, gaps.sum(axis=0), strict=True)}
    means = np.stack([track for _, track in chains], axis=1)
    return Imputed(tables, len(values), missing, how, means, iterations, seed)


def _column(name: str, column: Any) -> Floats:
    place = f"table: {name}"
    found = one_column(column, place)
    if np.isinf(found).any():
        raise refuse(place, f"infinite values {rows_told(np.isinf(found))}", "numbers", "Mend those rows.", "missing")
    if np.isnan(found).all():
        remedy = "Leave the column out: nothing tells what its values would be."
        raise refuse(place, f"no value in any of {len(found)} rows", "some known values", remedy, "all-missing")
    return found


def _chosen(columns: dict[str, Floats], gaps: Flags, asked: dict[str, str]) -> dict[str, str]:
    """How each column with missing values is imputed, those with the fewest first."""
    for name, how in asked.items():
        check_choice(name, tuple(columns), "methods")
        check_choice(how, tuple(METHODS), f"methods: {name}")
    counts = dict(zip(columns, gaps.sum(axis=0).tolist(), strict=True))
    found: dict[str, str] = {}
    for name in sorted((name for name in columns if counts[name]), key=lambda name: counts[name]):
        known = columns[name][~np.isnan(columns[name])]
        binary = set(np.unique(known).tolist()) <= {0.0, 1.0}
        found[name] = asked.get(name, "logistic" if binary else "pmm")
        if found[name] == "logistic" and not binary:
            raise refuse(f"methods: {name}", "values other than 0 and 1", "0 and 1", "Use pmm.", "type")
    return found


def _chain(
    values: Floats, gaps: Flags, names: list[str], how: dict[str, str], iterations: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """One completed table, and the means of its imputed values after each round."""
    filled = values.copy()
    places = [names.index(name) for name in how]
    for place in places:
        gap = gaps[:, place]
        filled[gap, place] = rng.choice(values[~gap, place], int(gap.sum()))
    track = np.zeros((iterations, len(places)))
    for turn in range(iterations):
        for number_of_column, (place, method) in enumerate(zip(places, how.values(), strict=True)):
            gap = gaps[:, place]
            others = np.delete(filled, place, axis=1)
            drawn = METHODS[method](rng, values[~gap, place], others[~gap], others[gap])
            filled[gap, place] = drawn
            track[turn, number_of_column] = drawn.mean()
    return filled, track

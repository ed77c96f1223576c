"""Rubin's rules: one answer from the analyses of several imputed tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..figures import html_table, number, p_cell, percent
from ._door import check_lengths, check_share, refuse
from ._types import LEVEL, Floats, plain

__all__ = ["Pooled", "pool_imputed"]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Pooled estimates with their intervals at ``level``, one for each of ``names``.

    ``se`` is the root of the total variance: ``within`` the tables, and ``between`` them times 1 + 1/m. ``df`` are the
    degrees of freedom, ``missing_information`` the share of the information that the missing values cost, ``p`` is
    two-sided against 0. ``m`` tables were analysed.
    """

    names: tuple[str, ...]
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats
    within: Floats
    between: Floats
    df: Floats
    missing_information: Floats
    m: int
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The estimates as JSON, a row for each."""
        keys = ("estimate", "se", "low", "high", "p", "within", "between", "df", "missing_information")
        rows = [
            {"name": name, **{key: plain(float(getattr(self, key)[k])) for key in keys}}
            for k, name in enumerate(self.names)
        ]
        return {"estimates": rows, "m": self.m, "level": self.level}

    def _repr_html_(self) -> str:
        rows = [
            (
                name, number(float(self.estimate[k])), f"{number(float(self.low[k]))} to {number(float(self.high[k]))}",
                p_cell(float(self.p[k])), number(float(self.df[k]), 3), percent(float(self.missing_information[k])),
            )
            for k, name in enumerate(self.names)
        ]  # fmt: skip
        head = ("", "estimate", f"{100 * self.level:g} % CI", "p", "df", "missing information")
        return html_table(f"Pooled over {self.m} imputed tables (Rubin's rules)", head, rows)


def pool_imputed(
    estimates: Any, errors: Any, names: Sequence[str] | None = None, *, complete_df: float = math.inf,
    level: float = LEVEL,
) -> Pooled:  # fmt: skip
    """Pool the estimates of the same model from m imputed tables.

    Rubin, Multiple Imputation for Nonresponse in Surveys (1987), section 3.3: T = W + (1 + 1/m) B, on a scale on which
    estimates are about normal (log hazard ratios, not hazard ratios). ``estimates`` and standard ``errors`` have a row
    for each table, and a column for each of ``names`` where there are several. Degrees of freedom as in Barnard and
    Rubin, Biometrika 1999; 86:948-955, with ``complete_df`` those of one complete table (rows or events less
    parameters); the missing information is their (r + 2 / (df + 3)) / (r + 1) with r = (1 + 1/m) B / W.
    Raises ``Problem`` for fewer than two tables, missing numbers, or errors not above 0.
    """
    q, s = (_as_rows(values, place) for values, place in ((estimates, "estimates"), (errors, "errors")))
    check_lengths(len(q), errors=s)
    check_share(level, "level")
    if q.shape != s.shape:
        raise refuse("errors", f"{s.shape[1]} columns beside {q.shape[1]}", "one each", "Align them.", "length")
    named = tuple(names) if names is not None else tuple(f"x{k + 1}" for k in range(q.shape[1]))
    if len(named) != q.shape[1]:
        raise refuse("names", f"{len(named)} names for {q.shape[1]} estimates", "one each", "Name them all.", "names")
    if len(q) < 2:
        raise refuse("estimates", f"{len(q)} table", "two or more", "Impute more than once.", "range")
    if not (np.isfinite(q).all() and np.isfinite(s).all() and (s > 0).all()):
        found = "estimates or errors that are missing, or errors not above 0"
        raise refuse(
            "estimates, errors", found, "a number from every table", "A table whose model failed has none.", "missing"
        )
    if not complete_df > 0:
        raise refuse("complete_df", f"{complete_df:g}", "more than 0", "Rows less parameters.", "range")
    return _pooled(named, q, s, complete_df, level)


def _as_rows(values: Any, place: str) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise refuse(place, "values that are not numbers", "numbers", "One row a table.", "type") from None
    if array.ndim not in {1, 2}:
        raise refuse(place, f"an array of shape {array.shape}", "a row for each table", "One row a table.", "shape")
    return array.reshape(len(array), -1)


def _pooled(names: tuple[str, ...], q: Floats, s: Floats, complete_df: float, level: float) -> Pooled:
    from scipy.special import stdtr, stdtrit

    m = len(q)
    estimate, within, between = q.mean(axis=0), (s**2).mean(axis=0), (q - q[0]).var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total  # Rubin's lambda
    with np.errstate(divide="ignore"):
        old = (m - 1) / share**2
        observed = (
            np.full_like(share, np.inf)
            if math.isinf(complete_df)
            else (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
        )
        df = 1 / (1 / old + 1 / observed)
    increase = (1 + 1 / m) * between / within
    se = np.sqrt(total)
    reach = np.abs(stdtrit(df, (1 + level) / 2))
    p = 2 * stdtr(df, -np.abs(estimate) / se)
    return Pooled(
        names, estimate, se, estimate - reach * se, estimate + reach * se, p, within, between, df,
        (increase + 2 / (df + 3)) / (increase + 1), m, level,
    )  # fmt: skip

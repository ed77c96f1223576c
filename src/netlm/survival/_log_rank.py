"""The log-rank test and its weighted kin: k groups, strata, pairs of groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problems
from ._counts import Cells, Counts
from ._door import check_choice, refuse
from ._slots import locate, make_grid
from ._tables import html_table, name_of, number, p_cell, p_value
from ._tally import as_counts
from ._types import Floats, Label, plain, seal, warn

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["LogRank", "PairwiseLogRank", "chi2_tail", "log_rank", "pairwise_log_rank", "quadratic_form"]

WEIGHTS = ("log-rank", "fleming-harrington", "peto", "gehan", "tarone-ware")
RANK = 1e-12
"""A direction with less than this share of the variance has none."""
ADJUSTMENTS = ("holm", "bonferroni", "bh", "none")


@dataclass(frozen=True, eq=False)
class LogRank:
    """A test that the groups share one hazard: ``chi2`` on ``df`` degrees of freedom, and its ``p``.

    chi2 = U' V^-1 U, U being observed less expected: Mantel, Cancer Chemother Rep 1966; 50:163-170; Gray, Ann Stat
    1988; 16:1141-1154, where the incidences are compared.
    ``observed`` and ``expected`` are the (weighted) events of each group; ``warnings`` what needs care.
    """

    groups: tuple[Label, ...]
    observed: Floats
    expected: Floats
    chi2: float
    df: int
    p: float
    weights: str = "log-rank"
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        seal((self.observed, self.expected))

    def to_dict(self) -> dict[str, Any]:
        """The test as JSON."""
        return {
            "groups": plain(self.groups), "observed": plain(self.observed), "expected": plain(self.expected),
            "chi2": plain(self.chi2), "df": self.df, "p": plain(self.p), "weights": self.weights,
            "warnings": list(self.warnings),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        rows = [
            (name_of(group), number(o), number(e))
            for group, o, e in zip(self.groups, self.observed, self.expected, strict=True)
        ]
        note = f"chi2 = {number(self.chi2)}, df = {self.df}, {p_value(self.p)}"
        return html_table(f"Test of equal hazards ({self.weights})", ("group", "observed", "expected"), rows, [note])

    def plot(self, *, title: str = "Test of equal hazards", width: float = 150) -> Picture:
        """Observed and expected events of each group as a picture."""
        from ._draw_tests import Row, plot_rows

        rows = [
            Row(name_of(group), float(e), float(o), f"{number(o)} observed, {number(e)} expected")
            for group, o, e in zip(self.groups, self.observed, self.expected, strict=True)
        ]
        note = f"{self.weights}: chi2 = {number(self.chi2)}, df = {self.df}, {p_value(self.p)}."
        return plot_rows(title, rows, "Events: observed (full), expected (open)", [note], width=width)


def chi2_tail(chi2: float, df: int) -> float:
    """The probability of a larger chi2; NaN without degrees of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(df, chi2)) if df > 0 else float("nan")


def log_rank(
    time: Any, event: Any = None, group: Any = None, *, strata: Any = None, weights: str = "log-rank",
    rho: float = 0.0, gamma: float = 0.0, entry: Any = None,
) -> LogRank:  # fmt: skip
    """Test whether the groups have one hazard, from arrays or from counts.

    Mantel, Cancer Chemother Rep 1966; 50:163-170: chi2 = U' V^-1 U, the last group left out, with
    U_k = sum of w (d_k - d n_k / n) over the times of events and the hypergeometric variance
    V_kl = sum of w^2 (d (n - d) / (n - 1)) (n_k / n) (1(k = l) - n_l / n).
    ``strata`` (one label a patient) compares within strata and sums. ``weights``, w:
    "fleming-harrington", S(t-)^rho (1 - S(t-))^gamma with the pooled Kaplan-Meier estimate (Harrington and Fleming,
    Biometrika 1982; 69:553-566; rho = 1 is R's ``survdiff(rho = 1)``; gamma after Fleming and Harrington, Counting
    Processes and Survival Analysis, 1991); "peto", S(t) = prod (1 - d / (n + 1)) (Peto and Peto, J R Stat Soc A 1972;
    135:185-207); "gehan", n; "tarone-ware", the square root of n.
    ``entry``: the time after which each patient was under observation and at risk (left truncation).
    For weighted patients use ``cox`` with ``weights`` and its robust Wald test.
    Raises ``Problems``. One group alone has no test: p is NaN, with a warning.
    """
    check_choice(weights, WEIGHTS, "weights")
    weights = "fleming-harrington" if weights == "log-rank" and (rho or gamma) else weights
    if not (0 <= rho < math.inf and 0 <= gamma < math.inf):
        raise refuse("rho", f"rho {rho}, gamma {gamma}", "0 or more", "rho 0 and gamma 0 is log-rank.", "range")
    if group is None and not isinstance(time, Counts):
        raise refuse("group", "nothing", "a label for each patient", "Pass the groups to compare.", "usage")
    counts = as_counts(time, event, group, strata, entry)
    if len(counts.causes) != 1:
        remedy = "Use gray, or count one cause as the event."
        raise Problems([refuse("counts", f"{len(counts.causes)} causes", "one kind of event", remedy, "causes")])
    return _compare(counts, weights, rho, gamma)


def _compare(counts: Counts, weights: str, rho: float, gamma: float) -> LogRank:
    k = len(counts.groups)
    observed, expected, covariance = np.zeros(k), np.zeros(k), np.zeros((k, k))
    for stratum in range(len(counts.strata)):
        o, e, v = _one_stratum(counts, stratum, weights, rho, gamma)
        observed, expected, covariance = observed + o, expected + e, covariance + v
    chi2, df = quadratic_form(observed - expected, covariance, expected > 0)
    told = () if df else (warn("fewer than two groups had patients at risk at an event; there is no test"),)
    return LogRank(counts.groups, observed, expected, chi2, df, chi2_tail(chi2, df), weights, told)


def quadratic_form(score: Floats, covariance: Floats, keep: Any) -> tuple[float, int]:
    """U' V- U over the groups that were ever at risk, the last left out as it follows from the others."""
    used = np.flatnonzero(keep)[:-1]
    if not len(used):
        return 0.0, 0
    block, part = covariance[np.ix_(used, used)], score[used]
    own = np.diag(block)
    scale = np.sqrt(np.where(own > 0, own, 1.0))
    sizes, axes = np.linalg.eigh(block / np.outer(scale, scale))
    along = (part / scale) @ axes
    kept = sizes > len(used) * RANK
    return float((along[kept] ** 2 / sizes[kept]).sum()), int(kept.sum())


def _one_stratum(counts: Counts, stratum: int, weights: str, rho: float, gamma: float) -> tuple[Floats, Floats, Floats]:
    at_risk, died = _event_table(counts, stratum)
    n, d = at_risk.sum(axis=0), died.sum(axis=0)
    if not len(n):
        k = len(counts.groups)
        return np.zeros(k), np.zeros(k), np.zeros((k, k))
    w = _weight(weights, n, d, rho, gamma)
    share = at_risk / n
    factor = np.divide(d * (n - d), n - 1, out=np.zeros_like(n), where=n > 1) * w * w
    covariance = np.diag(share @ factor) - (share * factor) @ share.T
    return died @ w, share @ (w * d), covariance


def _event_table(counts: Counts, stratum: int) -> tuple[Floats, Floats]:
    """At risk and events of each group (rows) at each time at which anyone had the event (columns)."""
    cells = counts.cells
    if len(counts.strata) > 1:
        kept = cells.stratum == stratum
        cells = Cells(*(column[kept] for column in cells))
    events, k = cells.events[:, 0], len(counts.groups)
    if not events.any():
        return np.zeros((k, 0)), np.zeros((k, 0))
    grid = make_grid(cells.time, (events > 0).astype(np.int64), None, ("",))
    last = locate(grid, cells.time, None)
    place, size = cells.group * (grid.size + 1) + last, k * (grid.size + 1)
    left = np.bincount(place, weights=events + cells.censored - cells.entered, minlength=size).reshape(k, -1)[:, :-1]
    died = np.bincount(place, weights=events, minlength=size).reshape(k, -1)[:, :-1]
    return np.cumsum(left[:, ::-1], axis=1)[:, ::-1], died


def _weight(weights: str, n: Floats, d: Floats, rho: float, gamma: float) -> Floats:
    if weights == "log-rank":
        return np.ones_like(n)
    if weights == "gehan":
        return n
    if weights == "tarone-ware":
        return np.asarray(np.sqrt(n))
    if weights == "peto":
        return np.cumprod(1 - d / (n + 1))
    before = np.concatenate(([1.0], np.cumprod(1 - d / n)[:-1]))
    return np.asarray(before**rho * (1 - before) ** gamma)


@dataclass(frozen=True, eq=False)
class PairwiseLogRank:
    """Every pair of groups with its test; ``adjusted`` holds the p values after adjustment.

    By Holm (1979) that is p_(i) = max over j <= i of (m - j + 1) p_(j), for m pairs: see ``pairwise_log_rank``.
    """

    pairs: tuple[tuple[Label, Label], ...]
    tests: tuple[LogRank, ...]
    adjusted: tuple[float, ...]
    adjust: str

    def to_dict(self) -> dict[str, Any]:
        """``pairs``: groups, chi2, p and adjusted p."""
        rows = zip(self.pairs, self.tests, self.adjusted, strict=True)
        pairs = [
            {"groups": plain(pair), "chi2": plain(test.chi2), "p": plain(test.p), "p_adjusted": plain(adjusted)}
            for pair, test, adjusted in rows
        ]
        return {"adjust": self.adjust, "pairs": pairs}

    def _repr_html_(self) -> str:
        rows = [
            (f"{name_of(a)} and {name_of(b)}", number(test.chi2), p_value(test.p), p_value(adjusted))
            for (a, b), test, adjusted in zip(self.pairs, self.tests, self.adjusted, strict=True)
        ]
        return html_table("Pairs of groups", ("pair", "chi2", "p", f"adjusted ({self.adjust})"), rows)

    def plot(self, *, title: str = "Pairs of groups", width: float = 150) -> Picture:
        """The p values of the pairs as a picture, before and after adjustment."""
        from ._draw_tests import Row, plot_rows

        rows = [
            Row(f"{name_of(a)} and {name_of(b)}", test.p, adjusted, f"p {p_cell(test.p)}, adjusted {p_cell(adjusted)}")
            for (a, b), test, adjusted in zip(self.pairs, self.tests, self.adjusted, strict=True)
        ]
        label = f"p: after {self.adjust} (full), before (open); dotted 0.05"
        return plot_rows(title, rows, label, guide=0.05, log=True, width=width)


def pairwise_log_rank(
    time: Any, event: Any = None, group: Any = None, *, strata: Any = None, weights: str = "log-rank",
    rho: float = 0.0, gamma: float = 0.0, adjust: str = "holm",
) -> PairwiseLogRank:  # fmt: skip
    """The log-rank test of every pair of groups, with p values adjusted for their number.

    ``adjust``, of the m p values in order: "holm", p_(i) = max over j <= i of (m - j + 1) p_(j) (Holm, Scand J Stat
    1979; 6:65-70); "bonferroni", m p; "bh", p_(i) = min over j >= i of m p_(j) / j (Benjamini and Hochberg,
    J R Stat Soc B 1995; 57:289-300); or "none"; none above 1. Other arguments and errors as for ``log_rank``.
    """
    check_choice(adjust, ADJUSTMENTS, "adjust")
    counts = as_counts(time, event, group, strata)
    if len(counts.groups) < 2:
        raise Problems([refuse("group", "one group", "two groups or more", "There is nothing to pair.", "group")])
    pairs = tuple(combinations(range(len(counts.groups)), 2))
    tests = tuple(log_rank(counts.keep_groups(pair), weights=weights, rho=rho, gamma=gamma) for pair in pairs)
    named = tuple((counts.groups[a], counts.groups[b]) for a, b in pairs)
    return PairwiseLogRank(named, tests, adjusted_p([test.p for test in tests], adjust), adjust)


def adjusted_p(values: Sequence[float], adjust: str) -> tuple[float, ...]:
    """The p values adjusted for their number, in their order."""
    p = np.asarray(values, dtype=np.float64)
    m, order = len(p), np.argsort(p)
    rank = np.arange(m)
    if adjust == "bonferroni":
        found = p * m
    elif adjust == "holm":
        found = np.empty(m)
        found[order] = np.maximum.accumulate(p[order] * (m - rank))
    elif adjust == "bh":
        found = np.empty(m)
        found[order] = np.minimum.accumulate((p[order] * m / (rank + 1))[::-1])[::-1]
    else:
        found = p
    return tuple(np.minimum(found, 1.0).tolist())

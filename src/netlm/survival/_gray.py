"""Gray's test that groups share one cumulative incidence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import Problems
from ._competing import competing_counts
from ._counts import Counts
from ._door import refuse
from ._log_rank import LogRank, chi2_tail, quadratic_form
from ._types import Floats, Integers, warn

__all__ = ["gray"]


def gray(
    time: Any, event: Any = None, group: Any = None, *, cause: int = 1, rho: float = 0.0, strata: Any = None
) -> LogRank:
    """Test whether the groups have one cumulative incidence of ``cause``, from arrays or from counts.

    Gray, Ann Stat 1988; 16:1141-1154, section 2. The score of group k, of which d_k have the event of the cause at a
    time and d in all, is U_k = sum over the times of (1 - F)^rho (d_k - d R_k / R), where R_k = n_k (1 - F_k) / S_k,
    all just before the time, R is the sum of the R_k, and the pooled F grows by d / sum of (n_k / S_k).
    The test is chi2 = U' V^-1 U, the last group left out, with the variance V and the correction for ties of Gray's
    own program, the routine crst of R's cmprsk.
    ``event`` is 0 for censored, 1, 2 ... for the cause. ``observed`` less ``expected`` of the result is the score of
    each group.
    Raises ``Problems``.
    """
    if group is None and not isinstance(time, Counts):
        raise refuse("group", "nothing", "a label for each patient", "Pass the groups to compare.", "usage")
    if not 0 <= rho < math.inf:
        raise refuse("rho", f"{rho}", "0 or more", "0 is the usual one.", "range")
    counts = competing_counts(time, event, group, strata)
    if cause not in counts.causes:
        listed = ", ".join(map(str, counts.causes))
        raise Problems([refuse("cause", f"{cause}", f"one of {listed}", "Take a cause that occurs.", "cause")])
    if counts.delayed:
        remedy = "Compare cause-specific hazards by cox with entry instead."
        raise Problems([refuse("counts", "delayed entry", "everyone from the start", remedy, "entry")])
    column, k = counts.causes.index(cause), len(counts.groups)
    if k < 2:
        told = warn("fewer than two groups; there is no test")
        return LogRank(counts.groups, np.zeros(k), np.zeros(k), 0.0, 0, float("nan"), "gray", (told,))
    observed, score, covariance = np.zeros(k), np.zeros(k), np.zeros((k, k))
    for stratum in range(len(counts.strata)):
        d, s, v = _Stratum(k, rho).run(*_event_table(counts, stratum, column))
        observed, score, covariance = observed + d, score + s, covariance + v
    chi2, df = quadratic_form(score, covariance, np.diag(covariance) > 0)
    notes = () if df else (warn("fewer than two groups had patients at risk at an event; there is no test"),)
    return LogRank(counts.groups, observed, observed - score, chi2, df, chi2_tail(chi2, df), "gray", notes)


def _event_table(counts: Counts, stratum: int, column: int) -> tuple[Integers, Integers, Integers]:
    """At risk, events of the cause and other events, by time (rows) and group (columns)."""
    sets = [counts.select(number, stratum) for number in range(len(counts.groups))]
    times = np.unique(np.concatenate([one.time[one.events.sum(axis=1) > 0] for one in sets]))
    at_risk, own, other = (np.zeros((len(times), len(sets)), dtype=np.int64) for _ in range(3))
    for number, one in enumerate(sets):
        at_risk[:, number] = np.append(one.at_risk, 0)[np.searchsorted(one.time, times)]
        has = one.events.sum(axis=1) > 0
        where = np.searchsorted(times, one.time[has])
        own[where, number] = one.events[has, column]
        other[where, number] = one.events[has].sum(axis=1) - one.events[has, column]
    return at_risk, own, other


class _Stratum:
    """Runs through the event times of one stratum, holding what Gray's score and its variance accumulate."""

    def __init__(self, k: int, rho: float) -> None:
        self.rho = rho
        self.survival, self.incidence = np.ones(k), np.zeros(k)
        self.pooled = 0.0
        self.score, self.observed = np.zeros(k), np.zeros(k)
        self.c, self.v, self.v2, self.v3 = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k)), np.zeros(k)

    def run(self, at_risk: Integers, own: Integers, other: Integers) -> tuple[Floats, Floats, Floats]:
        """Weighted events, score and covariance of the groups."""
        for n, d, e in zip(at_risk, own, other, strict=True):
            self._step(n.astype(np.float64), d.astype(np.float64), e.astype(np.float64))
        cross = self.c @ self.v2.T
        return self.observed, self.score, self.v + (self.c * self.v3) @ self.c.T + cross + cross.T

    def _step(self, n: Floats, d: Floats, e: Floats) -> None:
        there = n > 0
        held = np.divide(n, self.survival, out=np.zeros_like(n), where=there)
        total, events = held.sum(), d.sum()
        after = np.where(
            there, self.survival * (1 - np.divide(d + e, n, out=np.zeros_like(n), where=there)), self.survival
        )
        weight = (1 - self.pooled) ** self.rho
        sub = held * (1 - self.incidence)
        self.observed += weight * d
        self.score += weight * (d - events * sub / sub.sum())
        a = weight * (np.diag(held) - np.outer(held, held) / total)
        if events > 0:
            self.c += a * events / (total * (1 - self.pooled))
        pooled = self.pooled + events / total
        if events > 0:
            self._own_variance(n, after, a, events, total, pooled, there)
        if e.sum() > 0:
            self._other_variance(n, after, e, pooled)
        self.incidence = self.incidence + np.divide(self.survival * d, n, out=np.zeros_like(n), where=there)
        self.survival, self.pooled = after, pooled

    def _own_variance(
        self, n: Floats, after: Floats, a: Floats, events: float, total: float, pooled: float, there: Any
    ) -> None:
        share = np.where(after > 0, 1 - np.divide(1 - pooled, after, out=np.ones_like(n), where=after > 0), 1.0)
        others = total * self.survival - 1
        tied = 1 - np.divide(events - 1, others, out=np.zeros_like(n), where=there & (others > 0))
        size = np.divide(tied * self.survival * events, total * n, out=np.zeros_like(n), where=there)
        part = a - share * self.c
        self.v3 += share**2 * size
        self.v2 += part * (share * size)
        self.v += (part * size) @ part.T

    def _other_variance(self, n: Floats, after: Floats, e: Floats, pooled: float) -> None:
        used = (after > 0) & (e > 0)
        share = np.divide(1 - pooled, after, out=np.zeros_like(n), where=used)
        tied = np.where(e > 1, 1 - np.divide(e - 1, n - 1, out=np.zeros_like(n), where=e > 1), 1.0)
        size = np.divide(tied * self.survival**2 * e, n**2, out=np.zeros_like(n), where=used)
        part = share * self.c
        self.v3 += share**2 * size
        self.v2 -= part * (share * size)
        self.v += (part * size) @ part.T

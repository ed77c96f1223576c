"""The formulas of the docstrings, computed as they are written there, give what the library gives."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from netlm import survival

CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@dataclass(frozen=True)
class Cohort:
    """A small cohort with ties: 0 censored, 1 and 2 the causes."""

    time: np.ndarray
    cause: np.ndarray
    group: np.ndarray
    x: np.ndarray

    @property
    def event(self) -> np.ndarray:
        """1 for an event of any cause."""
        return (self.cause > 0).astype(np.int64)

    def times(self) -> np.ndarray:
        """The distinct times."""
        return np.unique(self.time)

    def at(self, t: float) -> tuple[int, int, int]:
        """Those at risk just before t, those with an event at t, those censored at t."""
        here = self.time == t
        return int((self.time >= t).sum()), int((here & (self.cause > 0)).sum()), int((here & (self.cause == 0)).sum())

    def part(self, keep: np.ndarray) -> Cohort:
        """Some of the patients."""
        return Cohort(self.time[keep], self.cause[keep], self.group[keep], self.x[keep])


def product(cohort: Cohort, until: float, before: bool = False) -> float:
    """S(t) = prod (1 - d / n), or S(t-)."""
    value = 1.0
    for t in cohort.times():
        n, d, _ = cohort.at(t)
        if t < until or (t == until and not before):
            value *= 1 - d / n
    return value


def incidence(cohort: Cohort, cause: int, until: float, before: bool = False) -> float:
    """F(t) = sum of S(t-) d / n, or F(t-)."""
    value = 0.0
    for t in cohort.times():
        if t < until or (t == until and not before):
            d = ((cohort.time == t) & (cohort.cause == cause)).sum()
            value += product(cohort, t, before=True) * d / cohort.at(t)[0]
    return value


@pytest.fixture(params=[1, 2, 3])
def cohort(request: pytest.FixtureRequest) -> Cohort:
    """60 patients with many ties."""
    random = np.random.default_rng(request.param)
    size = 60
    time = random.integers(1, 16, size)
    return Cohort(time, random.choice([0, 1, 2], size, p=[0.3, 0.4, 0.3]), random.integers(0, 3, size),
                  random.normal(size=(size, 2)))  # fmt: skip


def test_kaplan_meier_and_greenwood(cohort):
    """S(t) = prod (1 - d / n), V = sum of d / (n (n - d)); the reverse exchanges events and censorings."""
    km, reverse = (make(cohort.time, cohort.event) for make in (survival.kaplan_meier, survival.reverse_kaplan_meier))
    survives, variance, followed = 1.0, 0.0, 1.0
    for t in cohort.times()[:-1]:
        n, d, c = cohort.at(t)
        survives, variance, followed = survives * (1 - d / n), variance + d / (n * (n - d)), followed * (1 - c / n)
        assert np.allclose([km.at(t).estimate, km.at(t).se], [survives, survives * variance**0.5], **CLOSE)
        assert np.isclose(reverse.at(t).estimate, followed, **CLOSE)


def test_nelson_aalen(cohort):
    """H(t) = sum of d / n, V = sum of d / n^2."""
    na = survival.nelson_aalen(cohort.time, cohort.event)
    rows = np.array([cohort.at(t)[:2] for t in cohort.times()], dtype=float)
    found = na.at(float(cohort.times()[-1]))
    n, d = rows.T
    assert np.allclose([found.estimate, found.se], [(d / n).sum(), (d / n**2).sum() ** 0.5], **CLOSE)


def test_restricted_mean(cohort):
    """The area under S; V = sum of A(t)^2 d / (n (n - d))."""
    tau = 10.0
    found = survival.kaplan_meier(cohort.time, cohort.event).rmst(tau)

    def area(start: float) -> float:
        edges = np.array([start, *[t for t in cohort.times() if start < t < tau], tau])
        return float(sum(product(cohort, a) * (b - a) for a, b in pairwise(edges)))

    rows = [(area(t), *cohort.at(t)[:2]) for t in cohort.times() if t <= tau]
    variance = sum(a**2 * d / (n * (n - d)) for a, n, d in rows)
    assert np.allclose([found.estimate, found.se], [area(0.0), variance**0.5], **CLOSE)


def test_cumulative_incidence_with_the_error_of_the_delta_method(cohort):
    """Marubini and Valsecchi (1995), p. 341."""
    end = 9.0
    found = survival.aalen_johansen(cohort.time, cohort.cause)[1].at(end)
    variance = 0.0
    for t in cohort.times()[cohort.times() <= end]:
        n, e, _ = cohort.at(t)
        d = int(((cohort.time == t) & (cohort.cause == 1)).sum())
        rest, free = incidence(cohort, 1, end) - incidence(cohort, 1, t), product(cohort, t, before=True)
        variance += rest**2 * e / (n * (n - e)) + free**2 * d * (n - d) / n**3 - 2 * rest * free * d / n**2
    assert np.allclose([found.estimate, found.se], [incidence(cohort, 1, end), variance**0.5], **CLOSE)


def test_log_rank(cohort):
    """chi2 = U' V^-1 U with the hypergeometric variance."""
    found = survival.log_rank(cohort.time, cohort.event, cohort.group)
    score, variance = np.zeros(3), np.zeros((3, 3))
    for t in cohort.times():
        n, d, _ = cohort.at(t)
        share = np.array([((cohort.time >= t) & (cohort.group == k)).sum() for k in range(3)]) / n
        own = np.array([((cohort.time == t) & (cohort.cause > 0) & (cohort.group == k)).sum() for k in range(3)])
        score += own - d * share
        if n > 1:
            variance += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    chi2 = score[:-1] @ np.linalg.inv(variance[:-1, :-1]) @ score[:-1]
    assert np.allclose([*(found.observed - found.expected), found.chi2], [*score, chi2], **CLOSE)


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_grays_score(cohort, rho):
    """U_k = sum of (1 - F)^rho (d_k - d R_k / R), R_k = n_k (1 - F_k) / S_k, F growing by d / sum of (n_k / S_k)."""
    found = survival.gray(cohort.time, cohort.cause, cohort.group, rho=rho)
    parts = [cohort.part(cohort.group == k) for k in range(3)]
    score, pooled = np.zeros(3), 0.0
    for t in cohort.times():
        n = np.array([(part.time >= t).sum() for part in parts], dtype=float)
        own = np.array([((part.time == t) & (part.cause == 1)).sum() for part in parts], dtype=float)
        free = np.array([product(part, t, before=True) if size else 1.0 for part, size in zip(parts, n, strict=True)])
        still = np.array([1 - incidence(part, 1, t, before=True) for part in parts])
        at_risk = n * still / free
        score += (1 - pooled) ** rho * (own - own.sum() * at_risk / at_risk.sum())
        pooled += own.sum() / (n / free).sum()
    assert np.allclose(found.observed - found.expected, score, **CLOSE)


def test_fine_and_grays_equation_is_solved(cohort):
    """U(b) = 0 with the weights G(t-) / G(T-), where events of the cause are not tied, and other events are."""
    time = cohort.time - np.where(cohort.cause == 1, np.arange(len(cohort.time)) / 100, 0.0)
    whole = Cohort(time, cohort.cause, cohort.group, cohort.x)
    fit = survival.fine_gray(time, whole.cause, whole.x, eps=1e-14)

    def uncensored(until: float) -> float:
        steps = [(*whole.at(t),) for t in whole.times() if t < until]
        return float(np.prod([1 - c / (n - d) for n, d, c in steps if n > d]))

    score = np.zeros(2)
    for i in np.flatnonzero(whole.cause == 1):
        t = time[i]
        later = uncensored(t)
        weight = np.array([
            1.0 if time[j] >= t else later / uncensored(time[j]) if whole.cause[j] == 2 else 0.0
            for j in range(len(time))
        ])  # fmt: skip
        risk = weight * np.exp(whole.x @ fit.coef)
        score += whole.x[i] - risk @ whole.x / risk.sum()
    assert np.allclose(score, 0, atol=1e-7)


def test_a_landmark_curve_is_conditional(cohort):
    """S(t | s) = S(s + t) / S(s)."""
    s = 4
    found = survival.landmark(cohort.time, s)
    after = survival.kaplan_meier(found.time, cohort.event[found.rows])
    for t in (1, 3, 6):
        assert np.isclose(after.at(t).estimate, product(cohort, s + t) / product(cohort, s), **CLOSE)


def test_the_difference_of_restricted_means(cohort):
    """se = sqrt(se_1^2 + se_2^2)."""
    km = survival.kaplan_meier(cohort.time, cohort.event, cohort.group)
    found, _ = survival.rmst_difference(km[0], km[1], 8)
    one, two = km[0].rmst(8), km[1].rmst(8)
    expected = [two.estimate - one.estimate, (one.se**2 + two.se**2) ** 0.5]
    assert np.allclose([found.estimate, found.se], expected, **CLOSE)


def test_cox_and_its_tests(cohort):
    """l(b), the baseline hazard, the score and likelihood-ratio tests, of events that are not tied."""
    time = cohort.time + np.random.default_rng(6).permutation(len(cohort.time)) / 100
    fit = survival.cox(time, cohort.event, cohort.x, eps=1e-14)
    events = np.flatnonzero(cohort.event)

    def likelihood(b: np.ndarray) -> float:
        line = cohort.x @ b
        return float(sum(line[i] - np.log(np.exp(line[time >= time[i]]).sum()) for i in events))

    null = -sum(np.log((time >= time[i]).sum()) for i in events)
    assert np.allclose([fit.loglik, fit.loglik_null], [likelihood(fit.coef), null], **CLOSE)
    assert np.isclose(fit.likelihood_ratio_test.chi2, 2 * (likelihood(fit.coef) - null), **CLOSE)
    assert np.isclose(fit.wald_test.chi2, fit.coef @ np.linalg.inv(fit.covariance) @ fit.coef, **CLOSE)
    score, information = np.zeros(2), np.zeros((2, 2))
    for i in events:
        there = cohort.x[time >= time[i]]
        score, information = score + cohort.x[i] - there.mean(axis=0), information + np.cov(there.T, bias=True)
    assert np.isclose(fit.score_test.chi2, score @ np.linalg.solve(information, score), **CLOSE)
    at = np.array([0.5, -1.0])
    hazard = [np.exp(at @ fit.coef) / np.exp(cohort.x[time >= time[i]] @ fit.coef).sum() for i in events]
    assert np.isclose(fit.baseline(at)[0].hazard[-1], sum(hazard), **CLOSE)


def test_residuals_and_the_test_of_proportional_hazards(cohort):
    """Martingale, deviance, dfbeta, scaled Schoenfeld; chi2 = U' (I_2 - I_1 I_0^-1 I_1)^-1 U."""
    time = cohort.time + np.random.default_rng(7).permutation(len(cohort.time)) / 100
    fit = survival.cox(time, cohort.event, cohort.x, eps=1e-14)
    b, v, x, d = fit.coef, fit.covariance, cohort.x, cohort.event
    line = np.exp(x @ b)
    hazard = fit.baseline()[0]
    passed = np.array([hazard.hazard[np.searchsorted(hazard.time, t, side="right") - 1] if t >= hazard.time[0] else 0.0
                       for t in time])  # fmt: skip
    m = d - line * passed
    assert np.allclose(fit.residuals(), m, **CLOSE)
    inner = m + np.where(d > 0, np.log(np.where(d > 0, d - m, 1.0)), 0.0)
    assert np.allclose(fit.residuals("deviance"), np.sign(m) * np.sqrt(-2 * inner), rtol=1e-7, atol=1e-7)
    assert np.allclose(fit.residuals("dfbeta"), fit.residuals("score") @ v, **CLOSE)
    events = np.flatnonzero(d)[np.argsort(time[np.flatnonzero(d)])]
    g = time[events] - time[events].mean()
    r, spread = np.zeros((len(events), 2)), np.zeros((len(events), 2, 2))
    for row, i in enumerate(events):
        there = time >= time[i]
        r[row] = x[i] - np.average(x[there], axis=0, weights=line[there])
        spread[row] = np.cov(x[there].T, aweights=line[there], bias=True)
    assert np.allclose(fit.residuals("schoenfeld"), r, **CLOSE)
    assert np.allclose(fit.residuals("scaled-schoenfeld"), len(events) * r @ v + b, **CLOSE)
    i0, i1, i2 = (np.tensordot(g**power, spread, axes=1) for power in range(3))
    score = g @ r
    chi2 = score @ np.linalg.inv(i2 - i1 @ np.linalg.inv(i0) @ i1) @ score
    assert np.isclose(fit.proportional_hazards("identity").chi2[-1], chi2, rtol=1e-7)


def test_whole_days_of_entry_among_times_that_are_not_whole(cohort):
    """A row is at risk after its entry, whether or not entries are whole where event times are not."""
    time = cohort.time + np.random.default_rng(8).permutation(len(cohort.time)) / 100 + 0.5
    entry = np.minimum(np.arange(len(time)) % 4, np.floor(time)).astype(np.int64)
    fit = survival.cox(time, cohort.event, cohort.x, entry=entry, eps=1e-14)
    score = np.zeros(2)
    for i in np.flatnonzero(cohort.event):
        there = (time >= time[i]) & (entry < time[i])
        score += cohort.x[i] - np.average(cohort.x[there], axis=0, weights=np.exp(cohort.x[there] @ fit.coef))
    assert np.allclose(score, 0, atol=1e-7)
    hundredfold = survival.cox(np.round(time * 100), cohort.event, cohort.x, entry=entry * 100, eps=1e-14)
    assert np.allclose(fit.coef, hundredfold.coef, **CLOSE)

"""The formulas of the docstrings, computed as they are written there, give what the library gives."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from netlm import synthesis

TRIALS = [("A", 0.34, 0.20, 0.59), ("B", 0.47, 0.30, 0.73), ("C", 0.95, 0.70, 1.29), ("D", 0.60, 0.41, 0.88)]
Z = NormalDist().inv_cdf(0.975)


def trials() -> list[synthesis.Study]:
    """Four hazard ratios that differ by more than chance."""
    return [synthesis.hazard_ratio(*row) for row in TRIALS]


def test_an_error_from_an_interval():
    """se = (log high - log low) / (2 z), and without logarithm for other effects; V = 1 / events + 1 / (n - events)."""
    for study, (_, _, low, high) in zip(trials(), TRIALS, strict=True):
        assert study.se == pytest.approx((math.log(high) - math.log(low)) / (2 * Z), rel=1e-12)
    assert synthesis.effect("E", 1.0, 0.5, 1.6).se == pytest.approx((1.6 - 0.5) / (2 * Z), rel=1e-12)
    logit = math.log(0.7 / 0.3) - math.log(0.4 / 0.6)
    assert synthesis.survival_rate("S", 0.55, 0.4, 0.7).se == pytest.approx(logit / (2 * Z), rel=1e-12)
    share = synthesis.proportion("P", 7, 20)
    assert (share.y, share.se**2) == pytest.approx((math.log(7 / 13), 1 / 7 + 1 / 13), rel=1e-12)


def test_the_exact_interval_of_a_share():
    """P(X >= events) and P(X <= events) are half of what the level leaves."""
    low, high = synthesis.proportion("P", 7, 20).limits(0.95)
    chance = [[math.comb(20, k) * p**k * (1 - p) ** (20 - k) for k in range(21)] for p in (low, high)]
    assert (sum(chance[0][7:]), sum(chance[1][:8])) == pytest.approx((0.025, 0.025), rel=1e-9)


@pytest.mark.parametrize("method", ["fixed", "dl", "reml", "hk"])
def test_pooling(method):
    """The mean, its error, tau2, I2, H2 and the prediction interval."""
    studies = trials()
    found = synthesis.pool(studies, method)
    y, v = [one.y for one in studies], [one.se**2 for one in studies]
    k, fixed = len(y), [1 / one for one in v]
    centre = sum(w * value for w, value in zip(fixed, y, strict=True)) / sum(fixed)
    q = sum(w * (value - centre) ** 2 for w, value in zip(fixed, y, strict=True))
    left = sum(fixed) - sum(w * w for w in fixed) / sum(fixed)
    tau2 = {"fixed": 0.0, "dl": max(0.0, (q - k + 1) / left)}.get(method, found.tau2)
    weights = [1 / (one + tau2) for one in v]
    mean = sum(w * value for w, value in zip(weights, y, strict=True)) / sum(weights)
    variance = 1 / sum(weights)
    if method == "hk":
        variance *= sum(w * (value - mean) ** 2 for w, value in zip(weights, y, strict=True)) / (k - 1)
    typical = (k - 1) / left
    i2, h2 = ((q - k + 1) / q, q / (k - 1)) if method == "fixed" else (tau2 / (tau2 + typical), tau2 / typical + 1)
    told = (found.y, found.se, found.tau2, found.q, found.i2 / 100, found.h2)
    assert told == pytest.approx((mean, math.sqrt(variance), tau2, q, i2, h2), rel=1e-9)
    if method == "dl":
        half = Z * math.sqrt(tau2 + variance)
        assert found.prediction == pytest.approx((math.exp(mean - half), math.exp(mean + half)), rel=1e-9)


def test_an_indirect_comparison():
    """y = y_1 - y_2 and se = sqrt(se_1^2 + se_2^2)."""
    one, two, *_ = trials()
    found = synthesis.bucher(one, two)
    assert (found.y, found.se) == pytest.approx((one.y - two.y, math.sqrt(one.se**2 + two.se**2)), rel=1e-12)


def test_modelled_curves_have_the_hazard_ratio_and_both_medians():
    """HR = (control median / treated median)^shape, and S at a median is one half."""
    found = synthesis.modelled_curves(
        "T", endpoint="PFS", arms=("treated", "control"), medians=(20.0, 12.0), hazard_ratio=0.6, follow_up=40.0
    )
    assert (12.0 / 20.0) ** found.shape == pytest.approx(0.6, rel=1e-12)
    hazards = [-math.log(found.survival(arm, 9.0)) for arm in (0, 1)]
    assert hazards[0] / hazards[1] == pytest.approx(0.6, rel=1e-12)
    assert [found.survival(0, 20.0), found.survival(1, 12.0)] == pytest.approx([0.5, 0.5], rel=1e-12)

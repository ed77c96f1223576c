"""The same answers as SciPy's distributions, and as statsmodels' meta-analysis on random studies."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from netlm import synthesis
from netlm.synthesis import _distributions, _heterogeneity

stats = pytest.importorskip("scipy.stats", reason="comes with the extra `registry`")


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 12, 25, 60, 301])
def test_chi2_and_t_are_those_of_scipy(df):
    for q in (1e-9, 0.1, 1.0, 4.5, 20.0, 150.0):
        assert _distributions.chi2_tail(q, df) == pytest.approx(stats.chi2.sf(q, df), rel=1e-12)
    for level in (0.05, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9999):
        assert _distributions.t_quantile(level, df) == pytest.approx(stats.t.ppf((1 + level) / 2, df), rel=1e-10)
    assert _distributions.chi2_tail(0.0, df) == 1


@pytest.mark.parametrize("n", [1, 2, 18, 85, 1729, 100_000])
def test_exact_intervals_are_those_of_scipy(n):
    for events in {0, 1, n // 3, n - 1, n}:
        for level in (0.5, 0.9, 0.95, 0.999):
            theirs = stats.binomtest(events, n).proportion_ci(level, method="exact")
            assert _distributions.binomial_limits(events, n, level) == pytest.approx(
                (theirs.low, theirs.high), abs=1e-11
            )


def random_studies(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 20))
    se = rng.uniform(0.05, 0.8, k)
    return rng.normal(rng.normal(), rng.choice([0.0, 0.2, 1.0]), k) + se * rng.normal(size=k), se


@pytest.mark.parametrize("seed", range(60))
def test_statsmodels_agrees(seed):
    meta = pytest.importorskip("statsmodels.stats.meta_analysis", reason="a peer, of the group `peers`")
    y, se = random_studies(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it takes the root of a variance below 0
        theirs = meta.combine_effects(y, se**2, method_re="dl", use_t=False)
    studies = [synthesis.effect(f"{k}", a, se=b) for k, (a, b) in enumerate(zip(y, se, strict=True))]
    fixed, dl = synthesis.pool(studies, "fixed"), synthesis.pool(studies, "dl")
    assert (fixed.estimate, fixed.se) == pytest.approx((theirs.mean_effect_fe, theirs.sd_eff_w_fe), rel=1e-10)
    assert fixed.q == pytest.approx(theirs.q, rel=1e-10)
    assert fixed.i2 == pytest.approx(max(0.0, 100 * theirs.i2), rel=1e-10)
    assert dl.tau2 == pytest.approx(max(0.0, theirs.tau2), rel=1e-10)
    if theirs.tau2 >= 0:  # statsmodels goes on with a variance below 0
        assert (dl.estimate, dl.se) == pytest.approx((theirs.mean_effect_re, theirs.sd_eff_w_re), rel=1e-10)


@pytest.mark.parametrize("seed", range(60))
def test_reml_is_the_top_of_the_likelihood(seed):
    """Nothing on a grid of SciPy's making lies higher."""
    optimize = pytest.importorskip("scipy.optimize")
    y, se = random_studies(seed + 1000)
    found = _heterogeneity.restricted_likelihood(list(y), list(se**2))

    def down(tau2: float) -> float:
        w = 1 / (se**2 + tau2)
        mean = (w * y).sum() / w.sum()
        return -0.5 * (np.log(w).sum() - np.log(w.sum()) - (w * (y - mean) ** 2).sum())

    top = optimize.brute(lambda x: down(x[0]), [(0, 2 * np.var(y) + 1e-6)], Ns=2000, finish=None)
    assert down(found) <= down(float(top)) + 1e-12

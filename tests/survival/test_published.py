"""Answers that textbooks and papers print; these tests need no other data.

Freireich et al., Blood 1963; 21:699-716: remission of acute leukaemia in weeks, 6-mercaptopurine against placebo, as
analysed by Cox, J R Stat Soc B 1972; 34:187-220, and in Klein and Moeschberger, Survival Analysis (2003), table 1.1.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from netlm import survival

MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIME, EVENT = MERCAPTOPURINE + PLACEBO, RELAPSED + [1] * 21
ARM = ["6-MP"] * 21 + ["placebo"] * 21


def test_kaplan_meier_and_greenwood():
    """Klein and Moeschberger, table 4.1: S and its error in the 6-MP arm."""
    km = survival.kaplan_meier(MERCAPTOPURINE, RELAPSED)
    printed = {6: (0.857, 0.076), 7: (0.807, 0.087), 10: (0.753, 0.096), 13: (0.690, 0.107), 16: (0.628, 0.114),
               22: (0.538, 0.128), 23: (0.448, 0.135)}  # fmt: skip
    for time, (value, se) in printed.items():
        assert km.at(time) == pytest.approx(value, abs=0.0006)
        assert km.at(time).se == pytest.approx(se, abs=0.0006)


def test_nelson_aalen():
    """Klein and Moeschberger, table 4.2."""
    na = survival.nelson_aalen(MERCAPTOPURINE, RELAPSED)
    for time, value in {6: 0.1428, 7: 0.2017, 10: 0.2683, 13: 0.3517, 16: 0.4426, 22: 0.5854, 23: 0.7521}.items():
        assert na.at(time) == pytest.approx(value, abs=0.0003)


def test_medians():
    km = survival.kaplan_meier(TIME, EVENT, ARM)
    assert (km["6-MP"].median, km["placebo"].median) == (23, 8)


def test_log_rank():
    """16.79, as every package prints it for these data."""
    found = survival.log_rank(TIME, EVENT, ARM)
    assert found.chi2 == pytest.approx(16.793, abs=0.001)
    assert list(found.expected) == pytest.approx([19.25, 10.75], abs=0.01)


def test_cox():
    """Efron 1.572 (0.412), Breslow 1.509 (0.410): Venables and Ripley, Modern Applied Statistics (2002), p. 364."""
    placebo = [float(arm == "placebo") for arm in ARM]
    efron, breslow = survival.cox(TIME, EVENT, placebo), survival.cox(TIME, EVENT, placebo, ties="breslow")
    assert (efron.coef[0], efron.se[0]) == pytest.approx((1.572, 0.412), abs=0.001)
    assert (breslow.coef[0], breslow.se[0]) == pytest.approx((1.509, 0.410), abs=0.001)
    assert efron.likelihood_ratio_test.chi2 == pytest.approx(16.35, abs=0.01)


def test_the_score_test_without_ties_is_the_log_rank_test():
    rng = np.random.default_rng(3)
    time, group = rng.permutation(np.arange(1, 61)), rng.integers(0, 2, 60)
    event = rng.integers(0, 2, 60)
    score = survival.cox(time, event, group).score_test
    assert score.chi2 == pytest.approx(survival.log_rank(time, event, group).chi2, rel=1e-12)


def test_the_median_of_a_flat_step_is_its_middle():
    """R's rule: S stands at one half from 2 to 3, so the median is 2.5; where it ends there, the step's start."""
    assert survival.kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).median == 2.5
    assert survival.kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0]).median == 2.0


def test_a_hand_computed_restricted_mean():
    """Area 1 * 1 + 1 * 3/4 + 1 * 1/2 to 3; variance 1.25^2 / 12 + 0.5^2 / 6."""
    value = survival.kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).rmst(3)
    assert value.estimate == pytest.approx(2.25)
    assert value.se == pytest.approx(math.sqrt(1.25**2 / 12 + 0.5**2 / 6))


def test_competing_risks_by_hand():
    """Three patients: cause 1 at 1, cause 2 at 2, censored at 3."""
    aj = survival.aalen_johansen([1, 2, 3], [1, 2, 0])
    assert aj[1].at(3) == pytest.approx(1 / 3)
    assert aj[2].at(3) == pytest.approx(1 / 3)
    assert aj[1].se[-1] == pytest.approx(math.sqrt(1 / 3 * 2 / 3 / 3))

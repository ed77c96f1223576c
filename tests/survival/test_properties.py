"""What holds for any data."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm import survival
from netlm.errors import Problem, Problems

TIMES = st.one_of(st.integers(0, 30), st.floats(0, 30, allow_subnormal=False))
TABLES = st.lists(st.tuples(TIMES, st.booleans(), st.integers(0, 2)), min_size=1, max_size=60)


def _columns(table):
    time, event, group = zip(*table, strict=True)
    return list(time), list(event), list(group)


@given(TABLES)
def test_a_survival_curve_falls_from_one_and_stays_within_its_limits(table):
    time, event, _ = _columns(table)
    for conf_type in ("log", "log-log", "plain"):
        km = survival.kaplan_meier(time, event, conf_type=conf_type)
        steps = np.concatenate(([1.0], km.survival))
        assert (np.diff(steps) <= 0).all()
        assert (steps >= 0).all()
        known = ~np.isnan(km.lower)
        assert (km.lower[known] <= km.survival[known] + 1e-12).all()
        assert (km.upper[known] >= km.survival[known] - 1e-12).all()


@given(TABLES)
def test_without_censoring_it_is_the_empirical_distribution(table):
    time, _, _ = _columns(table)
    km = survival.kaplan_meier(time, np.ones(len(time)))
    for at in km.time.tolist():
        assert km.at(at) == pytest.approx(np.mean([one > at + 1e-7 for one in time]), abs=1e-12)


@given(TABLES)
def test_everyone_is_at_risk_had_the_event_or_was_censored(table):
    time, event, group = _columns(table)
    for curve in survival.kaplan_meier(time, event, group):
        assert curve.n == int(curve.events.sum() + curve.censored.sum())
        left = curve.n - np.concatenate(([0], np.cumsum(curve.events + curve.censored)[:-1]))
        assert (curve.at_risk == left).all()


@given(TABLES, st.permutations(range(60)))
def test_the_order_of_patients_does_not_matter(table, order):
    shuffled = [table[place] for place in order if place < len(table)]
    one = survival.kaplan_meier(*_columns(table))
    other = survival.kaplan_meier(*_columns(shuffled))
    assert one.to_dict() == other.to_dict()


@given(TABLES, TABLES)
def test_counts_add(first, second):
    parts = [survival.kaplan_meier(*_columns(table)).counts for table in (first, second)]
    whole = survival.kaplan_meier(*_columns(first + second)).counts
    summed = parts[0] + parts[1]
    assert summed.to_dict() == (parts[1] + parts[0]).to_dict()
    if all(isinstance(time, int) for time, _, _ in first + second):
        assert summed.to_dict() == whole.to_dict()


@given(TABLES)
def test_incidences_and_event_free_survival_sum_to_one(table):
    time, event, cause = _columns(table)
    codes = [int(is_event) * (1 + one % 2) for is_event, one in zip(event, cause, strict=True)]
    if any(codes):
        aj = survival.aalen_johansen(time, codes)
        free = survival.kaplan_meier(time, event)
        total = sum(curve.incidence for curve in aj)
        assert total + free.survival == pytest.approx(np.ones(len(free.time)), abs=1e-12)


@given(TABLES)
def test_observed_and_expected_events_have_one_sum(table):
    time, event, group = _columns(table)
    counts = survival.kaplan_meier(time, event, group).counts
    if len(counts.groups) > 1 and any(event):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", survival.SurvivalWarning)
            for rho in (0, 1):
                found = survival.log_rank(counts, rho=rho)
                assert found.observed.sum() == pytest.approx(found.expected.sum())
                assert found.chi2 >= -1e-9


@given(TABLES)
def test_results_are_json_and_html(table):
    time, event, group = _columns(table)
    km = survival.kaplan_meier(time, event, group)
    json.dumps(km.to_dict(), allow_nan=False)
    json.dumps(km.counts.to_dict(), allow_nan=False)
    assert km._repr_html_().startswith("<div")


def test_a_median_lies_where_the_curve_crosses_one_half(patients):
    for seed in range(30):
        found = patients(seed, 40, ties=bool(seed % 2))
        km = survival.kaplan_meier(found["time"], found["event"])
        if km.median is not None:
            assert km.at(km.median) <= 0.5 + 1e-8
            assert km.at(km.median * (1 - 1e-6)) >= 0.5 - 1e-8


def test_cox_does_not_mind_shifted_and_scaled_covariates(patients):
    found = patients(4, 300)
    one = survival.cox(found["time"], found["event"], found["x"], eps=1e-14)
    other = survival.cox(found["time"], found["event"], 1000 + 50 * found["x"], eps=1e-14)
    assert list(other.coef * 50) == pytest.approx(list(one.coef), rel=1e-8)
    assert list(other.se * 50) == pytest.approx(list(one.se), rel=1e-8)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-12)


def test_a_weight_of_two_is_two_patients(patients):
    """Breslow's ties treat a weight as so many patients."""
    found = patients(6, 80)
    weight = np.random.default_rng(1).integers(1, 4, 80)
    again = np.repeat(np.arange(80), weight)
    one = survival.cox(found["time"], found["event"], found["x"], weights=weight, ties="breslow")
    other = survival.cox(found["time"][again], found["event"][again], found["x"][again], ties="breslow")
    assert list(one.coef) == pytest.approx(list(other.coef), rel=1e-9)
    assert list(one.naive_se) == pytest.approx(list(other.se), rel=1e-9)


def test_intervals_cut_in_two_are_the_same_follow_up(patients):
    """A patient's time as two start-stop rows gives the model of one row."""
    found = patients(8, 120)
    time, event, x = found["time"], found["event"], found["x"]
    middle = time / 2
    one = survival.cox(time, event, x)
    two = survival.cox(
        np.concatenate((middle, time)), np.concatenate((np.zeros(120), event)), np.concatenate((x, x)),
        entry=np.concatenate((np.full(120, 0.0), middle)),
    )  # fmt: skip
    assert list(two.coef) == pytest.approx(list(one.coef), rel=1e-10)
    assert list(two.se) == pytest.approx(list(one.se), rel=1e-10)


def test_two_strata_with_one_baseline_each(patients):
    found = patients(9, 200)
    model = survival.cox(found["time"], found["event"], found["x"], strata=found["group"])
    assert [one.stratum for one in model.baseline()] == [0, 1, 2]
    for one in model.baseline(dict(zip(model.names, model.means, strict=True))):
        assert (np.diff(one.hazard) > 0).all()
        assert one.survival[-1] == pytest.approx(np.exp(-one.hazard[-1]))


def test_martingale_and_score_residuals_sum_to_zero(patients):
    found = patients(10, 150)
    for options in ({}, {"strata": found["group"]}, {"entry": found["entry"]}):
        model = survival.cox(found["time"], found["event"], found["x"], eps=1e-14, **options)
        assert model.residuals().sum() == pytest.approx(0, abs=1e-8)
        assert model.residuals("score").sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)


def test_rmst_difference_is_a_difference(patients):
    found = patients(12, 200)
    km = survival.kaplan_meier(found["time"], found["event"], found["group"])
    difference, p = survival.rmst_difference(km[0], km[1], 15)
    assert difference == pytest.approx(float(km[1].rmst(15)) - float(km[0].rmst(15)))
    assert difference.se == pytest.approx(np.hypot(km[0].rmst(15).se, km[1].rmst(15).se))
    assert (p < 0.05) == (difference.lower > 0 or difference.upper < 0)


def test_holm_bonferroni_and_benjamini_hochberg(patients):
    """R: p.adjust(c(0.01, 0.04, 0.03), "holm"), "bonferroni" and "BH"."""
    from netlm.survival._log_rank import adjusted_p

    p = (0.01, 0.04, 0.03)
    assert adjusted_p(p, "holm") == pytest.approx((0.03, 0.06, 0.06))
    assert adjusted_p(p, "bonferroni") == pytest.approx((0.03, 0.12, 0.09))
    assert adjusted_p(p, "bh") == pytest.approx((0.03, 0.04, 0.04))
    found = patients(13, 200)
    pairs = survival.pairwise_log_rank(found["time"], found["event"], found["group"])
    assert pairs.pairs == ((0, 1), (0, 2), (1, 2))
    keep = found["group"] != 1
    direct = survival.log_rank(found["time"][keep], found["event"][keep], found["group"][keep])
    assert pairs.tests[1].chi2 == pytest.approx(direct.chi2, rel=1e-12)


@pytest.mark.parametrize("delayed", [False, True])
def test_the_jackknife_is_the_slope_of_the_estimate_by_each_weight(patients, delayed):
    """Checked against differences: the squares of how survival and restricted mean move add to the variance."""
    found = patients(3, 40)
    entry = found["entry"] if delayed else None

    def curve(weight):
        return survival.kaplan_meier(found["time"], found["event"], entry=entry, weights=weight)

    weight, step, at, tau = found["weight"], 1e-6, float(np.median(found["time"])), float(found["time"].max() / 2)
    slopes = []
    for row in range(40):
        nudge = np.zeros(40)
        nudge[row] = step
        up, down = curve(weight + nudge), curve(weight - nudge)
        slopes.append(
            [(float(up.at(at)) - float(down.at(at))) / (2 * step), (up.rmst(tau) - down.rmst(tau)) / (2 * step)]
        )
    expected = np.sqrt(((np.array(slopes) * weight[:, None]) ** 2).sum(axis=0))
    km = curve(weight)
    assert [km.at(at).se, km.rmst(tau).se] == pytest.approx(list(expected), rel=1e-6)


def test_weights_of_one_are_no_weights_and_whole_ones_are_patients(patients):
    found = patients(5, 60)
    time, event = found["time"], found["event"]
    plain = survival.kaplan_meier(time, event)
    robust = survival.kaplan_meier(time, event, weights=np.ones(60), robust=True)
    assert list(robust.se) == pytest.approx(list(plain.se), abs=1e-12, nan_ok=True)
    assert robust.rmst(20).se == pytest.approx(plain.rmst(20).se)
    times = found["group"] + 1
    often = survival.kaplan_meier(np.repeat(time, times), np.repeat(event, times))
    few = survival.kaplan_meier(time, event, weights=times)
    assert list(few.survival) == pytest.approx(list(often.survival))
    assert list(few.se) == pytest.approx(list(often.se), nan_ok=True)
    assert (few.n, few.median) == (often.n, often.median)


def test_entry_at_the_start_changes_nothing_and_split_rows_are_one_patient(patients):
    found = patients(7, 80)
    time, event, group = found["time"] + 1, found["event"], found["group"]
    whole = survival.kaplan_meier(time, event, group)
    assert survival.kaplan_meier(time, event, group, entry=np.zeros(80)).to_dict() == whole.to_dict()
    cut = time / 2
    split = survival.kaplan_meier(
        np.concatenate((cut, time)), np.concatenate((event * 0, event)), np.tile(group, 2),
        entry=np.concatenate((time * 0, cut)),
    )  # fmt: skip
    for one in whole:
        ticks = [0, 1.5, 3, 8, 20]
        assert [float(s) for s in split[one.group].at(ticks)] == pytest.approx(
            [float(s) for s in one.at(ticks)], nan_ok=True
        )
        assert list(split[one.group].at_risk_at(ticks)) == list(one.at_risk_at(ticks))
    assert survival.log_rank(split.counts).chi2 == pytest.approx(survival.log_rank(time, event, group).chi2)


def test_log_rank_with_late_entry_is_the_score_test_of_cox(patients):
    found = patients(9, 150, ties=False)
    time, event, entry, arm = found["time"], found["event"], found["entry"], found["group"] > 0
    test = survival.log_rank(time, event, arm, entry=entry)
    model = survival.cox(time, event, arm.astype(float), entry=entry)
    assert test.chi2 == pytest.approx(model.score_test.chi2, rel=1e-9)


def test_counts_with_late_entry_add_up_and_travel(patients):
    found = patients(11, 60)
    time, event, entry = found["time"], found["event"], found["entry"]
    whole = survival.kaplan_meier(time, event, entry=entry)
    parts = [survival.kaplan_meier(time[k::2], event[k::2], entry=entry[k::2]).counts for k in (0, 1)]
    sent = [survival.counts_from_dict(json.loads(json.dumps(part.to_dict()))) for part in parts]
    assert sent[0].to_dict()["netlm"] == "counts/2"
    assert survival.kaplan_meier(sent[0] + sent[1]).to_dict() == whole.to_dict()


def test_a_curve_that_ends_before_others_enter_is_told():
    with pytest.warns(survival.SurvivalWarning, match="falls to 0 at 2"):
        survival.kaplan_meier([2, 9, 10], [1, 1, 0], entry=[0, 3, 3])
    with pytest.raises((Problem, Problems), match="entry not before exit in row 0"):
        survival.kaplan_meier([2, 9], [1, 1], entry=[2, 3])
    with pytest.raises(Problems, match="weights beside counts"):
        survival.kaplan_meier(survival.kaplan_meier([1, 2], [1, 0]).counts, weights=[1, 2])
    with pytest.raises(Problems, match="delayed entry"):
        survival.gray(survival.kaplan_meier([2, 9], [1, 1], ["a", "b"], entry=[1, 3]).counts)

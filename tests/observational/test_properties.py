"""What holds for any table."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from netlm import observational
from netlm.errors import Problem


def scores(n: int):
    return arrays.arrays(np.float64, n, elements=st.floats(0.001, 0.999))


@st.composite
def scored(draw, least: int = 2, most: int = 40):
    n = draw(st.integers(least, most))
    treated = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    assume(0 < treated.sum() < n)
    return treated, draw(scores(n))


@given(
    scored(), st.integers(1, 3), st.booleans(), st.sampled_from([None, 0.1, 1.0]), st.sampled_from(["logit", "score"])
)
def test_matches_are_pairs_within_the_caliper(table, ratio, replace, caliper, scale):
    treated, score = table
    assume(np.ptp(score) > 0 or caliper is None)
    try:
        m = observational.match(treated, score, ratio=ratio, replace=replace, caliper=caliper, scale=scale)
    except Problem:
        assert caliper is not None  # nobody is near enough
        return
    place = np.log(score / (1 - score)) if scale == "logit" else score
    seen = []
    for number in range(m.sets.max() + 1):
        row, *controls = m.rows[m.sets == number].tolist()
        assert treated[row]
        assert not treated[controls].any()
        assert 1 <= len(set(controls)) == len(controls) <= ratio
        assert (np.abs(place[controls] - place[row]) <= m.width + 1e-9).all()
        assert m.row_weights[m.sets == number].sum() == pytest.approx(2)
        seen += controls
    assert replace or len(seen) == len(set(seen))
    assert sorted([*m.rows[treated[m.rows]], *m.unmatched]) == np.flatnonzero(treated).tolist()
    assert m.weights.sum() == pytest.approx(m.row_weights.sum())


@given(scored(), st.sampled_from(list(observational.ESTIMANDS)))
def test_weights_are_positive_and_worth_no_more_than_their_rows(table, estimand):
    treated, score = table
    found = observational.weigh(treated, score, estimand)
    assert (found.weights > 0).all()
    assert found.effective[0] <= treated.sum() + 1e-9
    assert found.effective[1] <= (~treated).sum() + 1e-9
    assert min(found.effective) >= 1 - 1e-9
    turned = observational.weigh(~treated, 1 - score, "ate")
    assert turned.weights == pytest.approx(observational.weigh(treated, score, "ate").weights, rel=1e-9)


@given(scored(least=4))
def test_overlap_does_not_depend_on_the_order_of_rows(table):
    treated, score = table
    one, other = observational.overlap(treated, score), observational.overlap(treated[::-1], score[::-1])
    assert one.to_dict() == other.to_dict()
    assert sum(map(sum, one.counts)) == len(score)
    turned = observational.overlap(~treated, score)
    assert turned.concordance == pytest.approx(1 - one.concordance, abs=1e-12)


@given(scored(least=6), st.floats(0.1, 50), st.floats(-100, 100))
def test_balance_does_not_depend_on_units_or_the_scale_of_weights(table, factor, shift):
    treated, score = table
    x = np.round(score * 20)
    assume(np.ptp(x[treated]) > 0)
    assume(np.ptp(x[~treated]) > 0)
    one = observational.balance(treated, x, weights=score)
    other = observational.balance(treated, factor * x + shift, weights=7 * score)
    assume(not np.isnan(one.ratio_before).any())
    assume(not ((factor * x + shift == 0) | (factor * x + shift == 1)).all())
    assert one.before == pytest.approx(other.before, rel=1e-6, abs=1e-6)
    assert one.after == pytest.approx(other.after, rel=1e-6, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(6, 60), st.integers(1, 3))
def test_the_score_does_not_depend_on_units(seed, n, p):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p))
    treated = rng.random(n) < 0.5
    assume(0 < treated.sum() < n)
    assume(n > p + 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", observational.ObservationalWarning)
        one = observational.propensity(treated, x)
        other = observational.propensity(treated, x * 1e4 - 3e4)
    assert bool(one.separated) == bool(other.separated)
    assert one.score == pytest.approx(other.score, abs=1e-6)
    if not one.separated:
        assert one.score.sum() == pytest.approx(treated.sum(), rel=1e-8)  # the intercept sees to it


@given(st.floats(0.01, 100), st.floats(1.001, 5))
def test_e_values_are_one_or_more_and_those_of_the_inverse(ratio, width):
    found = observational.e_value(ratio, ratio / width, ratio * width)
    turned = observational.e_value(1 / ratio, 1 / ratio / width, width / ratio)
    assert found.value >= found.limit >= 1
    assert (found.value, found.limit) == pytest.approx((turned.value, turned.limit), rel=1e-9)
    hazard = observational.e_value(ratio, measure="hr", common=True)
    assert hazard.value <= found.value + 1e-12


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30), st.floats(0.01, 3), st.floats(3, 1000))
def test_missing_information_widens(estimates, error, complete):
    found = observational.pool_imputed(estimates, [error] * len(estimates), complete_df=complete)
    assert found.se[0] >= error - 1e-12
    assert found.df[0] <= complete + 1e-6
    assert 0 <= found.missing_information[0] <= 1
    assert found.low[0] <= found.estimate[0] <= found.high[0]


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5), st.floats(-5, 5)), min_size=1, max_size=30), st.data())
def test_table_one_counts_everyone_once(values, data):
    groups = data.draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=len(values), max_size=len(values)))
    table = observational.table_one({"x": values}, groups, order=["c", "b", "a"])
    one = table["x"]
    assert table.groups == ("c", "b", "a")
    assert sum(table.n) == len(values)
    assert [k + m for k, m in zip(one.known, one.missing, strict=True)] == list(table.n)
    assert all(a <= b for points in one.quantiles or () for a, b in pairwise(points) if a == a)
    assert table._repr_html_()

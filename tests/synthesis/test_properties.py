"""What holds whatever the studies: order, scale, bounds, and the one study that is itself."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netlm import synthesis

METHODS = tuple(synthesis.METHODS)
estimates = st.floats(-5, 5).map(lambda x: round(x, 6))
errors = st.floats(0.01, 3).map(lambda x: round(x, 6))
many = st.lists(st.tuples(estimates, errors), min_size=2, max_size=12)
methods = st.sampled_from(METHODS)


def effects(pairs, factor: float = 1.0):
    return [synthesis.effect(f"{k}", factor * y, se=factor * se) for k, (y, se) in enumerate(pairs)]


@given(many, methods, st.randoms())
def test_the_order_of_the_studies_does_not_matter(pairs, method, chance):
    studies = effects(pairs)
    other = list(studies)
    chance.shuffle(other)
    one, two = synthesis.pool(studies, method), synthesis.pool(other, method)
    for key in ("estimate", "low", "high", "tau2", "q", "i2"):
        assert getattr(one, key) == pytest.approx(getattr(two, key), rel=1e-7, abs=1e-9)


@given(many, methods, st.floats(0.01, 100))
def test_effects_in_another_unit_give_the_result_in_that_unit(pairs, method, factor):
    one, two = synthesis.pool(effects(pairs), method), synthesis.pool(effects(pairs, factor), method)
    for key in ("estimate", "low", "high"):
        assert getattr(two, key) == pytest.approx(factor * getattr(one, key), rel=1e-6, abs=1e-7 * factor)
    assert two.tau2 == pytest.approx(factor**2 * one.tau2, rel=1e-5, abs=1e-7 * factor**2)
    assert (two.q, two.i2) == pytest.approx((one.q, one.i2), rel=1e-5, abs=1e-5)


@given(many)
def test_without_more_spread_than_chance_random_effects_are_the_fixed_ones(pairs):
    fixed, dl = synthesis.pool(effects(pairs), "fixed"), synthesis.pool(effects(pairs), "dl")
    assume(fixed.q < fixed.df)
    assert dl.tau2 == 0
    assert (dl.estimate, dl.low, dl.high) == (fixed.estimate, fixed.low, fixed.high)


@given(many, methods)
def test_the_pooled_estimate_lies_among_the_estimates_and_inside_its_intervals(pairs, method):
    found = synthesis.pool(effects(pairs), method)
    ys = [y for y, _ in pairs]
    assert min(ys) - 1e-12 <= found.estimate <= max(ys) + 1e-12
    assert found.low <= found.estimate <= found.high
    assert sum(found.weights) == pytest.approx(100)
    assert 0 <= found.p_q <= 1
    assert 0 <= found.i2 <= 100
    if found.prediction:
        assert found.prediction[0] <= found.low <= found.high <= found.prediction[1]


@given(many)
def test_more_heterogeneity_is_never_more_certainty(pairs):
    fixed, reml = synthesis.pool(effects(pairs), "fixed"), synthesis.pool(effects(pairs), "reml")
    assert reml.high - reml.low >= fixed.high - fixed.low - 1e-12


@given(st.floats(0.05, 20), st.floats(1.05, 6), methods)
def test_one_study_returns_itself_as_printed(estimate, wide, method):
    low, high = estimate / wide, estimate * wide
    found = synthesis.pool([synthesis.hazard_ratio("alone", estimate, low, high)], method)
    assert (found.estimate, found.low, found.high) == (estimate, low, high)
    assert (found.tau2, found.q, found.p_q, found.i2, found.prediction) == (None,) * 5
    assert "One study" in found.notes[0]


@given(st.integers(1, 400), st.data())
def test_a_share_keeps_inside_0_to_1_and_its_exact_interval_holds_it(n, data):
    events = data.draw(st.integers(0, n))
    study = synthesis.proportion("share", events, n)
    assert 0 <= study.low <= study.estimate <= study.high <= 1
    assert math.isfinite(study.se)
    assert bool(study.note) == (events in (0, n))


@given(many, methods)
def test_an_inverted_ratio_gives_the_inverted_result(pairs, method):
    def ratios(sign):
        return [
            synthesis.hazard_ratio(f"{k}", math.exp(sign * y), math.exp(sign * y - se), math.exp(sign * y + se))
            for k, (y, se) in enumerate(pairs)
        ]

    one, two = synthesis.pool(ratios(1), method), synthesis.pool(ratios(-1), method)
    assert one.estimate == pytest.approx(1 / two.estimate, rel=1e-6)
    assert one.low == pytest.approx(1 / two.high, rel=1e-6)


@given(many, methods)
def test_results_are_frozen_and_plain_json(pairs, method):
    found = synthesis.pool(effects(pairs), method)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.estimate = 1.0
    answer = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(answer) >= {"estimate", "low", "high", "tau2", "q", "p_q", "i2", "prediction", "studies"}
    assert [one["study"] for one in answer["studies"]] == [study.name for study in found.studies]
    assert found._repr_html_().startswith('<div class="table"')


@given(st.tuples(estimates, errors), st.tuples(estimates, errors))
def test_an_indirect_comparison_turned_round_is_its_opposite(one, other):
    a, b = effects([one, other])
    there, back = synthesis.bucher(a, b), synthesis.bucher(b, a)
    assert there.estimate == pytest.approx(-back.estimate)
    assert there.low == pytest.approx(-back.high)
    assert there.p == pytest.approx(back.p)
    assert there.se >= max(a.se, b.se)

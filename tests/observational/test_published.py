"""Numbers that papers print, and identities that they prove."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netlm import observational


def test_the_e_values_of_vander_weele_and_ding():
    found = observational.e_value(3.9, 1.8, 8.7)  # their example: maternal smoking aside, 7.2 and 3.0
    assert found.value == pytest.approx(7.26, abs=0.005)
    assert found.limit == pytest.approx(3.0, abs=1e-12)
    assert observational.e_value(1 / 3.9, 1 / 8.7, 1 / 1.8).limit == pytest.approx(3.0, abs=1e-12)
    assert "7.26" in found.sentence


@pytest.mark.parametrize(
    ("measure", "common", "risk"),
    [
        ("hr", False, 0.6),
        ("or", False, 0.6),
        ("rr", True, 0.6),
        ("or", True, math.sqrt(0.6)),
        ("hr", True, (1 - 0.5 ** math.sqrt(0.6)) / (1 - 0.5 ** math.sqrt(1 / 0.6))),
    ],
)
def test_how_a_ratio_is_read_as_a_risk_ratio(measure, common, risk):
    found = observational.e_value(0.6, 0.4, 0.9, measure=measure, common=common)
    assert found.risk_ratio == pytest.approx(risk, rel=1e-12)
    assert found.value == pytest.approx(1 / risk + math.sqrt(1 / risk * (1 / risk - 1)), rel=1e-12)


def test_an_interval_that_holds_no_effect_needs_no_confounder():
    found = observational.e_value(0.8, 0.5, 1.2, measure="hr")
    assert found.limit == 1
    assert "holds no effect" in found.sentence
    assert observational.e_value(1.0).value == 1
    assert observational.e_value(2.0).limit is None


@pytest.mark.parametrize(("ratio", "events"), [(0.5, 65.34), (0.75, 379.4), (2.0, 65.34)])
def test_schoenfelds_events(ratio, events):
    """The events that textbooks give for 80 % power at two-sided 5 % and equal groups: 66 and 380."""
    found = observational.detectable_hazard_ratio(events)
    assert (found.low if ratio < 1 else found.high) == pytest.approx(ratio, abs=1e-3)
    assert found.low * found.high == pytest.approx(1, rel=1e-12)
    assert f"{events:g} events" in found.sentence


def test_unequal_groups_show_less():
    even, odd = (observational.detectable_hazard_ratio(100, share) for share in (0.5, 0.1))
    assert odd.low < even.low
    assert math.log(odd.low) / math.log(even.low) == pytest.approx(0.5 / 0.3, rel=1e-12)


def test_overlap_weights_balance_the_means_exactly(synthetic):
    """Li, Morgan and Zaslavsky 2018, theorem 3."""
    model = observational.propensity(synthetic.treated, synthetic.x)
    weights = observational.weigh(synthetic.treated, model.score, "overlap")
    found = observational.balance(synthetic.treated, synthetic.x, weights=weights.weights)
    assert found.before.max() > 0.3
    assert found.after == pytest.approx(np.zeros(4), abs=1e-9)
    assert found.unbalanced == ()


def test_stabilised_weights_sum_to_about_the_rows(synthetic):
    model = observational.propensity(synthetic.treated, synthetic.x)
    plain = observational.weigh(synthetic.treated, model.score)
    stable = observational.weigh(synthetic.treated, model.score, stabilised=True)
    assert stable.weights.mean() == pytest.approx(1, abs=0.05)
    assert stable.effective == pytest.approx(plain.effective, rel=1e-12)
    treated = synthetic.treated == 1
    share = treated.mean()
    assert stable.weights[treated] == pytest.approx(share / model.score[treated], rel=1e-12)


def test_truncation_is_told(synthetic):
    model = observational.propensity(synthetic.treated, synthetic.x)
    cut = observational.weigh(synthetic.treated, model.score, truncate=0.05)
    full = observational.weigh(synthetic.treated, model.score)
    assert cut.limits == pytest.approx(tuple(np.quantile(full.weights, (0.05, 0.95))))
    assert cut.truncated == 26
    assert (cut.weights.min(), cut.weights.max()) == cut.limits
    assert "26 weights cut" in cut.sentence
    assert "none cut" in full.sentence


def test_kish():
    assert observational.effective_sample_size([1, 1, 1, 1]) == 4
    assert observational.effective_sample_size([3, 1]) == pytest.approx(1.6)
    assert observational.effective_sample_size([1e300, 1e300]) == 2
    assert observational.effective_sample_size([0, 0]) == 0


def test_yang_and_daltons_difference_of_answers_is_the_plain_one_for_two_levels(synthetic):
    group = np.where(synthetic.treated == 1, "surgery", "embolisation")
    words = {"spread": ["both" if one else "one" for one in synthetic.x["bilobar"]], "age": synthetic.x["age"]}
    table = observational.table_one(words, group)
    plain = observational.balance(synthetic.treated, synthetic.x)
    assert table["spread"].smd == pytest.approx(abs(plain.before[1]), rel=1e-10)
    assert table["age"].smd == pytest.approx(abs(plain.before[0]), rel=1e-10)


def test_within_rules_of_rubin_nothing_missing_costs_nothing():
    found = observational.pool_imputed([0.4, 0.4, 0.4], [0.1, 0.1, 0.1])
    assert (found.estimate[0], found.se[0], found.between[0]) == pytest.approx((0.4, 0.1, 0))
    assert np.isinf(found.df[0])
    assert found.missing_information[0] == 0
    assert (found.low[0], found.high[0]) == pytest.approx((0.4 - 0.196, 0.4 + 0.196), abs=1e-4)
    assert found.to_dict()["estimates"][0]["df"] is None

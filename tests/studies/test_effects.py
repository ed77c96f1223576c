"""A known effect is recovered by the adjusted estimates, and not by the naive ones; the page tells the difference."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from netlm.studies import load_analyses, patients_of, run_study
from netlm.studies._shares import exact_interval

from .tables import table

CLOSE = 0.12
"""On the log scale, with the thousands of patients used here."""


def _study(name: str, rows):
    analysis = load_analyses()[name]
    return run_study(analysis, patients_of(rows, analysis.columns, analysis.reads))


def _ratio(model, name: str) -> float:
    return next(one["hazard_ratio"] for one in model["ratios"] if one["name"] == name)


def test_debulking_recovers_the_effect_and_the_crude_ratio_does_not() -> None:
    """Both bands from 70 % have the true ratio, once burden and grade are allowed for."""
    found = _study("debulking", table(6000, missing=0.05, debulking=0.6)).to_dict()["results"][0]
    for band in ("70 to 90 %", "more than 90 %"):
        for model in ("adjusted", "imputed"):
            assert abs(math.log(_ratio(found[model], band) / 0.6)) < 2 * CLOSE, (band, model)
        assert math.log(_ratio(found["crude"], band) / 0.6) < -2 * CLOSE, band
    assert found["crude"]["believed"] is False


def test_imputation_uses_those_whom_complete_cases_lose() -> None:
    """As many patients as the crude model, and errors no larger than those of the complete cases."""
    found = _study("debulking", table(1500, missing=0.15)).to_dict()["results"][0]
    assert found["imputed"]["n"] == found["crude"]["n"] > found["adjusted"]["n"]

    def width(model):
        one = next(ratio for ratio in found[model]["ratios"] if ratio["name"] == "70 to 90 %")
        return math.log(one["upper"] / one["lower"])

    assert width("imputed") < width("adjusted")


def test_surgery_against_embolisation_recovers_no_effect_where_there_is_none() -> None:
    """The naive ratio looks like a benefit; matching and every weighting do not."""
    study = _study("surgery-or-embolization", table(4000, missing=0.03, debulking=1.0, surgery_effect=1.0))
    found = study.to_dict()["results"][0]
    estimates = {name: one["ratios"][0]["hazard_ratio"] for name, one in found["estimates"].items()}
    assert math.log(estimates["naive"]) < -0.4
    for name, value in estimates.items():
        if not name.startswith("naive"):
            assert abs(math.log(value)) < 1.5 * CLOSE, name
    assert found["naive_believed"] is False
    assert "moves it by a factor of" in study.to_text()


def test_surgery_against_embolisation_recovers_an_effect() -> None:
    """Of the size that was put in."""
    found = _study("surgery-or-embolization", table(4000, missing=0.03, debulking=1.0, surgery_effect=0.7))
    estimates = found.to_dict()["results"][0]["estimates"]
    for name in ("adjusted by Cox's model", "overlap weights", "overlap weights, imputed"):
        assert abs(math.log(estimates[name]["ratios"][0]["hazard_ratio"] / 0.7)) < 1.5 * CLOSE, name


def test_overlap_weights_balance_every_covariate() -> None:
    """Exactly, by their construction."""
    found = _study("surgery-or-embolization", table(600)).to_dict()["results"][0]
    for one in found["balance"]["overlap weights"]["covariates"]:
        assert abs(one["smd_after"]) < 1e-9


def test_transplantation_as_it_began_finds_nothing_where_nothing_is() -> None:
    """Who is transplanted lived until then: ever against never would show a benefit, the page does not."""
    rows = table(4000, missing=0.0)
    study = _study("transplantation", rows)
    found = study.to_dict()["results"][0]
    ratio = found["time_dependent"]["adjusted"]["ratios"][0]
    assert ratio["name"] == "transplantation"
    assert ratio["lower"] < 1 < ratio["upper"]
    assert found["landmark"]["adjusted"]["ratios"][0]["lower"] < 1
    assert found["naive"] is None
    ever = np.array(rows["transplantation"]) == "yes"
    days = np.array(rows["os_days"])
    assert days[ever].mean() > 1.1 * days[~ever].mean()
    assert "not compared with those never treated" in " ".join(study.to_text().split())


def test_recurrence_with_competing_death_is_below_one_less_kaplan_meier() -> None:
    """And both shares and the survivors add up to all."""
    for group in _study("recurrence", table(2000)).to_dict()["results"][0]["groups"]:
        for one in group["years"].values():
            assert one["incidence"]["estimate"] < one["one_minus_kaplan_meier"]
            assert one["incidence"]["estimate"] + one["competing"]["estimate"] <= 1


def test_a_year_up_to_which_nobody_is_followed_is_told() -> None:
    """A question about ten years has an answer, if only that nobody knows."""
    rows = table(200)
    rows["os_days"] = [None if days is None else min(days, 2000.0) for days in rows["os_days"]]
    study = _study("recurrence", rows)
    assert list(study.to_dict()["results"][0]["groups"][0]["years"]) == ["1 years", "3 years", "5 years"]
    assert re.search(r"10 years +nobody followed", study.to_text())


def test_no_test_stands_without_its_patients_and_events() -> None:
    """Wherever a p is, n and events are beside it."""
    found = _study("debulking", table(400)).to_dict()
    for result in found["results"]:
        assert result["log_rank"]["n"] == sum(group["n"] for group in result["groups"])
        assert result["log_rank"]["events"] == sum(group["events"] for group in result["groups"])
        for model in ("crude", "adjusted", "imputed"):
            assert result[model]["n"] >= result[model]["events"] > 0
        assert 0 < result["detectable_hazard_ratio"]["low"] < 1


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (7, 13, 0.2513, 0.8078), (1, 100, 0.00025, 0.0545)],
)
def test_exact_intervals_are_those_of_clopper_and_pearson(count: int, of: int, low: float, high: float) -> None:
    """R's binom.test."""
    assert exact_interval(count, of) == pytest.approx((low, high), abs=6e-5)

"""The numbers of metafor 3.8-1: for the published trials, and for made-up studies (fixtures/metafor.R made them)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netlm import synthesis

FIXTURE = Path(__file__).parent / "fixtures" / "metafor.json"
SETS = json.loads(FIXTURE.read_text(encoding="utf-8"))
CASES = [(name, *answer.split()) for name, found in SETS.items() for answer in found["answers"]]
ORACLE_METHODS = {"FE": "fixed", "DL": "dl", "REML": "reml", "REML_HK": "hk"}
NEAR = {"abs": 1e-6, "rel": 1e-6}


def studies_of(name: str, level: float = 0.95) -> list[synthesis.Study]:
    given = SETS[name]["studies"]
    if "xi" in given:
        pairs = zip(given["xi"], given["ni"], strict=True)
        return [synthesis.proportion(f"study {k}", x, n, level=level) for k, (x, n) in enumerate(pairs)]
    pairs = zip(given["yi"], given["sei"], strict=True)
    return [synthesis.effect(f"study {k}", y, se=se, level=level) for k, (y, se) in enumerate(pairs)]


@pytest.mark.parametrize(("name", "method", "level"), CASES)
def test_every_number_is_that_of_metafor(name, method, level):
    answer = SETS[name]["answers"][f"{method} {level}"]
    found = synthesis.pool(studies_of(name), method, level=int(level) / 100)
    back = (lambda x: x) if found.measure == "effect" else synthesis._measures.MEASURES["proportion"].back
    for key in ("y", "se", "tau2", "q", "p_q", "i2", "h2"):
        assert getattr(found, key) == pytest.approx(answer[key], **NEAR), key
    assert (found.low, found.high) == pytest.approx((back(answer["low"]), back(answer["high"])), **NEAR)
    assert found.estimate == pytest.approx(back(answer["y"]), **NEAR)
    assert found.weights == pytest.approx(answer["weights"], **NEAR)
    for kind in ("prediction", "higgins"):
        option = "metafor" if kind == "prediction" else kind
        ahead = synthesis.pool(studies_of(name), method, level=int(level) / 100, prediction=option).prediction
        theirs = answer[kind]
        assert (ahead is None) == (theirs is None)
        assert ahead is None or ahead == pytest.approx([back(end) for end in theirs], **NEAR)


def test_the_standard_error_comes_from_the_interval(oracle, trials):
    for given in oracle["input"]:
        study = trials[given["trial"]]
        assert study.y == pytest.approx(given["yi"], **NEAR)
        assert study.se == pytest.approx(given["sei"], **NEAR)


@pytest.mark.parametrize(
    ("subset", "method"), [("all4", name) for name in ORACLE_METHODS] + [("ssa_only", "FE"), ("ssa_only", "DL")]
)
def test_pooled_trials(oracle, trials, subset, method):
    answer = oracle[subset][method]
    chosen = list(trials.values()) if subset == "all4" else [trials["PROMID"], trials["CLARINET"]]
    found = synthesis.pool(chosen, ORACLE_METHODS[method])
    assert found.estimate == pytest.approx(answer["est"], **NEAR)
    assert (found.low, found.high) == pytest.approx(answer["ci"], **NEAR)
    assert (found.tau2, found.i2, found.q) == pytest.approx((answer["tau2"], answer["I2"], answer["Q"]), **NEAR)
    assert (found.p_q, found.y, found.se) == pytest.approx((answer["Qp"], answer["logest"], answer["se"]), **NEAR)


def test_pooled_five_year_survival(oracle):
    given = oracle["os5_resection"]
    rates = [synthesis.survival_rate(one["study"], one["os5"], n=one["n"]) for one in given["input"]]
    assert [rate.events for rate in rates] == [one["x"] for one in given["input"]]
    found = synthesis.pool(rates, "reml")
    assert found.estimate == pytest.approx(given["pooled"], **NEAR)
    assert (found.low, found.high) == pytest.approx(given["ci"], **NEAR)
    assert found.prediction == pytest.approx(given["pi"], **NEAR)
    assert (found.tau2, found.i2) == pytest.approx((given["tau2"], given["I2"]), **NEAR)


def test_indirect_comparison(oracle, trials):
    answer = oracle["bucher_lan_vs_oct"]
    found = synthesis.bucher(trials["CLARINET"], trials["PROMID"])
    assert (found.y, found.se, found.estimate) == pytest.approx((answer["loghr"], answer["se"], answer["hr"]), **NEAR)
    assert (found.low, found.high) == pytest.approx(answer["ci"], **NEAR)


def test_the_numbers_that_the_project_quotes(trials):
    """Without the oracle file: 0.4412 (0.3575 to 0.5446), and 1.382 (0.686 to 2.784)."""
    for method in ("fixed", "dl", "reml"):
        found = synthesis.pool(trials.values(), method)
        assert (found.estimate, found.low, found.high) == pytest.approx((0.4412, 0.3575, 0.5446), abs=5e-5)
        assert found.tau2 == 0
    found = synthesis.bucher(trials["CLARINET"], trials["PROMID"])
    assert (found.estimate, found.low, found.high) == pytest.approx((1.382, 0.686, 2.784), abs=5e-4)

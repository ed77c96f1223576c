"""Equal to R survival 3.5-3 and cmprsk on synthetic patients: fixtures/r_answers.R made the answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from netlm import survival

HERE = Path(__file__).parent / "fixtures"
R = json.loads((HERE / "r_answers.json").read_text(encoding="utf-8"))
with (HERE / "patients.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))


def column(name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in ROWS])


def words(name: str) -> list[str]:
    return [row[name] for row in ROWS]


STOP, EVENT, START, CAUSE = column("stop"), column("event"), column("start"), column("cause")
X = np.column_stack([column(name) for name in ("x1", "x2", "x3")])
CLUSTER, WEIGHT = column("cluster").astype(int), column("weight")
MODELS = {
    "plain": ({}, "km"),
    "breslow": ({"ties": "breslow"}, "identity"),
    "entry": ({"entry": START}, "rank"),
    "strata": ({"strata": words("stratum")}, "log"),
    "weights": ({"weights": WEIGHT}, "km"),
    "weights_breslow": ({"weights": WEIGHT, "ties": "breslow"}, "km"),
    "cluster": ({"entry": START, "cluster": CLUSTER}, "km"),
}


@pytest.fixture(scope="module", params=MODELS)
def fitted(request):
    options, transform = MODELS[request.param]
    return survival.cox(STOP, EVENT, X, **options), R[request.param], transform


def close(found, expected, relative=1e-9):
    expected = np.asarray(expected, dtype=float)
    assert np.abs(np.asarray(found) - expected).max() <= relative * np.abs(expected).max()


def test_coefficients_errors_and_likelihoods(fitted):
    model, r, _ = fitted
    close(model.coef, r["coef"])
    close(model.se, r["se"])
    close([model.loglik_null, model.loglik], r["loglik"])
    close(model.score_test.chi2, r["score"])
    close(model.wald_test.chi2, r["wald"])


def test_concordance_with_its_error(fitted):
    model, r, _ = fitted
    close(model.concordance.c, r["concordance"])
    close(model.concordance.se, r["concordance_se"])


def test_proportional_hazards(fitted):
    model, r, transform = fitted
    found = model.proportional_hazards(transform)
    close(found.chi2, r["zph_chi2"], 1e-8)
    close(found.p, r["zph_p"], 1e-7)


def test_residuals_of_patients(fitted):
    model, r, _ = fitted
    close(model.residuals("martingale"), r["martingale"])
    close(model.residuals("deviance"), r["deviance"])
    close(model.residuals("score"), r["score_residuals"])
    close(model.residuals("dfbeta"), r["dfbeta"])


def test_residuals_of_events(fitted):
    """As sums over tied events, whose order R and we need not share."""
    model, r, _ = fitted
    close(np.sort(model.residuals("schoenfeld"), axis=0), np.sort(r["schoenfeld"], axis=0))


def test_baseline_hazard(fitted):
    model, r, _ = fitted
    ends = [float(one.hazard[-1]) for one in model.baseline()]
    close(max(ends), max(r["hazard"]))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_fine_gray(ties):
    found = survival.fine_gray(STOP, CAUSE, X, ties=ties)
    close(found.coef, R[f"fine_gray_{ties}"]["coef"])
    close(found.se, R[f"fine_gray_{ties}"]["se"])
    assert found.n == len(STOP)


def test_aalen_johansen_with_error_and_interval():
    aj, r = survival.aalen_johansen(STOP, CAUSE), R["aalen_johansen"]
    for row, time in enumerate(r["at"]):
        for cause in (1, 2):
            value = aj[cause].at(time)
            for name, key in (("estimate", "p"), ("se", "se"), ("lower", "lower"), ("upper", "upper")):
                expected = r[key][row][cause - 1]
                if isinstance(expected, float | int):
                    assert getattr(value, name) == pytest.approx(expected, abs=1e-12)


def test_gray():
    for cause in (1, 2):
        found = survival.gray(STOP, CAUSE, words("group"), cause=cause)
        chi2, p, df = R["gray"][cause - 1]
        assert (found.chi2, found.p, found.df) == (pytest.approx(chi2), pytest.approx(p), df)


def test_gray_with_strata_and_weights():
    for cause in (1, 2):
        found = survival.gray(STOP, CAUSE, words("group"), cause=cause, rho=1, strata=words("stratum"))
        assert found.chi2 == pytest.approx(R["gray_strata"][cause - 1][0])


def test_log_rank_with_strata():
    found = survival.log_rank(STOP, EVENT, words("group"), strata=words("stratum"))
    assert found.chi2 == pytest.approx(R["log_rank_strata"], rel=1e-12)


@pytest.mark.parametrize("conf_type", ["plain", "log", "log-log"])
def test_kaplan_meier_intervals(conf_type):
    km, r = survival.kaplan_meier(STOP, EVENT, conf_type=conf_type), R[f"km_{conf_type}"]
    for row, time in enumerate(r["at"]):
        value = km.at(time)
        found = (value.estimate, value.se, value.lower, value.upper)
        assert found == pytest.approx([r[key][row] for key in ("s", "se", "lower", "upper")], abs=1e-12)


CURVES = {
    "km_entry": {"entry": START},
    "km_weights": {"weights": WEIGHT},
    "km_frequencies": {"weights": np.ceil(WEIGHT)},
    "km_entry_weights": {"entry": START, "weights": WEIGHT, "conf_type": "log-log"},
}


@pytest.mark.filterwarnings("ignore:the curve falls to 0:netlm.survival.SurvivalWarning")
@pytest.mark.parametrize("name", CURVES)
def test_kaplan_meier_with_late_entry_and_weights(name):
    km, r = survival.kaplan_meier(STOP, EVENT, **CURVES[name]), R[name]
    assert list(km.time) == r["time"]
    assert km.median == r["median"]
    columns = {"n": km.at_risk, "d": km.events, "s": km.survival, "se": km.se, "lower": km.lower, "upper": km.upper}
    for key, found in columns.items():
        expected = [np.nan if value in (None, "NaN", "NA") else value for value in r[key]]
        assert list(found) == pytest.approx(expected, abs=1e-12, nan_ok=True), key


def test_once_all_have_died_there_is_no_interval_as_in_r():
    km, r = survival.kaplan_meier(STOP[:9], np.ones(9), conf_type="plain"), R["km_all_dead"]
    assert (r["lower"][-1], r["upper"][-1]) == ("NaN", "NaN")
    assert list(km.lower[:-1]) == pytest.approx(r["lower"][:-1])
    assert np.isnan([km.lower[-1], km.upper[-1], km.at(1e6).lower]).all()


def test_nelson_aalen():
    na, r = survival.nelson_aalen(STOP, EVENT), R["nelson_aalen"]
    for row, time in enumerate(r["at"]):
        assert (na.at(time).estimate, na.at(time).se) == pytest.approx((r["h"][row], r["se"][row]), abs=1e-12)


def test_median_follow_up():
    curve = survival.reverse_kaplan_meier(STOP, EVENT)
    expected = [None if value == "NA" else value for value in R["follow_up"]]
    assert [curve.median, *curve.median_interval] == expected


def test_quantiles():
    km, r = survival.kaplan_meier(STOP, EVENT), R["quantiles"]
    for number, p in enumerate((0.25, 0.5, 0.75)):
        expected = [r[key][number] for key in ("quantile", "lower", "upper")]
        assert list(km.quantile(p)) == [None if value in ("NA", None) else value for value in expected]


def test_times_that_differ_by_rounding_are_one_time():
    merged = survival.kaplan_meier(R["timefix"]["time"], [1] * 7).time
    assert sorted(set(R["timefix"]["merged"])) == list(merged)

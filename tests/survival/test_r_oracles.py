"""Equal to R survival 3.5-3 on its own data: the tolerances are those that the project promises."""

from __future__ import annotations

import numpy as np
import pytest

from netlm import survival

SURVIVAL, CHI2, COEFFICIENT, ERROR, MEAN = 1e-12, 1e-10, 1e-9, 1e-8, 1e-9
TYPES = {"log": "log", "log-log": "loglog"}


@pytest.mark.parametrize("conf_type", TYPES)
def test_survival_at_times_with_error_and_interval(study, conf_type):
    km = survival.kaplan_meier(study.time, study.event, study.group, conf_type=conf_type)
    suffix = TYPES[conf_type]
    assert study.r["km"]["landmark"]
    for row in study.r["km"]["landmark"]:
        value = km[row["group"]].at(row["time"])
        assert abs(value - row["surv"]) < SURVIVAL
        assert value.se == pytest.approx(row["std_err"], abs=SURVIVAL)
        assert value.lower == pytest.approx(row[f"lo_{suffix}"], abs=SURVIVAL)
        assert value.upper == pytest.approx(row[f"hi_{suffix}"], abs=SURVIVAL)
        assert km[row["group"]].at_risk_at(row["time"]) == row["n_risk"]


@pytest.mark.parametrize("conf_type", TYPES)
def test_medians_and_their_limits(study, conf_type):
    km, r = survival.kaplan_meier(study.time, study.event, study.group, conf_type=conf_type), study.r["km"]
    suffix = TYPES[conf_type]
    for number, group in enumerate(study.r["groups"]):
        curve = km[group]
        assert (curve.n, int(curve.events.sum())) == (r["n"][number], r["events"][number])
        assert curve.median == r["median"][number]
        assert curve.median_interval == (r[f"median_lo_{suffix}"][number], r[f"median_hi_{suffix}"][number])


def test_restricted_means_with_the_right_error(study):
    km, r = survival.kaplan_meier(study.time, study.event, study.group), study.r["km"]
    for number, group in enumerate(study.r["groups"]):
        value = km[group].rmst(r["rmst_tau"])
        assert value.estimate == pytest.approx(r["rmst"][number], rel=MEAN)
        assert value.se == pytest.approx(r["rmst_se"][number], rel=MEAN)


def test_log_rank(study):
    found, r = survival.log_rank(study.time, study.event, study.group), study.r["logrank"]
    assert found.chi2 == pytest.approx(r["chisq"], rel=CHI2)
    assert found.df == r["df"]
    assert found.p == pytest.approx(r["p"], rel=1e-8)
    expected = dict(zip(study.r["groups"], r["expected"], strict=True))
    assert list(found.expected) == pytest.approx([expected[group] for group in found.groups], rel=CHI2)


def test_fleming_harrington_with_rho_1(study):
    found, r = survival.log_rank(study.time, study.event, study.group, rho=1), study.r["peto_peto_rho1"]
    assert found.chi2 == pytest.approx(r["chisq"], rel=CHI2)


def _design(study):
    """The covariates of R's formula, and the terms that its test of proportional hazards takes together."""
    if study.name == "colon_os":
        x = study.numbers("age", "sex", "nodes", "obstruct")
        rx = np.array([[group == "Lev", group == "Lev+5FU"] for group in study.group], dtype=float)
        return np.column_stack((rx, x)), {"rx": [0, 1], "age": [2], "sex": [3], "nodes": [4], "obstruct": [5]}
    if study.name == "lung":
        return study.numbers("sex", "age", "ph.ecog"), None
    if study.name == "pbc":
        return study.numbers("age", "bili", "albumin", "edema", "protime"), None
    size = np.array([[group == "20-50", group == ">50"] for group in study.group], dtype=float)
    x = study.numbers("age", "grade", "nodes", "hormon", "chemo")
    terms = {"age": [0], "sizef": [1, 2], "grade": [3], "nodes": [4], "hormon": [5], "chemo": [6]}
    return np.column_stack((x[:, :1], size, x[:, 1:])), terms


@pytest.fixture(scope="module")
def models(study):
    """Efron's and Breslow's model, and the terms."""
    x, terms = _design(study)
    keep, names = ~np.isnan(x).any(axis=1), study.r["cox"]["terms"]
    columns = (study.time[keep], study.event[keep], x[keep])
    efron = survival.cox(*columns, names=names)
    named = terms and {term: [names[k] for k in where] for term, where in terms.items()}
    return efron, survival.cox(*columns, names=names, ties="breslow"), named


def test_cox(study, models):
    (efron, breslow, _), r = models, study.r["cox"]
    assert (efron.n, efron.n_events) == (r["n"], r["events"])
    assert list(efron.coef) == pytest.approx(r["coef_efron"], rel=COEFFICIENT)
    assert list(efron.se) == pytest.approx(r["se_efron"], rel=ERROR)
    assert list(breslow.coef) == pytest.approx(r["coef_breslow"], rel=COEFFICIENT)
    assert list(efron.p) == pytest.approx(r["p"], rel=1e-6)
    assert [efron.loglik_null, efron.loglik] == pytest.approx(r["loglik"], rel=1e-12)
    assert efron.likelihood_ratio_test.chi2 == pytest.approx(r["lr_test"], rel=1e-9)


def test_concordance(study, models):
    found, r = models[0].concordance, study.r["cox"]
    assert found.c == pytest.approx(r["concordance"], abs=1e-12)
    assert found.se == pytest.approx(r["concordance_se"], rel=1e-9)


def test_proportional_hazards(study, models):
    efron, _, terms = models
    found = efron.proportional_hazards(terms=terms)
    assert dict(zip(found.terms, found.p, strict=True)) == pytest.approx(study.r["cox"]["zph_p"], rel=1e-9)


def test_aalen_johansen(rows_of, json_of):
    rows, r = rows_of("r_mgus2.csv"), json_of("oracle_r_competing.json")
    progressed = [row["pstat"] == "1" for row in rows]
    time = [int(row["ptime"] if first else row["futime"]) for row, first in zip(rows, progressed, strict=True)]
    event = [1 if first else 2 * int(row["death"]) for row, first in zip(rows, progressed, strict=True)]
    aj = survival.aalen_johansen(time, event)
    for at, (_, progression, death) in zip(r["times"], r["pstate"], strict=True):
        assert abs(aj[1].at(at) - progression) < SURVIVAL
        assert abs(aj[2].at(at) - death) < SURVIVAL


def test_weighting_by_propensity_turns_the_sign(rows_of, json_of):
    """Inverse-probability weights with robust errors, on R's own propensity model of the Rotterdam data."""
    rows, r = rows_of("r_rotterdam.csv"), json_of("oracle_propensity.json")
    beta = r["glm_coef"]
    names = [name for name in beta if name != "(Intercept)"]
    x = np.array([[float(row[name]) for name in names] for row in rows])
    score = 1 / (1 + np.exp(-(beta["(Intercept)"] + x @ [beta[name] for name in names])))
    treated = np.array([float(row["hormon"]) for row in rows])
    time, event = [int(row["dtime"]) for row in rows], [int(row["death"]) for row in rows]
    naive = survival.cox(time, event, treated)
    weighted = survival.cox(time, event, treated, weights=treated / score + (1 - treated) / (1 - score))
    assert (naive.coef[0], naive.se[0]) == pytest.approx((r["naive"]["b"], r["naive"]["se"]), rel=ERROR)
    assert weighted.coef[0] == pytest.approx(r["iptw_ate"]["b"], rel=1e-6)
    assert weighted.se[0] == pytest.approx(r["iptw_ate"]["robust_se"], rel=1e-6)


RADIANT_4 = {
    "kmdata_RADIANT4_2A_PFS.csv": (169, (11.30, 4.01), 2.5e-4, 0.5840),
    "kmdata_RADIANT4_2C_OS.csv": (70, (None, None), 0.0818, 0.4220),
}


@pytest.mark.parametrize("name", RADIANT_4)
def test_the_digitised_radiant_4_curves(rows_of, name):
    """As R reads them: events, medians (everolimus, placebo), p and the hazard ratio of everolimus."""
    events, medians, p, beta = RADIANT_4[name]
    rows = rows_of(name)
    time, event = [float(row["time"]) for row in rows], [int(row["event"]) for row in rows]
    arm = [row["arm"] for row in rows]
    km = survival.kaplan_meier(time, event, arm)
    assert sum(event) == events
    for group, median in zip(("everolimus", "placebo"), medians, strict=True):
        assert km[group].median == (median and pytest.approx(median, abs=0.005))
    assert survival.log_rank(km.counts).p == pytest.approx(p, rel=0.02)
    model = survival.cox(time, event, [float(one == "everolimus") for one in arm])
    assert model.coef[0] == pytest.approx(-beta, abs=5e-5)

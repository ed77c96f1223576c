"""Promises about pooling: metafor's numbers from the studies' own files, and a refusal where they do not agree."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from netlm.errors import Problems
from netlm.evidence import Evidence, Overlap, forest_picture, gather, load_evidence, map_picture, pool_evidence
from netlm.synthesis import bucher, pool

TRIALS = ("promid", "clarinet", "radiant-4", "raymond-2011")
SERIES = ("sarmiento-2003", "mayo-2010", "boudreaux-2014", "graff-baker-2014", "chambers-2008")
METHODS = {"fixed": "FE", "dl": "DL", "reml": "REML", "hk": "REML_HK"}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Every study."""
    return load_evidence()


@pytest.fixture(scope="module")
def oracle() -> dict:
    """What metafor made of the same inputs."""
    folder = os.environ.get("NETLM_TEST_DATA")
    if not folder:
        pytest.skip("NETLM_TEST_DATA is unset")
    return json.loads((Path(folder) / "survival" / "oracle_metafor.json").read_text("utf-8"))


@pytest.mark.parametrize("method", METHODS)
def test_four_trials_pool_as_metafor_pools_them(evidence: Evidence, oracle: dict, method: str) -> None:
    """PROMID, CLARINET, RADIANT-4, sunitinib: an arithmetic check, shown in no dossier."""
    pooled, gathered = pool_evidence(evidence, TRIALS, "progression", method, accept=True)
    wanted, answer = oracle["all4"][METHODS[method]], gathered.answer(pooled)
    assert answer["estimate"] == pytest.approx(wanted["est"], abs=1e-6)
    assert [answer["low"], answer["high"]] == pytest.approx(wanted["ci"], abs=1e-6)
    assert answer["tau2"] == pytest.approx(wanted["tau2"], abs=1e-6)
    assert answer["q"] == pytest.approx(wanted["Q"], abs=1e-6)
    assert answer["p_q"] == pytest.approx(wanted["Qp"], abs=1e-6)
    assert list(answer) == [
        "estimate", "low", "high", "tau2", "q", "p_q", "i2", "prediction", "studies", "differences"
    ]  # fmt: skip


def test_five_year_survival_pools_as_metafor_pools_it(evidence: Evidence, oracle: dict) -> None:
    """Five surgical series, on the logit scale."""
    pooled, gathered = pool_evidence(evidence, SERIES, "survival-at-5-years", "reml")
    wanted, answer = oracle["os5_resection"], gathered.answer(pooled)
    assert answer["estimate"] == pytest.approx(wanted["pooled"], abs=1e-6)
    assert [answer["low"], answer["high"]] == pytest.approx(wanted["ci"], abs=1e-6)
    assert answer["prediction"] == pytest.approx(wanted["pi"], abs=1e-6)
    assert answer["tau2"] == pytest.approx(wanted["tau2"], abs=1e-6)
    assert answer["i2"] == pytest.approx(wanted["I2"], abs=1e-5)


def test_lanreotide_against_octreotide_through_placebo(evidence: Evidence, oracle: dict) -> None:
    """Bucher's comparison from the two trials' own files."""
    one, other = (gather(evidence, [name], "progression").studies[0] for name in ("clarinet", "promid"))
    found = bucher(one, other)
    assert found.estimate == pytest.approx(oracle["bucher_lan_vs_oct"]["hr"], abs=1e-6)
    assert [found.low, found.high] == pytest.approx(oracle["bucher_lan_vs_oct"]["ci"], abs=1e-6)


def test_analogues_alone(evidence: Evidence, oracle: dict) -> None:
    """PROMID and CLARINET."""
    pooled = pool(gather(evidence, ["promid", "clarinet"], "progression").studies, "fixed")
    assert pooled.estimate == pytest.approx(oracle["ssa_only"]["FE"]["est"], abs=1e-6)


def test_differences_refuse_and_are_told(evidence: Evidence) -> None:
    """Drug class, endpoint, comparator, line, assessor: one problem for each, told with the result when accepted."""
    with pytest.raises(Problems) as caught:
        pool_evidence(evidence, [*TRIALS, "netter-1"], "progression")
    places = [problem.place for problem in caught.value.problems]
    assert places == ["drug class", "endpoint", "comparator", "line", "assessor"]
    assert all("--accept-differences" in problem.remedy for problem in caught.value.problems)
    pooled, gathered = pool_evidence(evidence, [*TRIALS, "netter-1"], "progression", accept=True)
    assert [one.what for one in gathered.differences] == places
    assert gathered.answer(pooled)["differences"][0]["studies"]["netter-1"] == "radioligand"


def test_overlapping_cohorts_refuse(evidence: Evidence) -> None:
    """Patients counted twice are told, if only inferred; two trials of one drug may differ in their line alone."""
    twice = replace(evidence.study("mayo-2010"), overlaps=(Overlap("boudreaux-2014", "inferred", "one clinic"),))
    both = replace(evidence, studies={**evidence.studies, "mayo-2010": twice})
    with pytest.raises(Problems, match="overlapping cohorts"):
        pool_evidence(both, SERIES, "survival-at-5-years")
    _, gathered = pool_evidence(both, SERIES, "survival-at-5-years", accept=True)
    assert [one.says for one in gathered.differences] == ["overlapping cohorts: Mayo 2010: one clinic (inferred)"]
    with pytest.raises(Problems) as caught:
        pool_evidence(evidence, ["netter-2", "netter-1"], "progression")
    assert [problem.place for problem in caught.value.problems] == ["line"]


def test_a_study_without_such_a_result_is_told(evidence: Evidence) -> None:
    """All of them at once, with what to look at."""
    with pytest.raises(Problems) as caught:
        gather(evidence, ["scott-2019", "maxwell-2016", "nowhere"], "survival-at-5-years")
    assert len(caught.value.problems) == 3
    assert "netlm evidence show" in str(caught.value)


def test_what_is_only_remembered_is_not_pooled(evidence: Evidence) -> None:
    """NETTER-1's hazard ratio of death is remembered; RADIANT-4's final one too, so the second interim one stands."""
    with pytest.raises(Problems, match="netter-1"):
        gather(evidence, ["netter-1"], "survival")
    study = gather(evidence, ["radiant-4"], "survival").studies[0]
    assert study.estimate == 0.73


def test_a_size_that_is_only_remembered_pools_nothing(evidence: Evidence) -> None:
    """The arms of Mazzaferro 2016 (42 and 46) stand in no source at hand: its rates have neither interval nor n."""
    with pytest.raises(Problems, match="mazzaferro-2016") as caught:
        pool_evidence(evidence, ["mazzaferro-2016", "fan-2015"], "survival-at-5-years", accept=True)
    assert [problem.code for problem in caught.value.problems] == ["no-result"]


def test_a_forest_says_which_arm_is_the_first(evidence: Evidence) -> None:
    """Better and worse are of an arm that has a name."""
    text = forest_picture(evidence, ["promid", "compete"], "progression").text
    assert "First against second arm: PROMID, octreotide LAR against placebo; COMPETE, Lu-177" in text
    assert "First against" not in forest_picture(evidence, ["mayo-2010", "fan-2015"], "survival-at-5-years").text


def test_rates_of_several_treatments_side_by_side_are_no_comparison(evidence: Evidence) -> None:
    """Who was operated was selected; and what holds of several series is told once."""
    text = forest_picture(evidence, ["boudreaux-2014", "mayo-2010", "dong-2011"], "survival-at-5-years").text
    assert "Selected patients, not comparable between options." in text
    assert text.count("no interval published") == 1
    assert "Boudreaux 2014, Mayo 2010, Dong 2011: no interval published" in text
    assert "Selected patients" not in forest_picture(evidence, ["promid", "compete"], "progression").text


def test_the_map_counts_procedures_as_such(evidence: Evidence) -> None:
    """Scott 2019 has 188 procedures, of fewer patients."""
    assert "Scott 2019 (retrospective series, n 188 procedures" in map_picture(evidence, ["cytoreduction"]).text

"""What a sceptical reviewer found wrong once, and must not come back."""

from __future__ import annotations

import json

import pytest

CLEAN = {
    "age": "50", "primary_site": "ileum", "primary_status": "resected", "differentiation": "well", "ki67": "2 %",
    "mitoses": "1", "syndromes": "[]", "symptoms": "[]", "sstr": "positive", "extrahepatic_disease": "none",
    "disease_state": "stable", "disease_state_months": "8", "months_since_progression": "20",
    "liver_involvement": "18 %", "liver_metastases": "4", "largest_metastasis": "3 cm", "distribution": "unilobar",
    "achievable_debulking": "90 %", "bilirubin": "12 umol/L", "carcinoid_heart_disease": "no",
    "multiple_comorbidities": "no", "main_portal_vein_thrombosis": "no", "bilioenteric_anastomosis": "no",
    "renal_insufficiency": "no", "hepatic_insufficiency": "no",
}  # fmt: skip
OLD = "date: 2025-01-01"


@pytest.fixture
def judged(board):
    """``judged(*without, **facts)``: the dossier of a clear case with these facts changed or left out."""

    def judged(*without: str, **facts: str):
        return board({name: text for name, text in {**CLEAN, **facts}.items() if name not in without})

    return judged


def test_a_stale_krenning_score_is_what_is_missing(judged) -> None:
    """It settles PRRT, so it is asked for."""
    found = judged("sstr", krenning=f"{{value: 3, {OLD}}}", disease_state="progressive").options["systemic.prrt"]
    assert found.possible == ("excluded", "supported")
    assert [missing.fact for missing in found.missing] == ["krenning"]


def test_a_stale_finding_can_be_found_as_it_was(judged) -> None:
    """An old scan without thrombosis: a new one without it opens embolisation again."""
    found = judged(main_portal_vein_thrombosis=f"{{value: no, {OLD}}}", symptoms="[hormonal]",
                   syndromes="[carcinoid_syndrome]").options["embolization.tae"]  # fmt: skip
    assert found.verdict == "cannot_tell"
    assert [dict(change.set)["main_portal_vein_thrombosis"].word for change in found.would_change] == ["no"]


def test_contradicting_symptoms_leave_the_preference_open(judged) -> None:
    """Symptomatic, and a complete list of none: the set of both."""
    dossier = judged(symptomatic="yes", liver_involvement="30 %")
    assert dossier.options["cytoreduction"].possible == ("conditional", "supported")
    assert dossier.options["embolization.tae"].possible == ("conditional", "supported")


def test_a_certain_specimen_governs_one_that_could_not_be_higher(judged) -> None:
    """Highest grade governs; what is known of the one does not get lost beside the other."""
    first = "[{ki67: 25 %, mitoses: 1, differentiation: well}, {ki67: 3 %, differentiation: well}]"
    assert judged("ki67", "mitoses", "differentiation", specimens=first).classification.category == "NET G3"
    second = "[{ki67: 2-5 %, mitoses: 1, differentiation: well}, {ki67: 4 %, mitoses: 1, differentiation: well}]"
    assert judged("ki67", "mitoses", "differentiation", specimens=second).classification.category == "NET G2"


def test_a_carcinoma_count_in_a_carcinoid_is_never_plainly_open_to_surgery(judged) -> None:
    """Pathology has to settle it first."""
    dossier = judged(primary_site="lung", mitoses="40", necrosis="extensive")
    assert dossier.classification.category == "undetermined"
    assert dossier.options["cytoreduction"].verdict == "conditional"
    assert "pathology-review" in {flag.id for flag in dossier.assessment.flags}


def test_every_limit_in_a_range_is_flagged_and_no_flag_twice(judged) -> None:
    """50 and 70 % of the liver, for cytoreduction."""
    flags = judged(liver_involvement="40-80 %").assessment.flags
    assert len(flags) == len(set(flags))
    said = [flag.says for flag in flags if flag.id == "borderline" and flag.options == ("cytoreduction",)]
    assert any("50 %" in one for one in said)
    assert any("70 %" in one for one in said)


def test_as_many_lesions_listed_as_counted_are_all(judged) -> None:
    """Then the list is complete, whatever it was called."""
    lesions = "{at_least: [{id: A, size: 6 cm, near: []}]}"
    open_list = judged("largest_metastasis", "liver_metastases", lesions=lesions)
    assert open_list.options["ablation.microwave"].possible == ("excluded", "conditional")
    counted = judged("largest_metastasis", liver_metastases="1", lesions=lesions)
    assert counted.options["ablation.microwave"].verdict == "excluded"


def test_values_of_a_change_can_be_typed(judged) -> None:
    """In the unit in which the fact was typed, with its exact limit."""
    dossier = judged(bilirubin="at least 14.208 umol/L", symptoms="[hormonal]", syndromes="[carcinoid_syndrome]",
                     carcinoid_heart_disease="mild")  # fmt: skip
    option = next(one for one in dossier.to_dict()["options"] if one["id"] == "embolization.tae")
    assert option["would_change"] == [
        {"set": {"bilirubin": {"min": 14.208, "max": 34.208, "unit": "umol/L"}}, "verdict": "supported"}
    ]


@pytest.mark.parametrize(("typed", "least"), [(">= 8", 8), (">8", 9), ("> 8   # many", 9), ('">= 8"', 8)])
def test_bounds_need_no_quotes(judged, typed: str, least: int) -> None:
    """What YAML alone would take for a block of text."""
    value = judged(liver_metastases=typed, largest_metastasis="3 cm").case.facts.value("liver_metastases")
    assert value.intervals[0].low == least


def test_json_with_escaped_signs_is_read(read) -> None:
    """As any JSON writer makes it."""
    text = json.dumps({"netlm": "case/1", "id": "x", "as_of": "2026-11-20", "question": "😀?", "facts": {"age": "50"}})
    assert read(text).told["question"] == "😀?"


def test_absent_narrows_what_was_left_open(board) -> None:
    """None or mild, and looked for without finding: none."""
    tail = "checked_absent: {facts: [carcinoid_heart_disease], by: cardiology, date: 2026-11-01}\n"
    facts = {**CLEAN, "carcinoid_heart_disease": "{one_of: [no, mild]}"}
    assert board(facts, tail=tail).options["cytoreduction"].verdict == "supported"

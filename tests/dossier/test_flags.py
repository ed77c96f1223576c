"""Flags point out what decides nothing: each is raised where it holds and not where it does not."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def raised(board):
    """``raised(facts)``: (flag, fact) to the options concerned."""

    def raised(facts, **more):
        found: dict[tuple[str, str | None], set[str]] = {}
        for flag in board(facts, **more).assessment.flags:
            found.setdefault((flag.id, flag.fact), set()).update(flag.options)
        return found

    return raised


@pytest.mark.parametrize(
    ("fact", "at", "beside", "option"),
    [
        ("achievable_debulking", "70 %", "99 %", "cytoreduction"),
        ("liver_involvement", "50 %", "10 %", "transplantation.milan"),
        ("liver_involvement", "70 %", "10 %", "cytoreduction"),
        ("liver_involvement", "75 %", "10 %", "embolization.tae"),
        ("bilirubin", "2 mg/dL", "1 mg/dL", "embolization.tae"),
        ("bilirubin", "34.208 umol/L", "34.207 umol/L", "embolization.tae"),
        ("age", "55", "54", "transplantation.milan"),
        ("age", "60", "59", "transplantation.mazzaferro_2016"),
        ("disease_state_months", "6", "7", "transplantation.milan"),
        ("ki67", "10 %", "9.9 %", "transplantation.enets"),
        ("liver_metastases", "50", "49", "cytoreduction"),
        ("liver_metastases", "3", "2", "ablation.percutaneous"),
        ("largest_metastasis", "5 cm", "4.9 cm", "ablation.microwave"),
        ("months_since_progression", "12", "11", "systemic.captem"),
    ],
)
def test_a_value_exactly_at_a_limit_is_borderline(raised, clean, fact, at, beside, option):
    pancreas = {**clean, "primary_site": "pancreas", "syndromes": "[]"} if option == "systemic.captem" else clean
    assert option in raised({**pancreas, fact: at}).get(("borderline", fact), set())
    assert option not in raised({**pancreas, fact: beside}).get(("borderline", fact), set())


@pytest.mark.parametrize("ki67", ["3 %", "20 %"])
def test_a_ki67_at_a_limit_of_the_grade_is_borderline(raised, clean, ki67):
    assert ("borderline", "ki67") in raised({**clean, "ki67": ki67})
    assert ("borderline", "ki67") not in raised({**clean, "ki67": "2 %"})


def test_a_typed_value_whose_published_error_reaches_a_limit_is_borderline_and_still_judged_as_typed(
    board, raised, clean
):
    facts = {**clean, "liver_involvement": "45 %"}
    assert "transplantation.milan" in raised(facts)["borderline", "liver_involvement"]
    assert len(board(facts).options["transplantation.milan"].possible) == 1
    assert "transplantation.milan" not in raised({**clean, "liver_involvement": "20 %"}).get(
        ("borderline", "liver_involvement"), ()
    )


def test_a_range_that_holds_a_limit_is_borderline_and_judged_as_a_range(board, raised, clean):
    facts = {**clean, "liver_involvement": "45-55 %"}
    assert "transplantation.milan" in raised(facts)["borderline", "liver_involvement"]
    assert len(board(facts).options["transplantation.milan"].possible) > 1


@pytest.mark.parametrize(
    ("facts", "flag", "fact"),
    [
        ({"ki67": "2 %", "mitoses": "5"}, "grade-discordance", "ki67"),
        ({"reported_grade": "G3"}, "grade-contradiction", "reported_grade"),
        ({"reported_grade": "G3"}, "contradiction", "reported_grade"),
        ({"krenning": "0"}, "contradiction", "sstr"),
        ({"functional": "no"}, "contradiction", "functional"),
        ({"differentiation": "poor"}, "pathology-review", "differentiation"),
        ({"primary_site": "unknown_primary", "primary_status": "never_found"}, "outside-scope", "primary_status"),
        ({"primary_site": "lung", "necrosis": "none"}, "outside-scope", "primary_site"),
        ({"primary_site": "thymus", "necrosis": "none"}, "outside-scope", "primary_site"),
        ({"primary_status": "in_situ"}, "single-correctable-failure", "primary_status"),
        ({"primary_site": "pancreas"}, "source-damaged", "primary_site"),
        ({"primary_site": "rectum", "portal_drainage": "no"}, "sources-disagree", "portal_drainage"),
        ({"liver_involvement": "50 %"}, "sources-disagree", "liver_involvement"),
        ({"age": "55"}, "sources-disagree", "age"),
        ({"age": "60"}, "sources-disagree", "age"),
        ({"disease_state": "responding"}, "sources-disagree", "disease_state"),
        ({"disease_state": "{value: stable, date: 2026-01-01}"}, "stale", "disease_state"),
        ({"performance_status": "2"}, "not-considered", "performance_status"),
        ({"child_pugh": "B"}, "not-considered", "child_pugh"),
        ({"future_liver_remnant": "30 %"}, "not-considered", "future_liver_remnant"),
        ({"egfr": "40 mL/min/1.73m2"}, "not-considered", "egfr"),
        ({"anticoagulation": "yes"}, "not-considered", "anticoagulation"),
        ({"small_metastases": "no", "largest_metastasis": "1.8 cm"}, "entered-beats-default", "small_metastases"),
        ({"sstr_negative_lesions": "yes"}, "receptor-negative-lesions", "sstr_negative_lesions"),
        ({"branch_portal_vein_thrombosis": "yes"}, "branch-portal-vein-thrombosis", "branch_portal_vein_thrombosis"),
        ({"declined_options": "[cytoreduction]"}, "declined", "declined_options"),
        ({"unavailable_options": "[systemic.prrt]"}, "unavailable", "unavailable_options"),
    ],
)
def test_each_flag_is_raised_where_it_holds_and_not_on_the_clean_case(raised, clean, facts, flag, fact):
    assert (flag, fact) in raised({**clean, **facts})
    assert (flag, fact) not in raised(clean)


@pytest.mark.parametrize(
    "facts",
    [
        {"performance_status": "4"},
        {"child_pugh": "C"},
        {"future_liver_remnant": "15 %"},
        {"sex": "male"},
        {"ascites": "mild"},
        {"pregnancy": "yes"},
        {"anticoagulation": "yes"},
        {"branch_portal_vein_thrombosis": "yes"},
        {"haemoglobin": "7 g/dL"},
        {"neutrophils": "900 /uL"},
        {"declined_options": "[cytoreduction]"},
        {"resectability": "unresectable"},
        {"genetic_syndrome": "men1"},
        {"crisis_prophylaxis": "no"},
    ],
)
def test_what_the_pack_does_not_judge_never_changes_a_verdict(board, clean, facts):
    """B26 and B27; the value entered is shown."""
    before, after = board(clean), board({**clean, **facts})
    assert {name: option.possible for name, option in before.options.items()} == {
        name: option.possible for name, option in after.options.items()
    }
    assert len(after.assessment.flags) > len(before.assessment.flags)


def test_a_safety_fact_shows_the_value_entered(board, clean):
    (says,) = [
        flag.says
        for flag in board({**clean, "performance_status": "2"}).assessment.flags
        if flag.fact == "performance_status"
    ]
    assert "2" in says


def test_flags_in_json_name_the_flag_and_its_words(board, clean):
    flags = board({**clean, "age": "55"}).to_dict()["flags"]
    milan = [flag for flag in flags if flag.get("option") == "transplantation.milan" and flag["id"] == "borderline"]
    assert milan
    assert milan[0]["fact"] == "age"
    assert "55" in milan[0]["says"]

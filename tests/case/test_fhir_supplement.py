"""Promises about what is added to a bundle: both are kept, and where they conflict nobody wins in silence."""

from __future__ import annotations

import pytest

import netlm
from netlm.dictionary import value_json
from netlm.errors import Problems

HEAD = "netlm: case/1\n"


def shown(case, name):
    fact = case.facts.dictionary.facts[name]
    return value_json(fact.type, case.facts.value(name), case.facts.finding(name), case.facts.dictionary.units)


@pytest.fixture
def added(load, write):
    """``added(extra, *resources)``: a patient with a small record and a file beside it."""

    def added(extra, *resources):
        record = [write.patient(), write.condition("C7A.012"), write.quantity("1975-2", 1.0, "mg/dL"), *resources]
        return load(*record, extra=HEAD + extra, as_of=None)

    return added


def test_the_head_and_the_facts_of_the_added_file_count(added):
    case = added(
        "id: board-7\nas_of: 2026-11-20\nquestion: Debulking?\ndata: synthetic\n"
        "facts:\n  liver_involvement: 20 %\nchecked_absent: {facts: [main_portal_vein_thrombosis]}\n"
    )
    assert (case.id, str(case.as_of), case.told["question"], case.data) == (
        "board-7", "2026-11-20", "Debulking?", "synthetic",
    )  # fmt: skip
    assert shown(case, "liver_involvement") == {"value": 20, "unit": "%"}
    assert case.facts.entered["liver_involvement"].source == "extra.yaml"
    assert shown(case, "main_portal_vein_thrombosis") is False
    assert shown(case, "primary_site") == "ileum"
    assert not any(problem.code in ("conflict", "fhir-as-of") for problem in case.issues)


def test_it_may_be_nearly_empty(added):
    """The day then comes from the bundle, and is told."""
    case = added("question: What now?\n")
    assert str(case.as_of) == "2026-10-01"
    assert case.issues[0].code == "fhir-as-of"


def test_a_conflict_lists_both_values_and_leaves_the_fact_unknown(added):
    case = added("as_of: 2026-11-20\nfacts:\n  bilirubin: 3 mg/dL\n")
    reason = shown(case, "bilirubin")["unknown"]
    assert reason.startswith("conflicting: 1 mg/dL (FHIR Observation, entry 3, 2026-10-01) and 3 mg/dL (extra.yaml")
    (problem,) = (problem for problem in case.issues if problem.code == "conflict")
    assert problem.line == 4
    assert "overrides" in problem.remedy
    assert "conflicting" in netlm.board(case).to_text().replace("\n", " ")


def test_an_override_with_its_reason_holds_and_is_told(added):
    case = added("as_of: 2026-11-20\nfacts:\n  bilirubin: 3 mg/dL\noverrides:\n  bilirubin: haemolysis, repeated\n")
    assert shown(case, "bilirubin") == {"value": 3, "unit": "mg/dL"}
    (problem,) = (problem for problem in case.issues if problem.code == "overridden")
    assert "1 mg/dL (FHIR Observation, entry 3, 2026-10-01)" in problem.found
    assert "haemolysis, repeated" in problem.found


def test_a_wider_statement_gives_way_to_the_narrower_one(added, write):
    """One or more coded, nine counted."""
    coded = write.condition("C78.7")
    assert shown(added("facts:\n  liver_metastases: 9\n", coded), "liver_metastases") == {"value": 9, "unit": "1"}
    narrower = added("facts:\n  bilirubin: at most 2 mg/dL\n")
    assert shown(narrower, "bilirubin") == {"value": 1, "unit": "mg/dL"}
    unknown = added("facts:\n  bilirubin: {unknown: not asked}\n")
    assert shown(unknown, "bilirubin") == {"value": 1, "unit": "mg/dL"}


def test_none_is_a_conflict_with_some(added, write):
    coded = write.condition("C78.7")
    assert "conflicting" in shown(added("facts:\n  liver_metastases: 0\n", coded), "liver_metastases")["unknown"]
    heart = write.condition("E34.01")
    case = added("checked_absent: {facts: [carcinoid_heart_disease, bilioenteric_anastomosis]}\n", heart)
    assert "conflicting" in shown(case, "carcinoid_heart_disease")["unknown"]
    assert shown(case, "bilioenteric_anastomosis") is False


def test_lists_that_are_not_complete_are_put_together(added, write):
    bone = write.condition("C7B.03")
    case = added("facts:\n  extrahepatic_sites: {at_least: [lung]}\n", bone)
    assert shown(case, "extrahepatic_sites") == {"at_least": ["bone", "lung"]}
    complete = added("facts:\n  extrahepatic_sites: [bone]\n", bone)
    assert shown(complete, "extrahepatic_sites") == ["bone"]
    assert "conflicting" in shown(added("facts:\n  extrahepatic_sites: []\n", bone), "extrahepatic_sites")["unknown"]


def test_treatments_of_both_are_told_and_a_list_that_leaves_one_out_conflicts(added, write):
    everolimus = write.concept("http://www.nlm.nih.gov/research/umls/rxnorm", "141704")
    drug = {"resourceType": "MedicationStatement", "status": "completed", "medicationCodeableConcept": everolimus}
    both = added("facts:\n  treatments: {at_least: [{what: systemic.octreotide_lar}]}\n", drug)
    assert shown(both, "prior_treatments") == {"at_least": ["systemic.everolimus", "systemic.octreotide_lar"]}
    conflict = added("facts:\n  treatments: [{what: systemic.octreotide_lar}]\n", drug)
    assert "conflicting" in shown(conflict, "prior_treatments")["unknown"]
    held = added(
        "facts:\n  treatments: [{what: systemic.octreotide_lar}]\noverrides: {treatments: never taken}\n", drug
    )
    assert shown(held, "prior_treatments") == ["systemic.octreotide_lar"]


def test_ki67_conflicts_with_the_specimens_of_the_bundle(added, write):
    stain = write.quantity("29593-1", 2, "%", "2026-03-02")
    assert "conflicting" in shown(added("facts:\n  ki67: 4 %\n", stain), "ki67")["unknown"]
    same_day = "facts:\n  specimens: [{date: 2026-03-02, ki67: 4 %}]\n"
    assert "conflicting" in shown(added(same_day, stain), "ki67")["unknown"]
    assert shown(added(same_day + "overrides: {specimens: reference pathology}\n", stain), "ki67")["value"] == 4
    assert shown(added("facts:\n  ki67: 4 %\noverrides: {ki67: reference pathology}\n", stain), "ki67")["value"] == 4
    other = added("facts:\n  specimens: [{date: 2025-03-02, ki67: 1 %}]\n", stain)
    assert len(other.records["specimens"]) == 2
    assert "conflicting" not in str(shown(other, "ki67"))


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ("overrides: {bilirubin: because}\n", "of which `facts` says nothing"),
        ("facts: {bilirubin: 3 mg/dL}\noverrides: {bilirubin: ''}\n", "no reason"),
        ("facts: {bilirubin: 3 mg/dL}\noverrides: [bilirubin]\n", "no map"),
        ("facts: {bilirubin: 3}\n", "without a unit"),
        ("facts: {billirubin: 3 mg/dL}\n", "Did you mean `bilirubin`"),
        ("as_of: tomorrow\n", "date"),
        ("resourceType: Bundle\n", "no case file"),
        ("strange: 1\n", "unknown key"),
        ("facts: {bilirubin: {value: 3 mg/dL, date: 2027-01-01}}\n", "after as_of"),
    ],
)  # fmt: skip
def test_mistakes_in_the_added_file_are_refused_with_its_name(added, extra, word):
    with pytest.raises(Problems) as caught:
        added(extra)
    assert word in str(caught.value)
    assert all((problem.file or "").endswith("extra.yaml") for problem in caught.value.problems)


def test_two_days_are_refused(load, write):
    with pytest.raises(Problems, match="--as-of"):
        load(write.patient(), extra=HEAD + "as_of: 2026-01-01\n", as_of="2026-01-02")


def test_a_what_if_stands_on_both(added):
    """Issues survive."""
    dossier = netlm.board(added("facts:\n  liver_involvement: 20 %\n"), what_if={"sstr": "positive"})
    assert dossier.case.issues
    assert dossier.to_dict()["facts"]["liver_involvement"]["source"] == "extra.yaml"
    assert dossier.to_dict()["facts"]["bilirubin"]["source"] == "FHIR Observation, entry 3"


def test_a_case_file_takes_nothing_from_beside(tmp_path, case_text):
    path = tmp_path / "case.yaml"
    path.write_text(case_text({"ki67": "2 %"}))
    with pytest.raises(Problems, match="--with"):
        netlm.load_case(path, supplement=path)

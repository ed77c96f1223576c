"""Promises about the FHIR document: valid, anonymous, the same every time, never success for unknown, and read back."""

from __future__ import annotations

import base64
import datetime
import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

import netlm
from netlm.decision import read_decision
from netlm.dossier import Decided, Dossier, basis_of, decision_form
from netlm.errors import Problems
from netlm.files import parse_text

FOUND = sorted(Path(os.environ.get("NETLM_TEST_DATA", "/nowhere")).glob("fhir/*/*.json"))
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))


@pytest.fixture(autouse=True)
def quick_pdf(request, monkeypatch):
    """A short paper: what is on the pages is promised elsewhere."""
    if "real_paper" not in request.fixturenames:
        monkeypatch.setattr(Dossier, "to_pdf", lambda self: b"%PDF-1.7 " + self.case.id.encode())


def resources(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["resource"] for one in document["entry"] if one["resource"]["resourceType"] == kind]


def validated(document: dict[str, Any]) -> Bundle:
    return Bundle.model_validate(json.loads(json.dumps(document)))


def read_back(document: dict[str, Any], folder: Path):
    path = folder / "document.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return netlm.load_case(path)


def verdicts(dossier):
    return {name: (option.verdict, option.possible) for name, option in dossier.options.items()}


def same_facts(case, again):
    """Every fact that can be judged, and its date."""
    for name, fact in case.facts.dictionary.facts.items():
        if fact.type.kind != "opaque":
            assert again.facts.value(name) == case.facts.value(name), name
    for name, finding in case.facts.entered.items():
        if name in again.facts.entered and finding.unknown is None and name != "age":
            assert again.facts.entered[name].date == finding.date, name
    assert again.facts.lesions_complete == case.facts.lesions_complete
    assert len(again.facts.lesions or ()) == len(case.facts.lesions or ())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_a_valid_document_and_reads_back_as_the_same_case(path, tmp_path):
    dossier = netlm.board(netlm.load_case(path))
    document = dossier.to_fhir()
    validated(document)
    again = read_back(document, tmp_path)
    assert again.as_of == dossier.case.as_of
    same_facts(dossier.case, again)
    assert verdicts(netlm.board(again)) == verdicts(dossier)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_unknown_is_never_success(path):
    """An option with several verdicts left says which facts are missing, each by its code."""
    dossier = netlm.board(netlm.load_case(path))
    responses = resources(dossier.to_fhir(), "GuidanceResponse")
    assert len(responses) == 20
    for response, option in zip(responses, dossier.options.values(), strict=True):
        assert response["moduleUri"].endswith(f"/{option.id}")
        assert (response["status"] == "success") == (len(option.possible) == 1)
        codes = [one["codeFilter"][0]["code"][0]["code"] for one in response.get("dataRequirement", ())]
        assert bool(codes) == (response["status"] == "data-required")
        assert set(codes) <= set(dossier.case.facts.dictionary.facts)
        if option.missing:
            assert codes == [missing.fact for missing in option.missing]


def test_a_document_begins_with_its_composition_and_every_reference_leads_somewhere(board, clean):
    document = board(clean).to_fhir()
    assert (document["type"], document["timestamp"]) == ("document", "2026-11-20T00:00:00Z")
    assert document["entry"][0]["resource"]["resourceType"] == "Composition"
    addresses = [one["fullUrl"] for one in document["entry"]]
    assert len(addresses) == len(set(addresses))
    references = set(re.findall(r'"reference": "(urn:uuid:[^"]+)"', json.dumps(document)))
    assert references <= set(addresses)
    told = {one["reference"] for section in document["entry"][0]["resource"]["section"] for one in section["entry"]}
    kinds = {one["fullUrl"]: one["resource"]["resourceType"] for one in document["entry"]}
    assert {address for address, kind in kinds.items() if kind not in ("Composition", "Patient", "Device")} == told


def test_the_patient_has_no_name(board, clean):
    """Only what the case says of the sex."""
    (patient,) = resources(board({**clean, "sex": "female"}).to_fhir(), "Patient")
    assert patient == {"resourceType": "Patient", "gender": "female"}


def test_the_same_dossier_gives_the_same_bytes_and_another_one_other_addresses(board, clean):
    first, again = board(clean).to_fhir(), board(clean).to_fhir()
    assert json.dumps(first) == json.dumps(again)
    other = board({**clean, "ki67": "12 %"}).to_fhir()
    assert other["identifier"] != first["identifier"]


def test_the_paper_is_inside(board, clean):
    (paper,) = resources(board(clean).to_fhir(), "DocumentReference")
    attachment = paper["content"][0]["attachment"]
    assert attachment["contentType"] == "application/pdf"
    assert base64.b64decode(attachment["data"]) == b"%PDF-1.7 case-1"


@pytest.fixture
def real_paper():
    """The paper as printed."""


def test_the_paper_is_the_dossier_as_printed(board, clean, real_paper):
    dossier = board(clean)
    document = dossier.to_fhir()
    validated(document)
    (paper,) = resources(document, "DocumentReference")
    assert base64.b64decode(paper["content"][0]["attachment"]["data"]) == dossier.to_pdf()


def test_a_what_if_says_so_and_never_becomes_a_case(board, clean, tmp_path):
    document = board(clean, what_if={"ki67": "30 %"}).to_fhir()
    validated(document)
    composition = document["entry"][0]["resource"]
    assert composition["status"] == "preliminary"
    assert "what-if" in composition["title"]
    with pytest.raises(Problems, match="what-if"):
        read_back(document, tmp_path)


def test_an_age_is_that_of_its_day(board, clean, tmp_path):
    """Read on a later day it is unknown, not fifty-two for ever."""
    path = tmp_path / "document.json"
    path.write_text(json.dumps(board(clean).to_fhir()))
    assert netlm.load_case(path, as_of=datetime.date(2026, 11, 20)).facts.is_known("age")
    assert not netlm.load_case(path, as_of=datetime.date(2030, 11, 20)).facts.is_known("age")


HOSTILE = '<script>alert("1")</script> & ]]> \u202e\u0000 {{7*7}} \'" 𝟙' + "x" * 9000


def test_hostile_text_stays_text(board, clean):
    """In question, reasons, methods and sources."""
    clean = {name: text for name, text in clean.items() if name != "sstr"}
    quoted = json.dumps(HOSTILE.replace("\u0000", "\u0007"))
    facts = {**clean, "sstr": f"{{unknown: {quoted}}}", "ki67": f"{{value: 2 %, method: {quoted}, source: {quoted}}}"}
    document = board(facts, head=f"question: {quoted}\n").to_fhir()
    validated(document)
    composition = document["entry"][0]["resource"]
    assert "<script" not in json.dumps([section["text"] for section in composition["section"]])
    assert "&lt;script&gt;" in composition["section"][0]["text"]["div"]
    assert all(sign.isprintable() for sign in json.dumps(document, ensure_ascii=False))


# --- round trip of any value ---

NUMBERS = st.sampled_from(
    ["8 %", "0.5 %", "at least 8 %", "more than 8 %", "at most 8 %", "less than 8 %", "8-12.25 %",
     "{above: 8 %, below: 9 %}", "{min: 8 %, below: 20 %}", "{above: 8 %, max: 20 %}", "{one_of: [3 %, 9 %]}",
     "{one_of: [3 %, 8-12 %, at least 30 %]}", "{one_of: [1-2 %, 8-12 %], error: 0.5 %}", "{unknown: not yet}",
     "{value: 40 %, error: 5 %}", "{value: 18 %, date: 2026-10-02, method: CT}", "0 %", "100 %"]
)  # fmt: skip
BILIRUBIN = st.sampled_from(
    ["12 umol/L", "0.7 mg/dL", "at least 34.2 umol/L", "1.05-2 mg/dL", "{one_of: [9-12 umol/L, 7 mg/L]}"]
)
WORDS = st.sampled_from(["positive", "negative", "{one_of: [positive, negative]}", "{not: [negative]}"])
LISTS = st.sampled_from(["[]", "[bone]", "[bone, lung]", "{at_least: [bone]}", "{unknown: not looked}"])
YES = st.sampled_from(["yes", "no", "{unknown: not looked}"])
LESIONS = st.sampled_from(
    ["[]", "[{size: 3.2 cm, segment: 7, near: [hepatic_vein]}]", "{at_least: [{id: Ann, size: 12-18 mm, near: []}]}",
     "[{segment: [4a, 8]}, {size: at least 5 cm, near: {at_least: [bile_duct]}}]"]
)  # fmt: skip
SPECIMENS = st.sampled_from(
    ["[{site: liver, date: 2026-01-02, kind: biopsy, ki67: 4 %, mitoses: 1, differentiation: well}]",
     "[{date: 2026-01, ki67: 2-4 %}, {ki67: 30 %, differentiation: poor}]", "{at_least: [{ki67: at least 21 %}]}"]
)  # fmt: skip
TREATMENTS = st.sampled_from(
    ["[]", "[{what: systemic.octreotide_lar, from: 2024-01, to: 2025, cycles: 12, best_response: stable}]",
     "{at_least: [{what: systemic.prrt}, {what: something else}]}"]
)  # fmt: skip
COMORBIDITIES = st.sampled_from(["[]", "[diabetes, heart failure]", "{at_least: [diabetes]}"])


@given(
    st.fixed_dictionaries(
        {"primary_site": st.sampled_from(["ileum", "pancreas", "unknown_primary", "{one_of: [ileum, jejunum]}"])},
        optional={
            "liver_involvement": NUMBERS, "achievable_debulking": NUMBERS, "bilirubin": BILIRUBIN, "sstr": WORDS,
            "extrahepatic_sites": LISTS, "bilioenteric_anastomosis": YES, "carcinoid_heart_disease": YES,
            "lesions": LESIONS, "specimens": SPECIMENS, "treatments": TREATMENTS, "comorbidities": COMORBIDITIES,
            "mitoses": st.sampled_from(["1", "0.5", "2-3", "{one_of: [1-2, 5-8]}"]),
            "age": st.sampled_from(["52", "60-65"]),
            "months_since_progression": st.sampled_from(["20", "1.5 years", "at most 6"]),
        },
    )
)  # fmt: skip
@settings(max_examples=60)
def test_whatever_a_case_holds_reads_back_as_it_was(tmp_path_factory, read, facts):
    """Ranges, bounds, open ends, alternatives, unknowns, incomplete lists; and so the same verdicts."""
    dossier = netlm.board(read(facts))
    document = dossier.to_fhir()
    again = read_back(document, tmp_path_factory.mktemp("fhir"))
    same_facts(dossier.case, again)
    assert verdicts(netlm.board(again)) == verdicts(dossier)


# --- the decision ---


def decided(dossier, lines):
    text = decision_form(dossier) + lines
    return Decided(dossier, read_decision(parse_text(text, "decision.yaml"), "decision.yaml", basis_of(dossier)))


DECISION = """
date: 2026-11-24
present: [surgery, oncology]
recommendations:
  - {order: 2, option: systemic.prrt, intent: tumour_control, reason: growth on the analogue, conditions: [uptake]}
  - {order: 1, option: cytoreduction, intent: symptom_control,
     carried_out: {status: not_done, date: 2027-01-15, reason: wants to wait, patient_wish: yes}}
  - {order: 3, other: referral to the dietician, intent: supportive}
alternatives: [{option: embolization.tae, reason: kept for later}]
dissent: [oncology would wait]
patient_view: wants the flushing to stop
trial: {considered: yes, note: none open}
tasks: [{what: echocardiogram, owner: cardiology, due: 2026-12-04}]
discuss_again: {date: 2027-03-02}
"""


def test_without_a_decision_there_is_no_care_plan(board, clean):
    document = board(clean).to_fhir()
    assert resources(document, "CarePlan") == []
    assert "Decision" not in [one["title"] for one in document["entry"][0]["resource"]["section"]]


def test_a_decision_is_a_care_plan_with_an_activity_for_each_recommendation(board, clean, tmp_path):
    dossier = board(clean)
    record = decided(dossier, DECISION)
    document = record.to_fhir()
    validated(document)
    (plan,) = resources(document, "CarePlan")
    first, second, third = (activity["detail"] for activity in plan["activity"])
    assert first["code"]["coding"][0]["code"] == "option.cytoreduction"
    assert (first["status"], "wants to wait" in first["statusReason"]["text"]) == ("cancelled", True)
    assert "the patient's wish: yes" in first["statusReason"]["text"]
    assert second["statusReason"]["text"] == "growth on the analogue"
    assert "departs from the source" in second["description"]
    assert "condition: uptake" in second["description"]
    assert third["code"] == {"text": "referral to the dietician"}
    told = " ".join(note["text"] for note in plan["note"])
    for word in ("Dissent", "flushing", "none open", "kept for later", "2027-03-02", "surgery"):
        assert word in told
    (task,) = resources(document, "Task")
    assert (task["owner"]["display"], task["restriction"]["period"]["end"]) == ("cardiology", "2026-12-04")
    assert document["identifier"] != dossier.to_fhir()["identifier"]
    same_facts(dossier.case, read_back(document, tmp_path))


def test_no_decision_is_told_with_its_reason(board, clean):
    document = decided(board(clean), "date: 2026-11-24\nno_decision: the scan is not read yet\n").to_fhir()
    validated(document)
    (plan,) = resources(document, "CarePlan")
    assert plan["status"] == "on-hold"
    assert "activity" not in plan
    assert "the scan is not read yet" in plan["note"][0]["text"]


@pytest.mark.skipif(not FOUND, reason="NETLM_TEST_DATA names no folder with fhir/*/*.json")
def test_bundles_that_others_wrote_become_valid_documents():
    """Also where everything in them is unknown; the JSON fits the published schema."""
    schema = json.loads((files("netlm.dossier") / "dossier-1.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({**schema, "anyOf": [{"$ref": "#/$defs/dossier"}]})
    for path in FOUND:
        dossier = netlm.board(netlm.load_case(path, as_of=datetime.date(2026, 11, 20)))
        validated(dossier.to_fhir())
        validator.validate(json.loads(dossier.to_json()))

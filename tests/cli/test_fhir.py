"""Promises about the command line on a FHIR bundle, and its FHIR formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SECRETS = ("Quuxenstein", "MRN-4711", "1961-05-17", "555-0100", "obs-77")
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {
            "resourceType": "Patient", "id": "MRN-4711", "name": [{"family": "Quuxenstein"}], "gender": "male",
            "birthDate": "1961-05-17", "telecom": [{"value": "555-0100"}],
        }},
        {"resource": {
            "resourceType": "Observation", "id": "obs-77", "status": "final", "effectiveDateTime": "2026-10-01",
            "code": {"coding": [{"system": "http://loinc.org", "code": "1975-2"}]},
            "valueQuantity": {"value": 12, "unit": "umol/L"}, "note": [{"text": "Quuxenstein"}],
        }},
    ],
}  # fmt: skip


@pytest.fixture
def bundle(tmp_path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(BUNDLE))
    return path


@pytest.fixture
def extra(tmp_path) -> Path:
    path = tmp_path / "extra.yaml"
    path.write_text("netlm: case/1\nas_of: 2026-11-20\nfacts:\n  primary_site: ileum\n  bilirubin: 3 mg/dL\n")
    return path


def test_a_bundle_alone_gives_a_dossier(run, bundle):
    ran = run("board", bundle)
    assert ran.code == 0
    assert "as_of: not given; 2026-10-01" in " ".join(ran.out.split())
    assert not any(secret in ran.out + ran.err for secret in SECRETS)


def test_what_is_added_counts_and_a_conflict_is_told(run, bundle, extra):
    ran = run("board", bundle, "--with", extra, "--format", "json")
    facts = json.loads(ran.out)["facts"]
    assert facts["primary_site"] == {"value": "ileum", "typed": "ileum", "kind": "entered", "source": "extra.yaml"}
    assert facts["bilirubin"]["value"]["unknown"].startswith("conflicting: 12 umol/L (FHIR Observation, entry 2")
    assert [one["code"] for one in json.loads(ran.out)["warnings"] if one["code"] == "conflict"] == ["conflict"]


def test_check_reads_a_bundle_too(run, bundle, extra):
    ran = run("check", bundle, "--with", extra)
    assert ran.code == 0
    assert "conflicting" not in ran.err
    assert "overrides: {bilirubin: reason}" in ran.out
    assert "--as-of" in run("check", bundle).out


def test_the_day_can_be_given(run, bundle):
    ran = run("board", bundle, "--as-of", "2026-11-20", "--format", "json")
    assert json.loads(ran.out)["case"]["as_of"] == "2026-11-20"
    assert run("board", bundle, "--as-of", "tomorrow").code == 2


@pytest.mark.parametrize("name", ["text", "json", "html", "fhir", "cds-hooks"])
def test_no_name_number_or_birth_date_appears_in_any_format_or_file_name(run, bundle, tmp_path, name):
    folder = tmp_path / "out"
    ran = run("board", bundle, "--format", name, "-o", f"{folder}/")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (made,) = folder.iterdir()
    assert made.name.startswith("fhir-")
    told = made.name + made.read_text(encoding="utf-8")
    assert not any(secret in told for secret in SECRETS)


def test_a_bundle_from_standard_input(run):
    assert run("board", "-", stdin=json.dumps(BUNDLE).encode()).code == 0


@pytest.mark.parametrize("args", [("--with", "x.yaml"), ("--as-of", "2026-11-20")])
def test_a_case_file_takes_neither(run, good, args):
    ran = run("board", good, *args)
    assert (ran.code, "case file" in ran.err) == (2, True)


def test_one_added_file_does_not_fit_two_bundles(run, bundle, extra):
    assert run("board", bundle, bundle, "--with", extra).code == 2


def test_fhir_and_cards_are_one_object_a_line(run, good, bad):
    for name, key in (("fhir", "resourceType"), ("cds-hooks", "cards")):
        ran = run("board", good, bad, good, "--format", name)
        lines = ran.out.splitlines()
        assert ran.code == 2
        assert len(lines) == 2
        assert all(key in json.loads(line) for line in lines)
        assert str(bad) in ran.err


def test_an_option_alone_has_no_document(run, good):
    assert run("board", good, "--format", "fhir", "--option", "systemic.prrt").code == 2


def test_a_decision_goes_into_the_document(run, good, tmp_path):
    record = tmp_path / "decision.yaml"
    record.write_text(run("decide", good).out + "\ndate: 2026-11-24\nno_decision: not read yet\n")
    ran = run("decide", good, "--record", record, "--format", "fhir")
    assert ran.code == 0
    kinds = [one["resource"]["resourceType"] for one in json.loads(ran.out)["entry"]]
    assert kinds.count("CarePlan") == 1

"""Promises about bundles that are broken, hostile or found in the wild: an answer or one message, and nobody's name."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import netlm
from netlm.errors import Problems

from .conftest import Write, found_bundles

write = Write

PLANTED = "Zebediah Quuxenstein"
OWN = "https://netlm.org/fhir/CodeSystem"
VALUE = f"{OWN}/value"
FRAGMENTS = ("zebediah", "quuxenstein")


def whole() -> dict[str, Any]:
    """A synthetic record in which every kind of resource stands."""
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    return write.bundle(
        write.patient(
            identifier=[{"value": "MRN-4711"}], name=[{"family": "Sample", "given": ["Ann"]}],
            address=[{"line": ["1 High Street"]}], telecom=[{"value": "555-0100"}],
        ),
        write.condition("C7A.012", bodySite=[write.concept(write.SCT, "34516001")], onsetDateTime="2022-03"),
        write.condition("94381002", write.SCT),
        write.condition("C7B.03", recordedDate="2025-12-01"),
        write.quantity("29593-1", 4, "%", "2026-03-02", specimen={"reference": "Specimen/s1"}),
        write.quantity("1975-2", 12, "umol/L", subject={"reference": "Patient/p"}),
        write.quantity("777-3", 180, "10*3/uL", "2026-09"),
        write.observation("89247-1", valueInteger=1),
        write.observation("97509-4", valueCodeableConcept=write.concept(write.SCT, "359746009")),
        write.observation("2160-0", valueRange={"low": {"value": 1, "unit": "mg/dL"}}),
        write.observation("sstr", system=f"{OWN}/fact", valueCodeableConcept=write.concept(VALUE, "sstr.positive")),
        {"resourceType": "Procedure", "status": "completed", "code": write.concept(write.SCT, "233527006"),
         "performedPeriod": {"start": "2025-01-01", "end": "2025-01-02"}},
        {"resourceType": "MedicationStatement", "status": "active", "effectiveDateTime": "2026-01-05",
         "medicationCodeableConcept": {**write.concept(rxnorm, "141704"), "text": "a drug"}},
        {"resourceType": "MedicationRequest", "status": "active", "authoredOn": "2026-02-05",
         "medicationCodeableConcept": write.concept(rxnorm, "357977")},
    )  # fmt: skip


def outcome(bundle: object, folder: Path, name: str = "bundle.json") -> str:
    """Everything that a reader is told: text, JSON and one option in full, or the problems."""
    path = folder / name
    path.write_bytes(bundle if isinstance(bundle, bytes) else json.dumps(bundle).encode())
    try:
        dossier = netlm.board(netlm.load_case(path))
    except Problems as problems:
        return str(problems) + json.dumps(problems.to_dict())
    return dossier.case.id + dossier.to_text() + dossier.to_text("systemic.prrt") + dossier.to_json().decode()


def _strings(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(content, dict):
        return [found for key, value in content.items() for found in _strings(value, (*path, key))]
    if isinstance(content, list):
        return [found for key, value in enumerate(content) for found in _strings(value, (*path, key))]
    return [path] if isinstance(content, str) else []


def _set(content: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        content = content[key]
    content[path[-1]] = value


@pytest.mark.parametrize("planted", [PLANTED, f"2026-10-01T{PLANTED}", f"{PLANTED} mg/dL"])
def test_no_text_of_a_bundle_is_ever_repeated(tmp_path, planted):
    """A name planted in every single field, one after another, appears nowhere."""
    for path in _strings(whole()):
        bundle = whole()
        _set(bundle, path, planted)
        told = outcome(bundle, tmp_path).lower()
        assert not any(fragment in told for fragment in FRAGMENTS), path


@pytest.mark.parametrize("path", found_bundles(), ids=lambda path: path.stem)
def test_nothing_personal_of_a_bundle_that_others_wrote_is_repeated(tmp_path, path):
    """Every text of it replaced but types, statuses, systems, codes and dates; then each of those by itself."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    kept = {"resourceType", "status", "system", "code", "type"}
    for at in _strings(bundle):
        if at[-1] not in kept and not str(at[-1]).endswith(("Date", "DateTime")):
            _set(bundle, at, PLANTED)
    assert not any(fragment in outcome(bundle, tmp_path).lower() for fragment in FRAGMENTS)
    everything = json.loads(path.read_text(encoding="utf-8"))
    for at in _strings(everything):
        if at[-1] != "resourceType":
            _set(everything, at, PLANTED)
    assert not any(fragment in outcome(everything, tmp_path).lower() for fragment in FRAGMENTS)


@pytest.mark.parametrize("path", found_bundles(), ids=lambda path: path.stem)
def test_no_name_number_or_birth_date_of_the_found_bundles_is_repeated(path):
    """Names, identifiers, addresses, resource ids and the birth date, as they stand in the file."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    try:
        dossier = netlm.board(netlm.load_case(path))
        told = dossier.to_text() + dossier.to_text("systemic.prrt") + dossier.to_json().decode() + dossier.case.id
        told += dossier.to_html() + json.dumps([dossier.to_cards(), dossier.to_fhir()])
    except Problems as problems:
        told = str(problems)
    own_words = {"Patient", "masked"}
    for entry in bundle["entry"]:
        resource = entry.get("resource", {})
        secret = [resource.get("id"), resource.get("birthDate"), entry.get("fullUrl")]
        if resource.get("resourceType") == "Patient":
            for name in ("name", "identifier", "address", "telecom"):
                secret += [_at(resource, at) for at in _strings(resource.get(name), (name,))]
        for text in secret:
            if text and len(text) > 4 and not text.startswith("http") and text not in own_words:
                assert text not in told, text


def _at(content: Any, path: tuple[Any, ...]) -> str:
    for key in path:
        content = content[key]
    return str(content)


@pytest.mark.parametrize("path", found_bundles(), ids=lambda path: path.stem)
def test_every_found_bundle_gives_a_dossier_or_one_message(path):
    """With a day given, all that speak of one patient give a dossier; unknown, never no, for what is not there."""
    import datetime

    case = netlm.load_case(path, as_of=datetime.date(2026, 11, 20))
    assert netlm.board(case).options
    for name, finding in case.facts.entered.items():
        fact = case.facts.dictionary.facts[name]
        assert finding.value != fact.type.everything or finding.unknown
        assert finding.source or finding.unknown
    if path.stem in ("csv-medication-request-bundle", "extended-patient-bundle", "masked-patient-bundle"):
        with pytest.raises(Problems, match="no dated statement"):
            netlm.load_case(path)
    else:
        assert netlm.load_case(path).issues[0].code == "fhir-as-of"


def test_liver_metastasis_in_the_first_patient_and_not_in_the_second(bundles):
    first, second = (netlm.load_case(bundles[f"TrialMatching_Patient0{number}"]) for number in (1, 2))
    assert netlm.board(first).to_dict()["facts"]["liver_metastases"]["value"] == {"min": 1, "max": 10000, "unit": "1"}
    assert "liver_metastases" not in second.facts.entered
    kind = second.facts.dictionary.facts["liver_metastases"].type
    assert second.facts.value("liver_metastases") == kind.everything
    assert netlm.board(second).to_dict()["facts"]["extrahepatic_sites"]["value"] == {"at_least": ["bone"]}


def test_what_others_broke_on_purpose(bundles):
    """ECOG -1 and no birth date; a masked patient."""
    import datetime

    invalid = netlm.load_case(bundles["patient_data_missing_birthdate_invalid_ecog_karnofsky"])
    assert invalid.facts.entered["performance_status"].unknown
    assert "missing" in (invalid.facts.entered["age"].unknown or "")
    masked = netlm.load_case(bundles["masked-patient-bundle"], as_of=datetime.date(2026, 11, 20))
    assert masked.facts.entered["age"].unknown
    assert masked.facts.entered["sex"].unknown


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Bundle"',
        b'{"resourceType": "Bundle", "entry": [{"resource": {"value": NaN}}]}',
        b'{"resourceType": "Bundle", "entry": [1e999]}',
        b'{"resourceType": "Bundle", "entry": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"resourceType": "Bundle", "entry": [' + b'{"resource":{"a":' * 900 + b"1" + b"}}" * 900 + b"]}",
        b'{"resourceType": "Patient", "id": "x"}',
        b'{"resourceType": 7}',
        b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"></Bundle>',
        b'\xef\xbb\xbf{"resourceType": "Bundle"}',
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": {}}}]}',
        b'{"resourceType": "Bundle", "entry": "\xff"}',
        b'[{"resourceType": "Bundle"}]',
        b'{"a": "\\"resourceType\\""}',
    ],
    ids=lambda content: content[:40].decode(errors="replace"),
)
def test_damaged_files_are_one_clear_message(tmp_path, content):
    told = outcome(content, tmp_path)
    assert "Traceback" not in told
    assert "expected" in told


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("netlm.case._load.BUNDLE_BYTES", 1000)
    assert "16 MB" in outcome(whole(), tmp_path)


GARBAGE: tuple[Any, ...] = (
    None, True, False, -1, 0, 10**25, 1e-300, "", "x" * 5000, "9999-12-31", "0000-00-00", [], {}, [[]], [None],
    {"a": []},
    {"coding": [{"system": [], "code": {}}]}, {"reference": 7}, {"value": {}}, {"start": 1}, "٣", "\ud800", "NaN",
    [{"coding": 3}], {"url": 3}, "final", "entered-in-error", {"value": 1e300, "unit": "%"},
)  # fmt: skip


JUDGED = 0.1
"""The share of garbled bundles of which the dossier is made too."""


def _paths(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [path, *(found for key, value in inner for found in _paths(value, (*path, key)))]


def _mutant(chance: random.Random, bundle: Any) -> Any:
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(_paths(bundle)[1:])
        parent = bundle
        for key in path[:-1]:
            parent = parent[key]
        kind = chance.randrange(4)
        if kind == 0:
            del parent[path[-1]]
        elif kind == 1:
            parent[path[-1]] = json.loads(json.dumps(chance.choice(GARBAGE)))
        elif kind == 2 and isinstance(parent, list):
            parent.append(parent[path[-1]])
        else:
            other = chance.choice(_paths(bundle))
            found = bundle
            for key in other:
                found = found[key]
            parent[path[-1]] = json.loads(json.dumps(found))
        if not isinstance(bundle, dict) or len(_paths(bundle)) < 3 or len(json.dumps(bundle)) > 300_000:
            break
    return bundle


def _fuzz(number: int, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    texts = [json.dumps(whole()), *(path.read_text(encoding="utf-8") for path in found_bundles()[:2])]
    messages = {1}
    for _ in range(number):
        bundle = _mutant(chance, json.loads(chance.choice(texts[:1] * 6 + texts[1:])))
        path = folder / "bundle.json"
        path.write_text(json.dumps(bundle), encoding="utf-8")
        try:
            case = netlm.load_case(path)
        except Problems as problems:
            if "resourceType" in path.read_text(encoding="utf-8"):
                messages.add(len(problems.problems))
            continue
        if chance.random() < JUDGED:
            assert netlm.board(case).to_text()
        for name in ("extrahepatic_sites", "prior_treatments"):
            assert not case.facts.value(name).is_known
        assert all(finding.typed not in ("no", "none") for finding in case.facts.entered.values())
    assert messages == {1}


def test_a_garbled_bundle_never_crashes_and_never_says_no(tmp_path):
    _fuzz(1500, 20261124, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 7))
def test_eight_thousand_garbled_bundles(tmp_path, seed):
    _fuzz(2000, seed, tmp_path)

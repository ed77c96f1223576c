"""Promises about reading a FHIR bundle: what it states is read, what it does not is unknown, and nothing is guessed."""

from __future__ import annotations

import pytest

from netlm.case._fhir_table import _row, load_code_tables
from netlm.dictionary import load_dictionary, value_json
from netlm.errors import Problems
from netlm.files import Record, parse_text


def shown(case, name):
    """A fact as the dossier exports it."""
    fact = case.facts.dictionary.facts[name]
    return value_json(fact.type, case.facts.value(name), case.facts.finding(name), case.facts.dictionary.units)


def codes(case):
    return {problem.code for problem in case.issues}


def test_a_whole_patient(load, write):
    """Site, metastases, Ki-67, laboratory, performance status, disease status, treatments, age and sex."""
    case = load(
        write.patient(),
        write.condition("C7A.012"),
        write.condition("94381002", write.SCT),
        write.condition("C7B.03"),
        write.condition("E34.01"),
        write.quantity("29593-1", 4, "%", "2026-03-02"),
        write.quantity("1975-2", 12, "umol/L"),
        write.quantity("2160-0", 0.9, "mg/dL"),
        write.quantity("6301-6", 1.1, "{INR}"),
        write.observation("89247-1", valueInteger=1),
        write.observation("97509-4", valueCodeableConcept=write.concept(write.SCT, "271299001")),
        {"resourceType": "MedicationStatement", "status": "completed", "effectivePeriod": {"start": "2024-01"},
         "medicationCodeableConcept": write.concept("http://www.nlm.nih.gov/research/umls/rxnorm", "141704")},
    )  # fmt: skip
    assert shown(case, "primary_site") == "ileum"
    assert shown(case, "liver_metastases") == {"min": 1, "max": 10000, "unit": "1"}
    assert shown(case, "extrahepatic_sites") == {"at_least": ["bone"]}
    assert shown(case, "extrahepatic_disease") == "present"
    assert shown(case, "carcinoid_heart_disease") == "yes"
    assert shown(case, "ki67") == {"value": 4, "unit": "%"}
    assert shown(case, "bilirubin") == {"value": 12, "unit": "umol/L"}
    assert shown(case, "creatinine") == {"value": 0.9, "unit": "mg/dL"}
    assert shown(case, "inr") == {"value": 1.1, "unit": "1"}
    assert shown(case, "performance_status") == {"value": 1, "unit": "1"}
    assert shown(case, "disease_state") == "progressive"
    assert shown(case, "prior_treatments") == {"at_least": ["systemic.everolimus"]}
    assert shown(case, "age") == {"value": 65, "unit": "years"}
    assert shown(case, "sex") == "female"
    bilirubin = case.facts.entered["bilirubin"]
    assert (str(bilirubin.date), bilirubin.source, bilirubin.unit) == (
        "2026-10-01",
        "FHIR Observation, entry 7",
        "umol/L",
    )
    assert case.records["treatments"][0]["from"].typed == "2024-01"


def test_what_is_not_there_is_unknown_never_no(load, write):
    """An empty record gives no fact but those of the patient."""
    case = load(write.patient(), write.observation("21908-9", valueInteger=4))
    for fact in case.facts.dictionary.facts.values():
        if fact.name not in ("age", "sex") and fact.is_entered and not fact.absent_means:
            assert case.facts.base(fact.name) == fact.type.everything, fact.name


@pytest.mark.parametrize("code", ["85319-2", "85318-4", "85337-4", "85331-7"])
def test_codes_that_are_taken_for_ki67_are_reported_and_not_read(load, write, code):
    """85319-2 is HER2."""
    case = load(write.patient(), write.quantity(code, 15, "%"))
    assert "unknown" in shown(case, "ki67")
    assert any(code in problem.found and problem.code == "fhir-unmapped" for problem in case.issues)


def test_a_wrong_code_beside_the_right_one_makes_the_value_unreadable(load, write):
    """Nobody can tell which of the two was measured."""
    both = {"coding": [{"system": write.LOINC, "code": code} for code in ("29593-1", "85319-2")]}
    case = load(write.patient(), {**write.quantity("29593-1", 15, "%"), "code": both})
    assert "unknown" in shown(case, "ki67")


def test_karnofsky_is_not_ecog(load, write):
    case = load(write.patient(), write.observation("89243-0", valueInteger=1))
    assert "unknown" in shown(case, "performance_status")


def test_the_latest_final_value_up_to_as_of_counts(load, write):
    """Not a preliminary one, not one of a day after the board."""
    case = load(
        write.patient(),
        write.quantity("1975-2", 1.0, "mg/dL", "2026-08-01"),
        write.quantity("1975-2", 2.5, "mg/dL", "2026-10-01", status="corrected"),
        write.quantity("1975-2", 1.7, "mg/dL", "2026-09-01"),
        write.quantity("1975-2", 9.0, "mg/dL", "2026-11-01", status="preliminary"),
        write.quantity("1975-2", 8.0, "mg/dL", "2026-11-02", status="entered-in-error"),
        write.quantity("1975-2", 7.0, "mg/dL", "2026-12-01"),
    )
    assert shown(case, "bilirubin") == {"value": 2.5, "unit": "mg/dL"}
    told = " ".join(str(problem) for problem in case.issues)
    assert "status preliminary" in told
    assert "status entered-in-error" in told
    assert "after as_of" in told


@pytest.mark.parametrize(
    "status", ["entered-in-error", "cancelled", "preliminary", "registered", "unknown", None, 7, "x"]
)
def test_what_is_not_final_makes_the_fact_unknown_with_its_reason(load, write, status):
    case = load(write.patient(), write.quantity("1975-2", 1.0, "mg/dL", status=status))
    assert "unknown" in shown(case, "bilirubin")
    assert shown(case, "bilirubin")["unknown"] != "not recorded"
    assert any("facts.bilirubin" in (problem.place or "") for problem in case.issues)


def test_values_of_one_day_that_differ_are_conflicting(load, write):
    """The same value twice is one value, in whatever unit."""
    differing = load(
        write.patient(), write.quantity("1975-2", 1.0, "mg/dL"), write.quantity("1975-2", 2.0, "mg/dL"),
        write.quantity("1975-2", 1.0, "mg/dL", "2026-01-01"),
    )  # fmt: skip
    assert shown(differing, "bilirubin")["unknown"].startswith("conflicting: 1 mg/dL (FHIR Observation, entry 2)")
    same = load(write.patient(), write.quantity("1751-7", 40, "g/L"), write.quantity("1751-7", 4.0, "g/dL"))
    assert shown(same, "albumin")["value"] in (40, 4)


def test_a_value_without_a_date_may_be_the_latest(load, write):
    case = load(write.patient(), write.quantity("1975-2", 1.0, "mg/dL"), write.quantity("1975-2", 2.0, "mg/dL", None))
    assert "conflicting" in shown(case, "bilirubin")["unknown"]


def test_a_date_given_in_part_may_be_any_day_of_it(load, write):
    """2026-10 may be before or after 2026-10-15; its first day stands, so that it goes stale no later than it may."""
    vague = load(
        write.patient(), write.quantity("1975-2", 1.0, "mg/dL", "2026-10"),
        write.quantity("1975-2", 2.0, "mg/dL", "2026-10-15"),
    )  # fmt: skip
    assert "conflicting" in shown(vague, "bilirubin")["unknown"]
    alone = load(write.patient(), write.quantity("1975-2", 1.0, "mg/dL", "2026-10"))
    finding = alone.facts.entered["bilirubin"]
    assert str(finding.date) == "2026-10-01"
    assert "only a part" in (finding.source or "")


@pytest.mark.parametrize("date", ["2026-13-01", "yesterday", "2026-02-30", 20261001, {"start": None}, ["2026-10-01"]])
def test_a_date_that_is_none_makes_the_fact_unknown(load, write, date):
    """An older value does not stand in for it."""
    case = load(
        write.patient(), write.quantity("1975-2", 1.0, "mg/dL", "2026-01-01"),
        write.quantity("1975-2", 2.0, "mg/dL", effectiveDateTime=date),
    )  # fmt: skip
    assert "unknown" in shown(case, "bilirubin")


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"value": 1.0}},
        {"valueQuantity": {"value": 1.0, "unit": "mol"}},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL", "code": "umol/L"}},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL", "code": "strange"}},
        {"valueQuantity": {"value": -1.0, "unit": "mg/dL"}},
        {"valueQuantity": {"value": 1e30, "unit": "mg/dL"}},
        {"valueQuantity": {"value": 5000, "unit": "mg/dL"}},
        {"valueQuantity": {"value": "1.0", "unit": "mg/dL"}},
        {"valueQuantity": {"value": True, "unit": "mg/dL"}},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL", "comparator": "ad"}},
        {"valueQuantity": {"unit": "mg/dL"}},
        {"valueQuantity": [1.0]},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL"}, "valueString": "1.0"},
        {"valueString": "1.0 mg/dL"},
        {"valueBoolean": False},
        {"valueInteger": 0},
        {"valueRatio": {"numerator": {"value": 1}}},
        {"valueRange": {"low": {"value": 3, "unit": "mg/dL"}, "high": {"value": 1, "unit": "mg/dL"}}},
        {"valueRange": {}},
        {"valueCodeableConcept": {"text": "normal"}},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL"}, "modifierExtension": [{"url": "x"}]},
        {"dataAbsentReason": {"coding": [{"system": "x", "code": "not-performed"}]}},
        {"valueQuantity": {"value": 1.0, "unit": "mg/dL"}, "dataAbsentReason": {"text": "lost"}},
        {},
    ],
    ids=str,
)
def test_an_invalid_value_makes_the_fact_unknown_with_a_listed_issue(load, write, value):
    case = load(write.patient(), write.observation("1975-2", **value))
    assert "unknown" in shown(case, "bilirubin")
    assert shown(case, "bilirubin")["unknown"] != "not recorded"
    assert any("facts.bilirubin" in (problem.place or "") for problem in case.issues)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ({"value": 3, "comparator": "<", "unit": "%"}, {"min": 0, "below": 3, "unit": "%"}),
        ({"value": 20, "comparator": ">", "code": "%"}, {"above": 20, "max": 100, "unit": "%"}),
        ({"value": 0.1, "unit": "%"}, {"value": 0.1, "unit": "%"}),
    ],
    ids=str,
)
def test_bounds_and_decimals_are_exact(load, write, quantity, expected):
    case = load(write.patient(), write.observation("29593-1", valueQuantity=quantity))
    assert shown(case, "ki67") == expected


def test_a_share_as_a_plain_number_is_not_read_as_per_cent(load, write):
    """0.15 may be 15 % or 0.15 %."""
    case = load(write.patient(), write.observation("29593-1", valueQuantity={"value": 0.15, "unit": "1"}))
    assert "unknown" in shown(case, "ki67")


def test_each_specimen_has_its_latest_ki67(load, write):
    """With several it is that of the governing one, which differentiation would settle; differing on one day, open."""
    first, second = ({"specimen": {"reference": f"Specimen/{name}"}} for name in "ab")
    two = load(
        write.patient(), write.condition("C7A.012"),
        write.quantity("29593-1", 2, "%", "2024-01-01", **first),
        write.quantity("29593-1", 12, "%", "2023-01-01", **second),
    )  # fmt: skip
    assert len(two.records["specimens"]) == 2
    assert shown(two, "ki67") == {"one_of": [{"value": 2, "unit": "%"}, {"value": 12, "unit": "%"}]}
    read_again = write.quantity("29593-1", 3, "%", "2024-02-01", **first)
    same = load(write.patient(), write.quantity("29593-1", 2, "%", "2024-01-01", **first), read_again)
    assert shown(same, "ki67") == {"value": 3, "unit": "%"}
    one = load(
        write.patient(), write.quantity("29593-1", 2, "%", "2024-01-01", **first),
        write.quantity("29593-1", 12, "%", "2024-01-01", **first),
    )  # fmt: skip
    assert "unknown" in shown(one, "ki67")


@pytest.mark.parametrize("status", ["refuted", "entered-in-error", "provisional", "differential", "unconfirmed"])
def test_a_diagnosis_that_is_not_confirmed_is_neither_yes_nor_no(load, write, status):
    case = load(write.patient(), write.condition("C78.7", verificationStatus=write.concept("x", status)))
    assert "unknown" in shown(case, "liver_metastases")
    assert status in shown(case, "liver_metastases")["unknown"]
    assert "fhir-not-counted" in codes(case)


def test_a_diagnosis_that_is_over_keeps_only_what_never_changes(load, write):
    """A resected primary still arose in the ileum; metastases that are gone are not there."""
    over = {"clinicalStatus": write.concept("x", "resolved")}
    case = load(write.patient(), write.condition("C7A.012", **over), write.condition("C78.7", **over))
    assert shown(case, "primary_site") == "ileum"
    assert "unknown" in shown(case, "liver_metastases")
    ended = load(write.patient(), write.condition("C78.7", abatementDateTime="2026-01-01"))
    assert "unknown" in shown(ended, "liver_metastases")


def test_two_primaries_are_conflicting_and_a_wider_code_is_no_conflict(load, write):
    two = load(write.patient(), write.condition("C7A.012"), write.condition("C25.4"))
    assert "conflicting" in shown(two, "primary_site")["unknown"]
    wider = load(write.patient(), write.condition("721698005", write.SCT), write.condition("C7A.022"))
    assert shown(wider, "primary_site") == "proximal_colon"


def test_a_code_that_says_less_leaves_the_fact_unknown_with_its_reason(load, write):
    case = load(write.patient(), write.condition("I81"), write.condition("C7A.8"), write.condition("C77.2"))
    for name, word in (
        ("main_portal_vein_thrombosis", "trunk"),
        ("primary_site", "site"),
        ("extrahepatic_disease", "node"),
    ):
        assert word in shown(case, name)["unknown"]


def test_the_site_of_a_secondary_tumour_may_stand_beside_its_code(load, write):
    liver = {"bodySite": [write.concept(write.SCT, "10200004")]}
    case = load(write.patient(), write.condition("128462008", write.SCT, **liver))
    assert shown(case, "liver_metastases")["min"] == 1
    assert "unknown" in shown(load(write.patient(), write.condition("128462008", write.SCT)), "liver_metastases")


def test_histology_is_read_from_diagnosis_extension_and_observation(load, write):
    small = write.concept("http://terminology.hl7.org/CodeSystem/icd-o-3", "8041/3")
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    extended = write.condition("C7A.1", extension=[{"url": url, "valueCodeableConcept": small}])
    for resource in (extended, write.observation("31206-6", valueCodeableConcept=small)):
        case = load(write.patient(), resource)
        assert shown(case, "differentiation") == "poor"
        assert shown(case, "morphology") == "small_cell"


def test_unverified_codes_are_read_with_a_warning(load, write):
    case = load(write.patient(), write.quantity("777-3", 180, "10*9/L"))
    assert shown(case, "platelets") == {"value": 180, "unit": "10*9/L"}
    assert "fhir-unverified" in codes(case)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1961-11-20", {"value": 65, "unit": "years"}),
        ("1961-11-21", {"value": 64, "unit": "years"}),
        ("1961", {"min": 64, "max": 65, "unit": "years"}),
        ("1961-11", {"min": 64, "max": 65, "unit": "years"}),
        ("1961-03", {"value": 65, "unit": "years"}),
    ],
)
def test_age_in_completed_years(load, write, born, expected):
    assert shown(load(write.patient(birthDate=born), write.condition("C7A.012")), "age") == expected


@pytest.mark.parametrize("born", [None, "", "masked", "1850-01-01", "2027-01-01", "0000-01-01", 1961, ["1961"]])
def test_a_birth_date_that_cannot_be_leaves_the_age_unknown(load, write, born):
    case = load(write.patient(birthDate=born), write.condition("C7A.012"))
    assert "unknown" in shown(case, "age")
    assert any("facts.age" in (problem.place or "") for problem in case.issues)


def test_treatments_are_at_least_those(load, write):
    """Only what was given; a prescription is told and not counted; a code that says too little is told in words."""
    liver = {"bodySite": [write.concept(write.SCT, "10200004")]}
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"

    def drug(kind, status, code, **more):
        return {
            "resourceType": kind,
            "status": status,
            "medicationCodeableConcept": write.concept(rxnorm, code),
            **more,
        }

    def procedure(status, code, **more):
        return {"resourceType": "Procedure", "status": status, "code": write.concept(write.SCT, code), **more}

    case = load(
        write.patient(),
        procedure("completed", "879916008", performedDateTime="2025-01-02", **liver),
        procedure("completed", "879916008", performedDateTime="2025-02-02"),
        procedure("not-done", "233527006"),
        procedure("completed", "18027006", performedDateTime="2027-01-01"),
        drug("MedicationStatement", "active", "357977", effectiveDateTime="2026-01-01"),
        drug("MedicationStatement", "not-taken", "141704"),
        drug("MedicationStatement", "intended", "141704"),
        drug("MedicationRequest", "completed", "141704", authoredOn="2025-05-05"),
    )
    assert shown(case, "prior_treatments") == {"at_least": ["ablation.radiofrequency", "systemic.sunitinib"]}
    told = [entry["what"].typed for entry in case.records["treatments"]]
    assert told == [
        "ablation.radiofrequency", "radiofrequency ablation (site not given as liver)", "systemic.sunitinib",
        "Everolimus, prescribed",
    ]  # fmt: skip
    assert "fhir-prescription" in codes(case)


def test_a_drug_may_be_named_by_reference(load, write):
    medication = {"resourceType": "Medication", "id": "m",
                  "code": write.concept("http://www.nlm.nih.gov/research/umls/rxnorm", "357977")}  # fmt: skip
    given = {"resourceType": "MedicationAdministration", "status": "completed", "effectiveDateTime": "2026-01-01",
             "medicationReference": {"reference": "Medication/m"}}  # fmt: skip
    assert shown(load(write.patient(), medication, given), "prior_treatments") == {"at_least": ["systemic.sunitinib"]}


def test_statements_on_another_patient_are_not_read(load, write):
    """Wrong patient is a hazard; the statement is listed."""
    other = write.quantity("1975-2", 9.0, "mg/dL", subject={"reference": "Patient/other"})
    mine = write.quantity(
        "2160-0", 1.0, "mg/dL", subject={"reference": "https://example.org/fhir/Patient/p/_history/3"}
    )
    case = load(write.patient(), other, mine)
    assert "another patient" in shown(case, "bilirubin")["unknown"]
    assert shown(case, "creatinine") == {"value": 1, "unit": "mg/dL"}
    assert "fhir-other-patient" in codes(case)


@pytest.mark.parametrize(
    "bundle",
    [
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": []},
        {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1"}, 7, None]},
        {"resourceType": "Bundle", "entry": {"resource": {}}},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": name}} for name in "ab"]},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}] * 2},
    ],
    ids=str,
)
def test_a_bundle_that_is_not_one_patient_is_refused_in_one_sentence(load, bundle):
    with pytest.raises(Problems) as caught:
        load(bundle)
    assert [problem.code for problem in caught.value.problems] == ["not-one-patient"]


def test_statements_of_two_patients_without_a_patient_are_refused(load, write):
    two = [write.quantity("1975-2", 9.0, "mg/dL", subject={"reference": f"Patient/{name}"}) for name in "ab"]
    with pytest.raises(Problems):
        load(*two)


def test_without_as_of_the_latest_day_stated_is_taken_and_said(load, write):
    """There is no clock; what is planned or in error sets no day."""
    case = load(
        write.patient(), write.quantity("1975-2", 1.0, "mg/dL", "2026-05-05"),
        write.quantity("1975-2", 1.0, "mg/dL", "2026-07-07", status="entered-in-error"),
        {"resourceType": "Procedure", "status": "preparation", "performedDateTime": "2027-01-01"},
        as_of=None,
    )  # fmt: skip
    assert str(case.as_of) == "2026-05-05"
    assert case.issues[0].code == "fhir-as-of"
    assert case.warnings[0] is case.issues[0]
    exported = load(write.bundle(write.patient(), timestamp="2026-06-01T10:00:00Z"), as_of=None)
    assert str(exported.as_of) == "2026-06-01"


def test_without_any_day_the_remedy_is_named(load, write):
    with pytest.raises(Problems) as caught:
        load(write.patient(), as_of=None)
    assert "--as-of" in str(caught.value)


def test_the_id_is_nobodys(load, write):
    """The same file has the same id, another file another."""
    first, again = load(write.patient(id="MRN-4711")), load(write.patient(id="MRN-4711"))
    assert first.id == again.id
    assert first.id.startswith("fhir-")
    assert len(first.id) == 17
    assert load(write.patient(id="MRN-4712")).id != first.id


def test_the_mapping_tables_fit_the_dictionary_and_agree_with_its_codes():
    """A code stands in the dictionary with the same status as in the tables."""
    tables, dictionary = load_code_tables(), load_dictionary()
    words = {"verified": "V", "third-party": "T", "unverified": "U"}
    names = {"ICD-10-CM": "icd-10-cm", "SNOMED CT": "sct", "LOINC": "loinc", "ICD-O-3": "icd-o-3"}
    checked = 0
    for fact in dictionary.facts.values():
        for code in fact.codes:
            if code.system in names:
                rows = [
                    row for table in tables.tables.values() for row in table.get((names[code.system], code.code), ())
                ]
                assert rows, (fact.name, code.code)
                assert {row.status for row in rows} == {words[code.status]}, (fact.name, code.code)
                checked += 1
    assert checked > 30
    options = {row.what for rows in tables.tables["treatments"].values() for row in rows if "." in row.what}
    assert options <= set(dictionary.options)


def test_a_version_taken_back_or_deleted_states_nothing(load, write):
    """A history holds all versions; the last word counts, and differing ones of a day are a conflict."""
    first = write.quantity("1975-2", 1.0, "mg/dL", id="a")
    creatinine = write.quantity("2160-0", 1.0, "mg/dL")
    taken_back = load(write.patient(), creatinine, first, {**first, "status": "entered-in-error"})
    assert "entered-in-error" in shown(taken_back, "bilirubin")["unknown"]
    bundle = write.bundle(write.patient(), creatinine, first)
    bundle["entry"].append({"request": {"method": "DELETE", "url": "Observation/a"}})
    assert "bilirubin" not in load(bundle).facts.entered
    again = write.quantity("1975-2", 2.0, "mg/dL", id="a")
    assert "conflicting" in shown(load(write.patient(), first, again), "bilirubin")["unknown"]
    assert shown(load(write.patient(), first, first), "bilirubin") == {"value": 1, "unit": "mg/dL"}


def test_a_finding_on_a_relative_or_donor_is_not_the_patients(load, write):
    donor = {"focus": [{"reference": "RelatedPerson/donor"}]}
    case = load(write.patient(), write.quantity("1975-2", 1.0, "mg/dL", **donor))
    assert "another patient" in shown(case, "bilirubin")["unknown"]
    own = {"focus": [{"reference": "Condition/c"}], "subject": {"reference": "Patient/p"}}
    assert shown(load(write.patient(), write.quantity("1975-2", 1.0, "mg/dL", **own)), "bilirubin")["value"] == 1


@pytest.mark.parametrize("said", [{"taken": "n"}, {"wasNotTaken": True}, {"notGiven": True}, {"doNotPerform": True}])
def test_what_earlier_versions_of_the_standard_call_not_given_is_not_given(load, write, said):
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    drug = {"resourceType": "MedicationStatement", "status": "completed",
            "medicationCodeableConcept": write.concept(rxnorm, "141704"), **said}  # fmt: skip
    case = load(write.patient(), drug)
    assert "prior_treatments" not in case.facts.listed
    assert "fhir-not-counted" in codes(case)


def test_a_refuted_diagnosis_sets_no_day(load, write):
    refuted = write.condition("C78.7", recordedDate="2030-01-01", verificationStatus=write.concept("x", "refuted"))
    assert str(load(write.patient(), write.condition("C7A.012"), refuted, as_of=None).as_of) == "2026-09-01"


def test_very_many_values_are_told_in_a_few_words(load, write):
    case = load(write.patient(), *(write.quantity("1975-2", number / 100, "mg/dL") for number in range(500)))
    assert len(shown(case, "bilirubin")["unknown"]) < 400
    assert all(len(str(problem)) < 800 for problem in case.issues)


def test_a_metastasis_of_another_primary_is_not_read(load, write):
    """Where the bundle holds both primaries and says which one it comes from."""
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-primary-cancer-condition"

    def liver(primary):
        return write.condition(
            "C78.7", extension=[{"url": url, "valueReference": {"reference": f"Condition/{primary}"}}]
        )

    primaries = (write.condition("C7A.012", id="net"), write.condition("C50.9", id="other"))
    assert shown(load(write.patient(), *primaries, liver("net")), "liver_metastases")["min"] == 1
    other = shown(load(write.patient(), *primaries, liver("other")), "liver_metastases")
    assert "another primary" in other["unknown"]


def test_one_code_of_two_treatments_is_neither(load, write):
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    both = {"coding": [{"system": rxnorm, "code": code} for code in ("141704", "357977")]}
    drug = {"resourceType": "MedicationStatement", "status": "completed", "medicationCodeableConcept": both}
    case = load(write.patient(), write.condition("C7A.012"), drug)
    assert "prior_treatments" not in case.facts.listed
    assert "fhir-not-counted" in codes(case)


@pytest.mark.parametrize(
    "row",
    [
        "{system: loinc, code: '1', says: {primary_site: moon}, status: V}",
        "{system: loinc, code: '1', says: {primary_sight: ileum}, status: V}",
        "{system: loinc, code: '1', says: {extrahepatic_sites: {at_least: [moon]}}, status: V}",
        "{system: loinc, code: '1', fact: ki76, status: V}",
        "{system: loinc, code: '1', fact: disease_state, value: better, status: V}",
        "{system: loinc, code: '1', what: systemic.nothing, status: V}",
        "{system: lionc, code: '1', fact: ki67, status: V}",
        "{system: loinc, code: '1', fact: ki67, status: verified}",
        "{system: loinc, code: '1', fact: ki67, status: V, display: licensed words}",
    ],
)
def test_a_row_that_does_not_fit_the_dictionary_is_refused_when_it_is_read(row):
    tables = load_code_tables()
    with pytest.raises(Problems):
        _row(Record(parse_text(row, "codes.yaml"), "codes.yaml"), load_dictionary(), tables.systems)

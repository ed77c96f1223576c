"""What a bundle says in a way that may not mean it: taken back, of somebody else, of another tumour, in conflict."""

from __future__ import annotations

import pytest

from netlm.errors import Problems

VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
LOCAL = "http://hospital.example/status"


def is_unknown(case, name):
    return case.facts.value(name) == case.facts.dictionary.facts[name].type.everything


@pytest.mark.parametrize(
    "status",
    [
        {"coding": [{"code": "refuted"}]},
        {"coding": [{"system": LOCAL, "code": "R"}, {"system": VERIFICATION, "code": "refuted"}]},
        {"text": "refuted"},
        {"coding": [{"system": VERIFICATION, "code": "Refuted"}]},
        {"coding": [{"code": "entered-in-error"}]},
        {"coding": [{"system": LOCAL, "code": "17"}]},
        {},
    ],
)
@pytest.mark.parametrize(("code", "fact"), [("C7B.02", "liver_metastases"), ("E34.01", "carcinoid_heart_disease")])
def test_only_a_diagnosis_that_is_confirmed_or_says_nothing_of_it_is_believed(load, write, status, code, fact):
    case = load(write.patient(), write.condition(code) | {"verificationStatus": status})
    assert is_unknown(case, fact)
    assert case.issues


def test_a_masked_verification_status_is_not_believed(load, write):
    condition = write.condition("C7B.02")
    condition.pop("verificationStatus", None)
    case = load(write.patient(), condition | {"_verificationStatus": {"extension": [{"url": "masked"}]}})
    assert is_unknown(case, "liver_metastases")


@pytest.mark.parametrize(
    "clinical",
    [{"coding": [{"code": "resolved"}]}, {"coding": [{"system": LOCAL, "code": "x"}, {"code": "resolved"}]},
     {"coding": [{"system": LOCAL, "code": "x"}]}, {"text": "Resolved"}],
)  # fmt: skip
def test_a_diagnosis_that_is_over_or_of_which_that_cannot_be_told_is_not_counted(load, write, clinical):
    case = load(write.patient(), write.condition("E34.01") | {"clinicalStatus": clinical})
    assert is_unknown(case, "carcinoid_heart_disease")


SOMEBODY_ELSE = [
    {"identifier": {"value": "OTHER"}, "type": "Patient"},
    {"display": "Otto Other"},
    "Patient/zz",
    [{"reference": "Patient/zz"}],
    {"reference": "https://other.example/fhir/Patient/p"},
    {"reference": "RelatedPerson/p"},
    {"reference": "Group/p"},
]


@pytest.mark.parametrize("subject", SOMEBODY_ELSE)
def test_whoever_cannot_be_told_to_be_the_patient_is_another(load, write, subject):
    patient = write.patient() | {"id": "p"}
    whole = write.bundle(patient, write.quantity("1975-2", 90, "umol/L") | {"subject": subject})
    whole["entry"][0]["fullUrl"] = "https://here.example/fhir/Patient/p"
    case = load(whole)
    assert is_unknown(case, "bilirubin")
    assert "fhir-other-patient" in {problem.code for problem in case.issues}
    assert not any("Otto" in str(problem) for problem in case.issues)


def test_a_subject_by_an_identifier_of_the_patient_is_the_patient(load, write):
    patient = write.patient() | {"identifier": [{"system": "urn:mrn", "value": "77"}]}
    value = write.quantity("1975-2", 12, "umol/L") | {"subject": {"identifier": {"system": "urn:mrn", "value": "77"}}}
    assert not is_unknown(load(patient, value), "bilirubin")


@pytest.mark.parametrize("focus", ["Patient/donor/_history/1", "RelatedPerson/mother"])
def test_a_finding_on_a_donor_or_a_relative_is_not_the_patients(load, write, focus):
    value = write.quantity("1975-2", 90, "umol/L") | {"focus": [{"reference": focus}]}
    assert is_unknown(load(write.patient(), value), "bilirubin")


def test_patients_of_two_servers_with_one_id_are_two(load, write):
    whole = write.bundle(write.patient() | {"id": "1"}, write.patient() | {"id": "1", "gender": "male"})
    for entry, server in zip(whole["entry"], "ab", strict=True):
        entry["fullUrl"] = f"https://{server}.example/fhir/Patient/1"
    with pytest.raises(Problems, match="2 patients"):
        load(whole)


def test_versions_of_the_patient_that_differ_leave_age_and_sex_unknown(load, write):
    one = write.patient() | {"id": "1", "birthDate": "1950-01-01", "gender": "male"}
    case = load(one, one | {"birthDate": "1960-01-01", "gender": "female"})
    assert is_unknown(case, "age")
    assert is_unknown(case, "sex")


def test_the_histology_of_a_second_tumour_is_not_that_of_the_neuroendocrine_one(load, write):
    second = write.condition("C34.1") | {
        "id": "second",
        "extension": [{
            "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
            "valueCodeableConcept": write.concept("http://terminology.hl7.org/CodeSystem/icd-o-3", "8041/3"),
        }],
    }  # fmt: skip
    case = load(write.patient(), write.condition("C7A.012"), second)
    assert is_unknown(case, "differentiation")


def test_a_finding_on_another_tumour_is_set_aside(load, write):
    breast = write.condition("C50.9") | {"id": "breast"}
    ki67 = write.quantity("29593-1", 40, "%") | {"focus": [{"reference": "Condition/breast"}]}
    state = write.observation("97509-4", valueCodeableConcept=write.concept(write.SCT, "271299001"))
    case = load(write.patient(), write.condition("C7A.012"), breast, ki67, state | {"focus": ki67["focus"]})
    assert is_unknown(case, "ki67")
    assert is_unknown(case, "disease_state")


EXTRA = "netlm: case/1\nas_of: 2026-11-20\nfacts:\n"


def test_an_added_value_does_not_settle_a_conflict_without_saying_why(load, write):
    values = [write.quantity("1975-2", number, "umol/L") for number in (20, 30)]
    case = load(write.patient(), *values, extra=f"{EXTRA}  bilirubin: 3 mg/dL\n")
    assert is_unknown(case, "bilirubin")
    settled = load(
        write.patient(), *values, extra=f"{EXTRA}  bilirubin: 3 mg/dL\noverrides: {{bilirubin: measured again}}\n"
    )
    assert settled.facts.is_known("bilirubin")


def test_a_treatment_of_the_bundle_is_never_lost_beside_an_added_list(load, write):
    given = {
        "resourceType": "MedicationStatement", "status": "completed", "effectivePeriod": {"start": "2024-01"},
        "medicationCodeableConcept": write.concept("http://www.nlm.nih.gov/research/umls/rxnorm", "2555"),
    }  # fmt: skip
    case = load(write.patient(), given, extra=f"{EXTRA}  treatments: [{{what: systemic.everolimus}}]\n")
    assert case.records["treatments"][0]["what"].typed == "systemic.everolimus"
    assert len(case.records["treatments"]) == 2
    assert not case.facts.value("prior_treatments").is_known


def test_what_is_passed_over_as_a_whole_is_told(load, write):
    inner = write.bundle(write.quantity("1975-2", 90, "umol/L"))
    report = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "scan"}}
    whole = write.bundle(write.patient(), inner, report, write.quantity("1975-2", 12, "umol/L"))
    whole["entry"].append("nothing")
    told = " ".join(str(problem) for problem in load(whole).issues)
    assert "a Bundle inside the Bundle" in told
    assert "a report as a whole" in told
    assert "an entry without a resource" in told


def test_the_later_of_two_moments_is_told_by_the_clock_of_the_world(load, write):
    first = write.quantity("1975-2", 20, "umol/L") | {"effectiveDateTime": "2026-10-28T23:50:00Z"}
    older = write.quantity("1975-2", 90, "umol/L") | {"effectiveDateTime": "2026-10-29T00:10:00+02:00"}
    assert is_unknown(load(write.patient(), first, older), "bilirubin")


def test_an_extension_deep_inside_that_changes_the_meaning_is_heeded(load, write):
    value = write.quantity("1975-2", 90, "umol/L")
    value["valueQuantity"] |= {"modifierExtension": [{"url": "http://x.example/not", "valueBoolean": True}]}
    assert is_unknown(load(write.patient(), value), "bilirubin")


def test_a_result_without_a_date_is_told_as_such(load, write):
    case = load(write.patient(), write.quantity("1975-2", 90, "umol/L", None))
    assert "a result without a date" in " ".join(str(problem) for problem in case.issues)


def test_a_proposal_is_not_called_a_prescription(load, write):
    order = {
        "resourceType": "MedicationRequest", "status": "active", "intent": "proposal", "authoredOn": "2026-10-01",
        "medicationCodeableConcept": write.concept("http://www.nlm.nih.gov/research/umls/rxnorm", "357977"),
    }  # fmt: skip
    case = load(write.patient(), order)
    assert [entry["what"].typed for entry in case.records["treatments"]] == ["Sunitinib, proposed"]

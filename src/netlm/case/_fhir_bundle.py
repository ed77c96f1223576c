"""A FHIR R4 bundle as hospitals export it: its resources, whose they are, and what in it could not be read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..errors import Problem, Problems
from ._fhir_elements import Resource, codings, members, reference_key, status_code, status_words, when_of

__all__ = [
    "AS_OF",
    "COUNTING",
    "DATES",
    "NOT_BELIEVED",
    "OTHER_PATIENT",
    "Bundle",
    "Issues",
    "parse_bundle",
    "read_bundle",
]

COUNTING = {
    "Observation": ("final", "amended", "corrected"),
    "Procedure": ("completed",),
    "MedicationStatement": ("active", "completed", "stopped", "on-hold"),
    "MedicationAdministration": ("in-progress", "completed", "stopped", "on-hold"),
    "MedicationRequest": ("active", "completed", "stopped", "on-hold"),
}
"""The statuses in which a resource states something that has happened."""
NOT_BELIEVED = frozenset(
    {"refuted", "entered-in-error", "entered in error", "unconfirmed", "provisional", "differential"}
)
"""The verification statuses in which a diagnosis states nothing."""
DATES = {
    "Observation": ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued"),
    "Condition": ("recordedDate", "onsetDateTime", "onsetPeriod"),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationRequest": ("authoredOn",),
    "Composition": ("date",),
}
"""Where each kind of resource says when; the first that is there counts."""
NAMED_PLACES = 6
MOST_VERSIONS = 50
BEGINNING = 1000
AS_OF = "as_of"
OWN_DOCUMENT = "document.dossier"
OTHER_PATIENT = "a statement that names another patient"


@dataclass
class Issues:
    """What could not be read, each kind of it once, with all the places where it was found."""

    file: str
    found: dict[tuple[str, str, str, str, str | None], list[Resource]] = field(default_factory=dict)

    def add(
        self, resource: Resource | None, found: str, expected: str, remedy: str, code: str, place: str | None = None
    ) -> None:
        """Keep one; ``place`` is a key of the case file."""
        kept = self.found.setdefault((found, expected, remedy, code, place), [])
        if resource is not None:
            kept.append(resource)

    def problems(self) -> tuple[Problem, ...]:
        """One problem for each kind, that of the day first: ages and staleness hang on it."""
        found = sorted(self.found.items(), key=lambda item: item[0][4] != AS_OF)
        return tuple(
            Problem(found, expected, remedy, code, file=self.file, place=_places(resources, place))
            for (found, expected, remedy, code, place), resources in found
        )


def _places(resources: Iterable[Resource], place: str | None) -> str | None:
    kinds: dict[str, list[int]] = {}
    for resource in resources:
        kinds.setdefault(resource.label.partition(",")[0], []).append(resource.number)
    said = []
    for kind, numbers in kinds.items():
        named = ", ".join(map(str, numbers[:NAMED_PLACES]))
        more = f" and {len(numbers) - NAMED_PLACES} more" if len(numbers) > NAMED_PLACES else ""
        said.append(f"{kind}, {'entry' if len(numbers) == 1 else 'entries'} {named}{more}")
    return "; ".join([*([place] if place else []), *said]) or None


@dataclass(frozen=True)
class Bundle:
    """The resources that speak of the patient, the patient, and the latest day that any of them states.

    ``foreign`` are those that name somebody else; ``by_key`` finds a resource by what references say.
    """

    resources: tuple[Resource, ...]
    foreign: tuple[Resource, ...]
    patient: dict[str, Any]
    latest: datetime.date | None
    by_key: dict[str, Resource]

    def resolve(self, content: object) -> Resource | None:
        """The resource that a reference names, where it is in the bundle."""
        key = reference_key(content)
        return self.by_key.get(key) if key else None


def parse_bundle(content: bytes, file: str) -> dict[str, Any] | None:
    """The bundle in ``content``; None where it is no FHIR but perhaps a case file.

    Raises ``Problems`` for FHIR that is no bundle and for damaged JSON.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") and b"http://hl7.org/fhir" in text[:BEGINNING]:
        raise _unusable(file, "FHIR as XML", "FHIR as JSON", "Export it as JSON.")
    if not text.startswith(b"{") or b'"resourceType"' not in text:
        return None
    try:
        read: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        problem = Problem(
            "FHIR that is not JSON", "JSON as the FHIR standard has it", "Export it again.", "not-json", file=file,
            line=error.lineno, column=error.colno,
        )  # fmt: skip
        raise Problems([problem], file) from None
    if "netlm" in read:
        return None
    if read.get("resourceType") != "Bundle":
        raise _unusable(file, "FHIR that is no Bundle", "a Bundle of one patient's resources")
    return read


def _unusable(file: str, found: str, expected: str, remedy: str = "Export one patient as one Bundle.") -> Problems:
    return Problems([Problem(found, expected, remedy, "not-one-patient", file=file)], file)


def read_bundle(content: dict[str, Any], issues: Issues) -> Bundle:
    """The bundle, one patient's.

    Raises ``Problems`` where it speaks of several patients, or of nobody.
    """
    entries: object = content.get("entry")
    everything = [
        Resource(
            kind if isinstance(kind := inner.get("resourceType"), str) else "",
            number,
            inner,
            _address(entry),
            _url(entry),
        )
        for number, entry in enumerate(entries if isinstance(entries, list) else (), 1)
        if isinstance(entry, dict) and isinstance(inner := entry.get("resource"), dict)
    ]
    _tell_unread(entries, everything, issues)
    everything = _current(everything, content)
    if not everything:
        raise _unusable(issues.file, "a Bundle without a resource", "a Bundle of one patient's resources")
    if any(_is_what_if(resource) for resource in everything):
        problem = Problem(
            "a what-if", "the document of a case as written",
            "A what-if never becomes a case. If the finding is true, write it into the case file.", "what-if",
            file=issues.file,
        )  # fmt: skip
        raise Problems([problem], issues.file)
    patients = [resource for resource in everything if resource.kind == "Patient"]
    if len({_identity(patient) for patient in patients}) > 1:
        raise _unusable(issues.file, f"{len(patients)} patients in one Bundle", "one patient")
    by_key = {key: resource for resource in everything for key in (_own_key(resource), resource.address) if key}
    mine, foreign = _of_patient(everything, patients, by_key, issues)
    return Bundle(tuple(mine), tuple(foreign), _one_patient(patients, issues), _latest(content, mine), by_key)


def _tell_unread(entries: object, resources: list[Resource], issues: Issues) -> None:
    """Tell of what is passed over as a whole, so that nobody takes it as read."""
    for entry in entries if isinstance(entries, list) else ():
        whole = isinstance(entry, dict) and (isinstance(entry.get("resource"), dict) or "request" in entry)
        if not whole:
            issues.add(None, "an entry without a resource", "a resource in every entry", *_PASSED_OVER)
    for resource in resources:
        if resource.kind in _NOT_READ:
            issues.add(resource, _NOT_READ[resource.kind], "plain entries", *_PASSED_OVER)
        elif resource.kind in DATES and resource.content.get("contained"):
            issues.add(resource, "a resource inside another", "plain entries", *_PASSED_OVER)


def _one_patient(patients: list[Resource], issues: Issues) -> dict[str, Any]:
    """The patient; what versions of the Patient say differently is as good as not there."""
    if not patients:
        return {}
    patient = dict(patients[0].content)
    for name in ("birthDate", "gender"):
        if any(other.content.get(name) != patient.get(name) for other in patients):
            patient[name] = "versions differ"
            issues.add(
                patients[0], "versions of the Patient that differ", "one version",
                "Enter age and sex in the --with file.", "fhir-unread",
            )  # fmt: skip
    return patient


def _current(resources: list[Resource], content: dict[str, Any]) -> list[Resource]:
    """Each resource once, and of one that was deleted or taken back in any of its versions only that version.

    Versions that differ otherwise all stand: where they state different values of one day, that is a conflict.
    """
    deleted: set[tuple[str, ...]] = {
        tuple(str(request.get("url")).split("/")[-2:])
        for entry in members(content.get("entry"))
        for request in members(entry.get("request", []))
        if request.get("method") == "DELETE"
    }
    versions: dict[tuple[str, tuple[str, str]], list[Resource]] = {}
    for resource in resources:
        kept = versions.setdefault((resource.kind, _identity(resource)), [])
        if all(resource.content != one.content for one in kept[:MOST_VERSIONS]):
            kept.append(resource)
    current = []
    for (kind, (_, own)), kept in versions.items():
        taken_back = [one for one in kept if _is_taken_back(one)]
        current += [] if (kind, own) in deleted else taken_back[:1] or kept
    return sorted(current, key=lambda resource: resource.number)


def _is_what_if(resource: Resource) -> bool:
    """Whether this is this project's own document of a what-if."""
    own = any(code == OWN_DOCUMENT for _, code in codings(resource.content.get("type")))
    return resource.kind == "Composition" and own and resource.content.get("status") == "preliminary"


def _is_taken_back(resource: Resource) -> bool:
    statuses = (resource.content.get(name) for name in ("status", "verificationStatus"))
    return any("entered-in-error" in status_words(status) for status in statuses)


def _address(entry: dict[str, Any]) -> str:
    return reference_key({"reference": entry.get("fullUrl")}) or ""


def _url(entry: dict[str, Any]) -> str:
    full = entry.get("fullUrl")
    return full.partition("/_history")[0] if isinstance(full, str) else ""


def _identity(resource: Resource) -> tuple[str, str]:
    """The server that a resource is of, where its address is one, and its id there; else its address, or its place."""
    own = resource.content.get("id")
    on_server = resource.url.startswith("http")
    if isinstance(own, str) and own:
        return (resource.url.rpartition(f"/{resource.kind}/")[0] if on_server else "", own)
    return ("", resource.url or f"entry {resource.number}")


def _own_key(resource: Resource) -> str | None:
    own = resource.content.get("id")
    return own if isinstance(own, str) and own else resource.address or None


def _of_patient(
    everything: list[Resource], patients: list[Resource], by_key: dict[str, Resource], issues: Issues
) -> tuple[list[Resource], list[Resource]]:
    """The resources that speak of the patient, and those that name another, which are told and left aside."""
    stating = [resource for resource in everything if resource.kind in DATES]
    if not patients:
        named = {reference_key(one) or "" for resource in stating for one in _subjects(resource)}
        if len(named) > 1:
            raise _unusable(issues.file, f"{len(named)} patients in one Bundle", "one patient")
    about = {resource.number: _is_about(resource, patients, by_key) for resource in stating}
    mine = [resource for resource in stating if about[resource.number]]
    foreign = [resource for resource in stating if not about[resource.number]]
    for resource in foreign:
        issues.add(
            resource, OTHER_PATIENT, "statements on the patient of the Bundle",
            "It is not read; check whose it is.", "fhir-other-patient",
        )  # fmt: skip
    if patients and any(patient.content.get(name) for patient in patients for name in _DECEASED):
        issues.add(
            patients[0], "a patient recorded as deceased", "a living patient", "Check the record.", "fhir-deceased"
        )
    return mine, foreign


_DECEASED = ("deceasedBoolean", "deceasedDateTime")
_PERSONS = ("Patient", "RelatedPerson", "Person", "Group", "Practitioner")
_NOT_READ = {"Bundle": "a Bundle inside the Bundle", "DiagnosticReport": "a report as a whole"}
_PASSED_OVER = ("It is not read; enter what matters of it in the --with file.", "fhir-not-read")


def _subjects(resource: Resource) -> list[object]:
    """The subject, where there is one."""
    found = (resource.content.get(name) for name in ("subject", "patient"))
    return [one for one in found if one is not None]


def _is_about(resource: Resource, patients: list[Resource], by_key: dict[str, Resource]) -> bool:
    """Whether it speaks of the patient: whoever it names as subject, or as focus (a donor, a relative), is the patient.

    Who is named and cannot be told to be the patient is another; only a subject left out is taken as the patient.
    """
    persons = [focus for focus in members(resource.content.get("focus", [])) if _is_person(focus, by_key)]
    if not patients:
        return not persons
    return all(_is_patient(one, patients) for one in (*_subjects(resource), *persons))


def _kind_named(reference: dict[str, Any]) -> str:
    """The type of the resource that a reference names, where it says so."""
    text = str(reference.get("reference") or "").partition("/_history")[0]
    kind = text.split("/")[-2] if "/" in text else ""
    return kind or str(reference.get("type") or "")


def _is_person(reference: dict[str, Any], by_key: dict[str, Resource]) -> bool:
    found = by_key.get(reference_key(reference) or "")
    return (found.kind if found else _kind_named(reference)) in _PERSONS


def _is_patient(reference: object, patients: list[Resource]) -> bool:
    """Whether a reference names the patient of the bundle."""
    if not isinstance(reference, dict):
        return False
    text = reference.get("reference")
    if not isinstance(text, str) or not text:
        wanted = reference.get("identifier")
        known = [one for patient in patients for one in members(patient.content.get("identifier", []))]
        return isinstance(wanted, dict) and any(_same_identifier(wanted, one) for one in known)
    if _kind_named(reference) not in ("", "Patient") or text.startswith("#"):
        return False
    address, key = text.partition("/_history")[0], reference_key(reference)
    return any(
        key in (_own_key(patient), patient.address)
        and not (address.startswith("http") and patient.url.startswith("http") and address != patient.url)
        for patient in patients
    )


def _same_identifier(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same = one.get("value") is not None and one.get("value") == other.get("value")
    return same and (one.get("system") or other.get("system")) == (other.get("system") or one.get("system"))


def _latest(content: dict[str, Any], resources: list[Resource]) -> datetime.date | None:
    """The latest day stated: when the Bundle was put together, or a finding made, or a treatment begun."""
    days = []
    for kind, inner in [("", content), *((resource.kind, resource.content) for resource in resources)]:
        counting = COUNTING.get(kind)
        if counting and status_code(inner.get("status")) not in counting:
            continue
        if status_words(inner.get("verificationStatus")) & NOT_BELIEVED:
            continue
        names = DATES.get(kind, ("timestamp",))
        try:
            when = when_of(_begun(inner, kind), *names)
        except ValueError:
            continue
        if when is not None:
            days.append(when.first)
    return max(days, default=None)


def _begun(content: dict[str, Any], kind: str) -> dict[str, Any]:
    """A treatment counts from its start: its end may be a plan."""
    if kind == "Observation":
        return content
    return {
        name: value.get("start") if name.endswith("Period") and isinstance(value, dict) else value
        for name, value in content.items()
    }

"""The treatments that a bundle records: procedures done and drugs given. There may have been others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..files import Mapping, Node, Scalar, Sequence
from ._fhir_bundle import COUNTING
from ._fhir_elements import Resource, members, status_code, when_of
from ._fhir_facts import UNMAPPED, Collector
from ._fhir_table import CodeRow

__all__ = ["treatments"]

_CODES = {
    "Procedure": ("code",),
    "MedicationStatement": ("medicationCodeableConcept",),
    "MedicationAdministration": ("medicationCodeableConcept",),
    "MedicationRequest": ("medicationCodeableConcept",),
}
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NOT_DONE = ("doNotPerform", "notDone", "notPerformed", "notGiven", "wasNotTaken", "wasNotGiven")
"""How this and earlier versions of the standard say that something was not done."""
ORDER = "MedicationRequest"


def treatments(collector: Collector) -> Node | None:
    """The list as it stands in a case file; None where nothing is mapped.

    A prescription does not show that the drug was given: it is told in words and counts as no treatment.
    """
    entries: dict[Mapping, None] = {}
    for resource in collector.bundle.resources:
        if resource.kind in _CODES:
            entries |= dict.fromkeys(_given(collector, resource))
        elif resource.kind == "Condition":
            entries |= dict.fromkeys(_status(collector, resource))
    return Mapping(((Scalar("at_least"), Sequence(tuple(entries))),)) if entries else None


def _given(collector: Collector, resource: Resource) -> Iterator[Mapping]:
    content = resource.content
    concepts: list[object] = [content.get(name) for name in _CODES[resource.kind]]
    named = collector.bundle.resolve(content.get("medicationReference"))
    if named is not None and named.kind == "Medication":
        concepts.append(named.content.get("code"))
    rows = collector.tables.rows("treatments", collector.named(*concepts))
    if not rows:
        collector.issues.add(resource, *UNMAPPED, "fhir-unmapped")
        return
    begun, ended, why = _dates(resource)
    status = status_code(content.get("status"))
    if status not in COUNTING[resource.kind]:
        why = "no treatment that was given, by its status"
    elif resource.has_modifier():
        why = "an extension that changes the meaning"
    elif any(content.get(name) for name in _NOT_DONE) or content.get("taken") in ("n", "unk", "na"):
        why = "a treatment recorded as not given"
    elif begun is not None and begun > collector.as_of.isoformat()[: len(begun)]:
        why = "a treatment from after as_of"
    options = {row.what for row in rows if row.what in collector.dictionary.options}
    if len(options) > 1:
        why = "codes that contradict each other"
    if why:
        collector.aside(resource, [], why, "a treatment given")
        return
    if ended is not None and ended > collector.as_of.isoformat()[: len(ended)]:
        ended = None
    row = next((row for row in rows if row.what in options), rows[0])
    collector.unverified(resource, row)
    yield _entry(_what(collector, resource, row), begun, ended, resource)


def _what(collector: Collector, resource: Resource, row: CodeRow) -> str:
    """The option, or words where the record does not say enough for one."""
    sites = collector.tables.rows("body_sites", collector.named(*members(resource.content.get("bodySite", []))))
    what = row.otherwise if row.liver and not any(site.site == "liver" for site in sites) else row.what
    if resource.kind != ORDER:
        return what
    option = collector.dictionary.options.get(what)
    collector.issues.add(
        resource, "a prescription", "a record that the drug was given",
        "It is told and not counted as given; enter the treatment in the --with file.", "fhir-prescription",
    )  # fmt: skip
    proposed = resource.content.get("intent") in ("proposal", "plan", "option")
    return f"{option.short if option else what}, {'proposed' if proposed else 'prescribed'}"


def _status(collector: Collector, resource: Resource) -> Iterator[Mapping]:
    """A diagnosis that speaks of a treatment (a transplanted liver)."""
    rows = collector.tables.rows("treatments", collector.named(resource.content.get("code")))
    for row in rows if rows and collector.present(resource) else ():
        yield _entry(row.what, None, None, resource)


def _dates(resource: Resource) -> tuple[str | None, str | None, str]:
    """Start and end as dates of a case file, and why they cannot be read."""
    content = resource.content
    try:
        for name in ("performedPeriod", "effectivePeriod"):
            period = content.get(name)
            if isinstance(period, dict):
                return _date(period, "start"), _date(period, "end"), ""
        for name in ("performedDateTime", "effectiveDateTime", "authoredOn"):
            if content.get(name) is not None:
                day = _date(content, name)
                return day, day if resource.kind == "Procedure" else None, ""
    except ValueError:
        return None, None, "a date that is none"
    return None, None, ""


def _date(content: dict[str, object], name: str) -> str | None:
    if content.get(name) is None or when_of(content, name) is None:
        return None
    match = _DATE.match(str(content[name]))
    return match[0] if match else None


def _entry(what: str, begun: str | None, ended: str | None, resource: Resource) -> Mapping:
    told = Mapping(((Scalar("value"), Scalar(what)), (Scalar("source"), Scalar(resource.label))))
    dates = tuple((Scalar(name), Scalar(day)) for name, day in (("from", begun), ("to", ended)) if day)
    return Mapping(((Scalar("what"), told), *dates))

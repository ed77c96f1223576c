"""The dossier as a FHIR R4 document: one Bundle that a hospital's record can take in, and that reads back as a case."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from .. import __version__
from ..decision import Decision
from ..values import Words
from ._fhir_facts import fact_resources
from ._fhir_options import option_resources
from ._fhir_parts import Parts, Resource, concept, narrative, plain
from ._fhir_plan import plan_resources
from ._names import SIGNS
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["document_bundle"]

_GENDERS = ("female", "male", "other")
Named = list[tuple[str, Resource]]


def document_bundle(dossier: Dossier, decision: Decision | None = None) -> Resource:
    """A Bundle of type document; with ``decision`` it holds a CarePlan.

    The patient is a placeholder without name, birth date or number. Nothing in it depends on a clock: its times are
    the day of the board, its identifiers come from the hash of the dossier (and of the decision).
    """
    seed = sha256(decision.to_json()).hexdigest() if decision is not None else ""
    parts = Parts(dossier, seed)
    facts, options = list(fact_resources(parts)), list(option_resources(parts))
    plan = list(plan_resources(parts, decision)) if decision is not None else []
    paper: Named = [("DocumentReference", _paper(parts))]
    sections = [
        _section("Facts", facts, parts, _told(parts)),
        _section("Options", options, parts, _verdicts(parts)),
        *([_section("Decision", plan, parts, ["What the board decided."])] if decision is not None else []),
        _section("Document", paper, parts, ["The dossier as a PDF."]),
    ]
    everything: Named = [("Composition", _composition(parts, sections))]
    everything += [("Patient", _patient(parts)), ("Device", _device()), *facts, *options, *plan, *paper]
    address = parts.address("Bundle")
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": address},
        "type": "document",
        "timestamp": f"{parts.day}T00:00:00Z",
        "entry": [{"fullUrl": parts.address(key), "resource": resource} for key, resource in everything],
    }


def _composition(parts: Parts, sections: list[Resource]) -> Resource:
    case = parts.dossier.case
    what_if = bool(case.what_if)
    title = f"Tumour board dossier for case {case.id}{', what-if' if what_if else ''}"
    return {
        "resourceType": "Composition",
        "text": narrative([title, Wording(parts.dossier).hedge()]),
        "status": "preliminary" if what_if else "final",
        "type": concept("Tumour board dossier", parts.value("document.dossier", "Tumour board dossier")),
        "subject": parts.patient,
        "date": parts.day,
        "author": [parts.reference("Device")],
        "title": title,
        "section": sections,
    }


def _section(title: str, resources: Named, parts: Parts, lines: Iterable[str]) -> Resource:
    entries = {"entry": [parts.reference(key) for key, _ in resources]} if resources else {}
    return {"title": title, "text": narrative(lines), **entries}


def _told(parts: Parts) -> list[str]:
    """What is told of the case and has no code: question, intent, what is new, priorities."""
    case = parts.dossier.case
    told = [f"{name.replace('_', ' ')}: {text}" for name, text in case.told.items()]
    checks = [f"check {f'{one.place}: ' if one.place else ''}{one.found}" for one in case.warnings]
    return [*told, f"{len(case.facts.entered)} facts recorded", *checks]


def _verdicts(parts: Parts) -> list[str]:
    say = Wording(parts.dossier)
    return [
        f"[{SIGNS[option.verdict]}] {say.names.option(name)}: {say.verdict(option.verdict)}"
        for name, option in parts.dossier.options.items()
    ]


def _patient(parts: Parts) -> Resource:
    """Somebody without a name."""
    sex = parts.dossier.case.facts.value("sex")
    word = sex.word if isinstance(sex, Words) else None
    return {"resourceType": "Patient", **({"gender": word} if word in _GENDERS else {})}


def _device() -> Resource:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "netlm", "type": "model-name"}],
        "version": [{"value": __version__}],
        "note": [{"text": "Research software, not CE-marked or FDA-cleared."}],
    }


def _paper(parts: Parts) -> Resource:
    """The printed dossier."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": concept("Tumour board dossier", parts.value("document.dossier", "Tumour board dossier")),
        "subject": parts.patient,
        "date": f"{parts.day}T00:00:00Z",
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "language": "en-GB",
                    "data": b64encode(parts.dossier.to_pdf()).decode(),
                    "title": plain(f"{parts.dossier.case.id}.pdf"),
                    "creation": parts.day,
                }
            }
        ],
    }

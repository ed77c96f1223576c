"""Short ways to write a FHIR bundle (synthetic, all of it) and to read it as a case."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netlm
from netlm.case import Case

LOINC, SCT = "http://loinc.org", "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
Resource = dict[str, Any]


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


class Write:
    """Resources in one line each."""

    LOINC, SCT, ICD = LOINC, SCT, ICD
    concept = staticmethod(concept)

    @staticmethod
    def patient(**more: Any) -> Resource:
        return {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1961-05-17", **more}

    @staticmethod
    def observation(code: str, date: str | None = "2026-10-01", *, system: str = LOINC, **more: Any) -> Resource:
        dated = {} if date is None else {"effectiveDateTime": date}
        return {"resourceType": "Observation", "status": "final", "code": concept(system, code), **dated, **more}

    @classmethod
    def quantity(cls, code: str, value: float, unit: str, date: str | None = "2026-10-01", **more: Any) -> Resource:
        found = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        return cls.observation(code, date, valueQuantity=found, **more)

    @staticmethod
    def condition(code: str, system: str = ICD, **more: Any) -> Resource:
        return {
            "resourceType": "Condition", "code": concept(system, code),
            "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
            "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
            "recordedDate": "2026-09-01", **more,
        }  # fmt: skip

    @staticmethod
    def bundle(*resources: Resource, **more: Any) -> Resource:
        return {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": one} for one in resources],
        } | more


@pytest.fixture(scope="session")
def write() -> type[Write]:
    return Write


@pytest.fixture
def load(tmp_path: Path, write: type[Write]) -> Callable[..., Case]:
    """``load(*resources or bundle, extra="...", as_of=date)``: the case."""

    def load(*resources: Any, extra: str | None = None, as_of: str | None = "2026-11-20") -> Case:
        whole = resources[0] if resources and resources[0].get("resourceType") == "Bundle" else write.bundle(*resources)
        path = tmp_path / "bundle.json"
        path.write_text(json.dumps(whole), encoding="utf-8")
        added = None
        if extra is not None:
            added = tmp_path / "extra.yaml"
            added.write_text(extra, encoding="utf-8")
        day = datetime.date.fromisoformat(as_of) if as_of else None
        return netlm.load_case(path, supplement=added, as_of=day)

    return load


def found_bundles() -> list[Path]:
    """Bundles that nobody here wrote."""
    folder = os.environ.get("NETLM_TEST_DATA")
    return sorted(Path(folder).glob("fhir/*/*.json")) if folder else []


@pytest.fixture(scope="session")
def bundles() -> dict[str, Path]:
    """The bundles of others by name; the test is skipped where they are absent."""
    found = {path.stem: path for path in found_bundles()}
    if not found:
        pytest.skip("NETLM_TEST_DATA names no folder with fhir/*/*.json")
    return found

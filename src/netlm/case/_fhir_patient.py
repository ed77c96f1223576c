"""Age and sex from the Patient of a bundle; the birth date itself goes no further than this."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ..files import Mapping, Node, Scalar
from ._fhir_bundle import Bundle, Issues
from ._fhir_elements import when_of

__all__ = ["patient_facts"]

_SEXES = ("female", "male", "other")
SOURCE = "FHIR Patient"


def patient_facts(
    bundle: Bundle, as_of: datetime.date, wanted: list[str], issues: Issues
) -> Iterator[tuple[str, Node]]:
    """``age`` in completed years on ``as_of`` (a range where only year or month of birth is given), and ``sex``."""
    patient = bundle.patient
    if patient and "age" in wanted:
        yield "age", _age(patient, as_of, issues)
    if patient and "sex" in wanted:
        gender = patient.get("gender")
        if isinstance(gender, str) and gender in _SEXES:
            yield "sex", _told(Scalar(gender))
        else:
            yield "sex", _open("sex not given as female, male or other", "sex", issues)


def _age(patient: dict[str, object], as_of: datetime.date, issues: Issues) -> Node:
    try:
        born = when_of(patient, "birthDate")
    except ValueError:
        return _open("date of birth is none", "age", issues)
    if born is None:
        return _open("date of birth missing or masked", "age", issues)
    youngest, oldest = _years(born.last, as_of), _years(born.first, as_of)
    if oldest < 0:
        return _open("date of birth after as_of", "age", issues)
    youngest = max(youngest, 0)
    return _told(Scalar(str(oldest)) if youngest == oldest else Scalar(f"{youngest}-{oldest}"))


def _years(born: datetime.date, as_of: datetime.date) -> int:
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def _told(value: Node) -> Mapping:
    return Mapping(((Scalar("value"), value), (Scalar("source"), Scalar(SOURCE))))


def _open(reason: str, fact: str, issues: Issues) -> Mapping:
    issues.add(None, reason, "a value that can be read", "Enter it in the --with file.", "fhir-unread", f"facts.{fact}")
    return Mapping(((Scalar("unknown"), Scalar(reason)), (Scalar("source"), Scalar(SOURCE))))

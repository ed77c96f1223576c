"""Elements of a FHIR resource, read tolerantly: what has another shape than it should is as good as not there."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = [
    "Resource",
    "When",
    "codings",
    "decimal_text",
    "members",
    "reference_key",
    "status_code",
    "status_words",
    "when_of",
]

_TIME = r"T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?"
_DATE = re.compile(rf"(\d{{4}})(?:-(\d{{2}})(?:-(\d{{2}}))?)?(?:{_TIME})?")
KINDS = frozenset({
    "Composition", "Condition", "DiagnosticReport", "Medication", "MedicationAdministration", "MedicationRequest",
    "MedicationStatement", "Observation", "Patient", "Procedure", "Specimen",
})  # fmt: skip
"""Resource types that may be named to a reader; any other word may be somebody's name."""
_DIGITS = 15
LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource and the place of its entry in the bundle, counted from 1; its own id is never told."""

    kind: str
    number: int
    content: dict[str, Any]
    address: str
    url: str = ""

    @property
    def label(self) -> str:
        """Where a reader finds it: ``FHIR Observation, entry 3``."""
        return f"FHIR {self.kind if self.kind in KINDS else 'resource'}, entry {self.number}"

    def has_modifier(self) -> bool:
        """Whether something in it may turn its meaning round in a way that this reader does not know."""
        return bool(self.content.get("implicitRules")) or _modified(self.content)


@dataclass(frozen=True, slots=True)
class When:
    """The days on which something may have been: one, or those of the month or year that was given."""

    first: datetime.date
    last: datetime.date
    instant: float | None = None

    @property
    def is_day(self) -> bool:
        """Whether a full date was given."""
        return self.first == self.last


def members(content: object) -> list[dict[str, Any]]:
    """The objects of a list, or the one object that stands where a list should."""
    items = content if isinstance(content, list) else [content]
    return [item for item in items if isinstance(item, dict)]


def codings(*concepts: object) -> tuple[tuple[str, str], ...]:
    """System and code of every coding of some CodeableConcepts (or Codings)."""
    return tuple(
        (system, code)
        for concept in concepts
        for one in members(concept)
        for coding in (members(one["coding"]) if "coding" in one else [one])
        if isinstance(system := coding.get("system"), str) and isinstance(code := coding.get("code"), str)
    )


def status_code(concept: object) -> str | None:
    """A status, be it a code or the first coding of a concept; None where there is none."""
    if isinstance(concept, str):
        return concept
    return next((code for _, code in codings(concept)), None)


def status_words(concept: object) -> frozenset[str]:
    """Every word that a status gives, in small letters: a code, the codes and names of all codings, the text."""
    words: list[object] = [concept] if isinstance(concept, str) else []
    for one in members(concept):
        words.append(one.get("text"))
        for coding in members(one["coding"]) if "coding" in one else [one]:
            words += [coding.get("code"), coding.get("display")]
    return frozenset(word.strip().casefold() for word in words if isinstance(word, str))


def _modified(content: object) -> bool:
    """Whether an extension anywhere in it changes the meaning."""
    if isinstance(content, dict):
        return bool(content.get("modifierExtension")) or any(
            _modified(item) for key, item in content.items() if key != "contained"
        )
    return isinstance(content, list) and any(_modified(item) for item in content)


def reference_key(content: object) -> str | None:
    """What a reference and the resource that it names have in common; None where there is no reference."""
    text = content.get("reference") if isinstance(content, dict) else None
    if not isinstance(text, str) or not text:
        return None
    return text.partition("/_history")[0].rpartition("/")[2].removeprefix("urn:uuid:")


def decimal_text(number: object) -> str | None:
    """A JSON number as it could be typed; None for anything else, or one with too many digits to be a finding."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    text = format(Decimal(repr(number)), "f")
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if len(whole.lstrip("-")) > _DIGITS or len(part) > _DIGITS:
        return None
    return f"{whole}.{part}" if part else whole


def when_of(content: dict[str, Any], *names: str) -> When | None:
    """The date under the first of ``names`` that is there: a date, an instant or a period (its end, else its start).

    Raises ``ValueError`` for something there that is no date.
    """
    for name in names:
        if content.get(name) is not None:
            return _read(content[name])
        if content.get(f"_{name}") is not None:
            return None
    return None


def _read(found: object) -> When:
    if isinstance(found, dict):
        start, end = (found.get(name) for name in ("start", "end"))
        if start is None and end is None:
            raise ValueError("a period without an end")
        return _day(end if end is not None else start)
    return _day(found)


def _day(text: object) -> When:
    match = _DATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("no date")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    first = datetime.date(year, month or 1, day or 1)
    if day:
        return When(first, first, _instant(text))
    last = month or LAST_MONTH
    return When(first, datetime.date(year, last, monthrange(year, last)[1]))


def _instant(text: object) -> float | None:
    """The moment of a date with its time and its distance from universal time; None for a date alone."""
    try:
        moment = datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None

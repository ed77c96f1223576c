"""Where a number comes from: citations, provenance, references and the named conventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..files import Record

__all__ = ["PROVENANCES", "Citation", "Convention", "Limit", "Reference", "read_citation", "read_limit"]

PROVENANCES = ("source", "corrected", "inferred", "external", "convention")


@dataclass(frozen=True, slots=True)
class Reference:
    """One bibliographic record; ``review_number`` is its number in the landmark review's list."""

    id: str
    record: Mapping[str, Any]

    @property
    def dated(self) -> bool:
        """Whether it bears a date; an undated page has the year in which it was seen, and may be older."""
        return self.record.get("undated") != "yes"

    @property
    def short(self) -> str:
        """``Mazzaferro 2016``: how a board says it aloud."""
        if "short" in self.record:
            return str(self.record["short"])
        authors = str(self.record.get("authors", self.id))
        first, _, initials = authors.split(",")[0].rpartition(" ")
        if not first or not initials.isupper():
            first = authors.split(",")[0]
        return f"{self.record.get('trial', first)} {self.record.get('year', '')}".strip()


@dataclass(frozen=True, slots=True)
class Citation:
    """``via`` is the source that was read, ``section`` the place in it, ``refs`` the numbers that it cites there."""

    via: str
    section: str
    refs: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As exported."""
        return {"via": self.via, "section": self.section, "refs": [int(ref) for ref in self.refs]}


def read_citation(record: Record) -> Citation:
    """A citation from its mapping ``{via, section, refs}``."""
    record.only("via", "section", "refs")
    refs = record.texts("refs")
    if any(not ref.isdigit() for ref in refs):
        record.fail("refs", "a text", "the numbers of the review's reference list")
    return Citation(record.text("via"), record.text("section"), refs)


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of a source: its text with unit, provenance, citation; ``printed`` where the print is damaged."""

    value: str
    provenance: str
    cite: Citation | None
    printed: str | None = None
    correction: str | None = None


def read_limit(record: Record, cite: Citation | None = None, provenance: str | None = None) -> Limit:
    """A limit ``{value, provenance, cite, printed, correction}``; what is left out is that of the entry around."""
    record.only("value", "provenance", "cite", "printed", "correction", "note")
    own = read_citation(record.record("cite")) if "cite" in record else cite
    return Limit(
        record.text("value"),
        record.choice("provenance", PROVENANCES, provenance),
        own,
        record.maybe("printed"),
        record.maybe("correction"),
    )


@dataclass(frozen=True, slots=True)
class Convention:
    """A number that no source gives: named, explained, and replaceable with ``--convention NAME=VALUE``."""

    name: str
    title: str
    value: str
    unit: str
    low: str
    high: str
    because: str
    cite: Citation
    overridden: bool = field(default=False)

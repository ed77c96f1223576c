"""The small parts of which FHIR resources are made: concepts, quantities, references, identifiers from a hash."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from ..case import FACT_CODES, VALUE_CODES, CodeTables, load_code_tables

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["ADDRESS", "Parts", "Resource", "concept", "narrative", "plain"]

ADDRESS = "https://netlm.org/fhir"
"""An identifier of this project's codes; nothing is fetched from it."""
MOST_SIGNS = 4000
Resource = dict[str, Any]


def plain(text: str, most: int = MOST_SIGNS) -> str:
    """Text as FHIR holds it: one line, without control signs, never empty, cut where it is longer than any record."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()) or "-"
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def concept(text: str, *codings: Resource) -> Resource:
    """A CodeableConcept."""
    return {**({"coding": list(codings)} if codings else {}), "text": plain(text)}


class Parts:
    """What all resources of one document share; every identifier comes from the hash of the dossier."""

    def __init__(self, dossier: Dossier, seed: str = "") -> None:
        self.dossier = dossier
        self.dictionary = dossier.case.facts.dictionary
        self.tables: CodeTables = load_code_tables()
        self.day = dossier.case.as_of.isoformat()
        self.seed = f"{ADDRESS}/{dossier.hash}/{seed}"

    def address(self, key: str) -> str:
        """The ``urn:uuid`` of a resource of this document."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self.seed}/{key}')}"

    def reference(self, key: str) -> Resource:
        """A reference to it."""
        return {"reference": self.address(key)}

    @property
    def patient(self) -> Resource:
        """A reference to the patient, who has no name here."""
        return self.reference("Patient")

    def fact(self, name: str, display: str) -> Resource:
        """The coding of a fact (or ``list.field``) in this project's code system."""
        return {"system": self.tables.systems[FACT_CODES][0], "code": name, "display": plain(display)}

    def value(self, code: str, display: str) -> Resource:
        """The coding of a value, ``fact.value``."""
        return {"system": self.tables.systems[VALUE_CODES][0], "code": code, "display": plain(display)}

    def option(self, name: str) -> Resource:
        """The concept of a treatment option."""
        title = self.dictionary.options[name].title
        return concept(title, self.value(f"option.{name}", title))

    def measured(self, name: str) -> list[Resource]:
        """The codings of a fact: this project's own, and the standard one where it is verified."""
        own = [self.fact(name, self.dictionary.facts[name].title)]
        for rows in self.tables.tables["observations"].values():
            for row in rows:
                if row.fact == name and not row.is_not and row.status != "U":
                    return [*own, {"system": self.tables.systems[row.system][0], "code": row.code}]
        return own


def narrative(lines: Iterable[str]) -> Resource:
    """A FHIR narrative of plain lines; whatever stands in them stays text."""
    body = "".join(f"<p>{escape(plain(line))}</p>" for line in lines) or "<p>-</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}

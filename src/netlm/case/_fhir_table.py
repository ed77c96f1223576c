"""The mapping tables of ``knowledge/fhir``: what a code says, checked against the dictionary when they are read."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from functools import cache

from ..dictionary import Dictionary, knowledge_folder, knowledge_records, load_dictionary, read_finding
from ..errors import Problem
from ..files import Mapping, Node, Record, Scalar

__all__ = ["BODY_SITE", "HISTOLOGY", "CodeRow", "CodeTables", "Codes", "load_code_tables"]

BODY_SITE = "body_site"
"""A diagnosis whose meaning hangs on its body site."""
HISTOLOGY = "histology"
"""An observation that answers with a histology."""
STATUSES = ("V", "T", "U")


@dataclass(frozen=True)
class CodeRow:
    """One code. ``says`` holds facts in the grammar of the case file; ``status`` is V, T or U.

    ``fact`` is what an observation measures, ``is_not`` what it is instead; ``what`` a treatment, an option only
    where the site is the liver if ``liver``, else ``otherwise``; ``site`` a body site; ``caution`` is told.
    """

    system: str
    code: str
    status: str
    says: Map[str, Node] = field(default_factory=dict)
    by_body_site: bool = False
    fact: str = ""
    is_not: str = ""
    what: str = ""
    liver: bool = False
    otherwise: str = ""
    site: str = ""
    caution: str = ""


Codes = Map[tuple[str, str], tuple[CodeRow, ...]]


@dataclass(frozen=True)
class CodeTables:
    """All tables by (system, code); ``systems`` gives the identifiers of each system, ``names`` the way back."""

    tables: Map[str, Codes]
    systems: Map[str, tuple[str, ...]]
    names: Map[str, str]
    units: Map[str, str]

    def rows(self, table: str, codings: tuple[tuple[str, str], ...]) -> tuple[CodeRow, ...]:
        """The rows of ``table`` for any of the codings."""
        known = self.tables[table]
        return tuple(row for coding in codings for row in known.get(coding, ()))

    def code_of(self, table: str, fact: str, value: str) -> tuple[str, str, str] | None:
        """System identifier, code and status of the first verified code of ``table`` that says just this."""
        for rows in self.tables[table].values():
            for row in rows:
                node = row.says.get(fact)
                if row.status != "U" and isinstance(node, Scalar) and node.text == value and len(row.says) == 1:
                    return self.systems[row.system][0], row.code, row.status
        return None


@cache
def load_code_tables() -> CodeTables:
    """The tables as shipped.

    Raises ``Problems`` for a system, fact, value or option that does not exist.
    """
    dictionary = load_dictionary()
    folder = knowledge_folder() / "fhir"
    systems = {}
    for record in knowledge_records(folder / "systems.yaml", "fhir-systems/1"):
        for name, entry in record.named("systems"):
            entry.only("title", "is")
            systems[name] = entry.texts("is")
    units: dict[str, str] = {}
    for record in knowledge_records(folder / "units.yaml", "fhir-units/1"):
        units |= record.pairs("units")
        for spelling, unit in units.items():
            if unit not in dictionary.units.units:
                record.fail("units", f"`{spelling}` as `{unit}`", "a unit of the unit table")
    tables: dict[str, dict[tuple[str, str], tuple[CodeRow, ...]]] = {}
    for record in knowledge_records(folder, "fhir-codes/1"):
        record.only("netlm", "table", "sources", "rows")
        table, known = tables.setdefault(record.text("table"), {}), record.pairs("sources")
        for entry in record.records("rows"):
            row = _row(entry, dictionary, systems)
            entry.choice("source", known)
            table[row.system, row.code] = (*table.get((row.system, row.code), ()), row)
    names = {address: name for name, addresses in systems.items() for address in addresses}
    return CodeTables(tables, systems, names, units)


def _row(entry: Record, dictionary: Dictionary, systems: Map[str, tuple[str, ...]]) -> CodeRow:
    entry.only(
        "system", "code", "says", "status", "source", "fact", "value", "not", "what", "liver", "otherwise", "site",
        "caution",
    )  # fmt: skip
    fact, what = entry.text("fact", ""), entry.text("what", "")
    if fact and fact != HISTOLOGY and fact not in dictionary.facts:
        entry.fail("fact", f"`{fact}`", "a fact of the dictionary")
    if "." in what and what not in dictionary.options:
        entry.fail("what", f"`{what}`", "an option, or words without a full stop")
    says = entry.node.get("says")
    by_site = isinstance(says, Scalar) and says.text == BODY_SITE
    facts = {key.text: value for key, value in says.pairs} if isinstance(says, Mapping) else {}
    if "value" in entry:
        facts = {fact: entry.node.get("value") or Scalar("")}
    _check(entry, facts, dictionary)
    return CodeRow(
        entry.choice("system", systems), entry.text("code"), entry.choice("status", STATUSES), facts, by_site, fact,
        entry.text("not", ""), what, entry.yes("liver"), entry.text("otherwise", ""), entry.text("site", ""),
        entry.text("caution", ""),
    )  # fmt: skip


def _check(entry: Record, facts: Map[str, Node], dictionary: Dictionary) -> None:
    """Every fact exists and every value is one that a case file could hold."""
    for name, node in facts.items():
        try:
            read_finding(dictionary.fact(name), node, dictionary.units)
        except Problem as problem:
            entry.refit("says" if "says" in entry else "value", problem)

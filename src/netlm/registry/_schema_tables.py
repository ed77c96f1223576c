"""The tables of a registry, read from ``knowledge/registry/tables.yaml``: the one definition that all readers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from ..dictionary import Citation, knowledge_folder, knowledge_records, load_dictionary, read_citation, read_fact
from ..files import Record
from ._schema_columns import Column, Physical

__all__ = ["Analysis", "Scale", "Table", "Tables", "TimeZero", "Told", "load_tables"]

ORIGIN = (Physical("source_id", "BIGINT"), Physical("place", "VARCHAR"))
"""What every row says of where it came from: the file, and the line or key in it."""
PATIENT = Physical("patient_id", "VARCHAR")
SYNTHETIC = Physical("synthetic", "BOOLEAN")
"""Whether the patient is made up: any file that speaks of the patient says so."""
ROW = Physical("row", "INTEGER")
CASE_HEAD = (PATIENT, Physical("case_id", "VARCHAR"), Physical("as_of", "DATE"))
FIXED: Mapping[str, tuple[Physical, ...]] = {
    "meta": (Physical("key", "VARCHAR"), Physical("value", "VARCHAR")),
    "import": (
        Physical("import_id", "BIGINT"), Physical("made", "TIMESTAMP"), Physical("version", "VARCHAR"),
        Physical("files", "BIGINT"), Physical("rows", "BIGINT"),
    ),
    "source": (
        Physical("source_id", "BIGINT"), Physical("import_id", "BIGINT"), Physical("file", "VARCHAR"),
        Physical("line", "BIGINT"), Physical("sha256", "VARCHAR"), Physical("format", "VARCHAR"),
        Physical("subject", "VARCHAR"), Physical("data", "VARCHAR"), Physical("replaced_by", "BIGINT"),
    ),
    "follow_up": (
        PATIENT, Physical("as_of", "DATE"), Physical("text", "VARCHAR"), *ORIGIN,
    ),
    "case_of": (PATIENT, Physical("case_id", "VARCHAR"), *ORIGIN),
    "coverage": (
        PATIENT, Physical("of_table", "VARCHAR"), Physical("complete", "BOOLEAN"), Physical("unknown", "VARCHAR"),
        *ORIGIN,
    ),
    "decision": (
        *CASE_HEAD, Physical("date", "DATE"), Physical("guidance", "VARCHAR"), Physical("dossier", "VARCHAR"),
        Physical("no_decision", "VARCHAR"), Physical("text", "VARCHAR"), *ORIGIN,
    ),
    "recommendation": (
        *CASE_HEAD, Physical("date", "DATE"), Physical("order_no", "INTEGER"), Physical("option", "VARCHAR"),
        Physical("other", "VARCHAR"), Physical("intent", "VARCHAR"), Physical("verdict", "VARCHAR"),
        Physical("possible", "VARCHAR[]"), Physical("departs", "BOOLEAN"), Physical("reason", "VARCHAR"),
        Physical("carried_out", "VARCHAR"), Physical("carried_out_date", "DATE"),
        Physical("carried_out_reason", "VARCHAR"), Physical("patient_wish", "BOOLEAN"), *ORIGIN,
    ),
}  # fmt: skip
"""Tables of the registry itself, and of files that have a model of their own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the answers of some columns (``table.column``) come from."""

    title: str
    columns: tuple[str, ...]
    provenance: str
    cite: Citation


@dataclass(frozen=True)
class Table:
    """One table of what happened to patients.

    ``key`` is its name in a follow-up file; ``single`` has at most one row for each patient; ``needs`` are columns
    that no row goes without, ``one_of`` columns of which a row has just one, ``order`` two dates, the earlier first.
    Rows with one of the words of ``after_death`` can be of a day after the patient's death.
    """

    name: str
    title: str
    meaning: str
    key: str
    single: bool
    needs: tuple[str, ...]
    one_of: tuple[str, ...]
    order: tuple[str, ...]
    columns: Mapping[str, Column]
    after_death: Mapping[str, tuple[str, ...]]

    @cached_property
    def days_alive(self) -> tuple[str, ...]:
        """The columns with a day on which the patient was alive: all days but that of the death."""
        return tuple(name for name, one in self.columns.items() if one.shape == "day" and self.name != "death")

    @cached_property
    def physical(self) -> tuple[Physical, ...]:
        """The columns of the database, in order."""
        head = (PATIENT,) if self.single else (PATIENT, ROW)
        if self.name == "patient":
            head = (PATIENT, SYNTHETIC)
        return (*head, *(one for column in self.columns.values() for one in column.physical), *ORIGIN)


@dataclass(frozen=True, slots=True)
class Told:
    """A column of the table that studies read."""

    title: str
    meaning: str
    type: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class TimeZero:
    """Where the clock of a study can start; ``classes`` are those of the treatments that start it."""

    title: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The table that studies read: ``classes`` by the first part of an option's id, time zeros, columns."""

    classes: Mapping[str, str]
    time_zeros: Mapping[str, TimeZero]
    columns: Mapping[str, Told]


@dataclass(frozen=True)
class Tables:
    """Every table, the scales of their answers, the facts kept of each case, and the table that studies read."""

    tables: Mapping[str, Table]
    scales: Mapping[str, Scale]
    snapshot: Mapping[str, Column]
    analysis: Analysis

    @cached_property
    def physical(self) -> Mapping[str, tuple[Physical, ...]]:
        """The columns of every table of the database."""
        facts = tuple(one for column in self.snapshot.values() for one in column.physical)
        snapshot = (
            *CASE_HEAD, Physical("case_hash", "VARCHAR"), *facts, Physical("case_text", "VARCHAR"), *ORIGIN,
        )  # fmt: skip
        described = {name: table.physical for name, table in self.tables.items()}
        return {**FIXED, "snapshot": snapshot, **described}

    @cached_property
    def by_key(self) -> Mapping[str, Table]:
        """The tables by their name in a follow-up file."""
        return {table.key: table for table in self.tables.values()}


@cache
def load_tables() -> Tables:
    """The definition of the registry.

    Raises ``Problems`` where it is damaged.
    """
    record = next(knowledge_records(knowledge_folder() / "registry" / "tables.yaml", "registry-tables/1"))
    dictionary = load_dictionary()
    tables = {name: _table(name, entry, tuple(dictionary.options)) for name, entry in record.named("tables")}
    scales = {
        name: Scale(
            entry.text("title"), entry.texts("columns"), entry.text("provenance"), read_citation(entry.record("cite"))
        )
        for name, entry in record.named("scales")
    }
    snapshot = {name: Column(dictionary.facts[name]) for name in record.texts("snapshot_facts")}
    return Tables(tables, scales, snapshot, _analysis(record.record("analysis")))


def _analysis(record: Record) -> Analysis:
    zeros = {name: TimeZero(entry.text("title"), entry.texts("classes")) for name, entry in record.named("time_zeros")}
    columns = {
        name: Told(entry.text("title"), entry.text("meaning", ""), entry.text("type"), entry.maybe("unit"))
        for name, entry in record.named("columns")
    }
    return Analysis(record.pairs("classes"), zeros, columns)


def _table(name: str, entry: Record, options: tuple[str, ...]) -> Table:
    entry.only("title", "meaning", "key", "rows", "needs", "one_of", "order", "columns", "after_death")
    columns = {
        column: Column(read_fact(column, inner, entry.text("title"), options))
        for column, inner in entry.named("columns")
    }
    for rule in ("needs", "one_of", "order"):
        for column in entry.texts(rule):
            if column not in columns:
                entry.fail(rule, f"`{column}`", "a column of the table")
    return Table(
        name, entry.text("title"), entry.text("meaning", ""), entry.text("key"),
        entry.choice("rows", ("one", "many"), "many") == "one", entry.texts("needs"), entry.texts("one_of"),
        entry.texts("order"), columns, _words(entry, "after_death", columns),
    )  # fmt: skip


def _words(entry: Record, key: str, columns: Mapping[str, Column]) -> Mapping[str, tuple[str, ...]]:
    """Words of some columns."""
    if key not in entry:
        return {}
    inner = entry.record(key)
    found = {name: inner.texts(name) for name in inner.node}
    for name, words in found.items():
        if name not in columns or not set(words) <= set(columns[name].fact.values):
            entry.fail(key, f"`{name}`", "words of a column of the table")
    return found

"""Reading the dictionary, the options, the conventions and the references from ``knowledge``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Record
from ..logic import EXPRESSIONS, FactType, Vocabulary, check, facts_of
from ..values import Bridge, NumberType, Unit, UnitTable, exact, read_quantity, unit_table
from ._dictionary import Dictionary, Option
from ._fact import Code, Derivation, Fact, MeasurementError, Row
from ._knowledge import kept_knowledge, knowledge_folder, knowledge_records
from ._sources import PROVENANCES, Citation, Convention, Limit, Reference, read_citation, read_limit

__all__ = [
    "DICTIONARY_CLASSES", "DICTIONARY_PARTS", "load_dictionary", "named_limits", "read_fact", "read_references",
]  # fmt: skip

_KINDS = ("number", "count", "word", "yes_no", "words", "options", "text", "texts", "date", "option", "records")
_CHANGES = ("time", "test", "treatment", "re-reading", "never")
_YES_NO = {"yes": "yes", "no": "no"}


DICTIONARY_PARTS = ("conventions.yaml", "dictionary", "options", "references.yaml")
"""The parts of the knowledge that make the dictionary."""
DICTIONARY_CLASSES = (
    Bridge, Citation, Code, Convention, Derivation, Dictionary, Fact, FactType, Limit, MeasurementError, NumberType,
    Option, Reference, Row, Unit, UnitTable, *EXPRESSIONS,
)  # fmt: skip
"""The classes of the objects in it."""


def load_dictionary(conventions: tuple[tuple[str, str], ...] = ()) -> Dictionary:
    """The whole dictionary; ``conventions`` are named values to use in place of the project's own.

    Raises ``Problems`` for anything wrong in the files, and for an override of an unknown convention or with an
    impossible value.
    """
    return _loaded(conventions)


@cache
def _loaded(conventions: tuple[tuple[str, str], ...]) -> Dictionary:
    if conventions:
        return _read(conventions)
    return kept_knowledge("dictionary", DICTIONARY_PARTS, lambda: _read(()), DICTIONARY_CLASSES)


def _read(conventions: tuple[tuple[str, str], ...]) -> Dictionary:
    root = knowledge_folder()
    units = _units(next(knowledge_records(root / "dictionary" / "units.yaml", "units/1")))
    named = _conventions(next(knowledge_records(root / "conventions.yaml", "conventions/1")), units, dict(conventions))
    references = read_references(next(knowledge_records(root / "references.yaml", "references/1")))
    options = {option.id: option for option in _options(root / "options")}
    facts = {fact.name: fact for fact in _entered(root / "dictionary", tuple(options))}
    facts = _derived(root / "dictionary", facts, units, named, options)
    return Dictionary(facts, units, named, references, options)


def _units(record: Record) -> UnitTable:
    units = [
        Unit(
            name, entry.text("dimension"), Fraction(entry.text("factor")), entry.text("ucum"), entry.text("title"),
            entry.texts("spellings"),
        )
        for name, entry in record.named("units")
    ]  # fmt: skip
    bridges = [
        Bridge(entry.text("fact"), entry.text("from"), entry.text("to"), Fraction(entry.text("divide_by")))
        for entry in record.records("bridges")
    ]
    return unit_table(units, bridges)


def _conventions(record: Record, units: UnitTable, overrides: dict[str, str]) -> dict[str, Convention]:
    named = {}
    for name, entry in record.named("conventions"):
        entry.only("title", "value", "unit", "possible", "because", "cite")
        low, high = entry.texts("possible")
        cite = read_citation(entry.record("cite"))
        named[name] = Convention(
            name, entry.text("title"), entry.text("value"), entry.text("unit"), low, high, entry.text("because"), cite
        )
    for name, text in overrides.items():
        if name not in named:
            close = nearest(name, named)
            remedy = f"Did you mean `{close}`?" if close else f"Known: {', '.join(named)}."
            found = f"an unknown convention {safe_echo(name, list(named))}"
            problem = Problem(found, "a named convention", remedy, "unknown-convention", place="--convention")
            raise Problems([problem], "--convention")
        named[name] = replace(named[name], value=_override(named[name], text, units), overridden=True)
    return named


def _override(convention: Convention, text: str, units: UnitTable) -> str:
    kind = NumberType(
        convention.name,
        convention.unit,
        None,
        True,
        convention.unit in ("1", "months"),
        Fraction(convention.low),
        Fraction(convention.high),
    )
    try:
        number = read_quantity(text, kind, units).number
    except Problem as problem:
        problem.place = f"--convention {convention.name}"
        raise Problems([problem], "--convention") from None
    if number is None:
        vague = Problem("a range", "one number", "Give one value.", "not-a-number", place=convention.name)
        raise Problems([vague], "--convention")
    return (
        text if convention.unit in text or convention.unit == "1" or not _is_bare(text) else f"{text} {convention.unit}"
    )


def _is_bare(text: str) -> bool:
    return not any(sign.isalpha() or sign in "%/" for sign in text)


def read_references(record: Record) -> dict[str, Reference]:
    """The bibliographic records of a ``references/1`` file."""
    return {name: Reference(name, entry.plain()) for name, entry in record.named("references")}


def _options(folder: Path) -> Iterator[Option]:
    for record in knowledge_records(folder, "option/1"):
        record.only(
            "netlm", "id", "title", "short", "abbreviation", "family", "kind", "aim", "regimens", "technical",
            "history", "note",
        )  # fmt: skip
        plain = record.plain()
        told = {key: plain.get(key, []) for key in ("regimens", "technical", "history")}
        yield Option(
            record.text("id"), record.text("title"), record.text("short"), record.text("abbreviation"),
            record.text("family"), record.text("kind"), record.text("aim"), told,
        )  # fmt: skip


def _entered(folder: Path, options: tuple[str, ...]) -> Iterator[Fact]:
    for record in sorted(knowledge_records(folder, "dictionary/1"), key=lambda record: int(record.text("order"))):
        group = record.text("group")
        for name, entry in record.named("facts"):
            yield read_fact(name, entry, group, options)


def read_fact(name: str, entry: Record, group: str, options: tuple[str, ...]) -> Fact:
    """An entry of the dictionary, or what is described in the same words elsewhere; ``options`` are the known ids.

    Raises ``Problems``.
    """
    entry.only(
        "title", "meaning", "type", "unit", "of", "bare", "possible", "usual", "values", "absent_means", "codes",
        "measurement_error", "valid_for", "changed_by", "becomes", "obtained", "core", "detail_of", "fields", "note",
    )  # fmt: skip
    kind = entry.choice("type", _KINDS)
    values = _YES_NO if kind == "yes_no" else entry.pairs("values")
    if kind in ("option", "options"):
        values = {option: option for option in options}
    if any(change not in _CHANGES for change in entry.texts("changed_by")):
        entry.fail("changed_by", "another word", f"some of {', '.join(_CHANGES)}")
    usual = entry.texts("usual")
    return Fact(
        name, entry.text("title"), entry.text("meaning", ""), group, kind,
        _fact_type(name, kind, entry, values), values,
        (exact(usual[0]), exact(usual[1])) if usual else None,
        entry.maybe("absent_means"),
        tuple(Code(code.text("system"), code.text("code"), code.text("status")) for code in entry.records("codes")),
        _measurement_error(entry), entry.maybe("valid_for"), entry.texts("changed_by"), entry.texts("becomes"),
        entry.text("obtained", ""), entry.yes("core"), entry.maybe("detail_of"),
        {field: read_fact(field, inner, group, options) for field, inner in entry.named("fields")},
    )  # fmt: skip


def _fact_type(name: str, kind: str, entry: Record, values: Mapping[str, str]) -> FactType:
    if kind in ("number", "count"):
        ends = [exact(end) for end in entry.texts("possible")]
        low, high = ends if len(ends) == 2 else (0, None)
        number = NumberType(
            name, entry.text("unit", "1"), entry.maybe("of"), entry.yes("bare"), kind == "count", low, high
        )
        return FactType(name, "number", number)
    if kind in ("word", "yes_no", "option"):
        return FactType(name, "word", words=tuple(values))
    return FactType(name, "words" if kind in ("words", "options") else "opaque", words=tuple(values))


def _measurement_error(entry: Record) -> MeasurementError | None:
    if "measurement_error" not in entry:
        return None
    error = entry.record("measurement_error")
    return MeasurementError(
        error.choice("kind", ("relative", "remainder")),
        Fraction(error.text("low")), Fraction(error.text("high")), read_citation(error.record("cite")),
    )  # fmt: skip


def _derived(
    folder: Path,
    entered: dict[str, Fact],
    units: UnitTable,
    conventions: Mapping[str, Convention],
    options: Mapping[str, Option],
) -> dict[str, Fact]:
    facts, tables = dict(entered), []
    for record in knowledge_records(folder, "derived/1"):
        for name, entry in record.named("facts"):
            entry.only(
                "title", "meaning", "type", "values", "when_entered", "provenance", "cite", "limits", "table",
                "presence_of", "note",
            )  # fmt: skip
            if name not in facts:
                facts[name] = replace(_declared(name, entry, record.text("group")), changed_by=("re-reading",))
            tables.append((name, entry))
    types = {name: fact.type for name, fact in facts.items()}
    vocabulary = Vocabulary(types, Dictionary(entered, units, {}, {}, {}).lesion_fields, options, units)
    for name, entry in tables:
        derivation = _derivation(name, entry, vocabulary, conventions)
        facts[name] = replace(facts[name], derivation=derivation)
    return facts


def _declared(name: str, entry: Record, group: str) -> Fact:
    kind = entry.choice("type", ("word", "yes_no"))
    values = _YES_NO if kind == "yes_no" else entry.pairs("values")
    kind_type = FactType(name, "word", words=tuple(values))
    return Fact(name, entry.text("title"), entry.text("meaning"), group, kind, kind_type, values)


def _derivation(name: str, entry: Record, vocabulary: Vocabulary, conventions: Mapping[str, Convention]) -> Derivation:
    cite, provenance = read_citation(entry.record("cite")), entry.choice("provenance", PROVENANCES)
    limits = {key: read_limit(limit, cite, provenance) for key, limit in entry.named("limits")}
    words = vocabulary.facts[name].words
    rows = [_row(row, words, vocabulary, named_limits(limits, conventions)) for row in entry.records("table")]
    reads = dict.fromkeys(fact for row in rows for fact in facts_of(row.when) if fact in vocabulary.facts)
    presence = entry.maybe("presence_of")
    if presence:
        reads[presence] = None
    when_entered = entry.choice("when_entered", ("only", "wins", "agrees"), "only")
    return Derivation(tuple(rows), when_entered, tuple(reads), limits, provenance, cite, presence)


def _row(row: Record, words: tuple[str, ...], vocabulary: Vocabulary, limits: Mapping[str, str]) -> Row:
    row.only("when", "then", "because")
    then = row.texts("then")
    if unknown := [word for word in then if word not in words]:
        row.fail("then", f"`{unknown[0]}`", f"one of {', '.join(words)}")
    try:
        when = check(row.text("when"), vocabulary, limits)
    except Problem as problem:
        row.refit("when", problem)
    return Row(when, frozenset(then), row.text("because", ""))


def named_limits(limits: Mapping[str, Limit], conventions: Mapping[str, Convention]) -> dict[str, str]:
    """The text of every limit an expression may name: ``limit``, ``limits.NAME``, ``convention.NAME``."""
    named = {f"limits.{name}": limit.value for name, limit in limits.items()}
    if "limit" in limits:
        named["limit"] = limits["limit"].value
    return named | {f"convention.{name}": convention.value for name, convention in conventions.items()}

"""``netlm dictionary``: what every fact means, and how it is typed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems, safe_echo
from ._shared import check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..dictionary import Dictionary, Fact

__all__ = ["dictionary_command"]

WIDTH = 100


@click.command("dictionary")
@click.argument("fact", required=False)
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
def dictionary_command(fact: str | None, format_name: str) -> None:
    """List the facts, or explain one: meaning, unit, values, validity, how it is obtained or derived."""
    check_format(format_name, ("text", "json"))
    with complaining(format_name):
        _show(fact, format_name)


def _show(fact: str | None, format_name: str) -> None:
    from ..dictionary import load_dictionary

    dictionary = load_dictionary()
    if fact is not None and fact not in dictionary.facts:
        try:
            dictionary.fact(fact)
        except Problem as problem:
            problem.place = f"dictionary {safe_echo(fact)}"
            raise Problems([problem], None) from None
    shown = [dictionary.facts[fact]] if fact else list(dictionary.facts.values())
    if format_name == "json":
        emit(tell_json({"facts": [_fact_json(one) for one in shown]}), None)
        return
    lines = _one(shown[0], dictionary) if fact else _all(shown)
    emit(("\n".join(lines) + "\n").encode(), None)


def _all(facts: list[Fact]) -> Iterator[str]:
    group = ""
    for fact in facts:
        if fact.group != group:
            group = fact.group
            yield from ["", group.upper()]
        core = "core" if fact.core else "" if fact.is_entered else "derived"
        yield f"  {fact.name:<32} {core:<8} {fact.title}"


def _one(fact: Fact, dictionary: Dictionary) -> Iterator[str]:
    yield f"{fact.name}: {fact.title} ({fact.group})"
    yield from textwrap.wrap(fact.meaning, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for title, text in _rows(fact, dictionary):
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"  {title:<18} ", subsequent_indent=" " * 21)
    if fact.derivation is not None:
        yield "  worked out from a decision table, first row that holds:"
        from ..dossier import DossierNames
        from ..logic import in_english

        names = DossierNames(dictionary)
        for row in fact.derivation.rows:
            then = " or ".join(fact.values.get(word, word) for word in fact.type.words if word in row.then)
            yield from textwrap.wrap(
                f"{then} if {in_english(row.when, names)}", WIDTH, initial_indent="    - ", subsequent_indent="      "
            )


def _rows(fact: Fact, dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    number = fact.type.number
    if number is not None:
        whole = f" of {number.of}" if number.of else ""
        yield "unit", "a bare count" if number.unit == "1" else f"{number.unit}{whole}"
        yield "accepted units", ", ".join(dictionary.units.accepted(number.unit, fact.name))
        yield "bare number", "accepted" if number.bare else "an error: write the unit"
        yield "possible", f"{number.low} to {number.high}"
    if fact.usual:
        yield "usual", f"{float(fact.usual[0]):g} to {float(fact.usual[1]):g} (outside is a warning)"
    if fact.values:
        yield "values", ", ".join(f"{word} ({title})" if word != title else word for word, title in fact.values.items())
    if fact.fields:
        yield "fields", ", ".join(fact.fields)
    if fact.absent_means:
        yield "absent means", fact.absent_means
    if fact.error:
        yield "measurement error", f"{float(fact.error.low):g} to +{float(fact.error.high):g} %, {fact.error.cite.via}"
    if fact.codes:
        yield "codes", ", ".join(f"{code.system} {code.code} ({code.status})" for code in fact.codes)
    months = dictionary.validity(fact)
    yield "current for", f"{months} months (convention)" if months else "never goes stale"
    yield "changed by", ", ".join(fact.changed_by)
    if fact.obtained:
        yield "obtained", fact.obtained


def _fact_json(fact: Fact) -> dict[str, Any]:
    number = fact.type.number
    return {
        "name": fact.name, "title": fact.title, "meaning": fact.meaning, "group": fact.group, "type": fact.kind,
        "unit": number.unit if number else None, "of": number.of if number else None,
        "bare": number.bare if number else None, "values": dict(fact.values), "core": fact.core,
        "derived": not fact.is_entered, "changed_by": list(fact.changed_by), "valid_for": fact.valid_for,
        "obtained": fact.obtained,
        "codes": [{"system": code.system, "code": code.code, "status": code.status} for code in fact.codes],
    }  # fmt: skip

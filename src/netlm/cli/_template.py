"""``netlm template``: an empty case file, commented, the core set first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ._shared import emit

if TYPE_CHECKING:
    from ..dictionary import Dictionary, Fact

__all__ = ["template_command"]

WIDTH = 110
_HEAD = """\
# A case for netlm. Fill in what is known; leave out, or write {unknown: reason} for, what is not.
# Absent means unknown, never no. Findings looked for and not there go under checked_absent.
# A value may be: 8 mm | 18-25 % | 18 to 25 % | at least 8 | more than 8 | at most 8 | less than 8 | >= 8 | 8+
# or a map: {value: stable, date: 2026-10-02, method: CT, source: report 14, note: ...} | {one_of: [G1, G2]}
# Quote text that holds ": " or "#". Decimal point, never a comma. Use a made-up id, never a name or record number.
netlm: case/1
id: my-case-01
as_of: 2026-11-20        # the day the board looks; ages, intervals and staleness count to it
question: What is the board asked?
# intent: symptom relief
# new_problem: what is new since the last board
# presenter: role, not name
# data: real             # or synthetic, or published; the dossier says which
# priorities: what matters most to the patient
facts:
"""
_TAIL = """\
# Findings looked for and not there:
# checked_absent: {facts: [main_portal_vein_thrombosis, bilioenteric_anastomosis], by: radiology, date: 2026-10-02}
# Earlier values, so that pace can be shown:
# history: [{fact: liver_involvement, value: 10 %, date: 2025-11-04}]
"""


@click.command("template")
@click.option("-o", "--output", metavar="PATH", help="Write to a file.")
def template_command(output: str | None) -> None:
    """Print an empty case file with every fact, its unit and its allowed values; the core set comes first."""
    from ..dictionary import load_dictionary

    emit("".join(_lines(load_dictionary())).encode(), output)


def _lines(dictionary: Dictionary) -> Iterator[str]:
    yield _HEAD
    entered = [fact for fact in dictionary.facts.values() if fact.is_entered]
    yield "  # --- the core set ---\n"
    for fact in entered:
        if fact.core:
            yield from _fact(fact)
    group = ""
    for fact in entered:
        if not fact.core:
            if fact.group != group:
                group = fact.group
                yield f"\n  # --- {group} ---\n"
            yield from _fact(fact)
    yield _TAIL


def _fact(fact: Fact) -> Iterator[str]:
    text = f"{fact.title}. {_how(fact)}"
    for line in textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False):
        yield f"  # {line}\n"
    yield f"  # {fact.name}: {_example(fact)}\n"


def _how(fact: Fact) -> str:
    number = fact.type.number
    if number is not None:
        unit = "" if number.unit == "1" else f" {number.unit}{f' of {number.of}' if number.of else ''}"
        return f"A number{', with unit' if not number.bare else ''}:{unit or ' bare'}."
    if fact.kind in ("word", "words"):
        return f"{'One' if fact.kind == 'word' else 'Any'} of: {', '.join(fact.values)}."
    if fact.kind == "options":
        return "Option ids, as `netlm guidance` lists them."
    if fact.kind == "records":
        return f"A list of maps with: {', '.join(fact.fields)}. A plain list is complete; {{at_least: [...]}} is not."
    return {"yes_no": "yes or no.", "texts": "A list of short texts."}.get(fact.kind, "Text.")


def _example(fact: Fact) -> str:
    number = fact.type.number
    if number is not None:
        return "" if number.bare else f"... {number.unit}"
    if fact.kind in ("words", "texts", "options"):
        return "[]"
    if fact.kind == "records":
        return "[{" + ", ".join(f"{name}: ..." for name in list(fact.fields)[:3]) + "}]"
    return "yes" if fact.kind == "yes_no" else ""

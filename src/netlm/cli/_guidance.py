"""``netlm guidance``: the options, and every argument for and against one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems, nearest
from ._shared import check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..guidance import Argument, Pack

__all__ = ["guidance_command"]

WIDTH = 100


@click.command("guidance")
@click.argument("option", required=False)
@click.option("--guidance", default="landmark_2020", metavar="PATH", help="A guidance pack, or the folder of one.")
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
def guidance_command(option: str | None, guidance: str, format_name: str) -> None:
    """List the options of a guidance pack, or show one: its arguments, limits, citations, doses."""
    check_format(format_name, ("text", "json"))
    with complaining(format_name):
        _show(option, guidance, format_name)


def _show(option: str | None, guidance: str, format_name: str) -> None:
    from ..guidance import load_pack

    pack = load_pack(guidance)
    if option is not None and option not in pack.order:
        close = nearest(option, pack.order)
        remedy = f"Did you mean `{close}`?" if close else "`netlm guidance` lists all options."
        raise Problems([Problem("an unknown option", "an option id", remedy, "usage", place="OPTION")], None)
    options = [option] if option else list(pack.order)
    if format_name == "json":
        emit(tell_json({"guidance": pack.id, "options": [_option_json(pack, one) for one in options]}), None)
        return
    lines = _one(pack, option) if option else _all(pack)
    emit(("\n".join(lines) + "\n").encode(), None)


def _all(pack: Pack) -> Iterator[str]:
    yield f"{pack.title} ({pack.year}), pack {pack.id}"
    for option in pack.order:
        known = pack.dictionary.options[option]
        yield f"  {option:<40} {known.title}"


def _one(pack: Pack, option: str) -> Iterator[str]:
    from ..dossier import DossierNames
    from ..logic import in_english

    known, names = pack.dictionary.options[option], DossierNames(pack.dictionary)
    yield from textwrap.wrap(f"{known.title} ({option}), pack {pack.id} ({pack.year})", WIDTH, subsequent_indent="  ")
    yield from textwrap.wrap(known.aim, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for argument in pack.arguments[option]:
        yield ""
        strength = f", {argument.strength}" if argument.strength else ""
        scope = ", for each lesion" if argument.lesion else ""
        yield f"  {argument.id} ({argument.role}{strength}{scope})"
        yield from textwrap.wrap(argument.says, WIDTH, initial_indent="    ", subsequent_indent="    ")
        criterion = f"holds if {in_english(argument.when, names)}"
        yield from textwrap.wrap(criterion, WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield from textwrap.wrap(_cited(pack, argument), WIDTH, initial_indent="    ", subsequent_indent="    ")
        if argument.note:
            yield from textwrap.wrap(argument.note, WIDTH, initial_indent="    note: ", subsequent_indent="          ")
    yield from _told(known.told)


def _cited(pack: Pack, argument: Argument) -> str:
    refs = f", refs {', '.join(argument.cite.refs)}" if argument.cite.refs else ""
    return f"[{pack.references[argument.cite.via].short}, {argument.cite.section}{refs}] {argument.provenance}"


def _told(told: Any) -> Iterator[str]:
    if told["regimens"]:
        yield from ["", "  As given in the trial or described by the source, not a prescription:"]
    for regimen in told["regimens"]:
        label = " (off-label)" if regimen.get("off_label") in ("true", "yes") else ""
        yield f"    {regimen['title']}{label}"
        for item in regimen["items"]:
            said = [
                item["what"],
                item.get("value", ""),
                f"per {item['per']}" if "per" in item else "",
                item.get("schedule", ""),
                item.get("route", ""),
            ]
            yield f"      {', '.join(part for part in said if part)} ({item['provenance']})"
    for key, title in (("technical", "Technical"), ("history", "History")):
        if told[key]:
            yield from ["", f"  {title}"]
        for entry in told[key]:
            yield from textwrap.wrap(str(entry["says"]), WIDTH, initial_indent="    - ", subsequent_indent="      ")


def _option_json(pack: Pack, option: str) -> dict[str, Any]:
    known = pack.dictionary.options[option]
    limits = {
        one.id: {name: {"value": limit.value, "provenance": limit.provenance} for name, limit in one.limits.items()}
        for one in pack.arguments[option]
    }
    arguments = [
        {
            "id": one.id, "role": one.role, "scope": "lesion" if one.lesion else "patient", "when": one.text,
            "says": one.says, "strength": one.strength, "provenance": one.provenance, "facts": list(one.facts),
            "cite": one.cite.to_dict(), "note": one.note,
            "limits": limits[one.id],
        }
        for one in pack.arguments[option]
    ]  # fmt: skip
    return {"id": option, "title": known.title, "kind": known.kind, "family": known.family, "arguments": arguments,
            "regimens": known.told["regimens"]}  # fmt: skip

"""``netlm registry facts``, ``assess``, ``whatif``: many patients judged at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems
from ._shared import check_format, complaining, emit, pairs, rarely_collect, tell_json

if TYPE_CHECKING:
    from ..guidance import Pack
    from ..registry import Attrition, WhatIf

__all__ = ["assess_command", "facts_command", "what_if_command"]

FORMATS = ("text", "json")
PARQUET = (".parquet", ".pq")
HEAD = ("verdict", "patients")
PROGRESS_FROM = 20

_table = click.argument("files", nargs=-1, required=True, metavar="REGISTRY|FILE.parquet|CASE...")
_guidance = click.option(
    "--guidance", default="landmark_2020", metavar="PATH", help="A guidance pack, or the folder of one."
)
_format = click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")


@click.command("facts")
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@click.option("-o", "--output", required=True, metavar="FILE.parquet", help="The table to write, whole or not at all.")
def facts_command(cases: tuple[str, ...], output: str) -> None:
    """Write the facts of every CASE into one table, one row for each patient (format facts/1)."""
    from ..case import load_case
    from ..registry import write_facts

    _say("reading cases ...", len(cases) > PROGRESS_FROM)
    write_facts(output, (load_case(path) for path in cases))


@click.command("assess")
@_table
@_guidance
@click.option("--convention", "conventions", multiple=True, metavar="NAME=VALUE", help="Replace a named convention.")
@click.option("-o", "--output", metavar="FILE.parquet", help="Also write the verdicts, one row for each patient.")
@click.option("--truths", is_flag=True, help="With -o: the truth of every argument too.")
@_format
def assess_command(
    files: tuple[str, ...], guidance: str, conventions: tuple[str, ...], output: str | None, truths: bool,
    format_name: str,
) -> None:  # fmt: skip
    """Judge every patient on every option; tell how many each argument takes out, and of how many it cannot tell."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..guidance import load_pack
        from ..registry import assess, attrition

        if truths and not output:
            problem = Problem("--truths without -o", "a table to write them to", "Add -o FILE.parquet.", "usage")
            raise Problems([problem], "--truths")
        pack = load_pack(guidance, pairs(conventions, "--convention"))
        table = _facts(files, pack, output)
        _say("judging ...", True)
        if output:
            assess(table, pack, truths=truths).save(output)
        counted = attrition(table, pack)
        emit(tell_json(counted.to_dict()) if format_name == "json" else _text(_attrition(counted)), None)


@click.command("whatif")
@_table
@_guidance
@click.option("--convention", "conventions", multiple=True, metavar="NAME=VALUE", help="Another convention.")
@click.option("--against", metavar="PATH", help="Another guidance pack; else the same one.")
@click.option("--ids", metavar="OPTION", help="Name the patients whose verdict on OPTION changes.")
@_format
def what_if_command(
    files: tuple[str, ...], guidance: str, conventions: tuple[str, ...], against: str | None, ids: str | None,
    format_name: str,
) -> None:  # fmt: skip
    """Tell whose verdict another convention, or another pack (--against), changes."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..guidance import load_pack
        from ..registry import what_if

        if not conventions and not against:
            problem = Problem("nothing changed", "--convention NAME=VALUE or --against PACK", "Add one.", "usage")
            raise Problems([problem], "whatif")
        before = load_pack(guidance)
        after = load_pack(against or guidance, pairs(conventions, "--convention"))
        table = _facts(files, before, None)
        _say("judging ...", True)
        found = what_if(table, before, after)
        named = found.ids(ids) if ids else None
        if format_name == "json":
            emit(tell_json({**found.to_dict(), **({"ids": named} if named is not None else {})}), None)
        else:
            emit(_text(_what_if(found, named)), None)


def _facts(files: tuple[str, ...], pack: Pack, output: str | None) -> Any:
    """The table of facts: a registry, one Parquet file, or the cases read now."""
    from ..registry import facts_of, is_registry

    rarely_collect()
    tables = [path for path in files if Path(path).suffix.lower() in PARQUET or is_registry(path)]
    if not tables:
        from ..case import load_case

        return facts_of((load_case(path, pack.dictionary) for path in files), pack.dictionary)
    if len(files) > 1:
        problem = Problem(
            "a table beside other files", "one registry, one table, or cases", "Run them apart.", "usage", place="FILE"
        )
        raise Problems([problem], tables[0])
    if output and Path(output).exists() and Path(files[0]).exists() and Path(output).samefile(files[0]):
        problem = Problem("the table itself as the output", "another path", "Choose another name.", "usage", place="-o")
        raise Problems([problem], output)
    return facts_of(files[0], pack.dictionary)


def _say(what: str, slow: bool) -> None:
    if slow and sys.stderr.isatty():
        click.echo(what, err=True)


def _text(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _columns(rows: list[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Rows as columns of equal width, numbers to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    place: list[Callable[[str, int], str]] = [str.ljust, *([str.rjust] * (len(widths) - 1))]
    for row in rows:
        cells = (put(cell, width) for put, cell, width in zip(place, row, widths, strict=True))
        yield (indent + "  ".join(cells)).rstrip()


def _attrition(counted: Attrition) -> Iterator[str]:
    from ..dossier import WORDS

    pack = counted.pack
    yield f"{counted.patients} patients against {_named(pack)}"
    for option in counted.options.values():
        yield ""
        yield pack.dictionary.options[option.id].title
        verdicts = [(WORDS[verdict], str(number)) for verdict, number in option.verdicts.items() if number]
        yield from _columns([HEAD, *verdicts]) if verdicts else ()
        rows: list[tuple[str, ...]] = [("takes out, in turn", "of", "fails", "cannot tell", "passes")]
        for counts in option.arguments:
            turn = counts.in_turn
            if turn is not None:
                numbers = (turn.entered, turn.left, turn.open, turn.clear)
                rows.append((f"{counts.argument.id} ({counts.argument.role})", *(str(number) for number in numbers)))
        yield from _columns(rows)


def _what_if(found: WhatIf, ids: list[str] | None) -> Iterator[str]:
    from ..dossier import WORDS

    yield f"{found.patients} patients"
    yield f"before: {_named(found.before)}"
    yield f"after:  {_named(found.after)}"
    for option, counts in found.options.items():
        moves = [
            (f"{WORDS[before]} > {WORDS[after]}", str(number))
            for (before, after), number in counts.items()
            if before != after
        ]
        if moves:
            yield from ["", found.before.dictionary.options[option].title]
            yield from _columns([("verdict before > after", "patients"), *moves])
    if not any(found.changed(option) for option in found.options):
        yield from ["", "No verdict changes."]
    if ids is not None:
        yield from ["", f"{len(ids)} named: {', '.join(ids) or 'nobody'}"]


def _named(pack: Pack) -> str:
    """The pack with its year, and every convention that was replaced."""
    replaced = [f"{name} {item.value}" for name, item in pack.dictionary.conventions.items() if item.overridden]
    return f"{pack.title} ({pack.year})" + (f", with {', '.join(replaced)}" if replaced else "")

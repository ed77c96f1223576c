"""``netlm registry import`` and ``template``: files into a registry, and the empty forms for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems
from ._shared import check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..registry import Imported

__all__ = ["import_command", "map_command", "template_command"]

FORMATS = ("text", "json")


@click.command("import")
@click.argument("file", metavar="FILE")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--keep-good", is_flag=True, help="Leave out what has problems, and keep the rest; exit 2 all the same.")
@click.option("--mapping", metavar="FILE", help="For a spreadsheet (CSV): which column is what.")
@click.option("--wait", default=30.0, metavar="SECONDS", help="How long to wait for another writer.")
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
def import_command(
    file: str, sources: tuple[str, ...], dry_run: bool, keep_good: bool, mapping: str | None, wait: float,
    format_name: str,
) -> None:  # fmt: skip
    """Import each SOURCE into the registry in FILE: all of it, or nothing.

    A SOURCE is a case, a record of a meeting or a follow-up file, a folder of them, or a .jsonl file with one of them a
    line; or, with --mapping, one spreadsheet. What is there already is left as it is; a newer file of the same subject
    takes the place of the older one.
    """
    from ..registry import import_files

    check_format(format_name, FORMATS)
    with complaining(format_name):
        done = import_files(
            file, sources, dry_run=dry_run, keep_good=keep_good, wait=wait, on_wait=_Waiting(), mapping=mapping
        )
    if format_name == "json":
        emit(tell_json(done.to_dict()), None)
    else:
        for problem in done.problems:
            click.echo(str(problem), err=True)
        click.echo(_said(done), nl=False)
    if done.problems:
        sys.exit(2)


@click.command("map")
@click.argument("table", metavar="FILE.csv")
@click.option("--dictionary", metavar="FILE.csv", help="The data dictionary of the REDCap project that was exported.")
@click.option("-o", "--output", metavar="PATH", help="Write to a file.")
def map_command(table: str, dictionary: str | None, output: str | None) -> None:
    """Propose a mapping for a spreadsheet, from its headings, units and values.

    Read it, mend it, try it with `import --mapping FILE --dry-run`, and approve it with `seen: yes`.
    """
    from ..registry import propose_mapping

    if output is not None and output != "-" and Path(output).exists():
        problem = Problem(
            "a file that exists", "a new one", "It may hold an approved mapping. Choose another name.", "exists",
            place="-o",
        )  # fmt: skip
        raise Problems([problem], "-o")
    emit(propose_mapping(table, dictionary).encode(), output)


class _Waiting:
    """Says once who holds the registry, and then every few seconds that one still waits."""

    STEP = 5.0

    def __init__(self) -> None:
        self.told = 0.0

    def __call__(self, holder: dict[str, Any], waited: float) -> None:
        if waited >= self.told:
            who = f"process {holder['pid']} on {holder['host']}" if holder else "another writer"
            click.echo(f"waiting for {who} ({waited:.0f} s) ...", err=True)
            self.told = waited + self.STEP


def _said(done: Imported) -> str:
    counts = {"new": done.added, "replaced": done.replaced, "unchanged": done.unchanged, "left out": done.left_out}
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing"
    lines = [f"{'would import' if done.dry_run else 'imported'}: {said}"]
    lines += [f"  {count:>9}  {table}" for table, count in done.rows.items()]
    lines += [f"  {line}" for line in done.replacing]
    return "".join(f"{line}\n" for line in lines)


@click.command("template")
@click.argument("name", metavar="follow-up", default="follow-up")
@click.option("-o", "--output", metavar="PATH", help="Write to a file.")
def template_command(name: str, output: str | None) -> None:
    """Print an empty form: follow-up, for what was done with a patient and what came of it."""
    from ..registry import follow_up_template

    if name != "follow-up":
        problem = Problem("another form", "follow-up", "Name one of them.", "usage", place="template")
        raise Problems([problem])
    emit(follow_up_template().encode(), output)

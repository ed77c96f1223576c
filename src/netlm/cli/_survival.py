"""``netlm survival``: a survival page from a spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from ..errors import Problem, Problems
from ._shared import complaining, emit, format_of, tell_json

if TYPE_CHECKING:
    from ..survival import Report

__all__ = ["survival_command"]

FORMATS = ("text", "html", "json")
SLOW = 50_000_000
"""Bytes from which a file may take over a second."""
OPTIONS = {
    name: f"--{name}" for name in ("time", "event", "group", "cox", "entry", "weights", "landmark", "unit", "missing")
}


@click.command("survival")
@click.argument("file", metavar="FILE")
@click.option("--time", required=True, metavar="COLUMN", help="Time to the event, or to the end of follow-up.")
@click.option("--event", required=True, metavar="COLUMN", help="1 where the event happened, 0 where it did not.")
@click.option("--group", metavar="COLUMN", help="Groups to compare.")
@click.option("--cox", metavar="A,B", default="", help="Covariates of a Cox model; the group too, to adjust it.")
@click.option("--entry", metavar="COLUMN", help="Time after which each was under observation, if not from 0.")
@click.option("--weights", metavar="COLUMN", help="Patients in each row, or weights such as inverse probabilities.")
@click.option("--landmark", type=float, metavar="TIME", help="Start the clock here, for those still followed.")
@click.option("--unit", metavar="UNIT", help="days, months or years; read from the column's name if it ends so.")
@click.option("--missing", default="error", metavar="error|drop", help="drop leaves out rows with missing values.")
@click.option("--title", default="", metavar="TEXT", help="The heading of the page.")
@click.option("--format", "format_name", metavar="text|html|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
def survival_command(
    file: str, time: str, event: str, group: str | None, cox: str, entry: str | None, weights: str | None,
    landmark: float | None, unit: str | None, missing: str, title: str, format_name: str | None, output: str | None,
) -> None:  # fmt: skip
    """Survival of the patients in FILE (CSV or Parquet): curve, medians, tests, Cox model, checks.

    FILE has a heading in its first row and one patient in each other row; - reads standard input.
    """
    format_name = format_of(format_name, output, FORMATS)
    with complaining(format_name):
        _spare_the_input(file, output)
        try:
            import scipy.special  # noqa: F401 - what every test and interval needs

            from ..survival import report
        except ImportError:
            problem = Problem(
                "no NumPy and SciPy in this installation", "the extra `registry`",
                "Add it with: pip install 'netlm[registry,figures]'", "extra", place="survival",
            )  # fmt: skip
            raise Problems([problem]) from None
        covariates = [name.strip() for name in cox.split(",") if name.strip()]
        _say_so(file)
        try:
            with _table(file) as table:
                found = report(
                    table, time=time, event=event, group=group, cox=covariates, entry=entry, weights=weights,
                    landmark=landmark, unit=unit, missing=missing, title=title,
                )  # fmt: skip
                content = _shown(found, format_name)
        except Problem as problem:
            raise Problems([_placed(problem, file)], file) from None
        except Problems as problems:
            raise Problems([_placed(problem, file) for problem in problems.problems], file) from None
        emit(content, output)


@contextmanager
def _table(file: str) -> Iterator[str]:
    """The path of the table; standard input is kept in a temporary file, as the engine reads files."""
    if file != "-":
        yield file
        return
    content = sys.stdin.buffer.read()
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("input.parquet" if content.startswith(b"PAR1") else "input.csv")
        path.write_bytes(content)
        yield str(path)


def _shown(found: Report, format_name: str) -> bytes:
    if format_name == "json":
        return tell_json(found.to_dict())
    return (found.to_html() if format_name == "html" else found.to_text()).encode()


def _placed(problem: Problem, file: str) -> Problem:
    """The problem with the file, and with the option where the argument's name is one."""
    if problem.code != "extra":
        problem.file = file
    place = problem.place or ""
    of_model = place.startswith("cox[") or problem.code == "rank"
    problem.place = OPTIONS.get("cox" if of_model else place, problem.place)
    problem.remedy = problem.remedy.replace("`missing` set to `drop`", "--missing drop")
    return problem


def _spare_the_input(file: str, output: str | None) -> None:
    """Refuse to write over the table."""
    source, target = Path(file), Path(output) if output else None
    if target is not None and target.exists() and source.exists() and target.samefile(source):
        problem = Problem("the table itself as the output", "another path", "Choose another name.", "usage", place="-o")
        raise Problems([problem], output)


def _say_so(file: str) -> None:
    path = Path(file)
    if sys.stderr.isatty() and path.is_file() and path.stat().st_size > SLOW:
        click.echo("reading and counting ...", err=True)

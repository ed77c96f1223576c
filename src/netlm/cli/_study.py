"""``netlm study``: the landmark analyses on one's own registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from ..errors import Problem, Problems
from ._shared import check_format, complaining, emit, format_of, pairs, tell_json

if TYPE_CHECKING:
    from ..studies import Analysis, Study

__all__ = ["study_command"]

FORMATS = ("text", "html", "json")
ENDINGS = ("svg", "png", "pdf")
WIDTH = 100


@click.group("study")
def study_command() -> None:
    """Run the landmark analyses, or one of your own, on a registry."""


@study_command.command("list")
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
def list_command(format_name: str) -> None:
    """List the studies that come with netlm."""
    check_format(format_name, ("text", "json"))
    with complaining(format_name):
        _need_extra()
        from ..studies import load_analyses

        known = load_analyses().values()
        if format_name == "json":
            emit(tell_json({"studies": [one.to_dict() for one in known]}), None)
            return
        for one in known:
            click.echo(f"{one.id:<24}{one.title}")


@study_command.command("show")
@click.argument("study", metavar="NAME|FILE")
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
def show_command(study: str, format_name: str) -> None:
    """Show a study: whom it asks about, what it compares, with every limit and where it comes from."""
    check_format(format_name, ("text", "json"))
    with complaining(format_name):
        _need_extra()
        from ..studies import find_analysis

        found = find_analysis(study)
        content = tell_json(found.to_dict()) if format_name == "json" else ("\n".join(_lines(found)) + "\n").encode()
        emit(content, None)


@study_command.command("run")
@click.argument("study", metavar="NAME|FILE")
@click.option("--registry", required=True, metavar="FILE", help="A registry; or a table, CSV or Parquet.")
@click.option("--format", "format_name", metavar="text|html|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
@click.option("--figures", metavar="FOLDER", help="Write the figures there, each as a file of its own.")
@click.option("--figure-format", default="svg", metavar="svg|png|pdf", help="Format of those files.")
@click.option("--convention", "conventions", multiple=True, metavar="NAME=VALUE", help="Replace a convention.")
def run_command(
    study: str, registry: str, format_name: str | None, output: str | None, figures: str | None, figure_format: str,
    conventions: tuple[str, ...],
) -> None:  # fmt: skip
    """Run a study, by its NAME or from a FILE of your own, and print its page."""
    format_name = format_of(format_name, output, FORMATS)
    with complaining(format_name):
        if figure_format not in ENDINGS:
            listed = ", ".join(ENDINGS)
            problem = Problem("another format", listed, f"Use one of {listed}.", "usage", place="--figure-format")
            raise Problems([problem])
        _need_extra()
        from ..studies import find_analysis, read_patients, run_study

        replaced = tuple(sorted(pairs(conventions, "--convention").items()))
        analysis = find_analysis(study, replaced)
        found = run_study(analysis, read_patients(registry, analysis))
        emit(_shown(found, format_name), output)
        if figures is not None:
            folder = Path(figures)
            folder.mkdir(parents=True, exist_ok=True)
            found.save_figures(folder, figure_format)


def _shown(study: Study, format_name: str) -> bytes:
    if format_name == "json":
        return tell_json(study.to_dict())
    return (study.to_html() if format_name == "html" else study.to_text()).encode()


def _need_extra() -> None:
    """Raise ``Problems`` with the remedy where NumPy and SciPy are not installed."""
    try:
        import scipy.special  # noqa: F401
    except ImportError:
        problem = Problem(
            "no NumPy and SciPy in this installation", "the extra `registry`",
            "Add it with: pip install 'netlm[registry,figures]'", "extra", place="study",
        )  # fmt: skip
        raise Problems([problem]) from None


def _lines(one: Analysis) -> Iterator[str]:
    yield from (one.title, "=" * len(one.title), *wrap(one.question, WIDTH), "")
    for heading, listed in one.described():
        yield heading
        for line in listed:
            yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")

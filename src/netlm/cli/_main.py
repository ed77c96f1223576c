"""``netlm``: the commands, and the one place where errors become messages and exit codes.

Exit 0: done. 2: bad input or usage. 1: our own fault.
"""

from __future__ import annotations

import sys

import typer

from ..errors import Problem, Problems
from . import _board, _check, _dictionary, _guidance, _template

__all__ = ["main"]

app = typer.Typer(
    name="netlm",
    help="Prepares the tumour board for patients with neuroendocrine tumour liver metastases.",
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("board")(_board.board_command)
app.command("check")(_check.check_command)
app.command("template")(_template.template_command)
app.command("dictionary")(_dictionary.dictionary_command)
app.command("guidance")(_guidance.guidance_command)


def _version(value: bool) -> None:
    if value:
        from .. import __version__

        typer.echo(f"netlm {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options that come before the command."""


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app(prog_name="netlm")
    except Problems as problems:
        _complain(problems)
    except Problem as problem:
        _complain(Problems([problem]))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except RecursionError:
        typer.echo("netlm: the input is nested too deeply.", err=True)
        raise SystemExit(2) from None


def _complain(problems: Problems) -> None:
    for problem in problems.problems:
        typer.echo(str(problem), err=True)
    raise SystemExit(2)

"""``netlm``: the commands, and the one place where errors become messages and exit codes.

Exit 0: done. 2: bad input or usage. 1: our own fault.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from .. import __version__
from ..errors import Problem, Problems
from ._board import board_command
from ._burden import burden_command
from ._check import check_command
from ._debulking import debulking_command
from ._decide import decide_command
from ._dictionary import dictionary_command
from ._evidence import evidence_command
from ._guidance import guidance_command
from ._registry import registry_command
from ._response import response_command
from ._study import study_command
from ._survival import survival_command
from ._template import template_command

__all__ = ["main"]


@click.group(
    name="netlm",
    commands=[
        board_command,
        decide_command,
        check_command,
        template_command,
        dictionary_command,
        guidance_command,
        evidence_command,
        survival_command,
        registry_command,
        study_command,
        burden_command,
        debulking_command,
        response_command,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="netlm", message="%(prog)s %(version)s")
def _app() -> None:
    """Prepares the tumour board for patients with neuroendocrine tumour liver metastases."""


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        _app(prog_name="netlm")
    except Problems as problems:
        _complain(problems)
    except Problem as problem:
        _complain(Problems([problem]))
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def _complain(problems: Problems) -> None:
    for problem in problems.problems:
        click.echo(str(problem), err=True)
    raise SystemExit(2)

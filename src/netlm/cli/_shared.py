"""What several commands share: formats, output, options and how errors are told."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from ..errors import Problem, Problems, safe_echo
from ..files import write_atomically

if TYPE_CHECKING:
    from ..case import Case
    from ..dictionary import Dictionary

__all__ = [
    "Opener", "bundle_options", "check_format", "complaining", "emit", "format_of", "pairs",
    "rarely_collect", "tell_json",
]  # fmt: skip

GARBAGE = 100_000
"""How many objects are made before Python looks for garbage: most of them stay."""


def rarely_collect() -> None:
    """Look for garbage rarely, and never in the knowledge, which stays for the whole run."""
    gc.freeze()
    gc.set_threshold(GARBAGE)


def check_format(name: str, known: Iterable[str]) -> str:
    """The output format.

    Raises ``Problems`` for one that is not known.
    """
    if name not in known:
        choices = ", ".join(known)
        problem = Problem("another format", choices, f"Use --format with one of {choices}.", "usage", place="--format")
        raise Problems([problem], "--format")
    return name


def format_of(name: str | None, output: str | None, known: Collection[str]) -> str:
    """The output format that is asked for; else the one that the name of the file ends with; else text.

    Raises ``Problems`` for one that is not known.
    """
    ending = Path(output or "").suffix.removeprefix(".").lower()
    return check_format(name, known) if name is not None else ending if ending in known else "text"


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """``NAME=VALUE`` options as a dict.

    Raises ``Problems``.
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            problem = Problem(
                "no `=` between name and value", "NAME=VALUE", f"Write {option} NAME=VALUE.", "usage", place=option
            )
            raise Problems([problem], option)
        if name.strip() in found:
            problem = Problem(
                f"{safe_echo(name.strip())} twice", "each name once", "Keep one of them.", "usage", place=option
            )
            raise Problems([problem], option)
        found[name.strip()] = value.strip()
    return found


def emit(content: bytes, output: str | None) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    if output is None or output == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_atomically(Path(output), content)


def tell_json(content: Any) -> bytes:
    """One line of JSON."""
    return orjson.dumps(content) + b"\n"


@contextmanager
def complaining(format_name: str) -> Iterator[None]:
    """Turn problems into the error object of the JSON output, where that was asked for, and exit with 2."""
    try:
        yield
    except (Problem, Problems) as error:
        if format_name != "json":
            raise
        problems = error if isinstance(error, Problems) else Problems([error])
        emit(tell_json(problems.to_dict()), None)
        sys.exit(2)


def bundle_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that belong to a FHIR bundle: ``--with`` and ``--as-of``."""
    command = click.option(
        "--as-of", metavar="DATE", help="The day the board looks at a FHIR Bundle; else the latest day it states."
    )(command)
    return click.option(
        "--with", "supplement", metavar="FILE", help="What a FHIR Bundle does not hold, as in a case file."
    )(command)


@dataclass(frozen=True)
class Opener:
    """Reads the cases of one run, with what the command line adds to a bundle."""

    supplement: str | None
    as_of: str | None

    def check(self, cases: tuple[str, ...]) -> Opener:
        """Refuse one added file for several cases.

        Raises ``Problems``.
        """
        if self.supplement is not None and len(cases) > 1:
            problem = Problem(
                f"--with and {len(cases)} cases", "one Bundle", "Run each Bundle with its own file.", "usage",
                place="--with",
            )  # fmt: skip
            raise Problems([problem], "--with")
        return self

    def load(self, path: str, dictionary: Dictionary | None = None) -> Case:
        """The case in a file.

        Raises ``Problems``.
        """
        from ..case import load_case
        from ..dictionary import read_day

        try:
            day = read_day(self.as_of) if self.as_of is not None else None
        except Problem as problem:
            problem.place = "--as-of"
            raise Problems([problem], "--as-of") from None
        return load_case(path, dictionary, supplement=self.supplement, as_of=day)

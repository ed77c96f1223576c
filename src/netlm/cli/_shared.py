"""What several commands share: formats, output, options and how errors are told."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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

DOCUMENTS = (".html", ".pdf", ".json", ".svg", ".png")
"""Endings of what some command writes and readers open as such: text under one of them would be a broken file."""


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

    ``known`` are formats that have their own name as the ending, or a mapping of each format to its ending, of which
    the longest counts: ``page.fhir.json`` is no ``json``.
    Raises ``Problems`` for a format that is not known, and for the ending of one that this command cannot write.
    """
    if name is not None:
        return check_format(name, known)
    file = Path(output or "").name.lower()
    endings = dict(known) if isinstance(known, Mapping) else {one: one for one in known}
    fitting = [one for one, ending in endings.items() if file.endswith(f".{ending}")]
    if not fitting and file.endswith(DOCUMENTS):
        found, expected = f"a name that ends with {Path(file).suffix}", f"one of the formats {', '.join(known)}"
        remedy = "Choose the format with --format, or another name."
        raise Problems([Problem(found, expected, remedy, "usage", place="-o")], "-o")
    return max(fitting, key=lambda one: len(endings[one]), default="text")


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

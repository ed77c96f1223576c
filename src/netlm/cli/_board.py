"""``netlm board``: a dossier for each case."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Problem, Problems, nearest
from ..files import write_atomically
from ._shared import Opener, bundle_options, complaining, emit, format_of, pairs, rarely_collect, tell_json

if TYPE_CHECKING:
    from ..dossier import Dossier, NotShown
    from ..guidance import Pack

__all__ = ["board_command"]

_ENDINGS = {
    "text": "txt", "html": "html", "pdf": "pdf", "json": "json", "fhir": "fhir.json", "cds-hooks": "cards.json",
}  # fmt: skip
FORMATS = tuple(_ENDINGS)
BOOKLETS = ("html", "pdf")
"""Formats in which several cases make one document."""
PROGRESS_FROM = 20


@click.command("board")
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@click.option("--format", "format_name", metavar="|".join(FORMATS), help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file; or a folder, which gets one file for each case.")
@click.option("--set", "changes", multiple=True, metavar="FACT=VALUE", help="What if: set a fact against the case.")
@click.option("--convention", "conventions", multiple=True, metavar="NAME=VALUE", help="Replace a named convention.")
@click.option("--guidance", default="landmark_2020", metavar="PATH", help="A guidance pack, or the folder of one.")
@click.option("--option", metavar="OPTION", help="One option, with its full trace (text, json).")
@click.option("--evidence", is_flag=True, help="The studies under each option too (json; the others show them).")
@click.option("--evidence-until", "until", type=int, metavar="YEAR", help="Only what was published by then.")
@click.option("--label", metavar="TEXT", help="A bedside identifier to print (html, pdf); it is never stored.")
@bundle_options
def board_command(
    cases: tuple[str, ...],
    format_name: str | None,
    output: str | None,
    changes: tuple[str, ...],
    conventions: tuple[str, ...],
    guidance: str,
    option: str | None,
    evidence: bool,
    until: int | None,
    label: str | None,
    supplement: str | None,
    as_of: str | None,
) -> None:
    """Prepare the board: for each CASE every treatment, for and against, and what would decide it.

    CASE is a case file, or a FHIR R4 Bundle of one patient; - reads standard input.
    """
    format_name = format_of(format_name, output, _ENDINGS)
    with complaining(format_name):
        from ..guidance import load_pack

        pack = load_pack(guidance, pairs(conventions, "--convention"))
        if option is not None and option not in pack.order:
            close = nearest(option, pack.order)
            remedy = f"Did you mean `{close}`?" if close else "`netlm guidance` lists all options."
            raise Problems(
                [Problem("an unknown option", "an option id", remedy, "usage", place="--option")], "--option"
            )
        _check_use(format_name, option, label, evidence, output)
        rarely_collect()
        _spare_the_input(cases, output)
        opener = Opener(supplement, as_of).check(cases)
        told = _Told(format_name, option, label, evidence, until)
        maker = _Maker(pack, told, pairs(changes, "--set"), opener)
        in_folder = output is not None and (Path(output).is_dir() or output.endswith("/"))
        booklet = format_name in BOOKLETS and not in_folder
        sys.exit(_bind(cases, maker, output) if booklet else _run(cases, maker, output, in_folder))


def _check_use(format_name: str, option: str | None, label: str | None, evidence: bool, output: str | None) -> None:
    """Refuse what a format cannot hold."""
    booklet = format_name in BOOKLETS
    found = ""
    if option is not None and format_name not in ("text", "json"):
        found, expected, remedy = "--option", "text or json", "Leave --option out; this format shows every option."
    if label is not None and not booklet:
        found, expected, remedy = "--label", "html or pdf", "Use --format html or pdf, or leave --label out."
    if evidence and format_name != "json":
        found, expected, remedy = "--evidence", "json", "Leave --evidence out; pages and text show the studies."
    if format_name == "pdf" and output is None and sys.stdout.isatty():
        found, expected, remedy = "a PDF for the terminal", "a file", "Add -o board.pdf."
    if found:
        problem = Problem(f"{found} with --format {format_name}", expected, remedy, "usage", place="--format")
        raise Problems([problem], "--format")


def _spare_the_input(cases: tuple[str, ...], output: str | None) -> None:
    """Refuse an output path that is one of the cases."""
    target = Path(output) if output is not None else None
    for path in cases:
        source = Path(path)
        if target is not None and path != "-" and target.exists() and source.exists() and target.samefile(source):
            problem = Problem(
                "the case itself as the output", "another path", "Choose another name.", "usage", place="-o"
            )
            raise Problems([problem], output)


@dataclass(frozen=True)
class _Told:
    """How a dossier is to be told, and up to which year the evidence."""

    format_name: str
    option: str | None
    label: str | None
    evidence: bool
    until: int | None


class _Maker:
    """Turns one case file into the bytes of its dossier, or into those of its problems."""

    def __init__(self, pack: Pack, told: _Told, changes: dict[str, str], opener: Opener) -> None:
        from ..evidence import load_evidence

        self.pack = pack
        self.told = told
        self.format_name = told.format_name
        self.changes = changes
        self.opener = opener
        studies = load_evidence()
        self.studies = studies if told.until is None else studies.until(told.until)

    def dossier(self, path: str) -> Dossier:
        """The dossier of one case. Raises ``Problems``."""
        from ..dossier import board

        case = self.opener.load(path, self.pack.dictionary)
        return board(case, guidance=self.pack, what_if=self.changes, evidence=self.studies)

    def make(self, path: str) -> tuple[str, bytes]:
        """Id and content. Raises ``Problems``."""
        dossier = self.dossier(path)
        if self.format_name == "json":
            return dossier.case.id, dossier.to_json(self.told.option, evidence=self.told.evidence) + b"\n"
        if self.format_name == "text":
            return dossier.case.id, dossier.to_text(self.told.option).encode()
        if self.format_name in ("fhir", "cds-hooks"):
            return dossier.case.id, tell_json(dossier.to_fhir() if self.format_name == "fhir" else dossier.to_cards())
        return dossier.case.id, self.bind([dossier])

    def bind(self, cases: list[Dossier | NotShown]) -> bytes:
        """One document of one case or several."""
        from ..dossier import booklet_html, booklet_pdf

        if self.format_name == "html":
            return booklet_html(cases, self.told.label).encode()
        return booklet_pdf(cases, self.told.label)

    def complain(self, problems: Problems) -> bytes:
        """The problems of one case, in the format asked for; text goes to standard error and leaves nothing here."""
        if self.format_name == "json":
            return tell_json(problems.to_dict())
        for problem in problems.problems:
            click.echo(str(problem), err=True)
        return b""


def _bind(paths: tuple[str, ...], maker: _Maker, output: str | None) -> int:
    """Every case in one document; one that cannot be read stands there as not shown, with the reason."""
    from ..dossier import NotShown

    cases: list[Dossier | NotShown] = []
    names: dict[str, str] = {}
    bad = 0
    for number, path in enumerate(paths, 1):
        _progress(number, len(paths))
        try:
            dossier = maker.dossier(path)
            _claim(dossier.case.id, path, names)
            cases.append(dossier)
        except Problems as problems:
            bad += 1
            maker.complain(problems)
            cases.append(NotShown(Path(path).name, "; ".join(_reason(problem) for problem in problems.problems)))
    if bad < len(paths):
        emit(maker.bind(cases), output)
    return 2 if bad else 0


def _run(paths: tuple[str, ...], maker: _Maker, output: str | None, folder: bool) -> int:
    """Every case by itself, one after the other or each in a file of its own."""
    made: list[bytes] = []
    separator = b"\f\n" if maker.format_name == "text" else b""
    names: dict[str, str] = {}
    bad = 0
    for number, path in enumerate(paths, 1):
        _progress(number, len(paths))
        before = bad
        try:
            name, content = maker.make(path)
            if folder:
                _into_folder(Path(output or ""), name, path, content, names, _ENDINGS[maker.format_name])
        except Problems as problems:
            bad += 1
            content = maker.complain(problems)
        if folder and bad == before:
            continue
        if output is None or folder:
            emit(separator * bool(number > 1 and content) + content, None)
        else:
            made.append(content)
    if made:
        everything_failed = bad == len(paths)
        emit(separator.join(part for part in made if part), None if everything_failed else output)
    return 2 if bad else 0


def _reason(problem: Problem) -> str:
    """Why a case is not shown, without the path."""
    where = f"line {problem.line}: " if problem.line else ""
    return f"{where}found {problem.found}, expected {problem.expected}"


def _claim(name: str, path: str, names: dict[str, str]) -> None:
    """Keep the id for one case; where a later one has it too, nobody could tell which page is whose."""
    if name in names:
        problem = Problem(
            f"the id `{name}` again (first in {names[name]})", "an id of its own for each case",
            "Rename one, or prepare them apart.", "duplicate-id", file=path, place="id",
        )  # fmt: skip
        raise Problems([problem], path)
    names[name] = path


def _into_folder(folder: Path, name: str, path: str, content: bytes, names: dict[str, str], ending: str) -> None:
    _claim(name, path, names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        problem = Problem(
            "a folder that cannot be made", "a writable place", "Check the path.", "unwritable", file=str(folder)
        )
        raise Problems([problem], str(folder)) from None
    write_atomically(folder / f"{name}.{ending}", content)


def _progress(number: int, of: int) -> None:
    if of >= PROGRESS_FROM and sys.stderr.isatty():
        end = "\n" if number == of else ""
        sys.stderr.write(f"\rcase {number} of {of}{end}")
        sys.stderr.flush()

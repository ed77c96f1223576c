"""``netlm decide``: an empty record for the meeting, and the minutes, tasks and letters of a filled one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Problem, Problems
from ._shared import Opener, bundle_options, complaining, emit, format_of, pairs, tell_json

if TYPE_CHECKING:
    from ..dossier import Decided, Dossier

__all__ = ["decide_command"]

FORMATS = ("text", "tasks", "letter-patient", "letter-referrer", "json", "fhir")
_ENDINGS = {name: name for name in FORMATS} | {"fhir": "fhir.json"}


@click.command("decide")
@click.argument("case", metavar="CASE")
@click.option("--record", metavar="FILE", help="The filled record of the meeting; - reads standard input.")
@click.option(
    "--format", "format_name", metavar="|".join(FORMATS), help="With --record: which document; else as -o ends."
)
@click.option("-o", "--output", metavar="PATH", help="Write to a file.")
@click.option("--convention", "conventions", multiple=True, metavar="NAME=VALUE", help="Replace a named convention.")
@click.option("--guidance", default="landmark_2020", metavar="PATH", help="A guidance pack, or the folder of one.")
@click.option("--set", "changes", multiple=True, hidden=True)
@bundle_options
def decide_command(
    case: str,
    record: str | None,
    format_name: str | None,
    output: str | None,
    conventions: tuple[str, ...],
    guidance: str,
    changes: tuple[str, ...],
    supplement: str | None,
    as_of: str | None,
) -> None:
    """Record what the board decided on CASE.

    Without --record: an empty record, to be filled in at the meeting. With it: the record is checked against the
    case, and written out as minutes (text), a task list (tasks), a draft of a letter (letter-patient,
    letter-referrer), as JSON, or as a FHIR document with the dossier (fhir). Nothing is ever sent.
    """
    # an empty record is a form to fill in, whatever its file is called
    format_name = format_of(format_name, output if record is not None else None, _ENDINGS)
    with complaining(format_name):
        _check_usage(case, record, format_name, output, changes)
        opener = Opener(supplement, as_of)
        dossier = _dossier(case, opener, guidance, pairs(conventions, "--convention"))
        if record is None:
            from ..dossier import decision_form

            content = decision_form(dossier).encode()
        else:
            content = _document(_decided(dossier, record), format_name)
        emit(content, output)


def _check_usage(case: str, record: str | None, format_name: str, output: str | None, changes: tuple[str, ...]) -> None:
    if changes:
        _refuse(
            "a what-if", "the case as written",
            "A what-if never becomes a decision. If the finding is true, write it into the case file.", "--set",
            "what-if",
        )  # fmt: skip
    if record is None and format_name != "text":
        _refuse("a format without a record", "--record FILE", "Name the filled record.", "--format")
    if case == "-" and record == "-":
        _refuse("two files from standard input", "one of them as a path", "Name the other.", "--record")
    if output is not None and output != "-" and Path(output).exists():
        _check_output(Path(output), case, record)


def _check_output(target: Path, case: str, record: str | None) -> None:
    """Refuse to write over an input, or to begin a record where one may stand already."""
    sources = [Path(source) for source in (case, record) if source is not None and source != "-"]
    if any(source.exists() and target.samefile(source) for source in sources):
        _refuse("an input as the output", "another path", "Choose another name.", "-o")
    if record is None:
        _refuse(
            "a file that exists", "a new one", "It may hold a decision. Choose another name, or move it away.", "-o",
            "exists",
        )  # fmt: skip


def _refuse(found: str, expected: str, remedy: str, place: str, code: str = "usage") -> None:
    raise Problems([Problem(found, expected, remedy, code, place=place)], place)


def _dossier(case: str, opener: Opener, guidance: str, conventions: dict[str, str]) -> Dossier:
    from ..dossier import board
    from ..guidance import load_pack

    pack = load_pack(guidance, conventions)
    return board(opener.load(case, pack.dictionary), guidance=pack)


def _decided(dossier: Dossier, record: str) -> Decided:
    from ..decision import read_decision
    from ..dossier import Decided, basis_of
    from ..files import read_tree, shown_path

    decision = read_decision(read_tree(record), shown_path(record), basis_of(dossier))
    return Decided(dossier, decision)


def _document(decided: Decided, format_name: str) -> bytes:
    makers = {
        "text": decided.minutes, "tasks": decided.tasks, "letter-patient": decided.letter_to_patient,
        "letter-referrer": decided.letter_to_referrer,
    }  # fmt: skip
    if format_name == "json":
        return decided.decision.to_json() + b"\n"
    if format_name == "fhir":
        return tell_json(decided.to_fhir())
    return makers[format_name]().encode()

"""``netlm check``: whether a case file can be read, and how complete it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..errors import Problems
from ._shared import Opener, bundle_options, check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..case import Case

__all__ = ["check_command"]


@click.command("check")
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")
@bundle_options
def check_command(cases: tuple[str, ...], format_name: str, supplement: str | None, as_of: str | None) -> None:
    """Check case files and FHIR Bundles: every problem of each, values outside the usual, core facts still unknown."""
    check_format(format_name, ("text", "json"))
    with complaining(format_name):
        opener = Opener(supplement, as_of).check(cases)
    bad = 0
    for path in cases:
        try:
            content = _checked(path, format_name, opener)
        except Problems as problems:
            bad += 1
            if format_name == "json":
                content = tell_json(problems.to_dict())
            else:
                for problem in problems.problems:
                    click.echo(str(problem), err=True)
                content = b""
        emit(content, None)
    sys.exit(2 if bad else 0)


def _checked(path: str, format_name: str, opener: Opener) -> bytes:
    case = opener.load(path)
    dictionary = case.facts.dictionary
    core = [fact.name for fact in dictionary.facts.values() if fact.core]
    unknown = [name for name in core if not _is_stated(case, name)]
    report = {
        "check": {
            "file": path, "id": case.id, "core": len(core), "core_unknown": unknown,
            "contradictions": list(case.facts.contradictions),
            "warnings": [problem.to_dict() for problem in case.warnings],
        }
    }  # fmt: skip
    if format_name == "json":
        return tell_json(report)
    lines = [f"{path}: case {case.id} can be read; {len(core) - len(unknown)} of {len(core)} core facts are known."]
    lines += [str(problem) for problem in case.warnings]
    lines += [f"  contradiction: {name}" for name in case.facts.contradictions]
    lines += [f"  unknown: {name} ({dictionary.facts[name].title})" for name in unknown]
    return ("\n".join(lines) + "\n").encode()


def _is_stated(case: Case, name: str) -> bool:
    if name in case.records or name == "lesions":
        return case.facts.lesions is not None
    return case.facts.is_known(name) or (name in case.facts.entered and case.facts.entered[name].unknown is None)

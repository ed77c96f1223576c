"""Reading a record of a meeting: every problem of the file at once, each with its line, or a ``Decision``."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from ..errors import Problem, Problems
from ..files import Node, read_tree, shown_path
from ._fields import Fields, line_of
from ._model import (
    FORMAT,
    Again,
    Alternative,
    Basis,
    CarriedOut,
    Decision,
    Recommendation,
    Standing,
    Task,
    Trial,
)  # fmt: skip
from ._rules import check_basis, said_place

__all__ = ["load_decision", "read_decision"]

_TOP = (
    "netlm", "basis", "date", "present", "recommendations", "no_decision", "alternatives", "dissent", "patient_view",
    "trial", "tasks", "discuss_again",
)  # fmt: skip
_BASIS = ("case", "as_of", "data", "dossier", "guidance", "guidance_year", "version", "conventions", "options")
_NO_DAY = datetime.date.min
"""Stands where a date could not be read, so that the other rules can still be checked; it never leaves this module."""


def load_decision(path: str | Path) -> Decision:
    """The record of a meeting in a file (``-`` is standard input), YAML or JSON.

    Raises ``Problems`` with everything that is wrong in it, each with its line.
    """
    return read_decision(read_tree(path), shown_path(path))


def read_decision(document: Node, file: str, today: Basis | None = None) -> Decision:
    """The record in a tree already read.

    With ``today``, what the case gives now, the record must rest on just that dossier.
    Raises ``Problems``.
    """
    problems: list[Problem] = []
    decision = None
    top = Fields(document, "", _TOP, problems)
    if top.text("netlm") != FORMAT:
        found = "another format" if "netlm" in top else "no `netlm:`"
        remedy = "Is this a record of a meeting? `netlm decide CASE` makes an empty one."
        problems[:] = [Problem(found, f"netlm: {FORMAT}", remedy, "format", place="netlm")]
    else:
        basis = _basis(top.inner("basis", _BASIS, required=True))
        if today is not None:
            _keep(check_basis(basis, today), problems)
        try:
            decision = _decision(top, basis)
        except Problems as broken:
            _keep(broken.problems, problems)
    for problem in problems:
        problem.file = file
        if problem.line is None:
            problem.line, problem.column = line_of(document, problem.place or "")
        problem.place = said_place(problem.place or "") or None
    if problems or decision is None:
        raise Problems(problems, file)
    return decision


def _keep(found: Iterable[Problem], problems: list[Problem]) -> None:
    """Add the broken rules, except at places that could not even be read."""
    unread = [problem.place or "" for problem in problems if problem.code != "unknown-key"]
    for problem in found:
        place = problem.place or ""
        if not any(place == bad or place.startswith((f"{bad}.", f"{bad}[")) for bad in unread):
            problems.append(problem)


def _decision(top: Fields, basis: Basis) -> Decision:
    trial, again = top.inner("trial", ("considered", "note")), top.inner("discuss_again", ("date", "when"))
    recommendations = top.items(
        "recommendations", ("order", "intent", "option", "other", "reason", "conditions", "carried_out")
    )
    alternatives = top.items("alternatives", ("option", "other", "reason"))
    tasks = top.items("tasks", ("what", "owner", "due"))
    return Decision(
        basis=basis,
        date=top.day("date", required=True) or _NO_DAY,
        recommendations=tuple(_recommendation(one) for one in recommendations or ()),
        no_decision=top.text("no_decision"),
        present=top.texts("present"),
        alternatives=None if alternatives is None else tuple(_alternative(one) for one in alternatives),
        dissent=top.texts("dissent"),
        patient_view=top.text("patient_view"),
        trial=Trial(bool(trial.yes("considered", required=True)), trial.text("note")) if trial else None,
        tasks=None if tasks is None else tuple(_task(one) for one in tasks),
        discuss_again=Again(again.day("date"), again.text("when")) if again else None,
    )


def _basis(top: Fields | None) -> Basis:
    top = top or Fields(None, "basis", _BASIS, [])
    options, conventions = top.mapping("options"), top.mapping("conventions")
    return Basis(
        case=top.text("case", required=True) or "",
        as_of=top.day("as_of", required=True) or _NO_DAY,
        dossier=top.text("dossier", required=True) or "",
        guidance=top.text("guidance", required=True) or "",
        guidance_year=top.number("guidance_year", required=True) or 0,
        version=top.text("version", required=True) or "",
        options={name: _standing(options.inner(name, ("verdict", "possible"))) for name in options},
        conventions={name: conventions.text(name) or "" for name in conventions},
        data=top.text("data"),
    )


def _standing(one: Fields | None) -> Standing:
    if one is None:
        return Standing("", ())
    return Standing(one.text("verdict", required=True) or "", one.texts("possible", required=True) or ())


def _recommendation(one: Fields) -> Recommendation:
    done = one.inner("carried_out", ("status", "date", "reason", "patient_wish"))
    return Recommendation(
        order=one.number("order", required=True) or 0,
        intent=one.text("intent", required=True) or "",
        option=one.text("option"),
        other=one.text("other"),
        reason=one.text("reason"),
        conditions=one.texts("conditions"),
        carried_out=_carried_out(done) if done else None,
    )


def _carried_out(one: Fields) -> CarriedOut:
    return CarriedOut(
        one.text("status", required=True) or "",
        one.day("date", required=True) or _NO_DAY,
        one.text("reason"),
        one.yes("patient_wish"),
    )


def _alternative(one: Fields) -> Alternative:
    return Alternative(one.text("option"), one.text("other"), one.text("reason"))


def _task(one: Fields) -> Task:
    return Task(
        one.text("what", required=True) or "",
        one.text("owner", required=True) or "",
        one.day("due", required=True) or _NO_DAY,
    )

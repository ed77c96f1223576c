"""The form that a coordinator fills in at the meeting: what netlm knows is written, the rest stands as comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..files import Mapping as Tree
from ..files import Scalar, render_tree
from ._model import FORMAT, INTENTS, NEEDS_REASON, STATUSES, Basis

__all__ = ["template"]

_HEAD = """\
# What the board decided. Take the `#` away from the lines that are needed, and fill them in.
# A line left out is shown as "not recorded"; `none` says that there was none.
# Name people by role only: netlm cannot tell a name from a role. Put text that holds ": " or "#" in quotes.
# Then: netlm decide CASE --record THIS_FILE
netlm: {format}

# Written by netlm: the dossier that the board has before it. Leave it as it is.
basis:
"""
_FORM = """\

# --- the meeting ---
# date: ...                  # the day of the meeting, on or after {as_of}
# present: [...]             # roles: surgery, interventional radiology, nuclear medicine, oncology, pathology

# --- what is recommended, or why nothing is ---
# recommendations:
#   - order: 1               # which comes first
#     option: ...            # an id from above; or `other: ...` for what is not listed there
#     intent: ...            # {intents}
#     reason: ...            # needed after {needs_reason}
#     conditions: [...]
# no_decision: ...           # in place of recommendations: why nothing could be decided

# --- what else was said ---
# alternatives:              # considered and not chosen
#   - option: ...            # or `other: ...`
#     reason: ...
# dissent: [...]             # who saw it otherwise, by role, and why; or none
# patient_view: ...          # what the patient wants, and how that is known
# trial: {{considered: ..., note: ...}}     # yes or no; which, or why none

# --- what happens next ---
# tasks:
#   - {{what: ..., owner: ..., due: ...}}   # owner: a role; due: a date
# discuss_again: {{date: ..., when: ...}}   # a date, an event, or both

# --- later, under a recommendation ---
#     carried_out: {{status: ..., date: ...}}     # {statuses}
#     # the last two with `reason: ...`, and `patient_wish: yes` or `no`
"""


def template(basis: Basis, said: Mapping[str, str]) -> str:
    """The form for the dossier of ``basis``, as YAML; ``said`` holds the words of each option's verdict."""
    form = _FORM.format(
        as_of=basis.as_of, intents=", ".join(INTENTS), statuses=", ".join(STATUSES),
        needs_reason=f"{', '.join(NEEDS_REASON[:-1])} or {NEEDS_REASON[-1]}",
    )  # fmt: skip
    return _HEAD.format(format=FORMAT) + "".join(_basis(basis, said)) + form


def _basis(basis: Basis, said: Mapping[str, str]) -> Iterator[str]:
    pairs = {
        "case": basis.case, "as_of": basis.as_of.isoformat(), "data": basis.data, "dossier": basis.dossier,
        "guidance": basis.guidance, "guidance_year": str(basis.guidance_year), "version": basis.version,
    }  # fmt: skip
    for name, text in pairs.items():
        if text is not None:
            yield _indented(name, Scalar(text))
    if basis.conventions:
        yield "  # These conventions were overridden for this dossier:\n"
        conventions = ((Scalar(name), Scalar(value)) for name, value in basis.conventions.items())
        yield _indented("conventions", Tree(tuple(conventions)))
    yield "  options:\n"
    for name, standing in basis.options.items():
        yield f"    # {said.get(name, name)}\n"
        yield f"    {name}: {{verdict: {standing.verdict}, possible: [{', '.join(standing.possible)}]}}\n"


def _indented(name: str, node: Scalar | Tree) -> str:
    return "".join(f"  {line}\n" for line in render_tree(Tree(((Scalar(name), node),))).splitlines())

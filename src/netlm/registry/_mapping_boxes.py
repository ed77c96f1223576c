"""Boxes that are ticked, as REDCap and spreadsheets write them, as the list of what they stand for."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Problem
from ..files import Mapping as Tree
from ..files import Node, Scalar, Sequence
from ._mapping import Cell

__all__ = ["read_boxes"]

TICKED = ("1", "checked", "yes", "x", "true")
UNTICKED = ("0", "unchecked", "no", "false")
BEGUN = ("1", "2", "unverified", "complete")
NOT_BEGUN = ("0", "incomplete")
"""What REDCap says of a form."""
NOT_COMPLETED = "form not completed"


def read_boxes(cell: Cell, line: Mapping[str, str], missing: Mapping[str, str], number: int) -> Node | None:
    """What the boxes of one line say, as a file would; None where all are empty.

    Boxes that are not ticked say none only on a form that was filled in: REDCap exports boxes that nobody has seen
    as not ticked. A box with a code of ``missing`` leaves open what it stands for. ``number`` is that of the line.

    Raises ``Problem``: a sign that is neither ticked nor not, or a word ticked beside a box that says unknown.
    """
    said = {box: line[box] for box in (*cell.boxes, *cell.unknown)}
    if not any(said.values()):
        return None
    ticked = [box for box, text in said.items() if text not in missing and _is_ticked(box, text)]
    words = [Scalar(word, number) for word in dict.fromkeys(cell.boxes[box] for box in ticked if box in cell.boxes)]
    why = [cell.unknown[box] for box in ticked if box in cell.unknown]
    if words and why:
        found = "a word ticked beside a box that says unknown"
        raise Problem(found, "one of the two", "Correct the line.", "contradiction", place=ticked[-1])
    why += [missing[text] for text in said.values() if text in missing]
    if not words and not why and cell.completed is not None:
        state = line[cell.completed]
        if not state:  # a line of another form
            return None
        if state in missing or not _among(BEGUN, NOT_BEGUN, cell.completed, state):
            why = [missing.get(state, NOT_COMPLETED)]
    listed = Sequence(tuple(words), number)
    if not why:
        return listed
    key, node = ("at_least", listed) if words else ("unknown", Scalar("; ".join(dict.fromkeys(why)), number))
    return Tree(((Scalar(key, number), node),), number)


def _is_ticked(box: str, text: str) -> bool:
    return _among(TICKED, ("", *UNTICKED), box, text)


def _among(yes: tuple[str, ...], no: tuple[str, ...], column: str, text: str) -> bool:
    """Whether ``text`` is one of the words for yes; refuse what is none of either."""
    word = text.lower()
    if word not in (*yes, *no):
        known = ", ".join(one for one in (*yes, *no) if one)
        remedy = "Correct the line, or put a code for nothing under `missing` of the mapping."
        raise Problem(f"another word ({len(text)} signs)", f"one of {known}", remedy, "unmapped-value", place=column)
    return word in yes

"""What a board decided on one case: the record of the meeting, its file format and its reader."""

from ._model import (
    INTENTS,
    NEEDS_REASON,
    STATUSES,
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
from ._read import load_decision, read_decision
from ._rules import check_basis
from ._template import template

__all__ = [
    "INTENTS", "NEEDS_REASON", "STATUSES", "Again", "Alternative", "Basis", "CarriedOut", "Decision",
    "Recommendation", "Standing", "Task", "Trial", "check_basis", "load_decision", "read_decision", "template",
]  # fmt: skip

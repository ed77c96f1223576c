"""Options against facts: verdicts, what is missing, what would change them, flags and notes."""

from ._assess import Assessment, Judged, LesionVerdict, OptionVerdict, assess, program_of
from ._change import Change
from ._evaluation import Evaluation, later, stale_facts
from ._flags import Raised
from ._missing import Missing
from ._pack import Argument, Flag, NotConsidered, Note, Pack, load_pack
from ._program import Program
from ._roles import ROLES, best_of, fold, settle, worst_of

__all__ = [
    "ROLES", "Argument", "Assessment", "Change", "Evaluation", "Flag", "Judged", "LesionVerdict", "Missing",
    "NotConsidered", "Note", "OptionVerdict", "Pack", "Program", "Raised", "assess", "best_of", "fold", "later",
    "load_pack", "program_of", "settle", "stale_facts", "worst_of",
]  # fmt: skip

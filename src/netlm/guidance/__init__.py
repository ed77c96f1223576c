"""Options against facts: verdicts, what is missing, what would change them, flags and notes."""

from ._assess import Assessment, Judged, LesionVerdict, OptionVerdict, assess, program_of
from ._change import Change
from ._columns import VERDICT_CODES, ArgumentColumns, VerdictColumns
from ._evaluation import Evaluation, stale_facts
from ._flags import Raised
from ._missing import Missing, Outcomes
from ._pack import Argument, Flag, NotConsidered, Note, Pack, load_pack
from ._program import Program
from ._roles import RANK, ROLES, best_of, fold, settle, worst_of

__all__ = [
    "RANK",
    "ROLES",
    "VERDICT_CODES",
    "Argument",
    "ArgumentColumns",
    "Assessment",
    "Change",
    "Evaluation",
    "Flag",
    "Judged",
    "LesionVerdict",
    "Missing",
    "NotConsidered",
    "Note",
    "OptionVerdict",
    "Outcomes",
    "Pack",
    "Program",
    "Raised",
    "VerdictColumns",
    "assess",
    "best_of",
    "fold",
    "load_pack",
    "program_of",
    "settle",
    "stale_facts",
    "worst_of",
]  # fmt: skip

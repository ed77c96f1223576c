"""The published evidence: every study as data, checked by arithmetic, matched to a patient."""

from ._alarms import Alarm, alarms
from ._load import Evidence, alarms_as_printed, load_evidence, read_publication
from ._match import APPLICABILITY, Match, Point, match_study
from ._model import (
    KNOWN,
    Approval,
    Arm,
    Criterion,
    Dose,
    Endpoint,
    Measure,
    Overlap,
    Publication,
    Ratio,
    Result,
    Successor,
    Support,
    Told,
)
from ._numbers import Number, PValue
from ._option import OptionEvidence, Outlook, SinceReview, evidence_for, since_review
from ._say import SELECTED, say_match, say_result, say_size
from ._vocabulary import Design, EvidenceWords

__all__ = [
    "APPLICABILITY", "KNOWN", "SELECTED", "Alarm", "Approval", "Arm", "Criterion", "Design", "Dose", "Endpoint",
    "Evidence", "EvidenceWords", "Match", "Measure", "Number", "OptionEvidence", "Outlook", "Overlap", "PValue",
    "Point", "Publication", "Ratio", "Result", "SinceReview", "Successor", "Support", "Told", "alarms",
    "alarms_as_printed", "evidence_for", "load_evidence", "match_study", "read_publication", "say_match", "say_result",
    "say_size", "since_review",
]  # fmt: skip

"""The published evidence: every study as data, checked by arithmetic, matched to a patient."""

from ._alarms import Alarm, alarms
from ._bibliography import as_bibtex, as_csl
from ._board import PatientEvidence, evidence_of
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
from ._option import OptionEvidence, Outlook, SinceReview, evidence_for, included_since, since_review, winner
from ._pictures import curves_picture, forest_picture, landmark_picture, map_picture
from ._plain import match_plain, option_plain, since_plain, study_plain
from ._pooling import POOLED_ENDPOINTS, Difference, Gathered, gather, pool_evidence
from ._say import SELECTED, say_dated, say_match, say_result, say_size
from ._scores import Score, ScoreItem, ScoreValue, describe, load_scores
from ._vocabulary import Design, EvidenceWords

__all__ = [
    "APPLICABILITY", "KNOWN", "POOLED_ENDPOINTS", "SELECTED", "Alarm", "Approval", "Arm", "Criterion", "Design",
    "Difference", "Dose", "Endpoint", "Evidence", "EvidenceWords", "Gathered", "Match", "Measure", "Number",
    "OptionEvidence", "Outlook", "Overlap", "PValue", "PatientEvidence", "Point", "Publication", "Ratio",
    "Result", "Score", "ScoreItem", "ScoreValue", "SinceReview", "Successor", "Support", "Told", "alarms",
    "alarms_as_printed", "as_bibtex", "as_csl", "curves_picture", "describe", "evidence_for", "evidence_of",
    "forest_picture", "gather", "included_since", "landmark_picture", "load_evidence", "load_scores",
    "map_picture", "match_plain", "match_study", "option_plain", "pool_evidence", "read_publication",
    "say_dated", "say_match", "say_result", "say_size", "since_plain", "since_review", "study_plain", "winner",
]  # fmt: skip

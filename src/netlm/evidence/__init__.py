"""The published evidence: every study as data, checked by arithmetic, matched to a patient."""

from ._alarms import Alarm, alarms
from ._load import Evidence, alarms_as_printed, load_evidence, read_publication
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
from ._vocabulary import Design, EvidenceWords

__all__ = [
    "KNOWN", "Alarm", "Approval", "Arm", "Criterion", "Design", "Dose", "Endpoint", "Evidence", "EvidenceWords",
    "Measure", "Number", "Overlap", "PValue", "Publication", "Ratio", "Result", "Successor", "Support", "Told",
    "alarms", "alarms_as_printed", "load_evidence", "read_publication",
]  # fmt: skip

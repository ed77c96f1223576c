"""Whether two scans can be set against each other: made alike, and nothing done to the liver in between."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._burden import Burden

__all__ = ["ScanInfo", "differs", "is_other_thickness", "was_treated", "why_apart"]


@dataclass(frozen=True, slots=True)
class ScanInfo:
    """What is said of a scan: its day, modality and contrast phase, and a local treatment since the one before."""

    date: datetime.date | None = None
    modality: str = ""
    phase: str = ""
    local_treatment: str = ""


def differs(values: Sequence[str]) -> bool:
    """Whether two of the values that are stated are not the same word; what is not stated differs from nothing."""
    return len({" ".join(value.casefold().split()) for value in values if value.strip()}) > 1


def is_other_thickness(steps: Sequence[float], thicker: float) -> bool:
    """Whether the thickest of the slices, in mm, is more than ``thicker`` per cent thicker than the thinnest."""
    return max(steps) > min(steps) * (1 + thicker / 100)


def was_treated(earlier: Burden, later: Burden, info: ScanInfo) -> bool:
    """Whether a local treatment came between two scans: it is stated of the later, or its ablation zones are larger."""
    return bool(info.local_treatment.strip()) or later.treated_ml > earlier.treated_ml


def why_apart(scans: Sequence[tuple[Burden, ScanInfo]], thicker: float) -> str:
    """Why the first and the last of scans in the order of time are not comparable; empty where nothing says so.

    ``thicker`` as for ``is_other_thickness``.
    """
    ends = (scans[0], scans[-1])
    steps = [float(burden.scan.grid.spacing[0]) for burden, _ in ends]
    reasons = {
        "the modality differs": differs([info.modality for _, info in ends]),
        "the contrast phase differs": differs([info.phase for _, info in ends]),
        f"slices of {steps[0]:g} and {steps[1]:g} mm": is_other_thickness(steps, thicker),
        "a local treatment came between": any(
            was_treated(earlier, later, info) for (earlier, _), (later, info) in pairwise(scans)
        ),
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds)

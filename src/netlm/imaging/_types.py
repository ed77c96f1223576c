"""What the library says: numbers with their range, cautions, and who segmented."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Problem, Problems

__all__ = [
    "EDGE", "HALF_A_VOXEL", "NO_ORIENTATION", "Caution", "Limits", "Measured", "Reading", "Rules", "least_voxels",
    "number_with_range", "refuse", "some_of", "sum_of_volumes", "volume_read",
]  # fmt: skip

EDGE = "voxel size"
HALF_A_VOXEL = 1 / 2 * 2 / 3
"""By how much of a voxel's volume each outer face may be off: half a voxel, times the smooth surface over the stepped
one (two thirds, averaged over all directions)."""

ROUNDING = 1e-6
"""Relative difference of two volumes that is none; files keep spacings in single precision."""


class Measured(float):
    """A number with its range: it is the measured value itself, ``low`` and ``high`` are the ends, or None.

    One end alone is given where the other cannot be told. ``by`` says where the range comes from.
    """

    __slots__ = ("by", "high", "low")
    low: float | None
    high: float | None
    by: str

    def __new__(cls, value: float, low: float | None = None, high: float | None = None, by: str = "") -> Measured:
        """A measured value."""
        made = super().__new__(cls, value)
        made.low, made.high, made.by = low, high, by
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Measured, (float(self), self.low, self.high, self.by)

    @property
    def point(self) -> Measured:
        """The measured value alone, as another reader's."""
        return Measured(float(self), by="two readers")

    def widened(self, other: Measured) -> Measured:
        """The same value with a range that holds the range of ``other`` and its value too.

        An end that is open stays so, unless ``other`` lies beyond it.
        """
        ends = [
            end for end in (self.low, self.high, other.low, other.high, float(self), float(other)) if end is not None
        ]
        by = " and ".join(dict.fromkeys(part for part in (self.by, other.by) if part))
        low = None if self.is_open == "low" and min(ends) == self else min(ends)
        high = None if self.is_open == "high" and max(ends) == self else max(ends)
        return Measured(float(self), low, high, by)

    @property
    def is_open(self) -> str:
        """``low`` or ``high``, the end that its range lacks; empty where it has both ends, or no range at all."""
        if (self.low is None) == (self.high is None):
            return ""
        return "low" if self.low is None else "high"


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before a number is used: a stable word for programs, and a sentence."""

    code: str
    says: str

    def to_dict(self) -> dict[str, str]:
        """The caution as JSON."""
        return {"code": self.code, "says": self.says}


NO_ORIENTATION = Caution(
    "no-orientation", "The file does not say how the patient lay: left and right, and which slices are axial, are "
    "taken from the order of its axes.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """Published limits of agreement between two readings of one volume, in per cent of it, with their source."""

    low: float
    high: float
    cite: str = ""

    def factors(self, power: float = 1.0) -> tuple[float, float]:
        """The factors by which a volume may be off; ``power`` is the root of the number of independent volumes."""
        return (1 + self.low / 100) ** power, (1 + self.high / 100) ** power


def least_voxels(minimum_ml: float, voxel_ml: float) -> int:
    """The fewest voxels that have a volume of ``minimum_ml`` or more."""
    return max(1, math.ceil(min(minimum_ml / voxel_ml, sys.maxsize) * (1 - ROUNDING)))


def volume_read(ml: float, limits: Limits) -> Measured:
    """A volume with the range that two readers leave it."""
    below, above = limits.factors()
    return Measured(ml, ml * below, ml * above, f"limits of agreement {limits.cite}".strip())


def sum_of_volumes(ml: float, parts: Sequence[Measured], limits: Limits | None) -> Measured:
    """The volume of lesions together, ``ml``, from each one's with its range.

    What each may be off by is taken as independent of the others and adds in squares; the readers' limits hold for
    the whole as well. Each end is the farther one, so a lesion alone has the range that it has by itself.
    """
    down = math.hypot(*(part - (part if part.low is None else part.low) for part in parts))
    up = math.hypot(*((part if part.high is None else part.high) - part for part in parts))
    low, high = max(ml - down, 0.0), ml + up
    if limits is None:
        return Measured(ml, low, high, EDGE)
    read = volume_read(ml, limits)
    below, above = read.low or 0.0, read.high or 0.0
    if low >= below - ROUNDING * ml and high <= above + ROUNDING * ml:
        return read
    return Measured(ml, min(low, below), max(high, above), f"{read.by}, and {EDGE} of each lesion")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a caller knows of measurement and counting; the library itself holds no clinical number.

    ``volume``: limits of agreement of a tumour volume. ``minimum_ml`` and ``connectivity``: the stated rule by which
    lesions are counted. ``alternatives_ml``: minimum volumes under which they are counted again. ``bins``: counts at
    which a reader's groups end (5, 10, 50). ``liver_ml``: the volumes a liver can have. ``shares``: per cent of the
    liver at which a reader's criteria turn.
    """

    volume: Limits | None = None
    connectivity: int = 26
    minimum_ml: float = 0.0
    alternatives_ml: tuple[float, ...] = ()
    bins: tuple[int, ...] = ()
    liver_ml: tuple[float, float] | None = None
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.connectivity not in (6, 26):
            refuse(f"`{self.connectivity}`", "6 or 26", "Choose one of them.", "usage", place="connectivity")
        for number in (self.minimum_ml, *self.alternatives_ml):
            if not 0 <= number < math.inf:
                refuse(f"{number:g} ml", "0 ml or more, as a number", "Correct it.", "usage", place="minimum_ml")


@dataclass(frozen=True, slots=True)
class Reading:
    """Who made a segmentation, with what, and who of radiology looked at it; empty where it was not said."""

    segmented_by: str = ""
    method: str = ""
    reviewed_by: str = ""

    @property
    def is_reviewed(self) -> bool:
        """Whether a radiologist is said to have reviewed it."""
        return bool(self.reviewed_by.strip())

    def to_dict(self) -> dict[str, Any]:
        """The reading as JSON."""
        return {
            "segmented_by": self.segmented_by or None, "method": self.method or None,
            "reviewed_by": self.reviewed_by or None, "reviewed": self.is_reviewed,
        }  # fmt: skip


def number_with_range(name: str, value: float | None) -> dict[str, float | None]:
    """``name`` with ``name_low`` and ``name_high`` beside it where there is a range; null is an end not known."""
    found: dict[str, float | None] = {name: None if value is None else float(value)}
    if isinstance(value, Measured) and (value.low is not None or value.high is not None):
        found |= {f"{name}_low": value.low, f"{name}_high": value.high}
    return found


def refuse(
    found: str, expected: str, remedy: str, code: str, file: str | None = None, place: str | None = None
) -> None:
    """Raise ``Problems`` with one problem."""
    raise Problems([Problem(found, expected, remedy, code, file=file, place=place)], file)


def some_of(names: Sequence[str]) -> str:
    """The first few of many names."""
    few = len("12345678")
    return ", ".join(names[:few]) + (f" and {len(names) - few} more" if len(names) > few else "")


def cautions_said(cautions: Iterable[Caution]) -> list[dict[str, str]]:
    """The cautions as JSON."""
    return [caution.to_dict() for caution in cautions]

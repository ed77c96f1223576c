"""Criteria of response and margins of reach, as a caller hands them over; the library holds none of its own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CrossProduct", "Growth", "Reach", "Recist", "ResponseRules"]


@dataclass(frozen=True, slots=True)
class Recist:
    """RECIST for the liver: how many targets, from which size (mm, slice thicknesses), changes in per cent."""

    targets: int
    measurable_mm: float
    measurable_slices: float
    partial: float
    progression: float
    progression_mm: float
    too_small_mm: float
    cite: str = ""


@dataclass(frozen=True, slots=True)
class CrossProduct:
    """Changes of the sum of cross-products in per cent: partial and minor response, progression."""

    partial: float
    minor: float
    progression: float
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Growth:
    """A published cut-off of the growth rate (per cent a month) and the window of months in which it holds.

    Growth is told between scans whose slices differ in thickness by at most ``thicker`` per cent.
    """

    cutoff: float
    from_months: float
    to_months: float
    thicker: float
    formula: str
    cite: str = ""


@dataclass(frozen=True, slots=True)
class ResponseRules:
    """Every criterion of response."""

    recist: Recist
    cross_product: CrossProduct
    growth: Growth


@dataclass(frozen=True, slots=True)
class Reach:
    """The arithmetic of reach: margins in mm, the longest diameter for ablation in mm, targets in per cent."""

    margin_mm: float
    ablation_margin_mm: float
    ablation_size_mm: float
    targets: tuple[float, ...]

"""RECIST, cross-products and growth on plain numbers: sums in, classes out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ._criteria import CrossProduct, Recist
from ._types import Limits, Measured, number_with_range, refuse

__all__ = ["CLASSES", "GrowthRate", "cross_product_class", "growth_rate", "recist_classes"]

CLASSES = ("complete", "partial", "stable", "progressive")
THIRD = 1 / 3
"""A diameter goes as this power of a volume."""
TWO = 2**0.5


def recist_classes(
    sums: Sequence[float], rules: Recist, *, new: Sequence[bool] = (), gone: Sequence[bool] = ()
) -> tuple[str, ...]:
    """The class of each follow-up from the sums of diameters in mm, the first of them at baseline.

    Partial response against the baseline; progression against the smallest sum so far, which also has to grow by a
    length in mm; a new lesion is progression whatever the sum, and so is one that is there again after a complete
    response. A partial response, once reached, is kept until progression (EORTC's answer to 100, 70, 70, 80, 80, 80).
    ``gone`` tells follow-ups without any lesion.
    Raises ``Problems`` for a baseline of 0.
    """
    if not all(math.isfinite(one) and one >= 0 for one in sums):
        refuse("what is no length", "sums in mm, 0 or more", "Correct them.", "usage", place="sums")
    if not sums or sums[0] <= 0:
        refuse(
            "a baseline sum of 0", "measurable lesions at baseline", "Are the labels right?", "no-tumour", place="sums"
        )
    found: list[str] = []
    for number, value in enumerate(sums[1:], 1):
        nadir = min(sums[:number])
        grown = value - nadir >= rules.progression_mm and value >= nadir * (1 + rules.progression / 100)
        returned = any(gone[: number - 1]) and not gone[number - 1]
        if (new and new[number - 1]) or returned or grown:
            found.append("progressive")
        elif gone and gone[number - 1]:
            found.append("complete")
        elif value <= sums[0] * (1 + rules.partial / 100) or _kept(found):
            found.append("partial")
        else:
            found.append("stable")
    return tuple(found)


def _kept(found: Sequence[str]) -> bool:
    """Whether a response was reached and no progression has come since."""
    return bool(found) and found[-1] in ("partial", "complete")


def cross_product_class(
    baseline: float, smallest: float, value: float, rules: CrossProduct, *, new: bool = False, left: bool = False
) -> str:
    """The class by the sum of cross-products: against the baseline, and for progression against the smallest so far.

    A ``new`` lesion, and one that is there again after a complete response, is progression whatever the sum; a sum
    of 0 is not complete while other lesions are ``left``.
    ``undefined`` is a fall of exactly the limit of a partial response, which the print leaves in no class.
    """
    change, over = 100 * (value / baseline - 1), 100 * (value / smallest - 1) if smallest else math.inf
    if new or (value and over >= rules.progression):
        return "progressive"
    if not value and not left:
        return "complete"
    if math.isclose(change, rules.partial, abs_tol=1e-9):
        return "undefined"
    return "partial" if change < rules.partial else "minor" if change < rules.minor else "stable"


@dataclass(frozen=True, slots=True)
class GrowthRate:
    """Growth between two scans: per cent of volume a month, and the months in which it doubles (None if it shrinks)."""

    months: float
    percent_per_month: Measured
    doubling_months: float | None

    def to_dict(self) -> dict[str, Any]:
        """The rate as JSON."""
        return {
            "months": self.months, **number_with_range("percent_per_month", self.percent_per_month),
            "doubling_months": self.doubling_months,
        }  # fmt: skip


def _a_month(ratio: float, months: float) -> float:
    """Per cent of volume a month by which a diameter grew so many times; infinite beyond what a number holds."""
    try:
        return 100 * (math.exp(3 * math.log(ratio) / months) - 1)
    except OverflowError:
        return math.inf


def growth_rate(before_mm: float, after_mm: float, months: float, limits: Limits | None = None) -> GrowthRate:
    """Growth from two sums of diameters: TG = 3 ln(D2/D1) / t, TGR = 100 (exp(TG) - 1) per cent a month.

    Its range takes the two readings as independent, each within the cube root of a volume's limits of agreement.
    Raises ``Problems`` for a sum or a time that is not above 0.
    """
    if not all(math.isfinite(one) and one > 0 for one in (before_mm, after_mm, months)):
        refuse(
            "a sum or a time of 0", "sums and months above 0", "Growth needs lesions and dates on both scans.",
            "growth", place="growth",
        )  # fmt: skip
    ratio = after_mm / before_mm
    below, above = limits.factors(THIRD * TWO) if limits else (1.0, 1.0)
    low, rate, high = (_a_month(ratio * by, months) for by in (below, 1.0, above))
    measured = Measured(rate, low, high, limits.cite) if limits else Measured(rate)
    doubling = math.log(2) * months / (3 * math.log(ratio)) if ratio > 1 else None
    return GrowthRate(months, measured, doubling)

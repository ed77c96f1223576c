"""What is pooled: hazard ratios on the log scale, proportions on the logit scale, other effects as they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..figures import number, percent, ratio

__all__ = ["MEASURES", "Measure", "plain"]

LARGEST = 700.0
"""The exponential of more leaves the numbers of the machine."""


@dataclass(frozen=True)
class Measure:
    """``forward`` leads to the scale on which studies are averaged, ``back`` from it; ``null`` is no difference."""

    name: str
    heading: str
    forward: Callable[[float], float]
    back: Callable[[float], float]
    null: float | None
    shown: Callable[[float], str]
    unit: str = ""

    def interval(self, low: float, high: float) -> str:
        """``low to high`` as printed."""
        return f"{self.shown(low).removesuffix(self.unit)} to {self.shown(high)}"


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _exp(x: float) -> float:
    return math.exp(x) if x < LARGEST else math.inf


def plain(value: float | None) -> float | None:
    """A number as JSON can hold it: None where it is not finite."""
    return value if value is not None and math.isfinite(value) else None


MEASURES = {
    "hazard_ratio": Measure("hazard ratio", "HR", math.log, _exp, 1.0, ratio),
    "proportion": Measure("proportion", "Estimate", _logit, _expit, None, percent, " %"),
    "effect": Measure("effect", "Effect", float, float, 0.0, lambda value: number(value, 3)),
}

"""The E-value: how strong unmeasured confounding would have to be to explain a result away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..figures import ratio
from ._door import check_choice, refuse
from ._types import plain

__all__ = ["EValue", "e_value"]

MEASURES = {"hr": "hazard ratio", "or": "odds ratio", "rr": "risk ratio"}


@dataclass(frozen=True)
class EValue:
    """The E-value of an ``estimate`` and of the ``limit`` of its interval that is nearer to no effect.

    ``risk_ratio`` is what the estimate was read as. ``limit`` is 1 where the interval holds no effect, and None where
    no interval was given.
    """

    measure: str
    common: bool
    estimate: float
    risk_ratio: float
    value: float
    limit: float | None

    @property
    def sentence(self) -> str:
        """The result in words."""
        ties, shown = ratio(self.value), f"{MEASURES[self.measure]} of {ratio(self.estimate)}"
        said = (
            f"Something unmeasured, tied to treatment and to outcome by risk ratios of {ties} each beyond what is "
            f"measured, could explain the {shown} away; weaker ties could not"
        )
        if self.limit is None:
            return f"{said}."
        if self.limit == 1:
            return f"{said}. The interval holds no effect as it is."
        return f"{said}. {ratio(self.limit)} each would move the interval to hold no effect."

    def to_dict(self) -> dict[str, Any]:
        """The numbers as JSON."""
        return {name: plain(value) for name, value in vars(self).items()}


def e_value(
    estimate: float, low: float | None = None, high: float | None = None, *, measure: str = "rr", common: bool = False
) -> EValue:
    """The E-value: RR + sqrt(RR (RR - 1)), for ratios below 1 of their inverse.

    VanderWeele and Ding, Ann Intern Med 2017; 167:268-274. ``measure`` is "rr" (risk ratio), "hr" or "or". With a rare
    outcome (less than 15 % at the end of follow-up) a hazard or odds ratio is read as a risk ratio; where the outcome
    is ``common`` a hazard ratio becomes (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)) and an odds ratio its square root
    (their Table 2). Raises ``Problem`` for numbers not above 0, one limit alone, or an interval without its estimate.
    """
    check_choice(measure, tuple(MEASURES), "measure")
    if (low is None) != (high is None):
        raise refuse("low, high", "one limit alone", "both or none", "Give both limits or neither.", "interval")
    for place, value in (("estimate", estimate), ("low", low), ("high", high)):
        if value is not None and not 0 < value < math.inf:
            raise refuse(place, f"{value:g}", "a ratio above 0", "Give the ratio, not its logarithm.", "range")
    if low is not None and high is not None and not low <= estimate <= high:
        found = f"{estimate:g} outside {low:g} to {high:g}"
        raise refuse("estimate", found, "an estimate inside its interval", "Look the numbers up.", "interval")
    risk = _risk_ratio(estimate, measure, common)
    limit = None
    if low is not None and high is not None:
        limit = 1.0 if low <= 1 <= high else _value(_risk_ratio(low if estimate > 1 else high, measure, common))
    return EValue(measure, common, estimate, risk, _value(risk), limit)


def _risk_ratio(value: float, measure: str, common: bool) -> float:
    if not common or measure == "rr":
        return value
    if measure == "or":
        return math.sqrt(value)
    half = math.log(1 / 2)
    return math.expm1(half * math.sqrt(value)) / math.expm1(half / math.sqrt(value))


def _value(risk: float) -> float:
    risk = max(risk, 1 / risk)
    return risk + math.sqrt(risk * (risk - 1))

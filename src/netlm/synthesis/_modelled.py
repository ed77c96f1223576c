"""Curves modelled from two published medians and their hazard ratio, and the reasons for which none is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._study import refuse

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Modelled", "modelled_curves"]

ENDPOINTS = {"PFS": "progression-free survival", "TTP": "time to progression"}
SHAPES = (0.7, 1.5)
CODE = "not-modelled"


@dataclass(frozen=True)
class Modelled:
    """Two Weibull curves, S(t) = exp(-log 2 (t / median)^shape), of one study; times in months.

    The treated arm comes first. They pass through both medians, and their hazard ratio is the published one. They are
    a drawing aid: no patient's data, nothing to compare between studies. The curve is that of Weibull, J Appl Mech
    1951; 18:293-297, written by its median.
    """

    study: str
    endpoint: str
    arms: tuple[str, str]
    medians: tuple[float, float]
    hazard_ratio: float
    shape: float
    follow_up: float

    def survival(self, arm: int, months: float) -> float:
        """The share without the event at ``months`` in arm 0 (treated) or 1 (control), up to the follow-up.

        S(t) = exp(-log 2 (t / median)^shape).

        Raises ``Problem`` beyond it: there the study saw nothing.
        """
        if not 0 <= months <= self.follow_up:
            raise refuse(
                "months", f"{months:g}", f"0 to {self.follow_up:g}", "Stay within the follow-up.", "range"
            )  # fmt: skip
        return math.exp(-math.log(2) * (months / self.medians[arm]) ** self.shape)

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON; it says that it is one."""
        return {"modelled": True, **vars(self), "arms": list(self.arms), "medians": list(self.medians)}

    def plot(self, **options: Any) -> Picture:
        """The picture; options as for ``plot_modelled``."""
        from ._draw_modelled import plot_modelled

        return plot_modelled(self, **options)


def modelled_curves(
    study: str, *, endpoint: str, arms: Sequence[str], medians: Sequence[float | None], hazard_ratio: float | None,
    follow_up: float | None, interval: Sequence[float] | None = None,
) -> Modelled:  # fmt: skip
    """Weibull curves through two medians with a hazard ratio: shape = log HR / log(control median / treated median).

    The hazards of two Weibull curves (J Appl Mech 1951; 18:293-297) of one shape are proportional, with
    HR = (control median / treated median)^shape; that they are Weibull is assumed.
    ``arms`` and ``medians`` (months; None is not reached) name the treated arm first; ``follow_up`` is the longest
    follow-up in months; ``interval`` that of the hazard ratio. With a shape of 1 the curves are exponential.
    Raises ``Problem`` with the reason where the endpoint is not PFS or TTP, an input is missing, a median lies beyond
    the follow-up, hazard ratio and medians point to opposite sides, the interval does not hold the hazard ratio, or
    the shape leaves 0.7 to 1.5.
    """
    if endpoint not in ENDPOINTS:
        expected = " or ".join(ENDPOINTS)
        raise refuse(study, f"{endpoint!r}", expected, "Only these endpoints are modelled.", CODE)
    if len(arms) != 2:
        raise refuse(study, f"{len(arms)} arms", "two", "Name the treated arm first, then the control.", CODE)
    treated, control = _known_medians(study, medians)
    ratio, last = _positive(study, "hazard ratio", hazard_ratio), _positive(study, "follow-up", follow_up)
    if interval is not None and not interval[0] <= ratio <= interval[1]:
        found = f"hazard ratio {ratio:g} outside {interval[0]:g} to {interval[1]:g}"
        raise refuse(study, found, "a hazard ratio inside its interval", "One of them is misprinted.", CODE)
    if max(treated, control) > last:
        found = f"a median of {max(treated, control):g} months beyond {last:g} months of follow-up"
        raise refuse(study, found, "medians within the follow-up", "Such a median was not observed.", CODE)
    if ratio == 1 or treated == control or (ratio < 1) != (treated > control):
        found = f"medians {treated:g} and {control:g} months with a hazard ratio of {ratio:g}"
        raise refuse(study, found, "a longer median with the lower hazard", "They do not agree on one curve.", CODE)
    shape = math.log(ratio) / math.log(control / treated)
    if not SHAPES[0] <= shape <= SHAPES[1]:
        expected = f"{SHAPES[0]:g} to {SHAPES[1]:g}"
        remedy = "Medians and hazard ratio do not fit proportional Weibull hazards."
        raise refuse(study, f"a Weibull shape of {shape:.2f}", expected, remedy, CODE)
    return Modelled(study, endpoint, (arms[0], arms[1]), (treated, control), ratio, shape, last)


def _known_medians(study: str, medians: Sequence[float | None]) -> tuple[float, float]:
    if len(medians) != 2:
        raise refuse(study, f"{len(medians)} medians", "two", "Give the treated arm's first.", CODE)
    if any(median is None for median in medians):
        raise refuse(study, "a median that was not reached", "two medians", "Without it no curve is known.", CODE)
    return _positive(study, "median", medians[0]), _positive(study, "median", medians[1])


def _positive(study: str, what: str, value: float | None) -> float:
    if value is None:
        raise refuse(study, f"no {what}", f"a {what}", "It is not entered, so no curve is drawn.", CODE)
    if not (math.isfinite(value) and value > 0):
        raise refuse(study, f"a {what} of {value:g}", "a number above 0", "Look it up.", CODE)
    return float(value)

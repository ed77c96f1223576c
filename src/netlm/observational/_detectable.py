"""What difference a sample could have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ..figures import percent, ratio
from ._door import check_share, refuse

__all__ = ["Detectable", "detectable_hazard_ratio"]

MOST = 690.0
"""The largest log hazard ratio that has a number; with a hundredth of an event there is none."""


@dataclass(frozen=True)
class Detectable:
    """The hazard ratios below and above 1 that ``events`` events would have shown with the ``power`` asked for."""

    events: float
    allocation: float
    power: float
    alpha: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """The result in words."""
        return (
            f"With {self.events:g} events, {percent(self.allocation)} of the rows in one group, a hazard ratio of "
            f"{ratio(self.low)} or less, or of {ratio(self.high)} or more, would have been shown with a probability of "
            f"{percent(self.power)} or more (two-sided, alpha {self.alpha:g}); smaller differences can be missed."
        )

    def to_dict(self) -> dict[str, Any]:
        """The numbers as JSON."""
        return dict(vars(self))


def detectable_hazard_ratio(
    events: float, allocation: float = 0.5, *, power: float = 0.8, alpha: float = 0.05
) -> Detectable:
    """The smallest hazard ratio that the log-rank test would show with ``power`` at two-sided ``alpha``.

    Schoenfeld, Biometrika 1981; 68:316-319, and Biometrics 1983; 39:499-503: log HR = (z(1 - alpha/2) + z(power)) /
    sqrt(events p (1 - p)), where ``allocation`` p is the share of one of the two groups. It rests on proportional
    hazards and no adjustment; for weighted groups the effective number of events is smaller.
    Raises ``Problem`` for no events or shares that are not between 0 and 1.
    """
    if not 0 < events < math.inf:
        raise refuse("events", f"{events:g}", "more than 0", "Without events no test could show anything.", "range")
    for place, value in (("allocation", allocation), ("power", power), ("alpha", alpha)):
        check_share(value, place)
    normal = NormalDist()
    reach = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    size = min(MOST, max(0.0, reach) / math.sqrt(events * allocation * (1 - allocation)))
    return Detectable(events, allocation, power, alpha, math.exp(-size), math.exp(size))

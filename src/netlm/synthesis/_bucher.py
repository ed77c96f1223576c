"""Two treatments compared through a common comparator that each was tried against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ..figures import html_table, p_value
from ._distributions import normal_quantile
from ._measures import MEASURES
from ._pool import Pooled
from ._study import LEVEL, Study, check_level, refuse

__all__ = ["Indirect", "bucher"]

ASSUMES = (
    "indirect: no study compared the two; it holds only if the studies' patients, endpoints and comparators are alike"
)


@dataclass(frozen=True)
class Indirect:
    """``first`` against ``second``: ``estimate`` with its interval at ``level``, and the two-sided ``p``.

    ``y`` and ``se`` are on the averaging scale, y = y_1 - y_2: Bucher et al., J Clin Epidemiol 1997; 50:683-691.
    ``notes`` say on what it rests.
    """

    first: str
    second: str
    measure: str
    level: float
    y: float
    se: float
    estimate: float
    low: float
    high: float
    p: float
    notes: tuple[str, ...] = (ASSUMES,)

    @property
    def sentence(self) -> str:
        """The result in words."""
        shown = MEASURES[self.measure]
        interval = f"{100 * self.level:g} % CI {shown.interval(self.low, self.high)}"
        found = f"{shown.name} {shown.shown(self.estimate)} ({interval}), {p_value(self.p)}"
        return f"{self.first} against {self.second}: {found}; {ASSUMES}."

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return {**vars(self), "notes": list(self.notes)}

    def _repr_html_(self) -> str:
        shown = MEASURES[self.measure]
        head = ("comparison", shown.name, f"{100 * self.level:g} % CI", "p")
        row = (
            f"{self.first} against {self.second}", shown.shown(self.estimate), shown.interval(self.low, self.high),
            p_value(self.p),
        )  # fmt: skip
        return html_table("Indirect comparison", head, [row], self.notes)


def bucher(first: Study | Pooled, second: Study | Pooled, *, level: float = LEVEL) -> Indirect:
    """``first`` against ``second``, each against one comparator: the difference of the two on the averaging scale.

    y = y_1 - y_2 and se = sqrt(se_1^2 + se_2^2): Bucher, Guyatt, Griffith and Walter, J Clin Epidemiol 1997;
    50:683-691; openly in Song et al., BMJ 2003; 326:472. That the comparator is one, and the patients alike, is for
    the caller to see to. Raises ``Problem`` for two measures, proportions, or a study without an error.
    """
    check_level(level)
    if first.measure != second.measure or first.measure == "proportion":
        found = " and ".join(sorted({first.measure, second.measure}))
        raise refuse("first, second", found, "two effects of one measure", "Compare effects.", "measure")
    for one in (first, second):
        if one.se is None:
            raise refuse(one.name, "no interval", "an interval", "Look its interval up.", "interval")
    y, se = first.y - second.y, math.hypot(first.se or 0.0, second.se or 0.0)
    half, back = normal_quantile(level) * se, MEASURES[first.measure].back
    p = 2 * NormalDist().cdf(-abs(y) / se)
    return Indirect(
        first.name, second.name, first.measure, level, y, se, back(y), back(y - half), back(y + half), p
    )  # fmt: skip

"""Nelson-Aalen: the cumulative hazard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problems
from ._counts import RiskSet
from ._curve import step_at
from ._door import check_choice, refuse
from ._intervals import hazard_interval
from ._kaplan_meier import check_level
from ._tables import html_table, name_of, number
from ._tally import as_counts
from ._types import Estimate, Floats, Label, plain, seal, sealed

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Hazard", "NelsonAalen", "nelson_aalen"]

HAZARD_TYPES = ("log", "plain")


@dataclass(frozen=True, eq=False)
class Hazard:
    """The cumulative hazard of one group, H(t) = sum of d / n, from each of ``time`` on, with ``se`` and ``limits``.

    Nelson, Technometrics 1972; 14:945-966; Aalen, Ann Stat 1978; 6:701-726, eq. 3.3.
    """

    group: Label
    sets: RiskSet = field(repr=False)
    conf_type: str = "log"
    conf_level: float = 0.95

    def __post_init__(self) -> None:
        seal((self.sets,))

    @property
    def time(self) -> Floats:
        """The distinct times."""
        return self.sets.time

    @cached_property
    @sealed
    def hazard(self) -> Floats:
        """H(t) = sum of d / n: Aalen, Ann Stat 1978; 6:701-726, eq. 3.3."""
        return np.cumsum(self.sets.events.sum(axis=1) / self.sets.at_risk)

    @cached_property
    @sealed
    def se(self) -> Floats:
        """The square root of V = sum of d / n^2: Andersen et al. (1993), eq. 4.1.6."""
        n = self.sets.at_risk.astype(np.float64)
        return np.asarray(np.sqrt(np.cumsum(self.sets.events.sum(axis=1) / n**2)))

    @cached_property
    @sealed
    def limits(self) -> tuple[Floats, Floats]:
        """The lower and the upper limit, plain or log: Andersen et al. (1993), eq. 4.1.12 and 4.1.13."""
        return hazard_interval(self.hazard, self.se, self.conf_type, self.conf_level)

    def at(self, time: float) -> Estimate:
        """H(t) = sum of d / n with its error; NaN beyond the last follow-up."""
        if time > self.time[-1]:
            return Estimate(float("nan"))
        columns = (self.hazard, self.se, *self.limits)
        return Estimate(*(float(step_at(self.time, values, time, 0.0)) for values in columns))

    def to_dict(self) -> dict[str, Any]:
        """The curve as JSON."""
        lower, upper = self.limits
        return {
            "group": plain(self.group), "conf_type": self.conf_type, "conf_level": self.conf_level,
            "time": plain(self.time), "hazard": plain(self.hazard), "se": plain(self.se),
            "lower": plain(lower), "upper": plain(upper),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        return NelsonAalen((self,))._repr_html_()

    def plot(self, **options: Any) -> Picture:
        """The cumulative hazard as a picture: see ``netlm.survival.plot_hazards``."""
        return NelsonAalen((self,)).plot(**options)


@dataclass(frozen=True, eq=False)
class NelsonAalen:
    """The cumulative hazards of all groups; ``na["name"]`` is one; ``na.at(60)`` the value where there is only one."""

    curves: tuple[Hazard, ...]

    def __iter__(self) -> Iterator[Hazard]:
        return iter(self.curves)

    def __getitem__(self, group: Label) -> Hazard:
        found = [curve for curve in self.curves if curve.group == group]
        if not found:
            listed = ", ".join(repr(curve.group) for curve in self.curves)
            raise Problems([refuse("group", "another group", f"one of {listed}", "Take one of these.", "group")])
        return found[0]

    def at(self, time: float) -> Estimate:
        """H(t) of the only group."""
        if len(self.curves) != 1:
            raise Problems([refuse("na", f"{len(self.curves)} groups", "one group", "Choose one: na[group].", "group")])
        return self.curves[0].at(time)

    def to_dict(self) -> dict[str, Any]:
        """``curves``."""
        return {"curves": [curve.to_dict() for curve in self.curves]}

    def _repr_html_(self) -> str:
        rows = [(name_of(one.group), number(one.time[-1]), number(one.hazard[-1])) for one in self.curves]
        return html_table("Nelson-Aalen", ("group", "last time", "cumulative hazard"), rows)

    def plot(self, **options: Any) -> Picture:
        """The cumulative hazards as a picture: see ``netlm.survival.plot_hazards``."""
        from ._draw_curves import plot_hazards

        return plot_hazards(self, **options)


def nelson_aalen(
    time: Any, event: Any = None, group: Any = None, *, entry: Any = None, conf_type: str = "log",
    conf_level: float = 0.95,
) -> NelsonAalen:  # fmt: skip
    """The Nelson-Aalen estimate of the cumulative hazard, H(t) = sum of d / n up to t, from arrays or from counts.

    Nelson, Technometrics 1972; 14:945-966; Aalen, Ann Stat 1978; 6:701-726, eq. 3.3. ``conf_type``: "log" or "plain".
    Arguments and errors as for ``kaplan_meier``.
    """
    check_choice(conf_type, HAZARD_TYPES, "conf_type")
    check_level(conf_level)
    counts = as_counts(time, event, group, entry=entry)
    curves = (Hazard(label, counts.select(k), conf_type, conf_level) for k, label in enumerate(counts.groups))
    return NelsonAalen(tuple(curves))

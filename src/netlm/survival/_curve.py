"""One Kaplan-Meier curve: survival, its quantiles, values at times, and the mean within a horizon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ._counts import RiskSet
from ._door import refuse
from ._intervals import normal_quantile, survival_interval
from ._types import Estimate, Floats, Integers, Label, plain, seal, sealed, warn
from ._weighted import jackknife

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Curve", "step_at"]

TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))
"""How near to one half still counts as one half, as in R."""


def step_at(times: Floats, values: Any, at: Any, before: float) -> Any:
    """The value of a right-continuous step function at times; ``before`` stands ahead of the first step."""
    where = np.searchsorted(times, at, side="right")
    return np.concatenate(([before], values))[where]


@dataclass(frozen=True, eq=False)
class Curve:
    """The Kaplan-Meier estimate of one group, S(t) = prod (1 - d / n) over the times up to t.

    Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481, eq. 2b; d had the event at a time, n were at risk before it.
    ``time`` are the distinct times; ``survival``, ``se`` (of S, Greenwood), ``lower`` and ``upper`` the values from
    that time on; ``at_risk`` the number just before it, ``events`` and ``censored`` those at it.
    """

    group: Label
    sets: RiskSet = field(repr=False)
    conf_type: str = "log"
    conf_level: float = 0.95

    def __post_init__(self) -> None:
        seal((self.sets,))

    @property
    def time(self) -> Floats:
        """The distinct times of events and censorings, in order."""
        return self.sets.time

    @cached_property
    @sealed
    def events(self) -> Integers:
        """Events at each time."""
        return np.asarray(self.sets.events.sum(axis=1))

    @property
    def censored(self) -> Integers:
        """Censorings at each time."""
        return self.sets.censored

    @property
    def at_risk(self) -> Integers:
        """Patients at risk just before each time."""
        return self.sets.at_risk

    @property
    def n(self) -> int:
        """The number of patients."""
        return self.sets.n

    @cached_property
    @sealed
    def survival(self) -> Floats:
        """S(t) = prod (1 - d / n): Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481, eq. 2b."""
        return np.cumprod((self.at_risk - self.events) / self.at_risk)

    @cached_property
    @sealed
    def _error(self) -> Floats:
        """The standard error of log S: the root of Greenwood's sum of d / (n (n - d)), or the jackknife."""
        if self.sets.spells is not None:
            return np.asarray(np.sqrt(jackknife(self.sets.spells, self.at_risk, self.events)))
        left = self.at_risk - self.events
        with np.errstate(divide="ignore"):
            return np.asarray(np.sqrt(np.cumsum(self.events / (self.at_risk.astype(np.float64) * left))))

    @cached_property
    @sealed
    def se(self) -> Floats:
        """The standard error of S(t), S sqrt(V), V = sum of d / (n (n - d)): Greenwood (1926).

        Of weighted patients V is the infinitesimal jackknife of log S. NaN where S is 0, as nothing is known beyond.
        """
        with np.errstate(invalid="ignore"):
            return np.where(self.survival > 0, self.survival * self._error, np.nan)

    @cached_property
    @sealed
    def _limits(self) -> tuple[Floats, Floats]:
        return survival_interval(self.survival, self._error, self.conf_type, self.conf_level)

    @property
    def lower(self) -> Floats:
        """The lower limit of S(t): Kalbfleisch and Prentice (2002), section 1.4.1."""
        return self._limits[0]

    @property
    def upper(self) -> Floats:
        """The upper limit of S(t): Kalbfleisch and Prentice (2002), section 1.4.1."""
        return self._limits[1]

    def quantile(self, p: float) -> tuple[float | None, float | None, float | None]:
        """The time by which a fraction ``p`` has had the event, and its limits; None where the curve stays above.

        The first t with S(t) <= 1 - p; where S stands at 1 - p over a flat step, the middle of the step, as in R. The
        limits are those of the set of times at which the interval of S holds 1 - p, the first t with
        lower(t) <= 1 - p and the first with upper(t) <= 1 - p: Brookmeyer and Crowley, Biometrics 1982; 38:29-41.
        """
        if not 0 < p < 1:
            raise refuse("p", f"{p}", "a fraction between 0 and 1", "The median is 0.5.", "range")
        return (self._reach(self.survival, p), self._reach(self.lower, p), self._reach(self.upper, p))

    def _reach(self, values: Floats, p: float) -> float | None:
        below = np.flatnonzero(values < 1 - p + TOLERANCE)
        if not len(below):
            return None
        first = below[0]
        if abs(values[first] - (1 - p)) < TOLERANCE:
            lower = np.flatnonzero(values < values[first])
            if len(lower):
                return float((self.time[first] + self.time[lower[0]]) / 2)
        return float(self.time[first])

    @property
    def median(self) -> float | None:
        """The median, the first t with S(t) <= 1/2 as ``quantile`` finds it, or None where it is not reached."""
        return self.quantile(0.5)[0]

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The first t with lower(t) <= 1/2 and with upper(t) <= 1/2, as in ``quantile``; None where not reached."""
        return self.quantile(0.5)[1:]

    @property
    def last(self) -> float:
        """The end of follow-up: the last time."""
        return float(self.time[-1])

    @overload
    def at(self, times: float) -> Estimate: ...
    @overload
    def at(self, times: Sequence[float]) -> tuple[Estimate, ...]: ...
    def at(self, times: Any) -> Any:
        """S(t) = prod (1 - d / n) with error and interval; NaN beyond the last follow-up unless S is 0 by then."""
        single = np.ndim(times) == 0
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        if not (wanted >= 0).all():
            raise refuse("times", "a time below 0 or missing", "times of 0 or more", "Count from the start.", "range")
        columns = [
            step_at(self.time, values, wanted, before)
            for values, before in ((self.survival, 1.0), (self.se, 0.0), (self.lower, 1.0), (self.upper, 1.0))
        ]
        known = (wanted <= self.last) | (self.survival[-1] == 0)
        found = tuple(
            Estimate(*row) if is_known else Estimate(math.nan)
            for *row, is_known in zip(*columns, known.tolist(), strict=True)
        )
        return found[0] if single else found

    def at_risk_at(self, times: Any) -> Integers:
        """Patients still at risk just before each time."""
        return self.sets.at_risk_at(times)

    def rmst(self, tau: float) -> Estimate:
        """The mean time survived within ``tau``: the area under the curve, with Greenwood's standard error.

        Variance: V = sum over event times of A(t)^2 d / (n (n - d)), A(t) the area from t to tau; Klein and
        Moeschberger, Survival Analysis, 2nd ed. (2003), eq. 4.5.2. The last term counts only where patients remain.
        Beyond the last follow-up the curve is carried on flat, as R does, with a warning.
        """
        if not tau > 0 or math.isinf(tau):
            raise refuse("tau", f"{tau}", "a horizon above 0", "Take one within the follow-up.", "range")
        if tau > self.last and self.survival[-1] > 0:
            warn(f"follow-up ends at {self.last:g}, before {tau:g}; the mean carries the curve on flat from there")
        keep = self.time <= tau
        time, survival = self.time[keep], self.survival[keep]
        steps = np.diff(np.concatenate(([0.0], time, [tau])))
        areas = steps * np.concatenate(([1.0], survival))
        beyond = np.cumsum(areas[:0:-1])[::-1]
        n, d = self.at_risk[keep].astype(np.float64), self.events[keep]
        left = n - d
        terms = np.divide(d, n * left, out=np.zeros_like(n), where=left > 0)
        estimate, se = math.fsum(areas), tau * math.sqrt(math.fsum((beyond / tau) ** 2 * terms))
        if self.sets.spells is not None:
            reach = np.append(beyond, np.zeros(len(self.time) - len(beyond)))
            se = math.sqrt(jackknife(self.sets.spells, self.at_risk, self.events, reach)[-1])
        half = normal_quantile(self.conf_level) * se
        return Estimate(estimate, se, max(0.0, estimate - half), min(tau, estimate + half))

    def plot(self, **options: Any) -> Picture:
        """The curve with its at-risk table: see ``netlm.survival.plot_curves``."""
        from ._draw_curves import plot_curves

        return plot_curves(self, **options)

    def _repr_html_(self) -> str:
        from ._tables import amount, html_table, name_of, number

        low, high = self.median_interval
        shown = ["not reached" if value is None else number(value) for value in (self.median, low, high)]
        row = (name_of(self.group), str(self.n), amount(self.events.sum()), *shown)
        return html_table("Kaplan-Meier", ("group", "patients", "events", "median", "lower", "upper"), [row])

    def to_dict(self) -> dict[str, Any]:
        """Every number of the curve, as JSON holds them; the median and its limits are None where not reached."""
        low, high = self.median_interval
        columns = ("time", "at_risk", "events", "censored", "survival", "se", "lower", "upper")
        return {
            "group": plain(self.group), "n": self.n, "n_events": plain(self.events.sum()), "last": self.last,
            "median": self.median, "median_lower": low, "median_upper": high,
            "conf_type": self.conf_type, "conf_level": self.conf_level,
            **{name: plain(getattr(self, name)) for name in columns},
        }  # fmt: skip

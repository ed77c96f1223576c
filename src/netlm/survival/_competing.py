"""Competing risks: the Aalen-Johansen estimate of the incidence of each cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problems
from ._counts import Counts, RiskSet
from ._curve import step_at
from ._door import check_choice, check_codes, refuse
from ._intervals import TYPES, survival_interval
from ._kaplan_meier import check_level
from ._tables import html_table, name_of, percent, told
from ._tally import as_counts, tally
from ._types import Estimate, Floats, Integers, Label, plain, seal, sealed

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["AalenJohansen", "Incidence", "aalen_johansen", "cause_specific", "competing_counts"]

ROUNDING = 2e-15
"""A variance of this share of the squared incidence is what is left of terms that cancel."""
CAPTION = "Cumulative incidence at the last follow-up"


@dataclass(frozen=True, eq=False)
class Incidence:
    """The cumulative incidence of one cause in one group, F(t) = sum of S(t-) d / n, from each of ``time`` on.

    Aalen and Johansen, Scand J Stat 1978; 5:141-150; S(t-) is the probability of no event of any cause before t.
    """

    group: Label
    cause: Label
    sets: RiskSet = field(repr=False)
    column: int = field(repr=False)
    conf_type: str = "log"
    conf_level: float = 0.95

    def __post_init__(self) -> None:
        seal((self.sets,))

    @property
    def time(self) -> Floats:
        """The distinct times of events of any cause and of censorings."""
        return self.sets.time

    @cached_property
    def _before(self) -> Floats:
        """The probability of being free of every event just before each time."""
        n, d = self.sets.at_risk, self.sets.events.sum(axis=1)
        return np.concatenate(([1.0], np.cumprod((n - d) / n)[:-1]))

    @cached_property
    @sealed
    def incidence(self) -> Floats:
        """F(t) = sum of S(t-) d / n: Aalen and Johansen, Scand J Stat 1978; 5:141-150."""
        return np.cumsum(self._before * self.sets.events[:, self.column] / self.sets.at_risk)

    @cached_property
    @sealed
    def se(self) -> Floats:
        """Greenwood's type of error, by the delta method, equal to R's.

        Marubini and Valsecchi, Analysing Survival Data from Clinical Trials and Observational Studies (1995), p. 341.
        With e events of any cause and d of this one among n at risk at t_i, the variance at t is
        V = sum of (F(t) - F(t_i))^2 e / (n (n - e)) + S(t_i-)^2 d (n - d) / n^3 - 2 (F(t) - F(t_i)) S(t_i-) d / n^2.
        """
        n, d = self.sets.at_risk.astype(np.float64), self.sets.events.sum(axis=1)
        own, value = self.sets.events[:, self.column], self.incidence
        left = n - d
        a = np.divide(d, n * left, out=np.zeros_like(n), where=left > 0)
        b = self._before * own / n**2
        c = self._before**2 * own * (n - own) / n**3
        first = value**2 * np.cumsum(a) - 2 * value * np.cumsum(value * a) + np.cumsum(value**2 * a)
        second = np.cumsum(c) - 2 * (value * np.cumsum(b) - np.cumsum(value * b))
        variance = first + second
        return np.asarray(np.sqrt(np.where(variance > ROUNDING * value**2, variance, 0.0)))

    @cached_property
    def _limits(self) -> tuple[Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return survival_interval(self.incidence, self.se / self.incidence, self.conf_type, self.conf_level)

    @property
    def lower(self) -> Floats:
        """The lower limit, on the scales of Kalbfleisch and Prentice (2002), section 1.4.1, with F in place of S."""
        return np.where(self.incidence > 0, self._limits[0], 0.0)

    @property
    def upper(self) -> Floats:
        """The upper limit, as the lower one; NaN before the first event of this cause.

        Kalbfleisch and Prentice (2002), section 1.4.1.
        """
        return self._limits[1]

    def at(self, time: float) -> Estimate:
        """F(t) = sum of S(t-) d / n with its error; NaN beyond the last follow-up."""
        if time > self.time[-1]:
            return Estimate(float("nan"))
        starts = (0.0, 0.0, 0.0, float("nan"))
        columns = zip((self.incidence, self.se, self.lower, self.upper), starts, strict=True)
        return Estimate(*(float(step_at(self.time, values, time, before)) for values, before in columns))

    def to_dict(self) -> dict[str, Any]:
        """The curve as JSON."""
        names = ("time", "incidence", "se", "lower", "upper")
        return {
            "group": plain(self.group), "cause": plain(self.cause),
            **{name: plain(getattr(self, name)) for name in names},
        }  # fmt: skip

    def _repr_html_(self) -> str:
        return html_table(CAPTION, ("cause", "events", "incidence"), [_row(self)])

    def plot(self, **options: Any) -> Picture:
        """The cumulative incidence as a picture: see ``netlm.survival.plot_incidence``."""
        from ._draw_curves import plot_incidence

        return plot_incidence(self, **options)


@dataclass(frozen=True, eq=False)
class AalenJohansen:
    """The cumulative incidences; ``aj[cause]`` where there is one group, else ``aj[group, cause]``."""

    counts: Counts = field(repr=False)
    curves: tuple[Incidence, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Incidence]:
        return iter(self.curves)

    def __getitem__(self, key: Label | tuple[Label, Label]) -> Incidence:
        wanted = key if isinstance(key, tuple) else (self.counts.groups[0], key)
        if not isinstance(key, tuple) and len(self.counts.groups) > 1:
            remedy = "Name both: aj[group, cause]."
            raise Problems([refuse("aj", f"{len(self.counts.groups)} groups", "group and cause", remedy, "group")])
        for curve in self.curves:
            if (curve.group, curve.cause) == wanted:
                return curve
        listed = ", ".join(repr((curve.group, curve.cause)) for curve in self.curves)
        raise Problems([refuse("aj", "another group or cause", f"one of {listed}", "Take one of these.", "group")])

    def to_dict(self) -> dict[str, Any]:
        """``curves``."""
        return {"curves": [curve.to_dict() for curve in self.curves]}

    def _repr_html_(self) -> str:
        return html_table(CAPTION, ("cause", "events", "incidence"), [_row(curve) for curve in self.curves])

    def plot(self, **options: Any) -> Picture:
        """The cumulative incidences as a picture: see ``netlm.survival.plot_incidence``."""
        from ._draw_curves import plot_incidence

        return plot_incidence(self, **options)


def _row(curve: Incidence) -> tuple[str, ...]:
    events = str(curve.sets.events[:, curve.column].sum())
    return f"{name_of(curve.group, '')} {curve.cause}".strip(), events, told(curve.at(float(curve.time[-1])), percent)


def competing_counts(time: Any, event: Any, group: Any, strata: Any = None) -> Counts:
    """Counts by cause, from arrays or as they are. Raises ``Problems``."""
    counts = (
        as_counts(time, event, group, strata)
        if isinstance(time, Counts)
        else tally(time, event, group, strata, causes=True)
    )
    if not counts.causes:
        raise Problems(
            [refuse("event", "no events", "one event or more", "There is nothing to estimate.", "no-events")]
        )
    return counts


def aalen_johansen(
    time: Any, event: Any = None, group: Any = None, *, conf_type: str = "log", conf_level: float = 0.95
) -> AalenJohansen:
    """The cumulative incidence of each cause k, F_k(t) = sum of S(t-) d_k / n, from arrays or from counts.

    ``event`` is 0 for censored and 1, 2 ... for the cause. Other arguments and errors as for ``kaplan_meier``.
    Aalen and Johansen, Scand J Stat 1978; 5:141-150; as in Klein and Moeschberger (2003), eq. 4.7.1.
    """
    check_choice(conf_type, TYPES, "conf_type")
    check_level(conf_level)
    counts = competing_counts(time, event, group)
    curves = tuple(
        Incidence(label, cause, counts.select(k), column, conf_type, conf_level)
        for k, label in enumerate(counts.groups)
        for column, cause in enumerate(counts.causes)
    )
    return AalenJohansen(counts, curves)


def cause_specific(event: Any, cause: int = 1) -> Integers:
    """Events of one cause as 1 and all else as 0, for cause-specific hazards with ``cox`` and ``log_rank``.

    The hazard of cause k is then h_k(t) = d_k / n, those with another event leaving as if censored: Prentice et al.,
    Biometrics 1978; 34:541-554. Raises ``Problem`` where nobody had the cause.
    """
    codes, causes = check_codes(event)
    if cause not in causes:
        listed = ", ".join(map(str, causes)) or "none"
        raise refuse("cause", f"{cause}", f"one of {listed}", "Take a cause that occurs.", "cause")
    return np.asarray(codes == causes.index(cause) + 1, dtype=np.int64)

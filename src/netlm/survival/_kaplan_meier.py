"""Kaplan-Meier: the curves of one or several groups, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problems
from ._counts import Counts
from ._curve import Curve
from ._door import check_choice, refuse
from ._intervals import TYPES, normal_quantile
from ._tables import NOT_REACHED, amount, html_table, name_of, number, with_interval
from ._tally import as_counts, weighted_sets
from ._types import Estimate, Label, warn

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = [
    "KaplanMeier",
    "check_level",
    "early_end",
    "kaplan_meier",
    "median_text",
    "reverse_kaplan_meier",
    "rmst_difference",
]


def check_level(conf_level: float) -> float:
    """``conf_level``, which lies between 0 and 1. Raises ``Problem``."""
    if not 0 < conf_level < 1:
        raise refuse("conf_level", f"{conf_level}", "a level between 0 and 1", "The usual one is 0.95.", "range")
    return conf_level


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """The Kaplan-Meier curves of all groups; ``km["name"]`` is one of them.

    Where there is one group, ``km.median``, ``km.at(60)``, ``km.rmst(120)`` and the columns are those of its curve.
    """

    counts: Counts = field(repr=False)
    curves: tuple[Curve, ...] = field(repr=False)

    @property
    def groups(self) -> tuple[Label, ...]:
        """The labels of the groups, in order."""
        return tuple(curve.group for curve in self.curves)

    def __getitem__(self, group: Label) -> Curve:
        if group not in self.groups:
            listed = ", ".join(map(repr, self.groups))
            raise Problems([refuse("group", "another group", f"one of {listed}", "Take one of these.", "group")])
        return self.curves[self.groups.index(group)]

    def __iter__(self) -> Iterator[Curve]:
        return iter(self.curves)

    def __len__(self) -> int:
        return len(self.curves)

    @property
    def _one(self) -> Curve:
        if len(self.curves) != 1:
            listed = ", ".join(map(repr, self.groups))
            remedy = "Choose a group first: km[group].median, km[group].at(60)."
            raise Problems([refuse("km", f"{len(self.curves)} groups", f"one of {listed}", remedy, "group")])
        return self.curves[0]

    def __getattr__(self, name: str) -> Any:
        """What one curve holds, where there is one curve."""
        if name.startswith("_") or not hasattr(Curve, name):
            raise AttributeError(f"KaplanMeier has no attribute {name!r}")
        return getattr(self._one, name)

    def to_dict(self) -> dict[str, Any]:
        """``curves``: every number of every group."""
        return {"curves": [curve.to_dict() for curve in self.curves]}

    def _repr_html_(self) -> str:
        rows = [
            (name_of(curve.group), str(curve.n), amount(curve.events.sum()), median_text(curve))
            for curve in self.curves
        ]
        level = f"{100 * self.curves[0].conf_level:g} % interval, {self.curves[0].conf_type}"
        return html_table("Kaplan-Meier", ("group", "patients", "events", f"median ({level})"), rows)

    def plot(self, **options: Any) -> Picture:
        """The curves with at-risk table, as a picture: see ``netlm.survival.plot_curves`` for the options."""
        from ._draw_curves import plot_curves

        return plot_curves(self, **options)


def median_text(curve: Curve, unit: str | None = None) -> str:
    """The median with its limits, as a table shows it."""
    low, high = curve.median_interval
    after = f" {unit}" if unit else ""
    if curve.median is None:
        return NOT_REACHED if low is None else f"{NOT_REACHED} (at least {number(low)}{after})"
    if low is None and high is None:
        return f"{number(curve.median)}{after} (no interval)"
    shown = [NOT_REACHED if value is None else number(value) for value in (curve.median, low, high)]
    return with_interval(*shown) + after


def kaplan_meier(
    time: Any, event: Any = None, group: Any = None, *, entry: Any = None, weights: Any = None,
    robust: bool | None = None, conf_type: str = "log", conf_level: float = 0.95,
) -> KaplanMeier:  # fmt: skip
    """The Kaplan-Meier estimate, S(t) = prod (1 - d / n) over the times up to t, from arrays or from counts.

    ``time`` (any unit, 0 or more) and ``event`` (1 it happened, 0 censored) have one value a patient; ``group``, if
    given, a label. ``time`` may be the ``Counts`` that ``count`` returned. Patients censored at a time are at risk at
    that time. Times that differ by rounding only are one time, as in R.
    ``entry``: the time after which each was under observation and at risk, 0 being the start (left truncation,
    start-stop rows): Tsai, Jewell and Wang, Biometrika 1987; 74:883-886. A warning says where the curve falls to 0
    while others have yet to enter.
    ``weights``: above 0, one a row, such as inverse probabilities of treatment; events and those at risk are sums of
    them. The error is then the infinitesimal jackknife (``robust``), as R's ``survfit(robust = TRUE)``, for which each
    row has to be a patient; where all are whole numbers, they count as that many patients, with Greenwood's error,
    unless ``robust`` says otherwise.
    ``conf_type``: "log" (R's default), "log-log" (keeps its level better in small samples) or "plain".
    Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481, eq. 2b; variance of Greenwood (1926), of S at t
    S(t)^2 sum of d / (n (n - d)).
    Raises ``Problems`` naming every column that cannot be used.
    """
    check_choice(conf_type, TYPES, "conf_type")
    check_level(conf_level)
    counts = as_counts(time, event, group, entry=entry)
    sets = [counts.select(number) for number in range(len(counts.groups))]
    if weights is not None:
        sets = weighted_sets(time, event, group, entry, weights, robust)
    curves = tuple(Curve(label, one, conf_type, conf_level) for label, one in zip(counts.groups, sets, strict=True))
    if counts.delayed:
        _warn_of_early_ends(curves)
    return KaplanMeier(counts, curves)


def _warn_of_early_ends(curves: tuple[Curve, ...]) -> None:
    for curve in curves:
        if (at := early_end(curve)) is not None:
            named = f" of {curve.group}" if curve.group != "" else ""
            warn(f"the curve{named} falls to 0 at {at:g}, though others enter later: too few were at risk; start later")


def early_end(curve: Curve) -> float | None:
    """When a curve falls to 0 though others enter later, or None where it does not."""
    gone = np.flatnonzero(curve.survival <= 0)
    return float(curve.time[gone[0]]) if len(gone) and gone[0] < len(curve.time) - 1 else None


def reverse_kaplan_meier(
    time: Any, event: Any = None, group: Any = None, *, conf_type: str = "log", conf_level: float = 0.95
) -> KaplanMeier:
    """Follow-up: the Kaplan-Meier estimate with events and censorings exchanged; its median is the median follow-up.

    Schemper and Smith, Control Clin Trials 1996; 17:343-346: the estimate of Kaplan and Meier (1958), eq. 2b, with
    1 - event in place of event, G(t) = prod (1 - c / n) over the times up to t, c being those censored at a time and
    n those at risk before it, those with the event at that time among them, as R's ``survfit`` on 1 - event.
    Arguments and errors as for ``kaplan_meier``.
    """
    counts = as_counts(time, event, group)
    cells = counts.cells
    turned = cells._replace(events=cells.censored[:, None], censored=cells.events.sum(axis=1))
    turned_counts = Counts(counts.groups, turned, (1,), counts.strata, counts.missing)
    return kaplan_meier(turned_counts, conf_type=conf_type, conf_level=conf_level)


def rmst_difference(first: Curve | KaplanMeier, second: Curve | KaplanMeier, tau: float) -> tuple[Estimate, float]:
    """The mean time survived within ``tau`` in the second less the first, with its interval, and the p value.

    Royston and Parmar, BMC Med Res Methodol 2013; 13:152. The groups are independent, so the variances add:
    se = sqrt(se_1^2 + se_2^2), and p = 2 Phi(-|difference| / se).
    """
    from scipy.special import ndtr

    a, b = first.rmst(tau), second.rmst(tau)
    difference, se = float(b) - float(a), (a.se**2 + b.se**2) ** 0.5
    half = normal_quantile(first.conf_level) * se
    p = float(2 * ndtr(-abs(difference) / se)) if se > 0 else float("nan")
    return Estimate(difference, se, difference - half, difference + half), p

"""Kaplan-Meier: the curves of one or several groups, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import Problems
from ._counts import Counts
from ._curve import Curve
from ._door import check_choice, refuse
from ._intervals import TYPES, normal_quantile
from ._tables import NOT_REACHED, html_table, name_of, number, with_interval
from ._tally import as_counts
from ._types import Estimate, Label

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["KaplanMeier", "check_level", "kaplan_meier", "median_text", "reverse_kaplan_meier", "rmst_difference"]


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
            (name_of(curve.group), str(curve.n), str(int(curve.events.sum())), median_text(curve))
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
    shown = [NOT_REACHED if value is None else number(value) for value in (curve.median, low, high)]
    return with_interval(*shown) + after


def kaplan_meier(
    time: Any, event: Any = None, group: Any = None, *, conf_type: str = "log", conf_level: float = 0.95
) -> KaplanMeier:
    """The Kaplan-Meier estimate, from arrays or from counts.

    ``time`` (any unit, 0 or more) and ``event`` (1 it happened, 0 censored) have one value a patient; ``group``, if
    given, a label. ``time`` may be the ``Counts`` that ``count`` returned. Patients censored at a time are at risk at
    that time. Times that differ by rounding only are one time, as in R.
    ``conf_type``: "log" (R's default), "log-log" (keeps its level better in small samples) or "plain".
    Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481, eq. 2b; variance of Greenwood (1926).
    Raises ``Problems`` naming every column that cannot be used.
    """
    check_choice(conf_type, TYPES, "conf_type")
    check_level(conf_level)
    counts = as_counts(time, event, group)
    curves = tuple(
        Curve(label, counts.select(number), conf_type, conf_level) for number, label in enumerate(counts.groups)
    )
    return KaplanMeier(counts, curves)


def reverse_kaplan_meier(
    time: Any, event: Any = None, group: Any = None, *, conf_type: str = "log", conf_level: float = 0.95
) -> KaplanMeier:
    """Follow-up: the Kaplan-Meier estimate with events and censorings exchanged; its median is the median follow-up.

    Schemper and Smith, Control Clin Trials 1996; 17:343-346. Arguments and errors as for ``kaplan_meier``.
    """
    counts = as_counts(time, event, group)
    cells = counts.cells
    turned = cells._replace(events=cells.censored[:, None], censored=cells.events.sum(axis=1))
    turned_counts = Counts(counts.groups, turned, (1,), counts.strata, counts.missing)
    return kaplan_meier(turned_counts, conf_type=conf_type, conf_level=conf_level)


def rmst_difference(first: Curve | KaplanMeier, second: Curve | KaplanMeier, tau: float) -> tuple[Estimate, float]:
    """The mean time survived within ``tau`` in the second less the first, with its interval, and the p value.

    Royston and Parmar, BMC Med Res Methodol 2013; 13:152. The groups are independent, so the variances add.
    """
    from scipy.special import ndtr

    a, b = first.rmst(tau), second.rmst(tau)
    difference, se = float(b) - float(a), (a.se**2 + b.se**2) ** 0.5
    half = normal_quantile(first.conf_level) * se
    p = float(2 * ndtr(-abs(difference) / se)) if se > 0 else float("nan")
    return Estimate(difference, se, difference - half, difference + half), p

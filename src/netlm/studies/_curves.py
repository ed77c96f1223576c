"""The curves of one outcome: medians, milestones, restricted means, log-rank test, each with patients and events."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..figures import Picture, p_cell, percent, with_interval
from ..figures import number as shown
from ..survival import (
    Estimate,
    KaplanMeier,
    LogRank,
    SurvivalWarning,
    kaplan_meier,
    log_rank,
    reverse_kaplan_meier,
)  # fmt: skip
from ._page import Figure, Table
from ._patients import Array

__all__ = ["YEARS", "Curves", "curves_of", "median_cell", "months"]

YEARS = (1, 3, 5, 10)
MONTHS_IN_YEAR = 12
NOT_REACHED = "not reached"


@dataclass(frozen=True, eq=False)
class Curves:
    """The curves of the groups that have members, in the order of the groups."""

    titles: tuple[str, ...]
    n: tuple[int, ...]
    events: tuple[int, ...]
    km: KaplanMeier = field(repr=False)
    follow_up: KaplanMeier = field(repr=False)
    test: LogRank | None = field(repr=False)

    @property
    def several(self) -> bool:
        """Whether there is anything to compare."""
        return len(self.km) > 1

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The titles of the groups that have a curve."""
        return tuple(title for title, size in zip(self.titles, self.n, strict=True) if size)

    @cached_property
    def milestones(self) -> tuple[int, ...]:
        """The years that follow-up reaches in some group."""
        last = max(curve.last for curve in self.km)
        return tuple(year for year in YEARS if year * MONTHS_IN_YEAR <= last)

    def survival(self, year: int) -> tuple[Estimate, ...]:
        """Survival of each group at a year."""
        return tuple(_at(curve, year * MONTHS_IN_YEAR) for curve in self.km)

    @cached_property
    def tau(self) -> float:
        """The horizon of the restricted means: the shortest follow-up of the groups."""
        return float(min(curve.last for curve in self.km))

    def tables(self) -> tuple[Table, ...]:
        """Patients, events and medians; survival at the milestones; restricted means."""
        return tuple(table for table in (self._medians(), self._milestones(), self._means()) if table is not None)

    def _medians(self) -> Table:
        curves = dict(zip(self.present, zip(self.km, self.follow_up, strict=True), strict=True))
        rows = []
        for title, n, events in zip(self.titles, self.n, self.events, strict=True):
            cells = ("-", "-")
            if title in curves:
                curve, reverse = curves[title]
                cells = (median_cell(curve), "-" if reverse.median is None else months(reverse.median))
            rows.append((title, str(n), str(events), *cells))
        head = ("group", "patients", "events", "median, months (95 % interval)", "median follow-up, months")
        return Table("Patients, events and medians", head, tuple(rows), tuple(self._tested()))

    def _tested(self) -> Iterator[str]:
        if self.test is not None:
            yield (
                f"Log-rank test over {sum(self.n)} patients and {sum(self.events)} events: "
                f"chi2 {shown(self.test.chi2)}, {self.test.df} df, p {p_cell(self.test.p)}. It compares the groups as "
                "they came, not adjusted."
            )

    def _milestones(self) -> Table | None:
        if not self.milestones:
            return None
        columns = [self.survival(year) for year in self.milestones]
        rows = tuple(
            (title, *(_share(column[place]) for column in columns)) for place, title in enumerate(self.present)
        )
        heads = tuple(f"{year} year{'s' * (year > 1)}" for year in self.milestones)
        return Table("Share without the event, with its 95 % interval", ("group", *heads), rows)

    def _means(self) -> Table | None:
        if self.tau <= 0:
            return None
        rows = tuple((title, _mean(curve.rmst(self.tau))) for title, curve in zip(self.present, self.km, strict=True))
        return Table("Restricted mean time", ("group", f"months within the first {months(self.tau)}"), rows)

    def figure(self, name: str, title: str, since: str) -> Figure:
        """The curves as a picture."""
        notes = () if self.test is None else (f"log-rank (not adjusted) p {p_cell(self.test.p)}",)

        def draw(width: float) -> Picture:
            return self.km.plot(title=title, unit="months", x_label=f"Months since {since}", notes=notes, width=width)

        return Figure(name, f"{title}; curves, those at risk, events and censored", draw)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: numbers of every group, and the curves."""
        curves = iter(zip(self.km, self.follow_up, strict=True))
        groups = []
        for title, n, events in zip(self.titles, self.n, self.events, strict=True):
            entry: dict[str, Any] = {"title": title, "n": n, "events": events}
            if n:
                curve, reverse = next(curves)
                entry |= {
                    "median": curve.median, "median_interval": list(curve.median_interval),
                    "median_follow_up": reverse.median,
                    "survival": {f"{year} years": _at(curve, year * MONTHS_IN_YEAR).to_dict() for year in YEARS},
                    "rmst": curve.rmst(self.tau).to_dict() if self.tau > 0 else None,
                    "curve": {"time": curve.time.tolist(), "survival": curve.survival.tolist()},
                }  # fmt: skip
            groups.append(entry)
        test = None if self.test is None else {
            "chi2": self.test.chi2, "df": self.test.df, "p": _finite(self.test.p), "n": sum(self.n),
            "events": sum(self.events),
        }  # fmt: skip
        return {"unit": "months", "tau": self.tau, "groups": groups, "log_rank": test}


def curves_of(time: Array, event: Array, code: Array, titles: Sequence[str]) -> Curves | None:
    """The curves of one outcome; None without a single patient."""
    if not len(time):
        return None
    n = tuple(int((code == place).sum()) for place in range(len(titles)))
    events = tuple(int(event[code == place].sum()) for place in range(len(titles)))
    several = len(titles) > 1
    group = code if several else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurvivalWarning)
        km = kaplan_meier(time, event, group)
        if several:
            named = tuple(replace(curve, group=titles[int(str(curve.group))]) for curve in km)
            km = replace(km, curves=named)
        follow_up = reverse_kaplan_meier(time, event, group)
        tested = log_rank(time, event, group) if len(km) > 1 and event.any() else None
    return Curves(tuple(titles), n, events, km, follow_up, tested)


def _at(curve: Any, time: float) -> Estimate:
    return curve.at(time) if time <= curve.last else Estimate(float("nan"))


def median_cell(curve: Any) -> str:
    """The median with its limits."""
    low, high = curve.median_interval
    if curve.median is None:
        return NOT_REACHED if low is None else f"{NOT_REACHED} (at least {months(low)})"
    if low is None and high is None:
        return f"{months(curve.median)} (no interval)"
    ends = [NOT_REACHED if end is None else months(end) for end in (low, high)]
    return with_interval(months(curve.median), *ends)


def months(value: float) -> str:
    """Months with one decimal, as the series print them."""
    return f"{value:.1f}"


def _share(value: Estimate) -> str:
    """The share; before the first event without the interval, which no formula used here gives then."""
    if value != value:
        return "-"
    if float(value) == 1 and value.lower == value.upper:
        return f"{percent(1.0)} (no event yet)"
    return with_interval(percent(float(value)), percent(value.lower), percent(value.upper))


def _mean(value: Estimate) -> str:
    if not value.se > 0:
        return months(float(value))
    return with_interval(months(float(value)), months(value.lower), months(value.upper))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

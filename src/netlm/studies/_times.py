"""Times from time zero: to the first event, to the end of follow-up, or not known and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._analysis import TimeZero
from ._columns import Event, Time
from ._patients import Array, Cells, Patients, by_reason

__all__ = ["DAYS_IN_MONTH", "Followed", "Landed", "follow", "land"]

DAYS_IN_MONTH = 365.25 / 12
CENSORED, EVENT, COMPETING = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Followed:
    """For every row the time in months, what ended it (0 nothing, 1 the event, 2 a competing one), and if known.

    ``reasons`` counts why times are not known; ``middles`` how many hang on a day known only as a range.
    """

    time: Time
    months: Array
    event: Array
    known: Array
    reasons: Mapping[str, int] = field(default_factory=dict)
    middles: int = 0

    def to_dict(self) -> dict[str, Any]:
        """What the page says of the times, as JSON."""
        return {
            "outcome": self.time.id, "title": self.time.title, "known": int(self.known.sum()),
            "not_known": int((~self.known).sum()), "reasons": dict(self.reasons), "days_as_ranges": self.middles,
        }  # fmt: skip


def follow(patients: Patients, time: Time) -> Followed:
    """The time of each row from time zero, the middle of one that is known as a range.

    Not known: without a last day, where nobody says whether an event happened, where its day is not known, and where
    it lies after the end of follow-up. Who had no event is followed no longer than somebody says so.
    """
    last = patients.columns[time.until]
    end = last.middle
    days, event = end.copy(), np.full(patients.n, CENSORED)
    out = _Out(patients.n)
    out.because(last, np.isnan(end))
    for one in time.within:
        happened, day = patients.columns[one.of], patients.columns[one.on]
        out.note((happened.words == "yes") & (day.high < last.low), f"{time.title} beyond {one.says}")
    free = patients.columns[time.free_until] if time.free_until else None
    for kind, one in _each(time):
        happened, day = patients.columns[one.of], patients.columns[one.on]
        out.because(happened, happened.missing)
        yes = happened.words == "yes"
        if free is not None and kind == COMPETING:
            yes &= ~(free.high < day.low)
        out.note(yes & np.isnan(day.middle), f"day of {one.says} not known")
        out.note(yes & (last.high < day.low), f"{one.says} after the end of follow-up")
        first = yes & ((day.middle < days) | ((day.middle >= end) & (event == CENSORED)))
        days[first], event[first] = np.minimum(day.middle, end)[first], kind
    if free is not None:
        longer = (event == CENSORED) & (free.middle < days)
        days[longer] = free.middle[longer]
    ranged = [patients.columns[name].ranged for name in time.columns]
    middles = int((np.logical_or.reduce(ranged) & out.known).sum())
    return Followed(time, days / DAYS_IN_MONTH, event, out.known, out.reasons, middles)


def _each(time: Time) -> Iterator[tuple[int, Event]]:
    yield from ((EVENT, one) for one in time.events)
    yield from ((COMPETING, one) for one in time.competing)


class _Out:
    """Rows left out, each with the first reason that was found."""

    def __init__(self, n: int) -> None:
        self.known = np.ones(n, dtype=bool)
        self.reasons: dict[str, int] = {}

    def because(self, cells: Cells, rows: Array) -> None:
        """Leave out ``rows`` in which a column is not known, by the reasons that it gives."""
        new = rows & self.known
        for reason, at in by_reason(cells, new).items():
            self.note(at, reason)

    def note(self, rows: Array, reason: str) -> None:
        """Leave out ``rows`` that are not yet out."""
        new = rows & self.known
        if new.any():
            self.reasons[reason] = int(new.sum())
            self.known &= ~rows


@dataclass(frozen=True, eq=False)
class Landed:
    """Who is compared from the landmark on: ``rows``, their times from it; who was lost before it, and how."""

    months: float
    rows: Array
    time: Array
    events_before: int
    ended_before: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"months": self.months, "events_before": self.events_before, "ended_before": self.ended_before}


def land(followed: Followed, zero: TimeZero) -> Landed:
    """Start the clock at the landmark, for those who are still followed without an event: Anderson et al. 1983.

    Without a landmark everybody stays.
    """
    at = zero.months or 0.0
    rows = followed.known & (followed.months > at) if zero.landmark is not None else followed.known
    gone = followed.known & ~rows
    events = int((gone & (followed.event != CENSORED)).sum())
    return Landed(at, rows, np.where(rows, followed.months - at, np.nan), events, int(gone.sum()) - events)

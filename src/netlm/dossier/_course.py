"""The course of treatment, as page one tells it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from ..case import Case
from ..dictionary import Day, Finding
from ..values import Opaque
from ._pictures import time_axis, time_bar
from ._wording import Wording

__all__ = ["Course", "Treatment", "course_of"]

MOST_TREATMENTS = 10


@dataclass(frozen=True)
class Treatment:
    """One line of the course: when, what, how it went, and its bar on the common scale of time."""

    when: str
    what: str
    more: str
    response: str
    bar: str


@dataclass(frozen=True)
class Course:
    """The treatments given so far, earliest first, with the scale of time above their bars."""

    treatments: tuple[Treatment, ...]
    axis: str
    note: str


def course_of(case: Case, say: Wording) -> Course:
    """The latest treatments; the note says what is left out, or what is known without dates."""
    entries = sorted(case.records.get("treatments", ()), key=_begins)
    spans = [(_day(entry.get("from")), _day(entry.get("to"))) for entry in entries]
    dated = any(any(span) for span in spans)
    bars = [time_bar(span, spans, case.as_of) for span in spans]
    told = [_treatment(entry, bar, say) for entry, bar in zip(entries, bars, strict=True)]
    axis = time_axis(spans, case.as_of) if dated else ""
    return Course(tuple(told[-MOST_TREATMENTS:]), axis, _note(len(told), say))


def _treatment(entry: Mapping[str, Finding], bar: str, say: Wording) -> Treatment:
    told = {name: finding.typed for name, finding in entry.items()}
    what = told.get("what", "treatment")
    more = [f"{told['cycles']} cycles"] if "cycles" in told else []
    more += [told["site"]] if "site" in told else []
    more += [f"stopped: {told['stopped_because']}"] if "stopped_because" in told else []
    name = say.names.option(what) if what in say.dictionary.options else what
    response = told.get("best_response", "not recorded").replace("_", " ")
    return Treatment(_when(told), name, "; ".join(more), response, bar)


def _note(count: int, say: Wording) -> str:
    if count > MOST_TREATMENTS:
        return f"The latest {MOST_TREATMENTS} of {count}; all are in the case file."
    if count:
        return ""
    if say.facts.finding("prior_treatments") is None:
        return "Previous treatments: not recorded."
    return f"Previous treatments, without dates: {say.options('prior_treatments')}."


def _begins(entry: Mapping[str, Finding]) -> datetime.date:
    for name in ("from", "to"):
        day = _day(entry.get(name))
        if day is not None:
            return day.first
    return datetime.date.min


def _day(finding: Finding | None) -> Day | None:
    value = finding.value if finding else None
    return value.content if isinstance(value, Opaque) and isinstance(value.content, Day) else None


def _when(told: Mapping[str, str]) -> str:
    if "from" in told and "to" in told:
        return told["from"] if told["from"] == told["to"] else f"{told['from']} to {told['to']}"
    if "from" in told:
        return f"from {told['from']}"
    return f"until {told['to']}" if "to" in told else "undated"

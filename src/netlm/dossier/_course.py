"""The course of treatment, as page one tells it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..case import Case
from ..dictionary import Day, Finding
from ..values import Members, Opaque
from ._pictures import time_axis, time_bar

if TYPE_CHECKING:
    from ._wording import Wording

__all__ = ["Course", "Treatment", "being_given", "course_of"]

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
    """The latest treatments and all without a date; the note names what is left out, and what else is known."""
    entries = sorted(case.records.get("treatments", ()), key=_begins)
    spans = [(_day(entry.get("from")), _day(entry.get("to"))) for entry in entries]
    dated = any(any(span) for span in spans)
    bars = [time_bar(span, spans, case.as_of) for span in spans]
    told = [_treatment(entry, bar, say) for entry, bar in zip(entries, bars, strict=True)]
    axis = time_axis(spans, case.as_of) if dated else ""
    return Course(tuple(told[-MOST_TREATMENTS:]), axis, _note(told[:-MOST_TREATMENTS], entries, say))


def being_given(case: Case) -> frozenset[str]:
    """The treatments that have begun, and of which no end and no reason for one is recorded."""
    ended = ("to", "stopped_because")
    entries = (entry for entry in case.records.get("treatments", ()) if "from" in entry)
    return frozenset(entry["what"].typed for entry in entries if "what" in entry and not any(x in entry for x in ended))


def _treatment(entry: Mapping[str, Finding], bar: str, say: Wording) -> Treatment:
    told = {name: finding.typed for name, finding in entry.items()}
    what = told.get("what", "treatment")
    more = [f"{told['cycles']} cycles"] if "cycles" in told else []
    more += [told["site"]] if "site" in told else []
    more += [f"stopped: {told['stopped_because']}"] if "stopped_because" in told else []
    name = say.names.option(what) if what in say.dictionary.options else what
    response = told.get("best_response", "not recorded").replace("_", " ")
    return Treatment(_when(told), name, "; ".join(more), response, bar)


def _note(left_out: Sequence[Treatment], entries: Sequence[Mapping[str, Finding]], say: Wording) -> str:
    """The earliest ones by name, treatments known without an entry, and whether more may have been given."""
    value = say.facts.value("prior_treatments")
    assert isinstance(value, Members)
    listed = {entry["what"].typed for entry in entries if "what" in entry}
    others = [say.names.option(name) for name in say.dictionary.options if name in value.must - listed]
    primary = f"The primary: {say.with_how('primary_status')}." if say.facts.finding("primary_status") else ""
    if not entries and not others:
        return f"Previous treatments: {'none' if value.is_known else 'not recorded'}. {primary}".strip()
    said = [f"Earlier still: {'; '.join(f'{one.what} ({one.when})' for one in left_out)}."] if left_out else []
    said += [f"Given too, dates not entered: {', '.join(others)}."] if others else []
    said += [] if value.is_known else ["The list may not be complete."]
    free = not value.is_known and any(name not in say.dictionary.options for name in listed)
    said += ["Free words are not matched to options: none is ruled out as given before."] if free else []
    return " ".join((*said, primary)).strip()


def _begins(entry: Mapping[str, Finding]) -> datetime.date:
    for name in ("from", "to"):
        day = _day(entry.get(name))
        if day is not None:
            return day.first
    return datetime.date.max


def _day(finding: Finding | None) -> Day | None:
    value = finding.value if finding else None
    return value.content if isinstance(value, Opaque) and isinstance(value.content, Day) else None


def _when(told: Mapping[str, str]) -> str:
    if "from" in told and "to" in told:
        return told["from"] if told["from"] == told["to"] else f"{told['from']} to {told['to']}"
    if "from" in told:
        return f"from {told['from']}"
    return f"until {told['to']}" if "to" in told else "undated"

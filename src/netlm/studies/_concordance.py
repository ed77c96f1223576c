"""What the board recommended beside what the source said of the patient that day, and why it departed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..figures import Picture, percent, with_interval
from ..synthesis import Stratum, plot_landmarks
from ._page import LOOK, Check, Figure, Part, Section, Table, Text
from ._patients import Array, blank
from ._sample import Sample
from ._shares import EXACT, Counted

__all__ = ["concordance_parts"]

MOST_REASONS = 20
DIGITS = 3
CAUTION = "A departure is no error; its reason stands in the record of the meeting."
MOST_OPTIONS = 40
NO_OPTION = "what the source does not hold"
NOT_TOLD = "no reason recorded"
NOT_RECORDED = "not recorded"
WHY = (
    "A departure is a recommendation that the source advised against, excluded, did not study, or could not judge for "
    "want of a fact. It is no error: the reason that the board gave stands below. Agreement is no proof of quality."
)


def concordance_parts(sample: Sample) -> Iterator[Part]:
    """How often, of which option, with which verdict, for which reasons."""
    columns = sample.patients.columns
    option, verdict, departs, reason = (columns[name].words for name in ("option", "verdict", "departs", "reason"))
    none, done = columns["no_decision"].words, columns["carried_out"].words
    held = blank(none)
    judged = ~blank(option)
    of_option = _by_option(option, departs, judged)
    total = _counted("all", departs, judged)
    outside = int((held & ~judged).sum())
    undecided, became = _tally(none, ~held), _tally(done, held)
    sections = [
        _overall(total, outside, [_named(sample, one) for one in of_option]),
        _verdicts(_tally(verdict, judged), columns["verdict"].fact.values), _reasons(reason, departs),
        _became(became, columns["carried_out"].fact.values), _undecided(undecided),
    ]  # fmt: skip
    checks = []
    silent = int(((departs == "yes") & blank(reason)).sum())
    if silent:
        checks.append(Check("departures without a reason", LOOK, f"{silent}; the record of the meeting asks for one."))
    data: dict[str, Any] = {
        "outcome": "departures", "all": total.to_dict(), "outside_source": outside,
        "options": [one.to_dict() for one in of_option], "verdicts": dict(_tally(verdict, judged)),
        "reasons": dict(_said(reason, departs)), "carried_out": dict(became), "undecided": dict(undecided),
    }  # fmt: skip
    yield Part(tuple(sections), tuple(checks), {"results": [data]})


def _counted(title: str, departs: Array, rows: Array) -> Counted:
    unknown = int((rows & blank(departs)).sum())
    return Counted(title, int((rows & (departs == "yes")).sum()), int(rows.sum()) - unknown, unknown)


def _by_option(option: Array, departs: Array, judged: Array) -> list[Counted]:
    names = Counter(option[judged].tolist())
    ordered = sorted(names, key=lambda name: (-names[name], name))[:MOST_OPTIONS]
    return [_counted(name, departs, option == name) for name in ordered]


def _tally(words: Array, rows: Array) -> list[tuple[str, int]]:
    counted = Counter(NOT_RECORDED if word is None else str(word) for word in words[rows].tolist())
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _said(reason: Array, departs: Array) -> list[tuple[str, int]]:
    counted = Counter(NOT_TOLD if text is None else str(text) for text in reason[departs == "yes"].tolist())
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _overall(total: Counted, outside: int, options: list[Counted]) -> Section:
    rows = tuple((one.title, str(one.of + one.unknown), *_cells(one)) for one in [total, *options])
    head = ("option", "recommended", "departs from the source", "share (95 % interval, exact)", "not known")
    notes = (f"{outside} recommendations name {NO_OPTION}; no verdict stands beside them.",) if outside else ()
    blocks: list[Any] = [Text(WHY)]
    strata = [_stratum(one) for one in options if one.of]
    if strata:

        def draw(width: float) -> Picture:
            measure, title = "share of recommendations", "Departures from the source, by option"
            return plot_landmarks(strata, measure=measure, title=title, notes=(EXACT,), caution=CAUTION, width=width)

        blocks.append(Figure("departures", "Departures from the source, by option", draw))
    return Section("How often the board departs", (*blocks, Table("Recommendations by option", head, rows, notes)))


def _stratum(one: Counted) -> Stratum:
    share, low, high = (round(value, DIGITS) for value in (one.share, *one.interval))
    return Stratum(one.title, share, low, high, one.of)


def _cells(one: Counted) -> tuple[str, str, str]:
    share = with_interval(percent(one.share), *(percent(end) for end in one.interval)) if one.of else "-"
    return f"{one.count} of {one.of}", share, str(one.unknown)


def _named(sample: Sample, one: Counted) -> Counted:
    """With the name of the option; one of another pack keeps its id."""
    known = sample.analysis.columns.dictionary.options.get(one.title)
    return one if known is None else replace(one, title=known.short)


def _verdicts(listed: list[tuple[str, int]], words: Mapping[str, str]) -> Section:
    if not listed:
        return Section("What the source said", (Text("No recommendation with a verdict.", "warning"),))
    counted = dict(listed)
    rows = tuple((said, str(counted[name])) for name, said in {**words, NOT_RECORDED: NOT_RECORDED}.items() if
                 name in counted)  # fmt: skip
    table = Table("Verdict of the source on what was recommended", ("verdict", "recommendations"), rows)
    return Section("What the source said", (table,))


def _reasons(reason: Array, departs: Array) -> Section:
    listed = _said(reason, departs)
    if not listed:
        return Section("Why", (Text("No departure.", "plain"),))
    return Section("Why", (_told("Reasons of the board, as recorded", "recommendations", listed),))


def _became(listed: list[tuple[str, int]], words: Mapping[str, str]) -> Section:
    if not listed:
        return Section("What became of it", (Text("No recommendation."),))
    rows = tuple((words.get(name, name), str(count)) for name, count in listed)
    head = ("carried out", "recommendations")
    return Section("What became of it", (Table("All recommendations", head, rows),))


def _undecided(listed: list[tuple[str, int]]) -> Section:
    meetings = sum(count for _, count in listed)
    if not meetings:
        return Section("Meetings without a recommendation", (Text("None in this table."),))
    said = Text(f"Meetings that ended without a recommendation: {meetings}. They are not in the shares above.")
    table = _told("Why nothing was decided, as recorded", "meetings", listed)
    return Section("Meetings without a recommendation", (said, table))


def _told(caption: str, counted: str, listed: list[tuple[str, int]]) -> Table:
    more = len(listed) - MOST_REASONS
    notes = (f"{more} more reasons; the JSON has all.",) if more > 0 else ()
    return Table(
        caption, ("reason", counted), tuple((text, str(count)) for text, count in listed[:MOST_REASONS]), notes
    )

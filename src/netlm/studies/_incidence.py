"""How many have had an event by a year, where death can come first."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..figures import Picture, percent, with_interval
from ..survival import AalenJohansen, Estimate, SurvivalWarning, aalen_johansen, kaplan_meier
from ._columns import Time
from ._page import Block, Figure, Part, Section, Table, Text
from ._sample import Sample, Timed
from ._survival import followed_blocks
from ._table_one import table_one_part

__all__ = ["incidence_parts"]

YEARS = (1, 3, 5, 10)
MONTHS_IN_YEAR = 12
WHY = (
    "Who dies without the event can no longer have it. Counting such deaths as if follow-up had merely ended (one less "
    "Kaplan-Meier) overstates the share and is not to be believed as a share of patients; it stands beside because "
    "published numbers are often made so."
)


def incidence_parts(sample: Sample) -> Iterator[Part]:
    """Table one, then each outcome."""
    yield table_one_part(sample)
    for time in sample.analysis.times:
        yield _outcome(sample, time)


def _outcome(sample: Sample, time: Time) -> Part:
    timed = sample.timed(time)
    titles = sample.titles if sample.grouped is not None else ("all",)
    events, deaths = int((timed.event == 1).sum()), int((timed.event == 2).sum())
    blocks: list[Block] = list(followed_blocks(sample, timed.followed, timed))
    data: dict[str, Any] = {
        "outcome": time.id, "title": time.title, "followed": timed.followed.to_dict(),
        "landmark": timed.landed.to_dict(), "n": timed.n, "events": events, "competing": deaths, "groups": [],
    }  # fmt: skip
    if not events:
        blocks.append(Text(f"No curve: no event among {timed.n} patients with a known time.", "warning"))
        return Part((Section(time.title, tuple(blocks)),), data={"results": [{**data, "reason": "no events"}]})
    blocks.append(_figure(timed, time, titles))
    rows, data["groups"] = _rows(timed, titles)
    what = time.events[0].says
    rivals = " or ".join(one.says for one in time.competing) or "nothing else"
    head = ("group", "by", what, rivals, f"{what}, deaths taken as end of follow-up")
    caption = f"Share by the year, with its 95 % interval: {timed.n} patients, {events} events, {deaths} deaths first"
    blocks += [Table(caption, head, tuple(rows)), Text(WHY, "warning")]
    return Part((Section(time.title, tuple(blocks)),), data={"results": [data]})


def _rows(timed: Timed, titles: tuple[str, ...]) -> tuple[list[tuple[str, ...]], list[dict[str, Any]]]:
    rows, data = list[tuple[str, ...]](), list[dict[str, Any]]()
    for place, title in enumerate(titles):
        mine = timed.code == place
        months, event = timed.time[mine], timed.event[mine]
        counts = {"title": title, "n": int(mine.sum()), "events": int((event == 1).sum())}
        name = f"{title} ({counts['n']} patients, {counts['events']} events)"
        if not counts["events"]:
            rows.append((name, "-", "no event", "-", "-"))
            data.append({**counts, "years": {}})
            continue
        curves = {one.cause: one for one in _estimate(months, event)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SurvivalWarning)
            naive = kaplan_meier(months, (event == 1).astype(np.int64))[""]
        years = {}
        for year in YEARS:
            at, by = year * MONTHS_IN_YEAR, f"{year} year{'s' * (year > 1)}"
            if at > float(months.max()):
                rows.append((name, by, "nobody followed so long", "-", "-"))
                continue
            found = [curves[cause].at(at) if cause in curves else Estimate(0.0) for cause in (1, 2)]
            alone = 1 - float(naive.at(at)) if at <= naive.last else float("nan")
            rows.append((name, by, *(_cell(one) for one in found), percent(alone)))
            years[f"{year} years"] = {
                "incidence": found[0].to_dict(), "competing": found[1].to_dict(), "one_minus_kaplan_meier": alone
            }  # fmt: skip
        data.append({**counts, "years": years})
    return rows, data


def _estimate(months: Any, event: Any, group: Any = None) -> AalenJohansen:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurvivalWarning)
        return aalen_johansen(months, event, group)


def _cell(one: Estimate) -> str:
    if not one.se > 0:
        return percent(float(one))
    return with_interval(percent(float(one)), percent(one.lower), percent(one.upper))


def _figure(timed: Timed, time: Time, titles: tuple[str, ...]) -> Figure:
    causes = [time.events[0].says, *(one.says for one in time.competing)]

    def draw(width: float) -> Picture:
        group = None if len(titles) == 1 else np.array([titles[code] for code in timed.code.tolist()], dtype=object)
        found = _estimate(timed.time, timed.event, group)
        named = [causes[int(str(cause)) - 1] for cause in found.counts.causes]
        return found.plot(title=f"{time.title}, cumulative incidence", unit="months", causes=named, width=width)

    return Figure(f"{time.id}-incidence", f"{time.title}: cumulative incidence, death competing", draw)

"""A treatment that begins some time after time zero: as a covariate that changes, and from a landmark.

Who was treated had to live until the treatment. So each patient counts as untreated until that day and as treated from
it (Simon and Makuch, Stat Med 1984; 3:35-44), or the groups are those of a landmark day. Comparing those ever treated
with those never treated is not offered.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..figures import Picture
from ..survival import KaplanMeier, SurvivalWarning, kaplan_meier
from ._columns import Event, Time
from ._curves import curves_of
from ._models import Fitted, fit_cox
from ._page import LOOK, Block, Check, Figure, Part, Section, Table, Text
from ._patients import Array, Cells
from ._power import detectable
from ._sample import Sample
from ._survival import followed_blocks, model_checks, model_rows
from ._table_one import table_one_part
from ._times import DAYS_IN_MONTH, Followed, follow

__all__ = ["time_dependent_parts"]

WHY = (
    "Whoever was treated had to live until then. Those ever treated are therefore not compared with those never "
    "treated: time before the treatment counts as untreated, time from it on as treated."
)
GROUPS = ("untreated so far", "treated")


def time_dependent_parts(sample: Sample) -> Iterator[Part]:
    """Table one, then each outcome by time-dependent treatment and from the landmark."""
    yield table_one_part(sample)
    for time in sample.analysis.times:
        yield _outcome(sample, time)


@dataclass(frozen=True, eq=False)
class _Spells:
    """Rows from start to stop: patient (position in the population), untreated or treated, and what ended them.

    ``earlier`` were treated before time zero and are left out: those who died of it are not there to be counted.
    """

    patient: Array
    start: Array
    stop: Array
    event: Array
    treated: Array
    unknown: int
    earlier: int


def _spells(sample: Sample, followed: Followed, treatment: Event) -> _Spells:
    """Two rows for a patient treated between time zero and the end, one for all others."""
    flag, day = sample.patients.columns[treatment.of], sample.patients.columns[treatment.on]
    yes, at = flag.words == "yes", _months(day)
    earlier = followed.known & yes & (at < 0)
    clear = followed.known & ~flag.missing & ~(yes & np.isnan(at)) & (followed.months > 0) & ~earlier
    rows = np.flatnonzero(clear)
    months, event = followed.months[rows], (followed.event[rows] == 1).astype(np.int64)
    begins = np.where(yes[rows], at[rows], np.inf)
    before, after = begins > 0, begins < months
    first = (rows[before], np.zeros(int(before.sum())), np.minimum(begins, months)[before],
             np.where(after, 0, event)[before], np.zeros(int(before.sum())))  # fmt: skip
    second = (rows[after], begins[after], months[after], event[after], np.ones(int(after.sum())))
    joined = [np.concatenate(pair) for pair in zip(first, second, strict=True)]
    unknown = int((followed.known & ~clear & ~earlier).sum())
    return _Spells(joined[0], joined[1], joined[2], joined[3], joined[4], unknown, int(earlier.sum()))


def _months(day: Cells) -> Array:
    return np.asarray(day.middle / DAYS_IN_MONTH)


def _outcome(sample: Sample, time: Time) -> Part:
    treatment = sample.analysis.treatment
    assert treatment is not None
    followed = follow(sample.patients, time)
    spells = _spells(sample, followed, treatment)
    blocks: list[Block] = [Text(WHY)]
    if spells.unknown:
        blocks.append(Text(f"Whether or when treated is not known in {spells.unknown}; left out."))
    if spells.earlier:
        blocks.append(Text(f"Treated before time zero: {spells.earlier}; left out, here and from the landmark."))
    if not len(spells.patient):
        blocks.append(Text("No result: nobody has a time and is known to have been treated or not.", "warning"))
        data: dict[str, Any] = {
            "outcome": time.id,
            "title": time.title,
            "followed": followed.to_dict(),
            "reason": "nobody to compare",
        }
        return Part((Section(time.title, tuple(blocks)),), data={"results": [data]})
    values = sample.covariates.values[spells.patient]
    names = (treatment.says, *sample.covariates.names)
    event, treated = spells.event, spells.treated.reshape(-1, 1)
    alike = _alike(spells.treated)
    alone = adjusted = Fitted(len(event), int(event.sum()), reason=alike)
    if not alike:
        alone = fit_cox(spells.stop, event, treated, names[:1], entry=spells.start)
        adjusted = fit_cox(spells.stop, event, np.column_stack((treated, values)), names, entry=spells.start)
    counts = _counts(spells)
    blocks += [_figure(spells, time, treatment), counts]
    blocks += [_without(alike)] if alike else _model_blocks(alone, adjusted, sample)
    by_time = [int((spells.treated == place).sum()) for place in (0, 1)]
    power, said = detectable([int(event[spells.treated == place].sum()) for place in (0, 1)], by_time)
    blocks.append(Text(said))
    landed, landed_data, checks = _landmark(sample, time)
    data = {
        "outcome": time.id, "title": time.title, "followed": followed.to_dict(), "not_known_if_treated": spells.unknown,
        "treated_before": spells.earlier,
        "time_dependent": {"alone": alone.to_dict(), "adjusted": adjusted.to_dict()}, "landmark": landed_data,
        "detectable_hazard_ratio": power, "naive": None,
    }  # fmt: skip
    found = [one for model in (adjusted,) if not model.reason for one in model_checks(f"{time.title}, adjusted", model)]
    sections = (Section(f"{time.title}, treatment as it began", tuple(blocks)), landed)
    return Part(sections, (*found, *checks), {"results": [data]})


def _alike(treated: Array) -> str:
    """Why there is nothing to compare; empty where there is."""
    if not treated.any():
        return "nobody was treated"
    return "nobody was untreated" if treated.all() else ""


def _without(reason: str) -> Text:
    return Text(f"No hazard ratio: {reason}.", "warning")


def _counts(spells: _Spells) -> Table:
    rows = []
    for place, title in enumerate(GROUPS):
        mine = spells.treated == place
        span = float((spells.stop - spells.start)[mine].sum())
        rows.append((title, str(int(mine.sum())), str(int(spells.event[mine].sum())), f"{span:.0f}"))
    return Table("Patients, events and time", ("state", "patients", "events", "months at risk"), tuple(rows))


def _model_blocks(alone: Fitted, adjusted: Fitted, sample: Sample) -> Iterator[Block]:
    for name, model in (("Treatment alone", alone), ("Adjusted, complete cases", adjusted)):
        if model.reason:
            yield Text(f"{name}: no hazard ratio: {model.reason}.", "warning")
        elif name == "Treatment alone" or sample.covariates.listed:
            yield model_rows(f"{name}: {model.n} spells, {model.events} events", model.ratios)


def _figure(spells: _Spells, time: Time, treatment: Event) -> Figure:
    title = f"{time.title}, {treatment.says} as it began"

    def draw(width: float) -> Picture:
        return _curves(spells).plot(title=title, unit="months", x_label="Months since time zero", width=width)

    return Figure(f"{time.id}-as-it-began", f"{title}: Simon-Makuch curves", draw)


def _curves(spells: _Spells) -> KaplanMeier:
    code = spells.treated.astype(np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurvivalWarning)
        km = kaplan_meier(spells.stop, spells.event, code, entry=spells.start)
    return replace(km, curves=tuple(replace(curve, group=GROUPS[int(str(curve.group))]) for curve in km))


def _landmark(sample: Sample, time: Time) -> tuple[Section, dict[str, object], tuple[Check, ...]]:
    """Those treated by the landmark against those not treated by it."""
    treatment, zero = sample.analysis.treatment, sample.analysis.time_zero
    assert treatment is not None
    assert zero is not None
    timed = sample.timed(time)
    flag, at = sample.patients.columns[treatment.of], _months(sample.patients.columns[treatment.on])
    yes = flag.words == "yes"
    clear = timed.landed.rows & ~flag.missing & ~(yes & np.isnan(at)) & ~(yes & (at < 0))
    code = np.where(yes & (at <= timed.landed.months), 1, 0)[clear]
    months, event = timed.landed.time[clear], (timed.followed.event[clear] == 1).astype(np.int64)
    titles = ("not treated by the landmark", "treated by the landmark")
    blocks: list[Block] = list(followed_blocks(sample, timed.followed, replace(timed, time=months)))
    curves = curves_of(months, event, code, titles)
    title = f"{time.title} from the landmark"
    if curves is None:
        blocks.append(Text("No curve: nobody is followed beyond the landmark.", "warning"))
        return Section(title, tuple(blocks)), {"reason": "nobody beyond the landmark"}, ()
    columns, values = (code == 1).reshape(-1, 1), sample.covariates.values[clear]
    alike = _alike(code)
    model = Fitted(len(months), int(event.sum()), reason=f"{alike} by the landmark")
    if not alike:
        model = fit_cox(months, event, np.column_stack((columns, values)), (titles[1], *sample.covariates.names))
    blocks += [curves.figure(f"{time.id}-landmark", title, "the landmark"), *curves.tables()]
    if model.reason:
        blocks.append(_without(model.reason))
    else:
        blocks.append(model_rows(f"Adjusted, complete cases: {model.n} patients, {model.events} events", model.ratios))
    late = int((yes & (at > timed.landed.months) & timed.landed.rows).sum())
    checks = (Check("treated after the landmark", LOOK, f"{late}; they count as not treated by it."),) if late else ()
    data = {**timed.landed.to_dict(), **curves.to_dict(), "adjusted": model.to_dict(), "treated_later": late}
    return Section(title, tuple(blocks)), data, checks

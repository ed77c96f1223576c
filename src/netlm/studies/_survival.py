"""Survival of groups: curves, crude and adjusted hazard ratios, and what the difference between the two says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..figures import p_cell, p_value, ratio, with_interval
from ._columns import Time
from ._curves import Curves, curves_of
from ._imputed import ImputedFit, pooled_fit
from ._models import Fitted, Ratio, fit_cox, group_columns
from ._page import FINE, LOOK, UNKNOWN, Block, Check, Figure, Part, Section, Table, Text
from ._power import detectable
from ._sample import Sample, Timed
from ._table_one import table_one_part
from ._times import Followed
from ._whom import told

__all__ = ["cell", "followed_blocks", "model_checks", "model_rows", "survival_parts"]

DOUBTFUL = 0.05
FEW = 10
EVENTS_PER_COEFFICIENT = 10
"""Peduzzi et al., J Clin Epidemiol 1995; 48:1503-1510."""
NAIVE = (
    "The crude ratio compares the groups as they came and is not to be believed as an effect: who got into which group "
    "hung on the disease as well. The adjusted ratios allow for what is listed, not for what was not recorded."
)


def survival_parts(sample: Sample) -> Iterator[Part]:
    """Table one, then each outcome."""
    yield table_one_part(sample)
    for time in sample.analysis.times:
        yield _outcome(sample, time)


def _outcome(sample: Sample, time: Time) -> Part:
    timed = sample.timed(time)
    blocks: list[Block] = list(followed_blocks(sample, timed.followed, timed))
    curves = curves_of(timed.time, timed.died, timed.code, sample.titles)
    data = {
        "outcome": time.id, "title": time.title, "followed": timed.followed.to_dict(),
        "landmark": timed.landed.to_dict(),
    }  # fmt: skip
    if curves is None:
        blocks.append(Text("No curve: nobody has a group and a time.", "warning"))
        return Part((Section(time.title, tuple(blocks)),), data={"results": [{**data, "reason": "nobody to compare"}]})
    blocks += [_figure(sample, curves, time), *curves.tables()]
    models = _Models(sample, timed)
    blocks += models.blocks()
    power, said = detectable(curves.events, curves.n)
    blocks.append(Text(said))
    section = Section(time.title, tuple(blocks))
    results = {**data, **curves.to_dict(), **models.to_dict(), "detectable_hazard_ratio": power}
    return Part((section,), tuple(_checks(time, curves, models)), {"results": [results]})


def followed_blocks(sample: Sample, followed: Followed, timed: Timed) -> Iterator[Block]:
    """Whose time is not known, and who was lost before the landmark."""
    unknown = int((~followed.known).sum())
    if unknown:
        yield Text(f"Time not known in {unknown} of {sample.patients.n}: {told(followed.reasons)}.")
    zero, landed = sample.analysis.time_zero, timed.landed
    if zero is not None and zero.landmark is not None:
        lost = landed.events_before + landed.ended_before
        yield Text(
            f"Before the landmark {lost} were lost: {landed.events_before} had the event, {landed.ended_before} came "
            f"to the end of their follow-up. {timed.n} with a group are compared from it."
        )


def _figure(sample: Sample, curves: Curves, time: Time) -> Figure:
    zero = sample.analysis.time_zero
    since = "the landmark" if zero is not None and zero.landmark is not None else "time zero"
    return curves.figure(time.id, f"{time.title} by {sample.grouping.title}", since)


class _Models:
    """The crude model, the one adjusted on complete cases, and the one with what is missing imputed."""

    def __init__(self, sample: Sample, timed: Timed) -> None:
        self.sample, self.timed = sample, timed
        columns, titles = group_columns(timed.code, sample.titles, sample.reference)
        values = sample.covariates.values[timed.rows]
        self.groups = titles
        self.none = ""
        if not (timed.code == sample.reference).any():
            self.none = f"nobody in the group of comparison, {sample.reference_title}"
        elif not titles:
            self.none = "one group alone"
        self.crude = self._unless(lambda: fit_cox(timed.time, timed.died, columns, titles))
        self.adjusted = self.imputed = None
        if sample.covariates.listed and not self.none:
            names = (*titles, *sample.covariates.names)
            self.adjusted = fit_cox(timed.time, timed.died, np.column_stack((columns, values)), names)
            if np.isnan(values).any():
                self.imputed = pooled_fit(sample, timed, columns, titles)

    def _unless(self, fit: Callable[[], Fitted]) -> Fitted:
        if self.none:
            return Fitted(self.timed.n, int(self.timed.died.sum()), reason=self.none)
        return fit()

    def blocks(self) -> Iterator[Block]:
        """The ratios of the groups side by side, and in words what the adjustment did."""
        if self.crude.reason:
            yield Text(f"No hazard ratio: {self.crude.reason}.", "warning")
            return
        head = ("group", *(name for name, _ in self._named))
        rows = tuple(
            (title, *(cell(model.ratio(title)) if not model.reason else "-" for _, model in self._named))
            for title in self.groups
        )
        notes = [f"Compared with {self.sample.reference_title}."]
        notes += [f"{name}: {_size(model)}." for name, model in self._named]
        if self.sample.covariates.listed:
            notes.append(f"Adjusted for: {', '.join(self.sample.covariates.names)}.")
        yield Table("Hazard ratios (95 % interval)", head, rows, tuple(notes))
        if self.adjusted is not None:
            yield Text(NAIVE, "warning")
            for title in self.groups:
                said = _moved(title, self.crude, self.imputed or self.adjusted)  # of the same patients
                if said:
                    yield Text(said)
        for name, model in self._named[1:]:
            if isinstance(model, Fitted) and not model.reason:
                yield model_rows(f"{name}, every covariate: {model.n} patients, {model.events} events", model.ratios)

    @property
    def _named(self) -> list[tuple[str, Fitted | ImputedFit]]:
        named: list[tuple[str, Fitted | ImputedFit]] = [("crude", self.crude)]
        if self.adjusted is not None:
            named.append(("adjusted, complete cases", self.adjusted))
        if self.imputed is not None:
            named.append(("adjusted, imputed", self.imputed))
        return named

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "crude": {**self.crude.to_dict(), "believed": False},
            "adjusted": None if self.adjusted is None else self.adjusted.to_dict(),
            "imputed": None if self.imputed is None else self.imputed.to_dict(),
        }


def _size(model: Fitted | ImputedFit) -> str:
    said = f"{model.n} patients, {model.events} events"
    return f"{said}; none: {model.reason}" if model.reason else said


def cell(one: Ratio | None) -> str:
    """A ratio with its interval and p, as a table shows it."""
    if one is None or not _finite(one):
        return "no finite estimate"
    shown = with_interval(ratio(one.estimate), ratio(one.lower), ratio(one.upper))
    return f"{shown}, p {p_cell(one.p)}"


def _finite(one: Ratio) -> bool:
    """Whether the data bound the ratio at all; an upper limit beyond all numbers is that of a separation."""
    return bool(np.isfinite(one.se) and np.isfinite(one.upper))


def model_rows(caption: str, ratios: tuple[Ratio, ...]) -> Table:
    """Every ratio of a model."""
    return Table(
        caption, ("covariate", "hazard ratio (95 % interval), p"), tuple((one.name, cell(one)) for one in ratios)
    )


def _moved(title: str, crude: Fitted, adjusted: Fitted | ImputedFit) -> str:
    """What the adjustment did to a ratio."""
    before, after = crude.ratio(title), adjusted.ratio(title) if not adjusted.reason else None
    if before is None or after is None or adjusted.n != crude.n or not (_finite(before) and _finite(after)):
        return ""
    return (
        f"{title}: {ratio(before.estimate)} crude, {ratio(after.estimate)} adjusted; the adjustment multiplies the "
        f"ratio by {ratio(after.estimate / before.estimate)}."
    )


def _checks(time: Time, curves: Curves, models: _Models) -> Iterator[Check]:
    if models.timed.followed.middles:
        text = f"{models.timed.followed.middles} times hang on a day known only as a range; its middle is taken."
        yield Check(f"{time.title}: days", LOOK, text)
    few = [title for title, n in zip(curves.titles, curves.n, strict=True) if 0 < n < FEW]
    if few:
        found = f"fewer than {FEW} patients: {', '.join(few)}; intervals and tests with them are rough."
        yield Check(f"{time.title}: small groups", LOOK, found)
    silent = [
        title for title, n, events in zip(curves.titles, curves.n, curves.events, strict=True) if n and not events
    ]
    if silent:
        yield Check(f"{time.title}: groups without events", LOOK, f"{', '.join(silent)}; no finite ratio with them.")
    for name, model in models._named:
        if isinstance(model, Fitted) and not model.reason:
            yield from model_checks(f"{time.title}, {name}", model)


def model_checks(name: str, model: Fitted) -> Iterator[Check]:
    """Events for each coefficient, and proportional hazards."""
    each = model.events / len(model.ratios)
    text = f"{model.events} events for {len(model.ratios)} coefficients"
    if each < EVENTS_PER_COEFFICIENT:
        yield Check(f"{name}: events per coefficient", LOOK, f"{text}; fewer than 10 each: easily overfitted.")
    else:
        yield Check(f"{name}: events per coefficient", FINE, f"{text}.")
    if model.left_out:
        yield Check(f"{name}: left out", LOOK, f"the same in all, or told by the others: {', '.join(model.left_out)}.")
    if model.proportional is None:
        yield Check(f"{name}: hazards proportional", UNKNOWN, "not tested for this model.")
        return
    p = model.proportional.p[-1]
    if np.isnan(p):
        yield Check(f"{name}: hazards proportional", UNKNOWN, "cannot be tested on these data.")
    elif p < DOUBTFUL:
        text = f"doubtful ({p_value(p)}); a single ratio describes it poorly, read the curves and restricted means."
        yield Check(f"{name}: hazards proportional", LOOK, text)
    else:
        found = f"no sign against it ({p_value(p)}, {model.events} events); with few events there would be none."
        yield Check(f"{name}: hazards proportional", FINE, found)

"""Two treatments compared by the propensity score: naive, adjusted, matched, weighted, and what each says."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import Problem, Problems
from ..figures import Picture, percent, ratio
from ..observational import (
    Balance,
    Matches,
    ObservationalWarning,
    Overlap,
    Propensity,
    Weights,
    balance,
    e_value,
    match,
    overlap,
    plot_balance,
    propensity,
    weigh,
)  # fmt: skip
from ..survival import KaplanMeier, SurvivalWarning, kaplan_meier
from ._columns import Time
from ._curves import curves_of
from ._imputed import ImputedFit, pool
from ._judge import judge
from ._models import Fitted, Ratio, fit_cox, varying
from ._page import FINE, LOOK, Block, Check, Figure, Part, Section, Table, Text
from ._patients import Array
from ._power import detectable
from ._sample import Sample, Timed
from ._survival import cell, followed_blocks, model_checks
from ._table_one import table_one_part

__all__ = ["propensity_parts"]

UNLIKE = 0.1
"""A standardised difference above this is usually called unlike: Austin, Stat Med 2009; 28:3083-3107."""
COMMON = 0.15
"""Share with the event above which a hazard ratio is no risk ratio: VanderWeele and Ding 2017."""
MAIN = "overlap"
NAMES = {"ate": "weights for all", "att": "weights for the treated", "overlap": "overlap weights"}
NAIVE = (
    "The naive ratio is not to be believed: who had which treatment hung on burden, symptoms and fitness. Matching and "
    "weighting make the groups alike in what is listed, and in nothing else."
)
NAIVE_CURVES = "These numbers describe the two groups; they do not compare the treatments."
STRATA_NOTE = (
    "Overlap weights of the whole sample, used within each stratum. Strata are told, not tested against each other; a "
    "ratio needs events in both groups."
)


def propensity_parts(sample: Sample) -> Iterator[Part]:
    """Table one, then each outcome."""
    yield table_one_part(sample)
    for time in sample.analysis.times:
        yield _outcome(sample, time)


@dataclass(frozen=True, eq=False)
class _Scored:
    """The complete cases with their scores; ``reason`` where there are none."""

    rows: Array
    treated: Array
    x: Array
    names: tuple[str, ...]
    model: Propensity | None = None
    matches: Matches | None = None
    weights: dict[str, Weights] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def _outcome(sample: Sample, time: Time) -> Part:
    timed = sample.timed(time)
    blocks: list[Block] = list(followed_blocks(sample, timed.followed, timed))
    data: dict[str, Any] = {
        "outcome": time.id, "title": time.title, "followed": timed.followed.to_dict(),
        "landmark": timed.landed.to_dict(),
    }  # fmt: skip
    curves = curves_of(timed.time, timed.died, timed.code, sample.titles)
    if curves is None:
        blocks.append(Text("No result: nobody has a group and a time.", "warning"))
        return Part((Section(time.title, tuple(blocks)),), data={"results": [{**data, "reason": "nobody to compare"}]})
    scored = _score(sample, timed)
    estimates = _estimates(sample, timed, scored)
    blocks += [*(Text(f"Not possible: {one}.", "warning") for one in scored.reasons)]
    blocks += _estimate_blocks(sample, estimates)
    power, said = detectable(curves.events, curves.n)
    blocks += [Text(said), *_weighted_figure(sample, timed, scored, time)]
    sections = [Section(f"{time.title}: the comparison", tuple(blocks))]
    balanced = _balances(scored)
    naive = Section("As the groups came, not adjusted", (Text(NAIVE_CURVES), *curves.tables()))
    more = (_balance_section(sample, scored, balanced), _strata(sample, timed, scored), naive)
    sections += [one for one in more if one.blocks]
    unrecorded = _e_value(estimates, curves.events, curves.n)
    data |= {
        **curves.to_dict(), "estimates": {name: one.to_dict() for name, one in estimates.items()},
        "naive_believed": False, "reasons": list(scored.reasons), "detectable_hazard_ratio": power,
        "score": None if scored.model is None else scored.model.to_dict(),
        "balance": {name: one.to_dict() for name, one in balanced.items()},
        "weights": {name: one.sentence for name, one in scored.weights.items()},
        "matching": None if scored.matches is None else scored.matches.sentence,
        "e_value": unrecorded,
    }  # fmt: skip
    checks = tuple(_checks(time, scored, balanced, estimates, unrecorded))
    return Part(tuple(sections), checks, {"results": [data]})


def _score(sample: Sample, timed: Timed) -> _Scored:
    """The propensity score of the complete cases, their matches and weights."""
    treated = (timed.code != sample.reference).astype(np.int64)
    values = sample.covariates.values[timed.rows]
    rows = np.asarray(~np.isnan(values).any(axis=1))
    x, names, out = varying(values[rows], sample.covariates.names)
    scored = _Scored(rows, treated[rows], x, names, left_out=out)
    if not 0 < scored.treated.sum() < len(scored.treated):
        return replace(scored, reasons=("one of the two groups has no patient with every covariate known",))
    if not names:
        return replace(scored, reasons=("no covariate differs between the patients",))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ObservationalWarning)
        return _matched_and_weighted(scored)


def _matched_and_weighted(scored: _Scored) -> _Scored:
    reasons: list[str] = []
    try:
        model = propensity(scored.treated, scored.x, scored.names)
    except (Problem, Problems) as problem:
        return replace(scored, reasons=(f"propensity score: {problem}",))
    matches, weights = None, {}
    try:
        matches = match(scored.treated, model.score)
    except (Problem, Problems) as problem:
        reasons.append(f"matching: {problem}")
    for estimand in NAMES:
        try:
            weights[estimand] = weigh(scored.treated, model.score, estimand)
        except (Problem, Problems) as problem:
            reasons.append(f"weights ({estimand}): {problem}")
    return replace(scored, model=model, matches=matches, weights=weights, reasons=tuple(reasons))


Estimate = Fitted | ImputedFit


def _estimates(sample: Sample, timed: Timed, scored: _Scored) -> dict[str, Estimate]:
    """The ratio of the treated to the reference, naive first."""
    title = next(name for place, name in enumerate(sample.titles) if place != sample.reference)
    names, all_treated = (title,), (timed.code != sample.reference).astype(np.float64).reshape(-1, 1)
    found: dict[str, Estimate] = {"naive": fit_cox(timed.time, timed.died, all_treated, names)}
    months, died = timed.time[scored.rows], timed.died[scored.rows]
    treated = scored.treated.astype(np.float64).reshape(-1, 1)
    found["naive, complete cases"] = fit_cox(months, died, treated, names)
    found["adjusted by Cox's model"] = fit_cox(
        months, died, np.column_stack((treated, scored.x)), (title, *scored.names)
    )  # fmt: skip
    if scored.matches is not None:
        at = scored.matches.rows
        found["matched 1:1"] = fit_cox(
            months[at], died[at], treated[at], names, weights=scored.matches.row_weights, cluster=scored.matches.sets
        )
    for estimand, weights in scored.weights.items():
        kept = weights.weights > 0
        found[NAMES[estimand]] = fit_cox(months[kept], died[kept], treated[kept], names, weights=weights.weights[kept])
    if not scored.rows.all() and scored.model is not None:
        found["overlap weights, imputed"] = _imputed(sample, timed, all_treated, names)
    return found


def _imputed(sample: Sample, timed: Timed, treated: Array, names: Sequence[str]) -> ImputedFit:
    """Score and overlap weights in each completed table, pooled."""
    n, events, tables = timed.n, int(timed.died.sum()), sample.completed
    if isinstance(tables, str):
        return ImputedFit(n, events, reason=tables)
    fits = []
    for one in tables:
        x, kept, _ = varying(one[timed.rows], sample.covariates.names)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ObservationalWarning)
                score = propensity(treated[:, 0].astype(np.int64), x, kept).score
                weights = weigh(treated[:, 0].astype(np.int64), score, MAIN).weights
        except (Problem, Problems) as problem:
            return ImputedFit(n, events, reason=str(problem))
        held = weights > 0
        fits.append(fit_cox(timed.time[held], timed.died[held], treated[held], names, weights=weights[held]))
    return replace(pool(n, events, fits), n=n, events=events)


def _estimate_blocks(sample: Sample, estimates: dict[str, Estimate]) -> Iterator[Block]:
    rows = []
    for name, one in estimates.items():
        shown = f"none: {one.reason}" if one.reason else cell(one.ratios[0])
        rows.append((name, str(one.n), str(one.events), shown))
    title = next(name for place, name in enumerate(sample.titles) if place != sample.reference)
    head = ("how", "patients", "events", "hazard ratio (95 % interval), p")
    note = (
        f"Ratios of {title} to {sample.reference_title}; robust errors where weighted, clustered on the sets where "
        f"matched. Score from: {', '.join(sample.covariates.names)}."
    )
    yield Text(NAIVE, "warning")
    yield Table(f"{title} against {sample.reference_title}", head, tuple(rows), (note,))
    said = _moved(estimates)
    if said:
        yield Text(said, "lead")


def _main(estimates: dict[str, Estimate]) -> Ratio | None:
    one = estimates.get(NAMES[MAIN])
    return one.ratios[0] if one is not None and not one.reason else None


def _moved(estimates: dict[str, Estimate]) -> str:
    naive, after = estimates["naive, complete cases"], _main(estimates)
    if naive.reason or after is None or not (np.isfinite(naive.ratios[0].se) and np.isfinite(after.se)):
        return ""
    before = naive.ratios[0]
    return (
        f"In the same {naive.n} patients the naive ratio is {ratio(before.estimate)}, the one with overlap weights "
        f"{ratio(after.estimate)}: what was recorded before the treatment moves it by a factor of "
        f"{ratio(after.estimate / before.estimate)}."
    )


def _e_value(estimates: dict[str, Estimate], events: Sequence[int], n: Sequence[int]) -> dict[str, Any] | None:
    after = _main(estimates)
    if after is None or not np.isfinite(after.se):
        return None
    common = sum(events) > COMMON * sum(n)
    found = e_value(after.estimate, after.lower, after.upper, measure="hr", common=common)
    return {**found.to_dict(), "sentence": found.sentence}


def _weighted_figure(sample: Sample, timed: Timed, scored: _Scored, time: Time) -> Iterator[Figure]:
    weights = scored.weights.get(MAIN)
    if weights is None:
        return
    months, died = timed.time[scored.rows], timed.died[scored.rows]
    title = f"{time.title}, overlap weights"

    def draw(width: float) -> Picture:
        km = _weighted(sample, months, died, timed.code[scored.rows], weights.weights)
        return km.plot(title=title, unit="months", x_label="Months since time zero", width=width)

    yield Figure(f"{time.id}-weighted", f"{title}: curves of the weighted patients", draw)


def _weighted(sample: Sample, months: Array, died: Array, code: Array, weights: Array) -> KaplanMeier:
    """Weighted curves; the weights add up to the number of patients of each group."""
    scaled = weights.copy()
    for place in np.unique(code):
        mine = code == place
        scaled[mine] *= mine.sum() / scaled[mine].sum()
    held = scaled > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurvivalWarning)
        km = kaplan_meier(months[held], died[held], code[held], weights=scaled[held])
    return replace(km, curves=tuple(replace(one, group=sample.titles[int(str(one.group))]) for one in km))


def _balances(scored: _Scored) -> dict[str, Balance]:
    """The balance after matching and after each weighting."""
    if scored.model is None:
        return {}
    given = {"matched": scored.matches.weights} if scored.matches is not None else {}
    given |= {NAMES[name]: one.weights for name, one in scored.weights.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ObservationalWarning)
        return {name: balance(scored.treated, scored.x, scored.names, weights=one) for name, one in given.items()}


def _balance_section(sample: Sample, scored: _Scored, balanced: dict[str, Balance]) -> Section:
    title = "Were the groups made alike?"
    if scored.model is None or not balanced:
        return Section(title, ())
    found = overlap(scored.treated, scored.model.score)
    first = next(iter(balanced.values()))
    head = ("covariate", "SMD before", *(f"SMD, {name}" for name in balanced))
    rows = tuple(
        (name, _smd(first.before[k]), *(_smd(one.after[k]) for one in balanced.values()))
        for k, name in enumerate(scored.names)
    )
    notes = [one.sentence for one in scored.weights.values()]
    notes += [scored.matches.sentence] if scored.matches is not None else []
    blocks: list[Block] = [Text(found.sentence), _overlap_figure(sample, found), _love_figure(balanced)]
    blocks.append(Table("Standardised mean differences", head, rows, tuple(notes)))
    return Section(title, tuple(blocks))


def _smd(value: float) -> str:
    """With two decimals, no minus before 0."""
    return "-" if value != value else f"{value:.2f}".replace("-0.00", "0.00")


def _overlap_figure(sample: Sample, found: Overlap) -> Figure:
    treated = next(name for place, name in enumerate(sample.titles) if place != sample.reference)

    def draw(width: float) -> Picture:
        return found.plot(title="Propensity scores", treated=treated, control=sample.reference_title, width=width)

    return Figure("overlap", "Propensity scores of both groups", draw)


def _love_figure(balanced: dict[str, Balance]) -> Figure:
    def draw(width: float) -> Picture:
        return plot_balance(balanced, title="Balance before and after", width=width)

    return Figure("balance", "Standardised differences before and after", draw)


def _strata(sample: Sample, timed: Timed, scored: _Scored) -> Section:
    """The comparison within each stratum: events of each group, naive and weighted ratio."""
    if not sample.analysis.strata:
        return Section("", ())
    weights = scored.weights.get(MAIN)
    treated = (timed.code != sample.reference).astype(np.int64)
    rows = []
    for stratum in sample.analysis.strata:
        mine = judge(stratum.criterion, sample.patients).true[timed.rows]
        sizes = [
            f"{int(timed.died[at].sum())} of {int(at.sum())}" for at in (mine & (treated == 1), mine & (treated == 0))
        ]
        column = treated[mine].astype(np.float64).reshape(-1, 1)
        naive = fit_cox(timed.time[mine], timed.died[mine], column, ("treated",))
        rows.append((stratum.title, *sizes, _ratio(naive), _weighted_ratio(timed, scored, weights, mine)))
    unknown = timed.n - sum(int(judge(one.criterion, sample.patients).true[timed.rows].sum())
                            for one in sample.analysis.strata)  # fmt: skip
    other = next(name for place, name in enumerate(sample.titles) if place != sample.reference)
    head = ("stratum", f"events, {other}", f"events, {sample.reference_title}", "naive", "overlap weights")
    table = Table("Within strata", head, tuple(rows), (STRATA_NOTE, f"In no stratum, or not known: {unknown}."))
    return Section("By burden and symptoms", (table,))


def _weighted_ratio(timed: Timed, scored: _Scored, weights: Weights | None, mine: Array) -> str:
    if weights is None:
        return "-"
    at = mine[scored.rows] & (weights.weights > 0)
    months, died = timed.time[scored.rows][at], timed.died[scored.rows][at]
    column = scored.treated[at].astype(np.float64).reshape(-1, 1)
    return _ratio(fit_cox(months, died, column, ("treated",), weights=weights.weights[at]))


def _ratio(one: Fitted) -> str:
    return one.reason or cell(one.ratios[0])


def _checks(
    time: Time, scored: _Scored, balanced: dict[str, Balance], estimates: dict[str, Estimate],
    unrecorded: dict[str, Any] | None,
) -> Iterator[Check]:  # fmt: skip
    lost = int((~scored.rows).sum())
    if lost:
        found = f"{lost} of {len(scored.rows)} ({percent(lost / len(scored.rows))}) lack a covariate."
        yield Check(f"{time.title}: complete cases", LOOK, found)
    if scored.left_out:
        yield Check(f"{time.title}: left out", LOOK, f"the same in all: {', '.join(scored.left_out)}.")
    if scored.model is not None and scored.model.separated:
        yield Check("positivity", LOOK, f"foretell the treatment: {', '.join(scored.model.separated)}.")
    for name, one in balanced.items():
        worst = float(np.nanmax(np.abs(one.after)))
        yield Check(f"balance, {name}", FINE if worst <= UNLIKE else LOOK, one.sentence)
    for estimand, weights in scored.weights.items():
        for said in weights.notes:
            yield Check(f"weights ({estimand})", LOOK, f"{said}.")
    adjusted = estimates["adjusted by Cox's model"]
    if isinstance(adjusted, Fitted) and not adjusted.reason:
        yield from model_checks(f"{time.title}, adjusted", adjusted)
    if unrecorded is not None:
        yield Check("confounding that was not recorded (E-value)", LOOK, unrecorded["sentence"])

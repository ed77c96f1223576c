"""What a statistician would look at before believing a survival page."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ._draw_parts import FEW
from ._kaplan_meier import early_end
from ._report import DOUBTFUL, EVENTS_PER_COVARIATE, FINE, IN_A_YEAR, LOOK, UNKNOWN, Check, Model, Report
from ._tables import name_of, number, p_value

__all__ = ["checks_of"]

LIFETIME = 120
"""Years that nobody is followed."""
NOT_KNOWN = {"unknown", "not known", "not recorded", "not done", "not available", "unk", "nk", "nd"}
"""Words that a table may use on purpose for those of whom nothing is known."""


def checks_of(report: Report) -> tuple[Check, ...]:
    """The checks in their order."""
    return tuple(
        check for part in (_rows, _entry, _weights, _events, _follow_up, _hazards, _model) for check in part(report)
    )


def _rows(report: Report) -> Iterator[Check]:
    data = report.cohort
    out = data.missing[""]
    if out:
        where = "; ".join(f"{name} missing in {rows}" for name, rows in data.missing.items() if name and rows)
        share = 100 * out / data.rows
        yield Check("missing values", LOOK, f"{out} of {data.rows} rows ({share:.1f} %) left out: {where}.")
    else:
        yield Check("missing values", FINE, f"none in {data.rows} rows.")
    named = [name_of(curve.group) for curve in report.km if str(curve.group).lower() in NOT_KNOWN]
    if named:
        yield Check("not known", LOOK, f"{', '.join(named)} counts as a group like the others.")
    if data.landmark is not None:
        text = (
            f"{data.before_landmark} patients had their event or the end of follow-up by {data.landmark:g}; left out. "
            "All times here count from then."
        )
        yield Check("landmark", FINE, text)
    elif report.several:
        text = "is each patient's group known at time 0? If it is only known later, use a landmark."
        yield Check("time 0", UNKNOWN, text)


def _entry(report: Report) -> Iterator[Check]:
    if report.cohort.columns.entry is None:
        return
    ended = [f"{name_of(curve.group)} at {number(at)}" for curve in report.km if (at := early_end(curve)) is not None]
    counts = report.cohort.counts
    text = f"{int(counts.cells.entered.sum())} of {counts.n} came under observation after time 0 and count from then on"
    if ended:
        yield Check("late entry", LOOK, f"{text}; the curve falls to 0 though others enter later: {', '.join(ended)}.")
    else:
        yield Check("late entry", FINE, f"{text}; survival is that of patients who live to enter.")


def _weights(report: Report) -> Iterator[Check]:
    name = report.cohort.columns.weights
    if name is None:
        return
    if report.cohort.whole:
        yield Check("weights", FINE, f"each row counts as the whole number of patients in {name}.")
    else:
        text = (
            "are no whole numbers: each row is taken for one patient, errors are robust, and there is no log-rank test."
        )
        yield Check("weights", LOOK, f"{name} {text}")


def _events(report: Report) -> Iterator[Check]:
    at_zero = sum(int(curve.events[curve.time == 0].sum()) for curve in report.km)
    if at_zero:
        yield Check("events at time 0", LOOK, f"{at_zero}; check their dates.")
    small = [name_of(curve.group) for curve in report.km if curve.n < FEW]
    if small:
        yield Check("small groups", LOOK, f"fewer than {FEW} patients: {', '.join(small)}; intervals are rough.")
    silent = [name_of(curve.group) for curve in report.km if not curve.events.sum()]
    if silent:
        yield Check("groups without events", LOOK, f"{', '.join(silent)}; a hazard ratio with them is not finite.")
    if report.km.counts.n and not silent and not small:
        yield Check("patients and events in every group", FINE, "enough to draw each curve.")


def _follow_up(report: Report) -> Iterator[Check]:
    unit = f" {report.unit}" if report.unit else ""
    last = ", ".join(f"{name_of(curve.group)} {number(curve.last)}" for curve in report.km)
    yield Check("end of follow-up", FINE, f"{last}{unit}; nothing is read beyond.")
    if report.unit is None:
        text = "of the times is not known; say --unit days, months or years for survival at 1, 3, 5 and 10 years."
        yield Check("unit", UNKNOWN, text)
    elif (years := max(curve.last for curve in report.km) / IN_A_YEAR[report.unit]) > LIFETIME:
        yield Check("unit", LOOK, f"the longest time is {number(years)} years; are the times {report.unit}?")
    flat = [
        name_of(curve.group)
        for curve in report.km
        if curve.median is not None and int(curve.at_risk_at(curve.median)) < FEW
    ]
    if flat:
        yield Check("medians", LOOK, f"fewer than {FEW} at risk at the median of {', '.join(flat)}.")


def _hazards(report: Report) -> Iterator[Check]:
    model = report.group_model
    if not report.several or model is None:
        return
    yield from _proportional(model, "hazards of the groups proportional", "compare the restricted means instead")


def _proportional(model: Model, name: str, remedy: str) -> Iterator[Check]:
    if model.cox.infinite:
        listed = ", ".join(model.cox.infinite)
        text = f"no finite hazard ratio for {listed} (separation); its likelihood-ratio test still holds."
        yield Check("separation", LOOK, text)
    elif model.proportional is None:
        yield Check(name, UNKNOWN, "tested only without weights, and where all rows fit in memory.")
    else:
        p = model.proportional.p[-1]
        if np.isnan(p):
            yield Check(name, UNKNOWN, "cannot be tested on these data.")
        elif p >= DOUBTFUL:
            yield Check(name, FINE, f"no sign against it ({p_value(p)}); with few events there would be none.")
        else:
            pairs = zip(model.proportional.terms[:-1], model.proportional.p[:-1], strict=True)
            worst = ", ".join(f"{term} {p_value(one)}" for term, one in pairs if one < DOUBTFUL)
            detail = f" ({worst})" if worst and len(model.proportional.terms) > 2 else ""
            yield Check(name, LOOK, f"doubtful ({p_value(p)}){detail}; {remedy}.")


def _model(report: Report) -> Iterator[Check]:
    model = report.model
    if model is None:
        return
    each = model.cox.n_events / len(model.cox.names)
    text = f"{number(each, 3)} ({model.cox.n_events} events, {len(model.cox.names)} coefficients)"
    if each < EVENTS_PER_COVARIATE:
        yield Check("events per covariate", LOOK, f"{text}; under {EVENTS_PER_COVARIATE} a model is easily overfitted.")
    else:
        yield Check("events per covariate", FINE, f"{text}.")
    yield from _proportional(model, "proportional hazards in Cox's model", "a single ratio describes it poorly")
    if model.cox._patients is not None and not model.cox.infinite:
        found = model.cox.concordance
        if np.isfinite(found.c):
            yield Check("concordance", FINE, f"{found.c:.2f} (standard error {found.se:.2f}); 0.5 is chance.")

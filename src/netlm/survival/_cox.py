"""Cox's proportional-hazards model: the door, the fit, and where the answers are gathered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import Problem, Problems
from ._cox_result import Cox, Patients
from ._door import (
    check_choice,
    check_events,
    check_lengths,
    check_matrix,
    check_times,
    check_weights,
    entered_before,
    gather,
    refuse,
)  # fmt: skip
from ._kaplan_meier import check_level
from ._kernels import SMALL, laid_out
from ._labels import check_labels
from ._likelihood import Model
from ._newton import Fit, maximise
from ._parts import FewRows, Part, Rows
from ._residuals import robust_covariance
from ._risk_table import RiskTable, grid_of
from ._slots import Grid, locate, make_grid
from ._ties import merge_near
from ._types import Floats, warn

__all__ = ["build", "cox", "fit_model", "make_rows"]

TIES = ("efron", "breslow")
EPS = 1e-9
"""The relative gain in likelihood at which R stops; a smaller one gives more digits than R's."""
LARGEST_EPS = 1e-4
"""With a larger one the steps end before the maximum, and coefficients look as if they grew without bound."""
NO_ERROR = 1e-16
"""A robust variance of this share of the usual one is none."""
LARGE = 400_000
SAMPLE = 40_000


def cox(
    time: Any, event: Any = None, X: Any = None, *,  # noqa: N803 - the field's name
    names: Sequence[str] | None = None, ties: str = "efron", strata: Any = None, entry: Any = None, weights: Any = None,
    cluster: Any = None, robust: bool | None = None, conf_level: float = 0.95, eps: float = EPS,
) -> Cox:  # fmt: skip
    """Cox's proportional-hazards model: the coefficients that maximise the partial likelihood.

    ``time`` may be a ``RiskTable``, or a list of several, alone.
    ``time``, ``event``: one value a patient (or an interval); ``X``: one row a patient, one column a covariate, words
    coded as columns of 0 and 1. ``entry``: the time from which a row is at risk, exclusive (left truncation,
    start-stop rows). ``strata``: a baseline hazard of its own for each label. ``weights``: above 0. ``cluster``:
    labels of rows that belong together; with it, or with ``robust``, ``se`` is the sandwich estimate. ``eps``: the
    relative gain in log likelihood at which to stop; the default stops where R does.

    The hazard is h(t | x) = h0(t) exp(b'x), and b maximises l(b) = sum over the events of b'x_i - log sum of exp(b'x_j)
    over those at risk: Cox, J R Stat Soc B 1972; 34:187-220, eq. 12, over all events. Of d events at one time, the
    i-th has in the inner sum its tied ones with the share 1 - (i - 1) / d, after Efron, J Am Stat Assoc 1977;
    72:557-565, or all of them, after Breslow, Biometrics 1974; 30:89-99. The robust variance is D'D, D being the rows'
    dfbeta residuals summed within clusters, after Lin and Wei, J Am Stat Assoc 1989; 84:1074-1078.
    Raises ``Problems`` for columns that cannot be used, a constant covariate, or one that follows from others. Where
    a coefficient has no finite estimate, it is named in ``infinite``, its error is infinite, and a
    ``SurvivalWarning`` says so.
    """
    check_choice(ties, TIES, "ties")
    check_level(conf_level)
    if not 0 <= eps <= LARGEST_EPS:
        raise refuse("eps", f"{eps:g}", f"0 to {LARGEST_EPS:g}", "Leave it out to stop where R does.", "range")
    tables = [time] if isinstance(time, RiskTable) else time
    if isinstance(tables, list | tuple) and tables and all(isinstance(one, RiskTable) for one in tables):
        return _from_tables(tables, ties, conf_level, eps)
    patients = make_rows(time, event, X, names, strata, entry, weights)
    clusters = None if cluster is None else check_labels(cluster, "cluster")[0]
    check_lengths(len(patients.time), cluster=clusters)
    sandwich = (
        bool(robust) or clusters is not None or (robust is None and weights is not None and _fractional(patients))
    )
    model = build(patients, ties)
    fit = maximise(model, _start(patients, ties, eps), patients.names, eps)
    covariance = robust_covariance(model, fit, clusters) if sandwich else None
    return fit_model(model, fit, patients.names, covariance, conf_level, len(patients.time), patients, clusters)


def _from_tables(tables: Sequence[RiskTable], ties: str, conf_level: float, eps: float) -> Cox:
    grid, names = grid_of(tables), tables[0].covariates
    if not grid.size:
        raise Problems([_no_events()])
    model = model_of(tables, grid, ties)
    fit = maximise(model, np.zeros(model.p), names, eps)
    return fit_model(model, fit, names, None, conf_level, sum(table.counts.n for table in tables))


def _no_events() -> Problem:
    remedy = "A Cox model needs events; describe the follow-up with Kaplan-Meier."
    return refuse("event", "no events", "one event or more", remedy, "no-events")


def _fractional(patients: Patients) -> bool:
    return bool((patients.weight != np.floor(patients.weight)).any())


def make_rows(
    time: Any, event: Any, x: Any, names: Sequence[str] | None, strata: Any, entry: Any, weights: Any
) -> Patients:
    """The checked columns.

    Raises ``Problems``.
    """
    times, events, (matrix, named), labels, entered, weight = gather(
        lambda: check_times(time),
        lambda: check_events(event),
        lambda: check_matrix(x, names),
        lambda: (None, ("",)) if strata is None else check_labels(strata, "strata"),
        lambda: None if entry is None else check_times(entry, "entry"),
        lambda: None if weights is None else check_weights(weights),
    )
    n = len(times)
    check_lengths(n, event=events, X=matrix, strata=labels[0], entry=entered, weights=weight)
    if entered is not None:
        times, entered = merge_near(times, entered)
        entered_before(entered, times)
    else:
        (times,) = merge_near(times)
    if not events.any():
        raise Problems([_no_events()])
    events = events.view(np.uint8) if events.dtype == np.bool_ else events
    if weight is None:
        weight = np.broadcast_to(np.float64(1), n)
    return Patients(times, events, matrix, named, labels[0], labels[1], entered, weight)


def build(patients: Patients, ties: str) -> Model:
    """The model of rows in memory."""
    grid = make_grid(patients.time, patients.dead, patients.stratum, patients.strata)
    last = locate(grid, patients.time, patients.stratum)
    entered = None if patients.entered is None else locate(grid, patients.entered, patients.stratum)
    return model_of([Rows(patients.x, last, patients.dead, patients.weight, entered)], grid, ties)


def model_of(parts: Sequence[Part], grid: Grid, ties: str) -> Model:
    """The model of several parts, with the covariates centred at their mean."""
    moments = [part.moments() for part in parts]
    centre: Floats = np.sum([sums for _, sums in moments], axis=0) / sum(n for n, _ in moments)
    parts = [_held(part, centre) if isinstance(part, Rows) and len(part.x) < SMALL else part for part in parts]
    events: Floats = np.sum([part.events(grid, centre) for part in parts], axis=0)
    return Model(parts, grid, centre, ties, events)


def _held(rows: Rows, centre: Floats) -> FewRows:
    """Few rows with their covariates centred once."""
    centred = rows.x.T - centre[:, None]
    return FewRows(rows.x, rows.last, rows.dead, rows.weight, rows.entered, rows.scale, centred)


def _start(patients: Patients, ties: str, eps: float) -> Floats:
    """Zero; for a large table the estimate from a part of it, so that fewer passes go over all of it."""
    n, p = patients.x.shape
    zero = np.zeros(p)
    if n < LARGE or patients.entered is not None or patients.stratum is not None:
        return zero
    rows = slice(None, None, n // SAMPLE)
    few = Patients(
        patients.time[rows], patients.dead[rows], laid_out(patients.x[rows]), patients.names, None, ("",),
        None, patients.weight[rows],
    )  # fmt: skip
    try:
        fit = maximise(build(few, ties), zero, few.names, eps)
    except (Problem, Problems):
        return zero
    return fit.beta if fit.converged else zero


def _without_error(names: tuple[str, ...], robust: Floats, naive: Floats) -> tuple[str, ...]:
    """The covariates whose robust variance is nothing but rounding; it is set to NaN."""
    own = np.diag(robust)
    lost = ~(own > NO_ERROR * np.abs(np.diag(naive)))
    robust[lost, :] = robust[:, lost] = np.nan
    return tuple(name for name, is_lost in zip(names, lost, strict=True) if is_lost)


def fit_model(
    model: Model, fit: Fit, names: tuple[str, ...], robust: Floats | None, conf_level: float, n: int,
    patients: Patients | None = None, clusters: Any = None,
) -> Cox:  # fmt: skip
    """The result, with warnings where an estimate does not exist."""
    told: list[str] = []
    endless = tuple(name for name, is_endless in zip(names, fit.infinite, strict=True) if is_endless)
    if endless:
        listed = ", ".join(f"`{name}`" for name in endless)
        told.append(
            f"no finite estimate for {listed}: a value of it foretells every event (separation); its coefficient "
            "grows without bound, so its error is given as infinite; judge it by the likelihood-ratio test"
        )
    elif not fit.converged:
        told.append("the likelihood did not settle; the coefficients are those of the last step")
    unknown = () if robust is None else _without_error(names, robust, fit.covariance)
    if unknown:
        listed = ", ".join(f"`{name}`" for name in unknown)
        told.append(f"no robust error for {listed}: too few rows or clusters differ")
    for text in told:
        warn(text)
    return Cox(
        names, fit.beta, fit.covariance, robust, n, conf_level, endless, tuple(told), model, fit, patients, clusters
    )

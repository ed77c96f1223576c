"""Fine and Gray's model of the subdistribution hazard: a Cox model in which competing events stay at risk, weighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._competing import cause_specific
from ._cox import EPS, fit_model, make_rows, model_of
from ._cox_result import Cox
from ._door import check_choice, check_codes, check_lengths
from ._kaplan_meier import check_level
from ._newton import maximise
from ._parts import Rows
from ._residuals import robust_covariance
from ._slots import locate, make_grid
from ._types import Floats, Integers

__all__ = ["fine_gray"]


def fine_gray(
    time: Any, event: Any, X: Any, *,  # noqa: N803 - the field's name
    cause: int = 1, names: Sequence[str] | None = None, ties: str = "efron",
    conf_level: float = 0.95, eps: float = EPS,
) -> Cox:  # fmt: skip
    """The subdistribution hazard ratios of ``cause``.

    Fine and Gray, J Am Stat Assoc 1999; 94:496-509. They solve U(b) = 0, U(b) = sum over the events of the cause of
    x_i - sum_j w_j x_j exp(b'x_j) / sum_j w_j exp(b'x_j), where w_j is 1 up to the time T of patient j, then 0,
    but G(t-) / G(T-) after another event, so that such patients stay at risk.
    G(t) = prod (1 - c / (n - d)) is the Kaplan-Meier estimate of not being censored, c censored and d with an event
    of any cause among n at risk: Geskus, Biometrics 2011; 67:39-49, eq. 5, and eq. 11 for the weight, where all are
    observed from the start. Robust errors by patient that take G as known, as R gives for ``coxph`` on ``finegray``
    data; those of ``cmprsk::crr`` add the error of G, the second term of Fine and Gray's eq. 7 and 8, and differ
    slightly.
    ``event`` is 0 for censored, 1, 2 ... for the cause. Other arguments and errors as for ``cox``.
    """
    check_choice(ties, ("efron", "breslow"), "ties")
    check_level(conf_level)
    codes, _ = check_codes(event)
    patients = make_rows(time, cause_specific(event, cause), X, names, None, None, None)
    check_lengths(len(patients.time), event=codes)
    dead = np.asarray(patients.dead, dtype=np.bool_)
    other = np.flatnonzero((codes != 0) & ~dead)
    grid = make_grid(patients.time, patients.dead, None, ("",))
    first = Rows(patients.x, locate(grid, patients.time, None), patients.dead, patients.weight)
    free = _free_of_censoring(patients.time, codes == 0, np.concatenate((grid.time, patients.time[other])))
    scale, at_own = free[: grid.size], free[grid.size :]
    parts = [first]
    if len(other):
        stays = np.full(len(other), grid.size - 1, dtype=np.int32)
        nobody = np.zeros(len(other), dtype=np.uint8)
        entered = locate(grid, patients.time[other], None)
        parts.append(Rows(patients.x[other], stays, nobody, 1 / at_own, entered, scale))
    model = model_of(parts, grid, ties)
    fit = maximise(model, np.zeros(model.p), patients.names, eps)
    clusters: Integers = np.concatenate((np.arange(len(dead)), other))
    return fit_model(model, fit, patients.names, robust_covariance(model, fit, clusters), conf_level, len(dead))


def _free_of_censoring(time: Any, censored: Any, at: Floats) -> Floats:
    """G just before each of ``at``; at a tie the events come before the censorings."""
    when, lost = np.unique(time[censored], return_counts=True)
    if not len(when):
        return np.ones(len(at))
    at_risk = len(time) - np.searchsorted(np.sort(time), when, side="left")
    events = np.sort(time[~censored])
    tied = np.searchsorted(events, when, side="right") - np.searchsorted(events, when, side="left")
    free = np.concatenate(([1.0], np.cumprod(1 - lost / (at_risk - tied))))
    return np.asarray(free[np.searchsorted(when, at, side="left")])

"""Logistic regression by iteratively reweighted least squares, and the two ways in which there is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._door import refuse
from ._types import Flags, Floats

__all__ = ["Fit", "check_rank", "expit", "maximise", "separation"]

MOST_STEPS = 60
HALVINGS = 20
SETTLED = 1e-12
"""Relative change of the deviance at which the steps end; R stops at 1e-8."""
RANK = 1e-7
"""A column of which less than this share of its length is left once the others are taken away follows from them."""
ROUNDING = 1e-13
NEAR_CERTAIN = 1e-5
"""A fitted p (1 - p) below this may mean separation, which is then looked for exactly."""
MOVES = 1e-7


def expit(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1 / (1 + small), small / (1 + small)))


@dataclass(frozen=True)
class Fit:
    """The coefficients, intercept first, their covariance, the linear predictor, and how the steps ended."""

    coef: Floats
    covariance: Floats
    eta: Floats
    deviance: float
    steps: int
    converged: bool


def check_rank(x: Floats, names: Sequence[str], place: str = "X") -> None:
    """Refuse columns that are constant, or linear in the others. Raises ``Problem``."""
    centred = x - x.mean(axis=0)
    kept = np.empty((len(x), 0))
    basis: list[str] = []
    for raw, column, name in zip(x.T, centred.T, names, strict=True):
        length = np.linalg.norm(column)
        if length <= ROUNDING * np.linalg.norm(raw):
            found, remedy = f"`{name}` the same in every row", "Leave it out; it cannot tell the groups apart."
            raise refuse(place, found, "covariates that vary", remedy, "rank")
        rest = column / length
        for _ in range(2):  # twice is enough: Giraud, Langou and Rozloznik 2005
            rest = rest - kept @ (kept.T @ rest)
        left = np.linalg.norm(rest)
        if left < RANK:
            found = f"`{name}` follows from {', '.join(f'`{one}`' for one in basis)}"
            remedy = "Leave it out, or one of those it follows from."
            raise refuse(place, found, "covariates of which none follows from others", remedy, "rank")
        kept = np.column_stack((kept, rest / left))
        basis.append(name)


def _deviance(eta: Floats, y: Floats, weight: Floats) -> float:
    return float(2 * (weight * (np.logaddexp(0, eta) - y * eta)).sum())


def maximise(x: Floats, y: Floats, weight: Floats | None = None) -> Fit:
    """The likelihood's maximum for ``y`` (0 or 1) given ``x``, to which an intercept is added.

    McCullagh and Nelder, Generalized Linear Models (1989), section 2.5: each step is a weighted least squares fit,
    halved where the deviance would rise. Columns are scaled within, so their units do not matter.
    """
    weight = np.ones(len(y)) if weight is None else weight
    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    design = np.column_stack((np.ones(len(y)), (x - centre) / scale))
    beta = np.zeros(design.shape[1])
    deviance, converged, steps = _deviance(design @ beta, y, weight), False, 0
    while steps < MOST_STEPS and not converged:
        p = expit(design @ beta)
        step = np.linalg.lstsq(_information(design, p, weight), design.T @ (weight * (y - p)), rcond=None)[0]
        before, steps = deviance, steps + 1
        for halving in range(HALVINGS):
            tried = beta + step / 2**halving
            deviance = _deviance(design @ tried, y, weight)
            if deviance <= before * (1 + SETTLED):
                break
        beta, converged = tried, abs(before - deviance) <= SETTLED * (abs(deviance) + SETTLED)
    eta = design @ beta
    inverse = np.linalg.pinv(_information(design, expit(eta), weight), hermitian=True)
    back = np.diag(np.concatenate(([1.0], 1 / scale)))
    back[0, 1:] = -centre / scale
    return Fit(back @ beta, back @ inverse @ back.T, eta, deviance, steps, converged)


def _information(design: Floats, p: Floats, weight: Floats) -> Floats:
    return np.asarray(design.T @ ((weight * p * (1 - p))[:, None] * design))


def separation(x: Floats, y: Floats, fit: Fit) -> tuple[Flags, Flags]:
    """The covariates along which nothing bounds the likelihood, and the rows that are then foretold with certainty.

    Albert and Anderson, Biometrika 1984; 71:1-10: there is no maximum where some direction b has (2y - 1) x'b >= 0 in
    every row and > 0 in some. A linear programme (Konis, PhD thesis, Oxford 2007) counts the rows that can be
    positive; it is solved only where fitted probabilities are near 0 or 1, without which there is no separation.
    """
    rows, columns = x.shape
    p = expit(fit.eta)
    if fit.converged and (p * (1 - p)).min() > NEAR_CERTAIN:
        return np.zeros(columns, dtype=bool), np.zeros(rows, dtype=bool)
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack

    scale = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    signed = (2 * y - 1)[:, None] * np.column_stack((np.ones(rows), (x - x.mean(axis=0)) / scale))
    # maximise the sum of t, 0 <= t <= 1, t <= signed b: directions add up, so every separable row can reach t = 1
    programme = linprog(
        np.concatenate((np.zeros(columns + 1), -np.ones(rows))),
        A_ub=hstack((csr_array(-signed), eye_array(rows))),
        b_ub=np.zeros(rows),
        bounds=[(None, None)] * (columns + 1) + [(0, 1)] * rows,
        method="highs",
    )
    if programme.x is None:
        return np.zeros(columns, dtype=bool), np.zeros(rows, dtype=bool)
    direction, certain = programme.x[1 : columns + 1], programme.x[columns + 1 :] > 1 / 2
    endless = np.abs(direction) > MOVES * max(1.0, float(np.abs(direction).max(initial=0.0)))
    return endless & certain.any(), certain

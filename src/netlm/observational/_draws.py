"""Draws of missing values of one column, given the others: each with new parameters, as Rubin's rules ask."""

from __future__ import annotations

import numpy as np

from ._logistic import expit, maximise
from ._types import Floats

__all__ = ["logistic", "normal", "predictive_mean"]

RIDGE = 1e-5
"""Added to the diagonal, as a share of it, so that columns that follow from others do no harm; that of R's mice."""
DONORS = 5
"""Of so many nearest known rows one gives its value: Van Buuren (2018), section 3.4."""


def _design(known: Floats, unknown: Floats) -> tuple[Floats, Floats]:
    """The predictors with an intercept, scaled by the rows whose value is known; columns constant there add nothing."""
    centre, scale = known.mean(axis=0), known.std(axis=0)
    varies = scale > RIDGE * RIDGE * np.maximum(1.0, np.abs(centre))

    def scaled(x: Floats) -> Floats:
        return np.column_stack((np.ones(len(x)), (x[:, varies] - centre[varies]) / scale[varies]))

    return scaled(known), scaled(unknown)


def _drawn_line(rng: np.random.Generator, y: Floats, x: Floats) -> tuple[Floats, Floats, float]:
    """The least squares coefficients, a draw of them, and a draw of sigma. Rubin (1987), example 5.1."""
    cross = x.T @ x
    inverse = np.linalg.inv(cross + RIDGE * np.diag(np.diag(cross)))
    fitted = inverse @ x.T @ y
    free = max(1, len(y) - x.shape[1])
    sigma = float(np.sqrt(((y - x @ fitted) ** 2).sum() / rng.chisquare(free)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    return fitted, fitted + sigma * root @ rng.standard_normal(x.shape[1]), sigma


def normal(rng: np.random.Generator, y: Floats, known: Floats, unknown: Floats) -> Floats:
    """Values about a regression line drawn anew. Van Buuren (2018), algorithm 3.1."""
    x, new = _design(known, unknown)
    _, drawn, sigma = _drawn_line(rng, y, x)
    return np.asarray(new @ drawn + sigma * rng.standard_normal(len(new)))


def predictive_mean(rng: np.random.Generator, y: Floats, known: Floats, unknown: Floats) -> Floats:
    """The value of one of the five known rows whose prediction is nearest. Van Buuren (2018), algorithm 3.3.

    Known rows are predicted with the fitted line and unknown ones with the drawn line (type 1 matching).
    """
    x, new = _design(known, unknown)
    fitted, drawn, _ = _drawn_line(rng, y, x)
    order = np.argsort(x @ fitted, kind="stable")
    at, wanted = (x @ fitted)[order], new @ drawn
    count = min(DONORS, len(y))
    first = np.clip(np.searchsorted(at, wanted)[:, None] - count, 0, len(y) - count)
    window = np.minimum(first + np.arange(2 * count), len(y) - 1)
    far = np.abs(at[window] - wanted[:, None])
    far[first + np.arange(2 * count) > len(y) - 1] = np.inf
    near = np.argsort(far, axis=1, kind="stable")[:, :count]
    chosen = np.take_along_axis(near, rng.integers(0, count, len(new))[:, None], axis=1)
    return np.asarray(y[order[np.take_along_axis(window, chosen, axis=1)[:, 0]]])


def logistic(rng: np.random.Generator, y: Floats, known: Floats, unknown: Floats) -> Floats:
    """0 or 1 with the probability of a logistic model drawn anew. Van Buuren (2018), algorithm 3.4.

    Rows of little weight, as many of each kind, at the mean and one standard deviation to either side of it bound the
    coefficients where a predictor foretells the value: White, Daniel and Royston, Comput Stat Data Anal 2010;
    54:2267-2275.
    """
    x, new = _design(known, unknown)
    width = x.shape[1] - 1
    steps = np.concatenate((np.eye(width), -np.eye(width))) if width else np.zeros((1, 0))
    extra = np.concatenate((steps, steps))
    answers = np.repeat((0.0, 1.0), len(steps))
    weight = np.concatenate((np.ones(len(y)), np.full(len(extra), (width + 1) / len(extra))))
    fit = maximise(np.concatenate((x[:, 1:], extra)), np.concatenate((y, answers)), weight)
    sizes, axes = np.linalg.eigh(fit.covariance)
    drawn = fit.coef + axes @ (np.sqrt(np.maximum(sizes, 0)) * rng.standard_normal(len(sizes)))
    return (rng.random(len(new)) < expit(new @ drawn)).astype(np.float64)

"""Newton's method on the partial likelihood, and the two ways in which there is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import Problem, Problems
from ._door import refuse
from ._likelihood import Likelihood, Model
from ._types import Flags, Floats, quietly

__all__ = ["Fit", "maximise"]

MOST_STEPS = 40
GROWTH = 1e-3
"""A step still larger than this, in standard deviations of the covariate, though the likelihood no longer gains."""
SHARE = 1e-2
"""... and larger than this share of the coefficient: the likelihood has no maximum."""
RANK = 1e-11
WELL_APART = 1e-6
HALVINGS = 20
FADED = 1e-6
"""Information left along a direction, as a share of that at the start: its standard error has grown a thousandfold."""
PART = 0.1
"""How much of such a direction a covariate has to be to count as growing without bound."""


@dataclass(frozen=True)
class Fit:
    """Where Newton's method ended; ``infinite`` marks the coefficients that grow without bound."""

    at: Likelihood
    beta: Floats
    information: Floats
    steps: int
    converged: bool
    infinite: Flags

    @cached_property
    def covariance(self) -> Floats:
        """The inverse of the information; what is left of it where there is no inverse, NaN where nothing is."""
        if not np.isfinite(self.information).all():
            return np.full_like(self.information, np.nan)
        try:
            return np.linalg.pinv(self.information) if self.infinite.any() else np.linalg.inv(self.information)
        except np.linalg.LinAlgError:
            return np.linalg.pinv(self.information)


@quietly
def maximise(model: Model, start: Floats, names: tuple[str, ...], eps: float) -> Fit:
    """The maximum of the partial likelihood: Newton steps until its relative gain is at most ``eps``, as in R.

    Raises ``Problems`` where a covariate is constant or follows from the others.
    """
    at = model.at(start)
    information = model.information(at)
    _full_rank(information, names)
    first = information
    scale = np.sqrt(np.diag(information) / max(1.0, float(model.events[:, 0].sum())))
    settled, steps = False, 0
    while steps < MOST_STEPS and not settled:
        nearer = _improve(model, at, _solve(information, at.score))
        if nearer is None:
            settled = True
            break
        steps += 1
        settled = abs(nearer.loglik - at.loglik) <= eps * abs(nearer.loglik)
        at = nearer
        information = model.information(at)
    step = np.abs(_solve(information, at.score))
    growing = (step * scale > GROWTH) & (step > SHARE * np.abs(at.beta))
    endless = _faded(information, first) | (growing if settled else growing & False)
    return Fit(at, at.beta, information, steps, settled and not endless.any(), endless)


def _faded(information: Floats, first: Floats) -> Flags:
    """The covariates along which the information has faded away: nothing bounds their coefficients any more."""
    if not np.isfinite(information).all():
        return np.ones(len(first), dtype=bool)
    scale = np.sqrt(np.diag(first))
    values, directions = np.linalg.eigh(information / np.outer(scale, scale))
    start = np.linalg.eigvalsh(first / np.outer(scale, scale))
    lost = directions[:, values < FADED * start]
    return np.asarray((np.abs(lost) > PART).any(axis=1))


def _solve(information: Floats, score: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(information), np.finfo(np.float64).tiny))
    scaled = information / np.outer(scale, scale)
    if not (np.isfinite(scaled).all() and np.isfinite(score).all()):
        return np.zeros_like(score)
    try:
        return np.asarray(np.linalg.solve(scaled, score / scale) / scale)
    except np.linalg.LinAlgError:  # near separation the information fades
        return np.asarray(np.linalg.lstsq(scaled, score / scale, rcond=None)[0] / scale)


def _improve(model: Model, at: Likelihood, step: Floats) -> Likelihood | None:
    """The likelihood after the step, halved until it is no worse."""
    slack = 1e-12 * (1.0 + abs(at.loglik))
    for halving in range(HALVINGS):
        found = model.at(at.beta + step / 2**halving)
        if np.isfinite(found.loglik) and found.loglik >= at.loglik - slack:
            return found
    return None


def _full_rank(information: Floats, names: tuple[str, ...]) -> None:
    """Refuse covariates that are constant at every event, or linear in the others."""
    problems: list[Problem] = []
    diagonal = np.diag(information)
    scale = np.sqrt(np.maximum(diagonal, np.finfo(np.float64).tiny))
    if diagonal.min() > 0 and np.linalg.eigvalsh(information / np.outer(scale, scale))[0] > WELL_APART:
        return
    largest = float(np.max(diagonal, initial=0.0))
    kept: list[int] = []
    for column, name in enumerate(names):
        if not diagonal[column] > RANK * RANK * largest or not diagonal[column] > 0:
            remedy = "Leave it out; it cannot be estimated."
            problems.append(
                refuse("X", f"`{name}` the same in everyone at risk", "covariates that vary", remedy, "rank")
            )
            continue
        left = diagonal[column]
        if kept:
            block, cross = information[np.ix_(kept, kept)], information[kept, column]
            left = diagonal[column] - cross @ np.linalg.lstsq(block, cross, rcond=None)[0]
        if left < RANK * diagonal[column]:
            remedy = "Leave it out, or one of those it follows from."
            found = f"`{name}` follows from {', '.join(f'`{names[k]}`' for k in kept)}"
            problems.append(refuse("X", found, "covariates of which none follows from others", remedy, "rank"))
            continue
        kept.append(column)
    if problems:
        raise Problems(problems)

"""The partial likelihood of a Cox model with its two derivatives, from sums by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._kernels import choose, gram
from ._parts import Part, Sums, add_sums
from ._slots import Grid
from ._types import Floats

__all__ = ["Likelihood", "Model", "Rates"]


@dataclass(frozen=True)
class Rates:
    """What each slot contributes at one beta; a row of each for every slot.

    ``hazard``: sum over its deaths of weight / D; ``own``: the same times Efron's fraction f, with which the deaths
    themselves are held back; ``square``: weight / D2 times 1, f, f2; ``log_risk``: weight log D.
    """

    hazard: Floats
    own: Floats
    square: Floats
    log_risk: Floats


@dataclass(frozen=True)
class Likelihood:
    """The partial likelihood at one beta."""

    beta: Floats
    loglik: float
    score: Floats
    sums: Sums
    rates: Rates


@dataclass(frozen=True)
class Model:
    """Parts that share one grid: a pass over them for the likelihood, another for the information.

    Efron, J Am Stat Assoc 1977; 72:557-565; with weights as in Therneau and Grambsch, Modeling Survival Data (2000),
    section 3.3. D is the sum of the risk scores less the fraction f = 0, 1/d ... (d - 1)/d of that of the d events.
    """

    parts: Sequence[Part]
    grid: Grid
    centre: Floats
    ties: str
    events: Floats

    @property
    def p(self) -> int:
        """The number of covariates."""
        return len(self.centre)

    @cached_property
    def _observed(self) -> Floats:
        """The covariates of all events, summed."""
        return np.asarray(self.events.sum(axis=0)[1:])

    def at(self, beta: Floats) -> Likelihood:
        """The likelihood and its first derivative: one pass."""
        sums = add_sums([part.sums(self.grid, beta, self.centre) for part in self.parts])
        rates = self._rates(sums)
        explained = rates.hazard @ sums.at_risk - rates.own @ sums.events
        score = self._observed - explained[1:]
        loglik = float(self._observed @ beta - rates.log_risk.sum())
        return Likelihood(beta, loglik, score, sums, rates)

    def _rates(self, sums: Sums) -> Rates:
        risk, ties, weight, deaths = sums.at_risk[:, 0], sums.events[:, 0], self.events[:, 0], self.grid.deaths
        if self.ties == "breslow":
            square = np.zeros((self.grid.size, 3))
            square[:, 0] = weight / risk**2
            return Rates(weight / risk, np.zeros_like(risk), square, weight * np.log(risk))
        out = np.zeros((self.grid.size, 6))
        choose(int(deaths.sum())).tie_sums(np.ascontiguousarray(risk), np.ascontiguousarray(ties), deaths, out)
        out *= (weight / np.maximum(deaths, 1))[:, None]
        return Rates(out[:, 0], out[:, 1], out[:, 2:5], out[:, 5])

    def information(self, at: Likelihood, slot_weights: Floats | None = None) -> Floats:
        """Minus the second derivative: one pass. ``slot_weights`` weigh the slots' contributions."""
        g = np.ones(self.grid.size) if slot_weights is None else slot_weights
        rates = at.rates
        matrix = sum(
            part.spread(self.grid, at.beta, self.centre, rates.hazard * g, rates.own * g) for part in self.parts
        )
        risk, own = (np.ascontiguousarray(sums[:, 1:].T) for sums in at.sums)
        q = rates.square.T * g
        found: Floats = matrix - gram(risk, q[0], risk)
        tied = np.flatnonzero(q[2])
        risk, own, q = risk[:, tied], own[:, tied], q[:, tied]
        cross = gram(risk, q[1], own)
        return np.asarray(found + cross + cross.T - gram(own, q[2], own))

    def slot_scores(self, at: Likelihood) -> Floats:
        """The first derivative, slot by slot."""
        mean = at.rates.hazard[:, None] * at.sums.at_risk[:, 1:] - at.rates.own[:, None] * at.sums.events[:, 1:]
        return np.asarray(self.events[:, 1:] - mean)

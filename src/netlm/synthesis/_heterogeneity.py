"""How far studies differ beyond chance: Q, and the variance between studies by DerSimonian-Laird or REML."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ._distributions import bisected

__all__ = ["der_simonian_laird", "mean_and_weights", "q_statistic", "restricted_likelihood", "typical_variance"]

GRID = 200
SMALLEST = 1e-8
"""The least variance between studies that is looked for, as a share of the squared range of the estimates."""


def mean_and_weights(y: Sequence[float], v: Sequence[float], tau2: float) -> tuple[float, list[float]]:
    """The mean with weights 1 / (v + tau2), and these."""
    weights = [1 / (one + tau2) for one in v]
    return math.fsum(w * value for w, value in zip(weights, y, strict=True)) / math.fsum(weights), weights


def _spread(y: Sequence[float], v: Sequence[float], tau2: float, power: int) -> float:
    mean, weights = mean_and_weights(y, v, tau2)
    return math.fsum(math.pow(w, power) * (value - mean) ** 2 for w, value in zip(weights, y, strict=True))


def q_statistic(y: Sequence[float], v: Sequence[float], tau2: float = 0.0) -> float:
    """Cochran's Q, Biometrics 1954; 10:101-129: the weighted squares about the mean."""
    return _spread(y, v, tau2, 1)


def _weight_left(weights: Sequence[float]) -> float:
    total = math.fsum(weights)
    return total - math.fsum(w * w for w in weights) / total


def der_simonian_laird(y: Sequence[float], v: Sequence[float]) -> float:
    """The moment estimate, not below 0. DerSimonian and Laird, Control Clin Trials 1986; 7:177-188."""
    _, weights = mean_and_weights(y, v, 0.0)
    return max(0.0, (q_statistic(y, v) - (len(y) - 1)) / _weight_left(weights))


def typical_variance(v: Sequence[float]) -> float:
    """The typical variance within studies. Higgins and Thompson, Stat Med 2002; 21:1539-1558, eq. 9."""
    weights = [1 / one for one in v]
    return (len(v) - 1) / _weight_left(weights)


def _score(y: Sequence[float], v: Sequence[float], tau2: float) -> float:
    """Twice the derivative of the restricted log likelihood."""
    _, weights = mean_and_weights(y, v, tau2)
    return _spread(y, v, tau2, 2) - _weight_left(weights)


def _log_likelihood(y: Sequence[float], v: Sequence[float], tau2: float) -> float:
    """Twice the restricted log likelihood, but for a constant."""
    _, weights = mean_and_weights(y, v, tau2)
    return math.fsum(map(math.log, weights)) - math.log(math.fsum(weights)) - q_statistic(y, v, tau2)


def restricted_likelihood(y: Sequence[float], v: Sequence[float]) -> float:
    """The REML estimate, not below 0. Viechtbauer, J Educ Behav Stat 2005; 30:261-293.

    The likelihood may have several tops: the highest of a fine grid is taken, and followed to the last digit.
    """
    widest = (max(y) - min(y)) ** 2
    if widest == 0:
        return 0.0
    while _score(y, v, widest) > 0:
        widest *= 2
    grid: list[float] = [0.0, *(widest * SMALLEST ** (1 - step / GRID) for step in range(GRID + 1))]
    best = max(range(len(grid)), key=lambda position: _log_likelihood(y, v, grid[position]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if _score(y, v, low) <= 0:
        return low
    return bisected(lambda tau2: _score(y, v, tau2) > 0, low, high)

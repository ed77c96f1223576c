"""The few distributions that pooling needs, from their series: no number package for a dozen studies."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

__all__ = ["binomial_limits", "bisected", "chi2_tail", "normal_quantile", "t_quantile"]

MOST_TERMS = 10_000
TINY = 1e-300
PRECISION = 1e-15


def normal_quantile(level: float) -> float:
    """Half the width of the central ``level`` of the standard normal distribution: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def chi2_tail(q: float, df: int) -> float:
    """The probability of a larger chi2 on ``df`` degrees of freedom. Abramowitz and Stegun 26.4.4 and 26.4.5."""
    half, odd = q / 2, df % 2
    steps = (index + 1 - odd / 2 for index in range(df // 2)) if odd else iter(range(df // 2))
    logs = [step * math.log(half) - math.lgamma(step + 1) - half for step in steps] if q > 0 else []
    head = math.erfc(math.sqrt(half)) if odd else 0.0
    return min(1.0, head + math.fsum(map(math.exp, logs))) if q > 0 else 1.0


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function by its continued fraction: DLMF 8.17.22, Lentz's method."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    found = d
    for m in range(1, MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / (1 + term * d or TINY), 1 + term / c or TINY
            found *= c * d
        if abs(c * d - 1) < PRECISION:
            break
    return front * found


def bisected(rises: Callable[[float], bool], low: float, high: float) -> float:
    """Where ``rises`` turns from true to false between ``low`` and ``high``, to the last digit."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if rises(middle) else (low, middle)
    return (low + high) / 2


def t_quantile(level: float, df: int) -> float:
    """Half the width of the central ``level`` of Student's t: 2.776 for 0.95 on 4 degrees of freedom.

    Abramowitz and Stegun 26.7.1: outside t lies the beta share of df / (df + t^2).
    """
    x = bisected(lambda share: _beta_share(share, df / 2, 1 / 2) < 1 - level, 0.0, 1.0)
    return math.sqrt(df * (1 - x) / x)


def binomial_limits(events: int, n: int, level: float) -> tuple[float, float]:
    """The exact interval of a proportion. Clopper and Pearson, Biometrika 1934; 26:404-413."""
    tail = (1 - level) / 2
    low = bisected(lambda p: _beta_share(p, events, n - events + 1) < tail, 0.0, 1.0) if events else 0.0
    high = bisected(lambda p: _beta_share(p, events + 1, n - events) < 1 - tail, 0.0, 1.0) if events < n else 1.0
    return low, high

"""Confidence intervals of a probability or a hazard on three scales, by the delta method."""

from __future__ import annotations

import numpy as np

from ._types import Floats

__all__ = ["TYPES", "hazard_interval", "normal_quantile", "survival_interval"]

TYPES = ("log", "log-log", "plain")
"""The names of R's ``survfit(conf.type=)``."""


def normal_quantile(level: float) -> float:
    """The z such that a standard normal lies within -z and z with probability ``level``."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def survival_interval(survival: Floats, error: Floats, conf_type: str, level: float) -> tuple[Floats, Floats]:
    """Limits of S; ``error`` is the standard error of log S (Greenwood's sum, square root).

    Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. (2002), section 1.4.1:
    plain S -+ z S se; log exp(log S -+ z se); log-log S ** exp(+- z se / log S).
    NaN where S is 0; 1 where S is 1, before the first event, as in R but for log-log, where R has NaN: there is no
    error to be told yet.
    """
    z = normal_quantile(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if conf_type == "plain":
            half = z * np.where(survival > 0, survival * error, np.nan)
            return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)
        if conf_type == "log":
            lower, upper = survival * np.exp(-z * error), np.minimum(survival * np.exp(z * error), 1.0)
        else:
            half = z * error / np.log(survival)
            lower, upper = survival ** np.exp(-half), survival ** np.exp(half)
            lower, upper = np.where(survival == 1, 1.0, lower), np.where(survival == 1, 1.0, upper)
    none = survival <= 0
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def hazard_interval(hazard: Floats, error: Floats, conf_type: str, level: float) -> tuple[Floats, Floats]:
    """Limits of a cumulative hazard: Andersen et al. (1993), eq. 4.1.12 and 4.1.13.

    Plain H -+ z se; log H exp(-+ z se / H).
    """
    z = normal_quantile(level)
    if conf_type == "plain":
        return np.maximum(hazard - z * error, 0.0), hazard + z * error
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.exp(z * error / hazard)
        lower, upper = hazard / factor, hazard * factor
    return np.where(hazard > 0, lower, 0.0), np.where(hazard > 0, upper, np.nan)

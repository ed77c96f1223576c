"""The propensity score: how likely each row was to be treated, given what was known before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..figures import html_table, number, ratio
from ._door import check_lengths, check_matrix, check_share, check_treated
from ._logistic import check_rank, expit, maximise, separation
from ._types import LEVEL, Flags, Floats, normal_quantile, plain, warn

__all__ = ["INTERCEPT", "Propensity", "propensity"]

INTERCEPT = "(intercept)"
ALONE = "have no counterpart in the other group; leave such rows out by a rule told beforehand, or drop the covariate"


@dataclass(frozen=True, eq=False)
class Propensity:
    """A logistic model of being treated.

    ``names``, ``coef`` (log odds ratios), ``se`` and ``covariance`` begin with the intercept. ``score`` is each row's
    probability of being treated. ``separated`` names the covariates that foretell the treatment of some rows: their
    coefficients grow without bound, their errors are infinite, and the ``score`` of those rows is 0 or 1.
    """

    names: tuple[str, ...]
    coef: Floats
    covariance: Floats = field(repr=False)
    treated: Flags = field(repr=False)
    score: Floats = field(repr=False)
    deviance: float
    steps: int
    converged: bool
    separated: tuple[str, ...] = ()
    level: float = LEVEL
    warnings: tuple[str, ...] = ()

    @property
    def se(self) -> Floats:
        """The standard errors of the coefficients."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON; the scores are not in it."""
        return {
            "names": list(self.names), "coef": plain(self.coef), "se": plain(self.se), "level": self.level,
            "n": len(self.treated), "treated": int(self.treated.sum()), "deviance": self.deviance,
            "converged": self.converged, "separated": list(self.separated), "warnings": list(self.warnings),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        reach = normal_quantile(self.level)
        rows = [
            (name, number(b), ratio(_exp(b)), f"{ratio(_exp(b - reach * s))} to {ratio(_exp(b + reach * s))}")
            for name, b, s in zip(self.names, self.coef.tolist(), self.se.tolist(), strict=True)
        ]
        head = ("covariate", "log odds ratio", "odds ratio", f"{100 * self.level:g} % CI")
        note = f"{int(self.treated.sum())} of {len(self.treated)} treated."
        return html_table("Propensity score (logistic regression)", head, rows, [note, *self.warnings])


def _exp(value: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(value))


def propensity(treated: Any, X: Any, names: Sequence[str] | None = None, *, level: float = LEVEL) -> Propensity:  # noqa: N803
    """The probability of being treated by logistic regression, to be matched, weighted or looked at.

    Rosenbaum and Rubin, Biometrika 1983; 70:41-55. ``treated`` is 1 or 0 a row; ``X`` an array with a row a patient, a
    mapping or a table of columns; only what was known before the choice of treatment belongs in it.
    Separation is told in ``separated`` and with an ``ObservationalWarning``: those rows have no counterpart.
    Raises ``Problem`` for missing values, one group alone, and covariates that are constant or follow from others.
    """
    flags, (x, named) = check_treated(treated), check_matrix(X, names)
    check_lengths(len(flags), X=x)
    check_share(level, "level")
    check_rank(x, named)
    y = flags.astype(np.float64)
    fit = maximise(x, y)
    endless, certain = separation(x, y, fit)
    separated = tuple(name for name, one in zip(named, endless, strict=True) if one)
    covariance, score = fit.covariance, np.where(certain, y, expit(fit.eta))
    told: tuple[str, ...] = ()
    if certain.any():
        listed = ", ".join(f"`{name}`" for name in separated) or "the covariates together"
        covariance = _without_end(covariance, endless)
        rows = f"{int(certain.sum())} of {len(y)} rows"
        told = (f"separation: {listed} foretell the treatment of {rows}, which {ALONE}",)
    elif not fit.converged:
        told = ("the likelihood did not settle; the coefficients are those of the last step",)
    return Propensity(
        (INTERCEPT, *named), fit.coef, covariance, flags, score, fit.deviance, fit.steps,
        fit.converged and not certain.any(), separated, level, warn(told),
    )  # fmt: skip


def _without_end(covariance: Floats, endless: Flags) -> Floats:
    """Infinite variances for coefficients that grow without bound, and for the intercept with them."""
    lost = np.concatenate(([True], endless))
    found = covariance.copy()
    found[lost, :] = found[:, lost] = np.nan
    found[lost, lost] = np.inf
    return found

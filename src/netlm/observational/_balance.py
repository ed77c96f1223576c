"""Balance: how far the two groups differ in each covariate, before and after matching or weighting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import html_table, number
from ._door import check_choice, check_lengths, check_matrix, check_treated, check_weights, refuse
from ._effective import effective_sample_size
from ._types import Flags, Floats, plain

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["THRESHOLD", "Balance", "balance", "difference"]

THRESHOLD = 0.1
"""A standardised difference above this is taken for imbalance: Austin, Stat Med 2009; 28:3083-3107."""
SCALES = ("pooled", "treated")


@dataclass(frozen=True, eq=False)
class Balance:
    """How far treated and control rows differ.

    For each of ``names``: ``means`` of both groups (rows: treated, control) as weighted, the standardised mean
    difference ``before`` and ``after`` weighting, and the variance ratios (treated over control), NaN for covariates
    of 0 and 1. Without weights after is before. ``n`` are the rows, ``effective`` the effective sample sizes.
    """

    names: tuple[str, ...]
    means: Floats
    before: Floats
    after: Floats
    ratio_before: Floats
    ratio_after: Floats
    weighted: bool
    scale: str
    n: tuple[int, int]
    effective: tuple[float, float]

    @property
    def unbalanced(self) -> tuple[str, ...]:
        """The covariates that still differ by more than 0.1 standard deviations."""
        return tuple(name for name, d in zip(self.names, self.after, strict=True) if not abs(d) <= THRESHOLD)

    @property
    def sentence(self) -> str:
        """The result in words."""
        worst = int(np.argmax(np.abs(self.after)))
        count, what = len(self.unbalanced), "after" if self.weighted else "before any adjustment"
        most = f"the largest difference {what} is {number(abs(float(self.after[worst])), 3)} ({self.names[worst]})"
        return f"{count} of {len(self.names)} covariates differ by more than {THRESHOLD:g} SD; {most}."

    def to_dict(self) -> dict[str, Any]:
        """The differences as JSON, a row for each covariate."""
        columns = (self.means[0], self.means[1], self.before, self.after, self.ratio_before, self.ratio_after)
        keys = ("treated", "control", "smd_before", "smd_after", "variance_ratio_before", "variance_ratio_after")
        rows = [
            {"covariate": name, **{key: plain(float(column[k])) for key, column in zip(keys, columns, strict=True)}}
            for k, name in enumerate(self.names)
        ]
        return {
            "covariates": rows, "weighted": self.weighted, "scale": self.scale, "n": list(self.n),
            "effective": plain(self.effective), "unbalanced": list(self.unbalanced),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        columns = (self.means[0], self.means[1], self.before, self.after, self.ratio_before, self.ratio_after)
        rows = [
            (name, *(number(float(column[k]), 3) for column in columns)) for k, name in enumerate(self.names)
        ]  # fmt: skip
        heads = ("treated", "control", "SMD before", "SMD after", "variance ratio before", "variance ratio after")
        return html_table("Balance", ("covariate", *heads), rows, [self.sentence])

    def plot(self, *, title: str = "", width: float = 150) -> Picture:
        """The love plot; ``plot_balance`` draws several adjustments side by side."""
        from ._draw_balance import plot_balance

        return plot_balance({"after": self}, title=title, width=width)


def balance(
    treated: Any, X: Any, names: Sequence[str] | None = None, *, weights: Any = None, scale: str = "pooled"  # noqa: N803
) -> Balance:  # fmt: skip
    """Standardised mean differences and variance ratios, before and after weighting.

    The difference of the means over a standard deviation of the groups as they came, so that weighting changes only
    the numerator (Stuart, Stat Sci 2010; 25:1-21): the root of the mean of both variances ("pooled", Austin, Stat Med
    2009; 28:3083-3107) or that of the treated ("treated", for effects in the treated). A covariate of 0 and 1 has the
    variance p (1 - p). Weighted variances divide by the sum of weights less the sum of squares over it (Austin and
    Stuart, Stat Med 2015; 34:3661-3679). ``weights`` are those of ``weigh``, or of a matching.
    Raises ``Problem`` for missing values, one group alone, or a group whose weights are all 0.
    """
    flags, (x, named) = check_treated(treated), check_matrix(X, names)
    check_lengths(len(flags), X=x)
    check_choice(scale, SCALES, "scale")
    ones = np.ones(len(flags))
    w = ones if weights is None else check_weights(weights, len(flags))
    if not (w[flags].any() and w[~flags].any()):
        raise refuse("weights", "one group with weights of 0", "weight in both groups", "Nothing is left.", "one-group")
    binary = ((x == 0) | (x == 1)).all(axis=0)
    (m1, v1), (m0, v0) = (_moments(x[group], ones[group], binary) for group in (flags, ~flags))
    (a1, s1), (a0, s0) = (_moments(x[group], w[group], binary) for group in (flags, ~flags))
    spread = np.sqrt((v1 + v0) / 2 if scale == "pooled" else v1)
    n = int(flags.sum()), int((~flags).sum())
    return Balance(
        named, np.array([a1, a0]), difference(m1 - m0, spread), difference(a1 - a0, spread),
        _ratio(v1, v0, binary), _ratio(s1, s0, binary), weights is not None, scale, n,
        (effective_sample_size(w[flags]), effective_sample_size(w[~flags])),
    )  # fmt: skip


def _moments(x: Floats, w: Floats, binary: Flags) -> tuple[Floats, Floats]:
    """Weighted means and variances of the columns; NaN where a single row leaves no variance."""
    total = w.sum()
    mean = w @ x / total
    room = total - (w**2).sum() / total
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = w @ (x - mean) ** 2 / (room if room > 0 else np.nan)
    return mean, np.where(binary, mean * (1 - mean), variance)


def difference(gap: Any, spread: Any) -> Floats:
    """``gap`` over ``spread``: 0 where there is no gap, infinite where there is one and no spread."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(gap == 0, 0.0, np.asarray(gap, dtype=np.float64) / np.asarray(spread, dtype=np.float64))


def _ratio(first: Floats, second: Floats, binary: Flags) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(binary, np.nan, first / second)

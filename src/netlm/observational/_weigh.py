"""Weighting by the propensity score: for whom the effect is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..figures import html_table, number
from ._door import check_choice, check_scores, check_treated, refuse, rows_told
from ._effective import effective_sample_size
from ._types import Flags, Floats, plain

__all__ = ["ESTIMANDS", "Weights", "weigh"]

ESTIMANDS = {
    "ate": "the effect in all (inverse probability of treatment)",
    "att": "the effect in the treated (odds of treatment)",
    "overlap": "the effect in those who could have had either (overlap weights)",
}
HEAVY = 0.1
"""One row that carries more than this share of its group is told."""


@dataclass(frozen=True, eq=False)
class Weights:
    """A weight for each row, for estimators that take weights and give a robust error.

    ``effective`` are the effective sample sizes of the treated and the control rows, ``heaviest`` the largest share of
    its group that one row carries. ``limits`` are those to which ``truncated`` rows were cut, None without truncation.
    ``notes`` say what needs care.
    """

    weights: Floats
    treated: Flags
    estimand: str
    stabilised: bool
    limits: tuple[float, float] | None
    truncated: int
    effective: tuple[float, float]
    heaviest: tuple[float, float]
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The result in words."""
        n = int(self.treated.sum()), int((~self.treated).sum())
        cut = (
            f"{self.truncated} weights cut to {number(self.limits[0])} and {number(self.limits[1])}"
            if self.limits
            else ""
        )
        worth = " and ".join(f"{number(e, 3)} of {k}" for e, k in zip(self.effective, n, strict=True))
        parts = [f"weights for {ESTIMANDS[self.estimand]}", "stabilised" if self.stabilised else "", cut or "none cut"]
        told = f"{', '.join(part for part in parts if part)}; effective rows: {worth} (treated and control)."
        return told[0].upper() + told[1:]

    def to_dict(self) -> dict[str, Any]:
        """The weights as JSON."""
        return {name: plain(value) for name, value in vars(self).items() if name != "treated"}

    def _repr_html_(self) -> str:
        groups = (self.weights[self.treated], self.weights[~self.treated])
        rows = [
            ("rows", *(f"{len(group)}" for group in groups)),
            ("effective rows", *(number(value, 4) for value in self.effective)),
            ("smallest weight", *(number(float(group.min())) for group in groups)),
            ("largest weight", *(number(float(group.max())) for group in groups)),
        ]
        return html_table("Weights", ("", "treated", "control"), rows, [self.sentence, *self.notes])


def weigh(
    treated: Any, score: Any, estimand: str = "ate", *, stabilised: bool = False, truncate: float | None = None
) -> Weights:
    """Weights that make the two groups alike in what the score was made from.

    ``estimand``: "ate", 1 / e for treated and 1 / (1 - e) for control rows (Rosenbaum, J Am Stat Assoc 1987;
    82:387-394); "att", 1 and e / (1 - e); "overlap", 1 - e and e (Li, Morgan and Zaslavsky, J Am Stat Assoc 2018;
    113:390-400), with which the means of everything in a logistic score agree exactly. ``stabilised`` multiplies ATE
    weights by the share of the row's own group (Robins, Hernan and Brumback, Epidemiology 2000; 11:550-560).
    ``truncate`` = 0.01 cuts weights below the 1st and above the 99th percentile to these, so it trades bias for
    variance, and is told (Cole and Hernan, Am J Epidemiol 2008; 168:656-664).
    Raises ``Problem`` for missing values, one group alone, scores outside 0 to 1, and where a row's own treatment had
    no chance under its score, so that no weight exists.
    """
    flags = check_treated(treated)
    scores = check_scores(score, len(flags))
    check_choice(estimand, tuple(ESTIMANDS), "estimand")
    if stabilised and estimand != "ate":
        raise refuse("stabilised", f"with `{estimand}`", "with `ate`", "Leave it out: nothing is gained.", "usage")
    if truncate is not None and not 0 < truncate < 1 / 2:
        raise refuse(
            "truncate", f"{truncate:g}", "more than 0 and less than 0.5", "0.01 cuts at 1 % and 99 %.", "range"
        )
    _possible(flags, scores, estimand)
    weights = _weights(flags, scores, estimand)
    if stabilised:
        weights = weights * np.where(flags, flags.mean(), 1 - flags.mean())
    limits, cut = None, 0
    if truncate is not None:
        low, high = np.quantile(weights, (truncate, 1 - truncate)).tolist()
        cut, limits = int(((weights < low) | (weights > high)).sum()), (low, high)
        weights = np.clip(weights, low, high)
    groups = (weights[flags], weights[~flags])
    heaviest = tuple(float(group.max() / group.sum()) if group.sum() else 0.0 for group in groups)
    effective = tuple(effective_sample_size(group) for group in groups)
    return Weights(
        weights, flags, estimand, stabilised, limits, cut, (effective[0], effective[1]), (heaviest[0], heaviest[1]),
        _told(groups, heaviest),
    )  # fmt: skip


def _possible(flags: Flags, scores: Floats, estimand: str) -> None:
    """Refuse rows of the estimand's population that could only have had one treatment."""
    if estimand == "overlap":
        if not ((scores[flags] < 1).any() and (scores[~flags] > 0).any()):
            remedy = "The groups do not overlap; nothing can be compared."
            raise refuse("score", "a group of certain scores alone", "scores between 0 and 1", remedy, "positivity")
        return
    certain = (scores == 1) | ((scores == 0) & (estimand == "ate"))
    if certain.any():
        found = f"rows that could only have had one treatment, {rows_told(certain)}"
        remedy = "Use overlap weights, or leave such rows out by a rule told beforehand."
        raise refuse("score", found, "scores between 0 and 1", remedy, "positivity")


def _weights(flags: Flags, scores: Floats, estimand: str) -> Floats:
    if estimand == "overlap":
        return np.where(flags, 1 - scores, scores)
    own = np.where(flags, scores, 1 - scores)
    if estimand == "ate":
        return np.asarray(1 / own)
    return np.where(flags, 1.0, scores / own)


def _told(groups: tuple[Floats, Floats], heaviest: tuple[float, ...]) -> tuple[str, ...]:
    return tuple(
        f"one {name} row carries {100 * share:.0f} % of the weight of its {len(group)}: look at the overlap"
        for name, group, share in zip(("treated", "control"), groups, heaviest, strict=True)
        if share > HEAVY and share * len(group) > 2
    )

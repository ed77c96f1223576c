"""Overlap (positivity): whether rows of both groups are found wherever one looks along the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import html_table, number
from ._door import check_scores, check_treated
from ._types import Floats, plain

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Overlap", "overlap"]

BINS = 20
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
POINTS = ("minimum", "lower quartile", "median", "upper quartile", "maximum")


@dataclass(frozen=True, eq=False)
class Overlap:
    """Where the scores of the two groups lie.

    ``treated`` and ``control`` are minimum, quartiles and maximum; ``common`` the range that both groups reach, None
    where there is none; ``outside`` the treated and the control rows beyond it. ``concordance`` is the chance that a
    treated row has the higher score than a control row: 0.5 is no difference, 1 no overlap. ``counts`` are the rows
    of each group (treated, control) in twenty equal bins from 0 to 1.
    """

    n: tuple[int, int]
    treated: tuple[float, ...]
    control: tuple[float, ...]
    common: tuple[float, float] | None
    outside: tuple[int, int]
    concordance: float
    counts: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def sentence(self) -> str:
        """The result in words."""
        if self.common is None:
            return f"No score is reached by both groups: all {sum(self.n)} rows are outside."
        low, high = (number(end, 3) for end in self.common)
        outside = f"{self.outside[0]} of {self.n[0]} treated and {self.outside[1]} of {self.n[1]} control rows"
        return f"Both groups have scores from {low} to {high}; {outside} lie outside."

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON."""
        return {**{name: plain(value) for name, value in vars(self).items()}, "bins": BINS}

    def _repr_html_(self) -> str:
        rows = [(name, number(a), number(b)) for name, a, b in zip(POINTS, self.treated, self.control, strict=True)]
        head = ("score", f"treated (n {self.n[0]})", f"control (n {self.n[1]})")
        return html_table("Overlap of the scores", head, rows, [self.sentence])

    def plot(
        self, *, title: str = "Propensity scores", treated: str = "treated", control: str = "control",
        width: float = 150,
    ) -> Picture:  # fmt: skip
        """The scores of the treated above the line, of the controls below it; names for the two groups."""
        from ._draw_overlap import plot_overlap

        return plot_overlap(self, title, treated, control, width)


def overlap(treated: Any, score: Any) -> Overlap:
    """Where the scores of treated and control rows overlap: the check of positivity.

    Westreich and Cole, Am J Epidemiol 2010; 171:674-677; the common range as in Dehejia and Wahba, J Am Stat Assoc
    1999; 94:1053-1062. ``score`` is that of ``propensity``, or any probability.
    Raises ``Problem`` for missing values, one group alone, and scores outside 0 to 1.
    """
    flags = check_treated(treated)
    scores = check_scores(score, len(flags))
    groups = (scores[flags], scores[~flags])
    low, high = max(group.min() for group in groups), min(group.max() for group in groups)
    common = (float(low), float(high)) if low <= high else None
    outside = tuple(int(((group < low) | (group > high)).sum()) for group in groups)
    quantiles = [tuple(np.quantile(group, QUARTERS).tolist()) for group in groups]
    counts = [tuple(np.histogram(group, BINS, (0, 1))[0].tolist()) for group in groups]
    return Overlap(
        (len(groups[0]), len(groups[1])), quantiles[0], quantiles[1], common,
        (outside[0], outside[1]) if common else (len(groups[0]), len(groups[1])), _concordance(*groups),
        (counts[0], counts[1]),
    )  # fmt: skip


def _concordance(first: Floats, second: Floats) -> float:
    """The share of pairs in which ``first`` is higher, ties counting half: Mann and Whitney 1947."""
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, "left").sum() + np.searchsorted(ordered, first, "right").sum()
    return float(below / 2 / (len(first) * len(second)))

"""Landmark analysis: time counted anew from a day on which the groups are already known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._door import check_times, refuse
from ._tables import html_table, number
from ._types import Flags, plain, seal

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Landmark", "landmark"]


@dataclass(frozen=True, eq=False)
class Landmark:
    """``rows`` marks who was still in follow-up at the landmark; ``time`` = T - ``at`` are their times from it.

    Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719: see ``landmark``, of those with T > s the times t = T - s.
    """

    at: float
    rows: Flags
    time: Any

    def __post_init__(self) -> None:
        seal((self.rows, self.time))

    @property
    def left_out(self) -> int:
        """How many had their event or the end of their follow-up by the landmark."""
        return int(len(self.rows) - self.rows.sum())

    def to_dict(self) -> dict[str, Any]:
        """``at``, ``rows``, ``time``, ``left_out``."""
        return {"at": self.at, "rows": plain(self.rows), "time": plain(self.time), "left_out": self.left_out}

    def _repr_html_(self) -> str:
        row = (number(self.at), str(int(self.rows.sum())), str(self.left_out))
        return html_table("Landmark", ("landmark", "still followed", "left out"), [row])

    def plot(self, **options: Any) -> Picture:
        """Who is left out, and how long the others are followed, as a picture.

        Options: ``title``, ``unit``, and ``width`` in millimetres.
        """
        from ._draw_results import plot_landmark

        return plot_landmark(self, **options)


def landmark(time: Any, at: float) -> Landmark:
    """Start the clock at ``at``, for those whose follow-up goes beyond it.

    A group that is only known after a while (debulked to 70 %, responded) must not be credited with the time its
    members had to survive to get into it: Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719. The rule: of those
    with T > s, s being ``at``, and of nobody else, count t = T - s; groups are as known at s. Of all patients together
    the Kaplan-Meier curve is then S(t | s) = S(s + t) / S(s). An open account: Morgan, J Nucl Cardiol 2019,
    doi 10.1007/s12350-019-01624-z.
    Use ``event[found.rows]`` and ``group[found.rows]`` beside ``found.time``.
    Raises ``Problem`` where nobody is left.
    """
    times = check_times(time)
    if not (math.isfinite(at) and at >= 0):
        raise refuse("at", f"{at}", "a time of 0 or more", "Choose the day at which groups are known.", "range")
    rows = times > at
    if not rows.any():
        raise refuse(
            "at", f"{at:g}", f"a landmark before the last time, {times.max():g}", "Choose an earlier one.", "range"
        )
    return Landmark(
        float(at), np.asarray(rows), times[rows] - (int(at) if times.dtype.kind in "iu" and at == int(at) else at)
    )

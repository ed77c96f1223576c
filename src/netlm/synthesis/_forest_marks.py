"""The marks of a forest: squares with their intervals, the diamond, the bar of the prediction interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..figures import INK, series
from ._scale import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LARGEST_SQUARE", "SMALLEST_SQUARE", "Row", "draw_row"]

LARGEST_SQUARE = 8.6
SMALLEST_SQUARE = 2.2
"""Sides of the squares in points; the area is the weight."""
HALF = 1.5
"""Half the height of the diamond, and of the ends of the prediction interval, in millimetres."""


@dataclass(frozen=True)
class Row:
    """A line of the forest; ``square`` is the side of its square in points."""

    name: str
    n: str
    numbers: str
    weight: str
    estimate: float | None = None
    limits: tuple[float, float] | None = None
    square: float = SMALLEST_SQUARE * 2
    kind: str = "study"


def draw_row(axes: Axes, scale: Scale, y: float, height: float, row: Row) -> None:
    """The marks of one row at ``y``, in rows of ``height`` millimetres."""
    if row.kind == "study":
        _draw_study(axes, scale, y, row)
    else:
        {"pooled": _draw_pooled, "prediction": _draw_prediction}[row.kind](axes, scale, y, HALF / height, row)


def _draw_study(axes: Axes, scale: Scale, y: float, row: Row) -> None:
    if row.limits:
        _draw_interval(axes, scale, y, row.limits)
    if row.estimate is not None:
        colour = series(0).colour
        face = colour if row.limits else "white"
        axes.plot(
            [scale.cut(row.estimate)], [y], "s", color=colour, markerfacecolor=face, markersize=row.square,
            markeredgewidth=0.8, zorder=4, clip_on=False,
        )  # fmt: skip


def _draw_interval(axes: Axes, scale: Scale, y: float, limits: tuple[float, float], **more: Any) -> None:
    style = {"color": INK, "linewidth": 1.1, "zorder": 5, **more}
    axes.plot([scale.cut(end) for end in limits], [y] * 2, **style)
    for limit, edge, marker in ((limits[0], scale.low, "<"), (limits[1], scale.high, ">")):
        if scale.cut(limit) == edge != scale.at(limit):
            axes.plot([edge], [y], marker, color=style["color"], markersize=4, clip_on=False, zorder=6)


def _draw_pooled(axes: Axes, scale: Scale, y: float, half: float, row: Row) -> None:
    from matplotlib.patches import Polygon

    low, high = (scale.cut(limit) for limit in row.limits or (math.nan, math.nan))
    middle = scale.cut(row.estimate or math.nan)
    corners = [(low, y), (middle, y - half), (high, y), (middle, y + half)]
    colour = series(1).colour
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor=colour, linewidth=1, zorder=4))


def _draw_prediction(axes: Axes, scale: Scale, y: float, half: float, row: Row) -> None:
    limits = row.limits or (math.nan, math.nan)
    colour = series(1).colour
    low, high = (scale.cut(limit) for limit in limits)
    _draw_interval(axes, scale, y, limits, color=colour, linewidth=1.6)
    for end, limit in ((low, limits[0]), (high, limits[1])):
        if end == scale.at(limit):
            axes.plot([end] * 2, [y - half / 2, y + half / 2], color=colour, linewidth=1.6, zorder=5)

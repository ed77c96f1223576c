"""The picture of counts: for each group the events and the censored over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..figures import GREY, INK, SIZE, SMALL_SIZE, Picture, fitted, series, wrapped
from ._counts import Counts, RiskSet
from ._frame import EDGE, LINE, NARROW, RIGHT, nice_ticks
from ._tables import name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_counts"]

BARS, BARS_NARROW = 36, 24
PANEL, GAP, FOOT, LEFT = 16.0, 2.5, 10.0, 14.0
TICKS, TICKS_NARROW = 9, 6
ROOM = 1.15
"""How much taller than its tallest bar an axis is."""
CLOSE = 0.3
"""Below this share of the tallest bar up, the name of the deepest bar down would lie on that of 0."""


def plot_counts(
    counts: Counts, *, title: str = "Events and censored", unit: str | None = None, width: float = 150
) -> Picture:
    """A panel for each group: events as bars upwards, censored as open bars downwards, over equal spans of time."""
    sets = [counts.select(number) for number in range(len(counts.groups))]
    end = max((float(one.time[-1]) for one in sets if len(one.time)), default=1.0) or 1.0
    narrow = width < NARROW
    edges = np.linspace(0, end, (BARS_NARROW if narrow else BARS) + 1)
    bars = [_bars(one, edges) for one in sets]
    tallest, deepest = (max(1.0, *(float(np.max(pair[side])) for pair in bars)) for side in (0, 1))
    said = [_said(name_of(label), one) for label, one in zip(counts.groups, sets, strict=True)]
    span = f"Bars are spans of {edges[1]:.3g}{' ' + unit if unit else ''}: events up (full), censored down (open)."
    heading = [(line, "bold") for line in wrapped(title, width - 2 * EDGE, weight="bold")]
    heading += [(line, "normal") for line in wrapped(span, width - 2 * EDGE, SIZE, 3)]
    top, step = EDGE + LINE * len(heading) + 1, LINE + PANEL + GAP
    height = round(top + step * len(sets) + FOOT + EDGE, 3)
    ticks = nice_ticks(end, unit, TICKS_NARROW if narrow else TICKS)

    def draw(figure: Figure) -> None:
        for number, (line, weight) in enumerate(heading):
            y = 1 - (EDGE + LINE * (number + 0.5)) / height
            figure.text(EDGE / width, y, line, va="center", fontsize=SIZE, fontweight=weight)
        for number, (words, pair) in enumerate(zip(said, bars, strict=True)):
            below = top + step * number + LINE
            shown = fitted(words, width - LEFT - EDGE, SMALL_SIZE)
            figure.text(LEFT / width, 1 - (below - LINE / 2) / height, shown, va="center", fontsize=SMALL_SIZE)
            place = (LEFT / width, 1 - (below + PANEL) / height, (width - LEFT - RIGHT) / width, PANEL / height)
            axes = figure.add_axes(place)
            _panel(axes, edges, pair, tallest, deepest)
            last = number == len(sets) - 1
            axes.set_xticks(ticks, [f"{tick:g}" if last else "" for tick in ticks])
        axes.set_xlabel(f"Time ({unit})" if unit else "Time", labelpad=2)

    return Picture(title, f"{title} over time. {' '.join(f'{words}.' for words in said)}", width, height, draw)


def _bars(one: RiskSet, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = (np.histogram(one.time, edges, weights=part)[0] for part in (one.events.sum(axis=1), one.censored))
    up, down = found
    return up, down


def _said(name: str, one: RiskSet) -> str:
    late = f", {int(one.entered.sum())} entered late" if len(one.entered) else ""
    return f"{name}: {one.n} patients, {int(one.events.sum())} events, {int(one.censored.sum())} censored{late}"


def _panel(axes: Axes, edges: np.ndarray, pair: tuple[np.ndarray, np.ndarray], tallest: float, deepest: float) -> None:
    up, down = pair
    middle, wide = (edges[1:] + edges[:-1]) / 2, 0.85 * (edges[1] - edges[0])
    axes.bar(middle[up > 0], up[up > 0], wide, color=series(0).colour, zorder=3)
    axes.bar(middle[down > 0], -down[down > 0], wide, color="white", edgecolor=INK, linewidth=0.6, zorder=3)
    axes.axhline(0, color=GREY, linewidth=0.6, zorder=2)
    axes.set_xlim(0, edges[-1] * 1.01)
    axes.set_ylim(-ROOM * deepest, ROOM * tallest)
    marks = [-deepest, 0.0, tallest] if deepest > CLOSE * tallest else [0.0, tallest]
    axes.set_yticks(marks, [f"{abs(mark):.0f}" for mark in marks], fontsize=SMALL_SIZE)

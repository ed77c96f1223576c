"""Pictures of tests: two marks a row, an open one for what is compared with and a full one for what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..figures import GRID, INK, SIZE, SMALL_SIZE, Picture, fitted, series, text_width, wrapped
from ._frame import EDGE, LINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Row", "plot_rows"]

STEP, FOOT = 5.5, 9.5
TICKS = (1, 0.1, 0.01, 0.001, 0.0001)
NAMES = 0.45
"""Share of the width that names may take."""


class Row(NamedTuple):
    """A row: its name, the two values, and what is written beside them."""

    name: str
    open: float
    full: float
    said: str


def plot_rows(
    title: str, rows: Sequence[Row], x_label: str, notes: Sequence[str] = (), *, guide: float | None = None,
    log: bool = False, width: float = 150,
) -> Picture:  # fmt: skip
    """The rows as a picture; ``guide`` is a level marked across all of them; values of 0 or NaN have no mark."""
    room = width - 2 * EDGE
    heading = [(line, "bold") for line in wrapped(title, room, weight="bold")]
    heading += [(line, "normal") for note in notes for line in wrapped(note, room, SIZE, 3)]
    top = EDGE + LINE * len(heading) + 2
    height = round(top + STEP * len(rows) + FOOT + EDGE, 3)
    left = min(NAMES * width, EDGE + 3 + max(text_width(row.name) for row in rows))
    right = EDGE + 2 + max(text_width(row.said, SMALL_SIZE) for row in rows)

    def draw(figure: Figure) -> None:
        for number, (line, weight) in enumerate(heading):
            y = 1 - (EDGE + LINE * (number + 0.5)) / height
            figure.text(EDGE / width, y, line, va="center", fontsize=SIZE, fontweight=weight)
        place = (left / width, (EDGE + FOOT) / height, (width - left - right) / width, STEP * len(rows) / height)
        axes = figure.add_axes(place)
        for number, row in enumerate(rows):
            y = 1 - (top + STEP * (number + 0.5)) / height
            figure.text(EDGE / width, y, fitted(row.name, left - EDGE - 2), va="center", fontsize=SIZE)
            figure.text(1 - EDGE / width, y, row.said, va="center", ha="right", fontsize=SMALL_SIZE)
            if row.open > 0 and row.full > 0:
                axes.plot([row.open, row.full], [number, number], color=GRID, linewidth=1.2, zorder=1)
            for value, fill in ((row.open, "white"), (row.full, series(0).colour)):
                if value > 0 or (value == 0 and not log):
                    axes.plot([value], [number], "o", color=series(0).colour, markerfacecolor=fill, markersize=4.2)
        if log:
            axes.set_xscale("log")
            positive = [value for row in rows for value in (row.open, row.full) if value > 0]
            low = min([*positive, guide or 1.0]) / 1.5
            axes.set_xlim(max(low, TICKS[-1] / 2), 1.3)
            shown = [tick for tick in TICKS if tick >= low]
            axes.set_xticks(shown, [f"{tick:g}" for tick in shown])
            axes.set_xticks([], minor=True)
        else:
            axes.set_xlim(left=0)
        if guide is not None:
            axes.axvline(guide, color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xlabel(x_label, labelpad=1, fontsize=SMALL_SIZE)
        axes.tick_params(labelsize=SMALL_SIZE)

    text = " ".join([f"{title}.", *notes, *(f"{row.name}: {row.said}." for row in rows)])
    return Picture(title, text, width, height, draw)

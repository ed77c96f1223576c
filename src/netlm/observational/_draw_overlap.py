"""The scores of both groups, mirrored about a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import (
    EDGE,
    GREY,
    INK,
    LINE,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    number,
    series,
    text_width,
)  # fmt: skip
from ._overlap import BINS, Overlap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_overlap"]

PLOT = 52.0
LEFT = 16.0
TICKS = 10.0
SAMPLE = 5.0
"""Breadth of the sample of a bar in the key."""
STEPS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
MOST_STEPS = 4
HEADROOM = 1.05


def plot_overlap(overlap: Overlap, title: str, treated: str, control: str, width: float) -> Picture:
    """The picture that ``Overlap.plot`` gives."""
    drawn = _Histogram(overlap, title, (treated, control), width)
    return Picture(title, drawn.text, width, drawn.height, drawn.draw)


class _Histogram:
    """The places of everything: the treated filled and above, the controls hatched and below."""

    def __init__(self, overlap: Overlap, title: str, names: tuple[str, str], width: float) -> None:
        self.overlap, self.title, self.names, self.width = overlap, title, names, width
        self.shares = [np.array(c) / n for c, n in zip(overlap.counts, overlap.n, strict=True)]
        self.title_lines = across(title, width, weight="bold", lines=2)
        self.foot = across(overlap.sentence, width, SMALL_SIZE)
        self.top = EDGE + LINE * (len(self.title_lines) + 2) + 2
        self.height = round(self.top + PLOT + TICKS + LINE * len(self.foot) + EDGE, 3)

    @property
    def text(self) -> str:
        """The histogram in words."""
        said = []
        for name, n, points in zip(
            self.names, self.overlap.n, (self.overlap.treated, self.overlap.control), strict=True
        ):
            low, lower, middle, upper, high = (number(point, 3) for point in points)
            said.append(f"{name} (n {n}): median {middle}, quartiles {lower} to {upper}, range {low} to {high}")
        return f"{self.title}: {'; '.join(said)}. {self.overlap.sentence}"

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        sheet = Sheet(figure, self.width, self.height)
        y = sheet.put_lines(EDGE, EDGE, self.title_lines, fontweight="bold")
        axes = sheet.axes(LEFT, self.top, self.width - LEFT - 2 * EDGE, PLOT)
        self._bars(axes)
        for place, name in enumerate(self.names):
            self._key(sheet, figure, y + LINE * place, place, f"{name} (n {self.overlap.n[place]})")
        sheet.put_lines(EDGE, self.top + PLOT + TICKS, self.foot, fontsize=SMALL_SIZE)

    def _bars(self, axes: Axes) -> None:
        edges = np.linspace(0, 1, BINS + 1)
        for place, (shares, sign) in enumerate(zip(self.shares, (1, -1), strict=True)):
            axes.bar(edges[:-1], sign * shares, 1 / BINS, align="edge", zorder=2, linewidth=0.7, **_look(place))
        top = HEADROOM * max(float(shares.max()) for shares in self.shares)
        step = next((one for one in STEPS if top / one <= MOST_STEPS), STEPS[-1])
        ticks = [step * k for k in range(-int(top / step), int(top / step) + 1)]
        axes.set_ylim(-top, top)
        axes.set_xlim(0, 1)
        axes.set_yticks(ticks, [f"{100 * abs(tick):.0f} %" for tick in ticks])
        axes.set_xticks([k / 4 for k in range(5)], [f"{k / 4:g}" for k in range(5)])
        axes.axhline(0, color=INK, linewidth=0.7, zorder=3)
        for end in self.overlap.common or ():
            axes.axvline(end, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
        dashed = "; dashed: the range of both" if self.overlap.common else ""
        axes.set_xlabel(f"propensity score{dashed}", labelpad=1.5)
        axes.set_ylabel("share of the group", labelpad=2)

    def _key(self, sheet: Sheet, figure: Figure, y: float, place: int, name: str) -> None:
        from matplotlib.patches import Rectangle

        corner = (EDGE / self.width, 1 - (y + LINE - 0.7) / self.height)
        size = (SAMPLE / self.width, (LINE - 1.2) / self.height)
        figure.add_artist(Rectangle(corner, *size, linewidth=0.7, **_look(place)))
        start, where = EDGE + SAMPLE + 1.5, ", above" if place == 0 else ", below"
        room = self.width - start - EDGE - text_width(where)
        sheet.put(start, y + LINE / 2, fitted(name, room) + where)


def _look(place: int) -> dict[str, Any]:
    colour = series(place).colour
    return {"facecolor": colour if place == 0 else "white", "edgecolor": colour, "hatch": "" if place == 0 else "////"}

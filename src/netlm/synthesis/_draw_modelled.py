"""The picture of modelled curves, which says in three places that they are modelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..figures import (
    EDGE,
    GREY,
    LINE,
    SIZE,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    lines_of,
    number,
    ratio,
    series,
    text_width,
)
from ._modelled import ENDPOINTS, Modelled
from ._scale import SHARES, even_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_modelled"]

POINTS = 240
LEFT, RIGHT, AXIS, PLOT_HEIGHT = 17.0, 6.0, 9.5, 58.0
SAMPLE = 9.0
MONTHS = (1, 2, 3, 6, 12, 24, 36, 60)
MOST_TICKS = 9


def plot_modelled(model: Modelled, *, title: str = "", notes: Sequence[str] = (), width: float = 120) -> Picture:
    """The two modelled curves up to the follow-up, with guides to the medians; one study a picture."""
    chart = _Chart(model, title or f"{model.study}: {ENDPOINTS[model.endpoint]}, modelled", notes, width)
    return Picture(chart.title, chart.text, width, chart.height, chart.draw)


class _Chart:
    """The places of everything in the picture."""

    def __init__(self, model: Modelled, title: str, notes: Sequence[str], width: float) -> None:
        self.model, self.title, self.width = model, title, width
        self.keys = [
            f"{arm}: median {number(median)} months" for arm, median in zip(model.arms, model.medians, strict=True)
        ]
        self.made = (
            f"Modelled, not observed: Weibull curves through the two published medians with the published hazard ratio "
            f"{ratio(model.hazard_ratio)} (shape {model.shape:.2f}), to {number(model.follow_up)} months of follow-up."
        )
        self.notes = (self.made, *notes)
        self.title_lines = across(title, width, weight="bold", lines=2)
        self.key_lines = [lines_of(key, width - 2 * EDGE - SAMPLE - 1, lines=2) for key in self.keys]
        self.foot = [line for note in self.notes for line in across(note, width, SMALL_SIZE, 4)]
        self.top = EDGE + LINE * (len(self.title_lines) + sum(map(len, self.key_lines))) + 2.5
        self.height = round(self.top + PLOT_HEIGHT + AXIS + 1 + LINE * len(self.foot) + EDGE, 3)

    @property
    def text(self) -> str:
        """The picture in words."""
        return " ".join([f"{self.title}: {'; '.join(self.keys)}.", *self.notes])

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        from matplotlib.lines import Line2D

        sheet = Sheet(figure, self.width, self.height)
        y = sheet.put_lines(EDGE, EDGE, self.title_lines, fontweight="bold")
        for place, lines in enumerate(self.key_lines):
            ends, up = [EDGE / self.width, (EDGE + SAMPLE - 1.5) / self.width], 1 - (y + LINE / 2) / self.height
            style = series(place)
            figure.add_artist(Line2D(ends, [up, up], color=style.colour, linestyle=style.dash, linewidth=1.6))
            y = sheet.put_lines(EDGE + SAMPLE + 1, y, lines)
        plot_width = self.width - LEFT - RIGHT
        axes = sheet.axes(LEFT, self.top, plot_width, PLOT_HEIGHT)
        self._curves(axes)
        self._axis(axes, plot_width)
        sheet.put_lines(EDGE, self.top + PLOT_HEIGHT + AXIS + 1, self.foot, fontsize=SMALL_SIZE)

    def _axis(self, axes: Axes, plot_width: float) -> None:
        last = self.model.follow_up
        axes.set_xlim(0, last * 1.01)
        axes.set_ylim(0, 1.02)
        axes.set_yticks(list(SHARES), [f"{100 * share:g} %" for share in SHARES])
        step = next((step for step in MONTHS if last / step + 1 <= MOST_TICKS), None)
        even = [place for place, _ in even_ticks(0, last, plot_width)]
        ticks = [step * k for k in range(int(last / step) + 1)] if step else even
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlabel("Time (months)", labelpad=2)
        label = ENDPOINTS[self.model.endpoint].capitalize()
        told = f"{label}, modelled" if text_width(f"{label}, modelled") < PLOT_HEIGHT else fitted(label, PLOT_HEIGHT)
        axes.set_ylabel(told, labelpad=4, fontsize=SIZE)

    def _curves(self, axes: Axes) -> None:
        times = [self.model.follow_up * k / POINTS for k in range(POINTS + 1)]
        guide: dict[str, Any] = {"color": GREY, "linewidth": 0.6, "linestyle": (0, (1, 2)), "zorder": 2}
        for arm, median in enumerate(self.model.medians):
            style = series(arm)
            shares = [self.model.survival(arm, time) for time in times]
            axes.plot(times, shares, color=style.colour, linestyle=style.dash, zorder=4)
            axes.plot([0, median, median], [0.5, 0.5, 0], **guide)

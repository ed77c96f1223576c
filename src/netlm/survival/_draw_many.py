"""Many survival curves: a panel for each, with the others in grey behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..figures import GREY, GRID, SIZE, SMALL_SIZE, Picture, Series, fitted, series, wrapped
from ._curve import Curve
from ._draw_parts import draw_survival, had, milestone_text, steps
from ._frame import EDGE, LINE, NARROW, ROW, TICKS, nice_ticks
from ._kaplan_meier import median_text
from ._tables import amount, name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Panels"]

ACROSS, ACROSS_NARROW = 3, 2
PANEL = 30.0
"""Height of the axes of a panel."""
GAP = 4.0
LEFT = 11.0
"""Room for the names of the ticks of the first panel in a row."""
TICKS_ACROSS = 5


@dataclass(frozen=True)
class Panels:
    """The curves of many groups; lengths are millimetres from the top left, as in a ``Frame``."""

    title: str
    text: str
    notes: tuple[str, ...]
    curves: Sequence[Curve]
    end: float
    unit: str | None
    x_label: str
    y_label: str
    milestones: Mapping[str, float]
    band: bool
    width: float

    @property
    def across(self) -> int:
        """Panels side by side."""
        return ACROSS_NARROW if self.width < NARROW else ACROSS

    @property
    def _panel_width(self) -> float:
        return (self.width - LEFT - EDGE - GAP * (self.across - 1)) / self.across

    @property
    def _words(self) -> int:
        """Lines above a panel: name, events, median, and the milestones."""
        return 3 + len(self.milestones)

    @property
    def _step(self) -> float:
        return LINE * self._words + PANEL + TICKS / 2 + ROW + GAP

    @property
    def _heading(self) -> list[tuple[str, str]]:
        room = self.width - 2 * EDGE
        found = [(line, "bold") for line in wrapped(self.title, room, weight="bold") if line]
        return found + [(line, "normal") for note in self.notes for line in wrapped(note, room, SIZE, 3)]

    def picture(self) -> Picture:
        """The picture."""
        rows = math.ceil(len(self.curves) / self.across)
        height = 2 * EDGE + LINE * (len(self._heading) + 1) + self._step * rows
        return Picture(self.title, self.text, self.width, round(height, 3), self._draw)

    def _draw(self, figure: Figure) -> None:
        height = 2 * EDGE + LINE * (len(self._heading) + 1) + self._step * math.ceil(len(self.curves) / self.across)

        def put(x: float, y: float, text: str, **more: Any) -> None:
            figure.text(x / self.width, 1 - y / height, text, va="center", **more)

        y = EDGE
        for line, weight in self._heading:
            put(EDGE, y + LINE / 2, line, fontsize=SIZE, fontweight=weight)
            y += LINE
        for position, curve in enumerate(self.curves):
            row, column = divmod(position, self.across)
            x, top = LEFT + column * (self._panel_width + GAP), y + LINE / 2 + row * self._step
            for number, line in enumerate(self._said(curve)):
                weight = "normal" if number else "bold"
                shown = fitted(line, self._panel_width, SMALL_SIZE, weight)
                put(x, top + LINE * (number + 0.5), shown, fontsize=SMALL_SIZE, fontweight=weight)
            top += LINE * self._words + 1
            place = (x / self.width, 1 - (top + PANEL) / height, self._panel_width / self.width, PANEL / height)
            self._panel(figure.add_axes(place), curve, named=column == 0)
            below = top + PANEL + TICKS / 2 + ROW / 2
            scale = self._panel_width / (self.end * 1.01 or 1.0)
            for tick, at_risk in zip(self._ticks, curve.at_risk_at(self._ticks), strict=True):
                put(x + tick * scale, below, amount(at_risk), fontsize=SMALL_SIZE, ha="center")
        put(
            LEFT,
            height - EDGE - LINE / 2,
            f"Up: {self.y_label}. Across: {self.x_label}. Below: those at risk.",
            fontsize=SMALL_SIZE,
        )

    @property
    def _ticks(self) -> list[float]:
        return nice_ticks(self.end, self.unit, TICKS_ACROSS)

    def _said(self, curve: Curve) -> tuple[str, ...]:
        reached = tuple(f"{name}: {milestone_text(curve.at(time))}" for name, time in self.milestones.items())
        return (name_of(curve.group), had(curve), f"median {median_text(curve)}", *reached)

    def _panel(self, axes: Axes, curve: Curve, *, named: bool) -> None:
        style: Series = series(0)
        for other in self.curves:
            if other is not curve:
                at, value = steps(other, other.survival, 1.0, self.end)
                axes.plot(at, value, drawstyle="steps-post", color=GRID, linewidth=0.7, zorder=1)
        draw_survival(axes, curve, style, self.end, self.band)
        for time in self.milestones.values():
            if time <= curve.last:
                axes.plot([time], [float(curve.at(time))], style.marker, color=style.colour, markersize=2.6, zorder=5)
        axes.set_xlim(0, self.end * 1.01 or 1.0)
        axes.set_ylim(0, 1.02)
        axes.axhline(0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)), zorder=1)
        axes.set_xticks(self._ticks, [f"{tick:g}" for tick in self._ticks], fontsize=SMALL_SIZE)
        levels = [0, 0.5, 1]
        axes.set_yticks(levels, [f"{100 * level:g} %" if named else "" for level in levels], fontsize=SMALL_SIZE)

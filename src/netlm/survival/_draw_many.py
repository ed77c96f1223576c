"""Many survival curves: a panel for each, with the others in grey behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..figures import FAINT, GREY, GRID, SIZE, SMALL_SIZE, Picture, Series, fitted, series, text_width, wrapped
from ._curve import Curve
from ._draw_parts import counted, draw_survival, had, milestone_text, steps
from ._frame import EDGE, LINE, NARROW, ROW, TICKS, nice_ticks
from ._kaplan_meier import median_text
from ._tables import name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Panels"]

ACROSS, ACROSS_NARROW = 3, 2
PANEL = 30.0
"""Height of the axes of a panel."""
GAP = 4.0
LEFT = 11.0
"""Room for the names of the ticks of the first panel in a row; the rows of the table may need more."""
TICKS_ACROSS = 5
BELOW = "Below: at risk just before each tick, events and censored before it."


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
    table: bool
    width: float

    @property
    def across(self) -> int:
        """Panels side by side."""
        return ACROSS_NARROW if self.width < NARROW else ACROSS

    @property
    def _panel_width(self) -> float:
        return (self.width - self._left - EDGE - self._gap * (self.across - 1)) / self.across

    @cached_property
    def _left(self) -> float:
        """Room for the names of the rows, and half of the first number beside them."""
        names = [text_width(name, SMALL_SIZE) for name, _ in self._rows(self.curves[0])]
        return max(LEFT, EDGE + 2 + max(names) + self._widest / 2) if names else LEFT

    @cached_property
    def _gap(self) -> float:
        """Room between panels: the last number of one and the first of the next stand in it, half of each."""
        return max(GAP, self._widest + 1)

    @cached_property
    def _widest(self) -> float:
        cells = [cell for curve in self.curves for _, row in self._rows(curve) for cell in row]
        return max((text_width(cell, SMALL_SIZE) for cell in cells), default=0.0)

    @cached_property
    def _words(self) -> int:
        """Lines above a panel: name, events, median, and the milestones."""
        return max(len(self._said(curve)) for curve in self.curves)

    @property
    def _step(self) -> float:
        return LINE * self._words + PANEL + TICKS / 2 + ROW * len(self._rows(self.curves[0])) + 1.5 * GAP

    def _rows(self, curve: Curve) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The table below a panel; where one group has late entries, all say how many they have."""
        late = any(len(one.sets.entry) for one in self.curves)
        return counted(curve.sets, self._ticks, late=late) if self.table else ()

    @property
    def _heading(self) -> list[tuple[str, str]]:
        room = self.width - 2 * EDGE
        found = [(line, "bold") for line in wrapped(self.title, room, weight="bold") if line]
        return found + [(line, "normal") for note in self.notes for line in wrapped(note, room, SIZE, 3)]

    def picture(self) -> Picture:
        """The picture."""
        return Picture(self.title, self.text, self.width, self._height, self._draw)

    def _draw(self, figure: Figure) -> None:
        height = self._height

        def put(x: float, y: float, text: str, **more: Any) -> None:
            figure.text(x / self.width, 1 - y / height, text, va="center", **more)

        y = EDGE
        for line, weight in self._heading:
            put(EDGE, y + LINE / 2, line, fontsize=SIZE, fontweight=weight)
            y += LINE
        for position, curve in enumerate(self.curves):
            row, column = divmod(position, self.across)
            x, top = self._left + column * (self._panel_width + self._gap), y + LINE / 2 + row * self._step
            for number, line in enumerate(self._said(curve)):
                weight = "normal" if number else "bold"
                shown = fitted(line, self._panel_width, SMALL_SIZE, weight)
                put(x, top + LINE * (number + 0.5), shown, fontsize=SMALL_SIZE, fontweight=weight)
            top += LINE * self._words + 1
            place = (x / self.width, 1 - (top + PANEL) / height, self._panel_width / self.width, PANEL / height)
            self._panel(figure.add_axes(place), curve, named=column == 0)
            self._numbers(figure, put, (x, top + PANEL + TICKS / 2, height), curve, named=column == 0)
        for number, line in enumerate(self._foot):
            y = height - EDGE - LINE * (len(self._foot) - number - 0.5)
            put(EDGE, y, line, fontsize=SMALL_SIZE)

    @property
    def _foot(self) -> list[str]:
        said = f"Up: {self.y_label}. Across: {self.x_label}." + f" {BELOW}" * self.table
        return wrapped(said, self.width - 2 * EDGE, SMALL_SIZE, 3)

    @property
    def _height(self) -> float:
        lines = len(self._heading) + len(self._foot)
        return round(2 * EDGE + LINE * lines + self._step * math.ceil(len(self.curves) / self.across), 3)

    def _numbers(
        self, figure: Figure, put: Callable[..., None], at: tuple[float, float, float], curve: Curve, *, named: bool
    ) -> None:
        """The table below a panel, its numbers under the ticks; the first panel in a row names the rows for all."""
        from matplotlib.patches import Rectangle

        x, top, height = at
        scale = self._panel_width / (self.end * 1.01 or 1.0)
        start, end = EDGE if named else x - self._gap, x + self._panel_width
        for number, (name, cells) in enumerate(self._rows(curve)):
            middle = top + ROW * (number + 0.5)
            if number % 2 == 0:
                place = (start / self.width, 1 - (middle + ROW / 2) / height)
                size = ((end - start) / self.width, ROW / height)
                figure.add_artist(Rectangle(place, *size, color=FAINT, linewidth=0, zorder=-1))
            if named:
                put(EDGE, middle, name, fontsize=SMALL_SIZE)
            for tick, cell in zip(self._ticks, cells, strict=True):
                put(x + tick * scale, middle, cell, fontsize=SMALL_SIZE, ha="center")

    @property
    def _ticks(self) -> list[float]:
        return nice_ticks(self.end, self.unit, TICKS_ACROSS)

    def _said(self, curve: Curve) -> tuple[str, ...]:
        reached = tuple(f"{name}: {milestone_text(curve.at(time))}" for name, time in self.milestones.items())
        median = wrapped(f"median {median_text(curve)}", self._panel_width, SMALL_SIZE, 2)
        return (name_of(curve.group), had(curve), *median, *reached)

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

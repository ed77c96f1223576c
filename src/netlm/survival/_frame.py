"""The frame of a survival picture: heading and key above, axes, and tables below that share the ticks.

All lengths are millimetres from the top left; every block has its place, so that nothing can overlap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..figures import FAINT, INK, SIZE, SMALL_SIZE, Picture, Series, fitted, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Block", "Frame", "Key", "Milestones", "nice_ticks"]

LINE = 3.7
"""Height of a line of text."""
ROW = 3.3
"""Height of a row of numbers."""
EDGE = 2.5
RIGHT = 5.0
TICKS = 9.5
"""Room for tick labels and the name of the axis."""
SAMPLE = 9.0
"""Length of a line sample."""
NARROW = 110
ROW_NAMES = 0.2
"""Share of the width that the names of rows may take."""
STEPS = {
    "days": (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650),
    "months": (1, 2, 3, 6, 12, 24, 36, 60, 120),
    "years": (0.25, 0.5, 1, 2, 5, 10, 20),
}


def nice_ticks(last: float, unit: str | None, most: int) -> list[float]:
    """Ticks from 0 over the follow-up, at most ``most`` of them, at steps usual for the unit."""
    fitting = [step for step in STEPS.get(unit or "", ()) if last / step + 1 <= most]
    if fitting and last >= fitting[0]:
        step = float(fitting[0])
    else:
        rough = (last or 1.0) / max(1, most - 1)
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
    return [round(step * number, 12) for number in range(math.floor(last / step * (1 + 1e-9)) + 1)]


@dataclass(frozen=True)
class Key:
    """One series in the key: its style, its name, and what is known of it."""

    style: Series
    name: str
    note: str = ""


@dataclass(frozen=True)
class _Line:
    """A line of the heading."""

    text: str
    style: Series | None = None
    indent: float = 0.0
    weight: str = "normal"
    beside: str = ""


@dataclass(frozen=True)
class Block:
    """A table below the axes: a heading with the series' line, and rows of numbers, one for each tick."""

    style: Series | None
    name: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Milestones:
    """A table at the foot: a column for each milestone, a row for each series."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Series, tuple[str, ...]], ...]

    @property
    def height(self) -> float:
        """Its height."""
        return LINE + ROW * len(self.rows) + 1.2 if self.rows else 0.0


@dataclass(frozen=True)
class Frame:
    """Everything around the curves. ``draw(axes)`` draws these."""

    title: str
    text: str
    keys: tuple[Key, ...]
    notes: tuple[str, ...]
    x_label: str
    y_label: str
    ticks: Sequence[float]
    last: float
    blocks: tuple[Block, ...]
    draw: Callable[[Axes], None] = field(repr=False)
    width: float = 150
    plot_height: float = 62
    percent: bool = True
    top: float = 1.0
    milestones: Milestones = Milestones("", (), ())

    @property
    def left(self) -> float:
        """Room to the left of the axes: tick labels, and the names of the table's rows beside their first number."""
        rows = [row for block in self.blocks for row in block.rows]
        widest = max(
            (
                text_width(self._row_name(name), SMALL_SIZE) + text_width(cells[0], SMALL_SIZE) / 2
                for name, cells in rows
            ),
            default=0.0,
        )
        return max(17.0, EDGE + widest + 3.5)

    def _row_name(self, name: str) -> str:
        """The name of a row, shortened where it would push the curves aside; the key has it whole."""
        return fitted(name, ROW_NAMES * self.width, SMALL_SIZE)

    @property
    def room(self) -> float:
        """The width of text that spans the picture."""
        return self.width - 2 * EDGE

    @cached_property
    def _heading(self) -> list[_Line]:
        """Lines above the axes: the title, a line for each series, the notes."""
        lines = [_Line(line, weight="bold") for line in wrapped(self.title, self.room, weight="bold") if line]
        for key in self.keys:
            lines += self._key_lines(key)
        for note in self.notes:
            lines += [_Line(line) for line in wrapped(note, self.room, SIZE, 3)]
        return lines

    def _key_lines(self, key: Key) -> list[_Line]:
        """The name in bold, and the note beside it where there is room, else below."""
        indent = SAMPLE + 1
        room = self.room - indent
        beside = text_width(key.name, weight="bold") + 2 + text_width(key.note) <= room
        name = _Line(fitted(key.name, room, weight="bold"), key.style, indent, "bold", key.note if beside else "")
        if beside or not key.note:
            return [name]
        return [name, *(_Line(line, None, indent) for line in wrapped(key.note, room, SIZE, 2))]

    @cached_property
    def height(self) -> float:
        """The height of the picture."""
        tables = sum(LINE * bool(block.name) + ROW * len(block.rows) + 1.2 for block in self.blocks)
        heading = EDGE + LINE * len(self._heading) + 2.5
        return heading + self.plot_height + TICKS + tables + self.milestones.height + EDGE

    def picture(self) -> Picture:
        """The picture."""
        return Picture(self.title, self.text, self.width, round(self.height, 3), self._draw)

    def _draw(self, figure: Figure) -> None:
        top = self._draw_heading(figure) + 2.5
        axes = self._axes(figure, top)
        self.draw(axes)
        self._draw_milestones(figure, self._draw_tables(figure, top + self.plot_height + TICKS))

    def _put(self, figure: Figure, x: float, y: float, text: str, **more: Any) -> None:
        figure.text(x / self.width, 1 - y / self.height, text, va="center", **more)

    def _sample(self, figure: Figure, x: float, y: float, style: Series) -> None:
        from matplotlib.lines import Line2D

        across = [x / self.width, (x + SAMPLE - 1.5) / self.width]
        up = [1 - y / self.height] * 2
        figure.add_artist(Line2D(across, up, color=style.colour, linestyle=style.dash, linewidth=1.6))

    def _draw_heading(self, figure: Figure) -> float:
        y = EDGE
        for line in self._heading:
            middle = y + LINE / 2
            if line.style is not None:
                self._sample(figure, EDGE, middle, line.style)
            self._put(figure, EDGE + line.indent, middle, line.text, fontsize=SIZE, fontweight=line.weight)
            if line.beside:
                after = EDGE + line.indent + text_width(line.text, weight="bold") + 2
                self._put(figure, after, middle, line.beside, fontsize=SIZE)
            y += LINE
        return y

    def _axes(self, figure: Figure, top: float) -> Axes:
        width, height = self.width - self.left - RIGHT, self.plot_height
        place = (self.left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = figure.add_axes(place)
        axes.set_xlim(0, self.last * 1.01 or 1.0)
        axes.set_ylim(0, self.top * 1.02)
        axes.set_xticks(list(self.ticks), [f"{tick:g}" for tick in self.ticks])
        if self.percent:
            steps = [self.top * part / 4 for part in range(5)]
            axes.set_yticks(steps, [f"{100 * step:g} %" for step in steps])
        axes.set_xlabel(self.x_label, labelpad=2)
        axes.set_ylabel(self.y_label, labelpad=4)
        return axes

    def _draw_tables(self, figure: Figure, y: float) -> float:
        for block in self.blocks:
            if block.name:
                if block.style is not None:
                    self._sample(figure, EDGE, y + LINE / 2, block.style)
                indent = SAMPLE + 1 if block.style is not None else 0.0
                name = fitted(block.name, self.room - indent, SMALL_SIZE, "bold")
                self._put(figure, EDGE + indent, y + LINE / 2, name, fontsize=SMALL_SIZE, fontweight="bold")
                y += LINE
            for number, (name, cells) in enumerate(block.rows):
                self._draw_row(figure, y, name, cells, shaded=number % 2 == 0)
                y += ROW
            y += 1.2
        return y

    def _draw_milestones(self, figure: Figure, y: float) -> None:
        """Columns evenly spread, as milestones may lie close together on the axis."""
        if not self.milestones.rows:
            return
        self._put(figure, EDGE, y + LINE / 2, self.milestones.name, fontsize=SMALL_SIZE, fontweight="bold")
        step = (self.width - self.left - EDGE) / len(self.milestones.head)
        middles = [self.left + step * (number + 0.5) for number in range(len(self.milestones.head))]
        for x, cell in zip(middles, self.milestones.head, strict=True):
            shown = fitted(cell, step - 1, SMALL_SIZE, "bold")
            self._put(figure, x, y + LINE / 2, shown, fontsize=SMALL_SIZE, ha="center", fontweight="bold")
        y += LINE
        for number, (style, cells) in enumerate(self.milestones.rows):
            if number % 2 == 0:
                self._shade(figure, y)
            self._sample(figure, EDGE + 1, y + ROW / 2, style)
            for x, cell in zip(middles, cells, strict=True):
                shown = fitted(cell, step - 1, SMALL_SIZE)
                self._put(figure, x, y + ROW / 2, shown, fontsize=SMALL_SIZE, ha="center")
            y += ROW

    def _shade(self, figure: Figure, y: float) -> None:
        from matplotlib.patches import Rectangle

        place = (EDGE / self.width, 1 - (y + ROW) / self.height)
        size = (1 - 2 * EDGE / self.width, ROW / self.height)
        figure.add_artist(Rectangle(place, *size, color=FAINT, linewidth=0, zorder=-1))

    def _draw_row(self, figure: Figure, y: float, name: str, cells: Sequence[str], *, shaded: bool) -> None:
        if shaded:
            self._shade(figure, y)
        self._put(figure, EDGE + 1, y + ROW / 2, self._row_name(name), fontsize=SMALL_SIZE)
        scale = (self.width - self.left - RIGHT) / (self.last * 1.01 or 1.0)
        for tick, cell in zip(self.ticks, cells, strict=False):
            self._put(figure, self.left + tick * scale, y + ROW / 2, cell, fontsize=SMALL_SIZE, ha="center", color=INK)

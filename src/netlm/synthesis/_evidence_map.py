"""The evidence map: what has been studied for which option, by which design, how large and when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..figures import (
    EDGE,
    FAINT,
    GREY,
    GRID,
    LINE,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    lines_of,
    series,
    text_width,
)
from ._study import refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MapEntry", "plot_evidence_map"]


class _Shape(NamedTuple):
    """A marker, what makes its area that of a circle, whether it is filled, and what it means."""

    marker: str
    scale: float
    filled: bool
    colour: str
    words: str


SHAPES = {
    "verified": _Shape("o", 1.0, True, series(0).colour, "verified"),
    "review": _Shape("s", 0.89, True, series(4).colour, "as the review prints it"),
    "interim": _Shape("^", 1.25, True, series(2).colour, "interim result"),
    "recalled": _Shape("D", 0.89, False, series(1).colour, "recalled only, decides nothing"),
    "superseded": _Shape("X", 1.1, False, GREY, "superseded"),
}
PATIENTS = "patients"
LARGEST, SMALLEST = 7.0, 1.2
BUBBLE_SHARE = 0.3
LEAST_OPTIONS, LEAST_DESIGN = 28.0, 22.0
NAME_ROOM = 24.0
"""A longer name takes two lines."""
"""Diameters of the bubbles in millimetres; the area is the number of patients."""
TEXT_LINE = 3.1
PADDING = 1.6
OPTIONS = 0.18
"""Share of the width that the options' names may take."""
SAMPLES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
POINTS = 72 / 25.4


@dataclass(frozen=True)
class MapEntry:
    """A study on the map. ``n`` patients, or what ``unit`` names, and ``year`` may be None, not stated.

    ``status``: "verified", "review" (as the review prints it), "interim", "recalled" or "superseded".
    """

    name: str
    option: str
    design: str
    year: int | None = None
    n: int | None = None
    status: str = "verified"
    unit: str = PATIENTS

    @property
    def told(self) -> str:
        """Year, unless the name ends with it, and size, as they stand under the name."""
        year = "year ?, " if self.year is None else "" if self.name.endswith(f"{self.year}") else f"{self.year}, "
        unit = "" if self.n is None or self.unit == PATIENTS else f" {self.unit}"
        return f"{year}n {self.n if self.n is not None else '?'}{unit}"


def plot_evidence_map(
    entries: Iterable[MapEntry], *, title: str = "What has been studied", options: Sequence[str] = (),
    designs: Sequence[str] = (), notes: Sequence[str] = (), width: float = 180,
) -> Picture:  # fmt: skip
    """A row for each option, a column for each design, a bubble with name, year and n for each study.

    ``options`` and ``designs`` give the order, and rows or columns that are empty; what is not in them follows in the
    order in which it comes. The area of a bubble is the number of patients (or of what is named), its shape the status.
    Raises ``Problem`` without entries, with an unknown status or less than one patient, or where ``width`` (in mm)
    leaves columns too narrow to read.
    """
    found = list(entries)
    if not found:
        raise refuse("entries", "none", "one or more", "There is nothing to draw.", "empty")
    for entry in found:
        if entry.status not in SHAPES:
            listed = ", ".join(SHAPES)
            raise refuse(f"{entry.name}: status", f"{entry.status!r}", f"one of {listed}", "Use one of them.", "choice")
        if entry.n is not None and entry.n < 1:
            raise refuse(f"{entry.name}: n", f"{entry.n}", "1 or more, or None", "Give the patients.", "range")
    count = len(dict.fromkeys([*designs, *(entry.design for entry in found)]))
    least = LEAST_OPTIONS + LEAST_DESIGN * count
    if width < least:
        remedy = "Give more width, or merge designs."
        raise refuse("width", f"{width:g} mm for {count} designs", f"{least:g} mm or more", remedy, "width")
    drawn = _Map(found, title, options, designs, notes, width)
    return Picture(title, drawn.text, width, drawn.height, drawn.draw)


class _Map:
    """The places of everything on the map."""

    def __init__(
        self, entries: list[MapEntry], title: str, options: Sequence[str], designs: Sequence[str],
        notes: Sequence[str], width: float,
    ) -> None:  # fmt: skip
        self.entries, self.title, self.notes, self.width = entries, title, notes, width
        self.options = list(dict.fromkeys([*options, *(entry.option for entry in entries)]))
        self.designs = list(dict.fromkeys([*designs, *(entry.design for entry in entries)]))
        self.most = max((entry.n for entry in entries if entry.n is not None), default=1)
        names = max(text_width(option, weight="bold") for option in self.options)
        self.left = EDGE + min(names, OPTIONS * width) + 2
        self.bubble = min(LARGEST, BUBBLE_SHARE * (width - EDGE - self.left) / len(self.designs))
        self.widest = [max([0.0, *(self.bubble_of(one.n) for one in self._column(design))]) for design in self.designs]
        self.edges = self._columns()
        self.title_lines = across(title, width, weight="bold", lines=2)
        self.heads = [
            lines_of(one, self.edges[number + 1] - self.edges[number] - 2, SMALL_SIZE, 3, "bold")
            for number, one in enumerate(self.designs)
        ]
        self.top = EDGE + LINE * (len(self.title_lines) + max(map(len, self.heads))) + 2
        self.names = {one: lines_of(one, self.left - EDGE - 2, lines=4, weight="bold") for one in self.options}
        self.rows = [self._row_height(option) for option in self.options]
        self.foot = [line for note in notes for line in across(note, width, SMALL_SIZE)]
        self.key_lines = self._key()
        down = self.top + sum(self.rows) + 1.5 + (self.bubble_of(self._samples()[-1]) + 1.5 if self._samples() else 0)
        self.height = round(down + LINE * (len(self.key_lines) + len(self.foot)) + EDGE, 3)

    def _columns(self) -> list[float]:
        """Where columns begin, and the last one ends: as wide as their longest line of text, then shared out."""
        needs = [max([0.0, *map(self._need, self._column(design))]) for design in self.designs]
        least = [max(text_width(word, SMALL_SIZE, "bold") for word in f"{design} n".split()) for design in self.designs]
        needs = [
            max(need + bubble + 3.5, head + 3) for need, bubble, head in zip(needs, self.widest, least, strict=True)
        ]
        room = self.width - EDGE - self.left
        spare = max(0.0, room - sum(needs)) / len(needs)
        scale = min(1.0, room / sum(needs))
        edges = [self.left]
        for need in needs:
            edges.append(edges[-1] + need * scale + spare)
        return edges

    def _column(self, design: str) -> list[MapEntry]:
        return [entry for entry in self.entries if entry.design == design]

    def _need(self, entry: MapEntry) -> float:
        return max(text_width(entry.told, SMALL_SIZE), min(text_width(entry.name, SMALL_SIZE), NAME_ROOM))

    def lines(self, entry: MapEntry) -> list[str]:
        """The name on at most two lines, and what is told below."""
        place = self.designs.index(entry.design)
        room = self.edges[place + 1] - self.edges[place] - self.widest[place] - 2.5
        return [*lines_of(entry.name, room, SMALL_SIZE, 2), fitted(entry.told, room, SMALL_SIZE)]

    def bubble_of(self, n: int | None) -> float:
        """The diameter for ``n`` patients."""
        return max(SMALLEST, self.bubble * math.sqrt(n / self.most)) if n is not None else SMALLEST

    def cell(self, option: str, design: str) -> list[MapEntry]:
        """The studies of one cell, oldest first."""
        inside = [entry for entry in self.entries if (entry.option, entry.design) == (option, design)]
        return sorted(inside, key=lambda entry: (entry.year or 0, entry.name))

    def _entry_height(self, entry: MapEntry) -> float:
        return max(TEXT_LINE * len(self.lines(entry)), self.bubble_of(entry.n)) + 0.8

    def _row_height(self, option: str) -> float:
        cells = [sum(map(self._entry_height, self.cell(option, design))) for design in self.designs]
        return max(*cells, LINE * len(self.names[option]), LINE) + PADDING

    def _samples(self) -> list[int]:
        known = [sample for sample in SAMPLES if sample <= self.most]
        return known[-3:] if any(entry.n is not None for entry in self.entries) else []

    def _key(self) -> list[list[str]]:
        """The statuses that occur, on as many lines as they need."""
        lines: list[list[str]] = [[]]
        used = float(EDGE)
        for status in (one for one in SHAPES if any(entry.status == one for entry in self.entries)):
            need = 4 + text_width(SHAPES[status].words, SMALL_SIZE) + 5
            if lines[-1] and used + need > self.width - EDGE:
                lines.append([])
                used = EDGE
            lines[-1].append(status)
            used += need
        return lines

    @property
    def text(self) -> str:
        """The map in words, option by option."""
        parts = [f"{self.title}: {len(self.entries)} studies by option and design."]
        for option in self.options:
            inside = [entry for design in self.designs for entry in self.cell(option, design)]
            said = "; ".join(f"{one.name} ({one.design}, {one.told}, {SHAPES[one.status].words})" for one in inside)
            parts.append(f"{option}: {said or 'no study'}.")
        return " ".join([*parts, *self.notes])

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        sheet = Sheet(figure, self.width, self.height)
        axes = sheet.axes(0, 0, self.width, self.height)
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        axes.set_axis_off()
        y = sheet.put_lines(EDGE, EDGE, self.title_lines, fontweight="bold")
        for number, head in enumerate(self.heads):
            low = self.top - 0.8 - LINE * len(head)
            sheet.put_lines(self.edges[number] + 1, low, head, fontsize=SMALL_SIZE, fontweight="bold")
        sheet.rule(EDGE, self.width - EDGE, self.top - 0.4)
        y = self.top
        for number, (option, height) in enumerate(zip(self.options, self.rows, strict=True)):
            self._row(sheet, axes, number, option, y, height)
            y += height
        for x in self.edges[:-1]:
            axes.plot([x, x], [self.top, y], color=GRID, linewidth=0.5, zorder=1)
        sheet.rule(EDGE, self.width - EDGE, y)
        self._legend(sheet, axes, y + 1.5)

    def _row(self, sheet: Sheet, axes: Axes, number: int, option: str, y: float, height: float) -> None:
        if number % 2 == 0:
            axes.fill_between([EDGE, self.width - EDGE], y, y + height, color=FAINT, linewidth=0, zorder=0)
        sheet.put_lines(EDGE + 0.8, y + PADDING / 2, self.names[option], fontweight="bold")
        for place, design in enumerate(self.designs):
            below = y + PADDING / 2
            for entry in self.cell(option, design):
                tall = self._entry_height(entry)
                self._entry(sheet, axes, entry, place, below + tall / 2)
                below += tall

    def _mark(self, axes: Axes, x: float, y: float, size: float, status: str) -> None:
        shape = SHAPES[status]
        points = size * POINTS * shape.scale
        face = shape.colour if shape.filled else "white"
        axes.plot(
            [x], [y], shape.marker, color=shape.colour, markerfacecolor=face, markersize=points,
            markeredgewidth=0.0 if shape.filled else 1.0, zorder=3,
        )  # fmt: skip

    def _entry(self, sheet: Sheet, axes: Axes, entry: MapEntry, place: int, y: float) -> None:
        x, bubble = self.edges[place], self.widest[place]
        middle = x + 1 + bubble / 2
        self._mark(axes, middle, y, self.bubble_of(entry.n), entry.status)
        start = x + 1 + bubble + 1
        lines = self.lines(entry)
        for number, line in enumerate(lines):
            sheet.put(start, y + TEXT_LINE * (number - (len(lines) - 1) / 2), line, fontsize=SMALL_SIZE)

    def _legend(self, sheet: Sheet, axes: Axes, y: float) -> None:
        samples = self._samples()
        if samples:
            tall = self.bubble_of(samples[-1])
            x = EDGE + 0.8
            others = any(entry.n is not None and entry.unit != PATIENTS for entry in self.entries)
            words = "Patients, or what is named:" if others else "Patients:"
            sheet.put(x, y + tall / 2, words, fontsize=SMALL_SIZE)
            x += text_width(words, SMALL_SIZE) + 2
            for sample in samples:
                wide = self.bubble_of(sample)
                axes.plot(
                    [x + wide / 2], [y + tall / 2], "o", color=GREY, markerfacecolor="white",
                    markersize=wide * POINTS, zorder=3,
                )  # fmt: skip
                sheet.put(x + wide + 1, y + tall / 2, f"{sample}", fontsize=SMALL_SIZE)
                x += wide + 1 + text_width(f"{sample}", SMALL_SIZE) + 4
            if any(entry.n is None for entry in self.entries):
                sheet.put(x, y + tall / 2, "n ?: not stated, drawn small", fontsize=SMALL_SIZE)
            y += tall + 1.5
        for line in self.key_lines:
            x = EDGE + 0.8
            for status in line:
                self._mark(axes, x + 1.3, y + LINE / 2, 2 * SMALLEST, status)
                sheet.put(x + 4, y + LINE / 2, SHAPES[status].words, fontsize=SMALL_SIZE)
                x += 4 + text_width(SHAPES[status].words, SMALL_SIZE) + 5
            y += LINE
        sheet.put_lines(EDGE + 0.8, y, self.foot, fontsize=SMALL_SIZE)

"""The forest plot: each study's estimate and interval, the pooled diamond, what a further study would show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..figures import (
    COARSE,
    EDGE,
    GREY,
    GRID,
    INK,
    LINE,
    NARROW,
    SIZE,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    lines_of,
    text_width,
)
from ._forest_marks import LARGEST_SQUARE, SMALLEST_SQUARE, Row, draw_row
from ._measures import MEASURES
from ._pool import METHODS, Pooled, notes_of
from ._scale import Scale, scale_of
from ._study import LEVEL, Study, refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_forest"]

ROW = 5.2
SECOND_LINE = 1.6
"""Added to every row where a name needs two lines."""
NAME_LINE = 3.1
NAMES = 0.34
"""Share of the width that names may take."""
GAP = 3.0
AXIS = 5.0
POOLED = "Pooled"
PREDICTION = "Prediction interval"
MOST_LINES = 60
"""Room for a whole note: arms or differences that are cut off are not told."""


def plot_forest(
    pooled: Pooled | Sequence[Study], *, title: str = "", label: str = "", better: str = "",
    worse: str = "", notes: Sequence[str] = (), width: float = 150,
) -> Picture:  # fmt: skip
    """The forest of a pooled result, or of studies that are shown beside one another and not pooled.

    The area of a square is the study's weight; an arrow marks an interval cut at the edge; a hollow square has no
    interval. ``label`` names the axis, such as "5-year survival"; ``better`` and ``worse`` are written under the left
    and the right of no difference; ``notes`` stand at the foot; ``width`` is in millimetres (below 110 the numbers
    stand under the names).
    Raises ``Problem`` without studies, or with studies of several measures.
    """
    studies = list(pooled.studies) if isinstance(pooled, Pooled) else list(pooled)
    if not studies or len({study.measure for study in studies}) > 1:
        found = "studies of several measures" if studies else "no study"
        raise refuse("studies", found, "studies of one measure", "Draw each measure by itself.", "measure")
    forest = _Forest(
        studies, pooled if isinstance(pooled, Pooled) else None, title, label, (better, worse), notes, width
    )
    return Picture(forest.title, forest.text, width, forest.height, forest.draw)


class _Forest:
    """The places of everything in a forest."""

    def __init__(
        self, studies: list[Study], pooled: Pooled | None, title: str, label: str, sides: tuple[str, str],
        notes: Sequence[str], width: float,
    ) -> None:  # fmt: skip
        self.pooled, self.sides, self.width = pooled, sides, width
        self.level = pooled.level if pooled else LEVEL
        self.measure = MEASURES[studies[0].measure]
        self.label = label or self.measure.name.capitalize()
        self.title = title or f"{self.label} by study"
        self.rows = [self._study_row(study, position, studies) for position, study in enumerate(studies)]
        self.rows += self._pooled_rows()
        self.studies = studies
        told = pooled.notes if pooled else notes_of(studies)
        self.notes = tuple(part for part in (self._heterogeneity(), *told, *notes) if part)
        self._columns()
        foot = LINE * any(sides) + LINE * len(self._foot_lines())
        self.top = EDGE + LINE * len(self._title_lines()) + 1 + LINE
        self.plot_height = self.row * len(self.rows)
        self.height = round(self.top + self.plot_height + AXIS + LINE + 1.5 + foot + EDGE, 3)

    def _title_lines(self) -> list[str]:
        return across(self.title, self.width, weight="bold", lines=2)

    def _foot_lines(self) -> list[str]:
        return [line for note in self.notes for line in across(_ended(note), self.width, SMALL_SIZE, MOST_LINES)]

    def _heterogeneity(self) -> str:
        return f"{_method(self.pooled)}. {self.pooled.heterogeneity}" if self.pooled and self.pooled.df else ""

    def _columns(self) -> None:
        """Names, n, axes, numbers and weights, from left to right; in a narrow picture numbers go below the names."""
        self.stacked = self.width < NARROW
        self.lift = LINE / 2 if self.stacked else 0.0
        level = f"{100 * self.level:g} %"
        self.heads = ("Study", "n", f"{self.measure.heading} ({level} CI)", "Weight")

        def widest(head: str, cells: list[str], weight: str = "bold") -> float:
            sizes = [text_width(cell, SMALL_SIZE, weight) for cell in cells if cell]
            return max([*sizes, text_width(head, SMALL_SIZE, "bold")]) if sizes else 0.0

        names = max(text_width(row.name, SIZE, "bold" if row.kind != "study" else "normal") for row in self.rows)
        numbers = widest(self.heads[2], [row.numbers for row in self.rows])
        n, weight = widest("n", [row.n for row in self.rows]), widest("Weight", [row.weight for row in self.rows])
        self.weight_end = self.width - EDGE
        if self.stacked:
            self.names = max(numbers, NAMES * self.width)
            self.row = ROW + LINE
            self.n_end = self.numbers_end = 0.0
            self.left = EDGE + self.names + GAP
            self.right = self.weight_end - (weight + GAP if weight else 1.0)
            return
        self.names = min(names, NAMES * self.width)
        self.row = ROW + SECOND_LINE * (names > self.names)
        self.n_end = EDGE + self.names + GAP + n
        self.left = self.n_end + GAP if n else EDGE + self.names + GAP
        self.numbers_end = self.weight_end - (weight + GAP if weight else 0.0)
        self.right = self.numbers_end - numbers - GAP

    def _study_row(self, study: Study, position: int, studies: list[Study]) -> Row:
        limits, side, weight = study.limits(self.level), SMALLEST_SQUARE * 2, ""
        if self.pooled and len(studies) > 1:
            share = self.pooled.weights[position]
            side = max(SMALLEST_SQUARE, LARGEST_SQUARE * math.sqrt(share / max(self.pooled.weights)))
            weight = f"{share:.1f} %"
        shown = self.measure.shown(study.estimate)
        numbers = f"{shown} ({self.measure.interval(*limits)})" if limits else f"{shown} (no interval)"
        n = f"{study.n}" if study.n is not None else ""
        return Row(study.name, n, numbers, weight, study.estimate, limits, side)

    def _pooled_rows(self) -> list[Row]:
        one = self.pooled
        if one is None or len(one.studies) < 2:
            return []
        limits = (one.low, one.high)
        numbers = f"{self.measure.shown(one.estimate)} ({self.measure.interval(*limits)})"
        counts = [study.n for study in one.studies]
        total = f"{sum(count for count in counts if count is not None)}" if None not in counts else ""
        rows = [Row(POOLED, total, numbers, "100 %", one.estimate, limits, kind="pooled")]
        if one.prediction:
            shown = self.measure.interval(*one.prediction)
            rows.append(Row(PREDICTION, "", shown, "", None, one.prediction, kind="prediction"))
        return rows

    @property
    def text(self) -> str:
        """The picture in words."""
        studies = [row for row in self.rows if row.kind == "study"]
        said = "; ".join(f"{row.name}{f' (n {row.n})' if row.n else ''} {row.numbers}" for row in studies)
        level = f"{100 * self.level:g} % confidence interval"
        what = f"{self.title}: {self.label[0].lower() + self.label[1:]} with {level}. {said}."
        whole = self.pooled.sentence if self.pooled and self.pooled.df else "Not pooled."
        notes = self.notes[1:] if self.pooled and self.pooled.df else self.notes
        return " ".join([what, whole, *map(_ended, notes)])

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        sheet = Sheet(figure, self.width, self.height)
        sheet.put_lines(EDGE, EDGE, self._title_lines(), fontweight="bold")
        axes = sheet.axes(self.left, self.top, self.right - self.left, self.plot_height)
        shown = [row.estimate for row in self.rows if row.estimate is not None]
        limits = [row.limits for row in self.rows if row.limits]
        scale = scale_of(self.studies[0].measure, self.measure.null, shown, limits, self.right - self.left)
        self._prepare(axes, scale)
        for position, row in enumerate(self.rows):
            draw_row(axes, scale, position + self.lift / self.row, self.row, row)
        self._words(sheet, scale)

    def _prepare(self, axes: Axes, scale: Scale) -> None:
        axes.set_xlim(scale.low, scale.high)
        axes.set_ylim(len(self.rows) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xticks([place for place, _ in scale.ticks], [label for _, label in scale.ticks])
        axes.spines["left"].set_visible(False)
        axes.patch.set_visible(False)
        log = ", log scale" if scale.log else ""
        axes.set_xlabel(fitted(f"{self.label}{log}", self.right - self.left + 2 * GAP), labelpad=1.5)
        if self.measure.null is not None:
            axes.axvline(scale.at(self.measure.null), color=GREY, linewidth=0.8, zorder=1)
        if self.pooled and self.pooled.df:
            middle = [scale.cut(self.pooled.estimate)] * 2
            axes.plot(middle, [-0.5, len(self.studies)], color=INK, linewidth=0.7, linestyle=(0, (3, 2)), zorder=1)

    def _words(self, sheet: Sheet, scale: Scale) -> None:
        head = self.top - LINE / 2 - 0.5
        bold = {"fontsize": SMALL_SIZE, "fontweight": "bold"}
        sheet.put(EDGE, head, self.heads[2] if self.stacked else self.heads[0], **bold)
        if not self.stacked:
            if any(row.n for row in self.rows):
                sheet.put(self.n_end, head, self.heads[1], ha="right", **bold)
            sheet.put(self.numbers_end, head, self.heads[2], ha="right", **bold)
        if any(row.weight for row in self.rows):
            sheet.put(self.weight_end, head, self.heads[3], ha="right", **bold)
        sheet.rule(EDGE, self.width - EDGE, self.top - 0.3)
        for position, row in enumerate(self.rows):
            self._row_words(sheet, position, row)
        y = self.top + self.plot_height + AXIS + LINE + 1
        if any(self.sides):
            self._side_words(sheet, scale, y + LINE / 2)
            y += LINE
        sheet.put_lines(EDGE, y + 0.5, self._foot_lines(), fontsize=SMALL_SIZE)

    def _row_words(self, sheet: Sheet, position: int, row: Row) -> None:
        y = self.top + self.row * (position + 0.5)
        weight = "bold" if row.kind == "pooled" else "normal"
        if row.kind == "pooled":
            sheet.rule(EDGE, self.width - EDGE, y - self.row / 2, GREY, 0.5)
        elif position and row.kind == "study":
            sheet.rule(EDGE, self.width - EDGE, y - self.row / 2, GRID, 0.4)
        self._name(sheet, y, row.name, weight)
        more = {"fontsize": SMALL_SIZE, "fontweight": weight}
        if self.stacked:
            sheet.put(EDGE, y + self.lift, row.numbers, **more)
        else:
            sheet.put(self.n_end, y, row.n, ha="right", **more)
            sheet.put(self.numbers_end, y, row.numbers, ha="right", **more)
        sheet.put(self.weight_end, y + self.lift, row.weight, ha="right", **more)

    def _name(self, sheet: Sheet, y: float, name: str, weight: str) -> None:
        """On one line across a narrow picture, covering the lines behind it; else on up to two in its column."""
        if self.stacked:
            behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            shown = fitted(name, self.width - 2 * EDGE, SIZE, weight)
            sheet.put(EDGE, y - self.lift, shown, fontweight=weight, bbox=behind)
            return
        lines = lines_of(name, self.names, lines=2, weight=weight)
        for number, line in enumerate(lines):
            sheet.put(EDGE, y + NAME_LINE * (number - (len(lines) - 1) / 2), line, fontweight=weight)

    def _side_words(self, sheet: Sheet, scale: Scale, y: float) -> None:
        """The two sides of no difference, each beneath its own."""
        span = self.right - self.left
        null = scale.cut(self.measure.null) if self.measure.null is not None else (scale.low + scale.high) / 2
        middle = self.left + span * (null - scale.low) / (scale.high - scale.low)
        left, right = (f"◂ {self.sides[0]}" if self.sides[0] else ""), (f"{self.sides[1]} ▸" if self.sides[1] else "")
        end = self.width - EDGE
        start = max(self.width / 2, min(middle + 1.5, end - text_width(right, SMALL_SIZE) / COARSE)) if right else end
        sheet.put(start, y, fitted(right, COARSE * (end - start), SMALL_SIZE), fontsize=SMALL_SIZE)
        stop = min(middle, start) - 1.5
        sheet.put(stop, y, fitted(left, COARSE * (stop - EDGE), SMALL_SIZE), ha="right", fontsize=SMALL_SIZE)


def _method(pooled: Pooled) -> str:
    words = METHODS[pooled.method]
    return words[0].upper() + words[1:]


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

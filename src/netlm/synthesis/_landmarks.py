"""Published results by stratum: a dot and its interval for each, with the number of patients beside it.

What was published in words only, such as which of two curves ran higher, stands in words below its strata.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..figures import (
    EDGE,
    GREY,
    GRID,
    INK,
    LINE,
    NARROW,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    number,
    series,
    text_width,
)
from ._scale import FEW_SHARES, SHARES, TICK_ROOM, even_ticks
from ._study import refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Comparison", "Stratum", "plot_landmarks"]

ROW = 4.8
AXIS = 5.0
GAP = 3.0
NAMES = 0.45
HALF_LABEL = 4.5
HEADROOM = 1.08
UNITS = ("share", "months", "years")
SELECTED = "Published series of selected patients: no prediction for one patient, and not comparable between options."
BARE = "A dot without a line: no interval published."
UNSTATED = "n ?: number of patients not stated."
IN_WORDS = "Comparisons in words: published without a number of this measure."
NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Stratum:
    """A published result of one stratum; ``estimate`` None is a median that was not reached.

    ``group`` is the heading under which it stands, such as the study or "Resection margin".
    """

    name: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    group: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both limits, or nothing."""
        return (self.low, self.high) if self.low is not None and self.high is not None else None


@dataclass(frozen=True)
class Comparison:
    """What was published of strata in words, without a number to draw; ``group`` as for a ``Stratum``."""

    text: str
    group: str = ""


def plot_landmarks(
    strata: Iterable[Stratum | Comparison], *, measure: str, unit: str = "share", title: str = "",
    notes: Sequence[str] = (), caution: str = SELECTED, width: float = 150,
) -> Picture:  # fmt: skip
    """Published results by stratum, in the order given, as dots with their intervals.

    ``measure`` names the axis, such as "5-year survival"; ``unit`` is "share" (0 to 1, shown as percent), "months" or
    "years". Intervals are drawn only where they were published, and a ``Comparison`` is told at its place.
    ``notes`` stand below, and ``caution``, which says that the patients were selected, is the last of them.
    Raises ``Problem`` without strata, for another unit, a share outside 0 to 1, negative times, one limit alone, or an
    interval that does not hold its estimate.
    """
    found = list(strata)
    drawn = [one for one in found if isinstance(one, Stratum)]
    if not drawn:
        raise refuse("strata", "none", "one or more", "There is nothing to draw.", "empty")
    if unit not in UNITS:
        listed = ", ".join(UNITS)
        raise refuse("unit", f"{unit!r}", f"one of {listed}", f"Use one of {listed}.", "choice")
    for stratum in drawn:
        _check(stratum, unit)
    chart = _Chart(found, drawn, measure, unit, title or f"{measure} as published", notes, caution, width)
    return Picture(chart.title, chart.text, width, chart.height, chart.draw)


def _check(stratum: Stratum, unit: str) -> None:
    for place, value in (("estimate", stratum.estimate), ("low", stratum.low), ("high", stratum.high)):
        if value is None:
            continue
        if not (math.isfinite(value) and value >= 0 and (unit != "share" or value <= 1)):
            expected = "0 to 1" if unit == "share" else "0 or more"
            remedy = "Give percentages divided by 100." if unit == "share" else "Look the number up."
            raise refuse(f"{stratum.name}: {place}", f"{value:g}", expected, remedy, "range")
    if (stratum.low is None) != (stratum.high is None):
        raise refuse(stratum.name, "one limit alone", "both or none", "Give both limits or neither.", "interval")
    if stratum.interval and stratum.estimate is not None:
        low, high = stratum.interval
        if not low <= stratum.estimate <= high:
            found = f"{stratum.estimate:g} outside {low:g} to {high:g}"
            raise refuse(stratum.name, found, "an estimate inside its interval", "One is misprinted.", "interval")


class _Chart:
    """The places of everything in the chart; a line is a heading (text), a stratum, or a line of a comparison."""

    def __init__(
        self, found: list[Stratum | Comparison], strata: list[Stratum], measure: str, unit: str, title: str,
        notes: Sequence[str], caution: str, width: float,
    ) -> None:  # fmt: skip
        self.strata, self.measure, self.unit, self.title, self.width = strata, measure, unit, title, width
        self.found, self.indent = found, 2.0 if any(one.group for one in found) else 0.0
        self.lines: list[Stratum | Comparison | str] = []
        for position, one in enumerate(found):
            if one.group and (not position or found[position - 1].group != one.group):
                self.lines.append(one.group)
            self.lines += [one] if isinstance(one, Stratum) else self._wrapped(one)
        bare = any(one.interval is None and one.estimate is not None for one in strata)
        unknown = any(one.n is None for one in strata)
        worded = len(found) > len(strata)
        said = ((bare, BARE), (unknown, UNSTATED), (worded, IN_WORDS))
        self.notes = (*notes, *(note for holds, note in said if holds), caution)
        self.foot = [line for note in self.notes for line in across(note, width, SMALL_SIZE)]
        self.title_lines = across(title, width, weight="bold", lines=2)
        self._columns()
        self.top = EDGE + LINE * len(self.title_lines) + 1 + LINE
        self.plot_height = self.row * len(self.lines)
        self.height = round(self.top + self.plot_height + AXIS + LINE + 2 + LINE * len(self.foot) + EDGE, 3)

    def _wrapped(self, comparison: Comparison) -> list[Comparison]:
        lines = across(comparison.text, self.width - self.indent, SMALL_SIZE)
        return [Comparison(line, comparison.group) for line in lines]

    def _columns(self) -> None:
        self.stacked = self.width < NARROW
        self.row = ROW + LINE * self.stacked
        self.head = "Estimate (interval)" if any(one.interval for one in self.strata) else "Estimate"
        names = max(text_width(one.name) for one in self.strata) + self.indent
        numbers = max([text_width(self._numbers(one), SMALL_SIZE) for one in self.strata])
        numbers = max(numbers, text_width(self.head, SMALL_SIZE, "bold"))
        self.n_width = max([text_width(_n(one), SMALL_SIZE) for one in self.strata])
        if self.stacked:
            self.names = max(numbers + self.indent, NAMES * self.width)
            self.right = self.width - EDGE - HALF_LABEL
        else:
            self.names = min(names, NAMES * self.width) + GAP + self.n_width
            self.right = self.width - EDGE - numbers - GAP
        self.left = EDGE + self.names + GAP

    def _numbers(self, stratum: Stratum) -> str:
        """What stands to the right of the axes, or below the name in a narrow picture, n with it."""
        return f"n {_n(stratum)}: {self.shown(stratum)}" if self.stacked else self.shown(stratum)

    def value(self, value: float) -> str:
        """A value as printed."""
        return number(100 * value) if self.unit == "share" else number(value)

    def shown(self, stratum: Stratum) -> str:
        """Estimate and interval."""
        unit = " %" if self.unit == "share" else f" {self.unit}"
        if stratum.estimate is None:
            return NOT_REACHED
        if stratum.interval is None:
            return f"{self.value(stratum.estimate)}{unit}"
        low, high = map(self.value, stratum.interval)
        return f"{self.value(stratum.estimate)}{unit} ({low} to {high})"

    @property
    def text(self) -> str:
        """The chart in words."""
        said = []
        for one in self.found:
            group = f"{one.group}, " if one.group else ""
            if isinstance(one, Comparison):
                said.append(f"{group}{one.text}")
                continue
            n = f"n {one.n}" if one.n is not None else "n not stated"
            said.append(f"{group}{one.name} ({n}) {self.shown(one)}")
        return " ".join([f"{self.title}: {self.measure}. {'; '.join(said)}.", *self.notes])

    def _end(self) -> float:
        if self.unit == "share":
            return 1.0
        values = [value for one in self.strata for value in (one.estimate, one.high) if value is not None]
        return HEADROOM * max(values, default=1.0) or 1.0

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        sheet = Sheet(figure, self.width, self.height)
        sheet.put_lines(EDGE, EDGE, self.title_lines, fontweight="bold")
        width, end = self.right - self.left, self._end()
        axes = sheet.axes(self.left, self.top, width, self.plot_height)
        axes.set_xlim(0, end)
        axes.set_ylim(len(self.lines) - 0.5, -0.5)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.patch.set_visible(False)
        ticks = self._ticks(width, end)
        axes.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
        unit = "" if self.unit == "share" else f" ({self.unit})"
        axes.set_xlabel(fitted(f"{self.measure}{unit}", width + GAP), labelpad=1.5)
        self._heads(sheet)
        for position, line in enumerate(self.lines):
            y = self.top + self.row * (position + 0.5)
            if isinstance(line, str):
                heading = across(line, self.width, weight="bold", lines=1 + self.stacked)
                sheet.put_lines(EDGE, y - LINE * len(heading) / 2, heading, fontweight="bold")
            elif isinstance(line, Comparison):
                sheet.put(EDGE + self.indent, y, line.text, fontsize=SMALL_SIZE)
            else:
                for place, _ in ticks:
                    axes.plot([place] * 2, [position - 0.5, position + 0.5], color=GRID, linewidth=0.5, zorder=0)
                self._stratum(sheet, axes, line, position, y, end)
        foot = self.top + self.plot_height + AXIS + LINE + 2
        sheet.put_lines(EDGE, foot, self.foot, fontsize=SMALL_SIZE)

    def _ticks(self, width: float, end: float) -> list[tuple[float, str]]:
        if self.unit != "share":
            return even_ticks(0, end, width)
        shares = SHARES if width >= TICK_ROOM * len(SHARES) else FEW_SHARES
        return [(share, f"{100 * share:g} %") for share in shares]

    def _heads(self, sheet: Sheet) -> None:
        y, bold = self.top - LINE / 2 - 0.5, {"fontsize": SMALL_SIZE, "fontweight": "bold"}
        sheet.put(EDGE, y, self.head if self.stacked else "Stratum", **bold)
        if not self.stacked:
            sheet.put(EDGE + self.names, y, "n", ha="right", **bold)
            sheet.put(self.width - EDGE, y, self.head, ha="right", **bold)
        sheet.rule(EDGE, self.width - EDGE, self.top - 0.3)

    def _stratum(self, sheet: Sheet, axes: Axes, stratum: Stratum, position: int, y: float, end: float) -> None:
        lift = LINE / 2 if self.stacked else 0.0
        mark = [position + lift / self.row] * 2
        room = self.width - 2 * EDGE if self.stacked else self.names - self.n_width - GAP
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.4} if self.stacked else None
        sheet.put(EDGE + self.indent, y - lift, fitted(stratum.name, room - self.indent), bbox=behind)
        if not self.stacked:
            sheet.put(EDGE + self.names, y, _n(stratum), ha="right", fontsize=SMALL_SIZE)
        x, side = (EDGE + self.indent, "left") if self.stacked else (self.width - EDGE, "right")
        sheet.put(x, y + lift, self._numbers(stratum), ha=side, fontsize=SMALL_SIZE)
        colour = series(0).colour
        if stratum.interval:
            axes.plot(stratum.interval, mark, color=INK, linewidth=1.1, zorder=3)
        if stratum.estimate is None:
            axes.plot([0, end], mark, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=2)
            axes.plot([end], mark[:1], ">", color=GREY, markersize=4, clip_on=False, zorder=4)
            return
        axes.plot([stratum.estimate], mark[:1], "o", color=colour, markersize=5, clip_on=False, zorder=4)


def _n(stratum: Stratum) -> str:
    return f"{stratum.n}" if stratum.n is not None else "?"

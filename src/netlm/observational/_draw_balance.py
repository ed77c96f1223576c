"""The love plot: each covariate's standardised difference, before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import (
    EDGE,
    FAINT,
    GREY,
    INK,
    LINE,
    SMALL_SIZE,
    Picture,
    Sheet,
    across,
    fitted,
    lines_of,
    number,
    series,
    text_width,
)  # fmt: skip
from ._balance import THRESHOLD, Balance
from ._door import refuse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_balance"]

ROW = 5.0
TALL_ROW = 6.6
NAMES = 0.34
"""Share of the width that names may take."""
GAP = 3.0
AXIS = 10.0
LEAST_END = 0.25
HEADROOM = 1.06
STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
MOST_STEPS = 5
MOST = 5
"""So many adjustments can be told apart in a row."""
TEXT_LINE = 3.0
BEFORE = "before"
ADJUSTED, BARE = "Balance before and after", "Balance before any adjustment"


def plot_balance(
    balances: Mapping[str, Balance], *, title: str = "", notes: Sequence[str] = (),
    width: float = 150,
) -> Picture:  # fmt: skip
    """The love plot of one or several adjustments of the same rows, by name: matching beside weighting.

    Covariates stand in the order of their difference before, largest first, drawn without its sign; a dashed line
    marks 0.1. Marks at the right edge stand for differences without end.
    Raises ``Problem`` without balances, for more than five, and where they are not of the same covariates and rows.
    """
    found = dict(balances)
    if not 0 < len(found) <= MOST:
        raise refuse("balances", f"{len(found)}", f"1 to {MOST}", "Draw fewer at a time.", "range")
    first = next(iter(found.values()))
    for name, one in found.items():
        if one.names != first.names or not np.array_equal(one.before, first.before):
            told = f"`{name}` with another state before"
            raise refuse("balances", told, "the same covariates and rows", "Draw it by itself.", "usage")
    drawn = _Love(found, title or (ADJUSTED if any(one.weighted for one in found.values()) else BARE), notes, width)
    return Picture(drawn.title, drawn.text, width, drawn.height, drawn.draw)


class _Love:
    """The places of everything in the plot."""

    def __init__(self, balances: dict[str, Balance], title: str, notes: Sequence[str], width: float) -> None:
        self.title, self.width = title, width
        first = next(iter(balances.values()))
        order = np.argsort(-np.abs(first.before), kind="stable")
        self.names = [first.names[k] for k in order]
        adjusted = {name: np.abs(one.after)[order] for name, one in balances.items() if one.weighted}
        self.columns = {BEFORE: np.abs(first.before)[order], **adjusted}
        self.title_lines = across(title, width, weight="bold", lines=2)
        self.room = NAMES * width
        self.lines = [lines_of(name, self.room, lines=2) for name in self.names]
        self.row = TALL_ROW if any(len(lines) > 1 for lines in self.lines) else ROW
        self.left = EDGE + min(self.room, max(text_width(line) for lines in self.lines for line in lines)) + GAP
        told = [f"{name} {_outside(values)}" for name, values in self.columns.items()]
        self.notes = [
            f"More than {THRESHOLD:g} SD (dashed) apart: {', '.join(told)} of {len(self.names)} covariates.",
            *notes,
        ]
        self.foot = [line for note in self.notes for line in across(note, width, SMALL_SIZE)]
        self.keys = self._key_lines()
        self.top = EDGE + LINE * (len(self.title_lines) + len(self.keys)) + 2
        self.plot_height = self.row * len(self.names)
        self.height = round(self.top + self.plot_height + AXIS + LINE * len(self.foot) + EDGE, 3)
        finite = [float(value) for values in self.columns.values() for value in values if math.isfinite(value)]
        self.end = max(LEAST_END, HEADROOM * max(finite, default=0.0))

    def _key_lines(self) -> list[list[str]]:
        lines: list[list[str]] = [[]]
        used = EDGE
        for name in self.columns:
            need = 4 + text_width(self._shown(name)) + 5
            if lines[-1] and used + need > self.width - EDGE:
                lines.append([])
                used = EDGE
            lines[-1].append(name)
            used += need
        return lines

    def _shown(self, name: str) -> str:
        return fitted(name, self.width - 2 * EDGE - 10)

    @property
    def text(self) -> str:
        """The plot in words."""
        said = []
        for place, covariate in enumerate(self.names):
            values = ", ".join(f"{name} {number(float(v[place]), 2)}" for name, v in self.columns.items())
            said.append(f"{covariate} {values}")
        return " ".join([f"{self.title}: standardised mean differences. {'; '.join(said)}.", *self.notes])

    def draw(self, figure: Figure) -> None:
        """Draw all of it."""
        sheet = Sheet(figure, self.width, self.height)
        y = sheet.put_lines(EDGE, EDGE, self.title_lines, fontweight="bold")
        whole = sheet.axes(0, 0, self.width, self.height)
        whole.set_xlim(0, self.width)
        whole.set_ylim(self.height, 0)
        whole.set_axis_off()
        self._key(sheet, whole, y)
        axes = sheet.axes(self.left, self.top, self.width - self.left - 2 * EDGE, self.plot_height)
        self._prepare(axes)
        for number_of_name, lines in enumerate(self.lines):
            middle = self.top + self.row * (number_of_name + 0.5)
            for k, line in enumerate(lines):
                sheet.put(EDGE, middle + TEXT_LINE * (k - (len(lines) - 1) / 2), line)
        for place, values in enumerate(self.columns.values()):
            self._marks(axes, place, values)
        sheet.put_lines(EDGE, self.top + self.plot_height + AXIS, self.foot, fontsize=SMALL_SIZE)

    def _key(self, sheet: Sheet, whole: Axes, y: float) -> None:
        place = 0
        for line in self.keys:
            x = EDGE
            for name in line:
                whole.plot([x + 1.3], [y + LINE / 2], zorder=3, **_mark(place))
                sheet.put(x + 4, y + LINE / 2, self._shown(name))
                x += 4 + text_width(self._shown(name)) + 5
                place += 1
            y += LINE

    def _prepare(self, axes: Axes) -> None:
        axes.set_xlim(0, self.end)
        axes.set_ylim(len(self.names) - 0.5, -0.5)
        axes.set_yticks([])
        axes.spines["left"].set_color(INK)
        step = next((one for one in STEPS if self.end / one <= MOST_STEPS), 10 ** math.ceil(math.log10(self.end)))
        ticks = [step * k for k in range(int(self.end / step) + 1)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlabel("standardised mean difference", labelpad=1.5)
        for place in range(0, len(self.names), 2):
            axes.axhspan(place - 0.5, place + 0.5, color=FAINT, linewidth=0, zorder=0)
        axes.axvline(THRESHOLD, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)

    def _marks(self, axes: Axes, place: int, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        known = ~np.isnan(values)
        across_ = np.minimum(values[known], self.end)
        axes.plot(across_, np.flatnonzero(known), clip_on=False, zorder=3 + place, **_mark(place))


def _outside(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    return int((~(values <= THRESHOLD)).sum())


def _mark(place: int) -> dict[str, Any]:
    """Hollow circles before; filled shapes of their own after."""
    look = series(place)
    return {
        "linestyle": "none", "marker": look.marker, "color": look.colour, "markersize": 5.0 - 0.3 * place,
        "markerfacecolor": "white" if place == 0 else look.colour, "markeredgewidth": 1.1 if place == 0 else 0.6,
    }  # fmt: skip

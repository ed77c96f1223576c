"""Pictures of models and of what they assume: forest, log-minus-log, Schoenfeld residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import GREY, GRID, INK, SIZE, SMALL_SIZE, Picture, fitted, series, text_width
from ._cox_result import Cox
from ._door import refuse
from ._draw_parts import styles_of
from ._frame import EDGE, LINE, NARROW, Block, Frame, Key, nice_ticks
from ._kaplan_meier import KaplanMeier
from ._proportional import ProportionalHazards
from ._tables import name_of, number, p_value, ratio
from ._types import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_forest", "plot_log_minus_log", "plot_schoenfeld"]

ROW = 5.0
TICK_ROOM = 9.0
"""Millimetres that a tick label needs."""
NICE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
WIDEST_RANGE = 100.0
SPAN = 0.5
"""Share of the points that a local line rests on."""
GRID_POINTS = 60
FAR = 2.0


def plot_forest(
    cx: Cox, *, title: str = "Hazard ratios", labels: Sequence[str] | None = None, width: float = 150,
    better: str = "", worse: str = "",
) -> Picture:  # fmt: skip
    """The hazard ratios with their intervals, on a log scale; numbers beside them.

    ``labels`` replaces the names; ``better`` and ``worse`` are written under the two sides of 1.
    A covariate without a finite estimate is named and says so.
    """
    names = list(labels) if labels is not None else list(cx.names)
    if len(names) != len(cx.names):
        raise refuse("labels", f"{len(names)} labels", f"{len(cx.names)}", "Name each covariate.", "length")
    level = f"{100 * cx.conf_level:g} %"
    forest = _Forest(cx, names, title, level, width, better, worse)
    return Picture(title, forest.text, width, forest.height, forest.draw)


class _Forest:
    """The forest with its three columns: name, interval, numbers."""

    def __init__(
        self, cx: Cox, names: list[str], title: str, level: str, width: float, better: str, worse: str
    ) -> None:
        self.cx, self.names, self.title, self.width = cx, names, title, width
        self.better, self.worse = better, worse
        self.limits = cx.hazard_ratio_limits
        self.numbers = [self._numbers(position) for position in range(len(names))]
        self.head = f"HR ({level} interval), p"
        self.stacked = width < NARROW
        self.row = ROW + LINE * self.stacked
        beside = max(text_width(text, SMALL_SIZE) for text in [*self.numbers, self.head])
        longest = max(text_width(name) for name in names)
        self.right = EDGE + 2 if self.stacked else beside + EDGE + 2
        self.left = beside + EDGE + 3 if self.stacked else min(0.36 * width, longest + EDGE + 3)
        self.foot = 9.0 + LINE * bool(better or worse)
        self.height = round(EDGE + 2 * LINE + self.row * len(names) + self.foot + EDGE, 3)

    def _finite(self, position: int) -> bool:
        return bool(np.isfinite(self.limits[position]).all()) and self.cx.names[position] not in self.cx.infinite

    def _numbers(self, position: int) -> str:
        if not self._finite(position):
            return "no finite estimate"
        low, high = self.limits[position]
        shown = f"{ratio(self.cx.hazard_ratios[position])} ({ratio(low)} to {ratio(high)})"
        return f"{shown}, {p_value(float(self.cx.p[position]))}"

    @property
    def text(self) -> str:
        said = "; ".join(f"{name} {numbers}" for name, numbers in zip(self.names, self.numbers, strict=True))
        model = f"Cox model of {self.cx.n} rows with {self.cx.n_events} events"
        return f"{self.title}: {model}. {said}."

    def _scale(self) -> tuple[float, float, list[float]]:
        shown = self.limits[[self._finite(position) for position in range(len(self.names))]]
        low = max(float(shown.min(initial=0.5)), 1 / WIDEST_RANGE)
        high = min(float(shown.max(initial=2.0)), WIDEST_RANGE)
        ticks = [tick for tick in NICE if low <= tick <= high]
        most = max(2, int((self.width - self.left - self.right) / TICK_ROOM))
        while len(ticks) > most:
            ticks = [tick for tick in ticks if ticks.index(tick) % 2 == ticks.index(1) % 2]
        return low / 1.15, high * 1.15, ticks

    def draw(self, figure: Figure) -> None:
        plot_width, plot_height = self.width - self.left - self.right, self.row * len(self.names)
        top = EDGE + 2 * LINE
        axes = figure.add_axes(
            (
                self.left / self.width, 1 - (top + plot_height) / self.height,
                plot_width / self.width, plot_height / self.height,
            )
        )  # fmt: skip
        low, high, ticks = self._scale()
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(len(self.names) - 0.5, -0.5)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("Hazard ratio (log scale)", labelpad=2)
        axes.axvline(1, color=GREY, linewidth=0.8, zorder=1)
        for position in range(len(self.names)):
            self._row(axes, position, low, high)
        self._words(figure, top, plot_height)

    def _row(self, axes: Axes, position: int, low: float, high: float) -> None:
        axes.axhline(position + 0.5, color=GRID, linewidth=0.4, zorder=0)
        if not self._finite(position):
            return
        lower, upper = (min(max(float(limit), low), high) for limit in self.limits[position])
        axes.plot([lower, upper], [position, position], color=INK, linewidth=1.1, zorder=3)
        for end, limit, marker in ((low, self.limits[position, 0], "<"), (high, self.limits[position, 1], ">")):
            if limit < low or limit > high:
                axes.plot([end], [position], marker, color=INK, markersize=4, clip_on=False, zorder=4)
        if low <= self.cx.hazard_ratios[position] <= high:
            axes.plot(
                [self.cx.hazard_ratios[position]], [position], "s", color=series(0).colour, markersize=3.6, zorder=5
            )

    def _words(self, figure: Figure, top: float, plot_height: float) -> None:
        def put(x: float, y: float, text: str, **more: Any) -> None:
            figure.text(x / self.width, 1 - y / self.height, text, va="center", **more)

        put(EDGE, EDGE + LINE / 2, fitted(self.title, self.width - 2 * EDGE, SIZE, "bold"), fontweight="bold")
        at, side = (EDGE, "left") if self.stacked else (self.width - EDGE, "right")
        put(at, EDGE + 1.5 * LINE, self.head, fontsize=SMALL_SIZE, ha=side)
        for position, name in enumerate(self.names):
            y = top + self.row * (position + 0.5)
            lift = LINE / 2 if self.stacked else 0.0
            put(EDGE, y - lift, fitted(name, self.left - EDGE - 2))
            put(at, y + lift, self.numbers[position], fontsize=SMALL_SIZE, ha=side)
        y = top + plot_height + self.foot - LINE / 2 + 0.5
        end = self.width - self.right
        half = (end - self.left) / 2
        if self.better:
            put(self.left, y, fitted(f"◂ {self.better}", half, SMALL_SIZE), fontsize=SMALL_SIZE)
        if self.worse:
            put(end, y, fitted(f"{self.worse} ▸", half, SMALL_SIZE), fontsize=SMALL_SIZE, ha="right")


def plot_log_minus_log(
    km: KaplanMeier, *, title: str = "Log-minus-log survival", unit: str | None = None, width: float = 150
) -> Picture:
    """log(-log S) against time on a log scale; with proportional hazards the curves run parallel.

    log(-log S(t | x)) = log(-log S0(t)) + b'x: Kalbfleisch and Prentice (2002). Groups without an event have no curve.
    """
    styles, lines = styles_of(len(km.curves)), []
    for curve in km.curves:
        inside = (curve.survival > 0) & (curve.survival < 1) & (curve.events > 0) & (curve.time > 0)
        lines.append((curve.time[inside], np.log(-np.log(curve.survival[inside]))))
    drawn = [line for line in lines if len(line[0])]
    if not drawn:
        raise refuse("km", "no event with patients left", "one or more", "There is nothing to draw.", "no-events")
    keys = tuple(
        Key(styles[position], name_of(curve.group), "" if len(lines[position][0]) else "no curve")
        for position, curve in enumerate(km.curves)
    )

    def draw(axes: Axes) -> None:
        low = min(float(time[0]) for time, _ in drawn)
        high = max(float(time[-1]) for time, _ in drawn)
        axes.set_xscale("log")
        axes.set_xlim(low / 1.1, high * 1.1)
        marks = _log_ticks(low, high)
        axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
        axes.set_xticks([], minor=True)
        values = np.concatenate([value for _, value in drawn])
        room = 0.05 * (float(values.max() - values.min()) or 1.0)
        axes.set_ylim(float(values.min()) - room, float(values.max()) + room)
        for position, (time, value) in enumerate(lines):
            style = styles[position]
            axes.plot(time, value, drawstyle="steps-post", color=style.colour, linestyle=style.dash)

    text = f"{title} of {len(km.curves)} groups against time on a log scale; parallel curves mean proportional hazards."
    label = f"Time ({unit}, log scale)" if unit else "Time (log scale)"
    return Frame(title, text, keys, (), label, "log(-log S)", (), 1.0, (), draw, width, percent=False).picture()


def _log_ticks(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = [float(f"{factor}e{decade}") for decade in decades for factor in (1, 2, 5)]
    inside = [step for step in steps if low / 1.1 <= step <= high * 1.1]
    few = [step for step in inside if f"{step:e}".startswith("1.0")]
    return few if len(inside) > 9 and len(few) > 1 else inside or [low]


def plot_schoenfeld(
    test: ProportionalHazards, name: str, *, title: str | None = None, unit: str | None = None, width: float = 150
) -> Picture:
    """Scaled Schoenfeld residuals of one covariate over time, with a local line: a trend is a hazard ratio that moves.

    Grambsch and Therneau, Biometrika 1994; 81:515-526: b(t) = m r'V + b, r the residual, of m events. The level line is
    b, the coefficient of the model.
    """
    if name not in test.names:
        raise refuse("name", f"{name!r}", f"one of {', '.join(test.names)}", "Name a covariate.", "name")
    column = test.names.index(name)
    time, value, coef = test.time, test.residuals[:, column], float(test.coef[column])
    title = title or f"Does the hazard ratio of {name} change over time?"
    position = test.terms.index(name) if name in test.terms else -1
    tested = "all covariates" if position < 0 else name
    note = (
        f"Test of a constant hazard ratio ({tested}): {p_value(test.p[position])}. Level line: the model's coefficient."
    )
    end = float(time.max())
    ticks = nice_ticks(end, unit, 8)
    style = series(0)

    def draw(axes: Axes) -> None:
        low, high = _shown_range(value)
        room = 0.08 * (float(high - low) or 1.0)
        axes.set_ylim(float(min(low, coef)) - room, float(max(high, coef)) + room)
        axes.plot(time, value, "o", color=GREY, markersize=2.2, alpha=0.7, markeredgewidth=0, zorder=2)
        axes.axhline(coef, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=3)
        at = np.linspace(float(time.min()), end, GRID_POINTS)
        axes.plot(at, _local_line(time, value, at), color=style.colour, linewidth=1.6, zorder=4)

    text = f"{title} {note} {len(value)} events; the local line runs from {_ends(time, value, coef)}."
    label = f"Time ({unit})" if unit else "Time"
    blocks: tuple[Block, ...] = ()
    return Frame(
        title, text, (), (note,), label, f"Coefficient of {fitted(name, 40)}", ticks, end, blocks, draw, width,
        percent=False,
    ).picture()  # fmt: skip


def _shown_range(value: Floats) -> tuple[float, float]:
    """All points, unless a few far ones would flatten the rest."""
    low, high = float(value.min()), float(value.max())
    inner = np.quantile(value, (0.01, 0.99))
    if high - low > FAR * float(inner[1] - inner[0]):
        return float(inner[0]), float(inner[1])
    return low, high


def _ends(time: Floats, value: Floats, coef: float) -> str:
    first, last = _local_line(time, value, np.array([time.min(), time.max()]))
    ends = f"{number(first, 2)} at the first event to {number(last, 2)} at the last"
    return f"{ends}, beside a coefficient of {number(coef, 2)}"


def _local_line(x: Floats, y: Floats, at: Floats) -> Floats:
    """Local lines with tricube weights: Cleveland, J Am Stat Assoc 1979; 74:829-836, without the robust step."""
    near = max(3, math.ceil(SPAN * len(x)))
    found = np.empty(len(at))
    for position, point in enumerate(at):
        distance = np.abs(x - point)
        reach = max(float(np.partition(distance, min(near, len(x)) - 1)[min(near, len(x)) - 1]), 1e-12)
        weight = np.clip(1 - np.minimum(distance / (reach * 1.0001), 1.0) ** 3, 0, None) ** 3
        total = weight.sum()
        middle = float(weight @ x / total)
        spread = float(weight @ (x - middle) ** 2)
        slope = float(weight @ ((x - middle) * y) / spread) if spread > 0 else 0.0
        found[position] = float(weight @ y / total) + slope * (point - middle)
    return found

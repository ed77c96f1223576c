"""Pictures of small results: a test, a concordance, a baseline hazard, a landmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..figures import FAINT, GREY, INK, Picture, percent, series
from ._concordance import Concordance
from ._cox_result import Baseline, Test
from ._frame import NARROW, Frame, nice_ticks
from ._intervals import normal_quantile
from ._landmark import Landmark
from ._log_rank import chi2_tail
from ._tables import name_of, number, p_value, with_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_baseline", "plot_concordance", "plot_landmark", "plot_test"]

HEIGHT, LOW = 50.0, 12.0
POINTS = 200
LEVEL = 0.05
"""The usual level of a test, as a guide for the eye."""
INTERVAL = 0.95
GUIDE = (0, (1, 2))
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
TICKS, TICKS_NARROW = 9, 6


def _most(width: float) -> int:
    return TICKS_NARROW if width < NARROW else TICKS


def plot_test(test: Test, *, title: str = "Chi-squared test", width: float = 150) -> Picture:
    """Where the statistic stands in its distribution without an effect: the probability of a larger one."""
    known = bool(np.isfinite(test.chi2)) and test.df > 0
    said = f"chi2 = {number(test.chi2)}, df = {test.df}, {p_value(test.p)}." if known else "The data allow no test."
    reach = 2.0 * max(1, test.df)
    while chi2_tail(reach, max(1, test.df)) > LEVEL / 10:
        reach += 1.0
    end = max(reach, 1.1 * test.chi2) if known else reach

    def draw(axes: Axes) -> None:
        if not known:
            return
        at = np.linspace(0, end, POINTS)
        level = np.array([chi2_tail(value, test.df) for value in at.tolist()])
        axes.plot(at, level, color=series(0).colour, zorder=3)
        beyond = at >= test.chi2
        axes.fill_between(at[beyond], level[beyond], color=series(0).colour, alpha=0.25, linewidth=0)
        axes.axhline(LEVEL, color=GREY, linewidth=0.6, linestyle=GUIDE)
        axes.plot([test.chi2] * 2, [0, 1], color=INK, linewidth=0.8, linestyle=GUIDE, zorder=2)
        axes.plot([test.chi2], [test.p], "o", color=INK, markersize=4, zorder=4, clip_on=False)

    label = f"Chi-squared on {test.df} degree{'s' * (test.df != 1)} of freedom"
    notes = (
        said,
        f"The curve is the probability of a larger chi2 without any effect; dotted across {100 * LEVEL:g} %.",
    )
    text = f"{title}. {' '.join(notes)}"
    return Frame(
        title, text, (), notes, label, "Probability of a larger one", nice_ticks(end, None, _most(width)), end, (),
        draw, width, HEIGHT,
    ).picture()  # fmt: skip


def plot_concordance(found: Concordance, *, title: str = "Concordance", width: float = 150) -> Picture:
    """C with its 95 % interval on the scale from 0 to 1, 0.5 being chance."""
    known = bool(np.isfinite(found.c))
    half = normal_quantile(INTERVAL) * found.se
    low, high = max(0.0, found.c - half), min(1.0, found.c + half)
    said = (
        f"C = {with_interval(*(number(value, 3) for value in (found.c, low, high)))}" if known else "C cannot be told"
    )
    pairs = f"{number(found.concordant)} pairs concordant, {number(found.discordant)} discordant"
    notes = (f"{said}: {pairs}, {number(found.tied)} tied in score.",)

    def draw(axes: Axes) -> None:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.axvline(QUARTERS[2], color=GREY, linewidth=0.8, linestyle=GUIDE, zorder=1)
        if known:
            axes.plot([low, high], [QUARTERS[2]] * 2, color=INK, linewidth=1.3, zorder=3)
            axes.plot([found.c], [QUARTERS[2]], "s", color=series(0).colour, markersize=5, zorder=4)

    label = "C, 95 % interval: 0.5 is chance, 1 perfect"
    return Frame(
        title, f"{title}. {notes[0]}", (), notes, label, "", QUARTERS, 1.0, (), draw, width, LOW, percent=False
    ).picture()


def plot_baseline(
    found: Baseline, *, title: str = "Baseline hazard", unit: str | None = None, width: float = 150
) -> Picture:
    """The cumulative hazard as steps, to the last event."""
    end, top = float(found.time[-1]), float(np.max(found.hazard))
    reached = f"{number(found.hazard[-1])} at the last event, {number(end)}{' ' + unit if unit else ''}"
    note = f"{name_of(found.stratum, 'all rows')}: {reached}; survival by then {percent(float(found.survival[-1]))}."

    def draw(axes: Axes) -> None:
        time, hazard = np.concatenate(([0.0], found.time)), np.concatenate(([0.0], found.hazard))
        axes.plot(time, hazard, drawstyle="steps-post", color=series(0).colour, zorder=3)

    label = f"Time ({unit})" if unit else "Time"
    return Frame(
        title, f"{title}. {note}", (), (note,), label, "Cumulative hazard", nice_ticks(end, unit, _most(width)), end,
        (), draw, width, HEIGHT, percent=False, top=1.1 * top or 1.0,
    ).picture()  # fmt: skip


def plot_landmark(found: Landmark, *, title: str = "Landmark", unit: str | None = None, width: float = 150) -> Picture:
    """Those left out by the landmark in grey before it, and from it on those still in follow-up."""
    left = np.sort(np.asarray(found.time, dtype=np.float64))
    n, end = len(found.rows), found.at + float(left[-1])
    said = f"{len(left)} of {n} were still in follow-up at {number(found.at)}{' ' + unit if unit else ''}"
    note = f"{said}; {found.left_out} left out. The clock starts at the dotted line."

    def draw(axes: Axes) -> None:
        axes.fill_between([0, found.at], n, color=FAINT, linewidth=0, zorder=0)
        axes.plot([0, found.at, found.at], [n, n, len(left)], color=GREY, linewidth=1, linestyle=(0, (4, 2)), zorder=2)
        axes.axvline(found.at, color=INK, linewidth=0.8, linestyle=GUIDE, zorder=1)
        still = np.concatenate(([len(left)], len(left) - np.arange(1, len(left) + 1)))
        time = found.at + np.concatenate(([0.0], left))
        axes.plot(time, still, drawstyle="steps-post", color=series(0).colour, zorder=3)
        axes.locator_params(axis="y", integer=True)

    label = f"Time ({unit})" if unit else "Time"
    return Frame(
        title, f"{title}. {note}", (), (note,), label, "Still in follow-up", nice_ticks(end, unit, _most(width)), end,
        (), draw, width, HEIGHT, percent=False, top=float(n),
    ).picture()  # fmt: skip

"""What pictures of curves share: the steps, grey where few remain, ticks, and what is said of a curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures import GREY, SERIES, Series, series
from ._competing import Incidence
from ._counts import RiskSet
from ._curve import Curve
from ._door import refuse
from ._nelson_aalen import Hazard
from ._tables import amount, percent
from ._types import Estimate, Flags, Floats, Integers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "FEW",
    "counted",
    "draw_band",
    "draw_line",
    "draw_survival",
    "had",
    "milestone_text",
    "steps",
    "styles_of",
    "thin_from",
    "until",
]

FEW = 10
"""With fewer patients than this at risk a curve is drawn in grey."""
BAND = 0.13
MOST_TICKS = 100
"""So many ticks for censored patients a curve can bear before they hide it."""
TICK = 0.013
"""Half the height of a tick for censored patients, as survival."""


def styles_of(curves: int) -> list[Series]:
    """A style for each curve of one picture. Raises ``Problem`` where there are more than can be told apart."""
    if curves > len(SERIES):
        remedy = "Draw some of the groups at a time."
        raise refuse("groups", f"{curves} curves", f"at most {len(SERIES)} in one picture", remedy, "curves")
    return [series(position) for position in range(curves)]


def had(curve: Curve) -> str:
    """How many had the event; of weighted patients the sums of weights."""
    if curve.sets.spells is None:
        return f"{amount(curve.events.sum())} of {curve.n} had the event"
    total = curve.events.sum() + curve.censored.sum()
    return f"{curve.n} rows, weighted: {amount(curve.events.sum())} of {amount(total)} had the event"


def until(numbers: Integers) -> Integers:
    """How many before each of the times, and after the last."""
    return np.concatenate(([0], np.cumsum(numbers)))


def counted(sets: RiskSet, ticks: Sequence[float], *, late: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The rows of a table: at risk just before each tick, events and censored before it, and who entered late."""
    before = np.searchsorted(sets.time, ticks, side="left")
    rows = [
        ("at risk", sets.at_risk_at(ticks)),
        ("events", until(sets.events.sum(axis=1))[before]),
        ("censored", until(sets.censored)[before]),
    ]
    if late:
        rows.append(("entered", until(sets.entered)[np.searchsorted(sets.entry, ticks, side="left")]))
    return tuple((name, tuple(amount(value) for value in values)) for name, values in rows)


def milestone_text(value: Estimate, *, narrow: bool = False) -> str:
    """Survival at a milestone with its interval, in percent."""
    if value != value:
        return "-" if narrow else "beyond follow-up"
    if narrow:
        return percent(value)
    if not value.se > 0:
        return f"{percent(value)} ({'no event yet' if value.estimate == 1 else 'no interval'})"
    return f"{percent(value)} ({100 * value.lower:.0f} to {100 * value.upper:.0f})"


def steps(curve: Any, values: Floats, before: float, end: float) -> tuple[Floats, Floats]:
    """The step function from 0 to the last follow-up, not beyond ``end``."""
    stop = min(end, float(curve.time[-1]))
    inside = (curve.time <= stop) & (curve.sets.events.sum(axis=1) > 0)
    time = np.concatenate(([0.0], curve.time[inside], [stop]))
    value = np.concatenate(([before], values[inside]))
    return time, np.append(value, value[-1])


def thin_from(curve: Curve | Incidence | Hazard) -> float:
    """The time after which fewer than ``FEW`` remain at risk."""
    sets = curve.sets
    after = sets.at_risk - sets.events.sum(axis=1) - sets.censored
    enough = np.flatnonzero(after >= FEW)
    if len(enough):
        return float(sets.time[min(enough[-1] + 1, len(after) - 1)])
    return 0.0 if sets.at_risk[0] < FEW else float(sets.time[0])


def draw_line(axes: Axes, time: Floats, value: Floats, style: Series, thin: float) -> None:
    """The steps, in grey from ``thin`` on."""
    solid = time <= thin
    until = min(thin, float(time[-1]))
    level = value[solid][-1] if solid.any() else value[0]
    axes.plot(
        np.append(time[solid], until), np.append(value[solid], level), drawstyle="steps-post", color=style.colour,
        linestyle=style.dash, zorder=4,
    )  # fmt: skip
    if not solid.all():
        axes.plot(
            np.concatenate(([thin], time[~solid])), np.concatenate(([level], value[~solid])), drawstyle="steps-post",
            color=GREY, linestyle=style.dash, zorder=3,
        )  # fmt: skip


def draw_band(axes: Axes, time: Floats, low: Floats, high: Floats, style: Series) -> None:
    """The interval around the steps, each as wide as its step, also the last before there is none."""
    corners = np.repeat(time, 2)[1:]
    below, above = (np.repeat(limit, 2)[:-1] for limit in (low, high))
    axes.fill_between(corners, below, above, color=style.colour, alpha=BAND, linewidth=0, zorder=1)


def draw_survival(axes: Axes, curve: Curve, style: Series, end: float, band: bool) -> None:
    """The curve with its band and a tick for each time with censored patients, thinned where there are very many."""
    thin = thin_from(curve)
    time, value = steps(curve, curve.survival, 1.0, end)
    if band:
        _, low = steps(curve, curve.lower, 1.0, end)
        _, high = steps(curve, curve.upper, 1.0, end)
        draw_band(axes, time, low, high, style)
    draw_line(axes, time, value, style, thin)
    lost = _apart(curve.time, (curve.censored > 0) & (curve.time <= end), end)
    for where, colour in ((lost & (curve.time < thin), style.colour), (lost & (curve.time >= thin), GREY)):
        _draw_ticks(axes, curve.time[where], curve.survival[where], colour)


def _apart(time: Floats, lost: Flags, end: float) -> Flags:
    """Of more ticks than a curve can bear, the first in each of so many equal parts of the axis."""
    if lost.sum() <= MOST_TICKS:
        return lost
    places = np.flatnonzero(lost)
    _, first = np.unique(np.floor(time[places] * MOST_TICKS / end), return_index=True)
    kept = np.zeros_like(lost)
    kept[places[first]] = True
    return kept


def _draw_ticks(axes: Axes, time: Floats, value: Floats, colour: str) -> None:
    """A tick for each time with censored patients, all of them one line, which keeps files small."""
    if len(time):
        gap = np.full(len(time), np.nan)
        x = np.column_stack((time, time, gap)).ravel()
        y = np.column_stack((value - TICK, value + TICK, gap)).ravel()
        axes.plot(x, y, color=colour, linewidth=0.7, zorder=4, label="_censored", clip_on=False)

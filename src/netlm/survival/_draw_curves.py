"""Survival and incidence curves as clinicians read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..figures import GREY, Picture, Series
from ._competing import AalenJohansen, Incidence
from ._curve import Curve
from ._draw_many import Panels
from ._draw_parts import (
    FEW,
    counted,
    draw_band,
    draw_line,
    draw_survival,
    had,
    milestone_text,
    steps,
    styles_of,
    thin_from,
    until,
)  # fmt: skip
from ._frame import NARROW, Block, Frame, Key, Milestones, nice_ticks
from ._kaplan_meier import KaplanMeier, median_text
from ._nelson_aalen import Hazard, NelsonAalen
from ._tables import name_of, number, percent
from ._types import Label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_curves", "plot_hazards", "plot_incidence"]

MOST_TOGETHER = 4
"""Up to so many curves can be told apart where they cross, with their bands; more have a panel each."""
MOST_TICKS, MOST_TICKS_NARROW = 9, 6
PLOT_HEIGHT, PLOT_HEIGHT_NARROW = 62.0, 50.0
GREY_NOTE = f"Grey: fewer than {FEW} remain at risk."
HEADROOM = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def plot_curves(
    km: KaplanMeier | Curve, *, title: str = "Survival", unit: str | None = None, x_label: str = "",
    y_label: str = "Survival", notes: Sequence[str] = (), milestones: Sequence[float] | Mapping[str, float] = (),
    table: bool = True, band: bool = True, width: float = 150, last: float | None = None,
) -> Picture:  # fmt: skip
    """The Kaplan-Meier curves as a picture.

    Steps to the last follow-up, bands of the interval, ticks for censored patients, guides to the medians, grey where
    fewer than 10 remain at risk, and a table under the ticks: at risk just before each, events and censored before it,
    which add up to all. ``unit`` ("days", "months", "years") chooses ticks and labels; ``milestones`` are times, or
    names with their times, marked on the curves and listed with their survival; ``notes`` are lines above the curves,
    such as p and hazard ratio; ``width`` is in millimetres (88 for one column of a journal, 180 for two).
    More than four curves have a panel each, the others in grey behind it, with the same table below.
    """
    curves = km.curves if isinstance(km, KaplanMeier) else (km,)
    end = last if last is not None else max(curve.last for curve in curves)
    narrow = width < NARROW
    ticks = nice_ticks(end, unit, MOST_TICKS_NARROW if narrow else MOST_TICKS)
    named = milestones if isinstance(milestones, Mapping) else {_named(time, unit): time for time in milestones}
    reached = {name: time for name, time in named.items() if 0 < time <= end}
    if len(curves) > MOST_TOGETHER:
        if any(thin_from(curve) < curve.last for curve in curves):
            notes = (*notes, GREY_NOTE)
        return Panels(
            title, _survival_text(title, curves, notes, unit), tuple(notes), curves, end, unit,
            x_label or _time_label(unit), y_label, reached, band, table, width,
        ).picture()  # fmt: skip
    styles = styles_of(len(curves))
    keys = tuple(
        Key(style, name_of(curve.group, "all patients"), _key_note(curve, unit))
        for style, curve in zip(styles, curves, strict=True)
    )
    blocks = _at_risk_blocks(curves, styles, ticks) if table else ()
    listed = _milestones(curves, styles, reached, narrow=narrow)
    if any(thin_from(curve) < curve.last for curve in curves):
        notes = (*notes, GREY_NOTE)

    def draw(axes: Axes) -> None:
        for curve, style in zip(curves, styles, strict=True):
            draw_survival(axes, curve, style, end, band)
            _draw_median(axes, curve, style, end)
            for time in reached.values():
                if time <= curve.last:
                    axes.plot(
                        [time], [float(curve.at(time))], style.marker, color=style.colour, markersize=3.4, zorder=5
                    )

    return Frame(
        title, _survival_text(title, curves, notes, unit), keys, tuple(notes), x_label or _time_label(unit), y_label,
        ticks, end, blocks, draw, width, PLOT_HEIGHT_NARROW if narrow else PLOT_HEIGHT, milestones=listed,
    ).picture()  # fmt: skip


def _named(time: float, unit: str | None) -> str:
    return f"{time:g}{' ' + unit if unit else ''}"


def _time_label(unit: str | None) -> str:
    return f"Time ({unit})" if unit else "Time"


def _key_note(curve: Curve, unit: str | None) -> str:
    return f"{had(curve)}; median {median_text(curve, unit)}"


def _milestones(
    curves: Sequence[Curve], styles: Sequence[Series], times: Mapping[str, float], *, narrow: bool
) -> Milestones:
    """Survival with its interval at the milestones, a row for each curve."""
    if not times:
        return Milestones("", (), ())
    rows = tuple(
        (style, tuple(milestone_text(curve.at(time), narrow=narrow) for time in times.values()))
        for curve, style in zip(curves, styles, strict=True)
    )
    return Milestones("Survival at", tuple(times), rows)


def _at_risk_blocks(
    curves: Sequence[Curve | Hazard], styles: Sequence[Series], ticks: Sequence[float]
) -> tuple[Block, ...]:
    """At risk just before each tick, events and censored before it."""
    blocks = []
    for curve, style in zip(curves, styles, strict=True):
        named = len(curves) > 1 or str(curve.group)
        rows = counted(curve.sets, ticks, late=len(curve.sets.entry) > 0)
        blocks.append(Block(style, name_of(curve.group, "all patients") if named else "", rows))
    return tuple(blocks)


def _draw_median(axes: Axes, curve: Curve, style: Series, end: float) -> None:
    if curve.median is not None and curve.median <= end:
        axes.plot([0, curve.median], [0.5, 0.5], color=GREY, linewidth=0.6, linestyle=(0, (1, 2)), zorder=2)
        axes.plot([curve.median] * 2, [0, 0.5], color=style.colour, linewidth=0.8, linestyle=(0, (1, 2)), zorder=2)


def _survival_text(title: str, curves: Sequence[Curve], notes: Sequence[str], unit: str | None) -> str:
    parts = [f"{title}: Kaplan-Meier curve{'s' if len(curves) > 1 else ''}."]
    for curve in curves:
        last = f"{number(curve.last)}{' ' + unit if unit else ''}"
        parts.append(
            f"{name_of(curve.group, 'All patients')}: {_key_note(curve, unit)}; "
            f"survival {percent(float(curve.survival[-1]))} at the last follow-up, {last}."
        )
    parts += [note if note.endswith(".") else f"{note}." for note in notes]
    return " ".join(parts)


def plot_hazards(
    na: NelsonAalen, *, title: str = "Cumulative hazard", unit: str | None = None, x_label: str = "",
    notes: Sequence[str] = (), table: bool = True, band: bool = True, width: float = 150,
) -> Picture:  # fmt: skip
    """The Nelson-Aalen estimates as a picture; options as for ``plot_curves``."""
    end = max(float(curve.time[-1]) for curve in na.curves)
    narrow = width < NARROW
    ticks = nice_ticks(end, unit, MOST_TICKS_NARROW if narrow else MOST_TICKS)
    styles = styles_of(len(na.curves))
    keys = tuple(
        Key(style, name_of(curve.group), f"{number(float(curve.hazard[-1]))} at the last follow-up")
        for style, curve in zip(styles, na.curves, strict=True)
    )
    if any(thin_from(curve) < float(curve.time[-1]) for curve in na.curves):
        notes = (*notes, GREY_NOTE)
    highest = max(float(curve.hazard.max()) for curve in na.curves)

    def draw(axes: Axes) -> None:
        for curve, style in zip(na.curves, styles, strict=True):
            _draw_hazard(axes, curve, style, end, band)

    said = "; ".join(f"{key.name}, {key.note}" for key in keys)
    text = " ".join([f"{title}: Nelson-Aalen curves. {said}.", *notes])
    blocks = _at_risk_blocks(na.curves, styles, ticks) if table else ()
    return Frame(
        title, text, keys, tuple(notes), x_label or _time_label(unit), "Cumulative hazard", ticks, end, blocks, draw,
        width, PLOT_HEIGHT_NARROW if narrow else PLOT_HEIGHT, percent=False, top=1.2 * highest or 1.0,
    ).picture()  # fmt: skip


def _draw_hazard(axes: Axes, curve: Hazard, style: Series, end: float, band: bool) -> None:
    lower, upper = curve.limits
    time, value = steps(curve, curve.hazard, 0.0, end)
    if band:
        _, low = steps(curve, lower, 0.0, end)
        _, high = steps(curve, upper, 0.0, end)
        draw_band(axes, time, low, high, style)
    draw_line(axes, time, value, style, thin_from(curve))


def plot_incidence(
    aj: AalenJohansen | Incidence, *, title: str = "Cumulative incidence", unit: str | None = None, x_label: str = "",
    causes: Sequence[str] | None = None, notes: Sequence[str] = (), table: bool = True, band: bool = True,
    width: float = 150,
) -> Picture:  # fmt: skip
    """The cumulative incidence of each cause as a picture, with a table of those at risk and the events.

    ``causes`` names the causes in order; other options as for ``plot_curves``.
    """
    curves = aj.curves if isinstance(aj, AalenJohansen) else (aj,)
    named = dict.fromkeys(curve.cause for curve in curves)
    names = dict(zip(named, map(str, causes) if causes else (f"cause {cause}" for cause in named), strict=True))
    end = max(float(curve.time[-1]) for curve in curves)
    narrow = width < NARROW
    ticks = nice_ticks(end, unit, MOST_TICKS_NARROW if narrow else MOST_TICKS)
    styles = styles_of(len(curves))
    keys = tuple(
        Key(style, _incidence_name(curve, names), _incidence_note(curve))
        for style, curve in zip(styles, curves, strict=True)
    )
    highest = max(float(np.nanmax(np.append(curve.upper if band else curve.incidence, 0.0))) for curve in curves)
    top = next((level for level in HEADROOM if level >= highest), 1.0)

    def draw(axes: Axes) -> None:
        for curve, style in zip(curves, styles, strict=True):
            _draw_incidence(axes, curve, style, end, band)

    if any(thin_from(curve) < float(curve.time[-1]) for curve in curves):
        notes = (*notes, GREY_NOTE)
    said = "; ".join(f"{key.name}, {key.note}" for key in keys)
    text = " ".join([f"{title}: Aalen-Johansen curves. {said}.", *notes])
    blocks = _incidence_blocks(curves, names, ticks) if table else ()
    return Frame(
        title, text, keys, tuple(notes), x_label or _time_label(unit), "Cumulative incidence", ticks, end, blocks, draw,
        width, PLOT_HEIGHT_NARROW if narrow else PLOT_HEIGHT, top=top,
    ).picture()  # fmt: skip


def _incidence_name(curve: Incidence, names: Mapping[Label, str]) -> str:
    name = names[curve.cause]
    return f"{name_of(curve.group)}, {name}" if str(curve.group) else name


def _incidence_note(curve: Incidence) -> str:
    events = int(curve.sets.events[:, curve.column].sum())
    return f"{events} of {curve.sets.n}; {percent(float(curve.incidence[-1]))} by the last follow-up"


def _draw_incidence(axes: Axes, curve: Incidence, style: Series, end: float, band: bool) -> None:
    time, value = steps(curve, curve.incidence, 0.0, end)
    if band:
        _, low = steps(curve, curve.lower, 0.0, end)
        _, high = steps(curve, curve.upper, 0.0, end)
        draw_band(axes, time, low, high, style)
    draw_line(axes, time, value, style, thin_from(curve))


def _incidence_blocks(
    curves: Sequence[Incidence], names: Mapping[Label, str], ticks: Sequence[float]
) -> tuple[Block, ...]:
    """For each group those at risk, the events of each cause drawn, all others together, and the censored."""
    blocks = []
    for group in dict.fromkeys(curve.group for curve in curves):
        own = [curve for curve in curves if curve.group == group]
        sets = own[0].sets
        before = np.searchsorted(sets.time, ticks, side="left")
        rows = [("at risk", sets.at_risk_at(ticks))]
        rows += [(names[curve.cause], until(sets.events[:, curve.column])[before]) for curve in own]
        if len(own) < sets.events.shape[1]:
            drawn = [curve.column for curve in own]
            rows.append(("other events", until(np.delete(sets.events, drawn, axis=1).sum(axis=1))[before]))
        rows.append(("censored", until(sets.censored)[before]))
        cells = tuple((name, tuple(str(int(value)) for value in values)) for name, values in rows)
        blocks.append(Block(None, name_of(group, ""), cells))
    return tuple(blocks)

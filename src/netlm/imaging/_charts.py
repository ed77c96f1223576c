"""Charts: the frontier of reach, each lesion over time (spider), each lesion's change (waterfall)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..figures import GREY, GRID, INK, SMALL_SIZE, Picture, fitted, series
from ._foot import Foot
from ._match import CANNOT_TELL
from ._reach import CARE, Reached
from ._response import Response

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ._burden import Burden

__all__ = ["plot_frontier", "plot_spider", "plot_waterfall"]

WIDTH, HEIGHT = 160.0, 100.0
LEFT, RIGHT, TOP, BOTTOM = 17.0, 9.0, 12.0, 15.0
APART = 3.0
"""Millimetres of paper between the names of two lines."""
NEW = 100.0
"""Where a lesion that was not there at baseline is drawn in a chart of changes."""
MOST = 250.0
NAMED = 30
"""Bars that have a name."""
UPRIGHT = 12
"""Bars whose names stand upright."""
FATE_FILL = {"grown": "#3a3a3a", "stable": "#9a9a9a", "shrunk": "#e0e0e0", "gone": "white", "new": "white"}
FATE_HATCH = {"new": "////", "gone": "....", "ablated": "xxxx", "merged": "----", "split": "----"}


def _axes(figure: Figure, title: str, foot: Foot) -> Axes:
    height = HEIGHT + foot.height
    figure.text(0, 1 - 4 / height, fitted(title, WIDTH, weight="bold"), weight="bold", va="center")
    foot.draw(figure, height)
    axes = figure.add_axes((LEFT / WIDTH, (BOTTOM + foot.height) / height, (WIDTH - LEFT - RIGHT) / WIDTH,
                            (HEIGHT - TOP - BOTTOM) / height))  # fmt: skip
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def plot_frontier(found: Reached, *, title: str = "") -> Picture:
    """Liver lost against tumour taken, for each target of a reach."""
    named = title or f"Least liver lost for a share of the tumour, {Path(found.burden.file).name}"
    said = "; ".join(f"{one.reached:.0f} % for {one.liver_ml:.0f} ml" for one in found.frontier)
    style, main = series(0), {step.target for step in found.steps}
    foot = Foot.of(WIDTH, CARE, [found.burden])

    def draw(figure: Figure) -> None:
        axes = _axes(figure, named, foot)
        x, y = [0.0, *(one.reached for one in found.frontier)], [0.0, *(one.liver_ml for one in found.frontier)]
        axes.plot(x, y, drawstyle="steps-pre", color=style.colour)
        axes.plot(x[1:], y[1:], "o", color=style.colour, markersize=3)
        axes.set_xlim(0, 102)
        axes.set_ylim(0, max(y) * 1.2 or 1)
        step, least = max(y) * 1.2 / (HEIGHT - TOP - BOTTOM) * APART, 0.0
        for one in found.frontier:
            if one.target in main:
                least = max(one.liver_ml + step, least + step)
                axes.text(one.reached - 1, least, f"{one.target:.0f} %: {one.liver_ml:.0f} ml, {len(one.acts)} acts",
                          size=SMALL_SIZE, ha="right", va="center")  # fmt: skip
        axes.set_xlabel("Tumour volume taken (%), lesions counted only whole")
        axes.set_ylabel("Liver without tumour lost (ml)")

    return Picture(named, f"{named}: {said}. {CARE} {foot.flag}".strip(), WIDTH, HEIGHT + foot.height, draw)


def _courses(found: Response) -> Iterator[tuple[str, list[float | None]]]:
    """Each lesion's volume at baseline and every follow-up as per cent of the baseline's; None where not comparable.

    A lesion that merged is followed no further: its share of what it became is not known.
    """
    for lesion in found.baseline.lesions:
        course: list[float | None] = [0.0]
        for one in found.follow_ups:
            match = next(match for match in one.matches if lesion.id in match.before)
            change = match.change_percent
            course.append(float(change) if change is not None and len(match.before) == 1 else None)
        yield lesion.id, course


def _name_ends(axes: Axes, ends: list[tuple[tuple[float, float], str]], bold: Sequence[str]) -> None:
    """The names of lines beside their ends, spread so that none lies on another, each with a line to its end."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    step = (high - low) / (HEIGHT - TOP - BOTTOM) * APART
    across = float(np.ptp(axes.get_xlim())) / (WIDTH - LEFT - RIGHT)
    for x in sorted({at for (at, _), _ in ends}):
        here = sorted(((y, name) for (at, y), name in ends if at == x), key=lambda end: (end[0], -int(end[1])))
        places = spread([y for y, _ in here], step, low + step / 2, high - step / 2)
        leads = any(abs(place - y) > step / 4 for place, (y, _) in zip(places, here, strict=True))
        for place, (y, name) in zip(places, here, strict=True):
            if leads:
                axes.plot([x + across, x + 4 * across], [y, place], color=INK, linewidth=0.4)
            axes.text(x + (4.4 if leads else 1.5) * across, place, name, va="center", size=SMALL_SIZE,
                      weight="bold" if name in bold else "normal",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip


def spread(wanted: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Places from low to high, at least a step apart where there is room, as near as can be to those wanted.

    ``wanted`` rise. Those that crowd are laid around their common middle (isotonic regression).
    """
    step = min(step, (high - low) / max(len(wanted) - 1, 1))
    blocks: list[tuple[float, int]] = []
    for place, one in enumerate(wanted):
        middle, many = one - place * step, 1
        while blocks and blocks[-1][0] >= middle:
            other, count = blocks.pop()
            middle, many = (middle * many + other * count) / (many + count), many + count
        blocks.append((middle, many))
    flat = [middle for middle, many in blocks for _ in range(many)]
    most = high - (len(wanted) - 1) * step
    return [min(max(one, low), most) + place * step for place, one in enumerate(flat)]


def _scans(found: Response) -> list[Burden]:
    return [found.baseline, *(one.burden for one in found.follow_ups)]


def _apart(found: Response, *, last: bool = False) -> str:
    """Which follow-ups are not comparable with the baseline, and why."""
    shown = list(enumerate(found.follow_ups, 1))[-1 if last else 0 :]
    said = [f"follow-up {number} ({one.apart})" for number, one in shown if one.apart]
    return f"Not comparable with the baseline: {'; '.join(said)}." if said else ""


def plot_spider(found: Response, *, title: str = "") -> Picture:
    """Each lesion's change in volume over time; months where the dates are known, else scan by scan."""
    named = title or "Liver response, lesion by lesion"
    months = [one.months for one in found.follow_ups]
    dated = all(month is not None for month in months)
    times = [0.0, *(float(month or 0) for month in months)] if dated else [float(one) for one in range(len(months) + 1)]
    courses = list(_courses(found))
    said = "; ".join(f"lesion {name}: " + ", ".join("-" if one is None else f"{one:+.0f} %" for one in course[1:])
                     for name, course in courses)  # fmt: skip
    all_named = len(courses) <= (HEIGHT - TOP - BOTTOM) / APART
    foot = Foot.of(WIDTH, "Change in volume of each lesion. "
                   f"Targets thick{'' if all_named else ', and named alone'}. Lines end where lesions merged; "
                   f"above {MOST:.0f} % cut off. {_apart(found)}".strip(), _scans(found))  # fmt: skip

    def draw(figure: Figure) -> None:
        axes = _axes(figure, named, foot)
        axes.axhline(0, color=INK, linewidth=0.7)
        targets, ends = [one.id for one in found.targets], []
        for name, course in courses:
            shown = [(time, min(one, MOST)) for time, one in zip(times, course, strict=True) if one is not None]
            style = series(targets.index(name)) if name in targets else None
            axes.plot(*zip(*shown, strict=True), color=style.colour if style else GREY, linewidth=1.8 if style else 0.7,
                      linestyle=style.dash if style else "solid", marker=style.marker if style else ".", markersize=3.5,
                      zorder=5 if style else 3)  # fmt: skip
            if style or all_named:
                ends.append((shown[-1], name))
        axes.set_xlim(0, times[-1] * 1.06)
        _name_ends(axes, ends, targets)
        if not dated:
            axes.set_xticks(times)
        axes.set_xlabel("Months from baseline" if dated else "Scan (dates not given)")
        axes.set_ylabel("Change in volume (%)")

    return Picture(named, f"{named}. {said}. {_apart(found)} {foot.flag}".strip(), WIDTH, HEIGHT + foot.height, draw)


def plot_waterfall(found: Response, *, title: str = "") -> Picture:
    """Each lesion's change in volume at the last follow-up, the most grown first, with what became of it."""
    named = title or "Liver response at the last follow-up"
    bars = []
    for match in found.follow_ups[-1].matches:
        if match.fate == CANNOT_TELL:
            continue
        change = match.change_percent
        name = "+".join(match.before) or f"new {'+'.join(match.after)}"
        bars.append((name, NEW if change is None else float(change), match.fate))
    bars.sort(key=lambda bar: (-bar[1], bar[0]))
    said = "; ".join(f"lesion {name}: {fate}, {value:+.0f} %" for name, value, fate in bars) or CANNOT_TELL
    fates = list(dict.fromkeys(fate for _, _, fate in bars))
    foot = Foot.of(WIDTH, f"Change in volume since baseline; new lesions at {NEW:.0f} %, above {MOST:.0f} % cut off. "
                   f"{_apart(found, last=True)}".strip(), _scans(found))  # fmt: skip

    def draw(figure: Figure) -> None:
        axes = _axes(figure, named, foot)
        axes.axhline(0, color=INK, linewidth=0.7)
        for fate in fates:
            at = [place for place, bar in enumerate(bars) if bar[2] == fate]
            axes.bar(at, [min(bars[place][1], MOST) for place in at], 0.8, color=FATE_FILL.get(fate, "#c4c4c4"),
                     hatch=FATE_HATCH.get(fate), edgecolor=INK, linewidth=0.6, label=fate)  # fmt: skip
        if bars:
            axes.legend(frameon=False, fontsize=SMALL_SIZE, loc="upper right", ncols=3)
        else:
            axes.text(0, 0, "Which lesion is which cannot be told.", ha="center", va="bottom")
        few = len(bars) <= NAMED
        names = [bar[0] for bar in bars] if few else []
        axes.set_xticks(range(len(names)), names, rotation=90 if len(names) > UPRIGHT else 0)
        axes.set_xlabel("Lesion at baseline" if few else f"{len(bars)} lesions")
        axes.set_ylabel("Change in volume (%)")
        top = max([20.0, *(min(bar[1], MOST) for bar in bars)])
        axes.set_ylim(-110, top * 1.35)

    return Picture(
        named, f"{named}. {said}. {_apart(found, last=True)} {foot.flag}".strip(), WIDTH, HEIGHT + foot.height, draw
    )

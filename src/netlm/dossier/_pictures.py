"""The two schematics of page one, as SVG without style sheets: lesions in the liver, treatments in time."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from ..dictionary import Day, Lesion
from ..values import Members, Numbers

__all__ = ["Picture", "lesion_marks", "liver_map", "time_axis", "time_bar"]

FONT = "Source Sans 3, Segoe UI, Helvetica, Arial, sans-serif"
INK, GREY, PALE, FILL, GROUND = "#1f2a33", "#43505c", "#8794a0", "#c7d3da", "#f6f3ee"

UNITS_PER_MM = 1.0
"""Of the liver map: a liver some 21 cm wide is drawn 210 units wide."""
UNSIZED = 5.0
_WIDTH, _HEIGHT = 240, 150
_OUTLINE = (
    "M16 66 C14 34 54 12 108 14 C150 15 192 20 226 33 C234 43 222 58 196 70 "
    "C170 81 150 92 136 105 C118 123 84 138 52 134 C26 130 18 98 16 66 Z"
)
_OUTSIDE = f"M0 0 H{_WIDTH} V{_HEIGHT} H0 Z"
_DIVIDES = (
    "M60 14 C56 60 60 100 70 138", "M116 13 C110 50 110 80 112 124", "M152 14 C150 50 152 70 150 98",
    "M14 78 C44 72 80 70 112 72", "M113 62 C128 58 140 58 151 60", "M151 50 C180 46 210 44 232 42",
)  # fmt: skip
_CENTRES = {
    "1": (112.0, 92.0), "2": (186.0, 34.0), "3": (178.0, 60.0), "4": (132.0, 56.0), "4a": (132.0, 36.0),
    "4b": (130.0, 80.0), "5": (88.0, 102.0), "6": (42.0, 104.0), "7": (38.0, 52.0), "8": (86.0, 44.0),
}  # fmt: skip
_LABELS = {"2": (211, 36), "3": (165, 80), "4a": (140, 24), "4b": (127, 100), "5": (88, 123), "6": (54, 130),
           "7": (26, 66), "8": (86, 24), "1": (108, 111)}  # fmt: skip
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SPREAD = 10.0
MOST_LABELLED = 40
LONGEST_MARK = 3
SMALLEST_LETTERED = 6.0
"""The radius of the smallest circle that has its letter inside; smaller ones have it beside them."""
CAPTION = "Schematic: segment and size; the place within a segment means nothing."
NEIGHBOURS = 75.0
"""How far apart the middles of two segments that touch can lie."""


@dataclass(frozen=True)
class Picture:
    """An SVG, what it shows, in words, and what has to stand under it."""

    svg: str
    alt: str
    caption: str


def liver_map(lesions: Sequence[Lesion] | None, complete: bool) -> Picture | None:
    """Lesions by segment and size; None where none is listed. The place inside a segment means nothing."""
    if not lesions:
        return None
    placed = list(_placed(lesions))
    marks = lesion_marks(lesions)
    lost = [marks[lesion.id] for lesion, where in placed if where is None]
    drawn = [(lesion, where) for lesion, where in placed if where is not None]
    drawn.sort(key=lambda item: _radii(item[0]) or (UNSIZED, UNSIZED), reverse=True)  # small ones lie on large ones
    parts = [
        f'<path d="{_OUTLINE}" fill="{GROUND}"/>',
        *(
            f'<path d="{line}" fill="none" stroke="{PALE}" stroke-width="0.7" stroke-dasharray="3 2"/>'
            for line in _DIVIDES
        ),
    ]
    parts += [_lesion(lesion, where) for lesion, where in drawn]
    parts.append(f'<path d="{_OUTSIDE} {_OUTLINE}" fill="#fff" fill-rule="evenodd"/>')
    parts.append(f'<path d="{_OUTLINE}" fill="none" stroke="{INK}" stroke-width="1.2"/>')
    parts += [_text(x, y, f"S{segment}", GREY, 10, halo=True) for segment, (x, y) in _LABELS.items()]
    parts += [_label(lesion, where, marks[lesion.id]) for lesion, where in drawn]
    parts += [*_scale(), *_legend(lost, complete)]
    said = "; ".join(_said(lesion, marks[lesion.id]) for lesion in lesions[:MOST_LABELLED])
    more = f"; and {len(placed) - MOST_LABELLED} more" if len(placed) > MOST_LABELLED else ""
    alt = f"Schematic of the liver by segment, sizes to scale. {said}{more}."
    return Picture(_svg(_WIDTH, _HEIGHT, parts), alt, _caption(drawn))


def _caption(drawn: Sequence[tuple[Lesion, tuple[float, float]]]) -> str:
    """What a reader of the map has to know, and no more than this map needs."""
    radii = [(_radii(lesion), where) for lesion, where in drawn]
    said = [CAPTION]
    if any(ends and ends[1] > ends[0] for ends, _ in radii):
        said.append("Full circle: at least; dashed circle: at most.")
    if any(ends is None for ends, _ in radii):
        said.append("Dashed and marked ?: size unknown.")
    if any(ends and _room(where) < ends[1] for ends, where in radii):
        said.append("Circles are cut at the edge of the liver; the sizes in the table of lesions hold.")
    return " ".join(said)


def _room(where: tuple[float, float]) -> float:
    """How far a point lies from the outline."""
    return min(math.dist(where, point) for point in _edge())


@cache
def _edge() -> tuple[tuple[float, float], ...]:
    """Points on the outline, which is made of cubic curves."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", _OUTLINE)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    curves = (points[at : at + 4] for at in range(0, len(points) - 1, 3))
    return tuple(_along(curve, step / 16) for curve in curves for step in range(16))


def _along(curve: Sequence[tuple[float, float]], part: float) -> tuple[float, float]:
    weights = [math.comb(3, k) * part**k * (1 - part) ** (3 - k) for k in range(4)]
    x, y = (sum(weight * end for weight, end in zip(weights, ends, strict=True)) for ends in zip(*curve, strict=True))
    return x, y


def _placed(lesions: Sequence[Lesion]) -> Iterator[tuple[Lesion, tuple[float, float] | None]]:
    """Each lesion with its place; those that share a segment are spread around its middle.

    None where the segment is not given, or where the segments given do not lie together.
    """
    filled: dict[tuple[str, ...], int] = {}
    for lesion in lesions:
        value = lesion.field("segment")
        segments = tuple(sorted(value.must)) if isinstance(value, Members) else ()
        centres = [_CENTRES[one] for one in segments]
        if not centres or any(math.dist(one, other) > NEIGHBOURS for one in centres for other in centres):
            yield lesion, None
            continue
        x, y = (sum(ends) / len(centres) for ends in zip(*centres, strict=True))
        count = filled[segments] = filled.get(segments, -1) + 1
        away, turn = SPREAD * math.sqrt(count), GOLDEN_ANGLE * count
        yield lesion, (x + away * math.cos(turn), y + away * math.sin(turn))


def _radii(lesion: Lesion) -> tuple[float, float] | None:
    """Half the smallest and the largest diameter that it can have, in units; None where the size is unknown."""
    value = lesion.field("size")
    if "size" not in lesion.findings or not isinstance(value, Numbers) or lesion.findings["size"].unknown is not None:
        return None
    low, high = value.intervals[0].low, value.intervals[-1].high
    ends = [float(end) * UNITS_PER_MM / 2 for end in (low, high) if end is not None]
    return ends[0], ends[-1]


def _lesion(lesion: Lesion, where: tuple[float, float]) -> str:
    radii = _radii(lesion)
    if radii is None:
        return _circle(*where, UNSIZED, "none", "2 1.5")
    outer = _circle(*where, radii[1], "none", "2 1.5") if radii[1] > radii[0] else ""
    return _circle(*where, max(radii[0], 1.0), FILL) + outer


def _label(lesion: Lesion, where: tuple[float, float], mark: str) -> str:
    radii, (x, y) = _radii(lesion), where
    said = mark if radii else f"{mark}?"
    radius = max(radii[0], 1.0) if radii else UNSIZED
    if radius < SMALLEST_LETTERED:
        return _text(x + radius + 1.5, y + 3.3, said, INK, 9.5, "start", halo=True)
    return _text(x, y + 3.3, said, INK, 9.5)


def lesion_marks(lesions: Sequence[Lesion]) -> dict[str, str]:
    """What stands for each lesion on the map: the ids where all are short, else the numbers in the list."""
    if all(len(lesion.id) <= LONGEST_MARK for lesion in lesions):
        return {lesion.id: lesion.id for lesion in lesions}
    return {lesion.id: str(number) for number, lesion in enumerate(lesions, 1)}


def _circle(x: float, y: float, radius: float, fill: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    opacity = ' fill-opacity="0.8"' if fill != "none" else ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"{opacity} stroke="{INK}" '
        f'stroke-width="0.8"{dashed}/>'
    )


def _scale() -> Iterator[str]:
    yield f'<path d="M186 96 h50 M186 93 v6 M236 93 v6" fill="none" stroke="{INK}" stroke-width="0.9"/>'
    yield _text(211, 90, "5 cm", INK, 9.5)


def _legend(lost: list[str], complete: bool) -> Iterator[str]:
    """What the map cannot show."""
    if lost:
        shown = ", ".join(lost[:6]) + (f" and {len(lost) - 6} more" if len(lost) > 6 else "")
        yield _text(238, 117, "place not drawn:", INK, 9, "end")
        yield _text(238, 128, shown, INK, 9, "end")
    if not complete:
        yield _text(238, 145, "others not listed", INK, 9, "end")


def _said(lesion: Lesion, mark: str) -> str:
    size = lesion.findings["size"].typed if _radii(lesion) else "size unknown"
    value = lesion.field("segment")
    segments = " and ".join(sorted(value.must)) if isinstance(value, Members) and value.must else "not given"
    return f"Lesion {mark}: {size}, segment {segments}"


def _text(
    x: float, y: float, text: str, fill: str, size: float, anchor: str = "middle", *, halo: bool = False
) -> str:  # fmt: skip
    around = f' stroke="{GROUND}" stroke-width="2.2" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{fill}"{around}>{escape(text)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'


BAR_WIDTH, BAR_HEIGHT, AXIS_HEIGHT = 120, 8, 12
MOST_YEARS = 5
Span = tuple[Day | None, Day | None]


def _years(spans: Sequence[Span], as_of: datetime.date) -> tuple[int, int]:
    """The first day of the scale of time and the last, as ordinals."""
    days = [day.first.toordinal() for span in spans for day in span if day is not None]
    first = min(days, default=as_of.toordinal())
    return datetime.date(datetime.date.fromordinal(first).year, 1, 1).toordinal(), as_of.toordinal() + 1


def time_axis(spans: Sequence[Span], as_of: datetime.date) -> str:
    """The scale above the bars: the years, each over a tick at its first day."""
    ticks = _ticks(spans, as_of)
    parts = [_tick(x, 8.5, AXIS_HEIGHT) for x, _ in ticks]
    parts += [_text(x, 7.5, str(year), INK, 9.5, "start") for x, year in ticks if x <= BAR_WIDTH - 21]
    return _svg(BAR_WIDTH, AXIS_HEIGHT, parts)


def _ticks(spans: Sequence[Span], as_of: datetime.date) -> list[tuple[float, int]]:
    """Where the years begin that are told, and which they are."""
    first, last = _years(spans, as_of)
    start, end = datetime.date.fromordinal(first).year, as_of.year
    years = range(start, end + 1, max(1, math.ceil((end - start + 1) / MOST_YEARS)))
    return [(_at(datetime.date(year, 1, 1).toordinal(), first, last), year) for year in years]


def _tick(x: float, top: float, bottom: float) -> str:
    return f'<path d="M{max(x, 0.3):.1f} {top:g} V{bottom:g}" stroke="{GREY}" stroke-width="0.6" fill="none"/>'


def time_bar(span: Span, spans: Sequence[Span], as_of: datetime.date) -> str:
    """One treatment on the scale of all: full where it is certain to have run, dashed where an end is not given."""
    first, last = _years(spans, as_of)
    begin, end = span
    if begin is None and end is None:
        return ""
    low = _at(begin.first.toordinal(), first, last) if begin else 0.0
    high = _at(end.last.toordinal(), first, last) if end else float(BAR_WIDTH)
    parts = [f'<path d="M0 4 H{BAR_WIDTH}" stroke="{PALE}" stroke-width="0.5" fill="none"/>']
    parts += [_tick(x, 2, 6) for x, _ in _ticks(spans, as_of)]
    if begin and end:
        parts.append(f'<rect x="{low:.1f}" y="1.5" width="{max(high - low, 1.2):.1f}" height="5" fill="{INK}"/>')
    else:
        edge = low if begin else high
        parts.append(
            f'<path d="M{low:.1f} 4 H{high:.1f}" stroke="{INK}" stroke-width="2" stroke-dasharray="3 2" fill="none"/>'
        )
        parts.append(f'<rect x="{max(edge - 0.6, 0):.1f}" y="0.8" width="1.2" height="6.4" fill="{INK}"/>')
    return _svg(BAR_WIDTH, BAR_HEIGHT, parts)


def _at(day: int, first: int, last: int) -> float:
    return BAR_WIDTH * min(max((day - first) / (last - first), 0.0), 1.0)

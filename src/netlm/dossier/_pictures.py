"""The two schematics of page one, as SVG without style sheets: lesions in the liver, treatments in time."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from ..dictionary import Day, Lesion
from ..values import Members, Numbers

__all__ = ["Picture", "lesion_mark", "liver_map", "time_axis", "time_bar"]

FONT = "Source Sans 3, Segoe UI, Helvetica, Arial, sans-serif"
INK, PALE, FILL = "#1f2a33", "#8794a0", "#c7d3da"

UNITS_PER_MM = 1.0
"""Of the liver map: a liver some 21 cm wide is drawn 210 units wide."""
UNSIZED = 5.0
_WIDTH, _HEIGHT = 240, 150
_OUTLINE = (
    "M16 66 C14 34 54 12 108 14 C150 15 192 20 226 33 C234 43 222 58 196 70 "
    "C170 81 150 92 136 105 C118 123 84 138 52 134 C26 130 18 98 16 66 Z"
)
_DIVIDES = (
    "M60 14 C56 60 60 100 70 138", "M116 13 C110 50 110 80 112 124", "M152 14 C150 50 152 70 150 98",
    "M14 78 C44 72 80 70 112 72", "M113 62 C128 58 140 58 151 60", "M151 50 C180 46 210 44 232 42",
)  # fmt: skip
_CENTRES = {
    "1": (112.0, 92.0), "2": (186.0, 34.0), "3": (178.0, 60.0), "4": (132.0, 56.0), "4a": (132.0, 36.0),
    "4b": (130.0, 80.0), "5": (88.0, 102.0), "6": (42.0, 104.0), "7": (38.0, 52.0), "8": (86.0, 44.0),
}  # fmt: skip
_LABELS = {"2": (208, 33), "3": (196, 60), "4a": (140, 24), "4b": (134, 100), "5": (96, 126), "6": (36, 126),
           "7": (26, 66), "8": (86, 24), "1": (119, 116)}  # fmt: skip
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SPREAD = 10.0
MOST_LABELLED = 40
LONGEST_MARK = 3


@dataclass(frozen=True)
class Picture:
    """An SVG and what it shows, in words."""

    svg: str
    alt: str


def liver_map(lesions: Sequence[Lesion] | None, complete: bool) -> Picture | None:
    """Lesions by segment and size; None where none is listed. The place inside a segment means nothing."""
    if not lesions:
        return None
    placed = list(_placed(lesions))
    lost = [lesion_mark(number, lesion) for number, lesion, where in placed if where is None]
    parts = [
        f'<path d="{_OUTLINE}" fill="#f6f3ee" stroke="{INK}" stroke-width="1.2"/>',
        *(
            f'<path d="{line}" fill="none" stroke="{PALE}" stroke-width="0.7" stroke-dasharray="3 2"/>'
            for line in _DIVIDES
        ),
        *(_text(x, y, segment, PALE, 8) for segment, (x, y) in _LABELS.items()),
    ]
    parts += [_lesion(number, lesion, where) for number, lesion, where in placed if where is not None]
    parts += [*_scale(), *_legend(lost, complete)]
    said = "; ".join(_said(number, lesion) for number, lesion, _ in placed[:MOST_LABELLED])
    more = f"; and {len(placed) - MOST_LABELLED} more" if len(placed) > MOST_LABELLED else ""
    return Picture(_svg(_WIDTH, _HEIGHT, parts), f"Schematic of the liver by segment, sizes to scale. {said}{more}.")


def _placed(lesions: Sequence[Lesion]) -> Iterator[tuple[int, Lesion, tuple[float, float] | None]]:
    """Each lesion with its number and place; those that share a segment are spread around its middle."""
    filled: dict[tuple[str, ...], int] = {}
    for number, lesion in enumerate(lesions, 1):
        value = lesion.field("segment")
        segments = tuple(sorted(value.must)) if isinstance(value, Members) else ()
        if not segments:
            yield number, lesion, None
            continue
        x = sum(_CENTRES[one][0] for one in segments) / len(segments)
        y = sum(_CENTRES[one][1] for one in segments) / len(segments)
        count = filled[segments] = filled.get(segments, -1) + 1
        away, turn = SPREAD * math.sqrt(count), GOLDEN_ANGLE * count
        yield number, lesion, (x + away * math.cos(turn), y + away * math.sin(turn))


def _radii(lesion: Lesion) -> tuple[float, float] | None:
    """Half the smallest and the largest diameter that it can have, in units; None where the size is unknown."""
    value = lesion.field("size")
    if "size" not in lesion.findings or not isinstance(value, Numbers) or lesion.findings["size"].unknown is not None:
        return None
    low, high = value.intervals[0].low, value.intervals[-1].high
    ends = [float(end) * UNITS_PER_MM / 2 for end in (low, high) if end is not None]
    return ends[0], ends[-1]


def _lesion(number: int, lesion: Lesion, where: tuple[float, float]) -> str:
    x, y = where
    radii = _radii(lesion)
    if radii is None:
        circles = _circle(x, y, UNSIZED, "none", "2 1.5")
    else:
        circles = _circle(x, y, max(radii[0], 1.0), FILL)
        circles += _circle(x, y, radii[1], "none", "2 1.5") if radii[1] > radii[0] else ""
    return circles + _text(x, y + 2.6, f"{lesion_mark(number, lesion)}{'?' if radii is None else ''}", INK, 7.5)


def lesion_mark(number: int, lesion: Lesion) -> str:
    """What stands for a lesion on the map: its id where that is short, else its number in the list."""
    return lesion.id if len(lesion.id) <= LONGEST_MARK else str(number)


def _circle(x: float, y: float, radius: float, fill: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    opacity = ' fill-opacity="0.8"' if fill != "none" else ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"{opacity} stroke="{INK}" '
        f'stroke-width="0.8"{dashed}/>'
    )


def _line(path: str, stroke: str, width: float) -> str:
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width:g}" stroke-dasharray="3 2"/>'


def _scale() -> Iterator[str]:
    yield f'<path d="M186 96 h50 M186 93 v6 M236 93 v6" fill="none" stroke="{INK}" stroke-width="0.9"/>'
    yield _text(211, 91, "5 cm", INK, 8)


def _legend(lost: list[str], complete: bool) -> Iterator[str]:
    """What the map cannot show."""
    if lost:
        shown = ", ".join(lost[:6]) + (f" and {len(lost) - 6} more" if len(lost) > 6 else "")
        yield _text(236, 124, "segment not given:", INK, 7.5, "end")
        yield _text(236, 133, shown, INK, 7.5, "end")
    if not complete:
        yield _text(236, 144, "others not listed", INK, 7.5, "end")


def _said(number: int, lesion: Lesion) -> str:
    size = lesion.findings["size"].typed if _radii(lesion) else "size unknown"
    value = lesion.field("segment")
    segments = " and ".join(sorted(value.must)) if isinstance(value, Members) and value.must else "not given"
    return f"Lesion {lesion_mark(number, lesion)}: {size}, segment {segments}"


def _text(x: float, y: float, text: str, fill: str, size: float, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'


BAR_WIDTH, BAR_HEIGHT = 120, 8
Span = tuple[Day | None, Day | None]


def _years(spans: Sequence[Span], as_of: datetime.date) -> tuple[int, int]:
    """The first day of the scale of time and the last, as ordinals."""
    days = [day.first.toordinal() for span in spans for day in span if day is not None]
    first = min(days, default=as_of.toordinal())
    return datetime.date(datetime.date.fromordinal(first).year, 1, 1).toordinal(), as_of.toordinal() + 1


def time_axis(spans: Sequence[Span], as_of: datetime.date) -> str:
    """The scale above the bars: the years."""
    first, last = _years(spans, as_of)
    start, end = datetime.date.fromordinal(first).year, as_of.year
    step = max(1, math.ceil((end - start + 1) / 6))
    parts = []
    for year in range(start, end + 1, step):
        x = _at(datetime.date(year, 1, 1).toordinal(), first, last)
        if x <= BAR_WIDTH - 16:
            parts.append(_text(x, 7, str(year), INK, 7, "start"))
    return _svg(BAR_WIDTH, BAR_HEIGHT, parts)


def time_bar(span: Span, spans: Sequence[Span], as_of: datetime.date) -> str:
    """One treatment on the scale of all: full where it is certain to have run, dashed where an end is not given."""
    first, last = _years(spans, as_of)
    begin, end = span
    if begin is None and end is None:
        return ""
    low = _at(begin.first.toordinal(), first, last) if begin else 0.0
    high = _at(end.last.toordinal(), first, last) if end else float(BAR_WIDTH)
    parts = [f'<path d="M0 4 H{BAR_WIDTH}" stroke="#d5dbe0" stroke-width="0.5" fill="none"/>']
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

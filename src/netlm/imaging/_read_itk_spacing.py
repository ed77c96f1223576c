"""The spacing as the header of an NRRD or MetaImage file has it.

ITK takes 1 for one that is missing, drops a sign, and reads every unit as millimetres.
"""

from __future__ import annotations

import math
import re

from ._grid import MEND, check_steps
from ._payload import Header
from ._types import refuse

__all__ = ["check_spacing"]

_VECTOR = re.compile(r"none|\(([^)]*)\)")
MILLIMETRE = ("", "mm", "millimeter", "millimeters", "millimetre", "millimetres")


def check_spacing(head: Header, file: str) -> None:
    """Refuse a header whose spacing is missing, or no millimetres above 0, along any of its axes.

    Raises ``Problems``.
    """
    named = (
        ("space directions", _vectors), ("spacings", _numbers), ("ElementSpacing", _numbers), ("ElementSize", _numbers),
    )  # fmt: skip
    place, read = next(((name, read) for name, read in named if name.casefold() in head.fields), ("spacing", _numbers))
    steps = read(head.fields.get(place.casefold(), ""))
    axes = len(head.fields.get("sizes", head.fields.get("dimsize", "x y z")).split())
    if not steps:
        refuse("no spacing", "millimetres above 0", MEND, "spacing", file, place)
    if len(steps) != axes:
        refuse(f"a spacing for {len(steps)} of {axes} axes", "one for each", "Write the file anew.", "spacing", file,
               place)  # fmt: skip
    check_steps(steps, file, place)
    units = re.findall(r'"([^"]*)"', head.fields.get("space units", head.fields.get("units", "")))
    if any(unit.strip().casefold() not in MILLIMETRE for unit in units):
        refuse("a spacing in another unit", "mm", "Write the file anew in mm.", "spacing", file, "units")


def _vectors(text: str) -> list[float | None]:
    found = _VECTOR.finditer(text)
    return [None if one[1] is None else math.hypot(*map(_number, one[1].split(","))) for one in found]


def _numbers(text: str) -> list[float | None]:
    return [_number(part) for part in text.split()]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

"""The spacing as the header of an NRRD or MetaImage file has it.

ITK takes 1 for one that is missing, drops a sign, and reads every unit as millimetres.
"""

from __future__ import annotations

import math
import re

from ._grid import MEND, check_steps
from ._types import refuse

__all__ = ["check_spacing"]

_MHA = (re.compile(rb"^ElementSpacing[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE),
        re.compile(rb"^ElementSize[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE))  # fmt: skip
_DIRECTIONS = re.compile(rb"^space directions:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_SPACINGS = re.compile(rb"^spacings:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_UNITS = re.compile(rb"^(?:space )?units:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_VECTOR = re.compile(rb"none|\(([^)]*)\)")
MILLIMETRE = ("", "mm", "millimeter", "millimeters", "millimetre", "millimetres")


def check_spacing(text: bytes, *, is_nrrd: bool, axes: int, file: str) -> None:
    """Refuse the header of a file whose spacing is missing, or no millimetres above 0, along any of its axes.

    Raises ``Problems``.
    """
    place, steps = _nrrd_steps(text) if is_nrrd else _mha_steps(text)
    if not steps:
        refuse("no spacing", "millimetres above 0", MEND, "spacing", file, place)
    if len(steps) != axes:
        refuse(f"a spacing for {len(steps)} of {axes} axes", "one for each", "Write the file anew.", "spacing", file,
               place)  # fmt: skip
    check_steps(steps, file, place)
    if is_nrrd:
        _check_units(text, file)


def _mha_steps(text: bytes) -> tuple[str, list[float | None]]:
    for pattern, place in zip(_MHA, ("ElementSpacing", "ElementSize"), strict=True):
        if (found := pattern.search(text)) is not None:
            return place, [_number(part) for part in found[1].split()]
    return "ElementSpacing", []


def _nrrd_steps(text: bytes) -> tuple[str, list[float | None]]:
    if (found := _DIRECTIONS.search(text)) is not None:
        vectors = _VECTOR.finditer(found[1])
        return "space directions", [None if one[1] is None else _length(one[1]) for one in vectors]
    found = _SPACINGS.search(text)
    return "spacings", [] if found is None else [_number(part) for part in found[1].split()]


def _length(vector: bytes) -> float:
    return math.hypot(*(_number(part) for part in vector.split(b",")))


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _check_units(text: bytes, file: str) -> None:
    if (found := _UNITS.search(text)) is None:
        return
    units = re.findall(r'"([^"]*)"', found[1].decode(errors="replace"))
    other = next((unit for unit in units if unit.strip().casefold() not in MILLIMETRE), None)
    if other is not None:
        refuse(f"a spacing in `{other[:20]}`", "millimetres", "Write the file anew in mm.", "spacing", file, "units")

"""Numbers as publications print them: value, unit, interval, and how finely each was rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import Problem

__all__ = ["USUAL_LEVEL", "Number", "PValue", "read_number", "read_p"]

USUAL_LEVEL = 95
"""Per cent of an interval of which a publication does not say it."""
MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}
NOT_REACHED = "not reached"

_END = rf"(?:\d+(?:\.\d+)?|{NOT_REACHED})"
_SHAPE = re.compile(
    rf"(?P<value>{NOT_REACHED}|-?\d+(?:\.\d+)?)(?:\s*(?P<unit>[A-Za-z%][A-Za-z0-9%/. ]*?))?"
    rf"(?:\s*\((?P<low>{_END}) to (?P<high>{_END})\))?(?:\s*\+-\s*(?P<spread>\d+(?:\.\d+)?))?"
)
_P = re.compile(r"(?P<sign>[<>]?)\s*(?P<value>0?\.\d+|\d+(?:\.\d+)?(?:[eE]-\d+)?)")


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: months for times, per cent for shares, else ``unit``.

    ``value`` is None where it was not reached, ``high`` where the interval is open above. ``steps`` are the last
    printed decimals of value, low and high: half of one is what rounding can hide.
    """

    text: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    steps: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def has_interval(self) -> bool:
        """Whether an interval is printed."""
        return self.low is not None

    @property
    def ends(self) -> tuple[float, float] | None:
        """Both ends of the interval, where it has both."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class PValue:
    """A printed p: ``sign`` is empty, ``<`` or ``>``; ``sided`` is ``one``, ``two`` or None where it is not told."""

    text: str
    value: float
    sign: str = ""
    step: float = 0.0
    sided: str | None = None


def read_number(text: str) -> Number:
    """The number in ``14.3 months``, ``0.34 (0.20 to 0.59)``, ``not reached``, ``89 % +- 21``; years become months.

    Raises ``Problem`` (without a place) for anything else.
    """
    found = _SHAPE.fullmatch(" ".join(text.split()))
    if found is None:
        raise Problem(
            f"`{text}`", "a number such as `14.3 months`, `0.34 (0.20 to 0.59)`, `80.5 %`, `not reached`",
            "Write the interval in brackets with `to`.", "bad-number",
        )  # fmt: skip
    unit = (found["unit"] or "").strip()
    factor = MONTHS.get(unit, 1)
    ends = [found["value"], found["low"], found["high"]]
    value, low, high = (_scaled(end, factor) for end in ends)
    spread = float(found["spread"]) if found["spread"] else None
    steps = tuple(_step(end, factor) for end in ends)
    shown = "months" if unit in MONTHS else unit
    return Number(text, value, shown, low, high, spread, (steps[0], steps[1], steps[2]))


def _scaled(text: str | None, factor: int) -> float | None:
    return None if text is None or text == NOT_REACHED else float(text) * factor


def _step(text: str | None, factor: int) -> float:
    if text is None or text == NOT_REACHED:
        return 0.0
    return float(factor * 10 ** -len(text.partition(".")[2]))


def read_p(text: str, sided: str | None = None) -> PValue:
    """The p in ``0.037`` or ``<0.001``.

    Raises ``Problem`` (without a place) for anything else, and for more than 1.
    """
    found = _P.fullmatch(text.strip())
    if found is None or not 0 < float(found["value"]) <= 1:
        raise Problem(f"`{text}`", "a p such as `0.037` or `<0.001`", "Correct it.", "bad-number")
    return PValue(text, float(found["value"]), found["sign"], _step(found["value"], 1), sided)

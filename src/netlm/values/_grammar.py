"""What people type for a quantity: ``8 mm``, ``18-25 %``, ``18 to 25 %``, ``>= 8``, ``8+``, ``at least 8``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import Problem, safe_echo
from ._sets import Exact, Numbers, exact
from ._units import UnitTable

__all__ = ["NumberType", "Typed", "clip", "read_quantity", "read_typed"]

_NUMBER = r"\d{1,15}(?:\.\d{1,15})?"
_UNIT = r"(?!to\b)[A-Za-zµμ%/×][^<>=~]*?|10[*^]9/[lL]"
_BOUNDS = {
    ">=": (">=",), "≥": (">=",), "at least": (">=",),
    "more than": (">",), "above": (">",), "over": (">",), ">": (">",),
    "<=": ("<=",), "≤": ("<=",), "at most": ("<=",), "up to": ("<=",),
    "less than": ("<",), "below": ("<",), "under": ("<",), "<": ("<",),
}  # fmt: skip
_BOUND = re.compile(
    rf"(?P<sign>{'|'.join(re.escape(sign) for sign in sorted(_BOUNDS, key=len, reverse=True))})"
    rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?"
)
_PLUS = re.compile(rf"(?P<number>{_NUMBER})\s?\+\s*(?P<unit>{_UNIT})?")
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?P<low_unit>{_UNIT})?\s*(?:-|–|\bto\b)\s*(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})?"
)
_PLAIN = re.compile(rf"(?P<number>{_NUMBER})(?: ?(?P<unit>[A-Za-zµμ%/]+))?")
_EXACT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?")


@dataclass(frozen=True, slots=True)
class NumberType:
    """How a fact's number is written: its unit, the whole of its %, whether a bare number will do, what can be.

    ``low`` and ``high`` are the possible range in ``unit``; ``name`` is the fact, for conversions that hold for
    one substance only.
    """

    name: str
    unit: str
    of: str | None = None
    bare: bool = False
    whole_numbers: bool = False
    low: Exact | None = None
    high: Exact | None = None

    @property
    def everything(self) -> Numbers:
        """All that is possible: the value of an unknown number."""
        return Numbers.between(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Typed:
    """A quantity as typed, not yet converted: its ends, which of them are open, and the units written."""

    low: str | None
    high: str | None
    low_open: bool
    high_open: bool
    unit: str | None
    low_unit: str | None

    @property
    def is_exact(self) -> bool:
        """Whether one number was typed."""
        return self.low is not None and self.low == self.high


def read_typed(text: str) -> Typed:
    """Take a quantity apart.

    Raises ``Problem`` for decimal commas, ``~``, negative numbers, reversed ranges and anything else.
    """
    text = " ".join(text.split())
    if match := _PLAIN.fullmatch(text):
        return Typed(match["number"], match["number"], False, False, match["unit"], None)
    if match := _RANGE.fullmatch(text):
        return Typed(match["low"], match["high"], False, False, match["unit"], match["low_unit"])
    if match := _PLUS.fullmatch(text):
        return Typed(match["number"], None, False, False, match["unit"], None)
    if match := _BOUND.fullmatch(text):
        sign = _BOUNDS[match["sign"]][0]
        if sign[0] == ">":
            return Typed(match["number"], None, sign == ">", False, match["unit"], None)
        return Typed(None, match["number"], False, sign == "<", match["unit"], None)
    if match := _EXACT.fullmatch(text):
        number = match["number"]
        return Typed(number, number, False, False, match["unit"], None)
    raise _unreadable(text)


def _unreadable(text: str) -> Problem:
    expected = "a number such as `8`, `18-25 %`, `at least 8`"
    if re.search(r"\d,\d", text):
        return Problem(safe_echo(text), "a decimal point", "Write 3.2, not 3,2.", "decimal-comma")
    if text.startswith("~") or re.match(r"(about|approx|circa|ca\.?)\b", text):
        return Problem(
            safe_echo(text), "a range instead of an approximation", "Write what it may be, `18-25 %`.", "approximate"
        )
    if re.match(r"-\s*\d", text):
        return Problem(safe_echo(text), "a number that is not negative", "Check the value.", "negative")
    return Problem(
        safe_echo(text), expected, "Write a number, a range or a bound; `{unknown: reason}` where it is not known.",
        "not-a-quantity",
    )  # fmt: skip


def read_quantity(text: str, kind: NumberType, units: UnitTable) -> Numbers:
    """The numbers that ``text`` stands for, exactly, in the unit of ``kind``.

    Raises ``Problem`` where the text is not a quantity, the unit is missing, unknown, of another dimension or of
    another whole, the range is reversed, or nothing in it is possible.
    """
    typed = read_typed(text)
    low = _convert(typed.low, typed.low_unit or typed.unit, text, kind, units)
    high = low if typed.is_exact else _convert(typed.high, typed.unit, text, kind, units)
    if low is not None and high is not None and low > high:
        raise Problem(safe_echo(text), "the smaller end first", "Turn the range round.", "reversed-range")
    return clip(Numbers.between(low, high, typed.low_open, typed.high_open), text, kind)


def clip(numbers: Numbers, text: str, kind: NumberType) -> Numbers:
    """``numbers`` within what is possible; a typed end outside it, or nothing left, is a ``Problem``."""
    for interval in numbers.intervals:
        for end, is_open in ((interval.low, interval.low_open), (interval.high, interval.high_open)):
            if end is not None and not _possible(end, kind):
                raise _impossible(text, kind)
            if kind.whole_numbers and end is not None and end.denominator != 1 and not is_open:
                raise Problem(safe_echo(text), "a whole number", "Count in whole numbers.", "not-whole")
    if numbers.number is not None:
        return numbers
    inside = numbers.meet(kind.everything)
    if inside and kind.whole_numbers:
        inside = inside.whole()
    if inside is None:
        raise _impossible(text, kind)
    return inside


def _possible(number: Exact, kind: NumberType) -> bool:
    return (kind.low is None or number >= kind.low) and (kind.high is None or number <= kind.high)


def _impossible(text: str, kind: NumberType) -> Problem:
    low, high = (None if end is None else f"{float(end):g}" for end in (kind.low, kind.high))
    unit = "" if kind.unit == "1" else f" {kind.unit}"
    expected = f"{low} to {high}{unit}" if high is not None else f"at least {low}{unit}"
    return Problem(safe_echo(text), expected, "The value is impossible; check it and its unit.", "out-of-range")


def _convert(number: str | None, unit: str | None, text: str, kind: NumberType, units: UnitTable) -> Exact | None:
    if number is None:
        return None
    plain = exact(number)
    if unit is None:
        if not kind.bare:
            raise _unit_missing(text, plain, kind, units)
        return plain
    name, _, whole = unit.partition(" of ")
    known = units.find(name)
    if known is None or units.factor(known, kind.unit, kind.name) is None:
        raise _unit_wrong(text, name, kind, units)
    if whole and " ".join(whole.split()).casefold() != (kind.of or "").casefold():
        raise Problem(
            f"{safe_echo(text, [f'{number} % of {kind.of}'])}: a share of another whole",
            f"% of {kind.of}" if kind.of else kind.unit,
            "Convert the value, or record it under the fact that it belongs to.",
            "wrong-whole",
        )
    factor = units.factor(known, kind.unit, kind.name)
    assert factor is not None
    return exact(plain * factor)


def _unit_missing(text: str, number: Exact, kind: NumberType, units: UnitTable) -> Problem:
    choices = ", ".join(units.accepted(kind.unit, kind.name))
    remedy = f"Write the unit: {choices}."
    if kind.unit == "%" and 0 < number < 1:
        remedy = f"Write a percentage with its sign: {float(number * 100):g} %, if that is what was meant."
    return Problem(f"{safe_echo(text)}, without a unit", f"a value in {kind.unit}", remedy, "unit-missing")


def _unit_wrong(text: str, unit: str, kind: NumberType, units: UnitTable) -> Problem:
    accepted = units.accepted(kind.unit, kind.name)
    remedy = f"Use one of: {', '.join(accepted)}."
    if "hpf" in unit.lower() or "high power" in unit.lower().replace("-", " "):
        remedy = "Ask pathology for the count per 2 mm2: a high-power field has no fixed size."
    expected = "a bare number" if kind.unit == "1" else f"a value in {kind.unit}"
    return Problem(safe_echo(text, [f"{text.split()[0]} {name}" for name in accepted]), expected, remedy, "wrong-unit")

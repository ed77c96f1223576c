"""Values as JSON and as text: shown as typed, in the unit typed, with every uncertainty."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..logic import FactType
from ..values import Exact, Interval, Members, Numbers, Opaque, UnitTable, Value, Words
from ._facts import Finding

__all__ = ["value_json", "value_text"]

NOT_RECORDED = "not recorded"


def value_json(kind: FactType, value: Value, finding: Finding | None, units: UnitTable) -> Any:
    """The value as exported: ``{"value", "unit"}``, ``{"min", "max", "unit"}``, ``{"one_of"}``, ``{"unknown"}``, words.

    Ends that do not belong to a range are ``above`` and ``below`` instead of ``min`` and ``max``; a list that is not
    complete is ``{"at_least": [...]}``.
    """
    if _is_open(kind, value, finding):
        return {"unknown": (finding.unknown if finding else None) or NOT_RECORDED}
    if isinstance(value, Numbers):
        unit, factor = _shown_unit(kind, finding, units)
        parts = [_interval_json(interval, unit, factor) for interval in value.intervals]
        return parts[0] if len(parts) == 1 else {"one_of": parts}
    if isinstance(value, Words):
        words = [word for word in kind.words if word in value.possible]
        if set(kind.words) == {"yes", "no"}:
            return words == ["yes"]
        return words[0] if len(words) == 1 else {"one_of": words}
    if isinstance(value, Members):
        words = [word for word in kind.words if word in value.must]
        return words if value.is_known else {"at_least": words}
    if finding is None or finding.unknown is not None:
        return {"unknown": (finding.unknown if finding else None) or NOT_RECORDED}
    return list(value.content) if isinstance(value.content, tuple) else finding.typed


def _is_open(kind: FactType, value: Value, finding: Finding | None) -> bool:
    """Whether nothing is known: two statements that contradict each other are more than that."""
    if isinstance(value, Opaque) or value.is_known or value != kind.everything:
        return False
    return finding is None or finding.value == kind.everything


def _shown_unit(kind: FactType, finding: Finding | None, units: UnitTable) -> tuple[str, Fraction | None]:
    """The unit in which a number was typed, and how many of the fact's own unit make it; None where that is its own."""
    assert kind.number is not None
    own = kind.number.unit
    typed = finding.unit if finding else None
    if typed is None or typed == own:
        return own, None
    factor = units.factor(units.units[typed], own, kind.name)
    return (own if factor is None else typed), factor


def _interval_json(interval: Interval, unit: str, factor: Fraction | None) -> dict[str, Any]:
    if interval.is_point and interval.low is not None:
        return {"value": _number(interval.low, factor), "unit": unit}
    shown: dict[str, Any] = {}
    if interval.low is not None:
        shown["above" if interval.low_open else "min"] = _number(interval.low, factor)
    if interval.high is not None:
        shown["below" if interval.high_open else "max"] = _number(interval.high, factor)
    return {**shown, "unit": unit}


def _number(exact: Exact, factor: Fraction | None = None) -> int | float:
    if factor is not None:
        exact = exact / factor
    return exact.numerator if exact.denominator == 1 else float(exact)


def value_text(kind: FactType, value: Value, finding: Finding | None, titles: dict[str, str] | None = None) -> str:
    """The value for people: as typed where it was typed, worked out otherwise."""
    if _is_open(kind, value, finding):
        reason = finding.unknown if finding else None
        return f"unknown ({reason})" if reason else "unknown"
    if isinstance(value, Numbers) and finding is not None and finding.value == value:
        return finding.typed + _unit_left_out(kind, finding)
    if isinstance(value, Numbers):
        return " or ".join(_interval_text(interval, kind) for interval in value.intervals)
    if isinstance(value, Words):
        return " or ".join(_titled(word, titles) for word in kind.words if word in value.possible)
    if isinstance(value, Members):
        words = ", ".join(_titled(word, titles) for word in kind.words if word in value.must) or "none"
        return words if value.is_known else f"at least {words}"
    return finding.typed if finding else "unknown"


def _unit_left_out(kind: FactType, finding: Finding) -> str:
    """The unit of a number that was typed bare, where there is more than a count to say."""
    if kind.number is None or finding.unit is not None or kind.number.unit == "1" or not finding.typed[-1:].isdigit():
        return ""
    return f" {kind.number.unit.removesuffix('s') if finding.typed == '1' else kind.number.unit}"


def _titled(word: str, titles: dict[str, str] | None) -> str:
    return titles.get(word, word) if titles else word


def _interval_text(interval: Interval, kind: FactType) -> str:
    """A range as it could be typed again, without the ends of what is possible at all."""
    number = kind.number
    assert number is not None
    unit = "" if number.unit == "1" else f" {number.unit}"
    low = None if interval.low == number.low and not interval.low_open else interval.low
    high = None if interval.high == number.high and not interval.high_open else interval.high
    if interval.is_point and interval.low is not None:
        return f"{_number(interval.low):g}{unit}"
    if low is not None and high is not None and not interval.low_open and not interval.high_open:
        return f"{_number(low):g}-{_number(high):g}{unit}"
    parts = []
    if low is not None:
        parts.append(f"{'more than' if interval.low_open else 'at least'} {_number(low):g}{unit}")
    if high is not None:
        parts.append(f"{'less than' if interval.high_open else 'at most'} {_number(high):g}{unit}")
    return " and ".join(parts) or "any"

"""Reading what was typed for a fact into what the fact can be."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from dataclasses import dataclass

from ..errors import Problem, nearest, safe_echo
from ..files import Mapping, Node, Scalar, Sequence
from ..values import Exact, Members, Numbers, Opaque, UnitTable, Value, Words, clip, join, read_quantity, read_typed
from ._fact import Fact
from ._facts import Finding

__all__ = ["ANNOTATIONS", "Day", "read_day", "read_finding", "read_partial_day", "read_value"]

ANNOTATIONS = ("method", "date", "source", "error", "note", "by")
_FORMS = ("value", "opinion", "min", "max", "above", "below", "one_of", "not", "at_least", "unknown")
_END_WORDS = {"min": "at least", "above": "more than", "max": "at most", "below": "less than"}
LAST_MONTH = 12
KEPT_READINGS = 4096
_TRUE, _FALSE = ("yes", "true"), ("no", "false")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Day:
    """A date of a record, perhaps only a year or a month: ``first`` to ``last``."""

    text: str
    first: datetime.date
    last: datetime.date


def read_day(text: str) -> datetime.date:
    """A full date, ``2026-10-02``.

    Raises ``Problem``.
    """
    match = _DAY.fullmatch(text)
    try:
        if match:
            return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise Problem(safe_echo(text), "a date such as 2026-10-02", "Write year-month-day.", "bad-date")


def read_value(fact: Fact, text: str, units: UnitTable) -> Value:
    """What one piece of text says of ``fact``.

    Raises ``Problem`` (without a place).
    """
    text = text.strip()
    if not text:
        raise Problem(
            "nothing", f"a value for {fact.name}", "Leave the fact out, or write {unknown: reason}.", "no-value"
        )
    if fact.type.number is not None:
        return read_quantity(text, fact.type.number, units)
    if fact.type.kind == "word":
        return Words.of(_word(fact, text))
    if fact.type.kind == "words":
        return Members.exactly([_word(fact, text)])
    if fact.kind == "date":
        return Opaque(read_partial_day(text))
    return Opaque(text)


def read_partial_day(text: str) -> Day:
    """A date, a month or a year."""
    if match := re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text):
        year, month = int(match[1]), match[2]
        try:
            first = datetime.date(year, int(month or 1), 1)
        except ValueError:
            raise Problem(safe_echo(text), "a date such as 2026-10", "Write year-month.", "bad-date") from None
        last_month = first.month if month else LAST_MONTH
        return Day(text, first, datetime.date(year, last_month, monthrange(year, last_month)[1]))
    day = read_day(text)
    return Day(text, day, day)


def _word(fact: Fact, text: str) -> str:
    """The word of the dictionary that was typed; yes/no facts also take true and false."""
    if text in fact.values:
        return text
    plain = ("yes", "present") if text in _TRUE else ("no", "none") if text in _FALSE else ()
    for word in plain:
        if word in fact.values:
            return word
    titles = {title.casefold(): word for word, title in fact.values.items()}
    if text.casefold() in titles:
        return titles[text.casefold()]
    close = nearest(text, fact.values)
    choices = ", ".join(fact.values)
    remedy = f"Did you mean `{close}`?" if close else f"Use one of: {choices}."
    expected = "yes or no" if fact.kind == "yes_no" else f"a value of {fact.name}"
    raise Problem(safe_echo(text, list(fact.values)), expected, remedy, "not-a-value")


def read_finding(fact: Fact, node: Node, units: UnitTable, kind: str = "entered") -> Finding:
    """A finding from what stands under the fact's name in a case file.

    Raises ``Problem`` with line and column.
    """
    try:
        if isinstance(node, Scalar):
            return _plain_finding(fact, node, units, kind)
        if isinstance(node, Sequence):
            return Finding(_listed(fact, node, complete=True), _text_of(node), kind, line=node.line)
        known = fact.readings.get(node) if node.line == 0 and kind == "entered" else None
        return known or _kept(fact, node, _annotated(fact, node, units, kind))
    except Problem as problem:
        problem.line, problem.column = problem.line or node.line, problem.column or node.column
        problem.place = problem.place or f"facts.{fact.name}"
        raise


def _plain_finding(fact: Fact, node: Scalar, units: UnitTable, kind: str) -> Finding:
    if node.block:
        raise Problem("a block of text", "a value on one line", "Write it on one line.", "block-scalar")
    known = fact.readings.get(node.text) or _read_once(fact, node.text, units)
    if node.line == 0 and kind == known.kind:
        return known
    return Finding(known.value, known.typed, kind, known.unit, line=node.line)


def _read_once(fact: Fact, text: str, units: UnitTable) -> Finding:
    """What a text is read as, kept: the same few texts stand in many cases."""
    value = read_value(fact, text, units)
    unit = _unit_name(read_typed(text).unit, units) if fact.type.number is not None else None
    return _kept(fact, text, Finding(value, text.strip(), unit=unit))


def _kept(fact: Fact, read: str | Mapping, found: Finding) -> Finding:
    """A finding, kept for the next time the same is read; one with a place is of its file alone."""
    if not found.line and found.kind == "entered" and len(fact.readings) < KEPT_READINGS:
        fact.readings[read] = found
    return found


def _unit_name(typed: str | None, units: UnitTable) -> str | None:
    found = units.find(typed.partition(" of ")[0]) if typed else None
    return found.name if found else None


def _listed(fact: Fact, node: Node, complete: bool) -> Value:
    """A list: complete as it stands, or "at least these"."""
    if not isinstance(node, Sequence) or not all(isinstance(item, Scalar) for item in node.items):
        raise Problem("something else", f"a list of {fact.name}", "Write [first, second], or [].", "not-a-list")
    texts = [item.text.strip() for item in node.items if isinstance(item, Scalar)]
    if fact.type.kind == "words":
        words = [_word(fact, text) for text in texts]
        return Members.exactly(words) if complete else Members(frozenset(words), frozenset(fact.type.words))
    if fact.kind == "texts":
        return Opaque(tuple(texts), is_known=complete)
    raise Problem("a list", f"one value of {fact.name}", "Use {one_of: [...]} where it is not known which.", "list")


def _annotated(fact: Fact, node: Mapping, units: UnitTable, kind: str) -> Finding:
    forms = [name for name in node if name in _FORMS]
    strange = [key for key, _ in node.pairs if key.text not in (*_FORMS, *ANNOTATIONS)]
    if strange:
        close = nearest(strange[0].text, (*_FORMS, *ANNOTATIONS))
        remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join((*_FORMS, *ANNOTATIONS))}."
        raise Problem(
            f"an unknown key {safe_echo(strange[0].text)}", "a value with its annotations", remedy, "unknown-key",
            line=strange[0].line, column=strange[0].column,
        )  # fmt: skip
    value, typed, unit, unknown = _formed(fact, node, forms, units)
    notes = {name: _annotation(node, name) for name in ANNOTATIONS}
    if notes["error"] is not None:
        value, typed = _widened(fact, value, notes["error"], units), f"{typed} ± {notes['error']}"
    day = read_day(notes["date"]) if notes["date"] is not None else None
    return Finding(
        value, typed, kind, unit, unknown, day, notes["method"], notes["source"], notes["by"], notes["note"], node.line
    )


def _annotation(node: Mapping, name: str) -> str | None:
    found = node.get(name)
    if found is None:
        return None
    if not isinstance(found, Scalar) or not found.text.strip():
        raise Problem("something else", f"text under `{name}`", "Write it as text.", "bad-annotation", line=found.line)
    return found.text.strip()


def _formed(fact: Fact, node: Mapping, forms: list[str], units: UnitTable) -> tuple[Value, str, str | None, str | None]:
    """Value, text, unit and reason for being unknown, of a map with a value form."""
    ends = {name for name in forms if name in ("min", "max", "above", "below")}
    if not forms or (len(forms) > 1 and set(forms) != ends) or {"min", "above"} <= ends or {"max", "below"} <= ends:
        raise Problem(
            f"{len(forms)} ways of giving a value" if forms else "no value",
            "one of value; min, max, above, below; one_of; not; at_least; unknown",
            "Give the value in one way.",
            "value-form",
        )
    form, inner = forms[0], node.get(forms[0])
    assert inner is not None
    if form == "unknown":
        reason = _annotation(node, "unknown")
        return fact.type.everything, "unknown", None, reason
    if form in ("value", "opinion"):
        if isinstance(inner, Mapping):
            raise Problem("a map inside `value`", "one value", "Give range and annotations in one map.", "value-form")
        plain = read_finding(fact, inner, units)
        return plain.value, plain.typed, plain.unit, plain.unknown
    if form in ("one_of", "not"):
        return (*_alternatives(fact, inner, units, form == "not"), None, None)
    if form == "at_least":
        return _listed(fact, inner, complete=False), f"at least {_text_of(inner)}", None, None
    return (*_ends(fact, node, ends, units), None)


def _alternatives(fact: Fact, node: Node, units: UnitTable, excluded: bool) -> tuple[Value, str]:
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items or not all(isinstance(item, Scalar) for item in items):
        raise Problem("no list of values", "one_of: [first, second]", "List what it may be.", "not-a-list")
    values = [read_value(fact, item.text, units) for item in items if isinstance(item, Scalar)]
    text = " or ".join(item.text.strip() for item in items if isinstance(item, Scalar))
    if not all(isinstance(value, Words | Numbers) for value in values):
        raise Problem("alternatives", f"a value of {fact.name}", "List facts take [..] or {at_least: [..]}.", "list")
    joined = values[0]
    for value in values[1:]:
        joined = join(joined, value)
    if not excluded:
        return joined, text
    if not isinstance(joined, Words):
        raise Problem("`not` with a number", "a range", "Write the range that is left.", "value-form")
    left = frozenset(fact.type.words) - joined.possible
    if not left:
        raise Problem("every value excluded", "one that is left", "Check the list.", "value-form")
    return Words(left), f"not {text}"


def _ends(fact: Fact, node: Mapping, ends: set[str], units: UnitTable) -> tuple[Value, str, str | None]:
    """A range or bound written as a map."""
    kind = fact.type.number
    if kind is None:
        raise Problem("a range", f"a value of {fact.name}", "Only numbers have ranges.", "value-form")
    read: dict[str, Exact] = {}
    unit, texts = None, []
    for name in ("min", "above", "max", "below"):
        end = node.get(name) if name in ends else None
        if end is not None:
            finding = read_finding(fact, end, units)
            number = finding.value.number if isinstance(finding.value, Numbers) else None
            if number is None:
                raise Problem("a range", f"one number under `{name}`", "Give one number.", "value-form", line=end.line)
            read[name], unit = number, finding.unit
            texts.append(f"{_END_WORDS[name]} {finding.typed}")
    low, high = read.get("min", read.get("above")), read.get("max", read.get("below"))
    text = " and ".join(texts)
    if low is not None and high is not None and (low > high or (low == high and ends & {"above", "below"})):
        raise Problem(safe_echo(text), "the smaller end first", "Turn the range round.", "reversed-range")
    return clip(Numbers.between(low, high, "above" in read, "below" in read), text, kind), text, unit


def _widened(fact: Fact, value: Value, error: str, units: UnitTable) -> Value:
    """A value with its stated error, as the range that it covers."""
    kind = fact.type.number
    if kind is None or not isinstance(value, Numbers):
        raise Problem("an error", "a number to which it belongs", "Only numbers have an error.", "value-form")
    margin_text = error.removeprefix("±").removeprefix("+-").strip()
    margin = read_quantity(margin_text, kind, units).number
    if margin is None:
        raise Problem(safe_echo(error), "one number", "Give the half-width, in the fact's unit.", "value-form")
    widened = [
        Numbers.between(
            None if interval.low is None else interval.low - margin,
            None if interval.high is None else interval.high + margin,
        )
        for interval in value.intervals
    ]
    joined = widened[0]
    for numbers in widened[1:]:
        joined = joined.join(numbers)
    inside = joined.meet(kind.everything)
    if inside and kind.whole_numbers:
        inside = inside.whole()
    assert inside is not None
    return inside


def _text_of(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text.strip()
    if isinstance(node, Sequence):
        return ", ".join(_text_of(item) for item in node.items) or "none"
    return "; ".join(f"{key.text} {_text_of(value)}" for key, value in node.pairs)

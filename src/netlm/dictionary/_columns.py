"""Facts as columns: the layout ``facts/1`` of a table with one row for each patient, and what criteria read from it.

Every column is filled in every row. A number is the least and the greatest it can be (``ki67.lo``, ``ki67.hi``), a word
the bits of the words it can be (``sstr.may``), a list the bits of the words it must and may hold (``symptoms.must``,
``symptoms.may``). Only what was recorded is stored; derived facts are worked out of their decision tables as columns,
so that a convention can be changed without making the table again.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf, nextafter
from typing import Any

from ..logic import (
    Cell,
    Elements,
    Expression,
    FactType,
    Ground,
    Outcomes,
    Sheet,
    bits_of,
    compile_columns,
    once,
    over_elements,
)  # fmt: skip
from ..values import Exact, Members, Numbers, Value, Words
from ._dictionary import NEAR_GIVEN, Dictionary
from ._fact import Derivation, Fact
from ._facts import Facts, Lesion
from ._validity import later

__all__ = ["FactColumns", "FactsLayout", "LesionColumns"]

FORMAT = "facts/1"
_WIDTHS = (8, 16, 32, 64)
_LONGEST_AGE = 65535
_NOTHING, _UNKNOWN, _KNOWN = 0, 1, 2
"""Codes of a column ``.stated``: nothing entered, entered as unknown, entered with a value."""


def _mask_type(words: tuple[str, ...]) -> str:
    """The narrowest unsigned whole number with a bit for every word."""
    return next(f"uint{width}" for width in _WIDTHS if len(words) <= width)


def _columns_of(kind: FactType) -> dict[str, str]:
    """Names and types of the columns of one value."""
    if kind.kind == "number":
        return {f"{kind.name}.lo": "float64", f"{kind.name}.hi": "float64"}
    if kind.kind == "word":
        return {f"{kind.name}.may": _mask_type(kind.words)}
    return {f"{kind.name}.must": _mask_type(kind.words), f"{kind.name}.may": _mask_type(kind.words)}


def _encoded(kind: FactType, value: Value) -> dict[str, Any]:
    """The columns of one value, by name."""
    if isinstance(value, Numbers):
        low, high = _ends(value)
        return {f"{kind.name}.lo": low, f"{kind.name}.hi": high}
    if isinstance(value, Words):
        return {f"{kind.name}.may": bits_of(kind.words, value.possible)}
    assert isinstance(value, Members)
    return {f"{kind.name}.must": bits_of(kind.words, value.must), f"{kind.name}.may": bits_of(kind.words, value.may)}


def _ends(value: Numbers) -> tuple[float, float]:
    """Least and greatest binary number of the value; an end that does not belong to it is the next number inside."""
    first, last = value.intervals[0], value.intervals[-1]
    low = _end(first.low, -inf, inf if first.low_open else None)
    return low, max(low, _end(last.high, inf, -inf if last.high_open else None))


def _end(number: Exact | None, unbounded: float, towards: float | None) -> float:
    if number is None:
        return unbounded
    return float(number) if towards is None else nextafter(float(number), towards)


@dataclass(frozen=True)
class FactsLayout:
    """Which columns a table of facts has, and how a patient becomes a row of it."""

    dictionary: Dictionary

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that are stored: those that are recorded and can be judged, in the order of the dictionary."""
        facts = self.dictionary.facts.values()
        return tuple(fact for fact in facts if fact.is_entered and fact.type.kind != "opaque")

    @cached_property
    def lesion_fields(self) -> Mapping[str, FactType]:
        """The fields of a lesion that can be judged."""
        return {name: kind for name, kind in self.dictionary.lesion_fields.items() if kind.kind != "opaque"}

    @cached_property
    def lesion_columns(self) -> Mapping[str, str]:
        """Names and types of the fields of the elements of ``lesions``."""
        fields = self.lesion_fields.values()
        return {name: kind for field in fields for name, kind in _columns_of(field).items()} | {"gaps": "list"}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Names and types of the columns; ``lesions`` and ``gaps`` are lists of records."""
        found = {"id": "string", "as_of": "date"}
        for fact in self.facts:
            found |= _columns_of(fact.type) | {f"{fact.name}.stated": "uint8"}
            if self.ages(fact):
                found[f"{fact.name}.age"] = "uint16"
        return found | {"lesions": "list", "lesions.listed": "uint8", "lesions.complete": "uint8", "gaps": "list"}

    @property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words of every column of bits, the lowest bit first."""
        kinds = [*(fact.type for fact in self.facts), *self.lesion_fields.values()]
        return {kind.name: kind.words for kind in kinds if kind.words}

    def ages(self, fact: Fact) -> bool:
        """Whether a finding of the fact can go stale."""
        return self.dictionary.validity(fact) is not None

    def described(self) -> dict[str, Any]:
        """The layout as it is written into a file: format, columns, words, units."""
        units = {fact.name: fact.type.number.unit for fact in self.facts if fact.type.number is not None}
        words = {name: list(listed) for name, listed in self.words.items()}
        return {"netlm": FORMAT, "columns": dict(self.columns), "words": words, "units": units}

    def row(self, name: str, facts: Facts, as_of: datetime.date) -> dict[str, Any]:
        """The patient ``name`` as a row: what was recorded by the day ``as_of``."""
        row: dict[str, Any] = {"id": name, "as_of": as_of}
        gaps: list[dict[str, Any]] = []
        for fact in self.facts:
            value = facts.base(fact.name)
            row |= _encoded(fact.type, value)
            row[f"{fact.name}.stated"] = _stated(fact, facts)
            if self.ages(fact):
                row[f"{fact.name}.age"] = _age(fact, facts, as_of)
            gaps += _gaps(fact.name, value)
        lesions = [self._lesion(lesion) for lesion in facts.lesions or ()]
        row["lesions"], row["lesions.listed"] = lesions, int(facts.lesions is not None)
        row["lesions.complete"], row["gaps"] = int(facts.lesions_complete), gaps
        return row

    def _lesion(self, lesion: Lesion) -> dict[str, Any]:
        found: dict[str, Any] = {"gaps": []}
        for name, kind in self.lesion_fields.items():
            value = lesion.field(name)
            assert value is not None
            found |= _encoded(kind, value)
            found["gaps"] += _gaps(name, value)
        return found


def _stated(fact: Fact, facts: Facts) -> int:
    finding = facts.entered.get(fact.name)
    if finding is None:
        return _NOTHING
    return _UNKNOWN if finding.value == fact.type.everything else _KNOWN


def _age(fact: Fact, facts: Facts, as_of: datetime.date) -> int:
    """Months begun since the finding: it is stale where these are more than it is valid for; 0 where undated."""
    finding = facts.entered.get(fact.name)
    if finding is None or finding.date is None:
        return 0
    months = max(0, (as_of.year - finding.date.year) * 12 + as_of.month - finding.date.month)
    return min(months + (as_of > later(finding.date, months)), _LONGEST_AGE)


def _gaps(name: str, value: Value) -> list[dict[str, Any]]:
    """What lies between the parts of a number that lies in several."""
    parts = [_ends(Numbers((interval,))) for interval in value.intervals] if isinstance(value, Numbers) else []
    return [
        {"fact": name, "lo": nextafter(high, inf), "hi": nextafter(low, -inf)}
        for (_, high), (low, _) in pairwise(parts)
    ]


class FactColumns:
    """The facts of every patient of a sheet, as criteria read them.

    ``current`` has every stale finding unknown. ``verdicts`` gives the possible verdicts on another option.
    """

    def __init__(
        self, dictionary: Dictionary, sheet: Sheet, verdicts: Callable[[str], Cell], *, current: bool = False
    ) -> None:
        self.dictionary = dictionary
        self.ground: Ground = sheet
        self.possible = verdicts
        self._current = current
        self._known: dict[str, Cell] = {}

    def words(self, name: str) -> tuple[str, ...]:
        """The words of the fact, in the order of their bits."""
        return self.dictionary.facts[name].type.words

    def number(self, name: str) -> tuple[Cell, Cell, Cell | None]:
        """Least and greatest number the fact can be, and the gaps between."""
        fact = self.dictionary.facts[name]
        return self._recorded(fact, "lo"), self._recorded(fact, "hi"), self._gaps(fact)

    def members(self, name: str) -> tuple[Cell, Cell]:
        """The words the list must and may hold."""
        fact = self.dictionary.facts[name]
        return self._recorded(fact, "must"), self._recorded(fact, "may")

    def word(self, name: str) -> Cell:
        """The words the fact can be, decision tables included."""
        if name not in self._known:
            self._known[name] = self._resolved(self.dictionary.facts[name])
        return self._known[name]

    def any_lesion(self, part: Expression) -> Outcomes:
        """Whether ``part`` holds for any listed lesion; unknown, unless for one it does, where the list is open."""
        found = compile_columns(part, LesionColumns(self))
        can = over_elements(self.ground, "lesions", found.true)
        must = over_elements(self.ground, "lesions", Elements().put(_is_zero, found.false))
        return Outcomes(self.ground.put(_or_not, can, "lesions.complete"), self.ground.put(_is_zero, must))

    def _resolved(self, fact: Fact) -> Cell:
        if fact.derivation is None:
            return self._recorded(fact, "may")
        derived = self._derived(fact, fact.derivation)
        if fact.derivation.when_entered == "only":
            return derived
        base = self._recorded(fact, "may")
        both = self.ground.put(_both, base, derived)
        if fact.derivation.when_entered == "agrees":
            return both
        return self.ground.put(_entered_wins, base, self._stated(fact), both, args=(_whole(fact),))

    def _derived(self, fact: Fact, derivation: Derivation) -> Cell:
        """The words of the rows of a decision table that can be reached: the row can hold, and none above it must."""
        put, order = self.ground.put, fact.type.words
        if derivation.presence_of is not None:
            given = self._given(derivation.presence_of)
            yes, no = bits_of(order, ("yes",)), bits_of(order, ("no",))
            return put(_one_or_other, given, args=(yes, no, _mask_type(order)))
        truths = [compile_columns(row.when, self) for row in derivation.rows]
        words = tuple(bits_of(order, row.then) for row in derivation.rows)
        columns = [truth.true for truth in truths] + [truth.false for truth in truths[:-1]]
        return put(_reached, *columns, args=(words, _mask_type(order)))

    def _given(self, name: str) -> Cell:
        if name == "lesions":
            return "lesions.listed"
        return self.ground.put(_is_known, self._stated(self.dictionary.facts[name]))

    def _stated(self, fact: Fact) -> Cell:
        return self._unless_stale(fact, f"{fact.name}.stated", _NOTHING, "uint8")

    def _gaps(self, fact: Fact) -> Cell:
        return self.ground.put(_gaps_left, "gaps", self._stale(fact)) if self._ages(fact) else "gaps"

    def _recorded(self, fact: Fact, column: str) -> Cell:
        """A column of what was recorded; in the current view what it would be with nothing recorded, where stale."""
        kind, name = fact.type, f"{fact.name}.{column}"
        absent = Words.of(fact.absent_means) if fact.absent_means else kind.everything
        return self._unless_stale(fact, name, _encoded(kind, absent)[name], _columns_of(kind)[name])

    def _unless_stale(self, fact: Fact, column: Cell, absent: float, kind: str) -> Cell:
        if not self._ages(fact):
            return column
        return self.ground.put(_unless, column, self._stale(fact), args=(absent, kind))

    def _ages(self, fact: Fact) -> bool:
        return self._current and self.dictionary.validity(fact) is not None

    def _stale(self, fact: Fact) -> Cell:
        months = self.dictionary.validity(fact)
        assert months is not None
        return self.ground.put(_is_older, f"{fact.name}.age", args=(int(months),))


class LesionColumns:
    """The listed lesions as criteria read them: a lesion's own fields, the patient's facts behind them.

    ``unlisted`` stands for one more lesion of which nothing is known.
    """

    def __init__(self, patient: FactColumns, *, unlisted: bool = False) -> None:
        self.patient = patient
        self.fields = FactsLayout(patient.dictionary).lesion_fields
        self.elements = Elements()
        self.ground: Ground = patient.ground if unlisted else self.elements
        self.unlisted = unlisted
        self.possible = patient.possible
        self.any_lesion = patient.any_lesion

    def words(self, name: str) -> tuple[str, ...]:
        """The words of the field or fact, in the order of their bits."""
        return self.fields[name].words if name in self.fields else self.patient.words(name)

    def number(self, name: str) -> tuple[Cell, Cell, Cell | None]:
        """Least and greatest number, and the gaps between."""
        if name not in self.fields:
            return self.patient.number(name)
        gaps = None if self.unlisted else self.elements.field("gaps")
        return self._field(name, "lo"), self._field(name, "hi"), gaps

    def word(self, name: str) -> Cell:
        """The words the field or fact can be."""
        return self._field(name, "may") if name in self.fields else self.patient.word(name)

    def members(self, name: str) -> tuple[Cell, Cell]:
        """The words the list must and may hold."""
        if name not in self.fields:
            return self.patient.members(name)
        return self._field(name, "must"), self._field(name, "may")

    def _field(self, name: str, column: str) -> Cell:
        kind, title = self.fields[name], f"{name}.{column}"
        if not self.unlisted:
            return self.elements.field(title)
        nothing = Words.of("no") if name == NEAR_GIVEN else kind.everything
        return self.ground.put(_fixed, args=(_encoded(kind, nothing)[title], _columns_of(kind)[title]))


def _whole(fact: Fact) -> int:
    return (1 << len(fact.type.words)) - 1


def _fixed(value: float, kind: str) -> Any:
    import ibis

    return ibis.literal(value, kind)


@once
def _is_zero(column: Any) -> Any:
    return (column == 0).cast("uint8")


@once
def _or_not(first: Any, second: Any) -> Any:
    return ((first == 1) | (second == 0)).cast("uint8")


@once
def _is_known(stated: Any) -> Any:
    return (stated == _KNOWN).cast("uint8")


@once
def _is_older(age: Any, months: int) -> Any:
    return (age > months).cast("uint8")


def _unless(column: Any, stale: Any, absent: float, kind: str) -> Any:
    return (stale == 1).ifelse(_fixed(absent, kind), column)


def _gaps_left(gaps: Any, stale: Any) -> Any:
    return gaps.filter(lambda _: stale == 0)


def _both(base: Any, derived: Any) -> Any:
    """What both allow; the set of both where they cannot both be true."""
    shared = base & derived
    return (shared == 0).ifelse(base | derived, shared)


def _entered_wins(base: Any, stated: Any, both: Any, whole: int) -> Any:
    return ((stated > _NOTHING) & (base != whole)).ifelse(base, both)


def _one_or_other(flag: Any, one: int, other: int, kind: str) -> Any:
    return (flag == 1).ifelse(_fixed(one, kind), _fixed(other, kind))


def _reached(*columns_words_and_kind: Any) -> Any:
    *columns, words, kind = columns_words_and_kind
    can_hold, can_fail = columns[: len(words)], columns[len(words) :]
    found, passed = None, None
    for place, bits in enumerate(words):
        reached = can_hold[place] if passed is None else can_hold[place] & passed
        part = (reached.cast(kind) * _fixed(bits, kind)).cast(kind)
        found = part if found is None else found | part
        if place < len(can_fail):
            passed = can_fail[place] if passed is None else passed & can_fail[place]
    return found

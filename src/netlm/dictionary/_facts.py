"""Facts of one patient: names to what they could still be, with where each came from."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..logic import FactType, Source
from ..values import FALSE, TRUE, Value, Words, join, meet
from ._dictionary import Dictionary
from ._fact import Derivation, Fact

__all__ = ["Facts", "Finding", "Lesion", "LesionSource"]

KEPT_RESULTS = 4096


@dataclass(frozen=True, slots=True)
class Finding:
    """One entered fact: what it can be, how it was typed, and where it came from.

    ``kind`` is ``entered``, ``checked_absent``, ``what_if``, ``scan`` (measured on a label map) or ``listed`` (read
    off specimens, lesions or treatments). ``unknown`` holds the reason where the value was entered as unknown.
    """

    value: Value
    typed: str
    kind: str = "entered"
    unit: str | None = None
    unknown: str | None = None
    date: datetime.date | None = None
    method: str | None = None
    source: str | None = None
    by: str | None = None
    note: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Lesion:
    """One listed liver lesion: its fields, each with what it can be."""

    id: str
    findings: Mapping[str, Finding]
    types: Mapping[str, FactType]

    def field(self, name: str) -> Value | None:
        """What the field can be; None where a lesion has no such field."""
        finding = self.findings.get(name)
        if finding is not None:
            return finding.value
        kind = self.types.get(name)
        return kind.everything if kind else None


@dataclass(frozen=True, slots=True)
class LesionSource:
    """One lesion as an expression sees it: its own fields first, the patient behind them."""

    patient: Source
    lesion: Lesion

    def value(self, name: str) -> Value:
        """What the field of the lesion, or else the patient's fact, can be."""
        own = self.lesion.field(name)
        return own if own is not None else self.patient.value(name)

    def lesion_sources(self) -> tuple[Sequence[Source], bool]:
        """The patient's lesions."""
        return self.patient.lesion_sources()

    def possible(self, option: str) -> frozenset[str]:
        """The verdicts that another option can still have."""
        return self.patient.possible(option)


@dataclass(frozen=True)
class Facts:
    """An immutable set of findings; derived facts are worked out when asked for, and kept.

    ``listed`` holds what the lists of specimens, lesions and treatments say of other facts; together with an entered
    value it must be possible, else the fact is the set of both and a contradiction. ``lesions`` is None where no
    list was given; ``lesions_complete`` tells a complete list from "at least these".
    """

    dictionary: Dictionary
    entered: Mapping[str, Finding]
    listed: Mapping[str, Finding] = field(default_factory=dict)
    lesions: tuple[Lesion, ...] | None = None
    lesions_complete: bool = False
    _known: dict[str, Value] = field(default_factory=dict, repr=False, compare=False)

    def value(self, name: str) -> Value:
        """What the fact can be; everything its type allows where nothing is known."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> Value:
        fact = self.dictionary.facts[name]
        base = self.base(name)
        if fact.derivation is None:
            return base
        if fact.derivation.when_entered == "wins" and name in self.entered and base != fact.type.everything:
            return base
        derived = self.derived(fact.derivation)
        if fact.derivation.when_entered == "only":
            return derived
        return _both(base, derived)

    def base(self, name: str) -> Value:
        """What was entered and listed, before any decision table."""
        fact = self.dictionary.facts[name]
        entered, listed = self.entered.get(name), self.listed.get(name)
        if entered is not None and listed is not None:
            return _both(entered.value, listed.value)
        finding = entered or listed
        if finding is not None:
            return finding.value
        return Words.of(fact.absent_means) if fact.absent_means else fact.type.everything

    def derived(self, derivation: Derivation) -> Words:
        """The words of the rows of a decision table that can still be reached."""
        if derivation.presence_of is not None:
            return Words.of("yes" if self._is_given(derivation.presence_of) else "no")
        if self.lesions is not None:  # a row may ask of each lesion, which is no fact of the patient
            return self._reached(derivation)
        key = tuple([self.value(name) for name in derivation.reads])
        result = derivation.results.get(key)
        if result is None:
            result = self._reached(derivation)
            if len(derivation.results) < KEPT_RESULTS:
                derivation.results[key] = result
        assert isinstance(result, Words)
        return result

    def _reached(self, derivation: Derivation) -> Words:
        reached: set[str] = set()
        for row in derivation.rows:
            truth = row.rule(self)
            if truth is not FALSE:
                reached |= row.then
            if truth is TRUE:
                break
        return Words(frozenset(reached))

    def _is_given(self, name: str) -> bool:
        """Whether the case says anything of a list fact, if only that it is empty."""
        if name == "lesions":
            return self.lesions is not None
        finding = self.entered.get(name)
        return finding is not None and finding.value != self.dictionary.facts[name].type.everything

    def possible(self, option: str) -> frozenset[str]:
        """Decision tables speak of facts, never of verdicts."""
        raise NotImplementedError(option)

    def lesion_sources(self) -> tuple[Sequence[Source], bool]:
        """The listed lesions, and whether the list is complete."""
        return [LesionSource(self, lesion) for lesion in self.lesions or ()], self.lesions_complete

    def finding(self, name: str) -> Finding | None:
        """The entered finding, else the listed one, else None."""
        return self.entered.get(name) or self.listed.get(name)

    def is_known(self, name: str) -> bool:
        """Whether one value is left."""
        return self.value(name).is_known

    def with_finding(self, name: str, finding: Finding) -> Facts:
        """The same patient with one finding replaced; whatever does not hang on it is kept."""
        known = self._known.copy()
        for changed in self.dictionary.dependents[name]:
            known.pop(changed, None)
        entered = {**self.entered, name: finding}
        return Facts(self.dictionary, entered, self.listed, self.lesions, self.lesions_complete, known)

    def found_out(self, name: str, finding: Finding) -> Facts:
        """The same with one finding replaced; of two statements that contradict each other the refuted one is gone."""
        answered = self.with_finding(name, finding)
        if not answered._contradicts(name):
            return answered
        listed = {one: told for one, told in self.listed.items() if one != name}
        alone = Facts(self.dictionary, answered.entered, listed, self.lesions, self.lesions_complete)
        derivation = self.dictionary.facts[name].derivation
        return alone.without(derivation.reads) if derivation and alone._contradicts(name) else alone

    def without(self, names: Iterable[str]) -> Facts:
        """The same patient with these findings unknown (used for stale ones)."""
        dropped = set(names)
        kept = {name: finding for name, finding in self.entered.items() if name not in dropped}
        listed = {name: finding for name, finding in self.listed.items() if name not in dropped}
        return Facts(self.dictionary, kept, listed, self.lesions, self.lesions_complete)

    @cached_property
    def contradictions(self) -> tuple[str, ...]:
        """Facts of which two recorded statements cannot both be true."""
        return tuple(name for name in self.dictionary.facts if self._contradicts(name))

    def _contradicts(self, name: str) -> bool:
        fact, entered, listed = self.dictionary.facts[name], self.entered.get(name), self.listed.get(name)
        if entered is not None and listed is not None and meet(entered.value, listed.value) is None:
            return True
        if fact.derivation is None or fact.derivation.when_entered != "agrees" or not (entered or listed):
            return False
        return meet(self.base(name), self.derived(fact.derivation)) is None

    @cached_property
    def overrides(self) -> tuple[str, ...]:
        """Entered values that beat a default which would say otherwise."""
        return tuple(name for name in self.entered if self._overrides(self.dictionary.facts[name]))

    def _overrides(self, fact: Fact) -> bool:
        if fact.derivation is None or fact.derivation.when_entered != "wins":
            return False
        return meet(self.base(fact.name), self.derived(fact.derivation)) is None


def _both(first: Value, second: Value) -> Value:
    """What both statements allow; the set of both where they cannot both be true."""
    return meet(first, second) or join(first, second)

"""The dictionary as one object: facts, units, conventions, references and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import Problem, nearest, safe_echo
from ..logic import FactType, Vocabulary
from ..values import Exact, NumberType, UnitTable, read_quantity
from ._fact import Fact
from ._sources import Convention, Reference

__all__ = ["NEAR_GIVEN", "Dictionary", "Option"]

NEAR_GIVEN = "near_given"
"""Field of a lesion: whether the case says what lies near it, if only that nothing does."""


@dataclass(frozen=True, slots=True)
class Option:
    """A treatment: its names, kind, and what was given "as in the trial, not a prescription"."""

    id: str
    title: str
    short: str
    abbreviation: str
    family: str
    kind: str
    aim: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Dictionary:
    """Everything that can be said of a patient, and in which words."""

    facts: Mapping[str, Fact]
    units: UnitTable
    conventions: Mapping[str, Convention]
    references: Mapping[str, Reference]
    options: Mapping[str, Option]
    order: tuple[str, ...] = field(init=False)
    dependents: Mapping[str, frozenset[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", _derivation_order(self.facts))
        object.__setattr__(self, "dependents", _dependents(self.facts, self.order))

    def fact(self, name: str) -> Fact:
        """The fact ``name``.

        Raises ``Problem`` with the name that was probably meant.
        """
        if name in self.facts:
            return self.facts[name]
        entered = [fact.name for fact in self.facts.values() if fact.is_entered]
        close = nearest(name, entered)
        remedy = f"Did you mean `{close}`?" if close else "`netlm dictionary` lists all facts."
        raise Problem(f"an unknown fact {safe_echo(name, entered)}", "a fact of the dictionary", remedy, "unknown-fact")

    def validity(self, fact: Fact) -> Exact | None:
        """For how many months a finding of ``fact`` is current; None where it never goes stale."""
        return self._months.get((fact.valid_for or "").removeprefix("convention."))

    @cached_property
    def _months(self) -> dict[str, Exact | None]:
        """The conventions that are times, in months."""
        return {
            name: read_quantity(item.value, NumberType(name, item.unit, bare=True), self.units).number
            for name, item in self.conventions.items()
            if item.unit == "months"
        }

    @property
    def lesion_fields(self) -> Mapping[str, FactType]:
        """Types of the fields of a liver lesion."""
        fields = {name: fact.type for name, fact in self.facts["lesions"].fields.items()}
        return fields | {NEAR_GIVEN: FactType(NEAR_GIVEN, "word", words=("yes", "no"))}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What expressions may speak of."""
        types = {name: fact.type for name, fact in self.facts.items()}
        return Vocabulary(types, self.lesion_fields, self.options, self.units)


def _derivation_order(facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Derived facts, each after those that it reads; a circle is a mistake in the tables."""
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        derivation = facts[name].derivation
        if derivation is None or name in done:
            return
        if name in path:
            raise ValueError(f"derived facts run in a circle: {' > '.join((*path, name))}")
        for read in derivation.reads:
            visit(read, (*path, name))
        done[name] = None

    for name in facts:
        visit(name, ())
    return tuple(done)


def _dependents(facts: Mapping[str, Fact], order: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """For every fact the facts whose value can change with it, itself included."""
    inputs = {name: {name} for name in facts}
    for name in order:
        derivation = facts[name].derivation
        assert derivation is not None
        for read in derivation.reads:
            inputs[name] |= inputs[read]
    return {name: frozenset(other for other, reads in inputs.items() if name in reads) for name in facts}

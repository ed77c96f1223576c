"""What one fact is: its type, ranges, codes, error, validity, and how it is derived where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Any

from ..logic import Expression, FactType, Rule, compile_rule
from ..values import Exact
from ._sources import Citation, Limit

__all__ = ["Code", "Derivation", "Fact", "MeasurementError", "Row"]

TWO_VOLUMES = sqrt(2)
"""Independent errors of two volumes add in squares, so their ratio errs by this power of one volume's factor."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the fact in a terminology; ``status`` says how far it was verified."""

    system: str
    code: str
    status: str


@dataclass(frozen=True, slots=True)
class MeasurementError:
    """Published limits of agreement between readers, in per cent of the value.

    ``relative``: the value itself was measured. ``remainder``: the value is 1 - after/before, a ratio of two
    measured volumes, whose errors are independent and add on the log scale.
    """

    kind: str
    low: Fraction
    high: Fraction
    cite: Citation

    def reach(self, percent_or_value: float) -> tuple[float, float]:
        """The range of true values that one reading allows, in the fact's unit (for flags only)."""
        below, above = 1 + float(self.low) / 100, 1 + float(self.high) / 100
        if self.kind == "relative":
            return percent_or_value * below, percent_or_value * above
        rest = 100 - percent_or_value
        return 100 - rest * above**TWO_VOLUMES, 100 - rest * below**TWO_VOLUMES


@dataclass(frozen=True)
class Row:
    """One row of a decision table: the first row that holds gives the value."""

    when: Expression
    then: frozenset[str]
    because: str

    @cached_property
    def rule(self) -> Rule:
        """``when`` as a function of a patient's facts."""
        return compile_rule(self.when)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A decision table and how it stands to an entered value.

    ``only``: the fact is never entered. ``wins``: an entered value beats the table, which is a default.
    ``agrees``: both speak of one thing; where they cannot both be true the fact is the set of both, flagged.
    ``presence_of`` takes the place of a table: yes where that fact was entered, no where it was not. ``results`` keeps
    what the table gave for values of ``reads``.
    """

    rows: tuple[Row, ...]
    when_entered: str
    reads: tuple[str, ...]
    limits: Mapping[str, Limit]
    provenance: str
    cite: Citation
    presence_of: str | None = None
    results: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True)
class Fact:
    """One entry of the dictionary; ``readings`` keeps the findings that were read off a text."""

    name: str
    title: str
    meaning: str
    group: str
    kind: str
    type: FactType
    values: Mapping[str, str] = field(default_factory=dict)
    usual: tuple[Exact, Exact] | None = None
    absent_means: str | None = None
    codes: tuple[Code, ...] = ()
    error: MeasurementError | None = None
    valid_for: str | None = None
    changed_by: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    obtained: str = ""
    core: bool = False
    detail_of: str | None = None
    fields: Mapping[str, Fact] = field(default_factory=dict)
    derivation: Derivation | None = None
    readings: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def is_entered(self) -> bool:
        """Whether a case file may state it."""
        return self.derivation is None or self.derivation.when_entered != "only"

    @property
    def subject(self) -> str:
        """The title as it stands inside a sentence: ``Ki-67 index``, ``liver involvement``."""
        first = self.title.split()[0]
        return self.title[:1].lower() + self.title[1:] if first[1:].isalpha() and first[1:].islower() else self.title

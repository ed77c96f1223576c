"""Units of measurement: about thirty of them, with UCUM codes and exact factors, read from ``knowledge``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

__all__ = ["Bridge", "Unit", "UnitTable", "unit_table"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``factor`` of the first unit of its ``dimension`` make one of it, exactly."""

    name: str
    dimension: str
    factor: Fraction
    ucum: str = ""
    title: str = ""
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bridge:
    """An exact conversion that holds for one substance only: value in ``to`` = value in ``source`` / ``divisor``."""

    fact: str
    source: str
    to: str
    divisor: Fraction


@dataclass(frozen=True)
class UnitTable:
    """All units by name and spelling, and the substance-specific bridges between amounts and masses."""

    units: Mapping[str, Unit]
    bridges: tuple[Bridge, ...] = ()
    _spelled: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _folded: dict[str, str | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units.values():
            for spelling in (unit.name, unit.ucum, *unit.spellings):
                self._spelled.setdefault(_squeeze(spelling), unit.name)
        for spelling, name in self._spelled.items():
            folded = spelling.casefold()
            clash = self._folded.get(folded, name) != name
            self._folded[folded] = None if clash else name

    def find(self, typed: str) -> Unit | None:
        """The unit a person meant; letter case is forgiven only where it is not ambiguous (g/L, G/L)."""
        key = _squeeze(typed)
        name = self._spelled.get(key) or self._folded.get(key.casefold())
        return self.units[name] if name else None

    def spellings(self, dimension: str) -> list[str]:
        """Names of the units of one dimension."""
        return [unit.name for unit in self.units.values() if unit.dimension == dimension]

    def factor(self, source: Unit, to: str, fact: str) -> Fraction | None:
        """How many of ``to`` make one ``source`` for ``fact``; None where they do not convert."""
        target = self.units[to]
        if source.dimension == target.dimension:
            return source.factor / target.factor
        for bridge in self.bridges:
            if bridge.fact == fact:
                start, end = self.units[bridge.source], self.units[bridge.to]
                if start.dimension == source.dimension and end.dimension == target.dimension:
                    return source.factor / start.factor / bridge.divisor * end.factor / target.factor
        return None

    def accepted(self, to: str, fact: str) -> list[str]:
        """Names of all units in which ``fact`` may be typed."""
        return [unit.name for unit in self.units.values() if self.factor(unit, to, fact) is not None]


def _squeeze(spelling: str) -> str:
    return "".join(spelling.replace("μ", "µ").split())


def unit_table(units: Iterable[Unit], bridges: Iterable[Bridge] = ()) -> UnitTable:
    """A table of the given units."""
    return UnitTable({unit.name: unit for unit in units}, tuple(bridges))

"""Publications as the plain values that are kept between runs, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from ._model import (
    Approval,
    Arm,
    Criterion,
    Dose,
    Measure,
    Overlap,
    Publication,
    Ratio,
    Result,
    Successor,
    Support,
    Told,
)
from ._numbers import Number, PValue

__all__ = ["from_plain", "to_plain"]


def to_plain(studies: Iterable[Publication]) -> dict[str, Any]:
    """All studies; what a field is by default is left out, and each way of knowing stands once, by its number."""
    known: dict[Support, int] = {}
    plain = [_plain(study, known) for study in studies]
    supports = [[one.known, list(one.seen), list(one.facts), list(one.audit)] for one in known]
    return {"supports": supports, "studies": plain}


def _plain(value: Any, known: dict[Support, int]) -> Any:
    if isinstance(value, Support):
        return known.setdefault(value, len(known))
    if is_dataclass(value):
        own = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(one, known) for field, one in own if not _is_default(field, one)}
    if isinstance(value, Mapping):
        return {key: _plain(one, known) for key, one in value.items()}
    return [_plain(one, known) for one in value] if isinstance(value, tuple) else value


def _is_default(field: Any, value: Any) -> bool:
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and value is field.default


def from_plain(plain: dict[str, Any]) -> list[Publication]:
    """The studies that were written as ``plain``."""
    supports = [
        Support(known, tuple(seen), tuple(facts), tuple(audit)) for known, seen, facts, audit in plain["supports"]
    ]
    reader = _Reader(supports)
    return [reader.study(one) for one in plain["studies"]]


class _Reader:
    """Builds studies from plain values; the values are used up."""

    def __init__(self, supports: list[Support]) -> None:
        self.supports = supports

    def study(self, plain: dict[str, Any]) -> Publication:
        """One study."""
        for key in ("reports", "options", "aliases"):
            plain[key] = tuple(plain.get(key, ()))
        plain["size"] = self._measure(plain["size"]) if plain["size"] else None
        plain["arms"] = {name: self._arm(arm) for name, arm in plain["arms"].items()}
        plain["population"] = self._all(Criterion, plain["population"])
        plain["baseline"] = tuple([self._measure(one) for one in plain["baseline"]])
        plain["results"] = tuple([self._result(one) for one in plain["results"]])
        plain["overlaps"] = tuple([Overlap(**one) for one in plain.get("overlaps", ())])
        plain["approvals"] = self._all(Approval, plain.get("approvals", ()))
        for key in ("details", "unjudged", "warnings"):
            plain[key] = self._all(Told, plain.get(key, ()))
        if "crossover" in plain:
            plain["crossover"] = self._supported(Told, plain["crossover"])
        if "follow_up" in plain:
            plain["follow_up"] = self._measure(plain["follow_up"])
        return Publication(**plain)

    def _supported(self, kind: Any, plain: dict[str, Any]) -> Any:
        plain["support"] = self.supports[plain["support"]]
        return kind(**plain)

    def _all(self, kind: Any, several: Iterable[dict[str, Any]]) -> tuple[Any, ...]:
        return tuple([self._supported(kind, one) for one in several])

    def _number(self, plain: dict[str, Any]) -> Number:
        if "steps" in plain:
            plain["steps"] = tuple(plain["steps"])
        return Number(**plain)

    def _measure(self, plain: dict[str, Any]) -> Measure:
        plain["number"] = self._number(plain["number"])
        plain["support"] = self.supports[plain["support"]]
        return Measure(**plain)

    def _arm(self, plain: dict[str, Any]) -> Arm:
        plain["doses"] = self._all(Dose, plain.get("doses", ()))
        if "support" in plain:
            plain["support"] = self.supports[plain["support"]]
        return Arm(**plain)

    def _result(self, plain: dict[str, Any]) -> Result:
        for key in ("medians", "values"):
            if key in plain:
                plain[key] = tuple([self._measure(one) for one in plain[key]])
        if "ratio" in plain:
            plain["ratio"] = self._ratio(plain["ratio"])
        if "p" in plain:
            plain["p"] = PValue(**plain["p"])
        if "superseded_by" in plain:
            plain["superseded_by"] = Successor(**plain["superseded_by"])
        plain["support"] = self.supports[plain["support"]]
        return Result(**plain)

    def _ratio(self, plain: dict[str, Any]) -> Ratio:
        plain["number"] = self._number(plain["number"])
        plain["support"] = self.supports[plain["support"]]
        if "p" in plain:
            plain["p"] = PValue(**plain["p"])
        return Ratio(**plain)

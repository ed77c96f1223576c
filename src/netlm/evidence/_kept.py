"""Publications from the plain values that the cache keeps."""

from __future__ import annotations

from collections.abc import Iterable
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

__all__ = ["from_plain"]


def from_plain(plain: dict[str, Any]) -> Publication:
    """The publication that was written out as ``plain``."""
    plain = dict(plain)
    for key in ("reports", "options", "aliases"):
        plain[key] = tuple(plain[key])
    plain["size"] = _measure(plain["size"])
    plain["arms"] = {name: _arm(arm) for name, arm in plain["arms"].items()}
    plain["population"] = tuple([_supported(Criterion, one) for one in plain["population"]])
    plain["baseline"] = _measures(plain["baseline"])
    plain["results"] = tuple([_result(one) for one in plain["results"]])
    plain["overlaps"] = tuple([Overlap(**one) for one in plain["overlaps"]])
    plain["approvals"] = tuple([_supported(Approval, one) for one in plain["approvals"]])
    plain["crossover"] = _supported(Told, plain["crossover"]) if plain["crossover"] else None
    plain["follow_up"] = _measure(plain["follow_up"])
    for key in ("details", "unjudged", "warnings"):
        plain[key] = tuple([_supported(Told, one) for one in plain[key]])
    return Publication(**plain)


def _support(plain: dict[str, Any]) -> Support:
    return Support(plain["known"], tuple(plain["seen"]), tuple(plain["facts"]), tuple(plain["audit"]))


def _supported(kind: Any, plain: dict[str, Any]) -> Any:
    return kind(**{**plain, "support": _support(plain["support"])})


def _number(plain: dict[str, Any]) -> Number:
    return Number(**{**plain, "steps": tuple(plain["steps"])})


def _measure(plain: dict[str, Any] | None) -> Measure | None:
    if plain is None:
        return None
    return Measure(**{**plain, "number": _number(plain["number"]), "support": _support(plain["support"])})


def _measures(plain: Iterable[dict[str, Any]]) -> tuple[Measure, ...]:
    return tuple([measure for one in plain if (measure := _measure(one)) is not None])


def _arm(plain: dict[str, Any]) -> Arm:
    doses = tuple([_supported(Dose, one) for one in plain["doses"]])
    return Arm(**{**plain, "doses": doses, "support": _support(plain["support"])})


def _p(plain: dict[str, Any] | None) -> PValue | None:
    return PValue(**plain) if plain else None


def _result(plain: dict[str, Any]) -> Result:
    ratio, later = plain["ratio"], plain["superseded_by"]
    changed = {
        "support": _support(plain["support"]),
        "ratio": _ratio(ratio) if ratio else None,
        "medians": _measures(plain["medians"]),
        "values": _measures(plain["values"]),
        "p": _p(plain["p"]),
        "superseded_by": Successor(**later) if later else None,
    }
    return Result(**{**plain, **changed})


def _ratio(plain: dict[str, Any]) -> Ratio:
    changed = {"number": _number(plain["number"]), "support": _support(plain["support"]), "p": _p(plain["p"])}
    return Ratio(**{**plain, **changed})

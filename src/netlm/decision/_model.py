"""The record of a meeting: what was decided on which dossier, by whom, why, and what became of it.

Everywhere ``None`` is "not recorded" and an empty tuple is "recorded: none", since unknown is not no.
Texts stand on one line. Places count from 1, as people do: ``recommendations[1].reason``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from ..errors import Problems

__all__ = [
    "FORMAT", "INTENTS", "NEEDS_REASON", "STATUSES", "Again", "Alternative", "Basis", "CarriedOut", "Decision",
    "Recommendation", "Standing", "Task", "Trial", "texts_of",
]  # fmt: skip

FORMAT = "decision/1"

INTENTS = (
    "curative", "tumour_control", "symptom_control", "bridging", "diagnostic", "observation", "supportive",
)  # fmt: skip
"""What a recommendation is meant to do; ``bridging`` makes a later treatment possible."""

STATUSES = ("under_way", "done", "partly", "not_done")
"""What became of a recommendation; the last two need a reason."""

NEEDS_REASON = ("not_recommended", "excluded", "outside_evidence", "cannot_tell")
"""Verdicts from which a recommendation departs, so that it must say why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an option stood when the board decided: its verdict, and everything it could still be."""

    verdict: str
    possible: tuple[str, ...]


@dataclass(frozen=True)
class Basis:
    """The dossier that the board had before it.

    ``case`` is the id of the case and ``as_of`` its day; ``data`` says whose data they are; ``dossier`` is the SHA-256
    of the dossier as JSON; ``guidance`` and ``guidance_year`` name the pack; ``version`` is that of netlm;
    ``conventions`` are those that were overridden; ``options`` maps every option of the pack to how it stood.
    """

    case: str
    as_of: datetime.date
    dossier: str
    guidance: str
    guidance_year: int
    version: str
    options: Mapping[str, Standing]
    conventions: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What became of a recommendation: one of ``STATUSES`` on a day, and why where it was not (wholly) done.

    ``patient_wish`` tells whether that was the patient's wish.
    """

    status: str
    date: datetime.date
    reason: str | None = None
    patient_wish: bool | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to do: an ``option`` of the pack, or ``other`` where the pack does not hold it.

    ``order`` is its place among the recommendations, ``intent`` one of ``INTENTS``. ``reason`` is required where the
    option's verdict is one of ``NEEDS_REASON``.
    """

    order: int
    intent: str
    option: str | None = None
    other: str | None = None
    reason: str | None = None
    conditions: tuple[str, ...] | None = None
    carried_out: CarriedOut | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something considered and not chosen, and why."""

    option: str | None = None
    other: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a clinical trial was considered, and which, or why none fits."""

    considered: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done, by a role (never a named person), by a day."""

    what: str
    owner: str
    due: datetime.date


@dataclass(frozen=True, slots=True)
class Again:
    """When the case is discussed again: a day, an event, or both."""

    date: datetime.date | None = None
    when: str | None = None


@dataclass(frozen=True)
class Decision:
    """What a board decided; it cannot be built invalid.

    ``present`` are roles, never names. Either there are ``recommendations``, or ``no_decision`` says why there are
    none. Raises ``Problems`` with every rule that is broken, each with its place.
    """

    basis: Basis
    date: datetime.date
    recommendations: tuple[Recommendation, ...] = ()
    no_decision: str | None = None
    present: tuple[str, ...] | None = None
    alternatives: tuple[Alternative, ...] | None = None
    dissent: tuple[str, ...] | None = None
    patient_view: str | None = None
    trial: Trial | None = None
    tasks: tuple[Task, ...] | None = None
    discuss_again: Again | None = None

    def __post_init__(self) -> None:
        from ._rules import broken_rules

        problems = list(broken_rules(self))
        if problems:
            raise Problems(problems)

    @property
    def in_order(self) -> tuple[Recommendation, ...]:
        """The recommendations, first things first."""
        return tuple(sorted(self.recommendations, key=lambda one: one.order))

    def standing(self, option: str | None) -> Standing | None:
        """How an option of the pack stood; None for what the pack does not hold."""
        return self.basis.options[option] if option is not None else None

    def departs(self, chosen: Recommendation) -> bool:
        """Whether the recommendation goes against, or beyond, what the source told of this patient."""
        standing = self.standing(chosen.option)
        return standing is not None and standing.verdict in NEEDS_REASON

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON, format ``decision/1``; reading it gives an equal record."""
        return {"netlm": FORMAT, **_plain(self)}

    def to_json(self) -> bytes:
        """``to_dict`` as one line of UTF-8."""
        import orjson

        return orjson.dumps(self.to_dict())


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        shown = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: _plain(inner) for name, inner in shown if inner is not None}
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def texts_of(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a record, with its place."""
    if isinstance(value, str):
        yield place, value
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts_of(getattr(value, one.name), f"{place}.{one.name}" if place else one.name)
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from texts_of(item, f"{place}[{number}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_of(item, f"{place}.{key}")

"""What several resources state of one fact, and what follows: the latest final value, or unknown with its reason."""

from __future__ import annotations

from collections.abc import Sequence as Listed
from dataclasses import dataclass, replace

from ..dictionary import Dictionary, Fact, read_finding, value_text
from ..errors import Problem
from ..files import Mapping, Node, Scalar, Sequence
from ..values import Members, Value, meet
from ._fhir_elements import Resource, When

__all__ = ["Statement", "agreed", "annotated", "doubt", "latest", "statement"]


MOST_TOLD = 4


@dataclass(frozen=True)
class Statement:
    """What one resource says of a fact: a node in the grammar of the case file, what it means, and when.

    ``doubt`` is the reason where the resource cannot be read; then the value is anything.
    """

    node: Node
    value: Value
    when: When | None
    resource: Resource
    doubt: str = ""
    told: str = ""


def statement(fact: Fact, node: Node, when: When | None, resource: Resource, dictionary: Dictionary) -> Statement:
    """The statement, or a doubt where the value is not one that the fact can have."""
    try:
        finding = read_finding(fact, node, dictionary.units)
    except Problem as problem:
        return doubt(fact, f"invalid value, where {problem.expected} is expected", when, resource)
    if finding.unknown is not None:
        return replace(doubt(fact, finding.unknown, when, resource), node=node)
    told = value_text(fact.type, finding.value, finding)
    return Statement(node, finding.value, when, resource, told=told)


def doubt(fact: Fact, reason: str, when: When | None, resource: Resource) -> Statement:
    """A resource that speaks of the fact and cannot be read."""
    return Statement(_unknown(reason), fact.type.everything, when, resource, reason, "unreadable")


def latest(fact: Fact, statements: Listed[Statement]) -> Statement:
    """The latest of the statements; a doubt where those that may be the latest do not say the same.

    A date of which only the month or year is given may be any day of it; no date at all may be any day.
    """
    last = max((one.when.first for one in statements if one.when), default=None)
    able = [one for one in statements if one.when is None or last is None or one.when.last >= last]
    doubts = [one for one in able if one.doubt]
    if doubts:
        return doubts[0]
    newest = max(able, key=lambda one: (one.when is not None, one.when.first.toordinal() if one.when else 0))
    able += [one for one in _later(newest, statements) if one not in able]
    if all(one.value == newest.value for one in able):
        return newest
    return _doubtful(fact, newest, f"conflicting: {_both_told(able)}")


def _later(newest: Statement, statements: Listed[Statement]) -> list[Statement]:
    """Those that were made later by the clock of the world, though their calendar says an earlier day."""
    moment = newest.when.instant if newest.when else None
    if moment is None:
        return []
    return [one for one in statements if one.when and one.when.instant is not None and one.when.instant > moment]


def agreed(fact: Fact, statements: Listed[Statement]) -> Statement:
    """What all statements together allow (a diagnosis is not replaced by a later one); a doubt where they cannot."""
    known = [one for one in statements if not one.doubt]
    if not known:
        return statements[0]
    value = known[0].value
    for one in known[1:]:
        both = meet(value, one.value)
        if both is None:
            return _doubtful(fact, known[0], f"conflicting: {_both_told(known)}")
        value = both
    same = next((one for one in known if one.value == value), None)
    if same is not None:
        return same
    if isinstance(value, Members):
        words = tuple(Scalar(word) for word in fact.type.words if word in value.must)
        node = Mapping(((Scalar("at_least"), Sequence(words)),))
        return replace(known[0], node=node, value=value, when=None, told=", ".join(word.text for word in words))
    return known[0]


def _both_told(statements: Listed[Statement]) -> str:
    """The values with their places: ``2 % (FHIR Observation, entry 3) and 4 % (...)``."""
    told = [f"{one.told} ({provenance(one)})" for one in statements]
    return " and ".join([*told[:MOST_TOLD], *([f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else [])])


def _doubtful(fact: Fact, one: Statement, reason: str) -> Statement:
    return replace(one, node=_unknown(reason), value=fact.type.everything, doubt=reason, told="unreadable")


def _unknown(reason: str) -> Mapping:
    return Mapping(((Scalar("unknown"), Scalar(reason)),))


def provenance(one: Statement) -> str:
    """Which resource, and what is not exact about its date."""
    vague = one.when is not None and not one.when.is_day
    return f"{one.resource.label}{', of whose date only a part is given' if vague else ''}"


def annotated(one: Statement) -> Mapping:
    """The statement as it stands in a case file, with its date and its source.

    Of a date given in part the first day stands, so that the finding goes stale no later than it may.
    """
    pairs = one.node.pairs if isinstance(one.node, Mapping) else ((Scalar("value"), one.node),)
    if one.when is not None:
        pairs = (*pairs, (Scalar("date"), Scalar(one.when.first.isoformat())))
    return Mapping((*pairs, (Scalar("source"), Scalar(provenance(one)))))

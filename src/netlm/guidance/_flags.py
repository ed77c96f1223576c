"""What is pointed out beside the verdicts and decides none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..dictionary import Fact, Facts, Finding, MeasurementError, value_text
from ..logic import Compare
from ..values import FALSE, TRUE, Exact, Members, Numbers, meet
from ._change import Change
from ._evaluation import UNLISTED, Evaluation
from ._pack import Note
from ._roles import RANK

__all__ = ["Raised", "notes_for", "raise_flags"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag on this patient: which fact it is about and which options it concerns (empty: all).

    ``limit`` is the comparison whose limit a borderline value lies at or reaches.
    """

    id: str
    fact: str | None
    says: str
    options: tuple[str, ...] = ()
    limit: Compare | None = None


def raise_flags(evaluation: Evaluation, changes: Mapping[str, tuple[Change, ...]]) -> tuple[Raised, ...]:
    """Every flag that holds, each once, contradictions first."""
    raised = (
        *_contradictions(evaluation),
        *_from_pack(evaluation),
        *_overrides(evaluation),
        *_unreviewed(evaluation),
        *_stale(evaluation),
        *_borderline(evaluation),
        *_correctable(evaluation, changes),
        *_wishes(evaluation),
        *_not_considered(evaluation),
    )
    return tuple(dict.fromkeys(raised))


def notes_for(evaluation: Evaluation) -> tuple[Note, ...]:
    """The standing notes: told to all, or unless they certainly do not apply."""
    notes = evaluation.program.pack.notes
    return tuple(note for note in notes if note.rule is None or note.rule(evaluation.view) is not FALSE)


def _contradictions(evaluation: Evaluation) -> Iterator[Raised]:
    for name in evaluation.facts.contradictions:
        title = evaluation.facts.dictionary.facts[name].title
        stated = " against ".join(_statements(evaluation.facts, name))
        yield Raised("contradiction", name, f"{title}: {stated}; both are kept as possible")


def _statements(facts: Facts, name: str) -> Iterator[str]:
    """The two statements on one fact that cannot both be true, each with where it stands."""
    fact = facts.dictionary.facts[name]
    for finding in (facts.entered.get(name), facts.listed.get(name)):
        if finding is not None:
            kind = "from the list" if finding.kind == "listed" else "as entered"
            yield f"{value_text(fact.type, finding.value, finding, dict(fact.values))} ({_whence(finding) or kind})"
    if fact.derivation is not None and fact.derivation.when_entered == "agrees":
        derived = facts.derived(fact.derivation)
        if meet(facts.base(name), derived) is None:
            reads = (read for read in fact.derivation.reads if facts.finding(read))
            of = ", ".join(f"{facts.dictionary.facts[read].title} {_typed(facts, read)}" for read in reads)
            yield f"{value_text(fact.type, derived, None, dict(fact.values))} (by {of})"


def _typed(facts: Facts, name: str) -> str:
    finding = facts.finding(name)
    whence = _whence(finding) if finding else ""
    return f"{_valued(facts, name)}{f', {whence}' if whence else ''}"


def _valued(facts: Facts, name: str) -> str:
    fact = facts.dictionary.facts[name]
    return value_text(fact.type, facts.value(name), facts.finding(name), dict(fact.values))


def _whence(finding: Finding) -> str:
    return ", ".join(str(part) for part in (finding.method, finding.date, finding.source) if part)


def _from_pack(evaluation: Evaluation) -> Iterator[Raised]:
    for flag in evaluation.program.pack.flags:
        if flag.rule(evaluation.view) is TRUE:
            yield Raised(flag.id, flag.about[0] if flag.about else None, flag.says, flag.options)


def _overrides(evaluation: Evaluation) -> Iterator[Raised]:
    for name in evaluation.facts.overrides:
        fact = evaluation.facts.dictionary.facts[name]
        assert fact.derivation is not None
        default = value_text(fact.type, evaluation.facts.derived(fact.derivation), None, dict(fact.values))
        says = (
            f"{fact.title}: {_valued(evaluation.facts, name)} was entered and counts; worked out, it would be {default}"
        )
        yield Raised("entered-beats-default", name, says)


def _unreviewed(evaluation: Evaluation) -> Iterator[Raised]:
    """Facts measured on a segmentation of which nobody of radiology is said to have looked at it."""
    for name, fact in evaluation.facts.dictionary.facts.items():
        found = (evaluation.facts.entered.get(name), evaluation.facts.listed.get(name))
        if any(one is not None and one.kind == "scan" and one.by is None for one in found):
            says = f"{fact.title} comes from a segmentation that no radiologist is said to have reviewed"
            yield Raised("unreviewed-scan", name, says, _asking(evaluation, name))


def _stale(evaluation: Evaluation) -> Iterator[Raised]:
    for name in evaluation.facts.dictionary.facts:
        if name in evaluation.stale:
            fact, finding = evaluation.facts.dictionary.facts[name], evaluation.facts.entered[name]
            name_of = (fact.valid_for or "").removeprefix("convention.")
            current = evaluation.facts.dictionary.conventions[name_of].value
            says = (
                f"{fact.title} is of {finding.date}, older than the time for which it is taken as current ({current})"
            )
            yield Raised("stale", name, says, _asking(evaluation, name))


def _asking(evaluation: Evaluation, name: str) -> tuple[str, ...]:
    return tuple(option for option, inputs in evaluation.program.inputs.items() if name in inputs)


def _borderline(evaluation: Evaluation) -> Iterator[Raised]:
    """Limits of an option's own criteria; limits of decision tables where they matter for it, or for the class."""
    own, tables = evaluation.program.comparisons
    for node, options in own.items():
        says = _reached(evaluation, node)
        if says:
            about = node.fact if node.fact in evaluation.facts.dictionary.facts else "lesions"
            yield from (Raised("borderline", about, says, (option,), node) for option in options)
    for node in tables:
        says = _reached(evaluation, node)
        if says:
            touched, matters = _either_side(evaluation, node)
            yield from (Raised("borderline", node.fact, says, (option,), node) for option in touched)
            if matters and not touched:
                yield Raised("borderline", node.fact, says, limit=node)


def _either_side(evaluation: Evaluation, node: Compare) -> tuple[list[str], bool]:
    """The options, and whether the classification, that a value just below or above the limit would touch."""
    kind = evaluation.facts.dictionary.facts[node.fact].type
    limit = node.limit.number
    assert limit is not None
    pieces = evaluation.program.alternatives(node.fact, kind.everything)
    beside = [piece for piece in pieces if isinstance(piece, Numbers) and _touches(piece, limit)]
    found = [evaluation.with_value(node.fact, piece) for piece in beside]
    found.append(evaluation)
    touched = [option for option in evaluation.program.judges if len({one.effects(option) for one in found}) > 1]
    return touched, any(len({one.facts.value(name) for one in found}) > 1 for name in ("category", "grade"))


def _touches(piece: Numbers, limit: Exact) -> bool:
    return any(limit in (interval.low, interval.high) for interval in piece.intervals)


def _reached(evaluation: Evaluation, node: Compare) -> str | None:
    fact = evaluation.facts.dictionary.facts.get(node.fact)
    limit = node.limit.number
    assert limit is not None
    if fact is None:
        return _lesion_reached(evaluation, node)
    finding = evaluation.facts.finding(fact.name)
    value = evaluation.facts.value(fact.name)
    if finding is None or not isinstance(value, Numbers):
        return None
    if value.number == limit:
        return f"{fact.title} is exactly at the limit of {node.limit.text}"
    if not value.is_known and _holds(value, limit):
        return _range_reached(evaluation, fact, node)
    if fact.error and value.number is not None and finding.kind != "listed":
        return _error_reached(fact, fact.error, value, node, finding)
    return None


def _holds(value: Numbers, limit: Exact) -> bool:
    """Whether the limit lies in the range or at one of its ends."""
    return _touches(value, limit) or value.compare("==", limit) is not FALSE


def _range_reached(evaluation: Evaluation, fact: Fact, node: Compare) -> str | None:
    """An entered range that holds the limit (not the bounds of what is possible at all)."""
    finding = evaluation.facts.entered.get(fact.name)
    if finding is None or finding.unknown is not None or not isinstance(finding.value, Numbers):
        return None
    kind = fact.type.number
    assert kind is not None
    ends = {end for interval in finding.value.intervals for end in (interval.low, interval.high)}
    if node.limit.number not in ends and ends & {kind.low, kind.high}:
        return None  # a bound, open to one side: nothing was measured near the limit
    return f"{fact.title}, {finding.typed}, reaches the limit of {node.limit.text}"


def _error_reached(fact: Fact, error: MeasurementError, value: Numbers, node: Compare, finding: Finding) -> str | None:
    number, limit = value.number, node.limit.number
    assert number is not None
    assert limit is not None
    low, high = error.reach(float(number))
    kind = fact.type.number
    if kind is not None and kind.high is not None:
        high = min(high, float(kind.high))
    if low <= float(limit) <= high:
        return (
            f"{fact.title}, {finding.typed}: the difference between readers reaches the limit of {node.limit.text} "
            f"({low:.0f} to {high:.0f} {fact.type.number.unit if fact.type.number else ''})"
        )
    return None


def _lesion_reached(evaluation: Evaluation, node: Compare) -> str | None:
    at = [
        lesion.lesion.id
        for lesion in evaluation.lesions
        if lesion.lesion.id != UNLISTED
        and isinstance(value := lesion.lesion.field(node.fact), Numbers)
        and value.number == node.limit.number
    ]
    return f"Lesion {', '.join(at)} is exactly at the limit of {node.limit.text}" if at else None


def _correctable(evaluation: Evaluation, changes: Mapping[str, tuple[Change, ...]]) -> Iterator[Raised]:
    for option, found in changes.items():
        best = max(evaluation.possible(option))
        single = next((change for change in found if len(change.set) == 1 and change.rank > best), None)
        if single is not None and best <= RANK["outside_evidence"]:
            name = single.set[0][0]
            title = evaluation.facts.dictionary.facts[name].title
            yield Raised(
                "single-correctable-failure", name, f"{title} alone stands in the way and can change", (option,)
            )


def _wishes(evaluation: Evaluation) -> Iterator[Raised]:
    for name, flag, says in (
        ("declined_options", "declined", "The patient has declined this option"),
        ("unavailable_options", "unavailable", "Not available here; refer where it is to be considered"),
        ("prior_treatments", "given-before", "Given before; whether it can help again is not judged by this pack"),
    ):
        value = evaluation.facts.value(name)
        if isinstance(value, Members):
            for option in evaluation.program.judges:
                if option in value.must:
                    yield Raised(flag, name, says, (option,))


def _not_considered(evaluation: Evaluation) -> Iterator[Raised]:
    for item in evaluation.program.pack.not_considered:
        finding = evaluation.facts.finding(item.about)
        if finding is not None:
            title = evaluation.facts.dictionary.facts[item.about].title
            typed = (
                f"unknown, {finding.unknown}" if finding.unknown is not None else _valued(evaluation.facts, item.about)
            )
            says = f"{title}: {typed}. Entered, and not judged by this pack"
            yield Raised("not-considered", item.about, says, item.options)

"""Evaluation: truth of an expression for one patient, fast; and the same with its trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..values import FALSE, TRUE, UNKNOWN, Exact, Members, Numbers, Truth, Value, Words
from ._syntax import Always, And, AtLeast, Compare, Expression, Has, Lesions, Not, OneOf, Or, VerdictIn

__all__ = ["Rule", "Source", "Trace", "compile_rule", "decisive", "trace"]


class Source(Protocol):
    """Where an expression finds its facts."""

    def value(self, name: str) -> Value:
        """What the fact can be."""

    def lesion_sources(self) -> tuple[Sequence[Source], bool]:
        """The lesions listed, each a source of its own, and whether the list is complete."""

    def possible(self, option: str) -> frozenset[str]:
        """The verdicts that another option can still have."""


_NEGATED = {truth: truth.negated() for truth in Truth}

Rule = Callable[[Source], Truth]


def compile_rule(node: Expression) -> Rule:
    """The expression as a function from a source to its truth (Kleene)."""
    match node:
        case Always():
            return lambda _: TRUE
        case Compare(fact, operator, limit):
            return _compare(fact, operator, limit.number)
        case OneOf(fact, words):
            return _one_of(fact, frozenset(words))
        case Has(fact, word):
            return _has(fact, word)
        case Not(OneOf(fact, words)):
            return _one_of(fact, frozenset(words), negated=True)
        case Not(part):
            inner = compile_rule(part)
            return lambda source: _NEGATED[inner(source)]
        case And(parts):
            return _fold(parts, stop=FALSE)
        case Or(parts):
            return _fold(parts, stop=TRUE)
        case AtLeast(count, parts):
            rules = [compile_rule(part) for part in parts]
            return lambda source: Truth.at_least(count, [rule(source) for rule in rules])
        case Lesions(quantifier, part):
            return _lesions(quantifier, compile_rule(part))
        case VerdictIn(option, verdicts):
            return _verdict(option, frozenset(verdicts))
    raise AssertionError(node)


def _compare(fact: str, operator: str, limit: Exact | None) -> Rule:
    assert limit is not None

    def rule(source: Source) -> Truth:
        value = source.value(fact)
        assert isinstance(value, Numbers)
        return value.compare(operator, limit)

    return rule


def _one_of(fact: str, words: frozenset[str], *, negated: bool = False) -> Rule:
    inside, outside = (FALSE, TRUE) if negated else (TRUE, FALSE)

    def rule(source: Source) -> Truth:
        possible = source.value(fact).possible  # type: ignore[union-attr]  # the loader has checked the type
        if possible <= words:
            return inside
        return outside if possible.isdisjoint(words) else UNKNOWN

    return rule


def _has(fact: str, word: str) -> Rule:
    def rule(source: Source) -> Truth:
        value = source.value(fact)
        assert isinstance(value, Members)
        return value.has(word)

    return rule


def _fold(parts: Sequence[Expression], stop: Truth) -> Rule:
    """Conjunction stops at false, disjunction at true; otherwise one unknown makes it unknown."""
    rules = [compile_rule(part) for part in parts]
    clear = stop.negated()

    def rule(source: Source) -> Truth:
        truth = clear
        for part in rules:
            found = part(source)
            if found is stop:
                return stop
            if found is UNKNOWN:
                truth = UNKNOWN
        return truth

    return rule


def _lesions(quantifier: str, inner: Rule) -> Rule:
    stop = TRUE if quantifier == "any" else FALSE

    def rule(source: Source) -> Truth:
        listed, complete = source.lesion_sources()
        found = [inner(lesion) for lesion in listed]
        if stop in found:
            return stop
        return UNKNOWN if not complete or UNKNOWN in found else stop.negated()

    return rule


def _verdict(option: str, verdicts: frozenset[str]) -> Rule:
    def rule(source: Source) -> Truth:
        possible = source.possible(option)
        return Truth.of_outcomes(bool(possible & verdicts), not possible <= verdicts)

    return rule


@dataclass(frozen=True, slots=True)
class Trace:
    """How an expression came to its truth: the node, its truth, the value it read, and the same of its parts."""

    node: Expression
    truth: Truth
    parts: tuple[Trace, ...] = ()
    value: Value | frozenset[str] | None = None


def trace(node: Expression, source: Source) -> Trace:
    """The expression evaluated with every step kept; its truth is that of ``compile_rule``."""
    match node:
        case Compare(fact, operator, limit):
            number = source.value(fact)
            assert isinstance(number, Numbers)
            assert limit.number is not None
            return Trace(node, number.compare(operator, limit.number), value=number)
        case OneOf(fact, words):
            word = source.value(fact)
            assert isinstance(word, Words)
            return Trace(node, word.within(frozenset(words)), value=word)
        case Has(fact, member):
            members = source.value(fact)
            assert isinstance(members, Members)
            return Trace(node, members.has(member), value=members)
        case VerdictIn(option=option):
            return Trace(node, compile_rule(node)(source), value=source.possible(option))
        case Always():
            return Trace(node, TRUE)
    return _trace_compound(node, source)


def _trace_compound(node: Expression, source: Source) -> Trace:
    match node:
        case Not(part):
            inner = trace(part, source)
            return Trace(node, inner.truth.negated(), (inner,))
        case And(parts):
            traced = tuple(trace(part, source) for part in parts)
            return Trace(node, min(part.truth for part in traced), traced)
        case Or(parts):
            traced = tuple(trace(part, source) for part in parts)
            return Trace(node, max(part.truth for part in traced), traced)
        case AtLeast(count, parts):
            traced = tuple(trace(part, source) for part in parts)
            return Trace(node, Truth.at_least(count, [part.truth for part in traced]), traced)
        case Lesions(quantifier, part):
            listed, complete = source.lesion_sources()
            traced = tuple(trace(part, lesion) for lesion in listed)
            truths = [found.truth for found in traced] + ([] if complete else [UNKNOWN])
            if quantifier == "any":
                return Trace(node, max(truths, default=FALSE), traced)
            return Trace(node, min(truths, default=TRUE), traced)
    raise AssertionError(node)


def decisive(step: Trace) -> Iterator[Trace]:
    """The steps without parts on which the truth hangs: not the alternatives that came to nothing.

    A conjunction that failed hangs on its false parts, one that holds on all of them; an open one on its open parts.
    """
    hangs_on_all = isinstance(step.node, Not | AtLeast | Lesions)
    for part in step.parts:
        if hangs_on_all or part.truth is step.truth:
            yield from decisive(part)
    if not step.parts:
        yield step

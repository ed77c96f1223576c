"""Checking an expression against a vocabulary, before it ever meets a patient."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..errors import Problem, nearest
from ..values import FALSE, TRUE, Members, Numbers, NumberType, Opaque, UnitTable, Value, Words, read_quantity
from ._syntax import (
    Always,
    And,
    AtLeast,
    Compare,
    Expression,
    Has,
    Lesions,
    Limit,
    Not,
    OneOf,
    Or,
    VerdictIn,
    parse,
)  # fmt: skip

__all__ = ["VERDICTS", "FactType", "Vocabulary", "check", "facts_of", "options_of", "walk"]

_KINDS = {"number": "a number", "word": "a word fact", "words": "a list fact", "opaque": "a fact that is only told"}
VERDICTS = ("not_recommended", "excluded", "outside_evidence", "extreme_caution", "conditional", "supported")


@dataclass(frozen=True)
class FactType:
    """Name and type of a fact: a number, one of ``words``, a list of words, or opaque."""

    name: str
    kind: str
    number: NumberType | None = None
    words: tuple[str, ...] = ()

    @cached_property
    def everything(self) -> Value:
        """All that the fact can be: its value while unknown."""
        if self.number is not None:
            whole = self.number.everything.whole() if self.number.whole_numbers else None
            return whole or self.number.everything
        if self.kind == "word":
            return Words(frozenset(self.words))
        if self.kind == "words":
            return Members(frozenset(), frozenset(self.words))
        return Opaque(None, is_known=False)


@dataclass(frozen=True)
class Vocabulary:
    """What an expression may speak of: facts, fields of a lesion, other options; and the units to read limits."""

    facts: Mapping[str, FactType]
    lesion_fields: Mapping[str, FactType]
    options: Collection[str]
    units: UnitTable


def check(
    text: str, vocabulary: Vocabulary, limits: Mapping[str, str] | None = None, *, lesion: bool = False
) -> Expression:
    """Parse ``text`` and check every name, word, unit and limit; limits come back as exact numbers.

    ``limits`` gives the text of each named number; ``lesion`` lets the fields of a lesion be used.
    Raises ``Problem`` (without a place): an unknown fact, word or option with a suggestion, a wrong unit or whole,
    a comparison that every possible value or none would satisfy.
    """
    return _Checker(vocabulary, limits or {}).check(parse(text), lesion)


@dataclass(frozen=True)
class _Checker:
    vocabulary: Vocabulary
    limits: Mapping[str, str]

    def check(self, node: Expression, lesion: bool) -> Expression:
        match node:
            case Compare():
                return self._compare(node, lesion)
            case OneOf():
                self._words(node.words, self._fact(node.fact, lesion), "word")
            case Has():
                self._words((node.word,), self._fact(node.fact, lesion), "words")
            case Not(part):
                return Not(self.check(part, lesion))
            case And(parts) | Or(parts):
                return type(node)(tuple(self.check(part, lesion) for part in parts))
            case AtLeast(count, parts):
                if not 0 < count <= len(parts):
                    raise _problem(f"at_least({count}, ...) of {len(parts)}", "a count that can be reached")
                return AtLeast(count, tuple(self.check(part, lesion) for part in parts))
            case Lesions(quantifier, part):
                return Lesions(quantifier, self.check(part, True))
            case VerdictIn():
                self._verdict(node)
        return node

    def _fact(self, name: str, lesion: bool) -> FactType:
        known = self.vocabulary.lesion_fields.get(name) if lesion else None
        known = known or self.vocabulary.facts.get(name)
        if known is None:
            names = [*self.vocabulary.facts, *(self.vocabulary.lesion_fields if lesion else ())]
            raise _unknown("fact", name, names)
        return known

    def _words(self, words: tuple[str, ...], fact: FactType, kind: str) -> None:
        if fact.kind != kind:
            how = {"number": f"`{fact.name} < limit`", "word": f"`{fact.name} in [...]`"}
            remedy = f"Write {how.get(fact.kind, f'`{fact.name}.WORD`')}."
            raise _problem(f"`{fact.name}`, {_KINDS[fact.kind]}", f"{_KINDS[kind]} here", remedy)
        for word in words:
            if word not in fact.words:
                raise _unknown(f"value of {fact.name}", word, fact.words)

    def _compare(self, node: Compare, lesion: bool) -> Compare:
        fact = self._fact(node.fact, lesion)
        if fact.number is None:
            raise _problem(f"`{fact.name} {node.operator}`", "a number before this operator")
        text = self.limits.get(node.limit.name)
        if text is None:
            raise _unknown("limit", node.limit.name, self.limits)
        limit = read_quantity(text, replace(fact.number, whole_numbers=False), self.vocabulary.units)
        if limit.number is None:
            raise _problem(f"the limit `{text}`", "one number")
        everything = fact.everything
        assert isinstance(everything, Numbers)
        if everything.compare(node.operator, limit.number) in (TRUE, FALSE):
            raise _problem(
                f"`{node.fact} {node.operator} {text}`", "a comparison that some possible values meet, not all",
                f"{node.fact} is {fact.number.low} to {fact.number.high} {fact.number.unit}.",
            )  # fmt: skip
        return Compare(node.fact, node.operator, Limit(node.limit.name, text, limit.number))

    def _verdict(self, node: VerdictIn) -> None:
        if node.option not in self.vocabulary.options:
            raise _unknown("option", node.option, self.vocabulary.options)
        for verdict in node.verdicts:
            if verdict not in VERDICTS:
                raise _unknown("verdict", verdict, VERDICTS)


def _problem(found: str, expected: str, remedy: str = "Correct the expression.") -> Problem:
    return Problem(found, expected, remedy, "bad-expression")


def _unknown(kind: str, name: str, known: Collection[str]) -> Problem:
    close = nearest(name, known)
    remedy = f"Did you mean `{close}`?" if close else "Add it to the vocabulary, or correct the name."
    return _problem(f"`{name}`", f"a known {kind}", remedy)


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything under it."""
    yield node
    match node:
        case Not(part) | Lesions(_, part):
            yield from walk(part)
        case And(parts) | Or(parts) | AtLeast(_, parts):
            for part in parts:
                yield from walk(part)
        case Always() | Compare() | OneOf() | Has() | VerdictIn():
            return


def facts_of(node: Expression) -> tuple[str, ...]:
    """Names of the facts the expression reads, in order, each once; ``lesions`` for a quantifier."""
    names: dict[str, None] = {}
    for part in walk(node):
        if isinstance(part, Compare | OneOf | Has):
            names[part.fact] = None
        elif isinstance(part, Lesions):
            names["lesions"] = None
    return tuple(names)


def options_of(node: Expression) -> tuple[str, ...]:
    """The options whose verdict the expression reads."""
    return tuple(dict.fromkeys(part.option for part in walk(node) if isinstance(part, VerdictIn)))

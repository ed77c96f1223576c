"""Which studies speak of this patient: every point of a study's population met, not met or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dictionary import Dictionary, Facts, value_text
from ..logic import Expression, Rule, Trace, compile_rule, decisive, facts_of, trace
from ..values import FALSE, TRUE, UNKNOWN, Members, Truth
from ._model import Criterion, Publication

__all__ = ["APPLICABILITY", "Match", "Point", "certainly_applies", "match_study"]

APPLICABILITY = {
    "applies": "applies",
    "applies_except": "applies except",
    "cannot_tell": "cannot be told",
    "does_not_apply": "does not apply",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the population for this patient; ``has`` is what the patient has instead, in words."""

    criterion: Criterion
    truth: Truth
    steps: Trace
    has: str


@dataclass(frozen=True)
class Match:
    """A study beside a patient.

    ``word`` is one of ``APPLICABILITY``; ``possible`` is what could still come out, which is one word unless an
    unknown fact can change it. A point that is only remembered is shown and decides nothing; one that is presumed
    leaves the word as it is until a recorded finding contradicts it.
    """

    study: Publication
    word: str
    possible: tuple[str, ...]
    points: tuple[Point, ...]

    @property
    def differences(self) -> tuple[Point, ...]:
        """The points in which this patient certainly differs."""
        return tuple(point for point in self.points if point.truth is FALSE and point.criterion.support.decides)

    @property
    def unknown(self) -> tuple[Point, ...]:
        """The points that cannot be judged for want of a fact, and of which none is presumed."""
        return tuple(point for point in self.points if point.truth is UNKNOWN and _counts(point.criterion, point.truth))

    @property
    def unjudged(self) -> tuple[str, ...]:
        """What is asked of the patients and neither met nor contradicted by what is recorded, in words."""
        presumed = [one.criterion.says for one in self.points if one.truth is UNKNOWN and one.criterion.presumed]
        differs = {point.criterion.says for point in self.differences}
        told = dict.fromkeys([*presumed, *(one.says for one in self.study.unjudged)])
        return tuple(says for says in told if says not in differs)

    @property
    def met(self) -> int:
        """How many points are certainly met."""
        return sum(point.truth is TRUE for point in self.points if point.criterion.support.decides)


def match_study(study: Publication, facts: Facts) -> Match:
    """Judge one study for one patient."""
    points = tuple(_point(criterion, facts) for criterion in study.population)
    words = _possible([point for point in points if _counts(point.criterion, point.truth)])
    possible = _possible([point for point in points if point.criterion.support.decides])
    return Match(study, words[0] if len(words) == 1 else "cannot_tell", possible, points)


def certainly_applies(study: Publication, facts: Facts) -> bool:
    """Whether ``match_study`` would say "applies", told faster."""
    judged = [(criterion, _made(criterion, facts.dictionary).rule(facts)) for criterion in study.population]
    counted = [truth for criterion, truth in judged if _counts(criterion, truth)]
    return bool(counted) and all(truth is TRUE for truth in counted)


def _counts(criterion: Criterion, truth: Truth) -> bool:
    """Whether the point has a say: not what is only remembered, nor what is presumed while nothing is recorded."""
    return criterion.support.decides and not (criterion.presumed and truth is UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Made:
    """A criterion made ready over one dictionary; both are held, so that their identities stay theirs."""

    criterion: Criterion
    dictionary: Dictionary
    expression: Expression
    rule: Rule


_MADE: dict[tuple[int, int], _Made] = {}


def _made(criterion: Criterion, dictionary: Dictionary) -> _Made:
    """The criterion made ready, once for each dictionary."""
    key = id(criterion), id(dictionary)
    found = _MADE.get(key)
    if found is None:
        expression = criterion.expression(dictionary)
        found = _MADE[key] = _Made(criterion, dictionary, expression, compile_rule(expression))
    return found


def _point(criterion: Criterion, facts: Facts) -> Point:
    steps = trace(_made(criterion, facts.dictionary).expression, facts)
    has = "" if steps.truth is TRUE else "; ".join(_had(steps, facts))
    return Point(criterion, steps.truth, steps, has)


def _possible(points: list[Point]) -> tuple[str, ...]:
    """What the points leave open, the best first; a study without a population cannot be told."""
    if not points:
        return ("cannot_tell",)
    if any(point.criterion.decisive and point.truth is FALSE for point in points):
        return ("does_not_apply",)
    differs = any(point.truth is FALSE for point in points)
    open_points = [point for point in points if point.truth is UNKNOWN]
    found = ["applies_except" if differs else "applies"]
    if not differs and any(not point.criterion.decisive for point in open_points):
        found.append("applies_except")
    if any(point.criterion.decisive for point in open_points):
        found.append("does_not_apply")
    return tuple(found)


def _had(steps: Trace, facts: Facts) -> Iterator[str]:
    """What the patient has, of the facts on which a point hangs: what was entered, not what follows from it."""
    read = dict.fromkeys(name for step in decisive(steps) for name in facts_of(step.node))
    for name in dict.fromkeys(entered for one in read for entered in _entered(one, facts)):
        fact = facts.dictionary.facts[name]
        several = isinstance(facts.value(name), Members)
        titles = {**fact.values, **{word: option.short for word, option in facts.dictionary.options.items()}}
        inside = {word: _begun(title) for word, title in titles.items()}
        value = value_text(fact.type, facts.value(name), facts.finding(name), inside)
        yield f"{_begun(fact.title)}{':' if several else ''} {_begun(value)}"


def _entered(name: str, facts: Facts) -> Iterator[str]:
    """The one entered fact from which a derived one follows; the derived one where it follows from several."""
    dictionary: Dictionary = facts.dictionary
    derivation = dictionary.facts[name].derivation
    if derivation is None or facts.finding(name) is not None:
        yield name
        return
    read = [entered for one in derivation.reads for entered in _entered(one, facts)]
    settled = [entered for entered in read if facts.finding(entered) is not None]
    yield from settled if len(settled) == 1 or not facts.is_known(name) else [name]


def _begun(title: str) -> str:
    """The title inside a sentence: ``Ki-67`` and ``FDG PET`` keep their capitals."""
    first = title.split(" ")[0]
    return title[:1].lower() + title[1:] if first[1:].islower() and first.isalpha() else title

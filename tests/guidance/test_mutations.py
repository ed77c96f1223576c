"""Each argument changed a little: some case of its option must notice.

Changed are the role, every limit (down and up by a small step) and every comparison, and, beyond the limits, every
word of a list of words, every part of a conjunction or disjunction, and every negation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from netlm.guidance import Argument, Program
from netlm.logic import And, AtLeast, Compare, Expression, Lesions, Limit, Not, OneOf, Or

from ._cases import PACK, Case, cases_of, judge, pack_without

ROLES = {
    "requires": ("excludes", "supports"),
    "excludes": ("requires", "supports"),
    "conditions": ("supports",),
    "cautions": ("supports",),
    "within": ("supports",),
    "advises_against": ("supports",),
    "supports": ("conditions",),
}
OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
STEPS = {
    "1": Fraction(1), "years": Fraction(1), "months": Fraction(1, 10), "mm": Fraction(1), "%": Fraction(1, 10),
    "mg/dL": Fraction(1, 100),
}  # fmt: skip

METHODS = ("microwave", "radiofrequency", "cryotherapy", "irreversible_electroporation")
# Mutants that no patient can tell from the pack, by option, argument and change. An approach is outside its evidence
# only where the tumour is no NET or the list of lesions is empty, and then the other approach is outside or excluded.
NEVER_NOTICED = [
    (f"ablation.{method}", "an-approach-within", f"part {part} left out") for method in METHODS for part in (1, 2)
]


def _step(fact: str) -> Fraction:
    kind = {**PACK.dictionary.vocabulary.facts, **PACK.dictionary.lesion_fields}[fact]
    assert kind.number is not None
    return STEPS[kind.number.unit]


def _rewritten(node: Expression) -> Iterator[tuple[str, Expression]]:
    """The expression with one thing changed, and what was changed."""
    match node:
        case Compare(fact, operator, limit):
            assert limit.number is not None
            other = OPERATORS[operator]
            yield f"{fact} {operator} {limit.name} -> {other}", replace(node, operator=other)
            for how, step in (("down", -_step(fact)), ("up", _step(fact))):
                moved = Limit(limit.name, limit.text, limit.number + step)
                yield f"{fact} {operator} {limit.name} moved {how}", replace(node, limit=moved)
        case OneOf(fact, words):
            if len(words) > 1:
                for word in words:
                    yield f"{fact} without {word}", OneOf(fact, tuple(kept for kept in words if kept != word))
        case Not(part):
            yield "`not` left out", part
            yield from ((what, Not(inner)) for what, inner in _rewritten(part))
        case Lesions(quantifier, part):
            yield from ((what, Lesions(quantifier, inner)) for what, inner in _rewritten(part))
        case And(parts) | Or(parts):
            for at, part in enumerate(parts):
                rest = (*parts[:at], *parts[at + 1 :])
                yield f"part {at + 1} left out", rest[0] if len(rest) == 1 else replace(node, parts=rest)
                for what, inner in _rewritten(part):
                    yield f"{at + 1}: {what}", replace(node, parts=(*parts[:at], inner, *parts[at + 1 :]))
        case AtLeast():
            raise AssertionError("no argument counts its parts yet: mutate them here")


def _mutants(argument: Argument) -> Iterator[tuple[str, Argument]]:
    for role in ROLES[argument.role]:
        yield f"{argument.role} -> {role}", replace(argument, role=role)
    for what, when in _rewritten(argument.when):
        yield what, replace(argument, when=when)


def _ordered(option: str, argument: Argument) -> list[Case]:
    """The option's cases, those of the argument first."""
    return sorted(cases_of(option), key=lambda case: case.argument != argument.id)


def _is_noticed(option: str, mutant: Argument, cases: list[Case]) -> bool:
    changed = tuple(mutant if one.id == mutant.id else one for one in PACK.arguments[option])
    pack = replace(PACK, arguments={**PACK.arguments, option: changed})
    programs: dict[tuple[str, ...], Program] = {}
    for case in cases:
        if case.apart_from not in programs:
            programs[case.apart_from] = Program(pack_without(pack, option, case.apart_from))
        if judge(case, programs[case.apart_from]).fails(case):
            return True
    return False


@pytest.mark.parametrize("option", PACK.order)
def test_some_case_notices_every_change(option: str) -> None:
    survivors, noticed = [], []
    for argument in PACK.arguments[option]:
        cases = _ordered(option, argument)
        for what, mutant in _mutants(argument):
            name = (option, argument.id, what)
            (noticed if _is_noticed(option, mutant, cases) else survivors).append(name)
    assert len(noticed) > len(PACK.arguments[option])
    assert survivors == [name for name in NEVER_NOTICED if name[0] == option]

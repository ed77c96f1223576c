"""What is possible against the enumeration of every completion of the unknown facts.

Soundness must hold: no completion gives a verdict outside ``possible``. Tightness is wished for: with a single unknown
fact every member of ``possible`` comes out for some completion, but for the exceptions that are listed with a reason.
Patients start from the bases of the YAML cases and are changed at random, with fixed seeds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from netlm.case import read_case
from netlm.dictionary import Facts, Finding
from netlm.files import parse_text
from netlm.guidance import Evaluation
from netlm.logic import VERDICTS
from netlm.values import Value

from ._cases import PACK, cases_of, program_without

pytestmark = pytest.mark.slow

PROGRAM = program_without(PACK.order[0], ())
DICTIONARY = PACK.dictionary
# Facts that others of the set decide: they are entered in the tests of monotonicity only.
DOUBLES = ("functional", "symptomatic", "small_metastases")


def _inputs(option: str) -> list[str]:
    """The facts of an option that are entered, without details and the facts that others stand for."""
    return [
        name
        for name, fact in DICTIONARY.facts.items()
        if name in PROGRAM.inputs[option] and fact.is_entered and not fact.detail_of and fact.type.kind != "opaque"
        and name not in DOUBLES
    ]  # fmt: skip


def _alternatives(name: str) -> list[Value]:
    return PROGRAM.alternatives(name, DICTIONARY.facts[name].type.everything)


def _base(option: str) -> Facts:
    """The base of the option's own cases, with the absence of necrosis known."""
    base = next(case for case in cases_of(option) if case.argument is None and not case.apart_from)
    return _with(base.facts, "necrosis", next(value for value in _alternatives("necrosis") if "none" in str(value)))


def _with(facts: Facts, name: str, value: Value) -> Facts:
    return facts.with_finding(name, Finding(value, ""))


def _unknown(facts: Facts, names: Sequence[str]) -> Facts:
    for name in names:
        facts = _with(facts, name, DICTIONARY.facts[name].type.everything)
    return facts


def _changed(facts: Facts, option: str, draw: random.Random, count: int) -> Facts:
    for name in draw.sample(_inputs(option), count):
        if name not in facts.listed:
            facts = _with(facts, name, draw.choice(_alternatives(name)))
    return facts


def _words(ranks: frozenset[int]) -> set[str]:
    return {VERDICTS[rank] for rank in ranks}


def _completions(evaluation: Evaluation, names: Sequence[str]) -> Iterator[Evaluation]:
    """Every way in which the unknown facts can turn out, as far as the facts do not contradict each other."""
    for values in product(*(PROGRAM.alternatives(name, evaluation.facts.value(name)) for name in names)):
        completed = evaluation
        for name, value in zip(names, values, strict=True):
            completed = completed.with_value(name, value)
        if not completed.facts.contradictions:
            yield completed


@pytest.mark.parametrize("option", PACK.order)
def test_no_completion_leaves_what_is_possible(option: str) -> None:
    draw = random.Random(f"sound {option}")
    tried = 0
    for _ in range(25):
        facts = _changed(_base(option), option, draw, draw.randint(0, 4))
        names = [name for name in draw.sample(_inputs(option), 3) if name not in facts.listed]
        partial = Evaluation(PROGRAM, _unknown(facts, names))
        if partial.facts.contradictions:
            continue
        possible = partial.possible(option)
        for completed in _completions(partial, names):
            tried += 1
            assert completed.possible(option) <= possible, (names, completed.facts.entered)
    assert tried > 100


# Where a single unknown fact leaves members in `possible` that no completion of it gives: the options, the fact, why,
# and a witness (option, changes of its base, the members that do not come out). The closed form folds arguments one by
# one, so it is loose where one fact moves two of them, or two rows of a decision table, against each other.
PATHOLOGY = "one fact decides several rows of the tables of grade and category, and arguments beside them"
LOOSE = (
    ("", "differentiation", PATHOLOGY, ("ablation.percutaneous", "{}", {"conditional"})),
    ("", "morphology", PATHOLOGY, ("ablation.intraoperative", "{}", {"conditional"})),
    ("", "primary_site", PATHOLOGY, ("systemic.prrt", "{differentiation: poor}", {"conditional", "supported"})),
    ("transplantation", "ki67", "a Ki-67 that closes debulking also fails the grade",
     ("transplantation.milan", "{distribution: unilobar}", {"supported"})),
    ("transplantation", "liver_involvement", "an involvement that closes debulking also exceeds half of it (A28)",
     ("transplantation.milan", "{distribution: unilobar}", {"supported"})),
    ("embolization", "ki67", "a Ki-67 that closes debulking also is G3",
     ("embolization.tae", "{symptoms: [hormonal]}", {"supported"})),
    ("embolization", "symptoms", "symptoms are the indication and at once a reason for resection first",
     ("embolization.tae", "{liver_involvement: 20 %}", {"supported"})),
    ("embolization", "achievable_debulking", "below 70 % is the indication and at once a reason for resection first",
     ("embolization.tae", "{liver_involvement: 20 %}", {"supported"})),
    ("ablation.intraoperative", "multiple_comorbidities", "what follows another verdict cannot skip between",
     ("ablation.intraoperative", "{}", {"conditional"})),
    ("systemic.lanreotide", "syndromes", "a syndrome is an indication and at once a condition",
     ("systemic.lanreotide", "{ki67: 15 %}", {"supported"})),
)  # fmt: skip


def _not_attained(facts: Facts, option: str, name: str) -> set[str]:
    """The members of ``possible`` that no completion of the one unknown fact gives."""
    partial = Evaluation(PROGRAM, _unknown(facts, [name]))
    attained = frozenset[int]().union(*(one.possible(option) for one in _completions(partial, [name])))
    assert attained <= partial.possible(option)
    return _words(partial.possible(option) - attained)


@pytest.mark.parametrize("option", PACK.order)
def test_with_one_fact_unknown_everything_possible_comes_out(option: str) -> None:
    draw = random.Random(f"tight {option}")
    loose = {name for prefix, name, _, _ in LOOSE if option.startswith(prefix)}
    done = checked = 0
    while done < 25:
        facts = _changed(_base(option), option, draw, draw.randint(0, 3) if done else 0)
        if facts.contradictions or len(Evaluation(PROGRAM, facts).possible(option)) > 1:
            continue
        done += 1
        for name in _inputs(option):
            if name in facts.listed or name == "lesions":
                continue
            checked += 1
            assert name in loose or not _not_attained(facts, option, name), (name, facts.entered)
    assert checked >= 100


@pytest.mark.parametrize(("prefix", "name", "reason", "witness"), LOOSE)
def test_the_exceptions_are_as_listed(prefix: str, name: str, reason: str, witness: tuple[str, str, set[str]]) -> None:
    option, changes, members = witness
    assert option.startswith(prefix), reason
    facts = _base(option)
    for changed, finding in _facts(changes).entered.items():
        facts = facts.with_finding(changed, finding)
    assert _not_attained(facts, option, name) == members


def _facts(text: str) -> Facts:
    """Facts from a line of case-file grammar."""
    case = f"{{netlm: case/1, id: enumeration, as_of: 2026-11-20, facts: {text}}}"
    return read_case(parse_text(case, "enumeration"), "enumeration", DICTIONARY).facts


@pytest.mark.parametrize("option", PACK.order)
def test_more_facts_never_leave_more_possible(option: str) -> None:
    draw = random.Random(f"monotone {option}")
    added = 0
    for _ in range(15):
        names = [*_inputs(option), *(name for name in DOUBLES if name in PROGRAM.inputs[option])]
        names = draw.sample(names, min(6, len(names)))
        facts = _unknown(_changed(_base(option), option, draw, draw.randint(0, 3)), names)
        before = Evaluation(PROGRAM, facts)
        for name in names:
            value = draw.choice(PROGRAM.alternatives(name, before.facts.value(name)) or [before.facts.value(name)])
            after = before.with_value(name, value)
            details = name == "symptoms" and "symptomatic" in after.facts.entered
            if after.facts.contradictions or after.facts.overrides or details or name in facts.listed:
                break
            for other in PACK.order:
                assert after.possible(other) <= before.possible(other), (other, name, value)
                fresh = Evaluation(PROGRAM, after.facts).possible(other)
                assert after.possible(other) == fresh, "an effect was kept that the change touches"
            before, added = after, added + 1
    assert added > 20


SIZES, NEAR = ("1 cm", "3 cm", "4 cm", "5 cm", "7 cm"), ("hepatic_vein", "portal_vein", "bile_duct")


def _lesions(sizes: Sequence[str | None], near: Sequence[Sequence[str] | None]) -> str:
    """A list of lesions; a size may be missing, and what is near may be a list that is not complete."""
    entries = []
    for at, (size, words) in enumerate(zip(sizes, near, strict=True)):
        given = "{at_least: []}" if words is None else f"[{', '.join(words)}]"
        entries.append(f"{{id: L{at}, {f'size: {size}, ' if size else ''}near: {given}}}")
    return f"[{', '.join(entries)}]"


@pytest.mark.parametrize("seed", range(8))
def test_no_size_or_place_of_a_lesion_leaves_what_is_possible(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.randint(1, 4)
    sizes = [draw.choice((None, *SIZES)) for _ in range(count)]
    near = [draw.choice((None, (), *((word,) for word in NEAR))) for _ in range(count)]
    unknown = draw.randrange(count)
    sizes[unknown], near[unknown] = None, None
    debulking = draw.choice(("60 %", "95 %"))
    rest = f"primary_site: ileum, differentiation: well, ki67: 2 %, achievable_debulking: {debulking}"

    def possible(sizes: Sequence[str | None], near: Sequence[Sequence[str] | None]) -> dict[str, frozenset[int]]:
        evaluation = Evaluation(PROGRAM, _facts(f"{{{rest}, mitoses: 1, lesions: {_lesions(sizes, near)}}}"))
        return {option: evaluation.possible(option) for option in PACK.order}

    before = possible(sizes, near)
    for size, words in product(SIZES, ((), *((word,) for word in NEAR), NEAR)):
        sizes[unknown], near[unknown] = size, words
        after = possible(sizes, near)
        assert all(after[option] <= before[option] for option in PACK.order), (sizes, near)

"""Evaluation is three-valued and sound: what it calls true or false, every completion of the unknowns confirms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlm.logic import check, compile_rule, facts_of, options_of, trace, walk
from netlm.values import FALSE, TRUE, UNKNOWN, Members, Numbers, Truth, Words


@pytest.fixture(scope="module")
def rule(vocabulary, limits):
    return lambda text: compile_rule(check(text, vocabulary, limits))


@settings(max_examples=300)
@given(st.data())
def test_the_trace_has_the_truth_of_the_rule(vocabulary, limits, expressions, patients, data):
    node = check(data.draw(expressions), vocabulary, limits)
    patient = data.draw(patients)
    assert trace(node, patient).truth is compile_rule(node)(patient)


@settings(max_examples=200)
@given(st.data())
def test_true_and_false_are_confirmed_by_every_completion(vocabulary, limits, expressions, patients, data):
    judge = compile_rule(check(data.draw(expressions), vocabulary, limits))
    patient = data.draw(patients)
    truth = judge(patient)
    for complete in islice(patient.completions(), 400):
        outcome = judge(complete)
        assert outcome is not UNKNOWN
        assert truth in (UNKNOWN, outcome)


@settings(max_examples=200)
@given(st.data())
def test_a_single_statement_is_unknown_only_where_completions_differ(vocabulary, limits, patients, data):
    """Exact, not only sound, as long as one expression asks one question."""
    atoms = [
        "count < limit",
        "count >= limit",
        "count == limit",
        "site in [ileum, lung]",
        "ill",
        "symptoms.bulk",
        "verdict(surgery) in [supported]",
        "any lesions(size > convention.big)",
        "all lesions(size <= convention.big)",
    ]
    judge = compile_rule(check(data.draw(st.sampled_from(atoms)), vocabulary, limits))
    patient = data.draw(patients)
    outcomes = {judge(complete) for complete in patient.completions()}
    assert judge(patient) is Truth.of_outcomes(TRUE in outcomes, FALSE in outcomes)


@settings(max_examples=200)
@given(st.data())
def test_knowing_more_never_turns_true_into_false(vocabulary, limits, expressions, patients, data):
    judge = compile_rule(check(data.draw(expressions), vocabulary, limits))
    patient = data.draw(patients)
    name = data.draw(st.sampled_from(sorted(patient.values)))
    known = data.draw(st.sampled_from([one.values[name] for one in islice(patient.completions(), 50)]))
    after = judge(replace(patient, values={**patient.values, name: known}))
    assert judge(patient) in (UNKNOWN, after)


class Empty:
    """Nothing known but what is given."""

    def __init__(self, **values):
        self.values = values

    def value(self, name):
        return self.values[name]


@pytest.mark.parametrize(
    ("text", "count", "truth"),
    [
        ("count < limit", 4, FALSE),
        ("count <= limit", 4, TRUE),
        ("count > limit", 4, FALSE),
        ("count >= limit", 4, TRUE),
        ("not count < limit", 4, TRUE),
        ("count == limit", 4, TRUE),
        ("count != limit", 4, FALSE),
    ],
)
def test_equality_follows_the_operator_as_written(rule, text, count, truth):
    assert rule(text)(Empty(count=Numbers.exactly(count))) is truth


def test_a_range_is_judged_as_a_range(rule):
    judge = rule("count < limit")
    assert judge(Empty(count=Numbers.between(Fraction(1), Fraction(3)))) is TRUE
    assert judge(Empty(count=Numbers.between(Fraction(3), Fraction(4)))) is UNKNOWN
    assert judge(Empty(count=Numbers.between(Fraction(3), Fraction(4), high_open=True))) is TRUE
    assert judge(Empty(count=Numbers.between(Fraction(4), Fraction(9)))) is FALSE


def test_unknown_is_not_no(rule):
    judge = rule("ill and site == ileum")
    unknown = Words.of("yes", "no")
    assert judge(Empty(ill=unknown, site=Words.of("ileum"))) is UNKNOWN
    assert judge(Empty(ill=unknown, site=Words.of("lung"))) is FALSE
    assert rule("ill or site == ileum")(Empty(ill=unknown, site=Words.of("ileum"))) is TRUE
    assert rule("symptoms.bulk")(Empty(symptoms=Members(frozenset(), frozenset(["bulk"])))) is UNKNOWN


def test_a_list_of_lesions_that_is_not_complete_never_proves_all_nor_disproves_any(rule):
    class Listed(Empty):
        def lesion_sources(self):
            return [Empty(size=Numbers.exactly(size)) for size in self.values["sizes"]], self.values["complete"]

    some, every = rule("any lesions(size > convention.big)"), rule("all lesions(size > convention.big)")
    assert some(Listed(sizes=[10, 40], complete=False)) is TRUE
    assert some(Listed(sizes=[10], complete=False)) is UNKNOWN
    assert some(Listed(sizes=[10], complete=True)) is FALSE
    assert every(Listed(sizes=[40], complete=False)) is UNKNOWN
    assert every(Listed(sizes=[40], complete=True)) is TRUE
    assert every(Listed(sizes=[10, 40], complete=False)) is FALSE
    assert some(Listed(sizes=[], complete=True)) is FALSE
    assert every(Listed(sizes=[], complete=True)) is TRUE


def test_what_an_expression_reads_is_listed_in_order_once(vocabulary, limits):
    node = check(
        "ill and count < limit or (not ill and any lesions(size > convention.big)) or verdict(surgery) in [excluded]",
        vocabulary,
        limits,
    )
    assert facts_of(node) == ("ill", "count", "lesions", "size")
    assert options_of(node) == ("surgery",)
    assert len(list(walk(node))) == 10

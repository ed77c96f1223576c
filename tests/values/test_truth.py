"""Kleene's laws hold for every combination of truths."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.values import FALSE, TRUE, UNKNOWN, Truth

truths = st.sampled_from(Truth)


@given(truths, truths)
def test_de_morgan(a, b):
    assert min(a, b).negated() is max(a.negated(), b.negated())
    assert max(a, b).negated() is min(a.negated(), b.negated())


@given(truths, truths, truths)
def test_conjunction_and_disjunction_are_a_distributive_lattice(a, b, c):
    assert min(a, b) == min(b, a)
    assert min(a, min(b, c)) == min(min(a, b), c)
    assert min(a, max(b, c)) == max(min(a, b), min(a, c))
    assert max(a, min(b, c)) == min(max(a, b), max(a, c))
    assert min(a, max(a, b)) == a == max(a, min(a, b))


@given(truths)
def test_negation_twice_is_nothing_and_unknown_stays_unknown(a):
    assert a.negated().negated() is a
    assert (a.negated() is a) == (a is UNKNOWN)


def test_the_excluded_middle_does_not_hold_for_unknown():
    assert max(UNKNOWN, UNKNOWN.negated()) is UNKNOWN
    assert min(UNKNOWN, UNKNOWN.negated()) is UNKNOWN


@given(st.lists(truths, max_size=5), st.integers(0, 6))
def test_at_least_is_what_every_completion_of_the_unknowns_agrees_on(listed, count):
    completions = product(*[[FALSE, TRUE] if truth is UNKNOWN else [truth] for truth in listed])
    outcomes = {sum(truth is TRUE for truth in completion) >= count for completion in completions}
    assert Truth.at_least(count, listed) is Truth.of_outcomes(True in outcomes, False in outcomes)


@pytest.mark.parametrize(("truth", "word"), [(TRUE, "true"), (FALSE, "false"), (UNKNOWN, "unknown")])
def test_truths_are_exported_in_lower_case(truth, word):
    assert truth.word == word

"""What a fact could be, against brute force over points that stand for every cell between the ends."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.values import FALSE, TRUE, UNKNOWN, Interval, Members, Numbers, Truth, Words

# Ends are whole numbers from 0 to 5: the halves between them and beyond stand for every other number.
POINTS = [Fraction(half, 2) for half in range(-4, 16)]
OPERATORS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


@st.composite
def intervals(draw):
    low = draw(st.none() | st.integers(0, 5))
    high = draw(st.none() | st.integers(0, 5))
    low_open, high_open = low is not None and draw(st.booleans()), high is not None and draw(st.booleans())
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
        if low == high:
            low_open = high_open = False
    return Numbers.between(*(None if end is None else Fraction(end) for end in (low, high)), low_open, high_open)


numbers = st.lists(intervals(), min_size=1, max_size=3).map(lambda parts: reduce(Numbers.join, parts))


def holds(value: Numbers, point: Fraction) -> bool:
    """Whether the point is in it, worked out from the ends alone."""
    return any(
        (part.low is None or part.low < point or (part.low == point and not part.low_open))
        and (part.high is None or point < part.high or (part.high == point and not part.high_open))
        for part in value.intervals
    )


def points(value: Numbers | None) -> set[Fraction]:
    return set() if value is None else {point for point in POINTS if holds(value, point)}


@given(numbers, st.sampled_from(sorted(OPERATORS)), st.sampled_from([Fraction(half, 2) for half in range(-1, 12)]))
def test_a_comparison_is_true_or_false_exactly_where_every_possible_number_agrees(value, operator, limit):
    # A quarter off a half still lies in the same cell, so that limits between whole numbers are judged exactly too.
    sample = {point + off for point in POINTS for off in (Fraction(0), Fraction(1, 4), Fraction(-1, 4))}
    outcomes = {OPERATORS[operator](point, limit) for point in sample if holds(value, point)}
    assert value.compare(operator, limit) is Truth.of_outcomes(True in outcomes, False in outcomes)


@given(numbers, numbers)
def test_meet_holds_what_both_hold_and_is_none_where_that_is_nothing(a, b):
    met = a.meet(b)
    assert points(met) == points(a) & points(b)
    assert (met is None) == (not points(a) & points(b))


@given(numbers, numbers)
def test_join_holds_what_either_holds_in_ascending_disjoint_parts(a, b):
    joined = a.join(b)
    assert points(joined) == points(a) | points(b)
    for first, second in zip(joined.intervals, joined.intervals[1:], strict=False):
        assert first.high < second.low or (first.high == second.low and first.high_open and second.low_open)


@given(numbers)
def test_whole_holds_exactly_the_whole_numbers(value):
    kept = value.whole()
    integers = {point for point in points(value) if point.denominator == 1}
    assert {point for point in points(kept) if point.denominator == 1} == integers
    assert (kept is None) == (not integers)
    for part in kept.intervals if kept else ():
        assert not part.low_open
        assert not part.high_open
        assert all(end is None or end.denominator == 1 for end in (part.low, part.high))


@given(numbers)
def test_a_number_is_known_exactly_where_one_is_left(value):
    fine = {point + off for point in POINTS for off in (Fraction(0), Fraction(1, 4)) if holds(value, point + off)}
    assert value.is_known == (len(fine) == 1)
    assert (value.number in fine) == value.is_known


@given(numbers, numbers, numbers)
def test_meet_and_join_of_numbers_are_commutative_and_associative(a, b, c):
    assert a.join(b) == b.join(a)
    assert points(a.join(b).join(c)) == points(a.join(b.join(c)))
    assert a.meet(b) == b.meet(a)


@pytest.mark.parametrize(("low", "high", "low_open"), [(2, 1, False), (1, 1, True)])
def test_an_interval_that_holds_nothing_cannot_be_made(low, high, low_open):
    with pytest.raises(ValueError, match="at least one"):
        Interval(Fraction(low), Fraction(high), low_open)


words = st.sets(st.sampled_from("abcd"), min_size=1).map(lambda chosen: Words(frozenset(chosen)))


@given(words, st.sets(st.sampled_from("abcd")))
def test_a_word_is_within_a_list_exactly_where_every_possible_word_agrees(value, listed):
    outcomes = {word in listed for word in value.possible}
    assert value.within(frozenset(listed)) is Truth.of_outcomes(True in outcomes, False in outcomes)


@given(words, words)
def test_words_meet_and_join_as_sets(a, b):
    assert a.join(b).possible == a.possible | b.possible
    met = a.meet(b)
    assert (met.possible if met else frozenset()) == a.possible & b.possible


def test_a_word_fact_that_can_be_nothing_cannot_be_made():
    with pytest.raises(ValueError, match="at least one"):
        Words(frozenset())


@st.composite
def members(draw):
    may = draw(st.sets(st.sampled_from("abc")))
    return Members(frozenset(draw(st.sets(st.sampled_from(sorted(may))))) if may else frozenset(), frozenset(may))


def lists(value: Members | None) -> set[frozenset[str]]:
    """Every list that it allows."""
    if value is None:
        return set()
    every = [frozenset(word for at, word in enumerate("abc") if number >> at & 1) for number in range(8)]
    return {listed for listed in every if value.must <= listed <= value.may}


@given(members(), st.sampled_from("abc"))
def test_a_list_holds_a_word_exactly_where_every_possible_list_agrees(value, word):
    outcomes = {word in listed for listed in lists(value)}
    assert value.has(word) is Truth.of_outcomes(True in outcomes, False in outcomes)


@given(members(), members())
def test_lists_meet_exactly_and_join_to_no_less_than_either(a, b):
    assert lists(a.meet(b)) == lists(a) & lists(b)
    assert lists(a.join(b)) >= lists(a) | lists(b)


def test_a_complete_list_is_known_and_an_empty_list_holds_nothing():
    assert Members.exactly(["a"]).is_known
    assert Members.exactly([]).has("a") is FALSE
    assert Members.exactly(["a"]).has("a") is TRUE
    assert Members(frozenset("a"), frozenset("ab")).has("b") is UNKNOWN


def test_what_must_be_in_a_list_may_be_in_it():
    with pytest.raises(ValueError, match="may be in it"):
        Members(frozenset("a"), frozenset("b"))

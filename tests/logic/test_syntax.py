"""The language of criteria: what it reads, and that nothing beyond it is ever read or run."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.errors import Problem
from netlm.logic import Always, And, AtLeast, Compare, Has, Lesions, Limit, Not, OneOf, Or, VerdictIn, parse

A, B, C = (OneOf(name, ("yes",)) for name in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("always", Always()),
        ("not a", Not(A)),
        ("not not a", Not(Not(A))),
        ("a and b or c", Or((And((A, B)), C))),
        ("a and (b or c)", And((A, Or((B, C))))),
        ("not a and b", And((Not(A), B))),
        ("a and b and c", And((A, B, C))),
        ("a < limit", Compare("a", "<", Limit("limit"))),
        ("a >= limits.upper", Compare("a", ">=", Limit("limits.upper"))),
        ("a != convention.few", Compare("a", "!=", Limit("convention.few"))),
        ("a == word", OneOf("a", ("word",))),
        ("a != word", Not(OneOf("a", ("word",)))),
        ('a == "two words"', OneOf("a", ("two words",))),
        ('a in [x, "two words", NET G1]', OneOf("a", ("x", "two words", "NET G1"))),
        ("a.b", Has("a", "b")),
        ("any lesions(a)", Lesions("any", A)),
        ("all lesions(a or b)", Lesions("all", Or((A, B)))),
        ("at_least(2, a, b, c)", AtLeast(2, (A, B, C))),
        ("verdict(x.y) in [supported, excluded]", VerdictIn("x.y", ("supported", "excluded"))),
        ("  a\n  and b ", And((A, B))),
    ],
)
def test_what_can_be_said(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the end"),
        ("a <", "limit"),
        ("a < 3", "numbers stand under a name"),
        ("a + b < limit", "`+ b < limit` at character"),
        ("a < word", "a limit by name"),
        ("(a", "`)`"),
        ("a b", "`and`, `or` or the end"),
        ("a and", "a fact"),
        ("a in x", "a list such as"),
        ("a in []", "words between the commas"),
        ("a in [x,]", "words between the commas"),
        ("at_least(a, b)", "a count"),
        ("verdict(x)", "`in`"),
        ("any lesions a", "`(`"),
        ("__import__('os').system('true')", "character"),
        ("a; b", "`; b`"),
        ("3", "a fact"),
    ],
)
def test_what_cannot_be_said_is_told_with_its_position(text, said):
    with pytest.raises(Problem) as caught:
        parse(text)
    assert caught.value.code == "bad-expression"
    assert said in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_a_problem(text):
    with contextlib.suppress(Problem):
        assert parse(text)


@given(st.lists(st.sampled_from(["a", "b.c", "and", "or", "not", "(", ")", "<", "in", "[x]", "limit", "any", "lesions",
                                 "at_least", "2", ",", "verdict", "always"]), max_size=10))  # fmt: skip
def test_any_words_of_the_language_are_an_expression_or_a_problem(tokens):
    with contextlib.suppress(Problem):
        assert parse(" ".join(tokens))

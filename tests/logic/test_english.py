"""Expressions read as plain English, in the words of the dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.logic import check, in_english


class Plain:
    """Names as they are, underscores and dots as spaces."""

    def fact(self, name):
        return {"ill": "illness", "count": "number of lesions"}.get(name, name)

    def word(self, fact, word):
        return {"bulk": "symptoms of bulk"}.get(word, word)

    def option(self, name):
        return name.replace(".", " ")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("always", "always"),
        ("ill", "illness"),
        ("not ill", "no illness"),
        ("count < limit", "number of lesions is below 4"),
        ("not count < limit", "number of lesions is at least 4"),
        ("not count <= limit", "number of lesions is above 4"),
        ("not count > limit", "number of lesions is at most 4"),
        ("not count >= limit", "number of lesions is below 4"),
        ("count == limit", "number of lesions is 4"),
        ("not count == limit", "number of lesions is not 4"),
        ("site == ileum", "site is ileum"),
        ("site != ileum", "site is not ileum"),
        ("site in [ileum, pancreas, lung]", "site is ileum, pancreas or lung"),
        ("symptoms.bulk", "symptoms include symptoms of bulk"),
        ("not symptoms.bulk", "symptoms do not include symptoms of bulk"),
        ("ill and (site == ileum or count > limit)", "illness and (site is ileum or number of lesions is above 4)"),
        ("not (ill and site == ileum)", "not (illness and site is ileum)"),
        ("at_least(1, ill, site == lung)", "at least 1 of: illness; site is lung"),
        ("any lesions(size > convention.big)", "for any lesion, size is above 3 cm"),
        ("verdict(systemic.drug) in [outside_evidence, excluded]",
         "the verdict on systemic drug is outside evidence or excluded"),
    ],
)  # fmt: skip
def test_known_sentences(vocabulary, limits, text, english):
    assert in_english(check(text, vocabulary, limits), Plain()) == english


@given(st.data())
def test_every_expression_can_be_said_without_its_syntax(vocabulary, limits, expressions, data):
    said = in_english(check(data.draw(expressions), vocabulary, limits), Plain())
    assert said
    assert not any(sign in said for sign in ("<", ">", "==", "[", "_", "limit", "convention"))

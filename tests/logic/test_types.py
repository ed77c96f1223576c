"""An expression is checked against the vocabulary before it meets a patient."""

from __future__ import annotations

from fractions import Fraction

import pytest

from netlm.errors import Problem
from netlm.logic import Compare, check
from netlm.values import Members, Numbers, Opaque, Words


def test_limits_come_back_as_exact_numbers_of_the_facts_unit(vocabulary, limits):
    node = check("size > convention.big", vocabulary, limits, lesion=True)
    assert isinstance(node, Compare)
    assert (node.limit.text, node.limit.number) == ("3 cm", Fraction(30))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sites == ileum", "Did you mean `site`?"),
        ("simptoms.bulk", "Did you mean `symptoms`?"),
        ("site == ilium", "Did you mean `ileum`?"),
        ("site in [ileum, pancras]", "Did you mean `pancreas`?"),
        ("symptoms.hormonel", "Did you mean `hormonal`?"),
        ("verdict(surgary) in [excluded]", "Did you mean `surgery`?"),
        ("verdict(surgery) in [suported]", "Did you mean `supported`?"),
        ("count < limits.hi", "Did you mean `limits.high`?"),
        ("count < convention.nothing", "a known limit"),
        ("site < limit", "a number before this operator"),
        ("count", "`count < limit`"),
        ("symptoms == bulk", "`symptoms.WORD`"),
        ("site.ileum", "`site in [...]`"),
        ("notes == x", "a word fact here"),
        ("at_least(3, ill, ill)", "a count that can be reached"),
        ("at_least(0, ill, ill)", "a count that can be reached"),
        ("size > convention.big", "a known fact"),
    ],
)
def test_a_mistake_is_told_with_what_was_probably_meant(vocabulary, limits, text, said):
    with pytest.raises(Problem) as caught:
        check(text, vocabulary, limits)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("share < limit", "4", "Write the unit: %"),
        ("share < limit", "4 mm", "a value in %"),
        ("share < limit", "4 % of liver volume", "another whole"),
        ("share < limit", "0.04", "4 %"),
        ("share < limit", "4-5 %", "one number"),
        ("share < limit", "about 4 %", "a range instead"),
        ("share > limit", "100 %", "some possible values meet"),
        ("share >= limit", "0 %", "some possible values meet"),
        ("count < limit", "11", "impossible"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused(vocabulary, text, limit, said):
    with pytest.raises(Problem) as caught:
        check(text, vocabulary, {"limit": limit})
    assert said in str(caught.value)


def test_fields_of_a_lesion_are_known_within_the_quantifier_and_nowhere_else(vocabulary, limits):
    assert check("any lesions(size > convention.big and near.vein)", vocabulary, limits)
    assert check("near.vein or ill", vocabulary, limits, lesion=True)
    with pytest.raises(Problem):
        check("ill and near.vein", vocabulary, limits)
    with pytest.raises(Problem):
        check("any lesions(ill) and near.vein", vocabulary, limits)


def test_an_unknown_fact_is_everything_its_type_allows(vocabulary):
    facts = vocabulary.facts
    assert facts["count"].everything == Numbers.between(Fraction(0), Fraction(10))
    assert facts["site"].everything == Words.of("ileum", "pancreas", "lung")
    assert facts["symptoms"].everything == Members(frozenset(), frozenset(["hormonal", "bulk"]))
    assert facts["notes"].everything == Opaque(None, is_known=False)

"""What a decision table makes of a few facts."""

from __future__ import annotations

import pytest

from netlm.values import Words


@pytest.fixture(scope="session")
def derive(read):
    """``derive(name, facts)``: the words that a derived fact can still be."""

    def derive(name, facts, **more):
        value = read(facts, **more).facts.value(name)
        assert isinstance(value, Words)
        return set(value.possible)

    return derive


@pytest.fixture(scope="session")
def only(derive):
    """``only(name, facts)``: the one word that a derived fact is."""

    def only(name, facts, **more):
        words = derive(name, facts, **more)
        assert len(words) == 1, words
        return words.pop()

    return only

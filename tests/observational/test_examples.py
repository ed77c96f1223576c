"""The examples of the documentation give what they show."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from netlm import observational

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "comparisons-without-randomisation.md"


def test_the_example_of_the_package():
    assert doctest.testmod(observational) == (0, 2)


def test_the_example_of_the_page():
    if not PAGE.is_file():
        pytest.skip("the documentation is not part of this installation")
    text = PAGE.read_text(encoding="utf-8").replace("```", "")
    parsed = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert doctest.DocTestRunner().run(parsed) == (0, 11)

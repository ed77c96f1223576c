"""Errors say what a person needs, in a stable shape, and repeat no free text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.errors import NetlmError, Problem, Problems, nearest, safe_echo


def test_a_problem_reads_as_place_found_expected_remedy():
    problem = Problem("`3,2`", "a decimal point", "Write 3.2.", "decimal-comma", file="a.yaml", line=7, place="facts.x")
    assert str(problem) == "a.yaml:7: facts.x: found `3,2`; expected a decimal point. Write 3.2."


def test_a_problem_without_a_place_reads_as_one_sentence():
    assert str(Problem("a", "b", "C.", "d")) == "found a; expected b. C."


def test_a_problem_is_exported_with_the_contracts_keys():
    exported = Problem("a", "b", "c", "d", line=3).to_dict()
    assert {"line", "found", "expected", "remedy", "code"} <= set(exported)


def test_problems_come_in_the_order_of_the_lines_of_the_file():
    made = [Problem("x", "y", "z", "c", file="f", line=line) for line in (9, 2, None, 5)]
    problems = Problems(made)
    assert [problem.line for problem in problems.problems] == [None, 2, 5, 9]
    assert problems.to_dict()["error"]["file"] == "f"


def test_one_tree_of_errors():
    assert issubclass(Problem, NetlmError)
    assert issubclass(Problems, NetlmError)
    assert issubclass(Problem, ValueError)
    assert issubclass(Problems, ValueError)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("liver_metastasis", "liver_metastases"), ("Liver-Metastases", "liver_metastases"), ("ki-67", "ki67"),
     ("Ki 67", "ki67"), ("completely different", None)],
)  # fmt: skip
def test_nearest_finds_the_name_that_was_meant(typed, meant):
    assert nearest(typed, ["liver_metastases", "ki67", "mitoses"]) == meant


@pytest.mark.parametrize("text", ["3,2 cm", "18-25 %", ">= 8", "150 10*9/L", "favourite_colour", "8 mg/dL"])
def test_numbers_units_and_names_like_this_are_repeated(text):
    assert safe_echo(text) == f"`{text}`"


@pytest.mark.parametrize(
    "text", ["Zebediah Quuxenstein", "Quuxenstein, Z.", "born 1961 in Quuxville", "MRN 4711 Quux Z"]
)
def test_free_text_is_described_by_its_length_only(text):
    assert safe_echo(text) == f"text of {len(text)} characters, not repeated here"


@pytest.mark.parametrize(
    "text", ["52 John Smith", "1961 Anna Katz", "8 Anna Li Xu", "52 Meier", "mueller", "meier-schulz"]
)
def test_a_name_is_not_repeated_with_a_number_or_alone(text):
    assert "not repeated" in safe_echo(text)


def test_nothing_is_called_nothing():
    assert safe_echo("  ") == "nothing"


@given(st.text(max_size=60))
def test_any_text_can_be_echoed_without_failing(text):
    assert safe_echo(text, ["ileum", "pancreas"])

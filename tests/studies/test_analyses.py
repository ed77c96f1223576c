"""Promises about the analyses: complete, every number with an address, no published number typed again."""

from __future__ import annotations

import re

import pytest

from netlm.dictionary import knowledge_folder, load_dictionary
from netlm.errors import Problems
from netlm.studies import find_analysis, load_analyses, read_analysis
from netlm.studies._analysis import Reference
from netlm.studies._published import resolve

ANALYSES = load_analyses()
ASKED_FOR = [
    "debulking", "margin-and-function", "lesions", "primary-and-size", "surgery-or-embolization", "transplantation",
    "embolization-methods", "symptom-relief", "recurrence", "concordance",
]  # fmt: skip
each = pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))


def test_every_landmark_analysis_is_there_in_order() -> None:
    """The ten questions of the review."""
    assert list(ANALYSES) == ASKED_FOR


@each
def test_every_limit_has_provenance_and_citation(analysis) -> None:
    """And a correction shows what is printed."""
    for limit in analysis.limits.values():
        assert limit.cite is not None
        assert limit.cite.via in load_dictionary().references
        assert (limit.printed is not None) == (limit.provenance == "corrected")


@each
def test_every_published_result_resolves(analysis) -> None:
    """Numbers stand in the publication's file and nowhere else."""
    assert len(resolve(analysis.published)) == len(analysis.published)
    assert analysis.published or analysis.method == "concordance"


@pytest.mark.parametrize(
    ("study", "result", "era"),
    [
        ("maspero-2022", "survival", "1984-2019; reported 2022"),
        ("mazzaferro-2016", "survival", "1995-2010, only remembered; reported 2016"),
        ("scott-2019", "mortality", "reported 2019"),
    ],
)
def test_the_time_of_a_published_result_says_when_it_is_only_remembered(study: str, result: str, era: str) -> None:
    """The years of the patients, where they are told, and that of the report."""
    assert resolve([Reference(study, result)])[0].era == era


@each
def test_no_number_is_typed_into_an_analysis(analysis) -> None:
    """Warnings name studies and bands; any other digit would be a result."""
    for warning in analysis.warnings:
        said = re.sub(r"\b(19|20)\d\d\b|\bR[012]\b|Exactly [79]0 %|exactly 70 %", "", warning.says)
        assert not re.search(r"\d", said)


@each
def test_groups_that_form_after_time_zero_have_a_landmark_that_is_a_convention(analysis) -> None:
    """What an operation achieved is compared from a landmark, and the page says why."""
    after = {"debulking_achieved", "margin", "lesions_treated"}
    if analysis.method == "survival" and after & set(analysis.grouping.columns):
        assert analysis.time_zero.landmark.name in load_dictionary().conventions
        assert len(analysis.time_zero.because) > 40


def test_a_landmark_can_be_replaced_and_says_so() -> None:
    """As every convention."""
    zero = find_analysis("debulking", (("landmark_after_operation", "6 months"),)).time_zero
    assert zero.months == 6
    assert zero.landmark.overridden


HEAD = "netlm: analysis/1\nid: own\ntitle: T\nquestion: Q?\nmethod: survival\n"
GOOD = (
    HEAD + "population:\n  - {id: a, when: differentiation == well, says: NET}\n"
    "time_zero: {at: surgery, says: the operation}\n"
    "groups: {title: sex, of: [{id: f, title: women, when: sex == female}, {id: m, title: men, when: sex == male}]}\n"
    "outcomes: [os]\n"
)


def test_an_analysis_of_ones_own_is_one_file(tmp_path) -> None:
    """And it is found by its path."""
    path = tmp_path / "own.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert find_analysis(str(path)).title == "T"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("differentiation == well", "diferentiation == well", "Did you mean `differentiation`?"),
        ("sex == male", "sex == mail", "Did you mean `male`?"),
        ("outcomes: [os]", "outcomes: [oss]", "one of os, pfs"),
        ("outcomes: [os]\n", "", "outcomes"),
        ("method: survival", "method: survivl", "one of survival"),
        ("title: T", "titel: T", "Did you mean `title`?"),
        ("analysis/1", "analysis/2", "`analysis/1`"),
        ("at: surgery", "at: surgeri", "Did you mean `surgery`?"),
        ("says: the operation", "says: x, landmark: convention.nothing", "a named convention"),
        ("when: sex == female", "when: 'verdict(cytoreduction) in [supported]'", "a verdict"),
        ("outcomes: [os]", "outcomes: [os]\npublished: [scott-2019]", "STUDY#RESULT"),
        ("outcomes: [os]", "outcomes: [os]\nlimits: {x: {value: 3 cm, provenance: source}}", "no citation"),
        ("outcomes: [os]", "outcomes: [os]\ncovariates: [{id: a, title: A, column: sex}]", "a column of numbers"),
        ("sex == female", "margin == R0", "no landmark"),
        ("sex == female", "transplantation", "time_dependent"),
        ("differentiation == well", "not dead", "known only later"),
        ("outcomes: [os]", "outcomes: [os]\ncovariates: [{id: a, title: A, when: recurred}]", "known only later"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_remedy(tmp_path, old: str, new: str, told: str) -> None:
    """Every name is checked before it meets a patient."""
    path = tmp_path / "own.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        read_analysis(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_unknown_study_is_told_with_those_known() -> None:
    """With the one that was probably meant."""
    with pytest.raises(Problems, match="Did you mean `debulking`"):
        find_analysis("debulkin")


def test_every_file_of_the_folder_is_read() -> None:
    """Nothing lies there unread."""
    files = {path.name for path in (knowledge_folder() / "analyses").glob("*.yaml")}
    assert files == {f"{name}.yaml" for name in ANALYSES} | {"columns.yaml"}

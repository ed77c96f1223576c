"""Category and grade: every row and every boundary of the two WHO tables (audit b1, B01, B02, B23, B24, B41)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

GEP = {"primary_site": "ileum", "differentiation": "well"}
POOR = {"primary_site": "pancreas", "differentiation": "poor", "mitoses": "40"}


@pytest.mark.parametrize(
    ("ki67", "grade"),
    [
        ("0 %", "G1"),
        ("2 %", "G1"),
        ("2.5 %", "G1"),
        ("2.9 %", "G1"),
        ("2.999 %", "G1"),
        ("3 %", "G2"),
        ("3.0 %", "G2"),
        ("10 %", "G2"),
        ("20 %", "G2"),
        ("20.0 %", "G2"),
        ("20.1 %", "G3"),
        ("21 %", "G3"),
        ("80 %", "G3"),
    ],
)
def test_ki67_is_compared_unrounded(only, ki67, grade):
    facts = {**GEP, "ki67": ki67, "mitoses": "1"}
    assert only("grade", facts) == grade
    assert only("category", facts) == f"NET {grade}"


@pytest.mark.parametrize(
    ("mitoses", "grade"),
    [
        ("0", "G1"),
        ("1.8", "G1"),
        ("2", "G2"),
        ("2.0", "G2"),
        ("20", "G2"),
        ("20.2", "G3"),
        ("9 per 10 mm2", "G1"),
        ("10 per 10 mm2", "G2"),
        ("100 per 10 mm2", "G2"),
        ("101 per 10 mm2", "G3"),
        ("1 per mm2", "G2"),
        ("0.9 /mm2", "G1"),
    ],
)
def test_mitoses_count_per_2_mm2_whatever_area_was_counted(only, mitoses, grade):
    facts = {**GEP, "ki67": "1 %", "mitoses": mitoses}
    assert only("grade", facts) == grade
    assert only("category", facts) == f"NET {grade}"


@pytest.mark.parametrize(
    ("ki67", "mitoses", "grade", "discordant"),
    [
        ("2 %", "5", "G2", True),
        ("25 %", "1", "G3", True),
        ("2 %", "21", "G3", True),
        ("10 %", "1", "G2", True),
        ("2 %", "1", "G1", False),
        ("10 %", "10", "G2", False),
        ("30 %", "30", "G3", False),
    ],
)
def test_the_higher_index_counts_and_discordance_is_flagged(only, flags, ki67, mitoses, grade, discordant):
    facts = {**GEP, "ki67": ki67, "mitoses": mitoses}
    assert only("grade", facts) == grade
    assert (("grade-discordance", "ki67") in flags(facts)) == discordant


@pytest.mark.parametrize(
    ("facts", "grades", "said"),
    [
        ({"ki67": "2 %"}, {"G1", "G2", "G3"}, "at least G1"),
        ({"ki67": "5 %"}, {"G2", "G3"}, "at least G2"),
        ({"mitoses": "5"}, {"G2", "G3"}, "at least G2"),
        ({"ki67": "25 %"}, {"G3"}, "G3"),
        ({"ki67": "2-4 %", "mitoses": "1"}, {"G1", "G2"}, "at least G1"),
        ({}, {"G1", "G2", "G3"}, "undetermined"),
    ],
)
def test_a_missing_index_makes_the_grade_a_lower_bound(derive, board, facts, grades, said):
    assert derive("grade", {**GEP, **facts}) == grades
    assert board({**GEP, **facts}).classification.grade == said


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"ki67": "60 %"}, "NEC"),
        ({"ki67": "20.1 %"}, "NEC"),
        ({"ki67": "60 %", "morphology": "small_cell"}, "NEC small-cell"),
        ({"ki67": "60 %", "morphology": "large_cell"}, "NEC large-cell"),
        ({"ki67": "60 %", "morphology": "minen"}, "MiNEN"),
        ({"ki67": "10 %", "morphology": "minen", "differentiation": "well"}, "MiNEN"),
        ({"ki67": "20 %"}, "undetermined"),
        ({"ki67": "2 %"}, "undetermined"),
        ({"ki67": "60 %", "morphology": "small_cell", "differentiation": "well"}, "undetermined"),
    ],
)
def test_carcinomas_mixed_neoplasms_and_what_does_not_fit(only, facts, category):
    assert only("category", {**POOR, **facts}) == category


def test_a_carcinoma_is_high_grade_and_not_formally_graded(only, board):
    assert only("grade", {**POOR, "ki67": "60 %"}) == "high"
    assert board({**POOR, "ki67": "60 %"}).classification.grade == "high (not formally graded)"


def test_a_mixed_neoplasm_has_no_one_grade(only):
    assert only("grade", {**POOR, "ki67": "60 %", "morphology": "minen"}) == "not_applicable"


def test_poor_differentiation_with_a_low_ki67_asks_for_a_pathology_review(flags):
    found = flags({**POOR, "ki67": "20 %"})
    assert ("pathology-review", "differentiation") in found
    assert not any(name == "pathology-review" for name, _ in flags({**POOR, "ki67": "20.1 %"}))


def test_poor_differentiation_without_ki67_leaves_both_ways_open(derive):
    assert derive("category", POOR) == {"NEC", "undetermined"}


def test_differentiation_is_never_read_off_ki67(derive):
    assert {"NET G3", "NEC"} <= derive("category", {"primary_site": "ileum", "ki67": "80 %", "mitoses": "60"})


def test_no_morphology_recorded_never_makes_a_mixed_neoplasm(derive):
    assert "MiNEN" not in derive("category", {"primary_site": "ileum"})


LUNG = {"primary_site": "lung", "differentiation": "well", "necrosis": "none"}


@pytest.mark.parametrize("site", ["lung", "thymus"])
@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"mitoses": "0"}, "typical carcinoid"),
        ({"mitoses": "1.9"}, "typical carcinoid"),
        ({"mitoses": "2"}, "atypical carcinoid"),
        ({"mitoses": "10"}, "atypical carcinoid"),
        ({"mitoses": "50 per 10 mm2"}, "atypical carcinoid"),
        ({"mitoses": "1", "necrosis": "focal"}, "atypical carcinoid"),
        ({"mitoses": "10", "necrosis": "focal"}, "atypical carcinoid"),
        ({"mitoses": "10.1"}, "undetermined"),
        ({"mitoses": "1", "necrosis": "extensive"}, "undetermined"),
        ({"mitoses": "60", "necrosis": "extensive", "differentiation": "poor", "morphology": "large_cell"}, "LCNEC"),
        ({"mitoses": "60", "necrosis": "extensive", "differentiation": "poor", "morphology": "small_cell"}, "SCLC"),
    ],
)
def test_lung_and_thymus_are_classified_by_mitoses_and_necrosis(only, site, facts, category):
    assert only("category", {**LUNG, **facts, "primary_site": site}) == category
    assert only("scheme", {**LUNG, **facts, "primary_site": site}) == "lung-thymus"


@pytest.mark.parametrize("ki67", ["0 %", "2 %", "5 %", "25 %", "90 %"])
def test_ki67_never_counts_in_the_lung(only, ki67):
    assert only("category", {**LUNG, "mitoses": "1", "ki67": ki67}) == "typical carcinoid"
    assert only("grade", {**LUNG, "mitoses": "1", "ki67": ki67}) == "not_applicable"


def test_a_lung_tumour_without_necrosis_recorded_stays_open(derive):
    facts = {"primary_site": "lung", "differentiation": "well", "mitoses": "1"}
    assert {"typical carcinoid", "atypical carcinoid"} <= derive("category", facts)


def test_a_poorly_differentiated_lung_tumour_waits_for_cytology(derive):
    assert derive("category", {"primary_site": "lung", "differentiation": "poor", "mitoses": "60"}) <= {"LCNEC", "SCLC"}


def test_the_scheme_follows_the_site(only, derive):
    assert only("scheme", {"primary_site": "unknown_primary"}) == "gep"
    assert derive("scheme", {}) == {"gep", "lung-thymus"}


@pytest.mark.parametrize(
    ("reported", "ki67", "contradicts"),
    [("G1", "10 %", True), ("G2", "10 %", False), ("G3", "2 %", True), ("G2", "2 %", True)],
)
def test_the_computed_grade_wins_over_the_reported_one_and_is_flagged(only, flags, reported, ki67, contradicts):
    facts = {**GEP, "ki67": ki67, "mitoses": "1", "reported_grade": reported}
    assert only("grade", facts) == ("G2" if ki67 == "10 %" else "G1")
    found = {name for name, _ in flags(facts)}
    assert ("grade-contradiction" in found) == contradicts
    assert ("contradiction" in found) == contradicts


@given(st.decimals(0, 100, places=2), st.decimals(0, 40, places=2))
def test_the_grade_is_the_higher_of_the_two_bands_everywhere(only, ki67, mitoses):
    bands = [3 if value > 20 else 2 if value >= low else 1 for value, low in ((ki67, 3), (mitoses, 2))]
    assert only("grade", {**GEP, "ki67": f"{ki67} %", "mitoses": f"{mitoses}"}) == f"G{max(bands)}"


@given(st.decimals(0, 100, places=1), st.decimals(0, 100, places=1))
def test_a_range_of_ki67_gives_exactly_the_grades_it_spans(derive, first, second):
    low, high = sorted((first, second))
    band = [3 if value > 20 else 2 if value >= 3 else 1 for value in (low, high)]
    facts = {**GEP, "mitoses": "1", "ki67": f"{{min: {low} %, max: {high} %}}"}
    assert derive("grade", facts) == {f"G{number}" for number in range(band[0], band[1] + 1)}

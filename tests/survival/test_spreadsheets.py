"""What spreadsheets hold: cells that say nothing, headings that come twice, one group spelt in two ways."""

from __future__ import annotations

import json

import pytest

from netlm import survival
from netlm.errors import Problem, Problems

pytest.importorskip("ibis", reason="the extra `registry` reads tables")
pytest.importorskip("matplotlib", reason="the extra `figures` draws")

SAY_NOTHING = [
    "",
    " ",
    "NA",
    "n/a",
    "N/A",
    " na ",
    "-",
    "--",
    ".",
    "?",
    "NULL",
    "NaN",
    "#N/A",
    "\N{EN DASH}",
    "Missing",
]


@pytest.fixture
def sheet(tmp_path):
    """``sheet(text)`` writes a file and gives its path."""

    def write(text, name="sheet.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def with_groups(groups, ages=()):
    rows = [f'{10 * (k + 1)},{k % 2},"{group}",{(list(ages) + [50 + k] * 99)[k]}' for k, group in enumerate(groups)]
    return "\n".join(["os_days,dead,debulking,age", *rows]) + "\n"


def page(path, **options):
    return survival.report(path, **({"time": "os_days", "event": "dead", "group": "debulking"} | options))


@pytest.mark.parametrize("cell", SAY_NOTHING)
def test_a_cell_that_says_nothing_is_no_group(sheet, cell):
    path = sheet(with_groups(["a", "b", cell, "a", "b"]))
    with pytest.raises(Problems, match="missing values in 1 row;"):
        page(path)
    found = page(path, missing="drop")
    assert found.km.groups == ("a", "b")
    assert found.km.counts.n == 4
    said = {check.name: check.found for check in found.checks}["missing values"]
    assert said == "1 of 5 rows (20.0 %) left out: debulking missing in 1."
    assert found.to_dict()["missing_by_column"]["debulking"] == 1


@pytest.mark.parametrize("cell", [cell for cell in SAY_NOTHING if cell.strip() == cell])
def test_a_cell_that_says_nothing_leaves_a_column_of_numbers(sheet, cell):
    path = sheet(with_groups(["a", "b"] * 10, ages=[cell, 61, 47, cell]))
    found = page(path, cox=["age"], missing="drop")
    assert [one["name"] for one in found.to_dict()["cox"]["covariates"]] == ["age"]
    assert found.to_dict()["missing_by_column"]["age"] == 2


@pytest.mark.parametrize("cell", ["n/a", "-", ".", " ", None])
def test_nor_in_a_frame_or_an_array(cell):
    table = {"os_days": [1, 2, 3], "dead": [1, 0, 1], "debulking": ["a", "b", cell]}
    assert page(table, missing="drop").km.groups == ("a", "b")
    assert survival.count(table, time="os_days", event="dead", group="debulking", missing="drop").missing == 1
    with pytest.raises((Problem, Problems), match="missing labels"):
        survival.kaplan_meier([1, 2, 3], [1, 0, 1], table["debulking"])


def test_an_event_that_is_not_known_is_not_no(sheet):
    path = sheet("os_days,dead\n10,1\n20,n/a\n30,0\n40,1\n")
    with pytest.raises(Problems, match="missing values in 1 row;"):
        survival.report(path, time="os_days", event="dead")
    assert survival.report(path, time="os_days", event="dead", missing="drop").km.counts.n == 3


@pytest.mark.parametrize(
    "heading", ["os_days,dead,debulking,age,age", "os_days,dead,debulking,Age, age", "os_days;dead;debulking;x;x"]
)
def test_a_heading_that_comes_twice_is_refused_by_name(sheet, heading):
    mark = ";" if ";" in heading else ","
    path = sheet("\n".join([heading, *(f"{k},1,a,{k},2".replace(",", mark) for k in range(1, 9))]))
    with pytest.raises(Problems) as caught:
        page(path)
    assert "more than once" in str(caught.value)
    assert "`Age`" in str(caught.value) or "`age`" in str(caught.value) or "`x`" in str(caught.value)


def test_empty_headings_of_columns_that_nobody_uses_do_no_harm(sheet):
    assert page(sheet("os_days,dead,debulking,,\n1,1,a,,\n2,0,b,,\n")).km.groups == ("a", "b")


def test_a_heading_that_comes_twice_in_parquet_or_a_frame(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    twice = pa.Table.from_arrays([pa.array([1, 2])] * 2 + [pa.array([1, 0])], names=["os_days", "os_days", "dead"])
    pq.write_table(twice, tmp_path / "twice.parquet")
    for table in (tmp_path / "twice.parquet", twice):
        with pytest.raises(Problems, match="`os_days` more than once"):
            survival.report(table, time="os_days", event="dead")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (["True", "1", "False", "0"], "`0` (text) and `False` (text)"),
        (["1", "1.0", "x"], "`1` (text) and `1.0` (text)"),
        (["a", "A"], "`A` (text) and `a` (text)"),
        (["yes", "Y", "no"], "`Y` (text) and `yes` (text)"),
        (["grade 2", "grade\N{NO-BREAK SPACE}2"], "look alike"),
    ],
)
def test_groups_that_look_alike_are_refused_by_name(sheet, groups, said):
    with pytest.raises(Problems) as caught:
        page(sheet(with_groups(groups)))
    assert said in str(caught.value)
    with pytest.raises((Problem, Problems), match="look alike"):
        survival.kaplan_meier(list(range(len(groups))), [1] * len(groups), groups)


def test_covariates_that_look_alike_are_refused_by_name(sheet):
    with pytest.raises((Problem, Problems), match="look alike"):
        page(sheet(with_groups(["G1", "g1", "G2"])), group=None, cox=["debulking"])


def test_spaces_around_a_label_make_no_group(sheet):
    assert page(sheet(with_groups(["a", " a", "a ", "b"]))).km.groups == ("a", "b")


def test_whole_numbers_are_one_label_however_the_column_was_read(sheet):
    whole, cut = (
        page(sheet(with_groups([1, 2, 1, 2]))),
        page(sheet(with_groups(["1.0", "2.0", "", "1"])), missing="drop"),
    )
    assert whole.km.groups == cut.km.groups == (1, 2)
    assert {str(label) for label in cut.km.groups} == {"1", "2"}
    assert cut.group_model.cox.names == ("debulking: 2",)
    assert survival.kaplan_meier([1, 2], [1, 0], [1.0, 2.0]).to_dict()["curves"][0]["group"] == 1


@pytest.mark.parametrize(
    ("here", "there"), [([True, False], [1, 0]), (["1", "0"], [1, 0]), (["yes", "no"], [True, False])]
)
def test_counts_of_groups_labelled_in_two_ways_are_not_summed(here, there):
    def counted(groups):
        return survival.count({"t": [1, 2], "e": [1, 0], "g": groups}, time="t", event="e", group="g")

    with pytest.raises((Problem, Problems), match="look alike"):
        counted(here) + counted(there)
    sent = survival.counts_from_dict(json.loads(json.dumps(counted(here).to_dict())))
    assert (sent + counted(here)).groups == counted(here).groups


def test_plus_and_minus_are_answers_and_are_asked_for_in_words(sheet):
    path = sheet(with_groups(["+", "-", "+", "-"]))
    for missing in ("error", "drop"):
        with pytest.raises(Problems, match=r"write the word|in words"):
            page(path, missing=missing)


def test_a_group_called_unknown_is_pointed_at(sheet):
    found = page(sheet(with_groups(["a", "unknown", "a"])))
    assert ("not known", "look") in {(check.name, check.verdict) for check in found.checks}


def test_text_among_numbers_is_shown(sheet):
    with pytest.raises(Problems, match="text such as `12 months`"):
        page(sheet("os_days,dead,debulking\n12 months,1,a\n30,0,b\n"))


@pytest.mark.parametrize("cell", ["#NV", "#WERT!", "#5"])
def test_no_row_is_taken_for_a_comment(sheet, cell):
    """An engine that looks for comments leaves such a row out without a word."""
    rows = "".join(f"{k},{k % 2},x\n" for k in range(1, 10))
    path = sheet(f"os_days,dead,debulking\n{rows}{cell},1,x\n")
    with pytest.raises(Problems, match=f"text such as `{cell}`"):
        survival.count(path, time="os_days", event="dead")
    numbered = sheet("id,os_days,dead\n" + "".join(f"{'#' * (k == 4)}{k},{k},1\n" for k in range(1, 10)))
    assert survival.count(numbered, time="os_days", event="dead").n == 9


@pytest.mark.parametrize("heading", ["note", '"note\n(in words)"'])
def test_a_cell_may_hold_two_lines(sheet, heading):
    path = sheet(f'os_days,dead,{heading}\n1,1,"first\nsecond"\n2,0,x\n')
    assert survival.count(path, time="os_days", event="dead").n == 2


def test_rows_of_other_length_are_told_as_such(sheet):
    path = sheet("os_days,dead\n1,1\n2,0,3\n3,1\n")
    with pytest.raises(Problems, match="one heading, `os_days,dead`"):
        survival.count(path, time="os_days", event="dead")


def test_durations_are_refused_however_they_are_kept(tmp_path):
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.table({"os_days": [datetime.timedelta(days) for days in (10, 400, 900)], "dead": [1, 0, 1]})
    path = tmp_path / "durations.parquet"  # the file holds microseconds, and says so where DuckDB does not look
    pq.write_table(columns, path)
    for table in (path, columns, columns.to_pandas()):
        with pytest.raises(Problems, match="durations"):
            survival.count(table, time="os_days", event="dead")
        with pytest.raises(Problems, match="durations"):
            survival.report(table, time="os_days", event="dead")


def test_the_word_among_too_many_numbers_is_named(sheet):
    path = sheet(with_groups(["a", "b"] * 15, ages=[*range(40, 69), "64y"]))
    with pytest.raises(Problems, match="over 20 different values, not all numbers, such as `64y`"):
        page(path, cox=["age"])


def test_times_longer_than_a_life_want_a_look(sheet):
    path = sheet("os_months,dead\n400,1\n2100,0\n900,1\n")
    found = page(path, time="os_months", group=None)
    assert next(check.verdict for check in found.checks if check.name == "unit") == "look"

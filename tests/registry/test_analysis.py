from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from netlm.errors import Problems
from netlm.registry import analysis_table, import_files, load_tables, open_registry

CASE = """\
netlm: case/1
id: {id}
as_of: {as_of}
facts: {{sex: male, age: 60, ki67: 2 %, mitoses: 1, differentiation: well, primary_site: ileum, functional: yes}}
"""
HEAD = "netlm: follow-up/1\nid: p\nas_of: 2026-01-01\n"
SURGERY = "treatments: [{option: cytoreduction, from: 2020-01-01, debulking_achieved: 70-90 %, margin: R1}]\n"


def _row(path: Path, text: str, time_zero: str = "surgery", case: str | None = None) -> dict[str, Any]:
    file = path.parent / "p.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    files = [file]
    if case is not None:
        files.append(path.parent / "case.yaml")
        files[1].write_text(CASE.format(id="p", as_of=case), encoding="utf-8")
    import_files(path, files)
    with open_registry(path) as registry:
        (row,) = analysis_table(registry, time_zero).to_pylist()
    return row


def test_columns_are_those_of_the_definition(path: Path) -> None:
    """The YAML, which the reference page shows, is what comes out, for every time zero."""
    tables = load_tables()
    facts = [one.name for column in tables.snapshot.values() for one in column.physical if column.name != "sex"]
    with open_registry(path) as registry:
        for zero in tables.analysis.time_zeros:
            assert analysis_table(registry, zero).column_names == [*tables.analysis.columns, *facts]
        with pytest.raises(Problems, match="Did you mean `surgery`"):
            analysis_table(registry, "surgry")


def test_death_ends_it(path: Path) -> None:
    row = _row(path, SURGERY + "death: {date: 2021-01-01, cause: tumour}\nprogressions: none\n")
    assert (row["dead"], row["os_days"], row["cause"]) == (True, 366, "tumour")
    assert (row["progressed"], row["pfs_event"], row["pfs_days"]) == (False, True, 366)
    assert (row["debulking_achieved_lo"], row["debulking_achieved_hi"], row["margin"]) == (70, 90, "R1")
    assert (row["index_class"], row["index_option"], row["year"]) == ("surgery", "cytoreduction", 2020)


def test_the_last_news_ends_it_for_who_lives(path: Path) -> None:
    row = _row(path, SURGERY + "last_contact: {date: 2020-01-31}\nprogressions: [{date: 2020-02-10, site: liver}]\n")
    assert (row["dead"], row["os_days"]) == (False, 40)
    assert (row["pfs_event"], row["pfs_days"], row["liver_progression_days"]) == (True, 40, 40)
    assert (row["liver_progressed"], row["extrahepatic_progressed"]) == (True, False)


def test_days_known_as_ranges(path: Path) -> None:
    """The middle counts, and the least and the greatest stand beside it."""
    row = _row(path, SURGERY.replace("2020-01-01", "2020-01") + "death: {date: 2020-03}\n")
    assert row["zero"] == datetime.date(2020, 1, 16)
    assert (row["os_days"], row["os_days_lo"], row["os_days_hi"]) == (60, 30, 90)


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("", "os_days", "no such time zero"),
        (SURGERY.replace("2020-01-01", "{unknown: file lost}"), "os_days", "file lost"),
        (SURGERY + "death: {unknown: moved away}\n", "dead", "moved away"),
        (SURGERY + "death: {date: {unknown: abroad}}\n", "os_days", "abroad"),
        (SURGERY + "last_contact: {date: 2020-05}\n", "progressed", "not recorded"),
        (SURGERY + "progressions: {unknown: scans elsewhere}\n", "pfs_days", "scans elsewhere"),
        (SURGERY + "progressions: {at_least: []}\n", "progressed", "not recorded"),
        (SURGERY + "progressions: [{date: {unknown: not told}}]\n", "pfs_days", "day of progression not known"),
        (SURGERY, "recurred", "not recorded"),
        (SURGERY, "complication", "not recorded"),
        (SURGERY + "complications: {unknown: no charts}\n", "complication", "no charts"),
        (SURGERY + "complications: [{kind: biloma}]\n", "complication", "not recorded"),
        (SURGERY, "relief", "not recorded"),
        (SURGERY + "symptoms: {unknown: not asked}\n", "relief", "not asked"),
        (SURGERY.replace("R1", "{one_of: [R0, R1]}"), "margin", "one of R0, R1"),
        (SURGERY, "lesions_treated", "not recorded"),
        (SURGERY, "ki67", "no case on or before time zero"),
        (SURGERY, "age_at_zero", "not recorded"),
    ],
)
def test_unknown_has_its_reason(path: Path, text: str, column: str, reason: str) -> None:
    row = _row(path, text)
    assert row[column if column in row else f"{column}_lo"] is None
    assert row[f"{column}_unknown"] == reason


def test_the_case_before_time_zero_gives_the_facts(path: Path) -> None:
    row = _row(path, SURGERY, case="2019-12-01")
    assert (row["case_id"], row["grade"], row["functional"], row["age_at_zero"], row["sex"]) == (
        "p",
        "G1",
        True,
        60,
        "male",
    )
    assert row["os_days"] == 0, "nothing is heard of the patient after the operation"


def test_a_case_after_time_zero_gives_none(path: Path) -> None:
    row = _row(path, SURGERY, case="2021-01-01")
    assert (row["grade"], row["grade_unknown"]) == (None, "no case on or before time zero")
    assert (row["os_days"], row["dead"]) == (366, False)


def test_what_came_before_time_zero_is_no_event(path: Path) -> None:
    text = """treatments:
  - {option: embolization.tae, from: 2019-01-01}
  - {option: cytoreduction, from: 2020-01-01}
  - {option: transplantation.milan, from: 2021-01-01}
progressions: [{date: 2019-06-01, site: extrahepatic}]
recurrences: [{date: 2020-06-01, site: local}]
last_contact: {date: 2022-01-01}
"""
    row = _row(path, text)
    assert (row["progressed"], row["pfs_event"], row["pfs_days"]) == (False, False, 731)
    assert (row["recurred"], row["recurrence_days"], row["recurrence_site"]) == (True, 152, "local")
    assert (row["embolization_days"], row["surgery_days"], row["transplantation_days"]) == (-365, 0, 366)
    assert row["systemic_days"] is None


@pytest.mark.parametrize(
    ("zero", "option"),
    [("liver_treatment", "embolization.tae"), ("surgery_or_embolization", "embolization.tae"),
     ("surgery", "cytoreduction"),
     ("transplantation", None)],
)  # fmt: skip
def test_the_first_treatment_of_its_classes_starts_the_clock(path: Path, zero: str, option: str | None) -> None:
    text = "treatments: [{option: cytoreduction, from: 2020-01-01}, {option: embolization.tae, from: 2019-01}]\n"
    row = _row(path, text, zero)
    assert row["index_option"] == option
    assert row["index_unknown"] == (None if option else "no such time zero")


def test_complications_of_the_treatment_at_time_zero(path: Path) -> None:
    text = (
        SURGERY
        + "complications: [{treatment: 1, clavien_dindo: IIIa, kind: biloma}, {treatment: 1, clavien_dindo: II}]\n"
    )
    row = _row(path, text)
    assert (row["complication"], row["clavien_dindo"], row["biloma"]) == (True, "IIIa", True)
    row = _row(path, SURGERY + "complications: none\n")
    assert (row["complication"], row["clavien_dindo"], row["biloma"]) == (False, None, False)


def test_relief_is_that_of_hormonal_symptoms_first(path: Path) -> None:
    text = SURGERY + (
        "symptoms: [{treatment: 1, symptom: liver_bulk, relief: none},"
        " {treatment: 1, symptom: hormonal, relief: partial, until: 2021-01-01, hormone_fall: at least 50 %}]\n"
    )
    row = _row(path, text)
    assert (row["relief"], row["relief_days"], row["hormone_fall_lo"], row["hormone_fall_hi"]) == (
        "partial",
        366,
        50,
        100,
    )

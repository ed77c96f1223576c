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


def test_what_never_came_has_no_day(path: Path) -> None:
    """Day 0 is a day like any other; that of nobody is empty."""
    row = _row(path, SURGERY + "progressions: none\nrecurrences: none\nlast_contact: {date: 2021-01-01}\n")
    days = ("liver_progression_days", "extrahepatic_progression_days", "recurrence_days", "relief_days")
    assert [row[name] for name in days] == [None] * 4
    assert (row["liver_progressed"], row["extrahepatic_progressed"], row["recurred"]) == (False, False, False)


@pytest.mark.parametrize("date", ["{unknown: not told}", "2020"])
def test_what_may_have_come_before_time_zero_is_neither_event_nor_none(path: Path, date: str) -> None:
    surgery = SURGERY.replace("2020-01-01", "2020-03-01")
    row = _row(path, surgery + f"progressions: [{{date: {date}, site: liver}}]\nrecurrences: [{{date: {date}}}]\n")
    for name in ("progressed", "liver_progressed", "pfs_event", "pfs_days", "liver_progression_days", "recurred"):
        assert row[name] is None, name
    assert row["recurrence_days"] is None
    for name in ("progressed", "pfs_days", "recurred"):
        assert row[f"{name}_unknown"], name
    assert row["extrahepatic_progressed"] is False


def test_a_progression_of_no_known_day_may_be_the_first(path: Path) -> None:
    """That the disease progressed is certain, when it first did is not."""
    dated = "{date: 2021-05-05, site: liver}"
    row = _row(path, SURGERY + f"progressions: [{{date: {{unknown: not told}}, site: liver}}, {dated}]\n")
    assert (row["progressed"], row["liver_progressed"]) == (True, True)
    assert (row["pfs_days"], row["liver_progression_days"]) == (None, None)
    assert row["pfs_days_unknown"] == "day of progression not known"


def test_a_recurrence_of_the_treatment_at_time_zero_came_after_it(path: Path) -> None:
    row = _row(path, SURGERY + "recurrences: [{treatment: 1, date: {unknown: not told}}]\n")
    assert (row["recurred"], row["recurrence_days"]) == (True, None)


def test_relief_of_other_symptoms_is_no_relief_of_hormonal_ones(path: Path) -> None:
    row = _row(path, SURGERY + "symptoms: [{treatment: 1, symptom: liver_bulk, relief: complete}]\n")
    assert (row["relief"], row["relief_unknown"]) == (None, "not recorded")


def test_two_answers_on_relief_are_none(path: Path) -> None:
    one = "{{treatment: 1, symptom: hormonal, relief: {}}}"
    row = _row(path, SURGERY + f"symptoms: [{one.format('complete')}, {one.format('none')}]\n")
    assert (row["relief"], row["relief_unknown"]) == (None, "several answers")


def test_the_end_of_a_treatment_is_news(path: Path) -> None:
    drug = "{option: systemic.everolimus, from: 2020-02-01, to: 2022-06-30}"
    row = _row(path, SURGERY.replace("margin: R1}]", f"margin: R1}}, {drug}]"))
    assert (row["dead"], row["os_days"]) == (False, (datetime.date(2022, 6, 30) - datetime.date(2020, 1, 1)).days)


@pytest.mark.parametrize("earlier", ["{unknown: elsewhere}", "2020"])
def test_a_treatment_that_may_have_come_first_leaves_no_time_zero(path: Path, earlier: str) -> None:
    text = f"treatments: [{{option: embolization.tae, from: {earlier}}}, {{option: cytoreduction, from: 2020-06-01}}]\n"
    row = _row(path, text, "liver_treatment")
    assert (row["zero"], row["index_option"]) == (None, None)
    assert row["zero_unknown"] == "which treatment came first is not known"
    assert _row(path, text, "surgery")["index_option"] == "cytoreduction"


def test_facts_are_as_old_as_their_case(path: Path) -> None:
    row = _row(path, SURGERY, case="2010-01-01")
    assert (row["age_at_zero"], row["case_days"]) == (70, 3652)


def test_a_case_that_may_be_later_than_time_zero_gives_none(path: Path) -> None:
    row = _row(path, SURGERY.replace("2020-01-01", "2020"), case="2020-05-01")
    assert row["grade_unknown"] == "no case on or before time zero"


@pytest.mark.parametrize("day", ["2020-06-01", "2020"])
@pytest.mark.parametrize("parts", [(50, 95), (95, 50)])
def test_two_first_treatments_of_one_day_leave_no_time_zero(path: Path, day: str, parts: tuple[int, int]) -> None:
    """Their order in the file is no order in time: it must not choose the group."""
    one = "{{option: cytoreduction, from: {}, debulking_achieved: {} %}}"
    row = _row(path, f"treatments: [{', '.join(one.format(day, part) for part in parts)}]\n")
    assert (row["zero"], row["debulking_achieved_lo"]) == (None, None)
    assert row["zero_unknown"] == "which treatment came first is not known"


def test_treatments_in_several_files_are_one_patient(path: Path) -> None:
    """Each file numbers its own; a complication stays with the treatment of its file."""
    later = HEAD + "treatments: [{option: cytoreduction, from: 2020-01-01, margin: R1}]\ncomplications: none\n"
    (path.parent / "p.yaml").write_text(later, encoding="utf-8")
    import_files(path, [path.parent / "p.yaml"])
    mapping, sheet = path.parent / "mapping.yaml", path.parent / "sheet.csv"
    mapping.write_text(
        "netlm: registry-mapping/1\nid: operations\nseen: yes\npatient: pat\ndates: year-month-day\ntables:\n"
        "  treatment: [{set: {option: cytoreduction}, columns: {from: {column: day}, margin: {column: margin}}}]\n"
        "  complication: [{when: [{column: clav}], set: {treatment: '1'}, columns: {clavien_dindo: {column: clav}}}]\n",
        encoding="utf-8",
    )
    for margin in ("R0", "R2"):  # the second takes the place of the first
        sheet.write_text(f"pat,day,margin,clav\np,2019-05-05,{margin},II\n", encoding="utf-8")
        import_files(path, [sheet], mapping=mapping)
        with open_registry(path) as registry:
            (row,) = analysis_table(registry, "surgery").to_pylist()
            assert not registry.rows("SELECT 1 FROM treatment GROUP BY patient_id, row HAVING count(*) > 1")
        assert (row["zero"], row["margin"]) == (datetime.date(2019, 5, 5), margin)
        assert (row["complication"], row["clavien_dindo"]) == (True, "II")


def test_news_after_the_follow_up_is_no_news_of_progression(path: Path) -> None:
    """No progression up to the day of the file: that a board met later does not say there was none until then."""
    text = SURGERY.replace("2020-01-01", "2025-01-01") + "progressions: none\nlast_contact: {date: 2025-12-31}\n"
    row = _row(path, text, case="2026-06-01")
    assert (row["os_days"], row["pfs_event"], row["pfs_days"]) == (516, False, 365)


def test_nobody_is_free_of_recurrence_for_longer_than_is_said(path: Path) -> None:
    """Up to the day of the file; of a recurrence there is such a day no more, nor where the list is not complete."""
    text = SURGERY.replace("2020-01-01", "2025-01-01") + "last_contact: {date: 2025-12-31}\n"
    row = _row(path, text + "recurrences: none\n")
    assert (row["os_days"], row["recurrence_free_until_days"]) == (364, 364), "the day of the file would show"
    row = _row(path, text + "recurrences: none\n", case="2026-06-01")
    assert (row["os_days"], row["recurred"], row["recurrence_free_until_days"]) == (516, False, 365)
    for said in ("recurrences: [{date: 2025-03-01}]\n", "recurrences: {unknown: not told}\n", ""):
        assert _row(path, text + said)["recurrence_free_until_days"] is None


@pytest.mark.parametrize(("key", "column"), [("progressions", "pfs_days"), ("recurrences", "recurrence_days")])
def test_an_event_of_an_unclear_day_was_before_the_death(path: Path, key: str, column: str) -> None:
    """A year goes on after a death in March; what came before it did not."""
    row = _row(path, SURGERY + f"death: {{date: 2021-03-01}}\n{key}: [{{date: 2021}}]\n")
    assert (row["os_days"], row[column]) == (425, 395)


def test_a_recurrence_of_an_unclear_day_is_a_range(path: Path) -> None:
    row = _row(path, SURGERY + "last_contact: {date: 2021-02-01}\nrecurrences: [{date: 2021}]\n")
    assert (row["recurrence_days_lo"], row["recurrence_days"], row["recurrence_days_hi"]) == (366, 548, 730)
    assert row["os_days"] < row["recurrence_days"]


@pytest.mark.parametrize("said", ["recurrences: none\n", "", "recurrences: [{date: {unknown: lost}, treatment: 1}]\n"])
def test_no_recurrence_on_a_known_day_has_no_days(path: Path, said: str) -> None:
    row = _row(path, SURGERY + "last_contact: {date: 2021-02-01}\n" + said)
    assert [row[f"recurrence_days{end}"] for end in ("_lo", "", "_hi")] == [None, None, None]

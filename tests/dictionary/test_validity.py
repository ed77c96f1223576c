"""How long a finding is current: calendar months, the last of the month where a day does not exist."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.dictionary import later, read_day, read_partial_day
from netlm.errors import Problem
from netlm.guidance import load_pack, stale_facts

day = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-10-15", 3, "2027-01-15"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_so_many_calendar_months_later(start, months, end):
    assert later(day(start), months) == day(end)


@given(st.dates(day("1900-01-01"), day("2200-01-01")), st.integers(0, 240))
def test_months_later_keeps_the_day_or_takes_the_last_of_the_month(start, months):
    end = later(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + datetime.timedelta(days=1)).day == 1


def test_the_end_of_the_calendar_is_no_crash(read):
    case = read({"bilirubin": "{value: 1 mg/dL, date: 9999-12-20}"}, as_of="9999-12-31")
    assert not list(stale_facts(case.facts, case.as_of))


@pytest.mark.parametrize(("as_of", "stale"), [("2026-02-28", False), ("2026-03-01", True)])
def test_a_laboratory_value_of_31_january_is_current_through_february(read, as_of, stale):
    case = read({"bilirubin": "{value: 1 mg/dL, date: 2026-01-31}"}, as_of=as_of)
    assert (list(stale_facts(case.facts, case.as_of)) == ["bilirubin"]) == stale


@pytest.mark.parametrize(
    ("fact", "value", "months"),
    [
        ("liver_involvement", "20 %", 3),
        ("sstr", "positive", 6),
        ("bilirubin", "1 mg/dL", 1),
        ("carcinoid_heart_disease", "no", 12),
        ("symptoms", "[]", 3),
    ],
)
def test_each_kind_of_finding_is_current_for_its_convention(read, dictionary, fact, value, months):
    assert dictionary.validity(dictionary.facts[fact]) == months
    form = f"{{value: {value}, date: 2025-05-10}}"
    edge = later(day("2025-05-10"), months)
    for as_of, stale in ((edge, False), (edge + datetime.timedelta(days=1), True)):
        case = read({fact: form}, as_of=str(as_of))
        assert (fact in stale_facts(case.facts, case.as_of)) == stale


@pytest.mark.parametrize("fact", ["ki67", "age", "primary_site", "prior_treatments", "bilioenteric_anastomosis"])
def test_what_does_not_change_never_goes_stale(dictionary, fact):
    assert dictionary.validity(dictionary.facts[fact]) is None


def test_an_undated_finding_never_goes_stale_and_is_listed_as_undated(board):
    dossier = board({"bilirubin": "1 mg/dL", "ki67": "2 %"})
    assert not dossier.assessment.stale
    assert dossier.to_dict()["undated"] == ["bilirubin"]


def test_validity_is_a_convention_that_can_be_replaced():
    pack = load_pack(conventions={"valid_for_laboratory": "2 months"})
    assert pack.dictionary.validity(pack.dictionary.facts["bilirubin"]) == 2
    year = load_pack(conventions={"valid_for_laboratory": "1 year"})
    assert year.dictionary.validity(year.dictionary.facts["bilirubin"]) == 12


@pytest.mark.parametrize("text", ["2026-10-02", "2024-02-29"])
def test_a_full_date_is_read(text):
    assert read_day(text) == day(text)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "02.10.2026", "2026-10", "10/02/2026", "20261002", "today", "", "2026-1-2"]
)
def test_another_date_is_a_problem_with_its_remedy(text):
    with pytest.raises(Problem) as caught:
        read_day(text)
    assert caught.value.code == "bad-date"
    assert "year-month-day" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("2024-02-03", "2024-02-03", "2024-02-03"),
    ],
)
def test_a_date_of_a_record_may_be_a_year_or_a_month(text, first, last):
    read = read_partial_day(text)
    assert (read.text, read.first, read.last) == (text, day(first), day(last))


@pytest.mark.parametrize("text", ["9999", "9999-12", "0000", "2024-13", "0000-01"])
def test_a_year_at_the_end_of_the_calendar_is_read_or_a_problem(text):
    with contextlib.suppress(Problem):
        assert read_partial_day(text).first.year == int(text[:4])

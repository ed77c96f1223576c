"""Everything the contract refuses: the line, a stable code, and a message that names the remedy."""

from __future__ import annotations

import pytest

from netlm.case import load_case
from netlm.errors import Problems

# The first fact stands on line 5.
FACTS = [
    # (fact, value, code, remedy)
    ("liver_involvement", "20", "unit-missing", "Write the unit: %"),
    ("largest_metastasis", "32", "unit-missing", "cm"),
    ("bilirubin", "2", "unit-missing", "umol/L"),
    ("ki67", "0.15", "unit-missing", "15 %"),
    ("liver_involvement", "~20 %", "approximate", "18-25 %"),
    ("liver_involvement", "about 20 %", "approximate", "18-25 %"),
    ("liver_involvement", "25-18 %", "reversed-range", "Turn the range round"),
    ("liver_involvement", "{min: 25 %, max: 18 %}", "reversed-range", "Turn the range round"),
    ("liver_involvement", "{above: 25 %, max: 25 %}", "reversed-range", "Turn the range round"),
    ("age", "-52", "negative", "Check"),
    ("ki67", "120 %", "out-of-range", "impossible"),
    ("age", "200", "out-of-range", "impossible"),
    ("krenning", "5", "out-of-range", "impossible"),
    ("liver_metastases", "3.5", "not-whole", "whole numbers"),
    ("liver_involvement", "20 % of tumour volume", "wrong-whole", "Convert"),
    ("ki67", "2 % of liver volume", "wrong-whole", "Convert"),
    ("mitoses", "5 per 10 HPF", "wrong-unit", "Ask pathology"),
    ("bilirubin", "2 g/mol", "wrong-unit", "mg/dL"),
    ("age", "fifty-two", "not-a-quantity", "a number, a range or a bound"),
    ("primary_site", "ilium", "not-a-value", "Did you mean `ileum`?"),
    ("primary_site", "elbow", "not-a-value", "pancreas"),
    ("main_portal_vein_thrombosis", "maybe", "not-a-value", "yes, no"),
    ("differentiation", "G1", "not-a-value", "well"),
    ("syndromes", "[carcinoid]", "not-a-value", "carcinoid_syndrome"),
    ("declined_options", "[systemic.prt]", "not-a-value", "Did you mean `systemic.prrt`?"),
    ("differentiation", "[well]", "list", "one_of"),
    ("symptoms", "[{hormonal: yes}]", "not-a-list", "[first, second]"),
    ("age", "", "no-value", "{unknown: reason}"),
    ("disease_state", "{value: stable, unknown: x}", "value-form", "one way"),
    ("disease_state", "{date: 2026-10-02}", "value-form", "one way"),
    ("liver_involvement", "{min: 5 %, above: 4 %}", "value-form", "one way"),
    ("disease_state", "{min: stable}", "value-form", "Only numbers have ranges"),
    ("disease_state", "{one_of: []}", "not-a-list", "what it may be"),
    ("differentiation", "{not: [well, poor]}", "value-form", "Check the list"),
    ("age", "{not: [52]}", "value-form", "range that is left"),
    ("symptoms", "{one_of: [hormonal, primary]}", "list", "at_least"),
    ("disease_state", "{value: stable, metod: CT}", "unknown-key", "Did you mean `method`?"),
    ("disease_state", "{value: stable, date: 02.10.2026}", "bad-date", "year-month-day"),
    ("disease_state", "{value: stable, date: 2026-12-24}", "future-date", "as_of"),
    ("disease_state", "{value: stable, method: [CT]}", "bad-annotation", "as text"),
    ("disease_state", "{value: stable, error: 5 %}", "value-form", "Only numbers"),
    ("liver_involvement", "{value: 20 %, error: 2-3 %}", "value-form", "half-width"),
    ("liver_involvement", "{value: 20 %, error: 5}", "unit-missing", "%"),
    ("grade", "G1", "derived-fact", "worked out from"),
    ("category", "NET G1", "derived-fact", "worked out from"),
    ("ki-67", "2 %", "unknown-fact", "Did you mean `ki67`?"),
    ("liver_metastasis", "3", "unknown-fact", "Did you mean `liver_metastases`?"),
    ("xyzzy", "1", "unknown-fact", "netlm dictionary"),
    ("lesions", "3 cm", "bad-list", "{at_least: [...]}"),
    ("lesions", "[3 cm]", "bad-list", "Fields:"),
    ("lesions", "[{sise: 3 cm}]", "bad-list", "Did you mean `size`?"),
    ("lesions", "[{size: 3}]", "unit-missing", "mm, cm"),
    ("lesions", "[{size: 3 cm, near: [portal]}]", "not-a-value", "portal_vein"),
    ("lesions", "[{id: A, size: 3 cm}, {id: A, size: 1 cm}]", "bad-list", "Rename"),
    ("specimens", "[{ki67: 2}]", "unit-missing", "%"),
    ("age", "&a 52", "anchor", "quote"),
    ("age", "!!int 52", "tag", "Remove the tag"),
]


@pytest.mark.parametrize(("fact", "value", "code", "remedy"), FACTS)
def test_a_fact_that_cannot_be_read_is_told_on_its_line_with_the_remedy(problems, fact, value, code, remedy):
    found = problems({"sex": "female", fact: value})
    assert [problem.code for problem in found] == [code]
    (problem,) = found
    assert problem.line == 6
    assert problem.file == "case.yaml"
    assert remedy in problem.remedy
    assert problem.found
    assert problem.expected


@pytest.mark.parametrize("value", ["3,2 cm", "2,5-3 cm"])
def test_a_decimal_comma_is_refused_by_name(problems, value):
    (problem,) = problems({"largest_metastasis": value})
    assert (problem.code, problem.line) == ("decimal-comma", 5)


WHOLE = [
    # (text, code, line, remedy)
    ("", "not-a-case", None, "netlm template"),
    ("# nothing\n", "not-a-case", None, "netlm template"),
    ("- a\n- b\n", "not-a-case", None, "netlm template"),
    ("just text\n", "not-a-case", None, "netlm template"),
    ("netlm: case/2\nid: x\nas_of: 2026-11-20\nfacts: {}\n", "format", 1, "newer netlm"),
    ("netlm: guidance/1\nid: x\nas_of: 2026-11-20\nfacts: {}\n", "format", 1, "Is this a case file"),
    ("id: x\nas_of: 2026-11-20\nfacts: {}\n", "required", None, "netlm template"),
    ("netlm: case/1\nas_of: 2026-11-20\nfacts: {}\n", "required", None, "netlm template"),
    ("netlm: case/1\nid: x\nfacts: {}\n", "required", None, "netlm template"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\n", "required", None, "netlm template"),
    ("netlm: case/1\nid: Jane Quux\nas_of: 2026-11-20\nfacts: {}\n", "bad-id", 2, "made-up id"),
    (f"netlm: case/1\nid: {'x' * 65}\nas_of: 2026-11-20\nfacts: {{}}\n", "bad-id", 2, "made-up id"),
    ("netlm: case/1\nid: [x]\nas_of: 2026-11-20\nfacts: {}\n", "bad-id", 2, "made-up id"),
    ("netlm: case/1\nid: x\nas_of: 20.11.2026\nfacts: {}\n", "bad-date", 3, "year-month-day"),
    ("netlm: case/1\nid: x\nas_of: 2026-02-30\nfacts: {}\n", "bad-date", 3, "year-month-day"),
    ("netlm: case/1\nid: x\nas_of: [2026]\nfacts: {}\n", "bad-date", 3, "year-month-day"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: [age, 52]\n", "facts", 4, "fact: value"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nfatcs: {}\n", "unknown-key", 5, "Did you mean `facts`?"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nki67: 2 %\nfacts: {}\n", "unknown-key", 4, "stand under `facts:`"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n  age: 52\n  age: 53\n", "duplicate-key", 6, "one_of"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n  age: |\n    52\n", "block-scalar", 5, "one line"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n  <<: {age: 52}\n", "merge-key", 5, "Write the keys out"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n  age: &a 52\n  krenning: *a\n", "alias", 6, "quote"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\n---\na: b\n", "documents", 5, "---"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n\tage: 52\n", "not-yaml", 5, "quotes"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory: 2\n", "history", 5, "List earlier values"),
    ("netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory:\n  - {value: 2}\n", "history", 6, "Name the fact"),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory:\n  - {fact: age, value: 51}\n",
        "history",
        6,
        "Add the date",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory:\n  - {fact: ki67, value: 2, date: 2025-01-01}\n",
        "unit-missing",
        6,
        "%",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory:\n  - {fact: ki-67, value: 2 %, date: 2025-01-01}\n",  # noqa: E501
        "unknown-fact",
        6,
        "Did you mean `ki67`?",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nhistory:\n  - {fact: ki67, value: 2 %, date: 2027-01-01}\n",  # noqa: E501
        "future-date",
        6,
        "as_of",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nchecked_absent: [age]\n",
        "checked-absent",
        5,
        "List the facts",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nchecked_absent: {facts: [age]}\n",
        "cannot-be-absent",
        5,
        "facts:",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nchecked_absent: {facts: [ascitis]}\n",
        "unknown-fact",
        5,
        "Did you mean `ascites`?",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nchecked_absent: {facts: [ascites], whom: x}\n",
        "unknown-key",
        5,
        "Correct it",
    ),
    (
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts: {}\nchecked_absent: {facts: [ascites], date: 2027-01-01}\n",
        "future-date",
        5,
        "as_of",
    ),
]


@pytest.mark.parametrize(("text", "code", "line", "remedy"), WHOLE)
def test_a_file_that_is_no_case_is_told_with_the_remedy(problems, text, code, line, remedy):
    found = [problem for problem in problems(text) if problem.code == code]
    assert len(found) == 1
    assert found[0].line == line
    assert remedy in found[0].remedy


@pytest.mark.parametrize("date", ["2027-01-01", "soon"])
def test_one_wrong_date_of_a_list_of_absent_findings_is_one_problem(problems, date):
    tail = (
        f"checked_absent: {{facts: [ascites, bilioenteric_anastomosis, main_portal_vein_thrombosis], date: {date}}}\n"
    )
    assert len(problems({}, tail=tail)) == 1


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("specimens", "[{date: 2030-01-01, ki67: 2 %}]"),
        ("treatments", "[{what: cytoreduction, from: 2031}]"),
        ("lesions", "[{size: {value: 3 cm, date: 2031-01-01}}]"),
    ],
)
def test_a_date_in_the_future_is_refused_inside_a_list_too(problems, fact, value):
    assert [problem.code for problem in problems({fact: value})] == ["future-date"]


@pytest.mark.parametrize(
    ("facts", "head"),
    [({"lesions": "{at_least: [{size: 3 cm}], metod: CT}"}, ""), ({}, "question: {first: a, second: b}\n")],
)
def test_nothing_that_was_written_is_dropped_in_silence(problems, facts, head):
    assert problems(facts, head=head)


def test_a_date_inside_a_value_is_kept_or_refused(read):
    try:
        case = read({"disease_state": "{value: {value: stable, date: 2020-01-01}}"})
    except Problems:
        return
    assert case.facts.entered["disease_state"].date is not None


CONTRADICTIONS = [
    ({"lesions": "[{size: 1 cm}, {size: 2 cm}, {size: 3 cm}]", "liver_metastases": "8"}, "", 6),
    ({"lesions": "[]", "liver_metastases": "1"}, "", 6),
    ({"lesions": "{at_least: [{size: 1 cm}, {size: 2 cm}]}", "liver_metastases": "1"}, "", 6),
    ({"ascites": "mild"}, "checked_absent: {facts: [ascites]}\n", 5),
    ({"carcinoid_heart_disease": "operated"}, "checked_absent: {facts: [carcinoid_heart_disease]}\n", 5),
    ({"symptoms": "[hormonal]"}, "checked_absent: {facts: [symptoms]}\n", 5),
]


@pytest.mark.parametrize(("facts", "tail", "line"), CONTRADICTIONS)
def test_facts_that_cannot_both_be_recorded_are_refused(problems, facts, tail, line):
    (problem,) = problems(facts, tail=tail)
    assert (problem.code, problem.line) == ("contradiction", line)
    assert problem.remedy


def test_every_problem_of_a_file_is_told_at_once_in_the_order_of_its_lines(problems):
    facts = {
        "age": "200",
        "ki67": "0.15",
        "primary_site": "ilium",
        "nonsense": "1",
        "lesions": "[{size: 3}]",
        "mitoses": "5 per 10 HPF",
    }
    tail = "checked_absent: {facts: [age]}\nhistory: [{fact: age, value: 51}]\nfatcs: {}\n"
    found = problems(facts, head="", tail=tail, as_of="yesterday")
    lines = [problem.line for problem in found]
    assert lines == sorted(lines) == [3, 5, 6, 7, 8, 9, 10, 11, 12, 13]


def test_a_path_that_cannot_be_read_is_a_problem(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(Problems) as caught:
            load_case(path)
        assert caught.value.problems[0].code == "unreadable"


def test_free_text_is_never_repeated_in_an_error(problems):
    name = "Zebediah Quuxenstein"
    text = (
        f"netlm: case/1\nid: {name}\nas_of: {name}\nquestion: {name}\n{name}: {name}\nfacts:\n"
        + "".join(
            f"  {key}: {name}\n"
            for key in ("age", "primary_site", "symptoms", "bilirubin", "lesions", "specimens", name)
        )
        + f"  sstr: {{value: {name}, {name}: 1}}\n  ki67: {{error: {name}, value: 2 %}}\n  ascites: {{one_of: [{name}]}}\n"  # noqa: E501
    )
    text += f"checked_absent: {{facts: [{name}], date: {name}, {name}: 1}}\nhistory: [{{fact: {name}}}, {name}]\n"
    found = problems(text)
    assert len(found) > 14
    for problem in found:
        assert "zebediah" not in str(problem).lower()
        assert "quux" not in str(problem.to_dict()).lower()

"""Promises about the record of a meeting: what is refused, where, and that nothing invalid can be built."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest
import yaml

import netlm
from netlm.decision import INTENTS, NEEDS_REASON, STATUSES, Recommendation, Standing, Task, Trial

RULES = yaml.load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def _absent(change: dict) -> dict:
    return {key: None if item == "null" else item for key, item in change.items()}


@pytest.mark.parametrize("rule", RULES, ids=[rule["says"] for rule in RULES])
def test_every_rule_of_the_form(rule, filled_as, read_record, record_problems) -> None:
    filled = filled_as(_absent(rule["change"]))
    if not rule["problems"]:
        assert read_record(filled).to_dict()["netlm"] == "decision/1"
        return
    found = record_problems(filled)
    assert sorted(f"{one.place}: {one.code}" for one in found) == sorted(rule["problems"])
    assert all(one.found and one.expected and one.remedy and one.file == "d.yaml" for one in found)


def test_a_reason_is_required_where_nothing_can_be_told(clean_dossier, decided) -> None:
    basis = decided.decision.basis
    options = {**basis.options, "cytoreduction": Standing("cannot_tell", ("excluded", "supported"))}
    open_basis = dataclasses.replace(basis, options=options)
    departures = ("not_recommended", "excluded", "outside_evidence", "cannot_tell")
    assert departures == NEEDS_REASON
    for verdict in departures:
        options["cytoreduction"] = Standing(verdict, ("excluded",))
        with pytest.raises(netlm.Problems, match=f"no reason, though the verdict was `{verdict}`"):
            netlm.Decision(open_basis, datetime.date(2026, 11, 24), (Recommendation(1, "curative", "cytoreduction"),))
    for verdict in ("extreme_caution", "conditional", "supported"):
        options["cytoreduction"] = Standing(verdict, (verdict,))
        netlm.Decision(open_basis, datetime.date(2026, 11, 24), (Recommendation(1, "curative", "cytoreduction"),))


def test_the_option_that_was_meant_is_named(record_problems, filled_as) -> None:
    (problem,) = record_problems(
        filled_as({"recommendations": [{"order": 1, "option": "systemic.prtt", "intent": "curative"}]})
    )
    assert "Did you mean `systemic.prrt`?" in problem.remedy


def test_every_problem_has_the_line_of_its_place(record_problems, form) -> None:
    filled = (
        "date: 2026-11-01\nrecommendations:\n  - order: 1\n    option: cytoreduction\n    intent: cure\n"
        "tasks:\n  - {what: scan}\n"
    )
    first = len(form.splitlines()) + 1
    lines = {f"{one.place}": one.line - first for one in record_problems(filled) if one.line}
    assert lines == {"date": 0, "recommendations[1].intent": 4, "tasks[1].owner": 6, "tasks[1].due": 6}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"date": datetime.date(2026, 11, 19)}, "before-as-of"),
        ({"recommendations": ()}, "no-decision"),
        ({"present": ()}, "required"),
        ({"tasks": (Task("scan", "radiology", datetime.date(2026, 11, 1)),)}, "before-decision"),
        ({"tasks": (Task("", "radiology", datetime.date(2026, 12, 1)),)}, "no-text"),
        ({"patient_view": "two\nlines"}, "not-one-line"),
        ({"patient_view": "\u202eright to left"}, "not-one-line"),
        ({"trial": Trial(True, "...")}, "no-text"),
    ],
)
def test_a_decision_cannot_be_built_invalid(decided, change, code) -> None:
    with pytest.raises(netlm.Problems) as caught:
        dataclasses.replace(decided.decision, **change)
    assert code in {problem.code for problem in caught.value.problems}


def test_a_record_without_its_basis_says_only_that(full) -> None:
    """The options cannot be known then, so nothing is said of them."""
    from netlm.decision import read_decision
    from netlm.files import parse_text

    with pytest.raises(netlm.Problems) as caught:
        read_decision(parse_text("netlm: decision/1\n" + full, "d.yaml"), "d.yaml")
    assert [(one.place, one.code) for one in caught.value.problems] == [("basis", "required")]


@pytest.mark.parametrize("text", ["", "[]", "word", "netlm: case/1\nid: x\n", "netlm: [decision/1]\n", "id: 1\n"])
def test_another_file_is_told_to_be_none(text) -> None:
    from netlm.decision import read_decision
    from netlm.files import parse_text

    with pytest.raises(netlm.Problems) as caught:
        read_decision(parse_text(text, "d.yaml"), "d.yaml")
    assert [(one.place, one.code) for one in caught.value.problems] == [("netlm", "format")]


def test_a_name_as_a_key_is_not_repeated_by_a_decision_built_in_python_either(decided) -> None:
    basis = decided.decision.basis
    broken = dataclasses.replace(basis, options={**basis.options, "Zebediah": Standing("Quuxenstein", ("supported",))})
    with pytest.raises(netlm.Problems) as caught:
        dataclasses.replace(decided.decision, basis=broken)
    assert "Zebediah" not in str(caught.value)
    assert "Quuxenstein" not in str(caught.value)
    assert {problem.place for problem in caught.value.problems} == {"basis.options"}


def test_an_unknown_key_hides_no_other_problem(record_problems, filled_as) -> None:
    found = record_problems(filled_as({"recommendations": [{"order": 1, "option": "systemic.prrt", "intnt": "x"}]}))
    assert {(one.place, one.code) for one in found} == {
        ("recommendations[1]", "unknown-key"), ("recommendations[1].intent", "required"),
        ("recommendations[1].reason", "reason-required"),
    }  # fmt: skip


def test_none_is_recorded_and_left_out_is_not(read_record, filled_as) -> None:
    for none in ("none", []):
        said = read_record(filled_as({"dissent": none, "tasks": none, "alternatives": none}))
        assert said.dissent == said.tasks == said.alternatives == ()
    silent = read_record(filled_as({"dissent": None, "tasks": None, "alternatives": None}))
    assert silent.dissent is silent.tasks is silent.alternatives is None


def test_a_decision_is_frozen(decided) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        decided.decision.no_decision = "changed our mind"


def test_the_empty_form_is_a_record_that_says_what_is_still_needed(record_problems) -> None:
    assert [(one.place, one.code) for one in record_problems("")] == [
        ("date", "required"), ("recommendations", "no-decision"),
    ]  # fmt: skip


def test_the_form_filled_with_its_own_dots_is_refused_everywhere(form, clean_dossier) -> None:
    """Nobody records the examples of the form by taking the `#` away alone."""
    from netlm.decision import read_decision
    from netlm.files import parse_text

    head, _, fields = form.partition("# --- the meeting ---\n")
    lines = [line.removeprefix("# ") for line in fields.splitlines() if line.startswith("# ") and "---" not in line]
    lines = [line for line in lines if not line.startswith(("no_decision", "    carried_out", "    #"))]
    with pytest.raises(netlm.Problems) as caught:
        read_decision(parse_text(head + "\n".join(lines) + "\n", "d.yaml"), "d.yaml")
    places = {problem.place for problem in caught.value.problems}
    assert places >= {
        "date", "present[1]", "recommendations[1].option", "recommendations[1].intent", "recommendations[1].reason",
        "recommendations[1].conditions[1]", "alternatives[1].option", "dissent[1]", "patient_view", "trial.considered",
        "trial.note", "tasks[1].what", "tasks[1].owner", "tasks[1].due", "discuss_again.date", "discuss_again.when",
    }  # fmt: skip


def test_the_form_lists_every_word_it_takes(form) -> None:
    assert all(word in form for word in (*INTENTS, *STATUSES, *NEEDS_REASON))

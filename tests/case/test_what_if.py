"""A what-if sets facts against the file as one would type them, and is marked as such."""

from __future__ import annotations

import pytest

from netlm.case import with_facts
from netlm.errors import Problems
from netlm.values import Members, Numbers, Words


def test_a_fact_is_set_and_marked_and_the_rest_stays(read, clean):
    case = with_facts(read(clean), ["primary_status=in_situ", "age = 61"])
    assert case.facts.value("primary_status") == Words.of("in_situ")
    assert case.facts.value("age") == Numbers.exactly(61)
    assert case.facts.entered["age"].kind == "what_if"
    assert case.facts.entered["ki67"].kind == "entered"
    assert case.what_if == {"primary_status": "in_situ", "age": "61"}


def test_the_case_as_written_is_left_alone(read, clean):
    case = read(clean)
    with_facts(case, ["age=61"])
    assert case.facts.value("age").number == 52
    assert not case.what_if


def test_a_list_or_map_can_be_set(read, clean):
    case = with_facts(read(clean), ["symptoms=[]", "ki67={min: 3 %, max: 5 %}", "liver_involvement=more than 50 %"])
    assert case.facts.value("symptoms") == Members.exactly([])
    assert not case.facts.is_known("ki67")
    assert case.facts.value("liver_involvement").intervals[0].low_open


def test_what_was_checked_absent_can_be_set_present(read):
    case = read({"age": "52"}, tail="checked_absent: {facts: [ascites, anticoagulation]}\n")
    changed = with_facts(case, ["ascites=mild"])
    assert changed.facts.value("ascites") == Words.of("mild")
    assert changed.facts.value("anticoagulation") == Words.of("no")


def test_a_fact_can_be_set_in_a_case_without_any(read):
    assert with_facts(read({}), ["age=61"]).facts.value("age") == Numbers.exactly(61)


def test_a_what_if_can_say_unknown(read, clean):
    assert not with_facts(read(clean), ["ki67={unknown: what if it were not there}"]).facts.is_known("ki67")


@pytest.mark.parametrize(
    ("change", "said"),
    [("ag=61", "Did you mean `age`"), ("age=200", "impossible"), ("age=", "FACT=VALUE|value"), ("age", "=|value"),
     ("ki67=20", "Write the unit"), ("grade=G1", "worked out from"), ("lesions=[{size: 3}]", "unit"),
     ("age={", "YAML"), ("liver_metastases={at_least: [1", "YAML")],
)  # fmt: skip
def test_what_cannot_be_set_is_a_problem(read, clean, change, said):
    with pytest.raises(Problems, match=said):
        with_facts(read(clean), [change])


def test_the_dossier_tells_what_changed(board, clean):
    dossier = board(clean, what_if={"primary_status": "in_situ"})
    changed = {name: (before, now) for name, before, now in dossier.changed}
    assert changed["transplantation.milan"][1] == "excluded"
    assert changed["transplantation.milan"][0] != "excluded"
    assert dossier.to_dict()["what_if"]["set"] == {"primary_status": "in_situ"}
    assert "WHAT-IF" in dossier.to_text()
    assert "what_if" not in board(clean).to_dict()
    assert "WHAT-IF" not in board(clean).to_text()

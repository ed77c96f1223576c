"""The other commands: check, template, dictionary, guidance."""

from __future__ import annotations

import json
import re

from netlm.case import read_case
from netlm.files import parse_text


def test_check_says_what_a_case_lacks_and_does_not_judge(run, good, bad):
    ran = run("check", good)
    assert ran.code == 0
    assert "core facts" in ran.out
    assert "unknown: sex" in ran.out
    wrong = run("check", good, bad)
    assert wrong.code == 2
    assert "Did you mean `ileum`" in wrong.err
    assert "case-1 can be read" in wrong.out


def test_check_in_json(run, good, bad):
    ran = run("check", good, bad, "--format", "json")
    assert ran.code == 2
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert first["check"]["id"] == "case-1"
    assert "sex" in first["check"]["core_unknown"]
    assert [problem["line"] for problem in second["error"]["problems"]] == [5, 6]


def test_check_tells_unusual_values_and_contradictions(run, tmp_path, case_text):
    path = tmp_path / "x.yaml"
    path.write_text(case_text({"largest_metastasis": "30 cm", "sstr": "positive", "krenning": "0"}))
    ran = run("check", path)
    assert ran.code == 0
    assert "usually 2 to 250 mm" in ran.out
    assert "sstr" in ran.out


def test_the_template_is_a_case_as_it_stands(run, read):
    ran = run("template")
    assert ran.code == 0
    case = read(ran.out)
    assert not case.facts.entered


def test_the_template_names_every_fact_that_can_be_entered_the_core_first(run, dictionary):
    text = run("template").out
    named = re.findall(r"^  # (\w+):(?: |$)", text, re.MULTILINE)
    entered = [fact for fact in dictionary.facts.values() if fact.is_entered]
    assert sorted(set(named)) == sorted(fact.name for fact in entered)
    core = {fact.name for fact in entered if fact.core}
    assert set(named[: len(core)]) == core
    assert len(core) <= 30


def test_the_template_is_a_valid_case_once_filled(run, dictionary):
    text = run("template").out
    for fact in dictionary.facts.values():
        if not fact.is_entered:
            continue
        number = fact.type.number
        if number is not None:
            value = "1" if number.unit == "1" else f"1 {number.unit}"
        elif fact.type.kind == "word":
            value = next(iter(fact.values))
        else:
            value = {"words": "[]", "options": "[]", "texts": "[]", "records": "[]"}.get(fact.kind, "x")
        if fact.name in ("liver_metastases", "largest_metastasis", "lesions", "specimens", "treatments"):
            value = "{unknown: not yet read}"
        text = re.sub(rf"^  # {fact.name}:(?: .*)?$", f"  {fact.name}: {value}", text, count=1, flags=re.MULTILINE)
    case = read_case(parse_text(text, "filled"), "filled")
    assert len(case.facts.entered) > 60


def test_the_template_can_be_written_to_a_file(run, tmp_path):
    assert run("template", "-o", tmp_path / "case.yaml").code == 0
    assert run("check", tmp_path / "case.yaml").code == 0


def test_the_dictionary_lists_every_fact_and_explains_each(run, dictionary):
    listed = run("dictionary")
    assert listed.code == 0
    for fact in dictionary.facts.values():
        assert re.search(rf"^  {re.escape(fact.name)} ", listed.out, re.MULTILINE), fact.name
    shown = run("dictionary", "ki67")
    assert shown.code == 0
    for said in ("% of cells", "0 to 100", "never goes stale", "LOINC"):
        assert said in shown.out


def test_a_derived_fact_shows_its_table(run):
    shown = run("dictionary", "tumour_burden").out
    assert "25 %" in shown
    assert "high" in shown


def test_an_unknown_fact_is_told_with_what_was_meant(run):
    ran = run("dictionary", "ki-67")
    assert ran.code == 2
    assert "ki67" in ran.err


def test_the_dictionary_in_json(run, dictionary):
    facts = json.loads(run("dictionary", "--format", "json").out)["facts"]
    assert {fact["name"] for fact in facts} == set(dictionary.facts)
    (ki67,) = json.loads(run("dictionary", "ki67", "--format", "json").out)["facts"]
    assert (ki67["unit"], ki67["of"], ki67["bare"]) == ("%", "cells", False)


def test_guidance_lists_the_twenty_options_and_shows_each(run, dictionary):
    listed = run("guidance")
    assert listed.code == 0
    assert all(option in listed.out for option in dictionary.options)
    for option in ("transplantation.milan", "embolization.tare", "systemic.prrt"):
        ran = run("guidance", option)
        assert ran.code == 0
        assert "Gangi 2020" in ran.out
    assert "not a prescription" in run("guidance", "systemic.prrt").out


def test_guidance_in_json(run):
    content = json.loads(run("guidance", "transplantation.milan", "--format", "json").out)
    (option,) = content["options"]
    assert content["guidance"] == "landmark_2020"
    assert {"id", "role", "when", "says", "limits", "cite"} <= set(option["arguments"][0])


def test_every_line_of_every_command_fits_a_hundred_columns(run, dictionary):
    texts = [run("guidance", option).out for option in list(dictionary.options)[::5]] + [run("dictionary").out]
    texts += [run("dictionary", fact).out for fact in ("ki67", "category", "liver_involvement", "platelets")]
    assert not [line for text in texts for line in text.splitlines() if len(line) > 100]


def test_help_and_version_are_exit_0(run):
    assert run("--help").code == 0
    assert "netlm 0." in run("--version").out
    for command in ("board", "check", "template", "dictionary", "guidance"):
        assert run(command, "--help").code == 0

"""Whatever stands in a file: a case, or problems with their remedies; no other error, no name in a message."""

from __future__ import annotations

import logging

import pytest

import netlm
from netlm.case import read_case
from netlm.errors import Problems
from netlm.files import parse_text

ROUNDS = 20_000


@pytest.mark.slow
def test_twenty_thousand_broken_files_give_a_case_or_problems(mutants, planted, caplog):
    caplog.set_level(logging.DEBUG)
    read = boarded = 0
    refused: list[tuple[bytes, Problems]] = []
    for number, content in enumerate(mutants(ROUNDS, 2026)):
        try:
            case = read_case(parse_text(content, "case.yaml"), "case.yaml")
            read += 1
            if number % 10 == 0:
                dossier = netlm.board(case)
                assert dossier.to_json()
                assert dossier.to_text()
                boarded += 1
        except Problems as problems:
            refused.append((content, problems))
        except Exception as error:
            raise AssertionError(f"round {number}: {type(error).__name__}: {error}\n{content!r}") from error
        if number % 1000 == 0:
            assert not any(part in caplog.text.lower() for part in planted)
    assert not any(part in caplog.text.lower() for part in planted)
    for content, problems in refused:
        told = f"{problems} {problems.to_dict()}".lower()
        assert not any(part in told for part in planted), content
        assert all(one.remedy and one.expected and one.found and one.code for one in problems.problems), content
    assert read > ROUNDS // 20
    assert boarded > 20
    assert read < ROUNDS


@pytest.mark.slow
def test_broken_what_ifs_give_a_dossier_or_problems(mutants, planted, examples, dictionary):
    """Values of broken files, set against a good one."""
    case = netlm.load_case(examples[0])
    names = [name for name, fact in dictionary.facts.items() if fact.is_entered]
    tried, told = 0, [""]
    for number, content in enumerate(mutants(2_000, 7)):
        value = content.decode(errors="replace").partition(": ")[2].split("\n")[number % 3 : number % 3 + 1]
        setting = {names[number % len(names)]: (value or [""])[0].partition(": ")[2] or "x"}
        try:
            netlm.case.with_facts(case, [f"{name}={text}" for name, text in setting.items()])
            tried += 1
        except Problems as problems:
            told.append(str(problems).lower())
    assert tried
    assert not any(part in text for part in planted for text in told)

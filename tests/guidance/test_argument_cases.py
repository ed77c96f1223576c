"""Every argument of every option on the patients of the YAML cases beside this file."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from netlm.guidance import Argument, Evaluation, assess
from netlm.logic import Always, Compare, OneOf, walk
from netlm.values import Numbers

from . import _cases
from ._cases import FOLDER, PACK, TRUTHS, BadCasesError, Case, cases_of, files, judge, read_file

PAIRS = [(option, argument) for option in PACK.order for argument in PACK.arguments[option]]
# Whether a list was given is never unknown.
PRESENCE = {name for name, fact in PACK.dictionary.facts.items() if fact.derivation and fact.derivation.presence_of}
NOTHING_BELOW = {("size-of-only-lesion", "limits.single")}  # no lesion has no size
PRESENCE.add("near_given")


def _id(value: object) -> str:
    if isinstance(value, Case):
        return f"{value.option}-{value.argument}-{value.name}"
    return value.id if isinstance(value, Argument) else str(value)


@pytest.mark.parametrize("case", list(_cases.all_cases()), ids=_id)
def test_case(case: Case) -> None:
    assert not judge(case).fails(case), case.where


def test_every_option_has_its_file() -> None:
    own = {file.options[0]: file.path for file in files() if len(file.options) == 1}
    assert own == {option: FOLDER / f"{option.replace('.', '/')}.yaml" for option in PACK.order}


def _states(argument: Argument) -> set[str]:
    """Every truth that the argument can have."""
    if isinstance(argument.when, Always):
        return {"true"}
    leaves = [node for node in walk(argument.when) if not hasattr(node, "part") and not hasattr(node, "parts")]
    if all(isinstance(node, OneOf) and node.fact in PRESENCE for node in leaves):
        return {"true", "false"}
    return set(TRUTHS)


@pytest.mark.parametrize(("option", "argument"), PAIRS, ids=_id)
def test_every_state_of_every_argument_has_a_case(option: str, argument: Argument) -> None:
    assert {case.truth for case in cases_of(option) if case.argument == argument.id} == _states(argument)


def _limits(argument: Argument) -> list[Compare]:
    return [node for node in walk(argument.when) if isinstance(node, Compare)]


@pytest.mark.parametrize(("option", "argument"), [pair for pair in PAIRS if _limits(pair[1])], ids=_id)
def test_every_limit_has_a_case_exactly_at_it(option: str, argument: Argument) -> None:
    own = [case for case in cases_of(option) if case.argument == argument.id]
    for node in _limits(argument):
        assert node.limit.number is not None
        values = [_value(case, node.fact) for case in own]
        numbers = [value.number for value in values if value.number is not None]
        assert node.limit.number in numbers, f"no case at {node.limit.text}"
        if (argument.id, node.limit.name) not in NOTHING_BELOW:
            assert any(number < node.limit.number for number in numbers), f"no case below {node.limit.text}"
        assert any(number > node.limit.number for number in numbers), f"no case above {node.limit.text}"


def _value(case: Case, fact: str) -> Numbers:
    """What the case's patient, or the lesion it speaks of, has for a number."""
    value = case.facts.value(fact) if case.lesion is None else None
    if case.lesion is not None:
        views = Evaluation(_cases.program_without(case.option, ()), case.facts).lesions
        value = next(view for view in views if view.lesion.id == case.lesion).value(fact)
    assert isinstance(value, Numbers)
    return value


@pytest.mark.parametrize("option", PACK.order)
def test_the_assessment_says_the_same_of_the_base(option: str) -> None:
    base = next(case for case in cases_of(option) if case.argument is None and not case.apart_from)
    verdict = assess(PACK, base.facts, datetime.date(2026, 11, 20)).options[option]
    assert (verdict.verdict, verdict.possible) == (base.verdict, base.possible)
    truths = {judged.argument.id: judged.truth.word for judged in verdict.arguments}
    for case in cases_of(option):
        if case.document == base.document and case.lesion is None and case.argument is not None:
            assert truths[case.argument] == case.truth


GOOD = """\
netlm: argument-cases/1
option: systemic.sunitinib
base: {primary_site: pancreas}
verdict: cannot_tell
possible: [outside_evidence, supported]
cases:
  - {name: stable, argument: progressive, facts: {disease_state: stable}, truth: 'false', verdict: outside_evidence}
"""


def test_the_format_is_read() -> None:
    assert [case.name for case in read_file(GOOD, Path("good.yaml")).cases] == ["base", "stable"]


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("argument-cases/1", "argument-cases/2"),
        ("option: systemic.sunitinib", "option: systemic.sunitinibe"),
        ("verdict: cannot_tell", "verdicts: cannot_tell"),
        ("possible: [outside_evidence, supported]", ""),
        ("possible: [outside_evidence, supported]", "possible: [supported, outside_evidence]"),
        ("possible: [outside_evidence, supported]", "possible: [supported]"),
        ("possible: [outside_evidence, supported]", "possible: [outside_evidence, supported]\napart_from: [size]"),
        ("name: stable, ", ""),
        ("name: stable, ", "name: stable, fact: {}, "),
        ("name: stable, ", "name: stable, lesion: A, "),
        ("name: stable, ", "name: stable, without: [age], "),
        ("argument: progressive", "argument: progression"),
        ("truth: 'false'", "truth: 'no'"),
        ("verdict: outside_evidence}", "verdict: outside}"),
        ("base: {primary_site: pancreas}", "base: []"),
    ],
)
def test_what_is_not_in_the_format_is_refused(found: str, instead: str) -> None:
    assert found in GOOD
    with pytest.raises(BadCasesError):
        read_file(GOOD.replace(found, instead), Path("bad.yaml"))

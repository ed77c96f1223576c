"""One definition, many readers: the columns give what one patient is told, argument by argument."""

from __future__ import annotations

from collections import Counter

import pytest

from netlm.case import load_case
from netlm.errors import Problem
from netlm.guidance import VERDICT_CODES, load_pack, program_of, settle
from netlm.logic import Compare, walk
from netlm.registry import (
    _attrition,
    assess,
    attrition,
    create_registry,
    facts_of,
    import_files,
    open_registry,
    what_if,
)
from netlm.registry._engine import columns_of, rows_of
from netlm.values import FALSE, TRUE, UNKNOWN

OTHER = {"adequate_debulking": "90 %", "valid_for_imaging": "2 months", "ire_size": "2 cm"}


def _expected(pack, evaluation):
    """``{column: value}`` of one patient: verdict, possible and truths of every option."""
    found = {}
    for option in pack.order:
        possible = evaluation.possible(option)
        found[f"{option}.verdict"] = settle(possible)
        found[f"{option}.possible"] = sum(1 << rank for rank in possible)
        judges = program_of(pack).judges[option]
        for judge, effect in zip(judges, evaluation.effects(option), strict=True):
            if not judge.lesion:
                found[f"{option}.{judge.argument.id}"] = int(effect.negated() if judge.denies else effect)
    return found


def _differences(pack, patients, evaluated):
    assessed = assess(facts_of(patients, pack.dictionary), pack, truths=True)
    columns = assessed.table.columns
    wrong, cells = Counter(), 0
    for patient, row in zip(patients, rows_of(assessed.table), strict=True):
        given = dict(zip(columns, row, strict=True))
        assert given.pop("id") == patient.id
        assert given.pop("as_of") == patient.as_of
        expected = _expected(pack, evaluated(pack, patient))
        assert given.keys() == expected.keys()
        cells += len(given)
        wrong.update(name for name, value in expected.items() if given[name] != value)
    return wrong, cells


def test_every_argument_verdict_and_possible_is_that_of_one_patient(pack, make, evaluated):
    wrong, cells = _differences(pack, make(2000), evaluated)
    on_patients = sum(not argument.lesion for option in pack.order for argument in pack.arguments[option])
    assert cells == 2000 * (2 * len(pack.order) + on_patients)
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_of_20000_patients_no_answer_differs(pack, make, evaluated, part):
    wrong, _ = _differences(pack, make(5000, seed=100 + part), evaluated)
    assert not wrong


def test_other_conventions_are_judged_over_the_same_table(make, evaluated):
    wrong, _ = _differences(load_pack(conventions=OTHER), make(500, seed=7), evaluated)
    assert not wrong


def test_attrition_adds_up_and_counts_what_one_patient_is_told(pack, make, evaluated):
    patients = make(400, seed=3)
    counted = attrition(facts_of(patients, pack.dictionary), pack)
    lesions = sum(len(patient.facts.lesions or ()) for patient in patients)
    assert (counted.patients, counted.lesions) == (400, lesions)
    evaluations = [evaluated(pack, patient) for patient in patients]
    for option in pack.order:
        verdicts = Counter(settle(evaluation.possible(option)) for evaluation in evaluations)
        assert counted.options[option].verdicts == {verdict: verdicts[verdict] for verdict in VERDICT_CODES}
        for at, counts in enumerate(counted.options[option].arguments):
            judge = program_of(pack).judges[option][at]
            truths = Counter(_truths(evaluations, option, at, judge))
            assert (counts.true, counts.false, counts.unknown) == (truths[TRUE], truths[FALSE], truths[UNKNOWN])
            assert counts.true + counts.false + counts.unknown == (lesions if judge.lesion else 400)


def _truths(evaluations, option, at, judge):
    for evaluation in evaluations:
        if not judge.lesion:
            effect = evaluation.effects(option)[at]
            yield effect.negated() if judge.denies else effect
            continue
        for view in evaluation.lesions[: len(evaluation.facts.lesions or ())]:
            effect = dict(evaluation.lesion_effects(option, view))[judge]
            yield effect.negated() if judge.denies else effect


def test_nobody_is_dropped_on_the_way(pack, make):
    counted = attrition(facts_of(make(300, seed=4), pack.dictionary), pack)
    for option in counted.options.values():
        entered = 300
        for counts in option.arguments:
            turn = counts.in_turn
            if turn is not None:
                assert turn.entered == entered == turn.left + turn.open + turn.clear
                entered = turn.open + turn.clear
        worst = sum(option.verdicts[verdict] for verdict in VERDICT_CODES[:3])
        assert 300 - entered <= worst


def test_what_if_counts_and_names_whose_verdict_changes(pack, make, evaluated):
    patients, other = make(400, seed=5), load_pack(conventions=OTHER)
    found = what_if(facts_of(patients, pack.dictionary), pack, other)
    assert found.patients == 400
    assert "systemic.captem" in found.alike
    for option in pack.order:
        pairs = [
            tuple(settle(evaluated(one, patient).possible(option)) for one in (pack, other)) for patient in patients
        ]
        assert found.options[option] == Counter(pairs)
        changed = [patient.id for patient, (before, after) in zip(patients, pairs, strict=True) if before != after]
        assert found.ids(option) == changed
        assert found.changed(option) == len(changed)
    assert sum(found.changed(option) for option in pack.order) > 10
    option = max(pack.order, key=found.changed)
    (before, after), count = next((move, n) for move, n in found.options[option].items() if len({*move}) == 2)
    assert len(found.ids(option, before, after)) == count
    with pytest.raises(Problem, match="cytoreduction"):
        found.ids("cytoreductio")


def test_which_specimen_governs_hangs_on_no_convention(pack):
    """So a row, in which this is settled, holds under every convention."""
    facts, open_names, limits = pack.dictionary.facts, ["category"], []
    while open_names:
        derivation = facts[open_names.pop()].derivation
        for row in derivation.rows if derivation else ():
            limits += [node.limit.name for node in walk(row.when) if isinstance(node, Compare)]
        open_names += derivation.reads if derivation else ()
    assert len(limits) > 4
    assert not [name for name in limits if name.startswith("convention.")]


def test_what_several_counts_ask_for_is_summed_once(pack, make, monkeypatch):
    """Writing and planning the query takes longer than running it, and grows with its columns."""
    asked = []
    monkeypatch.setattr(_attrition, "columns_of", lambda table: asked.append(table.columns) or columns_of(table))
    counted = attrition(facts_of(make(5, seed=4), pack.dictionary), pack)
    arguments = sum(len(option.arguments) for option in counted.options.values())
    assert len(asked[0]) < 2 * arguments


def test_no_patient_at_all_is_no_error(pack):
    table = facts_of([], pack.dictionary)
    assert rows_of(assess(table, pack).table) == []
    counted = attrition(table, pack)
    assert counted.patients == 0
    assert set(counted.options["cytoreduction"].verdicts.values()) == {0}
    assert what_if(table, pack, pack).changed("cytoreduction") == 0


def test_a_registry_is_judged_by_the_last_case_of_each_patient(tmp_path):
    """Two cases of one patient, before and after the primary was removed, and a case of another."""
    case = "netlm: case/1\nid: {}\nas_of: {}\nfacts:\n  primary_status: {}\n"
    for name, day, status in (
        ("a-1", "2025-01-10", "in_situ"),
        ("a-2", "2026-01-10", "resected"),
        ("b-1", "2025-05-05", "in_situ"),
    ):
        (tmp_path / f"{name}.yaml").write_text(case.format(name, day, status), encoding="utf-8")
    follow_up = "netlm: follow-up/1\nid: a\nas_of: 2026-02-01\ncases: [a-1, a-2]\n"
    (tmp_path / "a.yaml").write_text(follow_up, encoding="utf-8")
    target = tmp_path / "registry.duckdb"
    create_registry(target)
    import_files(target, sorted(tmp_path.glob("*.yaml")))
    with open_registry(target) as opened:
        assert [one.id for one in opened.latest_cases()] == ["a-2", "b-1"]
    counted = attrition(facts_of(target)).to_dict()
    last = attrition(facts_of([load_case(tmp_path / "a-2.yaml"), load_case(tmp_path / "b-1.yaml")])).to_dict()
    assert counted == last

"""Promises about ``netlm decide``: the form, the record checked against the case, and the documents."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from netlm.errors import Problems
from netlm.files import parse_text

CASE = Path(__file__).resolve().parents[2] / "examples" / "cases" / "clean-ileal-g1.yaml"
FILLED = """
date: 2026-11-24
present: [surgery, oncology]
recommendations:
  - {order: 1, option: cytoreduction, intent: symptom_control}
tasks:
  - {what: echocardiogram, owner: cardiology, due: 2026-12-04}
"""
NAME = "Zebediah Quuxenstein"


@pytest.fixture
def record(run, tmp_path):
    """``record(filled)``: the form for the case, filled in, as a file."""

    def record(filled: str = FILLED, *options: str) -> Path:
        path = tmp_path / f"record-{len(list(tmp_path.iterdir()))}.yaml"
        assert run("decide", CASE, "-o", path, *options).code == 0
        path.write_text(path.read_text(encoding="utf-8") + filled, encoding="utf-8")
        return path

    return record


def test_without_a_record_the_form_is_printed(run) -> None:
    ran = run("decide", CASE)
    assert ran.code == 0
    assert ran.out.startswith("# What the board decided.")
    assert "netlm: decision/1" in ran.out
    parse_text(ran.out, "form")


@pytest.mark.parametrize(
    ("document", "holds"),
    [
        ("text", "Minutes of the tumour board"),
        ("tasks", "[ ] 2026-12-04  echocardiogram"),
        ("letter-patient", "Dear [name],"),
        ("letter-referrer", "THE BOARD'S DECISION"),
    ],
)
def test_a_filled_record_becomes_each_document(run, record, tmp_path, document, holds) -> None:
    path = record()
    ran = run("decide", CASE, "--record", path, "--format", document)
    assert (ran.code, ran.err) == (0, "")
    assert holds in ran.out
    target = tmp_path / "out.txt"
    assert run("decide", CASE, "--record", path, "--format", document, "-o", target).code == 0
    assert target.read_text(encoding="utf-8") == ran.out


def test_a_document_is_written_as_its_name_ends(run, record, tmp_path) -> None:
    """With a record; without one the form is what it is, whatever its file is called."""
    path = record()
    for name, starts in (("m.json", '{"netlm"'), ("m.fhir.json", '{"resourceType"'), ("m.txt", "Minutes")):
        assert run("decide", CASE, "--record", path, "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").lstrip().startswith(starts), name
    assert run("decide", CASE, "--record", path, "-o", tmp_path / "m.pdf").err.startswith("-o: found")
    assert run("decide", CASE, "-o", tmp_path / "form.json").code == 0
    assert (tmp_path / "form.json").read_text(encoding="utf-8").startswith("# What the board decided.")


def test_minutes_are_what_comes_without_a_format(run, record) -> None:
    path = record()
    assert run("decide", CASE, "--record", path).out == run("decide", CASE, "--record", path, "--format", "text").out


def test_json_is_a_record_again(run, record, tmp_path) -> None:
    ran = run("decide", CASE, "--record", record(), "--format", "json")
    again = tmp_path / "again.json"
    again.write_text(ran.out, encoding="utf-8")
    assert run("decide", CASE, "--record", again, "--format", "json").out == ran.out
    assert json.loads(ran.out)["netlm"] == "decision/1"


def test_the_record_may_come_from_standard_input(run, record) -> None:
    path = record()
    ran = run("decide", CASE, "--record", "-", stdin=path.read_bytes())
    assert ran.out == run("decide", CASE, "--record", path).out


def test_every_problem_of_a_record_at_once_and_exit_2(run, record) -> None:
    path = record("date: 2026-02-30\nrecommendations: [{order: 1, option: systemic.prrt, intent: cure}]\n")
    ran = run("decide", CASE, "--record", path)
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{path}:") and line.split(":")[1].isdigit() for line in lines)
    shown = run("decide", CASE, "--record", path, "--format", "json")
    assert shown.code == 2
    assert [one["code"] for one in json.loads(shown.out)["error"]["problems"]] == [
        "bad-date", "reason-required", "unknown-word",
    ]  # fmt: skip


def test_a_what_if_is_refused_with_its_reason(run, record) -> None:
    for extra in ((), ("--record", record())):
        ran = run("decide", CASE, "--set", "sstr=negative", *extra)
        assert ran.code == 2
        assert "A what-if never becomes a decision" in ran.err


def test_a_case_that_changed_is_refused_with_the_remedy(run, record, tmp_path) -> None:
    changed = tmp_path / "case.yaml"
    changed.write_text(CASE.read_text(encoding="utf-8").replace("age: 52", "age: 62"), encoding="utf-8")
    path = record()
    ran = run("decide", changed, "--record", path)
    assert ran.code == 2
    assert f"{path}:12: basis.dossier" in ran.err
    assert "has changed since" in ran.err
    assert "netlm decide CASE" in ran.err


def test_another_case_is_refused(run, record) -> None:
    ran = run("decide", CASE.with_name("boundary-values.yaml"), "--record", record())
    assert ran.code == 2
    assert "right patient" in ran.err


def test_an_overridden_convention_has_to_be_given_again(run, record) -> None:
    path = record(FILLED, "--convention", "few_lesions=4")
    ran = run("decide", CASE, "--record", path)
    assert ran.code == 2
    assert "few_lesions" in ran.err
    again = run("decide", CASE, "--record", path, "--convention", "few_lesions=4")
    assert again.code == 0
    assert "CONVENTION" in again.out


def test_a_record_is_never_written_over(run, record, tmp_path) -> None:
    path = record()
    before = path.read_bytes()
    for target in (path, tmp_path / "link.yaml"):
        if target != path:
            target.symlink_to(path)
        for extra in ((), ("--record", path)):
            ran = run("decide", CASE, "-o", target, *extra)
            assert ran.code == 2
            assert path.read_bytes() == before
    case = tmp_path / "case.yaml"
    case.write_bytes(CASE.read_bytes())
    assert run("decide", case, "-o", case).code == 2
    assert case.read_bytes() == CASE.read_bytes()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--format", "tasks"), "--record FILE"),
        (("--format", "pdf"), "--format"),
        (("--record", "no-such-file.yaml"), "no such file"),
        (("--guidance", "no-such-pack"), "no-such-pack"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_remedy(run, args, said) -> None:
    ran = run("decide", CASE, *args)
    assert ran.code == 2
    assert said in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_two_files_cannot_both_come_from_standard_input(run) -> None:
    assert run("decide", "-", "--record", "-", stdin=b"").code == 2


def test_a_name_in_a_bad_record_reaches_no_message(run, record) -> None:
    for filled in (
        f"date: {NAME}\npresent: {{{NAME}: 1}}\n{NAME}: 1\n",
        f"date: 2026-11-24\nrecommendations: [{{order: {NAME}, option: {NAME}, intent: {NAME}, {NAME}: x}}]\n",
        f"date: 2026-11-24\nno_decision: x\ntasks: [{{what: {NAME}, owner: {NAME}, due: {NAME}}}]\n",
        f"date: 2026-11-24\nno_decision: x\ntrial: {{considered: {NAME}}}\ndiscuss_again: {{date: {NAME}}}\n",
        f"date: 2026-11-24\nno_decision: [{NAME}]\npatient_view: {{{NAME}: {NAME}}}\n",
    ):
        path = record(filled)
        for form in ("text", "json"):
            ran = run("decide", CASE, "--record", path, "--format", form)
            assert ran.code == 2
            assert not any(part in (ran.out + ran.err).lower() for part in NAME.lower().split())


def test_nothing_is_left_behind_when_the_output_cannot_be_written(run, record, tmp_path) -> None:
    ran = run("decide", CASE, "--record", record(), "-o", tmp_path / "none" / "minutes.txt")
    assert ran.code == 2
    assert not (tmp_path / "none").exists()


def test_deciding_reaches_for_no_network_and_loads_nothing_heavy(process, record, tmp_path) -> None:
    """As a process of its own, in which every attempt to reach the network ends the program."""
    ran = process("decide", CASE, "--record", record(), "--format", "letter-patient", TMPDIR=os.fspath(tmp_path))
    assert ran.code == 0
    assert "Dear [name]," in ran.out


def test_a_pack_that_changed_since_is_refused(run, record, tmp_path, monkeypatch) -> None:
    """The same case, the same id of the pack, another content: the dossier is another one."""
    import netlm

    path = record()
    pack = netlm.load_pack()
    changed = {**pack.arguments, "cytoreduction": pack.arguments["cytoreduction"][1:]}
    import dataclasses

    from netlm.decision import read_decision
    from netlm.dossier import basis_of
    from netlm.files import read_tree

    dossier = netlm.board(netlm.load_case(CASE), guidance=dataclasses.replace(pack, arguments=changed))
    with pytest.raises(Problems, match="has changed since"):
        read_decision(read_tree(path), "d.yaml", basis_of(dossier))

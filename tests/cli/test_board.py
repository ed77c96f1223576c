"""``netlm board``: exit codes, formats, output, what-if, and one message for each problem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_good_case_is_done_with_exit_0(run, good):
    ran = run("board", good)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Tumour board dossier for case case-1")


def test_json_is_one_object_on_one_line(run, good):
    ran = run("board", good, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    (dossier,) = lines(ran.out)
    assert dossier["netlm"]["format"] == "dossier/1"
    assert len(dossier["options"]) == 20


def test_a_bad_case_is_exit_2_with_one_message_a_problem(run, bad):
    ran = run("board", bad)
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"{bad}:5: ")
    assert "15 %" in first
    assert second.startswith(f"{bad}:6: ")
    assert "Did you mean `ileum`?" in second


def test_a_bad_case_in_json_is_the_error_object_of_the_contract(run, bad):
    ran = run("board", bad, "--format", "json")
    assert ran.code == 2
    (error,) = lines(ran.out)
    assert error["error"]["file"] == str(bad)
    assert [problem["line"] for problem in error["error"]["problems"]] == [5, 6]
    for problem in error["error"]["problems"]:
        assert {"line", "found", "expected", "remedy", "code"} <= set(problem)


def test_a_bad_case_stands_in_its_place_and_the_good_ones_are_written(run, good, bad, examples):
    ran = run("board", good, bad, examples[0], "--format", "json")
    assert ran.code == 2
    first, second, third = lines(ran.out)
    assert first["case"]["id"] == "case-1"
    assert second["error"]["file"] == str(bad)
    assert "case" in third


def test_several_cases_as_text_are_told_one_after_the_other(run, good, bad, examples):
    ran = run("board", good, bad, examples[0])
    assert ran.code == 2
    assert ran.out.count("Tumour board dossier for case") == 2
    assert len(ran.err.splitlines()) == 2


def test_standard_input_is_a_dash(run, good):
    ran = run("board", "-", "--format", "json", stdin=good.read_bytes())
    assert ran.code == 0
    assert lines(ran.out)[0]["case"]["id"] == "case-1"
    bad = run("board", "-", stdin=b"facts: {}\n")
    assert bad.code == 2
    assert "standard input" in bad.err


def test_output_to_a_file(run, good, tmp_path):
    path = tmp_path / "out.json"
    ran = run("board", good, "--format", "json", "-o", path)
    assert (ran.code, ran.out) == (0, "")
    assert json.loads(path.read_bytes())["case"]["id"] == "case-1"
    assert names(tmp_path) == ["out.json"]


def test_output_of_several_cases_to_a_file_keeps_the_bad_one_in_its_place(run, good, bad, examples, tmp_path):
    path = tmp_path / "out.jsonl"
    assert run("board", good, bad, examples[0], "--format", "json", "-o", path).code == 2
    assert ["error" in one for one in lines(path.read_text())] == [False, True, False]


def test_output_to_a_folder_is_one_file_for_each_case(run, good, examples, tmp_path):
    folder = tmp_path / "out"
    ran = run("board", good, examples[0], "-o", f"{folder}/")
    assert ran.code == 0
    assert "case-1.txt" in names(folder)
    assert len(names(folder)) == 2


def test_the_same_id_twice_never_overwrites_the_first(run, good, tmp_path):
    ran = run("board", good, good, "-o", f"{tmp_path}/")
    assert ran.code == 2
    assert "id" in ran.err
    assert names(tmp_path) == ["case-1.txt"]


@pytest.mark.parametrize("where", ["/proc/none/out.json", "/nowhere/at/all/out.json", "/proc/"])
def test_an_unwritable_path_is_exit_2_and_nothing_is_written(run, good, where):
    ran = run("board", good, "--format", "json", "-o", where)
    assert ran.code == 2
    assert "nothing was written" in ran.err + ran.out or "cannot be made" in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_nothing_is_written_where_no_case_can_be_read(run, bad, tmp_path):
    path = tmp_path / "out.json"
    assert run("board", bad, "--format", "json", "-o", path).code == 2
    assert not path.exists()


@pytest.mark.parametrize("name", ["FHIR", "xml", ""])
def test_formats_that_do_not_exist_are_usage_errors(run, good, name):
    ran = run("board", good, "--format", name)
    assert (ran.code, ran.out) == (2, "")
    assert "json" in ran.err


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["board"],
        ["board", "--nothing"],
        ["nothing"],
        ["board", "x.yaml", "--set"],
        ["board", "{good}", "--set", "age"],
        ["board", "{good}", "--set", "=5"],
        ["board", "{good}", "--set", "ag=5"],
        ["board", "{good}", "--set", "age=500"],
        ["board", "{good}", "--convention", "few_lesions"],
        ["board", "{good}", "--convention", "few=4"],
        ["board", "{good}", "--convention", "few_lesions=many"],
        ["board", "{good}", "--guidance", "nowhere"],
        ["board", "{good}", "--guidance", "/tmp"],
        ["board", "{good}", "--option", "transplantation.malan"],
        ["board", "no/such/case.yaml"],
        ["board", "/tmp"],
        ["check", "no/such/case.yaml"],
        ["dictionary", "ki-67"],
        ["guidance", "systemic.prt"],
        ["check", "{good}", "--format", "pdf"],
    ],
)
def test_wrong_usage_is_exit_2_and_says_what_to_do(run, good, args):
    ran = run(*[arg.replace("{good}", str(good)) for arg in args])
    assert ran.code == 2
    assert ran.err.strip() or "Usage" in ran.out
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (["--set", "liver_metastasis=5"], "liver_metastases"),
        (["--convention", "few_lesion=4"], "few_lesions"),
        (["--option", "transplantation.malan"], "transplantation.milan"),
    ],
)
def test_what_was_meant_is_suggested(run, good, args, meant):
    assert meant in run("board", good, *args).err


def test_a_what_if_is_marked_and_shows_what_changed(run, good):
    text = run("board", good, "--set", "primary_status=in_situ")
    assert text.code == 0
    assert "WHAT-IF" in text.out
    assert "Changes" in text.out
    (dossier,) = lines(run("board", good, "--set", "primary_status=in_situ", "--set", "age=61", "--format", "json").out)
    assert dossier["what_if"]["set"] == {"primary_status": "in_situ", "age": "61"}
    assert {"option", "from", "to"} <= set(dossier["what_if"]["changed"][0])


def test_a_convention_is_replaced_for_the_run_and_shown(run, good):
    (dossier,) = lines(run("board", good, "--convention", "few_lesions=10", "--format", "json").out)
    assert dossier["netlm"]["conventions"] == {"few_lesions": "10"}
    assert "CONVENTION" in run("board", good, "--convention", "few_lesions=10").out
    (plain,) = lines(run("board", good, "--format", "json").out)
    assert plain["netlm"]["conventions"] == {}


def test_one_option_comes_with_its_full_trace(run, good):
    ran = run("board", good, "--option", "transplantation.milan")
    assert ran.code == 0
    assert "bite" in ran.out
    (dossier,) = lines(run("board", good, "--option", "transplantation.milan", "--format", "json").out)
    assert [option["id"] for option in dossier["options"]] == ["transplantation.milan"]
    assert "trace" in dossier["options"][0]["arguments"][0]


PACK = """\
netlm: guidance-pack/1
id: centre
title: A centre's own
year: 2026
extends: landmark_2020
"""
ARGUMENT = """\
netlm: guidance/1
option: cytoreduction
arguments:
  - id: only-below-sixty
    role: excludes
    when: age >= limit
    limit: 50 years
    says: Not from 50 years on, in this centre
    strength: general
    provenance: convention
    facts: []
    cite: {via: netlm-boundary-decisions, section: local, refs: []}
"""


def test_a_centre_can_bring_its_own_pack(run, good, tmp_path):
    (tmp_path / "pack.yaml").write_text(PACK)
    (tmp_path / "own.yaml").write_text(ARGUMENT)
    ran = run("board", good, "--guidance", tmp_path, "--format", "json")
    assert ran.code == 0, ran.err
    (dossier,) = lines(ran.out)
    assert dossier["netlm"]["guidance"] == "centre"
    verdicts = {option["id"]: option["verdict"] for option in dossier["options"]}
    assert verdicts["cytoreduction"] == "excluded"
    (before,) = lines(run("board", good, "--format", "json").out)
    assert {option["id"]: option["verdict"] for option in before["options"]}["cytoreduction"] == "supported"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("when: age >= limits.missing", "a known limit"),
        ("when: agee >= limit", "Did you mean `age`"),
        ("role: forbids", "role"),
        ("option: cytoreductoin", "Did you mean `cytoreduction`"),
        ("limit: 50 %", "a value in years"),
    ],
)
def test_a_mistake_in_a_pack_is_told_with_file_and_line(run, good, tmp_path, wrong, said):
    key = wrong.partition(":")[0]
    text = "\n".join(
        wrong
        if line.strip().startswith(f"{key}:") and key == "option"
        else f"    {wrong}"
        if line.strip().startswith(f"{key}:")
        else line
        for line in ARGUMENT.splitlines()
    )
    (tmp_path / "pack.yaml").write_text(PACK)
    (tmp_path / "own.yaml").write_text(text)
    ran = run("board", good, "--guidance", tmp_path)
    assert ran.code == 2
    assert f"{tmp_path / 'own.yaml'}:" in ran.err
    assert said in ran.err


def test_it_works_as_a_process_and_offline(process, good, bad):
    assert process("board", good, "--format", "json").code == 0
    ran = process("board", good, bad, "--format", "json")
    assert ran.code == 2
    assert len(lines(ran.out)) == 2


def test_a_reader_that_stops_reading_is_no_failure(good):
    import subprocess
    import sys

    command = f"{sys.executable} -c 'from netlm.cli import main; main()' board {' '.join([str(good)] * 3)} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_the_output_is_utf8_whatever_the_terminal_says(process, tmp_path, encoding):
    path = tmp_path / "x.yaml"
    path.write_text(
        "netlm: case/1\nid: x\nas_of: 2026-11-20\nquestion: Zoë, µmol, 日本\nfacts: {age: 52}\n", encoding="utf-8"
    )
    ran = process("board", path, PYTHONIOENCODING=encoding)
    assert ran.code == 0
    assert "Zoë, µmol, 日本" in ran.out


@pytest.mark.parametrize("how", ["text", "json"])
def test_a_path_that_is_not_utf8_is_a_problem_like_any_other(process, how):
    ran = process("board", b"\xff.yaml", "--format", how)
    assert ran.code == 2
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "args", [["--guidance", "nowhere"], ["--convention", "few=4"], ["--option", "none"], ["-o", "/nowhere/x"]]
)
def test_wrong_usage_with_json_is_the_error_object_too(run, good, args):
    ran = run("board", good, "--format", "json", *args)
    assert ran.code == 2
    assert "problems" in lines(ran.out)[-1]["error"]


def test_html_of_one_case_is_one_page(run, good):
    ran = run("board", good, "--format", "html")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!DOCTYPE html>")
    assert "Contents" not in ran.out


@pytest.mark.parametrize(
    ("name", "more", "starts"),
    [
        ("a.html", (), b"<!DOCTYPE html>"),
        ("a.PDF", (), b"%PDF-"),
        ("a.json", (), b"{"),
        ("a.fhir.json", (), b'{"resourceType"'),
        ("a.cards.json", (), b'{"cards"'),
        ("a.json", ("--format", "text"), b"Tumour board"),
        ("a.txt", (), b"Tumour board"),
        ("a", (), b"Tumour board"),
    ],
)
def test_a_file_is_written_as_its_name_ends_unless_a_format_is_asked_for(run, good, tmp_path, name, more, starts):
    """Text in a file called .html or .json would be no page and no JSON, and nobody would have been told."""
    target = tmp_path / name
    assert run("board", good, *more, "-o", target).code == 0
    assert target.read_bytes().startswith(starts), target.read_bytes()[:20]


def test_an_ending_of_a_format_that_is_not_written_is_refused(run, good, tmp_path):
    """Text in a file called .svg is no picture."""
    ran = run("board", good, "-o", tmp_path / "a.svg")
    assert (ran.code, names(tmp_path)) == (2, [])
    assert ran.err.startswith("-o: found a name that ends with .svg; expected one of the formats text, html, pdf")
    assert "--format" in ran.err


@pytest.mark.parametrize(("format_name", "starts"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-")])
def test_several_cases_make_a_booklet_and_a_bad_one_stands_there_as_not_shown(
    run, good, bad, tmp_path, format_name, starts
):
    target = tmp_path / f"board.{format_name}"
    ran = run("board", good, bad, "--format", format_name, "-o", target)
    assert ran.code == 2
    assert ran.err.startswith(f"{bad}:5: ")
    content = target.read_bytes()
    assert content.startswith(starts)
    if format_name == "html":
        assert f"<strong>{bad.name}</strong>: not shown. line 5" in content.decode()
        assert str(bad.parent) not in content.decode()


@pytest.mark.parametrize("format_name", ["html", "pdf"])
def test_a_folder_gets_one_file_for_each_case(run, good, examples, tmp_path, format_name):
    ran = run("board", good, examples[0], "--format", format_name, "-o", f"{tmp_path}/out/")
    assert ran.code == 0
    assert names(tmp_path / "out") == sorted([f"{examples[0].stem}.{format_name}", f"case-1.{format_name}"])


def test_no_booklet_is_written_where_no_case_can_be_read(run, bad, tmp_path):
    ran = run("board", bad, "--format", "pdf", "-o", tmp_path / "board.pdf")
    assert ran.code == 2
    assert not (tmp_path / "board.pdf").exists()


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["--format", "pdf", "--option", "systemic.prrt"], "--option"),
        (["--format", "html", "--option", "systemic.prrt"], "--option"),
        (["--format", "json", "--label", "Bed 12"], "--label"),
        (["--label", "Bed 12"], "--label"),
    ],
)
def test_what_a_format_cannot_hold_is_a_usage_error(run, good, args, found):
    ran = run("board", good, *args)
    assert ran.code == 2
    assert found in ran.err + ran.out
    assert "Bed 12" not in ran.err


def test_a_label_is_printed_on_the_page(run, good):
    assert "Bed 12" in run("board", good, "--format", "html", "--label", "Bed 12").out

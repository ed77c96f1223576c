"""``netlm registry``: many cases judged at once, and one message for each problem."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("ibis", reason="the extra `registry` judges tables")


@pytest.fixture(scope="module")
def table(tmp_path_factory, process, examples):
    """The example cases as a table of facts."""
    path = tmp_path_factory.mktemp("registry") / "facts.parquet"
    assert process("registry", "facts", *examples, "-o", path).code == 0
    return path


def test_counts_as_text_name_the_source_and_speak_of_it(run, table):
    ran = run("registry", "assess", table)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("22 patients against Gangi and Howe")
    assert "(2020)" in lines[0]
    assert "fails a criterion of this source" in ran.out
    assert "supported" not in ran.out
    assert any(line.split()[:2] == ["liver-involvement", "(requires)"] for line in lines)


def test_counts_as_json_add_up(run, table):
    content = json.loads(
        run("registry", "assess", table, "--convention", "adequate_debulking=90 %", "--format", "json").out
    )
    assert content["netlm"]["format"] == "attrition/1"
    assert content["netlm"]["conventions"] == {"adequate_debulking": "90 %"}
    assert len(content["options"]) == 20
    for option in content["options"]:
        assert sum(option["verdicts"].values()) == content["patients"] == 22
        for argument in option["arguments"]:
            assert argument["true"] + argument["false"] + argument["unknown"] == content[argument["of"]]


def test_verdicts_are_written_and_are_those_of_the_board(run, table, tmp_path, examples):
    import pyarrow.parquet as pq

    import netlm

    out = tmp_path / "verdicts.parquet"
    assert run("registry", "assess", table, "-o", out, "--truths").code == 0
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    assert len(rows) == len(examples)
    for path in examples:
        dossier = netlm.board(netlm.load_case(path))
        for option, verdict in dossier.options.items():
            assert rows[dossier.case.id][f"{option}.verdict"] == verdict.verdict
            for judged in verdict.arguments:
                assert rows[dossier.case.id][f"{option}.{judged.argument.id}"] == int(judged.truth)


def test_the_same_table_gives_the_same_bytes(run, table, tmp_path):
    for name in ("a", "b"):
        assert run("registry", "assess", table, "-o", tmp_path / name).code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_cases_are_judged_without_a_table(run, examples):
    content = json.loads(run("registry", "assess", *examples[:3], "--format", "json").out)
    assert content["patients"] == 3


def test_what_if_says_who_changes_and_from_what_to_what(run, table):
    args = ("registry", "whatif", table, "--convention", "adequate_debulking=90 %", "--ids", "cytoreduction")
    text, content = run(*args), json.loads(run(*args, "--format", "json").out)
    assert "with adequate_debulking 90 %" in text.out
    assert "meets this source's criteria > meets this source's criteria, with conditions" in text.out
    option = next(one for one in content["options"] if one["id"] == "cytoreduction")
    assert option["changed"] == len(content["ids"]) > 0
    assert sum(move["patients"] for move in option["from_to"]) == 22


def test_what_if_with_the_same_limit_changes_nobody(run, table):
    assert "No verdict changes." in run("registry", "whatif", table, "--convention", "adequate_debulking=70 %").out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["assess", "missing.parquet"], "no such file"),
        (["assess", "{table}", "{table}"], "a table beside other files"),
        (["assess", "{table}", "-o", "{table}"], "the table itself as the output"),
        (["assess", "{table}", "--truths"], "--truths without -o"),
        (["assess", "{table}", "-o", "no/such/folder.parquet"], "cannot be written"),
        (["assess", "{broken}"], "not Parquet"),
        (["assess", "{other}"], "another format"),
        (["whatif", "{table}"], "nothing changed"),
        (["whatif", "{table}", "--convention", "adequate_debulking=90 %", "--ids", "cytoreductio"], "cytoreduction"),
    ],
)
def test_a_mistake_is_one_message(run, table, tmp_path, args, said):
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken, other = tmp_path / "broken.parquet", tmp_path / "other.parquet"
    broken.write_bytes(table.read_bytes()[:500])
    pq.write_table(pa.table({"id": ["a"]}), other)
    ran = run("registry", *(arg.format(table=table, broken=broken, other=other) for arg in args))
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert "Traceback" not in ran.err


def test_a_case_twice_is_refused(run, examples, tmp_path):
    ran = run("registry", "facts", examples[0], examples[0], "-o", tmp_path / "x.parquet")
    assert ran.code == 2
    assert "a case id twice" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_other_words_is_refused(run, table, tmp_path):
    import pyarrow.parquet as pq

    found = pq.read_table(table)
    head = json.loads(found.schema.metadata[b"netlm"])
    head["words"]["sstr"].reverse()
    path = tmp_path / "old.parquet"
    pq.write_table(found.replace_schema_metadata({b"netlm": json.dumps(head)}), path)
    ran = run("registry", "assess", path)
    assert ran.code == 2
    assert "other words of `sstr`" in ran.err
    assert "netlm registry facts" in ran.err


def test_without_the_extra_one_sentence_says_what_to_add(process, table):
    import subprocess
    import sys

    script = (
        "import sys\nsys.modules['ibis'] = None\nfrom netlm.cli import main\n"
        f"sys.argv = ['netlm', 'registry', 'assess', {str(table)!r}]\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "pip install 'netlm[registry]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_registry_is_known_by_what_it_holds_whatever_its_name(run, tmp_path, examples):
    path = tmp_path / "centre.registry"
    assert run("registry", "init", path).code == 0
    assert run("registry", "import", path, examples[0]).code == 0
    assert run("registry", "assess", path).out.startswith("1 patient")


def test_a_damaged_registry_is_named_as_the_user_knows_it(run, tmp_path, examples):
    path = tmp_path / "centre.duckdb"
    assert run("registry", "init", path).code == 0
    path.write_bytes(path.read_bytes()[:5000])
    ran = run("registry", "import", path, examples[0])
    assert ran.code == 2
    assert str(path) in ran.err
    assert ".writing-" not in ran.err

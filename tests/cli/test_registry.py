"""``netlm registry``: files in, what is there, and one message for each problem."""

from __future__ import annotations

import json
import stat

import pytest

pytest.importorskip("duckdb", reason="the extra `registry` keeps tables")

FOLLOW_UP = """\
netlm: follow-up/1
id: p-001
as_of: 2026-11-24
treatments: [{option: cytoreduction, from: 2024-03, debulking_achieved: 70-90 %, margin: R1}]
death: {date: 2026-05, cause: tumour}
"""


@pytest.fixture
def file(run, tmp_path):
    target = tmp_path / "centre.duckdb"
    assert run("registry", "init", target).code == 0
    return target


@pytest.fixture
def follow_up(tmp_path):
    target = tmp_path / "p-001.yaml"
    target.write_text(FOLLOW_UP, encoding="utf-8")
    return target


def test_from_nothing_to_a_patient(run, file, follow_up, good):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ran = run("registry", "import", file, follow_up, good)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("imported: 2 new\n")
    assert run("registry", "import", file, follow_up, good).out == "imported: 2 unchanged\n"
    assert "2 patients\n" in run("registry", "list", file).out
    assert "p-001\n" in run("registry", "list", file, "--patients").out
    shown = run("registry", "show", file, "p-001").out
    assert "from 2024-03-01 to 2024-03-31; debulking_achieved 70 to 90; margin R1" in shown
    assert run("registry", "check", file).out == "no contradiction\n"


def test_as_json(run, file, follow_up):
    done = json.loads(run("registry", "import", file, follow_up, "--dry-run", "--format", "json").out)
    assert (done["dry_run"], done["added"], done["rows"]["treatment"]) == (True, 1, 1)
    assert json.loads(run("registry", "list", file, "--format", "json").out)["patients"] == 0
    run("registry", "import", file, follow_up)
    assert json.loads(run("registry", "show", file, "p-001", "--format", "json").out)["death"][0]["cause"] == "tumour"
    assert json.loads(run("registry", "check", file, "--format", "json").out) == {"problems": []}


def test_what_is_wrong_is_told(run, file, follow_up, bad):
    follow_up.write_text(FOLLOW_UP.replace("R1", "R7"), encoding="utf-8")
    ran = run("registry", "import", file, follow_up, bad)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 3
    assert f"{follow_up}:4: treatments[1].margin: found" in ran.err
    error = json.loads(run("registry", "import", file, bad, "--format", "json").out)["error"]
    assert [problem["line"] for problem in error["problems"]] == [5, 6]


def test_good_files_are_kept_on_request(run, file, follow_up, bad):
    ran = run("registry", "import", file, follow_up, bad, "--keep-good")
    assert ran.code == 2
    assert ran.out.startswith("imported: 1 new, 1 left out\n")
    assert len(ran.err.splitlines()) == 2


def test_usage(run, tmp_path, file):
    assert "exists" in run("registry", "init", file).err or "a file that exists" in run("registry", "init", file).err
    assert "no such file" in run("registry", "list", tmp_path / "none").err
    assert "no patient" in run("registry", "show", file, "p-009").err
    assert run("registry", "migrate", file).out == "nothing to do\n"
    assert run("registry", "template", "other").code == 2


def test_the_template_is_a_follow_up_file(run, file, tmp_path):
    form = tmp_path / "form.yaml"
    assert run("registry", "template", "-o", form).code == 0
    assert run("registry", "import", file, form).code == 0
    assert run("registry", "show", file, "my-patient-01").code == 0


def test_a_spreadsheet(run, file, tmp_path):
    sheet, mapping = tmp_path / "centre.csv", tmp_path / "mapping.yaml"
    sheet.write_text(
        "patient_id,op_date,debulking_pct,margin\na1,2020-01-02,80,1\na2,2021-02-03,60,0\n", encoding="utf-8"
    )
    assert run("registry", "map", sheet, "-o", mapping).code == 0
    assert "a file that exists" in run("registry", "map", sheet, "-o", mapping).err
    assert "nobody has approved" in run("registry", "import", file, sheet, "--mapping", mapping).err
    text = (
        mapping.read_text(encoding="utf-8")
        .replace("option: ...", "option: cytoreduction")
        .replace("seen: no", "seen: yes")
    )
    mapping.write_text(text, encoding="utf-8")
    ran = run("registry", "import", file, sheet, "--mapping", mapping)
    assert (ran.code, ran.err) == (0, "")
    assert "        2  treatment\n" in ran.out


def test_a_made_up_registry(run, tmp_path):
    target = tmp_path / "made-up.duckdb"
    ran = run("registry", "synthesize", "--patients", "12", "--seed", "1", "-o", target)
    assert (ran.code, ran.out.startswith("SYNTHETIC registry: 12 patients")) == (0, True)
    assert "no records of meetings; --decisions N makes some" in ran.err
    assert "12 patients, 12 of them SYNTHETIC" in run("registry", "list", target).out


def test_an_export(run, file, follow_up, tmp_path):
    run("registry", "import", file, follow_up)
    ran = run(
        "registry", "export", file, tmp_path / "out", "--time-zero", "surgery", "--pseudonymise", tmp_path / "key"
    )
    assert (ran.code, ran.err) == (0, "")
    lines = (tmp_path / "out" / "analysis.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "p-001" not in lines[1]
    assert "a folder that exists" in run("registry", "export", file, tmp_path / "out").err
    assert run("registry", "export", file, tmp_path / "pq", "--format", "parquet", "--suppress", "5").code == 0
    assert run("registry", "export", file, tmp_path / "x", "--format", "xlsx").code == 2

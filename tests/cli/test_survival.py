"""``netlm survival``: a page from a spreadsheet, and one message for each problem."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest.importorskip("ibis", reason="the extra `registry` reads tables")
pytest.importorskip("matplotlib", reason="the extra `figures` draws")

ROWS = [
    (12, 1, "yes", 61),
    (30, 0, "no", 70),
    (41, 1, "no", 55),
    (58, 1, "yes", 49),
    (77, 0, "yes", 66),
    (90, 1, "no", 72),
]


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "patients.csv"
    lines = ["os_months,dead,debulked,age", *(",".join(map(str, row)) for row in ROWS * 5)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_page_as_text(run, sheet):
    ran = run(
        "survival", sheet, "--time", "os_months", "--event", "dead", "--group", "debulked", "--cox", "age,debulked"
    )
    assert (ran.code, ran.err) == (0, "")
    assert "median (95 % interval), months" in ran.out
    assert "Log-rank p = " in ran.out
    assert "Cox's model: 30 patients, 20 events" in ran.out


def test_a_page_as_json(run, sheet):
    ran = run("survival", sheet, "--time", "os_months", "--event", "dead", "--landmark", "20", "--format", "json")
    found = json.loads(ran.out)
    assert found["netlm"]["format"] == "survival-report/1"
    assert (found["landmark"], found["before_landmark"]) == (20, 5)


def test_a_page_as_html_in_a_file(run, sheet, tmp_path):
    page = tmp_path / "page.html"
    ran = run(
        "survival", sheet, "--time", "os_months", "--event", "dead", "--format", "html", "--title", "OS", "-o", page
    )
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert list(tmp_path.glob(".*")) == []


def test_a_parquet_file(run, sheet, tmp_path):
    import pyarrow.csv
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.csv.read_csv(sheet), tmp_path / "p.parquet")
    options = ("--time", "os_months", "--event", "dead", "--group", "debulked")
    assert run("survival", tmp_path / "p.parquet", *options).out == run("survival", sheet, *options).out


def test_standard_input(run, sheet, tmp_path):
    options = ("--time", "os_months", "--event", "dead", "--group", "debulked")
    assert run("survival", "-", *options, stdin=sheet.read_bytes()).out == run("survival", sheet, *options).out
    import pyarrow.csv
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.csv.read_csv(sheet), tmp_path / "p.parquet")
    piped = run("survival", "-", *options, stdin=(tmp_path / "p.parquet").read_bytes())
    assert piped.out == run("survival", sheet, *options).out
    assert run("survival", "-", *options, stdin=b"a,b\n1,2\n").err.startswith("-: --time: found no column")


def test_na_is_missing(run, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("t_days,dead\n10,1\nNA,0\n30,NA\n40,1\n")
    options = ("--time", "t_days", "--event", "dead")
    assert "found missing values in 1 row" in run("survival", path, *options).err
    assert "2 of 4 rows (50.0 %) left out" in run("survival", path, *options, "--missing", "drop").out


def test_cells_that_say_nothing_are_counted_and_headings_that_come_twice_refused(run, tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("os_days,dead,debulking\n10,1,a\n20,0,b\n30,1,n/a\n", encoding="utf-8")
    asked = ("survival", path, "--time", "os_days", "--event", "dead", "--group", "debulking")
    refused = run(*asked)
    assert (refused.code, "debulking: found missing values in 1 row;" in refused.err) == (2, True)
    told = run(*asked, "--missing", "drop")
    assert "1 of 3 rows (33.3 %) left out: debulking missing in 1." in told.out
    path.write_text("os_days,dead,debulking,Dead\n10,1,a,0\n20,0,b,1\n", encoding="utf-8")
    assert run(*asked).err.startswith(f"{path}: headings: found `Dead` more than once")


def test_semicolons_and_yes_and_no_as_events(run, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("t_days;dead\n10;true\n20;false\n30;true\n")
    assert run("survival", path, "--time", "t_days", "--event", "dead").code == 0
    path.write_text("t_days;dead\n10;yes\n20;no\n30;yes\n")
    assert run("survival", path, "--time", "t_days", "--event", "dead").code == 0
    path.write_text("t_days;dead\n10;dead\n20;alive\n")
    ran = run("survival", path, "--time", "t_days", "--event", "dead")
    assert ran.code == 2
    assert "Code the event as 1" in ran.err


def test_every_problem_on_a_line_of_its_own(run, sheet):
    ran = run("survival", sheet, "--time", "os_month", "--event", "death", "--group", "arm")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(str(sheet)) for line in lines)
    assert "--time: found no column `os_month`" in lines[0]
    assert "Did you mean `os_months`?" in lines[0]


def test_problems_as_json(run, sheet):
    ran = run("survival", sheet, "--time", "age", "--event", "os_months", "--format", "json")
    assert ran.code == 2
    (problem,) = json.loads(ran.out)["error"]["problems"]
    assert problem["code"] == "event"
    assert "in 30 rows" in problem["found"]


def test_missing_values_name_the_option_that_leaves_them_out(run, sheet):
    sheet.write_text(sheet.read_text() + "5,,no,50\n,1,no,50\n")
    options = ("--time", "os_months", "--event", "dead")
    ran = run("survival", sheet, *options)
    assert ran.code == 2
    assert "dead: found missing values in 1 row" in ran.err
    assert "--missing drop" in ran.err
    assert "2 of 32 rows (6.2 %) left out" in run("survival", sheet, *options, "--missing", "drop").out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("t,e\n1,1\n-3,0\n", "negative times in 1 row"),
        ("t,e\n1,1\n2,2\n2,2\n", "2 and 1 become event - 1"),
        ('t,e\n"1,5",1\n"2,5",0\n', "decimals need a point"),
        ("t,e\n", "no rows"),
    ],
)
def test_bad_columns(run, tmp_path, content, said):
    path = tmp_path / "x.csv"
    path.write_text(content)
    ran = run("survival", path, "--time", "t", "--event", "e")
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_the_table_is_not_written_over(run, sheet):
    before = sheet.read_bytes()
    ran = run("survival", sheet, "--time", "os_months", "--event", "dead", "-o", sheet)
    assert ran.code == 2
    assert "the table itself as the output" in ran.err
    assert sheet.read_bytes() == before


def test_a_file_that_is_not_there_and_a_format_that_is_not_known(run, tmp_path, sheet):
    assert "no such file" in run("survival", tmp_path / "absent.csv", "--time", "t", "--event", "e").err
    assert "text, html, json" in run("survival", sheet, "--time", "t", "--event", "e", "--format", "pdf").err


@pytest.mark.parametrize(
    ("absent", "wanted"),
    [("numpy", "registry"), ("scipy", "registry"), ("ibis", "registry"), ("matplotlib", "figures")],
)
def test_a_missing_extra_is_one_sentence_with_the_command_that_adds_it(sheet, absent, wanted):
    code = f"import sys\nsys.modules[{absent!r}] = None\nfrom netlm.cli import main\nmain()"
    options = ["--time", "os_months", "--event", "dead", "--format", "html"]
    command = [sys.executable, "-c", code, "survival", str(sheet), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"pip install 'netlm[{wanted}" in done.stderr


def test_the_page_of_a_process_is_the_same_bytes(process, sheet):
    options = ("--time", "os_months", "--event", "dead", "--group", "debulked", "--format", "html")
    pages = {process("survival", sheet, *options, PYTHONHASHSEED=str(seed)).out for seed in (1, 2)}
    assert len(pages) == 1


def test_late_entry_and_weights(run, sheet):
    """As columns of the sheet; what cannot be used is refused by the name of its column or option."""
    rows = sheet.read_text().splitlines()
    sheet.write_text(
        "\n".join([rows[0] + ",came,iptw", *(f"{row},{k % 3},{1 + k % 2 / 2}" for k, row in enumerate(rows[1:]))])
    )
    options = ("survival", sheet, "--time", "os_months", "--event", "dead", "--group", "debulked")
    ran = run(*options, "--entry", "came", "--weights", "iptw")
    assert (ran.code, ran.err) == (0, "")
    assert "Robust Wald test p = " in ran.out
    assert "[+] late entry: 20 of 30" in ran.out
    refused = run(*options, "--weights", "came")
    assert (refused.code, "came: found weights not above 0" in refused.err) == (2, True)
    refused = run(*options, "--entry", "os_months")
    assert (refused.code, "one column named twice" in refused.err) == (2, True)

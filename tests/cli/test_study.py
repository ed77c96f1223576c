"""Promises about ``netlm study``."""

from __future__ import annotations

import csv
import json

import pytest


@pytest.fixture
def patients(tmp_path):
    """A table of made-up patients as CSV."""
    heads = ["index_class", "differentiation", "debulking_achieved", "lesions_treated", "dead", "os_days", "pfs_event"]
    path = tmp_path / "patients.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*heads, "pfs_days", "synthetic"])
        for row in range(90):
            days = 200 + 37 * (row * 7 % 41)
            dead, progressed = ("yes" if row % every else "no" for every in (3, 5))
            writer.writerow(["surgery", "well", 50 + row % 45, 1 + row % 14, dead, days, progressed, days // 2, True])
    return path


def test_the_list_names_every_study(run) -> None:
    """With its title, or as JSON."""
    ran = run("study", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("debulking ")
    listed = json.loads(run("study", "list", "--format", "json").out)["studies"]
    assert len(listed) == len(ran.out.splitlines()) == 10


def test_a_study_is_shown_with_its_limits(run) -> None:
    """Each with its source."""
    ran = run("study", "show", "surgery-or-embolization")
    assert ran.code == 0
    assert "Limit burden: 25 % (source: Gangi 2020, Intra-arterial Therapy, references 33)." in ran.out


def test_a_page_in_every_format(run, patients, tmp_path) -> None:
    """And the figures beside it."""
    assert "Hazard ratios" in run("study", "run", "debulking", "--registry", patients).out
    found = json.loads(run("study", "run", "debulking", "--registry", patients, "--format", "json").out)
    assert found["netlm"]["format"] == "study/1"
    page = tmp_path / "page.html"
    ran = run(
        "study", "run", "debulking", "--registry", patients, "--format", "html", "-o", page, "--figures",
        tmp_path / "figures", "--figure-format", "png",
    )  # fmt: skip
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["debulking-os.png", "debulking-pfs.png"]


@pytest.mark.parametrize("ending", ["pdf", "svg"])
def test_a_page_is_not_written_as_what_it_is_not(run, patients, tmp_path, ending) -> None:
    """Text in a .pdf is no document."""
    ran = run("study", "run", "debulking", "--registry", patients, "-o", tmp_path / f"page.{ending}")
    assert (ran.code, (tmp_path / f"page.{ending}").exists()) == (2, False)
    assert ran.err.startswith(f"-o: found a name that ends with .{ending}; expected one of the formats text, html")


def test_a_made_up_registry_is_read(run, tmp_path) -> None:
    """Every study of patients runs on it; the recommendations it does not hold give a page with the reason."""
    path = tmp_path / "made-up.duckdb"
    assert run("registry", "synthesize", "--patients", "60", "--seed", "1", "-o", path).code == 0
    for name in ("debulking", "surgery-or-embolization", "symptom-relief", "concordance"):
        ran = run("study", "run", name, "--registry", path)
        assert ran.code == 0, ran.err
        assert "Who is asked about" in ran.out
    found = json.loads(run("study", "run", "debulking", "--registry", path, "--format", "json").out)
    assert found["synthetic"] is True
    assert found["population"]["all"] == 60
    assert found["population"]["steps"][0]["unknown"] == 0


def test_a_landmark_is_replaced_for_one_run(run, patients) -> None:
    """And the page says so."""
    ran = run("study", "run", "lesions", "--registry", patients, "--convention", "landmark_after_operation=6 months")
    assert "landmark at 6 months (convention landmark_after_operation; overridden for this run)" in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "debulkin", "--registry", "x.csv"), "Did you mean `debulking`?"),
        (("run", "debulking", "--registry", "nowhere.csv"), "no such file"),
        (("run", "debulking", "--registry", "nowhere.duckdb"), "no such file"),
        (("run", "debulking", "--registry", "x.csv", "--figure-format", "gif"), "svg, png, pdf"),
        (("run", "debulking", "--registry", "x.csv", "--format", "pdf"), "text, html, json"),
        (("run", "debulking", "--registry", "x.csv", "--convention", "landmark=3"), "an unknown convention"),
        (("run", "nowhere.yaml", "--registry", "x.csv"), "nowhere.yaml"),
    ],
)
def test_a_mistake_is_one_message(run, arguments, told: str) -> None:
    """With its remedy, and exit 2."""
    ran = run("study", *arguments)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_table_of_something_else_gives_no_page(run, tmp_path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    ran = run("study", "run", "debulking", "--registry", path)
    assert (ran.code, ran.out) == (2, "")
    assert "none of the columns that the study reads" in ran.err


def test_a_value_that_a_column_cannot_have_is_told_as_json(run, tmp_path) -> None:
    """File and column."""
    path = tmp_path / "patients.csv"
    path.write_text("index_class,dead,os_days\nknife,yes,12\n", encoding="utf-8")
    ran = run("study", "run", "debulking", "--registry", path, "--format", "json")
    assert ran.code == 2
    (problem,) = json.loads(ran.out)["error"]["problems"]
    assert problem["place"] == "index_class"
    assert "surgery" in problem["expected"]

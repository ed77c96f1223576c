"""Every study gives a page of every table, however little is in it: with reasons, not with a crash."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import jsonschema
import orjson
import pytest

import netlm.studies
from netlm.studies import load_analyses, patients_of, run_study

from .tables import hostile, recommendations, table

ANALYSES = load_analyses()
HOSTILE = hostile()
SCHEMA = json.loads(Path(netlm.studies.__file__).with_name("study-1.schema.json").read_text(encoding="utf-8"))


def _study(name: str, rows):
    analysis = ANALYSES[name]
    return run_study(analysis, patients_of(rows, analysis.columns, analysis.reads))


def _rows(name: str, n: int = 120):
    return recommendations(n) if name == "concordance" else table(n)


@pytest.mark.parametrize("rows", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.parametrize("name", ANALYSES)
def test_every_table_gives_a_page(name: str, rows) -> None:
    """Text and JSON after the schema, and no warning of NumPy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        study = _study(name, rows)
        text = study.to_text()
        content = json.loads(orjson.dumps(study.to_dict()))
    assert max(map(len, text.splitlines())) <= 100
    assert "nan" not in text.lower().split()
    jsonschema.validate(content, SCHEMA)


@pytest.mark.parametrize("name", ANALYSES)
def test_the_html_stands_alone(name: str) -> None:
    """No scripts, nothing fetched, every figure with its words."""
    study = _study(name, _rows(name))
    page = study.to_html()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)
    assert page.count("<figure>") == len(study.figures) > 0
    assert page.count("The figure in words") == len(study.figures)


@pytest.mark.parametrize("kind", ["one", "thirty", "one group", "no events", "all dead on the first day", "foretold"])
@pytest.mark.parametrize("name", ["debulking", "surgery-or-embolization", "transplantation", "recurrence"])
def test_pictures_of_little_are_drawn(name: str, kind: str) -> None:
    """Or left out with a reason."""
    study = _study(name, HOSTILE[kind])
    for draw in study.figures.values():
        assert draw(150).svg.startswith("<svg")


@pytest.mark.parametrize("name", ANALYSES)
def test_made_up_data_are_marked(name: str) -> None:
    """On the page and in the JSON."""
    study = _study(name, _rows(name))
    assert study.to_dict()["synthetic"] is True
    for shown in (study.to_text(), study.to_html()):
        assert "The data are synthetic" in shown


def test_the_same_table_gives_the_same_bytes() -> None:
    """Imputation and pictures included."""
    first, second = (_study("debulking", table(150)) for _ in range(2))
    assert first.to_html() == second.to_html()
    assert first.to_dict() == second.to_dict()


def test_the_page_says_why_there_is_a_landmark_and_who_was_lost() -> None:
    """And where each limit comes from."""
    text = " ".join(_study("debulking", table(300)).to_text().split())
    assert "Compared from a landmark at 3 months (convention landmark_after_operation)" in text
    assert re.search(r"Before the landmark \d+ were lost", text)
    assert "Limit upper: 90 % (source: Gangi 2020, Surgical Cytoreduction" in text
    assert "nothing is tested between them" in text
    assert "cannot tell: the range crosses a limit" in text


def test_figures_are_saved_on_request(tmp_path) -> None:
    """Named by study and figure."""
    saved = _study("recurrence", table(200)).save_figures(tmp_path)
    assert [path.name for path in saved] == ["recurrence-recurrence-incidence.svg"]
    assert saved[0].read_text(encoding="utf-8").startswith("<svg")


def test_departures_without_a_reason_are_pointed_at() -> None:
    """And what the source does not hold is counted apart."""
    rows = recommendations(100)
    rows["reason"] = [None] * 100
    found = _study("concordance", rows).to_dict()
    assert any(check["name"] == "departures without a reason" for check in found["checks"])
    (result,) = found["results"]
    assert result["all"]["of"] + result["all"]["unknown"] + result["outside_source"] == 100


def test_meetings_without_a_decision_and_what_became_of_the_others_are_told() -> None:
    rows = recommendations(40)
    for name in ("option", "verdict", "departs", "reason", "carried_out"):
        rows[name] = [*rows[name], None, None, None]
    rows |= {"synthetic": [True] * 43, "no_decision": [None] * 40 + ["scan first", "scan first", "pathology first"]}
    study = _study("concordance", rows)
    (result,) = study.to_dict()["results"]
    assert result["undecided"] == {"scan first": 2, "pathology first": 1}
    assert result["all"]["of"] + result["all"]["unknown"] + result["outside_source"] == 40
    assert sum(result["carried_out"].values()) == 40
    text = re.sub(r"\s+", " ", study.to_text())
    assert "Meetings that ended without a recommendation: 3" in text
    assert re.search(r"scan first 2\b", text)
    assert re.search(r"Not done \d+", text)
    assert {one["title"] for one in result["options"]} == {"cytoreduction", "systemic.prrt", "embolization.tae"}
    assert re.search(r"Cytoreduction \d+", text), "a reader is told the name, a program the id"
    assert re.search(r"Meets the criteria \d+", text), "never a bare `supported`"


@pytest.mark.parametrize("name", ANALYSES)
def test_an_empty_table_is_said_to_be_empty(name: str) -> None:
    text = re.sub(r"\s+", " ", _study(name, _rows(name, 0)).to_text())
    assert "The table is empty" in text
    remedy = "netlm registry synthesize --decisions N" if name == "concordance" else "netlm registry import"
    assert remedy in text
    assert "certainly meets" not in text


@pytest.mark.parametrize(("treated", "said"), [("no", "nobody was treated"), ("yes", "nobody was untreated")])
def test_a_treatment_that_all_or_none_had_is_not_compared(treated: str, said: str) -> None:
    """No model of the covariates alone, which says nothing of the treatment."""
    rows = table(200)
    rows["transplantation_days"] = [0 if treated == "yes" else None] * 200
    rows["transplantation"] = [treated] * 200
    study = _study("transplantation", rows)
    text = re.sub(r"\s+", " ", study.to_text())
    (result,) = study.to_dict()["results"]
    assert f"No hazard ratio: {said}" in text
    assert "age (years) no finite estimate" not in text
    for model in (*result["time_dependent"].values(), result["landmark"]["adjusted"]):
        assert model["ratios"] == []
        assert model["reason"]
    assert not [check for check in study.to_dict()["checks"] if "adjusted" in check["name"]]


def test_a_figure_of_shares_tells_its_intervals_and_whether_a_published_one_stands_in_it() -> None:
    study = _study("embolization-methods", table(300))
    biloma, any_one = (study.figures[name](150).text for name in ("biloma", "complication"))
    assert "Intervals of 95 %, exact." in biloma
    assert "published" in biloma
    assert "published" not in any_one
    assert "Intervals of 95 %, exact." in _study("concordance", recommendations(60)).figures["departures"](150).text


def test_a_page_of_few_patients_gives_no_interval_and_no_ratio_that_the_data_do_not_bound() -> None:
    for n in (8, 12, 16, 24, 30):
        text = re.sub(r"\s+", " ", _study("debulking", table(n)).to_text())
        assert "100.0 % (100.0 % to 100.0 %)" not in text
        assert "to infinite" not in text
        assert not re.search(r"\de[-+]\d", text)

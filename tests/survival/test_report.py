"""Promises about the survival page: what the library says is what it shows, and the checks see what is there to see."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from netlm import survival
from netlm.errors import Problems

pytest.importorskip("ibis", reason="the extra `registry` reads tables")
pytest.importorskip("matplotlib", reason="the extra `figures` draws")


def table(seed: int = 0, n: int = 200, groups: tuple[str, ...] = ("debulked", "not debulked")) -> dict:
    """Synthetic patients."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, len(groups), n)
    age, grade = rng.normal(60, 10, n).round(), rng.integers(1, 4, n)
    time = np.ceil(rng.exponential(900 * np.exp(-0.4 * group - 0.3 * (grade - 1)))).astype(int)
    cut = rng.integers(100, 2500, n)
    return {
        "os_days": np.minimum(time, cut),
        "dead": (time <= cut).astype(int),
        "debulking": [groups[k] for k in group],
        "age": age,
        "grade": [f"G{k}" for k in grade],
    }


@pytest.fixture(scope="module")
def page():
    return survival.report(table(), time="os_days", event="dead", group="debulking", cox=["age", "grade", "debulking"])


def test_the_page_says_what_the_library_says(page):
    data = table()
    km = survival.kaplan_meier(data["os_days"], data["dead"], data["debulking"])
    found = page.to_dict()
    assert found["curves"] == km.to_dict()["curves"]
    assert found["log_rank"]["chi2"] == survival.log_rank(km.counts).chi2
    assert found["unit"] == "days"
    assert found["milestones"]["times"] == pytest.approx([365.25, 3 * 365.25, 5 * 365.25])
    x = np.column_stack((
        data["age"], np.array(data["grade"]) == "G2", np.array(data["grade"]) == "G3",
        np.array(data["debulking"]) == "not debulked",
    )).astype(float)  # fmt: skip
    model = survival.cox(data["os_days"], data["dead"], x)
    assert [one["coef"] for one in found["cox"]["covariates"]] == pytest.approx(list(model.coef), rel=1e-9)
    assert [one["name"] for one in found["cox"]["covariates"]][:3] == ["age", "grade: G2", "grade: G3"]
    assert found["cox"]["references"] == {"grade": "G1", "debulking": "debulked"}
    tested = found["cox"]["proportional_hazards"]["tests"]
    assert [one["term"] for one in tested] == ["age", "grade", "debulking", "GLOBAL"]
    assert [one["df"] for one in tested] == [1, 2, 1, 4]


def test_json_is_json(page):
    assert json.loads(json.dumps(page.to_dict(), allow_nan=False))["netlm"]["format"] == "survival-report/1"


def _keys(content, path=""):
    if isinstance(content, dict):
        free = path in {".cox.references", ".group_model.references"}
        return {path} | {
            found for key, value in content.items() for found in _keys(value, f"{path}.{'*' if free else key}")
        }
    if isinstance(content, list):
        return {path} | {found for item in content for found in _keys(item, path)}
    return {path}


def test_the_format_of_version_1_keeps_every_key(page):
    """Keys may be added within a version, never removed."""
    earlier = json.loads((Path(__file__).parent / "fixtures" / "survival-report-1.json").read_text(encoding="utf-8"))
    assert _keys(earlier) - _keys(page.to_dict()) == set()


def test_text_is_at_most_100_columns_and_says_everything(page):
    text = page.to_text()
    assert max(map(len, text.splitlines())) <= 100
    for part in (
        "Patients, events and medians",
        "1 year",
        "Log-rank",
        "Cox's model",
        "grade: G3",
        "Checks",
        "debulked",
    ):
        assert part in text


class _Reader(HTMLParser):
    """Collects what a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in {"meta", "path", "use", "rect", "line"}:
            self.open.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href", "xlink:href", "action"}]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()


def test_html_is_one_page_that_fetches_and_runs_nothing(page):
    html = page.to_html()
    reader = _Reader()
    reader.feed(html)
    assert "script" not in reader.tags
    assert all(address.startswith("#") for address in reader.addresses)
    assert reader.open == []
    assert "default-src 'none'" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_style_is_the_one_its_policy_allows(page):
    import base64
    import hashlib

    html = page.to_html()
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    mark = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{mark}'" in html


def test_names_from_the_table_cannot_break_the_page():
    nasty = ('<script>alert("x")</script>', "a & b 'c'")
    found = survival.report(table(groups=nasty), time="os_days", event="dead", group="debulking", title="<b>&")
    html = found.to_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<h1>&lt;b&gt;&amp;</h1>" in html


def test_the_page_is_the_same_each_time(page):
    again = survival.report(table(), time="os_days", event="dead", group="debulking", cox=["age", "grade", "debulking"])
    assert again.to_html() == page.to_html()
    assert again.to_text() == page.to_text()


def checks(**options) -> dict[str, tuple[str, str]]:
    data = options.pop("data", None) or table()
    found = survival.report(data, time="os_days", event="dead", **options)
    return {check.name: (check.verdict, check.found) for check in found.checks}


def test_a_landmark_starts_the_clock_and_says_who_is_left_out():
    data = table()
    found = survival.report(data, time="os_days", event="dead", group="debulking", landmark=90)
    late = data["os_days"] > 90
    assert found.km.counts.n == late.sum()
    direct = survival.kaplan_meier(data["os_days"][late] - 90, data["dead"][late], np.array(data["debulking"])[late])
    assert found.km.to_dict() == direct.to_dict()
    assert checks(group="debulking", landmark=90)["landmark"][1].startswith(f"{(~late).sum()} patients")
    assert "since the landmark at 90" in found.plot().svg or "landmark" in found._since_landmark()


def test_groups_not_known_at_time_0_are_asked_about():
    assert checks(group="debulking")["time 0"][0] == "cannot tell"
    assert "time 0" not in checks(group="debulking", landmark=30)
    assert "time 0" not in checks()


def test_missing_values_are_refused_or_counted():
    data = table()
    age = data["age"].copy()
    age[:7] = np.nan
    with pytest.raises(Problems, match="missing values in 7 rows"):
        survival.report(data | {"age": age}, time="os_days", event="dead", cox=["age"])
    found = checks(data=data | {"age": age}, cox=["age"], missing="drop")
    assert found["missing values"] == ("look", "7 of 200 rows (3.5 %) left out: age missing in 7.")


def test_few_events_few_patients_and_no_events_are_seen():
    data = {
        "os_days": [10, 20, 30, 40, 50, 60],
        "dead": [1, 0, 1, 1, 0, 0],
        "debulking": list("ababaa"),
        "age": [5, 3, 8, 1, 9, 2],
    }
    found = checks(data=data, group="debulking", cox=["age"])
    assert found["small groups"][0] == "look"
    assert found["events per covariate"][0] == "look"
    silent = {"os_days": list(range(1, 41)), "dead": [1, 0] * 10 + [0] * 20, "debulking": ["a"] * 20 + ["b"] * 20}
    assert checks(data=silent, group="debulking")["groups without events"][1].startswith("b")


def test_hazards_that_are_not_proportional_are_seen():
    rng = np.random.default_rng(3)
    early, late = np.ceil(rng.exponential(50, 300)), 100 + np.ceil(rng.exponential(10, 300))
    data = {
        "os_days": np.concatenate((early, late)),
        "dead": np.ones(600, dtype=int),
        "debulking": ["a"] * 300 + ["b"] * 300,
    }
    verdict, said = checks(data=data, group="debulking")["hazards of the groups proportional"]
    assert verdict == "look"
    assert "p < 0.0001" in said


def test_separation_is_on_the_page():
    data = {"os_days": list(range(1, 41)), "dead": [1] * 20 + [0] * 20, "treated": [0] * 20 + [1] * 20}
    found = survival.report(data, time="os_days", event="dead", cox=["treated"])
    assert "separation" in {check.name for check in found.checks}
    assert "no finite estimate" in found.to_text()
    assert "no finite estimate" in found.to_html()


def test_an_unknown_unit_is_said_and_not_guessed():
    data = {"t": [1, 2, 3], "dead": [1, 0, 1]}
    found = survival.report(data, time="t", event="dead")
    assert found.milestones == ()
    assert found.unit is None
    assert {check.name: check.verdict for check in found.checks}["unit"] == "cannot tell"
    assert survival.report(data, time="t", event="dead", unit="years").milestones == (1, 3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"time": "os_day"}, "Did you mean `os_days`"),
        ({"group": "dead"}, "one column named twice"),
        ({"cox": ["os_days"]}, "one column named twice"),
        ({"cox": ["name"]}, "over 20 different values"),
        ({"cox": ["same"]}, "1 different values"),
        ({"group": "name"}, "200 different values"),
        ({"unit": "weeks"}, "days, months, years"),
        ({"landmark": 1e9}, "nobody followed beyond"),
        ({"landmark": -1}, "0 or more"),
        ({"missing": "ignore"}, "error, drop"),
    ],
)
def test_what_cannot_be_done_is_refused(options, said):
    data = table() | {"name": [f"patient {k}" for k in range(200)], "same": ["x"] * 200}
    with pytest.raises((Problems, ValueError), match=said):
        survival.report(data, **({"time": "os_days", "event": "dead"} | options))


def test_a_large_table_is_fitted_from_sums(monkeypatch):
    from netlm.survival import _cohort

    small = survival.report(table(), time="os_days", event="dead", group="debulking", cox=["age", "grade"])
    monkeypatch.setattr(_cohort, "IN_MEMORY", 10)
    large = survival.report(table(), time="os_days", event="dead", group="debulking", cox=["age", "grade"])
    coefs = [[one["coef"] for one in page.to_dict()["cox"]["covariates"]] for page in (small, large)]
    assert coefs[0] == pytest.approx(coefs[1], rel=1e-9)
    assert {check.name: check.verdict for check in large.checks}["hazards of the groups proportional"] == "cannot tell"


@pytest.mark.parametrize("dead", [0, 1])
def test_one_patient_and_nobody_or_everybody_with_the_event(dead):
    found = survival.report({"os_days": [30], "dead": [dead]}, time="os_days", event="dead")
    for shown in (found.to_text(), found.to_html(), json.dumps(found.to_dict(), allow_nan=False)):
        assert shown


def weighted() -> dict:
    """Synthetic patients, some of whom came under observation late, with two kinds of weights."""
    rng, data = np.random.default_rng(4), table(seed=9)
    came = np.where(rng.random(200) < 0.3, np.minimum(rng.integers(1, 60, 200), data["os_days"] - 1), 0)
    return data | {"came": came, "patients": rng.integers(1, 4, 200), "iptw": rng.uniform(0.5, 3, 200)}


COLUMNS = {"time": "os_days", "event": "dead", "group": "debulking"}


def test_late_entry_is_on_the_page():
    data = weighted()
    page = survival.report(data, **COLUMNS, entry="came", cox=["age"])
    arrays = (data["os_days"], data["dead"], data["debulking"])
    km = survival.kaplan_meier(*arrays, entry=data["came"])
    found = page.to_dict()
    assert found["curves"] == km.to_dict()["curves"]
    assert found["log_rank"]["chi2"] == survival.log_rank(*arrays, entry=data["came"]).chi2
    model = survival.cox(data["os_days"], data["dead"], data["age"], entry=data["came"])
    assert found["cox"]["covariates"][0]["coef"] == pytest.approx(model.coef[0], rel=1e-12)
    assert (found["entry"], found["entered_late"]) == ("came", int((data["came"] > 0).sum()))
    said = {check.name: (check.verdict, check.found) for check in page.checks}["late entry"]
    assert said[0] == "fine"
    assert f"{(data['came'] > 0).sum()} of 200" in said[1]


def test_a_curve_that_ends_before_others_enter_is_seen():
    data = {"os_days": [2, 9, 9, 8], "dead": [1, 1, 0, 1], "came": [0, 3, 3, 4]}
    page = survival.report(data, time="os_days", event="dead", entry="came")
    said = {check.name: (check.verdict, check.found) for check in page.checks}["late entry"]
    assert said == ("look", said[1])
    assert "falls to 0 though others enter later" in said[1]


def test_from_the_landmark_on_late_entry_counts_from_there():
    data = weighted()
    page = survival.report(data, **COLUMNS, entry="came", landmark=30)
    kept = data["os_days"] > 30
    entry = np.maximum(data["came"][kept] - 30, 0)
    group = np.array(data["debulking"])[kept]
    km = survival.kaplan_meier(data["os_days"][kept] - 30, data["dead"][kept], group, entry=entry)
    assert page.to_dict()["curves"] == km.to_dict()["curves"]


def test_whole_weights_are_patients_and_others_make_errors_robust():
    data = weighted()
    many = survival.report(data, **COLUMNS, weights="patients").to_dict()
    repeated = {name: np.repeat(np.asarray(column), data["patients"]) for name, column in data.items()}
    each = survival.report(repeated, **COLUMNS).to_dict()
    assert many["curves"] == each["curves"]
    assert many["log_rank"] == each["log_rank"]
    page = survival.report(data, **COLUMNS, weights="iptw", cox=["age"])
    found = page.to_dict()
    km = survival.kaplan_meier(data["os_days"], data["dead"], data["debulking"], weights=data["iptw"])
    model = survival.cox(data["os_days"], data["dead"], data["age"], weights=data["iptw"])
    assert found["curves"] == km.to_dict()["curves"]
    assert (found["log_rank"], found["pairwise"], found["cox"]["robust"]) == (None, None, True)
    assert found["cox"]["covariates"][0]["se"] == pytest.approx(model.se[0], rel=1e-9)
    assert page.headline[0].startswith("Robust Wald test p")
    assert "infinitesimal jackknife" in page.to_html()
    assert "Log-rank" not in page.to_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"entry": "os_days"}, "one column named twice"),
        ({"weights": "came"}, "weights not above 0"),
        ({"weights": "debulking", "group": None}, "a column of type string"),
        ({"entry": "late"}, "no column `late`"),
    ],
)
def test_entry_and_weights_that_cannot_be_used_are_refused(options, said):
    with pytest.raises(Problems, match=said):
        survival.report(weighted(), **(COLUMNS | options))

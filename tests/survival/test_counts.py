"""Promises about counts: exact, additive, the same whatever holds the table, and a format that lasts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from netlm import survival
from netlm.errors import Problem, Problems

ibis = pytest.importorskip("ibis", reason="the extra `registry` reads tables")
pa = pytest.importorskip("pyarrow", reason="the extra `registry` reads tables")

FIXTURE = Path(__file__).parent / "fixtures" / "counts-1.json"


@pytest.fixture(scope="module")
def table(patients):
    found = patients(11, 3000)
    columns = {name: found[name] for name in ("time", "event", "group")}
    return columns | {f"x{k}": found["x"][:, k] for k in range(3)} | {"site": np.arange(3000) % 3}


@pytest.fixture(scope="module", params=["dict", "arrow", "pandas", "ibis", "parquet", "csv"])
def held(request, table, tmp_path_factory):
    """The same table, held in every way that is promised."""
    import pyarrow.csv
    import pyarrow.parquet

    folder = tmp_path_factory.mktemp("tables")
    arrow = pa.table(table)
    if request.param == "parquet":
        pyarrow.parquet.write_table(arrow, folder / "t.parquet")
        return folder / "t.parquet"
    if request.param == "csv":
        pyarrow.csv.write_csv(arrow, folder / "t.csv")
        return str(folder / "t.csv")
    return {"dict": table, "arrow": arrow, "pandas": arrow.to_pandas()}.get(request.param, ibis.memtable(arrow))


def test_estimates_from_counts_are_those_from_patients(held, table):
    counts = survival.count(held, time="time", event="event", group="group")
    from_counts = survival.kaplan_meier(counts)
    from_patients = survival.kaplan_meier(table["time"], table["event"], table["group"])
    assert counts.n == len(table["time"])
    for one, other in zip(from_counts, from_patients, strict=True):
        assert one.group == other.group
        for name in ("time", "at_risk", "events", "censored", "survival", "se", "lower"):
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert survival.log_rank(counts).chi2 == survival.log_rank(table["time"], table["event"], table["group"]).chi2


def _sites(table):
    return [{name: column[table["site"] == site] for name, column in table.items()} for site in range(3)]


def test_counts_of_several_tables_add_up_to_those_of_one(table):
    names = {"time": "time", "event": "event", "group": "group"}
    first, second, third = (survival.count(site, **names) for site in _sites(table))
    whole = survival.count(table, **names)
    together = first + second + third
    assert together.to_dict() == whole.to_dict()
    assert survival.log_rank(together).chi2 == pytest.approx(survival.log_rank(whole).chi2, rel=1e-12)


def test_a_group_that_only_one_site_has_keeps_its_name():
    first = survival.count({"t": [1, 2], "e": [1, 0], "g": ["b", "c"]}, time="t", event="e", group="g")
    second = survival.count({"t": [3], "e": [1], "g": ["a"]}, time="t", event="e", group="g")
    assert (first + second).groups == ("a", "b", "c")
    assert survival.kaplan_meier(first + second)["a"].n == 1


def test_cox_from_sums_of_several_tables_is_the_pooled_model(table):
    names = ["x0", "x1", "x2"]
    pooled = survival.cox(table["time"], table["event"], np.column_stack([table[name] for name in names]))
    parts = [survival.risk_table(site, time="time", event="event", covariates=names) for site in _sites(table)]
    summed = survival.cox(parts)
    assert list(summed.coef) == pytest.approx(list(pooled.coef), rel=1e-12)
    assert list(summed.se) == pytest.approx(list(pooled.se), rel=1e-12)
    assert summed.loglik == pytest.approx(pooled.loglik, rel=1e-12)
    assert (summed.n, summed.n_events, summed.names) == (pooled.n, pooled.n_events, tuple(names))


def test_a_site_of_whole_days_among_others_is_the_pooled_model(table):
    """One hospital counts whole days, another has parts of days: each row still stops where it did."""
    time = np.where(table["site"] == 0, np.ceil(table["time"]), table["time"] + 0.25)
    pooled = survival.cox(time, table["event"], table["x0"])
    sites = [{name: column[table["site"] == k] for name, column in (table | {"time": time}).items()} for k in range(3)]
    parts = [survival.risk_table(site, time="time", event="event", covariates=["x0"]) for site in sites]
    summed = survival.cox(parts)
    assert (summed.coef[0], summed.loglik) == pytest.approx((pooled.coef[0], pooled.loglik), rel=1e-12)


def test_stratified_cox_from_a_file_is_that_from_arrays(held, table):
    names = ["x0", "x1", "x2"]
    arrays = survival.cox(
        table["time"], table["event"], np.column_stack([table[name] for name in names]), strata=table["group"]
    )
    source = survival.risk_table(held, time="time", event="event", covariates=names, strata="group")
    found = survival.cox(source)
    assert list(found.coef) == pytest.approx(list(arrays.coef), rel=1e-12)
    assert list(found.se) == pytest.approx(list(arrays.se), rel=1e-12)


def test_what_needs_each_patient_says_so_of_a_model_from_sums(table):
    model = survival.cox(survival.risk_table(table, time="time", event="event", covariates=["x0"]))
    with pytest.raises(Problems, match="Fit the model on arrays"):
        model.residuals()


def test_rows_in_batches_give_the_same_sums(table, monkeypatch):
    from netlm.survival import _risk_table

    whole = survival.cox(survival.risk_table(table, time="time", event="event", covariates=["x0", "x1"]))
    monkeypatch.setattr(_risk_table, "BATCH", 700)
    cut = survival.cox(survival.risk_table(table, time="time", event="event", covariates=["x0", "x1"]))
    assert list(cut.coef) == pytest.approx(list(whole.coef), rel=1e-12)


def test_the_format_of_version_1_is_read_and_written():
    """What version 1 wrote stays readable, and is written again as it was."""
    content = json.loads(FIXTURE.read_text(encoding="utf-8"))
    counts = survival.counts_from_dict(content)
    assert counts.to_dict() == content
    assert survival.kaplan_meier(counts)["6-MP"].median == 23
    assert survival.log_rank(counts).chi2 == pytest.approx(16.793, abs=0.001)


def test_version_2_holds_those_who_entered_late():
    content = json.loads(FIXTURE.with_name("counts-2.json").read_text(encoding="utf-8"))
    assert survival.counts_from_dict(content).to_dict() == content
    found = survival.kaplan_meier([3, 5, 8, 9], [1, 0, 1, 1], ["a", "a", "a", "b"], entry=[0, 2, 4, 0])
    assert found.counts.to_dict() == content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"netlm": "counts/3"}, "counts/3"),
        ({"netlm": "counts/2"}, "do not fit together"),
        ({"netlm": None}, "counts/1"),
        ({"cells": {}}, "do not fit"),
        ({"groups": ["only one"]}, "without a label"),
        ({"cells": {"stratum": [0], "group": [0], "time": [-1], "events": [[1]], "censored": [0]}}, "negative times"),
        ({"cells": {"stratum": [0], "group": [0], "time": [1], "events": [[-1]], "censored": [0]}}, "negative counts"),
        ({"cells": {"stratum": [0], "group": [0], "time": [1, 2], "events": [[1]], "censored": [0]}}, "length"),
        ({"cells": {"stratum": [0], "group": [0], "time": ["1"], "events": [[1]], "censored": [0]}}, "no numbers"),
        ({"cells": {"stratum": [0], "group": [0], "time": [1], "events": [[0]], "censored": [0]}}, "nobody in them"),
        (
            {
                "cells": {
                    "stratum": [0, 0],
                    "group": [0, 0],
                    "time": [1, 2],
                    "events": [[2**62, 2**62]],
                    "censored": [0, 0],
                }
            },
            "more patients than can be counted",
        ),
        (
            {
                "netlm": "counts/2",
                "cells": {
                    "stratum": [0, 0],
                    "group": [0, 0],
                    "time": [1, 2],
                    "events": [[1, 1]],
                    "censored": [0, 0],
                    "entered": [2, 0],
                },
            },
            "more who enter",
        ),
        ({"groups": "ab"}, "labels as str"),
        ({"missing": -1}, "negative counts"),
        ({"missing": "7"}, "not whole"),
    ],
)
def test_other_formats_and_broken_cells_are_refused(change, said):
    content = json.loads(FIXTURE.read_text(encoding="utf-8")) | change
    with pytest.raises((Problems, ValueError), match=said):
        survival.counts_from_dict(content)


def test_a_site_may_name_a_cause_that_nobody_there_had():
    names = {"time": "t", "event": "e"}
    here = survival.count({"t": [1, 2, 3, 4], "e": [1, 2, 0, 1]}, **names, causes=True)
    small = {"t": [1, 3, 5], "e": [2, 0, 2]}
    with pytest.raises(Problem, match=r"count\(causes=\(1, 2\)\)"):
        here + survival.count(small, **names, causes=True)
    both = here + survival.counts_from_dict(survival.count(small, **names, causes=(1, 2)).to_dict())
    direct = survival.aalen_johansen([1, 2, 3, 4, 1, 3, 5], [1, 2, 0, 1, 2, 0, 2])
    for cause in (1, 2):
        assert np.array_equal(survival.aalen_johansen(both)[cause].incidence, direct[cause].incidence)
    with pytest.raises(Problems, match="the cause 2"):
        survival.count(small, **names, causes=(1, 3))


@pytest.mark.parametrize("content", [[1], "counts/1", None])
def test_what_is_no_map_is_no_format(content):
    with pytest.raises(Problems, match="the format None"):
        survival.counts_from_dict(content)


def test_a_group_in_which_nobody_is_has_no_curve():
    content = json.loads(FIXTURE.read_text(encoding="utf-8"))
    more = survival.counts_from_dict(content | {"groups": [*content["groups"], "nobody"]})
    assert more.groups == tuple(content["groups"])
    empty = {"stratum": [], "group": [], "time": [], "events": [[]], "censored": []}
    nobody = survival.counts_from_dict(content | {"cells": empty, "missing": 2})
    assert (more + nobody).missing == more.missing + 2
    for estimate in (survival.kaplan_meier, survival.log_rank, survival.aalen_johansen, survival.gray):
        with pytest.raises(Problems, match="no rows"):
            estimate(nobody)


def test_gray_leaves_out_a_group_that_nobody_is_at_risk_in():
    time, cause, group = [1, 2, 3, 4, 5, 6, 0.5], [1, 2, 1, 0, 1, 2, 0], ["a", "b", "a", "b", "b", "a", "c"]
    three, two = survival.gray(time, cause, group), survival.gray(time[:-1], cause[:-1], group[:-1])
    assert (three.df, three.p) == (two.df, pytest.approx(two.p))
    assert survival.log_rank(time, [one == 1 for one in cause], group).df == 1


def test_competing_causes_are_counted(patients):
    found = patients(5, 500)
    cause = found["event"] * (1 + found["group"] % 2)
    table = {"time": found["time"], "cause": cause, "group": found["group"]}
    counts = survival.count(table, time="time", event="cause", group="group", causes=True)
    direct = survival.aalen_johansen(found["time"], cause, found["group"])
    for one in survival.aalen_johansen(counts):
        assert np.array_equal(one.incidence, direct[one.group, one.cause].incidence)
    assert survival.gray(counts).chi2 == survival.gray(found["time"], cause, found["group"]).chi2


def test_missing_rows_are_an_error_or_are_counted():
    table = {"t": [1.0, None, 3.0, float("nan")], "e": [1, 1, None, 0], "g": ["a", "a", "b", None]}
    with pytest.raises(Problems) as caught:
        survival.count(table, time="t", event="e", group="g")
    assert [problem.place for problem in caught.value.problems] == ["t", "e", "g"]
    assert "missing values in 2 rows" in str(caught.value)
    dropped = survival.count(table, time="t", event="e", group="g", missing="drop")
    assert (dropped.n, dropped.missing) == (1, 3)
    model = survival.risk_table(
        {"t": [1, 2, 3, 4], "e": [1, 1, 0, 1], "x": [1.0, None, float("nan"), 2.0]}, time="t", event="e",
        covariates=["x"], missing="drop",
    )  # fmt: skip
    assert (model.missing, model.counts.n) == (2, 2)


def test_columns_that_are_not_there_are_named_with_the_nearest():
    with pytest.raises(Problems) as caught:
        survival.count({"os_days": [1], "dead": [1]}, time="os_day", event="death")
    said = str(caught.value)
    assert "Did you mean `os_days`?" in said
    assert "no column `death`" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"", "cannot be read|no column"),
        ("x.parquet", b"not parquet", "cannot be read"),
        (None, b"", "no such file"),
    ],
)
def test_files_that_are_no_tables_are_refused(tmp_path, name, content, said):
    path = tmp_path / (name or "absent.csv")
    if name:
        path.write_bytes(content)
    with pytest.raises(Problems, match=said):
        survival.count(path, time="t", event="e")


def test_near_equal_times_of_several_sites_become_one():
    first = survival.count({"t": [0.3, 1.5], "e": [1, 0]}, time="t", event="e")
    second = survival.count({"t": [0.1 + 0.2, 1.7], "e": [1, 1]}, time="t", event="e")
    assert len(survival.kaplan_meier(first + second).time) == 3


def test_counts_and_arrays_do_not_mix():
    counts = survival.count({"t": [1], "e": [1]}, time="t", event="e")
    with pytest.raises(Problems, match="counts or arrays"):
        survival.kaplan_meier(counts, [1])


@pytest.fixture
def late():
    """Patients of whom some came under observation late, each row standing for one to three of them."""
    rng = np.random.default_rng(5)
    entry = np.where(rng.random(300) < 0.4, rng.integers(1, 40, 300), 0)
    return {
        "t": entry + rng.integers(1, 60, 300), "e": rng.integers(0, 2, 300), "g": rng.choice(["a", "b"], 300),
        "s": rng.integers(0, 2, 300), "from": entry, "w": rng.integers(1, 4, 300),
    }  # fmt: skip


def test_late_entry_is_counted_as_from_arrays(late, tmp_path):
    """Estimates and tests from counts with entry are those from the patients, from a file too."""
    import pyarrow.parquet as pq

    pq.write_table(pa.table(late), tmp_path / "late.parquet")
    columns = {"time": "t", "event": "e", "group": "g", "entry": "from"}
    arrays = (late["t"], late["e"], late["g"])
    for source in (late, tmp_path / "late.parquet"):
        counts = survival.count(source, **columns)
        direct = survival.kaplan_meier(*arrays, entry=late["from"])
        assert counts.to_dict() == direct.counts.to_dict()
        for one, other in zip(survival.kaplan_meier(counts), direct, strict=True):
            assert np.array_equal(one.survival, other.survival)
            assert np.array_equal(one.at_risk_at([10, 30]), other.at_risk_at([10, 30]))
        one, other = survival.nelson_aalen(counts)["b"], survival.nelson_aalen(*arrays, entry=late["from"])["b"]
        assert np.array_equal(one.hazard, other.hazard)
        strata = survival.count(source, **columns, strata="s")
        tested = survival.log_rank(*arrays, strata=late["s"], entry=late["from"])
        assert survival.log_rank(strata).chi2 == pytest.approx(tested.chi2, rel=1e-13)


def test_whole_weights_count_as_so_many_patients(late):
    """A row of weight 3 is three patients, with late entry too; fractions need each row and say so."""
    counts = survival.count(late, time="t", event="e", group="g", entry="from", weights="w")
    repeated = {name: np.repeat(column, late["w"]) for name, column in late.items()}
    whole = survival.count(repeated, time="t", event="e", group="g", entry="from")
    assert counts.to_dict() == whole.to_dict()
    weighted = survival.kaplan_meier(late["t"], late["e"], late["g"], entry=late["from"], weights=late["w"])
    for one, other in zip(survival.kaplan_meier(counts), weighted, strict=True):
        assert one.survival == pytest.approx(other.survival, abs=1e-14)
        assert one.se == pytest.approx(other.se, abs=1e-14, nan_ok=True)
    for name, said in (("fraction", "error of such weights needs each row"), ("nothing", "weights not above 0")):
        table = {**late, "fraction": late["w"] / 2, "nothing": late["w"] - 1}
        with pytest.raises(Problems, match=said):
            survival.count(table, time="t", event="e", weights=name)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ([0, 5, 2], "entry not before exit in 1 row;"),
        ([0, -1, 2], "negative times in 1 row"),
        ([0, None, 2], "missing values in 1 rows"),
        (["a", "b", "c"], "a column of type string"),
        ([0, 5 - 1e-9, 2.5], "entry not before exit within the accuracy of the times"),
    ],
)
def test_entries_that_cannot_be_used_are_refused(entry, said):
    """As from arrays, by the name of the column."""
    with pytest.raises(Problems, match=said) as caught:
        survival.count({"t": [3, 5, 9], "e": [1, 0, 1], "came": entry}, time="t", event="e", entry="came")
    assert "came" in str(caught.value)


def test_rows_without_an_entry_are_left_out_and_counted():
    """What is missing is missing, not 0."""
    table = {"t": [3, 5, 9], "e": [1, 0, 1], "came": [0, None, 2]}
    counts = survival.count(table, time="t", event="e", entry="came", missing="drop")
    assert (counts.n, counts.missing, counts.cells.entered.sum()) == (2, 1, 1)

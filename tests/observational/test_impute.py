"""Promises about imputation: what is known stays, the same seed gives the same tables, each way draws what it says."""

from __future__ import annotations

import numpy as np
import pytest

from netlm import observational


def holed(seed: int = 0, n: int = 300) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    age = rng.normal(60, 10, n)
    burden = 0.5 * (age - 60) + rng.normal(0, 5, n)
    grade = (rng.random(n) < 1 / (1 + np.exp(-burden / 4))) * 1.0
    table = {"age": age, "burden": np.round(burden), "grade": grade}
    for name, share in (("burden", 0.3), ("grade", 0.2)):
        table[name] = np.where(rng.random(n) < share, np.nan, table[name])
    return table


@pytest.mark.parametrize("method", ["pmm", "normal"])
def test_known_values_stay_and_missing_ones_are_drawn(method):
    table = holed()
    found = observational.impute(table, m=4, methods={"burden": method}, seed=5)
    assert found.methods == {"grade": "logistic", "burden": method}
    assert found.missing == {"age": 0, **{name: int(np.isnan(table[name]).sum()) for name in ("burden", "grade")}}
    assert found.means.shape == (10, 4, 2)
    for one in found.tables:
        for name, column in table.items():
            known = ~np.isnan(column)
            assert (one[name][known] == column[known]).all()
            assert not np.isnan(one[name]).any()
        assert set(np.unique(one["grade"])) <= {0, 1}
        if method == "pmm":
            assert set(one["burden"]) <= set(table["burden"][~np.isnan(table["burden"])])
    assert len({one["burden"].tobytes() for one in found.tables}) == 4


def test_the_seed_gives_the_same_tables_and_more_tables_do_not_change_the_first():
    one, again, more, other = (
        observational.impute(holed(), m=m, iterations=3, seed=seed) for m, seed in ((2, 1), (2, 1), (4, 1), (2, 2))
    )
    for k in range(2):
        for name in ("burden", "grade"):
            assert (one.tables[k][name] == again.tables[k][name]).all()
            assert (one.tables[k][name] == more.tables[k][name]).all()
    assert (one.tables[0]["burden"] != other.tables[0]["burden"]).any()
    assert one.to_dict() == again.to_dict()


@pytest.mark.parametrize("method", ["pmm", "normal"])
def test_imputed_values_follow_the_others(method):
    """The regression of burden on age is kept: its slope is 0.5, its residual 5."""
    slopes, spreads = [], []
    for seed in range(10):
        found = observational.impute(holed(seed), m=2, methods={"burden": method}, seed=seed)
        gone = np.isnan(holed(seed)["burden"])
        for one in found.tables:
            slope, base = np.polyfit(one["age"][gone], one["burden"][gone], 1)
            slopes.append(slope)
            spreads.append(np.std(one["burden"][gone] - base - slope * one["age"][gone]))
    assert np.mean(slopes) == pytest.approx(0.5, abs=0.08)
    assert np.mean(spreads) == pytest.approx(5, abs=0.4)


def test_answers_are_drawn_with_their_chance():
    shares = []
    for seed in range(10):
        table = holed(seed)
        gone = np.isnan(table["grade"])
        high = gone & (table["age"] > 62)
        found = observational.impute(table, m=2, seed=seed)
        shares += [one["grade"][high].mean() - one["grade"][gone & ~high].mean() for one in found.tables]
    assert np.mean(shares) > 0.2


def test_a_predictor_that_foretells_everything_does_no_harm():
    x = np.arange(40.0)
    y = np.where(x < 20, 0.0, 1.0)
    y[[3, 36]] = np.nan
    found = observational.impute({"x": x, "y": y, "twice": 2 * x}, m=5)
    assert np.mean([one["y"][3] for one in found.tables]) < 0.5
    assert np.mean([one["y"][36] for one in found.tables]) > 0.5


@pytest.mark.parametrize(
    "table",
    [
        {"a": [1.0, None, 1.0], "b": [1.0, 2.0, 3.0]},
        {"a": [1.0, None, 3.0], "b": [5.0, 5.0, 5.0]},
        {"a": [0, None, 1], "b": [None, 1, 0], "c": [True, False, None]},
        {"a": [2.5, None, None, None]},
        {"a": [0, 0, None, 0], "b": [1, 2, 3, 4]},
        {"a": [3, "NA", 4]},
        [[1.0, np.nan], [np.nan, 3.0], [2.0, 2.0]],
    ],
)
def test_little_to_go_by(table):
    found = observational.impute(table, m=3, iterations=4)
    for one in found.tables:
        assert all(np.isfinite(column).all() for column in one.values())


def test_a_complete_table_is_returned_as_it_is():
    found = observational.impute({"a": [1, 2, 3]}, m=2)
    assert found.methods == {}
    assert (found.tables[1]["a"] == [1, 2, 3]).all()
    assert found._repr_html_()

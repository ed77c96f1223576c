"""What cannot be used is refused with what was found and where; what is merely hard is answered, or says why not."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from netlm import survival
from netlm.errors import Problem, Problems

NAN = float("nan")


@pytest.mark.parametrize(
    ("time", "event", "said"),
    [
        ([1, -2, 3], [1, 1, 0], "negative times in row 1 (-2)"),
        ([1, NAN, 3], [1, 1, 0], "missing or infinite times in row 1"),
        ([1, None, 3], [1, 1, 0], "missing or infinite times in row 1"),
        ([1, np.inf, 3], [1, 1, 0], "missing or infinite times"),
        ([1, 2, 3], [1, 2, 1], "2 and 1 become event - 1"),
        ([1, 2, 3], [1, NAN, 0], "missing events in row 1"),
        ([1, 2, 3], [1, 0.5, 0], "values other than 0 and 1"),
        ([1, 2, 3], [1, 0], "2 rows beside 3 times"),
        (["1", "2"], [1, 0], "text"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), [1], "dates"),
        ([], [], "no rows"),
        ([[1, 2], [3, 4]], [1, 0], "shape"),
        (5, 1, "single value"),
        ([1, 2], ["yes", "no"], "text"),
        ([True, False], [1, 0], "yes and no"),
        ([1 + 2j], [1], "complex"),
    ],
)
def test_bad_columns_are_refused_with_what_was_found(time, event, said):
    with pytest.raises((Problem, Problems)) as caught:
        survival.kaplan_meier(time, event)
    assert said in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_every_bad_column_is_told_at_once():
    with pytest.raises(Problems) as caught:
        survival.cox([1, -1], [1, 3], [[1.0], [NAN]], strata=["a", None], weights=[1, 0], entry=[0, NAN])
    places = {problem.place for problem in caught.value.problems}
    assert places == {"time", "event", "X", "strata", "weights", "entry"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"conf_type": "loglog"}, "log-log"),
        ({"conf_level": 95}, "between 0 and 1"),
        ({"group": ["a", None, "b"]}, "missing labels in row 1"),
        ({"group": [1.0, NAN, 2.0]}, "missing labels in row 1"),
        ({"group": ["a", "b"]}, "2 rows beside 3 times"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises((Problem, Problems), match=said):
        survival.kaplan_meier([1, 2, 3], [1, 0, 1], **options)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ([[1.0], [1.0], [1.0]], "`x1` the same in everyone at risk"),
        ([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], "`x2` follows from `x1`"),
        ([["a"], ["b"], ["c"]], "not numbers"),
        ([[1.0], [2.0]], "2 rows beside 3 times"),
        ([[], [], []], "shape"),
    ],
)
def test_covariates_that_cannot_be_estimated_are_named(x, said):
    with pytest.raises((Problem, Problems), match=said):
        survival.cox([1, 2, 3], [1, 1, 1], x)


def test_a_model_without_events_is_refused():
    with pytest.raises(Problems, match="no events"):
        survival.cox([1, 2, 3], [0, 0, 0], [[1.0], [2.0], [3.0]])


def test_entry_must_come_before_exit():
    with pytest.raises((Problem, Problems), match="entry not before exit in row 1"):
        survival.cox([1, 2, 3], [1, 1, 1], [[1.0], [2.0], [0.0]], entry=[0, 2, 1])


def test_separation_is_a_warning_a_name_and_an_infinite_error():
    with pytest.warns(survival.SurvivalWarning, match="no finite estimate for `debulked`"):
        model = survival.cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [[0], [0], [0], [1], [1], [1]], names=["debulked"])
    assert model.infinite == ("debulked",)
    assert not model.converged
    assert abs(model.coef[0]) < 100
    assert np.isinf(model.se[0])
    assert model.p[0] == 1
    assert model.likelihood_ratio_test.p == pytest.approx(0.0144, abs=0.0001)
    assert model.to_dict()["covariates"][0]["se"] is None
    assert "no finite estimate" in model._repr_html_()


def test_only_the_separating_covariate_is_named(patients):
    found = patients(1, 200)
    never = (found["event"] == 0) & (np.arange(200) % 3 == 0)
    with pytest.warns(survival.SurvivalWarning):
        model = survival.cox(
            found["time"], found["event"], np.column_stack((found["x"][:, 0], never)), names=["age", "never"]
        )
    assert model.infinite == ("never",)
    assert np.isfinite(model.se[0])


def test_a_rare_and_strong_covariate_is_not_taken_for_separation():
    rng = np.random.default_rng(0)
    rare = np.zeros(20_000)
    rare[:30] = 1
    time = np.ceil(rng.exponential(1000 / np.exp(3 * rare)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = survival.cox(time, np.ones(20_000), rare)
    assert model.converged
    assert model.coef[0] == pytest.approx(3, abs=0.5)


def test_one_group_has_no_test_and_says_so():
    with pytest.warns(survival.SurvivalWarning, match="no test"):
        found = survival.log_rank([1, 2, 3], [1, 1, 0], ["a", "a", "a"])
    assert np.isnan(found.p)
    assert found.df == 0
    with pytest.raises((Problem, Problems), match="one group"):
        survival.pairwise_log_rank([1, 2], [1, 1], ["a", "a"])


def test_all_censored():
    km = survival.kaplan_meier([3, 5, 9], [0, 0, 0])
    assert km.median is None
    assert km.median_interval == (None, None)
    assert km.at(9) == 1
    assert km.at(9).se == 0
    assert km.rmst(9) == 9
    with pytest.warns(survival.SurvivalWarning):
        assert survival.log_rank([3, 5, 9], [0, 0, 0], ["a", "b", "b"]).df == 0


def test_one_patient_and_three():
    km = survival.kaplan_meier([7], [1])
    assert (km.median, km.at(6.9), km.at(7), km.at(100)) == (7, 1, 0, 0)
    three = survival.cox([1, 2, 3], [1, 1, 1], [[0.0], [1.0], [0.0]])
    assert np.isfinite(three.coef[0])


def test_time_zero_counts():
    km = survival.kaplan_meier([0, 0, 5], [1, 0, 1])
    assert km.at(0) == pytest.approx(2 / 3)
    assert km.median == 5


def test_huge_times():
    time = [1e15, 2e15, 3e15]
    km = survival.kaplan_meier(time, [1, 1, 0])
    assert km.median == 2e15
    assert survival.cox(time, [1, 1, 1], [[0.0], [1.0], [0.0]]).coef[0] == pytest.approx(
        survival.cox([1, 2, 3], [1, 1, 1], [[0.0], [1.0], [0.0]]).coef[0]
    )


def test_beyond_follow_up_nothing_is_invented():
    km = survival.kaplan_meier([1, 2, 3], [1, 0, 0])
    assert np.isnan(km.at(4))
    with pytest.warns(survival.SurvivalWarning, match="follow-up ends at 3"):
        assert km.rmst(6).estimate == pytest.approx(1 + 5 * 2 / 3)
    assert np.isnan(survival.nelson_aalen([1, 2, 3], [1, 0, 0]).at(4))
    assert np.isnan(survival.aalen_johansen([1, 2, 3], [1, 0, 0])[1].at(4))


@pytest.mark.parametrize("times", [-1, NAN, [1, -1]])
def test_times_asked_for_must_be_times(times):
    with pytest.raises(Problem):
        survival.kaplan_meier([1, 2], [1, 0]).at(times)


def test_several_groups_have_no_single_median():
    km = survival.kaplan_meier([1, 2, 3], [1, 1, 1], ["a", "b", "b"])
    with pytest.raises(Problems, match="Choose a group first"):
        _ = km.median
    with pytest.raises(Problems, match="one of 'a', 'b'"):
        _ = km["c"]


def test_landmark_leaves_out_who_did_not_reach_it():
    found = survival.landmark([10, 90, 91, 200], 90)
    assert list(found.rows) == [False, False, True, True]
    assert list(found.time) == [1, 110]
    assert found.left_out == 2
    with pytest.raises(Problem, match="before the last time"):
        survival.landmark([10, 20], 20)


def test_estimates_survive_a_copy_and_count_as_numbers():
    import copy
    import pickle

    value = survival.kaplan_meier([1, 2, 3], [1, 1, 0]).at(1)
    for again in (copy.copy(value), pickle.loads(pickle.dumps(value))):
        assert (again, again.se, again.lower, again.upper) == (value, value.se, value.lower, value.upper)
    assert value + 1 == pytest.approx(1 + 2 / 3)
    assert value.to_dict()["estimate"] == pytest.approx(2 / 3)


def test_counts_of_causes_have_no_log_rank():
    counts = survival.aalen_johansen([1, 2, 3], [1, 2, 0]).counts
    with pytest.raises(Problems, match="Use gray"):
        survival.log_rank(counts)


def test_results_cannot_be_changed():
    km = survival.kaplan_meier([1, 2], [1, 0])
    with pytest.raises(AttributeError):
        km.curves = ()
    with pytest.raises(AttributeError):
        survival.log_rank([1, 2], [1, 1], [0, 1]).p = 0.01


def test_missing_values_as_pandas_knows_them():
    pandas = pytest.importorskip("pandas", reason="comes with the extra `registry`")
    times = pandas.Series([1, None, 3], dtype="Int64")
    with pytest.raises((Problem, Problems), match="missing or infinite times in row 1"):
        survival.kaplan_meier(times, [1, 1, 0])
    with pytest.raises((Problem, Problems), match="missing labels in row 2"):
        survival.kaplan_meier([1, 2, 3], [1, 1, 0], pandas.Series(["a", "b", None], dtype="string"))
    frame = pandas.DataFrame({"t": [3, 1, 2], "e": [True, False, True], "g": pandas.Categorical(["b", "a", "b"])})
    assert survival.kaplan_meier(frame.t, frame.e, frame.g).groups == ("a", "b")


def test_mixed_labels_and_booleans_are_groups():
    assert survival.kaplan_meier([1, 2], [True, False], [True, False]).groups == (False, True)
    assert survival.kaplan_meier([1, 2], [1, 0], ["a", 1]).groups == ("1", "a")
    assert survival.kaplan_meier([1, 2], [1, 0], [7, 5]).groups == (5, 7)
    days = np.array(["2026-01-02", "2025-01-01"], dtype="datetime64[D]")
    assert survival.kaplan_meier([1, 2], [1, 0], days).groups == ("2025-01-01", "2026-01-02")


def test_an_unknown_cause_is_refused():
    with pytest.raises((Problem, Problems), match="one of 1, 2"):
        survival.gray([1, 2], [1, 2], ["a", "b"], cause=3)
    with pytest.raises((Problem, Problems), match="whole numbers"):
        survival.aalen_johansen([1, 2], [0.5, 1])
    with pytest.raises((Problem, Problems), match="one of 1"):
        survival.cause_specific([0, 1], 2)


def test_every_result_is_frozen_and_shows_itself(patients):
    """JSON and a table for a notebook, from each; a picture where there is more than one number to see."""
    import dataclasses
    import json

    found = patients(8, 120)
    time, event, group, x = (found[name] for name in ("time", "event", "group", "x"))
    model, aj, na = (
        survival.cox(time, event, x), survival.aalen_johansen(time, event * (1 + group % 2)),
        survival.nelson_aalen(time, event),
    )  # fmt: skip
    km = survival.kaplan_meier(time, event, group)
    results = [
        km, km[0], km.counts, na, next(iter(na)), aj, aj[1], model, model.score_test, model.baseline()[0],
        model.concordance, model.proportional_hazards(), survival.log_rank(time, event, group),
        survival.pairwise_log_rank(time, event, group), survival.landmark(time, 3),
    ]  # fmt: skip
    for result in results:
        assert type(result).__dataclass_params__.frozen
        assert dataclasses.is_dataclass(result)
        json.dumps(result.to_dict(), allow_nan=False)
        assert "<table>" in result._repr_html_()


def test_nobody_writes_into_a_result(patients):
    found = patients(9, 60)
    time, event, group, x = (found[name] for name in ("time", "event", "group", "x"))
    km, model = survival.kaplan_meier(time, event), survival.cox(time, event, x, cluster=group)
    aj, na = survival.aalen_johansen(time, event)[1], next(iter(survival.nelson_aalen(time, event)))
    test, late = survival.log_rank(time, event, group), survival.landmark(time, 3)
    schoenfeld = model.proportional_hazards()
    for numbers in (
        km.survival, km.se, km.lower, km.time, km.at_risk, km.events, km.counts.cells.events, na.hazard, na.limits[0],
        aj.incidence, aj.se, test.observed, late.time, late.rows, model.coef, model.covariance,
        model.robust_covariance, model.baseline()[0].hazard, schoenfeld.residuals,
    ):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            numbers[0] = 9
    for own in (time, event, group, x):
        own[0] = own[0]  # what was given stays the caller's


def test_what_is_masked_is_missing():
    """A masked array keeps a number below its mask; it is no value."""
    time = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    event = np.ma.masked_array([1, 0, 1], mask=[False, True, False])
    with pytest.raises(Problems, match="missing or infinite times in row 1"):
        survival.kaplan_meier(time, [1, 0, 1])
    with pytest.raises(Problems, match="missing events in row 1"):
        survival.kaplan_meier([1, 2, 3], event)
    with pytest.raises(Problems, match="missing labels in row 1"):
        survival.log_rank([1, 2, 3], [1, 0, 1], np.ma.masked_array([0, 1, 1], mask=[False, True, False]))
    with pytest.raises(Problems, match="missing or infinite values of `x1` in row 1"):
        survival.cox([1, 2, 3], [1, 0, 1], time)


def test_covariates_of_a_baseline_are_those_of_the_model(patients):
    found = patients(2, 60, p=2)
    model = survival.cox(found["time"], found["event"], found["x"], names=["age", "grade"])
    for at in ([60.0], [60.0, 2.0, 1.0], {"age": 60}, {"age": 60, "grade": 2, "Grade": 2}, [60.0, float("nan")]):
        with pytest.raises(Problem, match="age, grade"):
            model.baseline(at)


def test_a_stopping_rule_is_a_small_number():
    for eps in (-1.0, float("nan"), 1.0):
        with pytest.raises(Problem, match="eps"):
            survival.cox([1, 2, 3], [1, 0, 1], [1.0, 2.0, 0.5], eps=eps)


def test_weights_of_a_test_are_numbers():
    for rho, gamma in ((float("nan"), 0.0), (0.0, float("inf"))):
        with pytest.raises(Problem, match="rho"):
            survival.log_rank([1, 2, 3], [1, 1, 1], [0, 1, 0], rho=rho, gamma=gamma)


def test_columns_that_are_no_columns_are_told():
    with pytest.raises(Problems, match="time: found values that are not in one column"):
        survival.kaplan_meier([1, [2, 3]], [1, 0])


def test_a_mean_of_huge_times_has_its_error_in_proportion():
    """Squares of times beyond 1e154 cannot be held."""
    usual = survival.kaplan_meier([1.0, 4.0, 9.0, 11.0], [1, 1, 0, 1]).rmst(10)
    found = survival.kaplan_meier(1e200 * np.array([1.0, 4.0, 9.0, 11.0]), [1, 1, 0, 1]).rmst(1e201)
    assert found.se / 1e200 == pytest.approx(usual.se)
    short = np.array([1, 4, 9], dtype=np.float16)
    assert survival.kaplan_meier(short, [1, 1, 0]).median == 4

"""What cannot be answered is refused with a remedy; what needs care is told."""

from __future__ import annotations

import json

import numpy as np
import pytest

from netlm import observational
from netlm.errors import Problem

Z = [0, 1, 0, 1, 0, 1]
X = [1.0, 2.0, 2.5, 1.5, 3.0, 4.0]
P = [0.4, 0.5, 0.3, 0.6, 0.5, 0.7]

REFUSED = {
    "one group empty": (lambda o: o.propensity([1, 1, 1], [1, 2, 3]), "one-group"),
    "nobody": (lambda o: o.propensity([], []), "one-group"),
    "treatment unknown": (lambda o: o.propensity([0, 1, None], [1, 2, 3]), "missing"),
    "treatment of three kinds": (lambda o: o.propensity([0, 1, 2], [1, 2, 3]), "treated"),
    "treatment in words": (lambda o: o.propensity(["a", "b", "a"], [1, 2, 3]), "type"),
    "treatment as a matrix": (lambda o: o.propensity([[0, 1]], [1, 2]), "shape"),
    "constant covariate": (lambda o: o.propensity(Z, {"x": X, "same": [7] * 6}), "rank"),
    "constant and huge": (lambda o: o.propensity(Z, {"same": [1e9 + 0.1] * 6}), "rank"),
    "collinear": (lambda o: o.propensity(Z, np.column_stack((X, np.array(X) * 3 - 1))), "rank"),
    "more covariates than rows": (lambda o: o.propensity([0, 1, 0], np.eye(3)), "rank"),
    "covariate missing": (lambda o: o.propensity(Z, {"x": [1, 2, None, 4, 5, 6]}), "missing"),
    "covariate all missing": (lambda o: o.propensity(Z, {"x": [None] * 6}), "missing"),
    "covariate infinite": (lambda o: o.propensity(Z, {"x": [1, 2, 3, 4, 5, np.inf]}), "missing"),
    "covariate of words": (lambda o: o.propensity(Z, {"x": list("abcdef")}), "type"),
    "lengths": (lambda o: o.propensity(Z, X[:5]), "length"),
    "ragged columns": (lambda o: o.propensity(Z, {"a": X, "b": X[:3]}), "length"),
    "no column": (lambda o: o.propensity(Z, {}), "empty"),
    "a cube": (lambda o: o.propensity(Z, np.zeros((6, 2, 2))), "shape"),
    "names": (lambda o: o.propensity(Z, X, ["a", "b"]), "names"),
    "level": (lambda o: o.propensity(Z, X, level=95), "range"),
    "score in percent": (lambda o: o.overlap(Z, [40, 50, 30, 60, 50, 70]), "range"),
    "score missing": (lambda o: o.overlap(Z, [*P[:5], np.nan]), "range"),
    "scale": (lambda o: o.match(Z, P, scale="probit"), "choice"),
    "order": (lambda o: o.match(Z, P, order="random"), "choice"),
    "ratio": (lambda o: o.match(Z, P, ratio=0), "range"),
    "caliper": (lambda o: o.match(Z, P, caliper=-1), "range"),
    "no match": (lambda o: o.match([0, 0, 1, 1], [0.01, 0.02, 0.98, 0.99], caliper=0.01), "no-match"),
    "only certain scores": (lambda o: o.match([0, 1], [0, 1]), "no-match"),
    "estimand": (lambda o: o.weigh(Z, P, "atc"), "choice"),
    "stabilised overlap": (lambda o: o.weigh(Z, P, "overlap", stabilised=True), "usage"),
    "truncate": (lambda o: o.weigh(Z, P, truncate=0.5), "range"),
    "no chance of control": (lambda o: o.weigh(Z, [*P[:5], 1.0]), "positivity"),
    "no chance of treatment": (lambda o: o.weigh(Z, [0.0, *P[1:]]), "positivity"),
    "no chance of control, in the treated": (lambda o: o.weigh(Z, [*P[:5], 1.0], "att"), "positivity"),
    "no overlap at all": (lambda o: o.weigh([0, 1], [0, 1], "overlap"), "positivity"),
    "negative weights": (lambda o: o.balance(Z, X, weights=[-1, 1, 1, 1, 1, 1]), "weights"),
    "a group without weight": (lambda o: o.balance(Z, X, weights=[0, 1, 0, 1, 0, 1]), "one-group"),
    "effective size of nothing known": (lambda o: o.effective_sample_size([1, np.nan]), "weights"),
    "no balance": (lambda o: o.plot_balance({}), "range"),
    "other rows": (
        lambda o: o.plot_balance({"a": o.balance(Z, X), "b": o.balance(Z, [*X[:5], 9.0])}),
        "usage",
    ),
    "ratio of 0": (lambda o: o.e_value(0), "range"),
    "logarithm": (lambda o: o.e_value(-0.5), "range"),
    "one limit": (lambda o: o.e_value(2, 1.5), "interval"),
    "outside its interval": (lambda o: o.e_value(2, 3, 4), "interval"),
    "measure": (lambda o: o.e_value(2, measure="rd"), "choice"),
    "no events": (lambda o: o.detectable_hazard_ratio(0), "range"),
    "power in percent": (lambda o: o.detectable_hazard_ratio(10, power=80), "range"),
    "one table": (lambda o: o.pool_imputed([1.0], [0.1]), "range"),
    "a failed table": (lambda o: o.pool_imputed([1.0, np.nan], [0.1, 0.1]), "missing"),
    "no error": (lambda o: o.pool_imputed([1.0, 2.0], [0.1, 0.0]), "missing"),
    "errors of another shape": (lambda o: o.pool_imputed([[1.0, 2], [1, 2]], [0.1, 0.1]), "length"),
    "names of estimates": (lambda o: o.pool_imputed([1.0, 2.0], [0.1, 0.1], ["a", "b"]), "names"),
    "degrees of freedom": (lambda o: o.pool_imputed([1.0, 2.0], [0.1, 0.1], complete_df=0), "range"),
    "words to pool": (lambda o: o.pool_imputed(["a", "b"], [0.1, 0.1]), "type"),
    "nothing known": (lambda o: o.impute({"a": [None, None], "b": [1, 2]}), "all-missing"),
    "infinite": (lambda o: o.impute({"a": [np.inf, None], "b": [1, 2]}), "missing"),
    "words to impute": (lambda o: o.impute({"a": ["x", None], "b": [1, 2]}), "type"),
    "method": (lambda o: o.impute({"a": [1, None]}, methods={"a": "forest"}), "choice"),
    "method for no column": (lambda o: o.impute({"a": [1, None]}, methods={"b": "pmm"}), "choice"),
    "logistic of numbers": (lambda o: o.impute({"a": [1, None, 3]}, methods={"a": "logistic"}), "type"),
    "no imputation": (lambda o: o.impute({"a": [1, None]}, m=0), "range"),
    "group unknown": (lambda o: o.table_one({"a": [1, 2]}, ["x", None]), "missing"),
    "group not named": (lambda o: o.table_one({"a": [1, 2]}, ["x", "y"], order=["x"]), "group"),
    "groups of another length": (lambda o: o.table_one({"a": [1, 2]}, ["x"]), "length"),
    "infinite number": (lambda o: o.table_one({"a": [1, np.inf]}), "missing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_remedy(name):
    call, code = REFUSED[name]
    with pytest.raises(Problem) as caught:
        call(observational)
    assert caught.value.code == code
    assert caught.value.place
    assert caught.value.remedy


def test_three_rows():
    with pytest.warns(observational.ObservationalWarning, match="separation"):
        found = observational.propensity([0, 1, 1], [1, 2, 3])
    assert found.separated == ("x1",)
    assert found.score.tolist() == [0, 1, 1]
    assert np.isinf(found.se).all()
    assert not found.converged
    json.dumps(found.to_dict(), allow_nan=False)
    assert "infinite" in found._repr_html_()
    with pytest.raises(Problem):
        observational.weigh(found.treated, found.score, "overlap")
    saved = observational.balance([0, 1, 1], [1, 2, 3])
    assert np.isnan(saved.ratio_before).all()
    json.dumps(saved.to_dict(), allow_nan=False)


def test_separation_of_a_few_rows_is_told_and_leaves_the_rest_to_be_compared():
    rng = np.random.default_rng(4)
    x, rare = rng.normal(size=60), np.zeros(60)
    z = (rng.random(60) < 0.5) * 1.0
    rare[np.flatnonzero(z)[:5]] = 1
    with pytest.warns(observational.ObservationalWarning, match="`rare` foretell the treatment of 5 of 60 rows"):
        found = observational.propensity(z, {"x": x, "rare": rare})
    assert found.separated == ("rare",)
    assert (found.score == 1).sum() == 5
    assert np.isfinite(found.se[1])
    kept = observational.propensity(z[rare == 0], x[rare == 0])
    assert found.coef[1] == pytest.approx(kept.coef[1], rel=1e-5)
    assert found.se[1] == pytest.approx(kept.se[1], rel=1e-5)
    weights = observational.weigh(z, found.score, "overlap")
    assert (weights.weights[rare == 1] == 0).all()
    assert weights.notes == ("5 rows could only have had one treatment and weigh 0: leave them out of the analysis",)
    matches = observational.match(z, found.score, caliper=None)
    assert set(np.flatnonzero(rare)) <= set(matches.unmatched.tolist())


def test_an_almost_certain_score_without_separation_is_no_separation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000) * 4
    z = rng.random(20_000) < 1 / (1 + np.exp(-3 * x))
    found = observational.propensity(z, x)
    assert found.separated == ()
    assert found.converged
    assert found.coef[1] == pytest.approx(3, abs=4 * found.se[1])


def test_covariates_of_very_different_size():
    rng = np.random.default_rng(0)
    x = np.column_stack((rng.normal(size=300) * 1e-9, rng.normal(size=300) * 1e9 + 1e12, rng.normal(size=300)))
    found = observational.propensity(rng.random(300) < 0.4, x)
    assert found.converged
    assert np.isfinite(found.se).all()


def test_a_row_that_carries_too_much_is_told():
    z = [1, 1, 1, 1, 0, 0, 0, 0]
    found = observational.weigh(z, [0.5, 0.5, 0.5, 0.001, 0.5, 0.5, 0.5, 0.5])
    assert "one treated row carries 99 %" in found.notes[0]
    assert found.effective[0] < 1.1


def test_matches_tell_who_is_left_over():
    found = observational.match([1, 1, 0, 0], [0.2, 0.9, 0.21, 0.22], caliper=0.5, ratio=2)
    assert found.unmatched.tolist() == [1]
    assert found.rows.tolist() == [0, 2, 3]
    assert found.row_weights.tolist() == [1, 0.5, 0.5]
    assert "1 of 2 treated rows found no match" in found.notes[0]
    short = observational.match([1, 0], [0.2, 0.21], ratio=2, caliper=None)
    assert "1 of 1 sets have fewer than 2 controls" in short.notes[0]
    for one in (found, short):
        assert one._repr_html_()
        json.dumps(one.to_dict(), allow_nan=False)


def test_of_two_controls_equally_near_the_first_is_taken():
    assert observational.match([0, 0, 1], [0.3, 0.3, 0.3], caliper=None).rows.tolist() == [2, 0]
    found = observational.match([0, 0, 1], [0.4, 0.2, 0.3], caliper=None, scale="score")
    assert found.rows.tolist() == [2, 0]


def test_everyone_with_one_score_is_matched():
    found = observational.match([1, 0, 1, 0], [0.5] * 4)
    assert found.n == (2, 2)
    assert found.width == 0


def test_no_overlap_is_told():
    found = observational.overlap([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    assert found.common is None
    assert found.outside == (2, 2)
    assert found.concordance == 1
    assert "No score is reached by both groups" in found.sentence
    json.dumps(found.to_dict(), allow_nan=False)


def test_infinite_differences_are_told():
    found = observational.balance([0, 0, 1, 1], {"apart": [1, 1, 2, 2], "same": [5, 5, 5, 5], "yes": [0, 0, 1, 1]})
    assert found.before.tolist() == [np.inf, 0, np.inf]
    assert found.unbalanced == ("apart", "yes")
    assert found.to_dict()["covariates"][0]["smd_before"] is None
    assert "infinite" in found._repr_html_()


def test_table_one_with_everything_missing_and_groups_without_rows():
    table = {"ki67": [None, float("nan"), None], "grade": ["G1", "NA", "G2"], "dead": [True, None, False]}
    found = observational.table_one(table, ["<70", "<70", ">90"], order=["<70", "70-90", ">90"])
    assert found.n == (2, 0, 1)
    assert found["ki67"].known == (0, 0, 0)
    assert found["ki67"].missing == (2, 0, 1)
    assert np.isnan(found["ki67"].smd)
    assert found["grade"].levels[0].counts == (1, 0, 0)
    assert found["dead"].levels[1].name == "yes"
    assert found["grade"].smd == np.inf
    rows = found.rows
    assert ("ki67, median (quartiles)", "-", "-", "-", "-") in rows
    assert ("\N{EN SPACE}not known", "2 (100 %)", "-", "1 (100 %)", "") in rows
    assert ("\N{EN SPACE}G1", "1 (100 %)", "-", "0", "") in rows
    json.dumps(found.to_dict(), allow_nan=False)
    assert "<td" in found._repr_html_()
    assert "&lt;70" in found._repr_html_()


def test_groups_and_answers_stand_in_their_order():
    answers = [10.0, 9.5, "unclear", True, 1_234_567.0, 1_234_568.0]
    found = observational.table_one({"x": answers}, answers)
    assert found.groups == ("yes", "9.5", "10", "1234567", "1234568", "unclear")
    assert [level.name for level in found["x"].levels] == list(found.groups)
    assert found.n == (1,) * 6
    assert observational.table_one({"x": [1, 2]}, ["a", "b"], order=["b", "a", "b"]).groups == ("b", "a")


def test_table_one_of_everybody():
    found = observational.table_one([[1.0], [2.0], [4.0]], names=["age"])
    assert found.groups == ("all",)
    assert found["age"].quantiles == ((1, 1.5, 2, 3, 4),)
    assert found.rows == [("age, median (quartiles)", "2 (1.5 to 3)", "")]


def test_results_can_be_shown_and_written(synthetic):
    model = observational.propensity(synthetic.treated, synthetic.x)
    results = [
        model, observational.overlap(synthetic.treated, model.score),
        observational.weigh(synthetic.treated, model.score),
        observational.match(synthetic.treated, model.score), observational.balance(synthetic.treated, synthetic.x),
        observational.pool_imputed([[1.0, 2], [1, 2.5]], [[0.1, 0.1]] * 2, ["a", "b"]),
        observational.impute({"a": [1, None, 2]}, m=2), observational.table_one(synthetic.x, synthetic.treated),
    ]  # fmt: skip
    for one in results:
        assert one._repr_html_().startswith("<div")
        json.dumps(one.to_dict(), allow_nan=False)
    for one in (observational.e_value(2, 1.2, 3), observational.detectable_hazard_ratio(40)):
        assert one.sentence.endswith(".")
        json.dumps(one.to_dict(), allow_nan=False)


def test_tables_of_pandas(synthetic):
    pandas = pytest.importorskip("pandas", reason="comes with the peers")
    frame = pandas.DataFrame(synthetic.x)
    one = observational.propensity(pandas.Series(synthetic.treated), frame)
    assert one.names[1:] == tuple(synthetic.x)
    assert (one.score == observational.propensity(synthetic.treated, synthetic.x).score).all()
    frame.loc[3, "age"] = None
    frame["site"] = pandas.Series(["ileum", None] * 130, dtype="string")
    found = observational.table_one(frame, synthetic.treated)
    assert sum(found["age"].missing) == 1
    assert sum(found["site"].missing) == 130
    assert observational.impute(frame.drop(columns="site"), m=1, iterations=1).missing["age"] == 1


def test_the_quartiles_of_one_patient_are_not_told() -> None:
    found = observational.table_one({"age": [51.1, 60.0, 62.0, np.nan]}, ["few", "more", "more", "unseen"])
    assert found.rows[0] == ("age, median (quartiles)", "51.1", "61 (60.5 to 61.5)", "-", "-")

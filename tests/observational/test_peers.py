"""The same answers as statsmodels, scikit-learn, SciPy and lifelines, on random tables."""

from __future__ import annotations

import numpy as np
import pytest

from netlm import observational

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_statsmodels_fits_the_same_model(seed, confounded):
    api = pytest.importorskip("statsmodels.api", reason="a peer, of the group `peers`")
    table = confounded(seed, n=80 + 40 * seed)
    x = api.add_constant(np.column_stack(list(table.x.values())))
    theirs = api.GLM(table.treated, x, family=api.families.Binomial()).fit(tol=1e-14, maxiter=100)
    mine = observational.propensity(table.treated, table.x)
    assert mine.coef == pytest.approx(theirs.params, rel=1e-8, abs=1e-10)
    assert mine.covariance == pytest.approx(theirs.cov_params(), rel=1e-7, abs=1e-10)
    assert mine.score == pytest.approx(theirs.fittedvalues, rel=1e-8)
    assert mine.deviance == pytest.approx(theirs.deviance, rel=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_scikit_learn_ranks_and_matches_the_same(seed, confounded):
    metrics = pytest.importorskip("sklearn.metrics", reason="a peer, of the group `peers`")
    neighbors = pytest.importorskip("sklearn.neighbors", reason="a peer, of the group `peers`")
    table = confounded(seed)
    model = observational.propensity(table.treated, table.x)
    theirs = metrics.roc_auc_score(table.treated, model.score)
    assert observational.overlap(table.treated, model.score).concordance == pytest.approx(theirs, rel=1e-12)
    matches = observational.match(table.treated, model.score, caliper=None, replace=True, ratio=3)
    logit = np.log(model.score / (1 - model.score))[:, None]
    control = np.flatnonzero(table.treated == 0)
    tree = neighbors.NearestNeighbors(n_neighbors=3).fit(logit[control])
    far, _ = tree.kneighbors(logit[table.treated == 1])
    assert matches.distances.reshape(-1, 3) == pytest.approx(far, abs=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_weighted_means_and_variances_are_those_of_statsmodels(seed, confounded):
    weightstats = pytest.importorskip("statsmodels.stats.weightstats", reason="a peer, of the group `peers`")
    table = confounded(seed)
    model = observational.propensity(table.treated, table.x)
    weights = observational.weigh(table.treated, model.score, "att").weights
    found = observational.balance(table.treated, table.x, weights=weights)
    for row, group in enumerate((table.treated == 1, table.treated == 0)):
        for place, column in enumerate(table.x.values()):
            theirs = weightstats.DescrStatsW(column[group], weights[group])
            assert found.means[row, place] == pytest.approx(theirs.mean, rel=1e-10)
    treated, control = (
        weightstats.DescrStatsW(table.x["burden"][group], weights[group])
        for group in (table.treated == 1, table.treated == 0)
    )
    reliability = [one.sum_weights / (one.sum_weights - (one.weights**2).sum() / one.sum_weights) for one in
                   (treated, control)]  # fmt: skip
    expected = treated.var * reliability[0] / (control.var * reliability[1])
    assert found.ratio_after[0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_lifelines_takes_the_weights_to_the_same_hazard_ratio(seed, confounded):
    lifelines = pytest.importorskip("lifelines", reason="a peer, of the group `peers`")
    pandas = pytest.importorskip("pandas", reason="comes with lifelines")
    from netlm import survival

    table = confounded(seed)
    model = observational.propensity(table.treated, table.x)
    weights = observational.weigh(table.treated, model.score, "overlap").weights
    mine = survival.cox(table.rows["time"], table.rows["event"], table.treated, weights=weights, robust=True)
    frame = pandas.DataFrame(
        {"time": table.rows["time"], "event": table.rows["event"], "treated": table.treated, "w": weights}
    )
    theirs = lifelines.CoxPHFitter().fit(frame, "time", "event", weights_col="w", robust=True)
    assert mine.coef[0] == pytest.approx(theirs.params_["treated"], abs=1e-4)  # it stops early
    assert mine.se[0] == pytest.approx(theirs.standard_errors_["treated"], rel=1e-3)


def barnard_rubin(q: list[float], u: list[float], complete: float) -> dict[str, float]:
    """Rubin's rules for one estimate, written from the papers a second time."""
    m = len(q)
    mean, within = sum(q) / m, sum(u) / m
    between = sum((one - mean) ** 2 for one in q) / (m - 1)
    total = within + between + between / m
    r = (between + between / m) / within
    gamma = (between + between / m) / total
    v_m = (m - 1) * (1 + 1 / r) ** 2
    v_obs = (complete + 1) / (complete + 3) * complete * (1 - gamma)
    df = v_m * v_obs / (v_m + v_obs)
    return {"estimate": mean, "total": total, "df": df, "fmi": (r + 2 / (df + 3)) / (r + 1)}


@pytest.mark.parametrize("seed", SEEDS)
def test_rubins_rules_written_twice(seed):
    stats = pytest.importorskip("scipy.stats", reason="comes with the extra `registry`")
    rng = np.random.default_rng(seed)
    m, complete = int(rng.integers(2, 40)), float(rng.integers(5, 500))
    q, s = rng.normal(1, 0.3, m), rng.uniform(0.1, 0.6, m)
    answer = barnard_rubin(q.tolist(), (s**2).tolist(), complete)
    found = observational.pool_imputed(q, s, complete_df=complete)
    assert found.estimate[0] == pytest.approx(answer["estimate"], rel=1e-12)
    assert found.se[0] ** 2 == pytest.approx(answer["total"], rel=1e-12)
    assert found.df[0] == pytest.approx(answer["df"], rel=1e-12)
    assert found.missing_information[0] == pytest.approx(answer["fmi"], rel=1e-12)
    half = stats.t.ppf(0.975, answer["df"]) * answer["total"] ** 0.5
    assert (found.low[0], found.high[0]) == pytest.approx(
        (found.estimate[0] - half, found.estimate[0] + half), rel=1e-9
    )
    assert found.p[0] == pytest.approx(2 * stats.t.sf(found.estimate[0] / found.se[0], answer["df"]), rel=1e-8)


def test_statsmodels_pools_the_same():
    multiple = pytest.importorskip("statsmodels.imputation.mice", reason="a peer, of the group `peers`")
    rng = np.random.default_rng(3)
    params, covariance = rng.normal(size=(10, 2)), rng.uniform(0.2, 0.4, (10, 2))

    class Fitted:
        def __init__(self, place: int) -> None:
            self.params, self.scale, self._results = params[place], 1.0, self
            self.covariance = np.diag(covariance[place])

        def cov_params(self) -> np.ndarray:
            return self.covariance

    results = [Fitted(place) for place in range(10)]
    chain = multiple.MICE.__new__(multiple.MICE)
    chain.results_list, chain.n_skip, chain.exog_names, chain.endog_names = results, 0, ["a", "b"], "y"
    chain.model_class = None
    theirs = chain.combine()
    found = observational.pool_imputed(params, np.sqrt(covariance))
    assert found.estimate == pytest.approx(theirs.params, rel=1e-12)
    assert found.se == pytest.approx(np.sqrt(np.diag(theirs.cov_params())), rel=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_separation_is_found_where_and_only_where_a_line_tells_the_groups_apart(seed):
    """An exact answer for one covariate: the ranges of the two groups meet in at most a point."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 30))
    x = rng.integers(0, 12, n).astype(float)
    z = (x + rng.choice([0.0, 3.0]) * rng.normal(size=n) > 5) * 1.0
    z[0], z[1] = 0.0, 1.0
    if len(np.unique(x)) == 1:
        return
    one, other = x[z == 1], x[z == 0]
    apart = one.min() >= other.max() or other.min() >= one.max()
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = observational.propensity(z, x)
    assert bool(found.separated) == apart
    assert bool(caught) == apart
    if apart:
        edge = one.min() if one.min() >= other.max() else one.max()
        meet = edge in other
        assert np.isin(found.score[(x != edge) | (not meet)], (0, 1)).all()

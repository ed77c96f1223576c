"""A known effect: the adjusted estimators recover it, the naive comparison does not."""

from __future__ import annotations

import numpy as np

from netlm import observational, survival

SEEDS = range(30)
EFFECT = -1.0
LEFT = {"ate": 0.05, "att": 0.05, "overlap": 0.05, "matched": 0.1}
"""The share of the naive bias that may be left in the mean of all runs: pairs within a caliper are not quite alike."""


def mean_difference(table, weights):
    one, other = (table.treated == 1), (table.treated == 0)
    y = table.rows["outcome"]
    return np.average(y[one], weights=weights[one]) - np.average(y[other], weights=weights[other])


def test_a_mean_difference_is_recovered(confounded):
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        table = confounded(seed, effect=EFFECT)
        score = observational.propensity(table.treated, table.x).score
        kinds = {kind: observational.weigh(table.treated, score, kind).weights for kind in observational.ESTIMANDS}
        kinds["matched"] = observational.match(table.treated, score).weights
        kinds["naive"] = np.ones(len(score))
        for kind, weights in kinds.items():
            found.setdefault(kind, []).append(mean_difference(table, weights))
    means = {kind: float(np.mean(values)) for kind, values in found.items()}
    assert means["naive"] > 0.5  # the sign turns: treatment seems to harm
    for kind, share in LEFT.items():
        assert abs(means[kind] - EFFECT) < share * (means["naive"] - EFFECT), kind


def log_hazard_ratio(table, rows=slice(None), **more):
    found = survival.cox(table.rows["time"][rows], table.rows["event"][rows], table.treated[rows], **more)
    return float(found.coef[0])


def test_a_treatment_without_effect_is_found_without_effect(confounded):
    """The hazard ratio is 1 in everyone, so that it is 1 in every population that weights make."""
    found: dict[str, list[float]] = {"naive": [], "ate": [], "overlap": [], "matched": []}
    for seed in SEEDS:
        table = confounded(seed)
        score = observational.propensity(table.treated, table.x).score
        for kind in ("ate", "overlap"):
            weights = observational.weigh(table.treated, score, kind).weights
            found[kind].append(log_hazard_ratio(table, weights=weights, robust=True))
        m = observational.match(table.treated, score)
        found["matched"].append(log_hazard_ratio(table, m.rows, weights=m.row_weights, cluster=m.sets))
        found["naive"].append(log_hazard_ratio(table))
    means = {kind: float(np.mean(values)) for kind, values in found.items()}
    assert means["naive"] > 0.5
    for kind in ("ate", "overlap", "matched"):
        assert abs(means[kind]) < 0.08, kind


def test_imputation_recovers_what_complete_cases_miss(confounded):
    """The marker is missing the more often, the higher the burden: complete cases are the healthier ones."""
    complete, imputed, covered = [], [], 0
    for seed in range(100):
        table = confounded(seed, n=300)
        rng = np.random.default_rng(1000 + seed)
        marker = table.x["burden"] * 0.7 + rng.normal(size=300)  # its mean is 0
        gone = rng.random(300) < 1 / (1 + np.exp(-1.5 * table.x["burden"]))
        seen = np.where(gone, np.nan, marker)
        filled = observational.impute({"marker": seen, "burden": table.x["burden"]}, m=10, iterations=3, seed=seed,
                                      methods={"marker": "normal"})  # fmt: skip
        means = [one["marker"].mean() for one in filled.tables]
        errors = [one["marker"].std(ddof=1) / np.sqrt(300) for one in filled.tables]
        pooled = observational.pool_imputed(means, errors, complete_df=299)
        covered += bool(pooled.low[0] <= 0 <= pooled.high[0])
        imputed.append(pooled.estimate[0])
        complete.append(np.nanmean(seen))
    assert np.mean(complete) < -0.2
    assert abs(np.mean(imputed)) < 0.04
    assert covered >= 90  # 95 expected

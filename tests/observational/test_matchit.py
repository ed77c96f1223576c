"""Equal to R's glm and to MatchIt's documented algorithm: scores, every pair, balance (fixtures/matchit.R)."""

from __future__ import annotations

import numpy as np
import pytest

from netlm import observational
from netlm.observational._propensity import INTERCEPT

SETTINGS = {
    "plain": {"caliper": None},
    "caliper": {"caliper": 0.05},
    "narrow": {"caliper": 0.02, "scale": "logit"},
    "logit": {"caliper": 0.2, "scale": "logit"},
    "smallest": {"caliper": None, "order": "smallest"},
    "data": {"caliper": None, "order": "data"},
    "ratio2": {"caliper": None, "ratio": 2},
    "ratio2_caliper": {"caliper": 0.05, "ratio": 2},
    "replace": {"caliper": None, "replace": True},
    "replace_caliper": {"caliper": 0.02, "scale": "logit", "replace": True},
}
NEAR = {"rel": 1e-9, "abs": 1e-11}


@pytest.fixture(scope="module", params=["synthetic", "rotterdam"])
def studied(request, matchit):
    """Each table with its model and R's answers."""
    table = request.getfixturevalue(request.param)
    return table, observational.propensity(table.treated, table.x), matchit[request.param]


def test_the_model_is_that_of_glm(studied):
    table, model, answer = studied
    assert model.names == (INTERCEPT, *table.x)
    assert model.coef == pytest.approx(list(answer["coef"].values()), **NEAR)
    assert model.se == pytest.approx(list(answer["se"].values()), **NEAR)
    assert model.deviance == pytest.approx(answer["deviance"], rel=1e-12)
    assert model.converged
    assert model.separated == ()


def turns(matches: observational.Matches, treated: np.ndarray) -> list[list[int | None]]:
    """The controls of each treated row: first choices, second choices ..."""
    controls: dict[int, list[int]] = {int(row): [] for row in np.flatnonzero(treated)}
    for place in range(matches.sets.max() + 1):
        row, *chosen = matches.rows[matches.sets == place].tolist()
        controls[row] = chosen
    return [
        [chosen[turn] if len(chosen) > turn else None for chosen in controls.values()] for turn in range(matches.ratio)
    ]


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_pair_is_that_of_matchit(studied, setting):
    table, model, answer = studied
    matches = observational.match(table.treated, model.score, **{"scale": "score", **SETTINGS[setting]})
    for mine, theirs in zip(turns(matches, table.treated), answer[setting]["pairs"].values(), strict=True):
        assert [one is None for one in mine] == [one is None for one in theirs]
        pairs = [(one, other) for one, other in zip(mine, theirs, strict=True) if one is not None and one != other]
        for one, other in pairs:  # of controls alike in everything netlm takes the first; MatchIt's sort takes any
            assert model.score[one] == pytest.approx(model.score[other], abs=1e-12)
        assert len(pairs) <= 0.02 * len(mine)


@pytest.mark.parametrize("setting", SETTINGS)
def test_balance_is_that_of_matchit(studied, setting):
    table, model, answer = studied
    matches = observational.match(table.treated, model.score, **{"scale": "score", **SETTINGS[setting]})
    found = observational.balance(table.treated, table.x, weights=matches.weights, scale="treated")
    theirs = answer[setting]
    assert found.before == pytest.approx(list(theirs["smd_before"].values()), **NEAR)
    assert found.after == pytest.approx(list(theirs["smd_after"].values()), **NEAR)
    tied = {"rel": 1e-4} if setting.startswith("replace") else NEAR  # how often each of the controls alike is used
    for mine, key, near in ((found.ratio_before, "ratio_before", NEAR), (found.ratio_after, "ratio_after", tied)):
        told = [np.nan if value is None else value for value in theirs[key].values()]
        assert mine == pytest.approx(told, nan_ok=True, **near)

"""Tables too small or too odd for an answer: netlm says so in its own words, and nothing raw of NumPy comes out."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlm import survival
from netlm.errors import Problem, Problems


def _tiny(draw):
    n = draw(st.integers(1, 6))
    few = st.integers(0, 3)
    columns = {
        name: draw(st.lists(few, min_size=n, max_size=n)) for name in ("time", "cause", "group", "stratum", "x1")
    }
    x = [columns["x1"], draw(st.lists(few, min_size=n, max_size=n))][: draw(st.integers(1, 2))]
    weight = draw(st.lists(st.sampled_from([0.1, 1.0, 2.5, 1e6]), min_size=n, max_size=n))
    time = np.array(columns["time"]) * draw(st.sampled_from([1.0, 1e-9, 1e9, 0.1]))
    return {
        "time": time,
        "cause": np.minimum(columns["cause"], 2),
        "event": np.minimum(columns["cause"], 1),
        "group": columns["group"],
        "stratum": columns["stratum"],
        "x": np.column_stack(x) * draw(st.sampled_from([1.0, 1e-8, 1e8])),
        "weight": np.array(weight),
        "entry": np.where(time > 0, time * draw(st.sampled_from([0.0, 0.5, 0.9])), 0.0),
    }


tiny_tables = st.composite(_tiny)()


def _answers(table):
    """Every public estimator as a call without arguments, and everything that its result can be asked."""
    t, e, c, g, x = (table[name] for name in ("time", "event", "cause", "group", "x"))
    entry, weight, strata = table["entry"], table["weight"], table["stratum"]
    for conf_type in ("log", "log-log", "plain"):
        yield lambda k=conf_type: survival.kaplan_meier(t, e, g, conf_type=k)
        yield lambda k=conf_type: survival.aalen_johansen(t, c, g, conf_type=k)
        yield lambda k=conf_type: survival.kaplan_meier(t, e, g, entry=entry, weights=weight, conf_type=k)
        yield lambda k=conf_type: survival.kaplan_meier(t, e, weights=weight, robust=True, conf_type=k).rmst(1.5)
    yield lambda: survival.kaplan_meier(t, e, entry=entry).rmst(1.5)
    yield lambda: survival.log_rank(t, e, g, entry=entry)
    yield lambda: survival.nelson_aalen(t, e, g, entry=entry)
    yield lambda: survival.kaplan_meier(t, e).rmst(1.5)
    yield lambda: survival.kaplan_meier(t, e).at([0, 1, 5])
    yield lambda: survival.kaplan_meier(t, e).quantile(0.25)
    yield lambda: survival.rmst_difference(survival.kaplan_meier(t, e), survival.kaplan_meier(t, 1 - e), 1.5)
    yield lambda: survival.reverse_kaplan_meier(t, e, g)
    yield lambda: survival.nelson_aalen(t, e, g)
    yield lambda: survival.nelson_aalen(t, e, g, conf_type="plain")
    for weights in ("log-rank", "fleming-harrington", "peto", "gehan", "tarone-ware"):
        yield lambda k=weights: survival.log_rank(t, e, g, strata=strata, weights=k)
    yield lambda: survival.log_rank(t, e, g, rho=1, gamma=0.5)
    yield lambda: survival.pairwise_log_rank(t, e, g)
    yield lambda: survival.gray(t, c, g)
    yield lambda: survival.gray(t, c, g, rho=1, strata=strata)
    yield lambda: survival.landmark(t, 0)
    yield lambda: survival.cause_specific(c)
    for options in (
        {}, {"ties": "breslow"}, {"entry": entry}, {"weights": weight}, {"strata": strata}, {"cluster": g},
        {"robust": True}, {"entry": entry, "strata": strata, "weights": weight, "cluster": g},
    ):  # fmt: skip
        yield from _models(lambda k=options: survival.cox(t, e, x, **k))
    yield from _models(lambda: survival.fine_gray(t, c, x))


def _models(fit):
    yield fit
    for kind in ("martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled-schoenfeld"):
        yield lambda k=kind: fit().residuals(k)
    for transform in ("km", "rank", "log", "identity"):
        yield lambda k=transform: fit().proportional_hazards(k)
    yield lambda: fit().concordance
    yield lambda: [one.survival for one in fit().baseline()]


@settings(max_examples=60)
@given(tiny_tables)
def test_nothing_but_our_errors_and_warnings_comes_out_of_tiny_and_degenerate_tables(table):
    """One patient or six, one event, all at one time, constant and separating covariates, tiny and huge units."""
    for answer in _answers(table):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", survival.SurvivalWarning)
            try:
                found = answer()
            except (Problem, Problems):
                continue
            for ask in ("to_dict", "_repr_html_"):
                if hasattr(found, ask):
                    getattr(found, ask)()


def test_no_test_of_proportional_hazards_where_there_is_one_event():
    model = survival.cox([1, 3, 2, 3], [1, 0, 0, 0], [[1.0], [2.0], [0.0], [1.0]])
    with pytest.warns(survival.SurvivalWarning, match="no test of proportional hazards for x1, GLOBAL"):
        found = model.proportional_hazards()
    assert np.isnan(found.p).all()


def test_a_robust_error_of_nothing_is_no_error():
    with pytest.warns(survival.SurvivalWarning, match="no robust error for `x1`"):
        model = survival.cox([1, 2, 3, 4], [1, 1, 1, 1], [[0.0], [1.0], [1.0], [0.0]], cluster=[1, 1, 1, 1])
    assert np.isnan(model.se[0])
    assert np.isnan(model.p[0])


def test_an_incidence_that_everyone_has_has_no_error():
    """Terms that cancel leave a variance of 2e-16 behind, and an interval from 100 to 100 % after it."""
    last = survival.aalen_johansen([3.0, 5.0, 5.0, 7.0, 11.0, 13.0, 17.0], [1, 1, 1, 1, 1, 1, 1])[1]
    assert (last.incidence[-1], last.se[-1]) == (pytest.approx(1), 0)
    assert "no interval" in last._repr_html_()
    rare = survival.aalen_johansen(np.arange(1.0, 1e5), (np.arange(1, 100_000) == 7).astype(int))[1]
    assert rare.se[-1] == pytest.approx(rare.incidence[-1], rel=1e-4)

"""The same answers as lifelines, scikit-survival and statsmodels on random data, where the question is the same."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from netlm import survival

SEEDS = range(6)
KINDS = {"ties": {"n": 120}, "no ties": {"n": 120, "ties": False}, "small": {"n": 12}, "tiny": {"n": 3}}


@pytest.fixture(params=KINDS)
def many(request, patients):
    """Several random tables of a kind."""
    options = dict(KINDS[request.param])
    n = options.pop("n")
    return [patients(seed + 100, n, **options) for seed in SEEDS]


def _with_edges(many):
    """Each table as it is, with one event, with none, from time zero on, and huge with everyone in one group."""
    for found in many:
        one = np.zeros_like(found["event"])
        one[int(np.argmin(found["time"]))] = 1
        yield found["time"], found["event"], found["group"]
        yield found["time"], one, found["group"]
        yield found["time"], np.zeros_like(one), found["group"]
        yield found["time"] - found["time"].min(), found["event"], found["group"]
        yield found["time"] * 1e9, found["event"], np.zeros_like(found["group"])


class TestLifelines:
    """lifelines 0.30; its Cox stops early (1e-5), and its variance of the restricted mean is wrong (issue 1682)."""

    @pytest.fixture(autouse=True)
    def _lifelines(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.lifelines = pytest.importorskip("lifelines", reason="a peer, of the group `peers`")

            yield

    def test_kaplan_meier(self, many):
        for time, event, _ in _with_edges(many):
            km = survival.kaplan_meier(time, event, conf_type="log-log")
            theirs = self.lifelines.KaplanMeierFitter().fit(time, event)
            assert km.survival == pytest.approx(theirs.survival_function_at_times(km.time).to_numpy(), abs=1e-10)

    def test_kaplan_meier_with_late_entry_and_weights(self, patients):
        for seed in SEEDS:
            found = patients(seed, 120)
            time, event, entry, weight = (found[name] for name in ("time", "event", "entry", "weight"))
            for ours, theirs in (({"entry": entry}, {"entry": entry}), ({"weights": weight}, {"weights": weight})):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    km = survival.kaplan_meier(time, event, **ours)
                    fitted = self.lifelines.KaplanMeierFitter().fit(time, event, **theirs)
                expected = fitted.survival_function_at_times(km.time).to_numpy()
                assert km.survival == pytest.approx(expected, abs=1e-9)

    def test_log_rank_with_every_weight(self, many):
        for time, event, group in _with_edges(many):
            if event.sum() < 2 or len(np.unique(group)) < 2 or not time.min():
                continue  # its weighted tests stop with an error where a time is 0
            for ours, theirs in (
                ({}, {}),
                ({"weights": "gehan"}, {"weightings": "wilcoxon"}),
                ({"weights": "tarone-ware"}, {"weightings": "tarone-ware"}),
                ({"weights": "peto"}, {"weightings": "peto"}),
                ({"rho": 1, "gamma": 0.5}, {"weightings": "fleming-harrington", "p": 1, "q": 0.5}),
            ):
                found = survival.log_rank(time, event, group, **ours)
                test = self.lifelines.statistics.multivariate_logrank_test(time, group, event, **theirs)
                if found.df == len(found.groups) - 1 and test.test_statistic == test.test_statistic:
                    assert found.chi2 == pytest.approx(test.test_statistic, rel=1e-6, abs=1e-9)

    def test_restricted_means(self, many):
        for time, event, _ in _with_edges(many):
            km = survival.kaplan_meier(time, event)
            tau = float(time.max()) * 0.9
            theirs = self.lifelines.utils.restricted_mean_survival_time(
                self.lifelines.KaplanMeierFitter().fit(time, event), tau
            )
            assert km.rmst(tau) == pytest.approx(theirs, rel=1e-9)

    def test_nelson_aalen(self, many):
        for time, event, _ in _with_edges(many):
            na = survival.nelson_aalen(time, event)
            theirs = self.lifelines.NelsonAalenFitter(nelson_aalen_smoothing=False).fit(time, event)
            curve = next(iter(na))
            assert curve.hazard == pytest.approx(theirs.cumulative_hazard_at_times(curve.time).to_numpy(), abs=1e-10)

    def test_cox_with_entry_and_strata(self, patients):
        pandas = pytest.importorskip("pandas", reason="comes with lifelines")
        for seed in SEEDS:
            found = patients(seed, 150)
            frame = pandas.DataFrame({f"x{k}": found["x"][:, k] for k in range(3)})
            frame = frame.assign(time=found["time"], event=found["event"], entry=found["entry"], group=found["group"])
            theirs = self.lifelines.CoxPHFitter().fit(frame, "time", "event", entry_col="entry", strata=["group"])
            ours = survival.cox(
                found["time"], found["event"], found["x"], entry=found["entry"], strata=found["group"]
            )  # fmt: skip
            assert list(ours.coef) == pytest.approx(theirs.params_.to_numpy(), rel=1e-4, abs=1e-5)
            assert list(ours.se) == pytest.approx(theirs.standard_errors_.to_numpy(), rel=1e-4)


class TestScikitSurvival:
    """scikit-survival 0.28; it gives Cox coefficients without errors."""

    @pytest.fixture(autouse=True)
    def _sksurv(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pytest.importorskip("sksurv", reason="a peer, of the group `peers`")
            yield

    def test_kaplan_meier_with_intervals(self, many):
        from sksurv.nonparametric import kaplan_meier_estimator

        for time, event, _ in _with_edges(many):
            km = survival.kaplan_meier(time, event, conf_type="log-log")
            at, value, (low, high) = kaplan_meier_estimator(event.astype(bool), time, conf_type="log-log")
            assert list(km.time) == list(at)
            assert km.survival == pytest.approx(value, abs=1e-12)
            inside = (value > 0) & (value < 1)
            assert km.lower[inside] == pytest.approx(low[inside], abs=1e-10)
            assert km.upper[inside] == pytest.approx(high[inside], abs=1e-10)

    def test_cumulative_incidence(self, many):
        from sksurv.nonparametric import cumulative_incidence_competing_risks

        for time, event, group in _with_edges(many):
            cause = event * (1 + group % 2)
            if set(np.unique(cause)) != {0, 1, 2}:
                continue
            aj = survival.aalen_johansen(time, cause)
            _, values = cumulative_incidence_competing_risks(cause, time)
            assert aj[1].incidence == pytest.approx(values[1], abs=1e-12)
            assert aj[2].incidence == pytest.approx(values[2], abs=1e-12)

    def test_log_rank(self, many):
        from sksurv.compare import compare_survival
        from sksurv.util import Surv

        for time, event, group in _with_edges(many):
            if event.sum() < 3 or len(np.unique(group)) < 2:
                continue
            found = survival.log_rank(time, event, group)
            if found.df == len(found.groups) - 1:
                chi2, p = compare_survival(Surv.from_arrays(event.astype(bool), time), group)
                assert (found.chi2, found.p) == (pytest.approx(chi2, rel=1e-8), pytest.approx(p, rel=1e-7))

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_cox(self, patients, ties):
        from sksurv.linear_model import CoxPHSurvivalAnalysis
        from sksurv.util import Surv

        for seed in SEEDS:
            found = patients(seed, 200)
            outcome = Surv.from_arrays(found["event"].astype(bool), found["time"])
            theirs = CoxPHSurvivalAnalysis(ties=ties, tol=1e-12, n_iter=50).fit(found["x"], outcome)
            ours = survival.cox(found["time"], found["event"], found["x"], ties=ties, eps=1e-14)
            assert list(ours.coef) == pytest.approx(theirs.coef_, rel=1e-7, abs=1e-9)


class TestStatsmodels:
    """statsmodels 0.15."""

    @pytest.fixture(autouse=True)
    def _statsmodels(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pytest.importorskip("statsmodels", reason="a peer, of the group `peers`")
            yield

    def test_survival_with_error(self, many):
        from statsmodels.duration.survfunc import SurvfuncRight

        for time, event, _ in _with_edges(many):
            if not event.any():
                continue
            theirs = SurvfuncRight(time, event)
            km = survival.kaplan_meier(time, event)
            values = km.at(theirs.surv_times.tolist())
            assert [float(value) for value in values] == pytest.approx(list(theirs.surv_prob), abs=1e-10)
            inside = [k for k, value in enumerate(theirs.surv_prob) if value > 1e-9]
            assert [values[k].se for k in inside] == pytest.approx([theirs.surv_prob_se[k] for k in inside], abs=1e-10)

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_cox_with_errors(self, patients, ties):
        from statsmodels.duration.hazard_regression import PHReg

        for seed in SEEDS:
            found = patients(seed, 200)
            columns = {"strata": found["group"], "entry": found["entry"]}
            theirs = PHReg(found["time"], found["x"], status=found["event"], ties=ties, **columns).fit(disp=0)
            ours = survival.cox(found["time"], found["event"], found["x"], ties=ties, **columns)
            assert list(ours.coef) == pytest.approx(theirs.params, rel=1e-5, abs=1e-6)
            assert list(ours.se) == pytest.approx(theirs.bse, rel=1e-5)

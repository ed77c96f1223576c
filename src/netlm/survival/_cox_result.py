"""What a Cox model answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problems
from ._concordance import Concordance, concordance
from ._door import check_choice, refuse
from ._intervals import normal_quantile
from ._likelihood import Likelihood, Model
from ._log_rank import chi2_tail
from ._newton import Fit
from ._parts import Rows
from ._proportional import ProportionalHazards, proportional_hazards
from ._residuals import dfbeta, martingale, schoenfeld, score_residuals
from ._tables import html_table, name_of, number, p_value, ratio, with_interval
from ._types import Floats, Integers, Label, plain, quietly, seal

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Baseline", "Cox", "Patients", "Test"]

RESIDUALS = ("martingale", "deviance", "score", "dfbeta", "schoenfeld", "scaled-schoenfeld")


@dataclass(frozen=True, eq=False)
class Patients:
    """The checked columns of a model in memory."""

    time: Any
    dead: Any
    x: Floats
    names: tuple[str, ...]
    stratum: Integers | None
    strata: tuple[Label, ...]
    entered: Any
    weight: Floats


@dataclass(frozen=True)
class Test:
    """A chi-squared test."""

    chi2: float
    df: int
    p: float

    def to_dict(self) -> dict[str, Any]:
        """``chi2``, ``df``, ``p``."""
        return {"chi2": plain(self.chi2), "df": self.df, "p": plain(self.p)}

    def _repr_html_(self) -> str:
        return html_table("Test", ("chi2", "df", "p"), [(number(self.chi2), str(self.df), p_value(self.p))])

    def plot(self, **options: Any) -> Picture:
        """Where chi2 stands in its distribution, as a picture. Options: ``title`` and ``width`` in millimetres."""
        from ._draw_results import plot_test

        return plot_test(self, **options)


@dataclass(frozen=True, eq=False)
class Baseline:
    """The cumulative baseline hazard of one stratum, H(t) = sum of d / sum of exp(b'x_j), at the event times.

    Breslow, discussion of Cox, J R Stat Soc B 1972; 34:216-217: see ``Cox.baseline``.
    """

    stratum: Label
    time: Floats
    hazard: Floats

    def __post_init__(self) -> None:
        seal((self.time, self.hazard))

    @property
    def survival(self) -> Floats:
        """S(t) = exp(-H(t))."""
        return np.exp(-self.hazard)

    def to_dict(self) -> dict[str, Any]:
        """``stratum``, ``time``, ``hazard``."""
        return {"stratum": plain(self.stratum), "time": plain(self.time), "hazard": plain(self.hazard)}

    def _repr_html_(self) -> str:
        row = (name_of(self.stratum), number(self.time[-1]), number(self.hazard[-1]))
        return html_table("Baseline", ("stratum", "last event", "cumulative hazard"), [row])

    def plot(self, **options: Any) -> Picture:
        """The cumulative hazard as a picture. Options: ``title``, ``unit``, and ``width`` in millimetres."""
        from ._draw_results import plot_baseline

        return plot_baseline(self, **options)


@dataclass(frozen=True, eq=False)
class Cox:
    """A fitted Cox model, h(t | x) = h0(t) exp(b'x): Cox, J R Stat Soc B 1972; 34:187-220.

    ``coef`` and ``se`` have one value a covariate, in the order of ``names``; ``se`` is robust where that was asked
    for, and ``naive_se`` is not. ``infinite`` names the covariates without a finite estimate; ``warnings`` says what
    needs care.
    """

    names: tuple[str, ...]
    coef: Floats
    covariance: Floats = field(repr=False)
    robust_covariance: Floats | None = field(repr=False)
    n: int
    conf_level: float
    infinite: tuple[str, ...]
    warnings: tuple[str, ...]
    _model: Model = field(repr=False)
    _fit: Fit = field(repr=False)
    _patients: Patients | None = field(repr=False)
    _clusters: Integers | None = field(repr=False)

    def __post_init__(self) -> None:
        seal((self.coef, self.covariance, self.robust_covariance))

    @property
    def ties(self) -> str:
        """How tied events were handled."""
        return self._model.ties

    @property
    def converged(self) -> bool:
        """Whether the likelihood has a maximum and it was found."""
        return self._fit.converged

    @property
    def n_events(self) -> int:
        """The number of events."""
        return int(self._model.grid.deaths.sum())

    def _errors(self, covariance: Floats) -> Floats:
        own = np.diag(covariance)
        errors = np.sqrt(np.where(own < 0, 0.0, own))
        return np.where(np.isin(self.names, self.infinite), np.inf, errors)

    @property
    def naive_se(self) -> Floats:
        """The standard errors from the information I: the roots of the diagonal of V = I(b)^-1."""
        return self._errors(self.covariance)

    @property
    def se(self) -> Floats:
        """The standard errors: robust where asked for, from the information otherwise; infinite where separated.

        The roots of the diagonal of V = D'D, D the dfbeta residuals summed within clusters (Lin and Wei, J Am Stat
        Assoc 1989; 84:1074-1078), or of V = I(b)^-1.
        """
        return self._errors(self.covariance if self.robust_covariance is None else self.robust_covariance)

    @property
    @quietly
    def z(self) -> Floats:
        """The coefficients over their errors, z = coef / se."""
        return self.coef / self.se

    @property
    @quietly
    def p(self) -> Floats:
        """The two-sided p values of Wald's tests, p = 2 Phi(-|z|)."""
        from scipy.special import ndtr

        return np.asarray(2 * ndtr(-np.abs(self.z)))

    @property
    @quietly
    def hazard_ratios(self) -> Floats:
        """The hazard ratios, HR = exp(coef)."""
        return np.exp(self.coef)

    @property
    @quietly
    def hazard_ratio_limits(self) -> Floats:
        """The limits of each hazard ratio, one row a covariate: HR = exp(coef -+ z se)."""
        half = normal_quantile(self.conf_level) * self.se
        return np.exp(np.column_stack((self.coef - half, self.coef + half)))

    @property
    def loglik(self) -> float:
        """The log partial likelihood: Cox, J R Stat Soc B 1972; 34:187-220, eq. 12, over all events.

        l(b) = sum over the events of b'x_i - log sum of exp(b'x_j) over those at risk; ties as in ``cox``.
        """
        return self._fit.at.loglik

    @cached_property
    def _null(self) -> Likelihood:
        return self._model.at(np.zeros(len(self.coef)))

    @property
    def loglik_null(self) -> float:
        """The log partial likelihood with all coefficients 0: without ties, l(0) = -(sum of log n over the events)."""
        return self._null.loglik

    def _test(self, chi2: float) -> Test:
        return Test(chi2, len(self.coef), chi2_tail(chi2, len(self.coef)))

    @property
    def likelihood_ratio_test(self) -> Test:
        """Twice the gain in log likelihood, chi2 = 2 (l(b) - l(0)), l the logarithm of the likelihood of Cox (1972)."""
        return self._test(2 * (self.loglik - self.loglik_null))

    @property
    def wald_test(self) -> Test:
        """The squared length of the coefficients, chi2 = b' V^-1 b, V their covariance, robust where asked for."""
        covariance = self.covariance if self.robust_covariance is None else self.robust_covariance
        return self._test(float(self.coef @ np.linalg.pinv(covariance, hermitian=True) @ self.coef))

    @cached_property
    def score_test(self) -> Test:
        """The score test at b = 0, chi2 = U' I^-1 U; without ties or weights, of groups, the log-rank test."""
        score, information = self._null.score, self._model.information(self._null)
        return self._test(float(score @ np.linalg.solve(information, score)))

    @quietly
    def baseline(self, at: Sequence[float] | Mapping[str, float] | None = None) -> tuple[Baseline, ...]:
        """The cumulative hazard of each stratum for covariates ``at``; None is all covariates 0.

        H(t) = exp(b'at) sum of d / sum of exp(b'x_j) over those at risk, by event times: Breslow, discussion of Cox,
        J R Stat Soc B 1972; 34:216-217; with Efron's ties each of the d events has its own inner sum, as in the
        likelihood: Therneau and Grambsch (2000). For the mean patient pass ``cx.means``.
        """
        if isinstance(at, Mapping):
            at = [float(at[name]) for name in self.names] if set(at) == set(self.names) else []
        x = np.zeros(len(self.coef)) if at is None else np.asarray(at, dtype=np.float64)
        if x.shape != self.coef.shape or not np.isfinite(x).all():
            found, expected = "other covariates than the model's", f"a number for each of {', '.join(self.names)}"
            raise refuse("at", found, expected, "Pass one number for each, in that order or by name.", "at")
        factor = float(np.exp((x - self._model.centre) @ self._fit.at.beta))
        grid, steps = self._model.grid, self._fit.at.rates.hazard
        edges = zip(grid.edges[:-1], grid.edges[1:], strict=True)
        return tuple(
            Baseline(name, grid.time[low:high], factor * np.cumsum(steps[low:high]))
            for name, (low, high) in zip(grid.strata, edges, strict=True)
        )

    @property
    def means(self) -> Floats:
        """The means of the covariates."""
        return self._model.centre

    @property
    def _rows(self) -> tuple[Patients, Rows]:
        part = self._model.parts[0]
        if self._patients is None or not isinstance(part, Rows):
            remedy = "Fit the model on arrays for what needs each patient."
            raise Problems([refuse("cx", "a model fitted from sums", "the patients' rows", remedy, "rows")])
        return self._patients, part

    @quietly
    def residuals(self, kind: str = "martingale") -> Floats:
        """Residuals, one row a patient; for "schoenfeld" and "scaled-schoenfeld" one row an event, in order of time.

        Therneau and Grambsch (2000), chapter 4. "martingale": M = d - exp(b'x) H(T), d being 1 for an event.
        "deviance": sign(M) sqrt(-2 (M + d log(d - M))). "score": L = what the row adds to the derivative of l(b).
        "dfbeta": w L'V, w its weight. "schoenfeld": r = x - the mean of those at risk; "scaled-schoenfeld": m r'V + b,
        of m events, as in Grambsch and Therneau, Biometrika 1994; 81:515-526.
        """
        check_choice(kind, RESIDUALS, "kind")
        patients, rows = self._rows
        if kind == "score":
            return score_residuals(self._model, self._fit, rows)
        if kind == "dfbeta":
            return dfbeta(self._model, self._fit, rows)
        if kind.endswith("schoenfeld"):
            residual = schoenfeld(self._model, self._fit, rows)[1]
            scaled = residual @ self.covariance * self.n_events + self.coef
            return residual if kind == "schoenfeld" else np.asarray(scaled)
        found = martingale(self._model, self._fit, rows)
        if kind == "martingale":
            return found
        dead = np.asarray(patients.dead, dtype=np.float64)
        inner = found + np.where(dead > 0, dead * np.log(dead - found), 0.0)
        return np.asarray(np.sign(found) * np.sqrt(np.maximum(-2 * inner, 0.0)))

    def proportional_hazards(
        self, transform: str = "km", terms: Mapping[str, Sequence[str]] | None = None
    ) -> ProportionalHazards:
        """The test that each hazard ratio is constant: Grambsch and Therneau, Biometrika 1994; 81:515-526.

        The score test of survival 3: a coefficient times g(t) is added for each covariate, and
        chi2 = U' (I_2 - I_1 I_0^-1 I_1)^-1 U, where U is the sum of g r over the events (r as in ``residuals``), and
        I_0, I_1, I_2 are the information with its times weighed by 1, g and g^2, g less its mean over the events.
        ``transform``: g is "km" (1 - S(t-)), "rank", "log" or "identity". ``terms`` names covariates to be tested
        together.
        """
        patients, rows = self._rows
        return proportional_hazards(self._model, self._fit, patients, rows, self.names, transform, terms)

    @cached_property
    @quietly
    def concordance(self) -> Concordance:
        """Harrell's C of the linear predictor, c = (concordant + tied / 2) / (all pairs that can be told).

        Harrell et al., JAMA 1982; 247:2543-2546, with its infinitesimal-jackknife error.
        """
        patients, _ = self._rows
        predictor = np.zeros(len(patients.x))
        for column, (beta, centre) in enumerate(zip(self._fit.at.beta, self._model.centre, strict=True)):
            predictor += (patients.x[:, column] - centre) * beta  # one by one: patients who are alike get equal scores
        return concordance(patients, predictor, self._clusters)

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON; infinite values are None."""
        limits = self.hazard_ratio_limits
        rows = [
            {
                "name": name, "coef": plain(self.coef[k]), "se": plain(self.se[k]), "p": plain(self.p[k]),
                "hazard_ratio": plain(self.hazard_ratios[k]), "lower": plain(limits[k, 0]),
                "upper": plain(limits[k, 1]),
            }
            for k, name in enumerate(self.names)
        ]  # fmt: skip
        tests = ("likelihood_ratio_test", "wald_test", "score_test")
        return {
            "n": self.n, "n_events": self.n_events, "ties": self.ties, "conf_level": self.conf_level,
            "robust": self.robust_covariance is not None, "covariates": rows,
            "loglik": [plain(self.loglik_null), plain(self.loglik)],
            **{name: getattr(self, name).to_dict() for name in tests},
            "converged": self.converged, "infinite": list(self.infinite), "warnings": list(self.warnings),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        limits = self.hazard_ratio_limits
        rows = [
            (
                name,
                with_interval(ratio(self.hazard_ratios[k]), ratio(limits[k, 0]), ratio(limits[k, 1])),
                p_value(float(self.p[k])),
            )
            for k, name in enumerate(self.names)
        ]
        head = ("covariate", f"hazard ratio ({100 * self.conf_level:g} % interval)", "p")
        return html_table(f"Cox model, {self.n} rows, {self.n_events} events", head, rows, self.warnings)

    def plot(self, **options: Any) -> Picture:
        """The hazard ratios as a forest: see ``netlm.survival.plot_forest``."""
        from ._draw_models import plot_forest

        return plot_forest(self, **options)

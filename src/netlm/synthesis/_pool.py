"""Studies pooled: one estimate, how far it is to be trusted, and how far the studies differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems
from ..figures import html_table, number, p_value
from ._distributions import chi2_tail, normal_quantile, t_quantile
from ._heterogeneity import (
    der_simonian_laird,
    mean_and_weights,
    q_statistic,
    restricted_likelihood,
    typical_variance,
)  # fmt: skip
from ._measures import MEASURES, Measure, plain
from ._study import LEVEL, Study, check_level, refuse

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["METHODS", "Pooled", "notes_of", "pool"]

METHODS = {
    "fixed": "one common effect (inverse variance)",
    "dl": "random effects (DerSimonian-Laird)",
    "reml": "random effects (REML)",
    "hk": "random effects (REML, Hartung-Knapp interval)",
}
PREDICTIONS = ("metafor", "higgins")
ALONE = "One study: nothing is pooled, and how far studies differ cannot be told"
TOO_FEW = "The prediction interval of Higgins needs three studies or more"
NARROW = "The Hartung-Knapp interval came out narrower than that of method reml: read both"


@dataclass(frozen=True)
class Pooled:
    """The pooled ``estimate`` with its interval at ``level``; ``y`` and ``se`` are on the averaging scale.

    ``q``, on ``df`` degrees of freedom with ``p_q``, ``i2`` (percent), ``h2`` and ``tau2`` say how far the studies
    differ, None with one study. ``prediction`` is where a further study's true value would lie, None for the fixed
    method. ``weights`` are percentages, in the order of ``studies``. ``notes`` say what needs care.
    y = sum of w y_i / sum of w, w = 1 / (v + tau2): DerSimonian and Laird, Control Clin Trials 1986; 7:177-188.
    """

    studies: tuple[Study, ...]
    weights: tuple[float, ...]
    method: str
    level: float
    y: float
    se: float
    estimate: float
    low: float
    high: float
    q: float | None
    df: int
    p_q: float | None
    tau2: float | None
    i2: float | None
    h2: float | None
    prediction: tuple[float, float] | None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What was done, in words."""
        return f"Pooled, {METHODS[self.method]}" if len(self.studies) > 1 else self.studies[0].name

    @property
    def measure(self) -> str:
        """What was pooled: ``hazard_ratio``, ``proportion`` or ``effect``."""
        return self.studies[0].measure

    @property
    def heterogeneity(self) -> str:
        """How far the studies differ, as a line of print."""
        if self.q is None or self.p_q is None or self.i2 is None or self.tau2 is None:
            return "Heterogeneity cannot be told from one study."
        tests = f"Q {number(self.q, 3)} on {self.df} df, {p_value(self.p_q)}"
        return f"Heterogeneity: {tests}; I² {self.i2:.0f} %; τ² {number(self.tau2, 3)}."

    @property
    def sentence(self) -> str:
        """The result in words."""
        shown, level = MEASURES[self.measure], f"{100 * self.level:g} %"
        interval = f"{level} CI {shown.interval(self.low, self.high)}"
        said = f"{self.name}: {shown.name} {shown.shown(self.estimate)} ({interval})"
        if self.prediction:
            said += f"; prediction interval {shown.interval(*self.prediction)}"
        return f"{said}. {self.heterogeneity}"

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON: plain numbers, unrounded, None where a number cannot be told."""
        studies = [
            {**study.to_dict(), "weight": weight} for study, weight in zip(self.studies, self.weights, strict=True)
        ]
        ahead = [plain(end) for end in self.prediction] if self.prediction else None
        return {
            "measure": self.measure, "method": self.method, "level": self.level, "estimate": self.estimate,
            "low": plain(self.low), "high": plain(self.high), "y": self.y, "se": plain(self.se),
            "tau2": self.tau2, "q": self.q, "df": self.df, "p_q": self.p_q, "i2": self.i2, "h2": self.h2,
            "prediction": ahead, "studies": studies, "notes": list(self.notes),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        shown = MEASURES[self.measure]
        rows = [
            (study.name, shown.shown(study.estimate), _shown_limits(shown, study, self.level), f"{weight:.1f} %")
            for study, weight in zip(self.studies, self.weights, strict=True)
        ]
        rows.append((self.name, shown.shown(self.estimate), shown.interval(self.low, self.high), "100 %"))
        if self.prediction:
            rows.append(("Prediction interval", "", shown.interval(*self.prediction), ""))
        head = ("study", shown.name, f"{100 * self.level:g} % CI", "weight")
        return html_table(f"Pooled {shown.name}", head, rows, [self.heterogeneity, *self.notes])

    def plot(self, **options: Any) -> Picture:
        """The forest plot; options as for ``plot_forest``."""
        from ._forest import plot_forest

        return plot_forest(self, **options)


def _shown_limits(shown: Measure, study: Study, level: float) -> str:
    limits = study.limits(level)
    return shown.interval(*limits) if limits else "-"


def pool(
    studies: Iterable[Study], method: str = "reml", *, level: float = LEVEL, prediction: str = "metafor"
) -> Pooled:  # fmt: skip
    """Pool studies of one measure by inverse variance, w = 1 / (v + tau2): y = sum of w y_i / sum of w.

    ``method``: "fixed", one common effect, tau2 = 0; "dl", tau2 = (Q - k + 1) / (sum of w - sum of w^2 / sum of w),
    not below 0, of the fixed weights w and their Q = sum of w (y_i - y)^2 (DerSimonian and Laird, Control Clin Trials
    1986; 7:177-188); "reml", tau2 of the greatest restricted likelihood (Viechtbauer, J Educ Behav Stat 2005;
    30:261-293); "hk", that of "reml" with the interval of Hartung and Knapp (Stat Med 2001; 20:3875-3889), t on k - 1
    degrees of freedom, as metafor's ``test="knha"``. The variance of y is 1 / sum of w, for "hk" that times
    sum of w (y_i - y)^2 / (k - 1). I2 = tau2 / (tau2 + s2) and H2 = tau2 / s2 + 1 are those of metafor, s2 the typical
    variance within studies (Higgins and Thompson, Stat Med 2002; 21:1539-1558, eq. 9); for "fixed"
    I2 = (Q - k + 1) / Q, not below 0, and H2 = Q / (k - 1).
    ``prediction``: y -+ q sqrt(tau2 + se^2), where q for "metafor", as its ``predict`` does, is the quantile of the
    pooled interval (normal, or t on k - 1 for "hk"); for "higgins" of t on k - 2 (Higgins, Thompson and Spiegelhalter,
    J R Stat Soc A 2009; 172:137-159), wider, and none for two studies. One study returns itself.
    Raises ``Problem`` or ``Problems`` for no study, several measures, a study named twice or without a standard error.
    """
    chosen = _checked(list(studies), method, level, prediction)
    if len(chosen) == 1:
        return _alone(chosen[0], method, level)
    y, v = [one.y for one in chosen], [(one.se or 0.0) ** 2 for one in chosen]
    tau2 = {"fixed": lambda *_: 0.0, "dl": der_simonian_laird}.get(method, restricted_likelihood)(y, v)
    mean, weights = mean_and_weights(y, v, tau2)
    total, df = math.fsum(weights), len(y) - 1
    plain = 1 / math.sqrt(total)
    se = math.sqrt(q_statistic(y, v, tau2) / df / total) if method == "hk" else plain
    reach = t_quantile(level, df) if method == "hk" else normal_quantile(level)
    q, inner = q_statistic(y, v), typical_variance(v)
    h2 = q / df if method == "fixed" else tau2 / inner + 1
    i2 = max(0.0, 100 * (q - df) / q) if method == "fixed" and q else 100 * tau2 / (inner + tau2)
    back, notes = MEASURES[chosen[0].measure].back, notes_of(chosen)
    if method == "hk" and reach * se < normal_quantile(level) * plain:
        notes.append(NARROW)
    ahead = None if method == "fixed" else reach if prediction == "metafor" else _higgins(level, df - 1, notes)
    half = (ahead or 0.0) * math.sqrt(tau2 + se * se)
    return Pooled(
        tuple(chosen), tuple(100 * weight / total for weight in weights), method, level, mean, se, back(mean),
        back(mean - reach * se), back(mean + reach * se), q, df, chi2_tail(q, df), tau2, i2, h2,
        (back(mean - half), back(mean + half)) if ahead else None, tuple(notes),
    )  # fmt: skip


def _higgins(level: float, df: int, notes: list[str]) -> float | None:
    if df < 1:
        notes.append(TOO_FEW)
        return None
    return t_quantile(level, df)


def notes_of(studies: Sequence[Study]) -> list[str]:
    """What needs care in the studies, each note once with the studies that it holds of."""
    notes = dict.fromkeys(study.note for study in studies if study.note)
    return [f"{', '.join(study.name for study in studies if study.note == note)}: {note}" for note in notes]


def _alone(study: Study, method: str, level: float) -> Pooled:
    low, high = study.limits(level) or (math.nan, math.nan)
    return Pooled(
        (study,), (100.0,), method, level, study.y, study.se or math.nan, study.estimate, low, high, None, 0, None,
        None, None, None, None, (ALONE, *notes_of([study])),
    )  # fmt: skip


def _checked(studies: list[Study], method: str, level: float, prediction: str) -> list[Study]:
    for value, choices, place in ((method, METHODS, "method"), (prediction, PREDICTIONS, "prediction")):
        if value not in choices:
            listed = ", ".join(choices)
            raise refuse(place, f"{value!r}", f"one of {listed}", f"Use one of {listed}.", "choice")
    check_level(level)
    if not studies:
        raise refuse("studies", "none", "one or more", "Name the studies to pool.", "empty")
    measures = sorted({study.measure for study in studies})
    if len(measures) > 1:
        raise refuse("studies", " and ".join(measures), "one measure", "Pool each measure by itself.", "measure")
    problems = [_lacking(study) for study in studies if study.se is None]
    names = [study.name for study in studies]
    problems += [_twice(name) for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise Problems(problems)
    return studies


def _lacking(study: Study) -> Problem:
    remedy = "Leave the study out, or look its interval up."
    return refuse(study.name, study.note or "no interval", "an interval or a standard error", remedy, "interval")


def _twice(name: str) -> Problem:
    return refuse(name, "the study more than once", "each study once", "Its patients would count twice.", "twice")

"""The test of proportional hazards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ._door import check_choice, refuse
from ._likelihood import Model
from ._log_rank import chi2_tail
from ._newton import Fit
from ._parts import Rows
from ._residuals import schoenfeld
from ._tables import html_table, number, p_value
from ._types import Floats, plain, quietly, seal, warn

if TYPE_CHECKING:
    from ..figures import Picture
    from ._cox_result import Patients

__all__ = ["ProportionalHazards", "proportional_hazards"]

TRACE = 1e-9
"""Less information than this about a trend, as a share of that without the covariates, is rounding."""
TRANSFORMS = ("km", "rank", "log", "identity")


@dataclass(frozen=True, eq=False)
class ProportionalHazards:
    """``chi2``, ``df`` and ``p`` of each term and of all together ("GLOBAL"), in the order of ``terms``.

    chi2 = U' V^-1 U, the score test of ``Cox.proportional_hazards``: Grambsch and Therneau, Biometrika 1994;
    81:515-526. ``time`` and ``residuals`` (scaled Schoenfeld residuals plus the coefficient, one column a covariate)
    are what the picture shows.
    """

    terms: tuple[str, ...]
    chi2: tuple[float, ...]
    df: tuple[int, ...]
    p: tuple[float, ...]
    transform: str
    names: tuple[str, ...]
    coef: Floats = field(repr=False)
    time: Floats = field(repr=False)
    residuals: Floats = field(repr=False)

    def __post_init__(self) -> None:
        seal((self.coef, self.time, self.residuals))

    def to_dict(self) -> dict[str, Any]:
        """The tests as JSON."""
        rows = zip(self.terms, self.chi2, self.df, self.p, strict=True)
        tests = [{"term": term, "chi2": plain(chi2), "df": df, "p": plain(p)} for term, chi2, df, p in rows]
        return {"transform": self.transform, "tests": tests}

    def _repr_html_(self) -> str:
        rows = [
            (term, number(chi2), str(df), p_value(p))
            for term, chi2, df, p in zip(self.terms, self.chi2, self.df, self.p, strict=True)
        ]
        return html_table(f"Proportional hazards ({self.transform})", ("term", "chi2", "df", "p"), rows)

    def plot(self, name: str | None = None, **options: Any) -> Picture:
        """Scaled Schoenfeld residuals of one covariate over time: see ``netlm.survival.plot_schoenfeld``.

        Without a ``name``, of the covariate with the smallest p among those tested alone.
        """
        from ._draw_models import plot_schoenfeld

        tested = {term: p for term, p in zip(self.terms, self.p, strict=True) if term in self.names and p == p}
        worst = min(tested, key=tested.__getitem__, default=self.names[0])
        return plot_schoenfeld(self, worst if name is None else name, **options)


def _transformed(patients: Patients, transform: str, at: Floats) -> Floats:
    """The transform of time, at the event times."""
    times = np.asarray(patients.time, dtype=np.float64)
    if transform == "identity":
        return at
    if transform == "log":
        return np.log(at)
    order = np.sort(times)
    if transform == "rank":
        low, high = np.searchsorted(order, at, side="left"), np.searchsorted(order, at, side="right")
        return (low + high + 1) / 2
    died = np.sort(times[np.asarray(patients.dead, dtype=np.bool_)])
    when, deaths = np.unique(died, return_counts=True)
    at_risk = len(order) - np.searchsorted(order, when, side="left")
    if patients.entered is not None:
        entered = np.sort(np.asarray(patients.entered, dtype=np.float64))
        at_risk = at_risk - (len(entered) - np.searchsorted(entered, when, side="left"))
    survival = np.concatenate(([1.0], np.cumprod(1 - deaths / at_risk)))
    return np.asarray(1 - survival[np.searchsorted(when, at, side="left")])


@quietly
def proportional_hazards(
    model: Model, fit: Fit, patients: Patients, rows: Rows, names: tuple[str, ...], transform: str,
    terms: Mapping[str, Sequence[str]] | None,
) -> ProportionalHazards:  # fmt: skip
    """The score test that the coefficients of covariate times g(t) are 0.

    Grambsch and Therneau, Biometrika 1994; 81:515-526, with the exact information at the estimate, as in survival 3.
    """
    check_choice(transform, TRANSFORMS, "transform")
    grid = model.grid
    if transform == "log" and grid.time.min() <= 0:
        raise refuse("transform", "an event at time 0", "times above 0 for log", "Use another transform.", "range")
    g = _transformed(patients, transform, grid.time)
    g = g - float(np.repeat(g, grid.deaths).mean())
    score = g @ model.slot_scores(fit.at)
    blocks = [fit.information, model.information(fit.at, g), model.information(fit.at, g * g)]
    tests = []
    chosen = dict(terms) if terms is not None else {name: [name] for name in names}
    for term in [*chosen, "GLOBAL"]:
        columns = list(range(len(names))) if term == "GLOBAL" else [_position(names, name) for name in chosen[term]]
        tests.append((term, _statistic(blocks, score, columns), len(columns)))
    untold = [term for term, chi2, _ in tests if math.isnan(chi2)]
    if untold:
        warn(f"no test of proportional hazards for {', '.join(untold)}: too few events at different times")
    slots, residual = schoenfeld(model, fit, rows)
    scaled = residual @ fit.covariance * len(slots) + fit.beta
    return ProportionalHazards(
        tuple(term for term, _, _ in tests), tuple(chi2 for _, chi2, _ in tests), tuple(df for _, _, df in tests),
        tuple(chi2_tail(chi2, df) for _, chi2, df in tests), transform, names, fit.beta, grid.time[slots], scaled,
    )  # fmt: skip


def _position(names: tuple[str, ...], name: str) -> int:
    if name not in names:
        raise refuse("terms", f"`{name}`", f"one of {', '.join(names)}", "Name covariates of the model.", "name")
    return names.index(name)


def _statistic(blocks: list[Floats], score: Floats, columns: list[int]) -> float:
    """U' V^-1 U: the coefficients are at their maximum, so only the added part of the score counts.

    NaN where the events leave nothing to tell a trend by: one event, or all at one time.
    """
    whole, cross, square = blocks
    own = square[np.ix_(columns, columns)]
    scale = np.sqrt(np.diag(own))
    if not (np.isfinite(whole).all() and np.isfinite(own).all() and (scale > 0).all()):
        return float("nan")
    left = (own - cross[columns] @ np.linalg.pinv(whole) @ cross[:, columns]) / np.outer(scale, scale)
    if np.linalg.eigvalsh(left)[0] < TRACE:
        return float("nan")
    return float(score[columns] / scale @ np.linalg.solve(left, score[columns] / scale))

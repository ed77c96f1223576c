"""The adjusted model with the missing covariates imputed: several completed tables, pooled by Rubin's rules."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Problem, Problems
from ..observational import ObservationalWarning, Pooled, impute, pool_imputed
from ..survival import nelson_aalen
from ._models import Fitted, Ratio, fit_cox
from ._patients import Array
from ._times import follow

if TYPE_CHECKING:
    from ._sample import Sample, Timed

__all__ = ["ImputedFit", "completed", "pool", "pooled_fit"]

TABLES = 10
ROUNDS = 5
SEED = 1


@dataclass(frozen=True, eq=False)
class ImputedFit:
    """The pooled ratios, as those of a ``Fitted``; ``reason`` says why there are none."""

    n: int
    events: int
    ratios: tuple[Ratio, ...] = ()
    reason: str = ""
    tables: int = 0
    pooled: Pooled | None = field(default=None, repr=False)

    def ratio(self, name: str) -> Ratio | None:
        """The ratio with this name, or None."""
        return next((one for one in self.ratios if one.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "n": self.n, "events": self.events, "ratios": [one.to_dict() for one in self.ratios],
            "reason": self.reason or None, "tables": self.tables, "seed": SEED,
            "missing_information": None if self.pooled is None else self.pooled.missing_information.tolist(),
        }  # fmt: skip


def completed(sample: Sample) -> tuple[Array, ...] | str:
    """The covariates of the population completed several times, once for all outcomes; or why they cannot be.

    The groups, and of every outcome the event and the cumulative hazard at its time, are in the table (White and
    Royston, Stat Med 2009; 28:1982-1998). Groups and times are themselves never imputed for the models.
    """
    values, listed = sample.covariates.values, sample.covariates.names
    gone = [name for name, column in zip(listed, values.T, strict=True) if np.isnan(column).all()]
    if gone:
        return f"nothing is known of {', '.join(gone)}"
    names = [f"x{place}" for place in range(values.shape[1])]
    table = dict(zip(names, values.T, strict=True))
    beside = [*_groups(sample), *_outcomes(sample)]
    table |= {
        f"o{place}": column for place, column in enumerate(beside) if len(np.unique(column[column == column])) > 1
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ObservationalWarning)
            found = impute(table, m=TABLES, iterations=ROUNDS, seed=SEED)
    except (Problem, Problems) as problem:
        return str(problem)
    return tuple(np.column_stack([one[name] for name in names]) for one in found.tables)


def _groups(sample: Sample) -> Iterator[Array]:
    if sample.grouped is not None:
        code = sample.grouped.code
        yield from (np.where(code < 0, np.nan, code == place) for place in range(1, len(sample.titles)))


def _outcomes(sample: Sample) -> Iterator[Array]:
    """Event and cumulative hazard of each outcome; NaN where the time is not known."""
    for time in sample.analysis.times:
        followed = follow(sample.patients, time)
        known, event = followed.known, (followed.event == 1).astype(np.int64)
        if not event[known].any():
            continue
        curve = nelson_aalen(followed.months[known], event[known]).curves[0]
        hazard = np.full(sample.patients.n, np.nan)
        hazard[known] = curve.hazard[np.searchsorted(curve.time, followed.months[known], side="right") - 1]
        yield from (np.where(known, event, np.nan), hazard)


def pooled_fit(sample: Sample, timed: Timed, groups: Array, titles: Sequence[str]) -> ImputedFit:
    """The adjusted model of each completed table, pooled."""
    n, events, tables = timed.n, int(timed.died.sum()), sample.completed
    if isinstance(tables, str):
        return ImputedFit(n, events, reason=tables)
    names = (*titles, *sample.covariates.names)
    fits = [
        fit_cox(timed.time, timed.died, np.column_stack((groups, one[timed.rows])), names, test=False) for one in tables
    ]
    return pool(n, events, fits)


def pool(n: int, events: int, fits: Sequence[Fitted]) -> ImputedFit:
    """The models of completed tables as one: Rubin's rules on the log ratios."""
    failed = next((one.reason for one in fits if one.reason), "")
    if failed:
        return ImputedFit(n, events, reason=failed)
    shared = [one.name for one in fits[0].ratios if all(fit.ratio(one.name) for fit in fits)]
    rows = [[ratio for name in shared if (ratio := fit.ratio(name))] for fit in fits]
    coefs = np.array([[one.coef for one in row] for row in rows])
    errors = np.array([[one.se for one in row] for row in rows])
    finite = np.isfinite(coefs).all(axis=0) & np.isfinite(errors).all(axis=0)
    if not finite.any():
        return ImputedFit(n, events, reason="no finite ratio in every completed table")
    names = [name for name, kept in zip(shared, finite, strict=True) if kept]
    df = max(1.0, float(events - len(shared)))
    pooled = pool_imputed(coefs[:, finite], errors[:, finite], names, complete_df=df)
    return ImputedFit(n, events, tuple(_ratios(pooled)), tables=len(fits), pooled=pooled)


def _ratios(pooled: Pooled) -> Iterator[Ratio]:
    with np.errstate(over="ignore"):
        columns = (
            np.exp(pooled.estimate),
            np.exp(pooled.low),
            np.exp(pooled.high),
            pooled.p,
            pooled.estimate,
            pooled.se,
        )
    for place, name in enumerate(pooled.names):
        yield Ratio(name, *(float(column[place]) for column in columns))

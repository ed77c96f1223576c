"""Cox models of a comparison: crude, adjusted on complete cases, and a plain reason where there is none."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..errors import Problem, Problems
from ..survival import Cox, ProportionalHazards, SurvivalWarning, cox
from ._patients import Array

__all__ = ["Fitted", "Ratio", "fit_cox", "group_columns", "varying"]


class Ratio(NamedTuple):
    """A hazard ratio: ``name`` against the reference, with its 95 % interval; ``coef`` and ``se`` are of its log."""

    name: str
    estimate: float
    lower: float
    upper: float
    p: float
    coef: float
    se: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON; None where a number cannot be told."""
        numbers = {"hazard_ratio": self.estimate, "lower": self.lower, "upper": self.upper, "p": self.p}
        return {"name": self.name, **{key: one if np.isfinite(one) else None for key, one in numbers.items()}}


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model: the ratios of the groups first, then of the covariates; or ``reason``, why there is none."""

    n: int
    events: int
    ratios: tuple[Ratio, ...] = ()
    reason: str = ""
    model: Cox | None = field(default=None, repr=False)
    proportional: ProportionalHazards | None = field(default=None, repr=False)
    left_out: tuple[str, ...] = ()

    def ratio(self, name: str) -> Ratio | None:
        """The ratio with this name, or None."""
        return next((one for one in self.ratios if one.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        tested = None if self.proportional is None else self.proportional.to_dict()
        return {
            "n": self.n, "events": self.events, "ratios": [one.to_dict() for one in self.ratios],
            "reason": self.reason or None, "left_out": list(self.left_out), "proportional_hazards": tested,
        }  # fmt: skip


def group_columns(code: Array, titles: Sequence[str], reference: int) -> tuple[Array, tuple[str, ...]]:
    """A column of 0 and 1 for each group with members but the reference, and their titles."""
    places = [place for place in range(len(titles)) if place != reference and (code == place).any()]
    columns = [(code == place).astype(np.float64) for place in places]
    return np.column_stack(columns) if columns else np.empty((len(code), 0)), tuple(titles[place] for place in places)


def varying(columns: Array, names: Sequence[str]) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
    """The columns that differ between rows and do not repeat earlier ones, their names, and those of the others."""
    kept: list[int] = []
    for place in range(columns.shape[1]):
        trial = columns[:, [*kept, place]]
        if len(trial) and np.linalg.matrix_rank(trial - trial.mean(axis=0)) == len(kept) + 1:
            kept.append(place)
    out = tuple(name for place, name in enumerate(names) if place not in kept)
    return columns[:, kept], tuple(names[place] for place in kept), out


def fit_cox(
    time: Array, event: Array, columns: Array, names: Sequence[str], *, weights: Array | None = None,
    entry: Array | None = None, cluster: Array | None = None, test: bool = True,
) -> Fitted:  # fmt: skip
    """The model of the columns, rows with a missing value left out."""
    rows = ~np.isnan(columns).any(axis=1)
    n, events = int(rows.sum()), int(event[rows].sum())
    used, kept, out = varying(columns[rows], names)
    if not events:
        return Fitted(n, events, reason="no events", left_out=out)
    if not kept:
        return Fitted(n, events, reason="nothing differs between the patients", left_out=out)
    if events <= len(kept):
        reason = f"{events} event{'s' * (events != 1)} for {len(kept)} coefficient{'s' * (len(kept) != 1)}"
        return Fitted(n, events, reason=f"too few events: {reason}", left_out=out)
    weights, entry, cluster = (None if one is None else one[rows] for one in (weights, entry, cluster))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SurvivalWarning)
            model = cox(
                time[rows], event[rows], used, names=kept, entry=entry, weights=weights, cluster=cluster,
                robust=weights is not None or None,
            )  # fmt: skip
            usable = test and not model.infinite and model.converged and weights is None and entry is None
            tested = model.proportional_hazards() if usable else None
    except (Problem, Problems) as problem:
        return Fitted(n, events, reason=str(problem), left_out=out)
    return Fitted(n, events, tuple(_ratios(model)), model=model, proportional=tested, left_out=out)


def _ratios(model: Cox) -> Iterator[Ratio]:
    limits = model.hazard_ratio_limits
    for place, name in enumerate(model.names):
        if name in model.infinite:
            nothing = float("nan")
            yield Ratio(name, nothing, nothing, nothing, nothing, nothing, nothing)
            continue
        columns = (model.hazard_ratios, limits[:, 0], limits[:, 1], model.p, model.coef, model.se)
        yield Ratio(name, *(float(column[place]) for column in columns))

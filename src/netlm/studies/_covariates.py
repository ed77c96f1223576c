"""What a comparison is adjusted for, as columns of numbers; NaN where it is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._analysis import Covariate
from ._judge import judge
from ._patients import Array, Patients

__all__ = ["Covariates", "covariates_of"]


@dataclass(frozen=True, eq=False)
class Covariates:
    """One column for each covariate: numbers as they are (the middle of a range), criteria as 0 and 1."""

    listed: tuple[Covariate, ...]
    values: Array
    ranged: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Their titles, in order."""
        return tuple(one.title for one in self.listed)

    @property
    def binary(self) -> tuple[bool, ...]:
        """Which of them are yes or no."""
        return tuple(one.criterion is not None for one in self.listed)

    @property
    def missing(self) -> dict[str, int]:
        """How many rows of each are not known."""
        counts = np.isnan(self.values).sum(axis=0).tolist()
        return {name: int(count) for name, count in zip(self.names, counts, strict=True)}


def covariates_of(listed: Sequence[Covariate], patients: Patients) -> Covariates:
    """The covariates of every row."""
    columns, ranged = [], []
    for one in listed:
        if one.criterion is not None:
            columns.append(judge(one.criterion, patients).as_number)
            ranged.append(0)
        else:
            assert one.column is not None
            cells = patients.columns[one.column]
            columns.append(cells.middle)
            ranged.append(int(cells.ranged.sum()))
    values = np.column_stack(columns) if columns else np.empty((patients.n, 0))
    return Covariates(tuple(listed), values, tuple(ranged))

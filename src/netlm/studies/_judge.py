"""Criteria over a whole table: each judged once for every different row, by the definition that judges one patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..logic import Source
from ..values import TRUE, UNKNOWN, Value
from ._analysis import Criterion
from ._patients import Array, Patients

__all__ = ["Truths", "judge"]


@dataclass(frozen=True, eq=False)
class Truths:
    """For every row whether the criterion holds: ``true``, ``false`` and ``unknown`` add up to all."""

    code: Array

    @property
    def true(self) -> Array:
        """Rows in which it certainly holds."""
        return np.asarray(self.code == TRUE)

    @property
    def unknown(self) -> Array:
        """Rows in which it cannot be told."""
        return np.asarray(self.code == UNKNOWN)

    @property
    def as_number(self) -> Array:
        """1 where it holds, 0 where it does not, NaN where it cannot be told."""
        return np.where(self.unknown, np.nan, self.true.astype(np.float64))


@dataclass(frozen=True)
class _Row:
    """One row as a criterion sees it."""

    values: Mapping[str, Value]

    def value(self, name: str) -> Value:
        """What the column can be."""
        return self.values[name]

    def lesion_sources(self) -> tuple[Sequence[Source], bool]:
        """A table has no lesions one by one."""
        return (), False

    def possible(self, option: str) -> frozenset[str]:
        """A table has no verdicts."""
        raise AssertionError(option)


def judge(criterion: Criterion, patients: Patients) -> Truths:
    """The truth of the criterion in every row; rows with the same values are judged once."""
    names = criterion.columns
    if not names:
        return Truths(np.full(patients.n, int(TRUE)))
    cells = [patients.columns[name] for name in names]
    keys = list(zip(*(one.keys() for one in cells), strict=True))
    known: dict[tuple[Any, ...], int] = {}
    for key in keys:
        if key not in known:
            row = {name: one.value(part) for name, one, part in zip(names, cells, key, strict=True)}
            known[key] = int(criterion.rule(_Row(row)))
    return Truths(np.array([known[key] for key in keys], dtype=np.int8))

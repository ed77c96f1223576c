"""Everyone whom an analysis compares, ready for any method: population, groups, covariates, times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._analysis import Analysis, Grouping
from ._attrition import Grouped, Population, group_rows, populate
from ._columns import Time
from ._covariates import Covariates, covariates_of
from ._patients import Array, Patients
from ._times import Followed, Landed, follow, land

__all__ = ["Sample", "Timed", "sample_of"]


@dataclass(frozen=True, eq=False)
class Timed:
    """One outcome of the sample: who has a group and a time, from the landmark on.

    ``rows`` marks them among the population; ``time`` (months), ``event`` (0, 1, 2) and ``code`` (group) are theirs.
    """

    followed: Followed
    landed: Landed
    rows: Array
    time: Array
    event: Array
    code: Array

    @property
    def n(self) -> int:
        """How many they are."""
        return len(self.time)

    @property
    def died(self) -> Array:
        """1 where the event of interest happened."""
        return np.asarray(self.event == 1, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Sample:
    """The population with its groups and covariates; ``timed`` makes the times of one outcome."""

    analysis: Analysis
    population: Population
    grouped: Grouped | None
    covariates: Covariates

    @property
    def patients(self) -> Patients:
        """The rows of the population."""
        return self.population.patients

    @property
    def grouping(self) -> Grouping:
        """What is compared."""
        assert self.grouped is not None
        return self.grouped.grouping

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of the groups, in order."""
        return tuple(group.title for group in self.grouping.groups)

    @property
    def reference(self) -> int:
        """The position of the group with which the others are compared."""
        return self.grouping.place(self.grouping.reference)

    @property
    def reference_title(self) -> str:
        """Its title."""
        return self.titles[self.reference]

    @cached_property
    def completed(self) -> tuple[Array, ...] | str:
        """The covariates with what is missing imputed, several times; or why not."""
        from ._imputed import completed  # needed where something is missing

        return completed(self)

    def timed(self, time: Time) -> Timed:
        """The times of one outcome, for those who have a group and are followed beyond the landmark."""
        zero = self.analysis.time_zero
        assert zero is not None
        followed = follow(self.patients, time)
        landed = land(followed, zero)
        members = self.grouped.members if self.grouped is not None else np.ones(self.patients.n, dtype=bool)
        rows = landed.rows & members
        code = self.grouped.code[rows] if self.grouped is not None else np.zeros(int(rows.sum()), dtype=np.int64)
        return Timed(followed, landed, rows, landed.time[rows], followed.event[rows], code)


def sample_of(analysis: Analysis, patients: Patients) -> Sample:
    """The sample that the analysis asks about."""
    population = populate(analysis, patients)
    grouped = group_rows(analysis.grouping, population.patients) if analysis.grouping is not None else None
    return Sample(analysis, population, grouped, covariates_of(analysis.covariates, population.patients))

"""Who is asked about, step by step, and in which group each is: nobody is dropped without being counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._analysis import Analysis, Group, Grouping
from ._judge import judge
from ._patients import Array, Patients

__all__ = ["Count", "Grouped", "Population", "group_rows", "populate"]

NONE = -1


@dataclass(frozen=True)
class Count:
    """One step of the attrition: how many of those ``before`` meet it, do not, or cannot be told, and why not."""

    id: str
    says: str
    before: int
    true: int
    false: int
    unknown: int
    reasons: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id, "says": self.says, "before": self.before, "true": self.true, "false": self.false,
            "unknown": self.unknown, "reasons": dict(self.reasons),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Population:
    """The rows that are left after every step, and what each step counted."""

    patients: Patients
    steps: tuple[Count, ...]
    all: int


def populate(analysis: Analysis, patients: Patients) -> Population:
    """Those who certainly meet every step, in order; who cannot be told is counted and left out."""
    steps, found = [], patients
    for step in analysis.population:
        truths = judge(step.criterion, found)
        unknown = truths.unknown
        reasons = found.why_missing(step.criterion.columns, unknown)
        true, open_ = int(truths.true.sum()), int(unknown.sum())
        steps.append(Count(step.id, step.says, found.n, true, found.n - true - open_, open_, reasons))
        found = found.take(truths.true)
    return Population(found, tuple(steps), patients.n)


@dataclass(frozen=True, eq=False)
class Grouped:
    """The group of each row (its position, -1 without one), and who is in none.

    ``crossing`` are rows whose range lies across a limit, so that the group cannot be told; ``unknown`` rows in which
    something is not known; ``outside`` rows that are certainly in no group.
    """

    grouping: Grouping
    code: Array
    crossing: int
    unknown: int
    outside: int
    reasons: Mapping[str, int]

    @property
    def members(self) -> Array:
        """Rows with a group."""
        return np.asarray(self.code != NONE)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of rows of each group."""
        return tuple(int(np.count_nonzero(self.code == place)) for place in range(len(self.grouping.groups)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        groups = [
            {"id": group.id, "title": group.title, "when": group.criterion.text, "n": size}
            for group, size in zip(self.grouping.groups, self.sizes, strict=True)
        ]
        return {
            "title": self.grouping.title, "reference": self.grouping.reference, "groups": groups,
            "cannot_tell": self.crossing, "unknown": self.unknown, "outside": self.outside,
            "reasons": dict(self.reasons),
        }  # fmt: skip


def group_rows(grouping: Grouping, patients: Patients) -> Grouped:
    """The group of each row: the first that certainly holds, where no earlier one can."""
    code = np.full(patients.n, NONE)
    open_ = np.zeros(patients.n, dtype=bool)
    for place, truths in enumerate(_truths(grouping.groups, patients)):
        code[truths.true & ~open_ & (code == NONE)] = place
        open_ |= truths.unknown & (code == NONE)
    open_ &= code == NONE
    blank = np.zeros(patients.n, dtype=bool)
    for name in grouping.columns:
        blank |= patients.columns[name].missing
    crossing, unknown = open_ & ~blank, open_ & blank
    return Grouped(
        grouping, code, int(crossing.sum()), int(unknown.sum()), int(((code == NONE) & ~open_).sum()),
        patients.why_missing(grouping.columns, unknown),
    )  # fmt: skip


def _truths(groups: tuple[Group, ...], patients: Patients) -> Iterator[Any]:
    for group in groups:
        yield judge(group.criterion, patients)

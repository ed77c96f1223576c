"""The first sections of every page: who is asked about, from when, in which groups, and what is not known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..figures import number
from ._attrition import Grouped
from ._page import LOOK, Check, Part, Section, Table, Text
from ._sample import Sample

__all__ = ["groups_part", "population_part", "time_zero_part"]

MOST_REASONS = 4


def told(reasons: Mapping[str, int]) -> str:
    """The commonest reasons with their numbers, in a line."""
    listed = [f"{reason} ({rows})" for reason, rows in list(reasons.items())[:MOST_REASONS]]
    more = len(reasons) - MOST_REASONS
    return "; ".join([*listed, *([f"{more} more"] if more > 0 else [])])


def population_part(sample: Sample) -> Part:
    """The attrition: every step with those who meet it, do not, and cannot be told."""
    population = sample.population
    rows = [(f"all {sample.analysis.rows} of the registry", str(population.all), "", "", "")]
    rows += [(step.says, str(step.true), str(step.false), str(step.unknown), told(step.reasons)) for step in
             population.steps]  # fmt: skip
    head = ("step", "meet it", "do not", "cannot be told", "why it cannot be told")
    table = Table(f"{population.patients.n} of {population.all} are left", head, tuple(rows))
    data = {"all": population.all, "steps": [step.to_dict() for step in population.steps], "n": population.patients.n}
    return Part((Section("Who is asked about", (table,)),), data={"population": data})


def time_zero_part(sample: Sample) -> Part:
    """From when time counts, and why from a landmark."""
    zero = sample.analysis.time_zero
    if zero is None:
        return Part(data={"time_zero": None})
    said = [Text(f"Time zero: {zero.says}.")]
    data: dict[str, Any] = {"at": zero.at, "says": zero.says, "landmark": None}
    if zero.landmark is not None:
        marked = "; overridden for this run" if zero.landmark.overridden else ""
        said.append(Text(
            f"Compared from a landmark at {number(zero.months)} months (convention {zero.landmark.name}{marked}). "
            f"{zero.because}",
        ))  # fmt: skip
        data["landmark"] = {
            "convention": zero.landmark.name, "months": zero.months, "because": zero.because,
            "overridden": zero.landmark.overridden,
        }  # fmt: skip
    return Part((Section("From when", tuple(said)),), data={"time_zero": data})


def groups_part(sample: Sample) -> Part:
    """The groups with their limits, and who is in none of them."""
    if sample.grouped is None:
        return Part(data={"groups": None})
    grouped = sample.grouped
    rows = [(group.title, str(size)) for group, size in zip(grouped.grouping.groups, grouped.sizes, strict=True)]
    rows += list(_without(grouped))
    limits = tuple(sample.analysis.limit_texts())
    table = Table(f"Groups by {grouped.grouping.title}", ("group", sample.analysis.rows), tuple(rows), limits)
    checks = []
    if grouped.crossing:
        text = f"{grouped.crossing} measured as a range that crosses a limit; put into no group."
        checks.append(Check("groups that cannot be told", LOOK, text))
    empty = [title for title, size in zip(sample.titles, grouped.sizes, strict=True) if not size]
    if empty:
        checks.append(Check("empty groups", LOOK, f"nobody in: {', '.join(empty)}."))
    return Part((Section("What is compared", (table,)),), tuple(checks), {"groups": grouped.to_dict()})


def _without(grouped: Grouped) -> Iterable[tuple[str, str]]:
    if grouped.crossing:
        yield "cannot tell: the range crosses a limit", str(grouped.crossing)
    if grouped.unknown:
        yield f"not known: {told(grouped.reasons)}", str(grouped.unknown)
    if grouped.outside:
        yield "in none of the groups", str(grouped.outside)

"""Table one: the groups side by side as they came, with what is not known of them."""

from __future__ import annotations

import numpy as np

from ..observational import TableOne, table_one
from ._page import Block, Part, Section, Table, Text
from ._patients import Array
from ._sample import Sample

__all__ = ["table_one_part"]

WORDS = {1.0: "yes", 0.0: "no"}
NOTE = "Medians with quartiles, or numbers with the percentage of those known."
NOTE_GROUPS = (
    "SMD: the largest standardised difference between two groups; over 0.1 is usually called unlike. No p: a "
    "difference as they came is no chance finding."
)


def table_one_part(sample: Sample) -> Part:
    """The covariates of those with a group; of all where nothing is compared."""
    if not sample.covariates.listed:
        return Part(data={"table_one": None})
    members = sample.grouped.members if sample.grouped is not None else np.ones(sample.patients.n, dtype=bool)
    if not members.any():
        text = Text("No table one: nobody has a group.", "warning")
        return Part((Section("Table one", (text,)),), data={"table_one": None})
    covariates = sample.covariates.listed
    if len(_unknown(sample, members)) == len(covariates):
        text = Text(f"No table one: nothing is known of {', '.join(one.title for one in covariates)}.", "warning")
        return Part((Section("Table one", (text,)),), data={"table_one": None})
    found = _summed(sample, members)
    head = ("", *(f"{group} (n {n})" for group, n in zip(found.groups, found.n, strict=True)))
    rows, caption, note = found.rows, "Who they are", NOTE
    if sample.grouped is None:
        rows = [row[:-1] for row in rows]
    else:
        head, caption, note = (*head, "SMD"), "Who is in each group", f"{NOTE} {NOTE_GROUPS}"
    nobody = [f"{covariates[place].title}: known of nobody." for place in _unknown(sample, members)]
    blocks: tuple[Block, ...] = (Table(caption, head, tuple(rows), (note, *nobody, *_ranged(sample))),)
    return Part((Section("Table one", blocks),), data={"table_one": found.to_dict()})


def _unknown(sample: Sample, members: Array) -> list[int]:
    """The covariates that are known of none of them, which are then neither numbers nor shares."""
    return np.flatnonzero(np.isnan(sample.covariates.values[members]).all(axis=0)).tolist()


def _summed(sample: Sample, members: Array) -> TableOne:
    covariates = sample.covariates
    columns = {}
    for place, (one, binary) in enumerate(zip(covariates.listed, covariates.binary, strict=True)):
        values = covariates.values[members, place].tolist()
        if place in _unknown(sample, members):
            continue
        columns[one.title] = [WORDS.get(value) if binary else None if value != value else value for value in values]
    if sample.grouped is None:
        return table_one(columns)
    group = [sample.titles[place] for place in sample.grouped.code[members].tolist()]
    return table_one(columns, group, order=sample.titles)


def _ranged(sample: Sample) -> list[str]:
    found = zip(sample.covariates.names, sample.covariates.ranged, strict=True)
    return [f"{name}: {rows} known as a range; its middle is taken." for name, rows in found if rows]

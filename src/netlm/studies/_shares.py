"""Shares of patients who have an outcome, with exact intervals, beside published ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..figures import Picture, percent, with_interval
from ..synthesis import Stratum, plot_landmarks
from ._analysis import Share
from ._judge import judge
from ._page import Block, Figure, Part, Section, Table, Text
from ._published import resolve
from ._sample import Sample
from ._table_one import table_one_part
from ._whom import told

__all__ = ["Counted", "exact_interval", "shares_parts"]

LEVEL = 0.95
DIGITS = 3
CAUTION = "Groups as they came. No prediction for one patient."
BESIDE = "Groups as they came; published: other patients, years and definitions. No prediction for one patient."
EXACT = f"Intervals of {100 * LEVEL:g} %, exact."
SELECTED = (
    "Who came to have the outcome recorded is itself selected. The groups are shown as they came: nothing adjusts "
    "them, and their difference is not an effect of the treatment."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """``count`` of ``of`` known; ``unknown`` more are not known."""

    title: str
    count: int
    of: int
    unknown: int

    @property
    def share(self) -> float:
        """The share; NaN of nobody."""
        return self.count / self.of if self.of else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Its exact interval."""
        return exact_interval(self.count, self.of)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        low, high = self.interval if self.of else (None, None)
        return {
            "title": self.title, "count": self.count, "of": self.of, "unknown": self.unknown,
            "share": self.share if self.of else None, "lower": low, "upper": high,
        }  # fmt: skip


def exact_interval(count: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share: Clopper and Pearson, Biometrika 1934; 26:404-413, by quantiles of the beta."""
    from scipy.special import betaincinv

    if not of:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return low, high


def shares_parts(sample: Sample) -> Iterator[Part]:
    """Table one, then each outcome."""
    yield table_one_part(sample)
    for share in sample.analysis.shares:
        yield _outcome(sample, share)


def _outcome(sample: Sample, share: Share) -> Part:
    truths = judge(share.criterion, sample.patients)
    members = [("all", np.ones(sample.patients.n, dtype=bool))]
    if sample.grouped is not None:
        members = [(title, sample.grouped.code == place) for place, title in enumerate(sample.titles)]
    counted = []
    for title, mine in members:
        unknown = int((mine & truths.unknown).sum())
        counted.append(Counted(title, int((mine & truths.true).sum()), int(mine.sum()) - unknown, unknown))
    blocks: list[Block] = []
    if any(one.of for one in counted):
        blocks.append(_figure(sample, share, counted))
    else:
        blocks.append(Text("No share: the outcome is known of nobody.", "warning"))
    rows = tuple((one.title, f"{one.count} of {one.of}", _cell(one), str(one.unknown)) for one in counted)
    head = ("group", "have it, of those known", "share (95 % interval, exact)", "not known")
    reasons = sample.patients.why_missing(share.criterion.columns, truths.unknown)
    notes = (f"Not known: {told(reasons)}.",) if reasons else ()
    blocks.append(Table(share.title, head, rows, notes))
    if sample.grouped is not None:
        blocks.append(Text(SELECTED, "warning"))
    data = {"outcome": share.id, "title": share.title, "groups": [one.to_dict() for one in counted]}
    return Part((Section(share.title, tuple(blocks)),), data={"results": [data]})


def _cell(one: Counted) -> str:
    return with_interval(percent(one.share), *(percent(end) for end in one.interval)) if one.of else "-"


def _figure(sample: Sample, share: Share, counted: list[Counted]) -> Figure:
    mine, published = [_stratum(one) for one in counted if one.of], list(_published(sample, share))
    caution, where = (BESIDE, "here and as published") if published else (CAUTION, "here")

    def draw(width: float) -> Picture:
        return plot_landmarks(
            [*mine, *published], measure="share of patients", title=share.title, notes=(EXACT,), caution=caution,
            width=width,
        )  # fmt: skip

    return Figure(f"{share.id}", f"{share.title}: shares {where}", draw)


def _stratum(one: Counted) -> Stratum:
    """The share in tenths of a per cent."""
    share, low, high = (round(value, DIGITS) for value in (one.share, *one.interval))
    return Stratum(one.title, share, low, high, one.of, "This registry")


def _published(sample: Sample, share: Share) -> Iterator[Stratum]:
    """The published shares that stand under the same outcome."""
    for one in resolve(sample.analysis.published, sample.analysis.file):
        for measure in one.result.values:
            number = measure.number
            if share.endpoint == one.result.endpoint and number.unit == "%" and number.value is not None:
                yield Stratum(measure.what, number.value / 100, n=measure.of, group=one.study.dated)

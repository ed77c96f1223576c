"""Times that differ only by rounding are one time, as in R's ``aeqSurv`` (``timefix``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._types import BLOCK, Floats

__all__ = ["is_near", "is_whole", "merge_near", "near_cuts"]

TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


def is_whole(times: np.ndarray[Any, Any]) -> bool:
    """Whether all times are whole numbers; those are exact, and nothing is merged."""
    if times.dtype.kind in "iu":
        return True
    return all(
        bool((np.floor(times[start : start + BLOCK]) == times[start : start + BLOCK]).all())
        for start in range(0, len(times), BLOCK)
    )


def near_cuts(distinct: Floats) -> Floats:
    """The times that stand for all: each is the smallest of its run of near-equal neighbours.

    ``distinct`` is sorted. Neighbours are near where they differ by at most 1.5e-8, absolutely or in units of the
    mean of the distinct times: Therneau, R package survival, vignette "Roundoff error and tied times".
    """
    if len(distinct) < 2:
        return distinct
    return distinct[np.concatenate(([True], ~is_near(np.diff(distinct), distinct)))]


def is_near(gaps: Any, distinct: Floats) -> Any:
    """Whether times so far apart are one time among ``distinct`` ones."""
    return (gaps <= TOLERANCE) | (gaps / np.abs(distinct).mean() <= TOLERANCE)


def merge_near(*columns: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """The columns of times with near-equal times made equal, across all columns at once."""
    if all(is_whole(column) for column in columns):
        return list(columns)
    distinct = np.unique(np.concatenate([column.astype(np.float64) for column in columns]))
    cuts = near_cuts(distinct)
    if len(cuts) == len(distinct):
        return list(columns)
    return [cuts[np.searchsorted(cuts, column, side="right") - 1] for column in columns]

"""The inner loops in NumPy, in blocks that stay in the processor's cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._types import Floats, Integers

__all__ = ["risk_sums", "spread", "tally", "tie_sums"]

BLOCK = 1 << 16
NARROW = 1 << 10
"""Rows of a block that is held with all its covariates."""


def tally(time: Any, event: Any, group: Any, table: Integers) -> int:
    """Count whole times by group and event."""
    width = table.shape[1]
    flat = table.reshape(-1)
    for start in range(0, len(time), BLOCK):
        rows = slice(start, start + BLOCK)
        whole = time[rows].astype(np.int64, copy=False)
        if whole.min() < 0 or whole.max() >= width or (time.dtype.kind == "f" and (whole != time[rows]).any()):
            return start + int(np.argmax((whole != time[rows]) | (whole < 0) | (whole >= width)))
        key = group[rows].astype(np.int64)  # in place from here on: fresh memory costs more than the sums
        key *= width
        key += whole
        key *= 2
        key += event[rows].astype(np.int64, copy=False)
        np.add.at(flat, key, 1)
    return -1


def _weights(x: Floats, weight: Floats, beta: Floats, centre: Floats) -> Floats:
    return np.asarray(np.exp(x @ beta - centre @ beta) * weight)


def risk_sums(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, alive: Floats, events: Floats
) -> None:
    """Sums of w and w x by time, of all and of events: those of the events lie beside those of the others."""
    size = len(alive)
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        w = _weights(x[rows], weight[rows], beta, centre)
        place = 2 * last[rows].astype(np.intp) + dead[rows].astype(np.intp)
        for column in range(x.shape[1] + 1):
            value = w if column == 0 else w * (x[rows, column - 1] - centre[column - 1])
            summed = np.bincount(place, weights=value, minlength=2 * size).reshape(size, 2)
            alive[:, column] += summed[:, 0] + summed[:, 1]
            events[:, column] += summed[:, 1]


def spread(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, reach: Floats, own: Floats,
    matrix: Floats,
) -> None:  # fmt: skip
    """The part of the information that is a sum over patients."""
    for start in range(0, len(x), NARROW):
        rows = slice(start, start + NARROW)
        w = _weights(x[rows], weight[rows], beta, centre)
        where = last[rows].astype(np.intp)
        w *= reach.take(where) - own.take(where) * dead[rows]
        centred = np.subtract(x[rows], centre, order="F").T
        matrix += centred @ (centred * w).T


def tie_sums(risk: Floats, ties: Floats, deaths: Integers, out: Floats) -> None:
    """Efron's sums at each time: the first event everywhere, then the others where there are ties."""
    inverse = 1.0 / risk
    out[:, 0], out[:, 2], out[:, 5] = inverse, inverse * inverse, np.log(risk)
    tied = np.flatnonzero(deaths > 1)
    others = deaths[tied] - 1
    starts = np.cumsum(others) - others
    slot = np.repeat(tied, others)
    fraction = (np.arange(1, len(slot) + 1) - np.repeat(starts, others)) / deaths.take(slot)
    left = risk.take(slot) - fraction * ties.take(slot)
    inverse = 1.0 / left
    held = fraction * inverse
    terms = np.stack((inverse, held, inverse * inverse, held * inverse, held * held, np.log(left)))
    if len(tied):
        out[tied] += np.add.reduceat(terms, starts, axis=1).T

"""The inner loops in NumPy, in blocks that stay in the processor's cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._types import Floats, Integers

__all__ = ["risk_sums", "spread", "tally", "tie_sums"]

BLOCK = 1 << 14


def tally(time: Any, event: Any, group: Any, table: Integers) -> int:
    """Count whole times by group and event."""
    width = table.shape[1]
    flat = table.reshape(-1)
    for start in range(0, len(time), 4 * BLOCK):
        rows = slice(start, start + 4 * BLOCK)
        whole = time[rows].astype(np.int64)
        bad = (whole != time[rows]) | (whole < 0) | (whole >= width)
        if bad.any():
            return start + int(np.argmax(bad))
        key = 2 * (whole + group[rows].astype(np.int64) * width) + event[rows].astype(np.int64)
        flat += np.bincount(key, minlength=len(flat))
    return -1


def _weights(x: Floats, weight: Floats, beta: Floats, centre: Floats) -> tuple[Floats, Floats]:
    centred = x - centre
    return centred, weight * np.exp(centred @ beta)


def risk_sums(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, alive: Floats, events: Floats
) -> None:
    """Sums of w and w x by time, of all and of events."""
    size = len(alive)
    for start in range(0, len(x), 8 * BLOCK):
        rows = slice(start, start + 8 * BLOCK)
        centred, w = _weights(x[rows], weight[rows], beta, centre)
        died = np.flatnonzero(dead[rows])
        where, own = last[rows], last[rows][died]
        alive[:, 0] += np.bincount(where, weights=w, minlength=size)
        events[:, 0] += np.bincount(own, weights=w[died], minlength=size)
        for column in range(x.shape[1]):
            product = w * centred[:, column]
            alive[:, column + 1] += np.bincount(where, weights=product, minlength=size)
            events[:, column + 1] += np.bincount(own, weights=product[died], minlength=size)


def spread(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, reach: Floats, own: Floats,
    matrix: Floats,
) -> None:  # fmt: skip
    """The part of the information that is a sum over patients."""
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        centred, w = _weights(x[rows], weight[rows], beta, centre)
        w *= reach[last[rows]] - np.where(dead[rows], own[last[rows]], 0.0)
        matrix += centred.T @ (centred * w[:, None])


def tie_sums(risk: Floats, ties: Floats, deaths: Integers, out: Floats) -> None:
    """Efron's sums at each time."""
    slot = np.repeat(np.arange(len(deaths)), deaths)
    place = np.arange(len(slot)) - np.repeat(np.cumsum(deaths) - deaths, deaths)
    fraction = place / np.repeat(deaths, deaths)
    left = risk[slot] - fraction * ties[slot]
    inverse = 1.0 / left
    terms = (inverse, fraction * inverse, inverse**2, fraction * inverse**2, (fraction * inverse) ** 2, np.log(left))
    for column, term in enumerate(terms):
        out[:, column] = np.bincount(slot, weights=term, minlength=len(deaths))

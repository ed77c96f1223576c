"""The inner loops in Numba: compiled once, kept on disk, run without the interpreter's lock."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from ._types import Floats, Integers

__all__ = ["risk_sums", "spread", "tally", "tie_sums"]

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@_compiled  # type: ignore[untyped-decorator]
def tally(time: Any, event: Any, group: Any, table: Integers) -> int:
    """Count whole times by group and event."""
    width = table.shape[1]
    for row in range(len(time)):
        value = time[row]
        if not (value >= 0 and value < width):
            return row
        whole = int(value)
        if whole != value:
            return row
        table[int(group[row]), whole, int(event[row])] += 1
    return -1


@_compiled  # type: ignore[untyped-decorator]
def risk_sums(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, alive: Floats, events: Floats
) -> None:
    """Sums of w and w x by time, of all and of events."""
    p = x.shape[1]
    offset = 0.0
    for column in range(p):
        offset += centre[column] * beta[column]
    for row in range(len(x)):
        eta = -offset
        for column in range(p):
            eta += x[row, column] * beta[column]
        w = weight[row] * math.exp(eta)
        where = last[row]
        alive[where, 0] += w
        for column in range(p):
            alive[where, column + 1] += w * (x[row, column] - centre[column])
        if dead[row]:
            events[where, 0] += w
            for column in range(p):
                events[where, column + 1] += w * (x[row, column] - centre[column])


@_compiled  # type: ignore[untyped-decorator]
def spread(
    x: Floats, last: Integers, dead: Any, weight: Floats, beta: Floats, centre: Floats, reach: Floats, own: Floats,
    matrix: Floats,
) -> None:  # fmt: skip
    """The part of the information that is a sum over patients."""
    p = x.shape[1]
    offset = 0.0
    for column in range(p):
        offset += centre[column] * beta[column]
    block = np.zeros((p, p))
    centred = np.empty(p)
    for row in range(len(x)):
        eta = -offset
        for column in range(p):
            eta += x[row, column] * beta[column]
            centred[column] = x[row, column] - centre[column]
        where = last[row]
        w = reach[where]
        if dead[row]:
            w -= own[where]
        w *= weight[row] * math.exp(eta)
        for i in range(p):
            scaled = w * centred[i]
            for j in range(p):
                block[i, j] += scaled * centred[j]
        if row % 4096 == 4095:
            matrix += block
            block[:] = 0.0
    matrix += block


@_compiled  # type: ignore[untyped-decorator]
def tie_sums(risk: Floats, ties: Floats, deaths: Integers, out: Floats) -> None:
    """Efron's sums at each time."""
    for slot in range(len(deaths)):
        d = deaths[slot]
        product = 1.0
        for place in range(d):
            fraction = place / d
            left = risk[slot] - fraction * ties[slot]
            inverse = 1.0 / left
            out[slot, 0] += inverse
            out[slot, 1] += fraction * inverse
            out[slot, 2] += inverse * inverse
            out[slot, 3] += fraction * inverse * inverse
            out[slot, 4] += fraction * fraction * inverse * inverse
            product *= left / risk[slot]
            if place % 8 == 7:
                out[slot, 5] += math.log(product)
                product = 1.0
        if d > 0:
            out[slot, 5] += math.log(product) + d * math.log(risk[slot])

"""Inner loops: Numba's where it is installed and the table is large, NumPy's otherwise, with the same answers."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from ._types import Floats, Integers

__all__ = ["SMALL", "Kernels", "blocks_of", "choose", "gram", "in_threads", "laid_out"]

SMALL = 50_000
"""Below this many rows NumPy is as fast, and Numba need not be loaded."""
PARTS = 4
"""Parts of a large table; fixed, so that sums do not depend on the number of processors."""
NARROW = 1 << 11
"""Rows of a block that a product of matrices takes at a time: with more it starts threads, which wait for a busy
processor far longer than they save."""
LARGEST_PART = 1 << 23
"""Numbers that the sums of one part may take; above it there is one part only."""


class Kernels(Protocol):
    """What an engine can do; ``rows`` below are those of one block."""

    def tally(self, time: Any, event: Any, group: Any, table: Integers) -> int:
        """Add rows to ``table[group, time, event]``; the first row that does not fit, or -1."""

    def risk_sums(
        self,
        x: Floats,
        last: Integers,
        dead: Any,
        weight: Floats,
        beta: Floats,
        centre: Floats,
        alive: Floats,
        events: Floats,
    ) -> None:
        """Add w and w x of all and of events, w = weight exp((x - centre) beta), to row ``last`` of the tables."""

    def spread(
        self,
        x: Floats,
        last: Integers,
        dead: Any,
        weight: Floats,
        beta: Floats,
        centre: Floats,
        reach: Floats,
        own: Floats,
        matrix: Floats,
    ) -> None:
        """Add w (reach[last] - dead own[last]) (x - centre)(x - centre)' to ``matrix``."""

    def tie_sums(self, risk: Floats, ties: Floats, deaths: Integers, out: Floats) -> None:
        """Sums over the deaths of each time, Efron's fractions f: 1/D, f/D, 1/D2, f/D2, f2/D2, log D."""


def choose(rows: int) -> Kernels:
    """The engine for a table of so many rows; ``NETLM_NUMBA=0`` keeps to NumPy."""
    if rows < SMALL or os.environ.get("NETLM_NUMBA") == "0":
        return _numpy()
    return _numba() or _numpy()


def laid_out(x: Floats) -> Floats:
    """Covariates as the engine for so many rows reads them fastest: column by column, or row by row."""
    return np.asfortranarray(x) if len(x) < SMALL else np.ascontiguousarray(x)


@lru_cache(maxsize=1)
def _numpy() -> Kernels:
    from . import _kernels_numpy

    return _kernels_numpy


@lru_cache(maxsize=1)
def _numba() -> Kernels | None:
    try:
        from . import _kernels_numba
    except (ImportError, RuntimeError):  # not installed, or no place to keep what it compiles
        return None
    return _kernels_numba


def gram(left: Floats, weight: Floats, right: Floats) -> Floats:
    """``left @ diag(weight) @ right.T`` where both have few rows and many columns."""
    found: Floats = np.zeros((len(left), len(right)))
    for start in range(0, len(weight), NARROW):
        columns = slice(start, start + NARROW)
        found += (left[:, columns] * weight[columns]) @ right[:, columns].T
    return found


def blocks_of(rows: int, parts: int) -> list[slice]:
    """``rows`` cut into ``parts`` nearly equal slices."""
    edges = [rows * part // parts for part in range(parts + 1)]
    return [slice(low, high) for low, high in pairwise(edges)]


def in_threads(rows: int, work: Any, numbers: int = 1) -> list[Any]:
    """``work(slice)`` for each part of the rows, in threads where there are many; results in order of the rows.

    ``numbers`` says how many numbers the sums of one part are.
    """
    parts = PARTS if rows >= 4 * SMALL and numbers <= LARGEST_PART else 1
    slices = blocks_of(rows, parts)
    if parts == 1:
        return [work(slices[0])]
    with ThreadPoolExecutor(min(PARTS, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, slices))

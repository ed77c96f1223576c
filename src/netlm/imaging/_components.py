"""Lesions: the pieces into which the tumour falls, and how many there are under which rule.

A mask is taken as runs (unbroken rows of voxels). Two runs belong together where they touch in neighbouring rows;
the pieces are the connected components of that graph, which is far smaller than the volume.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._scan import Part

__all__ = ["Pieces", "find_pieces", "sizes_under"]

Ints = NDArray[np.int64]
ROWS = {6: ((0, 1), (1, 0)), 26: ((0, 1), (1, -1), (1, 0), (1, 1))}
"""By connectivity: the rows (slices on, rows on) in which a run can have a neighbour; the others see it from there."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Voxels of one label, piece by piece.

    ``voxels`` (n by 3) are in the order of the pieces and in each in the order of the volume; ``starts`` has where
    each piece begins, and the end; ``is_edge`` marks voxels with a neighbour outside the piece, ``faces`` counts such
    neighbours (of six) for each piece.
    """

    label: str
    voxels: Ints
    starts: Ints
    is_edge: NDArray[np.bool_]
    faces: Ints

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> Ints:
        """The voxels of each piece."""
        return np.diff(self.starts)

    def one(self, number: int) -> Ints:
        """The voxels of one piece."""
        return self.voxels[self.starts[number] : self.starts[number + 1]]

    def edge(self, number: int) -> Ints:
        """The voxels of one piece that have a neighbour outside it."""
        part = slice(self.starts[number], self.starts[number + 1])
        return self.voxels[part][self.is_edge[part]]


def find_pieces(part: Part, connectivity: int, *, whole: bool = False) -> Pieces:
    """The pieces of one label, which has no voxel at the border of the cut volume.

    ``whole`` takes the label as one lesion, whatever it falls into.
    """
    flat = np.flatnonzero(part.mask)
    of = np.zeros(len(flat), np.int64)
    if not whole:
        first, last = _runs(flat)
        of = np.repeat(_joined(flat[first], flat[last], part.mask.shape, connectivity), last - first + 1)
        order = np.argsort(of, kind="stable")
        flat, of = flat[order], of[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(of)) + 1, [len(of)])).astype(np.int64)
    outside = np.zeros(len(flat), np.uint8)
    around = part.mask.ravel()
    for axis in range(3):
        step = int(np.prod(part.mask.shape[axis + 1 :]))
        for way in (-step, step):
            outside += ~around[flat + way]
    voxels = np.column_stack(np.unravel_index(flat, part.mask.shape)).astype(np.int64)
    faces = np.add.reduceat(outside, starts[:-1], dtype=np.int64)
    return Pieces(part.label, voxels, starts, outside > 0, faces)


def _runs(flat: Ints) -> tuple[Ints, Ints]:
    """Where each run begins and ends, as places in ``flat``; the margin of the volume keeps rows apart."""
    breaks = np.flatnonzero(np.diff(flat) != 1)
    return np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(flat) - 1]))


def _joined(start: Ints, end: Ints, shape: tuple[int, ...], connectivity: int) -> Ints:
    """The number of the piece to which each run belongs."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    reach = 1 if connectivity > len("zyxzyx") else 0
    own, other = [], []
    for slices, rows in ROWS[connectivity]:
        step = (slices * shape[1] + rows) * shape[2]
        low = np.searchsorted(end, start + step - reach, side="left")
        high = np.searchsorted(start, end + step + reach, side="right")
        many = np.maximum(high - low, 0)
        own.append(np.repeat(np.arange(len(start)), many))
        other.append(np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many))
    pairs = np.concatenate(own), np.concatenate(other)
    graph = coo_matrix((np.ones(len(pairs[0]), np.int8), pairs), shape=(len(start), len(start)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def sizes_under(parts: Iterable[Part], connectivity: int) -> Ints:
    """The voxels of every piece of every label, under a connectivity."""
    found = [np.zeros(0, np.int64)]
    for part in parts:
        flat = np.flatnonzero(part.mask)
        first, last = _runs(flat)
        of = _joined(flat[first], flat[last], part.mask.shape, connectivity)
        found.append(np.bincount(of, weights=last - first + 1).astype(np.int64))
    return np.concatenate(found)

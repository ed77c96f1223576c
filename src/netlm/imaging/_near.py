"""How far each lesion lies from vessels, bile ducts, hilum and capsule, edge to edge of the nearest voxels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._components import Pieces
from ._label_map import box_of

__all__ = ["distances", "edge_of"]

Floats = NDArray[np.float64]
THREADS = -1
"""Threads for the nearest-voxel search; -1 is every core."""
STRIDE = 16
"""Every so many voxels of a lesion's edge are looked at first; most others then cannot be nearer."""


def edge_of(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The voxels of a mask that have a neighbour (of six) outside it."""
    box = box_of(mask)
    if box is None:
        return np.zeros((0, 3), np.int64)
    part = mask[box]
    padded = np.pad(part, 1)
    middle = (slice(1, -1),) * 3
    inner = padded[middle].copy()
    for axis in range(3):
        for way in (0, 2):
            window = list(middle)
            window[axis] = slice(way, way + part.shape[axis])
            inner &= padded[tuple(window)]
    return np.asarray(np.argwhere(part & ~inner) + np.array([side.start for side in box]), np.int64)


def distances(pieces: Pieces, target: NDArray[np.int64], spacing: Floats) -> Floats:
    """For each lesion the least distance in mm from one of its voxel centres to one of ``target``.

    A lesion's edge is sampled; a voxel whose sampled neighbour lies farther than the best plus the way to it is
    left out, which loses nothing (triangle inequality).
    """
    from scipy.spatial import cKDTree

    if not pieces.count:
        return np.zeros(0)
    tree: Any = cKDTree(target * spacing, balanced_tree=False, compact_nodes=False)
    order = np.flatnonzero(pieces.is_edge)
    points = pieces.voxels[order] * spacing
    owner = np.searchsorted(pieces.starts, order, side="right") - 1
    starts = np.searchsorted(owner, np.arange(pieces.count))
    place = np.arange(len(owner)) - starts[owner]
    sampled = np.flatnonzero(place % STRIDE == 0)
    near = tree.query(points[sampled], workers=THREADS)[0]
    best = np.full(pieces.count, np.inf)
    np.minimum.at(best, owner[sampled], near)
    back = np.searchsorted(sampled, np.arange(len(owner)), side="right") - 1
    least = near[back] - np.linalg.norm(points - points[sampled[back]], axis=1)
    rest = np.flatnonzero((place % STRIDE != 0) & (least < best[owner]))
    if len(rest):
        np.minimum.at(best, owner[rest], tree.query(points[rest], workers=THREADS)[0])
    return best

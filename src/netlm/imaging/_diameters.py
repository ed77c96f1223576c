"""Diameters of one lesion: the longest in one axial slice, the one across it, and the longest in space.

They run from voxel centre to voxel centre (RECIST 1.1 speaks of the longest diameter in the plane of measurement:
Eisenhauer, Eur J Cancer 2009;45:228). Only the ends of the rows of a lesion can be ends of a longest diameter.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Axes", "axial_diameters", "feret", "row_ends"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEW = 300
"""Points up to which all pairs are quicker than a convex hull."""
MANY = 2000
"""Points taken at once where all pairs are compared."""


class Axes(NamedTuple):
    """The longest axial diameter and the one across it, in mm; ends as voxels (slice, row, column)."""

    longest: float
    longest_ends: tuple[Ints, Ints]
    outer: float
    short: float
    short_ends: tuple[Ints, Ints]
    slice: int


def row_ends(voxels: Ints) -> Ints:
    """The first and last voxel of every row of a lesion, in the order of the volume."""
    row = np.any(np.diff(voxels[:, :2], axis=0), axis=1)
    first = np.concatenate(([True], row))
    last = np.concatenate((row, [True]))
    return voxels[first | last]


def axial_diameters(ends: Ints, spacing: Floats) -> Axes:
    """The longest diameter over all axial slices, each slice by itself, and the short axis in that slice.

    ``outer`` is the longest from outer corner to outer corner of the voxels in that slice.
    """
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(ends[:, 0])) + 1, [len(ends)]))
    plane = ends[:, 1:] * spacing[1:]
    spans = np.maximum.reduceat(plane, bounds[:-1]) - np.minimum.reduceat(plane, bounds[:-1])
    reach = np.hypot(spans[:, 0], spans[:, 1])
    best, where, pair = -1.0, 0, (0, 0)
    for number in np.argsort(-reach, kind="stable"):
        if reach[number] <= best:
            break
        points = plane[bounds[number] : bounds[number + 1]]
        distance, first, second = _longest(points)
        if distance > best:
            best, where, pair = distance, int(number), (first, second)
    inside = ends[bounds[where] : bounds[where + 1]]
    points = plane[bounds[where] : bounds[where + 1]]
    short, across = _across(points, points[pair[1]] - points[pair[0]])
    corners = points[:, None] + np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * spacing[1:] / 2
    outer = _longest(corners.reshape(-1, 2))[0]
    return Axes(
        best, (inside[pair[0]], inside[pair[1]]), outer, short, (inside[across[0]], inside[across[1]]),
        int(inside[0, 0]),
    )  # fmt: skip


def _longest(points: Floats) -> tuple[float, int, int]:
    """The two points that lie farthest apart."""
    from scipy.spatial.distance import cdist

    best, pair = -1.0, (0, 0)
    for start in range(0, len(points), MANY):
        apart = cdist(points[start : start + MANY], points, "sqeuclidean")
        place = int(apart.argmax())
        if apart.flat[place] > best:
            best, pair = float(apart.flat[place]), (start + place // len(points), place % len(points))
    return best**0.5, *pair


def _across(points: Floats, along: Floats) -> tuple[float, tuple[int, int]]:
    """The width at right angles to a direction, and the points that touch it."""
    length = float(np.hypot(*along))
    normal = np.array([-along[1], along[0]]) / length if length else np.array([1.0, 0.0])
    height = points @ normal
    low, high = int(height.argmin()), int(height.argmax())
    return float(height[high] - height[low]), (low, high)


def feret(ends: Ints, spacing: Floats) -> float:
    """The longest diameter in space (the maximum Feret diameter), from voxel centre to voxel centre."""
    points = ends * spacing
    if len(points) > FEW:
        from scipy.spatial import ConvexHull, QhullError

        with suppress(QhullError):  # all in one plane: then every pair is compared
            points = points[ConvexHull(points).vertices]
    return _longest(points)[0]

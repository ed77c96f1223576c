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
TIE = 1e-9
"""Relative difference of two lengths that is of rounding alone."""
DIGITS = 6
"""Decimals of a millimetre from which on two lengths are one."""
TIE_MM = 10**-DIGITS
"""A millimetre of that decimal."""


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

    Of several that are as long it is the one with the longest short axis, which no turning of the scan changes.
    ``outer`` is the longest from outer corner to outer corner of the voxels in that slice.
    """
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(ends[:, 0])) + 1, [len(ends)]))
    plane = ends[:, 1:] * spacing[1:]
    spans = np.maximum.reduceat(plane, bounds[:-1]) - np.minimum.reduceat(plane, bounds[:-1])
    reach = np.hypot(spans[:, 0], spans[:, 1])
    best, lengths = 0.0, {}
    for number in np.argsort(-reach, kind="stable"):
        if reach[number] < best * (1 - TIE):
            break
        lengths[int(number)] = _longest(plane[bounds[number] : bounds[number + 1]])
        best = max(best, lengths[int(number)])
    slices = [slice(bounds[number], bounds[number + 1]) for number, one in lengths.items() if one >= best * (1 - TIE)]
    found = [(_short(plane[part], best), part) for part in slices]
    widest = max(round(short.width, DIGITS) for short, _ in found)
    outer, short, part = max(
        ((_outer(plane[part], spacing), short, part) for short, part in found if short.width >= widest - TIE_MM),
        key=lambda one: round(one[0], DIGITS),
    )
    along, across = (tuple(ends[part][list(pair)]) for pair in (short.along, short.across))
    return Axes(best, (along[0], along[1]), outer, short.width, (across[0], across[1]), int(ends[part][0, 0]))


class _Short(NamedTuple):
    """The short axis of a slice: its length, the points of the longest diameter, and those that touch it."""

    width: float
    along: tuple[int, int]
    across: tuple[int, int]


def _short(points: Floats, longest: float) -> _Short:
    """The longest width at right angles to any of a slice's longest diameters."""
    first, second = _as_long(points, longest * (1 - TIE))
    along = points[second] - points[first]
    normal = np.column_stack((-along[:, 1], along[:, 0])) / longest if longest else np.array([[1.0, 0.0]])
    height = points @ normal.T
    widths = height.max(0) - height.min(0)
    pair = int(np.round(widths, DIGITS).argmax())
    low, high = int(height[:, pair].argmin()), int(height[:, pair].argmax())
    return _Short(float(widths[pair]), (int(first[pair]), int(second[pair])), (low, high))


def _outer(points: Floats, spacing: Floats) -> float:
    """The longest diameter from outer corner to outer corner of the voxels of a slice."""
    corners = points[:, None] + np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * spacing[1:] / 2
    return _longest(corners.reshape(-1, 2))


def _longest(points: Floats) -> float:
    """How far the two points lie apart that lie farthest apart."""
    from scipy.spatial.distance import cdist

    starts = range(0, len(points), MANY)
    squares = [float(cdist(points[start : start + MANY], points, "sqeuclidean").max()) for start in starts]
    return float(max(squares) ** 0.5)


def _as_long(points: Floats, least: float) -> tuple[Ints, Ints]:
    """The pairs of points that lie at least so far apart, each once; a point alone is its own pair."""
    from scipy.spatial.distance import cdist

    if len(points) == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    found = []
    for start in range(0, len(points), MANY):
        first, second = np.nonzero(cdist(points[start : start + MANY], points) >= least)
        found.append(np.stack((first + start, second)))
    both = np.concatenate(found, axis=1)
    both = both[:, both[0] < both[1]]
    return both[0], both[1]


def feret(ends: Ints, spacing: Floats) -> float:
    """The longest diameter in space (the maximum Feret diameter), from voxel centre to voxel centre."""
    points = ends * spacing
    if len(points) > FEW:
        from scipy.spatial import ConvexHull, QhullError

        with suppress(QhullError):  # all in one plane: then every pair is compared
            points = points[ConvexHull(points).vertices]
    return _longest(points)

"""Rigid registration of two livers by their surfaces, either of which may have lost a part.

A resection changes the liver's shape: what was taken and the cut have no counterpart in the other scan. Each surface
is therefore set against the other with a loss that hardly grows beyond a few millimetres (Geman and McClure), so that
such parts do not pull; and since that has many local minima, several starts are tried, from the livers' middles and
sides and from pairs of lesions of like volume.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ._lesion import Lesion
    from ._scan import Scan

__all__ = ["OFF", "Pose", "Surface", "registered"]

Floats = NDArray[np.float64]
OFF = 5.0
"""Millimetres by which a surface or a lesion may be off after registration."""
COARSE = 4.0
"""Millimetres of the voxels on which distances to a surface are known."""
AROUND = 24.0
"""Millimetres from the surface up to which they are."""
POINTS = 500
"""Points of a surface that are compared."""
LOSSES = (10.0, 4.0)
"""Millimetres at which the loss is half of what it can be: to find the way, then to settle."""
LEVER = 60.0
"""Millimetres from the middle at which a turn of one radian is weighed like a shift of as many."""
TRIED = 3
"""Starts that are followed to their end."""
APART = 8.0
"""Millimetres between two starts that are worth following both."""
LARGEST = 12
"""Lesions of a scan that give starts."""
ALIKE = 3.0
"""Up to which ratio of volumes two lesions may be one."""
WHOLE = 0.95
"""Share of a surface that fits from which no other start is tried."""
NEARLY = 0.03
"""Difference of the mean loss, which is 0 to 1, up to which two poses explain the livers alike."""
STEPS = 40
ENOUGH = 1e-4


@dataclass(frozen=True, eq=False)
class Surface:
    """A liver's surface: ``points`` on it (mm), and how deep in the liver the places around lie (mm, coarse)."""

    points: Floats
    depth: NDArray[np.float32]
    affine: Floats
    middle: Floats

    @staticmethod
    def of(scan: Scan) -> Surface:
        """The surface of the liver of a scan."""
        assert scan.liver is not None
        spacing = scan.grid.spacing
        steps = np.maximum(1, np.rint(COARSE / spacing)).astype(int)
        parts = np.maximum(1, np.rint(spacing / COARSE)).astype(int)  # a thick slice is as many thin ones
        filled: Any = scan.liver.view(np.uint8)
        for axis, step in enumerate(steps):
            filled = np.add.reduceat(filled, np.arange(0, filled.shape[axis], step), axis=axis, dtype=np.uint32)
        for axis, many in enumerate(parts):
            filled = np.repeat(filled, many, axis=axis)
        sides = spacing * steps / parts
        margin = np.ceil(AROUND / sides).astype(int)
        inside = np.pad(2 * filled >= np.prod(steps), [(int(side), int(side)) for side in margin])
        turn = scan.grid.affine[:, :3] * (steps / parts)
        first = scan.grid.world([(steps / parts - 1) / 2])[0] - turn @ margin
        points = scan.grid.world(_faces(scan.liver))
        return Surface(points, _depth(inside, sides), np.column_stack((turn, first)), points.mean(0))

    def deep(self, points: Floats) -> Floats:
        """How deep in the liver points lie, in mm; below 0 outside it."""
        from scipy.ndimage import map_coordinates

        index = np.linalg.solve(self.affine[:, :3], (points - self.affine[:, 3]).T)
        return np.asarray(map_coordinates(self.depth, index, order=1, mode="nearest"), float)


def _faces(liver: NDArray[np.bool_]) -> Floats:
    """Middles of faces between liver and what is around it, evenly taken from all, as indices."""
    found = []
    for axis in range(3):
        at = np.argwhere(np.diff(liver.view(np.int8), axis=axis)).astype(float)
        at[:, axis] += 1 / 2
        found.append(at)
    every = np.concatenate(found)
    return every[:: max(1, len(every) // POINTS)]


def _depth(inside: NDArray[np.bool_], sides: Floats) -> NDArray[np.float32]:
    """The distance to the border, which lies half a voxel from the centres beside it."""
    from scipy.ndimage import distance_transform_edt

    half = float(sides.min()) / 2
    depth = np.where(
        inside,
        distance_transform_edt(inside, sampling=sides) - half,
        half - distance_transform_edt(~inside, sampling=sides),
    )
    return np.asarray(np.clip(depth, -AROUND, AROUND), np.float32)


@dataclass(frozen=True, eq=False)
class Pose:
    """Takes millimetres of the later scan to those of the earlier: ``turn`` (3 by 3), then ``shift``.

    ``fit`` is the share of the later liver's surface that lies on the earlier one's, ``beyond`` the share that lies
    outside the earlier liver; ``loss`` the mean of both surfaces, 0 to 1; ``pairs`` the lesions that fall together.
    ``rivalled`` tells that another pose explains the livers and as many lesions alike, but pairs other ones.
    """

    turn: Floats
    shift: Floats
    fit: float
    beyond: float
    loss: float = 0.0
    pairs: frozenset[tuple[str, str]] = frozenset()
    rivalled: bool = False

    @staticmethod
    def at(turn: Floats, shift: Floats, earlier: Surface, later: Surface) -> Pose:
        """A pose with how well the surfaces fit."""
        deep = earlier.deep(later.points @ turn.T + shift)
        return Pose(turn, shift, float((np.abs(deep) <= OFF).mean()), float((deep < -OFF).mean()))


def registered(earlier: Surface, later: Surface, before: Sequence[Lesion], after: Sequence[Lesion]) -> Pose:
    """The pose that explains the livers' surfaces best, and of those that do so alike the most lesions."""
    from dataclasses import replace

    found: list[Pose] = []
    for start in _chosen(earlier, later, before, after):
        pose = _settled(start, earlier, later)
        found.append(replace(pose, pairs=_pairs(pose, before, after)))
        if pose.fit >= WHOLE and pose.loss <= min(one.loss for one in found):
            break
    least = min(one.loss for one in found)
    alike = [one for one in found if one.loss <= least + NEARLY]
    best = min(alike, key=lambda one: (-len(one.pairs), one.loss))
    rivals = [one for one in alike if len(one.pairs) == len(best.pairs) and one.pairs != best.pairs]
    return replace(best, rivalled=any(_apart(one, best, later) > OFF for one in rivals))


def _apart(one: Pose, other: Pose, later: Surface) -> float:
    """How far two poses take a point of the surface from each other, on average."""
    points = later.points @ (one.turn - other.turn).T + one.shift - other.shift
    return float(np.linalg.norm(points, axis=1).mean())


def _chosen(earlier: Surface, later: Surface, before: Sequence[Lesion], after: Sequence[Lesion]) -> list[Floats]:
    """The shifts to begin with: of all starts the best ones that lie apart. Patients lie alike, so none is turned."""
    starts = list(_starts(earlier, later, before, after))
    order = np.argsort([_mean_loss(_Turned(earlier, later).off(_start(one)), LOSSES[0]) for one in starts],
                       kind="stable")  # fmt: skip
    chosen: list[Floats] = []
    for place in order:
        if len(chosen) < TRIED and all(np.linalg.norm(starts[place] - one) > APART for one in chosen):
            chosen.append(starts[place])
    return chosen


def _starts(earlier: Surface, later: Surface, before: Sequence[Lesion], after: Sequence[Lesion]) -> Iterator[Floats]:
    sides = []
    for axis in range(3):
        (low, high), (least, most) = (
            (one.points[:, axis].min(), one.points[:, axis].max()) for one in (earlier, later)
        )
        sides.append((low - least, high - most, (low + high - least - most) / 2))
    yield earlier.middle - later.middle
    yield from (np.array(one) for one in product(*sides))
    for one, other in product(before[:LARGEST], after[:LARGEST]):
        if max(one.ml, other.ml) <= ALIKE * min(one.ml, other.ml):
            yield np.subtract(one.centroid_mm, other.centroid_mm)


def _start(shift: Floats) -> Floats:
    return np.concatenate((np.zeros(3), shift))


class _Turned:
    """The later liver turned about its middle and shifted: six numbers, all in mm (a turn at its lever)."""

    def __init__(self, earlier: Surface, later: Surface) -> None:
        self.earlier, self.later = earlier, later

    def pose(self, way: Floats) -> tuple[Floats, Floats]:
        """Turn and shift, from the later scan's mm to the earlier one's."""
        from scipy.spatial.transform import Rotation

        turn = Rotation.from_rotvec(way[:3] / LEVER).as_matrix()
        return turn, self.later.middle + way[3:] - turn @ self.later.middle

    def off(self, way: Floats) -> Floats:
        """How far each surface's points lie from the other surface."""
        turn, shift = self.pose(way)
        return np.concatenate(
            (
                self.earlier.deep(self.later.points @ turn.T + shift),
                self.later.deep((self.earlier.points - shift) @ turn),
            )
        )


def _loss(squares: Floats) -> Floats:
    """Geman and McClure's loss of squared distances, with its first two derivatives."""
    return np.array([squares / (1 + squares), (1 + squares) ** -2.0, -2 * (1 + squares) ** -3.0])


def _mean_loss(off: Floats, scale: float) -> float:
    return float(_loss((off / scale) ** 2)[0].mean())


def _settled(start: Floats, earlier: Surface, later: Surface) -> Pose:
    """The pose to which a start leads."""
    from dataclasses import replace

    from scipy.optimize import least_squares

    turned, way = _Turned(earlier, later), _start(start)
    for scale in LOSSES:
        way = least_squares(turned.off, way, loss=_loss, f_scale=scale, max_nfev=STEPS, ftol=ENOUGH, xtol=ENOUGH).x
    pose = Pose.at(*turned.pose(way), earlier, later)
    return replace(pose, loss=_mean_loss(turned.off(way), LOSSES[-1]))


def _pairs(pose: Pose, before: Sequence[Lesion], after: Sequence[Lesion]) -> frozenset[tuple[str, str]]:
    """Lesions that fall together: each the other's nearest, not off by more than may be, of like volume."""
    if not before or not after:
        return frozenset()
    there = np.array([one.centroid_mm for one in after]) @ pose.turn.T + pose.shift
    apart = np.linalg.norm(np.array([one.centroid_mm for one in before])[:, None] - there[None], axis=2)
    first, second = apart.argmin(0), apart.argmin(1)
    return frozenset(
        (before[one].id, after[other].id)
        for one, other in enumerate(second)
        if first[other] == one
        and apart[one, other] <= OFF
        and max(before[one].ml, after[other].ml) <= ALIKE * min(before[one].ml, after[other].ml)
    )

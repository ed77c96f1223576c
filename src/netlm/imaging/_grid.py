"""Where the voxels lie: spacing, axes and millimetres, checked before anything is measured.

Millimetres are those of DICOM: x to the patient's left, y to the back, z to the head (LPS). Array axes are in the
order of the array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._types import refuse

__all__ = ["MEND", "Grid", "check_steps", "grid_from_affine", "grid_from_spacing"]

Floats = NDArray[np.float64]
SHEAR = 1e-3
"""Cosine between two axes from which they are not at right angles (less than a tenth of a degree)."""
SAME = 1e-3
"""Millimetres within which two grids are one."""


@dataclass(frozen=True, eq=False)
class Grid:
    """``affine`` (3 by 4) takes array indices, in the order of the array's axes, to millimetres in LPS."""

    shape: tuple[int, int, int]
    affine: Floats

    @cached_property
    def spacing(self) -> Floats:
        """Millimetres between voxel centres along each array axis."""
        return np.asarray(np.linalg.norm(self.affine[:, :3], axis=0))

    @property
    def voxel_ml(self) -> float:
        """The volume of one voxel."""
        return float(np.prod(self.spacing)) / 1000

    @cached_property
    def axial(self) -> int:
        """The array axis that runs most nearly from foot to head: its slices are the axial ones."""
        cosines = np.abs(self.affine[2, :3]) / self.spacing
        return int(np.argmax(cosines))

    @property
    def tilt(self) -> float:
        """The angle in degrees between that axis and the line from foot to head."""
        cosine = abs(self.affine[2, self.axial]) / self.spacing[self.axial]
        return float(np.degrees(np.arccos(min(1.0, cosine))))

    def world(self, indices: Any) -> Floats:
        """Array indices (n by 3) as millimetres."""
        return np.asarray(indices, float) @ self.affine[:, :3].T + self.affine[:, 3]

    def holds(self, points: Any) -> NDArray[np.bool_]:
        """Which of points in millimetres (n by 3) lie in a voxel."""
        indices = np.linalg.solve(self.affine[:, :3], (np.asarray(points, float) - self.affine[:, 3]).T).T
        return np.asarray(((indices >= -1 / 2) & (indices <= np.array(self.shape) - 1 / 2)).all(1))

    def same_as(self, other: Grid) -> bool:
        """Whether both have the same voxels: every corner within a thousandth of a millimetre."""
        if self.shape != other.shape:
            return False
        corners = np.array(np.meshgrid(*([0, side - 1] for side in self.shape))).reshape(3, -1).T
        return bool(np.abs(self.world(corners) - other.world(corners)).max() <= SAME)

    def moved(self, axes: tuple[int, int, int], offset: Any, shape: tuple[int, int, int]) -> Grid:
        """The grid of a part beginning at ``offset``, with its axes in another order."""
        start = self.world(np.asarray([offset]))[0]
        return Grid(shape, np.column_stack((self.affine[:, list(axes)], start)))


def grid_from_affine(shape: tuple[int, ...], affine: Any, file: str | None = None) -> Grid:
    """A grid from an affine in LPS (3 by 4 or 4 by 4).

    Raises ``Problems`` for a shape that is not a volume, and for spacing that is missing, zero, infinite or sheared.
    """
    whole = np.asarray(affine, float)
    matrix = whole[:3, :4]
    if len(shape) != len("zyx"):
        refuse(
            f"{len(shape)} dimensions", "a volume of 3 dimensions", "Give one volume; a single slice has no thickness.",
            "not-a-volume", file, "shape",
        )  # fmt: skip
    if whole.shape not in ((3, 4), (4, 4)) or (whole[3:] != np.eye(4)[3:][: len(whole) - 3]).any():
        refuse(
            "an affine of another shape",
            "3 by 4 numbers, or 4 by 4 with 0 0 0 1 below",
            MEND,
            "spacing",
            file,
            "affine",
        )
    lengths = np.linalg.norm(matrix[:, :3], axis=0)
    check_steps(lengths, file, "spacing")
    if not np.isfinite(matrix).all():
        refuse("a position that is no number", "millimetres", "Write the file anew.", "spacing", file, "position")
    cosines = (matrix[:, :3] / lengths).T @ (matrix[:, :3] / lengths) - np.eye(3)
    if np.abs(cosines).max() > SHEAR:
        refuse(
            "axes that are not at right angles (sheared)", "axes at right angles",
            "Resample the scan and its labels to a straight grid.", "sheared", file, "orientation",
        )  # fmt: skip
    return Grid((int(shape[0]), int(shape[1]), int(shape[2])), matrix)


MEND = "Write the file anew with its true spacing; volumes cannot be told without it."
AXES = ("along the first axis", "along the second axis", "along the third axis", "along the fourth axis")


def check_steps(steps: Iterable[float | None], file: str | None, place: str, where: Sequence[str] = AXES) -> None:
    """Refuse spacings of which one is no length, named by its axis and its value.

    ``steps`` are in millimetres in the order in which the file or argument has them, None where there is none.
    """
    said = [
        f"{'none' if step is None else f'{step:g}'} {at}"
        for step, at in zip(steps, where, strict=False)
        if step is None or not 0 < step < np.inf
    ]
    if said:
        refuse(
            f"a spacing of {' and '.join(said)}", "millimetres above 0 along every axis", MEND, "spacing", file, place
        )


def grid_from_spacing(shape: tuple[int, ...], spacing: Any, file: str | None = None) -> Grid:
    """A grid of an array whose axes are slices from foot to head, rows to the back, columns to the left.

    Raises ``Problems`` as ``grid_from_affine``.
    """
    try:
        steps = np.asarray(spacing, float).ravel()
    except (TypeError, ValueError):
        refuse("a spacing that is no number", "three numbers in millimetres", "Correct it.", "spacing", file, "spacing")
    if steps.shape != (3,):
        refuse(f"{len(steps)} spacings", "three numbers in millimetres", "Give one for each axis.", "spacing", file,
               "spacing")  # fmt: skip
    check_steps(steps.tolist(), file, "spacing")
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = steps
    return grid_from_affine(shape, affine, file)

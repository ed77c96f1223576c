"""Bringing a later scan onto an earlier one: nothing to do on one grid, else a rigid registration of the livers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._types import refuse

if TYPE_CHECKING:
    from ._scan import Scan

__all__ = ["Alignment", "align", "on_grid"]

Floats = NDArray[np.float64]
COARSE = 4.0
"""Millimetres of the voxels on which livers are registered."""
AROUND = 20.0
"""Millimetres around the liver that are looked at."""
STEPS = 200
FINEST = 1e-4


@dataclass(frozen=True, eq=False)
class Alignment:
    """Takes millimetres of the later scan to those of the earlier: ``turn`` (3 by 3), then ``shift``.

    ``how`` is ``one grid``, ``as stored`` or ``registered``; ``overlap`` the Dice of the two livers afterwards.
    """

    turn: Floats
    shift: Floats
    how: str
    overlap: float | None

    def to_dict(self) -> dict[str, Any]:
        """The alignment as JSON."""
        return {"how": self.how, "liver_dice": self.overlap, "rotation_degrees": self.angle,
                "shift_mm": [float(step) for step in self.shift]}  # fmt: skip

    @property
    def angle(self) -> float:
        """By how many degrees the later scan is turned."""
        return float(np.degrees(np.arccos(np.clip((np.trace(self.turn) - 1) / 2, -1.0, 1.0))))

    def moved(self, points: Floats) -> Floats:
        """Points of the later scan, in mm of the earlier."""
        return points @ self.turn.T + self.shift


def align(earlier: Scan, later: Scan, *, register: bool | None = None) -> Alignment:
    """The alignment of a later scan; ``register`` forces or forbids a registration, None does it on another grid.

    Raises ``Problems`` where a registration is needed and no liver is labelled.
    """
    same = earlier.full.same_as(later.full)
    if register is False or (same and register is None):
        found = Alignment(np.eye(3), np.zeros(3), "one grid" if same else "as stored", None)
        return Alignment(found.turn, found.shift, found.how, _dice(earlier, later, found))
    if earlier.liver is None or later.liver is None:
        refuse(
            "two grids and no liver to register by", "a liver label in both",
            "Name the liver's label, or resample one scan to the other.", "no-liver", later.file, "alignment",
        )  # fmt: skip
    turn, shift = _registered(_coarse(earlier), _coarse(later))
    found = Alignment(turn, shift, "registered", None)
    return Alignment(turn, shift, "registered", _dice(earlier, later, found))


def _coarse(scan: Scan) -> Any:
    """The liver as a smooth map of distances on coarse voxels, as a SimpleITK image in mm."""
    import SimpleITK as sitk  # noqa: N813

    assert scan.liver is not None
    image = sitk.GetImageFromArray(scan.liver.view(np.uint8))
    steps = scan.grid.affine[:, :3] / scan.grid.spacing
    image.SetSpacing([float(step) for step in scan.grid.spacing[::-1]])
    image.SetOrigin([float(step) for step in scan.grid.affine[:, 3]])
    image.SetDirection([float(step) for step in steps[:, ::-1].ravel()])
    margin = [int(np.ceil(AROUND / step)) for step in scan.grid.spacing[::-1]]
    around = sitk.ConstantPad(image, margin, margin, 0)
    size = [
        max(1, int(np.ceil(side * step / COARSE)))
        for side, step in zip(around.GetSize(), around.GetSpacing(), strict=True)
    ]
    coarse = sitk.Resample(sitk.Cast(around, sitk.sitkFloat32), size, sitk.Transform(), sitk.sitkLinear,
                           around.GetOrigin(), [COARSE] * 3, around.GetDirection(), 0.0)  # fmt: skip
    distance = sitk.SignedMaurerDistanceMap(
        coarse > 1 / 2, insideIsPositive=True, squaredDistance=False, useImageSpacing=True
    )
    return sitk.Clamp(distance, sitk.sitkFloat32, -AROUND, AROUND)


def _registered(fixed: Any, moving: Any) -> tuple[Floats, Floats]:
    """Rotation and shift that bring the moving map onto the fixed one (mean squares, regular steps)."""
    import SimpleITK as sitk  # noqa: N813

    first = sitk.CenteredTransformInitializer(
        sitk.Cast(fixed > 0, sitk.sitkFloat32), sitk.Cast(moving > 0, sitk.sitkFloat32), sitk.Euler3DTransform(),
        sitk.CenteredTransformInitializerFilter.MOMENTS,
    )  # fmt: skip
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMeanSquares()
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(2.0, FINEST, STEPS)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([2, 1])
    method.SetSmoothingSigmasPerLevel([1, 0])
    method.SetInitialTransform(first, inPlace=False)
    found = method.Execute(fixed, moving)
    ends = np.array([found.TransformPoint([float(step) for step in point]) for point in (np.zeros(3), *np.eye(3))])
    turn, shift = (ends[1:] - ends[0]).T, ends[0]  # from the fixed scan's mm to the moving one's
    return turn.T, -turn.T @ shift


def _dice(earlier: Scan, later: Scan, found: Alignment) -> float | None:
    """The Dice of the two livers, on the earlier scan's voxels."""
    if earlier.liver is None or later.liver is None:
        return None
    moved = on_grid(later.liver, later, earlier, found)
    both = int(np.count_nonzero(moved & earlier.liver))
    total = int(np.count_nonzero(moved)) + int(np.count_nonzero(earlier.liver))
    return 2 * both / total if total else None


def on_grid(mask: NDArray[Any], later: Scan, earlier: Scan, found: Alignment) -> NDArray[Any]:
    """A mask or map of numbers of the later scan on the earlier one's cut volume, by the nearest voxel."""
    back = np.linalg.inv(later.grid.affine[:, :3])
    matrix = back @ found.turn.T @ earlier.grid.affine[:, :3]
    offset = back @ (found.turn.T @ (earlier.grid.affine[:, 3] - found.shift) - later.grid.affine[:, 3])
    from scipy.ndimage import affine_transform

    kind = np.uint8 if mask.dtype == bool else mask.dtype
    moved = affine_transform(mask.astype(kind), matrix, offset, output_shape=earlier.grid.shape, order=0, cval=0)
    return np.asarray(moved.astype(bool) if mask.dtype == bool else moved)

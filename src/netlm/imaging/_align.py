"""Bringing a later scan onto an earlier one: nothing to do on one grid, else a rigid registration of the livers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._register import OFF, Pose, Surface, registered
from ._types import refuse

if TYPE_CHECKING:
    from ._burden import Burden
    from ._scan import Scan

__all__ = ["Alignment", "align", "on_grid"]

Floats = NDArray[np.float64]
FITS = 0.65
"""Share of the later liver's surface that has to lie on the earlier one's: the cut of half a liver is a quarter."""
BEYOND = 0.15
"""Share of it that may lie outside the earlier liver: livers that lost a part do not, but readers and breath differ."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Takes millimetres of the later scan to those of the earlier: ``turn`` (3 by 3), then ``shift``.

    ``how`` is ``one grid``, ``as stored`` or ``registered``; ``overlap`` the Dice of the two livers afterwards,
    ``fit`` the share of the later liver's surface that lies on the earlier one's. ``doubt`` says why it cannot be
    told which lesion is which; empty where it can.
    """

    turn: Floats
    shift: Floats
    how: str
    overlap: float | None
    fit: float | None = None
    doubt: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The alignment as JSON."""
        return {"how": self.how, "liver_dice": self.overlap, "rotation_degrees": self.angle,
                "shift_mm": [float(step) for step in self.shift], "surface_fit": self.fit,
                "doubt": self.doubt or None}  # fmt: skip

    @property
    def angle(self) -> float:
        """By how many degrees the later scan is turned."""
        return float(np.degrees(np.arccos(np.clip((np.trace(self.turn) - 1) / 2, -1.0, 1.0))))

    def back(self, points: Floats) -> Floats:
        """Points of the earlier scan, in mm of the later."""
        return (points - self.shift) @ self.turn

    def moved(self, points: Floats) -> Floats:
        """Points of the later scan, in mm of the earlier."""
        return points @ self.turn.T + self.shift


def align(before: Burden, after: Burden, *, register: bool | None = None) -> Alignment:
    """The alignment of a later scan; ``register`` forces or forbids a registration, None does it on another grid.

    However it comes about, the livers' surfaces have to fit, apart from what a resection took and left bare.
    Raises ``Problems`` where a registration is needed and no liver is labelled.
    """
    earlier, later = before.scan, after.scan
    same = earlier.full.same_as(later.full)
    as_stored = register is False or (same and register is None)
    how = "registered" if not as_stored else "one grid" if same else "as stored"
    if earlier.liver is None or later.liver is None:
        if not as_stored:
            refuse(
                "two grids and no liver to register by", "a liver label in both",
                "Name the liver's label, or resample one scan to the other.", "no-liver", later.file, "alignment",
            )  # fmt: skip
        return Alignment(np.eye(3), np.zeros(3), how, None)
    surfaces = Surface.of(earlier), Surface.of(later)
    pose = Pose.at(np.eye(3), np.zeros(3), *surfaces) if as_stored else registered(
        *surfaces, before.lesions, after.lesions
    )  # fmt: skip
    dice = _dice(earlier, later, Alignment(pose.turn, pose.shift, how, None))
    doubt = _doubt(pose)
    if doubt and as_stored:
        doubt += ", as stored; registering the livers may help"
    return Alignment(pose.turn, pose.shift, how, dice, pose.fit, doubt)


def _doubt(pose: Pose) -> str:
    """Why a pose does not tell which lesion is which."""
    if pose.fit < FITS:
        return f"only {100 * pose.fit:.0f} % of the later liver's surface lies within {OFF:g} mm of the earlier one's"
    if pose.beyond > BEYOND:
        return f"{100 * pose.beyond:.0f} % of the later liver's surface lies more than {OFF:g} mm outside the earlier"
    if pose.rivalled:
        return "the livers fit as well in another way, in which other lesions fall together"
    return ""


def _dice(earlier: Scan, later: Scan, found: Alignment) -> float | None:
    """The Dice of the two livers, on the earlier scan's voxels."""
    assert earlier.liver is not None
    assert later.liver is not None
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

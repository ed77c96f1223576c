"""How a slice is shown: the patient's right on the left of the picture, the front at the top (head, if coronal)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ._scan import Scan

__all__ = ["View", "axial_view", "coronal_view"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class View:
    """``rows`` and ``columns`` are axes of the cut volume; a flip turns an axis round; steps are in mm."""

    rows: int
    columns: int
    flip_rows: bool
    flip_columns: bool
    step: tuple[float, float]
    shape: tuple[int, int]

    def array(self, plane: NDArray[Any]) -> NDArray[Any]:
        """A plane of the cut volume (its axes in their own order) as rows and columns of the picture."""
        turned = plane if self.rows < self.columns else plane.T
        return turned[:: -1 if self.flip_rows else 1, :: -1 if self.flip_columns else 1]

    def points(self, voxels: Any) -> Floats:
        """Voxels of the cut volume (n by 3) as x and y in mm on the picture, y downwards."""
        at = np.atleast_2d(np.asarray(voxels, float))
        rows, columns = at[:, self.rows], at[:, self.columns]
        if self.flip_rows:
            rows = self.shape[0] - 1 - rows
        if self.flip_columns:
            columns = self.shape[1] - 1 - columns
        return np.column_stack((columns * self.step[1], rows * self.step[0]))

    @property
    def x(self) -> Floats:
        """The columns in mm."""
        return np.arange(self.shape[1], dtype=np.float64) * self.step[1]

    @property
    def y(self) -> Floats:
        """The rows in mm."""
        return np.arange(self.shape[0], dtype=np.float64) * self.step[0]


def axial_view(scan: Scan) -> View:
    """Front at the top, the patient's right on the left."""
    return _view(scan, (1, 2), down=1)


def coronal_view(scan: Scan) -> View:
    """Head at the top, the patient's right on the left."""
    steps = scan.grid.affine[:, :3] / scan.grid.spacing
    across = max((1, 2), key=lambda axis: abs(steps[0, axis]))
    return _view(scan, (0, across), down=2)


def _view(scan: Scan, axes: tuple[int, int], down: int) -> View:
    """Two axes of the cut volume; ``down`` is the axis of the patient (x, y, z) that runs down the picture."""
    steps = scan.grid.affine[:, :3] / scan.grid.spacing
    columns = max(axes, key=lambda axis: abs(steps[0, axis]))
    rows = axes[0] if columns == axes[1] else axes[1]
    upwards = steps[down, rows] < 0 if down == 1 else steps[down, rows] > 0  # z runs to the head, which is the top
    spacing = scan.grid.spacing
    return View(
        rows, columns, bool(upwards), bool(steps[0, columns] < 0), (float(spacing[rows]), float(spacing[columns])),
        (scan.grid.shape[rows], scan.grid.shape[columns]),
    )  # fmt: skip

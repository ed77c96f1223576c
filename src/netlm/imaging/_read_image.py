"""The CT or MR behind a label map, brought onto its voxels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Problems
from ._grid import Grid
from ._read import DICOM, ITK, NIFTI
from ._types import refuse

if TYPE_CHECKING:
    from ._scan import Scan

__all__ = ["read_image", "read_image_like"]


def read_image(path: str | Path) -> tuple[NDArray[Any], Grid]:
    """Intensities and grid of a NIfTI, NRRD or MetaImage file, or of the DICOM series in a folder.

    Raises ``Problems``.
    """
    file, name = Path(path), str(path).lower()
    if not file.exists():
        refuse("no such file", "a file or folder", "Check the path.", "no-file", str(path))
    try:
        if file.is_dir():
            from ._read_dicom import read_series

            return read_series(file, str(path))
        if name.endswith(NIFTI):
            from ._read_nifti import read_nifti_image

            return read_nifti_image(file, str(path))
        if name.endswith(ITK):
            from ._read_itk import read_itk_image

            return read_itk_image(file, str(path))
    except Problems:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a reader raise
        refuse(f"an image that cannot be read ({type(error).__name__})", "a whole image file",
               "Copy or export it again.", "damaged", str(path))  # fmt: skip
    refuse(
        "another kind of image", f"one of {', '.join((*NIFTI, *ITK))}, or a folder with one DICOM series",
        "Export it in one of these." if not name.endswith(DICOM) else "Name the folder of the series.",
        "format", str(path),
    )  # fmt: skip
    raise AssertionError


def read_image_like(path: str | Path, scan: Scan) -> NDArray[np.float32]:
    """The intensities at every voxel of a cut volume, interpolated between those of the image.

    Raises ``Problems`` as ``read_image``, and where the image does not cover the liver.
    """
    from scipy.ndimage import affine_transform

    values, grid = read_image(path)
    back = np.linalg.inv(grid.affine[:, :3])
    matrix = back @ scan.grid.affine[:, :3]
    offset = back @ (scan.grid.affine[:, 3] - grid.affine[:, 3])
    corners = np.argwhere(scan.marked)
    ends = np.array([corners.min(0), corners.max(0)]) @ matrix.T + offset
    if (ends.min(0) < -1).any() or (ends.max(0) > np.array(grid.shape)).any():
        refuse("an image that does not cover the liver", "the image of these labels",
               "Is it another scan? The labels and the image must lie in one place.", "grid", str(path))  # fmt: skip
    values = values.astype(np.float32)
    return np.asarray(affine_transform(values, matrix, offset, output_shape=scan.grid.shape, order=1, mode="nearest"))

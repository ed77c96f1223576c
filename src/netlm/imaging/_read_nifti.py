"""NIfTI: the header by nibabel, checked; the voxels by SimpleITK, which unpacks them three times as fast."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ._grid import Grid, grid_from_affine
from ._label_map import LabelMap
from ._read import as_labels, room_for
from ._types import Caution, refuse

__all__ = ["read_nifti", "read_nifti_image"]

RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
UNITS = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
"""Millimetres in NIfTI's unit of length: unknown (taken as millimetres), metre, millimetre, micrometre."""
LENGTH = 7
"""The bits of ``xyzt_units`` that speak of length."""
AGREE = 0.01
"""Relative difference between the two spacings of a header from which they contradict each other."""
_LABEL = re.compile(rb'<Label\s[^>]*?Key="(\d+)"[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,80})')


def read_nifti(path: Path, file: str) -> LabelMap:
    """The label map in a NIfTI file, with the names that TotalSegmentator and Connectome Workbench keep in it.

    Raises ``Problems``.
    """
    grid, image, cautions = _header(path, file)
    array = as_labels(_voxels(path, image), file)
    return LabelMap(grid, array, names=_names(image), file=file, cautions=cautions)


def read_nifti_image(path: Path, file: str) -> tuple[Any, Grid]:
    """The intensities in a NIfTI file, and their grid.

    Raises ``Problems``.
    """
    grid, image, _ = _header(path, file)
    return _voxels(path, image), grid


def _header(path: Path, file: str) -> tuple[Grid, Any, tuple[Caution, ...]]:
    import nibabel

    image: Any = nibabel.load(path)
    head = image.header
    shape = tuple(int(side) for side in image.shape)
    while len(shape) > len("xyz") and shape[-1] == 1:
        shape = shape[:-1]
    steps = np.asarray(head["pixdim"][1:4], float)
    if not np.isfinite(steps).all() or (steps == 0).any():
        refuse(
            "a spacing of zero, or none", "millimetres above 0",
            "Write the file anew with its true spacing; volumes cannot be told without it.", "spacing", file, "pixdim",
        )  # fmt: skip
    unit = UNITS.get(int(head["xyzt_units"]) & LENGTH)
    if unit is None:
        refuse("an unknown unit of length", "mm", "Write the file anew in mm.", "spacing", file, "xyzt_units")
        raise AssertionError
    affine = np.asarray(image.affine, float)[:3] * unit
    cautions = []
    lengths = np.linalg.norm(affine[:, :3], axis=0)
    if np.isfinite(lengths).all() and (lengths > 0).all():
        if (np.abs(lengths / (np.abs(steps) * unit) - 1) > AGREE).any():
            refuse(
                "two spacings that contradict each other", "one spacing",
                "Write the file anew; its affine and its pixdim differ.", "spacing", file, "pixdim",
            )  # fmt: skip
        if not int(head["sform_code"]) and not int(head["qform_code"]):
            cautions.append(Caution("no-orientation", "The file does not say how the patient lay: left and right, "
                                    "and which slices are axial, are taken from the order of its axes."))  # fmt: skip
    affine = affine * RAS_TO_LPS[:, None]
    room_for(int(np.prod(shape, dtype=object)), int(head["bitpix"]) // 8, file)
    # nibabel's axes are x, y, z; the array in memory is z, y, x
    grid = grid_from_affine(shape[::-1], np.column_stack((affine[:, 2::-1], affine[:, 3])), file)
    return grid, image, tuple(cautions)


def _voxels(path: Path, image: Any) -> Any:
    import SimpleITK as sitk  # noqa: N813

    try:
        array = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    except RuntimeError:
        array = np.asanyarray(image.dataobj).T  # orientations that ITK refuses, and files that it cannot read
    shape = tuple(reversed(image.shape[:3]))
    return np.ascontiguousarray(array).reshape(shape)


def _names(image: Any) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for extension in image.header.extensions:
        content = extension.get_content()
        raw = content if isinstance(content, bytes) else str(content).encode()
        for key, name in _LABEL.findall(raw):
            if int(key):
                found[name.decode(errors="replace").strip()] = (int(key),)
    return found

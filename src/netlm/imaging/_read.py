"""Reading label maps and images: NIfTI, NRRD, MetaImage and DICOM SEG, or arrays already in memory."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Problems
from ._grid import grid_from_affine, grid_from_spacing
from ._label_map import LabelMap
from ._room import room_for_file, too_large
from ._types import refuse

__all__ = ["is_scan", "need_imaging", "read_labels", "shown"]

NEEDED = ("SimpleITK", "nibabel", "pydicom", "highdicom", "scipy", "zlib_ng")
NIFTI = (".nii", ".nii.gz")
ITK = (".nrrd", ".nhdr", ".mha", ".mhd")
DICOM = (".dcm", ".ima", ".dicom")
_AT = 128
"""Bytes before the mark of a DICOM file."""


def shown(path: str | os.PathLike[str]) -> str:
    """A path as text that can be written; bytes of it that are no text are shown as numbers."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_scan(path: Path) -> bool:
    """Whether the name ends as that of a file that can be read."""
    return path.name.lower().endswith((*NIFTI, *ITK, *DICOM))


def need_imaging() -> None:
    """Raise ``Problems`` with the remedy where the extra is not installed."""
    if any(find_spec(name) is None for name in NEEDED):
        refuse(
            f"no {' or '.join(NEEDED)} in this installation", "the extra `imaging`",
            "Add it with: pip install 'netlm[imaging]'", "extra", place="imaging",
        )  # fmt: skip


def read_labels(labels: Any, *, spacing: Any = None, affine: Any = None, file: str | None = None) -> LabelMap:
    """A label map from a file, from an array with its ``spacing`` or ``affine``, or one already read.

    ``spacing`` is in millimetres in the order of the array's axes (slices from foot to head, rows, columns);
    ``affine`` takes array indices to millimetres in LPS.
    Raises ``Problems`` for a file that is missing, damaged, of another kind, larger than memory, or without a usable
    spacing, and for values that are no labels.
    """
    if isinstance(labels, LabelMap):
        return labels
    if isinstance(labels, str | os.PathLike):
        return _from_file(Path(labels), file or shown(labels))
    if type(labels).__module__.startswith("SimpleITK"):
        from ._read_itk import from_image

        return from_image(labels, file or "labels")
    if spacing is not None and affine is not None:
        refuse("a spacing and an affine", "one of them", "Leave the spacing out: the affine holds it.", "spacing", file)
    array = np.asarray(labels)
    if spacing is None and affine is None:
        refuse("an array without spacing", "`spacing` or `affine`", "Give the spacing in millimetres.", "spacing", file)
    grid = grid_from_spacing(array.shape, spacing, file) if affine is None else _placed(array, affine, file)
    return LabelMap(grid, as_labels(array, file or "labels"), file=file or "labels")


def _placed(array: Any, affine: Any, file: str | None) -> Any:
    return grid_from_affine(array.shape, affine, file)


def _from_file(path: Path, file: str) -> LabelMap:
    if not path.exists():
        refuse("no such file", "a file", "Check the path.", "no-file", file)
    if path.is_dir():
        refuse("a folder", "one file", "Name the segmentation; a folder of scans is a batch.", "not-a-file", file)
    if not path.stat().st_size:
        refuse("an empty file", "a segmentation", "Export it again.", "damaged", file)
    room_for_file(path, file)
    name = path.name.lower()
    try:
        if name.endswith(NIFTI):
            from ._read_nifti import read_nifti

            return read_nifti(path, file)
        if name.endswith(ITK):
            from ._read_itk import read_itk

            return read_itk(path, file)
        if name.endswith(DICOM) or _is_dicom(path):
            from ._read_dicom import read_segmentation

            return read_segmentation(path, file)
    except Problems:
        raise
    except ImportError:
        need_imaging()
        raise
    except MemoryError:
        too_large("more voxels than fit into memory", "a smaller volume", file)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a reader raise
        refuse(
            f"a file that cannot be read ({type(error).__name__})", "a whole NIfTI, NRRD, MetaImage or DICOM SEG file",
            "Is it cut off, or of another kind? Copy or export it again.", "damaged", file,
        )  # fmt: skip
    refuse(
        "another ending", f"one of {', '.join((*NIFTI, *ITK, '.dcm'))}", "Export the segmentation in one of these.",
        "format", file,
    )  # fmt: skip
    raise AssertionError


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(_AT + 4)[_AT:] == b"DICM"


def as_labels(array: Any, file: str) -> Any:
    """The array as whole numbers.

    Raises ``Problems`` for fractions, negative numbers, what is no number, and floats beyond the largest label.
    """
    if array.dtype == bool:
        return array.view(np.uint8)
    if array.dtype.kind not in "uif":
        refuse("values that are no numbers", "labels from 0 up", _IS_IT, "not-labels", file)
    if not array.size or array.dtype.kind == "u":
        return array
    low, high = float(array.min()), float(array.max())
    if low < 0 or (array.dtype.kind == "f" and not high <= LARGEST):
        refuse(f"the value {low if low < 0 else high:g}", f"labels from 0 to {LARGEST}", _IS_IT, "not-labels", file)
    if array.dtype.kind == "i":
        return array
    whole = array.astype(np.int32)
    if (whole != array).any():
        refuse(f"the value {float(array[whole != array].flat[0]):g}", "whole numbers", _IS_IT, "not-labels", file)
    return whole


LARGEST = 2**31 - 1
"""The largest label of a map that keeps its labels as floats; beyond it they are measurements."""
_IS_IT = "Is this the image, or a map of probabilities, instead of the label map?"

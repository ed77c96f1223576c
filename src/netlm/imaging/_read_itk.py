"""NRRD and MetaImage: the geometry from ITK, the spacing looked for first, since ITK puts 1 where there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._grid import Grid, grid_from_affine
from ._label_map import LabelMap
from ._payload import find_voxels, read_header, read_voxels
from ._read import as_labels
from ._read_itk_spacing import check_spacing
from ._room import room_for
from ._types import NO_ORIENTATION, Caution, refuse

__all__ = ["from_image", "itk_grid", "read_itk", "read_itk_image"]

_KIND = re.compile(r"(\d+)-bit (unsigned integer|signed integer|float)")
_KINDS = {"unsigned integer": "u", "signed integer": "i", "float": "f"}
_ORIENTED = {"space", "transformmatrix", "rotation", "orientation", "anatomicalorientation"}
"""Fields of which one says how the patient lay."""
_SLICER = re.compile(r"Segment(\d+)_(Name|LabelValue)$")


def read_itk(path: Path, file: str) -> LabelMap:
    """The label map in an NRRD or MetaImage file, with the names that 3D Slicer keeps in it.

    Raises ``Problems``.
    """
    array, information, cautions = _read(path, file)
    return LabelMap(itk_grid(information, file), as_labels(array, file), names=_slicer_names(information), file=file,
                    cautions=cautions)  # fmt: skip


def read_itk_image(path: Path, file: str) -> tuple[Any, Grid]:
    """The intensities in an NRRD or MetaImage file, and their grid.

    Raises ``Problems``.
    """
    array, information, _ = _read(path, file)
    return array, itk_grid(information, file)


def _read(path: Path, file: str) -> tuple[NDArray[Any], Any, tuple[Caution, ...]]:
    """The voxels, a reader that holds the rest of the header as ITK understands it, and what to know of it."""
    import SimpleITK as sitk  # noqa: N813

    try:
        str(path).encode()
    except UnicodeEncodeError:  # ITK would end the process
        refuse("a file name that is no text", "a name in UTF-8", "Rename the file.", "file-name", file)
    head = read_header(path)
    check_spacing(head, file)
    place = find_voxels(path, head, file)
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    _check_layers(reader.GetNumberOfComponents(), file)
    shape = tuple(reversed(reader.GetSize()))
    said = _KIND.fullmatch(sitk.GetPixelIDValueAsString(reader.GetPixelID()))
    if said is None:
        refuse("voxels that are no single numbers", "whole numbers", "Export one label map.", "not-labels", file)
        raise AssertionError
    array = read_voxels(place, head, shape, np.dtype(f"{_KINDS[said[2]]}{int(said[1]) // 8}"), file)
    return array, reader, () if _ORIENTED & set(head.fields) else (NO_ORIENTATION,)


def _check_layers(components: int, file: str) -> None:
    if components > 1:
        refuse(
            "several layers in one file", "one label map",
            "Export one label map from 3D Slicer (File, Export to labelmap), or DICOM SEG for overlapping segments.",
            "layers", file,
        )  # fmt: skip


def from_image(image: Any, file: str) -> LabelMap:
    """The label map in a SimpleITK image.

    Raises ``Problems``.
    """
    import SimpleITK as sitk  # noqa: N813

    _check_layers(image.GetNumberOfComponentsPerPixel(), file)
    room_for(image.GetNumberOfPixels(), image.GetSizeOfPixelComponent(), file)
    array = as_labels(sitk.GetArrayFromImage(image), file)
    return LabelMap(itk_grid(image, file), array, names=_slicer_names(image), file=file)


def itk_grid(image: Any, file: str) -> Grid:
    """The grid of a SimpleITK image, in the order of its array (z, y, x).

    Raises ``Problems``.
    """
    size = image.GetDimension()
    if size != len("zyx"):
        return grid_from_affine(tuple(reversed(image.GetSize())), np.eye(4), file)
    direction = np.array(image.GetDirection()).reshape(size, size) * np.array(image.GetSpacing())
    affine = np.column_stack((direction[:, ::-1], image.GetOrigin()))
    return grid_from_affine(tuple(reversed(image.GetSize())), affine, file)


def _slicer_names(image: Any) -> dict[str, tuple[int, ...]]:
    parts: dict[str, dict[str, str]] = {}
    for key in image.GetMetaDataKeys():
        if match := _SLICER.match(key):
            parts.setdefault(match[1], {})[match[2]] = image.GetMetaData(key)
    return {
        part["Name"]: (int(part["LabelValue"]),)
        for part in parts.values()
        if "Name" in part and part.get("LabelValue", "").isdigit()
    }

"""DICOM SEG, by highdicom: each segment its own mask, so that overlapping ones stay apart.

Slices that the file leaves out and padding are background. Nothing of the header but geometry and the names of the
segments is kept.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import safe_echo
from ._grid import Grid, check_steps, grid_from_affine
from ._label_map import LabelMap, Mask
from ._room import room_for
from ._types import Caution, refuse

__all__ = ["read_segmentation", "read_series"]

MIDDLE = 0.5
"""The fraction of a voxel from which a fractional segment holds it."""
OF_BITS, OF_FRACTIONS = 3, 9
"""Bytes of memory for a voxel while a segment is read: the number, a copy of it, and whether it belongs."""


def read_segmentation(path: Path, file: str) -> LabelMap:
    """The segments of a DICOM SEG file.

    Raises ``Problems`` for another kind of DICOM, and for frames that do not make a regular volume.
    """
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            head = pydicom.dcmread(path, stop_before_pixels=True, force=False)
        except pydicom.errors.InvalidDicomError:
            refuse("no DICOM file", "a DICOM SEG file", "Is it cut off?", "damaged", file)
        if head.get("Modality") != "SEG":
            kind = safe_echo(str(head.get("Modality", "")) + "_", ["CT_", "MR_", "PT_", "SR_", "RTSTRUCT_", "RTDOSE_"])
            refuse(
                f"another kind of DICOM ({kind.strip('`_')})", "DICOM SEG",
                "Export the segmentation as DICOM SEG, or as NIfTI.", "not-a-segmentation", file,
            )  # fmt: skip
        return _segments(path, _thickness(head, file), file)


def _thickness(head: Any, file: str) -> float:
    """The distance between slices that the header states, else their thickness, in mm.

    Raises ``Problems`` where that or the distance between rows or columns is missing, or no length.
    """
    shared = head.get("SharedFunctionalGroupsSequence", [])
    groups = [*shared, *head.get("PerFrameFunctionalGroupsSequence", [])]
    measures: Any = next((one.PixelMeasuresSequence[0] for one in groups if one.get("PixelMeasuresSequence")), {})
    pixel = [*(_numbers(measures.get("PixelSpacing")) or (None,)), None][:2]
    between = _numbers(measures.get("SpacingBetweenSlices")) or _numbers(measures.get("SliceThickness")) or [None]
    check_steps(
        (*pixel, between[0]), file, "PixelMeasuresSequence", ("between rows", "between columns", "between slices")
    )
    return float(between[0] or 0)


def _numbers(value: Any) -> list[float | None]:
    parts = [] if value is None else [value] if isinstance(value, str | float | int) else list(value)
    return [float(part) for part in parts if str(part).strip()]


def _segments(path: Path, thickness: float, file: str) -> LabelMap:
    import highdicom

    found: Any = highdicom.seg.segread(path)
    numbers = [int(number) for number in found.segment_numbers if int(number) > 0]
    if not numbers:
        refuse("no segment", "at least one", "Export the segmentation again.", "no-labels", file)
    fractional = str(found.SegmentationType) == "FRACTIONAL"
    cautions = (
        [Caution("fractional", "The segments are fractions; a voxel counts from half on, so the edge is a choice.")]
        if fractional
        else []
    )
    _check_room(found, fractional, file)
    volume = _regular(found, numbers[0], fractional, file)
    names: dict[str, tuple[int, ...]] = {}
    for number in numbers:
        name = str(found.get_segment_description(number).segment_label)
        names[name] = (*names.get(name, ()), number)
    layers = {number: _layer(found, number, fractional, file) for number in numbers}
    return LabelMap(_grid(volume, thickness, file), None, layers, names, file, tuple(cautions))


def _check_room(found: Any, fractional: bool, file: str) -> None:
    """Raise ``Problems`` where a segment does not fit into memory: slices that are left out become voxels too."""
    geometry = found.get_volume_geometry(allow_missing_positions=True)
    if geometry is not None:
        room_for(int(np.prod(geometry.spatial_shape, dtype=object)), OF_FRACTIONS if fractional else OF_BITS, file)


def _regular(found: Any, number: int, fractional: bool, file: str) -> Any:
    """A segment as a volume.

    Raises ``Problems`` for frames that are cut off, or not parallel at one distance; the reader fails in many ways.
    """
    try:
        return _volume(found, number, fractional)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the reader raise
        refuse(
            f"frames that do not make a regular volume ({type(error).__name__})", "whole, parallel slices",
            "Is the file cut off? Else export the segmentation as NIfTI on the grid of the scan.", "not-a-volume", file,
        )  # fmt: skip
        raise AssertionError from None


def _volume(found: Any, number: int, fractional: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return found.get_volume(
            segment_numbers=[number], combine_segments=False, allow_missing_positions=True,
            rescale_fractional=fractional, skip_overlap_checks=True,
        ).squeeze_channel()  # fmt: skip


def _layer(found: Any, number: int, fractional: bool, file: str) -> Callable[[], Mask]:
    def layer() -> Mask:
        _check_room(found, fractional, file)
        array = np.asarray(_regular(found, number, fractional, file).array)
        return array >= MIDDLE if fractional else array > 0

    return layer


def _grid(volume: Any, thickness: float, file: str) -> Grid:
    """The grid of the frames; one frame has no neighbour that would tell its thickness."""
    shape = tuple(int(side) for side in volume.spatial_shape)
    affine = np.array(volume.affine, float)
    if shape[0] == 1:
        affine[:3, 0] *= thickness / np.linalg.norm(affine[:3, 0])
    return grid_from_affine(shape, affine, file)


def read_series(folder: Path, file: str) -> tuple[Any, Grid]:
    """The intensities of the CT or MR series in a folder of DICOM files, and their grid.

    Raises ``Problems`` for a folder without one, or with several.
    """
    import SimpleITK as sitk  # noqa: N813

    from ._read_itk import itk_grid

    series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))
    if len(series) != 1:
        refuse(f"{len(series)} series", "a folder with one series", "Give each its own folder.", "series", file)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder), series[0]))
    image = reader.Execute()
    return sitk.GetArrayFromImage(image), itk_grid(image, file)

"""NIfTI: unpacked whole and checked to its end, its header as it stands.

Two traps of other readers are the reason: ITK fills what a cut-off file lacks with zeros, and nibabel's ``load``
puts 1 where the spacing is 0. So the header is nibabel's, unmended, and the voxels are taken from the bytes.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._grid import Grid, check_steps, grid_from_affine
from ._label_map import LabelMap
from ._read import as_labels
from ._room import bytes_to_read, room_for
from ._types import NO_ORIENTATION, Caution, refuse
from ._unpack import inflated

__all__ = ["read_nifti", "read_nifti_image"]

RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
UNITS = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
"""Millimetres in NIfTI's unit of length: unknown (taken as millimetres), metre, millimetre, micrometre."""
LENGTH = 7
"""The bits of ``xyzt_units`` that speak of length."""
AGREE = 0.01
"""Relative difference between the two spacings of a header from which they contradict each other."""
HEAD = 544
"""Bytes that hold the header of either version."""
FIRST = {b"\x5c\x01\x00\x00": 1, b"\x00\x00\x01\x5c": 1, b"\x1c\x02\x00\x00": 2, b"\x00\x00\x02\x1c": 2}
"""The size of the header, with which every NIfTI file begins, and its version."""
_LABEL = re.compile(rb'<Label\s[^>]*?Key="(\d+)"[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,80})')


def read_nifti(path: Path, file: str) -> LabelMap:
    """The label map in a NIfTI file, with the names that TotalSegmentator and Connectome Workbench keep in it.

    Raises ``Problems``.
    """
    array, grid, head, cautions = _read(path, file)
    return LabelMap(grid, as_labels(array, file), names=_names(head), file=file, cautions=cautions)


def read_nifti_image(path: Path, file: str) -> tuple[NDArray[Any], Grid]:
    """The intensities in a NIfTI file, and their grid.

    Raises ``Problems``.
    """
    array, grid, _, _ = _read(path, file)
    return array, grid


def _read(path: Path, file: str) -> tuple[NDArray[Any], Grid, Any, tuple[Caution, ...]]:
    packed = path.read_bytes()
    head = _header(_unpacked(packed, HEAD, file, whole=False), file, extensions=False)
    shape = tuple(int(side) for side in head.get_data_shape())
    voxels, kind = int(np.prod(shape, dtype=object)), head.get_data_dtype()
    room_for(voxels, bytes_to_read(kind, scaled=_is_scaled(head)), file)
    needed = int(head.get_data_offset()) + voxels * kind.itemsize
    content = _unpacked(packed, needed, file, whole=True)
    del packed
    head = _header(content, file, extensions=True)
    while len(shape) > len("xyz") and shape[-1] == 1:
        shape = shape[:-1]
    grid, cautions = _grid(head, shape, file)
    array = np.frombuffer(content, kind, voxels, int(head.get_data_offset())).reshape(shape[::-1])
    if _is_scaled(head):
        slope, inter = head.get_slope_inter()
        array = array * slope + inter
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("=")), grid, head, cautions


def _is_scaled(head: Any) -> bool:
    """Whether the numbers stored are to be multiplied, or added to."""
    slope, inter = head.get_slope_inter()
    return slope is not None and (slope, inter) != (1.0, 0.0)


def _unpacked(packed: bytes, needed: int, file: str, *, whole: bool) -> bytes:
    """``needed`` bytes of the file; with ``whole`` to its end, so that the checksum is looked at.

    Raises ``Problems`` for a file that is cut off or damaged.
    """
    content = packed if packed[:2] != b"\x1f\x8b" else inflated(packed, needed, whole=whole)
    if not content or (whole and len(content) != needed):
        refuse(
            "a file that is cut off, damaged or longer than its header says",
            "a whole NIfTI file",
            "Copy or export it again.",
            "damaged",
            file,
        )
    return content


def _header(content: bytes, file: str, *, extensions: bool) -> Any:
    import nibabel

    version = FIRST.get(content[:4])
    if version is None:
        refuse("no NIfTI header", "a NIfTI file", "Copy or export it again.", "damaged", file)
    kind = nibabel.Nifti1Header if version == 1 else nibabel.Nifti2Header
    if extensions:
        return kind.from_fileobj(BytesIO(content), check=False)
    size = kind.template_dtype.itemsize
    if len(content) < size:
        refuse("a header that is cut off", "a whole NIfTI file", "Copy or export it again.", "damaged", file)
    return kind(content[:size], check=False, endianness="<" if content[0] else ">")


def _grid(head: Any, shape: tuple[int, ...], file: str) -> tuple[Grid, tuple[Caution, ...]]:
    steps = np.asarray(head["pixdim"][1:4], float)
    check_steps(steps.tolist(), file, "pixdim")
    unit = UNITS.get(int(head["xyzt_units"]) & LENGTH)
    if unit is None:
        refuse("an unknown unit of length", "mm", "Write the file anew in mm.", "spacing", file, "xyzt_units")
        raise AssertionError
    affine = np.asarray(head.get_best_affine(), float)[:3]
    lengths = np.linalg.norm(affine[:, :3], axis=0)
    check_steps(lengths.tolist(), file, "affine")
    if (np.abs(lengths / steps - 1) > AGREE).any():
        refuse(
            f"two spacings that contradict each other: {_listed(steps)} in pixdim, {_listed(lengths)} in the affine",
            "one spacing", "Write the file anew with its true spacing.", "spacing", file, "pixdim",
        )  # fmt: skip
    cautions = []
    if not int(head["sform_code"]) and not int(head["qform_code"]):
        cautions.append(NO_ORIENTATION)
    affine = affine * unit * RAS_TO_LPS[:, None]
    # NIfTI's axes are x, y, z; the array in memory is z, y, x
    return grid_from_affine(shape[::-1], np.column_stack((affine[:, 2::-1], affine[:, 3])), file), tuple(cautions)


def _listed(steps: NDArray[np.float64]) -> str:
    return " ".join(f"{step:g}" for step in steps)


def _names(head: Any) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for extension in head.extensions:
        content = extension.get_content()
        raw = content if isinstance(content, bytes) else str(content).encode()
        for key, name in _LABEL.findall(raw):
            if int(key):
                found[name.decode(errors="replace").strip()] = (int(key),)
    return found

"""NRRD and MetaImage, by SimpleITK; the spacing is looked for in the header, since ITK puts 1 where there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ._grid import Grid, grid_from_affine
from ._label_map import LabelMap
from ._read import as_labels, room_for
from ._read_itk_spacing import check_spacing
from ._types import NO_ORIENTATION, Caution, refuse

__all__ = ["from_image", "itk_grid", "read_itk", "read_itk_image"]

HEADER = 65536
"""Bytes in which the text of a header ends."""
_END = {".nrrd": b"\n\n", ".mha": b"ElementDataFile"}
_SIZES = {
    ".nrrd": re.compile(rb"^sizes:\s*(.+?)\s*$", re.MULTILINE),
    ".mha": re.compile(rb"^DimSize\s*=\s*(.+?)\s*$", re.MULTILINE),
}
_ORIENTED = {
    ".nrrd": re.compile(rb"^space:", re.MULTILINE),
    ".mha": re.compile(rb"^(?:TransformMatrix|Rotation|Orientation|AnatomicalOrientation)\s*=", re.MULTILINE),
}
_COMPRESSED = re.compile(rb"^(?:encoding:\s*(?:gzip|gz)|CompressedData\s*=\s*True)\s*$", re.MULTILINE | re.IGNORECASE)
EITHER = 47
"""zlib's number for gzip or zlib, whichever it is, with its checksum."""
BLOCK = 1 << 24
_SLICER = re.compile(r"Segment(\d+)_(Name|LabelValue)$")


def read_itk(path: Path, file: str) -> LabelMap:
    """The label map in an NRRD or MetaImage file, with the names that 3D Slicer keeps in it.

    Raises ``Problems``.
    """
    image, cautions = _image(path, file)
    return from_image(image, file, cautions)


def read_itk_image(path: Path, file: str) -> tuple[Any, Grid]:
    """The intensities in an NRRD or MetaImage file, and their grid.

    Raises ``Problems``.
    """
    import SimpleITK as sitk  # noqa: N813

    image, _ = _image(path, file)
    return sitk.GetArrayFromImage(image), itk_grid(image, file)


def _image(path: Path, file: str) -> tuple[Any, tuple[Caution, ...]]:
    import SimpleITK as sitk  # noqa: N813

    try:
        str(path).encode()
    except UnicodeEncodeError:  # ITK would end the process
        refuse("a file name that is no text", "a name in UTF-8", "Rename the file.", "file-name", file)
    cautions = _check_header(path, file)
    return sitk.ReadImage(str(path)), cautions


def _check_header(path: Path, file: str) -> tuple[Caution, ...]:
    kind = ".nrrd" if path.suffix.lower() in (".nrrd", ".nhdr") else ".mha"
    with path.open("rb") as stream:
        text = stream.read(HEADER).replace(b"\r\n", b"\n").partition(_END[kind])[0]
    sizes = [int(side) for found in _SIZES[kind].findall(text) for side in found.split() if side.isdigit()]
    check_spacing(text, is_nrrd=kind == ".nrrd", axes=len(sizes) or len("xyz"), file=file)
    if _COMPRESSED.search(text):
        _check_payload(path, file, kind)
    room_for(int(np.prod(sizes, dtype=object)), 1, file)
    return () if _ORIENTED[kind].search(text) else (NO_ORIENTATION,)


def _check_payload(path: Path, file: str, kind: str) -> None:
    """Unpack what follows the header, to its checksum; ITK does not look at it."""
    from zlib_ng import zlib_ng

    content = path.read_bytes()
    mark = b"\n\n" if b"\n\n" in content[:HEADER] else b"\r\n\r\n"
    payload = content.partition(mark if kind == ".nrrd" else b"ElementDataFile")[2]
    if kind == ".mha":
        name, _, payload = payload.partition(b"\n")
        if b"LOCAL" not in name.upper():
            return
    if not payload:
        return  # the voxels are in a file of their own
    stream = zlib_ng.decompressobj(EITHER)
    try:
        while payload and not stream.eof:
            stream.decompress(payload, BLOCK)
            payload = stream.unconsumed_tail
    except zlib_ng.error:  # type: ignore[misc]
        payload = b""
    if not stream.eof:
        refuse("a file that is cut off or damaged", "a whole file", "Copy or export it again.", "damaged", file)


def from_image(image: Any, file: str, cautions: tuple[Caution, ...] = ()) -> LabelMap:
    """The label map in a SimpleITK image.

    Raises ``Problems``.
    """
    import SimpleITK as sitk  # noqa: N813

    names = _slicer_names(image)
    if image.GetNumberOfComponentsPerPixel() > 1:
        refuse(
            "several layers in one file", "one label map",
            "Export one label map from 3D Slicer (File, Export to labelmap), or DICOM SEG for overlapping segments.",
            "layers", file,
        )  # fmt: skip
    array = as_labels(sitk.GetArrayFromImage(image), file)
    return LabelMap(itk_grid(image, file), array, names=names, file=file, cautions=cautions)


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

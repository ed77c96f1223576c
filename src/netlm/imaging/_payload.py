"""The voxels of an NRRD or MetaImage file, from the bytes: in the file itself, or in one file beside it.

ITK is not asked for them: it does not look at a checksum, and hands out whatever memory held before where a packed
file is too short, or where a packed MetaImage does not say how long it is.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._room import bytes_to_read, room_for
from ._types import refuse
from ._unpack import ZLIB_OR_GZIP, inflated

__all__ = ["Header", "find_voxels", "read_header", "read_voxels", "voxels_beside"]

HEADER = 1 << 20
"""Bytes in which the text of a header ends."""
NRRD, META = ".nrrd", ".mha"
_FIELD = {NRRD: re.compile(r"^([^#:\n][^:\n]*):(?!=)[ \t]*(.*?)[ \t]*$", re.MULTILINE),
          META: re.compile(r"^[ \t]*(\w+)[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE)}  # fmt: skip
_END = {NRRD: re.compile(rb"\r?\n\r?\n"), META: re.compile(rb"^[ \t]*ElementDataFile[^\n]*(?:\n|\Z)", re.MULTILINE)}
PACKED = ("gzip", "gz")
WRITTEN = ("ascii", "text", "txt")
AS_NUMBERS = 8
"""Bytes of memory for each byte of numbers that are written out: two for a digit and a blank, with a copy."""
_REMEDY = "Write it anew as one .nrrd, .mha or .nii.gz."


@dataclass(frozen=True)
class Header:
    """``fields`` by name in small letters, and the ``length`` of the header in bytes."""

    kind: str
    fields: Mapping[str, str]
    length: int

    def is_said(self, *names: str) -> bool:
        """Whether a field of MetaImage is there and True."""
        return any(self.fields.get(name, "").casefold() in ("true", "1") for name in names)


@dataclass(frozen=True)
class Place:
    """Where the voxels are: a file, from which byte on, after so many lines and ``skip`` bytes (-1: the last ones)."""

    path: Path
    start: int
    lines: int
    skip: int
    packing: str


def read_header(path: Path) -> Header:
    """The text at the beginning of a file."""
    kind = NRRD if path.suffix.lower() in (NRRD, ".nhdr") else META
    with path.open("rb") as stream:
        start = stream.read(HEADER)
    end = _END[kind].search(start)
    length = end.end() if end else len(start)
    text = start[:length].decode("latin-1").replace("\r\n", "\n")
    fields = {name.strip().casefold(): value for name, value in _FIELD[kind].findall(text)}
    return Header(kind, fields, length)


def find_voxels(path: Path, head: Header, file: str) -> Place:
    """Where the voxels are.

    Raises ``Problems`` for voxels that are not there, in several files, or anywhere but in or beside the header's
    file, and for ways of packing that are not read.
    """
    return _nrrd(path, head, file) if head.kind == NRRD else _meta(path, head, file)


def voxels_beside(path: str | Path) -> Path | None:
    """The file with the voxels of an NRRD or MetaImage header; None where they are in the header's own file.

    Raises ``Problems`` as reading the label map does.
    """
    found = find_voxels(Path(path), read_header(Path(path)), str(path)).path
    return None if found == Path(path) else found


def read_voxels(place: Place, head: Header, shape: tuple[int, ...], kind: np.dtype[Any], file: str) -> NDArray[Any]:
    """The voxels, slices first. ``kind`` is their type in the byte order of this machine.

    Raises ``Problems`` for more of them or fewer than the header says, damaged ones, and more than fit into memory.
    """
    voxels = int(np.prod(shape, dtype=object))
    stored = kind.newbyteorder(">" if _is_big(head) else "<")
    room_for(voxels, bytes_to_read(stored), file)
    needed = voxels * kind.itemsize
    if place.packing in WRITTEN:
        return _written(place, shape, kind, file)
    content = _unpacked(place, needed, file) if place.packing in PACKED else _plain(place, needed)
    if len(content) != needed:
        amount = "more" if len(content) > needed else "less"
        refuse(f"{amount} than the header says", f"{needed} bytes of voxels", "Is it cut off, or are header and "
               "voxels of two scans? Copy or export it again.", "damaged", file, place.path.name)  # fmt: skip
    found = np.frombuffer(content, stored).reshape(shape)
    return found if found.dtype.isnative else found.astype(kind)


def _is_big(head: Header) -> bool:
    """Whether the highest byte of a voxel comes first."""
    said = head.is_said("binarydatabyteordermsb", "elementbyteordermsb")
    return said or head.fields.get("endian", "").casefold() == "big"


def _nrrd(path: Path, head: Header, file: str) -> Place:
    packing = head.fields.get("encoding", "").casefold()
    if packing not in ("raw", *PACKED, *WRITTEN):
        refuse("another encoding", "raw or gzip", _REMEDY, "format", file, "encoding")
    skip, lines = (_whole(head, name, file) for name in (("byte skip", "byteskip"), ("line skip", "lineskip")))
    named = head.fields.get("data file", head.fields.get("datafile"))
    where, start = (path, head.length) if named is None else (_beside(path, named, file), 0)
    if (skip or lines) and packing != "raw":
        refuse("bytes to be skipped in packed voxels", "voxels from the first byte on", _REMEDY, "format", file, "skip")
    return Place(where, start, lines, skip, packing)


def _meta(path: Path, head: Header, file: str) -> Place:
    named = head.fields.get("elementdatafile", "")
    packing = "gzip" if head.is_said("compresseddata") else "raw"
    if head.fields.get("binarydata", "true").casefold() in ("false", "0"):
        packing = "ascii"
    skip = _whole(head, ("headersize",), file)
    local = named.upper() == "LOCAL"
    if skip and (local or packing != "raw"):
        refuse("bytes to be skipped", "voxels right after the header", _REMEDY, "format", file, "HeaderSize")
    if local:
        return Place(path, head.length, 0, 0, packing)
    return Place(_beside(path, named, file), 0, 0, skip, packing)


def _whole(head: Header, names: tuple[str, ...], file: str) -> int:
    """A number of bytes or lines to be left out; -1 is all but the voxels."""
    text = next((head.fields[name] for name in names if name in head.fields), "0")
    if not re.fullmatch(r"-1|\d{1,15}", text):
        refuse("no number", "a whole number from -1 up", _REMEDY, "damaged", file, names[0])
    return int(text)


def _beside(path: Path, named: str, file: str) -> Path:
    """The one file with the voxels, in the folder of the header or below it."""
    if not named or named.split()[0].upper() == "LIST" or "%" in named:
        refuse("voxels in several files", "one file of voxels", _REMEDY, "data-file", file, "data file")
    away = ".." in (*PurePosixPath(named).parts, *PureWindowsPath(named).parts)
    if away or PurePosixPath(named).is_absolute() or PureWindowsPath(named).drive or named.startswith("\\"):
        refuse("voxels in another folder", "a file beside the header", "Put both into one folder, and name the "
               "voxels' file alone in the header.", "data-file", file, "data file")  # fmt: skip
    found = path.parent / named
    if not found.is_file():
        refuse("no file with the voxels", "the file that the header names, beside it", "Copy both; a header alone "
               "holds no voxels.", "no-file", file, "data file")  # fmt: skip
    return found


def _plain(place: Place, needed: int) -> bytes:
    """As many bytes as are needed, and one more where there are more."""
    size = place.path.stat().st_size
    with place.path.open("rb") as stream:
        if place.skip < 0:
            stream.seek(max(size - needed, 0))
            return stream.read(needed)
        stream.seek(place.start)
        for _ in range(place.lines):
            if not stream.readline(HEADER):
                break
        stream.seek(place.skip, os.SEEK_CUR)
        return stream.read(needed + 1)


def _unpacked(place: Place, needed: int, file: str) -> bytes:
    room_for(place.path.stat().st_size + needed, 1, file)
    content = inflated(_rest(place), needed, whole=True, kind=ZLIB_OR_GZIP)
    if not content:
        refuse("packed voxels that are cut off, damaged or more than the header says", "whole ones",
               "Copy or export it again.", "damaged", file, place.path.name)  # fmt: skip
    return content


def _rest(place: Place) -> bytes:
    with place.path.open("rb") as stream:
        stream.seek(place.start)
        return stream.read()


def _written(place: Place, shape: tuple[int, ...], kind: np.dtype[Any], file: str) -> NDArray[Any]:
    """Voxels written out as numbers."""
    room_for(place.path.stat().st_size, AS_NUMBERS, file)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy only warns of what is no number
        numbers = np.fromstring(_rest(place).decode("ascii"), np.float64, sep=" ")
        found = numbers.astype(kind)
    if found.size != int(np.prod(shape, dtype=object)) or (found != numbers).any():
        refuse("other numbers than the header says", f"{int(np.prod(shape))} of its type", "Copy or export it again.",
               "damaged", file, place.path.name)  # fmt: skip
    return found.reshape(shape)

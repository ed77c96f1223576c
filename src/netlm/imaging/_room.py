"""Memory: what is about to be allocated has to fit, or is refused before it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._types import refuse

if TYPE_CHECKING:
    import numpy as np

__all__ = ["bytes_to_read", "room_for", "room_for_file", "too_large"]

SCALED = 8
"""Bytes of a voxel that a header scales: it becomes a double."""
AS_WHOLE = 10
"""Bytes that it takes to make a whole number of a fraction: the number, and two checks."""


def bytes_to_read(kind: np.dtype[Any], *, scaled: bool = False) -> int:
    """The bytes of memory for a voxel of this type while labels are read, all copies of it together."""
    swapped = 0 if kind.isnative else kind.itemsize
    return kind.itemsize + swapped + SCALED * scaled + AS_WHOLE * (scaled or kind.kind == "f")


def room_for(voxels: int, bytes_each: int, file: str) -> None:
    """Raise ``Problems`` where so many voxels of so many bytes do not fit into the memory that is free."""
    _need(voxels * bytes_each, f"{voxels} voxels", file)


def room_for_file(path: Path, file: str) -> None:
    """Raise ``Problems`` where a file does not fit into the memory that is free."""
    _need(path.stat().st_size, "a file", file)


def _need(needed: int, what: str, file: str) -> None:
    free = _memory()
    if needed > free:
        too_large(f"{what}, {_gigabytes(needed)}", f"what fits into {_gigabytes(free)} of free memory", file)


def too_large(found: str, expected: str, file: str) -> None:
    """Refuse what does not fit into memory."""
    refuse(found, expected, "Is the header damaged? Else crop the volume to the liver.", "too-large", file)


def _gigabytes(number: float) -> str:
    return f"{number / 1e9:.1f} GB"


def _memory() -> float:
    """The bytes of memory that can be had; without limit where the system does not tell."""
    try:
        told = Path("/proc/meminfo")
        if told.exists():
            return 1000 * float(told.read_text(encoding="ascii").partition("MemAvailable:")[2].split()[0])
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, IndexError, OSError):
        return float("inf")

"""A segmentation as read: which voxels carry which label, on which grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import nearest, safe_echo
from ._grid import Grid
from ._room import room_for
from ._types import Caution, refuse

__all__ = ["Box", "LabelMap", "box_of"]

Mask = NDArray[np.bool_]
Box = tuple[slice, slice, slice]
DIGITS = 18
"""A label that is typed has no more; every label that a file can hold and a program would give has fewer."""


def box_of(mask: NDArray[Any]) -> Box | None:
    """The smallest box that holds every voxel above 0; None where there is none."""
    first = np.flatnonzero(np.any(mask, axis=(1, 2)))
    if not len(first):
        return None
    inner = np.asarray(np.any(mask[first[0] : first[-1] + 1], axis=0))
    second, third = np.flatnonzero(np.any(inner, axis=1)), np.flatnonzero(np.any(inner, axis=0))
    ends = [slice(int(found[0]), int(found[-1]) + 1) for found in (first, second, third)]
    return ends[0], ends[1], ends[2]


@dataclass(frozen=True, eq=False)
class LabelMap:
    """Labels on a grid: one ``array`` of numbers, or ``layers`` that may overlap (DICOM SEG), each its own mask.

    ``names`` are those that the file itself gives its labels, ``file`` the name it was asked for by, ``cautions``
    what was noticed in reading. Nothing of a patient is kept.
    """

    grid: Grid
    array: NDArray[Any] | None = None
    layers: Mapping[int, Callable[[], Mask]] = field(default_factory=dict)
    names: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    file: str = "labels"
    cautions: tuple[Caution, ...] = ()

    @cached_property
    def labels(self) -> tuple[int, ...]:
        """Every label that the file holds, 0 never."""
        if self.array is None:
            return tuple(sorted(self.layers))
        found: set[int] = set()
        for plane in self._inside[1]:
            found.update(np.flatnonzero(np.bincount(plane.ravel())).tolist() if _is_small(plane) else
                         np.unique(plane).tolist())  # fmt: skip
        return tuple(sorted(found - {0}))

    @cached_property
    def _inside(self) -> tuple[Box | None, NDArray[Any]]:
        """The part of the array that holds labels, so that the air around it is looked at once."""
        assert self.array is not None
        box = box_of(self.array)
        return box, self.array[box] if box else self.array[:0]

    def mask(self, labels: Iterable[int]) -> tuple[Box | None, Mask]:
        """Where any of ``labels`` is: a box of the grid and the mask in it."""
        wanted: list[int] = list(labels)
        if self.array is None:
            return _united([self.layers[label]() for label in wanted if label in self.layers])
        box, part = self._inside
        if box is None or not wanted:
            return None, np.zeros((0, 0, 0), bool)
        room_for(part.size, min(len(wanted), 3), self.file)
        found: Mask = np.asarray(part == wanted[0])
        for label in wanted[1:]:
            found = found | (part == label)
        inner = box_of(found)
        if inner is None:
            return None, np.zeros((0, 0, 0), bool)
        first, second, third = (
            slice(outer.start + own.start, outer.start + own.stop) for outer, own in zip(box, inner, strict=True)
        )
        return (first, second, third), found[inner]

    def ml(self, label: int | str) -> float:
        """The volume of one label.

        Raises ``Problems`` for a label that the file does not have.
        """
        _, mask = self.mask(self.numbers(label))
        return int(np.count_nonzero(mask)) * self.grid.voxel_ml

    def numbers(self, label: int | str, scheme: Mapping[str, int] | None = None) -> tuple[int, ...]:
        """The label numbers of a number, a number as text, or a name of the file or of ``scheme``.

        Several segments of one name are all of that name.
        Raises ``Problems`` for a name that neither has, and for a number below 1.
        """
        if isinstance(label, int | np.integer) or str(label).strip().isdecimal():
            if len(str(label).strip()) > DIGITS:
                refuse("a label of many digits", f"at most {DIGITS}", "Correct it.", "label", self.file)
            number = int(label)
            if number < 1:
                refuse(f"the label {number}", "1 or more", "0 is the background.", "label", self.file)
            return (number,)
        known: dict[str, tuple[int, ...]] = {_plain(name): (number,) for name, number in (scheme or {}).items()}
        for name, numbers in self.names.items():
            known[_plain(name)] = numbers
        wanted = _plain(str(label))
        if wanted not in known:
            close = nearest(wanted, known)
            listed = f"Known names: {', '.join(known)}." if known else "This file names no labels; give the number."
            refuse(
                f"no label named {safe_echo(str(label), list(known))}", "a label of the file",
                f"Did you mean `{close}`?" if close else listed, "label", self.file,
            )  # fmt: skip
        return known[wanted]


def _is_small(plane: NDArray[Any]) -> bool:
    """Whether its labels are few enough to be counted one by one, which is faster than sorting its voxels."""
    return plane.dtype.itemsize <= np.dtype(np.uint16).itemsize


def _plain(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _united(masks: list[Mask]) -> tuple[Box | None, Mask]:
    if not masks:
        return None, np.zeros((0, 0, 0), bool)
    found = masks[0] if len(masks) == 1 else np.logical_or.reduce(masks)
    box = box_of(found)
    return box, found[box] if box else found[:0]

"""Which lesions do not belong to the liver: neither at it, nor in a hole of it, nor at a lesion that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._components import Pieces
from ._scan import Scan

__all__ = ["outside_liver"]

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


def outside_liver(scan: Scan, pieces: tuple[Pieces, ...]) -> set[tuple[int, int]]:
    """The lesions outside the liver, as number of the label and of the piece; none where no liver is labelled.

    Lesions outside do not vouch for each other, whatever labels they have: one is the liver's that touches liver
    without tumour, or lies in a hole of it (a segmenter may leave one wider than the lesion that another drew into
    it), or touches a lesion that is.
    """
    if scan.liver is None:
        return set()
    known = scan.liver.copy()
    for part in scan.parts:
        np.greater(known, part.mask, out=known)
    away = {(number, place) for number, one in enumerate(pieces) for place in range(one.count)}
    for belongs in (_touches, _is_enclosed):
        found = away
        while found:
            found = {one for one in away if belongs(known, pieces[one[0]].one(one[1]))}
            for number, place in found:
                known[tuple(pieces[number].one(place).T)] = True
            away -= found
    return away


def _touches(known: Mask, voxels: Ints) -> bool:
    """Whether any of ``known`` lies within one voxel of a lesion."""
    from scipy.ndimage import binary_dilation

    low, high = voxels.min(0) - 1, voxels.max(0) + 2
    around = known[tuple(slice(max(int(first), 0), int(last)) for first, last in zip(low, high, strict=True))]
    if not around.any():
        return False
    own = np.zeros(around.shape, bool)
    own[tuple((voxels - np.maximum(low, 0)).T)] = True
    return bool((binary_dilation(own, np.ones((3, 3, 3), bool)) & around).any())


def _is_enclosed(known: Mask, voxels: Ints) -> bool:
    """Whether ``known`` closes around any of a lesion in an axial slice."""
    from scipy.ndimage import binary_fill_holes

    for place in np.unique(voxels[:, 0]):
        at = tuple(voxels[voxels[:, 0] == place][:, 1:].T)
        if binary_fill_holes(known[place])[at].any():
            return True
    return False

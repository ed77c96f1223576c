"""Zones that could be taken (a rim around each lesion, labelled segments) and the pieces into which they cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._burden import Burden
from ._criteria import Reach
from ._lesion import Lesion

__all__ = ["Atoms", "Zone", "zones_of"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Zone:
    """What one act would take: ``kind`` (wedge, ablation, segment), what it is named for, its voxels (flat, sorted)."""

    kind: str
    name: str
    voxels: Ints


@dataclass(frozen=True, eq=False)
class Atoms:
    """The pieces of the liver that lie in the same zones.

    ``zones`` holds for each piece the zones that it lies in, ``liver`` its voxels of liver without tumour, ``lesions``
    the lesions of which it holds voxels, of those alone that all zones together take whole.
    """

    zones: tuple[tuple[int, ...], ...]
    liver: Ints
    lesions: tuple[tuple[int, ...], ...]


def zones_of(burden: Burden, rules: Reach, kinds: Sequence[str]) -> tuple[list[Zone], Atoms]:
    """Every zone that the rules allow and that can be worth having, and the pieces into which they cut the liver."""
    found: list[Zone] = []
    liver = burden.scan.liver
    assert liver is not None
    for lesion in burden.lesions:
        allowed = {
            "wedge": rules.margin_mm,
            "ablation": rules.ablation_margin_mm if lesion.longest_axial_mm <= rules.ablation_size_mm else None,
        }
        wanted = {kind: margin for kind, margin in allowed.items() if kind in kinds and margin is not None}
        found += [Zone(kind, lesion.id, voxels) for kind, voxels in _rims(burden, lesion, wanted).items()]
    if "segment" in kinds:
        found += [Zone("segment", name, _segment(burden, name)) for name in burden.scan.segments]
    of = _lesion_numbers(burden)
    zones = _worth_having([zone for zone in found if len(zone.voxels)], of)
    return zones, _atoms_of(burden, zones, of)


def _rims(burden: Burden, lesion: Lesion, margins: dict[str, float]) -> dict[str, Ints]:
    """The liver within a margin of a lesion, from voxel centre to voxel centre, for each margin."""
    import SimpleITK as sitk  # noqa: N813

    if not margins:
        return {}
    scan = burden.scan
    assert scan.liver is not None
    part, place = lesion.place
    voxels = burden.pieces[part].one(place)
    room = np.ceil(max(margins.values()) / scan.grid.spacing).astype(int) + 1
    low = np.maximum(voxels.min(0) - room, 0)
    high = np.minimum(voxels.max(0) + room + 1, scan.grid.shape)
    window = tuple(slice(int(first), int(last)) for first, last in zip(low, high, strict=True))
    own = np.zeros(tuple(high - low), np.uint8)
    own[tuple((voxels - low).T)] = 1
    image = sitk.GetImageFromArray(own)
    image.SetSpacing([float(step) for step in scan.grid.spacing[::-1]])
    map_of = sitk.SignedMaurerDistanceMapImageFilter()
    map_of.SetNumberOfThreads(1)  # the volume is small: more threads would wait for each other
    map_of.SquaredDistanceOn()
    map_of.UseImageSpacingOn()
    far = sitk.GetArrayFromImage(map_of.Execute(image))
    inside = scan.liver[window]
    far[own > 0] = 0.0
    kept = np.flatnonzero((far <= max(margins.values()) ** 2) & inside)
    near = far.ravel()[kept]
    at = np.unravel_index(kept, own.shape)
    flat = np.ravel_multi_index(tuple(one + int(first) for one, first in zip(at, low, strict=True)), scan.grid.shape)
    return {kind: flat[near <= margin**2] for kind, margin in margins.items()}


def _segment(burden: Burden, name: str) -> Ints:
    """A segment, with the lesions that were cut out of it where most of them lies there."""
    scan = burden.scan
    assert scan.liver is not None
    mask = scan.segments[name] & scan.liver
    for lesion in burden.lesions:
        part, place = lesion.place
        at = tuple(burden.pieces[part].one(place).T)
        if lesion.segments and lesion.segments[0] == name and not any(m[at].any() for m in scan.segments.values()):
            mask[at] = True
    return np.flatnonzero(mask)


def _lesion_numbers(burden: Burden) -> NDArray[np.int32]:
    """The number of the lesion in each voxel, flat; 0 where there is none."""
    of = np.zeros(burden.scan.grid.shape, np.int32)
    for lesion in burden.lesions:
        part, place = lesion.place
        of[tuple(burden.pieces[part].one(place).T)] = int(lesion.id)
    return of.ravel()


def _worth_having(zones: Sequence[Zone], of: NDArray[np.int32]) -> list[Zone]:
    """The zones without wedges that an ablation of the same lesion beats: one that touches the same lesions.

    The smaller zone then costs no more, and whatever the wedge takes of lesions the ablation takes too.
    """
    tumour = of > 0
    ablations = {zone.name: zone.voxels for zone in zones if zone.kind == "ablation"}
    kept = []
    for zone in zones:
        other = ablations.get(zone.name) if zone.kind == "wedge" else None
        if (
            other is None
            or len(other) > len(zone.voxels)
            or np.count_nonzero(tumour[zone.voxels]) != np.count_nonzero(tumour[other])
        ):
            kept.append(zone)
    return kept


def _atoms_of(burden: Burden, zones: Sequence[Zone], of: NDArray[np.int32]) -> Atoms:
    """Cut the liver along every zone, one after the other: each piece that a zone enters falls in two."""
    number = np.zeros(len(of), np.int32)
    inside: list[tuple[int, ...]] = [()]
    for place, zone in enumerate(zones):
        there = number[zone.voxels]
        entered = np.flatnonzero(np.bincount(there, minlength=len(inside)))
        fresh = np.zeros(len(inside), np.int32)
        fresh[entered] = np.arange(len(inside), len(inside) + len(entered))
        number[zone.voxels] = fresh[there]
        inside += [(*inside[old], place) for old in entered]
    used = np.flatnonzero(number)
    numbers, lesion = number[used], of[used]
    plain = lesion == 0
    if burden.scan.ablation is not None:
        plain &= ~burden.scan.ablation.ravel()[used]
    liver = np.bincount(numbers[plain], minlength=len(inside))
    numbers, lesion = numbers[lesion > 0], lesion[lesion > 0]
    whole = np.bincount(lesion, minlength=len(burden.lesions) + 1) == [0, *(one.voxels for one in burden.lesions)]
    numbers, lesion = numbers[whole[lesion]], lesion[whole[lesion]]
    held = np.unique(numbers.astype(np.int64) * (len(burden.lesions) + 1) + lesion)
    lesions: dict[int, list[int]] = {}
    for piece, one in zip(*np.divmod(held, len(burden.lesions) + 1), strict=True):
        lesions.setdefault(int(piece), []).append(int(one) - 1)
    kept = sorted({*(int(piece) for piece in np.flatnonzero(liver)), *lesions})
    return Atoms(
        tuple(inside[piece] for piece in kept), liver[kept].astype(np.int64),
        tuple(tuple(lesions.get(piece, ())) for piece in kept),
    )  # fmt: skip

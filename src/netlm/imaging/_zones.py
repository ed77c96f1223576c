"""Zones that could be taken (a rim around each lesion, labelled segments) and the pieces into which they cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._burden import Burden
from ._criteria import Reach
from ._lesion import Lesion

__all__ = ["Atoms", "Zone", "needs_of", "zones_of"]

Ints = NDArray[np.int64]
ROUNDING = 1e-9
"""A voxel exactly at a margin lies within it, whatever the rounding of its distance."""


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
    zones = _worth_having(burden, [zone for zone in found if len(zone.voxels)], of)
    return zones, _atoms_of(burden, zones, of)


def _rims(burden: Burden, lesion: Lesion, margins: dict[str, float]) -> dict[str, Ints]:
    """The liver within a margin of a lesion, from voxel centre to voxel centre, for each margin."""
    if not margins:
        return {}
    grid, liver = burden.scan.grid, burden.scan.liver
    assert liver is not None
    part, place = lesion.place
    voxels = burden.pieces[part].one(place)
    room = (max(margins.values()) / grid.spacing + ROUNDING).astype(int)
    low = voxels.min(0) - room
    own = np.zeros(voxels.max(0) + room + 1 - low, bool)
    own[tuple((voxels - low).T)] = True
    inner = tuple(slice(max(0, -int(first)), int(side - first)) for first, side in zip(low, grid.shape, strict=True))
    outer = tuple(slice(max(0, int(first)), min(int(first) + side, end))
                  for first, side, end in zip(low, own.shape, grid.shape, strict=True))  # fmt: skip
    index = np.ravel_multi_index(np.ix_(*(np.arange(side.start, side.stop) for side in outer)), grid.shape)
    return {kind: index[_grown(own, margin, grid.spacing)[inner] & liver[outer]] for kind, margin in margins.items()}


def _grown(own: NDArray[np.bool_], margin: float, spacing: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The voxels within a margin of those of ``own``, which has that much room on every side.

    The volume is one long number, a bit for each voxel: moving it by a voxel, a row or a slice is a shift.
    """
    thick, high, wide = (float(step) for step in spacing)
    row, sheet = own.shape[2], own.shape[1] * own.shape[2]
    bits = int.from_bytes(np.packbits(own, bitorder="little").tobytes(), "little")
    lines = [bits]
    for _ in range(int(margin / wide + ROUNDING)):
        lines.append(lines[-1] << 1 | lines[-1] | lines[-1] >> 1)
    grown = 0
    for slices in range(int(margin / thick + ROUNDING) + 1):
        disc, room = 0, max(0.0, margin**2 - (slices * thick) ** 2)
        for rows in range(int(room**0.5 / high + ROUNDING) + 1):
            line = lines[int(max(0.0, room - (rows * high) ** 2) ** 0.5 / wide + ROUNDING)]
            disc |= line << rows * row | line >> rows * row
        grown |= disc << slices * sheet | disc >> slices * sheet
    found = np.frombuffer(grown.to_bytes(-(-own.size // 8), "little"), np.uint8)
    return np.unpackbits(found, count=own.size, bitorder="little").reshape(own.shape).view(bool)


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


def _worth_having(burden: Burden, zones: Sequence[Zone], of: NDArray[np.int32]) -> list[Zone]:
    """The zones without wedges that an ablation of the same lesion beats: no other lesion ever needs them.

    The smaller zone costs no more, and whatever the wedge is needed for the ablation takes too.
    """
    tumour = _atoms_of(burden, [replace(zone, voxels=zone.voxels[of[zone.voxels] > 0]) for zone in zones], of)
    needed = {
        place
        for lesion, sets in zip(burden.lesions, needs_of(tumour, len(burden.lesions)), strict=True)
        for inside in sets
        for place in inside
        if zones[place].name != lesion.id or zones[place].kind == "segment"
    }
    ablations = {zone.name: len(zone.voxels) for zone in zones if zone.kind == "ablation"}
    return [zone for place, zone in enumerate(zones) if zone.kind != "wedge" or place in needed
            or ablations.get(zone.name, len(zone.voxels) + 1) > len(zone.voxels)]  # fmt: skip


def _atoms_of(burden: Burden, zones: Sequence[Zone], of: NDArray[np.int32]) -> Atoms:
    """Cut the liver along every zone, one after the other: each piece that a zone enters falls in two."""
    number = np.zeros(len(of), np.int32)
    inside: list[tuple[int, ...]] = [()]
    entered_first = [np.zeros(0, np.int64)]
    for place, zone in enumerate(zones):
        there = number[zone.voxels]
        entered_first.append(zone.voxels[there == 0])
        entered = np.flatnonzero(np.bincount(there, minlength=len(inside)))
        fresh = np.zeros(len(inside), np.int32)
        fresh[entered] = np.arange(len(inside), len(inside) + len(entered))
        number[zone.voxels] = fresh[there]
        inside += [(*inside[old], place) for old in entered]
    used = np.concatenate(entered_first)
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


def needs_of(atoms: Atoms, lesions: int) -> list[list[tuple[int, ...]]]:
    """For each lesion the sets of zones of which one each has to be chosen; none where it lies outside all zones.

    A set that holds another of the same lesion asks for nothing more and is left out.
    """
    found: list[list[tuple[int, ...]]] = [[] for _ in range(lesions)]
    for inside, held in zip(atoms.zones, atoms.lesions, strict=True):
        for lesion in held:
            found[lesion].append(inside)
    return [[one for one in sets if not any(set(other) < set(one) for other in sets)] for sets in found]

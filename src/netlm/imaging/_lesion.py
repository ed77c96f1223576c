"""One lesion: its volume, diameters and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._components import Pieces
from ._diameters import Axes, axial_diameters, feret, row_ends
from ._near import distances, edge_of
from ._outside import outside_liver
from ._scan import Scan
from ._types import EDGE, HALF_A_VOXEL, Limits, Measured, Rules, least_voxels, number_with_range, volume_read

__all__ = ["Lesion", "make_lesions"]

Point = tuple[float, float, float]
CUBE = 1 / 3
"""A length goes as this power of a volume."""
LEFT, RIGHT = ("2", "3", "4", "4a", "4b"), ("5", "6", "7", "8")
"""Couinaud's segments of either lobe; segment 1 is the caudate lobe."""


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion. Ends and centroid are in mm, LPS; ``slice`` is the slice of the longest diameter, as in the file.

    ``outer_axial_mm`` is the longest axial diameter from outer corner to outer corner of its voxels. ``segments``
    and ``lobes`` come first where most of the lesion lies. ``distance_mm`` is from voxel centre to voxel centre.
    """

    id: str
    label: str
    ml: Measured
    longest_axial_mm: Measured
    longest_axial_ends: tuple[Point, Point]
    outer_axial_mm: float
    short_axis_mm: Measured
    short_axis_ends: tuple[Point, Point]
    feret_mm: Measured
    centroid_mm: Point
    slice: int
    slices: int
    voxels: int
    edge_low_ml: float
    edge_high_ml: float
    distance_mm: Mapping[str, float]
    segments: tuple[str, ...]
    lobes: tuple[str, ...]
    place: tuple[int, int]
    axes: Axes

    def to_dict(self) -> dict[str, Any]:
        """The lesion as JSON."""
        return {
            "id": self.id, "label": self.label,
            **number_with_range("ml", self.ml),
            **number_with_range("longest_axial_mm", self.longest_axial_mm),
            "longest_axial_ends_mm": [list(end) for end in self.longest_axial_ends],
            "outer_axial_mm": self.outer_axial_mm,
            **number_with_range("short_axis_mm", self.short_axis_mm),
            "short_axis_ends_mm": [list(end) for end in self.short_axis_ends],
            **number_with_range("feret_mm", self.feret_mm),
            "centroid_mm": list(self.centroid_mm),
            "slice": self.slice, "slices": self.slices, "voxels": self.voxels,
            "distance_mm": dict(self.distance_mm), "segments": list(self.segments), "lobes": list(self.lobes),
        }  # fmt: skip


def make_lesions(
    scan: Scan, pieces: tuple[Pieces, ...], rules: Rules
) -> tuple[tuple[Lesion, ...], tuple[Lesion, ...], tuple[Lesion, ...]]:
    """The lesions, largest first; those that do not touch the liver; and those too small to count."""
    near, away = _distances(scan, pieces), outside_liver(scan, pieces)
    least = least_voxels(rules.minimum_ml, scan.grid.voxel_ml)
    found, outside, small = [], [], []
    shapes = [(number, place) for number, one in enumerate(pieces) for place in range(one.count)]
    for number, place in shapes:
        one = _lesion(
            scan,
            pieces[number],
            number,
            place,
            rules.volume,
            {name: float(d[number][place]) for name, d in near.items()},
        )
        if (number, place) in away:
            outside.append(one)
        elif one.voxels < least:
            small.append(one)
        else:
            found.append(one)
    return _named(found, ""), _named(outside, "outside-"), tuple(small)


def _named(lesions: list[Lesion], before: str) -> tuple[Lesion, ...]:
    """Largest first, and numbered so; ties go by place, from the patient's right, back and feet."""
    from dataclasses import replace

    ordered = sorted(lesions, key=lambda lesion: (-lesion.voxels, *(round(end, 4) for end in lesion.centroid_mm)))
    return tuple(replace(lesion, id=f"{before}{number}") for number, lesion in enumerate(ordered, 1))


def _lesion(
    scan: Scan, pieces: Pieces, part: int, place: int, limits: Limits | None, near: Mapping[str, float]
) -> Lesion:
    voxels, spacing = pieces.one(place), scan.grid.spacing
    ends = row_ends(voxels)
    axes = axial_diameters(ends, spacing)
    volume = scan.grid.voxel_ml
    ml, off = len(voxels) * volume, int(pieces.faces[place]) * volume * HALF_A_VOXEL
    low, high = max(ml - off, 0.0), ml + off
    pixel = axes.outer - axes.longest
    segments = _shares(scan.segments, voxels)
    lobes = _shares(scan.lobes, voxels) or tuple(dict.fromkeys(_lobe(name) for name in segments))
    return Lesion(
        "", pieces.label, _volume(ml, low, high, limits), _length(axes.longest, pixel, limits),
        _points(scan, axes.longest_ends), axes.outer, _length(axes.short, pixel, limits),
        _points(scan, axes.short_ends), _length(feret(ends, spacing), float(np.linalg.norm(spacing)), limits),
        _point(scan, voxels.mean(0)), _slice(scan, axes.slice), len(np.unique(voxels[:, 0])), len(voxels),
        low, high, near, segments, lobes, (part, place), axes,
    )  # fmt: skip


def _volume(ml: float, low: float, high: float, limits: Limits | None) -> Measured:
    """A volume with the wider of two ranges: the readers', and half a voxel at every face."""
    read = None if limits is None else volume_read(ml, limits)
    if read is not None and (read.high or ml) - (read.low or ml) >= high - low:
        return read
    return Measured(ml, low, high, EDGE)


def _length(mm: float, pixel: float, limits: Limits | None) -> Measured:
    """A length with the wider of two ranges: one voxel, and the cube root of the readers' of a volume."""
    low, high = max(mm - pixel, 0.0), mm + pixel
    if limits is None:
        return Measured(mm, low, high, EDGE)
    below, above = (mm * factor for factor in limits.factors(CUBE))
    return Measured(mm, min(low, below), max(high, above), f"{EDGE} or readers")


def _points(scan: Scan, ends: tuple[Any, Any]) -> tuple[Point, Point]:
    return _point(scan, ends[0]), _point(scan, ends[1])


def _point(scan: Scan, index: Any) -> Point:
    x, y, z = scan.grid.world([index])[0]
    return float(x), float(y), float(z)


def _slice(scan: Scan, index: int) -> int:
    """The number that the file gives an axial slice, counted from 0."""
    return index + scan.first_slice


def _shares(regions: Mapping[str, NDArray[np.bool_]], voxels: NDArray[np.int64]) -> tuple[str, ...]:
    """The regions in which a lesion lies, most of it first; where it is cut out of them, those that it touches."""
    if not regions:
        return ()
    for reach in range(2):
        counts = {name: _count(mask, voxels, reach) for name, mask in regions.items()}
        if any(counts.values()):
            return tuple(sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name)))
    return ()


def _count(mask: NDArray[np.bool_], voxels: NDArray[np.int64], reach: int) -> int:
    z, y, x = voxels.T
    if not reach:
        return int(np.count_nonzero(mask[z, y, x]))
    low, high = voxels.min(0) - reach, voxels.max(0) + reach + 1
    part = mask[tuple(slice(max(first, 0), last) for first, last in zip(low, high, strict=True))]
    return int(np.count_nonzero(part))


def _lobe(segment: str) -> str:
    return "left" if segment in LEFT else "right" if segment in RIGHT else "caudate"


def _distances(scan: Scan, pieces: tuple[Pieces, ...]) -> dict[str, list[NDArray[np.float64]]]:
    found = {}
    for name, structure in scan.structures.items():
        edge = np.concatenate([edge_of(mask) + start for start, mask in structure.whole])
        found[name] = [distances(one, edge, scan.grid.spacing) for one in pieces]
        for one, near in zip(pieces, found[name], strict=True):
            within = structure.mask[tuple(one.voxels.T)]
            if within.any():
                near[np.logical_or.reduceat(within, one.starts[:-1])] = 0.0
    return found

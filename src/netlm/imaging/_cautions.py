"""What to know before the numbers of a segmentation are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ._no_tumour import no_tumour
from ._types import Caution, Rules, some_of

if TYPE_CHECKING:
    from ._burden import Burden
    from ._lesion import Lesion

__all__ = ["bin_of", "bin_text", "cautions_of"]

TILTED = 20.0
"""Degrees from the axial plane from which a slice is hardly one."""


def cautions_of(found: Burden, rules: Rules, small: int) -> Iterator[Caution]:
    """Every caution that holds, in the order of their weight."""
    yield from found.scan.cautions
    if not found.reading.is_reviewed:
        made = ", ".join(part for part in (found.reading.segmented_by, found.reading.method) if part) or "not stated"
        yield Caution("unreviewed", "No radiologist is said to have reviewed this segmentation (made by: "
                      f"{made}): every number here comes from it.")  # fmt: skip
    yield from _volumes(found, rules)
    yield from _tumour(found, small)
    yield from _bins(found, rules)
    yield from _lesions(found)
    yield from _frame(found)
    if rules.volume is None:
        yield Caution("no-limits", "No rules were given: the ranges hold the voxel size alone, and readers differ by "
                      "more; whether a liver can have this volume was not looked at.")  # fmt: skip


def _volumes(found: Burden, rules: Rules) -> Iterator[Caution]:
    if found.liver_ml is None:
        yield Caution("no-liver", "No liver is labelled: the share of the liver cannot be told.")
    elif rules.liver_ml and not rules.liver_ml[0] <= found.liver_ml <= rules.liver_ml[1]:
        yield Caution(
            "implausible-liver",
            f"A liver of {found.liver_ml:.0f} ml is outside the {rules.liver_ml[0]:.0f} to {rules.liver_ml[1]:.0f} ml "
            "that a liver can have: is the label right, is the organ cut off, is the spacing in mm?",
        )


def _tumour(found: Burden, small: int) -> Iterator[Caution]:
    if not found.scan.parts:
        yield no_tumour(found.scan.names.get("tumour", ""))
    if found.outside:
        ml = sum(float(lesion.ml) for lesion in found.outside)
        yield Caution(
            "outside-liver", f"{_lesions_said(len(found.outside))}, {ml:.2f} ml, not touching the liver: left out of "
            "every number here, and listed apart.",
        )  # fmt: skip
    if small:
        yield Caution("below-minimum", f"{_lesions_said(small)} below the minimum volume: not counted and not listed, "
                      "but part of the tumour volume.")  # fmt: skip
    overlap = sum(lesion.voxels for lesion in (*found.lesions, *found.outside)) * found.scan.grid.voxel_ml
    total = float(found.tumour_ml or 0.0) + sum(float(lesion.ml) for lesion in found.outside)
    if len(found.scan.parts) > 1 and overlap > total * (1 + 1e-9):
        yield Caution("overlap", f"Tumour labels overlap by {overlap - total:.2f} ml; the tumour volume counts that "
                      "once, the lesions keep it each.")  # fmt: skip


def _lesions_said(count: int) -> str:
    return "1 lesion" if count == 1 else f"{count} lesions"


def bin_of(count: int, bins: tuple[int, ...]) -> int:
    """In which group a number of lesions falls; -1 is none."""
    return -1 if not count else int(np.searchsorted(bins, count))


def bin_text(place: int, bins: tuple[int, ...]) -> str:
    """The words of a group: 1-5, 6-10, 11-50, more than 50."""
    if place < 0:
        return "none"
    if place == len(bins):
        return f"more than {bins[-1]}"
    return f"{bins[place - 1] + 1 if place else 1}-{bins[place]}"


def _bins(found: Burden, rules: Rules) -> Iterator[Caution]:
    if not rules.bins:
        return
    counts = {len(found.lesions), *(item.count for item in found.count_alternatives)}
    places = sorted({bin_of(count, rules.bins) for count in counts})
    if len(places) > 1:
        groups = " or ".join(bin_text(place, rules.bins) for place in places)
        yield Caution(
            "count-depends-on-rule", f"The number of lesions is {min(counts)} to {max(counts)} by the rule of "
            f"counting: the group is {groups}.",
        )  # fmt: skip


def _lesions(found: Burden) -> Iterator[Caution]:
    single = [lesion.id for lesion in found.lesions if lesion.voxels == 1]
    if single:
        yield Caution(
            "one-voxel", f"{_lesions_said(len(single))} of one voxel: a diameter of 0 from centre to centre, and "
            "perhaps noise.",
        )  # fmt: skip
    thin = [lesion.id for lesion in found.lesions if lesion.slices == 1 and lesion.voxels > 1]
    if thin:
        yield Caution("one-slice", f"{_lesions_said(len(thin))} on one slice only: the height is not known.")

    bridged = [lesion.id for lesion in found.lesions if _falls_apart(found, lesion)]
    if bridged:
        yield Caution("bridged", f"The longest diameter of lesion {some_of(bridged)} runs over tissue between parts "
                      "of the lesion in that slice.")  # fmt: skip


def _falls_apart(found: Burden, lesion: Lesion) -> bool:
    """Whether the ends of the longest diameter lie in two parts of the lesion in its slice."""
    from scipy.ndimage import label

    part, place = lesion.place
    voxels = found.pieces[part].one(place)
    at = voxels[voxels[:, 0] == lesion.axes.slice][:, 1:]
    low = at.min(0)
    plane = np.zeros(at.max(0) - low + 1, bool)
    plane[tuple((at - low).T)] = True
    numbers, _ = label(plane, np.ones((3, 3)))
    ends = [int(numbers[tuple(end[1:] - low)]) for end in lesion.axes.longest_ends]
    return ends[0] != ends[1]


def _frame(found: Burden) -> Iterator[Caution]:
    """Labels at the border of the volume, one slice, slices that are hardly axial."""
    scan = found.scan
    marked = scan.marked
    touching = []
    for cut, (axis, offset) in enumerate(zip(scan.axes, scan.offset, strict=True)):
        low, high = -offset, scan.full.shape[axis] - 1 - offset
        planes = [np.take(marked, place, axis=cut) for place in (low, high) if 0 <= place < marked.shape[cut]]
        if any(plane.any() for plane in planes):
            touching.append(cut)
    if touching:
        where = "first or last slice" if touching == [0] else "border"
        yield Caution("at-border", f"Liver or tumour reaches the {where} of the volume: it may be cut off, and volumes "
                      "and shares may be too small.")  # fmt: skip
    if scan.full.tilt > TILTED:
        yield Caution("oblique", f"The slices are tilted by {scan.full.tilt:.0f} degrees from the axial plane: the "
                      "longest axial diameter is that in the slices as stored.")  # fmt: skip
    if scan.full.shape[scan.axes[0]] == 1:
        yield Caution("single-slice", "The volume has one slice: volumes rest on its thickness.")

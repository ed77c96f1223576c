"""Two readers of one scan: how far they agree, and the range that holds both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._no_tumour import need_tumour
from ._scan import each_of, file_of
from ._types import Measured, refuse

if TYPE_CHECKING:
    from ._burden import Burden
    from ._lesion import Lesion
    from ._scan import Roles

__all__ = ["Agreement", "check_own_tumour", "with_second_reader"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two readers of one scan agree.

    ``dice`` is 2 |A and B| / (|A| + |B|) of the tumour (and ``liver_dice`` of the liver), ``bias_percent`` the second
    reader's tumour volume over the first's, less 1; ``matched`` pairs lesions that share a voxel, the others stand
    in ``first_only`` and ``second_only``. The numbers before them are the second reader's own.
    """

    tumour_ml: float
    liver_ml: float | None
    replacement_percent: float | None
    count: int
    largest_axial_mm: float | None
    distribution: tuple[str, ...]
    dice: float | None
    liver_dice: float | None
    bias_percent: float | None
    matched: tuple[tuple[str, str], ...]
    first_only: tuple[str, ...]
    second_only: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The agreement as JSON."""
        return {
            "tumour_ml": self.tumour_ml, "liver_ml": self.liver_ml, "replacement_percent": self.replacement_percent,
            "count": self.count, "largest_axial_mm": self.largest_axial_mm, "distribution": list(self.distribution),
            "dice": self.dice, "liver_dice": self.liver_dice, "bias_percent": self.bias_percent,
            "matched": [list(pair) for pair in self.matched], "first_only": list(self.first_only),
            "second_only": list(self.second_only),
        }  # fmt: skip


def with_second_reader(first: Burden, second: Burden) -> Burden:
    """The first reader's burden, each range widened to hold the second's.

    Raises ``Problems`` where the two are not on one grid.
    """
    if not first.scan.full.same_as(second.scan.full):
        refuse(
            "another grid than the first reader's", "two segmentations of one scan",
            "Resample one to the other (nearest neighbour).", "grid", second.file, "--second-reader",
        )  # fmt: skip
    (ml, count), (other_ml, other_count) = need_tumour(first), need_tumour(second)
    ours, theirs = _at(first), _at(second)
    both = _pairs(ours, theirs)
    paired = {one for one, _ in both}, {other for _, other in both}
    agreement = Agreement(
        float(other_ml), _plain(second.liver_ml), _plain(second.replacement), int(other_count),
        _plain(second.largest_mm), second.distribution, _dice(first, second, liver=False),
        _dice(first, second, liver=True), _bias(first, second), both,
        tuple(lesion.id for lesion in first.lesions if lesion.id not in paired[0]),
        tuple(lesion.id for lesion in second.lesions if lesion.id not in paired[1]),
    )  # fmt: skip
    widened = replace(
        first, second=agreement, tumour_ml=ml.widened(other_ml.point),
        liver_ml=_both(first.liver_ml, second.liver_ml), replacement=_both(first.replacement, second.replacement),
        count=count.widened(other_count).widened(other_count.point),
        distribution=_either(first.distribution, second.distribution), lesions=tuple(_widened(first, second, both)),
    )  # fmt: skip
    from ._burden import with_warnings
    from ._readers_apart import cautions_of_readers

    return with_warnings(widened, cautions_of_readers(first, second, agreement))


def check_own_tumour(roles: Roles) -> None:
    """Refuse a tumour in a file of its own, which would be that of both readers, and they would agree in all.

    Raises ``Problems``.
    """
    if any(file_of(one)[0] is not None for one in each_of(roles.tumour)):
        refuse(
            "a tumour in a file of its own, and a second reader", "the tumour's label in the map of each reader",
            "Give each reader's tumour as labels of that reader's map.", "usage", place="tumour",
        )  # fmt: skip


def _either(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """What either reader leaves open; where the first knows no lobe, nothing is known."""
    return tuple(sorted({*ours, *theirs}, reverse=True)) if ours else ()


def _plain(number: Measured | None) -> float | None:
    return None if number is None else float(number)


def _both(ours: Measured | None, theirs: Measured | None) -> Measured | None:
    return ours if ours is None or theirs is None else ours.widened(theirs.point)


def _bias(first: Burden, second: Burden) -> float | None:
    return 100 * (float(second.tumour_ml or 0.0) / float(first.tumour_ml) - 1) if first.tumour_ml else None


def _at(burden: Burden) -> dict[str, NDArray[np.int64]]:
    """Each lesion's voxels in the file's own order of axes."""
    found = {}
    for lesion in burden.lesions:
        part, place = lesion.place
        voxels = burden.pieces[part].one(place) + burden.scan.offset
        found[lesion.id] = np.ravel_multi_index(tuple(voxels.T), _turned(burden))
    return found


def _turned(burden: Burden) -> tuple[int, ...]:
    return tuple(burden.scan.full.shape[axis] for axis in burden.scan.axes)


def _pairs(ours: dict[str, NDArray[np.int64]], theirs: dict[str, NDArray[np.int64]]) -> tuple[tuple[str, str], ...]:
    """Lesions of both readers that share a voxel, those that share most first, each in one pair at most."""
    owner = np.concatenate([np.full(len(at), number) for number, at in enumerate(theirs.values())] or [np.zeros(0)])
    flat = np.concatenate(list(theirs.values()) or [np.zeros(0, np.int64)])
    order = np.argsort(flat, kind="stable")
    flat, owner, names = flat[order], owner[order].astype(int), list(theirs)
    shared = []
    for name, at in ours.items():
        low, high = np.searchsorted(flat, at), np.searchsorted(flat, at, side="right")
        hit = owner[low[high > low]]
        shared += [
            (-int(count), name, names[int(other)])
            for other, count in zip(*np.unique(hit, return_counts=True), strict=True)
        ]
    taken: set[str] = set()
    pairs = []
    for _, one, other in sorted(shared, key=lambda item: (item[0], int(item[1]), int(item[2]))):
        if f"1 {one}" not in taken and f"2 {other}" not in taken:
            taken |= {f"1 {one}", f"2 {other}"}
            pairs.append((one, other))
    return tuple(sorted(pairs, key=lambda pair: int(pair[0])))


def _dice(first: Burden, second: Burden, *, liver: bool) -> float | None:
    masks = [one.scan.liver if liver else one.scan.tumour for one in (first, second)]
    if masks[0] is None or masks[1] is None:
        return None
    flat = [
        np.ravel_multi_index(tuple((np.argwhere(mask) + one.scan.offset).T), _turned(one))
        for mask, one in zip(masks, (first, second), strict=True)
        if mask is not None
    ]
    total = len(flat[0]) + len(flat[1])
    return 2 * len(np.intersect1d(flat[0], flat[1], assume_unique=True)) / total if total else None


def _widened(first: Burden, second: Burden, both: tuple[tuple[str, str], ...]) -> Iterator[Lesion]:
    partner = dict(both)
    by_id = {lesion.id: lesion for lesion in second.lesions}
    for lesion in first.lesions:
        other = by_id.get(partner.get(lesion.id, ""))
        if other is None:
            yield lesion
            continue
        names = ("ml", "longest_axial_mm", "short_axis_mm", "feret_mm")
        yield replace(
            lesion, **{name: getattr(lesion, name).widened(getattr(other, name).point) for name in names}
        )  # fmt: skip

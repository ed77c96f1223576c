"""Lesions of two time points: which is which, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._align import Alignment, on_grid
from ._register import OFF
from ._types import Limits, Measured, some_of, sum_of_volumes

if TYPE_CHECKING:
    from ._burden import Burden
    from ._lesion import Lesion

__all__ = ["CANNOT_TELL", "FATES", "Match", "change_of_volume", "match_lesions", "why_untold"]

CANNOT_TELL = "cannot tell"
"""What became of a lesion where the scans could not be laid over each other, or one does not reach to where it lies."""
FATES = ("new", "gone", "grown", "stable", "shrunk", "merged", "split", "ablated", "too small to say",
         CANNOT_TELL)  # fmt: skip
"""What can become of a lesion. Grown and shrunk lie beyond what the ranges of both volumes explain."""
TWO = 2**0.5
"""Independent errors of two volumes add in squares, so their ratio errs by this power of one volume's factor."""


@dataclass(frozen=True, slots=True)
class Match:
    """Lesions before and after that are one, or have merged or split; ``change_percent`` is of their volume.

    A volume is None where it cannot be told which lesions of the other scan belong to these.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    fate: str
    before_ml: float | None
    after_ml: float | None
    change_percent: Measured | None

    def to_dict(self) -> dict[str, Any]:
        """The match as JSON."""
        from ._types import number_with_range

        return {
            "before": list(self.before), "after": list(self.after), "fate": self.fate, "before_ml": self.before_ml,
            "after_ml": self.after_ml, **number_with_range("change_percent", self.change_percent),
        }  # fmt: skip


def change_of_volume(before: float, after: float, limits: Limits | None) -> Measured | None:
    """The change in per cent of a volume measured twice; None where there was nothing before.

    Its range takes the errors of the two readings as independent, so that they add in squares on the log scale.
    """
    if not before:
        return None
    ratio = after / before
    if limits is None:
        return Measured(100 * (ratio - 1))
    below, above = limits.factors(TWO)
    return Measured(100 * (ratio - 1), 100 * (ratio * below - 1), 100 * (ratio * above - 1), limits.cite)


def match_lesions(before: Burden, after: Burden, found: Alignment, limits: Limits | None) -> tuple[Match, ...]:
    """Every lesion of both time points, in one match each.

    Lesions that share a voxel after alignment belong together; where livers were registered, the voxels of the
    earlier ones reach as far as a registration may be off. Where the alignment is in doubt each stands alone, and
    what became of it cannot be told.
    """
    if found.doubt and before.lesions and after.lesions:
        return (*(Match((one.id,), (), CANNOT_TELL, float(one.ml), None, None) for one in before.lesions),
                *(Match((), (one.id,), CANNOT_TELL, None, float(one.ml), None) for one in after.lesions))  # fmt: skip
    groups = _groups(before, after, found)
    treated = _treated(before, after, found)
    ours, theirs = ({one.id: one for one in burden.lesions} for burden in (before, after))
    matches = [
        _match([ours[name] for name in first], [theirs[name] for name in second], limits, treated)
        for first, second in groups
    ]
    matches = [one if _is_covered(one, before, after, found) else _untold(one) for one in matches]
    return tuple(sorted(matches, key=lambda one: (not one.before, int((one.before or one.after)[0]))))


def _is_covered(match: Match, before: Burden, after: Burden, found: Alignment) -> bool:
    """Whether lesions of one scan alone lie where the other scan has voxels, so that it would show them."""
    if match.before and match.after:
        return True
    names = {*match.before, *match.after}
    points = np.array([one.centroid_mm for one in (before if match.before else after).lesions if one.id in names])
    if match.before:
        return bool(after.scan.full.holds(found.back(points)).all())
    return bool(before.scan.full.holds(found.moved(points)).all())


def _untold(match: Match) -> Match:
    """A lesion of which it cannot be told what became of it, or whether it was there before."""
    return Match(match.before, match.after, CANNOT_TELL, match.before_ml if match.before else None,
                 match.after_ml if match.after else None, None)  # fmt: skip


def why_untold(matches: tuple[Match, ...], found: Alignment) -> str:
    """Why it cannot be told what became of some lesions; empty where it can of all."""
    open_ = [one for one in matches if one.fate == CANNOT_TELL]
    if found.doubt or not open_:
        return found.doubt if open_ else ""
    sides = (("earlier", "later", [name for one in open_ for name in one.before]),
             ("later", "earlier", [name for one in open_ for name in one.after]))  # fmt: skip
    return "; ".join(f"lesion {some_of(names)} of the {own} scan lies where the {other} one has no slice or voxel"
                     for own, other, names in sides if names)  # fmt: skip


def _numbered(burden: Burden) -> NDArray[np.int32]:
    """The number of the lesion in each voxel of the cut volume."""
    numbers = np.zeros(burden.scan.grid.shape, np.int32)
    for lesion in reversed(burden.lesions):
        part, place = lesion.place
        numbers[tuple(burden.pieces[part].one(place).T)] = int(lesion.id)
    return numbers


def _groups(before: Burden, after: Burden, found: Alignment) -> Iterator[tuple[list[str], list[str]]]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    first, second = len(before.lesions), len(after.lesions)
    pairs = np.array(sorted(_touching(before, after, found)), dtype=np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0] - 1, first + pairs[:, 1] - 1)), (first + second,) * 2)
    _, of = connected_components(graph, directed=False)
    for group in range(int(of.max(initial=-1)) + 1):
        members = np.flatnonzero(of == group)
        yield ([str(number + 1) for number in members if number < first],
               [str(number - first + 1) for number in members if number >= first])  # fmt: skip


def _touching(before: Burden, after: Burden, found: Alignment) -> set[tuple[int, int]]:
    """Pairs of lesions that share a voxel, or come as close as the registration may be off."""
    if not before.lesions or not after.lesions:
        return set()
    ours, theirs = _numbered(before), on_grid(_numbered(after), after.scan, before.scan, found)
    both = (ours > 0) & (theirs > 0)
    pairs = set(zip(ours[both].tolist(), theirs[both].tolist(), strict=True))
    # a small lesion may lie between the voxels of the other grid, or a little off: then the nearest one counts
    alone = [one for one in after.lesions if int(one.id) not in {second for _, second in pairs}]
    free = [one for one in before.lesions if int(one.id) not in {first for first, _ in pairs}]
    if found.how == "one grid" or not alone or not free:
        return pairs
    centres = found.moved(np.array([one.centroid_mm for one in alone]))
    places = np.array([one.centroid_mm for one in free])
    apart = np.linalg.norm(centres[:, None] - places[None], axis=2)
    reach = OFF + np.array([[float(one.feret_mm + other.feret_mm) / 4 for other in free] for one in alone])
    apart[apart > reach] = np.inf
    while np.isfinite(apart).any():
        second, first = np.unravel_index(int(apart.argmin()), apart.shape)
        pairs.add((int(free[first].id), int(alone[second].id)))
        apart[second], apart[:, first] = np.inf, np.inf
    return pairs


def _treated(before: Burden, after: Burden, found: Alignment) -> set[str]:
    """Earlier lesions of which at least half lies in an ablation zone of the later scan."""
    if after.scan.ablation is None:
        return set()
    zone = on_grid(after.scan.ablation, after.scan, before.scan, found)
    named = set()
    for lesion in before.lesions:
        part, place = lesion.place
        voxels = before.pieces[part].one(place)
        if 2 * np.count_nonzero(zone[tuple(voxels.T)]) >= len(voxels):
            named.add(lesion.id)
    return named


def _match(before: list[Lesion], after: list[Lesion], limits: Limits | None, treated: set[str]) -> Match:
    first, second = (sum_of_volumes(sum(map(float, parts)), parts, limits)
                     for parts in ([one.ml for one in side] for side in (before, after)))  # fmt: skip
    change = _change(first, second)
    return Match(
        tuple(one.id for one in before), tuple(one.id for one in after), _fate(before, after, change, treated),
        float(first), float(second), change,
    )  # fmt: skip


def _change(before: Measured, after: Measured) -> Measured | None:
    """The change in per cent between two volumes with ranges; None where there was nothing before.

    The two errors are independent and add in squares on the log scale. A volume that may be nothing leaves the end
    on its side open: the fall is then 100 per cent at most, and the rise has no ``high``.
    """
    if not before:
        return None
    if not after:
        return Measured(-100.0, -100.0, -100.0)
    ratio = after / before
    fall = math.hypot(_log(before.high, before), _log(after, after.low))
    rise = math.hypot(_log(before, before.low), _log(after.high, after))
    low, high = 100 * (ratio * math.exp(-fall) - 1), 100 * (ratio * math.exp(rise) - 1)
    return Measured(100 * (ratio - 1), low, high if math.isfinite(high) else None, "the ranges of both volumes")


def _log(high: float | None, low: float | None) -> float:
    """The natural logarithm of a ratio: 0 of nothing to nothing, infinite of something to nothing."""
    return math.log(high / low) if high and low else math.inf if high else 0.0


def _fate(before: list[Lesion], after: list[Lesion], change: Measured | None, treated: set[str]) -> str:
    if before and not after and all(one.id in treated for one in before):
        return "ablated"
    if len(before) > 1 or len(after) > 1:
        return "merged" if len(before) > len(after) else "split"
    small = any(not one.edge_low_ml for one in (*before, *after))  # half a voxel at each face takes it away
    if not before or not after:
        return "too small to say" if small else "new" if not before else "gone"
    assert change is not None
    assert change.low is not None
    if change.low > 0:
        return "grown"
    if change.high is not None and change.high < 0:
        return "shrunk"
    return "too small to say" if small else "stable"

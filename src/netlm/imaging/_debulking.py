"""Debulking: how much of the tumour was removed, with what two measured volumes allow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._align import Alignment, align
from ._burden import Burden
from ._match import CANNOT_TELL, TWO, Match, match_lesions, why_untold
from ._no_tumour import NOTHING, confirmed, need_tumour
from ._types import Caution, Limits, Measured, Rules, cautions_said, number_with_range, refuse

__all__ = ["Debulking", "cytoreduction", "debulking"]

ABOVE, BELOW, OPEN = "above", "below", "cannot tell at this measurement error"
POOR = 0.8
"""The Dice of two livers below which a part is missing or the alignment wrong."""


def cytoreduction(before_ml: float, after_ml: float, limits: Limits | None = None) -> Measured:
    """The share of the tumour's volume that was removed, in per cent: 100 (1 - after / before).

    It is a ratio of two measured volumes, each within ``limits``; their errors are taken as independent, so the
    ratio errs by the root of two of one volume's factor on the log scale.
    Raises ``Problems`` where there was no tumour before, and for what is no volume.
    """
    if not (math.isfinite(before_ml) and math.isfinite(after_ml) and after_ml >= 0):
        refuse("what is no volume", "two volumes in ml, 0 or more", "Correct them.", "usage", place="cytoreduction")
    if before_ml <= 0:
        refuse(
            "no tumour before", "a tumour volume above 0", "Is the tumour's label right?", "no-tumour", place="before"
        )
    rest = after_ml / before_ml
    if limits is None:
        return Measured(100 * (1 - rest))
    below, above = limits.factors(TWO)
    return Measured(100 * (1 - rest), 100 * (1 - rest * above), min(100 * (1 - rest * below), 100.0), limits.cite)


@dataclass(frozen=True, eq=False)
class Debulking:
    """What was removed between two scans. Shares are per cent.

    ``removed`` is of the tumour's volume, its ``low`` None where the later map has no tumour voxel; ``removed_count``
    of the number of lesions (those gone or ablated), None where the lesions cannot be matched; both of what was there
    before. ``targets`` sets the former against shares that matter: above, below, or cannot tell.
    """

    before: Burden
    after: Burden
    removed: Measured
    removed_count: float | None
    targets: tuple[tuple[float, str], ...]
    matches: tuple[Match, ...]
    alignment: Alignment
    warnings: tuple[Caution, ...]

    @property
    def if_correlated(self) -> str:
        """The other reading of the error, as a note."""
        if not self.after.tumour_ml:
            return "No error of the two volumes changes that; lesions that the later segmentation missed would."
        return (
            f"Were both volumes read with the same error (fully correlated), it would cancel and {self.removed:.0f} % "
            "would stand as measured; the independent reading above decides."
        )

    def to_dict(self) -> dict[str, Any]:
        """The debulking as JSON."""
        return {
            **number_with_range("cytoreduction_percent", self.removed),
            "cytoreduction_count_percent": self.removed_count,
            "cytoreduction_correlated_percent": float(self.removed),
            "targets": [{"percent": share, "verdict": verdict} for share, verdict in self.targets],
            "before": {**number_with_range("tumour_ml", self.before.tumour_ml), "count": len(self.before.lesions),
                       "file": self.before.file},
            "after": {**number_with_range("tumour_ml", self.after.tumour_ml), "count": len(self.after.lesions),
                      "treated_ml": self.after.treated_ml, "file": self.after.file},
            "matches": [match.to_dict() for match in self.matches],
            "alignment": self.alignment.to_dict(),
            "notes": [self.if_correlated],
            "warnings": cautions_said(self.warnings),
        }  # fmt: skip

    def to_text(self) -> str:
        """The debulking as text for a terminal."""
        from ._text_course import debulking_text

        return debulking_text(self)


def debulking(
    before: Burden, after: Burden, rules: Rules | None = None, *, targets: Sequence[float] = (),
    register: bool | None = None,
) -> Debulking:  # fmt: skip
    """What was removed between two burdens of one liver.

    ``targets`` are shares in per cent to set the result against. On different grids the livers are registered
    (``register`` forces or forbids it). Ablation zones of the later scan are treated tissue, not tumour.
    Raises ``Problems`` where there was no tumour before or its label is not known, and where a registration is needed
    and has no liver.
    """
    limits, after = (rules or Rules()).volume, confirmed(after, before)
    (earlier, _), (later, _) = need_tumour(before), need_tumour(after)
    removed = cytoreduction(float(earlier), float(later), limits)
    if not later:
        removed = Measured(100.0, None, 100.0, NOTHING.by)
    found = align(before, after, register=register)
    matches = match_lesions(before, after, found, limits)
    by_count = _by_count(before, matches)
    if _lost(found, matches) and later:
        removed = Measured(float(removed), None, removed.high, f"open below, since {why_untold(matches, found)}")
    against = tuple((float(share), _against(removed, float(share))) for share in targets)
    cautions = tuple(_cautions(before, after, removed, found, matches, targets))
    return Debulking(before, after, removed, by_count, against, matches, found, cautions)


def _lost(found: Alignment, matches: tuple[Match, ...]) -> bool:
    """Whether a lesion lies where the later scan has no voxel, so that it counts as removed though nobody looked."""
    return not found.doubt and any(one.fate == CANNOT_TELL and one.before for one in matches)


def _by_count(before: Burden, matches: tuple[Match, ...]) -> float | None:
    """The share of the lesions that are gone; None where there was none, or which are gone cannot be told."""
    if not before.lesions or any(one.fate == CANNOT_TELL for one in matches):
        return None
    lost = sum(len(one.before) for one in matches if one.fate in ("gone", "ablated"))
    lost += sum(len(one.before) for one in matches if one.fate == "too small to say" and not one.after)
    return 100 * lost / len(before.lesions)


def _against(removed: Measured, share: float) -> str:
    """Above where the whole range reaches the share, below where none of it does; with an open low end never above."""
    low, high = (removed if end is None else end for end in (removed.low, removed.high))
    return ABOVE if low >= share and not removed.is_open else BELOW if high < share else OPEN


def _is_one_map(before: Burden, after: Burden) -> bool:
    """Whether liver and tumour lie in the same voxels of one grid, as they never do in two scans."""
    first, second = before.scan, after.scan
    if not first.full.same_as(second.full) or first.offset != second.offset or not first.parts:
        return False
    same_tumour = np.array_equal(first.tumour, second.tumour)
    if first.liver is None or second.liver is None:
        return same_tumour and first.liver is second.liver
    return same_tumour and np.array_equal(first.liver, second.liver)


def _cautions(
    before: Burden, after: Burden, removed: Measured, found: Alignment, matches: tuple[Match, ...],
    targets: Sequence[float],
) -> Iterator[Caution]:  # fmt: skip
    for name, burden in (("before", before), ("after", after)):
        yield from (Caution(one.code, f"{name.capitalize()}: {one.says}") for one in burden.warnings)
    if _is_one_map(before, after):
        yield Caution("same-map", "The two maps are the same, voxel by voxel: is it one scan twice?")
    if not after.tumour_ml:
        before_ml = float(before.tumour_ml or 0.0)
        missed = [f"{(1 - share / 100) * before_ml:.1f} ml for less than {share:.0f} %" for share in targets]
        needed = f": more than {', '.join(missed)}" if missed else ""
        yield Caution("none-left", "After: no tumour voxel is left. All was removed if that is so; the low end is not "
                      f"known, since the map cannot tell what was missed{needed}.")  # fmt: skip
    if removed < 0:
        yield Caution("more-tumour", "There is more tumour after than before: nothing was removed on balance, or the "
                      "scans are swapped.")  # fmt: skip
    new = [one for one in matches if one.fate == "new"]
    if new:
        yield Caution("new-lesions", f"{len(new)} new lesion{'s' if len(new) > 1 else ''} "
                      f"({sum(one.after_ml or 0.0 for one in new):.2f} ml) count as tumour after.")  # fmt: skip
    if why_untold(matches, found) and not found.doubt:
        yield Caution("not-covered", f"What became of some lesions cannot be told: {why_untold(matches, found)}. The "
                      "volumes hold what each scan shows, so the share removed is off by it.")  # fmt: skip
    elif any(one.fate == CANNOT_TELL for one in matches):
        yield Caution("lesions-not-matched", f"Which lesion is which cannot be told, nor which are new or gone: "
                      f"{found.doubt}. The volumes are not touched by that.")  # fmt: skip
    elif found.overlap is not None and found.overlap < POOR:
        yield Caution("poor-overlap", f"The two livers overlap with a Dice of {found.overlap:.2f} only; the surface of "
                      "what is left fits, so the lesions were matched by it.")  # fmt: skip
    if found.how == "one grid" and before.file != after.file:
        yield Caution("one-grid", "Both maps have one grid: they are taken as aligned as stored.")

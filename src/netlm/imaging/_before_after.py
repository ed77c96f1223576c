"""Before and after: the slices of the largest lesions, and the same place in the later scan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..figures import Picture
from ._burden import Burden
from ._debulking import Debulking
from ._lesion import Lesion
from ._pictures import FOOT, HEAD, PANEL, WIDTH, aspect_of, draw_foot, draw_head, draw_slice
from ._views import axial_view

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_before_after"]

COLUMNS = 3
GAP = 9.0


def plot_before_after(found: Debulking, *, title: str = "") -> Picture:
    """The slices through the largest lesions before, and below each the slice at the same height after."""
    named = title or f"Before and after, {Path(found.before.file).name} and {Path(found.after.file).name}"
    shown = _largest(found.before)
    views = [axial_view(burden.scan) for burden in (found.before, found.after)]
    deep = [PANEL * aspect_of(burden, view) for burden, view in zip((found.before, found.after), views, strict=True)]
    height = HEAD + sum(deep) + 2 * GAP + FOOT
    fates = {name: match.fate for match in found.matches for name in match.before}
    said = "; ".join(f"lesion {one.id}: {fates.get(one.id, 'not matched')}" for one in shown)
    low, high = (found.removed if end is None else end for end in (found.removed.low, found.removed.high))
    result = f"{found.removed:.0f} % of the volume removed ({low:.0f} to {high:.0f})"

    def draw(figure: Figure) -> None:
        draw_head(figure, named, height)
        for column, lesion in enumerate(shown):
            for row, (burden, view) in enumerate(zip((found.before, found.after), views, strict=True)):
                top = HEAD + row * (deep[0] + GAP)
                left = column * (PANEL + 4) / WIDTH
                axes = figure.add_axes((left, 1 - (top + deep[row]) / height, PANEL / WIDTH, deep[row] / height))
                place = lesion.axes.slice if not row else _later(found, lesion)
                fate = f"Before: lesion {lesion.id}, {lesion.longest_axial_mm:.0f} mm"
                fate = f"After: lesion {lesion.id} {fates.get(lesion.id, 'not matched')}" if row else fate
                draw_slice(axes, burden, view, place, [lesion] if not row else [], None, fate)
        draw_foot(figure, f"{result}. Patient's right on the left, front at the top; dashed: ablation zone.", height)

    return Picture(named, f"{named}. {result}. {said}.", WIDTH, height, draw)


def _largest(burden: Burden) -> list[Lesion]:
    return sorted(burden.lesions, key=lambda one: -float(one.longest_axial_mm))[:COLUMNS]


def _later(found: Debulking, lesion: Lesion) -> int:
    """The slice of the later scan's cut volume that lies where the lesion was."""
    ends = np.array(lesion.longest_axial_ends).mean(0)
    there = (ends - found.alignment.shift) @ found.alignment.turn
    grid = found.after.scan.grid
    index = np.linalg.solve(grid.affine[:, :3], there - grid.affine[:, 3])
    return int(np.clip(round(float(index[0])), 0, grid.shape[0] - 1))

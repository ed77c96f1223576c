"""Before and after: the slices of the largest lesions, and the same place in the later scan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..figures import Picture, fitted
from ._burden import Burden
from ._debulking import Debulking
from ._foot import LINE, Foot
from ._lesion import Lesion
from ._pictures import HEAD, PANEL, WIDTH, draw_head, draw_slice, panel_height, size_of, title_lines
from ._text import removed_said
from ._views import axial_view

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_before_after"]

COLUMNS = 3
OWN = 46.0
"""Millimetres that the words of the heading take beside the names of the files."""

_Panel = tuple[int, list[Lesion], list[str]]
"""The slice, the lesions whose diameters are drawn in it, and the title."""


def plot_before_after(found: Debulking, *, title: str = "") -> Picture:
    """The slices through the largest lesions before, and below each what it became after.

    Where nothing is left of a lesion, the slice at the same height is shown, and so for the largest new lesion.
    """
    named = title or f"Before and after, {Path(found.before.file).name} and {Path(found.after.file).name}"
    shown, new = _shown(found)
    burdens = (found.before, found.after)
    names = [fitted(Path(burden.file).name, (WIDTH - OWN) / 2, weight="bold") for burden in burdens]
    views = [axial_view(burden.scan) for burden in burdens]
    deep = [panel_height(burden, view) for burden, view in zip(burdens, views, strict=True)]
    panels = [[*(_before(lesion) for lesion in shown), *(_not_yet(found, lesion) for lesion in new)],
              [*(_after(found, lesion) for lesion in shown), *(_new(lesion) for lesion in new)]]  # fmt: skip
    heads = [LINE * max((len(lines) for _, _, lines in row), default=0) + 2 for row in panels]
    said = "; ".join(" ".join(lines) for row in panels for _, _, lines in row)
    result = f"Removed: {removed_said(found.removed)}"
    foot = Foot.of(WIDTH, f"{result}. Patient's right on the left, front at the top; dashed outline: ablation zone.",
                   burdens)  # fmt: skip
    height = HEAD + sum(heads) + sum(deep) + foot.height

    def draw(figure: Figure) -> None:
        draw_head(figure, title or f"Before and after, {names[0]} and {names[1]}", height)
        top = HEAD
        for burden, view, row, head, tall in zip(burdens, views, panels, heads, deep, strict=True):
            top += head + tall
            for column, (place, lesions, lines) in enumerate(row):
                axes = figure.add_axes((column * (PANEL + 4) / WIDTH, 1 - top / height, PANEL / WIDTH, tall / height))
                draw_slice(axes, burden, view, place, lesions, None, lines)
        foot.draw(figure, height)

    return Picture(named, f"{named}. {result}. {said}. {foot.flag}".strip(), WIDTH, height, draw)


def _before(lesion: Lesion) -> _Panel:
    return lesion.axes.slice, [lesion], title_lines(f"Before: lesion {lesion.id},", size_of(lesion))


def _after(found: Debulking, lesion: Lesion) -> _Panel:
    """What the lesion became, in the slice of the largest of its parts."""
    match = next((match for match in found.matches if lesion.id in match.before), None)
    fate = match.fate if match else "not matched"
    parts = [one for one in found.after.lesions if match and one.id in match.after]
    if not parts:
        return _later(found, lesion), [], title_lines(f"After: lesion {lesion.id} {fate}")
    place = max(parts, key=lambda one: float(one.longest_axial_mm)).axes.slice
    here = [one for one in parts if one.axes.slice == place]
    sizes = (f"{one.id}: {size_of(one)}" for one in parts)
    return place, here, title_lines(f"After: lesion {lesion.id} {fate}; now", *sizes)


def _new(lesion: Lesion) -> _Panel:
    return lesion.axes.slice, [lesion], title_lines("After: new lesion", f"{lesion.id}: {size_of(lesion)}")


def _not_yet(found: Debulking, lesion: Lesion) -> _Panel:
    place = _slice_at(found.before, found.alignment.moved(_middle(lesion)))
    return place, [], title_lines(f"Before: no lesion where {lesion.id} came")


def _shown(found: Debulking) -> tuple[list[Lesion], list[Lesion]]:
    """The largest lesions before, and the new ones for which there is room: for one there always is."""
    names = {name for match in found.matches if match.fate == "new" for name in match.after}
    new = _largest([lesion for lesion in found.after.lesions if lesion.id in names])
    shown = _largest(found.before.lesions)[: COLUMNS - bool(new)]
    return shown, new[: COLUMNS - len(shown)]


def _largest(lesions: Sequence[Lesion]) -> list[Lesion]:
    return sorted(lesions, key=lambda one: -float(one.longest_axial_mm))[:COLUMNS]


def _later(found: Debulking, lesion: Lesion) -> int:
    """The slice of the later scan's cut volume that lies where the lesion was."""
    return _slice_at(found.after, found.alignment.back(_middle(lesion)))


def _middle(lesion: Lesion) -> NDArray[np.float64]:
    return np.asarray(np.array(lesion.longest_axial_ends).mean(0))


def _slice_at(burden: Burden, there: NDArray[np.float64]) -> int:
    """The slice of a cut volume nearest to a point in mm."""
    grid = burden.scan.grid
    index = np.linalg.solve(grid.affine[:, :3], there - grid.affine[:, 3])
    return int(np.clip(round(float(index[0])), 0, grid.shape[0] - 1))

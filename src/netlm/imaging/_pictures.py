"""Pictures of a burden: slices through the largest lesions with outlines and diameters; all lesions in one view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..figures import COARSE, FAINT, GREY, INK, SERIES, SMALL_SIZE, Picture, fitted, text_width
from ._burden import Burden
from ._field import ROOM, Field
from ._foot import LINE, Foot
from ._lesion import Lesion
from ._read_image import read_image_like
from ._views import View, axial_view, coronal_view

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["HEAD", "PANEL", "WIDTH", "draw_head", "draw_slice", "panel_height", "plot_lesions", "plot_projection",
           "size_of", "title_lines"]  # fmt: skip

PANELS = 6
ACROSS = 3
WIDTH = 170.0
PANEL = 54.0
HEAD = 8.0
PROJECTED = 110.0
"""Millimetres of paper that a projection is high at most."""
COLUMNS = 7
ROW = 4.2
"""Columns and the height of a row in the list of lesions."""
TUMOUR = "#c9c9c9"
NONE_SAID = "No lesion is labelled in the liver, which does not say that there is none."
WINDOW = (1.0, 99.0)
"""Percentiles of the intensities in the liver between which grey runs."""


def plot_lesions(burden: Burden, image: Any = None, *, title: str = "") -> Picture:
    """Axial slices through the largest lesions: liver, lesions, the longest diameter and the one across it.

    ``image`` is the CT or MR behind the labels (a file or a folder of one DICOM series), on any grid; without it the
    liver is drawn as a shape.
    Raises ``Problems`` for an image that cannot be read, or that does not cover the liver.
    """
    shown = _slices(burden)
    values = read_image_like(image, burden.scan) if image is not None else None
    named = title or f"Largest lesions, {Path(burden.file).name}"
    view = axial_view(burden.scan)
    deep = panel_height(burden, view)
    titles = [
        title_lines(f"Slice {lesions[0].slice}:", *(f"{one.id}: {size_of(one)}" for one in lesions))
        for lesions in shown
    ]
    rows = [LINE * max(len(lines) for lines in titles[start : start + ACROSS]) + 2
            for start in range(0, len(titles), ACROSS)]  # fmt: skip
    none = "" if shown else NONE_SAID
    foot = Foot.of(WIDTH, "Patient's right on the left, front at the top. Solid line: longest axial diameter; dashes: "
                   "across it.", [burden])  # fmt: skip
    height = HEAD + sum(rows) + len(rows) * deep + LINE * bool(none) + foot.height

    def draw(figure: Figure) -> None:
        draw_head(figure, named, height)
        figure.text(0, 1 - (HEAD + LINE / 2) / height, none, size=SMALL_SIZE, va="center")
        for place, (lesions, lines) in enumerate(zip(shown, titles, strict=True)):
            row, column = divmod(place, ACROSS)
            top = HEAD + sum(rows[: row + 1]) + row * deep
            axes = figure.add_axes(
                (column * (PANEL + 4) / WIDTH, 1 - (top + deep) / height, PANEL / WIDTH, deep / height)
            )
            draw_slice(axes, burden, view, lesions[0].axes.slice, lesions, values, lines)
        foot.draw(figure, height)

    return Picture(named, f"{_slices_text(burden, shown)} {foot.flag}".strip(), WIDTH, height, draw)


def size_of(lesion: Lesion) -> str:
    """The longest axial diameter and the one across it."""
    return f"{lesion.longest_axial_mm:.0f} x {lesion.short_axis_mm:.0f} mm"


def title_lines(head: str, *items: str) -> list[str]:
    """The whole of a panel's title, on as many lines as it takes; an item is not broken."""
    lines = [head]
    for place, item in enumerate(items):
        said = item if place == len(items) - 1 else f"{item},"
        if text_width(f"{lines[-1]} {said}", SMALL_SIZE) <= COARSE * (PANEL - 1):
            lines[-1] += f" {said}"
        else:
            lines.append(said)
    return lines


def _slices(burden: Burden) -> list[list[Lesion]]:
    """Lesions by slice, the largest first; lesions measured on one slice share a panel."""
    found: dict[int, list[Lesion]] = {}
    for lesion in sorted(burden.lesions, key=lambda one: -float(one.longest_axial_mm)):
        place = lesion.axes.slice
        if place in found or len(found) < PANELS:
            found.setdefault(place, []).append(lesion)
    return list(found.values())


def _slices_text(burden: Burden, shown: list[list[Lesion]]) -> str:
    said = "; ".join(
        f"slice {lesions[0].slice}: " + ", ".join(
            f"lesion {one.id} {one.longest_axial_mm:.0f} by {one.short_axis_mm:.0f} mm" for one in lesions)
        for lesions in shown
    )  # fmt: skip
    return f"Axial slices through the largest of {len(burden.lesions)} lesions. {said or NONE_SAID.rstrip('.')}."


def draw_head(figure: Figure, title: str, height: float) -> None:
    """The heading of a picture of this height."""
    figure.text(0, 1 - 4 / height, fitted(title, WIDTH, weight="bold"), weight="bold", va="center")


def draw_slice(
    axes: Axes, burden: Burden, view: View, place: int, lesions: Sequence[Lesion], values: NDArray[Any] | None,
    title: Sequence[str],
) -> None:  # fmt: skip
    """One axial slice of the cut volume: liver, tumour, ablation zones, and ``lesions`` with diameters and numbers."""
    scan = burden.scan
    whole = scan.marked
    if values is not None:
        low, high = np.percentile(values[whole], WINDOW)
        extent = (view.x[0] - view.step[1] / 2, view.x[-1] + view.step[1] / 2,
                  view.y[-1] + view.step[0] / 2, view.y[0] - view.step[0] / 2)  # fmt: skip
        axes.imshow(view.array(values[place]), cmap="gray", vmin=low, vmax=high, extent=extent, interpolation="nearest")
    _region(axes, view, whole[place], None if values is not None else FAINT, GREY, 0.8)
    for part in scan.parts:
        _region(axes, view, part.mask[place], None if values is not None else TUMOUR, INK, 1.0)
    if scan.ablation is not None:
        _region(axes, view, scan.ablation[place], None, INK, 0.8, (0, (2, 1.5)))
    field = Field.of(view, whole.any(0), PANEL, panel_height(burden, view))
    field.show(axes)
    for lesion in lesions:
        _lines(axes, view, lesion)
        field.block(field.line(lesion.axes.longest_ends))
        field.block(field.line(lesion.axes.short_ends))
    others = np.zeros_like(field.taken)
    for part in scan.parts:
        others[tuple(field.cells(_of_slice(np.argwhere(part.mask[place]), place)).T)] = True
    field.taken[:] |= others
    for lesion in lesions:
        number, piece = lesion.place
        voxels = burden.pieces[number].one(piece)
        field.number(axes, lesion.id, field.cells(voxels[voxels[:, 0] == place]), weight="bold")
    axes.set_title("\n".join(title), size=SMALL_SIZE, pad=3, loc="left", linespacing=1.2)


def _of_slice(at: NDArray[Any], place: int) -> NDArray[Any]:
    return np.insert(at, 0, place, axis=1)


def _region(axes: Axes, view: View, plane: Any, fill: str | None, line: str, width: float, dash: Any = "solid") -> None:
    shown = view.array(plane)
    if not shown.any():
        return
    from contourpy import contour_generator
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline
    from matplotlib.patheffects import withStroke

    lines = contour_generator(view.x, view.y, shown.astype(float)).lines(0.5)
    outline = Outline.make_compound_path(*(Outline(np.asarray(points)) for points in lines))
    if fill is not None:
        axes.add_artist(PathPatch(outline, facecolor=fill, edgecolor="none"))
    halo = [withStroke(linewidth=width + 1.2, foreground="white")]
    axes.add_artist(PathPatch(outline, fill=False, edgecolor=line, linewidth=width, linestyle=dash, path_effects=halo))


def _lines(axes: Axes, view: View, lesion: Lesion) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.6, foreground="white")]
    for ends, dash, width in ((lesion.axes.short_ends, (0, (2, 1.2)), 0.9), (lesion.axes.longest_ends, "solid", 1.3)):
        at = view.points(np.array(ends))
        axes.plot(at[:, 0], at[:, 1], color=SERIES[1].colour, linestyle=dash, linewidth=width, path_effects=halo,
                  zorder=5, marker="o" if dash == "solid" else None, markersize=2.2)  # fmt: skip


def panel_height(burden: Burden, view: View) -> float:
    """Millimetres of paper that an axial panel is high."""
    whole = burden.scan.marked
    return PANEL * min(_aspect(view, whole.any(0)), 1.6)


def _aspect(view: View, marked: Any) -> float:
    """Height over width of what is marked, with room around it."""
    shown = view.array(marked)
    x, y = view.x[shown.any(0)], view.y[shown.any(1)]
    return float((np.ptp(y) + 2 * ROOM) / (np.ptp(x) + 2 * ROOM))


def plot_projection(burden: Burden, *, title: str = "") -> Picture:
    """All lesions in one coronal view, each numbered, with their sizes in a list under it."""
    named = title or f"All lesions, {Path(burden.file).name}"
    view = coronal_view(burden.scan)
    whole = burden.scan.marked
    depth = 3 - view.rows - view.columns
    deep = min(WIDTH * _aspect(view, whole.any(depth)), PROJECTED)
    field = Field.of(view, whole.any(depth), WIDTH, deep)
    foot = Foot.of(WIDTH, "Seen from the front: patient's right on the left, head at the top. The list: longest axial "
                   "diameter in mm, volume in ml.", [burden])  # fmt: skip
    rows = -(-len(burden.lesions) // COLUMNS)
    height = HEAD + deep + ROW * (rows + 1) + 4 + foot.height
    text = (
        f"{len(burden.lesions)} lesions seen from the front. "
        + "; ".join(f"{one.id}: {one.longest_axial_mm:.0f} mm, {one.ml:.1f} ml" for one in burden.lesions)
        + "."
    )

    def draw(figure: Figure) -> None:
        draw_head(figure, named, height)
        axes = figure.add_axes((0, 1 - (HEAD + deep) / height, 1, deep / height))
        _region(axes, view, whole.any(depth), FAINT, GREY, 0.8)
        bare = _project(axes, burden, replace(field, taken=field.taken.copy(), numbers=field.numbers.copy()), depth)
        said = f"No room in the drawing for {bare} of the numbers." if bare else "" if burden.lesions else NONE_SAID
        if said:
            figure.text(0, 1 - (HEAD + deep + 1.5) / height, said,
                        size=SMALL_SIZE, weight="bold", va="center")  # fmt: skip
        _list(figure, burden.lesions, HEAD + deep + 4, height)
        foot.draw(figure, height)

    return Picture(named, f"{text} {foot.flag}".strip(), WIDTH, height, draw)


def _project(axes: Axes, burden: Burden, field: Field, depth: int) -> int:
    """The outlines of all lesions, the smaller over the larger, each with its number; how many have none."""
    shape = tuple(side for axis, side in enumerate(burden.scan.grid.shape) if axis != depth)
    cover = np.zeros(field.taken.shape, np.int32)
    under = []
    for lesion in burden.lesions:
        voxels = burden.pieces[lesion.place[0]].one(lesion.place[1])
        flat = np.zeros(shape, bool)
        flat[tuple(np.delete(voxels, depth, axis=1).T)] = True
        _region(axes, field.view, flat, TUMOUR, INK, 0.6)
        under.append(field.cells(np.insert(np.argwhere(flat), depth, 0, axis=1)))
        cover[tuple(under[-1].T)] += 1
    field.show(axes)
    bare = 0
    for lesion, own in zip(burden.lesions, under, strict=True):
        foreign = cover > 0
        foreign[tuple(own.T)] = cover[tuple(own.T)] > 1
        bare += not field.number(axes, lesion.id, own, foreign)
    return bare


def small_ml(ml: float) -> str:
    """A volume with two figures that mean something: 13.0, 0.45, 0.05."""
    return f"{ml:.1f}" if ml >= 1 else f"{ml:.2f}"


def _list(figure: Figure, lesions: Sequence[Lesion], top: float, height: float) -> None:
    """Number, longest diameter and volume of each lesion, column by column."""
    rows, wide = -(-len(lesions) // COLUMNS), WIDTH / COLUMNS
    for place, lesion in enumerate(lesions):
        column, row = divmod(place, rows)
        cells = (lesion.id, f"{lesion.longest_axial_mm:.0f}", small_ml(lesion.ml))
        for line, texts in ((row + 1, cells), *([(0, ("no.", "mm", "ml"))] if not row else [])):
            for at, text in zip((6, 13, 22), texts, strict=True):
                figure.text((column * wide + at) / WIDTH, 1 - (top + line * ROW) / height, text, size=SMALL_SIZE,
                            ha="right", va="center", weight="normal" if line else "bold")  # fmt: skip

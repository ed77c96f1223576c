"""Pictures of a burden: slices through the largest lesions with outlines and diameters; all lesions in one view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..figures import FAINT, GREY, INK, SERIES, SMALL_SIZE, Picture, fitted
from ._burden import Burden
from ._lesion import Lesion
from ._read_image import read_image_like
from ._views import View, axial_view, coronal_view, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["aspect_of", "draw_foot", "draw_head", "draw_slice", "plot_lesions", "plot_projection"]

PANELS = 6
WIDTH = 170.0
PANEL = 54.0
HEAD = 14.0
FOOT = 12.0
LISTED = 60
TUMOUR = "#c9c9c9"
WINDOW = (1.0, 99.0)
"""Percentiles of the intensities in the liver between which grey runs."""
ROOM = 6.0
"""Millimetres of air around the liver."""


def plot_lesions(burden: Burden, image: Any = None, *, title: str = "") -> Picture:
    """Axial slices through the largest lesions: liver, lesions, the longest diameter and the one across it.

    ``image`` is the CT or MR behind the labels (a file or a folder of one DICOM series), on any grid; without it the
    liver is drawn as a shape.
    Raises ``Problems`` for an image that cannot be read, or that does not cover the liver.
    """
    shown = _slices(burden)
    values = read_image_like(image, burden.scan) if image is not None else None
    rows = max(1, -(-len(shown) // 3))
    named = title or f"Largest lesions, {Path(burden.file).name}"
    text, view = _slices_text(burden, shown), axial_view(burden.scan)
    deep = PANEL * aspect_of(burden, view)
    height = HEAD + rows * (deep + 9) + FOOT

    def draw(figure: Figure) -> None:
        draw_head(figure, named, height)
        for place, lesions in enumerate(shown):
            row, column = divmod(place, 3)
            left, top = column * (PANEL + 4) / WIDTH, (HEAD + row * (deep + 9)) / height
            axes = figure.add_axes((left, 1 - top - deep / height, PANEL / WIDTH, deep / height))
            said = ", ".join(f"{one.id}: {one.longest_axial_mm:.0f} x {one.short_axis_mm:.0f} mm" for one in lesions)
            draw_slice(axes, burden, view, lesions[0].axes.slice, lesions, values, f"Slice {lesions[0].slice}. {said}")
        draw_foot(
            figure,
            "Patient's right on the left, front at the top. Solid line: longest axial diameter; dashes: across it.",
            height,
        )

    return Picture(named, text, WIDTH, height, draw)


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
    return f"Axial slices through the largest of {len(burden.lesions)} lesions. {said or 'No lesion is labelled'}."


def draw_head(figure: Figure, title: str, height: float) -> None:
    """The heading of a picture of this height."""
    figure.text(0, 1 - 4 / height, fitted(title, WIDTH, weight="bold"), weight="bold", va="center")


def draw_foot(figure: Figure, text: str, height: float) -> None:
    """The line below a picture of this height."""
    figure.text(0, 4 / height, fitted(text, WIDTH, SMALL_SIZE), size=SMALL_SIZE, color=INK, va="center")


def draw_slice(
    axes: Axes, burden: Burden, view: View, place: int, lesions: Sequence[Lesion], values: NDArray[Any] | None,
    title: str,
) -> None:  # fmt: skip
    """One axial slice of the cut volume: liver, tumour, ablation zones, and the diameters of ``lesions``."""
    scan = burden.scan
    whole = scan.liver if scan.liver is not None else scan.tumour
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
    for lesion in lesions:
        _lines(axes, view, lesion)
    _frame(axes, view, whole.any(0))
    axes.set_title(fitted(title, PANEL, SMALL_SIZE), size=SMALL_SIZE, pad=3, loc="left")


def _region(axes: Axes, view: View, plane: Any, fill: str | None, line: str, width: float, dash: Any = "solid") -> None:
    shown = view.array(plane)
    if not shown.any():
        return
    if fill is not None:
        axes.contourf(view.x, view.y, shown.astype(float), levels=[0.5, 1.5], colors=[fill])
    from matplotlib.patheffects import withStroke

    drawn = axes.contour(
        view.x, view.y, shown.astype(float), levels=[0.5], colors=[line], linewidths=width, linestyles=[dash]
    )
    drawn.set_path_effects([withStroke(linewidth=width + 1.2, foreground="white")])


def _lines(axes: Axes, view: View, lesion: Lesion) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.6, foreground="white")]
    for ends, dash, width in ((lesion.axes.short_ends, (0, (2, 1.2)), 0.9), (lesion.axes.longest_ends, "solid", 1.3)):
        at = view.points(np.array(ends))
        axes.plot(at[:, 0], at[:, 1], color=SERIES[1].colour, linestyle=dash, linewidth=width, path_effects=halo,
                  zorder=5, marker="o" if dash == "solid" else None, markersize=2.2)  # fmt: skip
    end = view.points(np.array(lesion.axes.longest_ends)).mean(0)
    axes.annotate(lesion.id, (float(end[0]), float(end[1])), (3, 3), textcoords="offset points", size=SMALL_SIZE,
                  weight="bold", zorder=6, path_effects=halo)  # fmt: skip


def _frame(axes: Axes, view: View, marked: Any) -> None:
    """The picture cut to the liver, without axes."""
    shown = view.array(marked)
    x, y = view.x[shown.any(0)], view.y[shown.any(1)]
    axes.set_xlim(x[0] - ROOM, x[-1] + ROOM)
    axes.set_ylim(y[-1] + ROOM, y[0] - ROOM)
    axes.set_aspect("equal")
    axes.set_axis_off()


def aspect_of(burden: Burden, view: View) -> float:
    """Height over width of the liver in an axial view."""
    whole = burden.scan.liver if burden.scan.liver is not None else burden.scan.tumour
    shown = view.array(np.asarray(np.any(whole, axis=0)))
    x, y = view.x[shown.any(0)], view.y[shown.any(1)]
    return min(float((np.ptp(y) + 2 * ROOM) / (np.ptp(x) + 2 * ROOM)), 1.6)


def plot_projection(burden: Burden, *, title: str = "") -> Picture:
    """All lesions in one coronal view, each numbered, with their sizes in a list beside it."""
    named = title or f"All lesions, {Path(burden.file).name}"
    listed = burden.lesions[:LISTED]
    more = len(burden.lesions) - len(listed)
    height, wide = HEAD + 92 + FOOT, 92.0
    text = (
        f"{len(burden.lesions)} lesions seen from the front. "
        + "; ".join(f"{one.id}: {one.longest_axial_mm:.0f} mm, {one.ml:.1f} ml" for one in listed)
        + "."
    )

    def draw(figure: Figure) -> None:
        draw_head(figure, named, height)
        axes = figure.add_axes((0, FOOT / height, wide / WIDTH, 92 / height))
        _project(axes, burden, listed)
        _list(figure, listed, wide + 6, height)
        note = f" {more} smaller lesions are drawn without a number." if more > 0 else ""
        draw_foot(
            figure,
            f"Seen from the front: patient's right on the left, head at the top. Longest axial diameter, volume.{note}",
            height,
        )

    return Picture(named, text, WIDTH, height, draw)


def _project(axes: Axes, burden: Burden, listed: Sequence[Lesion]) -> None:
    from matplotlib.patheffects import withStroke

    scan, view = burden.scan, coronal_view(burden.scan)
    depth = 3 - view.rows - view.columns
    whole = scan.liver if scan.liver is not None else scan.tumour
    _region(axes, view, whole.any(depth), FAINT, GREY, 0.8)
    for lesion in reversed(burden.lesions):
        part, place = lesion.place
        flat = np.zeros(tuple(side for axis, side in enumerate(scan.grid.shape) if axis != depth), bool)
        voxels = burden.pieces[part].one(place)
        flat[tuple(np.delete(voxels, depth, axis=1).T)] = True
        _region(axes, view, flat, TUMOUR, INK, 0.6)
    _frame(axes, view, whole.any(depth))
    if not listed:
        return
    middles = np.array([view.points(burden.pieces[one.place[0]].one(one.place[1]).mean(0))[0] for one in listed])
    side = abs(axes.get_xlim()[1] - axes.get_xlim()[0])
    at = spread(middles, side * 0.036, side * 0.032)
    for lesion, middle, label in zip(listed, middles, at, strict=True):
        if np.hypot(*(label - middle)) > side * 0.02:
            axes.plot(*np.column_stack((middle, label)), color=INK, linewidth=0.4, zorder=5)
        axes.text(float(label[0]), float(label[1]), lesion.id, size=SMALL_SIZE, ha="center", va="center", zorder=6,
                  path_effects=[withStroke(linewidth=1.8, foreground="white")])  # fmt: skip


def small_ml(ml: float) -> str:
    """A volume with two figures that mean something: 13.0, 0.45, 0.05."""
    return f"{ml:.1f}" if ml >= 1 else f"{ml:.2f}"


def _list(figure: Figure, listed: Sequence[Lesion], left: float, height: float) -> None:
    """Number, longest diameter and volume of each lesion, in up to three columns."""
    step, deep = 4.2, 20
    for place, lesion in enumerate(listed):
        column, row = divmod(place, deep)
        x, y = left + column * 24, HEAD + 6 + row * step
        for at, text in ((x + 4, lesion.id), (x + 12, f"{lesion.longest_axial_mm:.0f}"), (x + 21, small_ml(lesion.ml))):
            figure.text(at / WIDTH, 1 - y / height, text, size=SMALL_SIZE, ha="right", va="center")
        if not row:
            for at, text in ((x + 4, "no."), (x + 12, "mm"), (x + 21, "ml")):
                figure.text(
                    at / WIDTH, 1 - (y - step) / height, text, size=SMALL_SIZE, ha="right", va="center", weight="bold"
                )

"""A view of the liver laid out on paper, and where on it the numbers of lesions go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..figures import INK, SMALL_SIZE, text_width
from ._views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Field"]

Bools = NDArray[np.bool_]
Cells = NDArray[np.int64]

ROOM = 6.0
"""Millimetres of the patient around the liver."""
CELL = 0.5
"""Millimetres of paper: the side of a cell in which places are looked for."""
TALL = 2.8
"""Millimetres of paper that a number is high, with a little air."""
TRIES = 80
"""Nearest free places that are looked at for one whose leader line crosses no other number."""


@dataclass(frozen=True)
class Field:
    """The view of a liver on ``width`` by ``height`` millimetres of paper, ``scale`` of them to one of the patient.

    ``left`` and ``top`` are the view's x and y in the corner. ``numbers`` are the cells of paper under numbers,
    ``taken`` those and everything else that no further number may cover.
    """

    view: View
    width: float
    height: float
    scale: float
    left: float
    top: float
    taken: Bools
    numbers: Bools

    @classmethod
    def of(cls, view: View, marked: Any, width: float, height: float) -> Field:
        """The field that shows all of ``marked`` (a plane of the cut volume) in its middle."""
        shown = view.array(marked)
        x, y = view.x[shown.any(0)], view.y[shown.any(1)]
        scale = min(width / (np.ptp(x) + 2 * ROOM), height / (np.ptp(y) + 2 * ROOM))
        cells = (int(height / CELL), int(width / CELL))
        left, top = (x[0] + x[-1]) / 2 - width / scale / 2, (y[0] + y[-1]) / 2 - height / scale / 2
        return cls(view, width, height, float(scale), float(left), float(top), np.zeros(cells, bool),
                   np.zeros(cells, bool))  # fmt: skip

    def show(self, axes: Axes) -> None:
        """Cut the axes, which have this width and height, to the field."""
        axes.set_xlim(self.left, self.left + self.width / self.scale)
        axes.set_ylim(self.top + self.height / self.scale, self.top)
        axes.set_axis_off()

    def cells(self, voxels: Any) -> Cells:
        """The cells of paper (n by 2, each once) under voxels of the cut volume."""
        steps = np.array(self.view.step)[::-1]
        parts = [np.linspace(-0.49, 0.49, 1 + int(-(-step * self.scale // CELL))) * step for step in steps]
        within = np.stack(np.meshgrid(*parts, indexing="ij"), -1).reshape(-1, 2)
        at = self._cells_at((self.view.points(voxels)[:, None] + within).reshape(-1, 2))
        found: Cells = np.unique(at[((at >= 0) & (at < self.taken.shape)).all(1)], axis=0)
        return found

    def line(self, ends: Any) -> Cells:
        """The cells of paper under the line between two voxels."""
        first, last = self.view.points(np.array(ends))
        parts = np.linspace(0, 1, 2 + int(np.hypot(*(last - first)) * self.scale / CELL * 2))
        return self._cells_at(first + parts[:, None] * (last - first))

    def block(self, cells: Cells) -> None:
        """No number may cover these cells."""
        rows, columns = np.clip(cells, 0, np.array(self.taken.shape) - 1).T
        self.taken[rows, columns] = True

    def number(self, axes: Axes, name: str, own: Cells, foreign: Bools | None = None, weight: str = "normal") -> bool:
        """Write a number in its lesion where there is room, else beside it with a line to it; False if nowhere is.

        ``own`` are the cells under the lesion, ``foreign`` those under others; without it the lesion stays clear.
        """
        from matplotlib.patheffects import withStroke

        place = self._place(name, own, foreign, weight)
        if place is None:
            return False
        box, tip = place
        at = self._data(np.array([box[:2], box[2:]]).mean(0))
        if tip is not None:
            axes.plot(*zip(at, self._data(tip + 0.5), strict=True), color=INK, linewidth=0.5, zorder=5,
                      path_effects=[withStroke(linewidth=1.4, foreground="white")])  # fmt: skip
        axes.text(*at, name, size=SMALL_SIZE, weight=weight, ha="center", va="center_baseline", zorder=7,
                  path_effects=[withStroke(linewidth=1.8, foreground="white")])  # fmt: skip
        return True

    def _place(self, name: str, own: Cells, foreign: Bools | None, weight: str) -> tuple[Cells, Cells | None] | None:
        """The cells of the number's box (top, left, bottom, right) and, where it lies outside, the tip of its line."""
        blocked = self.taken.copy()
        inside = np.zeros_like(blocked)
        inside[tuple(own.T)] = True
        if foreign is None:
            blocked |= inside
        else:
            blocked |= foreign | (inside & ~_inner(inside))
        size = np.array([TALL, text_width(name, SMALL_SIZE, weight) + 0.6])
        deep, wide = (int(-(-side // CELL)) for side in size)
        corners = np.argwhere(_free(blocked, deep, wide))
        if not len(corners):
            return None
        apart = np.hypot(*(corners + np.array([deep, wide]) / 2 - own.mean(0) - 0.5).T)
        nearest = corners[np.argsort(apart, kind="stable")[:TRIES]]
        found = (self._with_tip(corner, deep, wide, own, inside) for corner in nearest)
        first = next(found)
        box, tip = next((one for one in chain([first], found) if not self._crosses(*one)), first)
        self.taken[box[0] : box[2], box[1] : box[3]] = True
        self.numbers[box[0] : box[2], box[1] : box[3]] = True
        if tip is not None:
            self.block(_between(box, tip))
        return box, tip

    def _with_tip(self, corner: Cells, deep: int, wide: int, own: Cells, inside: Bools) -> tuple[Cells, Cells | None]:
        box = np.array([*corner, corner[0] + deep, corner[1] + wide])
        if inside[box[0] : box[2], box[1] : box[3]].all():
            return box, None
        return box, own[np.argmin(np.hypot(*(own - (box[:2] + box[2:]) / 2).T))]

    def _crosses(self, box: Cells, tip: Cells | None) -> bool:
        return tip is not None and bool(self.numbers[tuple(_between(box, tip).T)].any())

    def _cells_at(self, points: NDArray[np.float64]) -> Cells:
        return np.floor((points - (self.left, self.top)) * self.scale / CELL).astype(np.int64)[:, ::-1]

    def _data(self, cell: Iterable[float]) -> tuple[float, float]:
        row, column = cell
        return self.left + float(column) * CELL / self.scale, self.top + float(row) * CELL / self.scale


def _inner(mask: Bools) -> Bools:
    """The cells all of whose neighbours are in the mask."""
    whole = np.pad(mask, 1)
    return mask & whole[:-2, 1:-1] & whole[2:, 1:-1] & whole[1:-1, :-2] & whole[1:-1, 2:]


def _free(blocked: Bools, deep: int, wide: int) -> Bools:
    """The upper left corners of boxes of this size in which nothing is blocked."""
    if deep > blocked.shape[0] or wide > blocked.shape[1]:
        return np.zeros((0, 0), bool)
    sums = np.pad(blocked.astype(np.int32), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    held = sums[deep:, wide:] - sums[:-deep, wide:] - sums[deep:, :-wide] + sums[:-deep, :-wide]
    return np.asarray(held == 0)


def _between(box: Cells, tip: Cells) -> Cells:
    """The cells of a line from the middle of a box to a tip, without those in the box."""
    middle = (box[:2] + box[2:]) / 2
    parts = np.linspace(0, 1, 2 + 2 * int(np.hypot(*(tip - middle))))
    cells = np.floor(middle + parts[:, None] * (tip + 0.5 - middle)).astype(np.int64)
    return cells[((cells < box[:2]) | (cells >= box[2:])).any(1)]

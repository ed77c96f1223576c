"""A sheet of paper in millimetres from the top left: where words, rules and axes of a picture go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._style import INK, SIZE, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COARSE", "EDGE", "LINE", "NARROW", "Sheet", "across", "lines_of"]

LINE = 3.7
"""Height of a line of text."""
EDGE = 2.5
NARROW = 110
COARSE = 0.95
"""Small type runs up to a twentieth wider on a coarse screen than in print."""


def lines_of(text: str, width: float, size: float = SIZE, lines: int = 3, weight: str = "normal") -> list[str]:
    """``text`` wrapped to ``width``; no line at all where there is no text."""
    return [line for line in wrapped(text, width, size, lines, weight) if line]


def across(text: str, width: float, size: float = SIZE, lines: int = 3, weight: str = "normal") -> list[str]:
    """``text`` wrapped to the whole breadth of a picture of ``width``."""
    return lines_of(text, COARSE * (width - 2 * EDGE), size, lines, weight)


class Sheet:
    """Places on a figure of ``width`` by ``height`` millimetres."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        self.figure, self.width, self.height = figure, width, height

    def put(self, x: float, y: float, text: str, **more: Any) -> None:
        """Text with its middle line at ``y``."""
        if text:
            self.figure.text(x / self.width, 1 - y / self.height, text, **{"va": "center", "fontsize": SIZE, **more})

    def put_lines(self, x: float, y: float, lines: list[str], **more: Any) -> float:
        """Lines of text from ``y`` down; where they end."""
        for number, line in enumerate(lines):
            self.put(x, y + LINE * (number + 0.5), line, **more)
        return y + LINE * len(lines)

    def rule(self, x: float, end: float, y: float, colour: str = INK, width: float = 0.6) -> None:
        """A level line."""
        from matplotlib.lines import Line2D

        up = 1 - y / self.height
        self.figure.add_artist(Line2D([x / self.width, end / self.width], [up, up], color=colour, linewidth=width))

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes on this rectangle, without ticks on the left."""
        place = (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place)

"""Colours, lines and letters.

The colours are those of Okabe and Ito (Color Universal Design, 2008), told apart with any colour vision; each has a
dash pattern and a marker of its own, so that nothing rests on colour alone.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Problem, Problems

if TYPE_CHECKING:
    from matplotlib.textpath import TextPath

__all__ = [
    "FAINT", "GREY", "GRID", "INK", "RC", "SERIES", "SIZE", "SMALL_SIZE", "Series", "fitted", "need_matplotlib",
    "series", "text_width", "wrapped",
]  # fmt: skip


class Series(NamedTuple):
    """How one series is drawn: colour, dashes (Matplotlib's on-off pattern in line widths) and marker."""

    colour: str
    dash: Any
    marker: str


INK = "#1b1b1b"
GREY = "#8a8a8a"
GRID = "#d9d9d9"
FAINT = "#f2f2f2"
SIZE = 8.0
"""Points of the text."""
SMALL_SIZE = 7.0
"""Points of numbers in tables and of notes; nothing is smaller."""
FONT = "DejaVu Sans"
MM = 72 / 25.4
"""Points in a millimetre."""

SERIES = (
    Series("#0072b2", "solid", "o"),
    Series("#d55e00", (0, (5, 1.6)), "s"),
    Series("#007a5a", (0, (5, 1.4, 1.2, 1.4)), "^"),
    Series("#a8518a", (0, (1.4, 1.2)), "D"),
    Series("#8c6100", (0, (8, 2)), "v"),
    Series("#1f1f1f", (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2)), "P"),
    Series("#3c8dbc", (0, (2.4, 2.4)), "X"),
)

RC = {
    "font.family": FONT, "font.size": SIZE, "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK,
    "axes.linewidth": 0.7, "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": SIZE,
    "xtick.color": INK, "ytick.color": INK, "xtick.labelsize": SIZE, "ytick.labelsize": SIZE,
    "xtick.major.width": 0.7, "ytick.major.width": 0.7, "xtick.major.size": 3.0, "ytick.major.size": 3.0,
    "lines.linewidth": 1.4, "lines.dash_capstyle": "butt", "lines.scale_dashes": True, "text.parse_math": False,
    "svg.hashsalt": "netlm", "svg.fonttype": "path", "pdf.fonttype": 42, "figure.dpi": 100, "savefig.dpi": 200,
    "figure.facecolor": "white", "savefig.facecolor": "white", "axes.facecolor": "white", "axes.unicode_minus": True,
}  # fmt: skip


def series(number: int) -> Series:
    """The style of series ``number``; past the last colour the dashes shift, so that a pair does not recur."""
    turn, place = divmod(number, len(SERIES))
    return Series(
        SERIES[place].colour, SERIES[(place + turn) % len(SERIES)].dash, SERIES[(place + turn) % len(SERIES)].marker
    )


def need_matplotlib() -> None:
    """Raise ``Problems`` with the remedy where Matplotlib is not installed."""
    try:
        import matplotlib as mpl  # noqa: F401
    except ImportError:
        found, remedy = "no Matplotlib in this installation", "Add it with: pip install 'netlm[figures]'"
        raise Problems([Problem(found, "the extra `figures`", remedy, "extra", place="picture")]) from None


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """The width of a line of text in millimetres."""
    if not text.strip():
        return 0.0
    need_matplotlib()
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    plain = text.replace("$", r"\$")  # no formula
    path = TextPath((0, 0), plain, size=size, prop=FontProperties(family=FONT, weight=weight), usetex=False)
    return _right_edge(path) / MM


def _right_edge(path: TextPath) -> float:
    """The rightmost x of the outline, as ``path.get_extents().x1``, all curves at once.

    The letters of the font are lines and quadratic curves (code 3, two vertices each: control and end).
    """
    import numpy as np

    x, codes = path.vertices[:, 0], path.codes
    controls = np.flatnonzero(codes == path.CURVE3)[::2]
    start, control, end = x[controls - 1], x[controls], x[controls + 1]
    bend = start - 2 * control + end
    t = np.divide(start - control, bend, out=np.zeros_like(bend), where=bend != 0).clip(0, 1)
    curved = (1 - t) ** 2 * start + 2 * (1 - t) * t * control + t**2 * end
    on_outline = (codes == path.MOVETO) | (codes == path.LINETO)
    return float(np.concatenate((x[on_outline], end, curved)).max())


def fitted(text: str, width: float, size: float = SIZE, weight: str = "normal") -> str:
    """``text`` on one line of ``width`` millimetres, shortened with an ellipsis where it is longer."""
    text = " ".join(text.split())
    if text_width(text, size, weight) <= width:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width(text[:middle].rstrip() + "…", size, weight) <= width:
            fits = middle
        else:
            too_long = middle
    return text[:fits].rstrip() + "…"


def wrapped(text: str, width: float, size: float = SIZE, lines: int = 2, weight: str = "normal") -> list[str]:
    """``text`` on at most ``lines`` lines of ``width`` millimetres; the last is shortened where it is longer."""
    words = text.split()
    found: list[str] = []

    def wide(count: int) -> float:
        return text_width(" ".join(words[:count]), size, weight)

    while len(found) < lines - 1 and len(words) > 1 and wide(len(words)) > width:
        count = max(1, bisect_right(range(len(words)), width, key=wide) - 1)
        found.append(" ".join(words[:count]))
        words = words[count:]
    return [fitted(line, width, size, weight) for line in [*found, " ".join(words)]]

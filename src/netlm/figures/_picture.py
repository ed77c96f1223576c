"""A picture: drawn when asked for, in the format asked for, the same bytes each time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems
from ..files import write_atomically
from ._style import MM, RC, need_matplotlib
from ._svg import cleaned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Picture"]

FORMATS = ("svg", "png", "pdf")


@contextmanager
def _house_style() -> Iterator[None]:
    """Matplotlib's own defaults and the house style, whatever the user's settings; theirs come back afterwards."""
    need_matplotlib()
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the words beside the picture hold it
            yield


@dataclass(frozen=True, eq=False)
class Picture:
    """``title`` and ``text`` say what is shown; ``draw(figure)`` draws it on ``width`` by ``height`` millimetres."""

    title: str
    text: str
    width: float
    height: float
    draw: Callable[[Figure], None] = field(repr=False)

    def _rendered(self, kind: str, metadata: dict[str, Any], dpi: float = 200) -> bytes:
        with _house_style():
            from matplotlib.figure import Figure

            figure = Figure(figsize=(self.width * MM / 72, self.height * MM / 72))
            self.draw(figure)
            content = BytesIO()
            figure.savefig(content, format=kind, metadata=metadata, dpi=dpi)
        return content.getvalue()

    @cached_property
    def svg(self) -> str:
        """The picture as SVG without scripts, styles or outside addresses, to stand in a page."""
        raw = self._rendered("svg", {"Date": None, "Creator": None}).decode()
        return cleaned(raw, self.title, self.text)

    def png(self, dpi: float = 200) -> bytes:
        """The picture as PNG."""
        return self._rendered("png", {"Software": None, "Title": self.title, "Description": self.text}, dpi)

    def pdf(self) -> bytes:
        """The picture as PDF, its letters as letters."""
        nothing = {"Creator": None, "Producer": None, "CreationDate": None}
        return self._rendered("pdf", {**nothing, "Title": self.title, "Subject": self.text})

    def save(self, path: str | Path) -> None:
        """Write the picture, whole or not at all; the ending of the name says the format.

        Raises ``Problems`` for another ending, or a path that cannot be written.
        """
        target = Path(path)
        kind = target.suffix.lower().lstrip(".")
        if kind not in FORMATS:
            listed = ", ".join(f".{one}" for one in FORMATS)
            problem = Problem("another ending", f"one of {listed}", "Name the file so.", "format", file=str(path))
            raise Problems([problem], str(path))
        content = self.svg.encode() if kind == "svg" else self.png() if kind == "png" else self.pdf()
        write_atomically(target, content)

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}<figcaption>{escape(self.text)}</figcaption></figure>"

"""Lines of text for a terminal or a printer: wrapped, with a hanging indent, and never a sign that acts on its own."""

from __future__ import annotations

import textwrap

__all__ = ["WIDTH", "field", "heading", "wrap"]

WIDTH = 100
_TIED = "\u00a0"
"""A space at which no line ends; it never comes with the text, where only signs that can be printed are left."""


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> list[str]:
    """The text in lines of ``width``; ``first`` stands before the first of them, ``rest`` before the others.

    A number and its per-cent sign stay on one line.
    """
    clean = "".join(sign if sign.isprintable() else " " for sign in text).replace(" %", f"{_TIED}%")
    lines = textwrap.wrap(
        clean, width, initial_indent=first, subsequent_indent=rest if rest is not None else " " * len(first),
        break_on_hyphens=False, break_long_words=True,
    ) or [first.rstrip()]  # fmt: skip
    return [line.replace(_TIED, " ") for line in lines]


def field(title: str, text: str) -> list[str]:
    """A title in the margin and its text beside it."""
    return wrap(text, f"{title:<14} ", " " * 15)


def heading(title: str, width: int = WIDTH) -> list[str]:
    """A heading under an empty line."""
    return ["", title.upper(), "-" * width]

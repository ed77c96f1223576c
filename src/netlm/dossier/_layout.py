"""Lines of text for a terminal or a printer: wrapped, with a hanging indent, and never a sign that acts on its own."""

from __future__ import annotations

import textwrap

__all__ = ["WIDTH", "field", "heading", "wrap"]

WIDTH = 100


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> list[str]:
    """The text in lines of ``width``; ``first`` stands before the first of them, ``rest`` before the others."""
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return textwrap.wrap(
        clean, width, initial_indent=first, subsequent_indent=rest if rest is not None else " " * len(first),
        break_on_hyphens=False, break_long_words=True,
    ) or [first.rstrip()]  # fmt: skip


def field(title: str, text: str) -> list[str]:
    """A title in the margin and its text beside it."""
    return wrap(text, f"{title:<14} ", " " * 15)


def heading(title: str, width: int = WIDTH) -> list[str]:
    """A heading under an empty line."""
    return ["", title.upper(), "-" * width]

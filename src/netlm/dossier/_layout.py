"""Lines of text for a terminal or a printer: wrapped, with a hanging indent, and never a sign that acts on its own."""

from __future__ import annotations

import re
import textwrap

__all__ = ["HYPHENED", "WIDTH", "field", "heading", "tied", "wrap"]

WIDTH = 100
_TIED = "\u00a0"
"""A space at which no line ends; it never comes with the text, where only signs that can be printed are left."""
_UNITS = "%|[cm]m[23]?|m2|k?g|mg|[uU]mol|[dm]?L|k?U|G?Bq|mCi|months?|years?|weeks?|days?|hours?|lesions?"
_MEASURED = re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![\w-]))")
HYPHENED = re.compile(r"(?<![\w.-])([\w.]{1,4}-\d[\w.]{0,5}(?:-\d{1,4})?)(?![\w-])", re.ASCII)
"""``Ki-67``, ``Y-90``, ``2026-11-20``, ``30-53``: what is read as one word, hyphen and all."""


def tied(text: str) -> str:
    """The text with every number tied to the unit after it."""
    return _MEASURED.sub(_TIED, text)


def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> list[str]:
    """The text in lines of ``width``; ``first`` stands before the first of them, ``rest`` before the others.

    A number and its unit stay on one line.
    """
    clean = tied("".join(sign if sign.isprintable() else " " for sign in text))
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

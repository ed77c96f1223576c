"""Tables as text, in lines of at most 100 signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

__all__ = ["TEXT_WIDTH", "text_table"]

TEXT_WIDTH = 100


def text_table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()
) -> Iterator[str]:
    """The lines of a table, its caption above and its notes below."""
    yield from wrap(caption, TEXT_WIDTH)
    widths = _widths([head, *rows])
    yield from _row(head, widths)
    yield "  " + "  ".join("-" * width for width in widths)
    for row in rows:
        yield from _row(row, widths)
    for note in notes:
        yield from wrap(note, TEXT_WIDTH, initial_indent="  ", subsequent_indent="  ")


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns as wide as they need; the widest give way until the line fits."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    while sum(widths) + 2 * len(widths) > TEXT_WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    parts = [wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(len(part) for part in parts)):
        shown = [part[number] if number < len(part) else "" for part in parts]
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(shown, widths, strict=True)).rstrip()

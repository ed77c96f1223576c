"""The survival page as text: 100 columns, readable without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from ._tables import name_of

if TYPE_CHECKING:
    from ._report import Report, Table

__all__ = ["to_text"]

WIDTH = 100
CURVE_WIDTH = 76
CURVE_HEIGHT = 16
MARKS = "*o+x#@%&"
SIGNS = {"fine": "[+]", "look": "[!]", "cannot tell": "[?]"}


def to_text(report: Report) -> str:
    """The whole page."""
    lines = [report.title, "=" * min(WIDTH, len(report.title)), "", *_curve(report), ""]
    for line in report.headline:
        lines += wrap(line, WIDTH)
    for table in report.tables:
        lines += ["", *_table(table)]
    lines += ["", "Checks"]
    for check in report.checks:
        text = f"{SIGNS[check.verdict]} {check.name}: {check.found}"
        lines += wrap(text, WIDTH, subsequent_indent="    ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _curve(report: Report) -> Iterator[str]:
    """The curves in letters, one mark for each group."""
    last = max(curve.last for curve in report.km) or 1.0
    columns = np.linspace(0, last, CURVE_WIDTH)
    grid = [[" "] * CURVE_WIDTH for _ in range(CURVE_HEIGHT + 1)]
    for number, curve in enumerate(report.km):
        for column, time in enumerate(columns):
            if time <= curve.last:
                level = float(np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.time, time, side="right")])
                grid[round((1 - level) * CURVE_HEIGHT)][column] = MARKS[number % len(MARKS)]
    for row, cells in enumerate(grid):
        percent = 100 * (1 - row / CURVE_HEIGHT)
        label = f"{percent:4.0f} %" if row % (CURVE_HEIGHT // 4) == 0 else " " * 6
        yield f"{label} |{''.join(cells)}"
    yield " " * 7 + "+" + "-" * CURVE_WIDTH
    end = f"{last:g}" + (f" {report.unit}" if report.unit else "")
    yield " " * 8 + "0" + end.rjust(CURVE_WIDTH - 1)
    for number, curve in enumerate(report.km):
        if report.several:
            yield f"{' ' * 8}{MARKS[number % len(MARKS)]} {name_of(curve.group)[:80]}"


def _table(table: Table) -> Iterator[str]:
    yield from wrap(table.caption, WIDTH)
    widths = _widths([table.head, *table.rows])
    yield from _row(table.head, widths)
    yield "  " + "  ".join("-" * width for width in widths)
    for row in table.rows:
        yield from _row(row, widths)
    for note in table.notes:
        yield from wrap(note, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns as wide as they need; the widest give way until the line fits."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    while sum(widths) + 2 * len(widths) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    parts = [wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(len(part) for part in parts)):
        shown = [part[number] if number < len(part) else "" for part in parts]
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(shown, widths, strict=True)).rstrip()

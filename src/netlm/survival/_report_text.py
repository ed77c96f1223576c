"""The survival page as text: 100 columns, readable without colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from ..figures import TEXT_WIDTH, text_table
from ._tables import name_of

if TYPE_CHECKING:
    from ._report import Report

__all__ = ["to_text"]

CURVE_WIDTH = 76
CURVE_HEIGHT = 16
MARKS = "*o+x#@%&"
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""What a terminal obeys instead of showing it; a name in a table may hold it."""
SIGNS = {"fine": "[+]", "look": "[!]", "cannot tell": "[?]"}


def to_text(report: Report) -> str:
    """The whole page."""
    lines = [report.title, "=" * min(TEXT_WIDTH, len(report.title)), "", *_curve(report), ""]
    for line in report.headline:
        lines += wrap(line, TEXT_WIDTH)
    for table in report.tables:
        lines += ["", *text_table(*table)]
    lines += ["", "Checks"]
    for check in report.checks:
        text = f"{SIGNS[check.verdict]} {check.name}: {check.found}"
        lines += wrap(text, TEXT_WIDTH, subsequent_indent="    ")
    return "\n".join(CONTROL.sub(" ", line).rstrip() for line in lines) + "\n"


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

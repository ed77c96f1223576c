"""A spreadsheet as text: its heading and its lines, whatever the separator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem, Problems
from ..files import read_bytes, shown_path

__all__ = ["REPEATED", "Sheet", "read_sheet"]

REPEATED = "redcap_repeat_instrument"
"""The column that names the form of REDCap that a line repeats."""
SHEET_BYTES = 1_000_000_000
SEPARATORS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as read: ``lines`` are the number of the line in the file and the cells by heading."""

    file: str
    content: bytes
    encoding: str
    heading: tuple[str, ...]
    lines: tuple[tuple[int, dict[str, str]], ...]

    def values(self, column: str) -> Iterator[str]:
        """The cells of a column that are filled."""
        return (cell for _, line in self.lines if (cell := line.get(column, "")))


def read_sheet(path: str | Path, encoding: str | None = None) -> Sheet:
    """The spreadsheet (CSV) in a file; without ``encoding`` UTF-8, else that of Windows in western Europe.

    Raises ``Problems``: no heading, a heading twice, lines of another length.
    """
    content, file = read_bytes(path, SHEET_BYTES), shown_path(path)
    text, found = _decoded(content, file, encoding)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        heading = tuple(cell.strip() for cell in next(rows, []))
        _check_heading(heading, file)
        lines, problems = [], []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(heading):
                said = f"{len(row)} cells under {len(heading)} headings"
                remedy = "Put cells that hold the separator in quotes."
                problems.append(Problem(said, "as many as headings", remedy, "ragged", file, rows.line_num))
                continue
            lines.append((rows.line_num, {name: cell.strip() for name, cell in zip(heading, row, strict=True)}))
    except csv.Error:
        found_here = Problem(
            "a quote that is not closed", "CSV", "Save the table as CSV again.", "not-csv", file, rows.line_num
        )
        raise Problems([found_here], file) from None
    if problems:
        raise Problems(problems, file)
    return Sheet(file, content, found, heading, tuple(lines))


def _decoded(content: bytes, file: str, encoding: str | None) -> tuple[str, str]:
    for name in (encoding,) if encoding not in (None, "utf-8") else ENCODINGS[: 1 if encoding else None]:
        try:
            return content.decode(name or ""), (name or "").removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    remedy = "Save it as UTF-8, or name its encoding in the mapping."
    raise Problems([Problem("bytes of another encoding", "UTF-8", remedy, "not-utf8", file=file)], file)


def _check_heading(heading: tuple[str, ...], file: str) -> None:
    if not any(heading):
        problem = Problem("no heading", "a heading in the first line", "Name the columns.", "no-heading", file, 1)
        raise Problems([problem], file)
    twice = [name for name in dict.fromkeys(heading) if heading.count(name) > 1]
    if twice:
        found = f"a heading that stands {heading.count(twice[0])} times (column {heading.index(twice[0]) + 1})"
        raise Problems([Problem(found, "each heading once", "Rename one.", "duplicate-heading", file, 1)], file)

"""Which scans ``netlm burden`` measures one after the other: those of a folder, or of a CSV with labels for each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Problem, Problems, nearest, safe_echo
from ._scan_options import LABELS, ONCE, Labels

if TYPE_CHECKING:
    from ..imaging import Job
    from ..registry import Sheet

__all__ = ["scans_of"]

FILE, SECOND = "labels", "second_reader"
COLUMNS = (FILE, SECOND, *LABELS, *ONCE)
FOR_ALL = ("each", "connectivity", "minimum_ml")
"""Options that hold for every scan of a table, so that its numbers can be compared."""
FILES_IN = (SECOND, *LABELS, "segments")
"""Columns that may name a file."""


def scans_of(source: str, labels: Labels, each: str) -> list[Job]:
    """The scans of a folder in the order of their names, or of the lines of a CSV.

    A cell of a column named as an option takes the place of that option for its line; an empty one leaves it.
    Raises ``Problems``: no scan at all, a CSV that is none, a column that is nearly one, a line without a file.
    """
    from ..imaging import Job, is_scan

    path = Path(source)
    if path.is_dir():
        arguments = {**labels.arguments(), "each": each}
        files = sorted(found for found in path.rglob("*") if found.is_file() and is_scan(found))
        jobs = [Job(str(file), arguments) for file in files]
    else:
        jobs = list(_listed(source, labels, each))
    if not jobs:
        problem = Problem("no label map", "files that end in .nii.gz, .nrrd, .mha or .dcm",
                          "Is it the right folder or list?", "usage", file=source)  # fmt: skip
        raise Problems([problem], source)
    return jobs


def _listed(source: str, labels: Labels, each: str) -> Iterator[Job]:
    from ..imaging import Job
    from ..registry import read_sheet

    sheet = read_sheet(source)
    names = _columns(sheet, source)
    empty = [line for line, cells in sheet.lines if not any(cells[own] for own, name in names.items() if name == FILE)]
    if empty:
        raise Problems([Problem("no file", "a label map in each line", "Fill it in, or leave the line out.", "usage",
                                file=source, line=line, place=FILE) for line in empty], source)  # fmt: skip
    for _, cells in sheet.lines:
        own = {name: _placed(name, cells[column], Path(source).parent) for column, name in names.items()}
        given = {name: (text,) for name, text in own.items() if text and name not in (FILE, SECOND)}
        arguments = {**Labels({**labels.options, **given}).arguments(), "each": each}
        yield Job(own[FILE], {**arguments, **({SECOND: own[SECOND]} if own.get(SECOND) else {})})


def _columns(sheet: Sheet, source: str) -> Mapping[str, str]:
    """The columns that say something of a scan, by their heading; any other is the user's own.

    Raises ``Problems`` for a heading that is nearly one of them, whose column would be lost without a word.
    """
    plain = {heading: heading.casefold().replace("-", "_").replace(" ", "_") for heading in sheet.heading}
    names = {heading: name for heading, name in plain.items() if name in COLUMNS}
    problems = [
        Problem(f"a column {safe_echo(heading, COLUMNS)}", f"one of {', '.join(COLUMNS)}, or another name",
                f"Did you mean `{close}`? Else rename it.", "usage", file=source, line=1)
        for heading in sheet.heading
        if heading not in names and (close := nearest(heading, COLUMNS))
    ]  # fmt: skip
    problems += [
        Problem(f"a column `{name}`", "one rule for all scans", f"Leave it out, and give --{name.replace('_', '-')}.",
                "usage", file=source, line=1)
        for name in FOR_ALL if name in plain.values()
    ]  # fmt: skip
    problems += [
        Problem(f"the column `{name}` twice", "each column once", "Keep one of them.", "usage", file=source, line=1)
        for name in COLUMNS
        if list(names.values()).count(name) > 1
    ]
    if FILE not in names.values():
        problems.append(Problem("no column `labels`", "a column `labels` with a file in each line", "Name it so.",
                                "usage", file=source, line=1))  # fmt: skip
    if problems:
        raise Problems(problems, source)
    return names


def _placed(name: str, text: str, folder: Path) -> str:
    """A cell with the files in it, which are named from the folder of the list, made whole."""
    from ..imaging import is_scan

    if name == FILE or (name in FILES_IN and is_scan(Path(text))):
        return os.path.normpath(folder / text)
    if name not in FILES_IN or "=" in text:
        return text
    parts = (part.strip().rpartition(":") for part in text.split(","))
    return ",".join(
        f"{os.path.normpath(folder / head)}:{label}" if head and is_scan(Path(head)) else f"{head}{colon}{label}"
        for head, colon, label in parts
    )

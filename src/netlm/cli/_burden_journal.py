"""What a run over many scans has done, kept beside its table until all is done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from ..errors import Problem, Problems

__all__ = ["Journal"]

HEAD = orjson.dumps({"netlm": "burden-rows/1"}) + b"\n"


class Journal:
    """A line for each row; ``rows`` are those of an earlier run by what they were made from, without failed ones."""

    def __init__(self, target: Path) -> None:
        """Open the journal of a table, tried out before hours are spent on it.

        Raises ``Problems`` where the table could not be written, and where the file is not one of these.
        """
        self.path = target.with_name(f"{target.name}.part")
        try:
            if target.is_dir():
                raise IsADirectoryError
            with self.path.open("ab"):
                content = self.path.read_bytes()
        except OSError:
            problem = Problem(
                "a table that cannot be written", "a writable file in an existing folder",
                "Check the path and its permissions; nothing was measured.", "unwritable", file=str(target), place="-o",
            )  # fmt: skip
            raise Problems([problem], str(target)) from None
        if not content.startswith(HEAD[: len(content)]):
            problem = Problem(
                "a file of that name which no run of this version began", "none, or the beginning of this table",
                "Move or remove it, or choose another -o; nothing was measured.", "not-a-journal", file=str(self.path),
            )  # fmt: skip
            raise Problems([problem], str(self.path))
        rows, whole = _rows(content)
        self.rows = {row["made_from"]: row for row in rows if row.get("made_from") and not row.get("error")}
        with self.path.open("r+b") as stream:
            stream.truncate(whole)
        self.stream = self.path.open("ab")
        if not whole:
            self.add_bytes(HEAD)

    def add(self, row: Mapping[str, Any]) -> None:
        """Keep a row."""
        self.add_bytes(orjson.dumps(row) + b"\n")

    def add_bytes(self, content: bytes) -> None:
        """Write, and leave nothing in memory that a kill would lose."""
        self.stream.write(content)
        self.stream.flush()

    def close(self, *, done: bool) -> None:
        """Close the file, and remove it where the table has been written."""
        self.stream.close()
        if done:
            self.path.unlink(missing_ok=True)  # another run to the same table may have ended before


def _rows(content: bytes) -> tuple[list[dict[str, Any]], int]:
    """The rows in a journal, and the bytes up to the end of the last whole one; a kill may have torn the last line."""
    if not content.startswith(HEAD):
        return [], 0
    rows: list[dict[str, Any]] = []
    whole = len(HEAD)
    for line in content[whole:].split(b"\n")[:-1]:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            break
        rows.append(row)
        whole += len(line) + 1
    return rows, whole

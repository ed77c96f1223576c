"""Reading many documents: which files there are, what each is, and its rows; on all processors for many of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..errors import Problem, Problems
from ..files import Mapping, Scalar, read_bytes, shown_path
from ._import_rows import Document, Part, part_of
from ._import_tree import tree_of

__all__ = ["Found", "documents", "found_in", "read_all"]

ENDINGS = (".yaml", ".yml", ".json", ".jsonl")
TABLES = (".csv", ".tsv")
MANY = 2000
"""From so many documents on it pays to start other processes."""
PART = 1000
FILE_BYTES = 16_000_000
LINES_BYTES = 4_000_000_000
FORMATS = "case/1, decision/1 or follow-up/1"


@dataclass(frozen=True, slots=True)
class Found:
    """A document as found: the file that the user named, its line in a file of many, its bytes and their hash."""

    file: str
    line: int | None
    content: bytes
    sha256: str


def documents(paths: Iterable[str | Path]) -> Iterator[Found]:
    """Every document of files and folders: one a file, or one a line of a ``.jsonl`` file.

    Raises ``Problems`` for what cannot be read at all.
    """
    for path in paths:
        for file in _files(Path(path)):
            name = shown_path(file)
            if file.suffix.lower() in TABLES:
                remedy = f"Propose one with: netlm registry map {name}"
                raise Problems([Problem("a table without a mapping", "--mapping", remedy, "no-mapping", name)], name)
            if file.suffix == ".jsonl":
                yield from _lines(name, read_bytes(file, LINES_BYTES))
            else:
                content = read_bytes(file, FILE_BYTES)
                yield Found(name, None, content, sha256(content).hexdigest())


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return (path,)
    found = sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS and one.is_file())
    if not found:
        problem = Problem(
            "a folder without files to import", f"files that end in {', '.join(ENDINGS)}", "Name another folder.",
            "nothing-found", file=shown_path(path),
        )  # fmt: skip
        raise Problems([problem])
    return found


def _lines(name: str, content: bytes) -> Iterator[Found]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield Found(name, number, line, sha256(line).hexdigest())


def found_in(name: str, contents: Iterable[bytes]) -> Iterator[Found]:
    """Documents that were made, one a line of what ``name`` calls them."""
    for number, content in enumerate(contents, 1):
        yield Found(name, number, content, sha256(content).hexdigest())


def read_all(found: Sequence[Found], first: int) -> Iterator[Part]:
    """All documents, read, in order; their sources are numbered from ``first`` on."""
    processors = os.cpu_count() or 1
    if len(found) < MANY or processors == 1:
        yield _read_part(found, first)
        return
    from ._import_workers import Workers

    starts = range(0, len(found), PART)
    with Workers(processors, f"{__name__}:{_read_part.__name__}") as workers:
        yield from workers.map([(found[at : at + PART], first + at) for at in starts])


def _read_part(found: Sequence[Found], first: int) -> Part:
    return part_of(map(_read, found), first)


def _read(one: Found) -> Document | tuple[Problem, ...]:
    try:
        return _document(one)
    except Problems as problems:
        for problem in problems.problems:
            problem.line = problem.line or one.line
        return problems.problems


def _document(one: Found) -> Document:
    """The rows of one document.

    Raises ``Problems``.
    """
    from ..case import load_case, read_case
    from ..decision import read_decision
    from ._import_board import case_rows, decision_rows
    from ._import_follow_up import read_follow_up

    tree = tree_of(one.content, one.file, one.line)
    named = tree.get("netlm") if isinstance(tree, Mapping) else None
    form = named.text if isinstance(named, Scalar) else None
    if form == "case/1":
        return case_rows(read_case(tree, one.file))
    if form == "decision/1":
        return decision_rows(read_decision(tree, one.file))
    if form == "follow-up/1":
        return read_follow_up(tree, one.file)
    if isinstance(tree, Mapping) and tree.get("resourceType") is not None and one.line is None:
        return case_rows(load_case(one.file))
    remedy = "The first line says what a file is, such as `netlm: case/1`. A table (CSV) needs --mapping."
    raise Problems([Problem("another file", FORMATS, remedy, "format", one.file, one.line, place="netlm")], one.file)

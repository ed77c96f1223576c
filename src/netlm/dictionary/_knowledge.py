"""The files of ``knowledge``: each read once, and what was made of them kept until one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from ..files import Record, cached, from_plain, read_tree, read_trees, to_plain

__all__ = ["kept_knowledge", "knowledge_folder", "knowledge_records"]

Made = TypeVar("Made")
READ_TOGETHER = (
    "conventions.yaml", "dictionary", "guidance", "options", "references.yaml", "publications/words.yaml",
)  # fmt: skip
"""Parts of the knowledge that are read whenever one of them is."""
READERS = ("values", "files", "logic", "dictionary")
"""Packages that have a hand in everything that is made of the knowledge."""


def knowledge_folder() -> Path:
    """The folder of everything clinical, as installed."""
    return Path(__file__).resolve().parent.parent / "knowledge"


def kept_knowledge(
    name: str, parts: Sequence[str], make: Callable[[], Made], classes: Sequence[type], readers: Sequence[str] = (),
) -> Made:  # fmt: skip
    """What ``make`` makes of ``parts`` of the knowledge, from what an earlier run kept under ``name`` where that holds.

    It holds while no file of these parts, of ``readers`` (packages beside those that always count) or of the code
    between has changed. ``classes`` are those of the objects in it. Errors of ``make`` go through.
    """
    home = knowledge_folder()
    sources = [path for part in parts for path in _files(home / part)]
    code = [path for package in (*READERS, *readers) for path in sorted((home.parent / package).glob("*.py"))]
    made: Made = cached(
        name, [*sources, *code], make, lambda made: to_plain(made, classes), lambda kept: from_plain(kept, classes)
    )
    return made


def knowledge_records(folder: Path, form: str) -> Iterator[Record]:
    """Every file of ``folder`` (or the one file it is), checked to be of the versioned format ``form``."""
    paths = _files(folder) if folder.is_dir() else [folder]
    for path in paths:
        record = _record(path)
        if record.text("netlm", "") == form:
            yield record
        elif folder == path:
            record.fail("netlm", f"`{record.text('netlm', '')}`", f"`{form}`")


def _files(place: Path) -> list[Path]:
    """The YAML files of a folder, in their order; a file is its own."""
    return sorted(place.rglob("*.yaml")) or [place]


_READ: dict[Path, tuple[int, int, Record]] = {}


def _record(path: Path) -> Record:
    """The file, read once as long as it does not change on disk; several formats stand in one folder."""
    home = knowledge_folder()
    if not _READ and any(path.is_relative_to(home / part) for part in READ_TOGETHER):
        _read_together(home)
    seen = _seen(path)
    kept = _READ.get(path)
    if kept is None or kept[:2] != seen:
        kept = _READ[path] = (*seen, Record(read_tree(path), str(path)))
    return kept[2]


def _read_together(home: Path) -> None:
    """What is read together, from what was kept of an earlier run."""
    paths = [path for part in READ_TOGETHER for path in _files(home / part)]
    for path, tree in read_trees("knowledge", paths).items():
        _READ[path] = (*_seen(path), Record(tree, str(path)))


def _seen(path: Path) -> tuple[int, int]:
    """When the file was changed and its size; nothing of a file that is gone, which reading it tells."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size

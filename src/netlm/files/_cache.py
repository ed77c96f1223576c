"""What was worked out from files, kept until the content of one of them changes.

Kept as JSON, never as a program's own objects, so that nothing in the folder can run. Only knowledge is kept, no
patient. ``NETLM_CACHE`` names the folder, or is ``off``; where it cannot be written nothing is kept.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ..errors import Problems
from ._write import write_atomically

__all__ = ["cached"]

VARIABLE = "NETLM_CACHE"
Made = TypeVar("Made")


def cached(
    name: str, sources: Iterable[Path], make: Callable[[], Made], write: Callable[[Made], Any],
    read: Callable[[Any], Made],
) -> Made:  # fmt: skip
    """What ``make`` gives; made anew only where the bytes of ``sources`` are not those of then.

    ``write`` turns it into what JSON can hold, ``read`` turns that back. Errors of ``make`` go through, and nothing is
    kept.
    """
    folder = _folder()
    if folder is None:
        return make()
    path = folder / f"{name}-{_digest(sources)}.json"
    with _no_collection():  # nothing that is read becomes garbage
        kept = _kept(path)
        if kept is not None:
            return read(kept)
    made = make()
    _keep(path, orjson.dumps(write(made)), name)
    return made


@contextmanager
def _no_collection() -> Iterator[None]:
    """The search for circular garbage put off; it costs more than the reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _kept(path: Path) -> Any:
    """What was kept, or None where nothing was or it cannot be read."""
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None


def _folder() -> Path | None:
    named = os.environ.get(VARIABLE, "")
    if named == "off":
        return None
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "netlm"
    except RuntimeError:  # no home
        return None


def _digest(sources: Iterable[Path]) -> str:
    digest = sha256()
    for path in sources:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _keep(path: Path, content: bytes, name: str) -> None:
    """Write what was made, and remove what was made before from other content."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        for old in path.parent.glob(f"{name}-*.json"):
            if old != path:
                old.unlink(missing_ok=True)
    except (OSError, Problems):
        return

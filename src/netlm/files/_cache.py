"""What was worked out from files, kept until the content of one of them changes.

Kept as JSON, never as a program's own objects, so that nothing in the folder can run. Only knowledge is kept, no
patient. ``NETLM_CACHE`` names the folder, or is ``off``; where it cannot be written nothing is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from ..errors import Problems
from ._write import write_atomically

__all__ = ["cached"]

VARIABLE = "NETLM_CACHE"


def cached(name: str, sources: Iterable[Path], make: Callable[[], Any]) -> Any:
    """What ``make`` gives, as plain JSON values; made anew only where the bytes of ``sources`` are not those of then.

    Errors of ``make`` go through, and nothing is kept.
    """
    folder = _folder()
    if folder is None:
        return orjson.loads(orjson.dumps(make()))
    path = folder / f"{name}-{_digest(sources)}.json"
    kept = _kept(path)
    if kept is None:
        content = orjson.dumps(make())
        _keep(path, content, name)
        kept = orjson.loads(content)
    return kept


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

"""One writer at a time: a lock beside the registry, which the system frees when its holder dies."""

from __future__ import annotations

import datetime
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from ..errors import Problem, Problems

__all__ = ["Holder", "holding"]

PRIVATE = 0o600
STEP = 0.1
"""Seconds between two attempts."""
HOLDER_BYTES = 1000
Holder = dict[str, Any]
"""Who writes: ``pid``, ``host`` and ``since``."""


@contextmanager
def holding(path: Path, wait: float, on_wait: Callable[[Holder, float], None] | None = None) -> Iterator[None]:
    """The right to write ``path``, waited for at most ``wait`` seconds.

    ``on_wait`` is told who holds it and for how long one has waited. Raises ``Problems`` with the holder.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError:
        found, remedy = "a folder that cannot be written", "Check the folder and its permissions."
        raise Problems([Problem(found, "a writable folder", remedy, "unwritable", file=str(path))]) from None
    try:
        _wait(handle, path, wait, on_wait)
        _tell(handle)
        try:
            yield
        finally:
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, wait: float, on_wait: Callable[[Holder, float], None] | None) -> None:
    begun = time.monotonic()
    while not _locked(handle):
        waited = time.monotonic() - begun
        holder = _holder(handle)
        if waited >= wait:
            found = f"another writer ({_said(holder)})"
            remedy = "Nothing was changed. Wait until it is done, or allow a longer --wait."
            raise Problems([Problem(found, "a registry that nobody writes", remedy, "in-use", file=str(path))])
        if on_wait is not None and holder:  # empty while the lock is being taken or let go
            on_wait(holder, waited)
        time.sleep(STEP)


def _locked(handle: int) -> bool:
    """Whether the lock was free and is now ours."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _tell(handle: int) -> None:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    holder = orjson.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now})
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, holder)


def _holder(handle: int) -> Holder:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        told = orjson.loads(os.read(handle, HOLDER_BYTES))
    except (OSError, orjson.JSONDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _said(holder: Holder) -> str:
    if not holder:
        return "not told which"
    return f"process {holder.get('pid')} on {holder.get('host')} since {holder.get('since')}"

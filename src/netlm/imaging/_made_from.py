"""What a measurement was made from: the bytes of its files, its labels and rules, and the version of the program."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import Problems
from ._payload import voxels_beside
from ._read import ITK
from ._scan import file_of
from ._types import Rules

__all__ = ["fingerprint"]


def fingerprint(file: str, arguments: Mapping[str, Any], rules: Rules) -> str | None:
    """One number (SHA-256) of all that decides what ``burden`` says of a file; None where that cannot be told.

    ``arguments`` are those of ``burden``, of text, numbers and files. It cannot be told where a file is missing, or
    where a header names voxels that are not read.
    """
    digest = sha256(repr((__version__, file, arguments, rules)).encode())
    try:
        for path in _files(file, arguments):
            with path.open("rb") as stream:
                digest.update(file_digest(stream, "sha256").digest())
    except (OSError, ValueError, Problems):
        return None
    return digest.hexdigest()


def _files(file: str, arguments: Mapping[str, Any]) -> Iterator[Path]:
    for path in (file, *_named(arguments)):
        yield Path(path)
        if path.lower().endswith(ITK) and (voxels := voxels_beside(path)) is not None:
            yield voxels


def _named(value: Any) -> Iterator[str]:
    """Every file that an argument names, as ``FILE`` or ``FILE:LABEL``."""
    if isinstance(value, str | os.PathLike):
        path, _ = file_of(value)
        if path is not None:
            yield path
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _named(one)

"""Pseudonyms and shifts of days from a key that the user keeps: the same key gives the same, another key others."""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from ..errors import Problem, Problems

__all__ = ["Key", "load_key"]

BYTES = 32
SIGNS = 16
"""Of a pseudonym, in hexadecimal: 64 bits."""
PRIVATE = 0o600
HALF_YEAR = 182
"""Days are shifted by up to this much, to either side, never by none."""
HEXADECIMAL = 16


class Key:
    """Keyed pseudonyms; nobody without the key can tell whose they are, or try ids until one fits."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def _digest(self, purpose: str, text: str) -> str:
        return hmac.new(self._secret, f"{purpose}\n{text}".encode(), sha256).hexdigest()

    def pseudonym(self, name: str) -> str:
        """The name under which a patient or a case is exported."""
        return self._digest("name", name)[:SIGNS]

    def shift(self, patient: str) -> int:
        """By how many days all days of a patient are shifted."""
        place = int(self._digest("shift", patient), HEXADECIMAL) % (2 * HALF_YEAR)
        return place - HALF_YEAR if place < HALF_YEAR else place - HALF_YEAR + 1


def load_key(path: str | Path) -> Key:
    """The key in a file; a new one where there is no file, readable by its owner alone.

    Raises ``Problems`` for a file that holds no key.
    """
    file = Path(path)
    if not file.exists():
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        except OSError:
            raise _problem(path, "a path that cannot be written", "Check the folder and its permissions.") from None
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(BYTES) + "\n")
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if len(secret) != BYTES:
        raise _problem(path, "a file that holds no key", "Name another file; a new one is made where there is none.")
    return Key(secret)


def _problem(path: str | Path, found: str, remedy: str) -> Problems:
    return Problems([Problem(found, "the key of earlier exports, or a new file", remedy, "bad-key", file=str(path))])

"""Pseudonyms and shifts of days from a key that the user keeps: the same key gives the same, another key others."""

from __future__ import annotations

import hmac
import os
import secrets
from calendar import monthrange
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from ..errors import Problem, Problems

__all__ = ["Key", "load_key"]

BYTES = 32
SIGNS = 16
"""Of a pseudonym, in hexadecimal: 64 bits."""
PRIVATE = 0o600
WEEKS = 26
"""Days are shifted by up to this many weeks, to either side, never by none."""
WEEK = 7
LONGEST_MONTH = 31
YEAR = 12
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
        """By how many days all days of a patient are shifted.

        Whole weeks: operations and boards keep to days of the week, so that another shift would show how far it is
        from one.
        """
        place = self._draw("shift", patient, 2 * WEEKS)
        return WEEK * (place - WEEKS if place < WEEKS else place - WEEKS + 1)

    def widened(self, patient: str, first: date, last: date) -> tuple[date, date]:
        """A range of days that holds ``first`` to ``last``, not yet shifted, and begins on no day of its own.

        A day known as a month begins on the first of it, and so would show its shift. The new range begins on any day
        of as many months before as the range is long, of a year at most, each as likely; its width follows from the
        number of months alone. So every shift explains it as well as any other. The same range of a patient is always
        widened in the same way: two ways would narrow it down.
        """
        months = -(-((last - first).days + 1) // LONGEST_MONTH)
        before = min(months, YEAR)
        span = (first - _months_before(first, before)).days
        begins = first - timedelta(1 + self._draw("range", f"{patient}\n{first}\n{last}", span))
        return begins, begins + timedelta(LONGEST_MONTH * (months + before))

    def _draw(self, purpose: str, text: str, number: int) -> int:
        """One of the first ``number`` whole numbers, each as likely."""
        return int(self._digest(purpose, text), HEXADECIMAL) % number


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * YEAR + day.month - 1 - months, YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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

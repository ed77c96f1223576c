"""Every error netlm raises on purpose.

The whole tree::

    Exception
    └── NetlmError
        ├── Problem   (also ValueError)  one thing wrong, with its place and its remedy
        └── Problems  (also ValueError)  several of them, all of one file at once

A ``Problem`` says what a person needs to mend it. ``found`` never repeats free text: what was typed may name a
person, so only numbers with units, names_like_this and near misses of the vocabulary are echoed (see ``safe_echo``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["NetlmError", "Problem", "Problems", "nearest", "safe_echo"]


class NetlmError(Exception):
    """Base of every error that netlm raises on purpose."""


@dataclass(eq=True, unsafe_hash=True)
class Problem(NetlmError, ValueError):  # noqa: N818 - the word a reader expects
    """One thing that is wrong: where, what was found, what was expected and how to mend it.

    ``file`` is the path as the user gave it, ``line`` and ``column`` count from 1, ``place`` names the key or
    argument, ``code`` is a stable word for programs.
    """

    found: str
    expected: str
    remedy: str
    code: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    place: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = ": ".join(part for part in (where, self.place) if part)
        said = f"found {self.found}; expected {self.expected}. {self.remedy}"
        return f"{head}: {said}" if head else said

    def to_dict(self) -> dict[str, Any]:
        """The problem as JSON: ``line``, ``place``, ``found``, ``expected``, ``remedy``, ``code``."""
        return {
            "line": self.line,
            "column": self.column,
            "place": self.place,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
            "code": self.code,
        }


class Problems(NetlmError, ValueError):  # noqa: N818
    """All the problems of one file, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem], file: str | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.line or 0, p.column or 0)))
        self.file = file or next((p.file for p in self.problems if p.file), None)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def to_dict(self) -> dict[str, Any]:
        """The error object of the command line's JSON."""
        return {"error": {"file": self.file, "problems": [problem.to_dict() for problem in self.problems]}}


_NUMERIC = re.compile(
    r"(?:[\s\d.,:;<>=~±≤≥+*^/%\-–²³]|\b(?:to|at|least|most|more|less|than|up|over|under|above|below|about|of|per|x|E|e)\b"
    r"|(?:mm|cm|µm|μm|um|m|mL|ml|L|l|dL|dl|mg|µg|ug|g|kg|µmol|μmol|umol|mmol|mo|months?|weeks?|days?|years?|yrs?|y|a|h|min"
    r"|HPF|hpf|Gy|GBq|MBq|mCi|G|U|IU|percent|pct|liver|tumou?r|volume|cells)(?![A-Za-z]))+"
)
_IDENTIFIER = re.compile(r"(?=[a-z0-9_]*_)[a-z][a-z0-9_]{0,39}")


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was probably meant to be, or None."""
    from difflib import get_close_matches  # only a mistake needs it

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    close = get_close_matches(word.casefold().replace("-", "_").replace(" ", "_"), list(by_folded), n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def safe_echo(text: str, vocabulary: Sequence[str] = ()) -> str:
    """``text`` as an error may repeat it: numbers with units, names_like_this, near misses of ``vocabulary``.

    Anything else is described by its length, since free text may name a person.
    """
    if not text.strip():
        return "nothing"
    numeric = any(sign.isdigit() for sign in text) and len(text) <= 32 and _NUMERIC.fullmatch(text)
    if numeric or _IDENTIFIER.fullmatch(text) or (vocabulary and len(text) <= 40 and nearest(text, vocabulary)):
        return f"`{text}`"
    return f"text of {len(text)} characters, not repeated here"

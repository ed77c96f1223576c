"""One patient's case, as read: what was asked, what is known, what was known before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..dictionary import Facts, Finding
from ..errors import Problem
from ..files import Node

__all__ = ["DATA", "Case", "Earlier"]

DATA = ("real", "synthetic", "published")
"""Whose data a case holds: a patient's, nobody's (made up), or those of a published report."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier value of a fact, so that pace can be shown."""

    fact: str
    finding: Finding


@dataclass(frozen=True)
class Case:
    """A case file that could be read without a problem.

    ``data`` is one of ``DATA``, None where the file does not say;
    ``told`` holds what is shown and never judged (question, intent, new_problem, presenter, priorities);
    ``records`` the lists as entered (specimens, lesions, treatments, hormone_markers); ``warnings`` values outside
    their usual range, after the ``issues`` of reading an export; ``what_if`` the facts that were set against the
    file; ``document`` the file itself.
    """

    id: str
    as_of: datetime.date
    data: str | None
    facts: Facts
    told: Mapping[str, str]
    records: Mapping[str, tuple[Mapping[str, Finding], ...]]
    history: tuple[Earlier, ...]
    warnings: tuple[Problem, ...]
    document: Node
    file: str
    what_if: Mapping[str, str]
    issues: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The head of the case as exported."""
        stated = {"data": self.data} if self.data else {}
        return {"id": self.id, "as_of": self.as_of.isoformat(), **stated, **self.told}

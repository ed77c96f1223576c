"""What an import refuses because it contradicts a death: the later row, or the death of a row that is stored."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Problem
from ._store import Draft
from ._validate_death import late_rows

__all__ = ["Refused", "refused_of"]


@dataclass(frozen=True, slots=True)
class Refused:
    """A document, or a line of a spreadsheet, of an import; ``stored`` where it contradicts what is stored."""

    source: int
    line: int | None
    stored: bool
    problem: Problem


def refused_of(draft: Draft, first: int) -> tuple[Refused, ...]:
    """What contradicts a death, where the one or the other is of a source from ``first`` on.

    Of two that are new the later row goes, so that nobody is taken for alive who has died.
    """
    return tuple(
        Refused(late.row.source, late.row.line, late.died.source < first, late.problem())
        if late.row.source >= first
        else Refused(late.died.source, late.died.line, True, late.problem_of_death())
        for late in late_rows(draft, first)
    )

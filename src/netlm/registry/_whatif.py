"""What if: whose verdict another convention or another pack would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem, Problems, nearest
from ..guidance import VERDICT_CODES, Pack, VerdictColumns, program_of
from ..logic import Cell, Sheet
from ._engine import pinned, rows_of
from ._facts_table import facts_of
from ._named import named

__all__ = ["WhatIf", "what_if"]


@dataclass(frozen=True)
class WhatIf:
    """The verdicts of two packs on the same patients.

    ``options`` gives for every option both packs have the number of patients by (verdict before, verdict after);
    ``alike`` are those on which the two cannot differ, whoever the patient is.
    """

    before: Pack
    after: Pack
    patients: int
    options: Mapping[str, Mapping[tuple[str, str], int]]
    alike: tuple[str, ...]
    _table: Any

    def changed(self, option: str) -> int:
        """How many verdicts on ``option`` differ."""
        return sum(count for (first, second), count in self.options[option].items() if first != second)

    def ids(self, option: str, before: str | None = None, after: str | None = None) -> list[str]:
        """Who changes on ``option`` (from ``before``, to ``after``), in the order of the table.

        Raises ``Problem`` for an option that is not among those of both packs.
        """
        if option not in self.options:
            close = nearest(option, self.options)
            remedy = f"Did you mean `{close}`?" if close else "Name an option that both packs have."
            raise Problem("an unknown option", "an option of both packs", remedy, "usage", place="option")
        if option in self.alike:
            return []
        table = self._table
        first, second = table[f"{option} before"], table[f"{option} after"]
        rows = table.filter(first != second)
        for column, verdict in ((first, before), (second, after)):
            if verdict is not None:
                rows = rows.filter(column == VERDICT_CODES.index(verdict))
        return [name for (name,) in rows_of(rows.select("id"))]

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON, format ``what-if/1``."""
        return {
            "netlm": {"format": "what-if/1", "before": named(self.before), "after": named(self.after)},
            "patients": self.patients,
            "options": [
                {
                    "id": option,
                    "changed": self.changed(option),
                    "from_to": [{"from": one, "to": other, "patients": n} for (one, other), n in counts.items()],
                }
                for option, counts in self.options.items()
            ],
        }


def what_if(table: Any, before: Pack, after: Pack) -> WhatIf:
    """Judge every patient of a table of facts (see ``facts_of``) by two packs, or one under two conventions.

    What the two agree on is worked out once. Raises ``Problems``.
    """
    facts = facts_of(table, before.dictionary)
    sheet = Sheet(facts)
    packs = [VerdictColumns(program_of(pack), sheet) for pack in (before, after)]
    shared = [option for option in before.order if option in after.order]
    if not shared:
        raise Problems([Problem("two packs without a common option", "one", "Name another.", "no-pack")])
    columns: dict[str, Cell] = {"id": "id"}
    alike = []
    for option in shared:
        first, second = (pack.code(option) for pack in packs)
        columns[f"{option} before"] = first
        if first == second:
            alike.append(option)
        else:
            columns[f"{option} after"] = second
    kept = pinned(sheet.table(columns), kept=True)
    patients = rows_of(kept.aggregate(kept.count()))[0][0]
    counts = {option: _from_to(kept, option, option in alike) for option in shared}
    return WhatIf(before, after, patients, counts, tuple(alike), kept)


def _from_to(kept: Any, option: str, alike: bool) -> dict[tuple[str, str], int]:
    """Patients by both verdicts, worst first."""
    names = [f"{option} before", f"{option} {'before' if alike else 'after'}"]
    grouped = kept.select(first=kept[names[0]], second=kept[names[1]]).group_by(["first", "second"])
    rows = sorted(rows_of(grouped.aggregate(n=lambda table: table.count())))
    return {(VERDICT_CODES[first], VERDICT_CODES[second]): count for first, second, count in rows}

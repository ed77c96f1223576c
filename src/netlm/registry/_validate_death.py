"""Nothing happens to a patient who has died: the one rule, for one file, at an import, and for all that is stored."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from ._mapping import CASE
from ._schema import quoted
from ._schema_tables import Table, load_tables
from ._store import Registry

__all__ = ["CODE", "REMEDY", "Late", "Origin", "late_days", "late_rows"]

CODE = "after-death"
REMEDY = "Correct one of the two."
DAYS_ALIVE = (("snapshot", "as_of"), ("recommendation", "carried_out_date"))
"""Days of the registry's own tables on which the patient was alive; a board may meet after a death."""
SHEET = "table"
"""The format of a source that is a spreadsheet; its rows stand at the place ``line N``."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from; ``line`` is that of the spreadsheet, or of a file of many documents."""

    source: int
    file: str
    line: int | None
    place: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Late:
    """Something that only happens to the living, on a day that is certainly after the patient's death.

    ``day`` and ``death`` are days, or the first and the last that each can be.
    """

    patient: str
    day: str
    death: str
    row: Origin
    died: Origin

    def problem(self) -> Problem:
        """The row as the one to be corrected."""
        return Problem(
            f"{self.day}, after the death of patient `{self.patient}` on {self.death} ({self.died})",
            "a day up to the death", REMEDY, CODE, self.row.file, self.row.line, place=self.row.place,
        )  # fmt: skip

    def problem_of_death(self) -> Problem:
        """The death as the one to be corrected, where the row is stored already."""
        return Problem(
            f"{self.death}, the death of patient `{self.patient}`, before {self.day} "
            f"({self.row}, {self.row.place})",
            "a death after all that is in the registry",
            "Correct the death; or the other one, in its file, and import that first. (A case of another day takes the "
            "place of none: begin a new registry without the wrong one.)",
            CODE, self.died.file, self.died.line, place=self.died.place,
        )  # fmt: skip


def late_days(table: Table, row: Mapping[str, Any], last: datetime.date) -> Iterator[tuple[str, datetime.date]]:
    """The columns of a row that have a day after ``last``, the last on which the patient can have died."""
    if any(row[name] is None or row[name] in words for name, words in table.after_death.items()):
        return
    for name in table.days_alive:
        day = row[f"{name}_lo"]
        if day is not None and day > last:
            yield name, day


def late_rows(registry: Registry, since: int = 0) -> tuple[Late, ...]:
    """Every row with a day after the death, where the one or the other is of a source from ``since`` on."""
    asked = [
        _asked(table.name, name, f"{name}_lo", f"{name}_hi", _alive(table))
        for table in load_tables().tables.values()
        for name in table.days_alive
    ]
    asked += [_asked(table, day, day, day) for table, day in DAYS_ALIVE]
    all_of_them = " UNION ALL ".join(f"SELECT {number} AS number, * FROM ({one})" for number, one in enumerate(asked))
    rows = registry.rows(
        f"SELECT * FROM ({all_of_them}) WHERE row_source >= $since OR died_source >= $since ORDER BY ALL",
        {"since": since},
    )
    return tuple(
        Late(patient, day, death, _origin(table, name, *origins[::2]), _origin("death", "date", *origins[1::2]))
        for _, patient, day, death, table, name, *origins in rows
    )


def _asked(table: str, name: str, first: str, last: str, alive: str = "TRUE") -> str:
    day, death = _shown(f"t.{quoted(first)}", f"t.{quoted(last)}"), _shown("death.date_lo", "death.date_hi")
    return f"""SELECT t.patient_id, {day} AS day, {death} AS death, '{table}' AS of_table, '{name}' AS named,
                      s.source_id AS row_source, d.source_id AS died_source, s.file, d.file, s.line, d.line,
                      s.format, d.format, t.place, death.place
               FROM {quoted(table)} t JOIN death USING (patient_id)
               JOIN source s ON s.source_id = t.source_id JOIN source d ON d.source_id = death.source_id
               WHERE t.{quoted(first)} > death.date_hi AND {alive}"""


def _shown(first: str, last: str) -> str:
    return f"CASE WHEN {first} = {last} THEN {first}::VARCHAR ELSE {first} || ' to ' || {last} END"


def _alive(table: Table) -> str:
    """Whether a row of the table is certainly one of a living patient."""
    said = [f"t.{quoted(name)} NOT IN {(*words, '')}" for name, words in table.after_death.items()]
    return " AND ".join(said) or "TRUE"


def _origin(table: str, name: str, source: int, file: str, line: int | None, form: str, place: str) -> Origin:
    """In a spreadsheet the place says the line; the row is that of a table, or of the case."""
    if form == SHEET:
        shown = CASE if table == "snapshot" else table
        number = place.removeprefix("line ")
        return Origin(source, file, int(number) if number.isdigit() else None, f"{shown}.{name}")
    return Origin(source, file, line, f"{place}.{name}" if place else name)

"""What no single file can show: rows of several files that cannot all be true."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from ..errors import Problem
from ._schema import quoted
from ._schema_columns import REFERENCE
from ._schema_tables import Table, load_tables
from ._store import Registry
from ._validate_death import late_rows

__all__ = ["check_registry"]


def check_registry(registry: Registry) -> tuple[Problem, ...]:
    """Every contradiction between rows, with the file that each stands in; empty where there is none."""
    found: list[Problem] = []
    for table in load_tables().tables.values():
        if REFERENCE in table.columns:
            found += _unknown_treatments(registry, table)
    found += _twice(registry)
    found += [late.problem() for late in late_rows(registry)]
    found += _without_case(registry)
    found += _damaged(registry)
    return tuple(found)


def _unknown_treatments(registry: Registry, table: Table) -> Iterator[Problem]:
    rows = registry.rows(
        f"""SELECT t.patient_id, t.{REFERENCE}, file, line, t.place
            FROM {quoted(table.name)} t JOIN source USING (source_id)
            WHERE t.{REFERENCE} IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM treatment o WHERE o.patient_id = t.patient_id AND o.row = t.{REFERENCE})
            ORDER BY ALL"""
    )
    for patient, number, file, line, place in rows:
        yield Problem(
            f"treatment {number} of patient `{patient}`", "the number of one of the patient's treatments",
            "Add the treatment, or correct the number.", "no-such-treatment", file, line, place=place,
        )  # fmt: skip


def _twice(registry: Registry) -> Iterator[Problem]:
    """One treatment that two files tell of: nobody could say which of the two came first."""
    rows = registry.rows(
        f"""SELECT t.patient_id, t.{REFERENCE}, first.file, s.file, s.line, t.place
            FROM (SELECT patient_id, row AS {REFERENCE}, option, from_lo, from_hi, source_id, place,
                         min(source_id) OVER (PARTITION BY patient_id, option, from_lo, from_hi) AS first_id
                  FROM treatment WHERE option IS NOT NULL AND from_lo IS NOT NULL) t
            JOIN source s ON s.source_id = t.source_id JOIN source first ON first.source_id = t.first_id
            WHERE t.source_id <> t.first_id ORDER BY ALL"""
    )
    for patient, number, other, file, line, place in rows:
        yield Problem(
            f"treatment {number} of patient `{patient}`, which {other} gives too", "each treatment once",
            "If they are one, leave it out of one of the files.", "treatment-twice", file, line, place=place,
        )  # fmt: skip


def _without_case(registry: Registry) -> Iterator[Problem]:
    rows = registry.rows(
        """SELECT case_id, as_of, file, line FROM decision JOIN source USING (source_id)
           WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.case_id = decision.case_id AND s.as_of = decision.as_of)
           ORDER BY ALL"""
    )
    for case, day, file, line in rows:
        yield Problem(
            f"a decision on the case `{case}` of {day}, which is not in the registry", "the case that it rests on",
            "Import the case as the board had it.", "no-such-case", file, line, place="basis",
        )  # fmt: skip


def _damaged(registry: Registry) -> Iterator[Problem]:
    """A case whose text is no longer what was imported."""
    for case, text, digest in registry.rows("SELECT case_id, case_text, case_hash FROM snapshot ORDER BY ALL"):
        if sha256(text.encode()).hexdigest() != digest:
            yield Problem(
                f"the case `{case}`, altered since it was imported", "the text that was imported",
                "Import the case again.", "altered", file=str(registry.path), place="snapshot",
            )  # fmt: skip

"""What of a table is written where some facts are told of some patients nowhere: its cells and rows, in SQL.

``t`` is the table, ``hidden`` the facts that are not told of the row's patient. Unknown is not no: a row that is left
out makes the list of its table unknown, which the table ``coverage`` says.
"""

from __future__ import annotations

from ._export_facts import left_out_by, rows_of, shown_by, with_wholes
from ._schema_tables import load_tables

__all__ = ["HIDDEN", "covered", "is_left_out", "is_untold", "reason"]

HIDDEN = """LEFT JOIN (SELECT patient_id, list(fact) AS facts FROM untold GROUP BY patient_id) hidden
            ON hidden.patient_id = t.patient_id"""


def reason(fewest: int) -> str:
    """Why a fact is not told."""
    return f"fewer than {fewest} patients"


def is_untold(table: str, column: str) -> str | None:
    """Whether a cell is emptied; none where no cell of the column is."""
    return _any_of(shown_by(table, column))


def is_left_out(table: str, time_zero: str | None) -> str | None:
    """Whether a row is left out; none where no row of the table is."""
    return _any_of(left_out_by(table, time_zero))


def covered(fewest: int) -> str:
    """The table ``coverage``, in which no list is complete of which rows may have been left out."""
    lists = {name: rows_of(name) for name in load_tables().tables}
    hidden = " UNION ".join(
        f"SELECT patient_id, '{name}' AS of_table FROM untold WHERE fact IN ({_listed(with_wholes((rows,)))})"
        for name, rows in lists.items() if rows is not None
    )  # fmt: skip
    return f"""(FROM coverage ANTI JOIN ({hidden}) USING (patient_id, of_table)
                UNION ALL BY NAME SELECT *, '{reason(fewest)}' AS unknown FROM ({hidden}))"""


def _any_of(facts: tuple[str, ...]) -> str | None:
    return f"coalesce(list_has_any(hidden.facts, [{_listed(with_wholes(facts))}]), FALSE)" if facts else None


def _listed(facts: frozenset[str]) -> str:
    return ", ".join(f"'{fact}'" for fact in sorted(facts))

"""Of which patients a fact is not told, since too few have that answer or the empty cells would show which it was.

The promise, for every column of words, of lists of words, and of yes or no: an answer that stands in it is one of
``fewest`` patients at least; and where answers were emptied for being rarer, the empty cells are those of as many
patients, with two answers at least, or no answer of the column is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ._export_facts import is_answer, left_out_by, rows_of, shown_by, with_wholes
from ._schema import quoted
from ._schema_columns import Physical
from ._store import Registry

__all__ = ["untold"]

TABLES = ("answer", "shows", "untold", "struck", "goes")
VIEWS = {
    "emptied": """SELECT source, patient_id, count(DISTINCT shows.fact) AS facts
                  FROM shows JOIN untold ON untold.fact = shows.whole GROUP BY ALL""",
    "sure": """SELECT source, patient_id FROM emptied
               JOIN (SELECT source, count(DISTINCT fact) AS facts FROM shows GROUP BY source) USING (source, facts)""",
    "told": "FROM answer ANTI JOIN emptied USING (source, patient_id)",
    "hidden": "FROM answer SEMI JOIN sure USING (source, patient_id)",
    "open": "FROM answer ANTI JOIN sure USING (source, patient_id)",
}
"""Which cells are empty, and of which of them no part is told that could still show the answer."""


@contextmanager
def untold(
    registry: Registry, tables: Mapping[str, Sequence[Physical]], time_zero: str | None, fewest: int
) -> Iterator[None]:
    """Within the block the table ``untold`` says which ``fact`` is told of which ``patient_id`` nowhere.

    ``tables`` are those of patients, with the columns that are exported; having rows in a table is an answer too, and
    having none where the list is complete another.
    """
    run = registry.connection.execute
    run("CREATE TEMP TABLE answer (source VARCHAR, patient_id VARCHAR, answer VARCHAR)")
    run("CREATE TEMP TABLE shows (source VARCHAR, fact VARCHAR, whole VARCHAR)")
    run("CREATE TEMP TABLE untold (fact VARCHAR, patient_id VARCHAR)")
    run("CREATE TEMP TABLE struck (source VARCHAR)")
    run("CREATE TEMP TABLE goes (source VARCHAR, answer VARCHAR)")
    for view, query in VIEWS.items():
        run(f"CREATE TEMP VIEW {view} AS {query}")
    try:
        for table, columns in tables.items():
            without = left_out_by(table, time_zero)
            for source, facts, query in _answers(table, columns):
                run(f"INSERT INTO answer SELECT DISTINCT '{source}', patient_id, answer FROM ({query})")
                for fact in facts:
                    wholes = sorted(with_wholes((fact, *without)))
                    run("INSERT INTO shows SELECT ?, ?, unnest(?::VARCHAR[])", [source, fact, wholes])
        while _more(registry, fewest):
            pass
        yield
    finally:
        for view in reversed(VIEWS):
            run(f"DROP VIEW temp.{view}")
        for table in TABLES:
            run(f"DROP TABLE temp.{table}")


def _answers(table: str, columns: Sequence[Physical]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each column of answers, the facts it shows, and in SQL who has which answer."""
    rows = rows_of(table)
    if rows is not None:
        has = f"SELECT patient_id FROM {quoted(table)}"
        none = f"SELECT patient_id FROM coverage WHERE of_table = '{table}' AND complete EXCEPT {has}"
        told = f"SELECT patient_id, 'some' AS answer FROM ({has}) UNION SELECT patient_id, 'none' FROM ({none})"
        yield table, (rows,), told
    for one in columns:
        if is_answer(table, one):
            cell = quoted(one.name)
            told = f"SELECT patient_id, {cell}::VARCHAR AS answer FROM {quoted(table)} WHERE {cell} IS NOT NULL"
            yield f"{table}.{one.name}", shown_by(table, one.name), told


def _more(registry: Registry, fewest: int) -> bool:
    """One more round of leaving out; whether there was anything to leave out."""
    run = registry.connection.execute
    before = registry.rows("SELECT count(*) FROM untold")
    run("DELETE FROM goes")
    run(f"""INSERT INTO goes SELECT source, answer FROM told
            GROUP BY ALL HAVING count(DISTINCT patient_id) < {fewest}""")
    run("INSERT INTO struck SELECT source FROM goes EXCEPT FROM struck")
    _leave_out(registry, "SELECT source, patient_id FROM answer SEMI JOIN goes USING (source, answer)")
    weak = f"""SELECT source FROM struck LEFT JOIN hidden USING (source) GROUP BY source
               HAVING count(DISTINCT answer) < 2 OR count(DISTINCT patient_id) < {fewest}"""
    run("DELETE FROM goes")
    run(f"""INSERT INTO goes SELECT DISTINCT ON (source) source, answer FROM open WHERE source IN ({weak})
            GROUP BY source, answer ORDER BY source, count(DISTINCT patient_id), answer""")
    nobody_left = f"SELECT source FROM ({weak}) ANTI JOIN open USING (source)"
    _leave_out(
        registry,
        f"""SELECT source, patient_id FROM answer SEMI JOIN goes USING (source, answer)
                             UNION SELECT source, patient_id FROM ({nobody_left}), patient""",
    )
    return registry.rows("SELECT count(*) FROM untold") != before


def _leave_out(registry: Registry, cells: str) -> None:
    """Tell nothing more of the facts that some columns show of some patients."""
    registry.connection.execute(
        f"INSERT INTO untold SELECT fact, patient_id FROM ({cells}) JOIN shows USING (source) EXCEPT FROM untold"
    )

"""The database of a registry: making it, and bringing an older one to what this version holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import Problem, Problems
from ._schema_columns import Physical
from ._schema_tables import load_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FORMAT", "NUMBERED", "check_format", "create", "missing", "numbered_twice", "quoted", "set_meta", "upgrade"]

FORMAT = "registry/1"
NUMBERED = ("treatments", "numbered over all files")
"""What a registry says of itself since imports see to it; of an older one it has to be looked up."""


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def create(connection: DuckDBPyConnection) -> None:
    """The empty tables, in a database that has none."""
    for name, columns in load_tables().physical.items():
        described = ", ".join(f"{quoted(one.name)} {one.type}" for one in columns)
        connection.execute(f"CREATE TABLE {quoted(name)} ({described})")
    connection.execute("INSERT INTO meta VALUES ('format', ?), ('version', ?)", [FORMAT, __version__])
    set_meta(connection, *NUMBERED)


def set_meta(connection: DuckDBPyConnection, key: str, value: str) -> None:
    """Write down something of the registry as a whole."""
    connection.execute("DELETE FROM meta WHERE key = ?", [key])
    connection.execute("INSERT INTO meta VALUES (?, ?)", [key, value])


def check_format(connection: DuckDBPyConnection, file: str) -> None:
    """Refuse what is no registry, or one of a newer format.

    Raises ``Problems``.
    """
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    rows = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchall() if "meta" in tables else []
    found = rows[0][0] if rows else None
    if found != FORMAT:
        said = "a registry of another format" if found else "a database that is no registry"
        remedy = "A newer registry needs a newer netlm." if found else "`netlm registry init FILE` makes a new one."
        raise Problems([Problem(said, FORMAT, remedy, "format", file=file)], file)


def missing(connection: DuckDBPyConnection) -> Iterator[tuple[str, Physical]]:
    """The columns of this version that the database does not have, each with its table."""
    rows = connection.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    present = set(rows)
    for name, columns in load_tables().physical.items():
        yield from ((name, one) for one in columns if (name, one.name) not in present)


def numbered_twice(connection: DuckDBPyConnection) -> bool:
    """Whether two treatments of a patient have one number, as in several files of an older version."""
    if connection.execute("SELECT 1 FROM meta WHERE key = ? AND value = ?", NUMBERED).fetchall():
        return False
    asked = "SELECT 1 FROM treatment GROUP BY patient_id, row HAVING count(*) > 1 LIMIT 1"
    return bool(connection.execute(asked).fetchall())


def upgrade(connection: DuckDBPyConnection) -> frozenset[str]:
    """Add what an older version of the format did not have, empty; the tables that were added to.

    Within a format tables and columns are only ever added, so this is all that an older registry needs.
    """
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    added = list(missing(connection))
    for name, column in added:
        if name not in tables:
            connection.execute(f"CREATE TABLE {quoted(name)} ({quoted(column.name)} {column.type})")
            tables.add(name)
        else:
            connection.execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column.name)} {column.type}")
    if added:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'version'", [__version__])
    return frozenset(name for name, _ in added)

"""What one document becomes in the database, and how many of them are written at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Problem
from ._schema import quoted
from ._schema_columns import Physical
from ._schema_tables import load_tables
from ._validate import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Document", "Head", "Part", "arrow_table", "insert", "part_of"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a document is and of what it speaks, as ``Document``."""

    format: str
    subject: str
    data: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One file, or one line of one, as rows.

    ``subject`` is what it speaks of: a later document of the same subject takes its place. ``data`` says whose data it
    holds. ``rows`` are complete but for the number of their source, which comes before the place, the last cell.
    """

    format: str
    subject: str
    data: str | None
    rows: Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Part:
    """Some documents, read: of each its head or what is wrong in it, and their rows as Arrow tables, by table."""

    heads: list[Head | tuple[Problem, ...]]
    tables: dict[str, Any]


def part_of(documents: Iterable[Document | tuple[Problem, ...]], first: int) -> Part:
    """Documents whose sources are numbered from ``first`` on, as one part."""
    heads: list[Head | tuple[Problem, ...]] = []
    rows: dict[str, list[Row]] = {}
    for number, one in enumerate(documents, first):
        if isinstance(one, tuple):
            heads.append(one)
            continue
        heads.append(Head(one.format, one.subject, one.data))
        for table, found in one.rows.items():
            rows.setdefault(table, []).extend([(*row[:-1], number, row[-1]) for row in found])
    return Part(heads, {table: arrow_table(table, found) for table, found in rows.items()})


def arrow_table(table: str, rows: Sequence[Row]) -> Any:
    """Whole rows of a table of the registry, as Arrow holds them."""
    import pyarrow as pa

    columns = load_tables().physical[table]
    turned = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [pa.array(cells, _arrow(one)) for one, cells in zip(columns, turned, strict=True)]
    return pa.table(arrays, [one.name for one in columns])


def insert(connection: DuckDBPyConnection, table: str, batch: Any) -> None:
    """Write an Arrow table into a table of the registry."""
    connection.register("batch", batch)
    try:
        names = ", ".join(quoted(name) for name in batch.column_names)
        connection.execute(f"INSERT INTO {quoted(table)} ({names}) SELECT {names} FROM batch")
    finally:
        connection.unregister("batch")


def _arrow(column: Physical) -> Any:
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(), "VARCHAR[]": pa.list_(pa.string()), "BOOLEAN": pa.bool_(), "INTEGER": pa.int32(),
        "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"),
    }  # fmt: skip
    return types[column.type]

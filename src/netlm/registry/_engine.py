"""The engine that judges many patients: DuckDB through Ibis, without the network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from ..errors import Problem, Problems

__all__ = ["columns_of", "copy_to_parquet", "new_engine", "pinned", "rows_of", "table_named"]

ROWS_AT_ONCE = 40960
"""Rows that are kept in memory, for each core, before they are written."""
_VIEWS = count()
_LAMBDAS = "SET lambda_syntax = 'ENABLE_SINGLE_ARROW'"
"""Ibis 12 writes functions over lists in the way that DuckDB 2 has to be told to read."""


def new_engine() -> Any:
    """A DuckDB of our own in memory, which fetches nothing.

    Raises ``Problems`` where the extra is not installed.
    """
    try:
        import ibis

        engine = ibis.duckdb.connect()
    except ImportError:
        problem = Problem(
            "no Ibis with DuckDB in this installation", "the extra `registry`",
            "Add it with: pip install 'netlm[registry]'", "extra", place="registry",
        )  # fmt: skip
        raise Problems([problem]) from None
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        engine.raw_sql(f"SET {setting} = false")
    return engine


def pinned(table: Any, *, kept: bool = False) -> Any:
    """The Ibis table as a view, or where ``kept`` a table, of its engine, so that its query is written once.

    Selections are not fused: each holds what is worked out once for those above it.
    """
    engine, query = table.get_backend(), _written(table)
    name = f"netlm_{next(_VIEWS)}"
    engine.raw_sql(f"CREATE TEMP {'TABLE' if kept else 'VIEW'} {name} AS {query}")
    return table_named(engine, name)


def _written(table: Any) -> str:
    """The query of an Ibis table that its engine can read."""
    engine = table.get_backend()
    engine.raw_sql(_LAMBDAS)
    with _not_fused():
        return str(engine.compile(table))


def table_named(engine: Any, name: str) -> Any:
    """A table or view of the engine. Ibis 12 asks DuckDB 2 for it in a way that DuckDB advises against."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fetch_arrow_table", DeprecationWarning)
        return engine.table(name)


@contextmanager
def _not_fused() -> Iterator[None]:
    import ibis

    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    """Every row of an Ibis table."""
    engine = table.get_backend()
    found: list[tuple[Any, ...]] = engine.con.execute(engine.compile(table)).fetchall()
    return found


def columns_of(table: Any) -> dict[str, Any]:
    """The only row of an aggregate, by column; asked for at once, as planning so many columns takes longest."""
    (row,) = table.get_backend().con.execute(_written(table)).fetchall()
    return dict(zip(table.columns, row, strict=True))


def copy_to_parquet(table: Any, path: str) -> None:
    """Write the rows of a pinned table, in their order."""
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_AT_ONCE}"
    table.get_backend().con.execute(f"COPY (FROM {table.get_name()}) TO $1 ({form})", [path])

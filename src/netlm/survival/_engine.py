"""Tables of any engine that Ibis reads: opened, checked for their columns, and never copied whole."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems, nearest
from ._door import MISSING_WORDS, refuse

if TYPE_CHECKING:
    import ibis

__all__ = [
    "batches", "complete_rows", "missing_rows", "one_row", "open_table", "quiet", "require_columns", "tidied",
]  # fmt: skip

REMEDY = "Add it with: pip install 'netlm[registry]'"
NULLS = sorted({spelt for word in MISSING_WORDS for spelt in (word, word.upper(), word.title(), "NaN")})
"""Those words as a CSV file may spell them, so that a column of numbers with one of them stays one of numbers."""


def open_table(table: Any) -> ibis.Table:
    """``table`` as an Ibis table: one already, a CSV or Parquet file, or columns in memory.

    Files are read by DuckDB, in place, without the network.
    Raises ``Problems``.
    """
    try:
        import ibis
    except ImportError:
        found = "no Ibis with DuckDB in this installation"
        raise Problems([refuse("table", found, "the extra `registry`", REMEDY, "extra")]) from None
    if isinstance(table, ibis.Table):
        return table
    if isinstance(table, str | Path):
        return _open_file(Path(table))
    try:
        return _open_columns(table)
    except Problems:
        raise
    except Exception as error:
        found = f"an object of type {type(table).__name__}"
        remedy = "Pass an Ibis table, a file, or a data frame."
        raise Problems([refuse("table", found, "a table", remedy, "type")]) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Ibis 12 asks DuckDB 2 for Arrow in a way that DuckDB advises against; the answers are right."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
        warnings.filterwarnings("ignore", "fetch_arrow_table", DeprecationWarning)
        yield


def one_row(expression: Any) -> dict[str, Any]:
    """The only row of an aggregate."""
    with quiet():
        found: dict[str, Any] = expression.to_pyarrow().to_pylist()[0]
    return found


def _engine() -> Any:
    """A DuckDB of our own that fetches nothing."""
    import ibis

    engine = ibis.duckdb.connect()
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        engine.raw_sql(f"SET {setting} = false")
    return engine


def _open_columns(columns: Any) -> ibis.Table:
    """Columns in memory, read where they are."""
    import pyarrow as pa

    engine = _engine()
    columns = pa.table(columns) if isinstance(columns, dict) else columns
    _headings_differ(list(getattr(columns, "column_names", None) or columns.columns))
    engine.con.register("columns", columns)
    with quiet():
        return engine.table("columns")


def _open_file(path: Path) -> ibis.Table:
    if not path.is_file():
        raise Problems([Problem("no such file", "a CSV or Parquet file", "Check the path.", "no-file", str(path))])
    import ibis

    engine = _engine()
    try:
        with quiet():
            if path.suffix.lower() in {".parquet", ".pq"}:
                _headings_differ(_parquet_headings(engine, path))
                return _durations_kept(engine.read_parquet(path), path)
            headings = _csv_headings(engine, path)
            _headings_apart(headings)
            _headings_differ(headings)
            table = engine.read_csv(path, header=True, nullstr=NULLS, sample_size=-1, comment="")
            engine.con.sql(ibis.to_sql(table.count(), dialect="duckdb")).fetchall()  # the last row may be the bad one
            return table
    except Problems:
        raise
    except Exception as error:
        remedy = "Save it as CSV (UTF-8, a heading in its first row, as many cells in every row) or as Parquet."
        line = re.search(r"Line:? (\d+)", str(error))
        problem = Problem(
            "a file that cannot be read as a table", "CSV or Parquet", remedy, "unreadable", str(path),
            line=int(line[1]) if line else None,
        )  # fmt: skip
        raise Problems([problem]) from error


def _parquet_headings(engine: Any, path: Path) -> list[str]:
    schema = "SELECT name FROM parquet_schema($1) WHERE num_children IS NULL"
    return [row[0] for row in engine.con.execute(schema, [str(path)]).fetchall()]


def _durations_kept(table: ibis.Table, path: Path) -> ibis.Table:
    """Durations as such: the file holds whole numbers of nanoseconds, and DuckDB does not read what they are."""
    import pyarrow.parquet as pq
    import pyarrow.types as kinds

    schema = pq.read_schema(path)
    named = [name for name in schema.names if kinds.is_duration(schema.field(name).type)]
    return table.mutate(**{name: table[name].as_interval("us") for name in named}) if named else table


def _csv_headings(engine: Any, path: Path) -> list[str]:
    """The first row as it stands: the engine would give a heading that comes twice another name."""
    sniffed = "SELECT Delimiter, Quote, Escape, len(Columns) FROM sniff_csv($1, sample_size = 20480, comment = '')"
    delimiter, quote, escape, columns = engine.con.execute(sniffed, [str(path)]).fetchone()
    given = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(columns))
    marks = {name: "" if mark == "(empty)" else mark for name, mark in (("quote", quote), ("escape", escape))}
    first = (
        f"FROM read_csv($1, auto_detect = false, header = false, null_padding = true, columns = {{{given}}}, "
        "delim = $2, quote = $3, escape = $4, parallel = false) LIMIT 1"
    )
    row = engine.con.execute(first, [str(path), delimiter, marks["quote"], marks["escape"]]).fetchone()
    return [cell or "" for cell in row or ()]


def _headings_apart(names: Sequence[str]) -> None:
    """More than one heading: where rows have cells in different number, the engine finds no mark between them.

    Raises ``Problems``.
    """
    if len(names) == 1 and any(mark in names[0] for mark in ",;\t|"):
        remedy = "Look for a row with a cell too many or too few, such as a comma within a number."
        found, expected = f"one heading, `{names[0]}`", "as many cells in every row as headings"
        raise Problems([refuse("headings", found, expected, remedy, "headings")])


def _headings_differ(names: Sequence[Any]) -> None:
    """No heading twice, in any case: which of the columns is meant cannot be told. Raises ``Problems``."""
    plain = [str(name).strip().casefold() for name in names]
    twice = {name: str(first).strip() for name, first in zip(plain, names, strict=True) if plain.count(name) > 1}
    twice.pop("", None)
    if twice:
        listed = ", ".join(f"`{name}`" for name in twice.values())
        remedy = "Give each column a heading of its own."
        raise Problems([refuse("headings", f"{listed} more than once", "each once", remedy, "headings")])


def tidied(table: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """The table with the text of those columns without spaces around it, and null where it stands for a missing value.

    ``n/a`` or ``-`` is no group, and `` a`` is no other group than ``a``.
    """
    texts = {name: table[name].strip() for name in columns if table[name].type().is_string()}
    return table.mutate(
        **{name: text.lower().isin(MISSING_WORDS).ifelse(None, text) for name, text in texts.items()}
    ) if texts else table  # fmt: skip


def batches(table: ibis.Table, rows: int) -> Iterator[Any]:
    """The table as Arrow record batches of about so many rows."""
    import ibis

    backend = table.get_backend()
    if backend.name == "duckdb":  # Ibis 12 asks DuckDB 2 for a method that is gone
        yield from backend.con.sql(ibis.to_sql(table, dialect="duckdb")).to_arrow_reader(rows)
    else:
        yield from table.to_pyarrow_batches(chunk_size=rows)


def require_columns(table: ibis.Table, **columns: str | None) -> None:
    """Every named column is there.

    Raises ``Problems``, one for each that is not.
    """
    problems = []
    for place, name in columns.items():
        if name is None:
            continue
        if name in table.columns and table[name].type().is_interval():
            remedy = "Convert them to numbers in one unit, such as days since the start."
            problems.append(refuse(name, "durations", "numbers or words", remedy, "type"))
        elif name not in table.columns:
            close = nearest(name, table.columns)
            shown = ", ".join(table.columns[:12]) + (" ..." if len(table.columns) > 12 else "")
            remedy = f"Did you mean `{close}`?" if close else "Name one of these columns."
            problems.append(refuse(place, f"no column `{name}`", f"one of {shown}", remedy, "column"))
    if problems:
        raise Problems(problems)


def _present(table: ibis.Table, name: str) -> Any:
    column = table[name]
    return column.notnull() & ~column.isnan() if column.type().is_floating() else column.notnull()


def complete_rows(table: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """The rows in which none of the columns is missing."""
    return table.filter([_present(table, name) for name in dict.fromkeys(columns)])


def missing_rows(table: ibis.Table, columns: Sequence[str]) -> dict[str, int]:
    """For each column the rows in which it is missing, and under "" those in which any is: one pass."""
    names = list(dict.fromkeys(columns))
    whole = {f"c{k}": _present(table, name).cast("int64").sum() for k, name in enumerate(names)}
    every = _present(table, names[0])
    for name in names[1:]:
        every = every & _present(table, name)
    row = one_row(table.aggregate(n=table.count(), every=every.cast("int64").sum(), **whole))
    found = {name: row["n"] - (row[f"c{k}"] or 0) for k, name in enumerate(names)}
    return {"": row["n"] - (row["every"] or 0), **found}

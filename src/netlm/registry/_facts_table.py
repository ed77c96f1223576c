"""Tables of facts, format ``facts/1``: one row for each patient, written from cases and read where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ..case import Case
from ..dictionary import Dictionary, FactsLayout, load_dictionary
from ..errors import Problem, Problems
from ..files import written_whole
from ._engine import new_engine, table_named
from ._store import is_registry, open_registry

__all__ = ["facts_of", "write_facts"]

KEY = b"netlm"
BATCH = 20000
AGAIN = "Write the table again with `netlm registry facts`, from the cases."


def facts_of(source: Any, dictionary: Dictionary | None = None) -> Any:
    """A table of facts as an Ibis table: one already, a Parquet file, a registry's last cases, or cases.

    Raises ``Problems``: no such file, another layout than that of ``dictionary``, the extra not installed.
    """
    layout = FactsLayout(dictionary or load_dictionary())
    if isinstance(source, str | Path) and is_registry(source):
        with open_registry(source) as registry:
            return facts_of(list(registry.latest_cases(layout.dictionary)), layout.dictionary)
    if isinstance(source, str | Path):
        return _from_file(Path(source), layout)
    if hasattr(source, "get_backend"):
        if source.get_backend().name != "duckdb":
            problem = Problem(
                "a table of another engine", "DuckDB", "Read it with Ibis on DuckDB.", "type", place="table"
            )
            raise Problems([problem])
        _check_columns(list(source.columns), layout, None)
        return source
    engine = new_engine()
    import pyarrow as pa

    batches = list(_batches(source, layout))
    engine.con.register("cases", pa.Table.from_batches(batches, schema=_schema(layout)))
    return table_named(engine, "cases")


def write_facts(path: str | Path, cases: Iterable[Case], dictionary: Dictionary | None = None) -> int:
    """Write the facts of ``cases`` to a Parquet file, whole or not at all; the number of cases comes back.

    Raises ``Problems``: a case twice, a path that cannot be written, the extra not installed.
    """
    layout = FactsLayout(dictionary or load_dictionary())
    new_engine()
    import pyarrow.parquet as pq

    written = 0
    with written_whole(path) as temporary, pq.ParquetWriter(temporary, _schema(layout), compression="zstd") as writer:
        for batch in _batches(cases, layout):
            writer.write_batch(batch)
            written += batch.num_rows
    return written


def _batches(cases: Iterable[Case], layout: FactsLayout) -> Iterator[Any]:
    import pyarrow as pa

    seen: set[str] = set()
    remaining = iter(cases)
    while some := list(islice(remaining, BATCH)):
        rows = [layout.row(case.id, case.facts, case.as_of) for case in some]
        for row in rows:
            if row["id"] in seen:
                raise Problems([Problem("a case id twice", "each id once", "Leave one out.", "twice", place=row["id"])])
            seen.add(row["id"])
        yield pa.RecordBatch.from_pylist(rows, schema=_schema(layout))


def _schema(layout: FactsLayout) -> Any:
    """The Arrow schema, with the layout written beside it."""
    import pyarrow as pa

    gaps = pa.list_(pa.struct({"fact": pa.string(), "lo": pa.float64(), "hi": pa.float64()}))
    lesions = pa.struct({name: gaps if kind == "list" else _type(kind) for name, kind in layout.lesion_columns.items()})
    lists = {"lesions": pa.list_(lesions), "gaps": gaps}
    fields = [(name, lists.get(name) or _type(kind)) for name, kind in layout.columns.items()]
    return pa.schema(fields, metadata={KEY: json.dumps(layout.described())})


def _type(kind: str) -> Any:
    import pyarrow as pa

    return pa.date32() if kind == "date" else pa.type_for_alias(kind)


def _from_file(path: Path, layout: FactsLayout) -> Any:
    engine = new_engine()
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise Problems([Problem("no such file", "a table of facts", "Check the path.", "no-file", str(path))])
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid:
        problem = Problem("a file that is not Parquet", "a table of facts", AGAIN, "unreadable", str(path))
        raise Problems([problem]) from None
    _check_described((schema.metadata or {}).get(KEY), layout, str(path))
    _check_columns(schema.names, layout, str(path))
    engine.con.read_parquet(str(path)).create_view("facts")
    return table_named(engine, "facts")


def _check_described(found: bytes | None, layout: FactsLayout, file: str) -> None:
    """The file says that it is a table of facts, of the words that the dictionary has."""
    expected = layout.described()
    described: Mapping[str, Any] = json.loads(found) if found else {}
    if described.get("netlm") != expected["netlm"]:
        raise Problems([Problem("another format", f"a table of {expected['netlm']}", AGAIN, "format", file)])
    for part in ("words", "units"):
        for name, listed in expected[part].items():
            if described.get(part, {}).get(name) != listed:
                problem = Problem(
                    f"other {part} of `{name}`", "those of this dictionary", AGAIN, "format", file, place=name
                )
                raise Problems([problem])


def _check_columns(found: list[str], layout: FactsLayout, file: str | None) -> None:
    missing = [name for name in layout.columns if name not in found]
    if missing:
        problem = Problem(f"no column `{missing[0]}`", "every column of facts/1", AGAIN, "column", file)
        raise Problems([problem])

"""The tables of patients under pseudonyms and on other days, in place of the true ones.

Whatever is computed while they stand there, the table that studies read among it, is computed from what is exported,
and so says no more of the true days than that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ._export_key import Key
from ._schema import quoted
from ._schema_columns import Physical
from ._schema_tables import load_tables
from ._store import Registry

__all__ = ["pseudonymised"]

LOW, HIGH = "_lo", "_hi"
NAMES = "SELECT patient_id FROM patient UNION " + " UNION ".join(
    f"SELECT case_id FROM {table}" for table in ("snapshot", "decision", "case_of")
)


@contextmanager
def pseudonymised(registry: Registry, key: Key) -> Iterator[None]:
    """Within the block every table of patients is read with pseudonyms, its days moved and its ranges widened."""
    tables = {name: columns for name, columns in load_tables().physical.items() if _of_patients(columns)}
    _register(registry, key, tables)
    for name, columns in tables.items():
        registry.connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {_moved(name, columns)}")
    try:
        yield
    finally:
        for name in tables:
            registry.connection.execute(f"DROP VIEW temp.{quoted(name)}")
        for name in ("pseudonym", "widened"):
            registry.connection.unregister(name)


def _of_patients(columns: Sequence[Physical]) -> bool:
    return any(one.name == "patient_id" for one in columns)


def _ranges(columns: Sequence[Physical]) -> list[str]:
    """The names of the days that are kept as a range."""
    return [one.name.removesuffix(LOW) for one in columns if one.type == "DATE" and one.name.endswith(LOW)]


def _register(registry: Registry, key: Key, tables: Mapping[str, Sequence[Physical]]) -> None:
    """The pseudonyms and shifts, and the ranges of more than one day as they are widened."""
    import pyarrow as pa

    names = [row[0] for row in registry.rows(f"{NAMES} ORDER BY 1")]
    pseudonym = {
        "name": names, "pseudonym": [key.pseudonym(name) for name in names],
        "shift": pa.array([key.shift(name) for name in names], pa.int32()),
    }  # fmt: skip
    asked = " UNION ".join(
        f"SELECT patient_id, {low} AS lo, {high} AS hi FROM {quoted(name)} WHERE {low} < {high}"
        for name, columns in tables.items()
        for low, high in ((quoted(day + LOW), quoted(day + HIGH)) for day in _ranges(columns))
    )
    found = registry.rows(f"{asked} ORDER BY ALL")
    wide = [(*row, *key.widened(*row)) for row in found]
    kinds = {"name": pa.string(), "lo": pa.date32(), "hi": pa.date32(), "begins": pa.date32(), "ends": pa.date32()}
    widened = {name: pa.array([row[place] for row in wide], kind) for place, (name, kind) in enumerate(kinds.items())}
    registry.connection.register("pseudonym", pa.table(pseudonym))
    registry.connection.register("widened", pa.table(widened))


def _moved(name: str, columns: Sequence[Physical]) -> str:
    """The query of one table as it is exported."""
    joined = f"registry.{quoted(name)} t LEFT JOIN pseudonym own ON own.name = t.patient_id"
    cells = {one.name: f"t.{quoted(one.name)} + own.shift" for one in columns if one.type == "DATE"}
    cells["patient_id"] = "own.pseudonym"
    if any(one.name == "case_id" for one in columns):
        cells["case_id"] = "of_case.pseudonym"
        joined += " LEFT JOIN pseudonym of_case ON of_case.name = t.case_id"
    for day in _ranges(columns):
        wide, low, high = quoted(f"wide {day}"), day + LOW, day + HIGH
        joined += f""" LEFT JOIN widened {wide} ON {wide}.name = t.patient_id
                       AND {wide}.lo = t.{quoted(low)} AND {wide}.hi = t.{quoted(high)}"""
        cells[low] = f"coalesce({wide}.begins, t.{quoted(low)}) + own.shift"
        cells[high] = f"coalesce({wide}.ends, t.{quoted(high)}) + own.shift"
    shown = (f"{cells.get(one.name, f't.{quoted(one.name)}')} AS {quoted(one.name)}" for one in columns)
    return f"SELECT {', '.join(shown)} FROM {joined}"

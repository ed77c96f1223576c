"""What is in a registry: how much of what, from where, and all that is known of one patient."""

from __future__ import annotations

from typing import Any

from ..errors import Problem, Problems, safe_echo
from ._schema import quoted
from ._schema_tables import load_tables
from ._store import Registry

__all__ = ["patient_rows", "summary"]

ORIGIN = ("source_id", "place")


def summary(registry: Registry) -> dict[str, Any]:
    """Patients, the rows of every table, and the imports, oldest first."""
    tables = [name for name in load_tables().physical if name not in ("meta", "import", "source")]
    counts = {name: registry.rows(f"SELECT count(*) FROM {quoted(name)}")[0][0] for name in tables}
    made_up = registry.rows("SELECT count(*) FROM patient WHERE synthetic")[0][0]
    imports = registry.rows("SELECT import_id, made, version, files, rows FROM import ORDER BY import_id")
    return {
        "format": registry.rows("SELECT value FROM meta WHERE key = 'format'")[0][0],
        "patients": counts["patient"],
        "synthetic_patients": made_up,
        "rows": counts,
        "imports": [
            {
                "id": one,
                "made": f"{made.isoformat(timespec='seconds')}Z",
                "version": version,
                "files": files,
                "rows": rows,
            }
            for one, made, version, files, rows in imports
        ],
    }


def patient_rows(registry: Registry, patient: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of one patient, by table; of each what is filled in, and under ``origin`` where it came from.

    Raises ``Problems`` for a patient who is not there.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name, columns in load_tables().physical.items():
        names = [one.name for one in columns]
        if "patient_id" not in names:
            continue
        asked = ", ".join(f"t.{quoted(one)}" for one in names if one not in ORIGIN)
        rows = registry.rows(
            f"""SELECT {asked}, file, line, t.place FROM {quoted(name)} t LEFT JOIN source USING (source_id)
                WHERE t.patient_id = ? ORDER BY ALL""",
            [patient],
        )
        shown = [one for one in names if one not in ORIGIN]
        if rows:
            found[name] = [_row(shown, row) for row in rows]
    if not found:
        problem = Problem(
            f"no patient {safe_echo(patient)}", "the id of a patient of this registry",
            "`netlm registry list FILE --patients` names them.", "no-such-patient", file=str(registry.path),
        )  # fmt: skip
        raise Problems([problem], str(registry.path))
    return found


def _row(names: list[str], cells: tuple[Any, ...]) -> dict[str, Any]:
    file, line, place = cells[len(names) :]
    row = {name: cell for name, cell in zip(names, cells, strict=False) if cell is not None and name != "patient_id"}
    where = ":".join(str(part) for part in (file, line) if part is not None)
    return {**row, "origin": ": ".join(part for part in (where, place) if part)} if file is not None else row

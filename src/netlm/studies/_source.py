"""Where the rows of an analysis come from: a registry, or any table of columns (CSV or Parquet)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems
from ._analysis import Analysis
from ._patients import Patients, patients_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ..registry import Registry

__all__ = ["read_patients"]

READERS = {
    ".csv": "SELECT * FROM read_csv(?, header = true, comment = '')",
    ".parquet": "SELECT * FROM read_parquet(?)",
}
NOT_COMPLETE = "the list of treatments is not said to be complete"
NO_TREATMENT = ("no such time zero", "time zero is no treatment")
"""Why a registry has no treatment at time zero where none is listed; of any other reason there was one."""
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
RECOMMENDATIONS = """
SELECT r.option, r.verdict, r.departs, r.reason, r.carried_out, d.no_decision, p.synthetic
FROM decision d LEFT JOIN recommendation r USING (patient_id, case_id, as_of, date)
LEFT JOIN patient p USING (patient_id)
ORDER BY d.patient_id, d.case_id, d.date, r.order_no
"""
TREATED = """
SELECT p.patient_id, coalesce(bool_or(split_part(t.option, '.', 1) = 'transplantation'), FALSE) AS transplanted,
       coalesce(bool_or(c.complete), FALSE) AS complete, max(c.unknown) AS unknown
FROM patient p LEFT JOIN treatment t USING (patient_id)
LEFT JOIN (SELECT * FROM coverage WHERE of_table = 'treatment') c USING (patient_id)
GROUP BY p.patient_id ORDER BY p.patient_id
"""


def read_patients(path: str | Path, analysis: Analysis) -> Patients:
    """The rows of a registry or of a table, as the analysis reads them.

    Raises ``Problems`` for a file that is neither, without any column that the analysis reads, with two rows of a
    patient, or with values that a column cannot have.
    """
    target = Path(path)
    if target.suffix.lower() in READERS:
        table = _read_table(target)
    else:
        from ..registry import open_registry

        with open_registry(target) as registry:
            table = _of_registry(registry, analysis)
    if analysis.method != "concordance":
        _each_once(table, str(path))
    patients = patients_of(table, analysis.columns, analysis.reads, str(path))
    if not any(cells.given for cells in patients.columns.values()):
        expected = f"some of {', '.join(analysis.reads)}"
        problem = Problem("none of the columns that the study reads", expected, "Is this the right file?", "table")
        raise Problems([problem], str(path))
    return patients


def _each_once(table: Mapping[str, Any], file: str) -> None:
    """Refuse a patient with two rows, who would count twice."""
    counts = Counter(one for one in table.get("patient_id", ()) if one is not None)
    if doubled := sum(count > 1 for count in counts.values()):
        problem = Problem(
            f"{doubled} patient{'s' * (doubled > 1)} with several rows", "one row for each patient",
            "Leave the row of time zero; what happened later belongs into its columns.", "two-rows", place="patient_id",
        )  # fmt: skip
        raise Problems([problem], file)


def _read_table(path: Path) -> Mapping[str, Any]:
    import duckdb

    if not path.is_file():
        problem = Problem(
            "no such file", "a table (CSV or Parquet) or a registry", "Check the path.", "no-file", file=str(path)
        )
        raise Problems([problem], str(path))
    try:
        with duckdb.connect(config=dict(SETTINGS)) as connection:
            return _columns(connection.execute(READERS[path.suffix.lower()], [str(path)]))
    except duckdb.Error:
        problem = Problem(
            "a file that cannot be read as a table", "columns with a heading each", "Save it anew as CSV, UTF-8.",
            "table", file=str(path),
        )  # fmt: skip
        raise Problems([problem], str(path)) from None


def _columns(found: DuckDBPyConnection) -> dict[str, list[Any]]:
    """What a query gives, column by column."""
    names = [column[0] for column in found.description or ()]
    rows = found.fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _of_registry(registry: Registry, analysis: Analysis) -> Mapping[str, Any]:
    if analysis.method == "concordance":
        return _columns(registry.connection.execute(RECOMMENDATIONS))
    from ..registry import analysis_table

    assert analysis.time_zero is not None
    found = analysis_table(registry, analysis.time_zero.at)
    needed = {name for read in analysis.reads for name in _physical(read)} | {"synthetic", "patient_id"}
    table = dict(found.select([name for name in found.column_names if name in needed]).to_pydict())
    return table | _treated(registry, table)


def _physical(name: str) -> tuple[str, ...]:
    ends = (f"{name}_{end}{kind}" for end in ("lo", "hi") for kind in ("", "_open"))
    return (name, f"{name}_unknown", *ends, "index_unknown")


def _treated(registry: Registry, table: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the list of treatments: who certainly had none of a kind, where the list is complete."""
    rows = {row[0]: row[1:] for row in registry.rows(TREATED)}
    known = [rows[patient] for patient in table["patient_id"]]
    made: dict[str, Any] = {
        "transplantation": [True if one else False if complete else None for one, complete, _ in known],
        "transplantation_unknown": [None if one or complete else why or NOT_COMPLETE for one, complete, why in known],
    }
    if "index_class" in table:
        listed = list(zip(table["index_class"], table["index_unknown"], known, strict=True))
        made["index_class"] = [
            "none" if why in NO_TREATMENT and complete else one for one, why, (_, complete, _) in listed
        ]
        made["index_class_unknown"] = [
            (said or NOT_COMPLETE) if why in NO_TREATMENT else why for _, why, (_, _, said) in listed
        ]
    return made

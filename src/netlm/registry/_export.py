"""A registry as files that other programs read: one for each table, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from .. import __version__
from ..errors import Problem, Problems
from ._export_key import load_key
from ._export_pseudonyms import pseudonymised
from ._schema import FORMAT, quoted
from ._schema_columns import Physical
from ._schema_tables import load_tables
from ._store import PRIVATE, Registry
from ._store_analysis import analysis_table

__all__ = ["EXPORT_FORMATS", "Exported", "export_registry"]

EXPORT_FORMATS = ("csv", "parquet")
ANALYSIS = "analysis"
OF_FILES = ("meta", "import", "source", "follow_up")
"""Tables that speak of files, or hold them whole: they stay where a registry is pseudonymised."""
FREE = frozenset(("text", "case_text", "case_hash", "dossier", "no_decision", "other", "reason", "carried_out_reason"))
"""Columns of the registry's own tables that hold what somebody wrote, or a hash of it."""
ORIGIN = frozenset(("source_id", "place"))
FORMULA = r"'^[=+\-@\t\r]'"
BIRTH = "birth"
AGE = "age_at_zero"
"""Where days are moved the age, in whole years, stands for the birth."""


@dataclass(frozen=True)
class Exported:
    """What was written: the rows of each table, and in how many cells an answer was too rare to be told."""

    rows: Mapping[str, int]
    suppressed: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As exported."""
        return {"rows": dict(self.rows), "suppressed": dict(self.suppressed)}


def export_registry(
    registry: Registry,
    folder: str | Path,
    *,
    form: str = "csv",
    tables: Sequence[str] = (),
    time_zero: str | None = None,
    key: str | Path | None = None,
    suppress: int = 0,
) -> Exported:
    """Write the tables (all, or those named) into a new folder, one file each, and ``about.json``.

    ``time_zero`` adds the table that studies read. ``key`` is a file with the key of the pseudonyms, made where there
    is none: ids become pseudonyms, all days of a patient move by one number of weeks, a range of days becomes wider,
    the age stands for the birth, and whatever somebody wrote in words is left out. ``suppress`` empties answers that
    fewer patients than that have in their table. In CSV a text that a spreadsheet would take for a formula gets a
    ``'`` before it. Raises ``Problems``.
    """
    _check(form, tables, suppress)
    known = load_key(key) if key is not None else None
    writer = _Writer(registry, form, known is not None, suppress)
    moved = pseudonymised(registry, known) if known is not None else nullcontext()
    with _new_folder(Path(folder)) as target, moved:
        for name, columns in load_tables().physical.items():
            if (not tables or name in tables) and not (known is not None and name in OF_FILES):
                writer.write(target, name, quoted(name), columns)
        if time_zero is not None:
            analysis = analysis_table(registry, time_zero)
            registry.connection.register(ANALYSIS, analysis)
            rows = registry.rows(f"DESCRIBE {ANALYSIS}")
            writer.write(target, ANALYSIS, ANALYSIS, [Physical(name, kind) for name, kind, *_ in rows])
            registry.connection.unregister(ANALYSIS)
        about = {
            "format": FORMAT, "version": __version__, "synthetic": registry.synthetic,
            "pseudonymised": known is not None, "suppressed_below": suppress or None,
            "time_zero": time_zero, **writer.done.to_dict(),
        }  # fmt: skip
        (target / "about.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2) + b"\n")
    return writer.done


def _check(form: str, tables: Sequence[str], suppress: int) -> None:
    problems = []
    if form not in EXPORT_FORMATS:
        problems.append(Problem("another format", " or ".join(EXPORT_FORMATS), "Name one.", "usage", place="form"))
    known = load_tables().physical
    if any(name not in known for name in tables):
        problems.append(Problem("an unknown table", ", ".join(known), "Name some of them.", "usage", place="tables"))
    if suppress < 0:
        problems.append(Problem(f"{suppress}", "0 or more", "Choose another number.", "usage", place="suppress"))
    if problems:
        raise Problems(problems)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder that appears when everything is in it, open to nobody else."""
    if folder.exists():
        problem = Problem("a folder that exists", "a new one", "Choose another name.", "exists", file=str(folder))
        raise Problems([problem])
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.writing-", dir=folder.parent))
    except OSError:
        remedy = "Check the folder and its permissions."
        problem = Problem("a path that cannot be written", "a writable folder", remedy, "unwritable", file=str(folder))
        raise Problems([problem]) from None
    try:
        yield made
        for file in made.iterdir():
            file.chmod(PRIVATE)
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


class _Writer:
    """Writes tables with what was asked for: pseudonyms, rare answers left out, formulas made harmless."""

    def __init__(self, registry: Registry, form: str, pseudonymised: bool, suppress: int) -> None:
        self.registry = registry
        self.form = form
        self.pseudonymised = pseudonymised
        self.suppress = suppress
        self.done = Exported({}, {})

    def write(self, target: Path, name: str, source: str, columns: Sequence[Physical]) -> None:
        """One table as one file."""
        kept = [one for one in columns if not self.pseudonymised or not self._is_free(name, one.name)]
        rare = self._rare(source, kept)
        of_patient = any(one.name == "patient_id" for one in columns)
        shown = [f"{self._cell(one, rare)} AS {quoted(one.name)}" for one in kept]
        joined = f"{source} t"
        if of_patient and name not in ("patient", ANALYSIS):
            shown.append("whose.synthetic AS synthetic")
            joined += " LEFT JOIN patient whose USING (patient_id)"
        file = str(target / f"{name}.{self.form}").replace("'", "''")
        how = "FORMAT csv, HEADER" if self.form == "csv" else "FORMAT parquet, COMPRESSION zstd"
        self.registry.connection.execute(
            f"COPY (SELECT {', '.join(shown)} FROM {joined} ORDER BY ALL) TO '{file}' ({how})"
        )
        counted = self.registry.rows(f"SELECT count(*) FROM {source}")[0][0]
        self.done = Exported({**self.done.rows, name: counted}, {**self.done.suppressed, **self._counted(name, rare)})

    def _is_free(self, table: str, column: str) -> bool:
        """Whether a column holds what somebody wrote, or where that stands, or the birth."""
        if column in FREE or column in ORIGIN:
            return True
        described = load_tables().tables.get(table)
        of = column.removesuffix("_unknown").removesuffix("_lo").removesuffix("_hi")
        found = described.columns.get(of) if described else None
        return found is not None and (found.shape == "text" or of == BIRTH)

    def _rare(self, source: str, columns: Sequence[Physical]) -> dict[str, dict[str, int]]:
        """The answers that too few patients have, with the cells that hold them, by column."""
        if not self.suppress or not any(one.name == "patient_id" for one in columns):
            return {}
        named = {one.name for one in columns}
        found = {}
        for one in columns:
            if one.type in ("VARCHAR", "BOOLEAN") and f"{one.name}_unknown" in named:
                rows = self.registry.rows(
                    f"""SELECT {quoted(one.name)}::VARCHAR, count(*) FROM {source} WHERE {quoted(one.name)} IS NOT NULL
                        GROUP BY 1 HAVING count(DISTINCT patient_id) < ? ORDER BY 1""",
                    [self.suppress],
                )
                if rows:
                    found[one.name] = dict(rows)
        return found

    def _counted(self, table: str, rare: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
        return {f"{table}.{column}": sum(cells.values()) for column, cells in rare.items()}

    def _cell(self, one: Physical, rare: Mapping[str, Mapping[str, int]]) -> str:
        """A column in SQL, as it is written."""
        cell = f"t.{quoted(one.name)}"
        answer = one.name.removesuffix("_unknown")
        if self.pseudonymised and (one.name.endswith("_unknown") or one.name == "unknown"):
            cell = f"CASE WHEN {cell} IS NOT NULL THEN 'unknown' END"
        if self.pseudonymised and one.name == AGE:
            cell = f"floor({cell})"
        if answer in rare:
            listed = ", ".join("'" + text.replace("'", "''") + "'" for text in rare[answer])
            is_rare = f"t.{quoted(answer)}::VARCHAR IN ({listed})"
            instead = f"'fewer than {self.suppress} patients'" if one.name != answer else "NULL"
            cell = f"CASE WHEN {is_rare} THEN {instead} ELSE {cell} END"
        if self.form == "csv" and one.type == "VARCHAR[]":
            cell = f"CASE WHEN {cell} IS NOT NULL THEN array_to_string({cell}, '; ') END"
        if self.form == "csv" and one.type.startswith("VARCHAR"):
            cell = f"CASE WHEN regexp_matches({cell}, {FORMULA}) THEN '''' || {cell} ELSE {cell} END"
        return cell

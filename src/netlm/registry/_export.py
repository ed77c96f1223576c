"""A registry as files that other programs read: one for each table, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from .. import __version__
from ..errors import Problem, Problems
from ._export_facts import ANALYSIS
from ._export_key import load_key
from ._export_pseudonyms import pseudonymised
from ._export_rare import untold
from ._export_told import HIDDEN, covered, is_left_out, is_untold, reason
from ._schema import FORMAT, quoted
from ._schema_columns import Physical
from ._schema_tables import load_tables
from ._store import PRIVATE, Registry
from ._store_analysis import analysis_table

__all__ = ["EXPORT_FORMATS", "Exported", "export_registry"]

EXPORT_FORMATS = ("csv", "parquet")
OF_FILES = ("meta", "import", "source", "follow_up")
"""Tables that speak of files, or hold them whole: they stay where words do."""
FREE = frozenset(("text", "case_text", "case_hash", "dossier", "no_decision", "other", "reason", "carried_out_reason"))
"""Columns of the registry's own tables that hold what somebody wrote, or a hash of it."""
ORIGIN = frozenset(("source_id", "place"))
FORMULA = r"'^[=+\-@\t\r]'"
BIRTH = "birth"
AGE = "age_at_zero"
"""Where days are moved the age, in whole years, stands for the birth."""


@dataclass(frozen=True)
class Exported:
    """What was written: the rows of each table.

    ``suppressed`` says in how many cells something was emptied, by column, since an answer was too rare to be told;
    ``left_out`` how many rows of a table were left out for it.
    """

    rows: Mapping[str, int]
    suppressed: Mapping[str, int]
    left_out: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As exported."""
        return {"rows": dict(self.rows), "suppressed": dict(self.suppressed), "left_out": dict(self.left_out)}


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
    and the age stands for the birth. ``suppress`` empties answers that fewer patients than that have, with what would
    show them; it promises nothing of numbers, of days, and of answers taken together. Either leaves out whatever
    somebody wrote in words. In CSV a text that a spreadsheet would take for a formula gets a ``'`` before it. Raises
    ``Problems``.
    """
    _check(form, tables, suppress)
    known = load_key(key) if key is not None else None
    writer = _Writer(registry, form, time_zero, known is not None, suppress)
    with _new_folder(Path(folder)) as target, ExitStack() as standing:
        if known is not None:
            standing.enter_context(pseudonymised(registry, known))
        every = {name: writer.kept(name, columns) for name, columns in load_tables().physical.items()}
        if time_zero is not None:
            every[ANALYSIS] = writer.kept(ANALYSIS, standing.enter_context(_analysed(registry, time_zero)))
        if suppress:
            of_patients = {name: columns for name, columns in every.items() if _of_patients(columns)}
            standing.enter_context(untold(registry, of_patients, time_zero, suppress))
        for name, columns in every.items():
            if columns and (not tables or name in tables or name == ANALYSIS):
                writer.write(target, name, columns)
        about = {
            "format": FORMAT, "version": __version__, "synthetic": registry.synthetic,
            "pseudonymised": known is not None, "suppressed_below": suppress or None,
            "time_zero": time_zero, **writer.done.to_dict(),
        }  # fmt: skip
        (target / "about.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2) + b"\n")
    return writer.done


@contextmanager
def _analysed(registry: Registry, time_zero: str) -> Iterator[Sequence[Physical]]:
    """The columns of the table that studies read, which stands as one of the others within the block."""
    registry.connection.register(ANALYSIS, analysis_table(registry, time_zero))
    try:
        yield [Physical(name, kind) for name, kind, *_ in registry.rows(f"DESCRIBE {ANALYSIS}")]
    finally:
        registry.connection.unregister(ANALYSIS)


def _of_patients(columns: Sequence[Physical]) -> bool:
    return any(one.name == "patient_id" for one in columns)


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

    def __init__(
        self, registry: Registry, form: str, time_zero: str | None, pseudonymised: bool, suppress: int
    ) -> None:
        self.registry = registry
        self.form = form
        self.time_zero = time_zero
        self.pseudonymised = pseudonymised
        self.suppress = suppress
        self.wordless = pseudonymised or suppress > 0
        self.done = Exported({}, {}, {})

    def kept(self, table: str, columns: Sequence[Physical]) -> Sequence[Physical]:
        """The columns that are written; none of a table that stays."""
        if self.wordless and table in OF_FILES:
            return ()
        return [one for one in columns if not self._is_free(table, one.name)]

    def write(self, target: Path, name: str, columns: Sequence[Physical]) -> None:
        """One table as one file, of the columns that are kept."""
        rarely = self.suppress > 0 and _of_patients(columns)
        emptied = {one.name: is_untold(name, one.name) if rarely else None for one in columns}
        left_out = is_left_out(name, self.time_zero) if rarely else None
        joined = f"{covered(self.suppress) if rarely and name == 'coverage' else quoted(name)} t"
        shown = [f"{self._cell(one, emptied[one.name])} AS {quoted(one.name)}" for one in columns]
        if _of_patients(columns) and name not in ("patient", ANALYSIS):
            shown.append("whose.synthetic AS synthetic")
            joined += " LEFT JOIN patient whose ON whose.patient_id = t.patient_id"
        if rarely:
            joined += f" {HIDDEN}"
        file = str(target / f"{name}.{self.form}").replace("'", "''")
        how = "FORMAT csv, HEADER" if self.form == "csv" else "FORMAT parquet, COMPRESSION zstd"
        where = f"WHERE NOT {left_out}" if left_out else ""
        written = self.registry.rows(
            f"COPY (SELECT {', '.join(shown)} FROM {joined} {where} ORDER BY ALL) TO '{file}' ({how})"
        )[0][0]
        self.done = Exported(
            {**self.done.rows, name: written},
            {**self.done.suppressed, **self._counted(name, f"{joined} {where}", emptied)},
            {**self.done.left_out, **self._counted_rows(name, joined, left_out)},
        )

    def _is_free(self, table: str, column: str) -> bool:
        """Whether a column is left out: it holds what somebody wrote, or where that stands, or the birth."""
        if self.wordless and (column in FREE or column in ORIGIN):
            return True
        described = load_tables().tables.get(table)
        of = column.removesuffix("_unknown").removesuffix("_lo").removesuffix("_hi")
        found = described.columns.get(of) if described else None
        if found is None:
            return False
        return (self.wordless and found.shape == "text") or (self.pseudonymised and of == BIRTH)

    def _counted(self, table: str, source: str, emptied: Mapping[str, str | None]) -> dict[str, int]:
        """In how many cells an answer was emptied, by column."""
        asked = {name: test for name, test in emptied.items() if test and not name.endswith("_unknown")}
        if not asked:
            return {}
        counts = ", ".join(f"count(t.{quoted(name)}) FILTER ({test})" for name, test in asked.items())
        (found,) = self.registry.rows(f"SELECT {counts} FROM {source}")
        return {f"{table}.{name}": number for name, number in zip(asked, found, strict=True) if number}

    def _counted_rows(self, table: str, source: str, left_out: str | None) -> dict[str, int]:
        if left_out is None:
            return {}
        ((number,),) = self.registry.rows(f"SELECT count(*) FROM {source} WHERE {left_out}")
        return {table: number} if number else {}

    def _cell(self, one: Physical, emptied: str | None) -> str:
        """A column in SQL, as it is written."""
        cell = f"t.{quoted(one.name)}"
        is_reason = one.name.endswith("_unknown") or one.name == "unknown"
        rare = reason(self.suppress)
        if self.wordless and is_reason:
            cell = f"CASE WHEN {cell} = '{rare}' THEN {cell} WHEN {cell} IS NOT NULL THEN 'unknown' END"
        if self.pseudonymised and one.name == AGE:
            cell = f"floor({cell})"
        if emptied:
            instead = f"'{rare}'" if is_reason else "NULL"
            cell = f"CASE WHEN {emptied} THEN {instead} ELSE {cell} END"
        if self.form == "csv" and one.type == "VARCHAR[]":
            cell = f"CASE WHEN {cell} IS NOT NULL THEN array_to_string({cell}, '; ') END"
        if self.form == "csv" and one.type.startswith("VARCHAR"):
            cell = f"CASE WHEN regexp_matches({cell}, {FORMULA}) THEN '''' || {cell} ELSE {cell} END"
        return cell

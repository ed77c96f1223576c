"""``netlm burden FOLDER``: many scans into one table, in parallel, to be taken up again after a kill."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from ..errors import Problem, Problems
from ..files import write_atomically

if TYPE_CHECKING:
    from ..imaging import Job, Rules

__all__ = ["run_batch"]

COLUMNS = (
    "file", "liver_ml", "liver_ml_low", "liver_ml_high", "parenchyma_ml", "tumour_ml", "tumour_ml_low",
    "tumour_ml_high", "treated_ml", "replacement_percent", "replacement_percent_low", "replacement_percent_high",
    "count", "count_low", "count_high", "count_rule", "largest_axial_mm", "largest_axial_mm_low",
    "largest_axial_mm_high", "distribution", "slice_mm", "reviewed", "warnings", "error", "message",
)  # fmt: skip
EVERY = 20
"""Scans after which a line of progress is written where there is no terminal."""


def run_batch(
    source: str, arguments: Mapping[str, Any], rules: Rules, each: str, workers: int | None, output: str | None
) -> None:
    """Measure every scan of a folder or of the column ``labels`` of a CSV, and write one table.

    What is done is kept beside the table (``.part``) until all is done, so that a run that was killed goes on.
    Raises ``Problems`` for a source without scans, an output of another kind, and, after writing, for bad scans.
    """
    target = _target(output)
    jobs = list(_jobs(source, {**arguments, "each": each}))
    if not jobs:
        raise _usage(
            "no label map", "files that end in .nii.gz, .nrrd, .mha or .dcm", "Is it the right folder?", source
        )
    journal = _journal(target)
    key = sha256(repr((jobs, rules)).encode()).hexdigest()
    done = _kept(journal, key)
    rest = [place for place in range(len(jobs)) if place not in done]
    if done:
        click.echo(f"{len(done)} of {len(jobs)} scans were done before", err=True)
    from ..imaging import burden_rows

    with journal.open("ab") as stream:
        if not done:
            stream.truncate(0)
            stream.write(orjson.dumps({"run": key}) + b"\n")
        for number, (place, row) in enumerate(burden_rows([jobs[one] for one in rest], rules, workers), len(done) + 1):
            done[rest[place]] = row
            stream.write(orjson.dumps({"place": rest[place], "row": row}) + b"\n")
            stream.flush()
            _tell(number, len(jobs), row)
    write_atomically(target, _table([done[place] for place in range(len(jobs))], target.suffix.lower()))
    journal.unlink()
    _finish([done[place] for place in range(len(jobs))], target)


def _target(output: str | None) -> Path:
    if output is None or Path(output).suffix.lower() not in (".csv", ".parquet"):
        raise _usage("no table to write", "a .csv or .parquet", "Add -o burden.parquet or -o burden.csv.", "-o")
    if Path(output).suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            remedy = "Add it with: pip install 'netlm[registry]', or write a .csv."
            problem = Problem("no pyarrow in this installation", "the extra `registry`", remedy, "extra", place="-o")
            raise Problems([problem]) from None
    return Path(output)


def _journal(target: Path) -> Path:
    """The file beside the table that keeps what is done; tried out before hours are spent on it.

    Raises ``Problems`` where the table could not be written.
    """
    journal = target.with_name(target.name + ".part")
    try:
        if target.is_dir():
            raise IsADirectoryError
        with journal.open("ab"):
            return journal
    except OSError:
        problem = Problem(
            "a table that cannot be written", "a writable file in an existing folder",
            "Check the path and its permissions; nothing was measured.", "unwritable", file=str(target), place="-o",
        )  # fmt: skip
        raise Problems([problem], str(target)) from None


def _usage(found: str, expected: str, remedy: str, place: str) -> Problems:
    return Problems([Problem(found, expected, remedy, "usage", place=place)], place)


def _jobs(source: str, arguments: Mapping[str, Any]) -> Iterator[Job]:
    from ..imaging import Job, is_scan

    path = Path(source)
    if path.is_dir():
        for file in sorted(found for found in path.rglob("*") if found.is_file() and is_scan(found)):
            yield Job(str(file), arguments)
        return
    if not path.exists():
        raise _usage("no such file", "a folder, or a CSV with the column `labels`", "Check the path.", source)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if "labels" not in (rows.fieldnames or ()):
            raise _usage("no column `labels`", "a column `labels` with a file in each row", "Name it so.", source)
        for row in rows:
            own = {name: row[name] for name in ("liver", "tumour") if row.get(name)}
            yield Job(os.path.normpath(path.parent / row["labels"]), {**arguments, **own})


def _kept(journal: Path, key: str) -> dict[int, dict[str, Any]]:
    """What an earlier run of the same jobs had done; its last line may be torn."""
    found: dict[int, dict[str, Any]] = {}
    if not journal.exists():
        return found
    lines = journal.read_bytes().split(b"\n")
    try:
        if orjson.loads(lines[0]).get("run") != key:
            return found
        for line in lines[1:]:
            entry = orjson.loads(line)
            found[int(entry["place"])] = entry["row"]
    except (orjson.JSONDecodeError, AttributeError, KeyError):
        pass
    with journal.open("r+b") as stream:
        stream.truncate(sum(len(line) + 1 for line in lines[: len(found) + 1]))
    return found


def _tell(number: int, of: int, row: Mapping[str, Any]) -> None:
    if row.get("error"):
        click.echo(f"skipped: {row['message']}", err=True)
    if sys.stderr.isatty():
        click.echo(f"\r{number} of {of} scans", err=True, nl=number == of)
    elif number % EVERY == 0 or number == of:
        click.echo(f"{number} of {of} scans", err=True)


def _table(rows: list[dict[str, Any]], kind: str) -> bytes:
    filled = [{name: row.get(name) for name in COLUMNS} for row in rows]
    if kind == ".csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(filled)
        return text.getvalue().encode()
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"file": pa.string(), "count_rule": pa.string(), "distribution": pa.string(), "warnings": pa.string(),
             "error": pa.string(), "message": pa.string(), "reviewed": pa.bool_(),
             **dict.fromkeys(("count", "count_low", "count_high"), pa.int64())}  # fmt: skip
    schema = pa.schema([(name, types.get(name, pa.float64())) for name in COLUMNS])
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(filled, schema), stream)
    return stream.getvalue()


def _finish(rows: list[dict[str, Any]], target: Path) -> None:
    bad = [row for row in rows if row.get("error")]
    click.echo(f"{len(rows) - len(bad)} scans measured, {len(bad)} skipped: {target}", err=True)
    if bad:
        raise SystemExit(2)

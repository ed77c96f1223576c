"""``netlm burden FOLDER``: many scans into one table, in parallel, to be taken up again after a kill."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems
from ..files import write_atomically
from ._burden_journal import Journal
from ._burden_list import scans_of

if TYPE_CHECKING:
    from ..imaging import Job, Rules
    from ._scan_options import Labels

__all__ = ["refuse_for_many", "run_batch"]

COLUMNS = (
    "file", "liver_ml", "liver_ml_low", "liver_ml_high", "parenchyma_ml", "tumour_ml", "tumour_ml_low",
    "tumour_ml_high", "treated_ml", "replacement_percent", "replacement_percent_low", "replacement_percent_high",
    "count", "count_low", "count_high", "count_rule", "largest_axial_mm", "largest_axial_mm_low",
    "largest_axial_mm_high", "distribution", "slice_mm", "reviewed", "warnings", "error", "message",
)  # fmt: skip
FOR_ONE = {
    "--second-reader": ("a second reader for each scan", "Give a CSV with the columns `labels` and `second_reader`."),
    "--pictures": ("one scan", "Leave it out, and draw the scans that matter one by one."),
    "--image": ("one scan", "Leave it out: it stands behind the pictures, and many scans are one table."),
    "--format json": ("a table", "Leave it out, and give -o burden.csv or -o burden.parquet."),
}
"""Options of one scan: what is expected for many, and what to do."""
EVERY = 20
"""Scans after which a line of progress is written where there is no terminal."""


def run_batch(source: str, labels: Labels, rules: Rules, each: str, workers: int | None, output: str | None) -> None:
    """Measure every scan of a folder or of the column ``labels`` of a CSV, and write one table.

    What is done is kept beside the table (``.part``) until all is done, so that a run that was killed goes on: with
    the scans that were not measured, or failed, or whose files, labels, rules or version are others now.
    Raises ``Problems`` for a source without scans, an output of another kind, and, after writing, for bad scans.
    """
    target = _target(output)
    jobs = scans_of(source, labels, each)
    journal = Journal(target)
    done = dict(_done(journal, jobs, rules))
    rest = [place for place in range(len(jobs)) if place not in done]
    from ..imaging import burden_rows

    try:
        for number, (place, row) in enumerate(burden_rows([jobs[one] for one in rest], rules, workers), len(done) + 1):
            done[rest[place]] = row
            journal.add(row)
            _tell(number, len(jobs), row)
    except BaseException:
        journal.close(done=False)
        raise
    rows = [done[place] for place in range(len(jobs))]
    write_atomically(target, _table(rows, target.suffix.lower()))
    journal.close(done=True)
    _finish(rows, target)


def refuse_for_many(given: Mapping[str, bool]) -> None:
    """Refuse the options of one scan for many.

    Raises ``Problems``, one for each.
    """
    problems = [
        Problem(f"{option} for a folder or CSV", expected, remedy, "usage", place=option)
        for option, (expected, remedy) in FOR_ONE.items()
        if given[option]
    ]
    if problems:
        raise Problems(problems, problems[0].place)


def _done(journal: Journal, jobs: Sequence[Job], rules: Rules) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place and row of each scan that an earlier run measured from the same files, labels, rules and version."""
    from ..imaging import made_from

    files = {row["file"] for row in journal.rows.values()}
    same = others = 0
    for place, job in enumerate(jobs):
        if job.shown not in files:
            continue
        row = journal.rows.get(made_from(job, rules) or "")
        same, others = same + (row is not None), others + (row is None)
        if row is not None:
            yield place, row
    if same:
        click.echo(f"{same} of {len(jobs)} scans were done before", err=True)
    if others:
        click.echo(f"{others} of {len(jobs)} scans were done before from other files, labels, rules or another version:"
                   " they are measured again", err=True)  # fmt: skip


def _target(output: str | None) -> Path:
    if output is None or Path(output).suffix.lower() not in (".csv", ".parquet"):
        found = "no table to write" if output is None else "a name that ends otherwise"
        problem = Problem(found, "a .csv or .parquet", "Add -o burden.parquet or -o burden.csv.", "usage",
                          place="-o")  # fmt: skip
        raise Problems([problem], "-o")
    if Path(output).suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            remedy = "Add it with: pip install 'netlm[registry]', or write a .csv."
            problem = Problem("no pyarrow in this installation", "the extra `registry`", remedy, "extra", place="-o")
            raise Problems([problem]) from None
    return Path(output)


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

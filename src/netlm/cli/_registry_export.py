"""``netlm registry export``: the tables of a registry as files."""

from __future__ import annotations

import click

from ._shared import check_format

__all__ = ["export_command"]

FORMATS = ("csv", "parquet")


@click.command("export")
@click.argument("file", metavar="FILE")
@click.argument("folder", metavar="FOLDER")
@click.option("--format", "format_name", default="csv", metavar="csv|parquet", help="Of the files.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table; may be repeated.")
@click.option("--time-zero", metavar="NAME", help="Also the table that studies read, from this time zero on.")
@click.option("--pseudonymise", "key", metavar="KEYFILE", help="With pseudonyms, days moved, and no words; see below.")
@click.option("--suppress", default=0, metavar="N", help="Empty answers that fewer than N patients have; see below.")
def export_command(
    file: str, folder: str, format_name: str, tables: tuple[str, ...], time_zero: str | None, key: str | None,
    suppress: int,
) -> None:  # fmt: skip
    """Write the tables of the registry in FILE into a new FOLDER, one file each, readable by you alone.

    With --pseudonymise ids become pseudonyms, all days of a patient move by the same number of weeks, days known only
    as a month or a year become wider ranges, the age stands for the birth, and whatever somebody wrote in words is left
    out. KEYFILE holds the key; it is made where there is none. Keep it, and keep it
    apart from the export: the same key gives the same pseudonyms.

    With --suppress an answer in words, or yes or no, that fewer than N patients have in its column is emptied, with
    the next rarest ones until the empty cells are those of N patients and two answers at least, and with what is
    derived from it; whatever somebody wrote in words is left out. Not covered: numbers, days, and answers taken
    together, which can still be those of fewer patients.
    """
    from ..registry import export_registry, open_registry

    check_format(format_name, FORMATS)
    with open_registry(file) as registry:
        done = export_registry(
            registry, folder, form=format_name, tables=tables, time_zero=time_zero, key=key, suppress=suppress
        )
        made_up = "SYNTHETIC data: " if registry.synthetic else ""
    emptied = sum(done.suppressed.values())
    said = f", {emptied} cells emptied, {sum(done.left_out.values())} rows left out" if suppress else ""
    click.echo(f"{made_up}{len(done.rows)} tables, {sum(done.rows.values())} rows{said}")

"""``netlm registry init``, ``list``, ``show``, ``check`` and ``migrate``."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import click

from ._shared import check_format, complaining, emit, tell_json

__all__ = ["check_command", "init_command", "list_command", "migrate_command", "show_command"]

FORMATS = ("text", "json")
FORMAT = click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")


@click.command("init")
@click.argument("file", metavar="FILE")
def init_command(file: str) -> None:
    """Make an empty registry in a new FILE, readable by you alone."""
    from ..registry import create_registry

    create_registry(file)


@click.command("migrate")
@click.argument("file", metavar="FILE")
def migrate_command(file: str) -> None:
    """Bring the registry in FILE to this version of netlm."""
    from ..registry import migrate_registry

    click.echo("brought up" if migrate_registry(file) else "nothing to do")


@click.command("list")
@click.argument("file", metavar="FILE")
@click.option("--patients", is_flag=True, help="Name the patients, one a line.")
@FORMAT
def list_command(file: str, patients: bool, format_name: str) -> None:
    """What is in the registry in FILE: patients, rows and imports."""
    from ..registry import open_registry, summary

    check_format(format_name, FORMATS)
    with complaining(format_name), open_registry(file) as registry:
        if patients:
            named = [row[0] for row in registry.rows("SELECT patient_id FROM patient ORDER BY patient_id")]
            content = tell_json(named) if format_name == "json" else "".join(f"{one}\n" for one in named).encode()
        else:
            found = summary(registry)
            content = tell_json(found) if format_name == "json" else _summary(found).encode()
    emit(content, None)


def _summary(found: dict[str, Any]) -> str:
    made_up = found["synthetic_patients"]
    lines = [f"{found['patients']} patients" + (f", {made_up} of them SYNTHETIC" if made_up else "")]
    lines += [f"  {count:>9}  {name}" for name, count in found["rows"].items() if name != "patient" and count]
    lines.append(f"{len(found['imports'])} imports")
    lines += [f"  {one['id']:>9}  {one['made']}  {one['files']} files, {one['rows']} rows" for one in found["imports"]]
    return "".join(f"{line}\n" for line in lines)


@click.command("show")
@click.argument("file", metavar="FILE")
@click.argument("patient", metavar="PATIENT")
@FORMAT
def show_command(file: str, patient: str, format_name: str) -> None:
    """All that the registry in FILE holds of PATIENT, and where each row came from."""
    from ..registry import open_registry, patient_rows

    check_format(format_name, FORMATS)
    with complaining(format_name), open_registry(file) as registry:
        found = patient_rows(registry, patient)
    emit(tell_json(found) if format_name == "json" else _patient(patient, found).encode(), None)


def _patient(patient: str, found: dict[str, list[dict[str, Any]]]) -> str:
    lines = [patient]
    for table, rows in found.items():
        lines += ["", table]
        for row in rows:
            said = "; ".join(f"{name} {_said(cell)}" for name, cell in _brief(row).items())
            lines.append(f"  {said}" if said else "  (empty)")
    return "".join(f"{line}\n" for line in lines)


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what only repeats: equal ends once, closed ends not at all, and no whole texts."""
    shown: dict[str, Any] = {}
    for name, cell in row.items():
        base = name.removesuffix("_lo")
        if name.endswith(("_open", "_text", "_hash")) or name == "text":
            continue
        if name.endswith("_hi") and f"{name[:-3]}_lo" in row:
            continue
        if base != name and f"{base}_hi" in row:
            high = row[f"{base}_hi"]
            shown[base] = cell if cell == high else f"{_said(cell)} to {_said(high)}"
        else:
            shown[name] = cell
    return shown


def _said(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:g}"
    if isinstance(cell, list):
        return ", ".join(cell) or "none"
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


@click.command("check")
@click.argument("file", metavar="FILE")
@FORMAT
def check_command(file: str, format_name: str) -> None:
    """Name every contradiction between the files of the registry in FILE; exit 2 where there is one."""
    from ..registry import check_registry, open_registry

    check_format(format_name, FORMATS)
    with complaining(format_name), open_registry(file) as registry:
        found = check_registry(registry)
    if format_name == "json":
        emit(tell_json({"problems": [{"file": one.file, **one.to_dict()} for one in found]}), None)
    else:
        for problem in found:
            click.echo(str(problem), err=True)
        number = f"{len(found)} contradiction{'s' if len(found) > 1 else ''}"
        click.echo(number if found else "no contradiction")
    if found:
        sys.exit(2)

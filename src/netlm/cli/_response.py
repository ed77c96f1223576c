"""``netlm response``: the liver's response between scans."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems
from ._scan_options import Labels, label_options, needing_imaging, picture_folder, reading_options, spare
from ._shared import complaining, emit, format_of, tell_json

if TYPE_CHECKING:
    from ..imaging import ScanInfo

__all__ = ["response_command"]

FORMATS = ("text", "json")
EACH = "One for each scan, with commas between, the baseline first."


@click.command("response")
@click.argument("baseline", metavar="BASELINE")
@click.argument("follow_ups", metavar="FOLLOW_UP...", nargs=-1, required=True)
@label_options
@reading_options
@click.option("--dates", default="", metavar="DATE,DATE", help=f"Days of the scans. {EACH}")
@click.option("--modalities", default="", metavar="CT,MR", help=f"Modalities. {EACH}")
@click.option("--phases", default="", metavar="P,P", help=f"Contrast phases. {EACH}")
@click.option("--local-treatments", default="", metavar="T,T", help=f"A local treatment since the last. {EACH}")
@click.option("--register", type=click.Choice(["auto", "yes", "no"]), default="auto", help="Register the livers?")
@click.option("--pictures", metavar="FOLDER", help="Write the pictures here (SVG).")
@click.option("--format", "format_name", metavar="text|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
def response_command(
    baseline: str, follow_ups: tuple[str, ...], dates: str, modalities: str, phases: str, local_treatments: str,
    register: str, pictures: str | None, format_name: str | None, output: str | None, **more: Any,
) -> None:  # fmt: skip
    """Liver response from BASELINE to each FOLLOW_UP, in the order of time: RECIST, SWOG/WHO, volume, growth."""
    format_name = format_of(format_name, output, FORMATS)
    with complaining(format_name):
        needing_imaging()
        from ..case import imaging_rules, response_rules
        from ..imaging import burden, plot_spider, plot_waterfall, response

        files = (baseline, *follow_ups)
        spare(files, output)
        infos = _infos(len(files), dates, modalities, phases, local_treatments)
        rules, arguments = imaging_rules(), Labels.of(more).arguments()
        scans = [_measured(burden, number, file, arguments, rules, len(files)) for number, file in enumerate(files)]
        forced = {"auto": None, "yes": True, "no": False}[register]
        found = response(scans[0], scans[1:], response_rules(), rules, infos=infos, register=forced)
        if pictures:
            target = picture_folder(pictures)
            plot_spider(found).save(target / "spider.svg")
            plot_waterfall(found).save(target / "waterfall.svg")
        emit(tell_json(found.to_dict()) if format_name == "json" else found.to_text().encode(), output)


def _measured(burden: Any, number: int, file: str, arguments: dict[str, Any], rules: Any, of: int) -> Any:
    if sys.stderr.isatty():
        click.echo(f"measuring scan {number + 1} of {of}", err=True)
    return burden(file, **{**arguments, **({} if number else {"ablation": None})}, rules=rules)


def _infos(scans: int, dates: str, modalities: str, phases: str, local: str) -> list[ScanInfo]:
    from ..dictionary import read_day
    from ..imaging import ScanInfo

    parts = {name: _parts(text, scans, option) for name, text, option in (
        ("date", dates, "--dates"), ("modality", modalities, "--modalities"), ("phase", phases, "--phases"),
        ("local_treatment", local, "--local-treatments"))}  # fmt: skip
    days: list[datetime.date | None] = []
    for text in parts.pop("date"):
        try:
            days.append(read_day(text) if text else None)
        except Problem as problem:
            problem.place = "--dates"
            raise Problems([problem], "--dates") from None
    return [
        ScanInfo(day, **{name: values[number] for name, values in parts.items()}) for number, day in enumerate(days)
    ]


def _parts(text: str, scans: int, option: str) -> list[str]:
    if not text.strip():
        return [""] * scans
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != scans:
        remedy = "Put commas between; a part may be empty."
        problem = Problem(f"{len(parts)} parts", f"{scans}, one for each scan", remedy, "usage", place=option)
        raise Problems([problem], option)
    return parts

"""``netlm debulking``: what was removed between two scans; ``netlm debulking reach``: what it would take."""

from __future__ import annotations

from typing import Any

import click

from ..errors import Problem, Problems
from ._scan_options import Labels, label_options, needing_imaging, picture_folder, reading_options, spare
from ._shared import complaining, emit, format_of, tell_json

__all__ = ["debulking_command"]

FORMATS = ("text", "json")
MEASURED = "measured"


class _Scans(click.Group):
    """A group whose command may be left out: then the arguments are the two scans."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "", self.commands[MEASURED], args


@click.group(
    "debulking", cls=_Scans, context_settings={"ignore_unknown_options": True}, options_metavar="PRE POST [OPTIONS]",
    subcommand_metavar="| reach LABELS [OPTIONS]", add_help_option=False,
)  # fmt: skip
@click.pass_context
def debulking_command(ctx: click.Context) -> None:
    """What was removed between the label maps PRE and POST; `reach LABELS`: the least liver for a share."""


@debulking_command.command(MEASURED, hidden=True)
@click.argument("before", metavar="PRE")
@click.argument("after", metavar="POST")
@label_options
@reading_options
@click.option("--register", type=click.Choice(["auto", "yes", "no"]), default="auto", help="Register the livers?")
@click.option("--pictures", metavar="FOLDER", help="Write the pictures here (SVG).")
@click.option("--format", "format_name", metavar="text|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
def _measured(
    before: str, after: str, register: str, pictures: str | None, format_name: str | None, output: str | None,
    **more: Any,
) -> None:  # fmt: skip
    """How much of the tumour was removed between the label maps PRE and POST, by volume and by count.

    `netlm debulking reach LABELS` tells the least liver that has to go to reach a share of it.
    """
    format_name = format_of(format_name, output, FORMATS)
    with complaining(format_name):
        needing_imaging()
        from ..case import debulking_targets, imaging_rules
        from ..imaging import burden, debulking, plot_before_after

        rules, chosen = imaging_rules(), Labels.of(more)
        spare((before, after), output)
        first, second = chosen.arguments(), chosen.arguments()
        first.pop("ablation")
        scans = [burden(before, **first, rules=rules), burden(after, **second, rules=rules)]
        forced = {"auto": None, "yes": True, "no": False}[register]
        found = debulking(scans[0], scans[1], rules, targets=debulking_targets(), register=forced)
        if pictures:
            plot_before_after(found).save(picture_folder(pictures) / "before-after.svg")
        emit(tell_json(found.to_dict()) if format_name == "json" else found.to_text().encode(), output)


@debulking_command.command("reach")
@click.argument("labels", metavar="LABELS")
@label_options
@reading_options
@click.option("--margin", type=float, metavar="MM", help="Rim of a wedge; else the convention.")
@click.option("--ablation-margin", type=float, metavar="MM", help="Rim of an ablation; else the convention.")
@click.option("--acts", default="wedge,ablation,segment", metavar="A,B", help="Which of wedge, ablation, segment.")
@click.option("--pictures", metavar="FOLDER", help="Write the pictures here (SVG).")
@click.option("--format", "format_name", metavar="text|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
def _reach(
    labels: str, margin: float | None, ablation_margin: float | None, acts: str, pictures: str | None,
    format_name: str | None, output: str | None, **more: Any,
) -> None:  # fmt: skip
    """The least liver that has to go to reach 70, 90 and 100 % of the tumour: arithmetic, not a surgical plan."""
    format_name = format_of(format_name, output, FORMATS)
    with complaining(format_name):
        needing_imaging()
        for name, value in (("--margin", margin), ("--ablation-margin", ablation_margin)):
            if value is not None and not 0 <= value <= 100:
                problem = Problem(f"{value:g} mm", "0 to 100 mm", "Give a rim in millimetres.", "usage", place=name)
                raise Problems([problem], name)
        from ..case import imaging_rules, reach_rules
        from ..imaging import burden, plot_frontier, reach

        spare((labels,), output)
        kinds = [kind.strip() for kind in acts.split(",") if kind.strip()]
        scan = burden(labels, **Labels.of(more).arguments(), rules=imaging_rules())
        found = reach(scan, reach_rules(margin_mm=margin, ablation_margin_mm=ablation_margin), kinds=kinds)
        if pictures:
            plot_frontier(found).save(picture_folder(pictures) / "frontier.svg")
        emit(tell_json(found.to_dict()) if format_name == "json" else found.to_text().encode(), output)

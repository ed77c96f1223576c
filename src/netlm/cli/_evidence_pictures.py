"""``netlm evidence forest | map | landmarks | curves``: the studies in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Problem
from ._evidence_shared import FORMAT, FORMATS, Studies, check_option, which_studies
from ._shared import check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["curves_command", "forest_command", "landmarks_command", "map_command"]

OUTPUT = click.option("-o", "--output", metavar="PATH", help="The picture as .svg, .png or .pdf; else its words.")


def _show(picture: Picture, output: str | None, format_name: str) -> None:
    """The picture in a file, or in words."""
    if output is not None:
        if Path(output).suffix.lower() not in (".svg", ".png", ".pdf"):
            problem = Problem("another kind of file", ".svg, .png or .pdf", "Choose one.", "usage", place="-o")
            raise problem
        picture.save(output)
    if format_name == "json":
        emit(tell_json({"title": picture.title, "text": picture.text, "file": output}), None)
    elif output is None:
        emit(f"{picture.text}\n".encode(), None)


@click.command("forest")
@click.argument("studies", nargs=-1, required=True, metavar="STUDY...")
@click.option("--endpoint", required=True, metavar="progression|survival|survival-at-5-years", help="What is shown.")
@click.option("--method", default="reml", metavar="fixed|dl|reml|hk", help="How it is pooled; reml unless given.")
@click.option("--accept-differences", "accept", is_flag=True, help="Pool although they differ, and tell how.")
@OUTPUT
@which_studies
@FORMAT
def forest_command(
    studies: tuple[str, ...], endpoint: str, method: str, accept: bool, output: str | None, which: Studies,
    format_name: str,
) -> None:  # fmt: skip
    """A forest plot: pooled where the studies answer one question, else side by side."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import forest_picture

        _show(forest_picture(which.load(), studies, endpoint, method, accept=accept), output, format_name)


@click.command("map")
@click.option("--option", "options", multiple=True, metavar="OPTION", help="Only this option; may be given again.")
@OUTPUT
@which_studies
@FORMAT
def map_command(options: tuple[str, ...], output: str | None, which: Studies, format_name: str) -> None:
    """The evidence map: options in the order of the dossier, designs, size and year of every study."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import map_picture
        from ..guidance import load_pack

        found = which.load()
        for option in options:
            check_option(found, option)
        _show(map_picture(found, options or load_pack().order), output, format_name)


@click.command("landmarks")
@click.option("--option", required=True, metavar="OPTION", help="After which option.")
@click.option("--endpoint", default="survival", metavar="survival|survival-at-5-years", help="Medians or 5-year rates.")
@OUTPUT
@which_studies
@FORMAT
def landmarks_command(option: str, endpoint: str, output: str | None, which: Studies, format_name: str) -> None:
    """Survival of published groups after one option, such as by margin or by the part removed."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import landmark_picture

        if endpoint not in ("survival", "survival-at-5-years"):
            problem = Problem(
                "another endpoint", "survival or survival-at-5-years", "Use one of them.", "usage", place="--endpoint"
            )
            raise problem
        found = which.load()
        check_option(found, option)
        _show(landmark_picture(found, option, endpoint), output, format_name)


@click.command("curves")
@click.argument("study", metavar="STUDY")
@OUTPUT
@which_studies
@FORMAT
def curves_command(study: str, output: str | None, which: Studies, format_name: str) -> None:
    """Curves modelled from the medians and hazard ratio of one study, where it allows that."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import curves_picture

        found = which.load()
        _show(curves_picture(found.study(study), found), output, format_name)

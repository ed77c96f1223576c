"""``netlm evidence``: the studies, which of them speak of a patient, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ..errors import Problem, Problems
from ._evidence_pictures import curves_command, forest_command, landmarks_command, map_command
from ._evidence_shared import FORMAT, FORMATS, Studies, check_option, which_studies
from ._shared import check_format, complaining, emit, tell_json

if TYPE_CHECKING:
    from ..evidence import Publication

__all__ = ["evidence_command"]


@click.command("list")
@click.option("--option", metavar="OPTION", help="Only studies of this option.")
@which_studies
@FORMAT
def list_command(option: str | None, which: Studies, format_name: str) -> None:
    """List the studies: name, year, design, size, what they are about."""
    from ._evidence_text import list_text, listed

    check_format(format_name, FORMATS)
    with complaining(format_name):
        found = which.load()
        check_option(found, option)
        studies = [one for one in found.studies.values() if option is None or option in one.options]
        if format_name == "json":
            emit(tell_json({"studies": [listed(one) for one in studies]}), None)
        else:
            emit(list_text(studies, found).encode(), None)


@click.command("show")
@click.argument("study", metavar="STUDY")
@which_studies
@FORMAT
def show_command(study: str, which: Studies, format_name: str) -> None:
    """Show one study: who was studied, what was given, what came out, and how each fact is known."""
    from ._evidence_text import study_text

    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import study_plain

        found = which.load()
        shown = found.study(study)
        emit(tell_json(study_plain(shown, found)) if format_name == "json" else study_text(shown, found).encode(), None)


@click.command("for")
@click.argument("case", metavar="CASE")
@click.option("--option", "options", multiple=True, metavar="OPTION", help="Only this option; may be given again.")
@click.option("--guidance", default="landmark_2020", metavar="PATH", help="The pack whose verdicts are compared.")
@which_studies
@FORMAT
def for_command(case: str, options: tuple[str, ...], guidance: str, which: Studies, format_name: str) -> None:
    """Which studies speak of this patient, under each option, and what came since the review."""
    from ._evidence_text import option_text, scores_text

    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..case import load_case
        from ..evidence import evidence_of
        from ..guidance import assess, load_pack

        found, pack = which.load(), load_pack(guidance)
        for option in options:
            check_option(found, option)
        patient = load_case(case, pack.dictionary)
        assessed = assess(pack, patient.facts, patient.as_of)
        verdicts = {name: one.verdict for name, one in assessed.options.items()}
        told = evidence_of(found, patient.facts, verdicts, pack.year, options)
        if format_name == "json":
            emit(tell_json({"case": patient.id, **told.to_dict()}), None)
            return
        titles = pack.dictionary.options
        parts = [option_text(one, titles[name].title, told.since_for(name)) for name, one in told.options.items()]
        emit("\n".join([*parts, scores_text(told.scores)]).encode(), None)


@click.command("pool")
@click.argument("studies", nargs=-1, required=True, metavar="STUDY...")
@click.option("--endpoint", required=True, metavar="progression|survival|survival-at-5-years", help="What is pooled.")
@click.option("--method", default="reml", metavar="fixed|dl|reml|hk", help="How; reml unless given.")
@click.option("--accept-differences", "accept", is_flag=True, help="Pool although they differ, and tell how.")
@which_studies
@FORMAT
def pool_command(
    studies: tuple[str, ...],
    endpoint: str,
    method: str,
    accept: bool,
    which: Studies,
    format_name: str,
) -> None:
    """Pool published results; refused where the studies do not answer one question."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import pool_evidence

        pooled, gathered = pool_evidence(which.load(), studies, endpoint, method, accept=accept)
        if format_name == "json":
            emit(tell_json(gathered.answer(pooled)), None)
            return
        differ = (f"They differ in {one.says}." for one in gathered.differences)
        lines = [pooled.sentence, gathered.interim, *differ, *pooled.notes]
        emit(("\n".join(line for line in lines if line) + "\n").encode(), None)


@click.command("check")
@click.option("--as-printed", "printed", is_flag=True, help="Check what the review prints, damage included.")
@click.option("--publications", metavar="PATH", help="A file or folder of your own studies, added.")
@FORMAT
def check_studies_command(printed: bool, publications: str | None, format_name: str) -> None:
    """Check that the numbers of every study can all be true."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import alarms, alarms_as_printed

        if printed:
            found = alarms_as_printed()
            studies: Mapping[str, Publication] = {}
        else:
            studies = Studies(None, publications).load().studies
            found = {name: tuple(alarms(study)) for name, study in studies.items()}
        told = [
            {"study": name, "place": one.place, "check": one.check, "says": one.says,
             "stands_because": studies[name].accepts(one.place).get(one.check) if name in studies else None}
            for name, several in found.items() for one in several
        ]  # fmt: skip
        if format_name == "json":
            emit(tell_json({"studies": len(found), "alarms": told}), None)
            return
        lines = [f"{one['study']}, {one['place']}: {one['says']}{_why(one['stands_because'])}" for one in told]
        emit(("\n".join([*lines, f"{len(found)} studies checked, {len(told)} alarms."]) + "\n").encode(), None)


def _why(reason: str | None) -> str:
    return f" (stands: {reason[:1].lower()}{reason[1:]})" if reason else ""


@click.command("export")
@click.option("--bibtex", is_flag=True, help="BibTeX.")
@click.option("--csl", is_flag=True, help="CSL-JSON.")
@click.option("-o", "--output", metavar="PATH", help="A file to write, whole or not at all.")
@which_studies
@FORMAT
def export_command(bibtex: bool, csl: bool, output: str | None, which: Studies, format_name: str) -> None:
    """Write the references of all studies for other programs."""
    check_format(format_name, FORMATS)
    with complaining(format_name):
        from ..evidence import as_bibtex, as_csl

        if bibtex == csl:
            asked, remedy = ("both formats", "Leave one out.") if csl else ("no format", "Add --bibtex or --csl.")
            raise Problems([Problem(f"{asked} of references", "--bibtex or --csl", remedy, "usage")], None)
        found = which.load()
        used = dict.fromkeys(name for study in found.studies.values() for name in study.reports)
        references = [found.dictionary.references[name] for name in used]
        if csl:
            emit(tell_json(as_csl(references)), output)
            return
        text = as_bibtex(references)
        emit(tell_json({"bibtex": text}) if format_name == "json" else text.encode(), output)


@click.group(
    "evidence",
    commands=[
        list_command,
        show_command,
        for_command,
        forest_command,
        map_command,
        landmarks_command,
        curves_command,
        pool_command,
        check_studies_command,
        export_command,
    ],
)
def evidence_command() -> None:
    """The published studies: list, show, match to a patient, pool, draw, check, export."""

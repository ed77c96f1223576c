"""A study: an analysis run on a table, as a page in text, JSON and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..figures import Picture
from ._analysis import METHODS, Analysis, Caution
from ._page import Check, Figure, Part, Section, Text
from ._patients import Patients
from ._published import published_part
from ._sample import Sample, sample_of
from ._whom import groups_part, population_part, time_zero_part

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Study", "run_study"]

FORMAT = "study/1"
WIDTH = 150.0
"""Millimetres of a picture that is saved."""
MAKERS = {
    "survival": ("_survival", "survival_parts"),
    "propensity": ("_propensity", "propensity_parts"),
    "time_dependent": ("_time_dependent", "time_dependent_parts"),
    "incidence": ("_incidence", "incidence_parts"),
    "shares": ("_shares", "shares_parts"),
    "concordance": ("_concordance", "concordance_parts"),
}
"""The module and function of each method, loaded when it is used."""
FOOT = (
    "Decision support for research, not for a single patient: groups of a registry differ in more than treatment. "
    "Times count from time zero in months; Kaplan-Meier estimates with Greenwood's variance, Cox models with Efron's "
    "ties. Who cannot be told is counted and left out, never guessed."
)
NOBODY = "Nobody certainly meets every step of the population."
EMPTY = "The table is empty: what the study asks about has not been imported."
TO_IMPORT = "Import cases and follow-up files, or a spreadsheet, with `netlm registry import`."
TO_DECIDE = (
    "Import records of meetings (decision/1), as `netlm decide` makes them, with `netlm registry import`; in a made-up "
    "registry they are there with `netlm registry synthesize --decisions N`."
)
MADE_UP = "The data are synthetic: made up by a program. Nothing here says anything about any treatment."


@dataclass(frozen=True, eq=False)
class Study:
    """Everything the page shows, as ``to_text``, ``to_html`` and ``to_dict``; ``figures`` are its pictures by name."""

    analysis: Analysis
    patients: Patients = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What a statistician would look at before believing the page."""
        return tuple(check for part in self.parts for check in part.checks)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The page, section by section."""
        parts = [section for part in self.parts for section in part.sections]
        warnings = tuple(Text(self._warned(one), "warning") for one in self.analysis.warnings)
        last = [Section("Checks", self.checks)] if self.checks else []
        last += [Section("Warnings", warnings)] if warnings else []
        return (Section("Question", tuple(self._question())), *parts, *last)

    def _question(self) -> Iterator[Text]:
        yield Text(self.analysis.question, "lead")
        if self.patients.synthetic:
            yield Text(MADE_UP, "warning")
        yield Text(f"Method: {METHODS[self.analysis.method]}.")

    def _warned(self, one: Caution) -> str:
        """A warning with its source."""
        if one.cite is None:
            return one.says
        return f"{one.says} ({self.analysis.columns.dictionary.references[one.cite.via].short}, {one.cite.section})"

    @property
    def figures(self) -> dict[str, Callable[[float], Picture]]:
        """The pictures by name, each drawn to a width in millimetres when called."""
        blocks = (block for section in self.sections for block in section.blocks)
        return {block.name: block.draw for block in blocks if isinstance(block, Figure)}

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON (``study/1``)."""
        from .. import __version__

        found: dict[str, Any] = {
            "netlm": {"format": FORMAT, "version": __version__}, "analysis": self.analysis.to_dict(),
            "synthetic": self.patients.synthetic, "results": [],
        }  # fmt: skip
        for part in self.parts:
            for key, value in part.data.items():
                found[key] = [*found["results"], *value] if key == "results" else value
        found["checks"] = [check._asdict() for check in self.checks]
        found["warnings"] = [one.says for one in self.analysis.warnings]
        found["figures"] = list(self.figures)
        return found

    def to_text(self) -> str:
        """The page as text, 100 columns wide."""
        from ._show import as_text

        return as_text(self.analysis.title, self.sections, FOOT)

    def to_html(self) -> str:
        """The page as one HTML file: no scripts, nothing fetched."""
        from ._show import as_html

        return as_html(self.analysis.title, self.sections, FOOT)

    def _repr_html_(self) -> str:
        from ._show import html_body

        return html_body(self.sections)

    def save_figures(self, folder: Path, ending: str = "svg", width: float = WIDTH) -> tuple[Path, ...]:
        """Every picture as a file of ``folder``, named by the analysis and the picture.

        Raises ``Problems`` for an ending that is not svg, png or pdf, or a folder that cannot be written.
        """
        saved = []
        for name, draw in self.figures.items():
            path = folder / f"{self.analysis.id}-{name}.{ending}"
            draw(width).save(path)
            saved.append(path)
        return tuple(saved)


def run_study(analysis: Analysis, patients: Patients) -> Study:
    """Answer the question of ``analysis`` on a table.

    Whatever is missing or empty in the table gives a page with the reasons.
    Raises ``Problems`` where the analysis names published results that there are not.
    """
    sample = sample_of(analysis, patients)
    parts = [population_part(sample), time_zero_part(sample), groups_part(sample)]
    parts += _made(sample)
    parts.append(published_part(analysis))
    return Study(analysis, patients, tuple(parts))


def _made(sample: Sample) -> Iterator[Part]:
    if not sample.patients.n:
        remedy = TO_DECIDE if sample.analysis.method == "concordance" else TO_IMPORT
        said = NOBODY if sample.population.all else f"{EMPTY} {remedy}"
        yield Part((Section("No result", (Text(said, "warning"),)),))
        return
    module, name = MAKERS[sample.analysis.method]
    yield from getattr(import_module(f"{__package__}.{module}"), name)(sample)

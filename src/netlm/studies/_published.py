"""The published results beside which one's own stand: by reference, with their size, time and definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Problem, Problems
from ..evidence import Publication, Result, load_evidence, say_result, say_size
from ._analysis import Analysis, Reference
from ._page import Part, Section, Table, Text

__all__ = ["Published", "published_part", "resolve"]

NO_TEST = (
    "Published numbers stand beside one's own; nothing is tested between them, as patients, years, definitions and "
    "follow-up differ."
)


@dataclass(frozen=True)
class Published:
    """One published result and its study."""

    study: Publication
    result: Result

    @property
    def definition(self) -> str:
        """How the study defined what it compared."""
        bands = [arm.band or arm.title for name, arm in self.study.arms.items() if name in self._arms]
        parts = [self.result.title, self.result.subgroup or "", "; ".join(bands)]
        return ": ".join(part for part in parts if part)

    @property
    def _arms(self) -> set[str]:
        return {measure.arm for measure in self.result.numbers if measure.arm}

    @property
    def era(self) -> str:
        """When its patients were treated, where that is told, and the year of the report."""
        years, reported = self.study.years, f"reported {self.study.year}"
        return f"{years.marked}; {reported}" if years else reported

    @property
    def cautions(self) -> str:
        """What the study's own entry warns of."""
        return " ".join(f"{one.rstrip('.')}." for one in (self.result.warning,) if one)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: numbers as they stand in the publication's file."""
        return {
            "study": self.study.id, "result": self.result.id, "name": self.study.dated, "n": say_size(self.study),
            "era": self.era, "definition": self.definition, "says": say_result(self.study, self.result),
            "known": self.result.support.known, "warning": self.result.warning,
        }  # fmt: skip


def resolve(references: Sequence[Reference], file: str = "") -> tuple[Published, ...]:
    """The results that an analysis names.

    Raises ``Problems`` for one that there is not.
    """
    evidence, found = load_evidence(), []
    problems: list[Problem] = []
    for reference in references:
        try:
            study = evidence.study(reference.study)
        except Problem as problem:
            problem.file, problem.place = file or None, "published"
            problems.append(problem)
            continue
        result = study.result(reference.result)
        if result is None:
            known = ", ".join(one.id for one in study.results)
            problems.append(Problem(
                f"`{reference.study}#{reference.result}`", f"a result of that study: {known}", "Correct the name.",
                "unknown-result", file=file or None, place="published",
            ))  # fmt: skip
        else:
            found.append(Published(study, result))
    if problems:
        raise Problems(problems, file or None)
    return tuple(found)


def published_part(analysis: Analysis) -> Part:
    """The published results as a table."""
    listed = resolve(analysis.published, analysis.file)
    if not listed:
        return Part(data={"published": []})
    rows = tuple(
        (one.study.dated, say_size(one.study) or "not told", one.era, one.definition, say_result(one.study, one.result))
        for one in listed
    )
    notes = tuple(f"{one.study.dated}: {one.cautions}" for one in listed if one.cautions)
    table = Table("Published results", ("study", "size", "when", "what was compared", "result"), rows, notes)
    section = Section("Beside what was published", (Text(NO_TEST), table))
    return Part((section,), data={"published": [one.to_dict() for one in listed]})

"""An analysis as data: whom it asks about, from when, what it compares, what came out elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..dictionary import Citation, Convention, Limit
from ..logic import Expression, Rule, compile_rule, facts_of
from ._columns import Columns, Event, Time

__all__ = [
    "DECISION_COLUMNS", "METHODS", "Analysis", "Caution", "Covariate", "Criterion", "Group", "Grouping", "Reference",
    "Share", "Step", "TimeZero",
]  # fmt: skip

METHODS = {
    "survival": "Kaplan-Meier curves, log-rank test, Cox models",
    "propensity": "propensity score: matching, weighting, overlap weights",
    "time_dependent": "treatment as a time-dependent covariate, and a landmark",
    "incidence": "cumulative incidence with competing death",
    "shares": "shares with exact intervals",
    "concordance": "recommendations of the board beside the verdicts of the source",
}
"""How an analysis is made, and in words."""


DECISION_COLUMNS = ("option", "verdict", "departs", "reason", "carried_out", "no_decision")
"""What a recommendation of a board, or a meeting without one, is read from."""


@dataclass(frozen=True)
class Criterion:
    """A condition over the columns: as written, and checked."""

    text: str
    expression: Expression
    rule: Rule

    @classmethod
    def of(cls, text: str, expression: Expression) -> Criterion:
        """The criterion of a checked expression."""
        return cls(text, expression, compile_rule(expression))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return facts_of(self.expression)


@dataclass(frozen=True)
class Step:
    """One step towards the population: who stays meets the criterion."""

    id: str
    says: str
    criterion: Criterion


@dataclass(frozen=True)
class TimeZero:
    """The day from which time counts, and the landmark from which groups that form later are compared.

    ``at`` is one of the time zeros of a registry; ``landmark`` the convention that names it, ``months`` its value,
    ``because`` why there has to be one.
    """

    at: str
    says: str
    landmark: Convention | None = None
    months: float | None = None
    because: str = ""


@dataclass(frozen=True)
class Group:
    """One of the groups that are compared."""

    id: str
    title: str
    criterion: Criterion


@dataclass(frozen=True)
class Grouping:
    """What is compared: the groups in order, and the one with which the others are compared."""

    title: str
    groups: tuple[Group, ...]
    reference: str

    def place(self, name: str) -> int:
        """The position of the group ``name``."""
        return [group.id for group in self.groups].index(name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns on which the groups hang."""
        return tuple(dict.fromkeys(name for group in self.groups for name in group.criterion.columns))


@dataclass(frozen=True)
class Covariate:
    """What a comparison is adjusted for: a number as it is, or whether a criterion holds."""

    id: str
    title: str
    column: str | None = None
    criterion: Criterion | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.column,) if self.column is not None else self.criterion.columns if self.criterion else ()


@dataclass(frozen=True)
class Share:
    """An outcome that a patient has or has not; published shares of its ``endpoint`` stand beside it."""

    id: str
    title: str
    criterion: Criterion
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A published result, by its study and its id there."""

    study: str
    result: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What a reader has to know beside the result."""

    says: str
    cite: Citation | None = None


@dataclass(frozen=True)
class Analysis:
    """One question to a registry, and how it is answered.

    ``limits`` are the numbers that its criteria name; ``outcomes`` are times or shares, by the method; ``strata`` are
    subgroups within which the comparison is told again; ``treatment`` is one that begins some time after time zero.
    """

    id: str
    order: int
    title: str
    question: str
    method: str
    population: tuple[Step, ...]
    time_zero: TimeZero | None
    grouping: Grouping | None
    treatment: Event | None
    times: tuple[Time, ...]
    shares: tuple[Share, ...]
    covariates: tuple[Covariate, ...]
    strata: tuple[Group, ...]
    limits: Mapping[str, Limit]
    published: tuple[Reference, ...]
    warnings: tuple[Caution, ...]
    columns: Columns
    file: str = ""

    @property
    def rows(self) -> str:
        """What a row of its table is: a patient; or a recommendation of a board, or a meeting without one."""
        return "recommendations and undecided meetings" if self.method == "concordance" else "patients"

    @property
    def reads(self) -> tuple[str, ...]:
        """Every column it needs, each once."""
        named = [name for step in self.population for name in step.criterion.columns]
        if self.grouping is not None:
            named += self.grouping.columns
        if self.treatment is not None:
            named += [self.treatment.of, self.treatment.on]
        if self.method == "concordance":
            named += DECISION_COLUMNS
        named += [name for time in self.times for name in time.reads]
        named += [name for share in self.shares for name in share.criterion.columns]
        named += [name for covariate in self.covariates for name in covariate.columns]
        named += [name for group in self.strata for name in group.criterion.columns]
        return tuple(dict.fromkeys(named))

    def described(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The analysis in words: headings with the lines under each."""
        yield "Method", (METHODS[self.method],)
        yield "Population", tuple(f"{step.says} ({step.criterion.text})" for step in self.population)
        if self.time_zero is not None:
            zero = self.time_zero
            at = f"; landmark at {zero.months:g} months ({zero.landmark.name})" if zero.landmark is not None else ""
            yield "Time zero", (f"{zero.says}{at}",)
        if self.grouping is not None:
            yield "Groups", tuple(f"{one.title} ({one.criterion.text})" for one in self.grouping.groups)
        yield "Outcomes", (*(one.title for one in self.times), *(one.title for one in self.shares))
        yield "Adjusted for", tuple(one.title for one in self.covariates)
        yield "Limits", tuple(self.limit_texts())
        yield "Published beside it", tuple(f"{one.study}#{one.result}" for one in self.published)
        yield "Warnings", tuple(one.says for one in self.warnings)

    def limit_texts(self) -> Iterator[str]:
        """Each limit with how it is known and where it stands."""
        for name, limit in self.limits.items():
            assert limit.cite is not None
            reference = self.columns.dictionary.references[limit.cite.via]
            refs = f", references {', '.join(limit.cite.refs)}" if limit.cite.refs else ""
            printed = f"; printed {limit.printed}" if limit.printed else ""
            where = f"{reference.short}, {limit.cite.section}{refs}{printed}"
            yield f"Limit {name}: {limit.value} ({limit.provenance}: {where})."

    def to_dict(self) -> dict[str, Any]:
        """What the analysis is, as JSON."""
        zero = self.time_zero
        return {
            "id": self.id, "title": self.title, "question": self.question, "method": self.method, "rows": self.rows,
            "population": [
                {"id": one.id, "when": one.criterion.text, "says": one.says} for one in self.population
            ],
            "time_zero": None if zero is None else {
                "at": zero.at, "says": zero.says, "because": zero.because,
                "landmark": zero.landmark and {
                    "convention": zero.landmark.name, "months": zero.months, "overridden": zero.landmark.overridden
                },
            },
            "groups": None if self.grouping is None else [
                {"id": one.id, "title": one.title, "when": one.criterion.text} for one in self.grouping.groups
            ],
            "outcomes": [*(one.id for one in self.times), *(one.id for one in self.shares)],
            "covariates": [one.title for one in self.covariates],
            "limits": {
                name: {"value": one.value, "provenance": one.provenance, "cite": one.cite and one.cite.to_dict()}
                for name, one in self.limits.items()
            },
            "published": [f"{one.study}#{one.result}" for one in self.published],
        }  # fmt: skip

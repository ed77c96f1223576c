"""A study as data: who was studied, what was given, what came out, and how each number is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..dictionary import Dictionary
from ..logic import Expression, Rule, check, compile_rule
from ._numbers import Number, PValue

__all__ = [
    "KNOWN", "NOT_STATED", "Approval", "Arm", "Criterion", "Dose", "Endpoint", "Measure", "Overlap", "Publication",
    "Ratio", "Result", "Successor", "Support", "Told",
]  # fmt: skip

KNOWN = ("verified", "review", "recalled")
"""How a fact is known: read in the study or a page on it, taken from the review, or only remembered."""

NOT_STATED = "not_stated"
"""What a file says of a setting or years that what was seen does not tell."""

REMEMBERED = ", only remembered"
"""What stands after a number or a word that is only remembered."""


@dataclass(frozen=True, slots=True)
class Support:
    """How a fact is known: ``seen`` are addresses where it was read, ``facts`` ids of the review's facts."""

    known: str
    seen: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether anything may rest on it: what is only remembered is shown and decides nothing."""
        return self.known != "recalled"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What was measured; ``better`` is the side on which a ratio favours the first arm (``low``, ``high`` or none).

    ``event`` is what a hazard is of, where the title names the time without it: death, for survival.
    """

    id: str
    title: str
    family: str
    better: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """One thing given, as in the study."""

    what: str
    value: str
    support: Support
    per: str | None = None
    schedule: str | None = None
    route: str | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """A group of the study: an arm of a trial, or the patients of a series who share a feature."""

    id: str
    title: str
    n: int | None = None
    unit: str = "patients"
    role: str = "group"
    option: str | None = None
    kind: str | None = None
    band: str | None = None
    doses: tuple[Dose, ...] = ()
    support: Support | None = None

    @property
    def gives(self) -> bool:
        """Whether it was given something (or placebo), and is no mere group of patients."""
        return self.role != "group" or self.kind is not None or bool(self.doses)

    @property
    def size(self) -> str:
        """``116 patients``; empty where that is not known."""
        remembered = REMEMBERED if self.support and not self.support.decides else ""
        return f"{self.n} {self.unit}{remembered}" if self.n is not None else ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One point of the study's population; ``decisive`` where a patient who fails it is not whom it speaks of.

    ``presumed`` where it is taken as met until a recorded finding contradicts it, and told as not judged till then.
    """

    id: str
    text: str
    says: str
    support: Support
    limits: Mapping[str, str] = field(default_factory=dict)
    decisive: bool = False
    presumed: bool = False
    printed: str | None = None

    def expression(self, dictionary: Dictionary) -> Expression:
        """The criterion checked against the dictionary.

        Raises ``Problem`` (without a place).
        """
        return check(self.text, dictionary.vocabulary, self.limits)

    def rule(self, dictionary: Dictionary) -> Rule:
        """The criterion as a function of a patient's facts."""
        return compile_rule(self.expression(dictionary))


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a group: a share (``count`` of ``of``), a median, a mean.

    ``at`` is months after the start; ``of`` and ``unit`` are the denominator; shares of one ``group`` make a whole,
    unless ``incomplete``; ``printed`` is what the review prints where that is damaged.
    """

    what: str
    number: Number
    support: Support
    arm: str | None = None
    at: float | None = None
    count: int | None = None
    of: int | None = None
    unit: str = "patients"
    statistic: str | None = None
    group: str | None = None
    incomplete: bool = False
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A hazard or odds ratio of ``arm`` against ``against``."""

    kind: str
    arm: str
    against: str
    number: Number
    support: Support
    level: float
    p: PValue | None = None


@dataclass(frozen=True, slots=True)
class Successor:
    """The later result that takes the place of one."""

    study: str
    result: str


@dataclass(frozen=True)
class Result:
    """One endpoint at one analysis: its ratio, medians and other values, or a finding in words.

    ``accepted`` gives for a check that raises an alarm the reason why the numbers stand nevertheless; ``event`` is
    what its hazard is of, where the title does not say it.
    """

    id: str
    endpoint: str
    title: str
    report: str
    year: int
    support: Support
    ratio: Ratio | None = None
    medians: tuple[Measure, ...] = ()
    values: tuple[Measure, ...] = ()
    p: PValue | None = None
    level: float = 0.0
    finding: str | None = None
    subgroup: str | None = None
    analysis: str | None = None
    assessor: str | None = None
    criteria: str | None = None
    follow_up: str | None = None
    met: str | None = None
    superseded_by: Successor | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)
    warning: str | None = None
    printed: str | None = None
    line: int = 0
    event: str | None = None

    @property
    def numbers(self) -> tuple[Measure, ...]:
        """Every median and other value."""
        return (*self.medians, *self.values)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another study that has patients of this one."""

    study: str
    known: str
    says: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A regulator's word on a drug; ``date`` as precise as it is known."""

    drug: str
    region: str
    date: str
    says: str
    support: Support


@dataclass(frozen=True, slots=True)
class Told:
    """Something about the study in words, with how it is known; ``since`` is the year from which it could be told."""

    says: str
    support: Support
    since: int | None = None

    @property
    def marked(self) -> str:
        """The words, and that they are only remembered where they are."""
        return self.says if self.support.decides else f"{self.says}{REMEMBERED}"


@dataclass(frozen=True)
class Publication:
    """One study with all its reports; ``unjudged`` are points of its population that no fact can tell.

    ``setting`` is where it was done (or, of a review, what it rests on) and ``years`` when its patients were treated
    or its literature searched; None where what was seen does not say it.
    """

    id: str
    name: str
    title: str
    design: str
    reports: tuple[str, ...]
    year: int
    options: tuple[str, ...]
    size: Measure | None
    arms: Mapping[str, Arm]
    population: tuple[Criterion, ...]
    baseline: tuple[Measure, ...]
    results: tuple[Result, ...]
    state: str = "published"
    phase: str | None = None
    line_of_treatment: str | None = None
    setting: Told | None = None
    years: Told | None = None
    registration: str | None = None
    aliases: tuple[str, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    approvals: tuple[Approval, ...] = ()
    crossover: Told | None = None
    follow_up: Measure | None = None
    details: tuple[Told, ...] = ()
    unjudged: tuple[Told, ...] = ()
    warnings: tuple[Told, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def result(self, name: str) -> Result | None:
        """The result ``name``, or None."""
        return next((result for result in self.results if result.id == name), None)

    def accepts(self, place: str) -> Mapping[str, str]:
        """For each check that ``place`` fails, why its numbers stand: of a result, else of the study as a whole."""
        result = self.result(place)
        return self.accepted if result is None else result.accepted

    @property
    def dated(self) -> str:
        """The name with its year, once: ``NETTER-1 (2017)``, ``Scott 2019``."""
        return self.name if self.name.endswith(str(self.year)) else f"{self.name} ({self.year})"

    @property
    def current(self) -> tuple[Result, ...]:
        """The results that no later one has replaced and that do not rest on memory alone."""
        return tuple(one for one in self.results if one.superseded_by is None and one.support.decides)

    @property
    def headline(self) -> Result | None:
        """What a board would be told first: the first result that still stands."""
        return next(iter(self.current), None)

"""Reading an analysis from its YAML file, every name and number checked before it meets a patient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from ..dictionary import (
    Citation,
    Limit,
    knowledge_folder,
    knowledge_records,
    named_limits,
    read_citation,
    read_limit,
)  # fmt: skip
from ..errors import Problem, Problems, nearest
from ..files import Record, read_tree
from ..logic import Lesions, VerdictIn, check, walk
from ..registry import load_tables
from ..values import NumberType, read_quantity
from ._analysis import (
    METHODS,
    Analysis,
    Caution,
    Covariate,
    Criterion,
    Group,
    Grouping,
    Reference,
    Share,
    Step,
    TimeZero,
)  # fmt: skip
from ._columns import Columns, Event, Time, load_columns

__all__ = ["find_analysis", "load_analyses", "read_analysis"]

FORM = "analysis/1"
KEYS = (
    "netlm", "id", "order", "title", "question", "method", "limits", "population", "time_zero", "groups", "treatment",
    "outcomes", "covariates", "strata", "published", "warnings",
)  # fmt: skip
Conventions = tuple[tuple[str, str], ...]


@cache
def load_analyses(conventions: Conventions = ()) -> dict[str, Analysis]:
    """The analyses that come with netlm, by id, in their order; ``conventions`` as for ``load_dictionary``.

    Raises ``Problems``.
    """
    columns = load_columns(conventions)
    records = knowledge_records(knowledge_folder() / "analyses", FORM)
    found = sorted((_Reader(record, columns).analysis() for record in records), key=lambda one: one.order)
    return {one.id: one for one in found}


def read_analysis(path: Path, conventions: Conventions = ()) -> Analysis:
    """An analysis of one's own from its file.

    Raises ``Problems`` with file and line.
    """
    record = Record(read_tree(path), str(path))
    if record.text("netlm", "") != FORM:
        record.fail("netlm", f"`{record.text('netlm', 'nothing')}`", f"`{FORM}`", f"Begin the file with netlm: {FORM}.")
    return _Reader(record, load_columns(conventions)).analysis()


def find_analysis(name: str, conventions: Conventions = ()) -> Analysis:
    """The analysis ``name`` of those that come with netlm, or the one in the file ``name``.

    Raises ``Problems``.
    """
    if name in _names():
        return read_analysis(knowledge_folder() / "analyses" / f"{name}.yaml", conventions)
    if Path(name).suffix in {".yaml", ".yml"} or Path(name).is_file():
        return read_analysis(Path(name), conventions)
    known = load_analyses(conventions)
    close = nearest(name, known)
    remedy = f"Did you mean `{close}`?" if close else f"Known are {', '.join(known)}."
    problem = Problem("an unknown study", "the name of a study, or a YAML file", remedy, "unknown-study", place="STUDY")
    raise Problems([problem])


def _names() -> set[str]:
    """The studies that come with netlm, by the names of their files."""
    return {path.stem for path in (knowledge_folder() / "analyses").glob("*.yaml")} - {"columns"}


class _Reader:
    """One file; what is read first (limits) is at hand for what is read later."""

    def __init__(self, record: Record, columns: Columns) -> None:
        self.record, self.columns = record, columns
        record.only(*KEYS)
        self.limits = {name: self._limit(entry) for name, entry in record.named("limits")}
        self.named = named_limits(self.limits, columns.dictionary.conventions)

    def analysis(self) -> Analysis:
        """The whole of it."""
        record = self.record
        method = record.choice("method", tuple(METHODS))
        found = Analysis(
            record.text("id"), int(record.text("order", "0")), record.text("title"), record.text("question"), method,
            tuple(self._population()), self._time_zero(), self._grouping(), self._treatment(),
            tuple(self._times()) if method not in ("shares", "concordance") else (),
            tuple(self._shares()) if method == "shares" else (),
            tuple(self._covariates()), tuple(self._groups(record, "strata")), self.limits,
            tuple(self._published()), tuple(self._warnings()), self.columns, record.file,
        )  # fmt: skip
        self._whole(found)
        return found

    def _limit(self, entry: Record) -> Limit:
        limit = read_limit(entry)
        if limit.cite is None:
            entry.fail("cite", "no citation", "where the number comes from", "Give cite: {via: ..., section: ...}.")
        self._cited(entry, limit.cite)
        return limit

    def _cited(self, entry: Record, cite: Citation) -> Citation:
        if cite.via not in self.columns.dictionary.references:
            entry.fail("cite", f"`{cite.via}`", "a reference of the project")
        return cite

    def _criterion(self, entry: Record, key: str = "when") -> Criterion:
        text = " ".join(entry.text(key).split())
        try:
            node = check(text, self.columns.vocabulary, self.named)
        except Problem as problem:
            entry.refit(key, problem)
        if any(isinstance(step, VerdictIn | Lesions) for step in walk(node)):
            entry.fail(key, "a verdict or lesions", "columns of the analysis", "Name columns only.")
        return Criterion.of(text, node)

    def _population(self) -> Iterator[Step]:
        for entry in self.record.records("population"):
            entry.only("id", "when", "says")
            yield Step(entry.text("id"), entry.text("says"), self._criterion(entry))

    def _time_zero(self) -> TimeZero | None:
        if "time_zero" not in self.record:
            return None
        entry = self.record.record("time_zero")
        entry.only("at", "says", "landmark", "because")
        at = entry.text("at")
        known = load_tables().analysis.time_zeros
        if at not in known:
            close = nearest(at, known)
            remedy = f"Did you mean `{close}`?" if close else "Correct it."
            entry.fail("at", f"`{at}`", f"one of {', '.join(known)}", remedy)
        if "landmark" not in entry:
            return TimeZero(at, entry.text("says"))
        name = entry.text("landmark").removeprefix("convention.")
        convention = self.columns.dictionary.conventions.get(name)
        if convention is None:
            entry.fail("landmark", f"`{name}`", "a named convention, as convention.NAME")
        kind = NumberType(name, "months", None, bare=True)
        months = read_quantity(convention.value, kind, self.columns.dictionary.units).number
        return TimeZero(at, entry.text("says"), convention, float(months or 0), entry.text("because"))

    def _groups(self, record: Record, key: str) -> Iterator[Group]:
        for entry in record.records(key):
            entry.only("id", "title", "when")
            yield Group(entry.text("id"), entry.text("title"), self._criterion(entry))

    def _grouping(self) -> Grouping | None:
        if "groups" not in self.record:
            return None
        entry = self.record.record("groups")
        entry.only("title", "reference", "of")
        groups = tuple(self._groups(entry, "of"))
        if len(groups) < 2 or len({group.id for group in groups}) < len(groups):
            entry.fail("of", f"{len(groups)} groups", "two or more, each with an id of its own")
        reference = entry.text("reference", groups[0].id)
        if reference not in [group.id for group in groups]:
            entry.fail("reference", f"`{reference}`", "the id of a group")
        return Grouping(entry.text("title"), groups, reference)

    def _treatment(self) -> Event | None:
        if "treatment" not in self.record:
            return None
        entry = self.record.record("treatment")
        entry.only("of", "on", "says")
        for key in ("of", "on"):
            if entry.text(key) not in self.columns.facts:
                entry.fail(key, f"`{entry.text(key)}`", "a column of the analysis")
        return Event(entry.text("of"), entry.text("on"), entry.text("says"))

    def _times(self) -> Iterator[Time]:
        for name in self.record.texts("outcomes"):
            if name not in self.columns.times:
                self.record.fail("outcomes", f"`{name}`", f"one of {', '.join(self.columns.times)}")
            yield self.columns.times[name]

    def _shares(self) -> Iterator[Share]:
        for entry in self.record.records("outcomes"):
            entry.only("id", "title", "when", "endpoint")
            yield Share(entry.text("id"), entry.text("title"), self._criterion(entry), entry.maybe("endpoint"))

    def _covariates(self) -> Iterator[Covariate]:
        for entry in self.record.records("covariates"):
            entry.only("id", "title", "column", "when")
            if "when" in entry:
                yield Covariate(entry.text("id"), entry.text("title"), criterion=self._criterion(entry))
                continue
            name = entry.text("column")
            fact = self.columns.facts.get(name)
            if fact is None or fact.type.number is None:
                entry.fail("column", f"`{name}`", "a column of numbers; words want a criterion under `when`")
            yield Covariate(entry.text("id"), entry.text("title", self.columns.title(name)), column=name)

    def _published(self) -> Iterator[Reference]:
        for text in self.record.texts("published"):
            study, _, result = text.partition("#")
            if not result:
                self.record.fail("published", f"`{text}`", "STUDY#RESULT, such as scott-2019#survival-by-debulking")
            yield Reference(study, result)

    def _warnings(self) -> Iterator[Caution]:
        for entry in self.record.records("warnings"):
            entry.only("says", "cite")
            cite = self._cited(entry, read_citation(entry.record("cite"))) if "cite" in entry else None
            yield Caution(entry.text("says"), cite)

    def _whole(self, found: Analysis) -> None:
        """What the method needs."""
        needs: dict[str, Callable[[], object]] = {
            "time_zero": lambda: found.time_zero or found.method == "concordance",
            "groups": lambda: found.grouping or found.method not in ("survival", "propensity", "time_dependent"),
            "treatment": lambda: found.treatment or found.method != "time_dependent",
            "outcomes": lambda: found.times or found.shares or found.method == "concordance",
            "covariates": lambda: found.covariates or found.method != "propensity",
        }
        for key, given in needs.items():
            if not given():
                self.record.fail(None, f"no `{key}`", f"`{key}` for the method {found.method}", f"Add {key}.")
        if found.method in ("propensity", "time_dependent") and found.grouping and len(found.grouping.groups) != 2:
            self.record.fail("groups", f"{len(found.grouping.groups)} groups", "two")
        if found.method in ("survival", "propensity", "incidence"):
            self._before(found)

    def _before(self, found: Analysis) -> None:
        """Nobody is put into a group by what he had to live for: not by the future, and by a treatment from a landmark.

        Anderson, Cain and Gelber, J Clin Oncol 1983; 1:710-719.
        """
        groups = [*(found.grouping.groups if found.grouping else ()), *found.strata]
        named = [name for one in groups for name in one.criterion.columns]
        steps = [name for one in found.population for name in one.criterion.columns]
        everywhere = [*named, *steps, *(name for one in found.covariates for name in one.columns)]
        if future := [name for name in everywhere if name in self.columns.later]:
            self.record.fail(
                None, f"`{future[0]}`, which is known only later, as a group, step or covariate",
                "what is known at time zero, or soon after it",
                "Make it an outcome; a treatment that begins later wants method: time_dependent.",
            )  # fmt: skip
        soon = [name for name in named if name in self.columns.soon_after]
        if soon and found.time_zero is not None and found.time_zero.landmark is None:
            self.record.fail(
                "time_zero", f"no landmark, and groups by `{soon[0]}`, which is known only after time zero",
                "`landmark` and `because`", "Add landmark: convention.landmark_after_operation, and why.",
            )  # fmt: skip

"""One ``publication/1`` file as a publication: every key checked, with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..dictionary import Dictionary
from ..errors import Problem
from ..files import Record
from ..logic import Lesions, options_of, walk
from ._model import (
    KNOWN,
    NOT_STATED,
    Approval,
    Arm,
    Criterion,
    Dose,
    Measure,
    Overlap,
    Publication,
    Ratio,
    Result,
    Successor,
    Support,
    Told,
)
from ._numbers import USUAL_LEVEL, Number, PValue, read_number, read_p
from ._vocabulary import EvidenceWords

__all__ = ["PublicationReader"]

_SUPPORT = ("known", "seen", "facts", "audit")
_MEASURE = (*_SUPPORT, "what", "arm", "value", "at", "count", "of", "unit", "statistic", "group", "incomplete")
RATIOS = ("hazard", "odds")
ID = re.compile(r"[A-Za-z0-9._-]+")
YEAR = re.compile(r"[12]\d{3}")
DATE = re.compile(r"[12]\d{3}(-\d\d){0,2}")
WHOLE = re.compile(r"[0-9]{1,9}")
LEVEL = re.compile(r"([5-9]\d(?:\.\d+)?)\s*%?")
"""Per cent of an interval: 50 and more, below 100."""


class PublicationReader:
    """Reads publications over one dictionary; ``printed`` gives for places in the tree what the review prints."""

    def __init__(self, dictionary: Dictionary, words: EvidenceWords) -> None:
        self.dictionary = dictionary
        self.words = words

    def read(self, record: Record, printed: Mapping[str, str]) -> Publication:
        """The publication of ``record``.

        Raises ``Problems`` at the first thing that is wrong.
        """
        self.printed = printed
        record.only(
            "netlm", "id", "name", "title", "design", "phase", "state", "line", "options", "reports", "setting",
            "years", "registration", "aliases", "size", "arms", "population", "baseline", "results", "overlaps",
            "approvals", "crossover", "follow_up", "details", "unjudged", "warnings", "accepted", "note", *_SUPPORT,
        )  # fmt: skip
        base = self._support(record, None)
        arms = dict(self._arms(record, base))
        reports = self._reports(record)
        for key in ("population", "results"):
            self._once_each(record.records(key))
        return Publication(
            self._id(record), record.text("name"), record.text("title"),
            record.choice("design", tuple(self.words.designs)), reports, self._year(reports[0]),
            self._options(record), self._size(record, base), arms, tuple(self._population(record, base)),
            tuple(self._measure(entry, base, arms) for entry in record.records("baseline")),
            tuple(self._result(entry, base, arms, reports) for entry in record.records("results")),
            record.choice("state", tuple(self.words.lists["states"]), "published"), record.maybe("phase"),
            self._word(record, "line", "lines"), self._place_or_time(record, "setting", base),
            self._place_or_time(record, "years", base),
            record.maybe("registration"), record.texts("aliases"), tuple(self._overlaps(record)),
            tuple(self._approvals(record, base)), self._maybe_told(record, "crossover", base),
            self._follow_up(record, base, arms), tuple(self._told(record, "details", base)),
            tuple(self._told(record, "unjudged", base)),
            tuple(self._told(record, "warnings", base)), record.pairs("accepted"), record.file,
        )  # fmt: skip

    def _id(self, record: Record) -> str:
        name = record.text("id")
        if not ID.fullmatch(name):
            record.fail("id", f"`{name}`", "letters, digits, `.`, `_` and `-`")
        return name

    def _once_each(self, entries: Iterator[Record]) -> None:
        """Refuse an id that stands twice in a list: the second would never be found."""
        seen: set[str] = set()
        for entry in entries:
            name = entry.maybe("id")
            if name in seen:
                entry.fail("id", f"`{name}` again", "each id once")
            seen |= {name} if name else set()

    def _support(self, entry: Record, base: Support | None) -> Support:
        """How the entry is known; what it leaves out is that of the entry around."""
        known = entry.choice("known", KNOWN, base.known if base else None)
        inherits = base is not None and base.known == known
        seen = entry.texts("seen") or (base.seen if base and inherits else ())
        facts = entry.texts("facts")
        if known == "verified" and not seen:
            entry.fail("known", "verified without `seen`", "the address where it was read", "Add `seen: ADDRESS`.")
        if known == "review" and base is not None and not facts and not base.facts:
            entry.fail("known", "review without `facts`", "ids of the review's facts", "Add `facts: [ID]`.")
        facts = facts or (base.facts if base and inherits else ())
        return Support(known, seen, facts, entry.texts("audit") or (base.audit if base and inherits else ()))

    def _word(self, entry: Record, key: str, name: str) -> str | None:
        return entry.choice(key, tuple(self.words.lists[name])) if key in entry else None

    def _reports(self, record: Record) -> tuple[str, ...]:
        reports = record.texts("reports")
        for report in reports:
            if report not in self.dictionary.references:
                record.fail("reports", f"`{report}`", "a reference of references.yaml", "Add its record there.")
            year = str(self.dictionary.references[report].record.get("year", "nothing"))
            if not YEAR.fullmatch(year):
                record.fail("reports", f"the year `{year}` of `{report}`", "a year of four digits")
        if not reports:
            record.fail("reports", "nothing", "at least one reference", "Name the reports, the first one first.")
        return reports

    def _year(self, report: str) -> int:
        return int(str(self.dictionary.references[report].record["year"]))

    def _options(self, record: Record) -> tuple[str, ...]:
        for option in record.texts("options"):
            if option not in self.dictionary.options:
                record.fail("options", f"`{option}`", "options of the dictionary")
        return record.texts("options")

    def _size(self, record: Record, base: Support) -> Measure | None:
        if "size" not in record:
            return None
        entry = record.record("size")
        entry.only("value", "unit", "evaluable", *_SUPPORT)
        number = self._number(entry, "value")
        unit = entry.choice("unit", tuple(self.words.lists["units"]), "patients")
        of = self._whole(entry, "evaluable")
        return Measure(
            "size", number, self._support(entry, base), of=of, unit=unit, printed=self.printed.get(entry.place)
        )

    def _number(self, entry: Record, key: str) -> Number:
        try:
            return read_number(entry.text(key))
        except Problem as problem:
            entry.refit(key, problem)

    def _whole(self, entry: Record, key: str) -> int | None:
        text = entry.maybe(key)
        if text is not None and not WHOLE.fullmatch(text):
            entry.fail(key, f"`{text}`", "a whole number")
        return None if text is None else int(text)

    def _denominator(self, entry: Record) -> int | None:
        of = self._whole(entry, "of")
        if of == 0:
            entry.fail("of", "`0`", "of how many, at least 1")
        return of

    def _level(self, entry: Record, usual: float) -> float:
        """Of how many per cent the intervals of the entry are."""
        text = entry.text("level", f"{usual:g}")
        found = LEVEL.fullmatch(text)
        if found is None:
            entry.fail("level", f"`{text}`", "per cent, at least 50 and below 100, such as 95")
        return float(found[1])

    def _months(self, entry: Record, key: str) -> float | None:
        if key not in entry:
            return None
        number = self._number(entry, key)
        if number.unit != "months":
            entry.fail(key, f"`{number.text}`", "months or years")
        return number.value

    def _arms(self, record: Record, base: Support) -> Iterator[tuple[str, Arm]]:
        for name, entry in record.named("arms"):
            entry.only("title", "n", "unit", "role", "option", "class", "band", "doses", *_SUPPORT)
            option = entry.maybe("option")
            if option is not None and option not in self.dictionary.options:
                entry.fail("option", f"`{option}`", "an option of the dictionary")
            support = self._support(entry, base)
            yield name, Arm(
                name, entry.text("title"), self._whole(entry, "n"),
                entry.choice("unit", tuple(self.words.lists["units"]), "patients"),
                entry.choice("role", tuple(self.words.lists["roles"]), "group"), option, entry.maybe("class"),
                entry.maybe("band"), tuple(self._doses(entry, support)), support,
            )  # fmt: skip

    def _doses(self, record: Record, base: Support) -> Iterator[Dose]:
        for entry in record.records("doses"):
            entry.only("what", "value", "per", "schedule", "route", *_SUPPORT)
            yield Dose(
                entry.text("what"), entry.text("value"), self._support(entry, base), entry.maybe("per"),
                entry.maybe("schedule"), entry.maybe("route"),
            )  # fmt: skip

    def _population(self, record: Record, base: Support) -> Iterator[Criterion]:
        for entry in record.records("population"):
            entry.only("id", "when", "limit", "limits", "says", "decisive", "presumed", *_SUPPORT)
            limits = {f"limits.{name}": text for name, text in entry.pairs("limits").items()}
            limits |= {"limit": entry.text("limit")} if "limit" in entry else {}
            criterion = Criterion(
                entry.text("id"), " ".join(entry.text("when").split()), entry.text("says"), self._support(entry, base),
                limits, entry.yes("decisive"), entry.yes("presumed"), self.printed.get(entry.place),
            )  # fmt: skip
            try:
                node = criterion.expression(self.dictionary)
            except Problem as problem:
                entry.refit("when", problem)
            if set(options_of(node)) or any(isinstance(step, Lesions) for step in walk(node)):
                entry.fail("when", "a verdict or lesions", "facts of the patient only")
            yield criterion

    def _measure(self, entry: Record, base: Support, arms: Mapping[str, Arm]) -> Measure:
        entry.only(*_MEASURE)
        count, of = self._whole(entry, "count"), self._denominator(entry)
        if count is not None and of is not None and count > of:
            entry.fail("count", f"{count} of {of}", "a count within its denominator")
        if count is not None and of is not None and "value" not in entry:
            number = Number(f"{count} of {of}", 100 * count / of, "%", steps=(0.0, 0.0, 0.0))
        else:
            number = self._number(entry, "value")
        return Measure(
            entry.text("what", ""), number, self._support(entry, base), self._arm(entry, "arm", arms),
            self._months(entry, "at"), count, of, entry.choice("unit", tuple(self.words.lists["units"]), "patients"),
            entry.maybe("statistic"), entry.maybe("group"), entry.yes("incomplete"), self.printed.get(entry.place),
        )  # fmt: skip

    def _arm(self, entry: Record, key: str, arms: Mapping[str, Arm]) -> str | None:
        name = entry.maybe(key)
        if name is not None and name not in arms:
            entry.fail(key, f"`{name}`", f"one of {', '.join(arms)}")
        return name

    def _result(self, entry: Record, base: Support, arms: Mapping[str, Arm], reports: tuple[str, ...]) -> Result:
        entry.only(
            "id", "endpoint", "title", "report", "ratio", "medians", "values", "p", "sided", "level", "finding",
            "subgroup", "analysis", "assessor", "criteria", "follow_up", "met", "superseded_by", "accepted", "warning",
            *_SUPPORT,
        )  # fmt: skip
        support = self._support(entry, base)
        report = entry.choice("report", reports, reports[0])
        endpoint = entry.choice("endpoint", tuple(self.words.endpoints))
        level = self._level(entry, USUAL_LEVEL)
        if not {"ratio", "medians", "values", "finding"} & set(entry.node):
            entry.fail(None, "a result without one", "a ratio, medians, values or a finding")
        return Result(
            entry.text("id"), endpoint, entry.text("title", self.words.endpoints[endpoint].title), report,
            self._year(report), support, self._ratio(entry, support, arms, level),
            tuple(self._medians(entry, support, arms)),
            tuple(self._measure(one, support, arms) for one in entry.records("values")), self._p(entry), level,
            entry.maybe("finding"), entry.maybe("subgroup"), self._word(entry, "analysis", "analyses"),
            self._word(entry, "assessor", "assessors"), entry.maybe("criteria"), entry.maybe("follow_up"),
            entry.choice("met", ("yes", "no")) if "met" in entry else None, self._successor(entry),
            entry.pairs("accepted"), entry.maybe("warning"), self.printed.get(entry.place), entry.line,
            None if "title" in entry else self.words.endpoints[endpoint].event,
        )  # fmt: skip

    def _ratio(self, result: Record, base: Support, arms: Mapping[str, Arm], level: float) -> Ratio | None:
        if "ratio" not in result:
            return None
        entry = result.record("ratio")
        entry.only(*RATIOS, "arm", "against", "p", "sided", "level", *_SUPPORT)
        kind = next((one for one in RATIOS if one in entry), None)
        if kind is None:
            entry.fail(None, "neither", "`hazard` or `odds`")
        arm, against = self._arm(entry, "arm", arms), self._arm(entry, "against", arms)
        if arm is None or against is None:
            entry.fail(None, "one arm", "`arm` and `against`", "Name both.")
        number = self._number(entry, kind)
        if number.unit:
            entry.fail(kind, f"`{number.text}`", "a ratio without a unit")
        own = self._level(entry, level)
        return Ratio(kind, arm, against, number, self._support(entry, base), own, self._p(entry))

    def _p(self, entry: Record) -> PValue | None:
        if "p" not in entry:
            return None
        try:
            return read_p(entry.text("p"), entry.choice("sided", ("one", "two")) if "sided" in entry else None)
        except Problem as problem:
            entry.refit("p", problem)

    def _medians(self, result: Record, base: Support, arms: Mapping[str, Arm]) -> Iterator[Measure]:
        if "medians" not in result:
            return
        whole = result.record("medians")
        for key, node in whole.node.pairs:
            if arms and key.text not in arms and key.text != "all":
                whole.fail(key.text, f"`{key.text}`", f"`all`, or one of {', '.join(arms)}")
            support, of = base, None
            if isinstance(node, type(whole.node)):
                inner = Record(node, whole.file, f"{whole.place}.{key.text}")
                inner.only("value", "of", *_SUPPORT)
                number, support = self._number(inner, "value"), self._support(inner, base)
                of = self._denominator(inner)
            else:
                number = self._number(whole, key.text)
            if number.value is not None and number.unit != "months":
                whole.fail(key.text, f"`{number.text}`", "months or years")
            arm = None if key.text == "all" else key.text
            yield Measure("median", number, support, arm, of=of, statistic="median")

    def _successor(self, entry: Record) -> Successor | None:
        text = entry.maybe("superseded_by")
        if text is None:
            return None
        study, slash, result = text.partition("/")
        if not slash:
            entry.fail("superseded_by", f"`{text}`", "STUDY/RESULT")
        return Successor(study, result)

    def _overlaps(self, record: Record) -> Iterator[Overlap]:
        for entry in record.records("overlaps"):
            entry.only("study", "known", "says")
            known = entry.choice("known", ("verified", "review", "inferred"))
            yield Overlap(entry.text("study"), known, entry.text("says"))

    def _approvals(self, record: Record, base: Support) -> Iterator[Approval]:
        for entry in record.records("approvals"):
            entry.only("drug", "region", "date", "says", *_SUPPORT)
            date = entry.text("date")
            if not DATE.fullmatch(date):
                entry.fail("date", f"`{date}`", "a date such as 2024-04-16, 2024-04 or 2024")
            yield Approval(
                entry.text("drug"), entry.text("region"), date, entry.text("says", ""),
                self._support(entry, base),
            )  # fmt: skip

    def _maybe_told(self, record: Record, key: str, base: Support) -> Told | None:
        return self._one_told(record.record(key), base) if key in record else None

    def _told(self, record: Record, key: str, base: Support) -> Iterator[Told]:
        for entry in record.records(key):
            yield self._one_told(entry, base)

    def _one_told(self, entry: Record, base: Support) -> Told:
        entry.only("says", "since", *_SUPPORT)
        return Told(entry.text("says"), self._support(entry, base), self._whole(entry, "since"))

    def _place_or_time(self, record: Record, key: str, base: Support) -> Told | None:
        """A setting or years: a plain text is known as the study is, and ``known: not_stated`` tells that none is."""
        if not isinstance(record.node.get(key), type(record.node)):
            return Told(self._said(record, key), base) if key in record else None
        entry = record.record(key)
        if entry.choice("known", (*KNOWN, NOT_STATED), base.known) == NOT_STATED:
            entry.only("known")
            return None
        entry.only("says", "since", *_SUPPORT)
        return Told(self._said(entry, "says"), self._support(entry, base), self._whole(entry, "since"))

    def _said(self, entry: Record, key: str) -> str:
        text = entry.text(key)
        if not text.strip():
            entry.fail(key, "nothing", "words", f"Write them, or `known: {NOT_STATED}`.")
        return text

    def _follow_up(self, record: Record, base: Support, arms: Mapping[str, Arm]) -> Measure | None:
        return self._measure(record.record("follow_up"), base, arms) if "follow_up" in record else None

"""Page one as data: what a board asks first, in its order; HTML and PDF only set it.

Every text is final; texts from the case are cleaned of signs that could reorder or hide others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..dictionary import value_text
from ..guidance import OptionVerdict
from ..values import Numbers
from ._course import Course, course_of
from ._details import Details, details_of
from ._diagnosis import diagnosis
from ._names import DATA_SAID, FAMILIES, WORDS
from ._pictures import Picture, liver_map
from ._reason import reason
from ._remarks import Remarks
from ._safety import Safety, safety_of
from ._studies import since_said
from ._wanted import MOST_FINDINGS, further, wanted
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["DECISION_LINES", "Page", "page_of"]

_TOLD = {
    "question": "Question", "intent": "Intent", "new_problem": "What is new", "priorities": "The patient's priorities",
}  # fmt: skip
_LIVER = ("liver_involvement", "liver_metastases", "largest_metastasis", "distribution", "achievable_debulking")
_LIVER_IF_RECORDED = ("resectability", "future_liver_remnant")
_PACE = ("disease_state", "disease_state_months", "months_since_progression")
DECISION_LINES = (
    "Recommendation, in order, with intent", "Reason, where it departs from the source", "Alternatives and dissent",
    "The patient's view; trial considered", "Tasks: who, by when", "Discuss again; present, by role",
)  # fmt: skip
"""What the decision box asks for; ``netlm decide`` records the same."""


@dataclass(frozen=True)
class Measured:
    """One line on the liver: the value now, how it was obtained, and what it was before."""

    title: str
    now: str
    how: str
    before: str


@dataclass(frozen=True)
class Wanted:
    """A finding whose answer would settle most, and how to get it."""

    title: str
    state: str
    settles: str
    how: str


@dataclass(frozen=True)
class Verdict:
    """Options of one family that share verdict, reason and what they could still be."""

    sign: str
    kind: str
    words: str
    options: str
    but: str
    why: str
    could_be: str


@dataclass(frozen=True)
class Family:
    """One of the eight families of treatment."""

    title: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Page:
    """A dossier set out for people: page one, and the details behind it."""

    id: str
    as_of: str
    year: int
    pack: str
    pack_title: str
    head: tuple[tuple[str, str], ...]
    data: str
    mark: str
    label: str
    boxes: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    diagnosis: str
    grade: str
    course: Course
    liver: tuple[Measured, ...]
    has_earlier: bool
    earlier: str
    liver_note: str
    liver_picture: Picture | None
    safety: Safety
    wanted: tuple[Wanted, ...]
    wanted_note: str
    families: tuple[Family, ...]
    remarks: tuple[tuple[str, str], ...]
    asides: tuple[tuple[str, str], ...]
    decision: tuple[str, ...]
    hedge: str
    hash: str
    version: str
    details: Details


def page_of(dossier: Dossier, label: str | None = None) -> Page:
    """The page of one dossier; ``label`` is printed on it and stands nowhere else."""
    return _Composer(dossier).page(label or "")


class _Composer:
    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.case = dossier.case
        self.say = Wording(dossier, typeset=True)
        self.facts = self.case.facts
        self.dictionary = self.facts.dictionary

    def page(self, label: str) -> Page:
        from .. import __version__

        case, pack = self.case, self.dossier.pack
        course, safety = course_of(case, self.say), safety_of(self.dossier, self.say)
        findings, remarks = wanted(self.say), Remarks(self.dossier, self.say)
        return Page(
            id=case.id,
            as_of=str(case.as_of),
            year=pack.year,
            pack=pack.id,
            pack_title=pack.title,
            head=tuple(self._head()),
            data=DATA_SAID[case.data],
            mark="what if, not the case as written" if case.what_if else "",
            label=label,
            boxes=tuple(self._boxes()),
            asked=tuple((title, case.told[name]) for name, title in _TOLD.items() if name in case.told),
            diagnosis=diagnosis(self.dossier, self.say),
            grade=self._grade(),
            course=course,
            liver=(liver := tuple(self._liver())),
            has_earlier=any(one.before != "-" for one in liver),
            earlier=self._earlier_elsewhere(),
            liver_note=self._liver_note(),
            liver_picture=liver_map(self.facts.lesions, self.facts.lesions_complete),
            safety=safety,
            wanted=tuple(self._wanted(*one) for one in findings[:MOST_FINDINGS]),
            wanted_note=further(self.say, [name for name, _ in findings]),
            families=tuple(self._families()),
            remarks=tuple(remarks.beside_verdicts()),
            asides=tuple(remarks.asides()),
            decision=DECISION_LINES,
            hedge=self.say.hedge(),
            hash=self.dossier.hash,
            version=__version__,
            details=details_of(self.dossier, self.say),
        )

    def _head(self) -> Iterator[tuple[str, str]]:
        for name, title in (("age", "Age"), ("sex", "Sex"), ("performance_status", "ECOG")):
            finding = self.facts.finding(name)
            yield title, f"{self.say.marked(name)}{f' ({finding.note})' if finding and finding.note else ''}"
        if self.facts.finding("comorbidities"):
            yield "Comorbidities", self.say.inside("comorbidities")
        yield "Presented by", self.case.told.get("presenter", "not stated")

    def _boxes(self) -> Iterator[tuple[str, str]]:
        titles = self.dictionary.facts
        for name, text in self.case.what_if.items():
            yield "What if, not the case as written", f"{titles[name].title}: {text}"
        if self.dossier.as_written is not None:
            yield "Verdicts that differ", self.say.changes() or "none"
        for said in self.say.overridden():
            yield "Convention overridden", said
        if self.dossier.studies.year is not None:
            yield "Evidence", f"only what was published by {self.dossier.studies.year}"
        if "extends" in self.dossier.pack.about:
            yield "Guidance", f"a centre's own pack, extending {self.dossier.pack.about['extends']}"
        for problem in self.case.warnings:
            yield "Check", self.say.check(problem)

    def _grade(self) -> str:
        found = self.dossier.classification
        return f"Grade: {found.grade} ({self.say.printed('; '.join(found.how))})"

    def _liver(self) -> Iterator[Measured]:
        for name in (*_LIVER, *(name for name in _LIVER_IF_RECORDED if self.facts.finding(name))):
            title = self.dictionary.facts[name].title
            yield Measured(title, self._range(name), self._obtained(name), "; ".join(self._earlier(name)) or "-")
        pace = [self.say.marked(name) for name in _PACE]
        pace = [said.replace("0 months", "less than a month") if said.startswith("0 ") else said for said in pace]
        since = "" if pace[1].startswith("unknown") else f", for {pace[1]}"
        last = "" if pace[2].startswith("unknown") else f"; last progression {pace[2]} ago"
        said = f"{pace[0]}{since}{last}"
        before = [f"{self.say.names.fact(name)} {text}" for name in _PACE for text in self._earlier(name)]
        yield Measured("Pace", said, self._obtained("disease_state"), "; ".join(before) or "-")

    def _earlier(self, name: str) -> list[str]:
        """Earlier values of a fact, by date, each with its method."""
        kind = self.dictionary.facts[name].type
        found = sorted((item.finding for item in self.case.history if item.fact == name), key=lambda one: str(one.date))
        said = ((value_text(kind, one.value, one), (one.method, one.date)) for one in found)
        return [f"{self.say.printed(value)} ({', '.join(str(part) for part in how if part)})" for value, how in said]

    def _earlier_elsewhere(self) -> str:
        """Earlier values of facts that have no line of their own."""
        names = dict.fromkeys(
            item.fact for item in self.case.history if item.fact not in (*_LIVER, *_LIVER_IF_RECORDED, *_PACE)
        )
        return "; ".join(f"{self.say.names.fact(name)} {', '.join(self._earlier(name))}" for name in names)

    def _range(self, name: str) -> str:
        """The value, and how far readers differ where one number stands and that is published."""
        value, fact = self.facts.value(name), self.dictionary.facts[name]
        said = self.say.value(name)
        if fact.error and isinstance(value, Numbers) and value.number is not None:
            low, high = (min(max(end, 0), 100) for end in fact.error.reach(float(value.number)))
            digits = 0 if round(low) < round(high) else 1
            said += f" (readers: {low:.{digits}f}-{high:.{digits}f} %)" if low < high else ""
        return said

    def _obtained(self, name: str) -> str:
        finding = self.facts.finding(name)
        if finding is None or finding.unknown is not None:
            return "-"
        if name in self.facts.contradictions:
            return "two statements, see below"
        stale = ", stale" if self.say.is_stale(name) else ""
        note = f"; {finding.note}" if finding.note else ""
        shown = "; not judged" if name in self.say.not_considered else ""
        how = finding.method or finding.source or "method not stated"
        return f"{how}, {finding.date or 'undated'}{stale}{note}{shown}"

    def _liver_note(self) -> str:
        lesions, ranges = self.facts.lesions, any("(readers:" in self._range(name) for name in _LIVER)
        said = ["Readers: how far readers of one scan differ in published series."] if ranges else []
        if lesions is None:
            said.append("Lesions are not listed one by one, so no map can be drawn.")
        elif not self.facts.lesions_complete:
            said.append(f"{len(lesions)} lesions listed; there may be more.")
        return " ".join(said)

    def _wanted(self, name: str, would: str) -> Wanted:
        how = self.say.obtained(name)
        if name in self.facts.contradictions:
            how = f"find out which of the statements holds, else anew: {how}"
        return Wanted(self.dictionary.facts[name].title, self.say.marked(name), would, how)

    def _families(self) -> Iterator[Family]:
        for family, title in FAMILIES.items():
            groups: dict[tuple[str, str, str, str, str], list[str]] = {}
            for option in self.dossier.options.values():
                if self.dictionary.options[option.id].family == family:
                    could_be = self.say.could_be(option)
                    sign = self.say.sign(option)
                    key = (option.verdict, sign, self._but(option), reason(self.say, option), could_be)
                    groups.setdefault(key, []).append(self.say.called(option.id))
            if groups:
                rows = (
                    Verdict(sign, verdict, WORDS[verdict], "; ".join(names), *said)
                    for (verdict, sign, *said), names in groups.items()
                )
                yield Family(title, tuple(rows))

    def _but(self, option: OptionVerdict) -> str:
        """What stands beside the verdict: an old finding on which it rests, a later trial that points elsewhere."""
        flags = self.dossier.assessment.flags
        since = since_said(self.dossier, option.id)
        at_odds = any(flag.id == "sources-disagree" and option.id in flag.options for flag in flags) and not since
        told = (self.say.but(option), since, "but the sources disagree, see below" if at_odds else "")
        return "; ".join(part for part in told if part)

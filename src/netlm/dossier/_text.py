"""The dossier as text: 100 columns, readable without colour, the options one finding away first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..guidance import Judged, OptionVerdict
from ..logic import VERDICTS, Compare, Trace, VerdictIn, facts_of, in_english, walk
from ..values import FALSE, TRUE, UNKNOWN
from ._layout import WIDTH, field, heading, wrap
from ._names import DATA_SAID, SIGNS, WORDS
from ._studies import BEYOND, UnderOptions, since_said, studies_beyond, studies_under
from ._wanted import wanted
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["dossier_text", "option_text"]

DISAGREE = "the sources disagree"
MOST_DECIDING = 4
MOST_SUPPORTING = 3


def dossier_text(dossier: Dossier) -> str:
    """The whole dossier."""
    return "\n".join(_Text(dossier).whole()) + "\n"


def option_text(dossier: Dossier, option: str) -> str:
    """One option with every argument, its trace, its limits and citations."""
    return "\n".join(_Text(dossier).one(dossier.options[option])) + "\n"


class _Text:
    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.facts = dossier.case.facts
        self.dictionary = self.facts.dictionary
        self.say = Wording(dossier)

    def whole(self) -> Iterator[str]:
        yield from self._head()
        yield from self._classification()
        near, rest = self._near()
        yield from self._glance(near, rest)
        if near:
            yield from heading("One finding away")
            for option in near:
                yield from self._option(option)
        yield from heading("The options" if not near else "The other options")
        for option in rest:
            yield from self._option(option)
        for under in studies_beyond(self.dossier):
            yield from heading(f"{BEYOND[:1].upper()}{BEYOND[1:]}")
            yield from self._lines(under)
        yield from self._missing()
        yield from self._flags()
        yield from self._notes()
        yield from self._foot()

    def _head(self) -> Iterator[str]:
        case, pack = self.dossier.case, self.dossier.pack
        yield from wrap(f"Tumour board dossier for case {case.id}, as of {case.as_of}", "", "  ")
        yield "=" * WIDTH
        yield from field("Guidance", f"{pack.title} ({pack.year}), pack {pack.id}")
        if "extends" in pack.about:
            yield from field("", f"extends {pack.about['extends']}; see its year for what is not this pack's own")
            for omitted in pack.about.get("omit", ()):
                said = f"leaves out {omitted['argument']} of {omitted['option']}: {omitted['because']}"
                yield from field("", said)
        for said in self.say.overridden():
            yield from field("CONVENTION", said)
        for name, text in case.what_if.items():
            yield from field("WHAT-IF", f"{self.dictionary.facts[name].title}: {text}; not the case as written")
        if self.dossier.as_written is not None:
            yield from field("Changes", self.say.changes() or "no verdict")
        yield from field("Data", DATA_SAID[case.data])
        yield from field("Patient", self._patient())
        for name in ("question", "intent", "new_problem", "priorities", "presenter"):
            if name in case.told:
                yield from field(name.replace("_", " ").capitalize(), case.told[name])
        yield from self._course()
        for problem in case.warnings:
            yield from field("Check", self.say.check(problem))

    def _course(self) -> Iterator[str]:
        """Earlier treatments, earlier values and markers, as entered."""
        for entry in self.dossier.case.records.get("treatments", ()):
            parts = {name: finding.typed for name, finding in entry.items()}
            what = parts.pop("what", "treatment")
            title = self.say.names.option(what) if what in self.dictionary.options else what
            said = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in parts.items())
            yield from field("Treated with", f"{title}{f': {said}' if said else ''}")
        for earlier in self.dossier.case.history:
            yield from field(
                "Earlier", f"{self.say.names.fact(earlier.fact)} {earlier.finding.typed} ({earlier.finding.date})"
            )
        for entry in self.dossier.case.records.get("hormone_markers", ()):
            yield from field("Marker", ", ".join(finding.typed for finding in entry.values()))

    def _patient(self) -> str:
        names = ("age", "sex", "performance_status", "primary_site", "primary_status")
        return ", ".join(f"{self.say.names.fact(name)} {self.say.value(name)}" for name in names)

    def _classification(self) -> Iterator[str]:
        found = self.dossier.classification
        open_words = f" (may be {', '.join(found.possible)})" if len(found.possible) > 1 else ""
        yield from heading("Classification")
        yield from wrap(f"{found.category}{open_words}; grade {found.grade}; scheme {found.scheme}")
        yield from wrap("; ".join(found.how), "  ")

    def _near(self) -> tuple[list[OptionVerdict], list[OptionVerdict]]:
        """The options that one finding would settle whatever it shows, and the others."""
        near = [option for option in self.dossier.options.values() if self.say.is_near(option)]
        return near, [option for option in self.dossier.options.values() if option not in near]

    def _glance(self, near: list[OptionVerdict], rest: list[OptionVerdict]) -> Iterator[str]:
        """One line for every option."""
        yield from heading(f"At a glance, {self.dossier.pack.id} ({self.say.year})")
        for option in (*near, *rest):
            said = f"[{SIGNS[option.verdict]}] {self.say.names.option(option.id):<29} {WORDS[option.verdict]}"
            more = "one finding away" if option in near else DISAGREE if since_said(self.dossier, option.id) else ""
            yield f"{said:<78} {more}".rstrip()

    def _verdict(self, option: OptionVerdict) -> str:
        """The verdict, and the later trials that point the other way."""
        since = since_said(self.dossier, option.id)
        return f"{self.say.verdict(option.verdict)}{f'; {DISAGREE}: {since}' if since else ''}"

    def _option(self, option: OptionVerdict) -> Iterator[str]:
        title = self.dictionary.options[option.id].title
        yield from wrap(f"{title}: {self._verdict(option)}", f"[{SIGNS[option.verdict]}] ")
        still = self.say.could_be(option)
        if still:
            yield from wrap(f"could {'be' if option.verdict == 'cannot_tell' else 'still be'}: {still}", "      ")
        deciding = option.deciding
        for judged in deciding[:MOST_DECIDING]:
            yield from self._line(judged)
        if len(deciding) > MOST_DECIDING:
            yield f"      and {len(deciding) - MOST_DECIDING} more; --option {option.id} shows all"
        supporting = [one for one in option.arguments if one.argument.role == "supports" and one.truth is TRUE]
        if not deciding and not supporting:
            supporting = [one for one in option.arguments if one.argument.role == "within"]
        for judged in supporting[:MOST_SUPPORTING]:
            yield from self._line(judged)
        if len(supporting) > MOST_SUPPORTING:
            yield f"      and {len(supporting) - MOST_SUPPORTING} more in favour"
        if option.lesions:
            yield from self._lesions(option)
        elif any(argument.lesion for argument in self.dossier.pack.arguments[option.id]):
            count = self.say.value("liver_metastases")
            yield from wrap(f"none of the liver metastases ({count}) is listed; judged by the largest", "      ")
        if option.missing:
            yield from wrap(self.say.missing(option), "      ")
        for change in option.would_change[:2]:
            yield from wrap(f"would change: {self.say.change(change)}", "      ")
        yield from self._studies(option)

    def _studies(self, option: OptionVerdict) -> Iterator[str]:
        (under,) = studies_under(self.dossier, self.say, [option.id])
        yield from self._lines(under)

    def _lines(self, under: UnderOptions) -> Iterator[str]:
        for study in under.studies:
            beware = f". {study.beware}" if study.beware else ""
            yield from wrap(f"{study.name}, {study.word}: {study.says}{beware}", "      study      ")

    def _line(self, judged: Judged) -> list[str]:
        return wrap(self.say.argument(judged), f"      {self.say.label(judged):<10} ")

    def _lesions(self, option: OptionVerdict) -> Iterator[str]:
        yield f"      lesions, {self.say.lesions(option)}"
        for lesion in option.lesions:
            why = self.say.deciding_on(lesion)
            reason = f": {why.argument.says}" if why else ""
            yield from wrap(f"{lesion.id} {WORDS[lesion.verdict]}{reason}", f"        [{SIGNS[lesion.verdict]}] ")

    def _missing(self) -> Iterator[str]:
        findings = wanted(self.say)
        if not findings:
            return
        yield from heading("Findings that would settle most")
        for name, would in findings[:8]:
            fact = self.dictionary.facts[name]
            yield from wrap(f"{fact.title}: {would}", "* ")
            if fact.obtained:
                yield from wrap(f"how: {fact.obtained}", "    ")

    def _flags(self) -> Iterator[str]:
        flags = self.say.flags()
        if not flags:
            return
        yield from heading("Flags (decide nothing)")
        for flag, options in flags:
            concerned = f" ({self.say.concerned(options)})" if options else ""
            yield from wrap(f"{flag.id}: {flag.says}{concerned}", "* ")

    def _notes(self) -> Iterator[str]:
        yield from heading("Standing notes")
        for note in self.dossier.assessment.notes:
            yield from wrap(f"{note.title}. {' '.join(note.says.split())} {self.say.cite(note.cite)}", "* ")

    def _foot(self) -> Iterator[str]:
        signs = "   ".join(f"[{SIGNS[verdict]}] {WORDS[verdict]}" for verdict in (*reversed(VERDICTS), "cannot_tell"))
        yield from ["", "-" * WIDTH, *wrap(signs)]
        yield from wrap(f"Not covered by this source: {self.say.not_covered()}")
        yield from wrap(self.say.hedge())

    def one(self, option: OptionVerdict) -> Iterator[str]:
        """One option in full."""
        yield from self._head()
        yield from heading(self.dictionary.options[option.id].title)
        yield from wrap(f"[{SIGNS[option.verdict]}] {self._verdict(option)}")
        yield from wrap(f"possible: {'; '.join(WORDS[verdict] for verdict in option.possible)}", "    ")
        for judged in option.arguments:
            yield from self._full(judged)
        for lesion in option.lesions:
            yield from ["", *wrap(f"Lesion {lesion.id}: {WORDS[lesion.verdict]}")]
            for judged in lesion.arguments:
                yield from self._full(judged)
        yield ""
        if option.missing:
            yield from wrap(self.say.missing(option))
        for change in option.would_change:
            yield from wrap(f"would change: {self.say.change(change)}")
        yield from self._evidence(option)
        yield from self._foot()

    def _evidence(self, option: OptionVerdict) -> Iterator[str]:
        """The studies that matter, the others by name, and what published series reported."""
        yield from heading("The studies")
        yield from self._studies(option)
        (under,) = studies_under(self.dossier, self.say, [option.id])
        if not under.studies:
            yield "      no study that tells what it does for this patient"
        if under.rest:
            yield from wrap(under.rest, "      also: ")
        if under.outlook:
            yield from wrap(f"What published series reported. {under.outlook_note}", "      ")
        for line in under.outlook:
            yield from wrap(line, "        - ")

    def _full(self, judged: Judged) -> Iterator[str]:
        argument = judged.argument
        bites = {TRUE: "bites", UNKNOWN: "may bite", FALSE: "does not bite"}[judged.effect]
        strength = f", {argument.strength}" if argument.strength else ""
        yield ""
        yield from wrap(f"{argument.id} ({argument.role}{strength}): {judged.truth.word}, {bites}", "  ")
        yield from wrap(argument.says, "    ")
        yield from self._steps(judged.trace, 4)
        for limit in dict.fromkeys(node.limit for node in walk(argument.when) if isinstance(node, Compare)):
            own = argument.limits.get(limit.name.removeprefix("limits."))
            yield from wrap(f"{limit.name}: {limit.text}, {own.provenance if own else 'convention'}", "    ")
        for name in facts_of(argument.when):
            finding = self.facts.finding(name) if name in self.dictionary.facts else None
            if finding is not None:
                where = (finding.method, finding.date and str(finding.date), finding.source, finding.by)
                said = ", ".join(str(part) for part in where if part) or "undated, no source"
                yield from wrap(
                    f"{self.say.names.fact(name)}: {finding.typed} ({finding.kind.replace('_', ' ')}; {said})", "    "
                )
        yield from wrap(
            f"{self.say.cite(argument.cite)} {argument.provenance}; {', '.join(argument.facts) or 'no fact'}", "    "
        )
        if argument.note:
            yield from wrap(f"note: {argument.note}", "    ")
        if argument.printed:
            yield from wrap(f"printed: {argument.printed} (correction {argument.correction})", "    ")

    def _steps(self, trace: Trace, indent: int) -> Iterator[str]:
        said = in_english(trace.node, self.say.names)
        if isinstance(trace.node, VerdictIn) and isinstance(trace.value, frozenset):
            said += f" (possible: {', '.join(verdict for verdict in VERDICTS if verdict in trace.value)})"
        yield from wrap(f"{trace.truth.word}: {said}", " " * indent + "- ")
        for part in trace.parts:
            yield from self._steps(part, indent + 2)

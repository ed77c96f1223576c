"""The dossier as text: 100 columns, readable without colour, the options one finding away first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..dictionary import Citation, value_text
from ..guidance import ROLES, Change, Judged, LesionVerdict, OptionVerdict
from ..logic import VERDICTS, Compare, Trace, VerdictIn, facts_of, in_english, options_of, walk
from ..values import FALSE, TRUE, UNKNOWN, Value
from ._names import DATA_SAID, SIGNS, WORDS, DossierNames

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["dossier_text", "option_text"]

WIDTH = 100
_LABELS = {
    "advises_against": "against", "requires": "fails", "excludes": "excluded", "within": "outside",
    "cautions": "caution", "conditions": "condition", "supports": "for",
}  # fmt: skip
MOST_DECIDING = 4
MOST_SUPPORTING = 3
_HEDGE = (
    "Research software, not CE-marked or FDA-cleared; clinical use needs the institution's own assessment. Check every"
    " value against the record. Doses and criteria are as the source gives them, not a prescription. This pack has not"
    " been reviewed by a clinician."
)


def dossier_text(dossier: Dossier) -> str:
    """The whole dossier."""
    return "\n".join(_Text(dossier).whole()) + "\n"


def option_text(dossier: Dossier, option: str) -> str:
    """One option with every argument, its trace, its limits and citations."""
    return "\n".join(_Text(dossier).one(dossier.options[option])) + "\n"


def _wrap(text: str, first: str = "", rest: str | None = None) -> list[str]:
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return textwrap.wrap(
        clean, WIDTH, initial_indent=first, subsequent_indent=rest if rest is not None else " " * len(first),
        break_on_hyphens=False, break_long_words=True,
    ) or [first.rstrip()]  # fmt: skip


def _field(title: str, text: str) -> list[str]:
    return _wrap(text, f"{title:<14} ", " " * 15)


class _Text:
    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.facts = dossier.case.facts
        self.dictionary = self.facts.dictionary
        self.names = DossierNames(self.dictionary)
        self.year = dossier.pack.year

    def whole(self) -> Iterator[str]:
        yield from self._head()
        yield from self._classification()
        near, rest = self._near()
        yield from self._glance(near, rest)
        if near:
            yield from self._heading("One finding away")
            for option in near:
                yield from self._option(option)
        yield from self._heading("The options" if not near else "The other options")
        for option in rest:
            yield from self._option(option)
        yield from self._missing()
        yield from self._flags()
        yield from self._notes()
        yield from self._foot()

    def _heading(self, title: str) -> list[str]:
        return ["", title.upper(), "-" * WIDTH]

    def _head(self) -> Iterator[str]:
        case, pack = self.dossier.case, self.dossier.pack
        yield from _wrap(f"Tumour board dossier for case {case.id}, as of {case.as_of}", "", "  ")
        yield "=" * WIDTH
        yield from _field("Guidance", f"{pack.title} ({pack.year}), pack {pack.id}")
        if "extends" in pack.about:
            yield from _field("", f"extends {pack.about['extends']}; see its year for what is not this pack's own")
            for omitted in pack.about.get("omit", ()):
                said = f"leaves out {omitted['argument']} of {omitted['option']}: {omitted['because']}"
                yield from _field("", said)
        overridden = [item for item in self.dictionary.conventions.values() if item.overridden]
        for item in overridden:
            yield from _field("CONVENTION", f"{item.title}: {item.value}, set for this run")
        for name, text in case.what_if.items():
            yield from _field("WHAT-IF", f"{self.dictionary.facts[name].title}: {text}; not the case as written")
        if self.dossier.as_written is not None:
            yield from _field("Changes", self._changes() or "no verdict")
        yield from _field("Data", DATA_SAID[case.data])
        yield from _field("Patient", self._patient())
        for name in ("question", "intent", "new_problem", "priorities", "presenter"):
            if name in case.told:
                yield from _field(name.replace("_", " ").capitalize(), case.told[name])
        yield from self._course()
        for problem in case.warnings:
            line = f"line {problem.line}" if problem.line else None
            where = ", ".join(part for part in (problem.place, line) if part)
            more = f". {problem.remedy}" if problem in case.issues else f"; {problem.expected}"
            said = f"{problem.found}{more}"
            yield from _field("Check", f"{where}: {said}" if where else said)

    def _course(self) -> Iterator[str]:
        """Earlier treatments, earlier values and markers, as entered."""
        for entry in self.dossier.case.records.get("treatments", ()):
            parts = {name: finding.typed for name, finding in entry.items()}
            what = parts.pop("what", "treatment")
            title = self.names.option(what) if what in self.dictionary.options else what
            said = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in parts.items())
            yield from _field("Treated with", f"{title}{f': {said}' if said else ''}")
        for earlier in self.dossier.case.history:
            yield from _field(
                "Earlier", f"{self.names.fact(earlier.fact)} {earlier.finding.typed} ({earlier.finding.date})"
            )
        for entry in self.dossier.case.records.get("hormone_markers", ()):
            yield from _field("Marker", ", ".join(finding.typed for finding in entry.values()))

    def _changes(self) -> str:
        changed = (
            f"{self.dictionary.options[name].short}: {WORDS[before]} -> {WORDS[now]}"
            for name, before, now in self.dossier.changed
        )
        return "; ".join(changed)

    def _patient(self) -> str:
        names = ("age", "sex", "performance_status", "primary_site", "primary_status")
        return ", ".join(f"{self.names.fact(name)} {self._value(name)}" for name in names)

    def _value(self, name: str) -> str:
        fact = self.dictionary.facts[name]
        return value_text(fact.type, self.facts.value(name), self.facts.finding(name), dict(fact.values))

    def _classification(self) -> Iterator[str]:
        found = self.dossier.classification
        open_words = f" (may be {', '.join(found.possible)})" if len(found.possible) > 1 else ""
        yield from self._heading("Classification")
        yield from _wrap(f"{found.category}{open_words}; grade {found.grade}; scheme {found.scheme}")
        yield from _wrap("; ".join(found.how), "  ")

    def _near(self) -> tuple[list[OptionVerdict], list[OptionVerdict]]:
        """The options that one finding would settle whatever it shows, and the others."""
        near = [option for option in self.dossier.options.values() if self._is_near(option)]
        return near, [option for option in self.dossier.options.values() if option not in near]

    def _glance(self, near: list[OptionVerdict], rest: list[OptionVerdict]) -> Iterator[str]:
        """One line for every option."""
        yield from self._heading(f"At a glance, {self.dossier.pack.id} ({self.year})")
        for option in (*near, *rest):
            said = f"[{SIGNS[option.verdict]}] {self.names.option(option.id):<29} {WORDS[option.verdict]}"
            yield f"{said:<78} {'one finding away' if option in near else ''}".rstrip()

    def _is_near(self, option: OptionVerdict) -> bool:
        return any(missing.settles_always for missing in option.missing)

    def _option(self, option: OptionVerdict) -> Iterator[str]:
        title = self.dictionary.options[option.id].title
        yield from _wrap(f"{title}: {self._verdict(option.verdict)}", f"[{SIGNS[option.verdict]}] ")
        still = [WORDS[verdict] for verdict in option.possible if verdict != option.verdict]
        if still:
            yield from _wrap(
                f"could {'be' if option.verdict == 'cannot_tell' else 'still be'}: {'; '.join(still)}", "      "
            )
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
            count = self._value("liver_metastases")
            yield from _wrap(f"none of the liver metastases ({count}) is listed; judged by the largest", "      ")
        if option.missing:
            yield from _wrap(self._missing_text(option), "      ")
        for change in option.would_change[:2]:
            yield from _wrap(f"would change: {self._change(change)}", "      ")

    def _verdict(self, verdict: str) -> str:
        return f"{WORDS[verdict]} ({self.year})"

    def _line(self, judged: Judged) -> list[str]:
        argument = judged.argument
        sign = "open" if judged.effect is UNKNOWN else _LABELS[argument.role]
        if argument.role == "within" and judged.effect is FALSE:
            sign = "meets"
        read = "; ".join(self._read(judged))
        strength = " (generally)" if argument.strength == "general" else ""
        mark = "" if argument.provenance == "source" else f" {{{argument.provenance}}}"
        says = f"{argument.says}{strength}{f' -- {read}' if read else ''} {self._cite(argument.cite)}{mark}"
        return _wrap(says, f"      {sign:<9} ")

    def _read(self, judged: Judged) -> Iterator[str]:
        for name in facts_of(judged.argument.when):
            if name in self.dictionary.facts and name not in ("lesions_listed", "lesions"):
                stale = ", stale" if name in self.dossier.assessment.stale else ""
                yield f"{self.names.fact(name)}: {self._value(name)}{stale}"
        for option in options_of(judged.argument.when):
            yield f"{self.names.option(option)}: {WORDS[self.dossier.options[option].verdict]}"

    def _cite(self, cite: Citation) -> str:
        refs = f", refs {', '.join(cite.refs)}" if cite.refs else ""
        return f"[{self.dossier.pack.references[cite.via].short}, {cite.section}{refs}]"

    def _lesions(self, option: OptionVerdict) -> Iterator[str]:
        complete = "" if self.facts.lesions_complete else " (others not listed)"
        yield f"      speaks for {option.speaks_for} of {len(option.lesions)} lesions listed{complete}"
        for lesion in option.lesions:
            why = next((one for one in self._biting(lesion)), None)
            reason = f": {why.argument.says}" if why else ""
            yield from _wrap(f"{lesion.id} {WORDS[lesion.verdict]}{reason}", f"        [{SIGNS[lesion.verdict]}] ")

    def _biting(self, lesion: LesionVerdict) -> list[Judged]:
        order = [*VERDICTS]
        biting = [one for one in lesion.arguments if one.effect is not FALSE and one.argument.role != "supports"]
        asked = UNKNOWN if lesion.verdict == "cannot_tell" else TRUE
        return sorted(biting, key=lambda one: (one.effect is not asked, order.index(_given(one))))

    def _missing_text(self, option: OptionVerdict) -> str:
        groups: dict[str, list[str]] = {}
        listed = {one.fact for one in option.missing}
        for one in option.missing:
            if self.dictionary.facts[one.fact].detail_of in listed:
                continue
            how = "would settle it" if one.settles_always else "may settle it" if one.settles else "open"
            if not one.settles and one.outcomes:
                how = "may narrow it"
            groups.setdefault(how, []).append(self.names.fact(one.fact))
        return "; ".join(f"{how}: {', '.join(facts)}" for how, facts in groups.items())

    def _change(self, change: Change) -> str:
        facts = " and ".join(f"{self.names.fact(name)} {self._stated(name, value)}" for name, value in change.set)
        return f"{facts} -> {self._verdict(VERDICTS[change.rank])}"

    def _stated(self, name: str, value: Value) -> str:
        fact = self.dictionary.facts[name]
        return value_text(fact.type, value, None, {key: title.lower() for key, title in fact.values.items()})

    def _missing(self) -> Iterator[str]:
        ranked = [(fact, options) for fact, options in self.dossier.assessment.missing if options]
        named = {fact for fact, _ in ranked}
        ranked = [item for item in ranked if self.dictionary.facts[item[0]].detail_of not in named]
        if not ranked:
            return
        yield from self._heading("Findings that would settle most")
        for name, options in ranked[:8]:
            fact = self.dictionary.facts[name]
            shorts = "; ".join(self.names.option(option) for option in options)
            yield from _wrap(f"{fact.title}: may settle {len(options)} ({shorts})", "* ")
            if fact.obtained:
                yield from _wrap(f"how: {fact.obtained}", "    ")

    def _flags(self) -> Iterator[str]:
        merged: dict[tuple[str, str], list[str]] = {}
        for flag in self.dossier.assessment.flags:
            merged.setdefault((flag.id, flag.says), []).extend(flag.options)
        if not merged:
            return
        yield from self._heading("Flags (decide nothing)")
        for (name, says), options in merged.items():
            concerned = f" ({self._concerned(options)})" if options else ""
            yield from _wrap(f"{name}: {says}{concerned}", "* ")

    def _concerned(self, options: Iterable[str]) -> str:
        """Options by name, whole families by their family."""
        listed = list(dict.fromkeys(options))
        said: dict[str, None] = {}
        for option in listed:
            family = option.partition(".")[0]
            members = [one for one in self.dossier.options if one.partition(".")[0] == family]
            whole = len(members) > 1 and all(one in listed for one in members)
            said[family.replace("_", " ") if whole else self.names.option(option)] = None
        return "; ".join(said) if len(listed) < len(self.dossier.options) else "all options"

    def _notes(self) -> Iterator[str]:
        yield from self._heading("Standing notes")
        for note in self.dossier.assessment.notes:
            yield from _wrap(f"{note.title}. {' '.join(note.says.split())} {self._cite(note.cite)}", "* ")

    def _foot(self) -> Iterator[str]:
        signs = "   ".join(f"[{SIGNS[verdict]}] {WORDS[verdict]}" for verdict in (*reversed(VERDICTS), "cannot_tell"))
        yield from ["", "-" * WIDTH, *_wrap(signs)]
        yield from _wrap(
            f"Not covered by this source: {' '.join(str(self.dossier.pack.about.get('does_not_cover', '')).split())}"
        )
        yield from _wrap(_HEDGE)

    def one(self, option: OptionVerdict) -> Iterator[str]:
        """One option in full."""
        yield from self._head()
        yield from self._heading(self.dictionary.options[option.id].title)
        yield from _wrap(f"[{SIGNS[option.verdict]}] {self._verdict(option.verdict)}")
        yield from _wrap(f"possible: {'; '.join(WORDS[verdict] for verdict in option.possible)}", "    ")
        for judged in option.arguments:
            yield from self._full(judged)
        for lesion in option.lesions:
            yield from ["", *_wrap(f"Lesion {lesion.id}: {WORDS[lesion.verdict]}")]
            for judged in lesion.arguments:
                yield from self._full(judged)
        yield ""
        if option.missing:
            yield from _wrap(self._missing_text(option))
        for change in option.would_change:
            yield from _wrap(f"would change: {self._change(change)}")
        yield from self._foot()

    def _full(self, judged: Judged) -> Iterator[str]:
        argument = judged.argument
        bites = {TRUE: "bites", UNKNOWN: "may bite", FALSE: "does not bite"}[judged.effect]
        strength = f", {argument.strength}" if argument.strength else ""
        yield ""
        yield from _wrap(f"{argument.id} ({argument.role}{strength}): {judged.truth.word}, {bites}", "  ")
        yield from _wrap(argument.says, "    ")
        yield from self._steps(judged.trace, 4)
        for limit in dict.fromkeys(node.limit for node in walk(argument.when) if isinstance(node, Compare)):
            own = argument.limits.get(limit.name.removeprefix("limits."))
            yield from _wrap(f"{limit.name}: {limit.text}, {own.provenance if own else 'convention'}", "    ")
        for name in facts_of(argument.when):
            finding = self.facts.finding(name) if name in self.dictionary.facts else None
            if finding is not None:
                where = (finding.method, finding.date and str(finding.date), finding.source, finding.by)
                said = ", ".join(str(part) for part in where if part) or "undated, no source"
                yield from _wrap(
                    f"{self.names.fact(name)}: {finding.typed} ({finding.kind.replace('_', ' ')}; {said})", "    "
                )
        yield from _wrap(
            f"{self._cite(argument.cite)} {argument.provenance}; {', '.join(argument.facts) or 'no fact'}", "    "
        )
        if argument.note:
            yield from _wrap(f"note: {argument.note}", "    ")
        if argument.printed:
            yield from _wrap(f"printed: {argument.printed} (correction {argument.correction})", "    ")

    def _steps(self, trace: Trace, indent: int) -> Iterator[str]:
        said = in_english(trace.node, self.names)
        if isinstance(trace.node, VerdictIn) and isinstance(trace.value, frozenset):
            said += f" (possible: {', '.join(verdict for verdict in VERDICTS if verdict in trace.value)})"
        yield from _wrap(f"{trace.truth.word}: {said}", " " * indent + "- ")
        for part in trace.parts:
            yield from self._steps(part, indent + 2)


def _given(judged: Judged) -> str:
    return ROLES[judged.argument.role].verdict

"""What a dossier says, in words: values, arguments, citations, what is missing; every rendering for people uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from ..dictionary import Citation, value_text
from ..errors import Problem
from ..guidance import ROLES, Change, Judged, LesionVerdict, OptionVerdict, Raised
from ..logic import VERDICTS, Compare, decisive, facts_of, options_of, walk
from ..values import FALSE, TRUE, UNKNOWN, Members, Numbers, Value, Words
from ._course import being_given
from ._names import FAMILIES, ON_STALE, SIGNS, WORDS, DossierNames
from ._pictures import lesion_marks

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["HEDGE", "SPEAKS", "Wording"]

HEDGE = (
    "Research software, not CE-marked or FDA-cleared; clinical use needs the institution's own assessment. Check every"
    " value against the record. Doses and criteria are as the source gives them, not a prescription."
)
"""Printed on every dossier."""

_WISHES = {"declined_options": "declined", "unavailable_options": "not available here"}
MOST_ALTERNATIVES = 4
MOST_STILL = 3
_AT_LIMIT = {"<": "not below", ">=": "not below", ">": "not above", "<=": "not above", "==": "just", "!=": "just"}
"""Where a value at a limit lies, by the comparison."""
_PRINTED_UNITS = ((" umol", " \N{MICRO SIGN}mol"), ("/uL", "/\N{MICRO SIGN}L"), ("mm2", "mm\N{SUPERSCRIPT TWO}"),
                  ("1.73m2", "1.73 m\N{SUPERSCRIPT TWO}"))  # fmt: skip
"""Units as they are typed, and as they are printed."""
MOST_LESIONS = 12
_LESIONS = {
    "supported": "meets criteria", "conditional": "with conditions", "extreme_caution": "extreme caution",
    "cannot_tell": "cannot be told", "outside_evidence": "outside", "excluded": "fails",
    "not_recommended": "advised against",
}  # fmt: skip
"""What is said of a lesion, by its verdict."""

_ROLE_WORDS = {
    "advises_against": "against", "requires": "needs", "excludes": "excluded", "within": "studied in",
    "cautions": "caution", "conditions": "condition", "supports": "for",
}  # fmt: skip
"""What an argument that bites is called, by its role."""
SPEAKS = {
    "advises_against": "speaks against", "requires": "speaks against", "excludes": "speaks against",
    "within": "outside what was studied for", "cautions": "extreme caution in", "conditions": "to be weighed for",
}  # fmt: skip
"""What a finding does on which an argument of this role hangs, where it bites."""


class Wording:
    """The words of one dossier; on paper and in a browser (``typeset``) with the dashes, arrows and units of print."""

    def __init__(self, dossier: Dossier, *, typeset: bool = False) -> None:
        self.dossier = dossier
        self.dash, self.arrow = ("\N{EN DASH}", "\N{RIGHTWARDS ARROW}") if typeset else ("--", "->")
        self._units = _PRINTED_UNITS if typeset else ()
        self.facts = dossier.case.facts
        self.dictionary = self.facts.dictionary
        self.names = DossierNames(self.dictionary)
        self.year = dossier.pack.year

    def value(self, name: str) -> str:
        """A fact as typed, or as worked out."""
        return self._said(name, dict(self.dictionary.facts[name].values))

    def _said(self, name: str, titles: dict[str, str]) -> str:
        """The value; where many words are left, those that are not."""
        fact, value = self.dictionary.facts[name], self.facts.value(name)
        if isinstance(value, Words) and MOST_ALTERNATIVES < len(value.possible) < len(fact.type.words):
            never = [titles.get(word, word) for word in fact.type.words if word not in value.possible]
            if len(never) <= MOST_ALTERNATIVES:
                return f"any but {' or '.join(never)}"
        return self.printed(value_text(fact.type, value, self.facts.finding(name), titles))

    def printed(self, text: str) -> str:
        """A value with its unit as the medium writes it."""
        return reduce(lambda said, unit: said.replace(*unit), self._units, text)

    def is_stale(self, name: str) -> bool:
        """Whether the value is too old, or worked out from one that is."""
        fact = self.dictionary.facts.get(name)
        if name in self.dossier.assessment.stale:
            return True
        if fact is None or fact.derivation is None or self.facts.finding(name) is not None:
            return False
        return any(self.is_stale(read) for read in fact.derivation.reads)

    def marked(self, name: str) -> str:
        """The value, and whether it is stale."""
        return f"{self.inside(name)}{', stale' if self.is_stale(name) else ''}"

    def inside(self, name: str) -> str:
        """The same as it stands inside a sentence."""
        return self._said(name, self._titles(name))

    def with_how(self, name: str) -> str:
        """The value, also in the unit of its limits, with its method, date and note, and whether it is stale."""
        finding = self.facts.finding(name)
        told: tuple[object, ...] = ()
        if finding is not None and finding.unknown is None:
            told = (self._own_unit(name), finding.method, finding.date, finding.note)
        how = [str(part) for part in told if part]
        how += ["stale"] if self.is_stale(name) else []
        said = f" ({', '.join(how)})" if how else ""
        return f"{self.inside(name)}{said}"

    def options(self, name: str) -> str:
        """The options in a list fact, by name."""
        value = self.facts.value(name)
        assert isinstance(value, Members)
        said = "; ".join(self.names.option(one) for one in self.dictionary.options if one in value.must)
        if value.is_known:
            return said or "none"
        return f"{said}; the list is not complete" if said else "not recorded; the list is not complete"

    def stated(self, name: str, value: Value) -> str:
        """A value that the fact could have."""
        fact = self.dictionary.facts[name]
        return self.printed(value_text(fact.type, value, None, self._titles(name)))

    def _titles(self, name: str) -> dict[str, str]:
        """What the words of a fact are called inside a sentence."""
        return {word: self.names.word(name, word) for word in self.dictionary.facts[name].values}

    def verdict(self, verdict: str) -> str:
        """The verdict, with the year of the pack."""
        return f"{WORDS[verdict]} ({self.year})"

    def label(self, judged: Judged) -> str:
        """What an argument is called here: ``not met``, ``open``, ``for`` ..."""
        if judged.effect is UNKNOWN:
            return "open"
        if judged.argument.role in ("requires", "within") and judged.effect is TRUE:
            return "not met"
        if judged.argument.role == "within":
            return "meets"
        return self.called_role(judged)

    def called_role(self, judged: Judged) -> str:
        """What an argument does where it bites."""
        return _ROLE_WORDS[judged.argument.role]

    def argument(self, judged: Judged) -> str:
        """The argument, what it read on this patient, its citation, and its provenance unless that is the source."""
        argument = judged.argument
        read = "; ".join(self.read(judged))
        return (
            f"{self.says(judged)}{f' {self.dash} {read}' if read else ''} {self.cite(argument.cite)}{self.mark(judged)}"
        )

    def says(self, judged: Judged) -> str:
        """The argument alone; ``(generally)`` where the source itself says so and the words do not."""
        argument = judged.argument
        mark = argument.strength == "general" and "generally" not in argument.says
        return f"{argument.says}{' (generally)' if mark else ''}"

    def mark(self, judged: Judged) -> str:
        """The provenance in braces, unless it is the source."""
        provenance = judged.argument.provenance
        return "" if provenance == "source" else f" {{{provenance}}}"

    def read(self, judged: Judged) -> Iterator[str]:
        """The facts and verdicts on which the truth of an argument hangs, each with its value."""
        return (f"{name}: {value}" for name, value in self.hangs_on(judged))

    def hangs_on(self, judged: Judged) -> Iterator[tuple[str, str]]:
        """The names and values of the facts and verdicts on which the truth of an argument hangs."""
        trace = judged.trace
        nodes = [judged.argument.when]
        if trace.truth is judged.truth:  # it differs where a stale finding counts as unknown
            nodes = [step.node for step in decisive(trace)]
        for name in dict.fromkeys(name for node in nodes for name in facts_of(node)):
            if name in self.dictionary.facts and name not in ("lesions_listed", "lesions"):
                stale = ", stale" if self.is_stale(name) else ""
                own = self._own_unit(name)
                yield self.names.fact(name), f"{self.inside(name)}{f' ({own})' if own else ''}{stale}"
        for option in dict.fromkeys(option for node in nodes for option in options_of(node)):
            yield self.names.option(option), WORDS[self.dossier.options[option].verdict]

    def _own_unit(self, name: str) -> str:
        """``2.34 mg/dL``: a number typed in another unit than that of its limits, to three digits."""
        fact, finding, value = self.dictionary.facts[name], self.facts.finding(name), self.facts.value(name)
        if finding is None or not isinstance(value, Numbers) or value.number is None or fact.type.number is None:
            return ""
        own = fact.type.number.unit
        return "" if finding.unit in (None, own) else self.printed(f"{float(value.number):.3g} {own}")

    def by_convention(self, judged: Judged) -> str:
        """The limits of an argument that no source gives; empty where there are none."""
        nodes = (step.node for step in decisive(judged.trace))
        limits = (node.limit for node in nodes if isinstance(node, Compare))
        said = [limit.text for limit in limits if limit.name.startswith("convention.")]
        return f"limit by convention: {', '.join(dict.fromkeys(said))}" if said else ""

    def rests_on(self, option: OptionVerdict) -> list[str]:
        """The findings too old to count as current on which a verdict rests: found different today, it would change."""
        awaited = {one.fact for one in option.missing} if option.verdict == "cannot_tell" else set()
        renewals = self.dossier.assessment.renewals.items()
        return [name for name, options in renewals if option.id in options and name not in awaited]

    def but(self, option: OptionVerdict) -> str:
        """What has to stand beside the verdict: the old findings on which it rests."""
        old = ", ".join(self.names.fact(name) for name in self.rests_on(option))
        return f"but rests on a stale finding: {old}" if old else ""

    def sign(self, option: OptionVerdict) -> str:
        """The sign of the verdict, with a mark of doubt where it was reached and rests on a stale finding."""
        on_stale = option.verdict != "cannot_tell" and self.rests_on(option)
        return SIGNS[option.verdict] + (ON_STALE if on_stale else "")

    def called(self, option: str) -> str:
        """The option by name, with what the patient and the centre say of it, and whether it was given."""
        marks = [word for name, word in _WISHES.items() if self._lists(name, option)]
        if self._lists("prior_treatments", option):
            marks.append("being given" if option in being_given(self.dossier.case) else "given before")
        said = f" ({', '.join(marks)})" if marks else ""
        return f"{self.names.option(option)}{said}"

    def _lists(self, name: str, option: str) -> bool:
        value = self.facts.value(name)
        return isinstance(value, Members) and option in value.must

    def open_through(self, option: OptionVerdict) -> list[str]:
        """The entered facts that keep an option open though they are recorded, each with its value."""
        return [f"{self.names.fact(name)} ({self.inside(name)})" for name in self.opening(option)]

    def opening(self, option: OptionVerdict) -> list[str]:
        """The same by name."""
        open_ones = (judged for judged in option.deciding if judged.effect is UNKNOWN)
        read = dict.fromkeys(fact for judged in open_ones for fact in facts_of(judged.argument.when))
        return self._behind(name for name in read if name in self.dictionary.facts and not self.facts.is_known(name))

    def _behind(self, names: Iterable[str]) -> list[str]:
        """The recorded findings from which facts are worked out that stay unknown."""
        behind = dict.fromkeys(entered for name in names for entered in self._entered(name))
        return [name for name in behind if self.facts.finding(name)]

    def awaited(self, judged: Judged) -> str:
        """What an open argument waits for, in one phrase."""
        return ", ".join(self.waits_for(judged))

    def waits_for(self, judged: Judged) -> list[str]:
        """The entered facts, and the verdicts on other options, for which an open argument waits."""
        trace = judged.trace
        nodes = [judged.argument.when]
        if trace.truth is judged.truth:
            nodes = [step.node for step in decisive(trace)]
        asked = {name for node in nodes for fact in facts_of(node) for name in self._entered(fact)}
        waits = [self._still(name) for name in self.dictionary.facts if name in asked and self._is_open(name)]
        verdicts = dict.fromkeys(option for node in nodes for option in options_of(node))
        waits += [f"the verdict on {self.names.option(option)}" for option in verdicts]
        read = dict.fromkeys(fact for node in nodes for fact in facts_of(node) if fact in self.dictionary.facts)
        recorded = self._behind(fact for fact in read if not self.facts.is_known(fact))
        waits = waits or [f"more than {self.names.fact(name)} ({self.inside(name)})" for name in recorded]
        return waits or ["what is not given of the lesions"]

    def _entered(self, name: str) -> Iterator[str]:
        """The fact itself where it is entered, else those that it is derived from."""
        fact = self.dictionary.facts.get(name)
        if fact is None or fact.is_entered or fact.derivation is None:
            yield name
            return
        for read in fact.derivation.reads:
            yield from self._entered(read)

    def _is_open(self, name: str) -> bool:
        return name in self.dossier.assessment.stale or not self.facts.is_known(name)

    def _still(self, name: str) -> str:
        """The fact, and what of it is known."""
        said = "stale" if name in self.dossier.assessment.stale else self.inside(name)
        return self.names.fact(name) if said.startswith("unknown") else f"{self.names.fact(name)} ({said})"

    def obtained(self, name: str) -> str:
        """How a finding is obtained, without the words for those who write case files."""
        obtained = self.dictionary.facts[name].obtained
        parts = [part for part in obtained.split("; ") if "`" not in part]
        return "; ".join(parts) or obtained.partition(" under `")[0]

    def cite(self, cite: Citation) -> str:
        """The source that was read, the place in it, and what it cites there."""
        refs = f", refs {', '.join(cite.refs)}" if cite.refs else ""
        return f"[{self.dossier.pack.references[cite.via].short}, {cite.section}{refs}]"

    def deciding_on(self, lesion: LesionVerdict) -> Judged | None:
        """The argument that makes the verdict on one lesion."""
        order = [*VERDICTS]
        biting = [one for one in lesion.arguments if one.effect is not FALSE and one.argument.role != "supports"]
        asked = UNKNOWN if lesion.verdict == "cannot_tell" else TRUE
        return min(
            biting,
            key=lambda one: (one.effect is not asked, order.index(ROLES[one.argument.role].verdict)),
            default=None,
        )

    def is_near(self, option: OptionVerdict) -> bool:
        """Whether one finding settles the option, whatever it shows."""
        return any(missing.settles_always for missing in option.missing)

    def missing(self, option: OptionVerdict) -> str:
        """The missing facts of one option, by what they would do."""
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

    def could_be(self, option: OptionVerdict) -> str:
        """What else the verdict can still be."""
        still = [WORDS[verdict] for verdict in option.possible if verdict != option.verdict]
        return "; ".join(still) if len(still) <= MOST_STILL else f"anything from “{still[0]}” to “{still[-1]}”"

    def side(self, limit: Compare) -> str:
        """``is not below 50 %``: where a value falls that lies exactly at the limit; empty where it does not."""
        fact, at = self.dictionary.facts.get(limit.fact), limit.limit.number
        value = self.facts.value(fact.name) if fact else None
        if at is None or not isinstance(value, Numbers) or value.number != at:
            return ""
        return f"is {_AT_LIMIT[limit.operator]} {limit.limit.text}"

    def weighed(self, limits: Iterable[tuple[Compare, Iterable[str]]]) -> str:
        """``no objection to TAE; speaks against PRRT``: what arguments with these limits do, as the value lies."""
        found: dict[str, list[str]] = {}
        for limit, options in limits:
            for option in options:
                effects = [judged for judged in self.dossier.options[option].arguments if self._hangs_on(judged, limit)]
                for word in {self._does(judged) for judged in effects} or ("on the way to the verdict on",):
                    found.setdefault(word, []).append(option)
        return "; ".join(f"{word} {self.concerned(options)}" for word, options in found.items())

    def _hangs_on(self, judged: Judged, limit: Compare) -> bool:
        return limit in walk(judged.argument.when)

    def _does(self, judged: Judged) -> str:
        """What an argument does to its option now."""
        if judged.effect is UNKNOWN:
            return "open for"
        supports = judged.argument.role == "supports"
        if judged.effect is TRUE:
            return "speaks for" if supports else SPEAKS[judged.argument.role]
        return "no support for" if supports else "no objection to"

    def change(self, change: Change) -> str:
        """What would change a verdict, and to what."""
        facts = " and ".join(self._set(name, value) for name, value in change.set)
        return f"{facts} {self.arrow} {self.verdict(VERDICTS[change.rank])}"

    def _set(self, name: str, value: Value) -> str:
        """``disease state progressive``; a list after a colon, since its title is what its members are."""
        colon = ":" if isinstance(value, Members) else ""
        return f"{self.names.fact(name)}{colon} {self.stated(name, value)}"

    def changes(self) -> str:
        """For a what-if: the verdicts that differ from the case as written."""
        return "; ".join(f"{self.names.option(name)}: {self._changed(name)}" for name, _, _ in self.dossier.changed)

    def _changed(self, option: str) -> str:
        """The verdict before and now; where it cannot be told either way, what it could be."""
        assert self.dossier.as_written is not None
        before, now = self.dossier.as_written.options[option], self.dossier.options[option]
        if before.verdict != now.verdict:
            return f"{WORDS[before.verdict]} {self.arrow} {WORDS[now.verdict]}"
        could = [", or ".join(WORDS[one] for one in verdict.possible) for verdict in (before, now)]
        return f"could be {could[0]} {self.arrow} could be {could[1]}"

    def lesions(self, option: OptionVerdict) -> str:
        """Which of the lesions listed have which verdict, by name while they are few."""
        groups = {verdict: [one for one in option.lesions if one.verdict == verdict] for verdict in _LESIONS}
        few = len(option.lesions) <= MOST_LESIONS
        said = (
            f"{_LESIONS[verdict]}: {self.marks(lesions) if few else len(lesions)}"
            for verdict, lesions in groups.items()
            if lesions
        )
        return self._of_listed(option, ", ".join(said))

    def lesions_why(self, option: OptionVerdict) -> str:
        """The same, with the reason beside every lesion that does not simply meet the criteria, while they are few."""
        if len(option.lesions) > MOST_LESIONS:
            return self.lesions(option)
        groups: dict[tuple[str, str], list[LesionVerdict]] = {}
        for one in option.lesions:
            deciding = self.deciding_on(one) if one.verdict != "supported" else None
            limit = self.by_convention(deciding) if deciding else ""
            why = f": {self.says(deciding)}{f', {limit}' if limit else ''}" if deciding else ""
            groups.setdefault((_LESIONS[one.verdict], why), []).append(one)
        said = (f"{self.marks(lesions)} {word}{why}" for (word, why), lesions in groups.items())
        return self._of_listed(option, "; ".join(said))

    def marks(self, lesions: Iterable[LesionVerdict]) -> str:
        """The lesions as the map names them, each once."""
        marks = lesion_marks(self.facts.lesions or ())
        return " ".join(dict.fromkeys(marks[one.id] for one in lesions if one.id in marks))

    def _of_listed(self, option: OptionVerdict, said: str) -> str:
        complete = "" if self.facts.lesions_complete else "; others not listed"
        return f"of {len(option.lesions)} listed: {said}{complete}"

    def check(self, problem: Problem) -> str:
        """What of the case should be checked: an unusual value, or what of an export could not be read."""
        line = f"line {problem.line}" if problem.line else None
        where = ", ".join(part for part in (problem.place, line) if part)
        more = f". {problem.remedy}" if problem in self.dossier.case.issues else f"; {problem.expected}"
        return f"{where}: {problem.found}{more}" if where else f"{problem.found}{more}"

    @cached_property
    def not_considered(self) -> frozenset[str]:
        """The facts that the pack shows and does not judge."""
        flags = self.dossier.assessment.flags
        return frozenset(flag.fact for flag in flags if flag.id == "not-considered" and flag.fact)

    def overridden(self) -> list[str]:
        """The conventions set for this run."""
        items = self.dictionary.conventions.values()
        return [f"{item.title}: {item.value}, set for this run" for item in items if item.overridden]

    def flags(self) -> list[tuple[Raised, list[str]]]:
        """Each flag once, with all the options it concerns."""
        merged: dict[tuple[str, str], tuple[Raised, list[str]]] = {}
        for flag in self.dossier.assessment.flags:
            merged.setdefault((flag.id, flag.says), (flag, []))[1].extend(flag.options)
        return list(merged.values())

    def concerned(self, options: Iterable[str]) -> str:
        """Options by name, whole families by their family."""
        listed = list(dict.fromkeys(options))
        if len(listed) == len(self.dossier.options):
            return "all options"
        known = self.dictionary.options
        said: dict[str, None] = {}
        for option in listed:
            family = [one for one in self.dossier.options if known[one].family == known[option].family]
            whole = len(family) > 1 and all(one in listed for one in family)
            said[FAMILIES[known[option].family].lower() if whole else self.names.option(option)] = None
        return "; ".join(said)

    def not_covered(self) -> str:
        """What the source does not hold."""
        return " ".join(str(self.dossier.pack.about.get("does_not_cover", "")).split())

    def hedge(self) -> str:
        """What the software is, and whether a clinician has reviewed the pack."""
        reviewed = str(self.dossier.pack.about.get("reviewed_by_clinician", "no"))
        said = (
            "This pack has not been reviewed by a clinician." if reviewed == "no" else f"Clinical review: {reviewed}."
        )
        return f"{HEDGE} {said}"

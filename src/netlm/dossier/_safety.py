"""The safety facts that page one shows: abnormal, unknown or stale, and in one line each the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..guidance import Judged, program_of
from ..logic import Compare, decisive, facts_of, trace
from ..values import FALSE, TRUE, UNKNOWN, Numbers, Opaque, Words
from ._wording import SPEAKS, Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["Safety", "Told", "safety_of"]

_GROUP = "Organ function and safety"
_ALSO = ("multiple_comorbidities",)
"""Facts of other groups by which options are ruled out as unsafe."""
_REASSURING = frozenset({"no", "none", "normal"})


@dataclass(frozen=True)
class Told:
    """One safety fact that is abnormal or stale, and why it stands here."""

    title: str
    value: str
    why: str


@dataclass(frozen=True)
class Safety:
    """What stands out, what is unknown, and in running text what does neither."""

    told: tuple[Told, ...]
    unknown: str
    notes: tuple[str, ...]


def safety_of(dossier: Dossier, say: Wording) -> Safety:
    """The safety facts of one patient. No limit is applied here beyond those of the pack's own arguments."""
    return _Sorter(dossier, say).safety()


class _Sorter:
    def __init__(self, dossier: Dossier, say: Wording) -> None:
        self.dossier = dossier
        self.say = say
        self.facts = dossier.case.facts
        self._kept: dict[str, tuple[str, ...]] = {}
        known = self.facts.dictionary.facts.items()
        self.names = [name for name, fact in known if (fact.group == _GROUP or name in _ALSO) and fact.is_entered]

    def safety(self) -> Safety:
        reasons = {name: self._reason(name) for name in self.names}
        told = [Told(self._title(name), self.say.with_how(name), why) for name, why in reasons.items() if why]
        quiet = [name for name in self.names if not reasons[name]]
        return Safety(tuple(told), self._unknown(), tuple(self._notes(quiet)))

    def _title(self, name: str) -> str:
        return self.facts.dictionary.facts[name].title

    def _reason(self, name: str) -> str:
        """Why the fact stands out; empty where it does not."""
        said = ["stale: too old to count as current"] if self.say.is_stale(name) else []
        said += self._at_limits.get(name, [])
        said += [f"{word} {self.say.concerned(options)}" for word, options in self._against.get(name, {}).items()]
        if said:
            return "; ".join(said)
        finding, value = self.facts.finding(name), self.facts.value(name)
        if finding is None or finding.unknown is not None:
            return ""
        if isinstance(value, Words) and value.is_known and not self._is_reassuring(name):
            return "recorded" if self._is_judged(name) else "recorded; this pack does not judge it"
        return "" if value.is_known or isinstance(value, Numbers | Opaque) else "not settled"

    def _unknown(self) -> str:
        """The unknown facts, those together that may speak against the same options."""
        groups: dict[str, list[str]] = {}
        for name, said in self._unknown_facts():
            groups.setdefault(self.say.concerned(self._may_speak.get(name, ())), []).append(said)
        told = (f"{', '.join(names)}{f', which may speak against {options}' if options else ''}"
                for options, names in groups.items())  # fmt: skip
        return "; ".join(told)

    def _unknown_facts(self) -> Iterator[tuple[str, str]]:
        for name in self.names:
            fact, finding = self.facts.dictionary.facts[name], self.facts.finding(name)
            wanted = fact.core or name in self._would_settle
            open_core = finding is None and wanted and not self.facts.is_known(name)
            if open_core or (finding is not None and finding.unknown is not None):
                yield name, f"{fact.subject}{f' ({finding.unknown})' if finding else ''}"

    def _notes(self, quiet: list[str]) -> Iterator[str]:
        absent: dict[str, list[str]] = {}
        judged: list[str] = []
        bounds: list[str] = []
        unjudged: list[str] = []
        unrecorded: list[str] = []
        for name in quiet:
            fact, finding = self.facts.dictionary.facts[name], self.facts.finding(name)
            if finding is None or finding.unknown is not None:
                known_open = fact.core or name in self._would_settle
                unrecorded += [fact.subject] if finding is None and not known_open else []
            elif self._is_reassuring(name):
                told = (finding.method or "method not stated", finding.by, finding.date or "undated")
                absent.setdefault(", ".join(str(part) for part in told if part), []).append(fact.subject)
            else:
                said = f"{fact.subject} {self.say.with_how(name)}"
                weighed = self._is_judged(name) and name not in self.say.not_considered
                settled = self.facts.is_known(name) or not isinstance(self.facts.value(name), Numbers)
                (judged if weighed and settled else bounds if weighed else unjudged).append(said)
        if absent:
            said = "; ".join(f"{', '.join(names)} ({told})" for told, names in absent.items())
            yield f"Recorded as no, none or normal: {said}."
        if judged:
            yield f"Entered, and no limit of this pack crossed: {', '.join(judged)}."
        if bounds:
            yield f"Entered as a range or with one end open: {', '.join(bounds)}."
        if unjudged:
            yield f"Entered, and not judged by this pack: {', '.join(unjudged)}."
        if unrecorded:
            yield f"Not recorded: {', '.join(unrecorded)}."

    @cached_property
    def _would_settle(self) -> frozenset[str]:
        """The unknown facts of which some value would settle an option."""
        return frozenset(name for name, options in self.dossier.assessment.missing if options)

    @cached_property
    def _may_speak(self) -> dict[str, list[str]]:
        """For each safety fact the options against which an argument speaks if the fact turns out so."""
        found: dict[str, list[str]] = {}
        for option in self.dossier.options.values():
            for judged in option.arguments:
                if judged.effect is UNKNOWN and judged.argument.role != "supports":
                    for name in dict.fromkeys(
                        one for read in facts_of(judged.argument.when) for one in self._read(read)
                    ):
                        found.setdefault(name, []).append(option.id)
        return found

    def _read(self, name: str) -> Iterator[str]:
        """The fact, and all the facts that its decision table reads."""
        fact = self.facts.dictionary.facts.get(name)
        if fact is not None:
            yield name
            for read in fact.derivation.reads if fact.derivation is not None and name not in self.facts.entered else ():
                yield from self._read(read)

    @cached_property
    def _at_limits(self) -> dict[str, list[str]]:
        """For each safety fact the limits that it lies at or near, with the options."""
        found: dict[str, dict[str, list[tuple[Compare, tuple[str, ...]]]]] = {}
        for flag in self.dossier.assessment.flags:
            if flag.limit is not None and flag.fact in self.names:
                side = self.say.side(flag.limit)
                at = (
                    f"exactly at a limit, {side.removeprefix('is ')}"
                    if side
                    else f"near the limit of {flag.limit.limit.text}"
                )
                found.setdefault(flag.fact, {}).setdefault(at, []).append((flag.limit, flag.options))
        return {
            name: [f"{at} ({weighed})" if (weighed := self.say.weighed(limits)) else at for at, limits in told.items()]
            for name, told in found.items()
        }

    def _is_reassuring(self, name: str) -> bool:
        value = self.facts.value(name)
        return isinstance(value, Words) and value.possible <= _REASSURING

    def _is_judged(self, name: str) -> bool:
        program = program_of(self.dossier.pack)
        return any(name in inputs for inputs in program.inputs.values())

    @cached_property
    def _against(self) -> dict[str, dict[str, list[str]]]:
        """For each safety fact what arguments do that hang on it, and the options: certain ones, and open ones."""
        found: dict[str, dict[str, list[str]]] = {}
        for option in self.dossier.options.values():
            for judged in option.arguments:
                if judged.effect is FALSE or judged.argument.role == "supports":
                    continue
                for name in self._behind(judged):
                    word = SPEAKS[judged.argument.role]
                    if judged.effect is UNKNOWN:
                        word = "open, may speak against"
                    found.setdefault(name, {}).setdefault(word, []).append(option.id)
        return found

    def _behind(self, judged: Judged) -> list[str]:
        """The safety facts on which an argument hangs, entered or worked out; not what is reassuring or not given."""
        names = dict.fromkeys(name for step in decisive(judged.trace) for name in facts_of(step.node))
        entered = dict.fromkeys(one for name in names for one in self._entered_of(name))
        return [name for name in entered if name in self.names and not self._is_reassuring(name) and self._says(name)]

    def _entered_of(self, name: str) -> tuple[str, ...]:
        """The same as ``_entered``, each once, kept."""
        if name not in self._kept:
            self._kept[name] = tuple(dict.fromkeys(self._entered(name)))
        return self._kept[name]

    def _entered(self, name: str) -> Iterator[str]:
        """The fact where it was entered; else also the facts that its decision table went by."""
        fact = self.facts.dictionary.facts.get(name)
        if fact is None:
            return
        yield name
        if fact.derivation is None or name in self.facts.entered:
            return
        for row in fact.derivation.rows:
            step = trace(row.when, self.facts)
            if step.truth is not FALSE:
                for part in decisive(step):
                    for read in facts_of(part.node):
                        yield from self._entered_of(read)
            if step.truth is TRUE:
                return

    def _says(self, name: str) -> bool:
        """Whether anything is known of the fact, if only through others."""
        finding = self.facts.finding(name)
        return finding.unknown is None if finding is not None else self.facts.is_known(name)

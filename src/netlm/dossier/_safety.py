"""The safety facts that page one shows: abnormal, unknown or stale, and in one line each the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..guidance import program_of
from ..logic import Trace, decisive, facts_of
from ..values import TRUE, Numbers, Opaque, Words
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["Safety", "Told", "safety_of"]

_GROUP = "Organ function and safety"
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
        known = self.facts.dictionary.facts.items()
        self.names = [name for name, fact in known if fact.group == _GROUP and fact.is_entered]

    def safety(self) -> Safety:
        against = self._against()
        reasons = {name: self._reason(name, against) for name in self.names}
        told = [Told(self._title(name), self.say.with_how(name), why) for name, why in reasons.items() if why]
        return Safety(
            tuple(told), "; ".join(self._unknown()), tuple(self._notes([n for n in self.names if not reasons[n]]))
        )

    def _title(self, name: str) -> str:
        return self.facts.dictionary.facts[name].title

    def _reason(self, name: str, against: Mapping[str, list[str]]) -> str:
        """Why the fact stands out; empty where it does not."""
        if name in self.dossier.assessment.stale:
            return "stale: too old to count as current"
        if name in against:
            return f"speaks against {self.say.concerned(against[name])}"
        finding, value = self.facts.finding(name), self.facts.value(name)
        if finding is None or finding.unknown is not None:
            return ""
        if isinstance(value, Words) and value.is_known and not self._is_reassuring(name):
            return "recorded" if self._is_judged(name) else "recorded; this pack does not judge it"
        return "" if value.is_known or isinstance(value, Numbers | Opaque) else "not settled"

    def _unknown(self) -> Iterator[str]:
        for name in self.names:
            fact, finding = self.facts.dictionary.facts[name], self.facts.finding(name)
            open_core = finding is None and fact.core and not self.facts.is_known(name)
            if open_core or (finding is not None and finding.unknown is not None):
                yield f"{fact.subject}{f' ({finding.unknown})' if finding else ''}"

    def _notes(self, quiet: list[str]) -> Iterator[str]:
        absent, values, unrecorded = [], [], []
        for name in quiet:
            fact, finding = self.facts.dictionary.facts[name], self.facts.finding(name)
            if finding is None or finding.unknown is not None:
                unrecorded += [fact.subject] if finding is None and not fact.core else []
            elif self._is_reassuring(name):
                absent.append(f"{fact.subject}{f' ({finding.date})' if finding.date else ''}")
            else:
                values.append(f"{fact.subject} {self.say.with_how(name)}")
        if absent:
            yield f"Recorded as no, none or normal: {', '.join(absent)}."
        if values:
            yield f"Entered, and not against any option here: {', '.join(values)}."
        if unrecorded:
            yield f"Not recorded, and not judged alone: {', '.join(unrecorded)}."

    def _is_reassuring(self, name: str) -> bool:
        value = self.facts.value(name)
        return isinstance(value, Words) and value.possible <= _REASSURING

    def _is_judged(self, name: str) -> bool:
        program = program_of(self.dossier.pack)
        return any(name in inputs for inputs in program.inputs.values())

    def _against(self) -> dict[str, list[str]]:
        """The safety facts on which an argument hangs that bites, with the options."""
        found: dict[str, list[str]] = {}
        for option in self.dossier.options.values():
            for judged in option.arguments:
                if judged.effect is TRUE and judged.argument.role != "supports":
                    for name in self._hangs_on(judged.trace):
                        if name in self.names and not self._is_reassuring(name):
                            found.setdefault(name, []).append(option.id)
        return found

    def _hangs_on(self, trace: Trace) -> dict[str, None]:
        return dict.fromkeys(name for step in decisive(trace) for name in facts_of(step.node))

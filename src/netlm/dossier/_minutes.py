"""The minutes of a meeting and its task list, as text of 100 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..decision import Recommendation, Task
from ._diagnosis import diagnosis, liver
from ._layout import WIDTH, field, heading, wrap
from ._names import DATA_SAID, SIGNS, WORDS
from ._said import (
    NOT_RECORDED,
    again_said,
    argument_sign,
    basis_said,
    chosen_title,
    hedge,
    outcome_said,
    said_or_none,
    trial_said,
)  # fmt: skip
from ._wording import Wording

if TYPE_CHECKING:
    from ._decided import Decided

__all__ = ["minutes_text", "tasks_text"]

MOST_ARGUMENTS = 3
_WISHES = ("declined", "unavailable")
"""Flags of a chosen option that the minutes repeat."""


def minutes_text(decided: Decided) -> str:
    """The minutes."""
    return "\n".join(_Minutes(decided).whole()) + "\n"


def tasks_text(decided: Decided) -> str:
    """The tasks by owner, the owner who is due first at the top."""
    return "\n".join(_tasks(decided)) + "\n"


class _Minutes:
    def __init__(self, decided: Decided) -> None:
        self.decided = decided
        self.decision = decided.decision
        self.dossier = decided.dossier
        self.say = Wording(decided.dossier)
        self.year = decided.dossier.pack.year

    def whole(self) -> Iterator[str]:
        yield from self._head()
        yield from heading("Decision")
        if self.decision.no_decision is not None:
            yield from wrap(f"NO DECISION: {self.decision.no_decision}")
        for one in self.decision.in_order:
            yield from self._recommendation(one)
        yield from self._alternatives()
        yield from heading("What else was said")
        yield from field("Dissent", said_or_none(self.decision.dissent))
        yield from field("Patient's view", self.decision.patient_view or NOT_RECORDED)
        yield from field("Trial", trial_said(self.decided))
        yield from heading("What happens next")
        yield from self._next()
        yield from ["", "-" * WIDTH, *wrap(f"Rests on {basis_said(self.decided)}.")]
        yield from wrap(hedge(self.decided))
        yield from ["", "Checked by [role], on [date]"]

    def _head(self) -> Iterator[str]:
        case, basis = self.dossier.case, self.decision.basis
        yield from wrap(f"Minutes of the tumour board, case {case.id}", "", "  ")
        yield "=" * WIDTH
        yield from field("Meeting", f"{self.decision.date}, on the case as of {basis.as_of}")
        yield from field("Present", said_or_none(self.decision.present))
        yield from field("Data", DATA_SAID[basis.data])
        yield from field("Guidance", f"{self.dossier.pack.title} ({self.year}), pack {basis.guidance}")
        for name, value in basis.conventions.items():
            title = self.dossier.pack.dictionary.conventions[name].title
            yield from field("CONVENTION", f"{title}: {value}, overridden for this dossier")
        for name in ("question", "intent", "new_problem", "priorities"):
            if name in case.told:
                yield from field(name.replace("_", " ").capitalize(), case.told[name])
        yield from field("Diagnosis", f"{diagnosis(self.dossier, self.say)} Liver: {liver(self.say)}")

    def _recommendation(self, one: Recommendation) -> Iterator[str]:
        title = chosen_title(self.decided, one.option, one.other)
        yield from wrap(f"{title}; intent: {one.intent.replace('_', ' ')}", f"{one.order}. ", "   ")
        if one.option is not None:
            yield from self._standing(one.option)
        departs = self.decision.departs(one)
        if one.reason is not None:
            yield from self._line("DEPARTS" if departs else "reason", one.reason)
        if one.conditions is not None:
            yield from self._line("only if" if one.conditions else "conditions", said_or_none(one.conditions))
        if one.carried_out is not None:
            yield from self._line("outcome", outcome_said(one.carried_out))

    def _standing(self, option: str) -> Iterator[str]:
        verdict = self.dossier.options[option].verdict
        loud = "EXTREME CAUTION: " if verdict == "extreme_caution" else ""
        yield from wrap(f"{loud}{WORDS[verdict]} ({self.year})", f"   [{SIGNS[verdict]}] ", "       ")
        still = [WORDS[one] for one in self.dossier.options[option].possible if one != verdict]
        if still:
            yield from self._line("could be" if verdict == "cannot_tell" else "could yet be", "; ".join(still))
        if verdict != "supported":
            for judged in self.dossier.options[option].deciding[:MOST_ARGUMENTS]:
                yield from self._line(argument_sign(judged), self.say.argument(judged))
        found = self.dossier.options[option]
        if found.lesions:
            complete = "" if self.dossier.case.facts.lesions_complete else ", others not listed"
            yield from self._line("lesions", f"speaks for {found.speaks_for} of {len(found.lesions)} listed{complete}")
        for flag in self.dossier.assessment.flags:
            if flag.id in _WISHES and option in flag.options:
                yield from self._line("NOTE", flag.says)

    def _line(self, title: str, text: str) -> list[str]:
        return wrap(text, f"       {title:<13} ")

    def _alternatives(self) -> Iterator[str]:
        yield from heading("Considered and not chosen")
        if not self.decision.alternatives:
            yield said_or_none(None if self.decision.alternatives is None else ())
        for one in self.decision.alternatives or ():
            sign = f"[{SIGNS[self.dossier.options[one.option].verdict]}] " if one.option is not None else ""
            title = chosen_title(self.decided, one.option, one.other)
            yield from wrap(f"{sign}{title}: {one.reason or 'reason not recorded'}", "- ")

    def _next(self) -> Iterator[str]:
        if not self.decision.tasks:
            yield from field("Tasks", said_or_none(None if self.decision.tasks is None else ()))
        for task in sorted(self.decision.tasks or (), key=lambda one: one.due):
            yield from field(str(task.due), f"{task.owner}: {task.what}")
        yield from field("Discuss again", again_said(self.decided))


def _tasks(decided: Decided) -> Iterator[str]:
    decision = decided.decision
    yield from wrap(f"Tasks, case {decision.basis.case}, meeting of {decision.date}", "", "  ")
    yield "=" * WIDTH
    if not decision.tasks:
        yield said_or_none(None if decision.tasks is None else ())
    groups: dict[str, list[Task]] = {}
    for task in sorted(decision.tasks or (), key=lambda one: one.due):
        groups.setdefault(task.owner.casefold(), []).append(task)
    for tasks in groups.values():
        yield from ["", *wrap(tasks[0].owner)]
        for task in tasks:
            yield from wrap(task.what, f"  [ ] {task.due}  ")
    yield from ["", *field("Discuss again", again_said(decided))]
    yield from wrap(f"Rests on {basis_said(decided)}.")

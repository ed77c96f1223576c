"""The letter to the referring doctor: a draft of the decision, its reasons and what follows, to be edited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..decision import Recommendation
from ._diagnosis import diagnosis, liver
from ._layout import heading, wrap
from ._names import DATA_SAID, WORDS
from ._said import (
    LETTER,
    NOT_RECORDED,
    again_said,
    argument_sign,
    basis_said,
    chosen_title,
    draft_head,
    hedge,
    in_words,
    outcome_said,
    said_or_none,
    trial_said,
)  # fmt: skip
from ._wording import Wording

if TYPE_CHECKING:
    from ._decided import Decided

__all__ = ["referrer_letter"]

MOST_ARGUMENTS = 2


def referrer_letter(decided: Decided) -> str:
    """The letter."""
    return "\n".join(_Letter(decided).whole()) + "\n"


class _Letter:
    def __init__(self, decided: Decided) -> None:
        self.decided = decided
        self.decision = decided.decision
        self.dossier = decided.dossier
        self.say = Wording(decided.dossier)
        self.year = decided.dossier.pack.year

    def whole(self) -> Iterator[str]:
        yield from draft_head()
        yield from ["[date]", "", "[name and address of the referring doctor]", ""]
        yield from self._wrap("Re: [name, date of birth and record number of the patient]")
        yield from ["", "Dear [name],", ""]
        day = in_words(self.decision.date)
        yield from self._wrap(f"Thank you for referring your patient, whom our tumour board discussed on {day}.")
        yield ""
        yield from self._titled(
            f"Diagnosis as of {in_words(self.decision.basis.as_of)}",
            f"{diagnosis(self.dossier, self.say)} Liver: {liver(self.say)}",
        )
        if "question" in self.dossier.case.told:
            yield from self._titled("Question", self.dossier.case.told["question"])
        yield from self._decision()
        yield from self._alternatives()
        yield from self._rest()
        yield from self._close()

    def _wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        return wrap(text, first, rest, LETTER)

    def _titled(self, title: str, text: str) -> list[str]:
        return self._wrap(text, f"{title}: ", "  ")

    def _decision(self) -> Iterator[str]:
        yield from heading("The board's decision", LETTER)
        if self.decision.no_decision is not None:
            yield from self._titled("No decision was reached", self.decision.no_decision)
        for one in self.decision.in_order:
            yield from self._recommendation(one)

    def _recommendation(self, one: Recommendation) -> Iterator[str]:
        title = chosen_title(self.decided, one.option, one.other)
        yield from self._wrap(f"{title} (intent: {one.intent.replace('_', ' ')})", f"{one.order}. ", "   ")
        if one.option is not None:
            yield from self._source(one.option)
        if one.reason is not None:
            yield from self._line("Departs because" if self.decision.departs(one) else "Reason", one.reason)
        if one.conditions:
            yield from self._line("Only if", "; ".join(one.conditions))
        if one.carried_out is not None:
            yield from self._line("Since then", outcome_said(one.carried_out))

    def _source(self, option: str) -> Iterator[str]:
        found = self.dossier.options[option]
        loud = "EXTREME CAUTION; " if found.verdict == "extreme_caution" else ""
        yield from self._line("Source", f"{loud}{WORDS[found.verdict]} ({self.year}).")
        if found.verdict not in ("supported", "conditional"):
            for judged in found.deciding[:MOST_ARGUMENTS]:
                said = f"{self.say.argument(judged)}: {argument_sign(judged)}."
                yield from self._wrap(said, "     - ", "       ")

    def _line(self, title: str, text: str) -> list[str]:
        return self._wrap(text, f"   {title}: ", "     ")

    def _alternatives(self) -> Iterator[str]:
        yield from heading("Considered and not chosen", LETTER)
        if not self.decision.alternatives:
            yield from self._wrap(said_or_none(None if self.decision.alternatives is None else ()))
        for one in self.decision.alternatives or ():
            title = chosen_title(self.decided, one.option, one.other)
            yield from self._wrap(f"{title}: {one.reason or 'reason not recorded'}", "- ")

    def _rest(self) -> Iterator[str]:
        decision = self.decision
        yield ""
        yield from self._titled("Dissent", said_or_none(decision.dissent))
        yield from self._titled("The patient's view", decision.patient_view or NOT_RECORDED)
        yield from self._titled("Clinical trial", trial_said(self.decided))
        yield from heading("What happens next", LETTER)
        if not decision.tasks:
            yield from self._titled("Tasks", said_or_none(None if decision.tasks is None else ()))
        for task in sorted(decision.tasks or (), key=lambda one: one.due):
            yield from self._wrap(f"by {in_words(task.due)}, {task.owner}: {task.what}", "- ")
        yield from self._titled("To be discussed again", again_said(self.decided))

    def _close(self) -> Iterator[str]:
        basis = self.decision.basis
        yield from ["", "Yours sincerely,", "", "[name and role]", "", "-" * LETTER]
        for name, value in basis.conventions.items():
            title = self.dossier.pack.dictionary.conventions[name].title
            yield from self._wrap(f"CONVENTION overridden for this dossier: {title}: {value}.")
        yield from self._wrap(f"Case {basis.case}; {DATA_SAID[basis.data]}. Rests on {basis_said(self.decided)}.")
        yield from self._wrap(hedge(self.decided))

"""The letter to the patient, in plain words: a draft of what was decided, why, what not, and what happens next.

It holds no verdict words, no figures of survival and no promises. What the board wrote in its own words is quoted in
[square brackets], for a person to say plainly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..decision import Recommendation
from ..guidance import ROLES, OptionVerdict
from ..logic import decisive, facts_of
from ..values import TRUE
from ._layout import heading, wrap
from ._names import DATA_SAID
from ._plain import Group, plain_words
from ._said import LETTER, basis_said, draft_head, in_words
from ._wanted import ranked_missing

if TYPE_CHECKING:
    from ._decided import Decided

__all__ = ["patient_letter"]

MOST_REASONS = 3
MOST_UNKNOWN = 6
_KINDS = {
    "supported": "could", "conditional": "could", "extreme_caution": "caution", "cannot_tell": "open",
    "outside_evidence": "outside", "excluded": "against", "not_recommended": "against",
}  # fmt: skip
_WISHES = (
    (
        "declined",
        "You told us that you do not want this.",
        "You told us that you do not want some of this. [Say what.]",
    ),
    ("unavailable", "This is not done here. [Say where it is done.]", "Some of this is not done here. [Say what.]"),
)
"""Flags of the case: what is said where they hold of all that a patient would call one thing, and of some of it."""


def patient_letter(decided: Decided) -> str:
    """The letter."""
    return "\n".join(_Letter(decided).whole()) + "\n"


class _Letter:
    def __init__(self, decided: Decided) -> None:
        self.decided = decided
        self.decision = decided.decision
        self.dossier = decided.dossier
        self.words = plain_words()

    def whole(self) -> Iterator[str]:
        yield from draft_head()
        yield from ["[date]", "", "[name and address]", "", "Dear [name],", ""]
        yield from self._text(
            f"On {in_words(self.decision.date)} a team of experts met to talk about your illness. {self._present()}"
            " This letter tells you what the team advises, and why. You decide. You can ask for more time, and you can"
            " say no."
        )
        yield from self._advice()
        yield from self._not_chosen()
        yield from self._unknown()
        yield from self._next()
        yield from self._view()
        yield from heading("Questions you may want to ask", LETTER)
        for question in self.words.questions:
            yield from self._item(question)
        yield from self._close()

    def _text(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        return wrap(text, first, rest, LETTER)

    def _item(self, text: str) -> list[str]:
        return self._text(text, "- ")

    def _under(self, text: str) -> list[str]:
        return self._text(text, "   ")

    def _present(self) -> str:
        roles = self.decision.present
        return f"At the meeting: {', '.join(map(_unbracketed, roles))}." if roles else "[Say who was there.]"

    def _advice(self) -> Iterator[str]:
        yield from heading("What the team advises", LETTER)
        if self.decision.no_decision is not None:
            yield from self._text("The team could not decide yet.")
            yield from self._text(_plainly("why", self.decision.no_decision))
        for one in self.decision.in_order:
            yield from self._recommendation(one)

    def _recommendation(self, one: Recommendation) -> Iterator[str]:
        name, what = self._named(one.option, one.other)
        yield from self._text(_sentence(name), f"{one.order}. ", "   ")
        yield from self._under(what or "[Say how it works.]")
        yield from self._under(f"The aim is {self.words.intents[one.intent]}.")
        verdict = self.dossier.options[one.option].verdict if one.option is not None else "other"
        yield from self._under(self.words.chosen[verdict])
        if one.option is not None and verdict == "cannot_tell":
            reasons = self._plain(missing.fact for missing in self.dossier.options[one.option].missing)
            yield from self._under(_not_known(reasons))
        if one.option is not None and (wish := self._wish((one.option,))):
            yield from self._under(f"{wish} [Say what has changed.]")
        yield from self._under(_plainly("why", one.reason) if one.reason else "[Say why the team chose this.]")
        if one.conditions:
            yield from self._under(_plainly("what has to be so first", "; ".join(one.conditions)))
        if one.carried_out is not None:
            done = one.carried_out
            yield from self._under(f"Noted on {in_words(done.date)}: {self.words.statuses[done.status]}.")
            if done.reason:
                yield from self._under(_plainly("why", done.reason))

    def _named(self, option: str | None, other: str | None) -> tuple[str, str]:
        return self.words.options[option] if option is not None else (_plainly("what it is", other or ""), "")

    def _not_chosen(self) -> Iterator[str]:
        other = "Other treatments, and why the team did not choose them"
        yield from heading("The treatments" if self.decision.no_decision is not None else other, LETTER)
        yield from self._text(
            f"To get ready, the team used a guide from {self.dossier.pack.year}. [Say if newer results matter here.]"
        )
        for one in self.decision.alternatives or ():
            name, _ = self._named(one.option, one.other)
            reason = _plainly("why", one.reason) if one.reason else "[Say why the team did not choose it.]"
            yield from self._item(f"{_sentence(name)} {reason}")
        chosen, others = self.decision.recommendations, self.decision.alternatives or ()
        named = {*(one.option for one in chosen), *(one.option for one in others)}
        groups = [group for group in self._groups() if not named & set(group.options)]
        for kind, title in self.words.not_chosen.items():
            listed = [group for group in groups if self._kind(group) == kind]
            if listed:
                yield from ["", *self._text(title)]
            for group in listed:
                yield from self._item(f"{_sentence(group.name)} {self._why(group, kind)}".strip())
        yield from ["", *self._text("Things can change. What is not right for you now may be right for you later.")]

    def _groups(self) -> Iterator[Group]:
        """The options, those that a patient would call one thing together."""
        grouped = {option: group for group in self.words.groups for option in group.options}
        seen: set[str] = set()
        for option in self.dossier.options:
            group = grouped.get(option) or Group(self.words.options[option][0], (option,))
            if group.name not in seen:
                seen.add(group.name)
                yield group

    def _kind(self, group: Group) -> str:
        """How the best of a group stands; what is open stays open where nothing better is certain."""
        kinds = {_KINDS[one.verdict] for one in self._members(group)}
        return next(kind for kind in self.words.not_chosen if kind in kinds)

    def _members(self, group: Group) -> list[OptionVerdict]:
        return [self.dossier.options[option] for option in group.options if option in self.dossier.options]

    def _why(self, group: Group, kind: str) -> str:
        said = [wish] if (wish := self._wish(group.options)) else []
        members = [one for one in self._members(group) if _KINDS[one.verdict] == kind]
        if kind in ("against", "outside", "caution"):
            reasons = self._plain(name for one in members for name in _decisive(one))
            said.append(f"This has to do with {_listed(reasons, 'and')}." if reasons else "[Say why.]")
        elif kind == "open":
            reasons = self._plain(missing.fact for one in members for missing in one.missing)
            said.append(_not_known(reasons))
        return " ".join(said)

    def _wish(self, options: tuple[str, ...]) -> str:
        """What the case says of the patient's wish, or of where the treatment is done."""
        said = []
        for flag, of_all, of_some in _WISHES:
            raised = {one for item in self.dossier.assessment.flags if item.id == flag for one in item.options}
            if raised >= set(options):
                said.append(of_all)
            elif raised & set(options):
                said.append(of_some)
        return " ".join(said)

    def _plain(self, facts: Iterator[str]) -> list[str]:
        return list(dict.fromkeys(self.words.facts[name] for name in facts if name in self.words.facts))

    def _unknown(self) -> Iterator[str]:
        yield from heading("What we do not know yet", LETTER)
        ranked = ranked_missing(self.dossier)
        unknown = self._plain(name for name, _ in ranked)[:MOST_UNKNOWN]
        if not unknown:
            yield from self._text("No open question would change what the guide says. [Say what else is not known.]")
        for text in unknown:
            yield from self._item(text)

    def _next(self) -> Iterator[str]:
        yield from heading("What happens next, and who does it", LETTER)
        for task in sorted(self.decision.tasks or (), key=lambda one: one.due):
            owner = _unbracketed(task.owner)
            yield from self._item(f"By {in_words(task.due)}, {owner}: {_plainly('what', task.what)}")
        if not self.decision.tasks:
            yield from self._text("[Say what happens next, who does it, and by when.]")
        again = self.decision.discuss_again
        if again is None:
            yield from self._text("[Say when the team will talk about you again.]")
        else:
            day = f" on {in_words(again.date)}" if again.date else ""
            when = f" {_plainly('when', again.when)}" if again.when else ""
            yield from self._text(f"The team plans to talk about you again{day}.{when}")
        trial = self.decision.trial
        if trial is None:
            yield from self._text("[Say if the team looked for a research study. The minutes do not say.]")
        elif trial.considered:
            yield from self._text(
                f"The team looked for a research study. {_plainly('what was found', trial.note or '')}"
            )
        else:
            yield from self._text(f"The team did not look for a research study. {_plainly('why', trial.note or '')}")

    def _view(self) -> Iterator[str]:
        yield from heading("What matters to you", LETTER)
        if self.decision.patient_view:
            yield from self._text(f"{_plainly('what you told us', self.decision.patient_view)} Is this right? Tell us.")
        else:
            yield from self._text("We have not written down what you want. Please tell us.")

    def _close(self) -> Iterator[str]:
        yield from ["", *self._text("If you feel worse, call [name and phone number]. Do not wait for the next visit.")]
        yield from ["", "With kind regards,", "", "[name and role]", "", "-" * LETTER]
        basis = self.decision.basis
        if basis.conventions:
            yield from self._text(f"For the clinician: conventions were overridden: {', '.join(basis.conventions)}.")
        yield from self._text(
            f"For the clinician: case {basis.case}; {DATA_SAID[basis.data]}. Rests on {basis_said(self.decided)}."
            " Made by research software, not CE-marked or FDA-cleared. Its plain words have not been reviewed by a"
            " clinician. Remove this note."
        )


def _decisive(option: OptionVerdict) -> Iterator[str]:
    """The facts on which the verdict hangs, those of the lesions included."""
    judged = [*option.arguments, *(one for lesion in option.lesions for one in lesion.arguments)]
    for one in judged:
        if one.effect is TRUE and ROLES[one.argument.role].verdict == option.verdict:
            for step in decisive(one.trace):
                yield from facts_of(step.node)


def _sentence(name: str) -> str:
    """A name as a sentence of its own; what a person has still to say keeps its brackets."""
    return name if name.startswith("[") else f"{name[:1].upper()}{name[1:]}."


def _plainly(what: str, text: str) -> str:
    """The board's own words, for a person to say in plain ones."""
    return f'[Say {what} in plain words. The minutes say: "{_unbracketed(text)}".]' if text else f"[Say {what}.]"


def _unbracketed(text: str) -> str:
    """Text that cannot end the brackets which mark what is still to be edited."""
    return text.replace("[", "(").replace("]", ")")


def _not_known(reasons: list[str]) -> str:
    return f"We do not know {_listed(reasons, 'or')}." if reasons else "[Say what is not known.]"


def _listed(texts: list[str], word: str) -> str:
    """The first few, as a sentence lists them."""
    first = texts[:MOST_REASONS]
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} {word} {first[-1]}"

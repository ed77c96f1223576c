"""How the parts of a decision are said in minutes and letters; "none" and "not recorded" are kept apart."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from ..decision import CarriedOut
from ..guidance import Judged
from ..values import FALSE, TRUE, UNKNOWN
from ._layout import wrap
from ._wording import Wording

if TYPE_CHECKING:
    from ._decided import Decided

__all__ = [
    "LETTER", "NOT_RECORDED", "again_said", "argument_sign", "basis_said", "chosen_title", "draft_head", "hedge",
    "in_words", "outcome_said", "said_or_none", "trial_said",
]  # fmt: skip

LETTER = 86
"""Columns of a letter."""
NOT_RECORDED = "not recorded"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def chosen_title(decided: Decided, option: str | None, other: str | None) -> str:
    """What a recommendation or an alternative is called."""
    if option is None:
        return f"{other} (not in this guidance pack)"
    return decided.dossier.pack.dictionary.options[option].title


def said_or_none(texts: tuple[str, ...] | None) -> str:
    """Texts as recorded; "none" and "not recorded" kept apart."""
    return NOT_RECORDED if texts is None else "; ".join(texts) or "none"


def trial_said(decided: Decided) -> str:
    """Whether a trial was considered."""
    trial = decided.decision.trial
    if trial is None:
        return NOT_RECORDED
    return f"{'considered' if trial.considered else 'not considered'}{f': {trial.note}' if trial.note else ''}"


def again_said(decided: Decided) -> str:
    """When the case is discussed again."""
    again = decided.decision.discuss_again
    if again is None:
        return NOT_RECORDED
    return ", ".join(str(part) for part in (again.date, again.when) if part is not None)


def basis_said(decided: Decided) -> str:
    """The dossier, the pack and the version that the decision rests on."""
    basis = decided.decision.basis
    return (
        f"dossier {basis.dossier[:16]} (SHA-256), case as of {basis.as_of}, pack {basis.guidance}"
        f" ({basis.guidance_year}), netlm {basis.version}"
    )


def draft_head() -> list[str]:
    """What stands above a letter that a person has still to edit."""
    return [
        "=" * LETTER,
        "DRAFT. Not sent. To be read, changed and signed by a clinician before anyone gets it.",
        *wrap("Words in [square brackets] are to be filled in or changed by hand.", width=LETTER),
        "=" * LETTER,
        "",
    ]


def hedge(decided: Decided) -> str:
    """What the software is, and what it does not do."""
    return f"{Wording(decided.dossier).hedge()} netlm records what was decided; it does not decide."


def outcome_said(done: CarriedOut) -> str:
    """What became of a recommendation."""
    wish = {True: "; as the patient wished", False: "; not at the patient's wish", None: ""}[done.patient_wish]
    why = f": {done.reason}" if done.reason else ""
    return f"{done.status.replace('_', ' ')}, {done.date}{why}{wish}"


def argument_sign(judged: Judged) -> str:
    """Whether the criterion of an argument holds, in the words of a person."""
    return {TRUE: "holds", FALSE: "does not hold", UNKNOWN: "not known"}[judged.truth]


def in_words(day: datetime.date) -> str:
    """``24 November 2026``, whatever the language of the computer."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

"""A decision together with the dossier that it was taken on, and the documents made of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..decision import Basis, Decision, Standing, check_basis, template
from ..errors import Problem, Problems
from ._names import SIGNS, WORDS

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["Decided", "basis_of", "decision_form"]


def basis_of(dossier: Dossier) -> Basis:
    """What a decision on this dossier rests on.

    Raises ``Problems`` for a what-if, which can never become a decision.
    """
    if dossier.as_written is not None or dossier.case.what_if:
        problem = Problem(
            "a what-if", "the case as written",
            "A what-if never becomes a decision. If the finding is true, write it into the case file.",
            "what-if", file=dossier.case.file, place="--set",
        )  # fmt: skip
        raise Problems([problem], dossier.case.file)
    case, pack = dossier.case, dossier.pack
    return Basis(
        case=case.id,
        as_of=case.as_of,
        dossier=dossier.hash,
        guidance=pack.id,
        guidance_year=pack.year,
        version=__version__,
        options={name: Standing(one.verdict, one.possible) for name, one in dossier.options.items()},
        conventions={name: one.value for name, one in pack.dictionary.conventions.items() if one.overridden},
        data=case.data,
    )


def decision_form(dossier: Dossier) -> str:
    """The empty record of a meeting on this dossier, as YAML to be filled in.

    Raises ``Problems`` for a what-if.
    """
    options, year = dossier.pack.dictionary.options, dossier.pack.year
    said = {
        name: f"[{SIGNS[one.verdict]}] {options[name].short}: {WORDS[one.verdict]} ({year})"
        for name, one in dossier.options.items()
    }
    return template(basis_of(dossier), said)


@dataclass(frozen=True)
class Decided:
    """A decision and the dossier that it rests on; it cannot be built with another dossier.

    Raises ``Problems`` where the dossier is another one, or a what-if.
    """

    dossier: Dossier
    decision: Decision

    def __post_init__(self) -> None:
        problems = list(check_basis(self.decision.basis, basis_of(self.dossier)))
        if problems:
            raise Problems(problems)

    def minutes(self) -> str:
        """The minutes of the meeting, 100 columns."""
        from ._minutes import minutes_text

        return minutes_text(self)

    def tasks(self) -> str:
        """Who does what by when, 100 columns."""
        from ._minutes import tasks_text

        return tasks_text(self)

    def letter_to_patient(self) -> str:
        """A letter to the patient in plain words: a draft to be edited, never sent."""
        from ._patient_letter import patient_letter

        return patient_letter(self)

    def letter_to_referrer(self) -> str:
        """A letter to the referring doctor: a draft to be edited, never sent."""
        from ._referrer_letter import referrer_letter

        return referrer_letter(self)

    def to_fhir(self) -> dict[str, Any]:
        """The dossier and the decision as a FHIR R4 document Bundle, the decision as a CarePlan."""
        from ._fhir import document_bundle

        return document_bundle(self.dossier, self.decision)

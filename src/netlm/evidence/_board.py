"""Everything that the evidence has to say of one patient, as the dossier and the command line tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..dictionary import Facts
from ._load import Evidence
from ._match import match_study
from ._option import OptionEvidence, SinceReview, evidence_beyond, evidence_for, since_review
from ._plain import option_plain, since_plain
from ._scores import ScoreValue, describe

__all__ = ["PatientEvidence", "evidence_of"]


@dataclass(frozen=True)
class PatientEvidence:
    """For every option its studies and outlook; later trials against a verdict; published scores as descriptors.

    ``beyond`` are the studies of treatments that are not among the options; none where options were named.
    """

    evidence: Evidence
    options: Mapping[str, OptionEvidence]
    beyond: OptionEvidence
    since: tuple[SinceReview, ...]
    scores: tuple[ScoreValue, ...]

    def since_for(self, option: str) -> tuple[SinceReview, ...]:
        """What came since the review for one option; empty where nothing points the other way."""
        return tuple(one for one in self.since if one.option == option)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "options": [option_plain(one) for one in self.options.values()],
            "beyond": {key: told for key, told in option_plain(self.beyond).items() if key in ("studies", "rest")},
            "since_review": [since_plain(one) for one in self.since],
            "descriptors": [
                {"id": one.score.id, "possible": list(one.possible), "says": one.says, "items": dict(one.items)}
                for one in self.scores
            ],
        }


def evidence_of(
    evidence: Evidence, facts: Facts, verdicts: Mapping[str, str], year: int, options: Iterable[str] = ()
) -> PatientEvidence:
    """The evidence for one patient, beside the ``verdicts`` of a review of ``year`` on each option.

    ``options`` are those that are told; all that have a verdict unless given.
    """
    named = tuple(options)
    told = named or tuple(verdicts)
    matches = {name: match_study(study, facts) for name, study in evidence.studies.items() if study.options}
    shown = {option: evidence_for(evidence, facts, option, matches) for option in told}
    asked = {option: verdict for option, verdict in verdicts.items() if option in told}
    since = since_review(evidence, facts, asked, year, matches)
    beyond = OptionEvidence("", (), (), ()) if named else evidence_beyond(evidence, facts)
    return PatientEvidence(evidence, shown, beyond, since, describe(facts, named, evidence.studies))

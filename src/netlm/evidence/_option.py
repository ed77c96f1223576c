"""Under one option: the studies that matter, the rest, what came since the review, and what was seen after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from ..dictionary import Facts
from ._groups import Group, group_of
from ._load import Evidence
from ._match import APPLICABILITY, Match, certainly_applies, match_study
from ._model import Arm, Endpoint, Measure, Publication, Result
from ._say import NOT_STATED, say_match, say_result

__all__ = [
    "OptionEvidence", "Outlook", "SinceReview", "evidence_beyond", "evidence_for", "included_since", "since_review",
    "winner",
]  # fmt: skip

MOST = 3
"""So many studies stand under an option; the rest unfolds."""
UNTOLD = ("ongoing", "unseen")
"""States of studies that have no result to tell."""
OUTLOOK_FAMILIES = ("survival", "symptoms", "complications", "recurrence")
REVIEW_SAYS = {
    "not_recommended": "advised against",
    "excluded": "fails one of its criteria",
    "outside_evidence": "outside what it studied",
}
"""Verdicts to which a later trial in favour can be opposed, in words."""
REVIEW_SUPPORTS = {"supported": "supports it", "conditional": "supports it with conditions"}
"""Verdicts to which a later trial can be opposed that found another treatment better, in words."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one group of one study had after the option: never a prediction for this patient.

    ``applies`` is the word of the study's match; a study that does not apply has no place here.
    """

    study: Publication
    result: Result
    family: str
    says: str
    n: int | None
    unit: str
    n_known: str | None
    applies: str

    @property
    def size(self) -> str:
        """Of how many it speaks: ``42 patients, only remembered``; empty where ``says`` tells that it is not stated."""
        if self.n is None or self.n_known is None:
            return "" if NOT_STATED in self.says else NOT_STATED
        return Group(self.n, self.unit, self.n_known).says


@dataclass(frozen=True, slots=True)
class SinceReview:
    """A later study that includes this patient and points the other way than the verdict of the review.

    ``better`` is the treatment that did better than an option which the review supports; empty where the study is in
    favour of one that it does not.
    """

    option: str
    match: Match
    result: Result
    verdict: str
    better: str
    says: str


@dataclass(frozen=True)
class OptionEvidence:
    """Everything published about one option, for one patient; ``option`` is empty for what is no option."""

    option: str
    matters: tuple[Match, ...]
    rest: tuple[Match, ...]
    outlook: tuple[Outlook, ...]


def evidence_for(
    evidence: Evidence, facts: Facts, option: str, matched: Mapping[str, Match] | None = None
) -> OptionEvidence:
    """The studies on ``option``, ordered by design, then match, then year; ``matched`` are matches made before."""
    known = matched or {}
    studies = [study for study in evidence.studies.values() if option in study.options]
    matches = [known.get(study.id) or match_study(study, facts) for study in studies]
    matches.sort(key=lambda match: _order(match, evidence))
    telling = _telling(matches, evidence)
    rest = tuple(match for match in matches if match not in telling)
    return OptionEvidence(option, tuple(telling), rest, tuple(_outlooks(evidence, option, matches)))


def evidence_beyond(evidence: Evidence, facts: Facts) -> OptionEvidence:
    """The studies of treatments that are not among the options, in the order of ``evidence_for``.

    Those that randomise, and those of which an arm was given something: a registry of incidence is none.

    A review of 2020 could not judge cabozantinib, and a patient whom its trial would have taken is to hear of it. Of
    one who differs from those in the trial it is among the rest.
    """
    trials = [
        study for study in evidence.studies.values()
        if not study.options and (_randomised(study) or any(arm.gives for arm in study.arms.values()))
    ]  # fmt: skip
    matches = sorted((match_study(study, facts) for study in trials), key=lambda match: _order(match, evidence))
    telling = _telling([match for match in matches if match.word != "applies_except"], evidence)
    return OptionEvidence("", tuple(telling), tuple(match for match in matches if match not in telling), ())


def _randomised(study: Publication) -> bool:
    return study.design.startswith("randomised")


def _telling(matches: list[Match], evidence: Evidence) -> list[Match]:
    """The first few that tell what the option does, no two of them with the same patients."""
    told: list[Match] = []
    for match in matches:
        study = match.study
        if match.word == "does_not_apply" or study.state in UNTOLD or not study.headline:
            continue
        if not evidence.words.designs[study.design].effect:
            continue
        if len(told) < MOST and not any(_share(study, other.study) for other in told):
            told.append(match)
    return told


def _share(one: Publication, other: Publication) -> bool:
    """Whether either says that they have patients in common; what is only inferred does not count."""
    pairs = ((one, other), (other, one))
    return any(o.study == b.id and o.known != "inferred" for a, b in pairs for o in a.overlaps)


def _order(match: Match, evidence: Evidence) -> tuple[int, int, int, int, str]:
    study = match.study
    latest = max(result.year for result in study.results) if study.results else study.year
    design = evidence.words.designs[study.design].rank
    return (design, list(APPLICABILITY).index(match.word), len(match.differences), -latest, study.id)


def since_review(
    evidence: Evidence, facts: Facts, verdicts: Mapping[str, str], year: int,
    matched: Mapping[str, Match] | None = None,
) -> tuple[SinceReview, ...]:  # fmt: skip
    """Later verified trials that point the other way than what the review of ``year`` says for this patient.

    In favour of an option that it does not support, or of another treatment than one that it does. ``verdicts`` are
    those on each option. Neither overrides the other: both are told.
    """
    found = []
    for option, study, result, better in _telling_trials(evidence):
        verdict = verdicts.get(option)
        words = REVIEW_SUPPORTS if better else REVIEW_SAYS
        if verdict not in words or not _is_later(evidence, result, year) or not certainly_applies(study, facts):
            continue
        match = (matched or {}).get(study.id) or match_study(study, facts)
        for_what = f", in favour of {better}" if better else ""
        says = f"review {year}: {words[verdict]}; since then {study.name}, {result.year}{for_what}: {say_match(match)}"
        found.append(SinceReview(option, match, result, verdict, better, says))
    return tuple(found)


def included_since(evidence: Evidence, facts: Facts, year: int) -> tuple[tuple[Publication, Result], ...]:
    """Studies of what treatments do, reported and verified after ``year``, whose judged criteria are certainly met.

    Whatever they found, and whatever the review says of their options; the strongest designs first.
    """
    designs = evidence.words.designs
    found = [
        (study, result)
        for study in evidence.studies.values()
        if study.state not in UNTOLD and designs[study.design].effect and (result := study.headline)
        if result.support.known == "verified" and _is_later(evidence, result, year) and certainly_applies(study, facts)
    ]
    return tuple(sorted(found, key=lambda one: (designs[one[0].design].rank, -one[1].year, one[0].id)))


def _is_later(evidence: Evidence, result: Result, year: int) -> bool:
    """Whether a result was reported after ``year``; what has no date proves nothing later."""
    return result.year > year and evidence.dictionary.references[result.report].dated


@lru_cache(maxsize=8)
def _telling_trials(evidence: Evidence) -> tuple[tuple[str, Publication, Result, str], ...]:
    """The randomised studies whose first standing result is verified, with each option that won or lost in them.

    The last is the treatment that was better where the option lost.
    """
    trials = (
        (study, result)
        for study in evidence.studies.values()
        if _randomised(study) and (result := study.headline) and result.support.known == "verified"
    )
    return tuple(
        (option, study, result, better)
        for study, result in trials
        for option, better in _told_of(study, result, evidence)
    )


def winner(study: Publication, result: Result, evidence: Evidence) -> tuple[Arm, Arm] | None:
    """The arm that did better and the one that did worse; None where the interval of the ratio does not tell."""
    ratio, wanted = result.ratio, evidence.words.endpoints[result.endpoint].better
    if ratio is None or ratio.number.ends is None or wanted is None:
        return None
    low, high = ratio.number.ends
    arm, against = study.arms[ratio.arm], study.arms[ratio.against]
    if high < 1:
        return (arm, against) if wanted == "low" else (against, arm)
    if low > 1:
        return (against, arm) if wanted == "low" else (arm, against)
    return None


def _told_of(study: Publication, result: Result, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The option whose arm did better, and the one whose arm did worse with what did better.

    What was given to the winning arm too did not lose.
    """
    found = winner(study, result, evidence)
    if found is None:
        return
    won, lost = found
    if won.option:
        yield won.option, ""
    given, both = {one.what for one in lost.doses}, {one.what for one in won.doses}
    if lost.option and lost.option != won.option and not (given and given <= both):
        yield lost.option, won.title


def _outlooks(evidence: Evidence, option: str, matches: list[Match]) -> Iterator[Outlook]:
    for match in sorted(matches, key=lambda one: one.study.id):
        study = match.study
        arms = {name for name, arm in study.arms.items() if arm.option == option}
        if match.word == "does_not_apply" or not arms:
            continue
        for result in study.current:
            if evidence.words.endpoints[result.endpoint].family in OUTLOOK_FAMILIES:
                yield from _of_arms(match, result, evidence.words.endpoints[result.endpoint], arms)


def _of_arms(match: Match, result: Result, endpoint: Endpoint, arms: set[str]) -> Iterator[Outlook]:
    study = match.study
    for measure in result.numbers:
        if measure.arm is not None and measure.arm not in arms:
            continue
        group = group_of(study, result, measure)
        said = say_result(study, _alone(result, measure), aside=True)
        whom = study.arms[measure.arm].title if measure.arm and len(study.arms) > 1 else ""
        own = result.title != endpoint.title and result.title not in said
        title = f"{result.title}: " if own else ""
        yield Outlook(
            study, result, endpoint.family, f"{title}{said}{f' ({whom})' if whom else ''}", group.n if group else None,
            group.unit if group else measure.unit, group.known if group else None, match.word,
        )  # fmt: skip


def _alone(result: Result, measure: Measure) -> Result:
    medians = (measure,) if measure.statistic == "median" and measure in result.medians else ()
    return replace(
        result, ratio=None, p=None, medians=medians, values=() if medians else (measure,), finding=None, subgroup=None
    )

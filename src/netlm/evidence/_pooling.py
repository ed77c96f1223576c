"""Published results that answer one question, laid together; refused where they do not, unless that is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems
from ._groups import group_of
from ._load import Evidence
from ._model import Measure, Publication, Result

if TYPE_CHECKING:
    from ..synthesis import Pooled, Study

__all__ = ["POOLED_ENDPOINTS", "Difference", "Gathered", "gather", "pool_evidence"]

POOLED_ENDPOINTS = {
    "progression": "hazard ratio of progression",
    "survival": "hazard ratio of death",
    "survival-at-5-years": "survival at 5 years",
}
FIVE_YEARS = 60.0
NOT_STATED = "not stated"
PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Difference:
    """In what the studies differ: for each study, by id, what it has; and the same in words."""

    what: str
    values: dict[str, str]
    says: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A study with the one of its results that answers the question, and the share where that is one."""

    study: Publication
    result: Result
    share: Measure | None = None

    @property
    def arm(self) -> str:
        """The group of which the result speaks."""
        if self.share is not None:
            return self.share.arm or ""
        return self.result.ratio.arm if self.result.ratio else ""

    @property
    def arms(self) -> str:
        """``PROMID, octreotide LAR against placebo``; empty for a share."""
        ratio, arms = self.result.ratio, self.study.arms
        if self.share is not None or ratio is None:
            return ""
        return f"{self.study.name}, {arms[ratio.arm].title} against {arms[ratio.against].title}"

    @property
    def size(self) -> int | None:
        """Of how many patients it speaks; None where that is not known or only remembered."""
        if self.share is not None:
            group = group_of(self.study, self.result, self.share)
            return group.n if group and group.decides else None
        size = self.study.size
        told = size is not None and size.support.decides and size.unit == "patients"
        return int(size.number.value) if told and size is not None and size.number.value is not None else None


@dataclass(frozen=True)
class Gathered:
    """Results of one endpoint side by side, ready for ``netlm.synthesis``, and every way in which they differ.

    ``arms`` says of each ratio which arm it is of, and against which; ``analyses`` at which analysis each was found.
    """

    endpoint: str
    studies: tuple[Study, ...]
    ids: tuple[str, ...]
    differences: tuple[Difference, ...]
    arms: str = ""
    analyses: tuple[str | None, ...] = ()

    @property
    def interim(self) -> str:
        """``Of an interim analysis: RADIANT-4.``: whose result is not the last word; empty where none is."""
        names = [study.name for study, one in zip(self.studies, self.analyses, strict=True) if one == "interim"]
        return f"Of an interim analysis: {', '.join(names)}." if names else ""

    def answer(self, pooled: Pooled) -> dict[str, Any]:
        """``pooled`` with the ids of its studies and their differences, as JSON."""
        whole = pooled.to_dict()
        keep = ("study", "estimate", "low", "high", "level", "n", "weight")
        studies = [
            {"id": name, **{key: study[key] for key in keep}, "analysis": analysis}
            for name, study, analysis in zip(self.ids, whole["studies"], self.analyses, strict=True)
        ]
        differences = [{"what": one.what, "studies": one.values, "says": one.says} for one in self.differences]
        names = ("estimate", "low", "high", "tau2", "q", "p_q", "i2", "prediction")
        return {**{name: whole[name] for name in names}, "studies": studies, "differences": differences}


def gather(evidence: Evidence, names: Sequence[str], endpoint: str) -> Gathered:
    """The results of the named studies for one of ``POOLED_ENDPOINTS``.

    Raises ``Problems`` for an unknown endpoint or study, and for a study without such a result that stands.
    """
    if endpoint not in POOLED_ENDPOINTS:
        known = ", ".join(POOLED_ENDPOINTS)
        raise Problem("another endpoint", f"one of {known}", "Use one of them.", "usage", place="--endpoint")
    chosen: list[_Chosen] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        try:
            chosen.append(_choose(evidence.study(name), endpoint, evidence))
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)
    if not chosen:
        raise Problem("no study", "one or more studies", "Name them.", "usage", place="STUDY")
    studies = tuple(_estimate(one) for one in chosen)
    ids, arms = tuple(one.study.id for one in chosen), "; ".join(one.arms for one in chosen if one.arms)
    analyses = tuple(one.result.analysis for one in chosen)
    return Gathered(endpoint, studies, ids, tuple(_differences(chosen, endpoint)), arms, analyses)


def pool_evidence(
    evidence: Evidence, names: Sequence[str], endpoint: str, method: str = "reml", *, accept: bool = False
) -> tuple[Pooled, Gathered]:
    """The named studies pooled.

    Raises ``Problems``, one for each difference, where drug class, comparator, line of treatment, endpoint, assessor
    or cohorts differ or cannot be told to agree, unless ``accept`` is given.
    """
    from ..synthesis import pool

    gathered = gather(evidence, names, endpoint)
    if gathered.differences and not accept:
        remedy = "Pool studies that answer one question, or add --accept-differences, which tells each with the result."
        raise Problems(
            Problem(one.says.partition(": ")[2], "studies that agree in it", remedy, "studies-differ", place=one.what)
            for one in gathered.differences
        )
    return pool(gathered.studies, method), gathered


def _choose(study: Publication, endpoint: str, evidence: Evidence) -> _Chosen:
    if endpoint == "survival-at-5-years":
        found = next(_five_years(study), None)
    else:
        kept = list(_ratios(study, endpoint, evidence))
        kept.sort(key=lambda one: one.result.analysis not in ("primary", "final"))
        found = kept[0] if kept else None
    if found is None:
        raise Problem(
            f"no {POOLED_ENDPOINTS[endpoint]} that stands in {study.id}", "a study that reports one with its interval",
            f"See what it reports: netlm evidence show {study.id}", "no-result", place=study.id,
        )  # fmt: skip
    return found


def _ratios(study: Publication, family: str, evidence: Evidence) -> Iterator[_Chosen]:
    for result in study.current:
        ratio, endpoint = result.ratio, evidence.words.endpoints[result.endpoint]
        if ratio is None or ratio.kind != "hazard" or ratio.number.ends is None or not ratio.support.decides:
            continue
        if endpoint.family == family and result.analysis not in ("subgroup", "post-hoc"):
            yield _Chosen(study, result)


def _five_years(study: Publication) -> Iterator[_Chosen]:
    for result in study.current:
        for share in result.values:
            if result.endpoint == "os" and share.at == FIVE_YEARS and share.support.decides:
                chosen = _Chosen(study, result, share)
                if share.number.value is not None and (share.number.ends is not None or chosen.size is not None):
                    yield chosen


def _estimate(one: _Chosen) -> Study:
    from ..synthesis import hazard_ratio, survival_rate

    ratio = one.result.ratio
    if one.share is not None:
        number = one.share.number
        low, high = (end / PERCENT for end in number.ends) if number.ends else (None, None)
        assert number.value is not None
        level = one.result.level / PERCENT
        return survival_rate(one.study.name, number.value / PERCENT, low, high, n=one.size, level=level)
    assert ratio is not None
    assert ratio.number.value is not None
    assert ratio.number.ends is not None
    low, high = ratio.number.ends
    return hazard_ratio(one.study.name, ratio.number.value, low, high, level=ratio.level / PERCENT, n=one.size)


def _differences(chosen: Sequence[_Chosen], endpoint: str) -> Iterator[Difference]:
    """What must agree, and does not or cannot be told to; a rate after an operation has neither line nor assessor."""
    kinds: dict[str, Callable[[_Chosen], str]] = {"drug class": _class, "endpoint": lambda one: one.result.title}
    if endpoint != "survival-at-5-years":
        kinds["comparator"] = _comparator
        kinds["line"] = lambda one: one.study.line_of_treatment or "not_stated"
    if endpoint == "progression":
        kinds["assessor"] = lambda one: one.result.assessor or "not_stated"
    for what, read in kinds.items():
        values = {one.study.id: read(one).replace("_", " ") for one in chosen}
        if len(chosen) > 1 and (len(set(values.values())) > 1 or NOT_STATED in values.values()):
            yield Difference(what, values, _in_words(what, values, chosen))
    yield from _overlaps(chosen)


def _in_words(what: str, values: dict[str, str], chosen: Sequence[_Chosen]) -> str:
    """``drug class: somatostatin analogue (PROMID, CLARINET), mTOR inhibitor (RADIANT-4)``."""
    kinds: dict[str, list[str]] = {}
    for one in chosen:
        kinds.setdefault(values[one.study.id], []).append(one.study.name)
    return f"{what}: " + ", ".join(f"{value} ({', '.join(names)})" for value, names in kinds.items())


def _class(one: _Chosen) -> str:
    arm = one.study.arms.get(one.arm)
    return (arm.kind if arm else None) or NOT_STATED


def _comparator(one: _Chosen) -> str:
    ratio = one.result.ratio
    arm = one.study.arms.get(ratio.against) if ratio else None
    return (arm.kind if arm else None) or NOT_STATED


def _overlaps(chosen: Sequence[_Chosen]) -> Iterator[Difference]:
    ids = {one.study.id for one in chosen}
    for one in chosen:
        for overlap in one.study.overlaps:
            if overlap.study in ids:
                says = f"{overlap.says} ({overlap.known})"
                values = {one.study.id: says, overlap.study: says}
                yield Difference("overlapping cohorts", values, f"overlapping cohorts: {one.study.name}: {says}")

"""Studies, matches and outlook as plain values for JSON."""

from __future__ import annotations

from typing import Any

from ._load import Evidence
from ._match import Match
from ._model import NOT_STATED, Measure, Publication, Ratio, Result, Support, Told
from ._numbers import Number, PValue
from ._option import OptionEvidence, Outlook, SinceReview
from ._say import SELECTED, say_match, say_result

__all__ = ["match_plain", "option_plain", "since_plain", "study_plain"]


def study_plain(study: Publication, evidence: Evidence) -> dict[str, Any]:
    """One study, whole."""
    return {
        "id": study.id, "name": study.name, "title": study.title, "design": study.design,
        "phase": study.phase, "state": study.state, "line": study.line_of_treatment, "year": study.year,
        "reports": [{"id": name, **evidence.dictionary.references[name].record} for name in study.reports],
        "options": list(study.options),
        **_place_or_time("setting", study.setting), **_place_or_time("years", study.years),
        "registration": study.registration, "size": _measure(study.size) if study.size else None,
        "arms": [
            {
                "id": arm.id, "title": arm.title, "n": arm.n, "unit": arm.unit, "role": arm.role, "option": arm.option,
                "class": arm.kind, "band": arm.band,
                "doses": [
                    {
                        "what": one.what, "value": one.value, "per": one.per, "schedule": one.schedule,
                        "route": one.route, **_support(one.support),
                    }
                    for one in arm.doses
                ],
                **(_support(arm.support) if arm.support else {}),
            }
            for arm in study.arms.values()
        ],
        "population": [
            {
                "id": one.id, "when": one.text, "limits": dict(one.limits), "says": one.says,
                "decisive": one.decisive, "presumed": one.presumed, **_support(one.support),
            }
            for one in study.population
        ],
        "unjudged": [{"says": one.says, **_support(one.support)} for one in study.unjudged],
        "baseline": [_measure(one) for one in study.baseline],
        "results": [result_plain(study, one) for one in study.results],
        "crossover": study.crossover.says if study.crossover else None,
        "crossover_known": study.crossover.support.known if study.crossover else None,
        "follow_up": _measure(study.follow_up) if study.follow_up else None, "accepted": dict(study.accepted),
        "overlaps": [{"study": one.study, "known": one.known, "says": one.says} for one in study.overlaps],
        "approvals": [
            {"drug": one.drug, "region": one.region, "date": one.date, "says": one.says, **_support(one.support)}
            for one in study.approvals
        ],
        "details": [{"says": one.says, **_support(one.support)} for one in study.details],
        "warnings": [{"says": one.says, **_support(one.support)} for one in study.warnings],
    }  # fmt: skip


def result_plain(study: Publication, result: Result) -> dict[str, Any]:
    """One result of a study, with its sentence."""
    later = result.superseded_by
    return {
        "id": result.id, "endpoint": result.endpoint, "title": result.title, "report": result.report,
        "year": result.year, "says": say_result(study, result), "analysis": result.analysis,
        "assessor": result.assessor, "criteria": result.criteria, "follow_up": result.follow_up,
        "subgroup": result.subgroup, "met": result.met, "level": result.level,
        "ratio": _ratio(result.ratio) if result.ratio else None,
        "medians": [_measure(one) for one in result.medians], "values": [_measure(one) for one in result.values],
        "accepted": dict(result.accepted),
        "p": _p(result.p), "finding": result.finding, "warning": result.warning, "printed": result.printed,
        "superseded_by": f"{later.study}/{later.result}" if later else None, **_support(result.support),
    }  # fmt: skip


def _place_or_time(key: str, told: Told | None) -> dict[str, Any]:
    if told is None:
        return {key: None, f"{key}_known": NOT_STATED}
    return {key: told.says, **{f"{key}_{name}": value for name, value in _support(told.support).items()}}


def _support(support: Support) -> dict[str, Any]:
    return {
        "known": support.known, "seen": list(support.seen), "facts": list(support.facts), "audit": list(support.audit)
    }  # fmt: skip


def _number(number: Number) -> dict[str, Any]:
    return {
        "text": number.text, "value": number.value, "unit": number.unit, "low": number.low, "high": number.high,
        "spread": number.spread,
    }  # fmt: skip


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "what": measure.what, "arm": measure.arm, **_number(measure.number), "at": measure.at,
        "count": measure.count, "of": measure.of, "per": measure.unit, "statistic": measure.statistic,
        "printed": measure.printed, "known": measure.support.known,
    }  # fmt: skip


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {
        "kind": ratio.kind, "arm": ratio.arm, "against": ratio.against, **_number(ratio.number), "level": ratio.level,
        "p": _p(ratio.p), "known": ratio.support.known,
    }  # fmt: skip


def _p(p: PValue | None) -> dict[str, Any] | None:
    return {"text": p.text, "value": p.value, "sign": p.sign, "sided": p.sided} if p else None


def match_plain(match: Match) -> dict[str, Any]:
    """A study beside a patient: the word, the sentence, its report (a reference), and every point with its truth."""
    study = match.study
    return {
        "study": study.id, "name": study.name, "year": study.year, "design": study.design, "applies": match.word,
        "report": study.headline.report if study.headline else None, "possible": list(match.possible),
        "says": say_match(match), "known": study.headline.support.known if study.headline else None,
        "warning": study.headline.warning if study.headline else None,
        "differences": [{"id": point.criterion.id, "says": point.criterion.says, "has": point.has}
                        for point in match.differences],
        "unjudged": list(match.unjudged),
        "unknown": [{"id": point.criterion.id, "says": point.criterion.says} for point in match.unknown],
        "criteria": [
            {
                "id": point.criterion.id, "says": point.criterion.says, "truth": point.truth.word,
                "decisive": point.criterion.decisive, "presumed": point.criterion.presumed, "has": point.has,
                "known": point.criterion.support.known,
            }
            for point in match.points
        ],
    }  # fmt: skip


def option_plain(found: OptionEvidence) -> dict[str, Any]:
    """The evidence under one option."""
    return {
        "option": found.option, "studies": [match_plain(one) for one in found.matters],
        "rest": [match_plain(one) for one in found.rest],
        "outlook": {"says": SELECTED, "lines": [_outlook(one) for one in found.outlook]},
    }  # fmt: skip


def _outlook(one: Outlook) -> dict[str, Any]:
    return {
        "study": one.study.id, "name": one.study.name, "result": one.result.id, "family": one.family,
        "says": one.says, "n": one.n, "per": one.unit, "n_known": one.n_known, "known": one.result.support.known,
        "applies": one.applies,
    }  # fmt: skip


def since_plain(one: SinceReview) -> dict[str, Any]:
    """A later study that points the other way."""
    return {
        "flag": "sources-disagree", "option": one.option, "study": one.match.study.id, "result": one.result.id,
        "report": one.result.report, "year": one.result.year, "verdict": one.verdict, "better": one.better,
        "says": one.says,
    }  # fmt: skip

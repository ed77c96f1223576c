"""Studies as text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..evidence import APPLICABILITY, SELECTED, say_match, say_result, say_size

if TYPE_CHECKING:
    from ..evidence import (
        Dose,
        Evidence,
        Match,
        Measure,
        OptionEvidence,
        Publication,
        Result,
        ScoreValue,
        SinceReview,
        Support,
    )

__all__ = ["list_text", "listed", "option_text", "scores_text", "study_text"]

WIDTH = 100
KNOWN = {"verified": "verified", "review": "as the review has it", "recalled": "only remembered, decides nothing"}


def listed(study: Publication) -> dict[str, Any]:
    """One line of the list as plain values."""
    headline = study.headline
    return {
        "id": study.id, "name": study.name, "title": study.title, "year": study.year, "design": study.design,
        "state": study.state, "size": say_size(study) or None, "options": list(study.options),
        "says": say_result(study, headline) if headline else None,
        "known": headline.support.known if headline else None,
    }  # fmt: skip


def list_text(studies: Iterable[Publication], evidence: Evidence) -> str:
    """The studies by design, one line each."""
    lines: list[str] = []
    kept = list(studies)
    for design in evidence.words.designs.values():
        members = [one for one in kept if one.design == design.id]
        if members:
            lines += ["", design.title.upper()]
            lines += [f"  {one.id:<36} {one.year}  {say_size(one):<20} {one.title}" for one in members]
    return "\n".join([*lines[1:], ""])


def _wrapped(text: str, head: str = "", under: int = 0) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * (under or len(head)))


def study_text(study: Publication, evidence: Evidence) -> str:
    """One study, whole."""
    return "\n".join(
        [*_head(study, evidence), *_who(study), *_patients(study), *_outcomes(study, evidence), *_rest(study), ""]
    )


def _head(study: Publication, evidence: Evidence) -> Iterator[str]:
    yield from _wrapped(f"{study.name}: {study.title}", "", 2)
    design = evidence.words.designs[study.design].title
    phase = f" ({study.phase})" if study.phase and study.phase not in ("II", "III") else ""
    records = [evidence.dictionary.references[name].record for name in study.reports]
    registered = dict.fromkeys(one for one in (study.registration, *(r.get("registration") for r in records)) if one)
    when = study.years.marked if study.years else "years not stated"
    where = study.setting.marked if study.setting else "setting not stated"
    facts = [f"{design}{phase}", when, where, say_size(study), ", ".join(map(str, registered))]
    yield from _wrapped("; ".join(part for part in facts if part), "  ")
    for name in study.reports:
        record = evidence.dictionary.references[name].record
        cited = [str(record[key]) for key in ("journal", "year", "volume", "pages") if key in record]
        cited += [] if evidence.dictionary.references[name].dated else ["(undated; the year in which it was seen)"]
        doi = f" doi:{record['doi']}" if "doi" in record else ""
        yield from _wrapped(f"{name}: {' '.join(cited)}{doi}", "  ", 4)


def _who(study: Publication) -> Iterator[str]:
    if study.arms:
        yield "  Groups"
    for arm in study.arms.values():
        n = f" ({arm.size})" if arm.size else ""
        given = ", ".join(_dose(one) for one in arm.doses)
        yield from _wrapped(f"{arm.title}{n}{': ' + given if given else ''}", "    - ", 6)
    if study.population:
        yield "  Population"
    for point in study.population:
        mark = " (else the study does not apply)" if point.decisive else ""
        mark += " (taken as met until a recorded finding contradicts it)" if point.presumed else ""
        yield from _wrapped(f"{point.says}{mark}{_known(point.support)}", "    - ", 6)
    for told in study.unjudged:
        yield from _wrapped(f"{told.says} (cannot be judged from the facts of a case)", "    - ", 6)


def _patients(study: Publication) -> Iterator[str]:
    if study.baseline:
        yield "  Patients"
    for measure in study.baseline:
        whose = f" ({study.arms[measure.arm].title})" if measure.arm else ""
        yield from _wrapped(f"{_measured(measure)}{whose}{_known(measure.support)}", "    - ", 6)


def _measured(measure: Measure) -> str:
    """``median follow-up 29 months``; of how many where the value itself does not say it."""
    of = f" of {measure.of} {measure.unit}" if measure.of and measure.count is None else ""
    statistic = f"{measure.statistic} " if measure.statistic not in (None, "range") else ""
    return f"{statistic}{measure.what} {measure.number.text}{of}"


def _dose(dose: Dose) -> str:
    per = f"per {dose.per}" if dose.per else ""
    return " ".join(part for part in (dose.what, dose.value, per, dose.schedule, dose.route) if part)


def _outcomes(study: Publication, evidence: Evidence) -> Iterator[str]:
    yield "  Results"
    for result in study.results:
        said = say_result(study, result)
        yield from _wrapped(f"{_capital(said)} [{_status(result, evidence)}]", "    - ", 6)
        if result.warning:
            yield from _wrapped(result.warning, "      note: ", 12)
        if result.printed:
            yield from _wrapped(f"printed in the review: {result.printed}", "      ", 8)


def _status(result: Result, evidence: Evidence) -> str:
    later, words = result.superseded_by, evidence.words.lists
    assessor = words["assessors"][result.assessor] if result.assessor else None
    read = "" if result.assessor == "not_stated" else "read by "
    analysis = words["analyses"][result.analysis] if result.analysis else None
    followed = f"follow-up {result.follow_up}" if result.follow_up else None
    parts = [analysis, f"{read}{assessor}" if assessor else None, result.criteria, followed, str(result.year)]
    parts.append(KNOWN[result.support.known])
    parts.append(f"superseded by {later.study}/{later.result}" if later else None)
    return ", ".join(part for part in parts if part)


def _rest(study: Publication) -> Iterator[str]:
    notes = [*study.details, *([study.crossover] if study.crossover else [])]
    if notes or study.follow_up:
        yield "  Also"
    if study.follow_up:
        yield from _wrapped(f"{_capital(_measured(study.follow_up))}{_known(study.follow_up.support)}", "    - ", 6)
    for told in notes:
        yield from _wrapped(f"{told.says}{_known(told.support)}", "    - ", 6)
    for overlap in study.overlaps:
        yield from _wrapped(f"shares patients with {overlap.study} ({overlap.known}): {overlap.says}", "    - ", 6)
    for one in study.approvals:
        yield from _wrapped(f"{one.drug}, {one.region}, {one.date}: {one.says}{_known(one.support)}", "    - ", 6)
    if study.warnings:
        yield "  Warnings"
    for told in study.warnings:
        yield from _wrapped(f"{told.says}{_known(told.support)}", "    - ", 6)


def _known(support: Support) -> str:
    return " [only remembered, decides nothing]" if not support.decides else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def option_text(found: OptionEvidence, title: str, since: Iterable[SinceReview]) -> str:
    """The evidence under one option for one patient."""
    lines = [f"{title} ({found.option})"]
    for later in since:
        lines += _wrapped(f"{later.says} [sources-disagree]", "  ! ", 4)
    if not found.matters and not found.rest:
        lines += ["  no study", ""]
        return "\n".join(lines)
    for match in found.matters:
        lines += _wrapped(_match(match), "  - ", 4)
        if match.study.headline and match.study.headline.warning:
            lines += _wrapped(match.study.headline.warning, "    note: ", 10)
    if found.rest:
        told = ", ".join(f"{one.study.name} ({APPLICABILITY[one.word]})" for one in found.rest)
        lines += _wrapped(told, "  also: ", 4)
    if found.outlook:
        lines.append(f"  What published series reported. {SELECTED}")
    for one in found.outlook:
        n = f"; {one.size}" if one.size else ""
        mark = "" if one.applies == "applies" else f" [{APPLICABILITY[one.applies]}]"
        lines += _wrapped(f"{one.study.name}: {one.says}{n}{mark}", "      - ", 8)
    return "\n".join([*lines, ""])


def _match(match: Match) -> str:
    return f"{match.study.dated}, {APPLICABILITY[match.word]}: {say_match(match)}"


def scores_text(values: Iterable[ScoreValue]) -> str:
    """Published scores as descriptors."""
    lines = [line for one in values for line in _wrapped(one.says, "  - ", 4)]
    return "\n".join(["Published scores", *lines, ""]) if lines else ""

"""What a year could know of a study."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ._model import Publication, Result, Told

if TYPE_CHECKING:
    from ._load import Evidence

__all__ = ["known_by"]

A_YEAR = re.compile(r"\b[12]\d{3}\b")


def known_by(study: Publication, year: int, evidence: Evidence) -> Publication | None:
    """The study as published by the end of ``year``; None where nothing was.

    An undated report counts from the year in which it was seen: it may have been known before, but nothing shows it.
    """
    references = evidence.dictionary.references
    years = {report: int(str(references[report].record["year"])) for report in study.reports}
    reports = tuple(report for report in study.reports if years[report] <= year)
    if not reports:
        return None
    results = tuple(_standing(result, year, evidence) for result in study.results if result.year <= year)
    return replace(
        study, reports=reports, year=years[reports[0]], results=results, details=_told(study.details, year),
        warnings=_told(study.warnings, year), crossover=next(iter(_told((study.crossover,), year)), None),
        approvals=tuple(one for one in study.approvals if int(one.date[:4]) <= year), years=_years(study.years, year),
        setting=next(iter(_told((study.setting,), year)), None),
    )  # fmt: skip


def _years(told: Told | None, year: int) -> Told | None:
    """When patients were treated; None where a later report tells it, and where they end after ``year``."""
    known = next(iter(_told((told,), year)), None)
    return known if known and all(int(found) <= year for found in A_YEAR.findall(known.says)) else None


def _told(told: tuple[Told | None, ...], year: int) -> tuple[Told, ...]:
    return tuple(one for one in told if one is not None and (one.since is None or one.since <= year))


def _standing(result: Result, year: int, evidence: Evidence) -> Result:
    """The result, still current where its successor came later."""
    later = result.superseded_by
    successor = evidence.studies[later.study].result(later.result) if later else None
    return replace(result, superseded_by=None) if successor and successor.year > year else result

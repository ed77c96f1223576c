"""The evidence in pictures: forest, map, results by stratum, curves modelled from one study; drawn by synthesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import Problem
from ._groups import group_of, of_a_part
from ._load import Evidence
from ._model import Measure, Publication, Result
from ._pooling import POOLED_ENDPOINTS, gather, pool_evidence
from ._say import SELECTED, say_result

if TYPE_CHECKING:
    from ..figures import Picture
    from ..synthesis import Comparison, MapEntry, Stratum

__all__ = ["curves_picture", "forest_picture", "landmark_picture", "map_picture"]

FIVE_YEARS = 60.0
PERCENT = 100.0
MAP_WIDTH = 250
"""Millimetres: seven designs side by side."""
MODELLED = {"pfs": "PFS", "ttp": "TTP"}
FOREST_TITLES = {
    "progression": "Progression or death",
    "survival": "Death from any cause",
    "survival-at-5-years": "Alive after 5 years",
}


def forest_picture(
    evidence: Evidence, names: Sequence[str], endpoint: str, method: str = "reml", *, accept: bool = False
) -> Picture:
    """The forest of the named studies: pooled where they may be or ``accept`` is given, else side by side.

    In what they differ stands at the foot. Raises as ``gather``, and ``Problem`` for an unknown method.
    """
    from ..synthesis import METHODS, plot_forest

    if method not in METHODS:
        listed = ", ".join(METHODS)
        raise Problem(f"`{method}`", f"one of {listed}", "Use one of them.", "usage", place="--method")
    gathered = gather(evidence, names, endpoint)
    title, sides = FOREST_TITLES[endpoint], ("first arm better", "second arm better")
    better, worse = sides if endpoint != "survival-at-5-years" else ("", "")
    label = POOLED_ENDPOINTS[endpoint]
    notes = [f"First against second arm: {gathered.arms}."] if gathered.arms else []
    notes += [gathered.interim] if gathered.interim else []
    notes += [f"Differ in {one.says}." for one in gathered.differences]
    notes += [SELECTED] if endpoint == "survival-at-5-years" else []
    if gathered.differences and not accept:
        return plot_forest(
            gathered.studies, title=title, label=_capital(label), better=better, worse=worse,
            notes=["Not pooled: the studies differ.", *notes],
        )  # fmt: skip
    pooled, _ = pool_evidence(evidence, names, endpoint, method, accept=accept)
    return plot_forest(pooled, title=title, label=_capital(label), better=better, worse=worse, notes=notes)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def map_picture(evidence: Evidence, options: Sequence[str] = ()) -> Picture:
    """What has been studied: option by design, with size and year; of some options or of all."""
    from ..synthesis import plot_evidence_map

    shown = tuple(options) or tuple(evidence.dictionary.options)
    entries = [entry for option in shown for entry in _entries(evidence, option)]
    if not entries:
        remedy = "Leave --option or --evidence-until out." if evidence.year else "Leave --option out."
        raise Problem("no study that could be shown", "an option and a year with studies", remedy, "empty", place="map")
    titles = [evidence.dictionary.options[option].short for option in shown]
    designs = [one.title for one in evidence.words.designs.values() if one.effect]
    used = {entry.design for entry in entries}
    return plot_evidence_map(entries, options=titles, designs=[one for one in designs if one in used], width=MAP_WIDTH)


def _entries(evidence: Evidence, option: str) -> Iterator[MapEntry]:
    from ..synthesis import MapEntry

    for study in evidence.studies.values():
        design = evidence.words.designs[study.design]
        if option in study.options and design.effect:
            short, status = evidence.dictionary.options[option].short, _status(study)
            unit = study.size.unit if study.size else "patients"
            yield MapEntry(study.name, short, design.title, study.year, _size(study, status), status, unit)


def _size(study: Publication, status: str) -> int | None:
    """How large a study is drawn: what is only remembered is, where the whole study is shown as only remembered."""
    size = study.size
    if size is None or size.number.value is None or not (size.support.decides or status == "recalled"):
        return None
    return int(size.number.value)


def _status(study: Publication) -> str:
    headline = study.headline
    if headline is None:
        return "recalled"
    return "interim" if study.state == "interim" else headline.support.known


def landmark_picture(evidence: Evidence, option: str, endpoint: str = "survival") -> Picture:
    """What published groups had after one option: median survival, or survival at 5 years.

    Where a study compared groups and printed no such number, its finding stands there in words.
    Raises ``Problem`` where no number was published.
    """
    from ..synthesis import Stratum, plot_landmarks

    rates = endpoint == "survival-at-5-years"
    found = list(_strata(evidence, option, rates=rates))
    if not any(isinstance(one, Stratum) for one in found):
        raise Problem(
            f"no {endpoint.replace('-', ' ')} after {option}", "an option with such results",
            "See what there is: netlm evidence list --option OPTION", "empty", place="landmarks",
        )  # fmt: skip
    title = f"{evidence.dictionary.options[option].short}: survival as published"
    measure = "Survival at 5 years" if rates else "Median survival"
    return plot_landmarks(found, measure=measure, unit="share" if rates else "months", title=title)


def _strata(evidence: Evidence, option: str, *, rates: bool) -> Iterator[Stratum | Comparison]:
    from ..synthesis import Comparison

    for study in evidence.studies.values():
        for result in study.current:
            if result.endpoint != "os" or option not in study.options:
                continue
            drawn = [
                measure for measure in (result.values if rates else result.medians)
                if measure.arm is None or study.arms[measure.arm].option == option
                if not rates or measure.at == FIVE_YEARS
            ]  # fmt: skip
            if result.subgroup and result.finding and not (drawn or result.medians or result.ratio):
                yield Comparison(_capital(say_result(study, result)), study.name)
            for measure in drawn:
                yield _stratum(study, result, measure, 1 / PERCENT if rates else 1.0)


def _whom(study: Publication, result: Result, measure: Measure) -> str:
    """The arm; and the subgroup where that is a part of it."""
    arm = study.arms.get(measure.arm or "")
    name = arm.title if arm else "all"
    return f"{name}, {result.subgroup}" if of_a_part(study, result, measure) else name


def _stratum(study: Publication, result: Result, measure: Measure, factor: float) -> Stratum:
    from ..synthesis import Stratum

    group = group_of(study, result, measure)
    n = group.n if group and group.decides and group.unit == "patients" else None
    name, number = _whom(study, result, measure), measure.number
    low, high = (end * factor for end in number.ends) if number.ends else (None, None)
    return Stratum(name, None if number.value is None else number.value * factor, low, high, n, study.name)


def curves_picture(study: Publication, evidence: Evidence) -> Picture:
    """Curves modelled from the medians and the hazard ratio of one study, labelled as such.

    Raises ``Problem`` with the reason where the study does not allow it.
    """
    from ..synthesis import modelled_curves, plot_modelled

    result = next((one for one in study.current if one.ratio and one.medians), None)
    if result is None or result.ratio is None:
        raise Problem(
            "no medians with a hazard ratio that stand", "both", "See `netlm evidence show`.", "not-modelled",
            place=study.id,
        )  # fmt: skip
    ratio, medians = result.ratio, _medians(result)
    followed = study.follow_up
    if followed is not None and followed.arm is not None:
        raise Problem(
            f"a follow-up of one arm ({study.arms[followed.arm].title}, {followed.number.text})", "one of both arms",
            "The other arm may have been followed for less, so no curve is drawn.", "not-modelled", place=study.name,
        )  # fmt: skip
    modelled = modelled_curves(
        study.name, endpoint=MODELLED.get(result.endpoint, evidence.words.endpoints[result.endpoint].title),
        arms=[study.arms[ratio.arm].title, study.arms[ratio.against].title],
        medians=[medians.get(ratio.arm), medians.get(ratio.against)], hazard_ratio=ratio.number.value,
        follow_up=followed.number.value if followed else None, interval=ratio.number.ends,
    )  # fmt: skip
    return plot_modelled(modelled)


def _medians(result: Result) -> dict[str, float | None]:
    return {one.arm or "": one.number.value for one in result.medians}

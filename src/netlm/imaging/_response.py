"""Liver response: one baseline, one or more follow-ups; sums, classes, volume and growth, lesion by lesion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ._align import Alignment, align
from ._burden import Burden
from ._comparable import ScanInfo, differs, is_other_thickness, was_treated, why_apart
from ._criteria import Recist, ResponseRules
from ._lesion import Lesion
from ._match import CANNOT_TELL, Match, change_of_volume, match_lesions, why_untold
from ._no_tumour import NOTHING, confirmed, need_tumour
from ._recist import CLASSES, THIRD, TWO, GrowthRate, cross_product_class, growth_rate, recist_classes
from ._types import Caution, Limits, Measured, Rules, cautions_said, number_with_range, refuse, some_of

__all__ = ["FollowUp", "Response", "ScanInfo", "response"]

MONTH = 365.25 / 12
SCOPE = (
    "Liver response: the liver's lesions alone. Lesions elsewhere are not in it, so it is not the patient's response."
)


@dataclass(frozen=True, eq=False)
class FollowUp:
    """One follow-up against the baseline. ``possible`` are the classes that the measurement error leaves open.

    ``over_nadir_percent`` is None where the smallest sum so far is 0, and what rests on cross-products where those of
    the baseline add up to 0 (lesions one voxel broad). ``apart`` says why the scan is not comparable with the
    baseline, ``apart_from_last`` why not with the last one that has a sum: then there is no growth between them.
    Where it cannot be told which lesion is which, there are no sums, ``recist`` is ``cannot tell`` and every class
    that lesions allow is ``possible``; the volumes stand.
    """

    burden: Burden
    info: ScanInfo
    months: float | None
    target_mm: tuple[float, ...]
    sum_mm: float | None
    change_percent: Measured | None
    over_nadir_percent: float | None
    recist: str
    possible: tuple[str, ...]
    product_mm2: float | None
    product_percent: float | None
    product_class: str | None
    product_possible: tuple[str, ...]
    volume_percent: Measured | None
    growth: GrowthRate | None
    growth_since_last: GrowthRate | None
    apart: str
    apart_from_last: str
    matches: tuple[Match, ...]
    alignment: Alignment
    mixed: bool

    def to_dict(self) -> dict[str, Any]:
        """The follow-up as JSON."""
        return {
            "file": self.burden.file, "date": self.info.date.isoformat() if self.info.date else None,
            "months": self.months, "targets_mm": list(self.target_mm), "sum_mm": self.sum_mm,
            **number_with_range("change_percent", self.change_percent),
            "over_nadir_percent": self.over_nadir_percent, "recist": self.recist,
            "recist_possible": list(self.possible),
            "cross_product_mm2": self.product_mm2, "cross_product_percent": self.product_percent,
            "cross_product_class": self.product_class, "cross_product_possible": list(self.product_possible),
            **number_with_range("tumour_ml", self.burden.tumour_ml),
            **number_with_range("volume_percent", self.volume_percent),
            "growth": self.growth.to_dict() if self.growth else None,
            "growth_since_last": self.growth_since_last.to_dict() if self.growth_since_last else None,
            "not_comparable": self.apart or None, "not_comparable_with_last": self.apart_from_last or None,
            "mixed": self.mixed, "matches": [match.to_dict() for match in self.matches],
            "alignment": self.alignment.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Response:
    """The liver response. ``targets`` are the lesions of the baseline that are followed."""

    baseline: Burden
    info: ScanInfo
    targets: tuple[Lesion, ...]
    sum_mm: float
    product_mm2: float
    follow_ups: tuple[FollowUp, ...]
    rules: ResponseRules
    warnings: tuple[Caution, ...]

    def to_dict(self) -> dict[str, Any]:
        """The response as JSON."""
        return {
            "scope": SCOPE, "baseline": {
                "file": self.baseline.file, "targets": [one.id for one in self.targets], "sum_mm": self.sum_mm,
                "targets_mm": [float(one.longest_axial_mm) for one in self.targets],
                "cross_product_mm2": self.product_mm2, **number_with_range("tumour_ml", self.baseline.tumour_ml),
            },
            "liver_response": [one.to_dict() for one in self.follow_ups],
            "growth_formula": f"TG = 3 ln(D2/D1) / months; TGR = 100 (exp(TG) - 1); {self.rules.growth.formula}",
            "warnings": cautions_said(self.warnings),
        }  # fmt: skip

    def to_text(self) -> str:
        """The response as text for a terminal."""
        from ._text_response import response_text

        return response_text(self)


def response(
    baseline: Burden, follow_ups: Sequence[Burden], criteria: ResponseRules, rules: Rules | None = None, *,
    infos: Sequence[ScanInfo] = (), register: bool | None = None,
) -> Response:  # fmt: skip
    """The liver response of follow-ups, in the order of time, to a baseline.

    ``infos`` has one entry for each scan, the baseline first.
    Raises ``Problems`` where no lesion of the baseline can be measured, and for dates that run backwards.
    """
    follow_ups = tuple(confirmed(burden, baseline) for burden in follow_ups)
    for burden in (baseline, *follow_ups):
        need_tumour(burden)
    told = tuple(infos) or tuple(ScanInfo() for _ in range(len(follow_ups) + 1))
    _check(baseline, follow_ups, told)
    limits = (rules or Rules()).volume
    targets = _targets(baseline, criteria.recist)
    if not targets:
        least = f"one of at least {_least(baseline, criteria.recist):g} mm"
        remedy = "Small lesions have no RECIST sum; `netlm debulking` and the volumes still hold."
        refuse("no measurable lesion at baseline", least, remedy, "no-target", baseline.file)
    course = _Course(baseline, told[0], targets, criteria, limits)
    found = tuple(course.follow(burden, info, register) for burden, info in zip(follow_ups, told[1:], strict=True))
    scans = (baseline, *follow_ups)
    return Response(
        baseline, told[0], targets, course.sums[0], course.products[0], found, criteria,
        tuple(dict.fromkeys(_cautions(scans, told, found, criteria))),
    )  # fmt: skip


def _check(baseline: Burden, follow_ups: Sequence[Burden], told: Sequence[ScanInfo]) -> None:
    if not follow_ups:
        refuse("no follow-up", "at least one", "Name the later scans after the baseline.", "usage", baseline.file)
    if len(told) != len(follow_ups) + 1:
        refuse(
            f"{len(told)} descriptions", f"{len(follow_ups) + 1}, one a scan", "Give one each.", "usage", place="infos"
        )
    days = [info.date for info in told if info.date]
    if any(later <= earlier for earlier, later in pairwise(days)):
        refuse("dates that do not rise", "the baseline first", "Put the scans in order.", "usage", place="dates")


def _least(burden: Burden, rules: Recist) -> float:
    """The shortest measurable diameter: a length, and so many slices."""
    return max(rules.measurable_mm, rules.measurable_slices * float(burden.scan.grid.spacing[0]))


def _targets(baseline: Burden, rules: Recist) -> tuple[Lesion, ...]:
    least = _least(baseline, rules)
    able = [lesion for lesion in baseline.lesions if lesion.longest_axial_mm >= least]
    return tuple(sorted(able, key=lambda one: (-float(one.longest_axial_mm), int(one.id)))[: rules.targets])


class _Course:
    """Sums as they come, so that each follow-up can be set against the smallest so far."""

    def __init__(
        self,
        baseline: Burden,
        info: ScanInfo,
        targets: tuple[Lesion, ...],
        criteria: ResponseRules,
        limits: Limits | None,
    ) -> None:
        self.baseline, self.info, self.targets, self.criteria, self.limits = baseline, info, targets, criteria, limits
        self.measured = [one for one in baseline.lesions if one.longest_axial_mm >= _least(baseline, criteria.recist)]
        self.sums = [sum(float(one.longest_axial_mm) for one in targets)]
        self.products = [sum(float(one.longest_axial_mm * one.short_axis_mm) for one in self.measured)]
        self.new: list[bool] = []
        self.gone: list[bool] = []
        self.scans = [(baseline, info)]
        self.last = (self.sums[0], 0)

    def follow(self, burden: Burden, info: ScanInfo, register: bool | None) -> FollowUp:
        found = align(self.baseline, burden, register=register)
        matches = match_lesions(self.baseline, burden, found, self.limits)
        if any(one.fate == CANNOT_TELL for one in matches):
            return self._untold(burden, info, matches, found)
        lengths = self._lengths(burden, matches)
        self.scans.append((burden, info))
        nadir = min(self.sums)
        self.sums.append(sum(lengths))
        self.new.append(any(one.fate == "new" for one in matches))
        self.gone.append(not burden.lesions)
        self.products.append(_product(self.measured, burden, matches))
        by_product = self._product_classes()
        growth = self._growth(self.sums[0], 0)
        recent = self._growth(*self.last) if self.last[1] else None
        apart, apart_from_last = (self._apart(place) for place in (0, self.last[1]))
        self.last = (self.sums[-1], len(self.scans) - 1)
        return FollowUp(
            burden, info, _months(self.info, info), tuple(lengths), self.sums[-1],
            self._change(self.sums[0], self.sums[-1]), _percent(nadir, self.sums[-1]), self._classes(1.0),
            self._possible(), self.products[-1], _percent(self.products[0], self.products[-1]),
            by_product[0] if by_product else None, by_product, self._volume(burden), growth, recent,
            apart, apart_from_last, matches, found, _is_mixed(matches),
        )  # fmt: skip

    def _untold(self, burden: Burden, info: ScanInfo, matches: tuple[Match, ...], found: Alignment) -> FollowUp:
        """A follow-up whose lesions could not be matched: its volume, and no sum or class."""
        possible = tuple(one for one in CLASSES if one != "complete" or not burden.lesions)
        self.scans.append((burden, info))
        return FollowUp(
            burden, info, _months(self.info, info), (), None, None, None, CANNOT_TELL, possible, None, None,
            CANNOT_TELL, (), self._volume(burden),
            None, None, self._apart(0), self._apart(self.last[1]), matches, found,
            False,
        )  # fmt: skip

    def _volume(self, burden: Burden) -> Measured | None:
        (before, _), (after, _) = need_tumour(self.baseline), need_tumour(burden)
        found = change_of_volume(float(before), float(after), self.limits)
        return found if after or found is None else Measured(float(found), float(found), None, NOTHING.by)

    def _lengths(self, burden: Burden, matches: tuple[Match, ...]) -> list[float]:
        """Each target's length now: the sum of its parts, 0 where gone, the stated length where too small to measure.

        A merged lesion stands for all of its targets once, with the first.
        """
        by_id = {one.id: one for one in burden.lesions}
        seen: set[int] = set()
        lengths = []
        for target in self.targets:
            place, match = next((number, one) for number, one in enumerate(matches) if target.id in one.before)
            parts = [] if place in seen else [float(by_id[name].longest_axial_mm) for name in match.after]
            seen.add(place)
            lengths.append(sum(max(part, self.criteria.recist.too_small_mm) for part in parts))
        return lengths

    def _factors(self) -> tuple[float, float]:
        """By how much a ratio of two sums of diameters may be off."""
        return self.limits.factors(THIRD * TWO) if self.limits else (1.0, 1.0)

    def _change(self, before: float, after: float) -> Measured:
        below, above = self._factors()
        if not after:
            return Measured(-100.0, -100.0, None, NOTHING.by)
        low, change, high = (100 * (after * by / before - 1) for by in (below, 1.0, above))
        return Measured(change, low, high, self.limits.cite if self.limits else "")

    def _classes(self, by: float) -> str:
        sums = [*self.sums[:-1], self.sums[-1] * by]
        return recist_classes(sums, self.criteria.recist, new=self.new, gone=self.gone)[-1]

    def _possible(self) -> tuple[str, ...]:
        below, above = self._factors()
        return tuple(dict.fromkeys(self._classes(by) for by in (1.0, below, above)))

    def _product_classes(self) -> tuple[str, ...]:
        """The class by cross-products as measured, then the others that the error of two areas leaves open."""
        first, *_, product = self.products
        if not first:
            return ()
        below, above = self.limits.factors(2 * THIRD * TWO) if self.limits else (1.0, 1.0)
        left = not self.gone[-1]
        new = self.new[-1] or (left and any(self.gone))
        found = (
            cross_product_class(
                first, min(self.products[:-1]), product * by, self.criteria.cross_product, new=new, left=left
            )
            for by in (1.0, below, above)
        )
        return tuple(dict.fromkeys(found))

    def _growth(self, before: float, place: int) -> GrowthRate | None:
        """Growth from the scan at ``place``; None without days or lesions, and where the two are not comparable."""
        months = _months(self.scans[place][1], self.scans[-1][1])
        if not months or before <= 0 or self.sums[-1] <= 0 or self._apart(place):
            return None
        return growth_rate(before, self.sums[-1], months, self.limits)

    def _apart(self, place: int) -> str:
        return why_apart(self.scans[place:], self.criteria.growth.thicker)


def _product(measured: Sequence[Lesion], burden: Burden, matches: tuple[Match, ...]) -> float:
    """The sum of cross-products of what the measurable lesions of the baseline are now."""
    names = {one.id for one in measured}
    after = {name for match in matches if names.intersection(match.before) for name in match.after}
    return sum(float(one.longest_axial_mm * one.short_axis_mm) for one in burden.lesions if one.id in after)


def _percent(before: float, after: float) -> float | None:
    """The change in per cent; None from nothing."""
    return 100 * (after / before - 1) if before else None


def _months(first: ScanInfo, second: ScanInfo) -> float | None:
    return (second.date - first.date).days / MONTH if first.date and second.date else None


def _is_mixed(matches: tuple[Match, ...]) -> bool:
    """Whether some lesions grew or came and others shrank or went."""
    fates = {one.fate for one in matches}
    return bool(fates & {"grown", "new"}) and bool(fates & {"shrunk", "gone"})


def _cautions(
    scans: Sequence[Burden], told: Sequence[ScanInfo], found: Sequence[FollowUp], criteria: ResponseRules
) -> Iterator[Caution]:
    yield Caution("liver-only", SCOPE)
    for number, burden in enumerate(scans):
        name = "Baseline" if not number else f"Follow-up {number}"
        yield from (Caution(one.code, f"{name}: {one.says}") for one in burden.warnings)
    for name, values in (("modality", [one.modality for one in told]), ("contrast phase", [one.phase for one in told])):
        if differs(values):
            yield Caution(f"other-{name.split()[-1]}", f"The {name} differs between the scans: sizes may differ with "
                          "it, and no growth is told across it.")  # fmt: skip
        elif not all(value.strip() for value in values):
            yield Caution(f"unknown-{name.split()[-1]}", f"The {name} is not stated for every scan: growth takes them "
                          "as comparable.")  # fmt: skip
    steps = [float(burden.scan.grid.spacing[0]) for burden in scans]
    if is_other_thickness(steps, criteria.growth.thicker):
        yield Caution("other-thickness", f"Slices of {min(steps):g} to {max(steps):g} mm: sizes may differ with it, "
                      "and no growth is told across it.")  # fmt: skip
    for number, (burden, info) in enumerate(zip(scans[1:], told[1:], strict=True), 1):
        if was_treated(scans[number - 1], burden, info):
            yield Caution("local-treatment", f"Follow-up {number}: a local treatment came between. The sums tell its "
                          "effect too, and are not the response to a drug; no growth is told across it.")  # fmt: skip
    targets = {one.id for one in _targets(scans[0], criteria.recist)}
    for number, one in enumerate(found, 1):
        yield from _of_follow_up(number, one, criteria)
        grown = [name for match in one.matches if match.fate == "grown" and not targets & set(match.before)
                 for name in match.before]  # fmt: skip
        if grown and one.recist != "progressive":
            yield Caution("non-target-grown", f"Follow-up {number}: lesion {some_of(grown)} of the baseline grew and "
                          "is no target, so no sum tells it. Whether that is unequivocal progression, which RECIST "
                          "counts as such, is a reader's judgement.")  # fmt: skip


def _of_follow_up(number: int, one: FollowUp, criteria: ResponseRules) -> Iterator[Caution]:
    name = f"Follow-up {number}"
    if one.sum_mm is None:
        why = why_untold(one.matches, one.alignment)
        yield Caution("lesions-not-matched", f"{name}: which lesion is which cannot be told, nor which are new or "
                      f"gone: {why}. It has no sum, class or growth, and later ones are set against the smallest sum "
                      "of the others; the volumes hold what each scan shows.")  # fmt: skip
    elif len(one.possible) > 1:
        yield Caution("class-open", f"{name}: {one.recist} as measured; the measurement error leaves "
                      f"{' or '.join(one.possible)} open.")  # fmt: skip
    if one.mixed:
        yield Caution("mixed", f"{name}: mixed, some lesions shrank or went and others grew or came.")
    if one.product_class == "undefined":
        yield Caution("print", f"{name}: a fall of the cross-product of exactly {-criteria.cross_product.partial:g} % "
                      "is in no class as printed; SWOG counts it as partial.")  # fmt: skip
    growth = criteria.growth
    if one.growth is not None and growth.from_months <= one.growth.months <= growth.to_months:
        rate = one.growth.percent_per_month
        low, high = (rate if end is None else end for end in (rate.low, rate.high))
        where = "above" if low >= growth.cutoff else "below" if high < growth.cutoff else "not to be told from"
        window = f"at {growth.from_months:g} to {growth.to_months:g} months"
        said = f"{name}: growth is {where} {growth.cutoff:g} % a month ({growth.cite}, {window}; the formula is "
        yield Caution("growth-cutoff", f"{said}{growth.formula}).")
    if one.alignment.overlap is not None and one.alignment.how == "registered":
        yield Caution("registered", f"{name}: the livers were registered (Dice {one.alignment.overlap:.2f}).")

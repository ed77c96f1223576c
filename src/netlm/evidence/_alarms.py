"""Arithmetic over what a study reports: numbers that cannot all be true raise an alarm.

Nothing here knows medicine. An interval holds its estimate; a hazard ratio points where the medians point; p follows
from the interval (z = log ratio / SE, SE from the width: Altman and Bland, BMJ 2011;343:d2304); shares have a
denominator that can give them (Brown and Heathers, Soc Psychol Personal Sci 2017;8:363), and add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import erf, floor, isclose, log, sqrt

from ._model import Arm, Measure, Publication, Ratio, Result
from ._numbers import Number, PValue

__all__ = ["Alarm", "alarms"]

CERTAIN = 100.0
NEAR_AN_END = 15.0
"""Per cent from 0 or 100 within which an interval that is symmetric cannot be that of a proportion."""
HALVES = 0.5
SAME_Z = 1.08
"""How far z of a stratified log-rank test and z of the interval may lie apart by their nature."""
OFF_CENTRE = 0.15
"""Part of the interval's width by which an estimate may lie beside its middle on the scale of the model."""
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Alarm:
    """What does not fit: ``check`` names the rule, ``place`` the result or part of the study."""

    check: str
    place: str
    says: str
    line: int = 0


def alarms(study: Publication) -> Iterator[Alarm]:
    """Every alarm that the study's numbers raise, accepted or not."""
    yield from _arms(study)
    yield from _units(study)
    yield from _shares("baseline", study.baseline, 0)
    for measure in study.baseline:
        yield from (Alarm(check, "baseline", says) for check, says in _interval(measure.number))
    for result in study.results:
        yield from _of_result(result, study.arms)
    yield from _progression_and_death(study.results)


def _of_result(result: Result, arms: Mapping[str, Arm]) -> Iterator[Alarm]:
    for check, says in _result_checks(result, arms):
        yield Alarm(check, result.id, says, result.line)
    yield from _shares(result.id, result.values, result.line)


def _result_checks(result: Result, arms: Mapping[str, Arm]) -> Iterator[tuple[str, str]]:
    if result.ratio is not None:
        yield from _ratio(result.ratio)
        yield from _direction(result.ratio, result.medians)
    for measure in result.numbers:
        yield from _interval(measure.number)
        yield from _denominator_of_arm(measure, arms)
    yield from _medians_and_rates(result)
    yield from _rates_in_time(result)
    if result.analysis == "interim" and result.superseded_by is None and result.warning is None:
        yield "interim", "an interim result names its successor, or warns that there is none"


def _arms(study: Publication) -> Iterator[Alarm]:
    """The arms of a trial add up to its patients."""
    sizes = [arm.n for arm in study.arms.values() if arm.role != "group" and arm.unit == "patients"]
    total = study.size.number.value if study.size else None
    if len(sizes) > 1 and total is not None and None not in sizes:
        added = sum(size for size in sizes if size is not None)
        if added != total:
            yield Alarm("arms-sum", "size", f"the arms hold {added} patients, the study {total:g}")


def _units(study: Publication) -> Iterator[Alarm]:
    """Patients are not counted out of procedures."""
    size = study.size
    for measure in study.baseline:
        if size and measure.of is not None and measure.of == size.number.value and measure.unit != size.unit:
            says = f"{measure.what}: {measure.unit} counted out of {size.number.text} {size.unit}"
            yield Alarm("denominator-unit", "baseline", says)


def _ratio(ratio: Ratio) -> Iterator[tuple[str, str]]:
    number = ratio.number
    if number.value is None or number.value <= 0 or (number.low is not None and number.low <= 0):
        yield "positive", f"a ratio of {number.text}"
        return
    yield from _interval(number)
    if number.ends is None or not number.ends[0] < number.ends[1]:
        return
    low, high = number.ends
    middle = (log(number.value) - (log(low) + log(high)) / 2) / (log(high) - log(low))
    slack = _log_slack(number) / (log(high) - log(low))
    if abs(middle) > OFF_CENTRE + slack:
        yield "off-centre", f"{number.value:g} does not lie in the middle of {low:g} to {high:g} on the log scale"
    if ratio.p is not None:
        yield from _p_and_interval(ratio, ratio.p, low, high)


def _log_slack(number: Number) -> float:
    """What rounding of estimate and ends can move the log ratio by."""
    parts = zip((number.value, number.low, number.high), number.steps, strict=True)
    return sum(step / 2 / value for value, step in parts if value)


def _p_and_interval(ratio: Ratio, p: PValue, low: float, high: float) -> Iterator[tuple[str, str]]:
    """P against the interval, rounding allowed for; a p that fits when halved is told as one-sided."""
    own = 2 * p.value if p.sided == "one" else p.value
    crosses = low < 1 < high
    level = 1 - ratio.level / CERTAIN
    if p.sign != ">" and crosses and own < level * (1 - level):
        yield "p-and-one", f"the interval {low:g} to {high:g} holds 1, yet p is {p.text}"
    if not crosses and p.sign != "<" and own > level * (1 + level):
        yield "p-and-one", f"the interval {low:g} to {high:g} leaves 1 out, yet p is {p.text}"
    least, most = _p_range(ratio.number, ratio.level)
    if _p_fits(p, own, least, most):
        return
    if p.sided is None and _p_fits(p, 2 * p.value, least, most):
        yield "p-one-sided", f"p {p.text} fits the interval only as one-sided"
    else:
        yield "p-and-interval", f"p {p.text}, yet the interval gives {least:.2g} to {most:.2g}"


def _p_fits(p: PValue, value: float, least: float, most: float) -> bool:
    half = p.step / 2 * value / p.value
    if p.sign == "<":
        return least < value
    if p.sign == ">":
        return most > value
    return least <= value + half and value - half <= most


def _p_range(number: Number, level: float) -> tuple[float, float]:
    """The least and the largest two-sided p that estimate and interval allow."""
    assert number.value is not None
    assert number.ends is not None
    low, high = number.ends
    half = [step / 2 for step in number.steps]
    found = []
    for sign in (-1, 1):
        estimate = abs(log(number.value)) + sign * half[0] / number.value
        width = log(high) - log(low) - sign * (half[1] / low + half[2] / high)
        z = max(estimate, 0.0) / (width / (2 * _quantile(level))) if width > 0 else float("inf")
        found.append(2 * (1 - _normal(z * SAME_Z**sign)))
    return min(found), max(found)


def _normal(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


def _quantile(level: float) -> float:
    """How many standard errors reach from the estimate to an end, by bisection."""
    low, high, wanted = 0.0, 10.0, HALVES + level / CERTAIN / 2
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _normal(middle) < wanted else (low, middle)
    return low


def _direction(ratio: Ratio, medians: Iterable[Measure]) -> Iterator[tuple[str, str]]:
    """A hazard ratio below 1 goes with the longer median; not reached is longer than any."""
    by_arm = {median.arm: median.number for median in medians}
    first, second = by_arm.get(ratio.arm), by_arm.get(ratio.against)
    value = ratio.number.value
    if ratio.kind != "hazard" or first is None or second is None or value is None or value == 1:
        return
    own = float("inf") if first.value is None else first.value
    other = float("inf") if second.value is None else second.value
    if own != other and (own > other) != (value < 1):
        yield (
            "direction",
            f"ratio {value:g} for {ratio.arm}, yet its median is {first.text} against {second.text}",
        )


def _interval(number: Number) -> Iterator[tuple[str, str]]:
    low, high, value = number.low, number.high, number.value
    if low is not None and value is not None and not (low <= value and (high is None or value <= high)):
        yield "interval", f"{number.text}: the estimate lies outside its interval"
    if low is not None and high is not None and not low < high:
        yield "interval", f"{number.text}: the ends are not in order"
    if number.unit == "%" and value is not None:
        yield from _proportion(number, value)


def _proportion(number: Number, value: float) -> Iterator[tuple[str, str]]:
    """A share lies in 0 to 100 with its interval, which is not symmetric near an end."""
    low, high = number.low, number.high
    if number.spread is not None:
        low, high = value - number.spread, value + number.spread
    if value < 0 or value > CERTAIN or (low is not None and low < 0) or (high is not None and high > CERTAIN):
        yield "out-of-range", f"{number.text} leaves 0 to 100 %"
    if low is None or high is None or min(value, CERTAIN - value) > NEAR_AN_END or value in (0, CERTAIN):
        return
    rounding = sum(number.steps)
    if number.spread is not None or isclose(value - low, high - value, abs_tol=rounding / 2 - HALVES * rounding / 2):
        yield "symmetric", f"{number.text} is symmetric so near an end, which the interval of a share is not"


def _denominator_of_arm(measure: Measure, arms: Mapping[str, Arm]) -> Iterator[tuple[str, str]]:
    arm = arms.get(measure.arm or "")
    if arm is None or arm.n is None or measure.of is None or arm.unit != measure.unit:
        return
    if measure.of > arm.n:
        yield "denominator", f"{measure.of} {measure.unit} of {measure.arm}, which has {arm.n}"


def _medians_and_rates(result: Result) -> Iterator[tuple[str, str]]:
    """Before the median more than half are free of the event, after it less; not reached means still more than half."""
    for median in result.medians:
        for rate in result.values:
            if rate.arm != median.arm or rate.at is None or rate.number.unit != "%" or rate.number.value is None:
                continue
            half, slack = CERTAIN / 2, rate.number.steps[0]
            time = float("inf") if median.number.value is None else median.number.value
            if (rate.at > time and rate.number.value > half + slack) or (
                rate.at < time and median.number.value is not None and rate.number.value < half - slack
            ):
                whose = median.arm or "all"
                says = f"median {median.number.text} of {whose}, yet {rate.number.text} at {rate.at:g} months"
                yield "median-and-rate", says


def _rates_in_time(result: Result) -> Iterator[tuple[str, str]]:
    """As time goes on no more are free of an event than were."""
    if result.event is None:
        return
    timed = [one for one in result.values if one.at is not None and one.number.unit == "%"]
    timed.sort(key=lambda one: one.at or 0.0)
    for position, later in enumerate(timed):
        for earlier in timed[:position]:
            if (earlier.arm, earlier.what) != (later.arm, later.what) or earlier.at == later.at:
                continue
            slack = (earlier.number.steps[0] + later.number.steps[0]) / 2
            if (later.number.value or 0.0) > (earlier.number.value or 0.0) + slack:
                times = f"{earlier.number.text} at {earlier.at:g} months, {later.number.text} at {later.at:g}"
                yield "rates-rise", f"{later.what} {times}: it cannot rise"


def _progression_and_death(results: Iterable[Result]) -> Iterator[Alarm]:
    """Death ends progression-free survival too, so its median is no later than that of survival in one report."""
    known = [one for one in results if one.medians and one.event and one.subgroup is None]
    for survival in (one for one in known if one.event == "death"):
        deaths = {one.arm: one.number for one in survival.medians if one.number.value is not None}
        for result in known:
            if not (result.event or "").endswith(" or death") or result.report != survival.report:
                continue
            for median in result.medians:
                death, value = deaths.get(median.arm), median.number.value
                if death is not None and death.value is not None and value is not None and value > death.value:
                    says = f"median {result.title} {median.number.text}, yet median {survival.title} {death.text}"
                    yield Alarm("progression-after-death", result.id, says, result.line)


def _shares(place: str, measures: Iterable[Measure], line: int) -> Iterator[Alarm]:
    groups: dict[str, list[Measure]] = {}
    for measure in measures:
        estimated = measure.at is not None and measure.count is None
        if measure.number.unit == "%" and measure.statistic is None and not estimated:
            yield from (Alarm(check, place, says, line) for check, says in _share(measure))
        if measure.group is not None:
            groups.setdefault(measure.group, []).append(measure)
    for name, members in groups.items():
        yield from (Alarm("shares-sum", place, says, line) for says in _sum(name, members))


def _share(measure: Measure) -> Iterator[tuple[str, str]]:
    """A share has a denominator, and some whole count of it gives the printed figure."""
    value = measure.number.value
    if value is None:
        return
    about = measure.what or "a share"
    if measure.of is None:
        yield "no-denominator", f"{about}, {measure.number.text}: of how many?"
        return
    exact, step = value * measure.of / CERTAIN, measure.number.steps[0]
    if measure.count is not None:
        fits = abs(CERTAIN * measure.count / measure.of - value) <= step * (HALVES + 1 / CERTAIN)
    else:
        counts = (floor(exact), floor(exact) + 1)
        fits = any(abs(CERTAIN * count / measure.of - value) <= step * (HALVES + 1 / CERTAIN) for count in counts)
    if not fits:
        yield "no-such-share", f"{about}: no count of {measure.of} is {measure.number.text}"


def _sum(name: str, members: list[Measure]) -> Iterator[str]:
    """Shares of one whole add up to 100 within rounding, counts to their denominator."""
    units = {measure.unit for measure in members}
    if len(units) > 1:
        yield f"{name}: {' and '.join(sorted(units))} in one whole"
    if any(measure.incomplete for measure in members):
        return
    counts = [measure.count for measure in members]
    if None not in counts and len({measure.of for measure in members}) == 1:
        added, whole = sum(count for count in counts if count is not None), members[0].of
        if whole is not None and added != whole:
            yield f"{name}: the counts add up to {added} of {whole}"
        return
    total = sum(measure.number.value or 0 for measure in members)
    rounding = sum(measure.number.steps[0] for measure in members) / 2
    if abs(total - CERTAIN) > rounding + 1 / CERTAIN:
        yield f"{name}: the shares add up to {total:g} %"

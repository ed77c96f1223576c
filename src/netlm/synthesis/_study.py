"""One study's result as it goes into a synthesis, from what its publication prints."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ..errors import Problem
from ._distributions import binomial_limits, normal_quantile
from ._measures import MEASURES, plain

__all__ = ["LEVEL", "Study", "check_level", "effect", "hazard_ratio", "proportion", "refuse", "survival_rate"]

LEVEL = 0.95
CORRECTION = 0.5
"""Added to both cells where one is 0, as metafor's escalc does."""
CORRECTED = "one of the two counts is 0, so a half was added to each on the logit scale"
UNCENSORED = "no interval published: the error is that of a share of all patients, as if none had been censored"


def refuse(place: str, found: str, expected: str, remedy: str, code: str) -> Problem:
    """The problem of one argument."""
    return Problem(found, expected, remedy, code, place=place)


@dataclass(frozen=True)
class Study:
    """One study: ``estimate``, ``low`` and ``high`` as printed, at ``level``.

    ``y`` and ``se`` are the estimate and its standard error on the scale on which studies are averaged: log hazard
    ratio, logit, or the effect itself. ``low``, ``high`` and ``se`` are None where they cannot be told; such a study
    can be drawn and not pooled. ``events`` of ``n`` gives a proportion its exact interval. ``note`` says what needs
    care. Where an interval is printed, se = (y(high) - y(low)) / (2 z), z being the normal quantile of its level:
    Altman and Bland, BMJ 2011; 343:d2304.
    """

    name: str
    measure: str
    estimate: float
    y: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    n: int | None = None
    events: int | None = None
    note: str = ""

    def limits(self, level: float) -> tuple[float, float] | None:
        """The interval at ``level``: as printed where that is its level, exact from counts, else from ``se``.

        From counts p solves P(X >= events) = (1 - level) / 2 and P(X <= events) = (1 - level) / 2 for X of ``n``:
        Clopper and Pearson, Biometrika 1934; 26:404-413. From ``se``: y -+ z se, taken back from its scale.
        """
        if self.low is not None and self.high is not None and level == self.level:
            return self.low, self.high
        if self.events is not None and self.n is not None:
            return binomial_limits(self.events, self.n, level)
        if self.se is None:
            return None
        back, half = MEASURES[self.measure].back, normal_quantile(level) * self.se
        return back(self.y - half), back(self.y + half)

    def to_dict(self) -> dict[str, Any]:
        """The study as JSON."""
        return {
            "study": self.name, "measure": self.measure, "estimate": self.estimate, "low": plain(self.low),
            "high": plain(self.high), "level": self.level, "n": self.n, "events": self.events, "y": plain(self.y),
            "se": self.se, "note": self.note,
        }  # fmt: skip


def hazard_ratio(
    name: str, estimate: float, low: float | None = None, high: float | None = None, *, level: float = LEVEL,
    n: int | None = None,
) -> Study:  # fmt: skip
    """A hazard ratio; its standard error is the width of the log interval over twice the normal quantile.

    se = (log high - log low) / (2 z): Parmar, Torri and Stewart, Stat Med 1998; 17:2815-2834. Without ``low`` and
    ``high`` it is drawn, not pooled.
    Raises ``Problem`` for an interval that does not hold the estimate, reversed or non-positive numbers, or a level
    that is not between 0 and 1.
    """
    return _from_interval(name, "hazard_ratio", estimate, low, high, level, n)


def effect(
    name: str, estimate: float, low: float | None = None, high: float | None = None, *, se: float | None = None,
    level: float = LEVEL, n: int | None = None,
) -> Study:  # fmt: skip
    """Any effect that is averaged as it is, such as a mean difference, with its interval or its standard error.

    From an interval se = (high - low) / (2 z): Altman and Bland, BMJ 2011; 343:d2304.
    Raises ``Problem`` as ``hazard_ratio`` does, and where both or a non-positive ``se`` are given.
    """
    if se is None:
        return _from_interval(name, "effect", estimate, low, high, level, n)
    if low is not None or high is not None:
        raise refuse(
            f"{name}: se", "a standard error and an interval", "one of them", "Leave one out.", "interval"
        )  # fmt: skip
    estimate, error = _finite(name, "estimate", estimate), _finite(name, "se", se)
    if error <= 0:
        raise refuse(f"{name}: se", f"{error:g}", "above 0", "Look the standard error up.", "interval")
    study = Study(name, "effect", estimate, estimate, error, level=check_level(level, name), n=_count(name, "n", n))
    return _printed(study)


def proportion(name: str, events: int, n: int, *, level: float = LEVEL) -> Study:
    """``events`` of ``n`` patients, on the logit scale, with the exact interval of Clopper and Pearson.

    y = log(events / (n - events)), its variance V = 1 / events + 1 / (n - events), as metafor's measure "PLO"
    (Viechtbauer, J Stat Softw 2010; 36(3)); the interval: Biometrika 1934; 26:404-413. With no event, or nothing
    else, a half is added to both counts, as metafor's ``escalc`` does, and the ``note`` says so.
    Raises ``Problem`` for counts that are not whole, negative or more than ``n``, and for ``n`` 0.
    """
    events, n = _whole(name, "events", events), _whole(name, "n", n)
    check_level(level, name)
    if n < 1:
        raise refuse(f"{name}: n", f"{n}", "1 or more", "A share needs patients.", "range")
    if events > n:
        remedy = "Check numerator and denominator."
        raise refuse(f"{name}: events", f"{events} of {n}", f"at most {n}", remedy, "range")
    study = _from_counts(name, events / n, events, n, level)
    return _printed(study)


def survival_rate(
    name: str, estimate: float, low: float | None = None, high: float | None = None, *, n: int | None = None,
    level: float = LEVEL,
) -> Study:  # fmt: skip
    """A published rate at a fixed time, such as 5-year survival, between 0 and 1, on the logit scale.

    With an interval its standard error is the width of the logit interval over twice the normal quantile,
    se = (logit high - logit low) / (2 z), as for other limits in Altman and Bland, BMJ 2011; 343:d2304. Without one it
    is that of a share of all ``n`` patients, as if none had been censored: too small, and the ``note`` says so.
    With neither, or an interval that ends at 0 or 1, it is drawn, not pooled.
    Raises ``Problem`` for a rate outside 0 to 1, or an interval that does not hold it or leaves 0 to 1.
    """
    estimate, n = _finite(name, "estimate", estimate), _count(name, "n", n)
    for place, value in (("estimate", estimate), ("low", low), ("high", high)):
        if value is not None and not 0 <= value <= 1:
            remedy = "Give percentages divided by 100." if 1 < value <= 100 else "A share cannot leave 0 to 1."
            raise refuse(f"{name}: {place}", f"{value:g}", "0 to 1", remedy, "range")
    if low is not None or high is not None:
        return _from_interval(name, "proportion", estimate, low, high, level, n)
    check_level(level, name)
    if n is None:
        return Study(name, "proportion", estimate, _inner_logit(estimate), level=level)
    return _from_counts(name, estimate, math.floor(estimate * n + CORRECTION), n, level, UNCENSORED)


def _from_counts(name: str, estimate: float, events: int, n: int, level: float, note: str = "") -> Study:
    add = CORRECTION if events in (0, n) else 0.0
    a, b = events + add, n - events + add
    notes = "; ".join(part for part in (note, CORRECTED if add else "") if part)
    y, se = math.log(a / b), math.sqrt(1 / a + 1 / b)
    return Study(name, "proportion", estimate, y, se, level=level, n=n, events=events, note=notes)


def _printed(study: Study) -> Study:
    """The study with its interval at its own level."""
    low, high = study.limits(study.level) or (None, None)
    return replace(study, low=low, high=high)


def _from_interval(
    name: str, kind: str, estimate: float, low: float | None, high: float | None, level: float, n: int | None
) -> Study:
    estimate, level, n = _finite(name, "estimate", estimate), check_level(level, name), _count(name, "n", n)
    if kind == "hazard_ratio" and estimate <= 0:
        raise refuse(f"{name}: estimate", f"{estimate:g}", "above 0", "A hazard ratio is positive.", "range")
    if low is None and high is None:
        y = _inner_logit(estimate) if kind == "proportion" else MEASURES[kind].forward(estimate)
        return Study(name, kind, estimate, y, level=level, n=n)
    low, high = _check_limits(name, kind, estimate, low, high)
    if kind == "proportion" and not 0 < low <= estimate <= high < 1:
        note = "the interval ends at 0 or 1, so there is no standard error on the logit scale"
        return Study(name, kind, estimate, _inner_logit(estimate), None, low, high, level, n, note=note)
    forward = MEASURES[kind].forward
    se = (forward(high) - forward(low)) / (2 * normal_quantile(level))
    return Study(name, kind, estimate, forward(estimate), se, low, high, level, n)


def _check_limits(
    name: str, kind: str, estimate: float, low: float | None, high: float | None
) -> tuple[float, float]:  # fmt: skip
    if low is None or high is None:
        missing = "low" if low is None else "high"
        raise refuse(f"{name}: {missing}", "one limit alone", "both", "Give both limits or neither.", "interval")
    low, high = _finite(name, "low", low), _finite(name, "high", high)
    if kind == "hazard_ratio" and low <= 0:
        raise refuse(f"{name}: low", f"{low:g}", "above 0", "The interval of a ratio is positive.", "range")
    if low >= high:
        remedy = "Exchange the limits." if low > high else "An interval has a width: look the limits up."
        raise refuse(f"{name}: low", f"{low:g} to {high:g}", "low below high", remedy, "interval")
    if not low <= estimate <= high:
        found, remedy = f"{estimate:g} outside {low:g} to {high:g}", "One of the three is misprinted or mistyped."
        raise refuse(f"{name}: estimate", found, "an estimate inside its interval", remedy, "interval")
    return low, high


def _inner_logit(share: float) -> float:
    """The logit, NaN where it is infinite: such a share is drawn and never pooled."""
    return MEASURES["proportion"].forward(share) if 0 < share < 1 else math.nan


def _finite(name: str, place: str, value: Any) -> float:
    wrong = isinstance(value, bool | str | complex) or value is None
    try:
        found = math.nan if wrong else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        shown = f"{value!r}" if isinstance(value, float | int) else f"{type(value).__name__}"
        raise refuse(f"{name}: {place}", shown, "a finite number", "Give the number as printed.", "number")
    return found


def _whole(name: str, place: str, value: Any) -> int:
    found = _finite(name, place, value)
    if found < 0 or found != int(found):
        raise refuse(f"{name}: {place}", f"{found:g}", "a whole number, 0 or more", "Give the count.", "number")
    return int(found)


def _count(name: str, place: str, value: Any) -> int | None:
    return None if value is None else _whole(name, place, value)


def check_level(level: float, name: str = "") -> float:
    """``level``, which must lie between 0 and 1. Raises ``Problem``."""
    place = f"{name}: level" if name else "level"
    found = _finite(name, "level", level)
    if not 0 < found < 1:
        remedy = f"Write {found / 100:g}." if 1 < found < 100 else "The usual level is 0.95."
        raise refuse(place, f"{found:g}", "between 0 and 1", remedy, "level")
    return found

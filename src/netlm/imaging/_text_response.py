"""Liver response as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._match import why_untold
from ._text import WIDTH, cautions_text, ranged, table, wrapped
from ._text_course import matches_table

if TYPE_CHECKING:
    from ._recist import GrowthRate
    from ._response import FollowUp, Response

__all__ = ["response_text"]


def response_text(found: Response) -> str:
    """The response in words and tables."""
    from ._response import SCOPE

    title = f"Liver response to baseline {found.baseline.file}"
    targets = ", ".join(f"{one.id} ({one.longest_axial_mm:.1f} mm)" for one in found.targets)
    rows = [["baseline", f"{found.sum_mm:.1f}", "", "", "", f"{found.product_mm2:.0f}", "", ""]]
    rows += [_row(number, one) for number, one in enumerate(found.follow_ups, 1)]
    lines = [
        title, "=" * min(len(title), WIDTH), wrapped(SCOPE), "",
        wrapped(f"Targets: lesions {targets}; sum {found.sum_mm:.1f} mm ({found.rules.recist.cite})."), "",
        *table(["scan", "sum mm", "change", "over nadir", "RECIST", "product mm2", "change", "SWOG/WHO"], rows),
    ]  # fmt: skip
    for number, one in enumerate(found.follow_ups, 1):
        lines += ["", *_follow_up(number, one)]
    formula = "TG = 3 ln(D2/D1) / months, TGR = 100 (exp(TG) - 1)"
    lines += ["", wrapped(f"Growth: {formula}, of the sums of diameters; the formula is {found.rules.growth.formula}.")]
    return "\n".join([*lines, *cautions_text(found.warnings)]) + "\n"


def _row(number: int, one: FollowUp) -> list[str]:
    if one.sum_mm is None:
        return [f"follow-up {number}", "?", "", "", one.recist, "?", "", one.product_class or ""]
    return [
        f"follow-up {number}", f"{one.sum_mm:.1f}", ranged(one.change_percent, "%", 0),
        "nadir was 0" if one.over_nadir_percent is None else f"{one.over_nadir_percent:+.0f} %", one.recist,
        f"{one.product_mm2:.0f}", "-" if one.product_percent is None else f"{one.product_percent:+.0f} %",
        one.product_class or "not known",
    ]  # fmt: skip


def _growth(growth: GrowthRate | None, apart: str, other: str) -> str:
    if growth is not None:
        double = f", doubling in {growth.doubling_months:.1f} months" if growth.doubling_months else ""
        rate = ranged(growth.percent_per_month, "% a month", 1)
        return f"growth since {other} {rate} over {growth.months:.1f} months{double}"
    why = f"the scans are not comparable ({apart})" if apart else "it needs dates, and lesions on both scans"
    return f"growth since {other} not told: {why}"


def _follow_up(number: int, one: FollowUp) -> Iterator[str]:
    yield f"Follow-up {number}: {one.burden.file}{f', {one.info.date}' if one.info.date else ''}"
    if one.sum_mm is None:
        yield wrapped(f"which lesion is which cannot be told: {why_untold(one.matches, one.alignment)}", "  ")
    elif len(one.possible) > 1:
        yield wrapped(f"{one.recist} as measured; the measurement error leaves {' or '.join(one.possible)} open", "  ")
    if len(one.product_possible) > 1:
        open_ = " or ".join(one.product_possible)
        yield wrapped(f"{one.product_class} by cross-products as measured; the error leaves {open_} open", "  ")
    yield f"  volume {ranged(one.burden.tumour_ml, 'ml', 2)}, change {ranged(one.volume_percent, '%', 0)}"
    yield wrapped(_growth(one.growth, one.apart, "the baseline"), "  ")
    if one.growth_since_last is not None or one.apart_from_last != one.apart:
        yield wrapped(_growth(one.growth_since_last, one.apart_from_last, "the last scan"), "  ")
    yield from (f"  {line}" for line in matches_table(one.matches))

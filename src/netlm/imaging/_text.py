"""Burden as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ._burden import CONVENTION, VISIBLE
from ._types import Caution, Measured

if TYPE_CHECKING:
    from ._burden import Burden
    from ._lesion import Lesion

__all__ = ["burden_text", "cautions_text", "lesions_said", "ranged", "removed_said", "table"]

WIDTH = 100
ALMOST, ALL = 99, 100
"""Per cent between which whole numbers would say all of it."""
SHOWN = 40
"""Lesions in the table; the JSON has all."""


def ranged(value: float | None, unit: str, digits: int = 1) -> str:
    """``12.3 ml (9.4 to 16.4)``."""
    if value is None:
        return "not known"
    text = f"{value:.{digits}f} {unit}"
    if isinstance(value, Measured) and value.low is not None and value.high is not None:
        text += f" ({value.low:.{digits}f} to {value.high:.{digits}f})"
    elif isinstance(value, Measured) and value.low is not None:
        text += f" ({value.low:.{digits}f} or more)"
    elif isinstance(value, Measured) and value.high is not None:
        text += f" ({value.high:.{digits}f} or less)"
    return text


def removed_said(removed: Measured) -> str:
    """The share removed with its range; not rounded up to all of it."""
    return ranged(removed, "% of the volume", 2 if ALMOST < removed < ALL else 0)


def lesions_said(count: int) -> str:
    """``1 lesion``, ``2 lesions``."""
    return "1 lesion" if count == 1 else f"{count} lesions"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table; the first column to the left, the others to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    for line in lines:
        cells = [cell.ljust(width) if not place else cell.rjust(width)
                 for place, (cell, width) in enumerate(zip(line, widths, strict=True))]  # fmt: skip
        yield "  ".join(cells).rstrip()


def wrapped(text: str, before: str = "") -> str:
    """A sentence over lines, the later ones indented."""
    return textwrap.fill(text, WIDTH, initial_indent=before, subsequent_indent=" " * len(before))


def cautions_text(cautions: Sequence[Caution]) -> Iterator[str]:
    """What to know, a line each."""
    if cautions:
        yield ""
        yield "To know before using these numbers"
        for caution in cautions:
            yield wrapped(caution.says, "  - ")


def burden_text(burden: Burden) -> str:
    """The burden in words and tables."""
    lines = [*_summary(burden), *_lesions(burden), *_second(burden), *cautions_text(burden.warnings)]
    return "\n".join(lines) + "\n"


def _summary(burden: Burden) -> Iterator[str]:
    title = f"Liver burden: {burden.file}"
    yield title
    yield "=" * min(len(title), WIDTH)
    yield f"whole liver         {ranged(burden.liver_ml, 'ml', 0)}"
    yield f"tumour              {ranged(burden.tumour_ml, 'ml', 2)}"
    if burden.treated_ml:
        yield f"ablation zones      {burden.treated_ml:.2f} ml, treated tissue, not tumour"
    yield f"replaced            {ranged(burden.replacement, '%', 3 if 0 < (burden.replacement or 0) < 1 / 2 else 1)}"
    yield f"lesions             {_counted(burden)}"
    if (largest := burden.largest) is not None:
        yield f"largest             {ranged(burden.largest_mm, 'mm')}, lesion {largest.id}"
    yield f"distribution        {' or '.join(burden.distribution) or _why_no_distribution(burden)}"
    sizes = burden.sizes
    if sizes:
        yield (
            f"sizes               {sizes['smallest_mm']:.0f} to {sizes['largest_mm']:.0f} mm, half of them "
            f"{sizes['quartile_1_mm']:.0f} to {sizes['quartile_3_mm']:.0f} mm, median {sizes['median_mm']:.0f} mm"
        )
    yield ""
    yield wrapped(f"Replaced: {CONVENTION}.")
    if burden.tumour_ml is not None and burden.tumour_ml.by:
        yield wrapped(f"Ranges of volume: {burden.tumour_ml.by}.")
    yield wrapped(f"Diameters run from voxel centre to voxel centre in one slice. {VISIBLE}")


def _counted(burden: Burden) -> str:
    if burden.count is None:
        return "not known"
    if burden.count.is_open:
        return f"{int(burden.count)} or more ({burden.rule})"
    return f"{int(burden.count)} ({burden.rule}); {_other_counts(burden)}"


def _why_no_distribution(burden: Burden) -> str:
    placed = burden.scan.lobes or burden.scan.segments
    if not burden.lesions or not placed:
        return "not known: no lesion" if placed else "not known: no lobe or segment is labelled"
    return "not known: a lesion lies in no labelled lobe or segment"


def _other_counts(burden: Burden) -> str:
    others: dict[int, list[str]] = {}
    for item in burden.count_alternatives:
        if item.rule != burden.rule and item.count != len(burden.lesions):
            others.setdefault(item.count, []).append(item.rule)
    if not others:
        return "as many under every other rule"
    return "; ".join(f"{count} if {_short(rules)}" for count, rules in others.items())


def _short(rules: list[str]) -> str:
    """Rules that differ in connectivity alone are told once."""
    sizes = [rule.partition(", ")[2] for rule in rules]
    shown = [size if sizes.count(size) > 1 else rule for rule, size in zip(rules, sizes, strict=True)]
    return " or ".join(dict.fromkeys(shown))


def _lesions(burden: Burden) -> Iterator[str]:
    if not burden.lesions:
        return
    yield ""
    near = sorted({name for lesion in burden.lesions for name in lesion.distance_mm})
    head = ["lesion", "ml", "range", "longest mm", "short mm", "3-D mm", "slices", *(_near_head(name) for name in near)]
    placed = any(lesion.segments or lesion.lobes for lesion in burden.lesions)
    yield from table(
        [*head, *(["where"] if placed else [])], (_row(one, near, placed) for one in burden.lesions[:SHOWN])
    )
    if len(burden.lesions) > SHOWN:
        yield f"... and {len(burden.lesions) - SHOWN} smaller ones; --format json has them all"


def _near_head(name: str) -> str:
    return f"to {name.replace('_', ' ')} mm"


def _row(lesion: Lesion, near: Sequence[str], placed: bool) -> list[str]:
    where = [", ".join(lesion.segments or lesion.lobes) or "-"] if placed else []
    return [
        lesion.id, f"{lesion.ml:.2f}", f"{lesion.ml.low:.2f}-{lesion.ml.high:.2f}", f"{lesion.longest_axial_mm:.1f}",
        f"{lesion.short_axis_mm:.1f}", f"{lesion.feret_mm:.1f}", str(lesion.slices),
        *(f"{lesion.distance_mm[name]:.1f}" if name in lesion.distance_mm else "-" for name in near), *where,
    ]  # fmt: skip


def _second(burden: Burden) -> Iterator[str]:
    found = burden.second
    if found is None:
        return
    dice = "not known" if found.dice is None else f"{found.dice:.3f}"
    bias = "not known" if found.bias_percent is None else f"{found.bias_percent:+.1f} %"
    yield ""
    yield f"second reader       {found.tumour_ml:.2f} ml, {found.count} lesions; Dice {dice}; bias {bias}"
    yield f"                    {len(found.matched)} lesions matched"
    for name, alone in (("only the first", found.first_only), ("only the second", found.second_only)):
        if alone:
            yield wrapped(f"{name}: {', '.join(alone)}", "                    ")

"""Debulking, reach and response as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._text import SHOWN, WIDTH, cautions_text, lesions_said, ranged, removed_said, table, wrapped

if TYPE_CHECKING:
    from ._debulking import Debulking
    from ._match import Match
    from ._reach import Act, Reached, Step

__all__ = ["debulking_text", "matches_table", "reach_text"]


def _title(text: str) -> list[str]:
    return [text, "=" * min(len(text), WIDTH)]


def debulking_text(found: Debulking) -> str:
    """The debulking in words and tables."""
    lines = [
        *_title("Debulking, by volume on two label maps"),
        f"before              {ranged(found.before.tumour_ml, 'ml', 2)}, {lesions_said(len(found.before.lesions))}",
        f"after               {ranged(found.after.tumour_ml, 'ml', 2)}, {lesions_said(len(found.after.lesions))}",
        f"removed             {removed_said(found.removed)}",
    ]
    if found.removed_count is not None:
        lines.append(f"                    {found.removed_count:.0f} % of the number of lesions")
    elif found.before.lesions:
        lines.append("                    share of the number of lesions: cannot tell, they could not be matched")
    lines += [f"against {share:.0f} %".ljust(20) + verdict for share, verdict in found.targets]
    lines += [f"alignment           {_alignment(found)}", ""]
    if found.removed.is_open:
        lines.append(wrapped(f"Range: {found.removed.by}."))
    elif found.removed.by:
        lines.append(wrapped(f"Range: limits of agreement {found.removed.by} on each volume, taken as independent."))
    lines += [wrapped(found.if_correlated), "", *matches_table(found.matches)]
    return "\n".join([*lines, *cautions_text(found.warnings)]) + "\n"


def _alignment(found: Debulking) -> str:
    overlap = found.alignment.overlap
    dice = "" if overlap is None else f"; Dice of the two livers {overlap:.2f}"
    turned = f", turned by {found.alignment.angle:.0f} degrees" if found.alignment.how == "registered" else ""
    return f"{found.alignment.how}{turned}{dice}"


def matches_table(matches: tuple[Match, ...]) -> Iterator[str]:
    """What became of each lesion, a row each."""
    rows = [
        [", ".join(one.before) or "-", ", ".join(one.after) or "-", _ml(one.before_ml), _ml(one.after_ml),
         "-" if one.change_percent is None else ranged(one.change_percent, "%", 0), one.fate]
        for one in matches[:SHOWN]
    ]  # fmt: skip
    yield from table(["before", "after", "ml before", "ml after", "change", ""], rows)
    if len(matches) > SHOWN:
        yield f"... and {len(matches) - SHOWN} more; --format json has them all"


def _ml(ml: float | None) -> str:
    return "?" if ml is None else f"{ml:.2f}"


def reach_text(found: Reached) -> str:
    """The reach in words and tables."""
    from ._reach import CARE

    many = len(found.cumulative)
    lines = [*_title(f"Reach: {found.burden.file}"), wrapped(CARE), ""]
    for share in found.rules.targets:
        held = found.holders(share)
        lines.append(f"The largest {held} of {many} lesions hold {share:.0f} % of the volume.")
    lines += [
        "",
        wrapped(
            f"Least liver without tumour to be removed or ablated; wedges with {found.rules.margin_mm:g} mm of rim, "
            f"ablation of lesions up to {found.rules.ablation_size_mm:g} mm with {found.rules.ablation_margin_mm:g} mm "
            "of rim; a lesion counts only whole."
        ),
        "",
        *table(["target", "tumour", "liver ml", "of liver", "acts", "gap"], (_step(step) for step in found.frontier)),
    ]
    for step in found.steps:
        lines += ["", wrapped(f"{step.target:.0f} %: {_acts(step.acts)}.")]
    return "\n".join([*lines, *cautions_text(found.warnings)]) + "\n"


def _step(step: Step) -> list[str]:
    return [
        f"{step.target:.0f} %", f"{step.reached:.1f} %", f"{step.liver_ml:.0f}", f"{step.liver_percent:.1f} %",
        str(len(step.acts)), f"{100 * step.gap:.2f} %",
    ]  # fmt: skip


def _acts(acts: tuple[Act, ...]) -> str:
    parts = []
    for kind, words in (("segment", "segment"), ("wedge", "wedge around lesion"), ("ablation", "ablation of lesion")):
        named = [act.name for act in acts if act.kind == kind]
        if named:
            parts.append(f"{words}{'s' if len(named) > 1 else ''} {', '.join(named)}")
    return "; ".join(parts) or "nothing"

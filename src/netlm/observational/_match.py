"""Matching: each treated row beside the control rows whose scores are nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..figures import html_table, number
from ._door import check_choice, check_scores, check_treated, refuse
from ._effective import effective_sample_size
from ._types import Flags, Floats, Integers, plain

__all__ = ["Matches", "match"]

ORDERS = ("largest", "smallest", "data")
SCALES = ("logit", "score")
CALIPER = 0.2
DIGITS = 10
"""Decimals to which scores and distances are told apart, so that equal rows are equal on every machine."""


@dataclass(frozen=True, eq=False)
class Matches:
    """Matched sets of one treated row and one or more controls, as a table with a row for each member.

    ``rows`` are places in the original data, ``sets`` numbers the sets from 0, ``row_weights`` give a treated row 1 and
    each of its k controls 1 / k: what an estimator with weights and clusters takes, such as
    ``survival.cox(time[m.rows], event[m.rows], treated[m.rows], weights=m.row_weights, cluster=m.sets)``.
    ``weights`` are the same summed over each row of the original data, 0 where it is not matched. ``distances`` are
    those of each pair, on ``scale``, none above ``width``. ``unmatched`` are the treated rows left over; ``notes`` say
    what needs care.
    """

    rows: Integers
    sets: Integers
    row_weights: Floats
    weights: Floats
    distances: Floats
    unmatched: Integers
    treated: Flags
    scale: str
    width: float
    ratio: int
    replace: bool
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> tuple[int, int]:
        """How many different treated and control rows are matched."""
        kept = self.weights > 0
        return int((kept & self.treated).sum()), int((kept & ~self.treated).sum())

    @property
    def effective(self) -> float:
        """The effective number of controls: less than their number where some serve in several sets."""
        return effective_sample_size(self.weights[~self.treated])

    @property
    def sentence(self) -> str:
        """The result in words."""
        how = "with" if self.replace else "without"
        within = f", within {number(self.width, 3)} on the {self.scale}" if np.isfinite(self.width) else ""
        left = f"; {len(self.unmatched)} treated rows found no match" if len(self.unmatched) else ""
        return (
            f"{self.n[0]} of {int(self.treated.sum())} treated rows matched to {self.n[1]} control rows, "
            f"up to {self.ratio} each, {how} replacement{within}{left}."
        )

    def to_dict(self) -> dict[str, Any]:
        """The matching as JSON."""
        return {
            "rows": plain(self.rows), "sets": plain(self.sets), "row_weights": plain(self.row_weights),
            "distances": plain(self.distances), "unmatched": plain(self.unmatched), "matched": list(self.n),
            "effective_controls": plain(self.effective), "scale": self.scale, "caliper": plain(self.width),
            "ratio": self.ratio, "replace": self.replace, "notes": list(self.notes),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        groups = int(self.treated.sum()), int((~self.treated).sum())
        rows = [
            ("all", f"{groups[0]}", f"{groups[1]}"),
            ("matched", f"{self.n[0]}", f"{self.n[1]}"),
            ("effective", f"{self.n[0]}", number(self.effective)),
        ]
        return html_table("Matching", ("rows", "treated", "control"), rows, [self.sentence, *self.notes])


def match(
    treated: Any, score: Any, *, caliper: float | None = CALIPER, scale: str = "logit", ratio: int = 1,
    replace: bool = False, order: str = "largest",
) -> Matches:  # fmt: skip
    """Match each treated row to the nearest control, greedily: the effect in the treated (ATT).

    Rosenbaum and Rubin, Am Stat 1985; 39:33-38. Treated rows choose in the ``order`` of their score ("largest" or
    "smallest" first) or of the "data"; with ``ratio`` k every row chooses once before any chooses again. Of two
    controls equally near, the one that stands first in the data is taken. ``caliper`` is the greatest distance, in
    standard deviations of the score on its ``scale`` over all rows (0.2 of the logit: Austin, Pharm Stat 2011;
    10:150-161); None sets no limit. With ``replace`` a control may serve in several sets, which then share it: an error
    clustered on sets alone is too small (Austin and Cafri, Stat Med 2020; 39:1623-1640).
    Raises ``Problem`` for missing values, one group alone, scores outside 0 to 1, a caliper not above 0, or where no
    row finds a match.
    """
    flags = check_treated(treated)
    scores = check_scores(score, len(flags))
    check_choice(scale, SCALES, "scale")
    check_choice(order, ORDERS, "order")
    if ratio < 1 or ratio != int(ratio):
        raise refuse("ratio", f"{ratio}", "a whole number, 1 or more", "Give how many controls each.", "range")
    if caliper is not None and not caliper > 0:
        raise refuse("caliper", f"{caliper:g}", "more than 0, or None", "Give it in standard deviations.", "range")
    place = np.round(_logit(scores) if scale == "logit" else scores, DIGITS)
    width = np.inf if caliper is None else caliper * _deviation(place[np.isfinite(place)])
    chosen = _greedy(place, flags, _ordered(place, flags, order), width, int(ratio), replace=replace)
    if not chosen:
        remedy = "Look at the overlap of the scores; a wider caliper would match what is not alike."
        raise refuse("caliper", "no treated row with a control in reach", "at least one pair", remedy, "no-match")
    return _gathered(chosen, place, flags, scale, width, int(ratio), replace)


def _logit(score: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(score) - np.log1p(-score))


def _deviation(place: Floats) -> float:
    return float(np.std(place, ddof=1)) if len(place) > 1 else 0.0


def _ordered(place: Floats, flags: Flags, order: str) -> Integers:
    rows = np.flatnonzero(flags)
    if order == "data":
        return rows
    return rows[np.argsort(-place[rows] if order == "largest" else place[rows], kind="stable")]


def _greedy(
    place: Floats, flags: Flags, order: Integers, width: float, ratio: int, *, replace: bool
) -> dict[int, list[int]]:
    """The controls of each treated row that has any; those with a certain score (an infinite logit) have none."""
    controls = np.flatnonzero(~flags)
    where = np.where(np.isfinite(place[controls]), place[controls], np.nan)
    free = np.ones(len(controls), dtype=bool)
    found: dict[int, list[int]] = {}
    for turn in range(ratio):
        for row in order.tolist():
            if len(found.get(row, [])) < turn or not np.isfinite(place[row]):
                continue
            open_to = free & ~np.isin(controls, found.get(row, [])) if replace else free
            apart = np.round(np.abs(where - place[row]), DIGITS)
            distance = np.where(open_to & ~np.isnan(where), apart, np.inf)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= width and np.isfinite(distance[nearest]):
                found.setdefault(row, []).append(int(controls[nearest]))
                free[nearest] = replace
    return found


def _gathered(
    chosen: dict[int, list[int]], place: Floats, flags: Flags, scale: str, width: float, ratio: int, replace: bool
) -> Matches:
    """The sets in the order of their treated rows in the data."""
    rows: list[int] = []
    sets: list[int] = []
    shares: list[float] = []
    distances: list[float] = []
    for number_of_set, row in enumerate(sorted(chosen)):
        controls = chosen[row]
        rows += [row, *controls]
        sets += [number_of_set] * (1 + len(controls))
        shares += [1.0, *[1 / len(controls)] * len(controls)]
        distances += [float(abs(place[one] - place[row])) for one in controls]
    unmatched = np.array([row for row in np.flatnonzero(flags).tolist() if row not in chosen], dtype=np.int64)
    told: list[str] = []
    if len(unmatched):
        told.append(
            f"{len(unmatched)} of {int(flags.sum())} treated rows found no match: the effect is that in the others"
        )
    short = sum(len(controls) < ratio for controls in chosen.values())
    if short:
        told.append(f"{short} of {len(chosen)} sets have fewer than {ratio} controls")
    return Matches(
        np.array(rows), np.array(sets), np.array(shares), np.bincount(rows, shares, minlength=len(flags)),
        np.array(distances), unmatched, flags, scale, width, ratio, replace, tuple(told),
    )  # fmt: skip

"""The roles of arguments, the verdicts they give, and how a list of arguments folds to what is possible.

Closed form: an argument contributes its verdict where it can still bite, and ``supported`` where it can still be
harmless; possible is every contributed verdict that is no better than the worst certain one. So a verdict outside
``possible`` cannot come out, whatever the unknown facts turn out to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..logic import VERDICTS
from ..values import FALSE, TRUE, Truth

__all__ = ["RANK", "ROLES", "SUPPORTED", "Role", "best_of", "fold", "settle", "worst_of"]

RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
SUPPORTED = RANK["supported"]


@dataclass(frozen=True, slots=True)
class Role:
    """When an argument of this role bites, and the rank of the verdict it then gives."""

    verdict: str
    bites_when: Truth


ROLES = {
    "advises_against": Role("not_recommended", TRUE),
    "requires": Role("excluded", FALSE),
    "excludes": Role("excluded", TRUE),
    "within": Role("outside_evidence", FALSE),
    "cautions": Role("extreme_caution", TRUE),
    "conditions": Role("conditional", TRUE),
    "supports": Role("supported", TRUE),
}


_RANK_SETS = tuple(frozenset(rank for rank in RANK.values() if bits >> rank & 1) for bits in range(2 << SUPPORTED))
"""Every set of ranks, by the bits of its members."""


def fold(effects: Iterable[tuple[int, Truth]]) -> frozenset[int]:
    """The ranks still possible, from (rank of the verdict, whether it bites) of every argument."""
    ceiling, open_ranks = SUPPORTED, 0
    for rank, effect in effects:
        if effect is TRUE:
            if rank < ceiling:
                ceiling = rank
        elif effect is not FALSE:
            open_ranks |= 1 << rank
    return _RANK_SETS[open_ranks & ((1 << ceiling) - 1) | 1 << ceiling]


def best_of(possible: Iterable[frozenset[int]]) -> frozenset[int]:
    """What the best of several can be, each being any of its possible ranks."""
    sets = list(possible)
    floor = max(min(ranks) for ranks in sets)
    return frozenset(rank for ranks in sets for rank in ranks if rank >= floor)


def worst_of(possible: Iterable[frozenset[int]]) -> frozenset[int]:
    """What the worst of several can be."""
    sets = list(possible)
    ceiling = min(max(ranks) for ranks in sets)
    return frozenset(rank for ranks in sets for rank in ranks if rank <= ceiling)


def settle(possible: Iterable[int]) -> str:
    """The verdict: the one possible; the best where even that is outside the evidence or worse; else cannot tell."""
    ranks = sorted(possible)
    if len(ranks) == 1 or ranks[-1] <= RANK["outside_evidence"]:
        return VERDICTS[ranks[-1]]
    return "cannot_tell"

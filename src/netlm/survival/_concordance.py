"""Harrell's concordance with its infinitesimal-jackknife error, by divide and conquer over the scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._tables import html_table, number
from ._types import Floats, Integers, plain

if TYPE_CHECKING:
    from ..figures import Picture
    from ._cox_result import Patients

__all__ = ["Concordance", "concordance"]


@dataclass(frozen=True)
class Concordance:
    """``c``: of the pairs whose order of events is known, the share in which the higher risk came first.

    Pairs with equal scores count one half: c = (concordant + tied / 2) / all of them, after Harrell et al., JAMA
    1982; 247:2543-2546. ``se``: its standard error, by the infinitesimal jackknife.
    """

    c: float
    se: float
    concordant: float
    discordant: float
    tied: float

    def to_dict(self) -> dict[str, Any]:
        """``c``, ``se`` and the pairs."""
        names = ("c", "se", "concordant", "discordant", "tied")
        return {name: plain(getattr(self, name)) for name in names}

    def _repr_html_(self) -> str:
        pairs = (number(self.concordant), number(self.discordant), number(self.tied))
        head = ("C", "standard error", "concordant", "discordant", "tied")
        return html_table("Concordance", head, [(number(self.c), number(self.se), *pairs)])

    def plot(self, **options: Any) -> Picture:
        """C with its interval as a picture. Options: ``title`` and ``width`` in millimetres."""
        from ._draw_results import plot_concordance

        return plot_concordance(self, **options)


@dataclass(frozen=True)
class _Pairs:
    """For each row the weight of its pairs: concordant, discordant, tied in score."""

    concordant: Floats
    discordant: Floats
    tied: Floats

    def less(self, other: _Pairs) -> _Pairs:
        return _Pairs(
            self.concordant - other.concordant, self.discordant - other.discordant, self.tied - other.tied
        )  # fmt: skip


def concordance(patients: Patients, score: Floats, clusters: Integers | None = None) -> Concordance:
    """Concordance of a risk score with the times.

    A pair counts where one had the event while the other was at risk and did not have it at the same time.
    """
    times = patients.time if patients.entered is None else np.concatenate((patients.time, patients.entered))
    rank = np.unique(times, return_inverse=True)[1]
    dead = np.asarray(patients.dead, dtype=np.bool_)
    n = len(dead)
    key = 2 * rank[:n] + ~dead
    pairs = _count(patients, score, key, key, dead)
    if patients.entered is not None:
        pairs = pairs.less(_count(patients, score, 2 * rank[:n], 2 * rank[n:] + 1, dead))
    return _summary(pairs, patients.weight, clusters)


def _summary(pairs: _Pairs, weight: Floats, clusters: Integers | None) -> Concordance:
    total = [float(weight @ part) / 2 for part in (pairs.concordant, pairs.discordant, pairs.tied)]
    known = sum(total)
    if not known:
        return Concordance(float("nan"), float("nan"), *total)
    somers = (total[0] - total[1]) / known
    each = pairs.concordant + pairs.discordant + pairs.tied
    influence: Floats = weight * (pairs.concordant - pairs.discordant - somers * each) / known
    if clusters is not None:
        influence = np.bincount(clusters, weights=influence)
    return Concordance((somers + 1) / 2, float(np.sqrt((influence**2).sum())) / 2, *total)


def _count(patients: Patients, score: Floats, first: Integers, second: Integers, dead: Any) -> _Pairs:
    """Pairs of an event (key ``first``) and another row whose key ``second`` is greater.

    At each level the ranks of the scores are halved: pairs are counted where they part, each pair once.
    """
    n = len(dead)
    level_of = np.unique(score, return_inverse=True)[1]
    stratum = np.zeros(n, dtype=np.int64) if patients.stratum is None else patients.stratum.astype(np.int64)
    bits = int(level_of.max()).bit_length()
    events = np.flatnonzero(dead)
    who = np.concatenate((events, np.arange(n)))
    key = np.concatenate((first[events], second))
    is_event = np.arange(len(who)) < len(events)
    by_key = np.argsort(key, kind="stable")
    who, key, is_event = who[by_key], key[by_key], is_event[by_key]
    weight, rank, block = patients.weight[who], level_of[who], stratum[who]
    concordant: Floats = np.zeros(n)
    discordant: Floats = np.zeros(n)
    tied: Floats = _parted(who, key, (block << bits) | rank, weight * is_event, weight * ~is_event, n)
    for bit in range(bits):
        upper = ((rank >> bit) & 1).astype(np.bool_)
        where = (block << bits) | (rank >> (bit + 1))
        concordant += _parted(who, key, where, weight * (is_event & upper), weight * (~is_event & ~upper), n)
        discordant += _parted(who, key, where, weight * (is_event & ~upper), weight * (~is_event & upper), n)
    return _Pairs(concordant, discordant, tied)


def _parted(who: Integers, key: Integers, block: Integers, event: Floats, other: Floats, n: int) -> Floats:
    """For each row the weight of those it is paired with in its block: events before it, others after it.

    ``event`` and ``other`` are the weights of those that take part, 0 elsewhere; rows come in order of ``key``.
    """
    order = np.argsort(block, kind="stable")
    who, key, block, event, other = (column[order] for column in (who, key, block, event, other))
    new = np.concatenate(([True], (np.diff(block) != 0)))
    run = np.concatenate(([True], new[1:] | (np.diff(key) != 0)))
    run_of = np.cumsum(run) - 1
    run_start, block_start = np.flatnonzero(run), np.flatnonzero(new)
    run_end = np.append(run_start[1:], len(who))
    block_of = np.cumsum(new) - 1
    block_end = np.append(block_start[1:], len(who))
    events = np.concatenate(([0.0], np.cumsum(event)))
    others = np.concatenate(([0.0], np.cumsum(other)))
    earlier = events[run_start[run_of]] - events[block_start[block_of]]
    later = others[block_end[block_of]] - others[run_end[run_of]]
    paired = np.where(event > 0, later, 0.0) + np.where(other > 0, earlier, 0.0)
    return np.bincount(who, weights=paired, minlength=n)

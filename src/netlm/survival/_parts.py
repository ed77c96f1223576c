"""The rows of a Cox model, in parts: each part answers with sums by time, whatever holds its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from ._kernels import choose, gram, in_threads
from ._slots import Grid
from ._types import Floats, Integers

__all__ = ["FewRows", "Part", "Rows", "Sums", "add_sums"]


class Sums(NamedTuple):
    """What one pass gives, by slot: w and w x of those at risk and of the events; and sums over all events.

    w is weight times exp((x - centre) beta); ``at_risk`` and ``events`` have the columns w, w x1 ... w xp.
    """

    at_risk: Floats
    events: Floats

    def to_dict(self) -> dict[str, Any]:
        """The sums as lists."""
        return {"at_risk": self.at_risk.tolist(), "events": self.events.tolist()}


class Part(Protocol):
    """Rows that can be summed: an array, a file, a hospital."""

    def events(self, grid: Grid, centre: Floats) -> Floats:
        """By slot, over the events: the sum of weights, and of weights times (x - centre)."""

    def sums(self, grid: Grid, beta: Floats, centre: Floats) -> Sums:
        """The first pass."""

    def spread(self, grid: Grid, beta: Floats, centre: Floats, rates: Floats, own: Floats) -> Floats:
        """The second pass: sum of w (H - own) (x - centre)(x - centre)', H the sum of ``rates`` while at risk."""

    def moments(self) -> tuple[float, Floats]:
        """The number of rows and the sums of the covariates."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows in memory: ``last`` slot at risk, ``entered`` the last slot before entry (None: from the start).

    ``scale``, one number a slot, multiplies the rows' weights while they are at risk there (Fine and Gray's model).
    """

    x: Floats
    last: Integers
    dead: Any
    weight: Floats
    entered: Integers | None = None
    scale: Floats | None = None

    def moments(self) -> tuple[float, Floats]:
        """The number of rows and the sums of the covariates."""
        parts = in_threads(len(self.x), lambda rows: np.ones(len(self.x[rows])) @ self.x[rows])
        return float(len(self.x)), np.asarray(sum(parts[1:], parts[0]))

    def events(self, grid: Grid, centre: Floats) -> Floats:
        """By slot, over the events: the sum of weights, and of weights times (x - centre)."""
        table = np.zeros((grid.size + 1, self.x.shape[1] + 1))
        for start in range(0, len(self.x), 1 << 18):
            rows = slice(start, start + (1 << 18))
            died, x = np.flatnonzero(self.dead[rows] != 0), self.x[rows]
            where, weight = self.last[rows][died].astype(np.intp), self.weight[rows][died]
            for column in range(table.shape[1]):
                value = weight if column == 0 else weight * (x[died, column - 1] - centre[column - 1])
                table[:, column] += np.bincount(where, weights=value, minlength=len(table))
        return table[:-1]

    def sums(self, grid: Grid, beta: Floats, centre: Floats) -> Sums:
        """The first pass."""
        alive, events = self._summed(grid, self.last, self.dead, beta, centre)
        at_risk = grid.at_risk(alive)
        if self.entered is not None:
            nobody = np.broadcast_to(np.int8(0), len(self.x))
            at_risk = at_risk - grid.at_risk(self._summed(grid, self.entered, nobody, beta, centre)[0])
        if self.scale is not None:
            at_risk = at_risk * self.scale[:, None]
        return Sums(at_risk, events[:-1])

    def _summed(self, grid: Grid, last: Integers, dead: Any, beta: Floats, centre: Floats) -> tuple[Floats, Floats]:
        kernels = choose(len(self.x))

        def work(rows: slice) -> Floats:
            table = np.zeros((2, grid.size + 1, self.x.shape[1] + 1))
            kernels.risk_sums(
                self.x[rows], last[rows], dead[rows], self.weight[rows], beta, centre, table[0], table[1]
            )  # fmt: skip
            return table

        parts = in_threads(len(self.x), work, 2 * (grid.size + 1) * (self.x.shape[1] + 1))
        total = sum(parts[1:], parts[0])
        return total[0], total[1]

    def spread(self, grid: Grid, beta: Floats, centre: Floats, rates: Floats, own: Floats) -> Floats:
        """The second pass."""
        reach = grid.reach(rates if self.scale is None else rates * self.scale)
        own = np.append(own, 0.0)
        matrix = self._spread(self.last, self.dead, beta, centre, reach, own)
        if self.entered is not None:
            nobody = np.broadcast_to(np.int8(0), len(self.x))
            matrix = matrix - self._spread(self.entered, nobody, beta, centre, reach, own)
        return matrix

    def _spread(self, last: Integers, dead: Any, beta: Floats, centre: Floats, reach: Floats, own: Floats) -> Floats:
        kernels = choose(len(self.x))

        def work(rows: slice) -> Floats:
            matrix = np.zeros((self.x.shape[1], self.x.shape[1]))
            kernels.spread(
                self.x[rows], last[rows], dead[rows], self.weight[rows], beta, centre, reach, own, matrix
            )  # fmt: skip
            return matrix

        parts = in_threads(len(self.x), work)
        return np.asarray(sum(parts[1:], parts[0]))


@dataclass(frozen=True, eq=False)
class FewRows(Rows):
    """Rows few enough to be held centred, as every pass needs them: ``centred`` has one row a covariate.

    What is worked out on the way is small, as fresh memory costs more than the sums.
    """

    centred: Floats = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    _last: dict[str, tuple[bytes, Any]] = field(default_factory=dict, repr=False)

    def _kept(self, name: str, beta: Floats, work: Callable[[], Any]) -> Any:
        """What ``work`` gives, kept until beta is another."""
        key = beta.tobytes()
        if self._last.get(name, (b"", None))[0] != key:
            self._last[name] = (key, work())
        return self._last[name][1]

    def _risk(self, beta: Floats) -> Floats:
        """The risk scores w = weight exp((x - centre) beta), which both passes of an iteration need."""
        found: Floats = self._kept("risk", beta, lambda: np.exp(np.einsum("k,kn->n", beta, self.centred)) * self.weight)
        return found

    def events(self, grid: Grid, centre: Floats) -> Floats:
        """By slot, over the events: the sum of weights, and of weights times (x - centre)."""
        return self._summed(grid, self.last, self.dead, np.zeros(len(centre)), centre)[1][:-1]

    def _summed(self, grid: Grid, last: Integers, dead: Any, beta: Floats, centre: Floats) -> tuple[Floats, Floats]:
        del centre  # taken off already
        name = "sums" if last is self.last else "sums of those yet to enter"
        found: tuple[Floats, Floats] = self._kept(
            name, beta, lambda: self._sum_up(2 * (grid.size + 1), last, dead, beta)
        )
        return found

    def _sum_up(self, size: int, last: Integers, dead: Any, beta: Floats) -> tuple[Floats, Floats]:
        """Sums of w and w x by slot, of all and of events: those of the events lie beside those of the others."""
        place = 2 * last.astype(np.intp) + dead.astype(np.intp)
        w, found = self._risk(beta), np.empty((len(beta) + 1, size))
        found[0] = np.bincount(place, weights=w, minlength=size)
        for row, column in zip(found[1:], self.centred, strict=True):
            row[:] = np.bincount(place, weights=w * column, minlength=size)
        found[:, ::2] += found[:, 1::2]
        return found[:, ::2].T, found[:, 1::2].T

    def _spread(self, last: Integers, dead: Any, beta: Floats, centre: Floats, reach: Floats, own: Floats) -> Floats:
        del centre
        return gram(self.centred, self._risk(beta) * (reach.take(last) - own.take(last) * dead), self.centred)


def add_sums(several: list[Sums]) -> Sums:
    """The sums of several parts as those of one."""
    if len(several) == 1:
        return several[0]
    return Sums(sum(one.at_risk for one in several), sum(one.events for one in several))  # type: ignore[arg-type]

"""Residuals of a Cox model, and the robust variance that is built from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._likelihood import Model
from ._newton import Fit
from ._parts import Rows
from ._types import Floats, Integers, quietly

__all__ = ["Exposure", "dfbeta", "exposure", "martingale", "robust_covariance", "schoenfeld", "score_residuals"]


class Exposure(NamedTuple):
    """What each row went through: its risk score, and the sums over its time at risk."""

    risk: Floats
    hazard: Floats
    mean: Floats


def _over_time(model: Model, rows: Rows, rates: Floats, own: Floats) -> Floats:
    """The sum of ``rates`` over the slots at which each row was at risk, less ``own`` at its own event."""
    scale = np.ones(model.grid.size) if rows.scale is None else rows.scale
    shape = (-1,) + (1,) * (rates.ndim - 1)
    reach = model.grid.reach(rates * scale.reshape(shape))
    dead = np.asarray(rows.dead, dtype=np.bool_)
    last: Floats = reach[rows.last]
    last[dead] -= own[np.asarray(rows.last)[dead]]
    if rows.entered is not None:
        last = last - reach[rows.entered]
    return last


@quietly
def exposure(model: Model, fit: Fit, rows: Rows) -> Exposure:
    """Risk score, cumulative hazard and its weighted covariate mean, row by row."""
    at, rates = fit.at, fit.at.rates
    risk, events, q = at.sums.at_risk[:, 1:], at.sums.events[:, 1:], rates.square
    mean = q[:, 0:1] * risk - q[:, 1:2] * events
    own = q[:, 1:2] * risk - q[:, 2:3] * events
    score = np.exp((rows.x - model.centre) @ at.beta)
    return Exposure(score, _over_time(model, rows, rates.hazard, rates.own), _over_time(model, rows, mean, own))


def martingale(model: Model, fit: Fit, rows: Rows) -> Floats:
    """Event less expected events: Therneau, Grambsch and Fleming, Biometrika 1990; 77:147-160."""
    found = exposure(model, fit, rows)
    left: Floats = np.asarray(rows.dead, dtype=np.float64) - found.risk * found.hazard
    return left


def _event_means(model: Model, fit: Fit) -> Floats:
    """The mean covariates of those at risk at each slot, ties as in the likelihood."""
    rates, sums = fit.at.rates, fit.at.sums
    total = rates.hazard[:, None] * sums.at_risk[:, 1:] - rates.own[:, None] * sums.events[:, 1:]
    return np.asarray(total / model.events[:, :1])


def score_residuals(model: Model, fit: Fit, rows: Rows) -> Floats:
    """Each row's part of the score: Therneau and Grambsch (2000), eq. 4.15, with Efron's ties as in section 3.3."""
    found = exposure(model, fit, rows)
    centred = rows.x - model.centre
    residual: Floats = -found.risk[:, None] * (centred * found.hazard[:, None] - found.mean)
    dead = np.asarray(rows.dead, dtype=np.bool_)
    residual[dead] += centred[dead] - _event_means(model, fit)[np.asarray(rows.last)[dead]]
    return residual


def dfbeta(model: Model, fit: Fit, rows: Rows) -> Floats:
    """How much each row moves the coefficients, weight included: Therneau and Grambsch (2000), section 7.1."""
    weighted = score_residuals(model, fit, rows) * rows.weight[:, None]
    return np.asarray(weighted @ fit.covariance)


@quietly
def robust_covariance(model: Model, fit: Fit, clusters: Integers | None) -> Floats:
    """The sandwich: Lin and Wei, J Am Stat Assoc 1989; 84:1074-1078, summed over clusters."""
    moved = np.concatenate([dfbeta(model, fit, part) for part in model.parts if isinstance(part, Rows)])
    if clusters is not None:
        summed = np.zeros((int(clusters.max()) + 1, model.p))
        np.add.at(summed, clusters, moved)
        moved = summed
    return np.asarray(moved.T @ moved)


def schoenfeld(model: Model, fit: Fit, rows: Rows) -> tuple[Integers, Floats]:
    """The slot and the residual of every event, in order: Schoenfeld, Biometrika 1982; 69:239-241."""
    dead = np.flatnonzero(rows.dead)
    slots = np.asarray(rows.last)[dead]
    order = np.argsort(slots, kind="stable")
    dead, slots = dead[order], slots[order]
    return slots, rows.x[dead] - model.centre - _event_means(model, fit)[slots]

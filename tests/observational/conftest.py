"""Tables to compare with and without adjustment: made up, and other people's through NETLM_TEST_DATA."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

FIXTURES = Path(__file__).parent / "fixtures"
ROTTERDAM = ("age", "meno", "nodes", "grade", "er", "pgr")


class Table(NamedTuple):
    """Who was treated, and what was known before."""

    treated: np.ndarray
    x: dict[str, np.ndarray]
    rows: dict[str, np.ndarray]


def _read(path: Path, treated: str, names: tuple[str, ...], more: tuple[str, ...] = ()) -> Table:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    column = {name: np.array([float(row[name]) for row in rows]) for name in (treated, *names, *more)}
    return Table(column[treated], {name: column[name] for name in names}, column)


def _theirs(name: str) -> Path:
    path = Path(os.environ.get("NETLM_TEST_DATA", "")) / "survival" / name
    if not os.environ.get("NETLM_TEST_DATA") or not path.is_file():
        pytest.skip(f"NETLM_TEST_DATA is not set, or holds no survival/{name}")
    return path


@pytest.fixture(scope="session")
def synthetic() -> Table:
    """260 made-up rows."""
    return _read(FIXTURES / "synthetic.csv", "treated", ("age", "bilobar", "marker", "involvement"))


@pytest.fixture(scope="session")
def rotterdam() -> Table:
    """R's rotterdam data: hormone therapy, given to those who fared worse."""
    return _read(_theirs("r_rotterdam.csv"), "hormon", ROTTERDAM, ("dtime", "death"))


@pytest.fixture(scope="session")
def oracle() -> dict:
    """What R's glm, survival and MatchIt 4.5.1 answer for the rotterdam data."""
    return json.loads(_theirs("oracle_propensity.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def matchit() -> dict:
    """MatchIt's answers (fixtures/matchit.R made them)."""
    return json.loads((FIXTURES / "matchit.json").read_text(encoding="utf-8"))


def _confounded(seed: int, n: int = 400, effect: float = 0.0) -> Table:
    rng = np.random.default_rng(seed)
    x = {"burden": rng.normal(size=n), "marker": rng.normal(size=n), "bilobar": (rng.random(n) < 0.4) * 1.0}
    risk = 0.8 * x["burden"] + 0.5 * x["marker"] + 0.7 * x["bilobar"]
    treated = (rng.random(n) < 1 / (1 + np.exp(1.6 - risk))) * 1.0
    outcome = 2.0 * risk + effect * treated + rng.normal(size=n)
    time = rng.exponential(30 * np.exp(-risk))
    limit = rng.uniform(20, 120, n)
    more = {"outcome": outcome, "time": np.minimum(time, limit), "event": (time <= limit) * 1.0, "risk": risk}
    return Table(treated, x, {**x, **more})


@pytest.fixture(scope="session")
def confounded():
    """``confounded(seed, n, effect)``: made-up rows treated the more often, the worse they would fare anyway."""
    return _confounded

"""Data of others, found through NETLM_TEST_DATA, and the answers of R survival 3.5-3 for them."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@dataclass(frozen=True)
class Study:
    """One data set as R's oracle used it: columns, and what R answered."""

    name: str
    rows: list[dict[str, str]]
    time: np.ndarray
    event: np.ndarray
    group: list[str]
    r: dict[str, Any] = field(repr=False)

    def numbers(self, *names: str) -> np.ndarray:
        """Columns as numbers, NaN where missing."""
        return np.array([[float(row[name]) if row[name] else np.nan for name in names] for row in self.rows])


def folder() -> Path | None:
    """The folder of other people's survival data."""
    root = os.environ.get("NETLM_TEST_DATA")
    return Path(root) / "survival" if root and (Path(root) / "survival").is_dir() else None


def read_rows(name: str) -> list[dict[str, str]]:
    """A CSV file of that folder; the test is skipped where there is none."""
    home = folder()
    if home is None:
        pytest.skip("NETLM_TEST_DATA is not set; it names the folder of other people's data")
    with (home / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_json(name: str) -> Any:
    """A JSON file of that folder."""
    home = folder()
    if home is None:
        pytest.skip("NETLM_TEST_DATA is not set; it names the folder of other people's data")
    return json.loads((home / name).read_text(encoding="utf-8"))


def _chosen(name: str) -> tuple[list[dict[str, str]], str, list[int], list[str]]:
    if name == "colon_os":
        rows = [row for row in read_rows("r_colon.csv") if row["etype"] == "2"]
        return rows, "time", [int(row["status"]) for row in rows], [row["rx"] for row in rows]
    if name == "lung":
        rows = read_rows("r_lung.csv")
        return rows, "time", [int(row["status"]) - 1 for row in rows], [row["sex"] for row in rows]
    if name == "pbc":
        rows = [row for row in read_rows("r_pbc.csv") if row["stage"]]
        return rows, "time", [int(row["status"] == "2") for row in rows], [row["stage"] for row in rows]
    rows = read_rows("r_rotterdam.csv")
    return rows, "dtime", [int(row["death"]) for row in rows], [row["size"] for row in rows]


@pytest.fixture(scope="session", params=["colon_os", "lung", "pbc", "rotterdam_os"])
def study(request) -> Study:
    """Each of R's data sets in turn."""
    answers = read_json("oracle_r_survival.json")[request.param]
    rows, time, event, group = _chosen(request.param)
    return Study(request.param, rows, np.array([int(row[time]) for row in rows]), np.array(event), group, answers)


@pytest.fixture(scope="session")
def rows_of():
    """``rows_of("r_lung.csv")``."""
    return read_rows


@pytest.fixture(scope="session")
def json_of():
    """``json_of("oracle_r_competing.json")``."""
    return read_json


def random_table(seed: int, n: int, *, ties: bool = True, p: int = 3) -> dict[str, np.ndarray]:
    """Random patients: times with or without ties, events, groups, covariates."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p))
    x[:, -1] = rng.integers(0, 2, n)
    time = rng.exponential(20 * np.exp(-0.4 * x[:, 0]))
    time = np.ceil(time) if ties else time
    return {
        "time": time,
        "event": rng.integers(0, 2, n),
        "group": rng.integers(0, 3, n),
        "x": x,
        "weight": rng.uniform(0.5, 2, n),
        "entry": time * rng.uniform(0, 0.6, n),
    }


@pytest.fixture(scope="session")
def patients():
    """``patients(seed, n, ties=True, p=3)``."""
    return random_table

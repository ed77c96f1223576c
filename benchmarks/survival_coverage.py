"""How often the intervals of the survival library hold the truth in small samples: the table of the documentation.

Two arms of exponential times with hazards 1 and 2, censored uniformly so that about 30 % are censored; ``--repeats``
samples of each size. An interval that cannot be told counts as not holding, and how often that is stands beside it.
The seed is fixed, so the table is the same each time.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections import defaultdict

import numpy as np

from netlm import survival

SIZES = (20, 50, 200)
TYPES = ("log", "log-log", "plain")
LEVELS = (0.8, 0.5, 0.2)
RATIO, CENSORING, TAU = 2.0, 2.6, 1.0


def sample(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, events and arms of ``n`` patients, half of them in each arm."""
    arm = np.arange(n) % 2
    time = rng.exponential(1 / np.where(arm == 1, RATIO, 1.0))
    end = rng.uniform(0, CENSORING, n)
    return np.minimum(time, end), (time <= end).astype(int), arm


def holds(value: float, low: float | None, high: float | None) -> bool | None:
    """Whether the interval holds the value; None where it cannot be told."""
    if low is not None and math.isnan(low):
        return None
    return bool((low is not None and low <= value) and (high is None or value <= high))


def one(rng: np.random.Generator, n: int) -> dict[str, bool | None]:
    """Each interval of one sample: of the first arm alone with ``n`` patients, and of both for the comparison."""
    found: dict[str, bool | None] = {}
    time, event, _ = sample(rng, 2 * n)
    keep = np.arange(2 * n) % 2 == 0
    counts = survival.kaplan_meier(time[keep], event[keep]).counts
    for kind in TYPES:
        km = survival.kaplan_meier(counts, conf_type=kind)
        for level in LEVELS:
            value = km.at(-math.log(level))
            found[f"S = {level:g}, {kind}"] = holds(level, value.lower, value.upper)
        low, high = km.median_interval
        found[f"median, {kind}"] = holds(math.log(2), low, high)
    if km.last >= TAU:
        mean = km.rmst(TAU)
        found["restricted mean"] = holds(1 - math.exp(-TAU), mean.lower, mean.upper)
    time, event, arm = sample(rng, n)
    try:
        model = survival.cox(time, event, arm.astype(float))
        found["hazard ratio, n in both arms"] = None if model.infinite else holds(RATIO, *model.hazard_ratio_limits[0])
    except survival.SurvivalWarning:
        found["hazard ratio, n in both arms"] = None
    test = survival.log_rank(time, event, np.random.default_rng(int(time[0] * 1e9)).permutation(arm))
    found["log-rank at 5 %, groups alike"] = bool(test.p >= 0.05)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=4000)
    repeats = parser.parse_args().repeats
    rows: dict[str, dict[int, str]] = defaultdict(dict)
    warnings.simplefilter("ignore", survival.SurvivalWarning)
    for n in SIZES:
        rng = np.random.default_rng(n)
        tally: dict[str, list[bool | None]] = defaultdict(list)
        for _ in range(repeats):
            for name, value in one(rng, n).items():
                tally[name].append(value)
        for name, values in tally.items():
            untold = sum(value is None for value in values) / len(values)
            share = sum(value is True for value in values) / len(values)
            rows[name][n] = f"{100 * share:.1f}" + (f" ({100 * untold:.1f} untold)" if untold >= 0.0005 else "")
    print("| interval of 95 % | " + " | ".join(f"n = {n}" for n in SIZES) + " |\n|---|" + "---|" * len(SIZES))
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells[n] for n in SIZES) + " |")


if __name__ == "__main__":
    main()

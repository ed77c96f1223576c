"""Writes synthetic-patients.csv: 180 patients who do not exist, so that the documentation has something to show.

The numbers are drawn at random with a fixed seed; they say nothing about any treatment.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

HEAD = ("os_days", "dead", "debulking", "age", "grade")
PATIENTS = 180


def patient(chance: random.Random) -> dict[str, object]:
    """One made-up patient."""
    full = chance.random() < 0.5
    grade = chance.choice(("G1", "G1", "G2", "G2", "G2", "G3"))
    age = round(chance.gauss(61, 11))
    months = chance.expovariate(1 / (62 * (1.6 if full else 1.0) * {"G1": 1.5, "G2": 1.0, "G3": 0.45}[grade]))
    followed = chance.uniform(4, 130)
    return {
        "os_days": max(1, round(30.4 * min(months, followed))),
        "dead": int(months <= followed),
        "debulking": "70 % or more" if full else "under 70 %",
        "age": age if chance.random() > 0.02 else "",
        "grade": grade,
    }


def main() -> None:
    """Write the file beside this one."""
    chance = random.Random(20261124)  # noqa: S311 - not a secret
    with Path(__file__).with_name("synthetic-patients.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(patient(chance) for _ in range(PATIENTS))


if __name__ == "__main__":
    main()

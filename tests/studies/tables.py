"""Made-up tables of patients with a known truth, for every study; nothing in them says anything about a treatment."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

START = datetime.date(2010, 1, 1).toordinal()
DAYS_IN_MONTH = 365.25 / 12
Table = dict[str, list[Any]]


def blank(values: Any, share: float, rng: np.random.Generator) -> list[Any]:
    """The values, a share of them unknown."""
    gone = rng.random(len(values)) < share
    return [None if out else value for value, out in zip(np.asarray(values).tolist(), gone, strict=True)]


def day(number: float) -> datetime.date:
    """A day by its number."""
    return datetime.date.fromordinal(int(number))


def table(n: int, *, seed: int = 1, missing: float = 0.1, effect: float = 0.6) -> Table:
    """``n`` debulked or embolised patients; burden worsens survival and makes debulking and surgery less likely.

    ``effect`` is the true hazard ratio of debulking to 70 % or more, and of surgery against embolisation.
    """
    rng = np.random.default_rng(seed)
    burden = rng.beta(1.5, 3.0, n) * 100
    symptoms = rng.random(n) < 0.3 + 0.004 * burden
    age = rng.normal(58, 11, n).clip(20, 88).round()
    grade = rng.choice(["G1", "G2", "G3"], n, p=[0.6, 0.35, 0.05])
    primary = rng.choice(["ileum", "pancreas", "rectum"], n, p=[0.6, 0.3, 0.1])
    surgery = rng.random(n) < 1 / (1 + np.exp(0.06 * (burden - 30) - 0.5 * symptoms))
    achieved = (95 - 0.55 * burden + rng.normal(0, 13, n)).clip(20, 100)
    enough = surgery & (achieved >= 70)
    hazard = 0.008 * np.exp(0.03 * (burden - 33) + 0.5 * (grade == "G2") + 1.2 * (grade == "G3") + 0.01 * (age - 58))
    hazard = hazard * np.where(enough, effect, 1.0)
    alive = rng.exponential(1 / hazard)
    free = np.minimum(alive, rng.exponential(1 / (3 * hazard)))
    end = rng.uniform(6, 150, n)
    zero = START + rng.integers(0, 3000, n)
    last = np.minimum(alive, end)
    progressed = free < np.minimum(last, alive)
    at = zero + np.ceil(last * DAYS_IN_MONTH)
    margin = np.where(achieved > 97, "R0", np.where(achieved > 92, "R1", "R2"))
    spread = np.where(rng.random(n) < 0.15, rng.uniform(2, 20, n), 0.0)
    relief = rng.choice(["complete", "partial", "none"], n, p=[0.5, 0.35, 0.15])
    recurrence = rng.exponential(30, n)
    recurred = recurrence < last
    lists: Table = {
        "neoplasm": blank(np.full(n, "NET"), missing / 4, rng),
        "age": blank(age, missing, rng),
        "grade": blank(grade, missing, rng),
        "primary_site": blank(primary, missing / 2, rng),
        "pancreatic": blank(np.where(primary == "pancreas", "yes", "no"), missing / 2, rng),
        "liver_involvement": blank(burden.round(1), missing, rng),
        "liver_metastases": blank((1 + burden / 4 + rng.poisson(3, n)).astype(int), missing, rng),
        "largest_metastasis": blank((5 + burden).round(), missing, rng),
        "lesions_treated": blank((1 + rng.poisson(7, n)).astype(int), missing, rng),
        "extrahepatic_disease": blank(rng.choice(["none", "present"], n, p=[0.7, 0.3]), missing, rng),
        "functional": blank(np.where(symptoms, "yes", "no"), missing, rng),
        "symptomatic": blank(np.where(symptoms, "yes", "no"), missing, rng),
        "disease_state": blank(np.full(n, "stable"), missing, rng),
        "disease_state_months": blank(np.full(n, 8.0), missing, rng),
        "primary_status": blank(np.full(n, "resected"), missing, rng),
        "portal_drainage": blank(np.where(primary == "rectum", "no", "yes"), missing, rng),
        "cytoreduction": ["yes" if one else "no" for one in surgery],
        "cytoreduction_on": [day(one) if op else None for one, op in zip(zero, surgery, strict=True)],
        "embolization": ["no" if one else "yes" for one in surgery],
        "embolization_on": [None if op else day(one) for one, op in zip(zero, surgery, strict=True)],
        "embolization_method": [None if op else str(one) for one, op in
                                zip(rng.choice(["tae", "tace", "deb_tace"], n), surgery, strict=True)],
        "decided_on": [day(one) for one in zero],
        "treated_on": [day(one) for one in zero],
        "debulking_achieved_lo": blank((achieved - spread).clip(0, 100).round(1), missing, rng),
        "margin": blank(margin, missing, rng),
        "dead": blank(np.where(alive <= end, "yes", "no"), missing / 8, rng),
        "last_seen_on": [day(one) for one in at],
        "progressed": ["yes" if one else "no" for one in progressed],
        "progressed_on": [day(start + np.floor(months * DAYS_IN_MONTH)) if one else None for start, months, one in
                          zip(zero, free, progressed, strict=True)],
        "recurred": blank(np.where(recurred, "yes", "no"), missing / 2, rng),
        "recurred_on": [day(start + np.floor(months * DAYS_IN_MONTH)) if one else None for start, months, one in
                        zip(zero, recurrence, recurred, strict=True)],
        "symptom_relief": blank(relief, missing, rng),
        "complication": blank(np.where(rng.random(n) < 0.4, "yes", "no"), missing, rng),
        "biloma": blank(np.where(rng.random(n) < 0.1, "yes", "no"), missing, rng),
        "drained": blank(np.where(rng.random(n) < 0.05, "yes", "no"), missing, rng),
        "complication_grade": blank(rng.choice(["none", "II", "IIIa"], n, p=[0.6, 0.3, 0.1]), missing, rng),
        "synthetic": [True] * n,
    }  # fmt: skip
    lists["debulking_achieved_hi"] = [
        None if low is None else round(min(100.0, low + 2 * width), 1)
        for low, width in zip(lists["debulking_achieved_lo"], spread.tolist(), strict=True)
    ]
    return lists

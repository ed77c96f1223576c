"""Made-up tables of patients with a known truth, for every study; nothing in them says anything about a treatment."""

from __future__ import annotations

from typing import Any

import numpy as np

DAYS_IN_MONTH = 365.25 / 12
Table = dict[str, list[Any]]


def blank(values: Any, share: float, rng: np.random.Generator) -> list[Any]:
    """The values, a share of them unknown."""
    gone = rng.random(len(values)) < share
    return [None if out else value for value, out in zip(np.asarray(values).tolist(), gone, strict=True)]


def table(n: int, *, seed: int = 1, missing: float = 0.1, debulking: float = 0.6, surgery_effect: float = 1.0) -> Table:
    """``n`` debulked or embolised patients; burden worsens survival and makes debulking and surgery less likely.

    ``debulking`` is the true hazard ratio of debulking to 70 % or more, ``surgery_effect`` that of surgery against
    embolisation, each for a patient as ill as the other.
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
    hazard = hazard * np.where(enough, debulking, 1.0) * np.where(surgery, surgery_effect, 1.0)
    alive = rng.exponential(1 / hazard)
    free = np.minimum(alive, rng.exponential(1 / (3 * hazard)))
    end = rng.uniform(6, 150, n)
    last = np.minimum(alive, end)
    method = rng.choice(["embolization.tae", "embolization.tace", "embolization.deb_tace"], n)
    margin = np.where(achieved > 97, "R0", np.where(achieved > 92, "R1", "R2"))
    spread = np.where(rng.random(n) < 0.15, rng.uniform(2, 20, n), 0.0)
    relief = rng.choice(["complete", "partial", "none"], n, p=[0.5, 0.35, 0.15])
    recurrence = rng.exponential(30, n)
    progressed = np.minimum(free, last)
    lists: Table = {
        "differentiation": blank(np.full(n, "well"), missing / 4, rng),
        "age_at_zero": blank(age, missing, rng),
        "grade": blank(grade, missing, rng),
        "primary_site": blank(primary, missing / 2, rng),
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
        "index_class": np.where(surgery, "surgery", "embolization").tolist(),
        "index_option": np.where(surgery, "cytoreduction", method).tolist(),
        "debulking_achieved_lo": blank((achieved - spread).clip(0, 100).round(1), missing, rng),
        "margin": blank(margin, missing, rng),
        "dead": blank(np.where(alive <= end, "yes", "no"), missing / 8, rng),
        "os_days": np.ceil(last * DAYS_IN_MONTH).tolist(),
        "pfs_event": np.where(free <= end, "yes", "no").tolist(),
        "pfs_days": np.ceil(progressed * DAYS_IN_MONTH).tolist(),
        "recurred": blank(np.where(recurrence < last, "yes", "no"), missing / 2, rng),
        "recurrence_days": [days if days < stop else None for days, stop in
                            zip((recurrence * DAYS_IN_MONTH).round(), last * DAYS_IN_MONTH, strict=True)],
        "relief": blank(relief, missing, rng),
        "complication": blank(np.where(rng.random(n) < 0.4, "yes", "no"), missing, rng),
        "biloma": blank(np.where(rng.random(n) < np.where(method == "embolization.deb_tace", 0.3, 0.02), "yes", "no"),
                        missing, rng),
        "clavien_dindo": blank(rng.choice(["I", "II", "IIIa"], n, p=[0.6, 0.3, 0.1]), missing, rng),
        "synthetic": [True] * n,
    }  # fmt: skip
    lists["debulking_achieved_hi"] = [
        None if low is None else round(min(100.0, low + 2 * width), 1)
        for low, width in zip(lists["debulking_achieved_lo"], spread.tolist(), strict=True)
    ]
    lists |= _transplanted(n, rng, (last * DAYS_IN_MONTH).tolist())
    return lists


def _transplanted(n: int, rng: np.random.Generator, last: list[float]) -> Table:
    """A third are put on the list; whoever lives long enough is transplanted, which does nothing."""
    wait = (rng.exponential(20, n) * DAYS_IN_MONTH).round().tolist()
    listed = (rng.random(n) < 1 / 3).tolist()
    got = [one and days < end for one, days, end in zip(listed, wait, last, strict=True)]
    return {
        "transplantation": ["yes" if one else "no" for one in got],
        "transplantation_days": [days if one else None for one, days in zip(got, wait, strict=True)],
    }


def recommendations(n: int, *, seed: int = 1) -> Table:
    """``n`` recommendations of a board, some beyond the source."""
    rng = np.random.default_rng(seed)
    verdicts = rng.choice(["supported", "conditional", "excluded", "cannot_tell"], n, p=[0.5, 0.3, 0.1, 0.1]).tolist()
    departs = [one in ("excluded", "cannot_tell") for one in verdicts]
    reasons = rng.choice(["fit and young", "wish of the patient", "=cmd()"], n).tolist()
    options = rng.choice(["cytoreduction", "systemic.prrt", "embolization.tae"], n).tolist()
    outside = rng.random(n) < 0.1
    return {
        "option": [None if out else one for one, out in zip(options, outside, strict=True)],
        "verdict": [None if out else one for one, out in zip(verdicts, outside, strict=True)],
        "departs": [None if out else one for one, out in zip(departs, outside, strict=True)],
        "reason": [one if gone else None for one, gone in zip(reasons, departs, strict=True)],
        "carried_out": rng.choice(["done", "not_done"], n).tolist(),
        "synthetic": [True] * n,
    }


def hostile() -> dict[str, Table]:
    """Tables in which something is empty, alike, or missing altogether."""
    found = {"nobody": table(0), "one": table(1), "three": table(3), "thirty": table(30)}
    whole, some = table(60, missing=0.0), table(80, missing=0.6)
    n = 60
    found |= {
        "nothing missing": whole,
        "mostly missing": some,
        "nothing known": {name: [None] * n for name in whole},
        "only times": {"os_days": whole["os_days"], "dead": whole["dead"]},
        "one group": whole | {
            "index_class": ["surgery"] * n, "debulking_achieved_lo": [75.0] * n, "debulking_achieved_hi": [75.0] * n,
            "margin": ["R0"] * n, "functional": ["yes"] * n, "transplantation": ["no"] * n,
            "transplantation_days": [None] * n,
        },
        "no events": whole | {"dead": ["no"] * n, "pfs_event": ["no"] * n, "recurred": ["no"] * n},
        "all dead on the first day": whole | {"dead": ["yes"] * n, "os_days": [0] * n, "pfs_days": [0] * n},
        "foretold": whole | {"liver_involvement": [10.0 if one == "surgery" else 80.0 for one in whole["index_class"]]},
    }  # fmt: skip
    return found

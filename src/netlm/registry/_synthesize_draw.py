"""Drawing made-up patients: who they are, what is done first, and what comes of it.

Everything that decides both the choice of treatment and survival is drawn here and written into the case, so that an
analysis which adjusts for it finds the true effect, and one that does not finds another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._synthesize_model import load_synthetic_model

Array = Any
"""An array of NumPy, which is loaded when patients are drawn."""

__all__ = ["Drawn", "draw"]

TENTH = 0.1
"""A tenth of the liver, or of one per cent of Ki-67."""
NEVER = 1e9
MOST_LESIONS = 100


@dataclass(frozen=True)
class Drawn:
    """The made-up patients, one element each; times in years from the first treatment, ``NEVER`` where none."""

    age: Array
    female: Array
    site: Array
    ki67: Array
    functional: Array
    symptoms: Array
    lesions: Array
    size: Array
    burden: Array
    extrahepatic: Array
    surgery: Array
    debulked: Array
    margin: Array
    primary_resected: Array
    method: Array
    start: Array
    transplant: Array
    death: Array
    of_tumour: Array
    censored: Array
    progression: Array
    in_liver: Array
    relief: Array
    relief_until: Array
    clavien: Array
    biloma: Array
    missing: Array
    month_only: Array
    as_range: Array
    planned: Array
    heart_disease: Array
    comorbid: Array
    portal_thrombosis: Array
    progressive: Array
    receptors: Array
    in_state: Array
    anastomosis: Array
    liver_fails: Array
    kidneys_fail: Array
    bilirubin: Array


class _Chance:
    """The one stream of random numbers, and the parameters of the model by name."""

    def __init__(self, patients: int, seed: int) -> None:
        import numpy as np

        self.np = np
        self.random = np.random.default_rng(seed)
        self.size = patients
        self.parameters = load_synthetic_model()

    def __getitem__(self, name: str) -> float:
        return self.parameters[name].number

    def share(self, name: str) -> Array:
        """Who is among the share of that name."""
        return self.random.random(self.size) < self[name]

    def log_normal(self, name: str) -> Array:
        """Numbers around a median."""
        return self[f"{name}_median"] * self.np.exp(self[f"{name}_spread"] * self.random.standard_normal(self.size))

    def among(self, words: list[str], names: list[str], rest: str) -> Array:
        """One of ``words`` each, with the shares of ``names``; ``rest`` takes what is left."""
        shares = [self[name] for name in names]
        chosen = self.random.choice(len(words) + 1, size=self.size, p=[*shares, 1 - sum(shares)])
        return self.np.array([*words, rest])[chosen]

    def exponential(self) -> Array:
        """Waiting times of mean one."""
        return self.random.exponential(size=self.size)


def draw(patients: int, seed: int, effect: float | None, limits: tuple[float, float]) -> Drawn:
    """Made-up patients, the same for the same seed.

    ``effect`` takes the place of the true hazard ratio of debulking; ``limits`` are the shares of tumour, as parts of
    one, from which debulking counts as adequate and above which progression is rarer still.
    """
    chance = _Chance(patients, seed)
    np, random = chance.np, chance.random
    age = np.clip(
        chance["age_mean"] + chance["age_sd"] * random.standard_normal(patients), chance["youngest"], chance["oldest"]
    )
    female, functional = chance.share("female"), chance.share("functional")
    site = chance.among(["ileum", "pancreas"], ["small_bowel", "pancreas"], "rectum")
    ki67 = np.clip(np.round(100 * chance.log_normal("ki67"), 1), TENTH, 100)
    symptoms = functional & chance.share("symptomatic")
    lesions = np.clip(np.round(chance.log_normal("lesions")), 1, MOST_LESIONS).astype(int)
    size = np.clip(np.round(chance.log_normal("size")), chance["size_least"], chance["size_most"])
    burden = chance.log_normal("burden") * (lesions / 10) ** chance["burden_by_lesions"]
    burden = np.clip(
        burden * (size / chance["size_median"]) ** chance["burden_by_size"], 1 / 100, chance["burden_most"]
    )
    burden = np.round(burden, 2)
    extrahepatic = chance.share("extrahepatic")
    odds = chance["surgery_log_odds"] + chance["surgery_by_burden"] * (burden - chance["burden_reference"]) / TENTH
    odds += np.where(symptoms, 0, chance["surgery_by_symptoms"])
    surgery = random.random(patients) < 1 / (1 + np.exp(-odds))
    debulked = _share(_debulked(chance, lesions, burden))
    start = random.uniform(chance["first_year"], chance["last_year"] + 1, patients)
    risk = _risk(chance, age, site, ki67, symptoms, burden, extrahepatic)
    adequate = surgery & (debulked >= limits[0])
    risk = risk + np.where(surgery, np.log(chance["surgery_effect"]), 0)
    risk = risk + np.where(adequate, np.log(chance["debulking_effect"] if effect is None else effect), 0)
    transplant, death = _lives(
        chance, risk, surgery & (age < chance["transplant_age"]) & (burden <= chance["transplant_burden"])
    )
    censored = np.minimum(chance.exponential() / chance["lost"], chance["first_year"] + chance["closed"] - start)
    grows = np.where(adequate, np.log(chance["progression_effect"]), 0)
    grows = grows + np.where(surgery & (debulked > limits[1]), np.log(chance["progression_above_90"]), 0)
    grows = grows + chance["progression_by_size"] * (size - chance["size_reference"]) / chance["size_step"]
    progression = chance.exponential() * chance["progression_median"] / np.log(2) / np.exp(grows - grows.mean())
    relieved = np.where(surgery, chance.share("relief"), chance.share("relief_embolization"))
    relief = np.where(relieved, np.where(chance.share("complete_relief"), "complete", "partial"), "none")
    until = np.where(relieved, chance.exponential() * chance["relief_duration"], NEVER)
    serious, any_one = chance["serious"], chance["complications"]
    drawn = random.random(patients)
    clavien = np.where(drawn < serious, "IIIa", np.where(drawn < any_one, "II", ""))
    method = chance.among(
        ["embolization.tae", "embolization.tace", "embolization.deb_tace"], ["tae", "tace", "deb_tace"],
        "embolization.tare",
    )  # fmt: skip
    biloma = np.where(method == "embolization.deb_tace", chance.share("biloma_beads"), chance.share("biloma_others"))
    return Drawn(
        age, female, site, ki67, functional, symptoms, lesions, size, burden, extrahepatic, surgery, debulked,
        _margins(chance, debulked), chance.share("primary_resected"), method, start, transplant, death,
        chance.share("tumour_deaths"), censored, progression, chance.share("liver_first"), relief, until, clavien,
        biloma, random.random((patients, len(MAY_BE_MISSING))) < chance["missing"],
        random.random((patients, 3)) < chance["month_only"], chance.share("debulking_as_range"),
        _share(debulked + chance["planned_error"] * random.standard_normal(patients)),
        functional & chance.share("heart_disease"), chance.share("comorbid"), chance.share("portal_thrombosis"),
        chance.share("progressive"), chance.share("receptor_positive"),
        random.uniform(chance["in_state_low"], chance["in_state_high"], patients),
        chance.share("anastomosis"), chance.share("liver_fails"), chance.share("kidneys_fail"),
        chance.log_normal("bilirubin"),
    )  # fmt: skip


MAY_BE_MISSING = (
    "ki67", "mitoses", "liver_involvement", "liver_metastases", "largest_metastasis", "margin",
    "achievable_debulking", "carcinoid_heart_disease", "sstr", "disease_state",
)  # fmt: skip
"""What may not be recorded, apart from each other and from all else."""


def _share(values: Array) -> Array:
    """Shares of one, in whole per cent; what rounds to -0 is 0, since a case may not say -0 %."""
    import numpy as np

    return np.clip(np.round(values, 2), 0, 1) + 0.0


def _debulked(chance: _Chance, lesions: Array, burden: Array) -> Array:
    """The share of the tumour that an operation removes, were there one."""
    np = chance.np
    mean = chance["debulking_mean"]
    odds = chance["debulking_by_lesions"] * np.log2(lesions / chance["lesions_median"])
    odds = odds + chance["debulking_by_burden"] * (burden - chance["burden_median"]) / TENTH
    centre = 1 / (1 + (1 - mean) / mean * np.exp(-odds))
    share = chance.random.beta(
        centre * chance["debulking_concentration"], (1 - centre) * chance["debulking_concentration"]
    )
    whole = (share > chance["nearly_complete"]) & chance.share("complete_debulking")
    return np.where(whole, 1.0, np.clip(share, TENTH, 1 - 1 / 100))


def _risk(
    chance: _Chance, age: Array, site: Array, ki67: Array, symptoms: Array, burden: Array, extrahepatic: Array
) -> Array:
    """The log hazard of death that does not hang on the treatment."""
    np = chance.np
    risk = (
        chance["death_by_burden"] * (burden - chance["burden_reference"]) / TENTH
        + chance["death_by_age"] * (age - chance["age_mean"]) / 10
    )
    risk = (
        risk
        + chance["death_by_ki67"] * np.log2(ki67 / 100 / chance["ki67_median"])
        + np.where(symptoms, 0, chance["death_by_symptoms"])
    )
    risk = risk + np.where(site == "pancreas", chance["death_by_pancreas"], 0)
    return risk + np.where(extrahepatic, chance["death_by_extrahepatic"], 0)


def _lives(chance: _Chance, risk: Array, candidate: Array) -> tuple[Array, Array]:
    """Day of transplantation and of death; who dies while waiting is not transplanted."""
    np, shape, scale = chance.np, chance["survival_shape"], chance["survival_scale"]
    hazard = np.exp(risk)
    total = chance.exponential()
    wait = chance.random.uniform(chance["transplant_wait_low"], chance["transplant_wait_high"], chance.size)
    chosen = candidate & chance.share("transplanted")
    before = hazard * (wait / scale) ** shape
    transplanted = chosen & (total > before)
    rest = np.where(transplanted, (total - before) / chance["transplant_effect"] + before, total)
    return np.where(transplanted, wait, NEVER), scale * (rest / hazard) ** (1 / shape)


def _margins(chance: _Chance, debulked: Array) -> Array:
    """Margins in the shares of the source, the better the more was removed."""
    np = chance.np
    rank = np.argsort(np.argsort(-(debulked + TENTH * chance.random.standard_normal(chance.size)))) / chance.size
    told = chance["margin_r0"] + chance["margin_r1"] + chance["margin_r2"]
    edges = np.array([chance["margin_r0"], chance["margin_r0"] + chance["margin_r1"]]) / told
    words = np.array(["R0", "R1", "R2"])[np.searchsorted(edges, rank, side="right")]
    return np.where(chance.random.random(chance.size) < told, words, "")

"""Random patients with unknowns, ranges, limits, contradictions and lists; an empty registry and a follow-up file."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import netlm
from netlm.dictionary import NEAR_GIVEN, Facts, Finding, Lesion
from netlm.guidance import Evaluation, Pack, Program, load_pack, program_of, stale_facts
from netlm.logic import FactType
from netlm.registry import create_registry
from netlm.values import Members, Numbers, Value, Words

AS_OF = datetime.date(2026, 11, 30)
LISTED = (
    "liver_metastases", "largest_metastasis", "ki67", "mitoses", "differentiation", "prior_treatments",
    "number_of_comorbidities",
)  # fmt: skip
TYPED_FACTORS = (Fraction(1), Fraction(1), Fraction(10000, 171037), Fraction(1, 3))
"""What a number typed in another unit is multiplied by, so that it is no short decimal."""


@dataclass(frozen=True)
class Patient:
    """What the registry needs of a case."""

    id: str
    facts: Facts
    as_of: datetime.date = AS_OF


class Maker:
    """Patients over a program; the same seed gives the same."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.dictionary = program.dictionary
        self.chance = random.Random(seed)

    def patients(self, number: int) -> Iterator[Patient]:
        for at in range(number):
            yield Patient(f"p{at}", self.facts())

    def facts(self) -> Facts:
        missing = self.chance.uniform(0, 0.6)
        stored = [fact for fact in self.dictionary.facts.values() if fact.is_entered and fact.type.kind != "opaque"]
        entered = {fact.name: self.finding(fact.type) for fact in stored if self.chance.random() >= missing}
        listed = {
            name: Finding(self.value(self.dictionary.facts[name].type), "", "listed")
            for name in LISTED
            if self.chance.random() < 0.1
        }
        kind = self.chance.choice(("none", "none", "complete", "open"))
        count = self.chance.choice((0, 1, 1, 2, 3, 5))
        lesions = None if kind == "none" else tuple(self.lesion(str(number)) for number in range(count))
        return Facts(self.dictionary, entered, listed, lesions, kind == "complete")

    def finding(self, kind: FactType) -> Finding:
        day = None
        if self.chance.random() < 0.5:
            day = AS_OF - datetime.timedelta(days=self.chance.choice((-20, 0, 30, 92, 183, 365, 366, 1000)))
            day += datetime.timedelta(days=self.chance.randint(-2, 2))
        if self.chance.random() < 0.05:
            return Finding(kind.everything, "unknown", unknown="not done", date=day)
        return Finding(self.value(kind), "", date=day)

    def lesion(self, name: str) -> Lesion:
        types = self.dictionary.lesion_fields
        findings = {
            field: Finding(self.value(kind), "")
            for field, kind in types.items()
            if kind.kind != "opaque" and self.chance.random() < 0.7
        }
        given = Finding(Words.of("yes" if "near" in findings else "no"), "", "listed")
        return Lesion(name, {**findings, NEAR_GIVEN: given}, types)

    def value(self, kind: FactType) -> Value:
        if kind.number is not None:
            return self.number(kind)
        if kind.kind == "word":
            few = self.chance.choice((1, 1, 1, 1, 2, 3, len(kind.words) - 1))
            return Words(frozenset(self.chance.sample(kind.words, min(max(few, 1), len(kind.words)))))
        must = frozenset(self.chance.sample(kind.words, self.chance.randint(0, min(3, len(kind.words)))))
        return Members.exactly(must) if self.chance.random() < 0.7 else Members(must, frozenset(kind.words))

    def number(self, kind: FactType) -> Numbers:
        everything = kind.everything
        assert isinstance(everything, Numbers)
        form = self.chance.choice(("one", "one", "one", "range", "open", "bound", "either"))
        first, second = sorted((self.point(kind), self.point(kind)))
        if form == "one" or first == second:
            made = Numbers.exactly(first)
        elif form in ("range", "open"):
            ends = form == "open"
            made = Numbers.between(first, second, ends and self.chance.random() < 0.5, ends)
        elif form == "bound":
            low = self.chance.random() < 0.5
            ends = (first, None) if low else (None, first)
            made = Numbers.between(*ends, *self.chance.choices((True, False), k=2))
        else:
            made = Numbers.exactly(first).join(Numbers.exactly(second))
        inside = made.meet(everything)
        inside = inside.whole() if inside and kind.number is not None and kind.number.whole_numbers else inside
        return inside or everything

    def point(self, kind: FactType) -> Fraction:
        """A limit of some criterion, near one, or anything the fact can be."""
        assert kind.number is not None
        low, high = Fraction(kind.number.low), Fraction(kind.number.high)
        cuts = [Fraction(cut.at) for cut in self.program.cuts.get(kind.name, ())]
        if cuts and self.chance.random() < 0.8:
            point = self.chance.choice(cuts) + self.chance.choice((0, 0, 1, -1, Fraction(1, 10), Fraction(-1, 1000)))
        else:
            share = self.chance.random() ** 3
            point = Fraction(round((low + (high - low) * Fraction(share)) * 100), 100)
            point *= self.chance.choice(TYPED_FACTORS)
        return min(max(point, low), high)


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The pack as shipped."""
    return load_pack()


@pytest.fixture(scope="session")
def make(pack):
    """``make(number, seed)``: random patients."""
    return lambda number, seed=1: list(Maker(program_of(pack), seed).patients(number))


@pytest.fixture(scope="session")
def evaluated():
    """``evaluated(pack, patient)``: the patient as the board judges one."""

    def evaluated(pack: Pack, patient: Patient) -> Evaluation:
        facts = patient.facts
        if facts.dictionary is not pack.dictionary:
            facts = Facts(pack.dictionary, facts.entered, facts.listed, facts.lesions, facts.lesions_complete)
        return Evaluation(program_of(pack), facts, frozenset(stale_facts(facts, patient.as_of)))

    return evaluated


EXAMPLES = Path(netlm.__file__).parents[2] / "examples" / "cases"

FOLLOW_UP = """\
netlm: follow-up/1
id: p-001
as_of: 2026-11-24
cases: [clean-ileal-g1]
patient: {sex: female, birth: 1970}
treatments:
  - {option: cytoreduction, from: 2024-03-12, debulking_achieved: 85-95 %, margin: R1, lesions_treated: 9}
  - {other: a trial drug, from: 2025-10, to: {unknown: still running}}
complications: none
symptoms: [{treatment: 1, symptom: hormonal, relief: complete, hormone: 5-HIAA, hormone_fall: 80 %}]
progressions: {at_least: [{date: 2025-06 to 2025-09, site: liver}]}
quality_of_life: {unknown: not asked}
last_contact: {date: 2026-11-02}
death: no
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty registry."""
    target = tmp_path / "registry.duckdb"
    create_registry(target)
    return target


@pytest.fixture
def follow_up(tmp_path: Path) -> Path:
    """A follow-up file without a mistake."""
    file = tmp_path / "p-001.yaml"
    file.write_text(FOLLOW_UP, encoding="utf-8")
    return file

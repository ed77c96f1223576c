"""A small vocabulary, patients of it, and random expressions over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import strategies as st

from netlm.logic import FactType, Vocabulary
from netlm.values import Members, Numbers, NumberType, Unit, Value, Words, unit_table

LIMITS = {"limit": "4", "limits.low": "2", "limits.high": "6", "convention.big": "3 cm"}
SITES, LISTED = ("ileum", "pancreas", "lung"), ("hormonal", "bulk")
OPTIONS = ("surgery", "systemic.drug")


def number(name: str, unit: str = "1", *, bare: bool = True, of: str | None = None, high: int = 10) -> FactType:
    return FactType(name, "number", NumberType(name, unit, of, bare, False, Fraction(0), Fraction(high)))


UNITS = unit_table(
    [
        Unit("1", "none", Fraction(1)),
        Unit("%", "share", Fraction(1)),
        Unit("mm", "length", Fraction(1)),
        Unit("cm", "length", Fraction(10)),
    ]
)
VOCABULARY = Vocabulary(
    {
        "count": number("count"),
        "share": number("share", "%", bare=False, of="cells", high=100),
        "site": FactType("site", "word", words=SITES),
        "ill": FactType("ill", "word", words=("yes", "no")),
        "symptoms": FactType("symptoms", "words", words=LISTED),
        "notes": FactType("notes", "opaque"),
    },
    {"size": number("size", "mm", bare=False, high=100), "near": FactType("near", "words", words=("vein", "duct"))},
    OPTIONS,
    UNITS,
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return VOCABULARY


@pytest.fixture(scope="session")
def limits() -> dict[str, str]:
    return LIMITS


@dataclass(frozen=True)
class Patient:
    """A source: values by name, lesions, and what other options can still be."""

    values: dict[str, Value]
    lesions: tuple[Patient, ...] = ()
    complete: bool = True
    verdicts: dict[str, frozenset[str]] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        return self.values[name]

    def lesion_sources(self) -> tuple[list[Patient], bool]:
        return [Patient({**self.values, **one.values}, verdicts=self.verdicts) for one in self.lesions], self.complete

    def possible(self, option: str) -> frozenset[str]:
        return self.verdicts[option]

    def completions(self):
        """Every patient this one could turn out to be (points stand for the ranges between limits)."""
        names = list(self.values)
        tables = [dict(zip(names, chosen, strict=True)) for chosen in product(*(exact(self.values[n]) for n in names))]
        others = [dict(zip(self.verdicts, c, strict=True)) for c in product(*map(sorted, self.verdicts.values()))]
        lists = [tuple(chosen) for chosen in product(*(list(one.completions()) for one in self.lesions))]
        if not self.complete:
            more = [
                Patient({"size": value}) for value in exact(Numbers.between(Fraction(0), Fraction(100)), (15, 30, 45))
            ]
            lists = [*lists, *((*chosen, one) for chosen in lists for one in more)]
        for values, verdicts, lesions in product(tables, others, lists):
            yield Patient(values, lesions, True, {name: frozenset({one}) for name, one in verdicts.items()})


def exact(value: Value, points: tuple[int, ...] = (*range(11), 20, 25, 30, 35, 40, 45, 50)) -> list[Value]:
    """Every exact value that an open one could be."""
    if isinstance(value, Words):
        return [Words.of(word) for word in sorted(value.possible)]
    if isinstance(value, Members):
        free = sorted(value.may - value.must)
        return [
            Members.exactly(value.must | {w for at, w in enumerate(free) if n >> at & 1}) for n in range(2 ** len(free))
        ]
    assert isinstance(value, Numbers)
    if value.is_known:
        return [value]
    return [one for point in points if value.meet(one := Numbers.exactly(point))]


def interval(low: int, high: int) -> st.SearchStrategy[Numbers]:
    ends = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return ends.map(lambda pair: Numbers.between(Fraction(pair[0]), Fraction(pair[1])))


def members(words: tuple[str, ...]) -> st.SearchStrategy[Members]:
    may = st.sets(st.sampled_from(words))
    return st.tuples(may, may).map(lambda pair: Members(frozenset(pair[0] & pair[1]), frozenset(pair[0])))


def words(*listed: str) -> st.SearchStrategy[Words]:
    return st.sets(st.sampled_from(listed), min_size=1).map(lambda chosen: Words(frozenset(chosen)))


lesion = st.sampled_from([(20, 20), (30, 30), (31, 31), (20, 40), (40, 50)]).map(
    lambda ends: Patient({"size": Numbers((Numbers.between(*map(Fraction, ends)).intervals[0],))})
)
verdicts = st.sets(st.sampled_from(["excluded", "conditional", "supported"]), min_size=1, max_size=2).map(frozenset)


@pytest.fixture(scope="session")
def patients() -> st.SearchStrategy[Patient]:
    return st.builds(
        Patient,
        st.fixed_dictionaries(
            {"count": interval(1, 7), "site": words(*SITES), "ill": words("yes", "no"), "symptoms": members(LISTED)}
        ),
        st.lists(lesion, max_size=2).map(tuple),
        st.booleans(),
        st.fixed_dictionaries({"surgery": verdicts}),
    )


ATOMS = (
    "count < limit",
    "count <= limits.low",
    "count > limits.high",
    "count >= limit",
    "count == limit",
    "count != limits.low",
    "site == ileum",
    "site != lung",
    "site in [ileum, pancreas]",
    "ill",
    "symptoms.hormonal",
    "symptoms.bulk",
    "always",
    "verdict(surgery) in [supported, conditional]",
)
LESION_ATOMS = ("size > convention.big", "size <= convention.big", "size > convention.big and ill")


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    return (
        inner.map(lambda part: f"not ({part})")
        | several.map(lambda parts: " and ".join(f"({part})" for part in parts))
        | several.map(lambda parts: " or ".join(f"({part})" for part in parts))
        | st.tuples(st.integers(1, 2), several).map(lambda pair: f"at_least({pair[0]}, {', '.join(pair[1])})")
    )


@pytest.fixture(scope="session")
def expressions() -> st.SearchStrategy[str]:
    quantified = st.builds(
        "{} lesions({})".format,
        st.sampled_from(["any", "all"]),
        st.sampled_from([*LESION_ATOMS, "not size > convention.big"]),
    )
    return st.recursive(st.sampled_from(ATOMS) | quantified, compound, max_leaves=6)

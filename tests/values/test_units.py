"""Units convert exactly, and as Pint converts them where Pint can."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pint
import pytest

from netlm.values import Bridge, Unit, unit_table

# Each unit as Pint calls it, with the number of Pint's unit that make one of ours.
PINT = {
    "mm": (1, "millimeter"), "cm": (1, "centimeter"), "um": (1, "micrometer"),
    "mL": (1, "milliliter"), "L": (1, "liter"), "cm3": (1, "centimeter**3"),
    "months": (1, "month"), "years": (1, "year"),
    "mg/dL": (1, "milligram/deciliter"), "g/dL": (1, "gram/deciliter"), "g/L": (1, "gram/liter"),
    "mg/L": (1, "milligram/liter"),
    "/uL": (1, "1/microliter"), "/mm3": (1, "1/millimeter**3"), "10*9/L": (10**9, "1/liter"),
    "umol/L": (1, "micromole/liter"), "mmol/L": (1, "millimole/liter"),
    "per 2 mm2": (Fraction(1, 2), "1/millimeter**2"), "per mm2": (1, "1/millimeter**2"),
    "per 10 mm2": (Fraction(1, 10), "1/millimeter**2"),
    "MBq": (1, "megabecquerel"), "GBq": (1, "gigabecquerel"), "mCi": (1, "millicurie"),
    "mg": (1, "milligram"), "g": (1, "gram"),
}  # fmt: skip
ALONE = {"%", "1", "mL/min/1.73m2", "Gy"}


@pytest.fixture(scope="module")
def oracle():
    return pint.UnitRegistry(non_int_type=Fraction)


def test_every_unit_has_its_oracle_or_stands_alone(dictionary):
    assert set(dictionary.units.units) == set(PINT) | ALONE


def test_every_conversion_agrees_with_pint(dictionary, oracle):
    units = dictionary.units
    checked = 0
    for source, target in product(PINT, PINT):
        if units.units[source].dimension != units.units[target].dimension:
            continue
        ours = units.factor(units.units[source], target, "")
        (many, theirs), (per, wanted) = PINT[source], PINT[target]
        assert ours == oracle.Quantity(Fraction(many), theirs).to(wanted).magnitude / per, (source, target)
        checked += 1
    assert checked > 50


def test_units_of_different_dimensions_do_not_convert(dictionary):
    units = dictionary.units
    for source, target in product(units.units.values(), units.units.values()):
        convertible = units.factor(source, target.name, "no such fact") is not None
        assert convertible == (source.dimension == target.dimension)


def test_every_spelling_finds_its_own_unit(dictionary):
    for unit in dictionary.units.units.values():
        for spelling in (unit.name, unit.ucum, *unit.spellings):
            assert dictionary.units.find(spelling) == unit, spelling


def test_a_gram_per_litre_is_not_a_giga_per_litre(dictionary):
    assert dictionary.units.find("g/L").name == "g/L"
    assert dictionary.units.find("G/L").name == "10*9/L"
    assert dictionary.units.find("MM").name == "mm"
    assert dictionary.units.find("furlong") is None


def test_a_bridge_holds_for_its_own_substance_only(dictionary):
    units = dictionary.units
    assert units.factor(units.units["umol/L"], "mg/dL", "bilirubin") == 1 / Fraction("17.104")
    assert units.factor(units.units["mmol/L"], "mg/dL", "bilirubin") == 1000 / Fraction("17.104")
    assert units.factor(units.units["umol/L"], "mg/dL", "albumin") is None
    assert units.factor(units.units["umol/L"], "mg/dL", "creatinine") == Fraction(11312, 1000000)


def test_creatinine_agrees_with_pint_and_its_molar_mass(dictionary, oracle):
    """C4H7N3O weighs 113.120 g/mol with the abridged standard atomic weights."""
    molar = oracle.Quantity(Fraction("113.120"), "gram/mole")
    one = (oracle.Quantity(Fraction(1), "milligram/deciliter") / molar).to("micromole/liter").magnitude
    assert one == Fraction(1000000, 11312)


def test_a_table_of_ones_own_units():
    table = unit_table(
        [Unit("m", "length", Fraction(1)), Unit("km", "length", Fraction(1000)), Unit("mol", "amount", Fraction(1))],
        [Bridge("rope", "mol", "m", Fraction(2))],
    )
    assert table.factor(table.units["km"], "m", "x") == 1000
    assert table.factor(table.units["mol"], "km", "rope") == Fraction(1, 2000)
    assert table.accepted("m", "x") == ["m", "km"]
    assert table.accepted("m", "rope") == ["m", "km", "mol"]
    assert table.spellings("length") == ["m", "km"]

"""What people type for a quantity: every form of the contract, and every refusal with its remedy."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.errors import Problem
from netlm.values import Numbers, NumberType, clip, read_quantity, read_typed


@pytest.fixture(scope="module")
def say(dictionary):
    """``say(fact, text)``: the numbers, in the fact's own unit."""

    def say(fact: str, text: str) -> Numbers:
        return read_quantity(text, dictionary.facts[fact].type.number, dictionary.units)

    return say


@pytest.fixture(scope="module")
def refused(say):
    def refused(fact: str, text: str) -> Problem:
        with pytest.raises(Problem) as caught:
            say(fact, text)
        return caught.value

    return refused


def between(low, high, low_open=False, high_open=False):
    ends = (None if end is None else Fraction(end) for end in (low, high))
    return Numbers.between(*ends, low_open, high_open)


@pytest.mark.parametrize(
    ("fact", "text", "meant"),
    [
        ("liver_metastases", "8", between(8, 8)),
        ("largest_metastasis", "8 mm", between(8, 8)),
        ("largest_metastasis", "8mm", between(8, 8)),
        ("largest_metastasis", "3.2 cm", between(32, 32)),
        ("largest_metastasis", "8 mm to 2 cm", between(8, 20)),
        ("largest_metastasis", "1-2 cm", between(10, 20)),
        ("liver_involvement", "18-25 %", between(18, 25)),
        ("liver_involvement", "18 - 25%", between(18, 25)),
        ("liver_involvement", "18–25 %", between(18, 25)),
        ("liver_involvement", "18 % - 25 %", between(18, 25)),
        ("liver_involvement", "18 to 25 %", between(18, 25)),
        ("liver_involvement", "20 % of liver volume", between(20, 20)),
        ("ki67", "2 % of cells", between(2, 2)),
        ("ki67", "2 percent", between(2, 2)),
        ("liver_metastases", ">= 8", between(8, 10000)),
        ("liver_metastases", "≥8", between(8, 10000)),
        ("liver_metastases", "8+", between(8, 10000)),
        ("liver_metastases", "at least 8", between(8, 10000)),
        ("liver_metastases", "more than 8", between(9, 10000)),
        ("liver_metastases", "> 8", between(9, 10000)),
        ("liver_metastases", "at most 8", between(0, 8)),
        ("liver_metastases", "<= 8", between(0, 8)),
        ("liver_metastases", "less than 8", between(0, 7)),
        ("liver_metastases", "<8", between(0, 7)),
        ("liver_metastases", "3 to 8", between(3, 8)),
        ("ki67", "more than 20 %", between(20, 100, True)),
        ("ki67", "less than 3 %", between(0, 3, False, True)),
        ("ki67", "at least 3 %", between(3, 100)),
        ("mitoses", "1.8", between("9/5", "9/5")),
        ("mitoses", "9 per 10 mm2", between("9/5", "9/5")),
        ("mitoses", "101 /10 mm²", between("101/5", "101/5")),
        ("mitoses", "1 per mm2", between(2, 2)),
        ("mitoses", "1 per 2 mm2", between(1, 1)),
        ("age", "52", between(52, 52)),
        ("age", "52 years", between(52, 52)),
        ("disease_state_months", "1 year", between(12, 12)),
        ("platelets", "150 10*9/L", between(150000, 150000)),
        ("platelets", "150 10^9/L", between(150000, 150000)),
        ("platelets", "150 x10^9/L", between(150000, 150000)),
        ("platelets", "150 G/L", between(150000, 150000)),
        ("platelets", "150000 /uL", between(150000, 150000)),
        ("platelets", "49-51 10*9/L", between(49000, 51000)),
        ("albumin", "35 g/L", between("7/2", "7/2")),
        ("bilirubin", "34.208 umol/L", between(2, 2)),
        ("bilirubin", "34.208 µmol/L", between(2, 2)),
        ("bilirubin", "17.104 μmol/L", between(1, 1)),
        ("bilirubin", "2 mg/dL", between(2, 2)),
        ("creatinine", "113.12 umol/L", between("1.27961344", "1.27961344")),
    ],
)  # fmt: skip
def test_every_form_of_the_contract_is_read_exactly(say, fact, text, meant):
    assert say(fact, text) == meant


@pytest.mark.parametrize(
    ("fact", "text", "code", "remedy"),
    [
        ("largest_metastasis", "~3 cm", "approximate", "18-25 %"),
        ("largest_metastasis", "about 3 cm", "approximate", "what it may be"),
        ("largest_metastasis", "ca. 3 cm", "approximate", "what it may be"),
        ("liver_involvement", "25-18 %", "reversed-range", "Turn the range round"),
        ("largest_metastasis", "3 cm to 8 mm", "reversed-range", "Turn the range round"),
        ("liver_involvement", "20", "unit-missing", "Write the unit: %"),
        ("largest_metastasis", "32", "unit-missing", "mm, cm"),
        ("bilirubin", "2", "unit-missing", "mg/dL"),
        ("bilirubin", "40", "unit-missing", "umol/L"),
        ("platelets", "150", "unit-missing", "10*9/L"),
        ("ki67", "0.15", "unit-missing", "15 %"),
        ("liver_involvement", "0.2", "unit-missing", "20 %"),
        ("ki67", "2 % of liver volume", "wrong-whole", "Convert the value"),
        ("achievable_debulking", "70 % of liver volume", "wrong-whole", "Convert the value"),
        ("largest_metastasis", "3 % of liver volume", "wrong-unit", "mm, cm"),
        ("mitoses", "5 per 10 HPF", "wrong-unit", "Ask pathology"),
        ("mitoses", "5/10 HPF", "wrong-unit", "Ask pathology"),
        ("mitoses", "5 per high power field", "wrong-unit", "Ask pathology"),
        ("mitoses", "5 mm", "wrong-unit", "per 2 mm2"),
        ("ki67", "2 mm", "wrong-unit", "%"),
        ("age", "52 %", "wrong-unit", "years"),
        ("liver_metastases", "-8", "negative", "Check the value"),
        ("ki67", "-2 %", "negative", "Check the value"),
        ("ki67", "101 %", "out-of-range", "impossible"),
        ("ki67", "90-110 %", "out-of-range", "impossible"),
        ("age", "131", "out-of-range", "impossible"),
        ("liver_metastases", "2.5", "not-whole", "whole numbers"),
        ("liver_metastases", "several", "not-a-quantity", "a number, a range or a bound"),
        ("liver_metastases", "8?", "not-a-quantity", "a number, a range or a bound"),
        ("liver_metastases", "+8", "not-a-quantity", "a number, a range or a bound"),
        ("liver_metastases", "8-", "not-a-quantity", "a number, a range or a bound"),
        ("liver_metastases", ">", "not-a-quantity", "a number, a range or a bound"),
        ("largest_metastasis", "32 inches", "wrong-unit", "mm, cm"),
        ("egfr", "60 mL/min", "wrong-unit", "mL/min/1.73m2"),
        ("bilirubin", "2 g", "wrong-unit", "mg/dL"),
        ("haemoglobin", "8 mmol/L", "wrong-unit", "g/dL"),
    ],
)  # fmt: skip
def test_every_refusal_names_its_remedy(refused, fact, text, code, remedy):
    problem = refused(fact, text)
    assert problem.code == code
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("fact", "text"),
    [("largest_metastasis", "3,2 cm"), ("mitoses", "3,5"), ("ki67", "2,5 %"), ("ki67", "2,5-3 %"),
     ("ki67", "at least 2,5 %"), ("platelets", "150,000 /uL")],
)  # fmt: skip
def test_a_decimal_comma_is_refused_and_the_remedy_is_a_point(refused, fact, text):
    problem = refused(fact, text)
    assert problem.code == "decimal-comma"
    assert "3.2" in problem.remedy


@pytest.mark.parametrize("text", ["5 per 10 high-power fields", "5 / high-power field"])
def test_a_count_per_high_power_field_is_sent_back_to_pathology_however_it_is_written(refused, text):
    assert "Ask pathology" in refused("mitoses", text).remedy


@pytest.mark.parametrize("text", ["9" * 5000, "0." + "9" * 5000, "at least " + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_a_problem_like_any_other(refused, text):
    assert "9999" not in refused("liver_metastases", text).found


def test_forty_micromoles_of_bilirubin_exceed_two_milligrams(say):
    assert say("bilirubin", "40 umol/L").number > 2
    assert say("bilirubin", "34.208 umol/L").number == 2 == Fraction("34.208") / Fraction("17.104")
    assert say("bilirubin", "34.2 umol/L").number < 2
    assert say("bilirubin", "34.209 umol/L").number > 2


def test_a_comma_never_reads_as_ten_times_the_number(refused):
    """What Pint does with ``3,2 cm``."""
    assert refused("largest_metastasis", "3,2 cm")


def test_ten_to_the_ninth_never_reads_as_ten_times_nine(say):
    """What Pint does with ``10*9/L``."""
    assert say("platelets", "1 10*9/L").number == 1000


def test_typed_quantities_come_apart_without_conversion():
    typed = read_typed("more than  3.2   cm")
    assert (typed.low, typed.high, typed.low_open, typed.unit, typed.is_exact) == ("3.2", None, True, "cm", False)
    assert read_typed("8").is_exact


def test_a_range_given_otherwise_is_held_to_the_same_limits():
    kind = NumberType("x", "1", bare=True, whole_numbers=True, low=Fraction(0), high=Fraction(10))
    assert clip(between(2, None, True), "", kind) == between(3, 10)
    with pytest.raises(Problem, match="impossible"):
        clip(between(2, 11), "x", kind)
    with pytest.raises(Problem, match="impossible"):
        clip(between(2, 3, True, True), "x", kind)


two_places = st.decimals(0, 100, places=2).map(str)


@given(two_places, two_places)
def test_a_range_holds_its_ends_exactly_or_is_refused_when_reversed(say, low, high):
    if Fraction(low) > Fraction(high):
        with pytest.raises(Problem, match="smaller end first"):
            say("ki67", f"{low}-{high} %")
    else:
        assert say("ki67", f"{low}-{high} %") == between(low, high)


@given(st.text(max_size=40))
def test_any_text_is_a_quantity_or_a_problem(say, text):
    for fact in ("ki67", "liver_metastases", "mitoses", "platelets"):
        with contextlib.suppress(Problem):
            assert isinstance(say(fact, text), Numbers)


@given(st.text("0123456789.,-+<>=~% /*^µmgdLuofcells", max_size=16))
def test_any_text_of_the_signs_of_quantities_is_a_quantity_or_a_problem(say, text):
    for fact in ("ki67", "liver_metastases", "bilirubin"):
        with contextlib.suppress(Problem):
            assert say(fact, text).intervals[0].low >= 0

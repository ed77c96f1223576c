"""Values as exported and as shown: the shapes of the contract, in the unit typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.dictionary import value_json, value_text


@pytest.fixture(scope="module")
def shown(read, dictionary):
    def shown(name, text):
        facts = read({name: text} if text else {}).facts
        kind, finding = dictionary.facts[name].type, facts.finding(name)
        return value_json(kind, facts.value(name), finding, dictionary.units), value_text(
            kind, facts.value(name), finding
        )

    return shown


@pytest.mark.parametrize(
    ("name", "typed", "exported", "text"),
    [
        ("largest_metastasis", "3.2 cm", {"value": 3.2, "unit": "cm"}, "3.2 cm"),
        ("largest_metastasis", "32 mm", {"value": 32, "unit": "mm"}, "32 mm"),
        ("bilirubin", "12 umol/L", {"value": 12, "unit": "umol/L"}, "12 umol/L"),
        ("mitoses", "1", {"value": 1, "unit": "per 2 mm2"}, "1 per 2 mm2"),
        ("age", "52", {"value": 52, "unit": "years"}, "52 years"),
        ("liver_metastases", "9", {"value": 9, "unit": "1"}, "9"),
        ("liver_involvement", "18-25 %", {"min": 18, "max": 25, "unit": "%"}, "18-25 %"),
        ("liver_involvement", "more than 50 %", {"above": 50, "max": 100, "unit": "%"}, "more than 50 %"),
        (
            "liver_involvement",
            "{one_of: [10 %, 50 %]}",
            {"one_of": [{"value": 10, "unit": "%"}, {"value": 50, "unit": "%"}]},
            "10 % or 50 %",
        ),
        ("differentiation", "well", "well", "well"),
        (
            "disease_state",
            "{one_of: [stable, responding]}",
            {"one_of": ["stable", "responding"]},
            "stable or responding",
        ),
        ("main_portal_vein_thrombosis", "no", False, "no"),
        ("main_portal_vein_thrombosis", "true", True, "yes"),
        ("symptoms", "[hormonal]", ["hormonal"], "hormonal"),
        ("symptoms", "[]", [], "none"),
        ("symptoms", "{at_least: [hormonal]}", {"at_least": ["hormonal"]}, "at least hormonal"),
        ("sstr", "{unknown: not yet done}", {"unknown": "not yet done"}, "unknown (not yet done)"),
        ("sstr", None, {"unknown": "not recorded"}, "unknown"),
        ("comorbidities", "[asthma]", ["asthma"], "asthma"),
    ],
)
def test_every_shape_of_a_value(shown, name, typed, exported, text):
    assert shown(name, typed) == (exported, text)


@given(st.decimals(0, 100, places=2))
def test_a_number_is_exported_as_it_was_typed_in_the_unit_typed(shown, number):
    exported, text = shown("bilirubin", f"{number} mg/dL")
    assert exported == {"value": float(number), "unit": "mg/dL"}
    assert text == f"{number} mg/dL"


@given(st.decimals(0, 1000, places=2))
def test_a_converted_number_is_exported_without_rounding_error(shown, number):
    assert shown("bilirubin", f"{number} umol/L")[0] == {"value": float(number), "unit": "umol/L"}

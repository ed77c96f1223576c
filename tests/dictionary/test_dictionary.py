"""The dictionary as shipped: complete, consistent, and its conventions replaceable by name."""

from __future__ import annotations

from fractions import Fraction

import pytest

from netlm.dictionary import load_dictionary
from netlm.errors import Problem, Problems
from netlm.guidance import load_pack

CONTRACT = [
    "age",
    "sex",
    "performance_status",
    "multiple_comorbidities",
    "comorbidities",
    "primary_site",
    "primary_status",
    "portal_drainage",
    "differentiation",
    "morphology",
    "ki67",
    "mitoses",
    "necrosis",
    "reported_grade",
    "specimens",
    "functional",
    "syndromes",
    "symptoms",
    "symptomatic",
    "sstr",
    "krenning",
    "sstr_negative_lesions",
    "fdg_pet",
    "extrahepatic_disease",
    "extrahepatic_sites",
    "disease_state",
    "disease_state_months",
    "months_since_progression",
    "prior_treatments",
    "treatments",
    "liver_involvement",
    "liver_metastases",
    "largest_metastasis",
    "small_metastases",
    "distribution",
    "achievable_debulking",
    "resectability",
    "future_liver_remnant",
    "lesions",
    "bilirubin",
    "creatinine",
    "albumin",
    "inr",
    "platelets",
    "child_pugh",
    "renal_insufficiency",
    "hepatic_insufficiency",
    "main_portal_vein_thrombosis",
    "bilioenteric_anastomosis",
    "carcinoid_heart_disease",
    "hormone_markers",
    "genetic_syndrome",
    "priorities",
    "declined_options",
    "unavailable_options",
]
VALUES = {
    "primary_status": "in_situ resected never_found",
    "differentiation": "well poor",
    "morphology": "none small_cell large_cell minen",
    "necrosis": "none focal extensive",
    "reported_grade": "G1 G2 G3",
    "syndromes": "carcinoid_syndrome insulinoma gastrinoma glucagonoma vipoma other",
    "symptoms": "hormonal hormonal_refractory liver_bulk primary",
    "sstr": "positive negative",
    "extrahepatic_disease": "none curatively_resected present",
    "disease_state": "stable responding progressive",
    "distribution": "unilobar bilobar",
    "carcinoid_heart_disease": "no yes mild moderate_severe operated",
}
OPTIONS = [
    "cytoreduction",
    "transplantation.milan",
    "transplantation.enets",
    "transplantation.mazzaferro_2016",
    "ablation.percutaneous",
    "ablation.intraoperative",
    "ablation.microwave",
    "ablation.radiofrequency",
    "ablation.cryotherapy",
    "ablation.irreversible_electroporation",
    "embolization.tae",
    "embolization.tace",
    "embolization.deb_tace",
    "embolization.tare",
    "systemic.octreotide_lar",
    "systemic.lanreotide",
    "systemic.everolimus",
    "systemic.sunitinib",
    "systemic.captem",
    "systemic.prrt",
]


def test_every_fact_of_the_contract_can_be_entered(dictionary):
    assert not [name for name in CONTRACT if name not in dictionary.facts or not dictionary.facts[name].is_entered]


def test_every_value_of_the_contract_is_known(dictionary):
    for name, words in VALUES.items():
        assert set(dictionary.facts[name].values) == set(words.split()), name
    near = dictionary.facts["lesions"].fields["near"].values
    assert set(near) == {"large_vessel", "hepatic_vein", "portal_vein", "portal_hilum", "bile_duct"}


def test_the_wholes_of_percentages_are_those_of_the_contract(dictionary):
    wholes = {
        name: fact.type.number.of for name, fact in dictionary.facts.items() if fact.type.number and fact.type.number.of
    }
    assert wholes["ki67"] == "cells"
    assert wholes["liver_involvement"] == "liver volume"
    assert wholes["achievable_debulking"] == "tumour volume"
    assert not [
        name
        for name, fact in dictionary.facts.items()
        if fact.type.number and fact.type.number.unit == "%" and name not in wholes
    ]


def test_the_twenty_options_are_those_of_the_contract(dictionary):
    assert sorted(dictionary.options) == sorted(OPTIONS)


def test_every_number_has_a_possible_range_and_the_usual_lies_within(dictionary):
    for fact in dictionary.facts.values():
        for one in (fact, *fact.fields.values()):
            number = one.type.number
            if number is None:
                continue
            assert number.low is not None, one.name
            assert number.high is not None, one.name
            if one.usual:
                assert number.low <= one.usual[0] < one.usual[1] <= number.high, one.name


def test_the_core_set_has_at_most_thirty_facts(dictionary):
    assert 0 < sum(fact.core for fact in dictionary.facts.values()) <= 30


def test_every_entered_fact_says_what_it_means_and_what_changes_it(dictionary):
    for fact in dictionary.facts.values():
        assert fact.title, fact.name
        assert fact.meaning, fact.name
        assert fact.changed_by, fact.name


def test_derived_facts_come_after_what_they_read(dictionary):
    order = {name: at for at, name in enumerate(dictionary.order)}
    for name in dictionary.order:
        for read in dictionary.facts[name].derivation.reads:
            assert read not in order or order[read] < order[name]
    assert {"grade", "category", "transplantation"} & dictionary.dependents["ki67"] == {"grade", "category"}


def test_an_unknown_fact_is_told_with_the_one_that_was_meant(dictionary):
    with pytest.raises(Problem, match="Did you mean `liver_involvement`"):
        dictionary.fact("liver_involvment")
    with pytest.raises(Problem, match="netlm dictionary"):
        dictionary.fact("completely_different")


# Conventions


@pytest.mark.parametrize(
    ("value", "size", "small"),
    [("3 cm", "2.5 cm", "yes"), ("30 mm", "2.5 cm", "yes"), ("3", "2.5 cm", "yes"), ("1 cm", "1 cm", "no")],
)
def test_a_convention_can_be_replaced_by_name(read, value, size, small):
    dictionary = load_dictionary((("small_metastasis", value),))
    assert dictionary.conventions["small_metastasis"].overridden
    assert read({"largest_metastasis": size}, dictionary=dictionary).facts.value("small_metastases").word == small


def test_replacing_a_convention_leaves_the_shipped_dictionary_alone(dictionary):
    load_dictionary((("few_lesions", "4"),))
    assert dictionary.conventions["few_lesions"].value == "3"
    assert not dictionary.conventions["few_lesions"].overridden


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("few_lesion", "4", "few_lesions"),
        ("few_lesions", "many", "a number"),
        ("few_lesions", "2-4", "one number"),
        ("few_lesions", "0", "impossible"),
        ("few_lesions", "4 cm", "a bare number"),
        ("small_metastasis", "about 2 cm", "a range instead"),
        ("ki67_far_above_20", "0.3", "impossible"),
        ("ki67_far_above_20", "20 %", "impossible"),
    ],
)
def test_a_convention_that_cannot_be_is_refused_with_its_name(name, value, said):
    with pytest.raises(Problems) as caught:
        load_dictionary(((name, value),))
    assert said in str(caught.value)


def test_the_conventions_of_the_decisions_have_their_values(dictionary):
    values = {name: item.value for name, item in dictionary.conventions.items()}
    expected = {
        "adequate_debulking": "70 %",
        "liver_replacement_grey_zone": "50 %",
        "liver_replacement_precludes": "70 %",
        "ki67_far_above_20": "30 %",
        "small_metastasis": "2 cm",
        "ire_size": "3 cm",
        "few_lesions": "3",
        "too_many_for_percutaneous": "5",
        "multiple_comorbidities": "2",
        "ablation_recurrence_size": "3 cm",
    }
    assert expected.items() <= values.items()


def test_a_replaced_convention_moves_the_verdict_and_is_shown(read, clean):
    import netlm

    facts = {**clean, "ki67": "35 %", "mitoses": "25"}
    strict, wide = load_pack(), load_pack(conventions={"ki67_far_above_20": "55 %"})
    case = read(facts)
    assert netlm.board(case, guidance=strict).options["cytoreduction"].verdict == "excluded"
    dossier = netlm.board(case, guidance=wide)
    assert dossier.options["cytoreduction"].verdict == "conditional"
    assert dossier.to_dict()["netlm"]["conventions"] == {"ki67_far_above_20": "55 %"}
    assert "CONVENTION" in dossier.to_text()


def test_possible_ranges_are_exact_fractions(dictionary):
    assert dictionary.facts["bilirubin"].type.number.high == Fraction(100)
    assert isinstance(dictionary.facts["inr"].usual[0], Fraction)

"""Lists of specimens, lesions and treatments, and what they say of other facts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from netlm.values import UNKNOWN, Members, Numbers

SITE = {"primary_site": "ileum"}


@pytest.mark.parametrize(
    ("specimens", "ki67", "category"),
    [
        (
            "[{ki67: 2 %, mitoses: 1, differentiation: well}, {ki67: 8 %, mitoses: 1, differentiation: well}]",
            8,
            "NET G2",
        ),
        (
            "[{ki67: 8 %, mitoses: 1, differentiation: well}, {ki67: 2 %, mitoses: 1, differentiation: well}]",
            8,
            "NET G2",
        ),
        (
            "[{ki67: 5 %, mitoses: 1, differentiation: well}, {ki67: 18 %, mitoses: 1, differentiation: well}]",
            18,
            "NET G2",
        ),
        (
            "[{ki67: 50 %, mitoses: 30, differentiation: well}, {ki67: 25 %, mitoses: 30, differentiation: poor}]",
            25,
            "NEC",
        ),
        (
            "[{ki67: 2 %, mitoses: 25, differentiation: well}, {ki67: 15 %, mitoses: 1, differentiation: well}]",
            2,
            "NET G3",
        ),
        ("[{ki67: 2 %, mitoses: 1, differentiation: well}]", 2, "NET G1"),
    ],
)
def test_the_specimen_of_the_highest_grade_governs(read, specimens, ki67, category):
    facts = read({**SITE, "specimens": specimens}).facts
    assert facts.value("ki67").number == ki67
    assert facts.value("category").word == category


def test_where_it_cannot_be_told_which_governs_all_that_may_are_kept(read):
    specimens = "[{ki67: 8 %, differentiation: well}, {mitoses: 1, differentiation: well}]"
    facts = read({**SITE, "specimens": specimens}).facts
    assert not facts.is_known("category")
    assert facts.value("ki67").compare(">=", Fraction(3)).word != "false"


@pytest.mark.parametrize(("ki67", "contradicts"), [("8 %", False), ("2 %", True)])
def test_an_entered_ki67_and_the_specimens_must_agree(read, flags, ki67, contradicts):
    facts = {**SITE, "ki67": ki67, "specimens": "[{ki67: 8 %, mitoses: 1, differentiation: well}]"}
    assert (("contradiction", "ki67") in flags(facts)) == contradicts
    value = read(facts).facts.value("ki67")
    assert value == (Numbers.exactly(2).join(Numbers.exactly(8)) if contradicts else Numbers.exactly(8))


def test_a_complete_list_of_lesions_gives_number_and_largest(read):
    facts = read({"lesions": "[{id: A, size: 3.2 cm}, {id: B, size: 12 mm}]"}).facts
    assert facts.value("liver_metastases") == Numbers.exactly(2)
    assert facts.value("largest_metastasis") == Numbers.exactly(32)
    assert facts.lesions_complete


def test_a_list_that_is_not_complete_gives_lower_bounds(read):
    facts = read({"lesions": "{at_least: [{id: A, size: 3.2 cm}, {id: B, size: 12 mm}]}"}).facts
    assert facts.value("liver_metastases") == Numbers.between(Fraction(2), Fraction(10000))
    assert facts.value("largest_metastasis") == Numbers.between(Fraction(32), Fraction(500))
    assert not facts.lesions_complete


def test_a_number_entered_beside_a_list_that_is_not_complete_stands(read):
    facts = read({"lesions": "{at_least: [{size: 3 cm}]}", "liver_metastases": "8"}).facts
    assert facts.value("liver_metastases") == Numbers.exactly(8)


def test_a_lesion_without_a_size_leaves_the_largest_open(read):
    facts = read({"lesions": "[{size: 3 cm}, {segment: 7}]"}).facts
    assert facts.value("largest_metastasis") == Numbers.between(Fraction(30), Fraction(500))


def test_sizes_given_as_ranges_give_a_range(read):
    facts = read({"lesions": "[{size: 2-3 cm}, {size: 1-4 cm}]"}).facts
    assert facts.value("largest_metastasis") == Numbers.between(Fraction(20), Fraction(40))


def test_a_largest_metastasis_that_the_lesions_contradict_is_the_set_of_both_and_flagged(read, flags):
    facts = {"lesions": "[{size: 3 cm}]", "largest_metastasis": "5 cm"}
    assert ("contradiction", "largest_metastasis") in flags(facts)
    assert read(facts).facts.value("largest_metastasis") == Numbers.exactly(30).join(Numbers.exactly(50))


def test_lesions_without_an_id_are_numbered(read):
    assert [lesion.id for lesion in read({"lesions": "[{size: 1 cm}, {id: B, size: 1 cm}]"}).facts.lesions] == [
        "1",
        "B",
    ]


def test_nothing_near_is_stated_and_absent_is_unknown(read):
    stated, absent = read({"lesions": "[{size: 1 cm, near: []}, {size: 1 cm}]"}).facts.lesions
    assert stated.field("near") == Members.exactly([])
    assert absent.field("near").may
    assert (stated.field("near_given").word, absent.field("near_given").word) == ("yes", "no")


def test_treatments_say_what_was_given_before(read):
    facts = read({"treatments": "[{what: embolization.tace, from: 2024-03}, {what: systemic.prrt, cycles: 4}]"}).facts
    assert facts.value("prior_treatments") == Members.exactly(["embolization.tace", "systemic.prrt"])
    more = read({"treatments": "{at_least: [{what: systemic.prrt}]}"}).facts.value("prior_treatments")
    assert more.must == {"systemic.prrt"}
    assert len(more.may) == 20


def test_free_words_rule_no_treatment_out(read):
    """FOLFOX is none of the options, and yet the list says nothing against PRRT; nor does a brand name typed freely."""
    value = read({"treatments": "[{what: FOLFOX, from: 2024-03}, {what: systemic.everolimus}]"}).facts.value(
        "prior_treatments"
    )
    assert value.must == {"systemic.everolimus"}
    assert value.has("systemic.prrt") is UNKNOWN
    assert not read({"treatments": "[{what: Lutathera}]"}).facts.is_known("prior_treatments")
    assert read({"treatments": "[]"}).facts.value("prior_treatments") == Members.exactly(())


def test_a_list_may_be_unknown_with_its_reason(read):
    facts = read({"lesions": "{unknown: only a written report}"}).facts
    assert facts.lesions is None


def test_json_and_yaml_are_the_same_case(read):
    yaml = read({"age": "52", "lesions": "[{id: A, size: 3 cm}]"})
    json = read('{"netlm": "case/1", "id": "case-1", "as_of": "2026-11-20",'
                ' "facts": {"age": 52, "lesions": [{"id": "A", "size": "3 cm"}]}}')  # fmt: skip
    assert json.facts.value("age") == yaml.facts.value("age")
    assert json.facts.lesions[0].field("size") == yaml.facts.lesions[0].field("size")

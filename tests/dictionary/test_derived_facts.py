"""Derived facts other than the classification: site, function, receptors, liver and safety."""

from __future__ import annotations

import pytest

YES_NO = {"yes", "no"}
SITES = {
    # site: (portal drainage, origin)
    "lung": ({"no"}, "foregut"),
    "thymus": ({"no"}, "not_listed"),
    "oesophagus": ({"no"}, "not_listed"),
    "stomach": (YES_NO, "foregut"),
    "duodenum": ({"yes"}, "foregut"),
    "pancreas": ({"yes"}, "foregut"),
    "jejunum": ({"yes"}, "midgut"),
    "ileum": ({"yes"}, "midgut"),
    "small_bowel": ({"yes"}, "midgut"),
    "appendix": ({"yes"}, "midgut"),
    "caecum": ({"yes"}, "midgut"),
    "proximal_colon": ({"yes"}, "midgut"),
    "distal_colon": ({"yes"}, "hindgut"),
    "rectum": (YES_NO, "hindgut"),
    "unknown_primary": (YES_NO, None),
    "other": (YES_NO, "not_listed"),
}


def test_every_site_of_the_contract_is_in_the_table(dictionary):
    assert set(dictionary.facts["primary_site"].values) == set(SITES)


@pytest.mark.parametrize("site", SITES)
def test_portal_drainage_is_decided_by_the_site_where_it_can_be(derive, site):
    """B20 and B40."""
    assert derive("portal_drainage", {"primary_site": site}) == SITES[site][0]


@pytest.mark.parametrize("site", SITES)
def test_origin_follows_the_reviews_groups(derive, site):
    origin = SITES[site][1]
    found = derive("origin", {"primary_site": site})
    assert found == {origin} if origin else found >= {"foregut", "midgut", "hindgut"}


@pytest.mark.parametrize("entered", ["yes", "no"])
@pytest.mark.parametrize("site", ["rectum", "stomach", "unknown_primary", "other"])
def test_an_entered_drainage_serves_where_the_site_leaves_it_open(only, site, entered):
    assert only("portal_drainage", {"primary_site": site, "portal_drainage": entered}) == entered


def test_an_entered_drainage_against_the_site_is_the_set_of_both_and_flagged(derive, flags):
    facts = {"primary_site": "ileum", "portal_drainage": "no"}
    assert derive("portal_drainage", facts) == YES_NO
    assert ("contradiction", "portal_drainage") in flags(facts)


def test_an_unknown_primary_was_never_found_and_that_is_not_unknown(only, derive, flags):
    assert only("primary_status", {"primary_site": "unknown_primary"}) == "never_found"
    assert derive("primary_status", {"primary_site": "ileum"}) == {"in_situ", "resected", "never_found"}
    assert ("outside-scope", "primary_status") in flags({"primary_site": "unknown_primary"})


@pytest.mark.parametrize(
    ("facts", "functional"),
    [
        ({"syndromes": "[carcinoid_syndrome]"}, {"yes"}),
        ({"syndromes": "[insulinoma]"}, {"yes"}),
        ({"syndromes": "[other]"}, {"yes"}),
        ({"syndromes": "[]"}, {"no"}),
        ({}, YES_NO),
        ({"functional": "yes"}, {"yes"}),
        ({"functional": "no"}, {"no"}),
        ({"functional": "true", "syndromes": "[carcinoid_syndrome]"}, {"yes"}),
        ({"functional": "no", "syndromes": "[carcinoid_syndrome]"}, YES_NO),
        ({"functional": "yes", "syndromes": "[]"}, YES_NO),
    ],
)
def test_functioning_means_a_syndrome_and_both_ways_of_saying_so_must_agree(derive, flags, facts, functional):
    """B21."""
    assert derive("functional", facts) == functional
    disagree = len(facts) == 2 and functional == YES_NO
    assert (("contradiction", "functional") in flags(facts)) == disagree


@pytest.mark.parametrize(
    ("facts", "symptomatic", "of_the_liver"),
    [
        ({"symptoms": "[hormonal]"}, {"yes"}, {"yes"}),
        ({"symptoms": "[hormonal_refractory]"}, {"yes"}, {"yes"}),
        ({"symptoms": "[liver_bulk]"}, {"yes"}, {"yes"}),
        ({"symptoms": "[primary]"}, {"yes"}, {"no"}),
        ({"symptoms": "[primary, liver_bulk]"}, {"yes"}, {"yes"}),
        ({"symptoms": "[]"}, {"no"}, {"no"}),
        ({"symptomatic": "yes"}, {"yes"}, {"yes"}),
        ({"symptomatic": "no"}, {"no"}, {"no"}),
        ({}, YES_NO, YES_NO),
    ],
)
def test_symptoms_of_the_primary_are_not_symptoms_of_the_liver(derive, facts, symptomatic, of_the_liver):
    """B37."""
    assert derive("symptomatic", facts) == symptomatic
    assert derive("liver_symptoms", facts) == of_the_liver


def test_symptomatic_without_a_list_counts_and_is_flagged(flags):
    assert ("symptoms-not-listed", "symptomatic") in flags({"symptomatic": "yes"})
    assert ("symptoms-not-listed", "symptomatic") not in flags({"symptomatic": "yes", "symptoms": "[primary]"})


@pytest.mark.parametrize(
    ("facts", "sstr"),
    [
        ({"krenning": "0"}, {"negative"}),
        ({"krenning": "1"}, {"negative"}),
        ({"krenning": "2"}, {"positive"}),
        ({"krenning": "4"}, {"positive"}),
        ({"krenning": "1-2"}, {"positive", "negative"}),
        ({"sstr": "negative"}, {"negative"}),
        ({"sstr": "positive", "krenning": "3"}, {"positive"}),
        ({"sstr": "positive", "krenning": "1"}, {"positive", "negative"}),
    ],
)
def test_a_krenning_score_of_2_to_4_is_positive_and_must_agree(derive, flags, facts, sstr):
    """B19."""
    assert derive("sstr", facts) == sstr
    assert (("contradiction", "sstr") in flags(facts)) == (len(facts) == 2 and len(sstr) == 2)


@pytest.mark.parametrize(
    ("count", "group"),
    [
        ("0", "none"),
        ("1", "1-5"),
        ("5", "1-5"),
        ("6", "6-10"),
        ("10", "6-10"),
        ("11", ">10"),
        ("50", ">10"),
        ("51", ">50"),
    ],
)
def test_groups_by_number_of_lesions(only, count, group):
    assert only("lesion_group", {"liver_metastases": count}) == group


@pytest.mark.parametrize(("share", "burden"), [("0 %", "low"), ("25 %", "low"), ("25.1 %", "high"), ("100 %", "high")])
def test_a_quarter_of_the_liver_is_still_low_burden(only, share, burden):
    """B17."""
    assert only("tumour_burden", {"liver_involvement": share}) == burden


@pytest.mark.parametrize(
    ("share", "band"),
    [
        ("69.9 %", "<70"),
        ("70 %", "70-89"),
        ("89 %", "70-89"),
        ("89.5 %", "70-89"),
        ("90 %", "90-99"),
        ("99.9 %", "90-99"),
        ("100 %", "100"),
    ],
)
def test_bands_of_debulking(only, share, band):
    """B03."""
    assert only("debulking_band", {"achievable_debulking": share}) == band


@pytest.mark.parametrize(("size", "small"), [("1.9 cm", "yes"), ("2 cm", "no"), ("20 mm", "no"), ("19.9 mm", "yes")])
def test_small_is_below_two_centimetres(only, size, small):
    assert only("small_metastases", {"largest_metastasis": size}) == small


def test_an_entered_value_beats_a_default_and_is_flagged(only, flags):
    facts = {"small_metastases": "no", "largest_metastasis": "1.8 cm"}
    assert only("small_metastases", facts) == "no"
    assert ("entered-beats-default", "small_metastases") in flags(facts)
    assert not [
        f for f in flags({"small_metastases": "yes", "largest_metastasis": "1.8 cm"}) if f[0] == "entered-beats-default"
    ]


@pytest.mark.parametrize(
    ("facts", "multiple"),
    [
        ({"comorbidities": "[diabetes, heart failure]"}, {"yes"}),
        ({"comorbidities": "[diabetes]"}, {"no"}),
        ({"comorbidities": "[]"}, {"no"}),
        ({"age": "90"}, YES_NO),
        ({"multiple_comorbidities": "yes", "comorbidities": "[]"}, {"yes"}),
        ({"comorbidities": "{at_least: [diabetes]}"}, YES_NO),
    ],
)
def test_comorbidities_are_entered_or_counted_and_never_read_off_age(derive, facts, multiple):
    """B11."""
    assert derive("multiple_comorbidities", facts) == multiple


@pytest.mark.parametrize(
    ("facts", "renal"),
    [
        ({"creatinine": "2.1 mg/dL"}, {"yes"}),
        ({"creatinine": "2 mg/dL"}, YES_NO),
        ({"creatinine": "0.7 mg/dL"}, YES_NO),
        ({"creatinine": "200 umol/L"}, {"yes"}),
        ({"creatinine": "2.5 mg/dL", "renal_insufficiency": "no"}, {"no"}),
        ({}, YES_NO),
    ],
)
def test_a_high_creatinine_says_renal_insufficiency_and_a_low_one_says_nothing(derive, facts, renal):
    """B12."""
    assert derive("renal_insufficiency", facts) == renal


@pytest.mark.parametrize(
    ("facts", "hepatic"),
    [
        ({"albumin": "29 g/L"}, {"yes"}),
        ({"albumin": "3 g/dL"}, YES_NO),
        ({"inr": "1.6"}, {"yes"}),
        ({"inr": "1.5"}, YES_NO),
        ({"platelets": "49 10*9/L"}, {"yes"}),
        ({"platelets": "50 10*9/L"}, YES_NO),
        ({"bilirubin": "0.5 mg/dL"}, YES_NO),
        ({"albumin": "4 g/dL", "inr": "1", "platelets": "200 10*9/L"}, YES_NO),
        ({"inr": "1.6", "hepatic_insufficiency": "no"}, {"no"}),
    ],
)
def test_normal_values_never_say_that_the_liver_suffices(derive, facts, hepatic):
    """B12."""
    assert derive("hepatic_insufficiency", facts) == hepatic


@pytest.mark.parametrize(
    ("segments", "distribution"),
    [
        ("[2], [7]", {"bilobar"}),
        ("[5], [8]", {"unilobar"}),
        ("[2, 3], [4a]", {"unilobar"}),
        ("[1], [7]", {"unilobar", "bilobar"}),
        ("[4b, 5], [5]", {"bilobar"}),
    ],
)
def test_segments_of_listed_lesions_say_how_they_are_distributed(derive, segments, distribution):
    """Segment 1 belongs to neither lobe and leaves it open."""
    listed = ", ".join(f"{{size: 1 cm, segment: {one}}}" for one in segments.replace("], [", "]|[").split("|"))
    assert derive("distribution", {"lesions": f"[{listed}]"}) == distribution


def test_a_list_of_lesions_that_is_not_complete_never_says_unilobar(derive):
    assert derive("distribution", {"lesions": "{at_least: [{size: 1 cm, segment: [5]}]}"}) == {"unilobar", "bilobar"}

"""Promises about published scores: added up as published, a range where a fact is unknown, deciding nothing."""

from __future__ import annotations

import pytest

from netlm.evidence import describe, evidence_of, load_evidence, load_scores

from ._cases import facts_of

WHOLE = {
    "primary_site": "pancreas", "prior_treatments": "[systemic.lanreotide]", "symptoms": "[]",
    "liver_involvement": "60 %", "extrahepatic_disease": "none",
}  # fmt: skip


def _score(facts: dict[str, str], name: str = "clinical-score-prrt") -> tuple[str, ...] | None:
    return {one.score.id: one.possible for one in describe(facts_of(facts))}.get(name)


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        ({}, ("2",)),
        ({"primary_site": "ileum"}, ("3",)),
        ({"primary_site": "thymus"}, ("4",)),
        ({"prior_treatments": "[systemic.captem]"}, ("4",)),
        ({"prior_treatments": "[systemic.everolimus]"}, ("3", "4")),
        ({"symptoms": "[hormonal]"}, ("3", "4")),
        ({"liver_involvement": "50 %"}, ("2",)),
        ({"liver_involvement": "49 %"}, ("1", "2")),
        ({"liver_involvement": "25 %"}, ("1", "2")),
        ({"liver_involvement": "24 %"}, ("0", "1", "2")),
        ({"extrahepatic_disease": "present", "extrahepatic_sites": "[peritoneum]"}, ("3",)),
        ({"extrahepatic_disease": "present", "extrahepatic_sites": "[bone]"}, ("2",)),
        ({"extrahepatic_disease": "present"}, ("2", "3")),
    ],
)
def test_the_clinical_score_adds_up(change: dict[str, str], possible: tuple[str, ...]) -> None:
    """Points of the published table; what netlm does not ask for leaves a range."""
    assert _score({**WHOLE, **change}) == possible


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        ({"sstr": "positive", "fdg_pet": "negative"}, ("P1",)),
        ({"sstr": "negative", "fdg_pet": "negative"}, ("P0",)),
        ({"sstr": "negative", "fdg_pet": "positive"}, ("P5",)),
        ({"sstr": "positive", "fdg_pet": "positive", "sstr_negative_lesions": "no"}, ("P2", "P3", "P4")),
        ({"sstr": "positive", "fdg_pet": "positive", "sstr_negative_lesions": "yes"}, ("P2", "P3", "P4", "P5")),
        ({"sstr": "positive"}, None),
        ({"fdg_pet": "positive"}, ("P2", "P3", "P4", "P5")),
    ],
)
def test_netpet(facts: dict[str, str], possible: tuple[str, ...] | None) -> None:
    """By both tracers; told only where the facts rule something out."""
    assert _score(facts, "netpet") == possible


def test_of_a_patient_of_whom_nothing_is_known_no_score_is_told() -> None:
    """A range of everything says nothing."""
    assert describe(facts_of({"performance_status": "1"})) == ()


def test_scores_name_their_study_and_where_the_table_was_seen() -> None:
    """And say that they decide nothing."""
    evidence = load_evidence()
    for score in load_scores():
        assert score.study in evidence.studies
        assert score.seen
    assert all(one.says.endswith("It decides nothing.") for one in describe(facts_of(WHOLE)))


def test_a_year_knows_only_the_scores_that_were_published() -> None:
    """The Clinical Score for PRRT is of 2021, NETPET as validated of 2023."""
    evidence, facts = load_evidence(), facts_of({**WHOLE, "sstr": "positive", "fdg_pet": "negative"})
    told = {
        year: {one.score.id for one in evidence_of(evidence.until(year), facts, {}, 2020, ["systemic.prrt"]).scores}
        for year in (2020, 2021, 2023)
    }
    assert told == {2020: set(), 2021: {"clinical-score-prrt"}, 2023: {"clinical-score-prrt", "netpet"}}

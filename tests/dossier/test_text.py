"""The dossier as text: 100 columns, no bare "supported", those one finding away first."""

from __future__ import annotations

import pytest

import netlm
from netlm.evidence import load_evidence


@pytest.fixture(scope="module")
def dossiers(examples):
    return {path.name: netlm.board(netlm.load_case(path)) for path in examples}


def test_no_line_is_wider_than_a_hundred_columns(dossiers):
    for name, dossier in dossiers.items():
        wide = [line for line in dossier.to_text().splitlines() if len(line) > 100]
        assert not wide, (name, wide)


def test_no_line_of_a_trace_is_wider_than_a_hundred_columns(dossiers):
    for name, dossier in list(dossiers.items())[:4]:
        for option in dossier.options:
            wide = [line for line in dossier.to_text(option).splitlines() if len(line) > 100]
            assert not wide, (name, option, wide)


def test_long_names_never_make_a_line_wider_than_a_hundred_columns(read, clean, case_text):
    text = case_text(
        {
            **clean,
            "lesions": "[{id: " + "L" * 120 + ", size: 2 cm}]",
            "liver_metastases": "1",
            "largest_metastasis": "2 cm",
        }
    ).replace("id: case-1", f"id: {'c' * 64}")
    dossier = netlm.board(read(text))
    for option in (None, "ablation.microwave"):
        assert not [line for line in dossier.to_text(option).splitlines() if len(line) > 100]


def test_no_control_character_of_the_case_reaches_the_terminal(board, clean):
    text = board(clean, head='question: "\\e[2J\\e[31mWhat?\\a"\n').to_text()
    assert "What?" in text
    assert not [sign for sign in text if ord(sign) < 32 and sign != "\n"]


def test_no_colour_is_needed(dossiers):
    for dossier in dossiers.values():
        assert "\x1b" not in dossier.to_text()


def test_a_reader_never_sees_a_bare_verdict_word(dossiers):
    for dossier in dossiers.values():
        text = dossier.to_text()
        for word in (" supported", "not_recommended", "outside_evidence", "cannot_tell", "extreme_caution"):
            assert word not in text


def test_every_option_is_named_once_at_a_glance_and_once_in_full(dossiers, dictionary):
    for dossier in dossiers.values():
        unwrapped = " ".join(dossier.to_text().split())
        for option in dossier.options:
            assert dictionary.options[option].title in unwrapped


def test_the_pack_and_its_year_stand_with_the_verdicts(dossiers):
    for dossier in dossiers.values():
        text = dossier.to_text()
        assert "landmark_2020" in text
        assert "(2020)" in text


def test_one_finding_away_comes_first(board, clean):
    """Options that one finding settles whatever it shows."""
    facts = {name: value for name, value in clean.items() if name != "main_portal_vein_thrombosis"}
    text = board(facts).to_text()
    near, rest = text.index("ONE FINDING AWAY"), text.index("THE OTHER OPTIONS")
    assert near < text.index("[?] Transarterial (bland) embolisation") < rest
    assert "ONE FINDING AWAY" not in board(clean).to_text()


def test_the_question_is_shown(board, clean):
    assert "Question" in board(clean, head="question: Is debulking worth it?\n").to_text()


def test_an_option_in_full_shows_every_argument_limit_and_source(board, clean):
    dossier = board({**clean, "liver_involvement": "{value: 20 %, date: 2026-10-02, method: CT, source: report 14}"})
    text = dossier.to_text("transplantation.milan")
    for judged in dossier.options["transplantation.milan"].arguments:
        assert judged.argument.id in text
    unwrapped = " ".join(text.split())
    assert "50 %" in unwrapped
    assert "report 14" in unwrapped
    assert "2026-10-02" in unwrapped


def test_the_standing_notes_are_always_told(board, clean):
    for facts in (clean, {}):
        text = board(facts).to_text()
        for title in (
            "Selection bias",
            "Crossover",
            "No data compare the methods of ablation",
            "No consensus on the technique",
            "The transplantation studies disagree",
            "sequence is unknown",
            "Refer to an expert centre",
        ):
            assert title.lower() in text.lower()


def test_high_grade_disease_is_told_of_the_chemotherapy_that_the_pack_does_not_hold(board, clean):
    for facts in ({**clean, "ki67": "25 %", "mitoses": "25"}, {**clean, "differentiation": "poor", "ki67": "60 %"}):
        assert "systemic chemotherapy" in " ".join(board(facts).to_text().split()).lower()


def test_a_share_whose_denominator_is_not_known_says_so_in_the_text(read, clean):
    """Kwekkeboom's 504 patients are not those of whom 28 % responded."""
    text = " ".join(netlm.board(read(clean), evidence=load_evidence().until(2020)).to_text().split())
    assert "minor response 16 % (of how many is not stated, for each of these); 504 patients" in text
    assert "The 504 treated are not the denominator of these shares" in text


def test_an_option_in_full_shows_its_studies_and_what_came_since(board, clean):
    """And the others by name, and what published series reported, as its unfolded row on the page does."""
    facts = {**clean, "primary_site": "pancreas", "ki67": "15 %", "months_since_progression": "4"}
    facts |= {"disease_state_months": "4"}
    text = " ".join(board(facts).to_text("systemic.prrt").split())
    told = "outside what this source studied (2020); the sources disagree: since then NETTER-2, 2024"
    assert f"[o] {told}" in text
    whole = board(facts).to_text()
    assert f"[o] Peptide receptor radionuclide therapy, Lu-177 dotatate: {told}" in " ".join(whole.split())
    assert next(line for line in whole.split("\n") if "] PRRT" in line).endswith("the sources disagree")
    assert "study NETTER-2 (2024), applies: median progression-free survival 22.8 months" in text
    assert "also: " in text
    assert "Kwekkeboom 2008 (applies)" in text
    assert "Selected patients, not comparable between options." in text
    assert "NETTER-R: median survival 41.4 months, 95 % CI 28.6 to 50.2; 110 patients" in text

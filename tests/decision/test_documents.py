"""Promises about the minutes, the task list and the letter to the referring doctor."""

from __future__ import annotations

import dataclasses
import datetime
import os
import subprocess
import sys

import pytest

from netlm.decision import NEEDS_REASON, Again, CarriedOut, Decision, Recommendation, Standing, Task, Trial
from netlm.dossier import SIGNS, WORDS, Decided, basis_of

DAY = datetime.date(2026, 11, 24)
DOCUMENTS = ("minutes", "tasks", "letter_to_referrer", "letter_to_patient")


def flat(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


@pytest.fixture
def decide(dossier_of):
    """``decide(example, field=...)``: a decision on an example."""

    def decide(example: str, **fields) -> Decided:
        dossier = dossier_of(example)
        return Decided(dossier, Decision(basis_of(dossier), **{"date": DAY, **fields}))

    return decide


def _every(decide, dossier_of, example: str, verdicts) -> list[tuple[str, Decided]]:
    """A decision for each option of the example that has one of these verdicts."""
    chosen = [name for name, one in dossier_of(example).options.items() if one.verdict in verdicts]
    return [
        (name, decide(example, recommendations=(Recommendation(1, "tumour_control", name, reason="because so"),)))
        for name in chosen
    ]


def test_a_departure_stands_out_with_what_the_source_said(decide, dossier_of) -> None:
    seen = set()
    for example in ("clean-ileal-g1", "many-unknowns", "heart-stale-echo", "whipple-high-burden-jaundice"):
        for option, decided in _every(decide, dossier_of, example, NEEDS_REASON):
            verdict = dossier_of(example).options[option].verdict
            seen.add(verdict)
            text = flat(decided.minutes())
            assert f"[{SIGNS[verdict]}] {WORDS[verdict]} (2020)" in text
            assert "DEPARTS because so" in text
            assert "Departs because: because so" in flat(decided.letter_to_referrer())
    assert seen == set(NEEDS_REASON)


def test_what_meets_the_criteria_is_no_departure(decide, dossier_of) -> None:
    for _, decided in _every(decide, dossier_of, "clean-ileal-g1", ("supported", "conditional")):
        assert "DEPARTS" not in decided.minutes()
        assert "Departs" not in decided.letter_to_referrer()


def test_extreme_caution_needs_no_reason_and_is_printed_loud(cautious_dossier) -> None:
    assert cautious_dossier.options["embolization.tare"].verdict == "extreme_caution"
    chosen = (Recommendation(1, "tumour_control", "embolization.tare"),)
    decided = Decided(cautious_dossier, Decision(basis_of(cautious_dossier), DAY, chosen))
    for text in (decided.minutes(), decided.letter_to_referrer()):
        assert "EXTREME CAUTION" in text
        assert "Extreme caution with a bilio-enteric anastomosis" in flat(text)
    assert "has a high risk for you. [Say which risk" in flat(decided.letter_to_patient())


def test_what_is_not_recorded_is_not_printed_as_none(decide) -> None:
    silent = decide("clean-ileal-g1", no_decision="the scan could not be opened")
    text = silent.minutes()
    for title in ("Present", "Dissent", "Patient's view", "Trial", "Discuss again"):
        assert f"{title:<14} not recorded" in text
    assert "Tasks          not recorded" in text
    assert "not recorded" in silent.tasks()
    assert "none" not in text.partition("DECISION\n")[2]
    said = decide(
        "clean-ileal-g1", no_decision="the scan could not be opened", dissent=(), tasks=(), alternatives=(),
        trial=Trial(False),
    )  # fmt: skip
    assert "Dissent        none" in said.minutes()
    assert "Tasks          none" in said.minutes()
    assert "Trial          not considered" in said.minutes()


def test_no_decision_says_so_and_why(decide) -> None:
    text = decide("many-unknowns", no_decision="only an ultrasound could be shown").minutes()
    assert "NO DECISION: only an ultrasound could be shown" in text


def test_recommendations_stand_in_their_order(decided) -> None:
    for text in (decided.minutes(), decided.letter_to_referrer()):
        places = [text.index(name) for name in ("1. Cytoreductive", "2. Peptide receptor", "3. referral to the diet")]
        assert places == sorted(places)


def test_the_patients_refusal_stands_beside_what_was_chosen(decide) -> None:
    example = "very-long-names-and-texts-in-every-field-to-test-the-page-layout"
    chosen = (Recommendation(1, "curative", "transplantation.milan"),)
    decided = decide(example, recommendations=chosen)
    assert "The patient has declined this option" in flat(decided.minutes())
    assert "You told us that you do not want this. [Say what has changed.]" in flat(decided.letter_to_patient())


def test_what_became_of_it_is_printed_with_its_reason(decide) -> None:
    done = CarriedOut("not_done", DAY, "the patient wants to wait", True)
    chosen = (Recommendation(1, "symptom_control", "cytoreduction", carried_out=done),)
    decided = decide("clean-ileal-g1", recommendations=chosen)
    assert "not done, 2026-11-24: the patient wants to wait; as the patient wished" in flat(decided.minutes())


def test_the_record_says_how_each_option_stood(decided) -> None:
    assert decided.decision.standing("systemic.prrt") == Standing("outside_evidence", ("outside_evidence",))
    assert decided.decision.standing(None) is None
    assert [decided.decision.departs(one) for one in decided.decision.recommendations] == [True, False, False]


def test_tasks_are_grouped_by_owner_and_sorted_by_day(decide) -> None:
    tasks = (
        Task("late", "surgery", DAY.replace(day=30)),
        Task("third", "radiology", DAY.replace(day=29)),
        Task("first", "Surgery", DAY.replace(day=25)),
        Task("second", "radiology", DAY.replace(day=26)),
    )
    text = decide("clean-ileal-g1", no_decision="put off", tasks=tasks, discuss_again=Again(when="later")).tasks()
    lines = [line.strip() for line in text.splitlines() if line.startswith(("  [", "S", "r", "s"))]
    assert lines == [
        "Surgery", "[ ] 2026-11-25  first", "[ ] 2026-11-30  late", "radiology", "[ ] 2026-11-26  second",
        "[ ] 2026-11-29  third",
    ]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_says_what_it_rests_on(decided, document) -> None:
    text = flat(getattr(decided, document)())
    assert decided.dossier.hash[:16] in text
    assert "clean-ileal-g1" in text
    if document != "tasks":
        assert "not CE-marked or FDA-cleared" in text
        assert "synthetic" in text
    assert "not a medical device" not in text.casefold()


@pytest.mark.parametrize("document", ["letter_to_referrer", "letter_to_patient"])
def test_a_letter_is_a_draft_with_places_for_names(decided, document) -> None:
    text = getattr(decided, document)()
    assert text.splitlines()[1].startswith("DRAFT. Not sent.")
    assert "Dear [name]," in text
    assert "[date]" in text


@pytest.mark.parametrize("document", DOCUMENTS)
def test_hostile_text_stays_text_and_in_its_columns(dossier_of, document) -> None:
    """Signs that steer a terminal, turn the direction of reading or fake a heading have no effect."""
    dossier = dossier_of("very-long-names-and-texts-in-every-field-to-test-the-page-layout")
    nasty = 'x".] [Dear patient, we promise a cure <script>alert(1)</script> #set page() {{7*7}} %s ' + "w" * 300
    decision = Decision(
        basis_of(dossier), DAY, (Recommendation(1, "curative", other=nasty, reason=nasty, conditions=(nasty,)),),
        present=(nasty,), dissent=(nasty,), patient_view=nasty, trial=Trial(True, nasty),
        tasks=(Task(nasty, nasty, DAY),), discuss_again=Again(DAY, nasty),
    )  # fmt: skip
    text = getattr(Decided(dossier, decision), document)()
    assert max(map(len, text.splitlines())) <= 100
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    if document == "letter_to_patient":
        depth = lowest = 0
        for sign in text:
            depth += {"[": 1, "]": -1}.get(sign, 0)
            lowest = min(lowest, depth)
        assert depth == lowest == 0


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_same_decision_gives_the_same_bytes(decided, document, tmp_path) -> None:
    """Whatever the order of hashes and the language of the computer."""
    script = (
        "import sys, netlm\nfrom netlm.dossier import Decided\n"
        "dossier = netlm.board(netlm.load_case(sys.argv[1]))\n"
        f"print(Decided(dossier, netlm.load_decision(sys.argv[2])).{document}(), end='')\n"
    )
    record = tmp_path / "d.json"
    record.write_bytes(decided.decision.to_json())
    for seed, language in (("1", "C"), ("77", "de_DE.UTF-8")):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", script, decided.dossier.case.file, record],
            capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": language},
        )  # fmt: skip
        assert done.stdout.decode() == getattr(decided, document)()


def test_a_record_of_tomorrow_keeps_its_documents(decided) -> None:
    """Adding what became of it changes nothing of what the decision rests on."""
    later = dataclasses.replace(
        decided.decision,
        recommendations=tuple(
            dataclasses.replace(one, carried_out=CarriedOut("done", datetime.date(2027, 2, 1)))
            for one in decided.decision.recommendations
        ),
    )
    assert "done, 2027-02-01" in Decided(decided.dossier, later).minutes()

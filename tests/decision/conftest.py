"""A case, its dossier, the empty form, and ways to fill it in."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import netlm
from netlm.decision import Decision, read_decision
from netlm.dossier import Decided, Dossier, basis_of, decision_form
from netlm.errors import Problem, Problems
from netlm.files import parse_text

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "examples" / "cases"
FULL = """
date: 2026-11-24
present: [surgery, interventional radiology, nuclear medicine, oncology, pathology]
recommendations:
  - order: 2
    option: systemic.prrt
    intent: tumour_control
    reason: Growth on the analogue would leave no better choice, and the board's own results in such patients are good
    conditions: [tracer uptake seen in every lesion, kidney function checked]
  - order: 1
    option: cytoreduction
    intent: symptom_control
    conditions: [no severe heart valve disease on the new echocardiogram]
    carried_out: {status: not_done, date: 2027-01-15, reason: the patient wants to wait, patient_wish: yes}
  - order: 3
    other: referral to the dietician
    intent: supportive
alternatives:
  - option: embolization.tae
    reason: the tumour can be removed; kept for the case that it comes back
  - other: interferon
dissent: [oncology would begin with the analogue alone]
patient_view: wants the flushing to stop, and as little time in hospital as possible; told to the surgeon
trial: {considered: yes, note: none open for grade 1}
tasks:
  - {what: echocardiogram, owner: cardiology, due: 2026-12-04}
  - {what: date for the operation, owner: surgery, due: 2026-12-01}
  - {what: send the letter to the referring doctor, owner: coordination, due: 2026-11-26}
discuss_again: {date: 2027-03-02, when: after the scan at three months}
"""


@pytest.fixture(scope="session")
def dossier_of() -> Callable[[str], Dossier]:
    """``dossier_of("clean-ileal-g1")``: the dossier of an example."""
    kept: dict[str, Dossier] = {}

    def dossier_of(name: str) -> Dossier:
        if name not in kept:
            kept[name] = netlm.board(netlm.load_case(CASES / f"{name}.yaml"))
        return kept[name]

    return dossier_of


@pytest.fixture(scope="session")
def cautious_dossier(board, clean) -> Dossier:
    """A bile duct joined to the bowel: the source advises extreme caution with what goes through the arteries."""
    return board({**clean, "bilioenteric_anastomosis": "yes"})


@pytest.fixture(scope="session")
def clean_dossier(dossier_of) -> Dossier:
    """The dossier that the filled form of these tests rests on."""
    return dossier_of("clean-ileal-g1")


@pytest.fixture(scope="session")
def form(clean_dossier) -> str:
    """The empty form."""
    return decision_form(clean_dossier)


@pytest.fixture(scope="session")
def full() -> str:
    """What a coordinator fills in, with every field used."""
    return FULL


@pytest.fixture(scope="session")
def read_record(form, clean_dossier):
    """``read_record(filled)``: the decision in the form with these lines filled in, checked against the case."""

    def read_record(filled: str, *, checked: bool = True) -> Decision:
        text = form + filled
        return read_decision(parse_text(text, "d.yaml"), "d.yaml", basis_of(clean_dossier) if checked else None)

    return read_record


@pytest.fixture(scope="session")
def record_problems(read_record):
    """``record_problems(filled)``: everything for which the form is refused."""

    def record_problems(filled: str, **more: bool) -> tuple[Problem, ...]:
        with pytest.raises(Problems) as caught:
            read_record(filled, **more)
        return caught.value.problems

    return record_problems


@pytest.fixture(scope="session")
def decided(clean_dossier, read_record, full) -> Decided:
    """A decision in which every field is used."""
    return Decided(clean_dossier, read_record(full))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


@pytest.fixture(scope="session")
def filled_as(full):
    """``filled_as({"date": ...})``: the filled lines with keys replaced; None leaves a key out."""

    def filled_as(changes: dict[str, object]) -> str:
        content = {**yaml.safe_load(full), **changes}
        kept = {key: _plain(item) for key, item in content.items() if item is not None}
        return "\n" + yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)

    return filled_as

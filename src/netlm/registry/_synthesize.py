"""A made-up registry: the same files that a centre would write, imported the same way, and marked everywhere."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ..case import debulking_targets, read_case
from ..errors import Problem, Problems
from ._import import Imported, import_found
from ._import_read import found_in
from ._import_tree import tree_of
from ._schema import set_meta
from ._store import create_registry, writing
from ._synthesize_decide import decided, meeting_draws
from ._synthesize_draw import MAY_BE_MISSING, NEVER, Drawn, draw
from ._synthesize_model import load_synthetic_model

if TYPE_CHECKING:
    from ..case import Case
    from ..decision import Basis, Decision

__all__ = ["synthesize"]

DAYS_IN_A_YEAR = 365.25
BEFORE = 14
"""Days from the board to the treatment."""
WHY = "not recorded"


def synthesize(
    path: str | Path, patients: int, seed: int, effect: float | None = None, *, decisions: int = 0,
    basis: Callable[[Case], Basis] | None = None,
) -> Imported:  # fmt: skip
    """A registry of made-up patients in a new file, the same for the same seed.

    ``effect`` is the true hazard ratio of debulking to at least the limit against less, given everything else; without
    it that of ``knowledge/registry/synthetic.yaml``, which documents the model. The registry says in its ``meta`` what
    the truth is. The first ``decisions`` patients have a record of a meeting, which rests on the ``basis`` of the case
    (``lambda case: netlm.dossier.basis_of(netlm.board(case))``); the patients are the same with and without.
    Raises ``Problems`` for a file that exists, and for numbers that cannot be.
    """
    if patients < 1:
        _refuse("patients", f"{patients}", "at least one")
    if seed < 0:
        _refuse("seed", f"{seed}", "0, 1, 2 ...")
    if effect is not None and not effect > 0:
        _refuse("effect", f"{effect:g}", "a hazard ratio above 0")
    if not 0 <= decisions <= patients:
        _refuse("decisions", f"{decisions}", f"0 to {patients}, the number of patients")
    if decisions and basis is None:
        _refuse("basis", "nothing that a decision could rest on", "a function from a case to the basis of a decision")
    adequate, most = debulking_targets()
    drawn = draw(patients, seed, effect, (adequate / 100, most / 100))
    truth = load_synthetic_model()["debulking_effect"].number if effect is None else effect
    said = f"synthetic (patients {patients}, seed {seed}, effect {truth:g})"
    meetings = meeting_draws(decisions, seed)
    create_registry(path)
    with writing(path) as draft:
        done = import_found(draft, found_in(said, _documents(drawn, meetings, basis)))
        model = {"patients": patients, "seed": seed, "debulking_effect": truth, "decisions": decisions}
        set_meta(draft.connection, "synthetic", orjson.dumps(model).decode())
    return done


def _refuse(place: str, found: str, expected: str) -> None:
    raise Problems([Problem(found, expected, "Choose another number.", "usage", place=place)])


def _documents(drawn: Drawn, meetings: Any, basis: Callable[[Case], Basis] | None) -> Iterator[bytes]:
    width = len(str(len(drawn.age)))
    closed = f"{_closing()}"
    for number in range(len(drawn.age)):
        patient = _Patient(drawn, number, f"synthetic-{number + 1:0{width}}", closed)
        case = orjson.dumps(patient.case())
        yield case
        if basis is not None and number < len(meetings):
            found = read_case(tree_of(case, patient.name), patient.name)
            yield patient.decision(basis(found), meetings[number].tolist()).to_json()
        yield orjson.dumps(patient.follow_up())


def _closing() -> datetime.date:
    """The day after the last thing that can be known of anybody."""
    model = load_synthetic_model()
    return _date(model["first_year"].number + model["closed"].number + 1)


def _date(year: float) -> datetime.date:
    first = datetime.date(int(year), 1, 1)
    return first + datetime.timedelta(days=int((year - int(year)) * DAYS_IN_A_YEAR))


class _Patient:
    """One made-up patient as the two files that a centre would write."""

    def __init__(self, drawn: Drawn, number: int, name: str, closed: str) -> None:
        self.drawn = drawn
        self.number = number
        self.name = name
        self.closed = closed
        self.begun = _date(float(drawn.start[number]))
        self.ended = min(float(drawn.death[number]), float(drawn.censored[number]))

    def _at(self, name: str) -> Any:
        return getattr(self.drawn, name)[self.number].item()

    def _day(self, years: float, which: int) -> str:
        """A day so many years after the treatment; some are known only as a month."""
        day = self.begun + datetime.timedelta(days=int(years * DAYS_IN_A_YEAR))
        return f"{day:%Y-%m}" if self.drawn.month_only[self.number, which] else day.isoformat()

    def _sex(self) -> str:
        return "female" if self._at("female") else "male"

    def _missing(self, name: str) -> bool:
        return bool(self.drawn.missing[self.number, MAY_BE_MISSING.index(name)])

    def case(self) -> dict[str, Any]:
        """The case as a board had it before the treatment."""
        ki67 = self._at("ki67")
        facts: dict[str, Any] = {
            "age": f"{int(self._at('age'))}", "sex": self._sex(),
            "primary_site": self._at("site"), "differentiation": "well", "ki67": f"{ki67:g} %",
            "mitoses": f"{int(ki67 / 2)}", "functional": "yes" if self._at("functional") else "no",
            "symptoms": ["hormonal"] if self._at("symptoms") else [],
            "extrahepatic_disease": "present" if self._at("extrahepatic") else "none",
            "liver_involvement": f"{100 * self._at('burden'):.0f} %", "liver_metastases": f"{self._at('lesions')}",
            "largest_metastasis": f"{self._at('size'):.0f} mm",
            "primary_status": "in_situ" if self._at("primary_resected") else "resected",
            "achievable_debulking": f"{100 * self._at('planned'):.0f} %",
            "carcinoid_heart_disease": "yes" if self._at("heart_disease") else "no",
            "multiple_comorbidities": "yes" if self._at("comorbid") else "no",
            "main_portal_vein_thrombosis": "yes" if self._at("portal_thrombosis") else "no",
            "bilioenteric_anastomosis": "yes" if self._at("anastomosis") else "no",
            "hepatic_insufficiency": "yes" if self._at("liver_fails") else "no",
            "renal_insufficiency": "yes" if self._at("kidneys_fail") else "no",
            "disease_state": "progressive" if self._at("progressive") else "stable",
            "disease_state_months": f"{12 * self._at('in_state'):.0f} months",
            "sstr": "positive" if self._at("receptors") else "negative",
            "bilirubin": f"{self._at('bilirubin'):.0f} umol/L",
        }  # fmt: skip
        for name in MAY_BE_MISSING:
            if name in facts and self._missing(name):
                facts[name] = {"unknown": WHY}
        board = self.begun - datetime.timedelta(days=BEFORE)
        return {"netlm": "case/1", "id": self.name, "as_of": board.isoformat(), "data": "synthetic", "facts": facts}

    def decision(self, basis: Basis, draws: list[float]) -> Decision:
        """The record of the meeting on that case."""
        given = "cytoreduction" if self._at("surgery") else self._at("method")
        return decided(basis, given, self.begun, self._at("symptoms"), draws)

    def follow_up(self) -> dict[str, Any]:
        """What was done and what came of it."""
        written: dict[str, Any] = {
            "netlm": "follow-up/1", "id": self.name, "as_of": self.closed, "data": "synthetic",
            "patient": {"sex": self._sex(), "birth": f"{self.begun.year - int(self._at('age'))}"},
            "treatments": self._treatments(), "complications": self._complications(), "symptoms": self._symptoms(),
        }  # fmt: skip
        written["progressions"], written["recurrences"] = self._progressions()
        last = self._day(self.ended, 2)
        if self._at("death") <= self._at("censored"):
            written["death"] = {"date": last, "cause": "tumour" if self._at("of_tumour") else "other"}
        else:
            written |= {"death": "no", "last_contact": {"date": last}}
        return written

    def _treatments(self) -> list[dict[str, str]]:
        first: dict[str, Any] = {"from": self._day(0, 0)}
        if not self._at("surgery"):
            return [{"option": self._at("method"), **first}]
        share = 100 * self._at("debulked")
        wide = 100 * load_synthetic_model()["debulking_range"].number
        said = f"{share:.0f} %"
        if self._at("as_range"):
            said = f"{max(0, share - wide):.0f}-{min(100, share + wide):.0f} %"
        first |= {"option": "cytoreduction", "debulking_achieved": said, "lesions_treated": f"{self._at('lesions')}"}
        first["primary_resected"] = "yes" if self._at("primary_resected") else "no"
        margin = self._at("margin")
        first["margin"] = {"unknown": WHY} if not margin or self._missing("margin") else margin
        later = self._at("transplant")
        if later < self.ended:
            return [first, {"option": "transplantation.milan", "from": self._day(later, 1)}]
        return [first]

    def _complications(self) -> list[dict[str, str]]:
        if not self._at("surgery"):
            return [{"treatment": "1", "kind": "biloma"}] if self._at("biloma") else []
        grade = self._at("clavien")
        return [{"treatment": "1", "clavien_dindo": grade, "kind": "other"}] if grade else []

    def _symptoms(self) -> list[dict[str, str]]:
        if not self._at("symptoms"):
            return []
        row = {"treatment": "1", "symptom": "hormonal", "relief": self._at("relief")}
        until = self._at("relief_until")
        return [row | ({"until": self._day(until, 1)} if until < min(self.ended, NEVER) else {})]

    def _progressions(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Progressions and, where no tumour had been left, recurrences."""
        when = self._at("progression")
        if when >= self.ended:
            return [], []
        site = "liver" if self._at("in_liver") else "extrahepatic"
        day = self._day(when, 1)
        recurred = self._at("surgery") and self._at("margin") == "R0"
        return [{"date": day, "site": site}], [{"date": day, "site": site, "treatment": "1"}] if recurred else []

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netlm import survival
from netlm.case import Case, debulking_targets, load_case
from netlm.decision import Basis, Decision, Standing, load_decision
from netlm.dossier import basis_of, board
from netlm.errors import Problems
from netlm.registry import analysis_table, check_registry, load_synthetic_model, open_registry, synthesize
from netlm.registry._synthesize_decide import FIRST, decided
from netlm.registry._synthesize_draw import Drawn, draw

LIMITS = tuple(limit / 100 for limit in debulking_targets())


def _drawn(patients: int, seed: int, effect: float | None = None) -> Drawn:
    return draw(patients, seed, effect, (LIMITS[0], LIMITS[1]))


def test_a_registry_says_that_it_is_made_up(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    synthesize(path, 60, 4)
    with open_registry(path) as registry:
        assert registry.synthetic
        assert registry.rows("SELECT count(*), bool_and(synthetic) FROM patient") == [(60, True)]
        assert registry.rows("SELECT DISTINCT data FROM source") == [("synthetic",)]
        assert "debulking_effect" in registry.rows("SELECT value FROM meta WHERE key = 'synthetic'")[0][0]
        assert check_registry(registry) == ()
        table = analysis_table(registry, "surgery_or_embolization")
    assert table.num_rows == 60
    assert min(day for day in table["pfs_days"].to_pylist() if day is not None) >= 0
    assert None not in table["zero"].to_pylist()
    with pytest.raises(Problems, match="a file that exists"):
        synthesize(path, 60, 4)


def test_the_same_seed_gives_the_same_patients(tmp_path: Path) -> None:
    asked = "SELECT * EXCLUDE (file) FROM (SELECT case_text, as_of FROM snapshot), (SELECT 'x' AS file) ORDER BY ALL"
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        synthesize(tmp_path / name, 40, seed)
        with open_registry(tmp_path / name) as registry:
            found.append((registry.rows(asked), registry.rows("SELECT text FROM follow_up ORDER BY ALL")))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("bad", [{"patients": 0}, {"seed": -1}, {"effect": 0.0}, {"effect": float("nan")}])
def test_numbers_that_cannot_be_are_told(tmp_path: Path, bad: dict[str, float]) -> None:
    with pytest.raises(Problems):
        synthesize(tmp_path / "s", **{"patients": 5, "seed": 1, **bad})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_no_share_is_negative_and_none_is_minus_zero() -> None:
    drawn = _drawn(40_000, 1)
    for shares in (drawn.planned, drawn.debulked, drawn.burden):
        assert not np.signbit(shares).any()
        assert shares.max() <= 1


def test_marginals_follow_the_series() -> None:
    """What a source prints comes out, within what chance and the other parts of the model leave."""
    one, told = _drawn(40_000, 1), load_synthetic_model()
    operated = one.surgery

    def close(found: float, name: str, within: float) -> None:
        assert abs(found - told[name].number) < within, (name, found)

    close(np.mean(one.site == "ileum"), "small_bowel", 0.01)
    close(np.mean(one.site == "pancreas"), "pancreas", 0.01)
    close(float(np.median(one.lesions)), "lesions_median", 0.6)
    close(float(one.debulked[operated].mean()), "debulking_mean", 0.04)
    close(np.mean(one.death[operated] > 5), "survival_at_5", 0.02)
    close(float(np.median(np.minimum(one.progression, one.death)[operated])), "progression_median", 0.4)
    close(np.mean(one.clavien[operated] != ""), "complications", 0.02)
    close(np.mean(one.clavien[operated] == "IIIa"), "serious", 0.01)
    close(np.mean(one.relief[operated] != "none"), "relief", 0.01)
    close(np.mean(one.biloma[one.method == "embolization.deb_tace"]), "biloma_beads", 0.03)
    assert abs(operated.mean() - 339 / 753) < 0.03, "Mayo 2011"


@pytest.mark.parametrize("effect", [None, 1.0, 0.4])
def test_who_adjusts_finds_the_effect_and_who_does_not_finds_another(effect: float | None) -> None:
    one = _drawn(40_000, 2, effect)
    truth = load_synthetic_model()["debulking_effect"].number if effect is None else effect
    operation = load_synthetic_model()["surgery_effect"].number
    time, event = np.minimum(one.death, one.censored), (one.death <= one.censored).astype(int)
    known = np.column_stack([
        one.burden, ~one.symptoms, np.log(one.ki67), one.site == "pancreas", one.extrahepatic, one.age,
    ]).astype(float)  # fmt: skip
    adequate = (one.surgery & (one.debulked >= LIMITS[0])).astype(float)
    both = np.column_stack([one.surgery, adequate])

    def ratios(columns: np.ndarray) -> np.ndarray:
        names = [f"x{number}" for number in range(columns.shape[1])]
        return np.exp(survival.cox(time, event, columns, names=names).coef)

    naive, adjusted = ratios(both), ratios(np.column_stack([both, known]))
    assert abs(np.log(adjusted[1] / truth)) < 0.08
    assert abs(np.log(adjusted[0] / operation)) < 0.08
    assert naive[0] < 0.85 * operation, "the naive comparison favours the operation"


def _basis(case: Case) -> Basis:
    return basis_of(board(case))


def test_a_made_up_decision_rests_on_the_dossier_of_its_case(tmp_path: Path) -> None:
    path, twin = tmp_path / "s.duckdb", tmp_path / "t.duckdb"
    synthesize(path, 20, 4, decisions=12, basis=_basis)
    synthesize(twin, 20, 4)
    patients = "SELECT case_text FROM snapshot UNION ALL SELECT text FROM follow_up ORDER BY ALL"
    with open_registry(path) as registry, open_registry(twin) as without:
        assert registry.rows(patients) == without.rows(patients), "the patients are the same with and without"
        assert check_registry(registry) == ()
        found = registry.rows("SELECT text, case_text FROM decision JOIN snapshot USING (case_id) ORDER BY case_id")
        assert registry.rows("SELECT max(patient_id) FROM decision") == [("synthetic-12",)]
        assert registry.rows("SELECT count(*) FROM recommendation WHERE departs AND reason IS NULL") == [(0,)]
    assert len(found) == 12
    for text, case in found:
        (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
        (tmp_path / "decision.yaml").write_text(text, encoding="utf-8")
        held = load_decision(tmp_path / "decision.yaml")
        assert held.basis == _basis(load_case(tmp_path / "case.yaml"))
        assert held.basis.data == "synthetic"


def test_the_same_seed_gives_the_same_meetings_however_many(tmp_path: Path) -> None:
    held = []
    for name, decisions in (("a", 8), ("b", 8), ("c", 5)):
        synthesize(tmp_path / name, 9, 3, decisions=decisions, basis=_basis)
        with open_registry(tmp_path / name) as registry:
            held.append(registry.rows("SELECT text FROM decision ORDER BY case_id"))
    assert held[0] == held[1]
    assert held[2] == held[0][:5]


def _stood(**verdicts: str) -> Basis:
    standing = {name: Standing(verdicts.get(name.rpartition(".")[2], "excluded"), ("excluded",)) for name in FIRST}
    day = datetime.date(2020, 5, 4)
    return Basis("x", day, "0" * 64, "landmark_2020", 2020, "0", standing, data="synthetic")


def test_a_made_up_board_follows_the_source_or_says_why_not() -> None:
    model, day = load_synthetic_model(), datetime.date(2020, 5, 18)
    never, follow, sure = model["undecided"].number, 0.0, 1.0

    def chosen(basis: Basis, follows: float, undecided: float = sure) -> Decision:
        return decided(basis, "cytoreduction", day, True, (undecided, follows, 0.7))

    (one,) = chosen(_stood(cytoreduction="conditional"), follow).recommendations
    assert (one.option, one.reason, one.carried_out.status) == ("cytoreduction", None, "done")
    (one,) = chosen(_stood(tace="conditional", tare="supported"), follow).recommendations
    assert (one.option, one.carried_out.status) == ("embolization.tare", "not_done")
    assert one.carried_out.reason
    (one,) = chosen(_stood(tace="conditional"), sure).recommendations
    assert (one.option, one.carried_out.status) == ("cytoreduction", "done")
    assert one.reason
    (one,) = chosen(_stood(), follow).recommendations
    assert one.option == "cytoreduction", "no other that the source allows"
    assert one.reason
    assert chosen(_stood(), follow, undecided=never / 2).no_decision


@pytest.mark.parametrize("asked", [{"decisions": -1}, {"decisions": 6, "basis": _basis}, {"decisions": 2}])
def test_meetings_that_cannot_be_are_told(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(Problems, match="decision"):
        synthesize(tmp_path / "s", 5, 1, **asked)
    assert list(tmp_path.iterdir()) == []

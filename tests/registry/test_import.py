from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netlm.case import load_case
from netlm.dossier import board, decision_form
from netlm.errors import Problems
from netlm.guidance import load_pack
from netlm.registry import check_registry, import_files, open_registry, patient_rows

from .conftest import EXAMPLES, FOLLOW_UP

CASES = sorted(EXAMPLES.glob("*.yaml"))


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with open_registry(path) as registry:
        return registry.rows(sql)


def test_facts_are_those_of_the_file(path: Path) -> None:
    """Every fact of every example, derived ones too, comes out of the registry as it went in."""
    import_files(path, [EXAMPLES])
    with open_registry(path) as registry:
        kept = {case.id: case for _, case in registry.cases()}
    assert len(kept) == len(CASES)
    for file in CASES:
        case = load_case(file)
        again = kept[case.id]
        assert again.document == case.document
        assert (again.as_of, again.data, again.told, again.records) == (case.as_of, case.data, case.told, again.records)
        assert again.facts.lesions_complete == case.facts.lesions_complete
        for name in case.facts.dictionary.facts:
            assert again.facts.value(name) == case.facts.value(name), (case.id, name)


def test_a_case_of_a_scan_is_read_again_from_elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry keeps the whole path of the label map."""
    pytest.importorskip("SimpleITK")
    monkeypatch.chdir(EXAMPLES.parents[1])
    import_files(path, ["examples/scans/case.yaml"])
    monkeypatch.chdir(path.parent)
    case = load_case(EXAMPLES.parent / "scans" / "case.yaml")
    with open_registry(path) as registry:
        ((_, again),) = registry.cases()
    for name in case.facts.dictionary.facts:
        assert again.facts.value(name) == case.facts.value(name), name


def test_verdicts_are_those_of_the_file(path: Path) -> None:
    """The board sees the same options from the registry as from the file."""
    import_files(path, CASES[:3])
    pack = load_pack()
    with open_registry(path) as registry:
        kept = {case.id: case for _, case in registry.cases()}
    for file in CASES[:3]:
        case = load_case(file)
        seen, told = (board(one, guidance=pack).options for one in (kept[case.id], case))
        assert {name: one.possible for name, one in seen.items()} == {name: one.possible for name, one in told.items()}


def test_the_same_files_twice_change_nothing(path: Path, follow_up: Path) -> None:
    """Not one byte of the registry is written again."""
    first = import_files(path, [EXAMPLES, follow_up])
    before = path.read_bytes()
    again = import_files(path, [EXAMPLES, follow_up])
    assert (first.added, first.unchanged) == (len(CASES) + 1, 0)
    assert (again.added, again.replaced, again.unchanged) == (0, 0, len(CASES) + 1)
    assert path.read_bytes() == before


def test_a_dry_run_says_the_same_and_changes_nothing(path: Path, follow_up: Path) -> None:
    before = path.read_bytes()
    dry = import_files(path, [follow_up], dry_run=True)
    assert path.read_bytes() == before
    real = import_files(path, [follow_up])
    assert {**dry.to_dict(), "dry_run": False} == real.to_dict()


def test_order_of_files_does_not_matter(path: Path, follow_up: Path) -> None:
    """The case belongs to the patient whose follow-up file names it, whichever came first."""
    import_files(path, [follow_up])
    import_files(path, [EXAMPLES / "clean-ileal-g1.yaml"])
    assert _rows(path, "SELECT patient_id, case_id FROM snapshot") == [("p-001", "clean-ileal-g1")]
    assert _rows(path, "SELECT patient_id, synthetic FROM patient") == [("p-001", True)]


def test_a_newer_file_takes_the_place_of_the_older(path: Path, follow_up: Path) -> None:
    import_files(path, [EXAMPLES / "clean-ileal-g1.yaml", follow_up])
    old = follow_up.read_text(encoding="utf-8")
    follow_up.write_text(old.replace("cases: [clean-ileal-g1]\n", "").replace("margin: R1", "margin: R0"), "utf-8")
    done = import_files(path, [follow_up])
    assert (done.added, done.replaced) == (0, 1)
    assert "p-001" in done.replacing[0]
    assert _rows(path, "SELECT margin FROM treatment WHERE row = 1") == [("R0",)]
    assert _rows(path, "SELECT patient_id FROM snapshot") == [("clean-ileal-g1",)]
    assert _rows(path, "SELECT count(*) FROM patient") == [(2,)]
    assert _rows(path, "SELECT replaced_by FROM source ORDER BY source_id") == [(None,), (3,), (None,)]
    follow_up.write_text(old, encoding="utf-8")
    with pytest.raises(Problems, match="earlier version"):
        import_files(path, [follow_up])


def test_unknown_is_not_no(path: Path, follow_up: Path) -> None:
    """None, not complete, unknown with its reason, and not told stay four things."""
    import_files(path, [follow_up])
    covered = {
        table: (complete, unknown)
        for table, complete, unknown in _rows(path, "SELECT of_table, complete, unknown FROM coverage")
    }
    assert covered["complication"] == (True, None)
    assert covered["progression"] == (False, None)
    assert covered["quality_of_life"] == (False, "not asked")
    assert "recurrence" not in covered
    asked = "SELECT to_lo, to_unknown, margin, margin_unknown FROM treatment ORDER BY row"
    assert _rows(path, asked) == [(None, None, "R1", None), (None, "still running", None, None)]


def test_partial_dates_and_ranges_stay_ranges(path: Path, follow_up: Path) -> None:
    import_files(path, [follow_up])
    asked = "SELECT from_lo::VARCHAR, from_hi::VARCHAR FROM treatment ORDER BY row"
    assert _rows(path, asked) == [("2024-03-12", "2024-03-12"), ("2025-10-01", "2025-10-31")]
    asked = "SELECT date_lo::VARCHAR, date_hi::VARCHAR FROM progression"
    assert _rows(path, asked) == [("2025-06-01", "2025-09-30")]
    assert _rows(path, "SELECT debulking_achieved_lo, debulking_achieved_hi FROM treatment") == [(85, 95), (None, None)]


def test_every_row_tells_where_it_came_from(path: Path, follow_up: Path) -> None:
    import_files(path, [follow_up])
    with open_registry(path) as registry:
        found = patient_rows(registry, "p-001")
    assert found["treatment"][1]["origin"] == f"{follow_up}: treatments[2]"
    with open_registry(path) as registry, pytest.raises(Problems, match="no patient"):
        patient_rows(registry, "p-002")


BAD = [
    ("margin: R1", "margin: R9", "treatments[1].margin", "not-a-value"),
    ("margin: R1", "margins: R1", "treatments[1]", "unknown-key"),
    ("85-95 %", "85-195 %", "treatments[1].debulking_achieved", None),
    ("from: 2024-03-12, ", "", "treatments[1].from", "required"),
    ("option: cytoreduction", "option: cytoreductio", "treatments[1].option", "not-a-value"),
    ("option: cytoreduction, ", "", "treatments[1]", "one-of-two"),
    ("treatment: 1", "treatment: 7", "symptoms[1].treatment", "no-such-treatment"),
    ("2026-11-02", "2026-12-02", "last_contact.date", "future-date"),
    ("death: no", "death: {date: 2025-08}", "last_contact.date", "after-death"),
    ("death: no", "deaths: no", "", "unknown-key"),
    ("id: p-001", "id: Jane Doe", "id", "bad-id"),
    ("as_of: 2026-11-24", "as_of: soon", "as_of", "bad-date"),
    ("2025-06 to 2025-09", "2025-09 to 2025-06", "progressions[1].date", "reversed-range"),
]


@pytest.mark.parametrize(("found", "instead", "place", "code"), BAD, ids=[bad[1] for bad in BAD])
def test_what_is_wrong_is_named(path: Path, follow_up: Path, found: str, instead: str, place: str, code: str) -> None:
    before = path.read_bytes()
    follow_up.write_text(FOLLOW_UP.replace(found, instead), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [follow_up])
    told = [(problem.place or "", problem.code) for problem in caught.value.problems]
    assert any(where == place and code in (None, what) for where, what in told), told
    assert all(problem.file == str(follow_up) and problem.line for problem in caught.value.problems)
    assert "Jane" not in str(caught.value)
    assert path.read_bytes() == before


def test_every_problem_of_every_file_is_told_and_the_good_are_kept_on_request(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.yaml").write_text(FOLLOW_UP.replace("margin: R1", "margin: R9").replace("80 %", "800 %"), "utf-8")
    (folder / "b.yaml").write_text(FOLLOW_UP.replace("p-001", "p-002").replace("[clean-ileal-g1]", "[x]"), "utf-8")
    (folder / "c.json").write_text('{"netlm": "case/9"}', "utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [folder])
    assert len(caught.value.problems) == 3
    done = import_files(path, [folder], keep_good=True)
    assert (done.added, done.left_out, len(done.problems)) == (1, 2, 3)
    assert _rows(path, "SELECT patient_id FROM patient") == [("p-002",)]


def test_lines_of_one_file(path: Path, tmp_path: Path) -> None:
    """One document a line; a bad line is named by its number."""
    case = {"netlm": "case/1", "id": "a", "as_of": "2026-01-02", "facts": {"ki67": "2 %", "mitoses": 1}}
    lines = [json.dumps(case), json.dumps({**case, "id": "b", "facts": {"ki67": "2 kg"}}), "", json.dumps(case)]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [file])
    assert [problem.line for problem in caught.value.problems] == [2]
    done = import_files(path, [file], keep_good=True)
    assert (done.added, done.left_out, done.unchanged) == (1, 1, 1)
    assert _rows(path, "SELECT ki67_lo, mitoses_lo IS NULL FROM (SELECT *, NULL AS mitoses_lo FROM snapshot)") == [
        (2.0, True)
    ]


def test_many_documents_are_read_by_several_processes(path: Path, tmp_path: Path) -> None:
    """In order, each problem with its line, and from a script that knows nothing of it."""
    lines = [
        json.dumps(
            {"netlm": "case/1", "id": f"c{i}", "as_of": "2020-01-01", "facts": {"ki67": "2 kg" if i == 2100 else "2 %"}}
        )
        for i in range(2200)
    ]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom netlm.registry import import_files\n"
        "done = import_files(sys.argv[1], [sys.argv[2]], keep_good=True)\n"
        "print(done.added, [problem.line for problem in done.problems])\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script, path, file], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2199 [2101]\n", "")
    asked = (
        "SELECT case_id, line FROM snapshot JOIN source USING (source_id) WHERE 'c' || (line - 1)::VARCHAR <> case_id"
    )
    assert _rows(path, asked) == []


def test_a_decision_keeps_how_the_options_stood(path: Path, tmp_path: Path) -> None:
    case = EXAMPLES / "clean-ileal-g1.yaml"
    form = decision_form(board(load_case(case)))
    record = tmp_path / "decision.yaml"
    record.write_text(
        form
        + "date: 2026-11-24\nrecommendations:\n  - {order: 1, option: cytoreduction, intent: symptom_control}\n"
        + "  - {order: 2, option: transplantation.milan, intent: curative, reason: by the patient's wish}\n",
        encoding="utf-8",
    )
    import_files(path, [record])
    with open_registry(path) as registry:
        assert [problem.code for problem in check_registry(registry)] == ["no-such-case"]
    import_files(path, [case])
    with open_registry(path) as registry:
        assert check_registry(registry) == ()
    asked = "SELECT option, verdict, departs, reason FROM recommendation ORDER BY order_no"
    rows = _rows(path, asked)
    assert rows[0][0] == "cytoreduction"
    assert rows[1][2:] == (True, "by the patient's wish")


def test_two_patients_cannot_share_a_case(path: Path, follow_up: Path, tmp_path: Path) -> None:
    other = tmp_path / "p-002.yaml"
    other.write_text(FOLLOW_UP.replace("p-001", "p-002"), encoding="utf-8")
    with pytest.raises(Problems, match="two patients"):
        import_files(path, [follow_up, other])


def test_a_whole_folder_of_nothing_is_told(path: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Problems, match="a folder without files"):
        import_files(path, [tmp_path / "empty"])


def test_a_treatment_that_two_files_tell_of_is_named(path: Path, follow_up: Path, tmp_path: Path) -> None:
    """Nobody could say which of the two came first; another day, or another patient, is another treatment."""
    mapping, sheet = tmp_path / "mapping.yaml", tmp_path / "sheet.csv"
    mapping.write_text(
        "netlm: registry-mapping/1\nid: sheet\nseen: yes\npatient: pat\n"
        "tables: {treatment: [{when: [{column: op}], set: {option: cytoreduction}, columns: {from: {column: op}}}]}\n",
        encoding="utf-8",
    )
    sheet.write_text("pat,op\nq,2020-03-04\nq,2020-03\nr,2020-03-05\n", encoding="utf-8")
    for patient in ("q", "r"):
        (tmp_path / f"{patient}.yaml").write_text(
            f"netlm: follow-up/1\nid: {patient}\nas_of: 2022-01-01\n"
            "treatments: [{option: cytoreduction, from: 2020-03-04}, {other: stent, from: 2020-03-05}]\n",
            encoding="utf-8",
        )
    import_files(path, [tmp_path / "q.yaml", tmp_path / "r.yaml"])
    import_files(path, [sheet], mapping=mapping)
    with open_registry(path) as registry:
        (problem,) = check_registry(registry)
    assert (problem.code, problem.place) == ("treatment-twice", "line 2")
    assert "patient `q`, which " in problem.found
    assert "q.yaml gives too" in problem.found

"""Nothing happens to a patient who has died: told at the import, wherever the two stand."""

from __future__ import annotations

import calendar
import random
from pathlib import Path

import duckdb
import pytest

from netlm.errors import Problem, Problems
from netlm.registry import analysis_table, check_registry, import_files, open_registry

from .conftest import FOLLOW_UP

MAPPING = """\
netlm: registry-mapping/1
id: centre-a
seen: yes
patient: pat
case:
  as_of: board
  columns: {ki67: {column: ki67, unit: '%'}}
tables:
  treatment: [{when: [{column: op}], set: {option: cytoreduction}, columns: {from: {column: op}}}]
  progression: [{when: [{column: prog}], columns: {date: {column: prog}}}]
  recurrence: [{when: [{column: rec}], columns: {date: {column: rec}}}]
  change: [{when: [{column: read}], set: {fact: ki67}, columns: {date: {column: read}, kind: {column: kind}}}]
  death: [{when: [{column: status, is: [dead]}], columns: {date: {column: last}}}]
  last_contact: [{when: [{column: status, is: [alive]}], columns: {date: {column: last}}}]
"""
HEADING = ("pat", "board", "ki67", "op", "prog", "rec", "read", "kind", "status", "last")


def _line(patient: str, **cells: str) -> str:
    return ",".join({"pat": patient, **cells}.get(name, "") for name in HEADING) + "\n"


def _sheet(folder: Path, *lines: str, name: str = "a") -> tuple[Path, Path]:
    sheet, mapping = folder / f"{name}.csv", folder / f"{name}-mapping.yaml"
    sheet.write_text(",".join(HEADING) + "\n" + "".join(lines), encoding="utf-8")
    mapping.write_text(MAPPING.replace("centre-a", f"centre-{name}"), encoding="utf-8")
    return sheet, mapping


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with open_registry(path) as registry:
        return registry.rows(sql)


def _contradictions(path: Path) -> list[Problem]:
    with open_registry(path) as registry:
        return [one for one in check_registry(registry) if one.code == "after-death"]


def _refused(path: Path, sheet: Path, mapping: Path) -> list[Problem]:
    """What a plain import names, which writes nothing; one that keeps the good names it too, and then all agrees."""
    before = path.read_bytes()
    with pytest.raises(Problems) as caught:
        import_files(path, [sheet], mapping=mapping)
    assert path.read_bytes() == before
    kept = import_files(path, [sheet], mapping=mapping, keep_good=True)
    assert [str(one) for one in kept.problems] == [str(one) for one in caught.value.problems]
    assert kept.left_out == len({one.line for one in kept.problems})
    assert _contradictions(path) == []
    return list(kept.problems)


DIED = _line("a1", status="dead", last="2020-03")


@pytest.mark.parametrize(
    ("late", "place"),
    [
        ({"op": "2020-04-01"}, "treatment.from"),
        ({"prog": "2020-05"}, "progression.date"),
        ({"rec": "2021"}, "recurrence.date"),
        ({"read": "2020-04-01", "kind": "true_change"}, "change.date"),
        ({"status": "alive", "last": "2020-04-01"}, "last_contact.date"),
        ({"board": "2020-04-01", "ki67": "2"}, "case.as_of"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_line_after_the_death_on_another_line_is_refused(
    path: Path, tmp_path: Path, late: dict[str, str], place: str, first: bool
) -> None:
    """The death stays, whichever stands first; the message names both lines."""
    lines = [DIED, _line("a1", **late)] if first else [_line("a1", **late), DIED]
    (problem,) = _refused(path, *_sheet(tmp_path, *lines, _line("a2", op="2022-01-01")))
    assert (problem.line, problem.place, problem.code) == (3 if first else 2, place, "after-death")
    assert f"on 2020-03-01 to 2020-03-31 (a.csv:{2 if first else 3})" in problem.found.replace(f"{tmp_path}/", "")
    assert _rows(path, "SELECT patient_id FROM death") == [("a1",)]
    assert _rows(path, "SELECT patient_id FROM treatment") == [("a2",)]


@pytest.mark.parametrize(
    "allowed",
    [
        {"op": "2020-03-31"},
        {"op": "2020"},
        {"prog": "2020-03"},
        {"read": "2024-04-01", "kind": "re_reading"},
        {"read": "2024-04-01", "kind": "other_method"},
    ],
)
def test_what_may_have_been_before_it_is_none(path: Path, tmp_path: Path, allowed: dict[str, str]) -> None:
    """A year or a month is a range; slides are read again after a death too."""
    sheet, mapping = _sheet(tmp_path, DIED, _line("a1", **allowed))
    assert import_files(path, [sheet], mapping=mapping).problems == ()
    assert _contradictions(path) == []


def test_a_death_of_no_known_day_refuses_nothing(path: Path, tmp_path: Path) -> None:
    sheet, mapping = _sheet(tmp_path, _line("a1", status="dead", last="?"), _line("a1", op="2020-04-01"))
    mapping.write_text(mapping.read_text().replace("patient: pat", "patient: pat\nmissing: {'?': not told}"), "utf-8")
    assert import_files(path, [sheet], mapping=mapping).problems == ()


def test_one_line_that_contradicts_itself_is_refused_and_its_patient_not_taken_for_alive(
    path: Path, tmp_path: Path
) -> None:
    both = _line("a1", prog="2021-01-01", status="dead", last="2020-03")
    (problem,) = _refused(path, *_sheet(tmp_path, _line("a1", op="2019-01-01"), both))
    assert problem.line == 3
    with open_registry(path) as registry:
        (row,) = analysis_table(registry, "surgery").to_pylist()
    assert (row["dead"], row["dead_unknown"]) == (None, "a line of the patient was left out")


def test_every_such_line_is_named_beside_what_else_is_wrong(path: Path, tmp_path: Path) -> None:
    lines = [DIED, _line("a1", op="2021-01-01"), _line("a1", prog="2021-13-01"), _line("a1", rec="2022-01-01")]
    assert [(one.line, one.code) for one in _refused(path, *_sheet(tmp_path, *lines))] == [
        (3, "after-death"), (4, "bad-date"), (5, "after-death"),
    ]  # fmt: skip


def test_a_line_after_a_death_that_is_stored_is_refused(path: Path, tmp_path: Path) -> None:
    sheet, mapping = _sheet(tmp_path, DIED, name="deaths")
    import_files(path, [sheet], mapping=mapping)
    (problem,) = _refused(path, *_sheet(tmp_path, _line("a1", op="2021-01-01"), _line("a2", op="2021-01-01")))
    assert problem.line == 2
    assert f"({sheet}:2)" in problem.found
    assert _rows(path, "SELECT patient_id FROM death") == [("a1",)]


def test_a_death_before_what_is_stored_is_refused_and_the_patient_not_taken_for_alive(
    path: Path, tmp_path: Path
) -> None:
    """What is stored cannot be refused any more; which of the two is wrong nobody can tell."""
    sheet, mapping = _sheet(tmp_path, _line("a1", op="2021-01-01"), name="treatments")
    import_files(path, [sheet], mapping=mapping)
    (problem,) = _refused(path, *_sheet(tmp_path, _line("a2", op="2019-01-01"), DIED))
    assert (problem.line, problem.place) == (3, "death.date")
    assert f"2021-01-01 ({sheet}:2, treatment.from)" in problem.found
    with open_registry(path) as registry:
        rows = {row["patient_id"]: row for row in analysis_table(registry, "surgery").to_pylist()}
    assert (rows["a1"]["dead"], rows["a1"]["dead_unknown"]) == (None, "a line of the patient was left out")
    assert rows["a2"]["dead"] is False


def test_a_newer_sheet_is_held_against_what_stays_only(path: Path, tmp_path: Path) -> None:
    """The sheet whose place it takes goes with its death."""
    import_files(path, [(first := _sheet(tmp_path, DIED))[0]], mapping=first[1])
    sheet, mapping = _sheet(tmp_path, _line("a1", op="2021-01-01"))
    assert import_files(path, [sheet], mapping=mapping).replaced == 1
    assert _contradictions(path) == []


@pytest.fixture
def died(tmp_path: Path) -> Path:
    """A follow-up file of a patient who died in November 2025."""
    text = FOLLOW_UP.replace("death: no", "death: {date: 2025-11-01}").replace("last_contact: {date: 2026-11-02}\n", "")
    file = tmp_path / "p-001.yaml"
    file.write_text(text.replace(", to: {unknown: still running}", ""), encoding="utf-8")
    return file


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A case of that patient, half a year later."""
    file = tmp_path / "late.yaml"
    file.write_text("netlm: case/1\nid: clean-ileal-g1\nas_of: 2026-06-01\nfacts: {age: 60}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("together", [True, False])
def test_a_case_after_the_death_in_a_follow_up_file_is_refused(
    path: Path, died: Path, late: Path, together: bool
) -> None:
    if not together:
        import_files(path, [died])
    with pytest.raises(Problems) as caught:
        import_files(path, [late, died])
    (problem,) = caught.value.problems
    assert (problem.file, problem.place, problem.code) == (str(late), "as_of", "after-death")
    assert f"({died})" in problem.found
    done = import_files(path, [late, died], keep_good=True)
    assert (done.added, done.unchanged, done.left_out) == (int(together), int(not together), 1)
    assert _rows(path, "SELECT (SELECT count(*) FROM death), (SELECT count(*) FROM snapshot)") == [(1, 0)]


def test_a_follow_up_file_whose_death_comes_before_a_stored_case_is_refused(path: Path, died: Path, late: Path) -> None:
    """Of two versions of a file the good one stays."""
    good = died.read_text(encoding="utf-8").replace("2025-11-01", "2026-07-01")
    died.write_text(bad := good.replace("2026-07-01", "2025-11-01"), encoding="utf-8")
    import_files(path, [late])
    with pytest.raises(Problems, match="before 2026-06-01"):
        import_files(path, [died])
    died.write_text(good, encoding="utf-8")
    import_files(path, [died])
    died.write_text(bad, encoding="utf-8")
    assert import_files(path, [died], keep_good=True).left_out == 1
    assert _rows(path, "SELECT date_lo::VARCHAR FROM death") == [("2026-07-01",)]
    assert _rows(path, "SELECT count(*) FROM source WHERE replaced_by IS NULL") == [(2,)]


def test_what_an_older_registry_holds_is_told_by_the_check_and_stops_no_import(
    path: Path, tmp_path: Path, died: Path, late: Path
) -> None:
    sheet, mapping = _sheet(tmp_path, _line("p-001", op="2025-10-01"))
    import_files(path, [died])
    import_files(path, [sheet], mapping=mapping)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE death SET date_lo = DATE '2025-09-01', date_hi = DATE '2025-09-30'")
    told = [(one.file, one.line, one.place) for one in _contradictions(path)]
    assert sorted(told) == [(str(sheet), 2, "treatment.from"), (str(died), None, "treatments[2].from")]
    late.write_text(late.read_text().replace("2026-06-01", "2025-06-01"), encoding="utf-8")
    assert import_files(path, [late]).added == 1


def test_a_line_that_contradicts_nothing_any_more_comes_in_with_the_same_file(path: Path, tmp_path: Path) -> None:
    """The mistake was in the other file, and is corrected; until then the line is named again each time."""
    other, its_mapping = _sheet(tmp_path, DIED, name="deaths")
    import_files(path, [other], mapping=its_mapping)
    sheet, mapping = _sheet(tmp_path, _line("a1", op="2021-01-01"), _line("a2", op="2021-01-01"))
    first = import_files(path, [sheet], mapping=mapping, keep_good=True)
    again = import_files(path, [sheet], mapping=mapping)
    assert (again.unchanged, again.left_out) == (1, 1)
    assert [str(one) for one in again.problems] == [str(one) for one in first.problems]
    other.write_text(other.read_text().replace("2020-03", "2022-03"), encoding="utf-8")
    import_files(path, [other], mapping=its_mapping)
    done = import_files(path, [sheet], mapping=mapping)
    assert (done.replaced, done.problems, done.rows["treatment"]) == (1, (), 2)
    assert import_files(path, [sheet], mapping=mapping).unchanged == 1
    assert _contradictions(path) == []


def test_a_line_that_contradicts_only_now_stops_the_same_file(path: Path, tmp_path: Path) -> None:
    """Such as one that an earlier version took: what is stored stays until somebody asks to keep the good lines."""
    other, its_mapping = _sheet(tmp_path, _line("a1", status="dead", last="2022-03"), name="deaths")
    import_files(path, [other], mapping=its_mapping)
    sheet, mapping = _sheet(tmp_path, _line("a1", op="2021-01-01"), _line("a2", op="2021-01-01"))
    import_files(path, [sheet], mapping=mapping)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE death SET date_lo = DATE '2020-03-01', date_hi = DATE '2020-03-31'")
    assert [one.line for one in _refused(path, sheet, mapping)] == [2]
    assert _rows(path, "SELECT patient_id FROM treatment") == [("a2",)]


def test_whose_death_is_refused_is_not_taken_for_alive_where_all_deaths_are_said_to_be_there(
    path: Path, tmp_path: Path
) -> None:
    """Though the sheet has no other line of the patient."""
    sheet, mapping = _sheet(tmp_path, _line("a1", op="2021-01-01"), name="treatments")
    import_files(path, [sheet], mapping=mapping)
    sheet, mapping = _sheet(tmp_path, DIED)
    mapping.write_text(mapping.read_text().replace("patient: pat", "patient: pat\ncomplete: [death]"), "utf-8")
    assert import_files(path, [sheet], mapping=mapping, keep_good=True).left_out == 1
    with open_registry(path) as registry:
        assert [row["dead"] for row in analysis_table(registry, "surgery").to_pylist()] == [None]


def test_a_second_death_in_another_file_is_told_with_its_line(path: Path, tmp_path: Path) -> None:
    import_files(path, [(first := _sheet(tmp_path, DIED, name="deaths"))[0]], mapping=first[1])
    sheet, mapping = _sheet(tmp_path, _line("a2", op="2019-01-01"), _line("a1", status="dead", last="2021"))
    with pytest.raises(Problems) as caught:
        import_files(path, [sheet], mapping=mapping)
    assert [(one.line, one.code) for one in caught.value.problems] == [(3, "two-sources")]


def test_slides_are_read_again_after_a_death_in_a_follow_up_file_too(path: Path, died: Path) -> None:
    said = "changes: [{{fact: ki67, date: 2026-01-01, kind: {}}}]\n"
    text = died.read_text(encoding="utf-8")
    died.write_text(text + said.format("true_change"), encoding="utf-8")
    with pytest.raises(Problems, match="after the death"):
        import_files(path, [died])
    for kind in ("re_reading", "{unknown: not told}"):
        died.write_text(text + said.format(kind), encoding="utf-8")
        import_files(path, [died])
        assert _contradictions(path) == []


def _ends(day: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day."""
    year, *rest = day.split("-")
    month = rest[0] if rest else None
    last = calendar.monthrange(int(year), int(month or 12))[1]
    first, end = f"{year}-{month or '01'}-01", f"{year}-{month or '12'}-{last}"
    return (day, day) if len(rest) == 2 else (first, end)


def test_of_many_patients_just_the_lines_after_the_death_are_refused(path: Path, tmp_path: Path) -> None:
    """Against a second reading of the rule, over years, months and days; the check then finds nothing."""
    chance = random.Random(1)
    days = ["2019", "2020", "2021", "2020-03", "2020-04", "2020-03-01", "2020-03-31", "2020-04-01", "2020-12-31"]
    lines, died, expected = [], {}, set()
    for patient in (f"p{number}" for number in range(150)):
        cells = {(kind, chance.choice(days)) for kind in chance.choices(["op", "prog", "rec", "board"], k=4)}
        found = [(day, _line(patient, **{kind: day} | ({"ki67": "2"} if kind == "board" else {})))
                 for kind, day in sorted(cells)]  # fmt: skip
        if chance.random() < 0.8:
            died[patient] = chance.choice(days)
            found.append(("", _line(patient, status="dead", last=died[patient])))
        chance.shuffle(found)
        for day, line in found:
            lines.append(line)
            if patient in died and day and _ends(day)[0] > _ends(died[patient])[1]:
                expected.add(len(lines) + 1)
    assert {one.line for one in _refused(path, *_sheet(tmp_path, *lines))} == expected
    assert _rows(path, "SELECT count(*) FROM death") == [(len(died),)]

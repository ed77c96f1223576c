"""What an export tells of rare answers: nothing, in no column, by no complement and by nothing derived."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netlm.registry import (
    Registry,
    analysis_table,
    create_registry,
    export_registry,
    import_files,
    load_tables,
    open_registry,
    synthesize,
)

ZERO = "surgery"
Rows = list[dict[str, Any]]
WHOSE = ("patient_id", "case_id", "row", "synthetic", "of_table")


def _patient(chance: random.Random, name: str) -> tuple[str, str]:
    """A follow-up file and a case, in which common answers are common and rare ones rare."""

    def one(*answers: str) -> str:
        return chance.choices(answers, [5 ** (len(answers) - place) for place in range(len(answers))])[0]

    def treatment(year: int) -> str:
        option = one("cytoreduction", "embolization.tae", "ablation.microwave", "systemic.lanreotide")
        more = f", margin: {one('R1', 'R0', 'R2')}, primary_resected: {one('no', 'yes')}"
        return f"{{option: {option}, from: {year}-03-12, intent: {one('tumour_control', 'curative')}" + (
            f"{more}}}" if option == "cytoreduction" else ", cycles: 2}"
        )

    complication = (
        f"[{{treatment: 1, date: 2020-04-01, kind: {one('infection', 'bleeding', 'biloma')}, "
        f"clavien_dindo: {one('II', 'I', 'V')}, ctcae: '{one('2', '1', '5')}', note: it bled}}]"
    )
    lists = {
        "complications": one("none", complication, "{unknown: not asked}"),
        "progressions": one(f"[{{date: 2021-05-01, site: {one('liver', 'extrahepatic')}}}]", "none"),
        "recurrences": one("none", f"[{{date: 2021-02-01, site: {one('liver', 'local')}}}]"),
        "treated_lesions": one("none", "[{treatment: 1, option: ablation.microwave, lesion: A, complete: yes}]"),
        "death": one("no", f"{{date: 2023-01-01, cause: {one('tumour', 'other')}}}", "{unknown: moved}"),
    }
    course = "\n".join(f"{key}: {value}" for key, value in lists.items())
    symptom = f"{{treatment: 1, symptom: hormonal, relief: {one('complete', 'partial', 'none')}}}"
    follow_up = f"""\
netlm: follow-up/1
id: {name}
as_of: 2026-11-24
cases: [c-{name}]
patient: {{sex: {one("female", "male", "other")}}}
treatments: [{", ".join(treatment(year) for year in range(2020, 2021 + chance.randint(0, 1)))}]
symptoms: [{symptom}]
{course}
last_contact: {{date: 2022-11-02}}
"""
    site = one("ileum", "pancreas", "rectum", "lung")
    case = f"""\
netlm: case/1
id: c-{name}
as_of: 2019-11-20
facts:
  age: {chance.randint(40, 70)}
  sex: {{unknown: withheld by somebody}}
  primary_site: {site}
  differentiation: {one("well", "poor")}
  ki67: {one("1", "8", "30")} %
  symptoms: [{one("hormonal", "hormonal, liver_bulk", "primary")}]
  sstr: {one("positive", "negative")}
"""
    return follow_up, case


def _made_up(folder: Path, seed: int, patients: int) -> Path:
    chance = random.Random(seed)
    files = []
    for number in range(patients):
        for kind, text in zip(("follow-up", "case"), _patient(chance, f"p-{number:02}"), strict=True):
            files.append(folder / f"{number}-{kind}.yaml")
            files[-1].write_text(text, encoding="utf-8")
    path = folder / "registry.duckdb"
    create_registry(path)
    import_files(path, files)
    return path


def _tables(folder: Path) -> dict[str, Rows]:
    return {file.stem: pyarrow.parquet.read_table(file).to_pylist() for file in sorted(folder.glob("*.parquet"))}


def _is_answer(value: Any, column: str) -> bool:
    named = column not in WHOSE and not column.endswith(("unknown", "_open"))
    return named and isinstance(value, str | bool | list)


def _answers(tables: dict[str, Rows]) -> dict[tuple[str, str], dict[str, set[str]]]:
    """By table and column, and by answer, who has it."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for table, rows in tables.items():
        for row in rows:
            for column, value in row.items():
                if table != "coverage" and _is_answer(value, column):
                    found.setdefault((table, column), {}).setdefault(str(value), set()).add(row["patient_id"])
    return found


def _checked(path: Path, folder: Path, fewest: int) -> None:
    with open_registry(path) as registry:
        export_registry(registry, folder / "plain", form="parquet", time_zero=ZERO)
        done = export_registry(registry, folder / "told", form="parquet", time_zero=ZERO, suppress=fewest)
        plain, told = _tables(folder / "plain"), _tables(folder / "told")
        worked_out = _worked_out(registry, told)
    true, left = _answers({name: plain[name] for name in told}), _answers(told)
    for column, answers in left.items():
        assert min(map(len, answers.values())) >= fewest, column
    for column, answers in true.items():
        still = set().union(*left.get(column, {}).values())
        if still and min(map(len, answers.values())) < fewest:
            hidden = {answer: whose - still for answer, whose in answers.items() if whose - still}
            assert len(hidden) >= 2, column
            assert len(set().union(*hidden.values())) >= fewest, column
    _counted(plain, told, done.to_dict())
    _nothing_derived(true, left)
    for row in told["analysis"]:
        again, once = (
            next(one for one in rows if one["patient_id"] == row["patient_id"])
            for rows in (worked_out, plain["analysis"])
        )
        for column, value in row.items():
            rare = ("analysis", column) in true and min(map(len, true["analysis", column].values())) < fewest
            if value is None and rare and _is_answer(once[column], column):
                assert again[column] is None, (column, row["patient_id"])


def _counted(plain: dict[str, Rows], told: dict[str, Rows], done: dict[str, Any]) -> None:
    """Each cell that is empty and each row that is missing is counted, and no other."""
    for table, rows in told.items():
        assert done["rows"][table] == len(rows)
        if table == "coverage":
            continue
        assert done["left_out"].get(table, 0) == len(plain[table]) - len(rows)
        kept = {(row["patient_id"], row.get("row")) for row in rows}
        for column in rows[0] if rows else ():
            if not column.endswith("unknown"):
                before = sum(
                    row[column] is not None for row in plain[table] if (row["patient_id"], row.get("row")) in kept
                )
                after = sum(row[column] is not None for row in rows)
                assert done["suppressed"].get(f"{table}.{column}", 0) == before - after, (table, column)


def _nothing_derived(
    true: dict[tuple[str, str], dict[str, set[str]]], left: dict[tuple[str, str], dict[str, set[str]]]
) -> None:
    """Of whom the first is emptied, the second is empty too."""

    def told(column: tuple[str, str]) -> set[str]:
        return set().union(*left.get(column, {}).values())

    for table in ("snapshot", "analysis"):
        for first, second in (
            ("primary_site", "origin"), ("primary_site", "portal_drainage"), ("primary_site", "category"),
            ("origin", "primary_site"), ("portal_drainage", "primary_site"), ("differentiation", "category"),
            ("category", "grade"), ("grade", "category"), ("symptoms", "symptomatic"), ("symptomatic", "symptoms"),
        ):  # fmt: skip
            emptied = set().union(*true.get((table, first), {}).values()) - told((table, first))
            assert not emptied & told((table, second)), (table, first, second)
    whose = set().union(*true["treatment", "option"].values()) - told(("treatment", "option"))
    for column in ("margin", "intent", "primary_resected"):
        assert not whose & told(("treatment", column)), column
    assert not whose & told(("analysis", "index_class"))
    assert told(("analysis", "sex")) <= told(("patient", "sex"))


def _worked_out(registry: Registry, told: dict[str, Rows]) -> Rows:
    """The table that studies read, made from the tables beside it as they were exported."""
    import pyarrow as pa

    for name, columns in load_tables().physical.items():
        if name in told and name != "analysis":
            kinds = {row[0]: row[1] for row in registry.rows(f'DESCRIBE registry."{name}"')}
            cells = ", ".join(f'CAST("{one.name}" AS {kinds[one.name]}) AS "{one.name}"' for one in columns)
            rows = [{one.name: row.get(one.name) for one in columns} for row in told[name]]
            schema = {one.name: [row[one.name] for row in rows] for one in columns}
            registry.connection.register(f"exported {name}", pa.table(schema))
            registry.connection.execute(f'CREATE TEMP TABLE "{name}" AS SELECT {cells} FROM "exported {name}"')
    found: Rows = analysis_table(registry, ZERO).to_pylist()
    return found


@example(34, 34, 6)
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32), st.integers(4, 24), st.integers(2, 6))
def test_no_rare_answer_is_told(seed: int, patients: int, fewest: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        _checked(_made_up(Path(name), seed, patients), Path(name), fewest)


@pytest.mark.parametrize("fewest", [5, 20])
def test_no_rare_answer_of_a_registry_is_told(tmp_path: Path, fewest: int) -> None:
    synthesize(tmp_path / "s.duckdb", 120, 1)
    _checked(tmp_path / "s.duckdb", tmp_path, fewest)


@pytest.fixture
def course(path: Path, tmp_path: Path) -> Callable[[int, str], Path]:
    def made(number: int, text: str) -> Path:
        file = tmp_path / f"x-{number:02}.yaml"
        head = f"netlm: follow-up/1\nid: x-{number:02}\nas_of: 2026-11-24\nlast_contact: {{date: 2022-11-02}}\n"
        file.write_text(head + text, encoding="utf-8")
        import_files(path, [file])
        return path

    return made


def test_words_and_documents_stay(course: Callable[[int, str], Path], tmp_path: Path) -> None:
    for number in range(3):
        path = course(number, "treatments: [{other: a secret, from: 2020, intent: {unknown: one more}}]\n")
    with open_registry(path) as registry:
        export_registry(registry, tmp_path / "out", suppress=2)
    every = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir())
    assert "secret" not in every
    assert "one more" not in every
    assert ".yaml" not in every
    assert not any((tmp_path / "out" / f"{name}.csv").exists() for name in ("source", "follow_up", "meta", "import"))


def test_a_rare_death_is_neither_told_nor_denied(course: Callable[[int, str], Path], tmp_path: Path) -> None:
    """Where two of ten died the rows would say who; without them nobody may seem to live."""
    for number in range(10):
        path = course(number, "death: {date: 2023-01-01, cause: tumour}\n" if number < 2 else "death: no\n")
    with open_registry(path) as registry:
        done = export_registry(registry, tmp_path / "out", form="parquet", time_zero="board", suppress=3)
    told = _tables(tmp_path / "out")
    assert done.left_out == {"death": 2}
    assert told["death"] == []
    covered = [row for row in told["coverage"] if row["of_table"] == "death"]
    assert {row["patient_id"] for row in covered} == {f"x-{number:02}" for number in range(10)}
    assert {(row["complete"], row["unknown"]) for row in covered} == {(None, "fewer than 3 patients")}
    assert {(row["dead"], row["cause"], row["dead_unknown"]) for row in told["analysis"]} == {
        (None, None, "fewer than 3 patients")
    }


def test_the_length_of_a_life_goes_with_its_end(course: Callable[[int, str], Path], tmp_path: Path) -> None:
    for number in range(10):
        treated = "treatments: [{option: cytoreduction, from: 2020-01-01}]\nprogressions: none\n"
        death = "death: {date: 2023-01-01}\n" if number < 2 else "death: no\n"
        path = course(number, treated + death)
    with open_registry(path) as registry:
        export_registry(registry, tmp_path / "out", form="parquet", time_zero="surgery", suppress=3)
    rows = _tables(tmp_path / "out")["analysis"]
    assert len(rows) == 10
    for column in ("os_days", "os_days_lo", "os_days_hi", "pfs_days", "pfs_event"):
        assert {row[column] for row in rows} == {None}, column
    assert {row["os_days_unknown"] for row in rows} == {"fewer than 3 patients"}


def test_the_registry_is_as_before(course: Callable[[int, str], Path], tmp_path: Path) -> None:
    path = course(1, "treatments: [{option: cytoreduction, from: 2020, margin: R1}]\n")
    with open_registry(path) as registry:
        first = export_registry(registry, tmp_path / "one", suppress=2, key=tmp_path / "key")
        assert export_registry(registry, tmp_path / "two", suppress=2, key=tmp_path / "key") == first
        assert registry.rows("SELECT margin FROM treatment") == [("R1",)]
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()

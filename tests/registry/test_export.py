from __future__ import annotations

import csv
import datetime
import json
import stat
from pathlib import Path

import pyarrow.parquet
import pytest

from netlm.errors import Problems
from netlm.registry import export_registry, import_files, load_tables, open_registry

from .conftest import EXAMPLES, FOLLOW_UP


@pytest.fixture
def filled(path: Path, tmp_path: Path) -> Path:
    for number, margin in enumerate(("R1", "R1", "R0"), 1):
        text = (
            FOLLOW_UP.replace("p-001", f"p-00{number}")
            .replace("R1", margin)
            .replace("[clean-ileal-g1]", f"[c-{number}]")
        )
        (tmp_path / f"p-00{number}.yaml").write_text(text.replace("a trial drug", "'=cmd|calc'"), encoding="utf-8")
    import_files(path, [*tmp_path.glob("p-00*.yaml"), EXAMPLES / "clean-ileal-g1.yaml"])
    return path


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_table_is_a_file(filled: Path, tmp_path: Path) -> None:
    with open_registry(filled) as registry:
        done = export_registry(registry, tmp_path / "out", time_zero="surgery")
        for name in load_tables().physical:
            rows = _read(tmp_path / "out" / f"{name}.csv")
            assert len(rows) == done.rows[name] == registry.rows(f'SELECT count(*) FROM "{name}"')[0][0]
    assert len(_read(tmp_path / "out" / "analysis.csv")) == 4
    assert {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "out").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {row["synthetic"] for row in _read(tmp_path / "out" / "snapshot.csv")} == {"true"}
    assert not list(tmp_path.glob(".out*"))


def test_formulas_are_harmless(filled: Path, tmp_path: Path) -> None:
    with open_registry(filled) as registry:
        export_registry(registry, tmp_path / "out", tables=["treatment"])
    assert [one.name for one in sorted((tmp_path / "out").iterdir())] == ["about.json", "treatment.csv"]
    assert {row["other"] for row in _read(tmp_path / "out" / "treatment.csv")} == {"", "'=cmd|calc"}


def test_parquet_keeps_types(filled: Path, tmp_path: Path) -> None:
    with open_registry(filled) as registry:
        export_registry(registry, tmp_path / "out", form="parquet")
    table = pyarrow.parquet.read_table(tmp_path / "out" / "treatment.parquet")
    assert table["from_lo"].to_pylist()[0] == datetime.date(2024, 3, 12)
    assert set(table["other"].to_pylist()) == {None, "=cmd|calc"}
    symptoms = pyarrow.parquet.read_table(tmp_path / "out" / "snapshot.parquet")["symptoms"].to_pylist()
    assert symptoms == [["hormonal"]]


def test_pseudonyms_hide_who_and_when(filled: Path, tmp_path: Path) -> None:
    """No id, no day and no word of anybody is left; time between days is."""
    key = tmp_path / "key"
    with open_registry(filled) as registry:
        export_registry(registry, tmp_path / "one", key=key, time_zero="surgery")
        export_registry(registry, tmp_path / "two", key=key)
        export_registry(registry, tmp_path / "other", key=tmp_path / "key-2")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    every = "".join(one.read_text(encoding="utf-8") for one in (tmp_path / "one").iterdir())
    for secret in (
        "p-001",
        "clean-ileal",
        "c-1",
        "2024-03-12",
        "2026-11-20",
        "still running",
        "cmd",
        ".yaml",
        "5-HIAA",
    ):
        assert secret not in every, secret
    assert not any((tmp_path / "one" / f"{name}.csv").exists() for name in ("source", "follow_up", "meta", "import"))
    one, two, other = (_read(tmp_path / name / "treatment.csv") for name in ("one", "two", "other"))
    assert one == two
    assert {row["patient_id"] for row in one}.isdisjoint({row["patient_id"] for row in other})
    day = datetime.date.fromisoformat
    last = {row["patient_id"]: row["date_lo"] for row in _read(tmp_path / "one" / "last_contact.csv")}
    shifts = set()
    for row in one:
        if row["row"] == "1":
            assert day(last[row["patient_id"]]) - day(row["from_lo"]) == datetime.date(2026, 11, 2) - datetime.date(
                2024, 3, 12
            )
            shifts.add(day(row["from_lo"]) - datetime.date(2024, 3, 12))
    assert len(shifts) > 1
    assert all(0 < abs(shift.days) <= 182 for shift in shifts)
    assert {row["to_unknown"] for row in one} == {"", "unknown"}
    assert json.loads((tmp_path / "one" / "about.json").read_text())["pseudonymised"] is True


def test_rare_answers_are_emptied(filled: Path, tmp_path: Path) -> None:
    with open_registry(filled) as registry:
        done = export_registry(registry, tmp_path / "out", suppress=2)
    rows = _read(tmp_path / "out" / "treatment.csv")
    assert sorted(row["margin"] for row in rows) == ["", "", "", "", "R1", "R1"]
    assert {row["margin_unknown"] for row in rows} == {"", "fewer than 2 patients"}
    assert done.suppressed["treatment.margin"] == 1


def test_what_cannot_be_is_told(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "no-key").write_text("secret", encoding="utf-8")
    with open_registry(filled) as registry:
        for said, wrong in (
            ("another format", {"form": "xlsx"}),
            ("unknown table", {"tables": ["treatments"]}),
            ("holds no key", {"key": tmp_path / "no-key"}),
            ("0 or more", {"suppress": -1}),
            ("unknown time zero", {"time_zero": "birth"}),
        ):
            with pytest.raises(Problems, match=said):
                export_registry(registry, tmp_path / "out", **wrong)  # type: ignore[arg-type]
            assert not (tmp_path / "out").exists()
        with pytest.raises(Problems, match="a folder that exists"):
            export_registry(registry, tmp_path)

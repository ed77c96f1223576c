from __future__ import annotations

import csv
import datetime
import json
import random
import stat
from pathlib import Path

import pyarrow.parquet
import pytest

from netlm.errors import Problems
from netlm.registry import export_registry, import_files, load_tables, open_registry
from netlm.registry._export_key import load_key

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


COURSE = """\
netlm: follow-up/1
id: {name}
as_of: 2026-11-24
patient: {{birth: {birth}}}
treatments:
  - {{option: cytoreduction, from: {first}, to: {second}}}
  - {{option: systemic.lanreotide, from: {third}}}
progressions: [{{date: {first} to {third}, site: liver}}]
last_contact: {{date: 2026-11-0{day}}}
"""


@pytest.fixture
def vague(path: Path, tmp_path: Path) -> Path:
    """Patients whose days are years, months and spans of months, with one that is known exactly."""
    chance = random.Random(1)
    names = [f"v-{number:03}" for number in range(120)]
    for name in names:
        year, month = chance.randint(2012, 2022), chance.randint(1, 12)
        text = COURSE.format(
            name=name, birth=chance.randint(1940, 1980), first=f"{year}-{month:02}", second=year + 1,
            third=f"{year + 2}-{13 - month:02}", day=chance.randint(1, 9),
        )  # fmt: skip
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    import_files(path, [tmp_path / f"{name}.yaml" for name in names])
    return path


def _days(row: dict[str, str]) -> list[tuple[datetime.date, datetime.date]]:
    day = datetime.date.fromisoformat
    pairs = [(row[low], row.get(low.removesuffix("_lo") + "_hi", "")) for low in row if low.endswith("_lo")]
    return [(day(low), day(high)) for low, high in pairs if low.count("-") == 2]


def test_no_range_of_days_gives_the_shift_away(vague: Path, tmp_path: Path) -> None:
    """Taking back the true shift brings no more ends to the edge of a month or a year than any other would."""
    key = tmp_path / "key"
    key.write_text("5a" * 32, encoding="ascii")
    with open_registry(vague) as registry:
        export_registry(registry, tmp_path / "out", key=key, time_zero="surgery")
        true = {load_key(key).pseudonym(name): load_key(key).shift(name) for name, *_ in
                registry.rows("SELECT patient_id FROM patient")}  # fmt: skip
        told = {
            load_key(key).pseudonym(name): (low, high)
            for name, low, high in registry.rows("SELECT patient_id, from_lo, from_hi FROM treatment WHERE row = 1")
        }
    wide: dict[str, list[tuple[datetime.date, datetime.date]]] = {}
    for table in ("patient", "treatment", "progression", "analysis"):
        for row in _read(tmp_path / "out" / f"{table}.csv"):
            assert not any(name.startswith("birth") for name in row)
            wide.setdefault(row["patient_id"], []).extend(pair for pair in _days(row) if pair[0] < pair[1])
    assert {len(set(ranges)) for ranges in wide.values()} == {4}
    shifts = sorted({7 * weeks for weeks in range(-26, 27)} - {0})
    ranks = []
    for patient, ranges in wide.items():
        aligned = {shift: sum(_edges(pair, shift) for pair in set(ranges)) for shift in shifts}
        ranks.append(sum(aligned[shift] < aligned[true[patient]] for shift in shifts) / len(shifts))
    assert sum(ranks) / len(ranks) < 0.4
    widths = {(high - low).days for ranges in wide.values() for low, high in ranges}
    assert {width % 31 for width in widths} == {0}
    assert min(widths) == 62
    first = {row["patient_id"]: row for row in _read(tmp_path / "out" / "treatment.csv") if row["row"] == "1"}
    back = []
    for patient, (low, high) in told.items():
        shift = datetime.timedelta(true[patient])
        (begins, ends), *_ = _days(first[patient])
        assert begins - shift < low <= high < ends - shift
        back.append((low - (begins - shift)).days)
    assert min(back) <= 3
    assert max(back) >= 28
    assert 12 < sum(back) / len(back) < 19


def _edges(pair: tuple[datetime.date, datetime.date], shift: int) -> int:
    low, high = (day - datetime.timedelta(shift) for day in pair)
    return (low.day == 1) + ((high + datetime.timedelta(1)).day == 1)


def test_times_tell_no_more_than_the_days_beside_them(vague: Path, tmp_path: Path) -> None:
    """An interval from a day known as a month would show its middle; it is that of the range as exported."""
    with open_registry(vague) as registry:
        export_registry(registry, tmp_path / "out", key=tmp_path / "key", time_zero="surgery")
    day = datetime.date.fromisoformat
    last = {row["patient_id"]: day(row["date_lo"]) for row in _read(tmp_path / "out" / "last_contact.csv")}
    first = {row["patient_id"]: row for row in _read(tmp_path / "out" / "treatment.csv") if row["row"] == "1"}
    for row in _read(tmp_path / "out" / "analysis.csv"):
        treated = first[row["patient_id"]]
        assert (row["zero_lo"], row["zero_hi"]) == (treated["from_lo"], treated["from_hi"])
        assert row["year"] == row["zero"][:4]
        if row["os_days_lo"]:
            assert int(row["os_days_lo"]) == (last[row["patient_id"]] - day(row["zero_hi"])).days
        assert not row["age_at_zero"] or float(row["age_at_zero"]).is_integer()


def test_days_of_the_week_give_nothing_away(tmp_path: Path) -> None:
    key = load_key(tmp_path / "key")
    assert {key.shift(f"p-{number}") % 7 for number in range(500)} == {0}
    assert {abs(key.shift(f"p-{number}")) for number in range(2000)} == {7 * weeks for weeks in range(1, 27)}


def test_the_registry_is_as_before_after_an_export(vague: Path, tmp_path: Path) -> None:
    with open_registry(vague) as registry:
        before = registry.rows("SELECT * FROM treatment ORDER BY ALL")
        export_registry(registry, tmp_path / "out", key=tmp_path / "key")
        assert registry.rows("SELECT * FROM treatment ORDER BY ALL") == before


def test_rare_answers_are_emptied(filled: Path, tmp_path: Path) -> None:
    """Of three margins one is rare; were it emptied alone, the empty cell would tell it."""
    with open_registry(filled) as registry:
        done = export_registry(registry, tmp_path / "out", suppress=2)
    rows = _read(tmp_path / "out" / "treatment.csv")
    assert {row["margin"] for row in rows} == {""}
    assert {row["margin_unknown"] for row in rows} == {"fewer than 2 patients"}
    assert done.suppressed["treatment.margin"] == 3


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

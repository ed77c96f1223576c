from __future__ import annotations

import os
import random
import signal
import stat
import time
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pytest

from netlm.errors import Problems
from netlm.registry import check_registry, create_registry, import_files, load_tables, migrate_registry, open_registry
from netlm.registry._store import writing

from .conftest import EXAMPLES, FOLLOW_UP


def test_only_its_owner_may_read_it(path: Path, follow_up: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    import_files(path, [follow_up])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == [
        "p-001.yaml",
        "registry.duckdb",
        "registry.duckdb.lock",
    ]
    assert stat.S_IMODE((path.parent / "registry.duckdb.lock").stat().st_mode) == 0o600


def test_a_registry_is_never_written_over(path: Path) -> None:
    with pytest.raises(Problems, match="exists"):
        create_registry(path)


@pytest.mark.parametrize("content", [b"", b"not a database", b"netlm: case/1\n"])
def test_what_is_no_registry_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.duckdb"
    file.write_bytes(content)
    with pytest.raises(Problems, match="no registry"):
        open_registry(file)
    assert file.read_bytes() == content
    with pytest.raises(Problems, match="no such file"):
        open_registry(tmp_path / "none.duckdb")


def test_a_newer_format_is_told(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = 'registry/2' WHERE key = 'format'")
    with pytest.raises(Problems, match="newer netlm"):
        open_registry(path)


def test_a_reader_sees_what_was_there_when_it_opened(path: Path, follow_up: Path) -> None:
    """Neither waits for the other, and half an import is never seen."""
    before = open_registry(path)
    with writing(path) as draft:
        draft.connection.execute("INSERT INTO patient (patient_id) VALUES ('half')")
        with open_registry(path) as during:
            assert during.rows("SELECT count(*) FROM patient") == [(0,)]
    import_files(path, [follow_up])
    assert before.rows("SELECT count(*) FROM patient") == [(0,)]
    with open_registry(path) as after:
        assert after.rows("SELECT patient_id FROM patient") == [("p-001",)]
        with pytest.raises(duckdb.Error):
            after.rows("DELETE FROM patient")
    before.close()


def test_an_error_in_the_block_leaves_the_file(path: Path) -> None:
    before = path.read_bytes()
    with suppress(ZeroDivisionError), writing(path) as draft:
        draft.connection.execute("INSERT INTO patient (patient_id) VALUES ('half')")
        draft.changed = True
        _ = 1 / 0
    assert path.read_bytes() == before


def _hold(path: Path, seconds: float) -> None:
    with writing(path):
        (path.parent / "held").touch()
        time.sleep(seconds)


def test_a_second_writer_is_told_who_holds_it_and_gets_its_turn(path: Path, follow_up: Path) -> None:
    holder = get_context("fork").Process(target=_hold, args=(path, 1.5))
    holder.start()
    while not (path.parent / "held").exists():
        time.sleep(0.01)
    with pytest.raises(Problems, match=rf"process {holder.pid} on .* since 20") as caught:
        import_files(path, [follow_up], wait=0.2)
    assert caught.value.problems[0].code == "in-use"
    told: list[object] = []
    import_files(path, [follow_up], wait=30, on_wait=lambda holder, _: told.append(holder["pid"]))
    assert set(told) == {holder.pid}
    holder.join()


def test_a_dead_holder_holds_nothing(path: Path, follow_up: Path) -> None:
    """The lock goes with its process, and what a killed writer left is cleared away."""
    holder = get_context("fork").Process(target=_hold, args=(path, 60))
    holder.start()
    while not (path.parent / "held").exists():
        time.sleep(0.01)
    os.kill(holder.pid or 0, signal.SIGKILL)
    holder.join()
    assert [one for one in path.parent.iterdir() if ".writing-" in one.name]
    import_files(path, [follow_up], wait=0)
    assert not [one for one in path.parent.iterdir() if ".writing-" in one.name]


def _import_one(path: Path, number: int) -> None:
    import_files(path, [path.parent / "in" / f"{number}.yaml"], wait=0)
    (path.parent / "done" / str(number)).touch()


@pytest.mark.parametrize("imports", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_imports_killed_at_random_moments(path: Path, imports: int) -> None:
    """After every kill the file opens and holds just the committed imports, each whole."""
    import netlm.registry._import_board
    import netlm.registry._import_follow_up  # noqa: F401 - what a child needs is loaded once

    chance, committed = random.Random(7), set()
    folder = path.parent
    (folder / "in").mkdir()
    (folder / "done").mkdir()
    for name in ("warm", "warm-2"):  # the first also loads what is needed; the second tells how long one takes
        text = FOLLOW_UP.replace("p-001", name).replace("[clean-ileal-g1]", f"[{name}]")
        (folder / "in" / f"{name}.yaml").write_text(text, encoding="utf-8")
        begun = time.perf_counter()
        import_files(path, [folder / "in" / f"{name}.yaml"])
        usual = time.perf_counter() - begun
    killed = 0
    for number in range(imports):
        text = FOLLOW_UP.replace("p-001", f"p-{number}").replace("[clean-ileal-g1]", f"[c-{number}]")
        (folder / "in" / f"{number}.yaml").write_text(text, encoding="utf-8")
        child = get_context("fork").Process(target=_import_one, args=(path, number))
        begun = time.perf_counter()
        child.start()
        child.join(chance.uniform(0, 1.2 * usual))
        if child.is_alive():
            killed += 1
            usual *= 1.1  # so that about half are killed, however busy the machine is
            os.kill(child.pid or 0, signal.SIGKILL)
            child.join()
        else:
            usual = (usual + time.perf_counter() - begun) / 2
        with open_registry(path) as registry:
            present = {row[0] for row in registry.rows("SELECT patient_id FROM patient WHERE patient_id LIKE 'p-%'")}
            whole = registry.rows(
                """SELECT count(*) FROM patient WHERE (SELECT count(*) FROM treatment t
                   WHERE t.patient_id = patient.patient_id) = 2 AND (SELECT count(*) FROM coverage c
                   WHERE c.patient_id = patient.patient_id) = 8"""
            )
        if (folder / "done" / str(number)).exists():
            assert f"p-{number}" in present
        assert committed <= present <= committed | {f"p-{number}"}, "an import was lost, or half done"
        assert whole == [(len(present) + 2,)]
        committed = present
    assert killed
    assert len(committed) < imports
    with open_registry(path) as registry:
        assert check_registry(registry) == ()


def test_an_older_registry_is_brought_up(path: Path) -> None:
    """Within a format only tables and columns are added; a reader says how, a writer does it."""
    import_files(path, [EXAMPLES / "clean-ileal-g1.yaml"])
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE snapshot DROP COLUMN distribution")
        connection.execute("DROP TABLE change")
    with pytest.raises(Problems, match="netlm registry migrate"):
        open_registry(path)
    assert migrate_registry(path)
    assert not migrate_registry(path)
    with open_registry(path) as registry:
        assert registry.rows("SELECT distribution, grade FROM snapshot") == [("bilobar", "G1")]
        found = set(registry.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"))
    assert found == {(name, one.name) for name, columns in load_tables().physical.items() for one in columns}


def test_an_older_registry_with_a_number_of_two_treatments_is_brought_up(path: Path, follow_up: Path) -> None:
    """Earlier versions kept the numbers of each file; a complication goes with the treatment of its file."""
    mapping, sheet = path.parent / "mapping.yaml", path.parent / "sheet.csv"
    mapping.write_text(
        "netlm: registry-mapping/1\nid: a\nseen: yes\npatient: pat\ntables:\n"
        "  treatment: [{set: {option: cytoreduction}, columns: {from: {column: day}}}]\n"
        "  complication: [{set: {treatment: '1'}, columns: {clavien_dindo: {column: clav}}}]\n",
        encoding="utf-8",
    )
    sheet.write_text("pat,day,clav\np-001,2020-05-05,II\n", encoding="utf-8")
    import_files(path, [follow_up])
    import_files(path, [sheet], mapping=mapping)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE treatment SET row = 1 WHERE row = 3")
        connection.execute("UPDATE complication SET treatment = 1")
        connection.execute("DELETE FROM meta WHERE key = 'treatments'")
    with pytest.raises(Problems, match=f"netlm registry migrate {path}"):
        open_registry(path)
    assert migrate_registry(path)
    assert not migrate_registry(path)
    with open_registry(path) as registry:
        asked = "SELECT year(from_lo) FROM complication c JOIN treatment t ON t.row = c.treatment"
        assert registry.rows(asked) == [(2020,)]
        assert registry.rows("SELECT row FROM treatment ORDER BY row") == [(1,), (2,), (3,)]

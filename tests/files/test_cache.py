"""Promises about what is kept between runs: never stale, never needed, never anything but data."""

from __future__ import annotations

from pathlib import Path

import pytest

from netlm.errors import Problem, Problems
from netlm.files import cached as cached_as
from netlm.files import read_tree, read_trees


def cached(name, sources, make):
    """Kept as it is."""
    return cached_as(name, sources, make, lambda made: made, lambda kept: kept)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is kept."""
    monkeypatch.setenv("NETLM_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file on which something hangs."""
    path = tmp_path / "source.yaml"
    path.write_text("a: 1\n")
    return path


def test_it_is_made_once_and_again_when_the_content_changes(folder: Path, source: Path) -> None:
    """By content, not by date."""
    made = []

    def make() -> dict[str, str]:
        made.append(source.read_text())
        return {"read": made[-1]}

    assert cached("x", [source], make) == cached("x", [source], make) == {"read": "a: 1\n"}
    assert len(made) == 1
    source.write_text("a: 2\n")
    assert cached("x", [source], make) == {"read": "a: 2\n"}
    source.write_text("a: 1\n")
    assert cached("x", [source], make) == {"read": "a: 1\n"}
    assert len(made) == 3
    assert len(list(folder.iterdir())) == 1


def test_another_name_of_a_file_is_another_content(folder: Path, source: Path) -> None:
    """A file that is moved or added counts."""
    assert cached("x", [source], lambda: 1) == 1
    assert cached("x", [source, source], lambda: 2) == 2
    moved = source.rename(source.with_name("moved.yaml"))
    assert cached("x", [moved], lambda: 3) == 3


def test_a_damaged_file_is_made_again(folder: Path, source: Path) -> None:
    """Whatever stands there."""
    assert cached("x", [source], lambda: [1]) == [1]
    next(folder.iterdir()).write_bytes(b"\x80not json")
    assert cached("x", [source], lambda: [2]) == [2]
    assert cached("x", [source], lambda: [3]) == [2]


def test_nothing_is_kept_of_an_error(folder: Path, source: Path) -> None:
    """It comes through, and the next run tries again."""

    def fail() -> None:
        raise Problems([Problem("found", "expected", "remedy", "code")])

    with pytest.raises(Problems):
        cached("x", [source], fail)
    assert not folder.exists()
    assert cached("x", [source], lambda: 1) == 1


def test_where_nothing_can_be_written_it_works_all_the_same(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the place of the folder, or the word off."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NETLM_CACHE", str(tmp_path / "file"))
    assert cached("x", [source], lambda: 1) == 1
    monkeypatch.setenv("NETLM_CACHE", "off")
    assert cached("x", [source], lambda: 2) == 2


def test_studies_from_what_is_kept_are_those_of_the_files(folder: Path) -> None:
    """Equal in every field."""
    from netlm.evidence import load_evidence

    load_evidence.cache_clear()
    first = load_evidence()
    load_evidence.cache_clear()
    second = load_evidence()
    load_evidence.cache_clear()
    assert first.studies == second.studies
    assert len(list(folder.glob("evidence-*.json"))) == 1


def test_trees_from_what_is_kept_are_those_of_the_files(folder: Path, tmp_path: Path) -> None:
    """With line and column, blocks, lists, empty values."""
    path = tmp_path / "tree.yaml"
    path.write_text("a: {b: [1, two, {c: }], d: [], e: {}}\nf: |\n  text\n  more\n", encoding="utf-8")
    read_trees("trees", [path])
    again = read_trees("trees", [path])[path]
    assert again == read_tree(path)
    assert repr(again) == repr(read_tree(path))


def test_what_is_kept_of_the_knowledge_is_what_its_files_say(folder: Path) -> None:
    """The dictionary and the pack, equal in every field, and every criterion as true."""
    from netlm.dictionary import load_dictionary
    from netlm.dictionary._load import _loaded
    from netlm.guidance import load_pack

    made = []
    for _ in range(2):
        _loaded.cache_clear()
        made.append(load_pack())
    assert made[0].dictionary is not made[1].dictionary
    assert made[0] == made[1]
    assert made[1].dictionary is load_dictionary() is load_dictionary(())
    assert {path.name.rpartition("-")[0] for path in folder.iterdir()} >= {"dictionary", "pack-landmark_2020"}
    _loaded.cache_clear()

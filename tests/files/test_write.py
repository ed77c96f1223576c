"""Writing is whole or nothing, and YAML that was written reads back as the same tree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.errors import Problems
from netlm.files import Mapping, Scalar, Sequence, parse_text, render_tree, write_atomically

text = st.text(max_size=20) | st.sampled_from(
    ["no", "1:30", "a: b", "x #y", "- z", "*", "&a", "!t", "'", '"', "\\", "\n", "|", "", " ", "~", "<<", "{", "[x]",
     "a:", "?", "@", "`", "%", "\ufeff", "\u2028", "\x85", "é", "null", "=", ">= 8", "---", "...", "2026-11-20"]
)  # fmt: skip
scalars = text.filter(lambda one: not any(0xD800 <= ord(sign) <= 0xDFFF for sign in one)).map(Scalar)


def collections(inner):
    keys = scalars.filter(lambda key: key.text != "<<")
    pairs = st.lists(st.tuples(keys, inner), max_size=4, unique_by=lambda pair: pair[0].text)
    return st.lists(inner, max_size=4).map(lambda items: Sequence(tuple(items))) | pairs.map(
        lambda p: Mapping(tuple(p))
    )


trees = st.recursive(scalars, collections, max_leaves=12)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@given(trees)
def test_whatever_is_rendered_reads_back_as_the_same_tree(tree):
    assert parse_text(render_tree(tree), "x") == tree


def test_long_maps_are_laid_out_in_lines_and_read_back():
    tree = Mapping(tuple((Scalar(f"key{n}"), Mapping(((Scalar("value"), Scalar("x" * 120)),))) for n in range(3)))
    rendered = render_tree(tree)
    assert len(rendered.splitlines()) > 3
    assert parse_text(rendered, "x") == tree


def test_examples_survive_the_round_trip(examples):
    for path in examples:
        tree = parse_text(path.read_bytes(), str(path))
        assert parse_text(render_tree(tree), "x") == tree


def test_a_file_is_written_and_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "out.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["out.json"]


def test_a_written_file_has_the_permissions_of_any_other(tmp_path):
    write_atomically(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_missing_folder_is_a_problem_and_nothing_is_made(tmp_path):
    with pytest.raises(Problems) as caught:
        write_atomically(tmp_path / "none" / "out", b"x")
    assert caught.value.problems[0].code == "unwritable"
    assert "nothing was written" in caught.value.problems[0].remedy
    assert not names(tmp_path)


def test_a_target_that_is_a_folder_is_a_problem_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_bytes(b"")
    with pytest.raises(Problems):
        write_atomically(tmp_path / "out", b"x")
    assert names(tmp_path) == ["out"]


def test_a_failure_while_writing_leaves_the_old_content(tmp_path, monkeypatch):
    path = tmp_path / "out"
    path.write_bytes(b"old")

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(Problems):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_a_problem_and_leaves_nothing(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Problems):
        write_atomically(tmp_path / "out", b"x")
    tmp_path.chmod(0o700)
    assert not names(tmp_path)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a folder that nobody can write")
def test_a_folder_nobody_can_write_is_a_problem():
    with pytest.raises(Problems) as caught:
        write_atomically("/proc/netlm-out", b"x")
    assert caught.value.problems[0].code == "unwritable"


def test_a_name_that_cannot_be_a_path_is_a_problem(tmp_path):
    for name in ("a\x00b", "x" * 5000):
        with pytest.raises(Problems):
            write_atomically(tmp_path / name, b"x")
    assert not names(tmp_path)

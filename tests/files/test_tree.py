"""YAML as text with places: what is refused, and that everything else is kept as typed."""

from __future__ import annotations

import io
import sys

import pytest

from netlm.errors import Problems
from netlm.files import Mapping, Scalar, Sequence, parse_text, read_bytes, read_tree


def refused(content: bytes | str):
    with pytest.raises(Problems) as caught:
        parse_text(content, "a.yaml")
    assert caught.value.file == "a.yaml"
    return caught.value.problems


@pytest.mark.parametrize(
    ("content", "code", "line", "remedy"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, "one_of"),
        ("a: &x 1\n", "anchor", 1, "quote"),
        ("a: {b: &x [1]}\n", "anchor", 1, "quote"),
        ("a: &x 1\nb: *x\n", "alias", 2, "Write the value out"),
        ("b: 1\na: !!python/object:os.system x\n", "tag", 2, "Remove the tag"),
        ("a: !mine 1\n", "tag", 1, "Remove the tag"),
        ("a: 1\n<<: {b: 2}\n", "merge-key", 2, "Write the keys out"),
        ("a: 1\n---\nb: 2\n", "documents", 2, "---"),
        ("? [a, b]\n: 1\n", "bad-key", 1, "Name the key"),
        ("a: 1\nb: [1, 2\n", "not-yaml", 3, "close brackets"),
        ("a: 1\n\tb: 2\n", "not-yaml", 2, "quotes"),
        ("a: b: c\n", "not-yaml", 1, "in quotes"),
        ("a: 'open\n", "not-yaml", 2, "quotes"),
        ("a: 1\x00\n", "not-yaml", None, ""),
        ("a: @x\n", "not-yaml", 1, "begins with a sign"),
    ],
)  # fmt: skip
def test_what_is_not_plain_data_is_refused_with_line_and_remedy(content, code, line, remedy):
    found = {problem.code: problem for problem in refused(content)}
    assert code in found
    assert found[code].line == line
    assert remedy in found[code].remedy
    assert found[code].remedy


def test_duplicate_keys_are_found_at_every_depth_and_name_the_first_line():
    (problem,) = refused("a:\n  - {b: 1,\n     b: 2}\n")
    assert (problem.code, problem.line) == ("duplicate-key", 3)
    assert "line 2" in problem.found


def test_everything_refused_in_a_file_is_told_at_once():
    found = refused("a: &x 1\nb: *x\na: 2\nc: !t 3\n<<: {}\n")
    assert [problem.code for problem in found] == ["anchor", "alias", "duplicate-key", "tag", "merge-key"]


def test_more_than_a_megabyte_is_refused_and_a_megabyte_is_read():
    assert refused(b"#" * 1_000_001)[0].code == "too-large"
    assert parse_text(b"#" * 1_000_000, "a.yaml") == Mapping(())


def test_twenty_levels_are_read_and_more_are_refused():
    assert parse_text("[" * 19 + "x" + "]" * 19, "a.yaml")
    assert refused("[" * 21 + "]" * 21)[0].code == "too-deep"
    assert refused("[" * 100_000)[0].code == "too-deep"
    assert refused("{a: " * 30 + "}" * 30)[0].code == "too-deep"


def test_bytes_that_are_not_utf8_are_refused():
    assert refused("id: Zoë\n".encode("latin-1"))[0].code == "not-utf8"
    assert refused("id: x\n".encode("utf-16"))[0].code == "not-utf8"


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    tree = parse_text(b"\xef\xbb\xbfa: 1\r\nb: two words\r\n", "a.yaml")
    assert tree == parse_text("a: 1\nb: two words\n", "a.yaml")
    assert tree.key("b").line == 2


def test_no_scalar_is_ever_anything_but_text():
    typed = ["no", "001", "1:30", ">8", "1e3", "2026-10-02", "0x1F", "null", "~", "12.50", ".inf", "yes", "Off"]
    tree = parse_text("".join(f"- {text}\n" if text != ">8" else "- '>8'\n" for text in typed), "a.yaml")
    assert [item.text for item in tree.items] == typed


def test_every_key_and_value_has_its_line_and_column():
    tree = parse_text("a: 1\nb:\n  - x\n  - {c: y}\n", "a.yaml")
    assert (tree.key("b").line, tree.key("b").column) == (2, 1)
    inner = tree.get("b").items[1]
    assert (inner.get("c").line, inner.get("c").column) == (4, 9)
    assert list(tree) == ["a", "b"]
    assert tree.get("z") is None is tree.key("z")


def test_block_scalars_are_told_from_plain_ones():
    tree = parse_text("a: |\n  x\nb: x\n", "a.yaml")
    assert tree.get("a").block
    assert not tree.get("b").block


def test_json_is_read_as_the_same_tree():
    assert parse_text('{"a": [1, "x"], "b": {}}', "a.json") == parse_text("a: [1, x]\nb: {}\n", "a.yaml")


def test_an_empty_file_is_an_empty_map():
    for content in ("", "# only a comment\n", "\n\n"):
        assert parse_text(content, "a.yaml") == Mapping(())


def test_a_missing_path_a_folder_and_an_impossible_name_are_problems(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path, "a\x00b", tmp_path / ("x" * 5000)):
        with pytest.raises(Problems) as caught:
            read_tree(path)
        assert [problem.code for problem in caught.value.problems] == ["unreadable"]


def test_a_dash_is_standard_input(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(b"a: 1\n"))
    monkeypatch.setattr(sys, "stdin", stream)
    assert read_tree("-") == Mapping(((Scalar("a"), Scalar("1")),))


def test_no_more_than_a_megabyte_is_ever_held(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(b"x" * 3_000_000)
    assert len(read_bytes(path)) == 1_000_001


def test_a_list_of_scalars_is_a_sequence():
    assert parse_text("- a\n- b\n", "a.yaml") == Sequence((Scalar("a"), Scalar("b")))

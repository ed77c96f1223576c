from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.errors import Problems
from netlm.files import parse_text
from netlm.registry._import_tree import canonical, tree_of

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
NODES = st.recursive(
    TEXT | st.integers(-9, 99) | st.booleans() | st.decimals(-9, 99, places=2).map(float),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def _outcome(read: object) -> object:
    try:
        return read()  # type: ignore[operator]
    except Problems as problems:
        return sorted(problem.code for problem in problems.problems)


@given(st.dictionaries(TEXT, NODES, max_size=5), st.booleans(), st.booleans())
def test_the_fast_reader_reads_what_the_careful_one_reads(
    content: dict[str, object], ascii_only: bool, wide: bool
) -> None:
    text = json.dumps(content, ensure_ascii=ascii_only, separators=(", ", ": ") if wide else (",", ":")).encode()
    careful, fast = (_outcome(lambda read=read: read(text, "x")) for read in (parse_text, tree_of))
    if isinstance(careful, list) and not isinstance(fast, list):
        assert careful == ["not-yaml"], "YAML does not take every sign that JSON does"
        return
    assert fast == careful
    if not isinstance(fast, list):
        assert tree_of(canonical(fast), "x") == fast


@pytest.mark.parametrize(
    "content",
    [
        '{"a": "1", "a": "2"}', '{"a": {"b": "1", "b": "2"}}', '{"<<": {"a": "1"}}', '{"a": NaN}', '{"a": "1"', "{}x",
        '{"a": ' * 21 + '"1"' + "}" * 21, '{"a": [' + "[" * 20 + "]" * 20 + "]}",
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_by_both(content: str) -> None:
    """A key twice, a merge key, too deep, or no JSON: the careful reader has its say."""
    assert _outcome(lambda: tree_of(content.encode(), "x")) == _outcome(lambda: parse_text(content, "x"))


def test_a_line_is_named(tmp_path: object) -> None:
    with pytest.raises(Problems) as caught:
        tree_of(b'{"a": "1", "a": "2"}', "x", 17)
    assert caught.value.problems[0].line == 17

"""A knowledge file is read key by key; every mistake names file, line, place and remedy."""

from __future__ import annotations

import pytest

from netlm.errors import Problems
from netlm.files import Record, parse_text

TEXT = """\
name: Something
flag: yes
many: [a, b]
one: a
inner: {x: 1}
list:
  - {x: 1}
  - {x: 2}
named:
  first: {x: 1}
"""


@pytest.fixture
def record():
    return Record(parse_text(TEXT, "k.yaml"), "k.yaml", "top")


def test_what_is_there_is_read(record):
    assert record.text("name") == "Something"
    assert record.maybe("nothing") is None
    assert record.text("nothing", "default") == "default"
    assert record.yes("flag")
    assert not record.yes("nothing")
    assert record.texts("many") == ("a", "b")
    assert record.texts("one") == ("a",)
    assert record.texts("nothing") == ()
    assert record.choice("one", ("a", "b")) == "a"
    assert record.record("inner").text("x") == "1"
    assert [item.text("x") for item in record.records("list")] == ["1", "2"]
    assert [(name, item.text("x")) for name, item in record.named("named")] == [("first", "1")]
    assert record.pairs("inner") == {"x": "1"}
    assert record.pairs("nothing") == {}
    assert record.plain()["list"] == [{"x": "1"}, {"x": "2"}]
    assert "name" in record
    assert "nothing" not in record


@pytest.mark.parametrize(
    ("ask", "line", "said"),
    [
        (lambda r: r.text("nothing"), 1, "nothing"),
        (lambda r: r.text("many"), 3, "a list or map"),
        (lambda r: r.texts("list"), 6, "a list of texts"),
        (lambda r: r.choice("one", ("b", "c")), 4, "one of b, c"),
        (lambda r: r.yes("name"), 1, "one of true, false"),
        (lambda r: r.record("one"), 4, "a map"),
        (lambda r: list(r.records("inner")), 5, "a list of maps"),
        (lambda r: r.only("name", "flag", "many", "one", "inner", "list", "nameds"), 9, "Did you mean `nameds`?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_place(record, ask, line, said):
    with pytest.raises(Problems) as caught:
        ask(record)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("k.yaml", line)
    assert said in str(problem)
    assert problem.place.startswith("top")


def test_a_file_that_is_no_map_is_told():
    with pytest.raises(Problems, match="a map of keys and values"):
        Record(parse_text("- a\n", "k.yaml"), "k.yaml")

"""One column as described, and the columns of the database that hold it.

A number is a range of two ends, each open or closed; a date is its first and last possible day; a word is empty
where several are possible. Beside each stands why it is unknown, where somebody said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..dictionary import Day, Fact, Finding, load_dictionary, read_finding, read_partial_day
from ..errors import Problem
from ..files import Node, Scalar
from ..values import Members, Numbers, Value, Words

__all__ = ["Column", "Physical"]

_BETWEEN = " to "
REFERENCE = "treatment"
"""The column by which a row names a row of the table of treatments."""


@dataclass(frozen=True, slots=True)
class Physical:
    """A column of the database: its name and its type in DuckDB."""

    name: str
    type: str


@dataclass(frozen=True)
class Column:
    """One thing that a table holds of a row; ``fact`` says what it means and how it is written."""

    fact: Fact

    @property
    def name(self) -> str:
        """The name of the column as people write it."""
        return self.fact.name

    @cached_property
    def shape(self) -> str:
        """What decides the physical columns: row, number, day, yes_no, word, words or text."""
        if self.name == REFERENCE:
            return "row"
        if self.fact.type.number is not None:
            return "number"
        shapes = {"date": "day", "option": "word", "options": "words", "texts": "text"}
        return shapes.get(self.fact.kind, self.fact.kind)

    @cached_property
    def physical(self) -> tuple[Physical, ...]:
        """The columns of the database that hold it, the reason why it is unknown last."""
        name = self.name
        types = {"row": "INTEGER", "yes_no": "BOOLEAN", "word": "VARCHAR", "words": "VARCHAR[]", "text": "VARCHAR"}
        if self.shape == "day":
            held = [Physical(f"{name}_lo", "DATE"), Physical(f"{name}_hi", "DATE")]
        elif self.shape == "number":
            held = [Physical(f"{name}_{end}", "DOUBLE") for end in ("lo", "hi")]
            held += [Physical(f"{name}_{end}_open", "BOOLEAN") for end in ("lo", "hi")]
        else:
            held = [Physical(name, types[self.shape])]
        return (*held, Physical(f"{name}_unknown", "VARCHAR"))

    def read(self, node: Node) -> tuple[Any, ...]:
        """What stands in a file, as the cells of the physical columns.

        Raises ``Problem`` as ``read_finding`` does.
        """
        if self.shape == "day" and isinstance(node, Scalar) and _BETWEEN in node.text:
            return self._between(node)
        return self.cells(read_finding(self.fact, node, load_dictionary().units))

    def cells(self, finding: Finding) -> tuple[Any, ...]:
        """A finding as the cells of the physical columns."""
        return self.cells_of(finding.value, finding.unknown)

    def cells_of(self, value: Value, unknown: str | None = None) -> tuple[Any, ...]:
        """What a value can be, as the cells of the physical columns; ``unknown`` is why it is not known."""
        if unknown is not None or (not value.is_known and value == self.fact.type.everything):
            return (*self.empty[:-1], unknown)
        if isinstance(value, Words):
            return self._word(value), None if value.is_known else f"one of {', '.join(self._in_order(value.possible))}"
        if isinstance(value, Numbers):
            return (self._row(value) if self.shape == "row" else _ends(value)) + (None,)
        if isinstance(value, Members):
            return self._members(value)
        content = value.content
        if isinstance(content, Day):
            return content.first, content.last, None
        return (content if isinstance(content, str) else "; ".join(map(str, _listed(content))), None)

    @cached_property
    def empty(self) -> tuple[None, ...]:
        """The cells of a column of which nothing is said."""
        return (None,) * len(self.physical)

    def _word(self, value: Words) -> str | bool | None:
        if not value.is_known:
            return None
        (word,) = value.possible
        return word == "yes" if self.shape == "yes_no" else word

    def _row(self, value: Numbers) -> tuple[int]:
        if value.number is None:
            raise Problem("a range", "the number of one row", "Name one treatment.", "not-a-number")
        return (int(value.number),)

    def _members(self, value: Members) -> tuple[Any, ...]:
        if value.is_known:
            return self._in_order(value.must), None
        certain = ", ".join(self._in_order(value.must))
        return None, f"at least {certain}" if certain else "not complete"

    def _in_order(self, words: frozenset[str]) -> list[str]:
        return [word for word in self.fact.type.words if word in words]

    def _between(self, node: Scalar) -> tuple[Any, ...]:
        try:
            first, last = (read_partial_day(end.strip()) for end in node.text.split(_BETWEEN, 1))
            if last.last < first.first:
                raise Problem("the later day first", "the earlier day first", "Turn the range round.", "reversed-range")
        except Problem as problem:
            problem.line, problem.column = node.line, node.column
            raise
        return first.first, last.last, None


def _ends(value: Numbers) -> tuple[float | None, float | None, bool, bool]:
    """Both ends of all that is possible, and whether each is open."""
    if value.number is not None:
        return float(value.number), float(value.number), False, False
    first, last = value.intervals[0], value.intervals[-1]
    low = None if first.low is None else float(first.low)
    high = None if last.high is None else float(last.high)
    return low, high, first.low_open, last.high_open


def _listed(content: Any) -> tuple[Any, ...]:
    return content if isinstance(content, tuple) else (content,)

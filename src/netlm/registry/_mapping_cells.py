"""What one line of a spreadsheet says: which conditions it meets, and its cells as a file would write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as Map

from ..dictionary import read_partial_day
from ..errors import Problem
from ..files import Mapping, Node, Scalar
from ..values import read_typed
from ._mapping import DATE_ORDERS, Block, Cell, Mapped, When
from ._mapping_boxes import read_boxes
from ._schema_columns import Column
from ._validate import Draught

__all__ = ["LineReader", "day_as_written", "first_day", "with_unit"]

NOT_RECORDED = "not recorded"
_DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[ T]\d.*)?")
_MONTH = re.compile(r"(?:(\d{4})[./-](\d{1,2})|(\d{1,2})[./-](\d{4}))")
_DOT = re.compile(r"\.\d")
_PARTS = {"year-month-day": (0, 1, 2), "day-month-year": (2, 1, 0), "month-day-year": (2, 0, 1)}


class LineReader:
    """One line, read by a mapping; what is wrong in it is gathered in ``draught``.

    ``unnamed`` are the columns whose word no condition names.
    """

    def __init__(self, file: str, mapping: Mapped, number: int, line: dict[str, str]) -> None:
        self.mapping = mapping
        self.number = number
        self.line = line
        self.draught = Draught(file, mapping.as_of)
        self.at = Scalar("", number)
        self.unnamed = {name for name, words in mapping.words.items() if line[name] and line[name] not in words}

    def holds(self, conditions: Iterable[When], cells: Collection[Cell] = ()) -> bool:
        """Whether the line meets all conditions; ``cells`` say which of their answers are unknown."""
        for one in conditions:
            if not self.meets(one, cells):
                self._check_case(one, self.line[one.column])
                return False
        return True

    def meets(self, one: When, cells: Collection[Cell] = ()) -> bool:
        """Whether the line meets a condition; where an empty cell does, so does a code that stands for nothing."""
        cell = self.line[one.column]
        if one.equals:
            return cell in one.equals or ("" in one.equals and cell in self.mapping.missing)
        return bool(cell) and not self._is_unknown(cells, one.column, cell)

    def _check_case(self, condition: When, cell: str) -> None:
        """Refuse `Dead` where a block asks for `dead` and none for `Dead`: the row would be missed."""
        if condition.column in self.unnamed or cell.casefold() not in map(str.casefold, condition.equals):
            return
        if not any(cell in one.equals for one in self.mapping.conditions if one.column == condition.column):
            self.unnamed.add(condition.column)
            self.refuse_word(condition.column)

    def refuse_word(self, column: str) -> None:
        """Refuse a word of which no condition on the column says whether it gives a row."""
        cell, conditions = self.line[column], self.mapping.conditions
        known = [word for one in conditions if one.column == column for word in (*one.equals, *one.others)]
        in_case = ", but for capitals" if cell.casefold() in map(str.casefold, known) else ""
        self.draught.refuse(
            self.at, column, f"a value that no condition of the mapping names{in_case} ({len(cell)} signs)",
            f"one of {', '.join(dict.fromkeys(known))}",
            "Add it under `is` or `not` of the mapping, or correct the line.", "unmapped-value",
        )  # fmt: skip

    def _is_unknown(self, cells: Collection[Cell], column: str, text: str) -> bool:
        unknown = (cell.unknown for cell in cells if cell.column == column)
        return text in self.mapping.missing or any(text in texts for texts in unknown)

    def pairs(
        self, block: Block, columns: Map[str, Column], needs: Collection[str] = ()
    ) -> Iterator[tuple[Scalar, Node]]:
        """What the cells of the block say; the day of what an answer says has happened may be empty."""
        happened = any(one.equals for one in block.when)
        for name, text in block.fixed.items():
            yield Scalar(name, self.number), Scalar(text, self.number)
        for name, cell in block.cells.items():
            node = self._node(cell, columns[name])
            if node is None and happened and name in needs and columns[name].shape == "day":
                node = self._unknown(NOT_RECORDED) if cell.column and not self.line[cell.column] else None
            if node is not None:
                yield Scalar(name, self.number), node

    def _node(self, cell: Cell, column: Column) -> Node | None:
        """What a cell says, as a file would; None where it is empty."""
        if cell.column is None:
            return self._boxes(cell)
        text = self.line[cell.column]
        if not text:
            return None
        if text in cell.values:
            text = cell.values[text]
        elif text in self.mapping.missing or text in cell.unknown:
            return self._unknown(self.mapping.missing.get(text) or cell.unknown[text])
        elif cell.values or cell.unknown:
            known = ", ".join((*cell.values, *cell.unknown))
            self.draught.refuse(
                self.at, cell.column, f"a value that the mapping does not name ({len(text)} signs)", f"one of {known}",
                "Add it to `values` or `missing` of the mapping, or correct the line.", "unmapped-value",
            )  # fmt: skip
            return None
        elif column.shape == "day":
            text = day_as_written(text, self.mapping.dates)
        elif column.shape in ("number", "row"):
            if self.mapping.comma and _DOT.search(text):
                remedy = "Correct the cell, without signs between thousands, or `decimal` of the mapping."
                self.draught.refuse(self.at, cell.column, "a dot in a number", "a decimal comma", remedy, "decimal-dot")
                return None
            text = with_unit(text.replace(",", ".") if self.mapping.comma else text, cell.unit)
        return Scalar(text, self.number)

    def _unknown(self, reason: str) -> Node:
        return Mapping(((Scalar("unknown", self.number), Scalar(reason, self.number)),), self.number)

    def _boxes(self, cell: Cell) -> Node | None:
        try:
            return read_boxes(cell, self.line, self.mapping.missing, self.number)
        except Problem as problem:
            problem.file, problem.line = self.draught.file, self.number
            self.draught.problems.append(problem)
            return None


def with_unit(text: str, unit: str | None) -> str:
    """A quantity with the unit of its column, where it has none of its own."""
    try:
        bare = unit is not None and read_typed(text).unit is None
    except Problem:
        return text
    return f"{text} {unit}" if bare else text


def day_as_written(text: str, order: str) -> str:
    """A day as files write it; what is no day is left, and refused by whoever reads it."""
    match = _DAY.fullmatch(text)
    if match:
        year, month, day = (match[place + 1] for place in _PARTS[order])
        return f"{year}-{month:0>2}-{day:0>2}"
    month_only = _MONTH.fullmatch(text) if order != DATE_ORDERS[0] or text.count("-") != 1 else None
    if month_only:
        year, month = (month_only[1], month_only[2]) if month_only[1] else (month_only[4], month_only[3])
        return f"{year}-{month:0>2}"
    return text


def first_day(day: str) -> str:
    """The first day of what may be a month or a year: what a case says was known by then."""
    try:
        return read_partial_day(day).first.isoformat()
    except Problem:
        return day

"""A mapping, ``registry-mapping/1``: which column of a spreadsheet is what, as somebody has read and approved it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

from ..dictionary import load_dictionary, read_day
from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Mapping as Tree
from ..files import Node, Record, Scalar, Sequence, read_tree, shown_path
from ._schema_columns import Column
from ._schema_tables import load_tables

__all__ = ["DATE_ORDERS", "FORMAT", "LEFT_OPEN", "Cell", "Mapped", "When", "entered", "load_mapping"]

FORMAT = "registry-mapping/1"
DATE_ORDERS = ("year-month-day", "day-month-year", "month-day-year")
CASE = "case"
"""What a mapping calls the facts of a case, beside the tables."""
LEFT_OPEN = "..."
"""What a proposal writes where only its reader knows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one value comes from: a ``column`` with its ``unit`` and the meaning of its ``values``, or ``boxes``.

    ``boxes`` are columns that are ticked, each with the word that it stands for; ``completed`` is the column that says
    whether anybody filled in their form. ``unknown`` are the texts of the column, or the boxes, that say that the
    answer is not known, each with the reason.
    """

    column: str | None
    unit: str | None
    values: Mapping[str, str]
    boxes: Mapping[str, str]
    unknown: Mapping[str, str]
    completed: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that is read for it."""
        if self.column is not None:
            return (self.column,)
        return (*self.boxes, *self.unknown, *([self.completed] if self.completed is not None else []))


@dataclass(frozen=True, slots=True)
class When:
    """The lines that give a row: those where ``column`` is filled, or, with ``equals``, holds one of them.

    ``others`` are the words of the column that give none.
    """

    column: str
    equals: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one table that the lines give: where ``when`` holds, with ``fixed`` texts and ``cells``."""

    table: str
    when: tuple[When, ...]
    fixed: Mapping[str, str]
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Mapped:
    """A mapping that could be read.

    ``id`` names the data set: a later file of the same id takes the place of the earlier. ``missing`` are codes that
    stand for nothing, each with the reason; ``complete`` are the tables of which the file has all rows of a patient one
    of whose lines meets all conditions.
    """

    id: str
    data: str | None
    as_of: datetime.date | None
    patient: str
    dates: str
    comma: bool
    encoding: str
    missing: Mapping[str, str]
    complete: Mapping[str, tuple[When, ...]]
    case_day: str | None
    blocks: tuple[Block, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that is read."""
        named = [self.patient, *([self.case_day] if self.case_day else [])]
        named += [one.column for one in self.conditions]
        for block in self.blocks:
            named += [name for cell in block.cells.values() for name in cell.columns]
        return tuple(dict.fromkeys(named))

    @property
    def conditions(self) -> tuple[When, ...]:
        """Those of every block and of every complete table."""
        return tuple(chain(*(block.when for block in self.blocks), *self.complete.values()))

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The columns of which some words give rows and all else would be passed over, with every word that is named.

        A column is none of them where a block reads it whatever it says.
        """
        cells = [(cell, block) for block in self.blocks for cell in block.cells.values()]
        read = {one.column for one in self.conditions if not one.equals}
        read |= {
            cell.column
            for cell, block in cells
            if cell.column and not cell.values and cell.column not in {one.column for one in block.when}
        }
        named = {one.column: set(self.missing) for one in self.conditions if one.column not in read}
        for one in self.conditions:
            named.get(one.column, set()).update(one.equals, one.others)
        for cell, _ in cells:
            named.get(cell.column or "", set()).update(cell.values, cell.unknown)
        return {column: frozenset(words) for column, words in named.items()}


def load_mapping(path: str | Path, approved: bool) -> Mapped:
    """The mapping in a file; with ``approved``, one that somebody has approved.

    Raises ``Problems`` for what is wrong in it.
    """
    record = Record(read_tree(path), shown_path(path))
    unseen = []
    try:
        if not record.yes("seen") and approved:
            unseen.append(_unseen(record.file))
        mapped = _mapped(record)
    except Problems as problems:
        for problem in problems.problems:
            problem.code = "bad-mapping"
        raise Problems([*unseen, *problems.problems], record.file) from None
    if unseen:
        raise Problems(unseen, record.file)
    return mapped


def _unseen(file: str) -> Problem:
    return Problem(
        "a mapping that nobody has approved", "`seen: yes`",
        "Read it, try it with --dry-run, then set `seen: yes`.", "unseen-mapping", file, place="seen",
    )  # fmt: skip


def _mapped(record: Record) -> Mapped:
    if record.text("netlm", "") != FORMAT:
        record.fail("netlm", "another format", FORMAT, "`netlm registry map FILE.csv` proposes a mapping.")
    if left := list(_left_open(record.node, record.file)):
        raise Problems(left, record.file)
    record.only(
        "netlm", "id", "data", "as_of", "patient", "dates", "decimal", "encoding", "missing", "complete", "case",
        "tables", "seen",
    )  # fmt: skip
    tables = load_tables().tables
    complete = _complete(record)
    for name in complete:
        if name not in tables:
            record.fail("complete", safe_echo(name, list(tables)), f"some of {', '.join(tables)}")
    as_of = record.maybe("as_of")
    try:
        day = read_day(as_of) if as_of is not None else None
    except Problem as problem:
        record.refit("as_of", problem)
    case = record.record(CASE) if CASE in record else None
    if case is not None:
        case.only("as_of", "when", "set", "columns")
    missing = record.pairs("missing")
    blocks = [_block(case, CASE, entered(), missing)] if case is not None else []
    for name in record.record("tables").node if "tables" in record else ():
        if name not in tables:
            close = nearest(name, tables)
            remedy = f"Did you mean `{close}`?" if close else f"Known: {', '.join(tables)}."
            record.fail("tables", f"an unknown table {safe_echo(name, list(tables))}", "a table", remedy)
        for inner in record.record("tables").records(name):
            inner.only("when", "set", "columns")
            blocks.append(_block(inner, name, tables[name].columns, missing))
    comma = record.choice("decimal", ("point", "comma"), "point") == "comma"
    return Mapped(
        record.text("id"), record.maybe("data"), day, record.text("patient"),
        record.choice("dates", DATE_ORDERS, DATE_ORDERS[0]), comma,
        record.choice("encoding", ("utf-8", "cp1252"), "utf-8"), missing, complete,
        case.text("as_of") if case is not None else None, tuple(blocks),
    )  # fmt: skip


def _complete(record: Record) -> dict[str, tuple[When, ...]]:
    """The complete tables: a list of them for every patient, or each with its conditions."""
    if isinstance(record.node.get("complete"), Tree):
        inner = record.record("complete")
        found = {key.text: tuple(map(_when, inner.records(key.text))) for key, _ in inner.node.pairs}
        for name, conditions in found.items():
            if any("" in one.equals for one in conditions):
                inner.fail(name, "an empty cell", "the answer of who had none", "An empty cell says nothing.")
        return found
    return dict.fromkeys(record.texts("complete"), ())


@cache
def entered() -> dict[str, Column]:
    """The facts that a case can state on one line each."""
    facts = load_dictionary().facts.values()
    return {fact.name: Column(fact) for fact in facts if fact.is_entered and fact.kind != "records"}


def _left_open(node: Node, file: str, place: str = "") -> Iterator[Problem]:
    """Every place that a proposal left to its reader."""
    if isinstance(node, Scalar) and node.text == LEFT_OPEN:
        remedy = "Fill it in, or take the entry out."
        yield Problem(f"`{LEFT_OPEN}`", "what has to be filled in", remedy, "", file, node.line, node.column, place)
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items, 1):
            yield from _left_open(item, file, f"{place}[{number}]")
    elif isinstance(node, Tree):
        for key, inner in node.pairs:
            yield from _left_open(inner, file, f"{place}.{key.text}" if place else key.text)


def _block(record: Record, table: str, columns: Mapping[str, Column], missing: Mapping[str, str]) -> Block:
    fixed = record.pairs("set")
    cells = {name: _cell(inner, missing) for name, inner in record.named("columns")}
    for name in (*fixed, *cells):
        if name not in columns:
            close = nearest(name, columns)
            remedy = f"Did you mean `{close}`?" if close else f"Known: {', '.join(columns)}."
            key = "columns" if name in cells else "set"
            record.fail(key, f"an unknown column {safe_echo(name, list(columns))}", f"a column of `{table}`", remedy)
    return Block(table, tuple(_when(one) for one in record.records("when")), fixed, cells)


def _when(record: Record) -> When:
    record.only("column", "is", "not")
    found = When(record.text("column"), record.texts("is"), record.texts("not"))
    if found.others and not found.equals:
        record.fail("not", "`not` alone", "`is` beside `not`", "Name under `is` the values that give a row.")
    for word in found.others:
        if word in found.equals:
            record.fail("not", f"{safe_echo(word)}, which stands under `is` too", "each value once")
    return found


def _cell(record: Record, missing: Mapping[str, str]) -> Cell:
    record.only("column", "unit", "values", "boxes", "completed")
    if ("column" in record) == ("boxes" in record):
        record.fail(None, "both or neither of `column` and `boxes`", "one of the two")
    if "completed" in record and "boxes" not in record:
        record.fail("completed", "`completed` without `boxes`", "`boxes`", "Only boxes need it; take it out.")
    values, no_values = _answers(record, "values")
    for code in (*values, *no_values):
        if code in missing:
            remedy = "Take it out of one of them."
            record.fail("values", f"{safe_echo(code)}, which stands under `missing` too", "each code once", remedy)
    boxes, no_boxes = _answers(record, "boxes")
    return Cell(
        record.maybe("column"), record.maybe("unit"), values, boxes, no_values | no_boxes, record.maybe("completed")
    )


def _answers(record: Record, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """The answers with their words, and those that say ``{unknown: reason}`` with the reason."""
    words, unknown = dict[str, str](), dict[str, str]()
    if name not in record:
        return words, unknown
    inner = record.record(name)
    for key, node in inner.node.pairs:
        if isinstance(node, Tree):
            said = inner.record(key.text)
            said.only("unknown")
            unknown[key.text] = said.text("unknown")
        else:
            words[key.text] = inner.text(key.text)
    return words, unknown

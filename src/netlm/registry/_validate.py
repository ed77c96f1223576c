"""One row of a table, from what stands in a file: every problem of it at once, or its cells."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..dictionary import load_dictionary
from ..errors import Problem, nearest, safe_echo
from ..files import Node, Scalar
from ._schema_tables import Table

__all__ = ["Draught", "Row", "read_row"]

Row = tuple[Any, ...]
"""The cells of one row of the database, without the patient, its number and its origin."""


@dataclass
class Draught:
    """What is being read of one patient or one file: its problems so far, and what dates must agree with.

    ``as_of`` is the day after which nothing can have happened, ``death`` the last possible day of death.
    """

    file: str
    as_of: datetime.date | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse(
        self, node: Node | None, place: str, found: str, expected: str, remedy: str, code: str
    ) -> None:  # fmt: skip
        """Keep one problem."""
        line, column = (node.line or None, node.column or None) if node else (None, None)
        self.problems.append(Problem(found, expected, remedy, code, self.file, line, column, place))


def read_row(table: Table, pairs: Sequence[tuple[Scalar, Node]], place: str, draught: Draught, at: Node) -> Row | None:
    """The cells of a row of ``table``; None where something is wrong with it, which ``draught`` then holds."""
    before = len(draught.problems)
    cells: dict[str, Row] = {}
    for key, node in pairs:
        column = table.columns.get(key.text)
        if column is None:
            close = nearest(key.text, table.columns)
            remedy = f"Did you mean `{close}`?" if close else f"Known: {', '.join(table.columns)}."
            found = f"an unknown key {safe_echo(key.text, list(table.columns))}"
            draught.refuse(key, place, found, f"a column of `{table.name}`", remedy, "unknown-key")
            continue
        try:
            cells[key.text] = column.read(node)
        except Problem as problem:
            problem.file, problem.place = draught.file, f"{place}.{key.text}"
            problem.column = problem.column or None
            draught.problems.append(problem)
            cells[key.text] = column.empty
    _check(table, cells, place, draught, at)
    if len(draught.problems) > before:
        return None
    return tuple(cell for name, column in table.columns.items() for cell in cells.get(name, column.empty))


def _check(table: Table, cells: Mapping[str, Row], place: str, draught: Draught, at: Node) -> None:
    for name in table.needs:
        if name not in cells:
            remedy = "Fill it in, or write {unknown: reason}."
            draught.refuse(at, f"{place}.{name}", f"no `{name}`", f"`{name}`", remedy, "required")
    if table.one_of and sum(name in cells for name in table.one_of) != 1:
        names = " or ".join(f"`{name}`" for name in table.one_of)
        count = "both" if any(name in cells for name in table.one_of) else "neither"
        draught.refuse(at, place, f"{count} of {names}", "one of the two", f"Give {names}.", "one-of-two")
    if len(table.order) == len(("first", "last")):
        first, last = (_days(cells.get(name)) for name in table.order)
        if first and last and last[1] < first[0]:
            start, end = table.order
            draught.refuse(at, place, f"`{end}` before `{start}`", "the earlier day first", "Correct it.", "bad-order")
    for name, column in table.columns.items():
        days = _days(cells.get(name)) if column.shape == "day" else None
        if days and draught.as_of and days[0] > draught.as_of:
            found = f"{days[0]}, after as_of {draught.as_of}"
            draught.refuse(
                at, f"{place}.{name}", found, "a day up to as_of", "Correct the day, or as_of.", "future-date"
            )
    _check_change(table, cells, place, draught, at)


def _check_change(table: Table, cells: Mapping[str, Row], place: str, draught: Draught, at: Node) -> None:
    name = cells["fact"][0] if table.name == "change" and "fact" in cells else None
    facts = load_dictionary().facts
    if name is not None and name not in facts:
        close = nearest(name, facts)
        remedy = f"Did you mean `{close}`?" if close else "`netlm dictionary` lists all facts."
        found = f"an unknown fact {safe_echo(name, list(facts))}"
        draught.refuse(at, f"{place}.fact", found, "a fact of the dictionary", remedy, "unknown-fact")


def _days(cells: Row | None) -> tuple[datetime.date, datetime.date] | None:
    return (cells[0], cells[1]) if cells and cells[0] is not None else None

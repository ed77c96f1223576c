"""A follow-up file, ``follow-up/1``: what was done with one patient and what came of it, written by hand."""

from __future__ import annotations

import datetime
import re
from typing import Any

from ..dictionary import read_day
from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Mapping, Node, Scalar, Sequence
from ._import_rows import Document
from ._import_tree import canonical
from ._schema_columns import REFERENCE
from ._schema_tables import Table, load_tables
from ._validate import Draught, Row, read_row
from ._validate_death import CODE, REMEDY, late_days

__all__ = ["FORMAT", "read_follow_up"]

FORMAT = "follow-up/1"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEAD = ("netlm", "id", "as_of", "data", "cases")
_DATA = ("real", "synthetic", "published")
_NONE = ("none", "no")


def read_follow_up(document: Node, file: str) -> Document:
    """The rows of a follow-up file.

    Raises ``Problems`` with everything that is wrong in it.
    """
    return _Reader(file).read(document)


class _Reader:
    def __init__(self, file: str) -> None:
        self.tables = load_tables()
        self.draught = Draught(file)
        self.rows: dict[str, list[Row]] = {}

    def read(self, document: Node) -> Document:
        if not isinstance(document, Mapping):
            self._refuse(document, "", "no keys", "`key: value` lines", "Begin with a template.", "not-a-map")
            raise Problems(self.draught.problems, self.draught.file)
        patient, as_of = self._id(document), self._as_of(document)
        data = self._data(document)
        self.draught.as_of = as_of
        for key, node in document.pairs:
            if key.text in self.tables.by_key:
                self._table(patient, self.tables.by_key[key.text], node)
            elif key.text not in _HEAD:
                known = (*_HEAD, *self.tables.by_key)
                close = nearest(key.text, known)
                remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join(known)}."
                found = f"an unknown key {safe_echo(key.text, known)}"
                self._refuse(key, "", found, "a key of a follow-up file", remedy, "unknown-key")
        self._cases(patient, document.get("cases"))
        self._references(document)
        self._after_death(document)
        if self.draught.problems:
            raise Problems(self.draught.problems, self.draught.file)
        self.rows["follow_up"] = [(patient, as_of, canonical(document).decode(), "")]
        return Document(FORMAT, f"follow-up {patient}", data, self.rows)

    def _refuse(self, node: Node | None, place: str, found: str, expected: str, remedy: str, code: str) -> None:
        self.draught.refuse(node, place, found, expected, remedy, code)

    def _id(self, document: Mapping) -> str:
        node = document.get("id")
        if isinstance(node, Scalar) and _ID.fullmatch(node.text):
            return node.text
        found = "no `id`" if node is None else "an id with other signs"
        remedy = "Use a made-up id, never a name or record number."
        self._refuse(node, "id", found, "1 to 64 of A-Z a-z 0-9 . _ -", remedy, "bad-id")
        return ""

    def _as_of(self, document: Mapping) -> datetime.date | None:
        node = document.get("as_of")
        try:
            return read_day(node.text if isinstance(node, Scalar) else "")
        except Problem as problem:
            self._refuse(node, "as_of", problem.found, problem.expected, problem.remedy, problem.code)
            return None

    def _data(self, document: Mapping) -> str | None:
        node = document.get("data")
        if node is None or (isinstance(node, Scalar) and node.text in _DATA):
            return node.text if isinstance(node, Scalar) else None
        self._refuse(node, "data", "another word", f"one of {', '.join(_DATA)}", "Say whose data.", "unknown-word")
        return None

    def _cases(self, patient: str, node: Node | None) -> None:
        items = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
        for number, item in enumerate(items, 1):
            if isinstance(item, Scalar) and _ID.fullmatch(item.text):
                self._keep("case_of", (patient, item.text, f"cases[{number}]"))
            else:
                self._refuse(item, "cases", "no id", "ids of cases", "List the ids of this patient's cases.", "bad-id")

    def _keep(self, table: str, row: Row) -> None:
        self.rows.setdefault(table, []).append(row)

    def _table(self, patient: str, table: Table, node: Node) -> None:
        """The rows of one table, and whether they are all there are."""
        if isinstance(node, Scalar) and node.text.casefold() in _NONE:
            self._cover(patient, table, True)
        elif isinstance(node, Mapping) and node.get("unknown") is not None:
            reason = node.get("unknown")
            self._cover(patient, table, False, reason.text if isinstance(reason, Scalar) else "not told")
        elif table.single:
            self._cover(patient, table, True)
            self._row(patient, table, node, None)
        else:
            self._list(patient, table, node)

    def _list(self, patient: str, table: Table, node: Node) -> None:
        complete = not (isinstance(node, Mapping) and node.get("at_least") is not None)
        items = node if complete else node.get("at_least") if isinstance(node, Mapping) else None
        if not isinstance(items, Sequence):
            remedy = "Write [{...}, {...}], {at_least: [...]}, none, or {unknown: reason}."
            self._refuse(node, table.key, "no list", f"a list of {table.key}", remedy, "not-a-list")
            return
        self._cover(patient, table, complete)
        for number, item in enumerate(items.items, 1):
            self._row(patient, table, item, number)

    def _cover(self, patient: str, table: Table, complete: bool, unknown: str | None = None) -> None:
        self._keep("coverage", (patient, table.name, complete, unknown, table.key))

    def _row(self, patient: str, table: Table, node: Node, number: int | None) -> None:
        place = table.key if number is None else f"{table.key}[{number}]"
        if not isinstance(node, Mapping):
            self._refuse(
                node, place, "no map", "a map of columns", f"Columns: {', '.join(table.columns)}.", "not-a-map"
            )
            return
        row = read_row(table, node.pairs, place, self.draught, node)
        if row is None:
            return
        head: tuple[Any, ...] = (patient,) if number is None else (patient, number)
        if table.name == "patient":
            head = (patient, None)
        self._keep(table.name, (*head, *row, place))

    def _references(self, document: Mapping) -> None:
        """Every treatment that is named by its number must be in the list."""
        count = len(_items(document.get("treatments")))
        for table in self.tables.tables.values():
            if REFERENCE not in table.columns:
                continue
            for number, item in enumerate(_items(document.get(table.key)), 1):
                node = item.get(REFERENCE) if isinstance(item, Mapping) else None
                if isinstance(node, Scalar) and node.text.isdigit() and not 1 <= int(node.text) <= count:
                    found, expected = f"treatment {node.text} of {count}", "the number of one of the treatments"
                    place = f"{table.key}[{number}].{REFERENCE}"
                    self._refuse(node, place, found, expected, "Count from 1.", "no-such-treatment")

    def _after_death(self, document: Mapping) -> None:
        """Nothing happens to a patient who has died."""
        deaths = self.rows.get("death")
        last = deaths[0][2] if deaths else None
        if last is None:
            return
        for table in self.tables.tables.values():
            names = [one.name for one in table.physical if one.name != "source_id"]
            for row in self.rows.get(table.name, ()):
                for name, day in late_days(table, dict(zip(names, row, strict=True)), last):
                    found = f"{day}, after the death on {last}"
                    self._refuse(
                        document.get("death"), f"{row[-1]}.{name}", found, "a day up to the death", REMEDY, CODE
                    )


def _items(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, Mapping):
        node = node.get("at_least")
    return node.items if isinstance(node, Sequence) else ()

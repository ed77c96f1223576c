"""The lines of a spreadsheet as rows of the registry, by a mapping that somebody has seen."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from ..case import read_case
from ..errors import Problem, Problems
from ..files import Mapping, Scalar
from ._import_board import case_rows
from ._import_refuse import Refused
from ._import_rows import Document
from ._mapping import CASE, Block, Mapped, entered
from ._mapping_cells import LineReader, day_as_written, first_day
from ._mapping_passed import passed_over
from ._mapping_table import Sheet
from ._schema_columns import REFERENCE
from ._schema_tables import load_tables
from ._validate import Row, read_row

__all__ = ["Applied", "apply"]

DEATH = "death"
LAST_CONTACT = "last_contact"
DAY_CELLS = 3
"""The first cells of a last contact: the first and the last day that it can be, and why it is not known."""
LEFT_OUT = "a line of the patient was left out"
"""Why the tables of a patient are not complete, though the mapping says that those of the file are."""
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Applied:
    """The rows of the good lines, and the problems of the others."""

    document: Document
    problems: tuple[Problem, ...]
    left_out: int


@dataclass
class _Made:
    """What the lines have given so far.

    ``days`` is the first day of a case that the lines of each patient name. ``once`` is what there is one of, by what
    it is, with the line and what it said; ``lines`` are the lines that were kept, by their cells. ``elsewhere`` are
    patients whose lines contradict what another file says of them; ``complete`` says of a patient and a table whether
    all rows are there, as far as a line tells.
    """

    days: dict[str, str]
    columns: tuple[str, ...]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    once: dict[tuple[str, ...], tuple[int, object]] = field(default_factory=dict)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    patients: dict[str, None] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    complete: dict[tuple[str, str], bool] = field(default_factory=dict)


def apply(sheet: Sheet, mapping: Mapped, refused: Sequence[Refused] = ()) -> Applied:
    """Every line as rows; a line with any problem gives none, nor does one that is ``refused``.

    Raises ``Problems`` where the file does not have the columns of the mapping.
    """
    absent = [name for name in mapping.columns if name not in sheet.heading]
    if absent:
        problem = Problem(
            f"no column {', '.join(f'`{name}`' for name in absent)}", "the columns of the mapping",
            "Is this the right file? Else correct the mapping.", "no-such-column", sheet.file, 1,
        )  # fmt: skip
        raise Problems([problem], sheet.file)
    made, problems, left_out = _Made(_first_days(sheet, mapping), mapping.columns), list[Problem](), 0
    lacking: set[str] = set()
    deaths: dict[str, int] = {}
    named = _by_line(refused)
    for number, line in sheet.lines:
        reader = _Line(sheet.file, mapping, number, line)
        found = list(reader.rows(made))
        reader.check_treatments(found)
        complete = dict(reader.complete())
        reader.draught.problems += [one.problem for one in named.get(number, ())]
        if reader.draught.problems:
            problems += reader.draught.problems
            left_out += 1
            lacking.add(reader.patient)
            if reader.may_have_died and _ID.fullmatch(reader.patient):
                deaths.setdefault(reader.patient, number)
            if any(one.stored for one in named.get(number, ())):
                made.elsewhere.add(reader.patient)
            continue
        reader.keep(made, found)
        for table, whole in complete.items():
            made.complete[reader.patient, table] = whole and made.complete.get((reader.patient, table), True)
    for patient in made.patients:
        why = LEFT_OUT if patient in lacking else None
        made.rows.setdefault("coverage", []).extend(
            (patient, table, why is None, why, "mapping: complete")
            for table in mapping.complete if made.complete.get((patient, table))
        )  # fmt: skip
    _unknown_deaths(made, deaths)
    if LAST_CONTACT in made.rows:
        made.rows[LAST_CONTACT] = _latest(made.rows[LAST_CONTACT])
    document = Document("table", f"table {mapping.id}", mapping.data, made.rows)
    return Applied(document, tuple(problems), left_out)


def _by_line(refused: Sequence[Refused]) -> dict[int | None, list[Refused]]:
    found: dict[int | None, list[Refused]] = {}
    for one in refused:
        found.setdefault(one.line, []).append(one)
    return found


def _unknown_deaths(made: _Made, deaths: Map[str, int]) -> None:
    """Of whom a line was left out that tells of a death, it is not known; else who has died would count as alive."""
    known = {row[0] for row in made.rows.get(DEATH, ())}
    known |= {one for (one, table), whole in made.complete.items() if table == DEATH and whole}
    for patient, number in deaths.items():
        if patient not in known and (patient in made.patients or patient in made.elsewhere):
            made.rows.setdefault("coverage", []).append((patient, DEATH, False, LEFT_OUT, f"line {number}"))


def _latest(rows: Iterable[Row]) -> list[Row]:
    """Of the last contacts of each patient the latest, by the first day that each can be of."""
    latest: dict[str, Row] = {}
    for row in rows:
        patient, day = row[:2]
        if patient not in latest or (day or datetime.date.min) > (latest[patient][1] or datetime.date.min):
            latest[patient] = row
    return list(latest.values())


def _first_days(sheet: Sheet, mapping: Mapped) -> dict[str, str]:
    days: dict[str, str] = {}
    if mapping.case_day is not None:
        for _, line in sheet.lines:
            if (day := line[mapping.case_day]) and day not in mapping.missing:
                days.setdefault(line[mapping.patient], day)
    return days


class _Line(LineReader):
    """One line of the spreadsheet, with the rows that it gives."""

    def __init__(self, file: str, mapping: Mapped, number: int, line: dict[str, str]) -> None:
        super().__init__(file, mapping, number, line)
        self.patient = line[mapping.patient]
        self.once: dict[tuple[str, ...], tuple[int, object]] = {}
        self.may_have_died = False

    def rows(self, made: _Made) -> Iterator[tuple[str, Row]]:
        """The rows that the line gives, each with its table, before they have a number."""
        if not _ID.fullmatch(self.patient):
            found = "an id with other signs" if self.patient else "no patient"
            remedy = "Use a made-up id, never a name or record number."
            self.draught.refuse(self.at, self.mapping.patient, found, "1 to 64 of A-Z a-z 0-9 . _ -", remedy, "bad-id")
            return
        for name in sorted(self.unnamed):
            self.refuse_word(name)
        held = list[Block]()
        for block in self.mapping.blocks:
            holds = self.holds(block.when, block.cells.values())
            if block.table == DEATH:
                self.may_have_died |= holds or any(one.column in self.unnamed for one in block.when)
            if not holds:
                continue
            held.append(block)
            if block.table == CASE:
                yield from self._case(block, made)
                continue
            yield from self._row(block, made)
        if not self.draught.problems:
            for name, problem in passed_over(self, held):
                problem.file, problem.line = self.draught.file, self.number
                self.draught.problems.append(problem)
                self.may_have_died |= name == DEATH

    def _row(self, block: Block, made: _Made) -> Iterator[tuple[str, Row]]:
        """The row that a block gives, where it can be read and was not given before."""
        table = load_tables().tables[block.table]
        pairs = [*self.pairs(block, table.columns, table.needs)]
        row = read_row(table, pairs, block.table, self.draught, self.at)
        if row is None:
            return
        if not table.single:
            self._not_twice(made)
            if block.table == REFERENCE:
                self._is_another(block, made)
            yield block.table, row
            return
        key: tuple[str, ...] = (block.table, self.patient)
        other, expected = f"another `{block.table}`", "one of each patient"
        if block.table == LAST_CONTACT:  # of several the latest counts
            key, other, expected = (*key, str(row[:DAY_CELLS])), f"{other} of the same day", "one of each day"
        if self._is_new(made, key, row, other, expected):
            yield block.table, row

    def check_treatments(self, found: list[tuple[str, Row]]) -> None:
        """Refuse a row that names a treatment that the line does not give: it would name one of another line."""
        count = sum(name == REFERENCE for name, _ in found)
        for name, row in found:
            named = row[_place_of(name)] if _names_treatment(name) else None
            if named is not None and not 1 <= named <= count and not self.draught.problems:
                remedy = "Correct the line, or let the block hold only where it gives a treatment."
                self.draught.refuse(
                    self.at, f"{name}.{REFERENCE}", f"treatment {named} of {count}",
                    "one of the treatments on the same line", remedy, "no-such-treatment",
                )  # fmt: skip

    def keep(self, made: _Made, found: list[tuple[str, Row]]) -> None:
        """Number the rows and add them to what was made; a treatment that the line names is one of its own."""
        tables, place = load_tables().tables, f"line {self.number}"
        before = made.counts[self.patient, REFERENCE]
        made.patients[self.patient] = None
        made.once |= self.once
        made.lines.setdefault(self._cells(made), self.number)
        for name, row in found:
            if name == "snapshot":
                made.rows.setdefault(name, []).append((*row[:-1], place))
                continue
            table = tables[name]
            if table.single:
                head = (self.patient, None) if name == "patient" else (self.patient,)
                made.rows.setdefault(name, []).append((*head, *row, place))
                continue
            made.counts[self.patient, name] += 1
            if _names_treatment(name):
                at = _place_of(name)
                row = (*row[:at], None if row[at] is None else row[at] + before, *row[at + 1 :])
            made.rows.setdefault(name, []).append((self.patient, made.counts[self.patient, name], *row, place))

    def _is_new(self, made: _Made, key: tuple[str, ...], said: object, other: str, expected: str) -> bool:
        """Whether nothing was said yet of what there is one of; refuse what differs from what was."""
        first = made.once.get(key) or self.once.get(key)
        if first is None:
            self.once[key] = self.number, said
        elif first[1] != said:
            found = f"{other} than on line {first[0]}"
            self.draught.refuse(self.at, key[0], found, expected, "Correct one of the lines.", "two-values")
        return first is None

    def _not_twice(self, made: _Made) -> None:
        """Refuse a line that repeats another in all that is read: its row would count twice."""
        first = made.lines.get(self._cells(made))
        if first is not None and not self.draught.problems:
            remedy = "Leave one out; if both happened, name the column that tells them apart under `when`."
            self.draught.refuse(
                self.at, self.mapping.patient, f"the same as line {first}", "each line once", remedy, "twice"
            )

    def _is_another(self, block: Block, made: _Made) -> None:
        """Refuse a treatment that an earlier line gives in all that is read of it: one operation would be two."""
        names = (*(one.column for one in block.when), *(name for one in block.cells.values() for name in one.columns))
        key = (block.table, self.patient, *block.fixed.values(), *(self.line[name] for name in names))
        self.once[key] = self.number, None
        if key in made.once and not self.draught.problems:
            remedy = "Leave it out of one line; if both were given, name the column that tells them apart under `when`."
            found = f"the same treatment as on line {made.once[key][0]}"
            self.draught.refuse(self.at, block.table, found, "each treatment once", remedy, "twice")

    def _cells(self, made: _Made) -> tuple[str, ...]:
        return tuple(self.line[name] for name in made.columns)

    def complete(self) -> Iterator[tuple[str, bool]]:
        """For each table of which the line says whether all rows are there, whether they are."""
        for table, conditions in self.mapping.complete.items():
            if not conditions or any(self.line[one.column] for one in conditions):
                yield table, self.holds(conditions)

    def _case(self, block: Block, made: _Made) -> Iterator[tuple[str, Row]]:
        """The case that the facts of the line make, on the day of the line, else on the first of the patient."""
        facts = tuple(self.pairs(block, entered()))
        if all(name.text in block.fixed for name, _ in facts):
            return
        day = self.line[self.mapping.case_day or ""]
        if not day or day in self.mapping.missing:
            day = made.days.get(self.patient, "")
        if not day:
            remedy = "Give it a day, name another column under `as_of`, or leave the facts of the case out."
            self.draught.refuse(self.at, "case", "facts of no day", "the day of the case", remedy, "required")
            return
        head = {"netlm": "case/1", "id": self.patient, "as_of": first_day(day_as_written(day, self.mapping.dates))}
        if self.mapping.data:
            head["data"] = self.mapping.data
        pairs = [(Scalar(name, self.number), Scalar(text, self.number)) for name, text in head.items()]
        document = Mapping((*pairs, (Scalar("facts", self.number), Mapping(facts, self.number))), self.number)
        try:
            case = read_case(document, self.draught.file)
        except Problems as problems:
            self.draught.problems += problems.problems
            return
        key = ("snapshot", self.patient, case.as_of.isoformat())
        said = {name: (one.value, one.unknown) for name, one in case.facts.entered.items()}
        if self._is_new(made, key, said, "other facts of the same day", "one case of each patient and day"):
            yield "snapshot", case_rows(case).rows["snapshot"][0]


def _names_treatment(table: str) -> bool:
    """Whether the rows of a table can name a treatment; the case, which is none of the tables, cannot."""
    return table in load_tables().tables and REFERENCE in load_tables().tables[table].columns


def _place_of(table: str) -> int:
    """Where in a row the number of the treatment stands."""
    names = [one.name for column in load_tables().tables[table].columns.values() for one in column.physical]
    return names.index(REFERENCE)

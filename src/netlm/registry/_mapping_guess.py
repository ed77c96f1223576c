"""What a column of a spreadsheet may be: a guess from its heading, the unit in it and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from ..dictionary import knowledge_folder, knowledge_records
from ..errors import Problem
from ..files import Record, Scalar
from ._mapping import CASE, DATE_ORDERS, entered
from ._mapping_cells import day_as_written, with_unit
from ._mapping_table import Sheet
from ._schema_columns import Column
from ._schema_tables import load_tables

__all__ = [
    "LAST_MONTH", "ORDER_OF_DAYS", "Guess", "begun", "column_of", "date_order", "doubt_answers", "guess_of", "judge",
    "plain", "synonyms", "unknown_reason", "why_unknown", "word_for",
]  # fmt: skip

UNITS = {
    "pct": "%", "percent": "%", "perc": "%", "%": "%", "mm": "mm", "cm": "cm", "umol": "umol/L", "umoll": "umol/L",
    "mgdl": "mg/dL", "gdl": "g/dL", "gl": "g/L",
}  # fmt: skip
"""Endings of headings, without signs, that name a unit."""
SAMPLE = 2000
ENOUGH = 0.5
"""A column of which less can be read is proposed as a comment."""
WORDS = 12
"""More different answers than this are no list of answers."""
ORDER_OF_DAYS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
LAST_MONTH = 12
BARE = re.compile(r"\d+(?:[.,]\d+)?")
PER_CENT = "%"
PARTS = re.compile(r"[/,;()]|\bor\b")
"""What stands between two names of one thing."""
GIVEN = "were these treatments given?"


@dataclass
class Guess:
    """What a column may be: ``home`` is a table, or the case; ``doubts`` are what somebody has to look at.

    ``unknown`` and ``completed`` are as in ``Cell``; ``missing`` are codes of the column that stand for nothing.
    """

    heading: str
    home: str
    name: str
    unit: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    completed: str | None = None
    missing: tuple[str, ...] = ()
    readable: int = 0
    filled: int = 0
    doubts: list[str] = field(default_factory=list)
    when: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def headings(self) -> tuple[str, ...]:
        """Every column of the file that it takes."""
        taken = (*self.boxes, *self.unknown) if self.boxes else (self.heading,)
        return taken if self.completed is None else (*taken, self.completed)

    @property
    def is_unread(self) -> bool:
        """Whether too little of the column can be read to propose it."""
        return not self.boxes and self.readable < ENOUGH * self.filled


@cache
def synonyms() -> Record:
    return next(knowledge_records(knowledge_folder() / "registry" / "synonyms.yaml", "registry-synonyms/1"))


def plain(text: str) -> str:
    """A heading without case and signs."""
    return " ".join(re.findall(r"[a-z0-9]+|%", text.lower().replace("_", " ")))


@cache
def _names() -> dict[str, tuple[str, str]]:
    """What columns are called, to the table (or case) and column that they are; the first meaning counts."""
    found: dict[str, tuple[str, str]] = {}
    record = synonyms()
    for name in record.record(CASE).node:
        for text in record.record(CASE).texts(name):
            found.setdefault(plain(text), (CASE, name))
    for table in record.record("tables").node:
        inner = record.record("tables").record(table)
        for name in inner.node:
            for text in inner.texts(name):
                found.setdefault(plain(text), (table, name))
    for name, column in entered().items():
        for text in (name, column.fact.title):
            found.setdefault(plain(text), (CASE, name))
    for table, described in load_tables().tables.items():
        for name in described.columns:
            found.setdefault(plain(f"{table} {name}"), (table, name))
            if sum(name in one.columns for one in load_tables().tables.values()) == 1:
                found.setdefault(plain(name), (table, name))
    return found


def column_of(home: str, name: str) -> Column | None:
    """The column that a guess names; None for the day of a case."""
    return entered().get(name) if home == CASE else load_tables().tables[home].columns[name]


def guess_of(sheet: Sheet, heading: str) -> Guess | None:
    guess = begun(heading, (heading,), sheet.values(heading))
    if guess is not None:
        judge(sheet, guess)
    return guess


def begun(heading: str, names: Iterable[str], answers: Iterable[str]) -> Guess | None:
    """What a column may be by the first of its ``names`` that means something, else by its ``answers``; not judged."""
    unit = None
    for name in names:
        meant, unit = meaning(name)
        if meant is not None:
            return Guess(heading, *meant, unit)
    meant = named_by_answers(answers)
    return Guess(heading, *meant, unit, doubts=[GIVEN]) if meant is not None else None


def meaning(heading: str) -> tuple[tuple[str, str] | None, str | None]:
    """The table and column that a heading probably names, and the unit at its end."""
    name, unit = plain(heading), None
    words = name.split()
    for count in (2, 1):
        ending = "".join(words[-count:])
        if len(words) > count and ending in UNITS:
            name, unit = " ".join(words[:-count]), UNITS[ending]
            break
    return _names().get(name) or _names().get(plain(heading)), unit


def named_by_answers(texts: Iterable[str]) -> tuple[str, str] | None:
    """The treatments, where most of the answers of a column that nothing else is known of are their names."""
    column = load_tables().tables["treatment"].columns["option"]
    answers = [text for text in dict.fromkeys(texts) if not why_unknown(column, text)]
    named = sum(bool(word_for(column, text)) for text in answers[: WORDS + 1])
    return ("treatment", "option") if len(answers) <= WORDS and named > ENOUGH * len(answers) else None


def word_for(column: Column, text: str) -> str:
    """The word of a column that people call ``text``; empty where none fits, or several.

    Of a text in parts, such as `Resection / debulking`, every part has to mean the same.
    """
    if _readable(column, text):
        return text
    if word := _word(column, text):
        return word
    words = {_word(column, part) for part in PARTS.split(text)}
    return words.pop() if len(words) == 1 else ""


def _word(column: Column, text: str) -> str:
    known = synonyms().record("answers")
    fitting = [
        word for word in column.fact.type.words
        if plain(text) in {plain(word), *map(plain, known.texts(word) if word in known else ())}
    ]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else ""


def why_unknown(column: Column, text: str) -> str:
    """Why the answer is not known, where ``text`` says so and is no answer of the column; else empty."""
    reason = unknown_reason(text)
    return "" if reason != plain(text) and word_for(column, text) else reason


def unknown_reason(text: str) -> str:
    """What a text holds that says that something is not known; empty where nothing does."""
    said = plain(text)
    return next((one for one in synonyms().texts("unknown") if f" {one} " in f" {said} "), "")


def doubt_answers(guess: Guess) -> None:
    """Have somebody look at answers that no word was found for, and at those that are taken for unknown."""
    nameless = [text for text, word in (guess.values | guess.boxes).items() if not word]
    if nameless:
        guess.doubts.append(f"{len(nameless)} answers have no meaning yet")
    if unknown := len(guess.unknown) + len(guess.missing):
        guess.doubts.append(f"{unknown} answers are read as unknown")


def judge(sheet: Sheet, guess: Guess) -> None:
    """See how many values of the column can be read, and find words for those that cannot."""
    column = column_of(guess.home, guess.name)
    missing = synonyms().pairs("missing")
    cells = [cell for cell in sheet.values(guess.heading) if cell not in missing][:SAMPLE]
    if column is not None and column.shape in ("word", "yes_no") and not guess.values:
        answers = _answers(column, cells)
        guess.unknown |= {text: reason for text in answers if (reason := why_unknown(column, text))}
        guess.values = {text: word for text, word in answers.items() if text not in guess.unknown}
    doubt_answers(guess)
    cells = [cell for cell in cells if cell not in guess.unknown]
    guess.filled = len(cells)
    if column is None or column.shape == "day":
        order = date_order(cells)
        guess.readable = sum(_readable(_day_column(), day_as_written(cell, order)) for cell in cells)
        return
    number = column.fact.type.number
    bare = [cell for cell in cells if BARE.fullmatch(cell)]
    if number is not None and not number.bare and guess.unit is None and bare:
        guess.unit = number.unit if number.unit == PER_CENT else ""
        fractions = all(float(cell.replace(",", ".")) <= 1 for cell in bare)
        if guess.unit and fractions:
            guess.doubts.append("are these parts of one? Then they are not per cent")
        if not guess.unit:
            guess.doubts.append(f"the heading names no unit; is it {number.unit}?")
    if guess.values:
        said = [guess.values.get(cell, "") for cell in cells]
    elif number is not None:
        said = [with_unit(cell.replace(",", "."), guess.unit or None) for cell in cells]
    else:
        said = cells
    guess.readable = sum(_readable(column, text) for text in said)


@cache
def _day_column() -> Column:
    """A column of days."""
    return load_tables().tables["death"].columns["date"]


def _readable(column: Column, text: str) -> bool:
    try:
        column.read(Scalar(text or " "))
    except Problem:
        return False
    return True


def _answers(column: Column, cells: Iterable[str]) -> dict[str, str]:
    """Answers that are not the words of the column, each with the word it probably is; empty where none fits."""
    counts = Counter(cells)
    strange = [text for text in counts if not _readable(column, text)]
    if not strange or len(strange) > WORDS:
        return {}
    return {text: word_for(column, text) for text in counts}


def date_order(cells: Iterable[str]) -> str:
    """The order of the parts of dates; where both fit, the day before the month."""
    parts = [match.groups() for cell in cells if (match := ORDER_OF_DAYS.match(cell))]
    if any(len(first) == len("2026") for first, _, _ in parts) or not parts:
        return DATE_ORDERS[0]
    months_second = all(int(second) <= LAST_MONTH for _, second, _ in parts)
    return DATE_ORDERS[1] if months_second else DATE_ORDERS[2]

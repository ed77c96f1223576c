"""A mapping proposed from the headings, the units and the values of a spreadsheet; it is always read before use."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import Mapping as Tree
from ..files import Scalar, render_tree
from ._mapping import CASE, DATE_ORDERS, FORMAT, LEFT_OPEN
from ._mapping_guess import (
    LAST_MONTH,
    ORDER_OF_DAYS,
    Guess,
    column_of,
    date_order,
    guess_of,
    plain,
    synonyms,
)  # fmt: skip
from ._mapping_table import Sheet, read_sheet
from ._redcap import REPEATED, redcap_guesses, redcap_labels
from ._schema_columns import REFERENCE
from ._schema_tables import load_tables

__all__ = ["propose_mapping"]

NO_AND_YES = {"0", "1"}
Labels = Mapping[str, Mapping[str, str]]
"""What the codes of a column say."""


def propose_mapping(path: str | Path, dictionary: str | Path | None = None) -> str:
    """A mapping for the spreadsheet (CSV) in a file, as YAML to be read, mended and approved.

    ``dictionary`` is the data dictionary of a REDCap project, for an export of that project.
    Raises ``Problems`` for a file that is no spreadsheet.
    """
    sheet = read_sheet(path)
    if dictionary is not None:
        guesses, labels = redcap_guesses(sheet, dictionary), redcap_labels(dictionary)
    else:
        guesses = [guess for heading in sheet.heading if (guess := guess_of(sheet, heading)) is not None]
        labels = {}
    return "".join(f"{line}\n" for line in _lines(sheet, guesses, labels))


def _lines(sheet: Sheet, guesses: list[Guess], labels: Labels) -> Iterator[str]:
    patient = next((one for one in sheet.heading if plain(one) in map(plain, synonyms().texts("patient"))), None)
    guesses, instead = _each_once(guesses)
    used = {patient, *(heading for one in guesses for heading in one.headings)}
    day_cells = [cell for one in guesses if _is_day(one) for cell in sheet.values(one.heading)]
    codes = {cell for heading in sheet.heading for cell in sheet.values(heading)} & set(synonyms().pairs("missing"))
    codes.update(code for one in guesses for code in one.missing)
    yield "# Proposed from the headings and values; read every line. Nothing is imported before `seen: yes`."
    yield "# Try it with: netlm registry import REGISTRY FILE.csv --mapping THIS --dry-run"
    yield f"netlm: {FORMAT}"
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(sheet.file).stem)
    yield f"id: {name}    # a later file of the same id takes its place"
    yield "seen: no"
    yield "# data: real       # or synthetic, or published"
    yield (
        f"patient: {_text(patient)}"
        if patient
        else f"patient: {LEFT_OPEN}       # which column holds the id of the patient?"
    )
    order = date_order(day_cells)
    yield f"dates: {order}{_ambiguous(day_cells, order)}"
    if sheet.encoding != "utf-8":
        yield f"encoding: {sheet.encoding}"
    numbers = [cell for one in guesses if _is_number(one) for cell in sheet.values(one.heading)]
    if any(re.search(r"\d,\d", cell) for cell in numbers):
        mixed = any(re.search(r"\d\.\d", cell) for cell in numbers)
        yield f"decimal: comma{'    # CHECK: some numbers have a dot' if mixed else ''}"
    if codes:
        yield "missing:           # codes that stand for nothing, and the reason"
        yield from (f"  {_text(code)}: {_text(synonyms().pairs('missing')[code])}" for code in sorted(codes))
    yield "# complete: []     # tables of which this file has all rows, so that none is none"
    yield from _case(guesses)
    yield from _tables(sheet, [*guesses, *_deaths(sheet, guesses, labels)], labels)
    rest = [heading for heading in sheet.heading if heading not in used and heading]
    if rest:
        yield "# Not used:"
        for heading in rest:
            taken = f"    # CHECK: `{instead[heading]}` is taken for it" if heading in instead else ""
            yield f"#   {_text(heading)}{taken}"


def _each_once(guesses: list[Guess]) -> tuple[list[Guess], dict[str, str]]:
    """Of guesses for one column of a table the one that can be read best; the headings of the others, with its own."""
    best = dict[tuple[str, str], Guess]()
    for one in guesses:
        first = best.setdefault((one.home, one.name), one)
        if one.readable > first.readable:
            best[one.home, one.name] = one
    instead = {
        heading: best[one.home, one.name].heading
        for one in guesses
        if one is not best[one.home, one.name]
        for heading in one.headings
    }
    return list(best.values()), instead


def _is_day(guess: Guess) -> bool:
    column = column_of(guess.home, guess.name)
    return column is None or column.shape == "day"


def _is_number(guess: Guess) -> bool:
    column = column_of(guess.home, guess.name)
    return column is not None and column.shape == "number"


def _ambiguous(cells: list[str], order: str) -> str:
    parts = [match.groups() for cell in cells if (match := ORDER_OF_DAYS.match(cell))]
    if order == DATE_ORDERS[1] and all(int(first) <= LAST_MONTH for first, _, _ in parts):
        return "    # CHECK: every date could also be month-day-year"
    return ""


def _case(guesses: list[Guess]) -> Iterator[str]:
    own = [one for one in guesses if one.home == CASE]
    if not own:
        return
    day = next((one for one in own if one.name == "as_of"), None)
    start = next((one for one in guesses if (one.home, one.name) == ("treatment", "from")), None)
    chosen = day or start
    why = "" if day else "    # CHECK: the day up to which the facts are true"
    as_of = _text(chosen.heading) if chosen else LEFT_OPEN
    facts = [one for one in own if one is not day]
    yield from _block(["case:", f"  as_of: {as_of}{why}", "  columns:"], facts, _is_unread(facts))


def _deaths(sheet: Sheet, guesses: list[Guess], labels: Labels) -> Iterator[Guess]:
    """Where a status tells the dead and only the last follow-up has a day, that day is the death of the dead."""
    if not any(one.home == "death" for one in guesses) and _status(sheet, labels) is not None:
        for one in guesses:
            if (one.home, one.name) == ("last_contact", "date"):
                doubt = "is the last follow-up of the dead their death?"
                yield replace(one, home="death", doubts=[doubt])


def _tables(sheet: Sheet, guesses: list[Guess], labels: Labels) -> Iterator[str]:
    by_home = {name: own for name in load_tables().tables if (own := [one for one in guesses if one.home == name])}
    closed = _closed(by_home)
    status = _status(sheet, labels)
    if by_home:
        yield "tables:" if len(closed) < len(by_home) else "# tables:"
    for home, own in by_home.items():
        table = load_tables().tables[home]
        names_treatment = _names_treatment(home, by_home, closed)
        when = own[0].when
        if not when or names_treatment:
            telling = [name for name in table.needs if name != REFERENCE] or table.columns
            when = [*when, *[(one.heading, ()) for one in own if one.name in telling][:1]]
        if status is not None and home in status.answers:
            when = [*when, (status.heading, status.answers[home])]
        parts = []
        if when:
            others = _passed(sheet, status, set(by_home) - set(closed))
            conditions = ", ".join(_condition(name, values, others.get(name, ())) for name, values in when)
            doubt = status.doubt if status is not None and home in status.answers else ""
            parts.append(f"when: [{conditions}]{doubt}")
        if home == "treatment" and not any(one.name in table.one_of and not one.is_unread for one in own):
            parts.append(f"set: {{option: {LEFT_OPEN}}}    # CHECK: which treatment is it?")
        if names_treatment:
            parts.append(f"set: {{{REFERENCE}: '1'}}    # the first treatment of the same line")
        parts.append("columns:")
        head = [f"  {home}:{closed.get(home, '')}", f"    - {parts[0]}", *(f"      {part}" for part in parts[1:])]
        yield from _block(head, own, home in closed)


def _condition(name: str, values: Sequence[str], others: Iterable[str]) -> str:
    parts = {"column": _text(name)}
    if values:
        parts["is"] = f"[{', '.join(map(_text, values))}]"
    if values and (passed := [other for other in others if other not in values]):
        parts["not"] = f"[{', '.join(map(_text, passed))}]"
    return f"{{{', '.join(f'{key}: {part}' for key, part in parts.items())}}}"


def _passed(sheet: Sheet, status: _Status | None, tables: Container[str]) -> dict[str, list[str]]:
    """Words of the columns of conditions that no table needs: other forms, and who is dead or alive without a table."""
    passed = {}
    if REPEATED in sheet.heading:
        passed[REPEATED] = list(dict.fromkeys(sheet.values(REPEATED)))
    if status is not None:
        passed[status.heading] = [
            cell for home in status.answers if home not in tables for cell in status.answers[home]
        ]
    return passed


def _closed(by_home: Mapping[str, list[Guess]]) -> dict[str, str]:
    """The tables of which no row could be made, each with a note on what it needs; treatments come before the rest."""
    closed = dict[str, str]()
    for home, own in by_home.items():
        given = {one.name for one in own if not one.is_unread}
        if _names_treatment(home, by_home, closed):
            given.add(REFERENCE)
        if lacking := [f"`{name}`" for name in load_tables().tables[home].needs if name not in given]:
            closed[home] = f"    # CHECK: no column can be read as {' and '.join(lacking)}"
        elif _is_unread(own):
            closed[home] = ""
    return closed


def _names_treatment(home: str, by_home: Mapping[str, list[Guess]], closed: Mapping[str, str]) -> bool:
    """Whether the rows of a table can name a treatment, and the same lines give one."""
    if REFERENCE not in load_tables().tables[home].columns or REFERENCE not in by_home or REFERENCE in closed:
        return False
    return by_home[home][0].when == by_home[REFERENCE][0].when


def _is_unread(own: list[Guess]) -> bool:
    return all(one.is_unread for one in own)


def _block(head: list[str], own: list[Guess], closed: bool) -> Iterator[str]:
    """The lines of a block, its columns below the last of ``head``; all of them comments where it is ``closed``."""
    indent = " " * (len(head[-1]) - len(head[-1].lstrip(" -")) + 2)
    yield from (f"# {line}" if closed else line for line in head)
    for one in own:
        if closed:
            yield f"# {indent}{_cell(one)}"
        else:
            yield f"{indent}{'# ' if one.is_unread else ''}{_cell(one)}"


@dataclass(frozen=True)
class _Status:
    """The column that says who is alive: its answers for the tables of the dead and of the living, and the others."""

    heading: str
    answers: dict[str, tuple[str, ...]]
    others: tuple[str, ...]

    @property
    def doubt(self) -> str:
        """What somebody has to look at; where an answer is in no list, a death may be lost."""
        others = f"; in no list: {', '.join(map(_text, self.others))} (add to `is` or `not`)" if self.others else ""
        return f"    # CHECK: which answers of {_text(self.heading)} mean that{others}"


def _status(sheet: Sheet, labels: Labels) -> _Status | None:
    record, missing = synonyms().record("status"), synonyms().pairs("missing")
    for heading in sheet.heading:
        if plain(heading) not in map(plain, record.texts("columns")):
            continue
        said = {cell: labels.get(heading, {}).get(cell, cell).lower() for cell in sheet.values(heading)}
        said = {cell: word for cell, word in said.items() if cell not in missing}
        if {word for word in said.values() if word.isdigit()} - NO_AND_YES:  # such as 1 alive, 2 dead
            said = {cell: "" if word.isdigit() else word for cell, word in said.items()}
        dead, alive = (tuple(cell for cell in said if said[cell] in record.texts(word)) for word in ("dead", "alive"))
        if plain(heading) == "alive":
            dead, alive = alive, dead
        answers = {table: cells for table, cells in (("death", dead), ("last_contact", alive)) if cells}
        return _Status(heading, answers, tuple(cell for cell in said if cell not in dead + alive)) if answers else None
    return None


def _cell(guess: Guess) -> str:
    answers = _flow(guess.values | guess.boxes, guess.unknown)
    parts = {"column": _text(guess.heading)} if not guess.boxes else {"boxes": answers}
    if guess.completed is not None:
        parts["completed"] = _text(guess.completed)
    if guess.unit is not None:
        parts["unit"] = _text(guess.unit) if guess.unit else LEFT_OPEN
    if guess.values or (guess.unknown and not guess.boxes):
        parts["values"] = answers
    said = f"{guess.readable} of {guess.filled} can be read" if guess.filled else "no value"
    doubt = "; ".join(guess.doubts)
    written = f"{guess.name}: {{{', '.join(f'{name}: {part}' for name, part in parts.items())}}}"
    return f"{written}    # {'CHECK: ' if doubt or guess.is_unread else ''}{said}{'; ' + doubt if doubt else ''}"


def _flow(words: Mapping[str, str], unknown: Mapping[str, str]) -> str:
    pairs = [f"{_text(key)}: {_text(word) if word else LEFT_OPEN}" for key, word in words.items()]
    pairs += [f"{_text(key)}: {{unknown: {_text(reason)}}}" for key, reason in unknown.items()]
    return "{" + ", ".join(pairs) + "}"


def _text(text: str) -> str:
    """Text as YAML takes it, in one line."""
    return render_tree(Tree(((Scalar("x"), Scalar(text)),))).strip().removeprefix("x: ")

"""A mapping proposed from the headings, the units and the values of a spreadsheet; it is always read before use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..files import Mapping as Tree
from ..files import Scalar, render_tree
from ._mapping import CASE, DATE_ORDERS, FORMAT, LEFT_OPEN
from ._mapping_asked import Asked, Fields, asked_of
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
from ._mapping_table import REPEATED, Sheet, read_sheet
from ._schema_columns import REFERENCE
from ._schema_tables import load_tables

__all__ = ["propose_mapping"]


def propose_mapping(path: str | Path, dictionary: str | Path | None = None) -> str:
    """A mapping for the spreadsheet (CSV) in a file, as YAML to be read, mended and approved.

    ``dictionary`` is the data dictionary of a REDCap project, for an export of that project.
    Raises ``Problems`` for a file that is no spreadsheet.
    """
    sheet = read_sheet(path)
    fields: Fields = {}
    if dictionary is not None:
        from ._redcap import redcap_fields, redcap_guesses

        fields = redcap_fields(dictionary)
        guesses = redcap_guesses(sheet, fields)
    else:
        guesses = [guess for heading in sheet.heading if (guess := guess_of(sheet, heading)) is not None]
    return "".join(f"{line}\n" for line in _lines(sheet, guesses, asked_of(sheet, fields)))


def _lines(sheet: Sheet, guesses: list[Guess], asked: Mapping[str, Asked]) -> Iterator[str]:
    patient = next((one for one in sheet.heading if plain(one) in map(plain, synonyms().texts("patient"))), None)
    questions = {one.heading for one in asked.values()}
    guesses, instead = _each_once([one for one in guesses if one.heading not in questions])
    guesses += _deaths(guesses, asked)
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
    by_home = {name: own for name in load_tables().tables if (own := [one for one in guesses if one.home == name])}
    closed = _closed(by_home)
    asked = _without_the_dead(asked, closed) if "death" in closed or "death" not in by_home else asked
    yield from _complete(sheet, patient, asked)
    yield from _case(sheet, guesses)
    yield from _tables(by_home, closed, asked, _passed(sheet, asked, by_home.keys() - closed.keys()))
    used |= {asked[home].heading for home in by_home if home in asked}
    used |= {one.heading for one in asked.values() if one.no} | {name for one in guesses for name, _ in one.when}
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


def _case(sheet: Sheet, guesses: list[Guess]) -> Iterator[str]:
    """The facts of the case; in an export of repeated forms on the lines of their own form alone."""
    own = [one for one in guesses if one.home == CASE]
    if not own:
        return
    day = next((one for one in own if one.name == "as_of"), None)
    start = next((one for one in guesses if (one.home, one.name) == ("treatment", "from")), None)
    chosen = day or start
    why = "" if day else "    # CHECK: the day up to which the facts are true"
    as_of = _text(chosen.heading) if chosen else LEFT_OPEN
    facts = [one for one in own if one is not day]
    forms = {tuple(one.when) for one in facts}
    unrepeated = ((REPEATED, ("",)),) if any(sheet.values(REPEATED)) else ()
    when = (forms.pop() or unrepeated) if len(forms) == 1 else ()
    lines = f"  when: [{', '.join(_condition(name, values) for name, values in when)}]"
    head = ["case:", f"  as_of: {as_of}{why}", *([lines] if when else []), "  columns:"]
    yield from _block(head, facts, _is_unread(facts))


def _deaths(guesses: list[Guess], asked: Mapping[str, Asked]) -> list[Guess]:
    """Where a status tells the dead and only the last follow-up has a day, that day is the death of the dead."""
    if "death" not in asked or any((one.home, one.name) == ("death", "date") for one in guesses):
        return []
    doubt = "is the last follow-up of the dead their death?"
    last = [one for one in guesses if (one.home, one.name) == ("last_contact", "date")]
    return [replace(one, home="death", doubts=[doubt]) for one in last]


def _without_the_dead(asked: Mapping[str, Asked], closed: Collection[str]) -> Mapping[str, Asked]:
    """Where no row can be made of a death, the answers of the dead stand in no list: passed over, they would live."""
    dead = asked["death"].answers["death"] if "death" in asked else ()
    return {
        home: one if home in closed or "death" not in one.answers else replace(
            one, answers={home: one.answers[home]}, others=(*one.others, *dead)
        )
        for home, one in asked.items()
    }  # fmt: skip


def _complete(sheet: Sheet, patient: str | None, asked: Mapping[str, Asked]) -> Iterator[str]:
    """The tables of which somebody was asked whether there is anything to list, where that is told once a patient.

    A no is the whole list; of a yes one line may tell one of several.
    """
    questions = {table: one for table, one in asked.items() if one.no}
    told = {table: one for table, one in questions.items() if patient is not None and _is_once(sheet, patient, one)}
    if not told:
        yield "# complete: []     # tables of which this file has all rows, so that none is none"
        return
    yield "complete:          # CHECK: who was asked and had none, had none; who was not asked is not known"
    for table, one in told.items():
        others = _others(one).replace("; ", "    # ", 1)
        yield f"  {table}: [{_condition(one.heading, one.no, (*one.answers[table], *one.unknown))}]{others}"


def _is_once(sheet: Sheet, patient: str, one: Asked) -> bool:
    filled = [line for _, line in sheet.lines if line[one.heading]]
    each = {line[patient] for line in filled}
    return len(filled) == len(each) and not any(line.get(REPEATED) for line in filled)


def _condition(heading: str, answers: Sequence[str], others: Sequence[str] = ()) -> str:
    parts = {"column": _text(heading)}
    if answers:
        parts["is"] = f"[{', '.join(map(_text, answers))}]"
    if answers and (passed := [other for other in others if other not in answers]):
        parts["not"] = f"[{', '.join(map(_text, passed))}]"
    return f"{{{', '.join(f'{key}: {part}' for key, part in parts.items())}}}"


def _doubt(asked: Asked) -> str:
    """What somebody has to look at; where an answer is in no list, a death may be lost."""
    return "" if asked.no else f"    # CHECK: which answers of {_text(asked.heading)} mean that{_others(asked)}"


def _others(one: Asked) -> str:
    return f"; in no list: {', '.join(map(_text, one.others))} (add to `is` or `not`)" if one.others else ""


def _tables(
    by_home: Mapping[str, list[Guess]], closed: Mapping[str, str], asked: Mapping[str, Asked],
    passed: Mapping[str, tuple[str, ...]],
) -> Iterator[str]:  # fmt: skip
    if by_home:
        yield "tables:" if len(closed) < len(by_home) else "# tables:"
    for home, own in by_home.items():
        table = load_tables().tables[home]
        names_treatment = _names_treatment(home, by_home, closed)
        when = _when(home, own, asked.get(home), names_treatment)
        parts = []
        if when:
            conditions = ", ".join(_condition(name, values, passed.get(name, ())) for name, values in when)
            parts.append(f"when: [{conditions}]{_doubt(asked[home]) if home in asked else ''}")
        if home == "treatment" and not any(one.name in table.one_of and not one.is_unread for one in own):
            parts.append(f"set: {{option: {LEFT_OPEN}}}    # CHECK: which treatment is it?")
        if names_treatment:
            parts.append(f"set: {{{REFERENCE}: '1'}}    # the first treatment of the same line")
        parts.append("columns:")
        head = [f"  {home}:{closed.get(home, '')}", f"    - {parts[0]}", *(f"      {part}" for part in parts[1:])]
        yield from _block(head, own, home in closed)


def _passed(sheet: Sheet, asked: Mapping[str, Asked], tables: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Words of the columns of conditions that no table needs: of other forms, of who had none, and the like."""
    passed = {REPEATED: tuple(dict.fromkeys(sheet.values(REPEATED)))}
    for one in asked.values():
        told = (texts for home, texts in one.answers.items() if home not in tables)
        passed[one.heading] = (*(text for texts in told for text in texts), *one.no, *one.unknown)
    return passed


def _when(home: str, own: list[Guess], asked: Asked | None, names_treatment: bool) -> list[tuple[str, tuple[str, ...]]]:
    """On which lines a table has a row: of what somebody was asked where the answer says so, its day filled or not."""
    when, table = own[0].when, load_tables().tables[home]
    if (not when or names_treatment) and (asked is None or home == "last_contact"):
        telling = [name for name in table.needs if name != REFERENCE] or table.columns
        when = [*when, *[(one.heading, ()) for one in own if one.name in telling][:1]]
    return [*when, (asked.heading, asked.answers[home])] if asked is not None else when


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

"""A REDCap export read with its data dictionary: what each field is, from its name, its label and its choices.

The dictionary is the CSV that REDCap gives of a project. An export may hold codes or labels; checkboxes stand in a
column for each choice (``field___1``), and a repeated instrument on lines of its own, named by
``redcap_repeat_instrument``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem, Problems
from ._mapping_guess import Guess, column_of, judge, meaning, word_for
from ._mapping_table import Sheet, read_sheet

__all__ = ["redcap_guesses"]

NAME, FORM, TYPE, LABEL = "Variable / Field Name", "Form Name", "Field Type", "Field Label"
CHOICES = "Choices, Calculations, OR Slider Labels"
REPEATED = "redcap_repeat_instrument"
YES_NO = {"1": "yes", "0": "no"}


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of the project."""

    name: str
    form: str
    type: str
    label: str
    choices: dict[str, str]


def redcap_guesses(sheet: Sheet, dictionary: str | Path) -> list[Guess]:
    """What the columns of an export are; fields whose meaning is not known have no guess.

    Raises ``Problems`` where the second file is no data dictionary.
    """
    return [guess for one in _fields(dictionary) if (guess := _guess(sheet, one)) is not None]


def _fields(path: str | Path) -> Iterator[_Field]:
    book = read_sheet(path)
    if absent := [name for name in (NAME, FORM, TYPE, LABEL, CHOICES) if name not in book.heading]:
        problem = Problem(
            f"no column `{absent[0]}`", "the data dictionary of a REDCap project",
            "Download it under Project Setup, Data Dictionary.", "no-dictionary", book.file, 1,
        )  # fmt: skip
        raise Problems([problem], book.file)
    for _, line in book.lines:
        yield _Field(line[NAME], line[FORM], line[TYPE], line[LABEL], _choices(line[TYPE], line[CHOICES]))


def _choices(kind: str, text: str) -> dict[str, str]:
    """Codes and labels, as in ``1, Male | 2, Female``."""
    if kind in ("yesno", "truefalse"):
        return dict(YES_NO)
    if kind not in ("radio", "dropdown", "checkbox"):
        return {}
    pairs = (choice.partition(",") for choice in text.split("|"))
    return {code.strip(): label.strip() for code, comma, label in pairs if comma}


def _guess(sheet: Sheet, one: _Field) -> Guess | None:
    boxes = {f"{one.name}___{code.lower().replace('-', '_')}": label for code, label in one.choices.items()}
    boxes = {box: label for box, label in boxes.items() if box in sheet.heading} if one.type == "checkbox" else {}
    if one.name not in sheet.heading and not boxes:
        return None
    meant, unit = meaning(one.name)
    if meant is None:
        meant, unit = meaning(one.label)
    if meant is None:
        return None
    guess = Guess(one.name, *meant, unit)
    column = column_of(guess.home, guess.name)
    if boxes:
        if column is None or column.shape != "words":
            return None
        guess.boxes = {box: word_for(column, label) for box, label in boxes.items()}
        guess.filled = guess.readable = sum(1 for _, line in sheet.lines if any(line[box] for box in boxes))
    else:
        if column is not None and one.choices:
            cells = set(sheet.values(one.name))
            coded = {code: word_for(column, label) for code, label in one.choices.items()}
            labelled = {label: word_for(column, label) for label in one.choices.values()}
            guess.values = labelled if cells & set(labelled) - set(coded) else coded
        judge(sheet, guess)
    nameless = [text for text, word in (guess.values | guess.boxes).items() if not word]
    if nameless:
        guess.doubts.append(f"{len(nameless)} choices have no meaning yet")
    if REPEATED in sheet.heading and one.form in set(sheet.values(REPEATED)):
        guess.when = [(REPEATED, (one.form,))]
    elif REPEATED in sheet.heading:
        guess.when = [(next(iter(guess.boxes), one.name), ())]
    return guess

"""A REDCap export read with its data dictionary: what each field is, from its name, its label and its choices.

The dictionary is the CSV that REDCap gives of a project. An export may hold codes or labels; checkboxes stand in a
column for each choice (``field___1``), and a repeated instrument on lines of its own, named by
``redcap_repeat_instrument``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem, Problems
from ._mapping_guess import (
    Guess,
    begun,
    column_of,
    doubt_answers,
    judge,
    plain,
    synonyms,
    why_unknown,
    word_for,
)
from ._mapping_table import REPEATED, Sheet, read_sheet
from ._schema_columns import Column

__all__ = ["Field", "redcap_fields", "redcap_guesses"]

NAME, FORM, TYPE, LABEL = "Variable / Field Name", "Form Name", "Field Type", "Field Label"
CHOICES = "Choices, Calculations, OR Slider Labels"
INSTANCE = "redcap_repeat_instance"
FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
"""The choices of fields that have the same in every project."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the project."""

    name: str
    form: str
    type: str
    label: str
    choices: dict[str, str]

    def is_labelled(self, cells: Iterable[str]) -> bool:
        """Whether the export holds labels, not codes."""
        return bool(set(cells) & set(self.choices.values()) - set(self.choices))

    def answers(self, cells: Iterable[str]) -> dict[str, str]:
        """The choices as the export holds them, as codes or as labels, each with its label."""
        return {label: label for label in self.choices.values()} if self.is_labelled(cells) else self.choices


def redcap_guesses(sheet: Sheet, fields: Mapping[str, Field]) -> list[Guess]:
    """What the columns of an export are; fields whose meaning is not known have no guess.

    Raises ``Problems`` where the headings are none of the fields, such as those of an export of labels.
    """
    named = {heading.partition("___")[0] for heading in sheet.heading}
    if len(named & fields.keys()) < min(2, len(fields)):
        problem = Problem(
            "headings that are no fields of the data dictionary", "the names of variables",
            "Export the data as raw data (CSV), where the headings are names; labels of answers may stand.",
            "no-fields", sheet.file, 1,
        )  # fmt: skip
        raise Problems([problem], sheet.file)
    return [guess for one in fields.values() if (guess := _guess(sheet, one)) is not None]


def redcap_fields(path: str | Path) -> dict[str, Field]:
    """Every field of a project, by its name.

    Raises ``Problems`` where the file is no data dictionary.
    """
    return {one.name: one for one in _fields(read_sheet(path))}


def _fields(book: Sheet) -> Iterator[Field]:
    if absent := [name for name in (NAME, FORM, TYPE, LABEL, CHOICES) if name not in book.heading]:
        problem = Problem(
            f"no column `{absent[0]}`", "the data dictionary of a REDCap project",
            "Download it under Project Setup, Data Dictionary.", "no-dictionary", book.file, 1,
        )  # fmt: skip
        raise Problems([problem], book.file)
    for _, line in book.lines:
        yield Field(line[NAME], line[FORM], line[TYPE], line[LABEL], _choices(line[TYPE], line[CHOICES]))


def _choices(kind: str, text: str) -> dict[str, str]:
    """Codes and labels, as in ``1, Male | 2, Female``."""
    if kind in FIXED:
        return FIXED[kind]
    if kind not in ("radio", "dropdown", "checkbox"):
        return {}
    pairs = (choice.partition(",") for choice in text.split("|"))
    return {code.strip(): label.strip() for code, comma, label in pairs if comma}


def _guess(sheet: Sheet, one: Field) -> Guess | None:
    boxes = _boxes(sheet, one) if one.type == "checkbox" else {}
    if one.name not in sheet.heading and not boxes:
        return None
    guess = begun(one.name, (one.name, one.label), one.choices.values())
    if guess is None:
        return None
    column = column_of(guess.home, guess.name)
    if boxes:
        if column is None or column.shape != "words":
            return None
        _name_boxes(sheet, one, guess, column, boxes)
        if not guess.boxes:
            return None
    else:
        if column is not None and one.choices:
            _name_choices(sheet, one, guess, column)
        judge(sheet, guess)
    repeated = tuple(dict.fromkeys(name for name in sheet.values(REPEATED) if plain(name) == plain(one.form)))
    if repeated:  # by the name of the form or, in an export of labels, by its title
        guess.when = [(REPEATED, repeated), *([(INSTANCE, ())] if INSTANCE in sheet.heading else [])]
    return guess


def _boxes(sheet: Sheet, one: Field) -> dict[str, tuple[str, str]]:
    """The columns of a checkbox, each with its code and label; missing codes of the whole project have boxes too."""
    choices = {code: code for code in synonyms().pairs("missing")} | one.choices
    named = {f"{one.name}___{code.lower().replace('-', '_')}": (code, label) for code, label in choices.items()}
    return {box: named[box] for box in sheet.heading if box in named}


def _name_boxes(sheet: Sheet, one: Field, guess: Guess, column: Column, boxes: dict[str, tuple[str, str]]) -> None:
    missing = synonyms().pairs("missing")
    for box, (code, label) in boxes.items():
        word = word_for(column, label)
        if reason := why_unknown(column, label) if code not in missing or word else missing[code]:
            guess.unknown[box] = reason
        else:
            guess.boxes[box] = word
    completed = f"{one.form}_complete"
    guess.completed = completed if completed in sheet.heading else None
    guess.filled = guess.readable = sum(1 for _, line in sheet.lines if any(line[box] for box in boxes))
    doubt_answers(guess)


def _name_choices(sheet: Sheet, one: Field, guess: Guess, column: Column) -> None:
    """Words for the choices, as codes or as labels, whichever the export holds."""
    missing = synonyms().pairs("missing")
    by_label = one.is_labelled(sheet.values(one.name))
    for code, label in one.choices.items():
        text = label if by_label else code
        if text in missing:
            guess.missing += (text,)
        elif reason := missing.get(code) or why_unknown(column, label):
            guess.unknown[text] = reason
        else:
            guess.values[text] = word_for(column, label)

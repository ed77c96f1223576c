"""Columns that ask whether something happened: who is alive, who had a progression, a recurrence, a complication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._mapping_guess import plain, synonyms
from ._mapping_table import Sheet

if TYPE_CHECKING:
    from ._redcap import Field

__all__ = ["Asked", "Fields", "happened_of", "status_of"]

NO_AND_YES = {"0", "1"}
Fields = Mapping[str, "Field"]
"""The fields of the data dictionary, by the columns of the file."""


@dataclass(frozen=True)
class Asked:
    """A column and its answers, by the table of which they tell; ``others`` tell of none.

    ``no`` are the answers of those who had none.
    """

    heading: str
    answers: dict[str, tuple[str, ...]]
    others: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def status_of(sheet: Sheet, fields: Fields) -> Asked | None:
    """The column that says who is alive, with its answers for the tables of the dead and of the living."""
    record = synonyms().record("status")
    for heading in _called(sheet, record.texts("columns"), fields):
        said = _said(sheet, heading, fields)
        if {word for word in said.values() if word.isdigit()} - NO_AND_YES:  # such as 1 alive, 2 dead
            said = {text: "" if word.isdigit() else word for text, word in said.items()}
        dead, alive = (_among(said, record.texts(word)) for word in ("dead", "alive"))
        if plain(heading) == "alive":
            dead, alive = alive, dead
        alive += _among(said, record.texts("lost"))
        answers = {table: texts for table, texts in (("death", dead), ("last_contact", alive)) if texts}
        if answers:
            return Asked(heading, answers, tuple(text for text in said if text not in dead + alive))
    return None


def happened_of(sheet: Sheet, fields: Fields) -> dict[str, Asked]:
    """For each table the column that asks whether there is anything to list; its answers are yes and no."""
    found = dict[str, Asked]()
    answers, record = synonyms().record("answers"), synonyms().record("happened")
    for table in record.node:
        for heading in _called(sheet, record.texts(table), fields):
            said = _said(sheet, heading, fields)
            yes, no = (_among(said, (word, *answers.texts(word))) for word in ("yes", "no"))
            others = tuple(text for text in said if text not in yes + no)
            if yes and no and not (set(others) & set(sheet.values(heading))):
                found.setdefault(table, Asked(heading, {table: yes}, others, no))
    return found


def _called(sheet: Sheet, names: tuple[str, ...], fields: Fields) -> list[str]:
    """The columns that are called so, by their heading or by the label of their field."""
    known = set(map(plain, names))
    return [
        heading for heading in sheet.heading
        if plain(heading) in known or (heading in fields and plain(fields[heading].label) in known)
    ]  # fmt: skip


def _said(sheet: Sheet, heading: str, fields: Fields) -> dict[str, str]:
    """What the answers of a column say, those too that its field offers and nobody has given; no missing codes."""
    cells = dict.fromkeys(sheet.values(heading))
    offered = fields[heading].answers(cells) if heading in fields else {}
    missing = synonyms().pairs("missing")
    return {
        text: plain(label)
        for text, label in (offered | {cell: offered.get(cell, cell) for cell in cells}).items()
        if text not in missing
    }


def _among(said: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text, word in said.items() if word in set(map(plain, words)))

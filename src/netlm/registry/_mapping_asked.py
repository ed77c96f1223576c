"""Columns that ask whether something happened: who is alive, who had a progression, a recurrence, a complication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._mapping_guess import plain, synonyms, unknown_reason
from ._mapping_table import Sheet

if TYPE_CHECKING:
    from ._redcap import Field

__all__ = ["Asked", "Fields", "asked_of"]

NO_AND_YES = {"0", "1"}
Fields = Mapping[str, "Field"]
"""The fields of the data dictionary, by the columns of the file."""


@dataclass(frozen=True)
class Asked:
    """A column and its answers, by the table of which they tell.

    ``no`` are the answers of those who had none, ``unknown`` those that say that nobody knows; what ``others`` mean is
    not known.
    """

    heading: str
    answers: dict[str, tuple[str, ...]]
    others: tuple[str, ...]
    unknown: tuple[str, ...]
    no: tuple[str, ...] = ()


def asked_of(sheet: Sheet, fields: Fields) -> dict[str, Asked]:
    """For each table the column that says on which lines it has a row; the dead and the living share theirs."""
    status = _status(sheet, fields)
    return {**_happened(sheet, fields), **(dict.fromkeys(status.answers, status) if status is not None else {})}


def _status(sheet: Sheet, fields: Fields) -> Asked | None:
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
            return Asked(heading, answers, *_rest(said, dead + alive))
    return None


def _happened(sheet: Sheet, fields: Fields) -> dict[str, Asked]:
    """For each table the column that asks whether there is anything to list; its answers are yes and no."""
    found = dict[str, Asked]()
    answers, record = synonyms().record("answers"), synonyms().record("happened")
    for table in record.node:
        for heading in _called(sheet, record.texts(table), fields):
            said = _said(sheet, heading, fields)
            yes, no = (_among(said, (word, *answers.texts(word))) for word in ("yes", "no"))
            others, unknown = _rest(said, yes + no)
            if yes and no and not set(others).intersection(sheet.values(heading)):
                found.setdefault(table, Asked(heading, {table: yes}, others, unknown, no))
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


def _rest(said: Mapping[str, str], told: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The answers beside those that tell something: of which nothing is known, and which say that nobody knows."""
    rest = {text: bool(unknown_reason(word)) for text, word in said.items() if text not in told}
    return tuple(text for text in rest if not rest[text]), tuple(text for text in rest if rest[text])


def _among(said: Mapping[str, str], words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text, word in said.items() if word in set(map(plain, words)))

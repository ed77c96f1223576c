"""The plain words of a letter to a patient, as ``knowledge/plain_words.yaml`` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..dictionary import knowledge_folder, knowledge_records
from ..files import Record

__all__ = ["Group", "PlainWords", "plain_words"]


@dataclass(frozen=True, slots=True)
class Group:
    """Options that a patient would call one thing."""

    name: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class PlainWords:
    """What things are called in a letter; ``options`` gives each one's name and how it works."""

    options: Mapping[str, tuple[str, str]]
    groups: tuple[Group, ...]
    facts: Mapping[str, str]
    intents: Mapping[str, str]
    statuses: Mapping[str, str]
    chosen: Mapping[str, str]
    not_chosen: Mapping[str, str]
    questions: tuple[str, ...]


@cache
def plain_words() -> PlainWords:
    """The words, read once.

    Raises ``Problems`` for a file that does not fit.
    """
    record = next(knowledge_records(knowledge_folder() / "plain_words.yaml", "plain-words/1"))
    record.only(
        "netlm", "provenance", "reviewed_by_clinician", "options", "groups", "facts", "intents", "statuses", "chosen",
        "not_chosen", "questions",
    )  # fmt: skip
    return PlainWords(
        {name: (one.text("name"), one.text("what")) for name, one in record.named("options")},
        tuple(_group(one) for one in record.records("groups")),
        record.pairs("facts"), record.pairs("intents"), record.pairs("statuses"), record.pairs("chosen"),
        record.pairs("not_chosen"), record.texts("questions"),
    )  # fmt: skip


def _group(record: Record) -> Group:
    return Group(record.text("name"), record.texts("options"))

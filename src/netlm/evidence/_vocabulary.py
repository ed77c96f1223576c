"""The words of the evidence: designs in their order, endpoints with their family, and the rest of the closed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..files import Record
from ._model import Endpoint

__all__ = ["Design", "EvidenceWords", "read_words"]


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of study: ``rank`` counts from the most telling, ``effect`` is whether it tells what a treatment does."""

    id: str
    title: str
    rank: int
    effect: bool


@dataclass(frozen=True)
class EvidenceWords:
    """Every closed list of the format ``publication/1``."""

    designs: Mapping[str, Design]
    endpoints: Mapping[str, Endpoint]
    lists: Mapping[str, Mapping[str, str]]


def read_words(record: Record) -> EvidenceWords:
    """The words of an ``evidence-words/1`` file."""
    record.only("netlm", "designs", "endpoints", "lists")
    designs = {
        name: Design(name, entry.text("title"), rank, entry.yes("effect"))
        for rank, (name, entry) in enumerate(record.named("designs"), 1)
    }
    endpoints = {
        name: Endpoint(name, entry.text("title"), entry.text("family"), entry.maybe("better"), entry.maybe("event"))
        for name, entry in record.named("endpoints")
    }
    lists = record.record("lists")
    return EvidenceWords(designs, endpoints, {key.text: lists.pairs(key.text) for key, _ in lists.node.pairs})

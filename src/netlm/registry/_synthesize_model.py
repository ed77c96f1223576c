"""The parameters of the model that makes up registries, each with its source or its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..dictionary import Citation, knowledge_folder, knowledge_records, read_citation
from ..files import Record

__all__ = ["Parameter", "load_synthetic_model", "load_synthetic_words"]

FACTORS = {"%": 1 / 100, "months": 1 / 12}
"""Shares count as parts of one, months in years."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model, as printed in ``unit``; ``because`` says why, where no source gives it."""

    title: str
    value: str
    unit: str
    provenance: str
    because: str
    cite: Citation | None

    @property
    def number(self) -> float:
        """The number as the model uses it: a part of one, years, millimetres."""
        return float(self.value) * FACTORS.get(self.unit, 1)


def _record() -> Record:
    return next(knowledge_records(knowledge_folder() / "registry" / "synthetic.yaml", "registry-synthetic/1"))


@cache
def load_synthetic_model() -> Mapping[str, Parameter]:
    """Every parameter by its name.

    Raises ``Problems`` where the file is damaged.
    """
    return {
        name: Parameter(
            entry.text("title"), entry.text("value"), entry.text("unit"), entry.text("provenance"),
            entry.text("because", ""), read_citation(entry.record("cite")) if "cite" in entry else None,
        )
        for name, entry in _record().named("parameters")
    }  # fmt: skip


@cache
def load_synthetic_words() -> Mapping[str, tuple[str, ...]]:
    """What made-up boards write as reasons, by where they write it.

    Raises ``Problems`` where the file is damaged.
    """
    words = _record().record("words")
    return {name: words.texts(name) for name in ("departs", "cannot_tell", "no_decision", "wish", "unfit")}

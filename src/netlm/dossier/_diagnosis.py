"""The diagnosis of a case in one sentence, unknowns said as unknown."""

from __future__ import annotations

from ..dictionary import value_text
from ._model import Dossier

__all__ = ["diagnosis"]

_FACTS = (
    ("primary", "primary_site"), ("primary tumour", "primary_status"), ("Ki-67", "ki67"), ("mitoses", "mitoses"),
    ("functioning", "functional"), ("syndromes", "syndromes"), ("somatostatin receptor imaging", "sstr"),
    ("liver metastases", "liver_metastases"), ("the largest", "largest_metastasis"), ("distribution", "distribution"),
    ("share of the liver", "liver_involvement"), ("extrahepatic disease", "extrahepatic_disease"),
    ("disease state", "disease_state"),
)  # fmt: skip


def diagnosis(dossier: Dossier) -> str:
    """Category and grade, then primary, indices, function, receptors, liver and what lies beyond it."""
    facts, found = dossier.case.facts, dossier.classification
    open_words = f" (may be {', '.join(found.possible)})" if len(found.possible) > 1 else ""
    said = [f"{found.category}{open_words}"]
    for called, name in _FACTS:
        fact = facts.dictionary.facts[name]
        titles = {word: _inside(title) for word, title in fact.values.items()}
        value = value_text(fact.type, facts.value(name), facts.finding(name), titles)
        said.append(f"{called}: {value}")
    return "; ".join(said)


def _inside(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title[:1].lower() + title[1:] if title.split()[0][1:].islower() else title

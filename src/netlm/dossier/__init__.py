"""The dossier of one patient, and its renderings; what a board decided on it, and the documents made of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._booklet import NotShown, booklet_html, booklet_pdf
from ._classification import Classification
from ._model import Dossier, board
from ._names import SIGNS, WORDS, DossierNames

if TYPE_CHECKING:
    from ._decided import Decided, basis_of, decision_form

__all__ = [
    "SIGNS", "WORDS", "Classification", "Decided", "Dossier", "DossierNames", "NotShown", "basis_of", "board",
    "booklet_html", "booklet_pdf", "decision_form",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """What belongs to a decision is imported when it is first asked for: a dossier alone needs none of it."""
    if name not in ("Decided", "basis_of", "decision_form"):
        raise AttributeError(f"module 'netlm.dossier' has no attribute {name!r}")
    from . import _decided

    return getattr(_decided, name)

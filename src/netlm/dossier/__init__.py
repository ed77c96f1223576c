"""The dossier of one patient, and its renderings."""

from ._booklet import NotShown, booklet_html, booklet_pdf
from ._classification import Classification
from ._model import Dossier, board
from ._names import SIGNS, WORDS, DossierNames

__all__ = [
    "SIGNS", "WORDS", "Classification", "Dossier", "DossierNames", "NotShown", "board", "booklet_html", "booklet_pdf",
]  # fmt: skip

"""The dossier of one patient, and its renderings."""

from ._classification import Classification
from ._decided import Decided, basis_of, decision_form
from ._model import Dossier, board
from ._names import SIGNS, WORDS, DossierNames

__all__ = [
    "SIGNS", "WORDS", "Classification", "Decided", "Dossier", "DossierNames", "basis_of", "board", "decision_form",
]  # fmt: skip

"""One patient: the case file, its reading and its model."""

from ._load import load_case
from ._model import Case, Earlier
from ._read import read_case, with_facts

__all__ = ["Case", "Earlier", "load_case", "read_case", "with_facts"]

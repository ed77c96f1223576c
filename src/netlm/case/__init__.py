"""One patient: the case file, its reading and its model; a FHIR bundle in its place."""

from ._fhir_elements import decimal_text
from ._fhir_table import Tables, load_tables
from ._fhir_values import COMPLETE, FACT, OPEN_END, VALUE
from ._load import load_case
from ._model import Case, Earlier
from ._read import read_case, with_facts

__all__ = [
    "COMPLETE", "FACT", "OPEN_END", "VALUE", "Case", "Earlier", "Tables", "decimal_text", "load_case", "load_tables",
    "read_case", "with_facts",
]  # fmt: skip

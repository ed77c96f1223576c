"""One patient: the case file, its reading and its model; a FHIR bundle in its place."""

from ._fhir_elements import decimal_text
from ._fhir_table import CodeRow, CodeTables, load_code_tables
from ._fhir_values import FACT_CODES, LIST_COMPLETE, OPEN_END, VALUE_CODES
from ._load import load_case
from ._model import Case, Earlier
from ._read import read_case, with_facts

__all__ = [
    "FACT_CODES", "LIST_COMPLETE", "OPEN_END", "VALUE_CODES", "Case", "CodeRow", "CodeTables", "Earlier",
    "decimal_text", "load_case", "load_code_tables", "read_case", "with_facts",
]  # fmt: skip

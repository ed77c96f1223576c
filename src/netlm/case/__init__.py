"""One patient: the case file, its reading and its model; a FHIR bundle in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._load import load_case
from ._model import Case, Earlier
from ._read import read_case, with_facts

if TYPE_CHECKING:
    from ._fhir_elements import decimal_text
    from ._fhir_table import CodeRow, CodeTables, load_code_tables
    from ._fhir_values import FACT_CODES, LIST_COMPLETE, OPEN_END, VALUE_CODES
    from ._imaging_rules import debulking_targets, imaging_rules, near_mm, reach_rules, response_rules
    from ._scan import located

__all__ = [
    "FACT_CODES", "LIST_COMPLETE", "OPEN_END", "VALUE_CODES", "Case", "CodeRow", "CodeTables", "Earlier",
    "debulking_targets", "decimal_text", "imaging_rules", "load_case", "load_code_tables", "located", "near_mm",
    "reach_rules", "read_case", "response_rules", "with_facts",
]  # fmt: skip

_HOMES = {
    "decimal_text": "_fhir_elements", "CodeRow": "_fhir_table", "CodeTables": "_fhir_table",
    "load_code_tables": "_fhir_table", "FACT_CODES": "_fhir_values", "LIST_COMPLETE": "_fhir_values",
    "OPEN_END": "_fhir_values", "VALUE_CODES": "_fhir_values",
    "located": "_scan",
    **dict.fromkeys(
        ("debulking_targets", "imaging_rules", "near_mm", "reach_rules", "response_rules"), "_imaging_rules"
    ),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """What belongs to FHIR or to scans is imported when it is first asked for: a case file needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'netlm.case' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)

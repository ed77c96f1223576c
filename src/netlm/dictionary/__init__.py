"""What can be said of a patient: facts and their types, derived facts, options, conventions, references."""

from ._columns import FactColumns, FactsLayout, LesionColumns
from ._dictionary import NEAR_GIVEN, Dictionary, Option
from ._export import value_json, value_text
from ._fact import Code, Derivation, Fact, MeasurementError, Row
from ._facts import Facts, Finding, Lesion, LesionSource
from ._load import knowledge_folder, knowledge_records, load_dictionary, named_limits, read_references
from ._sources import PROVENANCES, Citation, Convention, Limit, Reference, read_citation, read_limit
from ._typing import Day, read_day, read_finding, read_partial_day, read_value
from ._validity import later

__all__ = [
    "NEAR_GIVEN", "PROVENANCES", "Citation", "Code", "Convention", "Day", "Derivation", "Dictionary", "Fact",
    "FactColumns", "Facts", "FactsLayout", "Finding", "Lesion", "LesionColumns", "LesionSource", "Limit",
    "MeasurementError", "Option", "Reference", "Row", "knowledge_folder", "knowledge_records", "later",
    "load_dictionary", "named_limits", "read_citation", "read_day", "read_finding", "read_limit", "read_partial_day",
    "read_references", "read_value", "value_json", "value_text",
]  # fmt: skip

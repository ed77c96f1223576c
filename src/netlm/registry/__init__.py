"""Many patients: cases, decisions and what came of them in one file, the verdicts on all of it, and who is left.

>>> from netlm import registry                                        # doctest: +SKIP
>>> registry.create_registry("centre.duckdb")                         # doctest: +SKIP
>>> registry.import_files("centre.duckdb", ["cases/", "follow-up/"])  # doctest: +SKIP
>>> registry.write_facts("facts.parquet", cases)                      # doctest: +SKIP
>>> registry.assess("facts.parquet").save("verdicts.parquet")         # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._schema_columns import Column, Physical
from ._schema_tables import Scale, Table, Tables, load_tables
from ._store import Registry, create_registry, is_registry, migrate_registry, open_registry

if TYPE_CHECKING:
    from ._assess import Assessed, assess
    from ._attrition import ArgumentCounts, Attrition, InTurn, OptionCounts, attrition
    from ._export import EXPORT_FORMATS, Exported, export_registry
    from ._facts_table import facts_of, write_facts
    from ._import import Imported, import_files
    from ._import_template import follow_up_template
    from ._mapping_propose import propose_mapping
    from ._store_analysis import analysis_table
    from ._store_summary import patient_rows, summary
    from ._synthesize import synthesize
    from ._synthesize_model import Parameter, load_synthetic_model
    from ._validate_check import check_registry
    from ._whatif import WhatIf, what_if

__all__ = [
    "EXPORT_FORMATS", "ArgumentCounts", "Assessed", "Attrition", "Column", "Exported", "Imported", "InTurn",
    "OptionCounts", "Parameter", "Physical", "Registry", "Scale", "Sheet", "Table", "Tables", "WhatIf",
    "analysis_table", "assess", "attrition", "check_registry", "create_registry", "export_registry", "facts_of",
    "follow_up_template", "import_files", "is_registry", "load_synthetic_model", "load_tables", "migrate_registry",
    "open_registry", "patient_rows", "propose_mapping", "read_sheet", "summary", "synthesize", "what_if",
    "write_facts",
]  # fmt: skip

_HOMES = {
    "Assessed": "_assess", "assess": "_assess",
    "ArgumentCounts": "_attrition", "Attrition": "_attrition", "InTurn": "_attrition",
    "OptionCounts": "_attrition", "attrition": "_attrition",
    "EXPORT_FORMATS": "_export", "Exported": "_export", "export_registry": "_export",
    "facts_of": "_facts_table", "write_facts": "_facts_table",
    "Imported": "_import", "import_files": "_import",
    "follow_up_template": "_import_template",
    "propose_mapping": "_mapping_propose",
    "Sheet": "_mapping_table", "read_sheet": "_mapping_table",
    "analysis_table": "_store_analysis",
    "patient_rows": "_store_summary", "summary": "_store_summary",
    "synthesize": "_synthesize",
    "Parameter": "_synthesize_model", "load_synthetic_model": "_synthesize_model",
    "check_registry": "_validate_check",
    "WhatIf": "_whatif", "what_if": "_whatif",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """What a command does with a registry is imported when it is first asked for: opening one needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'netlm.registry' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)

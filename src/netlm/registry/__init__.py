"""Many patients: cases, decisions and what came of them in one file, the verdicts on all of it, and who is left.

>>> from netlm import registry                                        # doctest: +SKIP
>>> registry.create_registry("centre.duckdb")                         # doctest: +SKIP
>>> registry.import_files("centre.duckdb", ["cases/", "follow-up/"])  # doctest: +SKIP
>>> registry.write_facts("facts.parquet", cases)                      # doctest: +SKIP
>>> registry.assess("facts.parquet").save("verdicts.parquet")         # doctest: +SKIP
"""

from ._assess import Assessed, assess
from ._attrition import ArgumentCounts, Attrition, InTurn, OptionCounts, attrition
from ._export import EXPORT_FORMATS, Exported, export_registry
from ._facts_table import facts_of, write_facts
from ._import import Imported, import_files
from ._import_template import follow_up_template
from ._mapping_propose import propose_mapping
from ._schema_columns import Column, Physical
from ._schema_tables import Scale, Table, Tables, load_tables
from ._store import Registry, create_registry, is_registry, migrate_registry, open_registry
from ._store_analysis import analysis_table
from ._store_summary import patient_rows, summary
from ._synthesize import synthesize
from ._synthesize_model import Parameter, load_synthetic_model
from ._validate_check import check_registry
from ._whatif import WhatIf, what_if

__all__ = [
    "EXPORT_FORMATS", "ArgumentCounts", "Assessed", "Attrition", "Column", "Exported", "Imported", "InTurn",
    "OptionCounts", "Parameter", "Physical", "Registry", "Scale", "Table", "Tables", "WhatIf", "analysis_table",
    "assess", "attrition", "check_registry", "create_registry", "export_registry", "facts_of", "follow_up_template",
    "import_files", "is_registry", "load_synthetic_model", "load_tables", "migrate_registry", "open_registry",
    "patient_rows", "propose_mapping", "summary", "synthesize", "what_if", "write_facts",
]  # fmt: skip

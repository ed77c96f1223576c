"""Many patients in one file: cases and decisions as they were, what was done and what came of it.

>>> import netlm.registry as registry
>>> registry.create_registry("centre.duckdb")                         # doctest: +SKIP
>>> registry.import_files("centre.duckdb", ["cases/", "follow-up/"])  # doctest: +SKIP
"""

from ._export import EXPORT_FORMATS, Exported, export_registry
from ._import import Imported, import_files
from ._import_template import follow_up_template
from ._mapping_propose import propose_mapping
from ._schema_columns import Column, Physical
from ._schema_tables import Scale, Table, Tables, load_tables
from ._store import Registry, create_registry, migrate_registry, open_registry
from ._store_analysis import analysis_table
from ._store_summary import patient_rows, summary
from ._synthesize import synthesize
from ._synthesize_model import Parameter, load_synthetic_model
from ._validate_check import check_registry

__all__ = [
    "EXPORT_FORMATS", "Column", "Exported", "Imported", "Parameter", "Physical", "Registry", "Scale", "Table",
    "Tables", "analysis_table", "check_registry", "create_registry", "export_registry", "follow_up_template",
    "import_files", "load_synthetic_model", "load_tables", "migrate_registry", "open_registry", "patient_rows",
    "propose_mapping", "summary", "synthesize",
]  # fmt: skip

"""Many patients at once: a table of facts, the verdicts on all of it, who is left, and what another limit changes.

>>> from netlm import registry                                        # doctest: +SKIP
>>> registry.write_facts("facts.parquet", cases)                      # doctest: +SKIP
>>> registry.assess("facts.parquet").save("verdicts.parquet")         # doctest: +SKIP
"""

from ._assess import Assessed, assess
from ._attrition import ArgumentCounts, Attrition, InTurn, OptionCounts, attrition
from ._facts_table import facts_of, write_facts
from ._whatif import WhatIf, what_if

__all__ = [
    "ArgumentCounts", "Assessed", "Attrition", "InTurn", "OptionCounts", "WhatIf", "assess", "attrition", "facts_of",
    "what_if", "write_facts",
]  # fmt: skip

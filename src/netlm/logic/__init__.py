"""Criteria: their language, their types, their truth for a patient, and their plain English."""

from ._columns import (
    Cell,
    ColumnSource,
    Element,
    Elements,
    Ground,
    Outcomes,
    Sheet,
    bits_of,
    compile_columns,
    once,
    over_elements,
)  # fmt: skip
from ._english import Names, in_english
from ._evaluate import Rule, Source, Trace, compile_rule, decisive, trace
from ._syntax import (
    EXPRESSIONS,
    Always,
    And,
    AtLeast,
    Compare,
    Expression,
    Has,
    Lesions,
    Limit,
    Not,
    OneOf,
    Or,
    VerdictIn,
    parse,
)  # fmt: skip
from ._types import VERDICTS, FactType, Vocabulary, check, facts_of, options_of, walk

__all__ = [
    "EXPRESSIONS", "VERDICTS", "Always", "And", "AtLeast", "Cell", "ColumnSource", "Compare", "Element", "Elements",
    "Expression", "FactType", "Ground", "Has", "Lesions", "Limit", "Names", "Not", "OneOf", "Or", "Outcomes",
    "Rule", "Sheet", "Source", "Trace", "VerdictIn", "Vocabulary", "bits_of", "check", "compile_columns",
    "compile_rule", "decisive", "facts_of", "in_english", "once", "options_of", "over_elements", "parse", "trace",
    "walk",
]  # fmt: skip

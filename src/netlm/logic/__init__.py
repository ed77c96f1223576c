"""Criteria: their language, their types, their truth for a patient, and their plain English."""

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
    "EXPRESSIONS", "VERDICTS", "Always", "And", "AtLeast", "Compare", "Expression", "FactType", "Has", "Lesions",
    "Limit", "Names", "Not", "OneOf", "Or", "Rule", "Source", "Trace", "VerdictIn", "Vocabulary", "check",
    "compile_rule", "decisive", "facts_of", "in_english", "options_of", "parse", "trace", "walk",
]  # fmt: skip

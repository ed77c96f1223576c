"""Truth, quantities, sets of what is possible, and the grammar of what people type."""

from ._grammar import NumberType, Typed, clip, read_quantity, read_typed
from ._sets import Exact, Interval, Members, Numbers, Opaque, Value, Words, exact, join, meet
from ._truth import FALSE, TRUE, UNKNOWN, Truth
from ._units import Bridge, Unit, UnitTable, unit_table

__all__ = [
    "FALSE", "TRUE", "UNKNOWN", "Bridge", "Exact", "Interval", "Members", "NumberType", "Numbers", "Opaque", "Truth",
    "Typed", "Unit", "UnitTable", "Value", "Words", "clip", "exact", "join", "meet", "read_quantity", "read_typed",
    "unit_table",
]  # fmt: skip

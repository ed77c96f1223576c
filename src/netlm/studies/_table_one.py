"""Table one."""

from __future__ import annotations

from ._page import Part
from ._sample import Sample

__all__ = ["table_one_part"]


def table_one_part(sample: Sample) -> Part:
    """x."""
    return Part()

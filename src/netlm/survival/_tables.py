"""How groups are named, beside the words and tables that every picture shares."""

from __future__ import annotations

from typing import Any

from ..figures import html_table, number, p_cell, p_value, percent, ratio, with_interval

__all__ = ["NOT_REACHED", "html_table", "name_of", "number", "p_cell", "p_value", "percent", "ratio", "with_interval"]

NOT_REACHED = "not reached"


def name_of(label: Any, nameless: str = "all patients") -> str:
    """A group as a reader sees it: yes and no for true and false, ``nameless`` where there is one without a name."""
    return {True: "yes", False: "no"}[label] if isinstance(label, bool) else str(label) or nameless

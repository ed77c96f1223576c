"""Ways from the dossier's JSON back to what a person would type."""

from __future__ import annotations

import pytest


def typed(value) -> str:
    """An exported value as it could be typed after ``--set fact=``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    if "unknown" in value:
        return "{unknown: still}"
    if "at_least" in value:
        return f"{{at_least: [{', '.join(value['at_least'])}]}}"
    unit = "" if value.get("unit", "1") == "1" else f" {value['unit']}"
    if "one_of" in value:
        return f"{{one_of: [{', '.join(map(typed, value['one_of']))}]}}"
    if "value" in value:
        return f"{value['value']}{unit}"
    ends = ", ".join(f"{name}: {value[name]}{unit}" for name in ("min", "above", "max", "below") if name in value)
    return f"{{{ends}}}"


@pytest.fixture(scope="session")
def as_typed():
    return typed

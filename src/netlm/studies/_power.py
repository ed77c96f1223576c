"""What difference the sample could have shown."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["detectable"]


def detectable(events: int, sizes: Sequence[int]) -> tuple[float | None, str]:
    """x."""
    return None, "x"

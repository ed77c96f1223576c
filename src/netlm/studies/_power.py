"""What difference the sample could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..observational import detectable_hazard_ratio

__all__ = ["detectable"]

NONE = "What difference the sample could have shown cannot be told: there are no events, or no two groups."


def detectable(events: Sequence[int], sizes: Sequence[int]) -> tuple[dict[str, Any] | None, str]:
    """The smallest hazard ratio between the two largest groups that these events could have shown, and in words."""
    pairs = sorted(((size, event) for size, event in zip(sizes, events, strict=True) if size), reverse=True)[:2]
    if len(pairs) < 2 or not sum(event for _, event in pairs):
        return None, NONE
    (more, one), (fewer, other) = pairs
    found = detectable_hazard_ratio(one + other, fewer / (more + fewer))
    between = "" if len([size for size in sizes if size]) == 2 else "Between the two largest groups: "
    sentence = found.sentence if not between else found.sentence[:1].lower() + found.sentence[1:]
    return found.to_dict(), between + sentence

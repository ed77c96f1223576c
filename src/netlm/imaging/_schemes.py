"""Label numbers of segmenters, by name; only what lies in or at the liver.

TotalSegmentator's are those of its class map (Apache-2.0): task ``total`` of versions 1 and 2, ``total_mr``,
``liver_vessels`` and ``liver_segments``.
"""

from __future__ import annotations

__all__ = ["SCHEMES"]

_SEGMENTS = {f"liver_segment_{number}": number for number in range(1, 9)}

SCHEMES: dict[str, dict[str, int]] = {
    "totalsegmentator": {
        "gallbladder": 4, "liver": 5, "inferior_vena_cava": 63, "portal_vein_and_splenic_vein": 64,
    },
    "totalsegmentator_v1": {
        "gallbladder": 4, "liver": 5, "inferior_vena_cava": 8, "portal_vein_and_splenic_vein": 9,
    },
    "totalsegmentator_mr": {
        "gallbladder": 4, "liver": 5, "inferior_vena_cava": 24, "portal_vein_and_splenic_vein": 25,
    },
    "totalsegmentator_liver_vessels": {"liver_vessels": 1, "liver_tumor": 2},
    "totalsegmentator_liver_segments": _SEGMENTS,
}  # fmt: skip
"""Scheme, then name of the structure, then label."""

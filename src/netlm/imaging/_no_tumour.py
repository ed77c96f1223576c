"""A map without a tumour voxel: 0 where a label was named for tumour, not measured where none was.

Neither says that there is no tumour. A 0 has no upper end, since a map cannot tell what its segmenter missed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ._types import Caution, Measured, refuse

if TYPE_CHECKING:
    from ._burden import Burden

__all__ = ["NOTHING", "confirmed", "need_tumour", "no_tumour", "unmeasured"]

NOTHING = Measured(0.0, 0.0, None, "open at one end, since a map without a tumour voxel cannot tell what was missed")
CODE = "no-tumour"


def no_tumour(label: str) -> Caution:
    """What to know of a map in which the label named for tumour does not occur."""
    return Caution(CODE, f"No voxel carries the tumour's label ({label}): either there was no tumour, or none was "
                   "segmented, and the map cannot tell which. The 0 has no upper end.")  # fmt: skip


def unmeasured(found: Burden, present: str) -> Burden:
    """The burden of a map of which no label is known to be the tumour's; ``present`` are its labels."""
    default = found.scan.names.get("tumour")
    taken = f"none was named, and {default}, which is taken then, does not occur" if default else "none was named"
    caution = Caution(CODE, f"No label is known to be the tumour's ({taken}; labels in the file: {present}): tumour "
                      "was not measured, which is not none, and a liver from which it is cut out is too small by it. "
                      "Name the tumour's label.")  # fmt: skip
    return replace(
        found, tumour_ml=None, parenchyma_ml=None, replacement=None, count=None, count_alternatives=(),
        warnings=tuple(caution if one.code == CODE else one for one in found.warnings),
    )  # fmt: skip


def confirmed(found: Burden, other: Burden) -> Burden:
    """The burden with 0 for not measured, where the label taken by default is the tumour's in another map."""
    label = other.scan.names.get("tumour", "")
    if found.tumour_ml is not None or other.tumour_ml is None or found.scan.names.get("tumour") != label:
        return found
    rest = None if found.liver_ml is None else Measured(float(found.liver_ml) - found.treated_ml)
    return replace(
        found, tumour_ml=NOTHING, parenchyma_ml=rest, replacement=NOTHING if found.liver_ml else None, count=NOTHING,
        scan=replace(found.scan, knows_tumour=True),
        warnings=tuple(no_tumour(label) if one.code == CODE else one for one in found.warnings),
    )  # fmt: skip


def need_tumour(found: Burden) -> tuple[Measured, Measured]:
    """The tumour's volume and the number of lesions.

    Raises ``Problems`` where no label is known to be the tumour's.
    """
    if found.tumour_ml is None or found.count is None:
        refuse(
            "no label that is known to be the tumour's", "the tumour's label",
            "Name it with --tumour (in Python tumour=), also where it may have no voxel left.", CODE, found.file,
            "tumour",
        )  # fmt: skip
        raise AssertionError
    return found.tumour_ml, found.count

"""Where two readers of one scan fall into two groups, so that a criterion depends on who read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._cautions import bin_of, bin_text
from ._types import Caution

if TYPE_CHECKING:
    from ._burden import Burden
    from ._second_reader import Agreement

__all__ = ["cautions_of_readers"]


def cautions_of_readers(first: Burden, second: Burden, agreement: Agreement) -> Iterator[Caution]:
    """What the two readers do not agree on."""
    if agreement.dice == 1 and agreement.liver_dice in (1, None):
        yield Caution("readers-identical", "The two maps are the same, voxel by voxel: is it one reader's map twice?")
    alone = len(agreement.first_only), len(agreement.second_only)
    if any(alone):
        yield Caution("readers-differ", f"{alone[0]} of the first reader's lesions and {alone[1]} of the second's have "
                      "no counterpart.")  # fmt: skip
    yield from _count(first, second)
    yield from _share(first, second)
    yield from _distribution(first, second)
    own = set(first.warnings)
    for one in second.warnings:
        if one not in own and one.code != "count-depends-on-rule":  # the count of both is told above
            yield Caution(one.code, f"Second reader: {one.says}")


def _count(first: Burden, second: Burden) -> Iterator[Caution]:
    """The group by number: of the stated rule, or one that only the second reader's other rules reach."""
    bins = first.rules.bins
    if not bins:
        return
    counts = [[len(one.lesions), *(item.count for item in one.count_alternatives)] for one in (first, second)]
    ours, theirs = ([bin_of(count, bins) for count in found] for found in counts)
    if ours[0] == theirs[0] and set(theirs) <= set(ours):
        return
    groups = " or ".join(bin_text(place, bins) for place in sorted({*ours, *theirs}))
    yield Caution(
        "count-depends-on-reader", f"The number of lesions is {counts[0][0]} by the first reader and {counts[1][0]} by "
        f"the second, {min(map(min, counts))} to {max(map(max, counts))} under every rule of counting: the group is "
        f"{groups}.",
    )  # fmt: skip


def _share(first: Burden, second: Burden) -> Iterator[Caution]:
    if first.replacement is None or second.replacement is None:
        return
    low, high = sorted((float(first.replacement), float(second.replacement)))
    between = [f"{limit:g} %" for limit in first.rules.shares if low <= limit <= high and low < high]
    if between:
        yield Caution(
            "share-depends-on-reader", f"The share replaced is {first.replacement:.1f} % by the first reader and "
            f"{second.replacement:.1f} % by the second: on two sides of {' and '.join(between)}.",
        )  # fmt: skip


def _distribution(first: Burden, second: Burden) -> Iterator[Caution]:
    ours, theirs = first.distribution, second.distribution
    if ours and second.lesions and not theirs:
        yield Caution("distribution-of-one-reader", "No lobe is known for the second reader's lesions: the "
                      "distribution is the first reader's alone.")  # fmt: skip
    elif ours and theirs and ours != theirs:
        yield Caution("distribution-depends-on-reader", f"The distribution is {' or '.join(ours)} by the first reader "
                      f"and {' or '.join(theirs)} by the second.")  # fmt: skip

"""Where two readers of one scan fall into two groups, so that a criterion depends on who read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._cautions import bin_of, bin_text
from ._no_tumour import need_tumour
from ._types import Caution

if TYPE_CHECKING:
    from ._burden import Burden
    from ._second_reader import Agreement

__all__ = ["cautions_of_readers"]


def cautions_of_readers(first: Burden, second: Burden, agreement: Agreement) -> Iterator[Caution]:
    """What the two readers do not agree on."""
    alone = len(agreement.first_only), len(agreement.second_only)
    if any(alone):
        yield Caution("readers-differ", f"{alone[0]} of the first reader's lesions and {alone[1]} of the second's have "
                      "no counterpart.")  # fmt: skip
    yield from _count(first, second)
    yield from _share(first, second)
    yield from _distribution(first, second)


def _count(first: Burden, second: Burden) -> Iterator[Caution]:
    """The group by number: of the stated rule, or one that only the second reader's other rules reach."""
    bins = first.rules.bins
    if not bins:
        return
    counted = [need_tumour(one)[1] for one in (first, second)]
    stated = [bin_of(int(count), bins) for count in counted]
    reached = [
        {place, *(bin_of(item.count, bins) for item in one.count_alternatives)}
        for place, one in zip(stated, (first, second), strict=True)
    ]
    if stated[0] == stated[1] and reached[1] <= reached[0]:
        return
    groups = " or ".join(bin_text(place, bins) for place in sorted(reached[0] | reached[1]))
    ends = [end for count in counted for end in (float(count), count.low, count.high) if end is not None]
    yield Caution(
        "count-depends-on-reader", f"The number of lesions is {int(counted[0])} by the first reader and "
        f"{int(counted[1])} by the second, {int(min(ends))} to {int(max(ends))} under every rule of counting: the "
        f"group is {groups}.",
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

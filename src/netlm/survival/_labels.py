"""Labels of groups, strata and clusters: none missing, none like another, numbers before words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np

from ._door import blocks, find, is_missing, one_column, refuse
from ._types import BLOCK, Integers, Label

__all__ = ["check_alike", "check_labels"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
YES_NO = {"true": "1", "yes": "1", "y": "1", "false": "0", "no": "0", "n": "0"}
REMEDY = "Leave those rows out, or give them a label; where the sign is an answer, such as negative, write the word."


def _likeness(label: Label) -> str:
    """What two labels share that a reader could take for one: case, spaces, 1 and 1.0, yes and true and 1."""
    text = " ".join(unicodedata.normalize("NFKC", str(label)).split()).casefold()
    if NUMBER.fullmatch(text):
        return f"{float(text):.17g}"
    return YES_NO.get(text, text)


def _shown(label: Label) -> str:
    kind = "text" if isinstance(label, str) else "yes/no" if isinstance(label, bool) else "number"
    return f"`{label}` ({kind})"


def check_alike(labels: Iterable[Label], place: str) -> None:
    """No two labels look like one another. Raises ``Problem``."""
    seen: dict[str, Label] = {}
    for label in labels:
        other = seen.setdefault(_likeness(label), label)
        if other is not label and (type(other) is not type(label) or other != label):
            found = f"{_shown(other)} and {_shown(label)}, which look alike"
            raise refuse(place, found, "one spelling for each label", "Write each label one way everywhere.", "alike")


def check_labels(values: Any, place: str = "group") -> tuple[Integers, tuple[Label, ...]]:
    """Labels as codes 0, 1 ... and the labels in order; missing ones and look-alikes are refused.

    Raises ``Problem``.
    """
    array = one_column(values, place)
    if array.dtype.kind in "iub" and len(array):
        return _whole_labels(array)
    if array.dtype.kind in "fMm":
        where, first = find(array, np.isnat if array.dtype.kind in "Mm" else np.isnan)
    elif array.dtype.kind == "O":
        where, first = find(array, lambda block: np.array([is_missing(value) for value in block.tolist()]))
    else:
        where, first = "", -1
    if first >= 0:
        raise refuse(place, f"missing labels {where}", "a label in every row", REMEDY, "missing")
    if array.dtype.kind == "O":
        check_alike({(type(value), value): value for value in array.tolist()}.values(), place)
    if array.dtype.kind in "Mm" or (array.dtype.kind == "O" and len({type(value) for value in array.tolist()}) > 1):
        array = np.array([str(value) for value in array.tolist()])
    distinct, codes = np.unique(array, return_inverse=True)
    labels = _as_whole(distinct.tolist())
    _check_words(labels, array, place)
    return codes.astype(np.int64), labels


def _as_whole(labels: list[Label]) -> tuple[Label, ...]:
    """1.0 and 2.0 are 1 and 2: a column of whole numbers is read as fractions where one of its cells is empty."""
    if labels and all(isinstance(label, float) and label.is_integer() for label in labels):
        return tuple(int(label) for label in labels)  # type: ignore[call-overload]
    return tuple(labels)


def _check_words(labels: tuple[Label, ...], array: np.ndarray[Any, Any], place: str) -> None:
    absent = [label for label in labels if is_missing(label)]
    if absent:
        where, _ = find(array, lambda block: np.isin(block, np.array(absent)))
        listed = ", ".join(f"`{label}`" for label in absent)
        raise refuse(place, f"missing labels {where}, written {listed}", "a label in every row", REMEDY, "missing")
    check_alike(labels, place)


def _whole_labels(array: np.ndarray[Any, Any]) -> tuple[Integers, tuple[Label, ...]]:
    """Whole numbers are labelled by a table where they lie close together, which needs no sort."""
    if array.dtype.kind == "b":
        codes, labels = _whole_labels(array.view(np.uint8))
        return codes, tuple(bool(label) for label in labels)
    low, high = int(array.min()), int(array.max())
    if high - low >= BLOCK:
        found, codes = np.unique(array, return_inverse=True)
        return codes.astype(np.int64), tuple(found.tolist())
    present = np.zeros(high - low + 1, dtype=np.int64)
    for _, block in blocks(array):
        present[block.astype(np.int64) - low] = 1
    labels = tuple((np.flatnonzero(present > 0) + low).tolist())
    if low == 0 and present.all():
        return array, labels
    table = np.cumsum(present) - 1
    return table[array.astype(np.int64) - low], labels

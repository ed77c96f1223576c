"""Objects as what JSON can hold, and back: of classes that the reader names, so that nothing else can be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

import orjson

__all__ = ["from_plain", "to_plain"]

SIMPLE = frozenset((str, int, float, bool, type(None)))
FRACTION = "q"
KINDS = {"l": list, "t": tuple, "s": frozenset}
MARKS: dict[type, str] = {kind: mark for mark, kind in KINDS.items()}
Classes = Sequence[type]
"""The dataclasses that may occur; an object is kept as the number of its class and its fields in their order."""


def to_plain(value: Any, classes: Classes) -> dict[str, Any]:
    """``value`` with the objects of ``classes`` in it; equal objects stand once.

    Raises ``TypeError`` for anything that is neither such an object nor text, number, truth, list, map, tuple or set.
    """
    writer = _Writer(classes)
    return {"value": writer.plain(value), "objects": writer.objects}


def from_plain(kept: dict[str, Any], classes: Classes) -> Any:
    """What was written by ``to_plain``."""
    made: list[Any] = []

    def value(plain: Any) -> Any:
        if type(plain) is dict:
            return {key: one if type(one) in SIMPLE else value(one) for key, one in plain.items()}
        if type(plain) is not list:
            return plain
        mark = plain[0]
        if type(mark) is int:
            return made[mark]
        if mark == FRACTION:
            return Fraction(plain[1], plain[2])
        return KINDS[mark]([one if type(one) in SIMPLE else value(one) for one in plain[1:]])

    for kind, *plain in kept["objects"]:
        one_made = classes[kind](*[one if type(one) in SIMPLE else value(one) for one in plain])
        made.append(one_made)  # each after those that it holds
    return value(kept["value"])


class _Writer:
    """A list is marked by its first item: a number stands for that object, a letter for what the rest is."""

    def __init__(self, classes: Classes) -> None:
        self.numbers = {kind: number for number, kind in enumerate(classes)}
        self.names = {kind: [field.name for field in fields(kind) if field.init] for kind in classes}
        self.objects: list[list[Any]] = []
        self.known: dict[bytes, int] = {}

    def plain(self, value: Any) -> Any:
        kind = type(value)
        if kind in SIMPLE:
            return value
        if kind is dict:
            return {key: self.plain(one) for key, one in value.items()}
        if kind is Fraction:
            return [FRACTION, value.numerator, value.denominator]
        if kind in MARKS:
            return [MARKS[kind], *map(self.plain, sorted(value) if kind is frozenset else value)]
        if kind not in self.numbers:
            raise TypeError(f"{kind.__name__} is none of the classes that are kept")
        return [self._object(value, kind)]

    def _object(self, value: Any, kind: type) -> int:
        plain = [self.numbers[kind], *(self.plain(getattr(value, name)) for name in self.names[kind])]
        number = self.known.setdefault(orjson.dumps(plain), len(self.objects))
        if number == len(self.objects):
            self.objects.append(plain)
        return number

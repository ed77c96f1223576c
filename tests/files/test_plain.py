"""Promises about objects kept as JSON: what comes back is what went in, and nothing else can."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import orjson
import pytest

from netlm.files import from_plain, to_plain


@dataclass(frozen=True)
class Leaf:
    """The smallest."""

    name: str
    number: Any = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One that holds others, and works something out."""

    leaves: tuple[Leaf, ...]
    by_name: dict[str, Leaf]
    count: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", len(self.leaves))


def again(value: Any) -> Any:
    """Written, and read from the bytes."""
    return from_plain(orjson.loads(orjson.dumps(to_plain(value, (Branch, Leaf)))), (Branch, Leaf))


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 1.0, 0.1, "t", "", Fraction(1, 3), Fraction(2), (), [], {}, frozenset(), frozenset({"b", "a"}),
     ("t", "l"), [1, ("q", [])], {"a": {"b": (Fraction(1, 2),)}}, Leaf("a"), Leaf("a", (Leaf("b", 2.0),)),
     Branch((Leaf("x"), Leaf("y", Leaf("x"))), {"x": Leaf("x")})],
)  # fmt: skip
def test_what_comes_back_is_what_went_in(value: Any) -> None:
    """With the types of its numbers and lists."""
    assert again(value) == value
    assert repr(again(value)) == repr(value) or isinstance(value, frozenset)


def test_equal_objects_stand_once_and_are_one() -> None:
    """But a whole number and a fraction of the same size are two."""
    first, second, third = again((Leaf("a", 1), Leaf("a", 1), Leaf("a", Fraction(1))))
    assert first is second
    assert first is not third
    assert type(third.number) is Fraction
    assert len(to_plain([Leaf("a"), Leaf("a")], (Leaf,))["objects"]) == 1


def test_nothing_else_is_kept() -> None:
    """A class that was not named, or anything with a behaviour of its own."""
    for stranger in (Branch((), {}), print, {1, 2}, b"bytes", object()):
        with pytest.raises(TypeError):
            to_plain([stranger], (Leaf,))

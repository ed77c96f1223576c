"""Words that the whole library shares: array types, a number with its error, and the one kind of warning."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLOCK",
    "Estimate",
    "Flags",
    "Floats",
    "Integers",
    "Label",
    "SurvivalWarning",
    "plain",
    "quietly",
    "seal",
    "sealed",
    "warn",
]

Floats = NDArray[Any]
"""Numbers in double precision."""
Integers = NDArray[Any]
"""Whole numbers."""
Flags = NDArray[Any]
"""Yes and no."""
Label = Hashable
BLOCK = 1 << 18
"""Rows looked at in one go, so that a check of ten million rows needs no copy of them."""


P = ParamSpec("P")
T = TypeVar("T")


def seal(value: T) -> T:
    """The value, its arrays such that nobody writes to them: a frozen result with other numbers in it is none."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for part in value:
            seal(part)
    return value


def sealed(function: Callable[P, T]) -> Callable[P, T]:
    """A decorator of what a result works out once and keeps."""

    @wraps(function)
    def found(*args: P.args, **more: P.kwargs) -> T:
        return seal(function(*args, **more))

    return found


class SurvivalWarning(UserWarning):
    """An answer that needs care: what is wrong with it stands in the text and in the result's ``warnings``."""


def warn(text: str) -> str:
    """Warn the caller of a public function, and hand the text back for the result to keep."""
    warnings.warn(text, SurvivalWarning, stacklevel=4)
    return text


quietly = np.errstate(over="ignore", invalid="ignore", divide="ignore")
"""A decorator of functions whose infinite and undefined numbers are answers of theirs, not accidents."""


class Estimate(float):
    """A number with its standard error and its interval; it counts as the number itself.

    ``estimate``, ``se``, ``lower``, ``upper`` are floats, NaN where they cannot be told.
    """

    __slots__ = ("lower", "se", "upper")

    def __new__(
        cls, estimate: float, se: float = math.nan, lower: float = math.nan, upper: float = math.nan
    ) -> Estimate:
        """The estimate with its error."""
        self = super().__new__(cls, estimate)
        self.se, self.lower, self.upper = float(se), float(lower), float(upper)
        return self

    se: float
    lower: float
    upper: float

    def __getnewargs__(self) -> tuple[float, float, float, float]:  # type: ignore[override]
        return (float(self), self.se, self.lower, self.upper)

    @property
    def estimate(self) -> float:
        """The number."""
        return float(self)

    def to_dict(self) -> dict[str, float | None]:
        """``estimate``, ``se``, ``lower``, ``upper``; None where a number cannot be told."""
        return {name: plain(getattr(self, name)) for name in ("estimate", "se", "lower", "upper")}

    def __repr__(self) -> str:
        return f"Estimate({float(self):.6g}, se={self.se:.4g}, lower={self.lower:.6g}, upper={self.upper:.6g})"


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it: Python numbers and lists, None for NaN and infinities."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value

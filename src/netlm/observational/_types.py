"""Words that the whole library shares: array types, the one kind of warning, numbers as JSON can hold them."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL", "Flags", "Floats", "Integers", "ObservationalWarning", "normal_quantile", "plain", "warn"]

Floats = NDArray[Any]
"""Numbers in double precision."""
Integers = NDArray[Any]
"""Whole numbers."""
Flags = NDArray[Any]
"""Yes and no."""
LEVEL = 0.95


class ObservationalWarning(UserWarning):
    """An answer that needs care: what is wrong with it stands in the text and in the result's ``warnings``."""


def warn(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Warn whoever called the public function that calls this, and hand the texts back for the result to keep."""
    for text in texts:
        warnings.warn(text, ObservationalWarning, stacklevel=3)
    return texts


def normal_quantile(level: float) -> float:
    """Half the width of the central ``level`` of the standard normal distribution: 1.96 for 0.95."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it: Python numbers and lists, None for NaN and infinities."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value

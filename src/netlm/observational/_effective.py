"""What a weighted sample is worth in unweighted rows."""

from __future__ import annotations

from typing import Any

from ._door import check_weights, one_column

__all__ = ["effective_sample_size"]


def effective_sample_size(weights: Any) -> float:
    """The unweighted rows that would tell as much: the squared sum over the sum of squares; 0 where all are 0.

    Kish, Survey Sampling (1965), section 11.2. Raises ``Problem`` for negative, infinite or missing weights.
    """
    array = one_column(weights, "weights")
    array = check_weights(array, len(array))
    largest = float(array.max(initial=0.0))
    if not largest:
        return 0.0
    scaled = array / largest
    return float(scaled.sum() ** 2 / (scaled**2).sum())

"""What the imaging tests share: made-up label maps, and other people's data where it is present."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netlm import imaging

RULES = imaging.Rules(
    imaging.Limits(-24, 33, "[test]"), alternatives_ml=(0.1, 0.5), bins=(5, 10, 50), liver_ml=(300, 6000)
)


@pytest.fixture(scope="session")
def rules() -> imaging.Rules:
    """Rules as a caller hands them over."""
    return RULES


@pytest.fixture(scope="session")
def data() -> Path:
    """Other people's data; a test that needs it is skipped where it is absent."""
    folder = os.environ.get("NETLM_TEST_DATA")
    if not folder or not (Path(folder) / "imaging").is_dir():
        pytest.skip("NETLM_TEST_DATA is not set: other people's data is not part of the repository")
    return Path(folder) / "imaging"


@pytest.fixture(scope="session")
def oracle(data) -> dict[str, Any]:
    """What SimpleITK says of that data."""
    return json.loads((data / "oracle_simpleitk.json").read_text(encoding="utf-8"))


def ball(array: Any, centre: tuple[float, ...], radii: Any, label: int, spacing: tuple[float, ...]) -> Any:
    """``array`` with an ellipsoid drawn into it; centre and radii in mm along the axes of the array."""
    axes = np.ogrid[tuple(slice(0, side) for side in array.shape)]
    radii = np.broadcast_to(np.asarray(radii, float), 3)
    far = sum(((axis * step - at) / radius) ** 2
              for axis, step, at, radius in zip(axes, spacing, centre, radii, strict=True))  # fmt: skip
    array[far <= 1] = label
    return array


@pytest.fixture(scope="session")
def phantom() -> Any:
    """``phantom(lesions, spacing)``: a liver (label 1) with lesions (label 2), given as (centre, radius) in mm."""

    def phantom(lesions: Any = (), spacing: Any = (2.0, 1.5, 1.5), shape: Any = (60, 80, 90)) -> Any:
        array = np.zeros(shape, np.uint8)
        middle = tuple(side * step / 2 for side, step in zip(shape, spacing, strict=True))
        ball(array, middle, (50, 50, 55), 1, spacing)
        for centre, radius in lesions:
            ball(array, centre, radius, 2, spacing)
        return array

    return phantom

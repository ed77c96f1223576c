"""Studies as published, and the answers of metafor 3.8-1 for them, found through NETLM_TEST_DATA."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from netlm import synthesis

TRIALS = {
    "PROMID": (0.34, 0.20, 0.59),
    "CLARINET": (0.47, 0.30, 0.73),
    "RADIANT-4": (0.48, 0.35, 0.67),
    "Sunitinib": (0.42, 0.26, 0.66),
}


@pytest.fixture(scope="session")
def trials() -> dict[str, synthesis.Study]:
    """Hazard ratios against placebo: time to progression (PROMID) and progression-free survival."""
    return {name: synthesis.hazard_ratio(name, *numbers) for name, numbers in TRIALS.items()}


@pytest.fixture(scope="session")
def oracle() -> dict:
    """metafor's answers."""
    root = os.environ.get("NETLM_TEST_DATA")
    path = Path(root or "") / "survival" / "oracle_metafor.json"
    if not root or not path.is_file():
        pytest.skip("NETLM_TEST_DATA is not set, or holds no survival/oracle_metafor.json")
    return json.loads(path.read_text(encoding="utf-8"))

from __future__ import annotations

from pathlib import Path

import pytest

import netlm
from netlm.registry import create_registry

EXAMPLES = Path(netlm.__file__).parents[2] / "examples" / "cases"

FOLLOW_UP = """\
netlm: follow-up/1
id: p-001
as_of: 2026-11-24
cases: [clean-ileal-g1]
patient: {sex: female, birth: 1970}
treatments:
  - {option: cytoreduction, from: 2024-03-12, debulking_achieved: 85-95 %, margin: R1, lesions_treated: 9}
  - {other: a trial drug, from: 2025-10, to: {unknown: still running}}
complications: none
symptoms: [{treatment: 1, symptom: hormonal, relief: complete, hormone: 5-HIAA, hormone_fall: 80 %}]
progressions: {at_least: [{date: 2025-06 to 2025-09, site: liver}]}
quality_of_life: {unknown: not asked}
last_contact: {date: 2026-11-02}
death: no
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty registry."""
    target = tmp_path / "registry.duckdb"
    create_registry(target)
    return target


@pytest.fixture
def follow_up(tmp_path: Path) -> Path:
    """A follow-up file without a mistake."""
    file = tmp_path / "p-001.yaml"
    file.write_text(FOLLOW_UP, encoding="utf-8")
    return file

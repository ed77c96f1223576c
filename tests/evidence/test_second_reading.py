"""Every reading of the second reader holds, or was settled by the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from netlm.evidence import load_evidence, match_study

from ._cases import facts_of

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.load(
    (HERE / "second_reading.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)["cases"]


def _typed(value: str | list[str]) -> str:
    """A value as a case file has it."""
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['study']}: {case['case']}")
def test_a_second_reader_says_the_same(case: dict[str, Any]) -> None:
    """The word and the named differences, as read or as settled; a settlement that changes nothing is refused."""
    facts = facts_of({name: _typed(value) for name, value in case["facts"].items()})
    match = match_study(load_evidence().study(case["study"]), facts)
    settled = case.get("settled", {})
    stands = settled if "expect" in settled else case
    assert stands is case or settled["expect"] != case["expect"]
    assert match.word == stands["expect"], case["why"]
    if match.word == "applies_except":
        assert [point.criterion.id for point in match.differences] == stands["differs"]


def test_the_readme_counts_what_agreed_at_once() -> None:
    """Of so many readings so many agreed, and who was mistaken in the others."""
    settled = [case["settled"] for case in CASES if "settled" in case]
    who = {by: sum(one["by"] == by for one in settled) for by in ("study", "reading", "open")}
    assert sum(who.values()) == len(settled)
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert f"Of {len(CASES)} readings, {len(CASES) - len(settled)} agreed at once." in text
    assert f"In {who['study']} the study file" in text
    assert f"in {who['reading']} the reader" in text
    assert f"{who['open']} stay open" in text

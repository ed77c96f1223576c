"""Every reading of the second reader holds, or was settled by the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import netlm
from netlm.case import Case, read_case
from netlm.files import Mapping, read_tree

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.yaml"))
SETTLED = {
    (entry["case"], entry["option"]): entry
    for entry in yaml.safe_load((HERE / "settled.yaml").read_text(encoding="utf-8"))["settled"]
}


def _case(path: Path) -> Case:
    tree = read_tree(path)
    assert isinstance(tree, Mapping)
    inner = tree.get("case")
    assert inner is not None
    return read_case(inner, str(path))


def _expected(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["expected"])


def test_there_are_thirty_patients_and_every_settlement_is_about_one_of_them() -> None:
    """No reading is lost, and none is settled that does not exist."""
    assert len(CASES) == 30
    assert {case for case, _ in SETTLED} <= {_case(path).id for path in CASES}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_verdicts(path: Path) -> None:
    """All twenty options as the reader, or the sources, have them."""
    case, expected = _case(path), _expected(path)
    dossier = netlm.board(case)
    assert set(expected["options"]) == set(dossier.options)
    for name, reading in expected["options"].items():
        found = dossier.options[name]
        settled = SETTLED.get((case.id, name))
        if settled:
            assert list(found.possible) == settled["possible"], name
            assert (found.verdict, list(found.possible)) != (reading["verdict"], reading.get("possible")), name
            continue
        assert found.verdict == reading["verdict"], (name, found.possible, reading["why"])
        if "possible" in reading:
            assert list(found.possible) == reading["possible"], name


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_category_and_flags(path: Path) -> None:
    """The category, and the flags of which the reader was sure."""
    expected = _expected(path)
    dossier = netlm.board(_case(path))
    assert dossier.classification.category == expected["classification"]["category"]
    assert set(expected.get("flags") or ()) <= {flag.id for flag in dossier.assessment.flags}

"""The applicability cases of this folder: a study, a patient, and whether it speaks of that patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from netlm.case import read_case
from netlm.dictionary import Facts
from netlm.evidence import APPLICABILITY, Match, load_evidence, match_study
from netlm.files import parse_text

FOLDER = Path(__file__).parent / "applicability"
WORDS = {words: word for word, words in APPLICABILITY.items()}
KEYS = {"name", "facts", "without", "applies", "differs", "not_known"}


@dataclass(frozen=True)
class Case:
    """One expectation, in the words of the file."""

    study: str
    name: str
    facts: dict[str, Any]
    applies: str
    differs: tuple[str, ...]
    not_known: tuple[str, ...]

    def match(self) -> Match:
        """What the program says."""
        return match_study(load_evidence().study(self.study), facts_of(self.facts))


def facts_of(facts: dict[str, Any]) -> Facts:
    """The facts of a patient, read as a case file is read."""
    lines = "".join(f"  {name}: {value}\n" for name, value in facts.items())
    text = f"netlm: case/1\nid: applicability\nas_of: 2026-11-20\nfacts:\n{lines}"
    return read_case(parse_text(text, "applicability"), "applicability").facts


def all_cases() -> Iterator[Case]:
    """Every case of every file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        assert content["netlm"] == "applicability-cases/1", path
        for item in [{"name": "base", "applies": content["applies"]}, *content["cases"]]:
            assert set(item) <= KEYS, (path.name, item)
            facts = {**content["base"], **item.get("facts", {})}
            for name in item.get("without", ()):
                del facts[name]
            yield Case(
                content["study"], item["name"], facts, WORDS[item["applies"]], tuple(item.get("differs", ())),
                tuple(item.get("not_known", ())),
            )  # fmt: skip

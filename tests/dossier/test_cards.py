"""Promises about the CDS Hooks cards: they fit the standard and say what the dossier says, as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

import netlm

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))
CODING = {
    "type": "object", "required": ["code", "system", "display"],
    "properties": {name: {"type": "string", "minLength": 1} for name in ("code", "system", "display")},
}  # fmt: skip
SCHEMA = {
    "type": "object", "required": ["cards"], "additionalProperties": False,
    "properties": {"cards": {"type": "array", "items": {
        "type": "object", "required": ["uuid", "summary", "detail", "indicator", "source", "overrideReasons"],
        "additionalProperties": False,
        "properties": {
            "uuid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
            "summary": {"type": "string", "minLength": 1, "maxLength": 139},
            "detail": {"type": "string", "minLength": 1},
            "indicator": {"enum": ["info", "warning"]},
            "source": {"type": "object", "required": ["label"], "properties": {
                "label": {"type": "string", "minLength": 1}, "topic": CODING}},
            "overrideReasons": {"type": "array", "minItems": 1, "items": CODING},
        },
    }}},
}  # fmt: skip
"""What the specification of CDS Hooks asks of a card, as far as these use it; critical is never used."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_the_standard_and_says_what_the_dossier_says(path):
    dossier = netlm.board(netlm.load_case(path))
    cards = dossier.to_cards()
    jsonschema.validate(cards, SCHEMA)
    assert len({card["uuid"] for card in cards["cards"]}) == 20
    for card, option in zip(cards["cards"], dossier.options.values(), strict=True):
        against = option.verdict in ("not_recommended", "excluded", "extreme_caution")
        assert (card["indicator"] == "warning") == against
        assert "(2020)" in card["summary"]
        if option.verdict == "cannot_tell":
            assert "cannot be told yet" in card["summary"]
            assert "Could be" in card["detail"]
        if option.missing:
            assert "Missing:" in card["detail"]


def test_the_same_dossier_gives_the_same_cards(board, clean):
    assert json.dumps(board(clean).to_cards()) == json.dumps(board(clean).to_cards())


MARKUP = "<img src=x onerror=alert(1)> [a](javascript:x) **b** `c` # d | e https://evil www.evil a@b &amp; \u202e"
HOSTILE = MARKUP + "y" * 9000


def test_hostile_and_long_text_stays_text_and_within_the_limits(board, clean):
    quoted = json.dumps(HOSTILE)
    facts = {name: text for name, text in clean.items() if name != "sstr"} | {"sstr": f"{{unknown: {quoted}}}"}
    cards = board(facts).to_cards()
    jsonschema.validate(cards, SCHEMA)
    details = "".join(card["detail"] for card in cards["cards"])
    assert "&lt;img src=x" in details
    for markup in ("<", "`c`", "**b**", " # ", " | ", "https://evil", "www.evil", "a@b"):
        assert markup not in details, markup
    assert not re.search(r"(?<!\\)\]\(", details)
    assert max(len(line) for card in cards["cards"] for line in card["detail"].splitlines()) < 1300
    assert max(len(card["detail"]) for card in cards["cards"]) < 30_000


def test_a_what_if_says_so(board, clean):
    cards = board(clean, what_if={"ki67": "30 %"}).to_cards()["cards"]
    assert all("not the case as written" in card["detail"] for card in cards)

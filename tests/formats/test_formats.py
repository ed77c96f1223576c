"""Promises about file formats: what version 1 wrote can be read, and what is written fits the published schema."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import netlm
from netlm.dictionary import load_dictionary
from netlm.errors import Problems
from netlm.evidence import read_publication
from netlm.files import parse_text

HERE = Path(__file__).parent / "fixtures"
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))
SCHEMA = json.loads((files("netlm.dossier") / "dossier-1.schema.json").read_text(encoding="utf-8"))


def _validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{kind}"}]})


def _keys(content: Any, path: str = "") -> set[str]:
    """Every key path of a document, list positions left out."""
    if isinstance(content, dict):
        free = path in {".facts", ".options.arguments.facts", ".options.arguments.limits", ".netlm.conventions"}
        inner = (("*" if free else key, value) for key, value in content.items())
        return {path} | {found for key, value in inner for found in _keys(value, f"{path}.{key}")}
    if isinstance(content, list):
        return {path} | {found for item in content for found in _keys(item, path)}
    return {path}


def test_the_schema_is_a_schema() -> None:
    """What is published can be used by any validator."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_the_published_schema(path: Path) -> None:
    """As a machine reads it, whole and for one option with its trace, and as a what-if."""
    case = netlm.load_case(path)
    validator = _validator("dossier")
    for content in (
        netlm.board(case).to_json(),
        netlm.board(case).to_json("systemic.prrt"),
        netlm.board(case, what_if={"sstr": "negative"}).to_json(),
    ):
        validator.validate(json.loads(content))


def test_errors_fit_the_published_schema() -> None:
    """The object that stands in the place of a bad case."""
    with pytest.raises(Problems) as caught:
        parse_text("a: 1\na: 2\n", "case.yaml")
    _validator("error").validate(caught.value.to_dict())


def test_a_case_of_version_1_is_read_and_judged_as_it_was() -> None:
    """The verdicts of the fixture stay, until the knowledge changes on purpose."""
    earlier = json.loads((HERE / "dossier-1.json").read_text(encoding="utf-8"))
    now = json.loads(netlm.board(netlm.load_case(HERE / "case-1.yaml")).to_json())
    assert now["classification"] == earlier["classification"]
    assert {one["id"]: one["possible"] for one in now["options"]} == {
        one["id"]: one["possible"] for one in earlier["options"]
    }


def test_a_dossier_of_version_1_keeps_every_key() -> None:
    """Keys may be added within a version, never removed."""
    earlier = json.loads((HERE / "dossier-1.json").read_text(encoding="utf-8"))
    now = json.loads(netlm.board(netlm.load_case(HERE / "case-1.yaml")).to_json())
    _validator("dossier").validate(earlier)
    assert _keys(earlier) - _keys(now) == set()


def test_a_decision_of_version_1_is_read_as_it_was() -> None:
    """As typed and as exported; what it says and how each option stood stay."""
    typed = netlm.load_decision(HERE / "decision-1.yaml")
    exported = netlm.load_decision(HERE / "decision-1.json")
    assert typed == exported
    earlier = json.loads((HERE / "decision-1.json").read_text(encoding="utf-8"))
    assert typed.to_dict() == earlier
    schema = json.loads((files("netlm.decision") / "decision-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(earlier)


def test_the_decision_of_version_1_uses_every_key() -> None:
    """So that a key that is lost some day is missed."""
    schema = json.loads((files("netlm.decision") / "decision-1.schema.json").read_text(encoding="utf-8"))["$defs"]
    earlier = json.loads((HERE / "decision-1.json").read_text(encoding="utf-8"))
    assert set(earlier) | {"no_decision"} == set(schema["decision"]["properties"])
    used = {key for one in earlier["recommendations"] for key in one}
    assert used == {*schema["recommendation"]["properties"], *schema["chosen"]["properties"]}
    assert set(earlier["basis"]) == set(schema["basis"]["properties"])


@pytest.mark.parametrize("version", ["decision/2", "decision", "case/1"])
def test_a_decision_of_another_version_is_refused(version: str) -> None:
    """With its remedy, and nothing else said of it."""
    from netlm.decision import read_decision

    text = (HERE / "decision-1.yaml").read_text(encoding="utf-8").replace("netlm: decision/1", f"netlm: {version}")
    with pytest.raises(Problems, match="netlm decide CASE") as caught:
        read_decision(parse_text(text, "d.yaml"), "d.yaml")
    assert [problem.code for problem in caught.value.problems] == ["format"]


@pytest.mark.parametrize("version", ["case/2", "case", "registry/1", "1"])
def test_another_version_is_refused_with_its_remedy(version: str) -> None:
    """A newer file is never read as if it were of this version."""
    text = (HERE / "case-1.yaml").read_text(encoding="utf-8").replace("netlm: case/1", f"netlm: {version}")
    from netlm.case import read_case

    with pytest.raises(Problems) as caught:
        read_case(parse_text(text, "newer.yaml"), "newer.yaml")
    assert [problem.code for problem in caught.value.problems] == ["format"]
    assert "newer netlm" in caught.value.problems[0].remedy


@pytest.mark.parametrize("path", [*EXAMPLES, HERE / "case-1.yaml"], ids=lambda path: path.stem)
def test_a_case_file_survives_a_round_trip(path: Path) -> None:
    """Written out again, it reads as the same case."""
    from netlm.case import read_case
    from netlm.files import render_tree

    case = netlm.load_case(path)
    again = read_case(parse_text(render_tree(case.document), str(path)), str(path))
    assert again.document == case.document
    assert again.told == case.told
    assert netlm.board(again).to_dict() == netlm.board(case).to_dict()


def test_examples_say_what_they_are_and_most_options_are_decided() -> None:
    """Synthetic or transcribed; with the core set filled at least 16 of 20 options have a determinate verdict."""
    assert len(EXAMPLES) >= 15
    transcribed = 0
    for path in EXAMPLES:
        head = path.read_text(encoding="utf-8")
        assert head.startswith(("# SYNTHETIC", "# TRANSCRIBED"))
        transcribed += head.startswith("# TRANSCRIBED")
        dossier = netlm.board(netlm.load_case(path))
        facts = dossier.case.facts
        core = [fact.name for fact in facts.dictionary.facts.values() if fact.core and fact.name != "lesions"]
        filled = all(name in facts.entered and facts.entered[name].unknown is None for name in core)
        if filled:
            decided = sum(option.verdict != "cannot_tell" for option in dossier.options.values())
            assert decided >= 16, path.name
    assert transcribed == 3


def test_a_publication_of_version_1_can_be_read() -> None:
    """Every key that version 1 has keeps its meaning."""
    study = read_publication(HERE / "publication-1.yaml", load_dictionary())
    assert study.headline is not None
    assert study.headline.ratio is not None
    assert study.headline.ratio.number.ends == (0.45, 0.86)
    assert [point.id for point in study.population] == ["differentiation", "site", "receptors", "grade", "progressive"]


def test_a_table_of_facts_of_version_1_is_read_and_judged_as_it_was() -> None:
    """The verdicts of the fixture stay, until the knowledge changes on purpose."""
    pytest.importorskip("ibis", reason="the extra `registry` judges tables")
    from netlm.logic import VERDICTS
    from netlm.registry import assess

    earlier = json.loads((HERE / "dossier-1.json").read_text(encoding="utf-8"))
    table = assess(HERE / "facts-1.parquet").table
    row = dict(zip(table.columns, table.get_backend().con.execute(f"FROM {table.get_name()}").fetchone(), strict=True))
    for option in earlier["options"]:
        assert row[f"{option['id']}.possible"] == sum(1 << VERDICTS.index(word) for word in option["possible"])

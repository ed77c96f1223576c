"""Promises about everything clinical: every number has an address, every fact of the source is accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from netlm.dictionary import knowledge_folder, load_dictionary
from netlm.guidance import load_pack
from netlm.logic import Compare, walk

ROOT = knowledge_folder()
FILES = sorted(ROOT.rglob("*.yaml"))
JUDGED_KINDS = {"criterion", "threshold", "design", "physics"}
VERSIONED = re.compile(r"[a-z-]+/\d+")


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _walk(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _walk(value, f"{path}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _walk(value, f"{path}[{number}]")


def _source_facts() -> dict[str, dict[str, Any]]:
    return {fact["id"]: fact for fact in _load(ROOT / "sources" / "landmark_2020.yaml")}


def _facts_used() -> set[str]:
    used: set[str] = set()
    for folder in ("options", "guidance"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            for _, entry in _walk(_load(path)):
                listed = entry.get("facts")
                used.update(listed if isinstance(listed, list) else ())
                if "because" in entry and "fact" in entry:
                    used.add(entry["fact"])
    return used


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_names_its_format(path: Path) -> None:
    """A reader can tell a newer format from a damaged file; the source's facts are a plain list."""
    content = _load(path)
    if path.parent.name != "sources":
        assert VERSIONED.fullmatch(content["netlm"])


def test_every_criterion_threshold_design_and_physics_entry_is_accounted_for() -> None:
    """Each is used by an argument, an option, a flag or a note, or listed with the reason why it bears on nothing."""
    facts, used = _source_facts(), _facts_used()
    missing = [name for name, fact in facts.items() if fact["kind"] in JUDGED_KINDS and name not in used]
    assert missing == []


def test_facts_used_exist() -> None:
    """No argument leans on a fact that the source does not hold."""
    assert _facts_used() - set(_source_facts()) == set()


def test_not_bearing_entries_say_why_and_are_used_nowhere_else() -> None:
    """The list of what bears on no decision is short and true."""
    listed = _load(ROOT / "guidance" / "landmark_2020" / "not_bearing.yaml")["not_bearing"]
    elsewhere = set()
    for folder in ("options", "guidance"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            if path.name != "not_bearing.yaml":
                elsewhere.update(
                    fact
                    for _, entry in _walk(_load(path))
                    for fact in entry.get("facts") or ()
                    if isinstance(fact, str)
                )
    for entry in listed:
        assert entry["because"].strip()
        assert entry["fact"] not in elsewhere


def test_every_citation_resolves() -> None:
    """``via`` is a reference; ``refs`` are numbers of the review's list and only stand beside the review."""
    references = load_dictionary().references
    numbers = {str(item.record["review_number"]) for item in references.values() if "review_number" in item.record}
    seen = 0
    for path in FILES:
        for place, entry in _walk(_load(path)):
            cite = entry.get("cite")
            if isinstance(cite, dict):
                seen += 1
                assert cite["via"] in references, (path.name, place)
                assert {str(ref) for ref in cite.get("refs") or ()} <= numbers, (path.name, place)
    assert seen > 200


def test_every_number_an_argument_compares_with_has_unit_provenance_and_citation() -> None:
    """No limit is anonymous: it is the argument's own, beside its citation, or a named convention."""
    pack = load_pack()
    for option, arguments in pack.arguments.items():
        for argument in arguments:
            for node in walk(argument.when):
                if not isinstance(node, Compare):
                    continue
                name = node.limit.name.removeprefix("limits.")
                if name.startswith("convention."):
                    assert pack.dictionary.conventions[name.removeprefix("convention.")].because
                    continue
                limit = argument.limits[name]
                assert limit.cite is not None, (option, argument.id)
                assert limit.provenance in {"source", "corrected", "inferred", "external", "convention"}
                number = pack.dictionary.vocabulary.facts.get(node.fact) or pack.dictionary.lesion_fields[node.fact]
                assert number.number is not None
                assert number.number.unit == "1" or number.number.bare or not limit.value.replace(".", "").isdigit()


def test_no_expression_holds_a_number() -> None:
    """Numbers stand under a name; only counts in ``at_least`` and words such as segment numbers may be digits."""
    for path in FILES:
        for place, entry in _walk(_load(path)):
            when = entry.get("when")
            if isinstance(when, str):
                bare = re.sub(r"at_least\(\d+|\b[GR][0123]\b|\"[^\"]*\"|\b[a-z_]+\.\w+|[a-z_]+\d+[a-z0-9_]*", "", when)
                assert not re.search(r"\d", bare), (path.name, place, bare)


def test_every_option_has_a_within_and_a_home_at_the_same_path() -> None:
    """``transplantation.milan`` is options/transplantation/milan.yaml and guidance/.../transplantation/milan.yaml."""
    pack = load_pack()
    assert len(pack.order) == 20
    for option in pack.order:
        assert any(argument.role == "within" for argument in pack.arguments[option])
        relative = f"{option.replace('.', '/')}.yaml"
        assert (ROOT / "options" / relative).is_file()
        if any(argument.own for argument in pack.arguments[option]):
            assert (ROOT / "guidance" / pack.id / relative).is_file()


def test_limits_on_one_fact_are_cumulative_not_bands() -> None:
    """ "Over 50" and "over 70", never "50 to 70": so the closed form of what is possible stays tight."""
    pack = load_pack()
    for arguments in pack.arguments.values():
        for argument in arguments:
            if argument.role == "supports":
                continue
            compared: dict[str, set[str]] = {}
            for node in walk(argument.when):
                if isinstance(node, Compare):
                    compared.setdefault(node.fact, set()).add(node.operator[0])
            for fact, directions in compared.items():
                assert len(directions) == 1, (argument.id, fact)


def test_corrected_entries_keep_what_is_printed() -> None:
    """A corrected value shows the print and how the correction is known."""
    pack = load_pack()
    corrected = [one for found in pack.arguments.values() for one in found if one.provenance == "corrected"]
    assert corrected
    for argument in corrected:
        assert argument.printed
        assert argument.correction in {"verified", "arithmetic"}


def test_core_set_is_at_most_thirty_facts() -> None:
    """What a coordinator fills in first fits on a page."""
    assert 20 <= sum(fact.core for fact in load_dictionary().facts.values()) <= 30


def test_dictionary_entries_are_complete() -> None:
    """Each entered fact says what it means, what changes it, how long it is current and how it is obtained."""
    dictionary = load_dictionary()
    for fact in dictionary.facts.values():
        assert fact.title
        assert fact.meaning
        if fact.is_entered:
            assert fact.changed_by, fact.name
            assert fact.obtained, fact.name
            assert fact.valid_for == "never stale" or dictionary.validity(fact) is not None, fact.name

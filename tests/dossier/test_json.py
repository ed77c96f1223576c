"""The dossier as JSON: the fields and types of the contract, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import jsonschema
import pytest

import netlm
from netlm.logic import VERDICTS

VERDICT = {"enum": [*VERDICTS, "cannot_tell"]}
ROLES = ["advises_against", "requires", "excludes", "within", "cautions", "conditions", "supports"]
NUMBER = {"type": "number"}
VALUE = {
    "anyOf": [
        {"type": ["string", "boolean"]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "required": ["value", "unit"], "properties": {"value": NUMBER, "unit": {"type": "string"}}},
        {
            "type": "object",
            "required": ["unit"],
            "minProperties": 2,
            "properties": {"min": NUMBER, "max": NUMBER, "above": NUMBER, "below": NUMBER, "unit": {"type": "string"}},
            "additionalProperties": False,
        },
        {"type": "object", "required": ["one_of"]},
        {"type": "object", "required": ["unknown"], "properties": {"unknown": {"type": "string"}}},
        {"type": "object", "required": ["at_least"]},
        {"type": "object", "required": ["count", "complete"]},
    ]
}
VALUES = {"type": "object", "additionalProperties": VALUE}
ARGUMENT = {
    "type": "object",
    "required": ["id", "role", "truth", "strength", "says", "facts", "cite", "provenance"],
    "properties": {
        "id": {"type": "string"},
        "role": {"enum": ROLES},
        "truth": {"enum": ["true", "false", "unknown"]},
        "strength": {"enum": ["absolute", "general", None]},
        "says": {"type": "string", "minLength": 3},
        "facts": VALUES,
        "cite": {"type": "object", "required": ["via", "section", "refs"]},
        "provenance": {"enum": ["source", "corrected", "inferred", "external", "convention"]},
    },
}
POSSIBLE = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(VERDICTS)}}
LESION = {
    "type": "object",
    "required": ["id", "verdict", "possible", "arguments"],
    "properties": {"verdict": VERDICT, "possible": POSSIBLE, "arguments": {"type": "array", "items": ARGUMENT}},
}
CONTRACT = {
    "type": "object",
    "required": ["netlm", "case", "classification", "options", "missing", "flags"],
    "properties": {
        "netlm": {
            "type": "object",
            "required": ["format", "version", "guidance", "conventions"],
            "properties": {
                "format": {"const": "dossier/1"},
                "version": {"type": "string"},
                "guidance": {"const": "landmark_2020"},
                "conventions": {"type": "object"},
            },
        },
        "case": {
            "type": "object",
            "required": ["id", "as_of"],
            "properties": {"as_of": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}},
        },
        "classification": {
            "type": "object",
            "required": ["category", "grade", "scheme"],
            "properties": {
                "category": {
                    "enum": [
                        "NET G1",
                        "NET G2",
                        "NET G3",
                        "NEC small-cell",
                        "NEC large-cell",
                        "NEC",
                        "MiNEN",
                        "typical carcinoid",
                        "atypical carcinoid",
                        "LCNEC",
                        "SCLC",
                        "undetermined",
                    ]
                },
                "grade": {"type": "string"},
                "scheme": {"type": "string"},
            },
        },
        "options": {
            "type": "array",
            "minItems": 20,
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["id", "verdict", "possible", "arguments", "missing", "would_change"],
                "properties": {
                    "id": {"type": "string"},
                    "verdict": VERDICT,
                    "possible": POSSIBLE,
                    "arguments": {"type": "array", "minItems": 1, "items": ARGUMENT},
                    "missing": {"type": "array", "items": {"type": "object", "required": ["fact"]}},
                    "would_change": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["set", "verdict"],
                            "properties": {
                                "set": {**VALUES, "minProperties": 1, "maxProperties": 2},
                                "verdict": {"enum": list(VERDICTS)},
                            },
                        },
                    },
                    "lesions": {"type": "array", "items": LESION},
                },
            },
        },
        "missing": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["fact", "decides"],
                "properties": {"decides": {"type": "array", "items": {"type": "string"}}},
            },
        },
        "flags": {"type": "array", "items": {"type": "object", "required": ["id", "says"]}},
    },
}


def exported(path) -> dict:
    return json.loads(netlm.board(netlm.load_case(path)).to_json())


def test_every_example_has_the_fields_and_types_of_the_contract(examples):
    validator = jsonschema.Draft202012Validator(CONTRACT)
    for path in examples:
        errors = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(exported(path))]
        assert not errors, (path.name, errors[:3])


def test_sparse_and_uncertain_cases_have_it_too(board, clean):
    validator = jsonschema.Draft202012Validator(CONTRACT)
    validator.validate(json.loads(board({}).to_json()))
    open_facts = {
        **clean,
        "ki67": "2-30 %",
        "liver_involvement": "more than 50 %",
        "symptoms": "{at_least: [hormonal]}",
        "sstr": "{unknown: not yet done}",
        "disease_state": "{one_of: [stable, progressive]}",
    }
    validator.validate(json.loads(board(open_facts).to_json()))
    lesions = "{at_least: [{id: A, size: 3.2 cm, segment: 7, near: [hepatic_vein]}, {size: 6 cm}]}"
    validator.validate(
        json.loads(board({**open_facts, "liver_metastases": "at least 2", "lesions": lesions}).to_json())
    )


def test_options_come_in_one_order_each_once(examples):
    orders = {tuple(option["id"] for option in exported(path)["options"]) for path in examples}
    assert len(orders) == 1
    assert len(set(orders.pop())) == 20


def test_every_verdict_follows_from_what_is_possible(examples):
    """One possible: that is the verdict. Several: cannot tell, unless the best is outside the evidence or worse."""
    for path in examples:
        for option in exported(path)["options"]:
            ranks = sorted(VERDICTS.index(verdict) for verdict in option["possible"])
            best = VERDICTS[ranks[-1]]
            settled = len(ranks) == 1 or best in ("not_recommended", "excluded", "outside_evidence")
            assert option["verdict"] == (best if settled else "cannot_tell")
            assert option["possible"] == [VERDICTS[rank] for rank in ranks]


def test_a_settled_option_misses_nothing_and_an_open_one_says_what(examples):
    """Save where nothing can be asked: the site of a primary that was never found."""
    for path in examples:
        dossier = exported(path)
        never_found = dossier["facts"].get("primary_site", {}).get("value") == "unknown_primary"
        for option in dossier["options"]:
            is_open = len(option["possible"]) > 1
            assert bool(option["missing"]) == is_open or (is_open and never_found), (path.name, option["id"])


def test_each_citation_points_into_a_known_reference(examples, dictionary):
    for path in examples[:2]:
        for option in exported(path)["options"]:
            for argument in option["arguments"]:
                assert argument["cite"]["via"] in dictionary.references
                assert all(isinstance(number, int) for number in argument["cite"]["refs"])


def test_values_are_exported_as_typed(board, clean):
    facts = board({**clean, "bilirubin": "12 umol/L"}).to_dict()["facts"]
    assert facts["bilirubin"]["value"] == {"value": 12, "unit": "umol/L"}
    assert facts["bilirubin"]["typed"] == "12 umol/L"
    assert facts["main_portal_vein_thrombosis"]["value"] is False


def test_one_option_comes_with_the_trace_of_every_argument(board, clean):
    (option,) = board(clean).to_dict("transplantation.milan")["options"]
    assert option["id"] == "transplantation.milan"
    for argument in option["arguments"]:
        assert argument["trace"]["truth"] == argument["truth"] in ("true", "false", "unknown")


def test_each_lesion_has_its_own_verdict_and_the_option_the_best(board, clean):
    lesions = "[{id: A, size: 2 cm, near: []}, {id: B, size: 6 cm, near: []}]"
    facts = {**clean, "liver_metastases": "2", "largest_metastasis": "6 cm", "lesions": lesions}
    option = next(one for one in board(facts).to_dict()["options"] if one["id"] == "ablation.microwave")
    verdicts = {lesion["id"]: lesion["verdict"] for lesion in option["lesions"]}
    assert verdicts["B"] == "excluded"
    assert verdicts["A"] != "excluded"
    assert option["verdict"] != "excluded"


def test_the_same_case_gives_the_same_bytes_whatever_the_hash_seed(examples, tmp_path):
    code = (
        "import sys, netlm\n"
        "for path in sys.argv[1:]:\n"
        "    dossier = netlm.board(netlm.load_case(path))\n"
        "    sys.stdout.write(dossier.to_json().decode() + dossier.to_text())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, *map(str, examples)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outputs) == 1


def test_the_same_case_twice_in_one_process_gives_the_same_bytes(examples):
    for path in examples[:3]:
        assert netlm.board(netlm.load_case(path)).to_json() == netlm.board(netlm.load_case(path)).to_json()


def test_core_facts_filled_settle_at_least_sixteen_options(examples, dictionary):
    """Of every example with the core set filled."""
    core = [fact.name for fact in dictionary.facts.values() if fact.core and fact.kind != "records"]
    judged = 0
    for path in examples:
        case = netlm.load_case(path)
        if not all(case.facts.finding(name) and case.facts.is_known(name) for name in core):
            continue
        judged += 1
        verdicts = [option.verdict for option in netlm.board(case).options.values()]
        assert sum(verdict != "cannot_tell" for verdict in verdicts) >= 16, path.name
    assert judged


@pytest.mark.parametrize(("ending", "starts"), [("json", b"{"), ("txt", b"Tumour board dossier")])
def test_a_dossier_can_be_saved(board, clean, tmp_path, ending, starts):
    path = tmp_path / f"out.{ending}"
    board(clean).save(path)
    assert path.read_bytes().startswith(starts)


@pytest.mark.parametrize("name", ["out.docx", "out", "none/out.json"])
def test_another_ending_or_an_unwritable_path_is_a_problem_and_writes_nothing(board, clean, tmp_path, name):
    with pytest.raises(netlm.Problems):
        board(clean).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_hash_is_that_of_the_json_as_written(examples, tmp_path):
    dossier = netlm.board(netlm.load_case(examples[0]))
    dossier.save(tmp_path / "dossier.json")
    assert dossier.hash == hashlib.sha256((tmp_path / "dossier.json").read_bytes()).hexdigest()

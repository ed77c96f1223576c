"""What is missing really narrows, and what would change the verdict really does."""

from __future__ import annotations

import netlm

NEVER = {"age", "ki67", "mitoses", "largest_metastasis", "liver_involvement", "liver_metastases", "sex", "primary_site",
         "differentiation"}  # fmt: skip


def test_every_would_change_gives_its_verdict_when_it_is_set(examples, as_typed):
    tried = {}
    for path in examples:
        case = netlm.load_case(path)
        for option in netlm.board(case).to_dict()["options"]:
            for change in option["would_change"]:
                setting = {name: as_typed(value) for name, value in change["set"].items()}
                key = (path, tuple(sorted(setting.items())))
                if key not in tried:
                    if len(tried) > 250:
                        continue
                    tried[key] = netlm.board(case, what_if=setting).options
                after = tried[key][option["id"]]
                assert after.verdict == change["verdict"], (path.name, option["id"], setting)
                assert after.possible == (change["verdict"],)
    assert len(tried) > 20


def test_would_change_is_small_better_and_only_of_what_can_change(examples, dictionary):
    order = ["not_recommended", "excluded", "outside_evidence", "extreme_caution", "conditional", "supported"]
    for path in examples:
        for option in netlm.board(netlm.load_case(path)).to_dict()["options"]:
            sizes = [len(change["set"]) for change in option["would_change"]]
            assert sizes == sorted(sizes)
            assert not sizes or sizes[-1] <= 2
            for change in option["would_change"]:
                assert not set(change["set"]) & NEVER
                assert all(
                    set(dictionary.facts[name].changed_by) & {"time", "test", "treatment"} for name in change["set"]
                )
                if option["verdict"] != "cannot_tell":
                    assert order.index(change["verdict"]) > order.index(option["verdict"])


def test_some_value_of_every_missing_fact_shrinks_what_is_possible(examples):
    """Unless no single fact does; then the unknown facts of the deciding arguments are listed, without outcomes."""
    for path in examples:
        for option in netlm.board(netlm.load_case(path)).to_dict()["options"]:
            now = set(option["possible"])
            for missing in option["missing"]:
                if missing["outcomes"]:
                    after = [set(outcome["possible"]) for outcome in missing["outcomes"]]
                    assert any(one < now for one in after), (path.name, option["id"], missing["fact"])
                    assert missing["settles"] == any(len(one) == 1 and one < now for one in after)
                else:
                    assert not missing["settles"]


def test_those_that_settle_come_first(examples):
    for path in examples:
        for option in netlm.board(netlm.load_case(path)).to_dict()["options"]:
            settles = [missing["settles"] for missing in option["missing"]]
            assert settles == sorted(settles, reverse=True)


def test_every_outcome_of_a_missing_fact_comes_out_when_it_is_set(board, clean, as_typed):
    open_facts = {
        name: value for name, value in clean.items() if name not in ("sstr", "symptoms", "extrahepatic_disease")
    }
    for facts in (
        open_facts,
        {**clean, "achievable_debulking": "65-75 %", "carcinoid_heart_disease": "{unknown: no echo yet}"},
    ):
        tried = {}
        for option in board(facts).to_dict()["options"]:
            for missing in option["missing"]:
                for outcome in missing["outcomes"]:
                    setting = as_typed(outcome["value"])
                    key = (missing["fact"], setting)
                    if key not in tried:
                        tried[key] = board(facts, what_if={missing["fact"]: setting}).options
                    assert list(tried[key][option["id"]].possible) == outcome["possible"], (option["id"], key)
        assert tried


def test_the_missing_facts_of_a_case_are_ranked_by_how_many_options_they_settle(board):
    ranked = board({"primary_site": "ileum", "differentiation": "well"}).to_dict()["missing"]
    numbers = [len(entry["decides"]) for entry in ranked]
    assert numbers == sorted(numbers, reverse=True)
    assert len({entry["fact"] for entry in ranked}) == len(ranked)


def test_a_fact_that_is_known_is_never_missing(examples):
    for path in examples:
        dossier = netlm.board(netlm.load_case(path))
        facts = dossier.case.facts
        for option in dossier.options.values():
            for missing in option.missing:
                assert (
                    missing.fact in dossier.assessment.stale
                    or missing.fact == "lesions"
                    or not facts.is_known(missing.fact)
                )


def test_learning_a_missing_fact_never_enlarges_what_is_possible(board, clean):
    """Monotonicity on the core facts, one after the other."""
    known: dict[str, str] = {}
    before = board(known).options
    for name, value in clean.items():
        if name in ("symptoms", "syndromes", "primary_site"):
            continue
        known[name] = value
        after = board(known).options
        for option, verdict in after.items():
            assert set(verdict.possible) <= set(before[option].possible), (name, option)
        before = after

"""Promises about what a decision rests on: this case, this dossier, as written, and no other."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

import netlm
from netlm.case import with_facts
from netlm.decision import Standing, read_decision
from netlm.dossier import Decided, basis_of, decision_form
from netlm.errors import Problems
from netlm.files import parse_text
from netlm.guidance import load_pack


def _codes(caught) -> list[tuple[str | None, str]]:
    return [(problem.place, problem.code) for problem in caught.value.problems]


@pytest.fixture
def changed_dossier(clean_dossier):
    """The dossier of the same case after ``mend`` has changed its file."""

    def changed_dossier(*mends: tuple[str, str]):
        from netlm.case import read_case
        from netlm.files import render_tree

        text = render_tree(clean_dossier.case.document)
        for old, new in mends:
            assert old in text
            text = text.replace(old, new)
        return netlm.board(read_case(parse_text(text, "case.yaml"), "case.yaml"))

    return changed_dossier


def test_a_decision_goes_with_its_own_dossier(decided, clean_dossier) -> None:
    assert Decided(clean_dossier, decided.decision).decision.basis.dossier == clean_dossier.hash


def test_a_case_that_changed_since_is_refused_with_the_remedy(changed_dossier, decided) -> None:
    """Even where no verdict differs: somebody has to look."""
    with pytest.raises(Problems) as caught:
        Decided(changed_dossier(("age: 52", "age: 53")), decided.decision)
    assert _codes(caught) == [("basis.dossier", "stale-dossier")]
    assert "no verdict differs" in str(caught.value)
    assert "netlm decide" in str(caught.value)


def test_the_verdicts_that_moved_are_named(changed_dossier, decided) -> None:
    with pytest.raises(Problems, match=r"verdicts that differ: .*transplantation\.milan"):
        Decided(changed_dossier(("primary_status: in_situ", "primary_status: resected")), decided.decision)


def test_the_record_of_another_patient_is_refused(dossier_of, decided) -> None:
    with pytest.raises(Problems) as caught:
        Decided(dossier_of("boundary-values"), decided.decision)
    assert _codes(caught) == [("basis.case", "wrong-case")]


def test_another_day_is_refused(changed_dossier, decided) -> None:
    with pytest.raises(Problems) as caught:
        Decided(changed_dossier(("as_of: 2026-11-20", "as_of: 2026-11-21")), decided.decision)
    assert _codes(caught) == [("basis.as_of", "stale-dossier")]


def test_other_conventions_are_refused_and_named(clean_dossier, decided) -> None:
    pack = load_pack(conventions={"few_lesions": "4"})
    with pytest.raises(Problems) as caught:
        Decided(netlm.board(clean_dossier.case, guidance=pack), decided.decision)
    assert _codes(caught) == [("basis.conventions", "stale-dossier")]
    assert "few_lesions" in caught.value.problems[0].expected


@pytest.mark.parametrize("name", ["dossier", "version", "guidance", "guidance_year", "as_of", "data", "conventions"])
def test_nothing_of_the_basis_can_be_altered(decided, clean_dossier, name) -> None:
    altered = {
        "dossier": "0" * 64, "version": "0.0.1", "guidance": "other", "guidance_year": 2019, "data": "real",
        "as_of": decided.decision.basis.as_of.replace(day=19), "conventions": {"few_lesions": "4"},
    }[name]  # fmt: skip
    basis = dataclasses.replace(decided.decision.basis, **{name: altered})
    with pytest.raises(Problems):
        Decided(clean_dossier, dataclasses.replace(decided.decision, basis=basis))


def test_a_verdict_altered_in_the_file_is_refused(form, full, clean_dossier) -> None:
    """So that no departure is hidden by writing a better verdict into the record."""
    before = "systemic.prrt: {verdict: outside_evidence, possible: [outside_evidence]}"
    assert before in form
    text = form.replace(before, "systemic.prrt: {verdict: supported, possible: [supported]}") + full
    with pytest.raises(Problems) as caught:
        read_decision(parse_text(text, "d.yaml"), "d.yaml", basis_of(clean_dossier))
    assert _codes(caught) == [("basis.options.systemic.prrt", "altered-basis")]
    assert caught.value.problems[0].line == form[: form.index(before)].count("\n") + 1


def test_an_option_left_out_or_added_is_refused(decided, clean_dossier) -> None:
    options = dict(decided.decision.basis.options)
    del options["embolization.tare"]
    options["embolization.new"] = Standing("supported", ("supported",))
    basis = dataclasses.replace(decided.decision.basis, options=options)
    with pytest.raises(Problems) as caught:
        Decided(clean_dossier, dataclasses.replace(decided.decision, basis=basis))
    assert {place for place, _ in _codes(caught)} == {"basis.options.embolization.tare", "basis.options"}


@pytest.mark.parametrize("make", ["set", "case"])
def test_a_what_if_never_becomes_a_decision(clean_dossier, decided, make) -> None:
    """Neither as a what-if of the board, nor by handing the board a case that is one already."""
    if make == "set":
        dossier = netlm.board(clean_dossier.case, what_if={"sstr": "negative"})
    else:
        dossier = netlm.board(with_facts(clean_dossier.case, ["sstr=negative"]))
    for attempt in (
        lambda: basis_of(dossier),
        lambda: decision_form(dossier),
        lambda: Decided(dossier, decided.decision),
    ):
        with pytest.raises(Problems) as caught:
            attempt()
        assert _codes(caught) == [("--set", "what-if")]


def test_a_what_if_that_changes_nothing_is_refused_too(clean_dossier) -> None:
    with pytest.raises(Problems, match="what-if"):
        basis_of(netlm.board(clean_dossier.case, what_if={"age": "52"}))


def test_an_overridden_convention_stands_in_the_record_and_every_document(clean_dossier, full) -> None:
    dossier = netlm.board(clean_dossier.case, guidance=load_pack(conventions={"few_lesions": "4"}))
    form = decision_form(dossier)
    assert "# These conventions were overridden for this dossier:\n  conventions: {few_lesions: 4}\n" in form
    decision = read_decision(parse_text(form + full, "d.yaml"), "d.yaml", basis_of(dossier))
    decided = Decided(dossier, decision)
    assert decision.to_dict()["basis"]["conventions"] == {"few_lesions": "4"}
    title = dossier.pack.dictionary.conventions["few_lesions"].title
    for text in (decided.minutes(), decided.letter_to_referrer()):
        assert f"{title}: 4" in " ".join(text.split())
        assert "CONVENTION" in text
    assert "conventions were overridden: few_lesions" in " ".join(decided.letter_to_patient().split())


def test_the_form_of_every_example_rests_on_its_dossier(dossier_of, examples) -> None:
    for path in examples:
        dossier = dossier_of(path.stem)
        filled = f"{decision_form(dossier)}\ndate: {dossier.case.as_of}\nno_decision: the meeting was put off\n"
        decision = read_decision(parse_text(filled, path.name), path.name, basis_of(dossier))
        assert {name: one.verdict for name, one in decision.basis.options.items()} == {
            name: one.verdict for name, one in dossier.options.items()
        }
        assert decision.basis.dossier == dossier.hash


def test_the_form_is_the_same_twice_and_no_line_is_longer_than_the_screen(form, clean_dossier) -> None:
    assert decision_form(clean_dossier) == form
    assert max(map(len, form.splitlines())) <= 120


def test_options_stand_in_the_order_of_the_pack(decided, clean_dossier) -> None:
    order = [*decided.decision.basis.options]
    assert all(clean_dossier.pack.order.index(a) < clean_dossier.pack.order.index(b) for a, b in pairwise(order))

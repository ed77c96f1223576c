"""What a case file says, as read: nothing typed by YAML, unknown kept apart from no, order without meaning."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import netlm
from netlm.case import load_case
from netlm.errors import Problems
from netlm.values import Members, Numbers, Words


def test_the_case_of_the_contract_is_read(read):
    case = read("""\
netlm: case/1
id: example-01                         # [A-Za-z0-9._-], no record numbers
as_of: 2026-11-20
question: Is debulking to 70 % worth attempting?
intent: symptom relief
new_problem: flushing twice a day since September
facts:
  age: 52
  primary_site: ileum
  primary_status: in_situ
  differentiation: well
  ki67: 2 %
  mitoses: 1
  liver_involvement: 18-25 %           # a range
  liver_metastases: at least 8         # a bound
  bilirubin: 12 umol/L
  sstr: {unknown: not yet done}
  disease_state: {value: stable, date: 2026-10-02, method: CT, source: report 14}
  lesions: {at_least: [{id: A, size: 3.2 cm, segment: 7, near: [hepatic_vein]}]}
checked_absent: {facts: [main_portal_vein_thrombosis, bilioenteric_anastomosis], by: radiology, date: 2026-10-02}
""")
    facts = case.facts
    assert (case.id, case.as_of) == ("example-01", datetime.date(2026, 11, 20))
    assert case.told["question"] == "Is debulking to 70 % worth attempting?"
    assert facts.value("age") == Numbers.exactly(52)
    assert facts.value("liver_involvement") == Numbers.between(Fraction(18), Fraction(25))
    assert facts.value("bilirubin").number == Fraction(12) / Fraction("17.104")
    assert facts.entered["bilirubin"].typed == "12 umol/L"
    assert not facts.is_known("sstr")
    assert facts.entered["sstr"].unknown == "not yet done"
    state = facts.entered["disease_state"]
    assert (state.date, state.method, state.source) == (datetime.date(2026, 10, 2), "CT", "report 14")
    assert facts.value("main_portal_vein_thrombosis") == Words.of("no")
    assert facts.entered["bilioenteric_anastomosis"].kind == "checked_absent"
    assert facts.entered["bilioenteric_anastomosis"].by == "radiology"
    assert not facts.lesions_complete
    assert [lesion.id for lesion in facts.lesions] == ["A"]
    assert not case.warnings


@pytest.mark.parametrize(("typed", "word"), [("yes", "yes"), ("no", "no"), ("true", "yes"), ("false", "no")])
def test_booleans_are_yes_no_true_false(read, typed, word):
    assert read({"bilioenteric_anastomosis": typed}).facts.value("bilioenteric_anastomosis") == Words.of(word)


@pytest.mark.parametrize(("typed", "word"), [("yes", "yes"), ("no", "no"), ("true", "yes"), ("mild", "mild")])
def test_heart_disease_takes_yes_and_no_beside_its_finer_values(read, typed, word):
    assert read({"carcinoid_heart_disease": typed}).facts.value("carcinoid_heart_disease") == Words.of(word)


def test_heart_disease_yes_is_present_and_excludes(board, clean):
    assert board({**clean, "carcinoid_heart_disease": "yes"}).options["cytoreduction"].verdict == "excluded"


def test_absent_is_unknown_and_empty_is_none(read):
    facts = read({"syndromes": "[]"}).facts
    assert facts.value("syndromes") == Members.exactly([])
    assert facts.value("symptoms").must == frozenset()
    assert len(facts.value("symptoms").may) == 4
    assert read({}).facts.lesions is None
    assert read({"lesions": "[]"}).facts.lesions == ()
    assert read({"lesions": "[]"}).facts.value("liver_metastases") == Numbers.exactly(0)


def test_an_absent_fact_an_unknown_one_and_everything_possible_are_the_same_to_the_verdicts(board, clean):
    without = {name: value for name, value in clean.items() if name != "ki67"}
    verdicts = [
        {name: option.possible for name, option in board(facts).options.items()}
        for facts in (without, {**without, "ki67": "{unknown: not yet done}"}, {**without, "ki67": "0-100 %"})
    ]
    assert verdicts[0] == verdicts[1] == verdicts[2]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("{one_of: [stable, responding]}", {"stable", "responding"}),
        ("{not: [progressive]}", {"stable", "responding"}),
        ("{not: progressive}", {"stable", "responding"}),
        ("{value: stable}", {"stable"}),
        ("Stable", {"stable"}),
        ("{unknown: x}", {"stable", "responding", "progressive"}),
    ],
)
def test_every_form_of_a_word(read, typed, words):
    assert read({"disease_state": typed}).facts.value("disease_state") == Words(frozenset(words))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("{min: 10 %, max: 20 %}", Numbers.between(Fraction(10), Fraction(20))),
        ("{above: 10 %}", Numbers.between(Fraction(10), Fraction(100), True)),
        ("{below: 10 %}", Numbers.between(Fraction(0), Fraction(10), False, True)),
        ("{min: 10 %}", Numbers.between(Fraction(10), Fraction(100))),
        ("{above: 10 %, below: 20 %}", Numbers.between(Fraction(10), Fraction(20), True, True)),
        ("{value: 18-25 %, note: two readers}", Numbers.between(Fraction(18), Fraction(25))),
        ("{value: 20 %, error: 5 %}", Numbers.between(Fraction(15), Fraction(25))),
        ("{value: 3 %, error: 5 %}", Numbers.between(Fraction(0), Fraction(8))),
        ("{one_of: [10 %, 20-30 %]}", Numbers.exactly(10).join(Numbers.between(Fraction(20), Fraction(30)))),
    ],
)
def test_every_form_of_a_number_in_a_map(read, typed, numbers):
    assert read({"liver_involvement": typed}).facts.value("liver_involvement") == numbers


@pytest.mark.parametrize("typed", ["18 to 25 %", "18 % to 25 %", "17.5-25.5 %"])
def test_a_range_in_words_or_with_decimals(read, typed):
    assert not read({"liver_involvement": typed}).facts.is_known("liver_involvement")


def test_a_single_typed_value_is_judged_as_typed(read):
    assert read({"liver_involvement": "49 %"}).facts.value("liver_involvement") == Numbers.exactly(49)


def test_a_value_outside_the_usual_is_a_warning_and_not_an_error(read, board):
    (warning,) = read({"largest_metastasis": "30 cm"}).warnings
    assert (warning.code, warning.line, warning.place) == ("unusual", 5, "facts.largest_metastasis")
    assert "usually 2 to 250 mm" in str(warning)
    assert not read({"largest_metastasis": "3 cm"}).warnings
    assert "Check" in board({"largest_metastasis": "30 cm"}).to_text()


def test_findings_checked_absent_are_recorded_as_absent(read):
    facts = read(
        {}, tail="checked_absent: {facts: [ascites, extrahepatic_disease, symptoms, genetic_syndrome]}\n"
    ).facts
    assert (
        facts.value("ascites")
        == facts.value("extrahepatic_disease")
        == facts.value("genetic_syndrome")
        == Words.of("none")
    )
    assert facts.value("symptoms") == Members.exactly([])


def test_several_lists_of_absent_findings_each_with_its_own_date(read):
    tail = "checked_absent:\n  - {facts: [ascites], date: 2026-10-01}\n  - {facts: [anticoagulation], by: ward}\n"
    facts = read({}, tail=tail).facts
    assert str(facts.entered["ascites"].date) == "2026-10-01"
    assert facts.entered["anticoagulation"].by == "ward"


def test_earlier_values_are_kept_and_decide_nothing(read, board, clean):
    tail = "history:\n  - {fact: liver_involvement, value: 60 %, date: 2025-11-04}\n"
    (earlier,) = read(clean, tail=tail).history
    assert (earlier.fact, earlier.finding.typed, str(earlier.finding.date)) == (
        "liver_involvement",
        "60 %",
        "2025-11-04",
    )
    with_history, without = board(clean, tail=tail), board(clean)
    assert {n: o.possible for n, o in with_history.options.items()} == {
        n: o.possible for n, o in without.options.items()
    }


def test_a_case_is_loaded_from_a_file(tmp_path, case_text):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + case_text({"age": "52"}).replace("\n", "\r\n").encode())
    case = load_case(path)
    assert case.facts.value("age").number == 52
    assert case.file == str(path)


MORE = {
    "comorbidities": "[asthma]",
    "performance_status": "1",
    "small_metastases": "yes",
    "inr": "1.6",
    "carcinoid_heart_disease": "{value: no, date: 2024-01-01}",
    "sstr": "{value: positive, date: 2025-01-01}",
}


@settings(max_examples=10, phases=[Phase.generate])
@given(st.data())
def test_the_order_of_keys_never_touches_a_verdict(read, clean, data):
    facts = {**clean, **MORE}
    shuffled = dict(data.draw(st.permutations(list(facts.items()))))
    first, second = (netlm.board(read(one)).to_dict() for one in (facts, shuffled))
    assert first["options"] == second["options"]
    assert first["missing"] == second["missing"]


def test_the_order_of_keys_has_no_meaning_at_all(read, clean):
    facts = {**clean, **MORE}
    turned = dict(reversed(facts.items()))
    assert netlm.board(read(turned)).to_json() == netlm.board(read(facts)).to_json()


@given(st.data())
def test_the_order_of_top_level_keys_has_no_meaning(read, data):
    blocks = [
        "netlm: case/1\n",
        "id: x\n",
        "as_of: 2026-11-20\n",
        "facts:\n  age: 52\n",
        "checked_absent: {facts: [ascites]}\n",
        "question: What?\n",
    ]
    case = read("".join(data.draw(st.permutations(blocks))))
    assert (case.id, str(case.as_of), case.facts.value("age").number) == ("x", "2026-11-20", 52)
    assert case.facts.value("ascites") == Words.of("none")


@pytest.mark.parametrize("word", ["real", "synthetic", "published"])
def test_a_case_says_whose_data_it_holds(read, word):
    case = read(f"netlm: case/1\nid: a\nas_of: 2026-11-20\ndata: {word}\nfacts: {{}}\n")
    assert case.data == word
    assert case.to_dict()["data"] == word


def test_unstated_data_are_neither_real_nor_synthetic(read):
    case = read("netlm: case/1\nid: a\nas_of: 2026-11-20\nfacts: {}\n")
    assert case.data is None
    assert "data" not in case.to_dict()


@pytest.mark.parametrize("word", ["made up", "yes", "[real]", "{}"])
def test_another_word_for_the_data_is_refused(read, word):
    with pytest.raises(Problems, match="real, synthetic, published"):
        read(f"netlm: case/1\nid: a\nas_of: 2026-11-20\ndata: {word}\nfacts: {{}}\n")

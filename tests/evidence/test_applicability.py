"""Promises about matching: written from the abstracts, in a form that a clinician can read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netlm.evidence import (
    Evidence,
    Support,
    Told,
    evidence_for,
    evidence_of,
    included_since,
    landmark_picture,
    load_evidence,
    map_picture,
    match_study,
    option_plain,
    say_dated,
    say_match,
    say_result,
    since_review,
)
from netlm.evidence._groups import group_of
from netlm.evidence._match import certainly_applies
from netlm.values import FALSE, TRUE, UNKNOWN

from ._cases import Case, all_cases, facts_of

CASES = list(all_cases())
PANCREAS = {"primary_site": "pancreas", "differentiation": "well", "ki67": "2 %", "mitoses": "1"}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Every study."""
    return load_evidence()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.study}: {case.name}")
def test_a_study_speaks_of_a_patient_as_its_abstract_says(case: Case) -> None:
    """The word, the named differences and what is not known."""
    match = case.match()
    assert match.word == case.applies
    if case.differs:
        assert tuple(point.criterion.id for point in match.differences) == case.differs
    if case.not_known:
        assert tuple(point.criterion.id for point in match.unknown) == case.not_known


def test_the_sentence_is_the_one_that_a_board_can_say(evidence: Evidence) -> None:
    """The example of the specification, word for word."""
    match = match_study(evidence.study("promid"), facts_of({**PANCREAS, "prior_treatments": "[]"}))
    assert say_match(match) == (
        "median time to progression 14.3 against 6.0 months; hazard ratio 0.34, 95 % CI 0.20 to 0.59; 85 patients; "
        "this patient differs: primary tumour site pancreas"
    )


def test_one_of_several_values_is_said_inside_the_sentence(evidence: Evidence) -> None:
    """No capital in the middle: ``jejunum or ileum``."""
    open_facts = {"primary_site": "{one_of: [jejunum, ileum]}", "disease_state": "{not: [progressive]}"}
    facts = facts_of({**PANCREAS, **open_facts})
    said = say_match(match_study(evidence.study("radiant-3"), facts))
    assert "primary tumour site jejunum or ileum, disease state stable or responding" in said


def test_the_review_could_know_how_promid_ended(evidence: Evidence) -> None:
    """Its survival was reported in 2017, three years before the review."""
    survival = evidence.until(2020).study("promid").result("survival")
    assert survival.year == 2017
    assert say_result(evidence.study("promid"), survival).startswith("median survival 84.7 against 83.7 months")
    assert all(result.id != "survival" for result in evidence.until(2016).study("promid").results)


def test_treatments_given_before_are_said_by_name(evidence: Evidence) -> None:
    """Nobody reads an option's id aloud."""
    facts = facts_of({**PANCREAS, "prior_treatments": "[systemic.lanreotide, embolization.tae]"})
    assert say_match(match_study(evidence.study("netter-1"), facts)).endswith(
        "this patient differs: primary tumour site pancreas, previous treatments: TAE, lanreotide; "
        "not known of this patient: somatostatin receptors on imaging, progressive disease"
    )


def test_a_study_is_dated_once(evidence: Evidence) -> None:
    """A year that is in the name is not said again."""
    assert evidence.study("netter-1").dated == "NETTER-1 (2017)"
    assert evidence.study("scott-2019").dated == "Scott 2019"


def test_what_is_only_remembered_decides_nothing(evidence: Evidence) -> None:
    """No headline, no outlook, no applicability rests on memory."""
    for study in evidence.studies.values():
        assert study.headline is None or study.headline.support.known != "recalled"
    facts = facts_of(PANCREAS)
    for option in evidence.dictionary.options:
        found = evidence_for(evidence, facts, option)
        assert all(one.result.support.known != "recalled" for one in found.outlook)
        assert all(match.study.headline is not None for match in found.matters)


def test_a_median_of_those_who_could_be_judged_is_not_told_of_all_who_were_treated(evidence: Evidence) -> None:
    """Kwekkeboom treated 504; survival and progression are of fewer, whose number is only remembered."""
    study = evidence.study("kwekkeboom-2008")
    for name in ("progression", "survival"):
        result = study.result(name)
        assert result is not None
        group = group_of(study, result, result.medians[0])
        assert group is not None
        assert group.says == "310 patients, only remembered"


def test_a_study_of_what_was_removed_speaks_of_those_below_the_limit_too(evidence: Evidence) -> None:
    """Scott 2019 compares more with less than 70 %, so 55 % is no difference from its patients."""
    facts = facts_of({"primary_site": "ileum", "differentiation": "well", "ki67": "2 %", "mitoses": "1",
                      "achievable_debulking": "55 %"})  # fmt: skip
    match = match_study(evidence.study("scott-2019"), facts)
    assert match.word == "applies"
    assert "37.6" in say_match(match)


def test_an_unknown_fact_never_settles_a_match(evidence: Evidence) -> None:
    """Of a patient of whom nothing is known, no study is said to apply or not to, unless it took everyone."""
    nobody = facts_of({"performance_status": "1"})
    for study in evidence.studies.values():
        if study.population and all(point.text == "always" for point in study.population):
            continue
        match = match_study(study, nobody)
        assert match.word == "cannot_tell", study.id
        assert all(point.truth is UNKNOWN for point in match.points), study.id


def test_possible_holds_what_more_facts_can_bring(evidence: Evidence) -> None:
    """Adding a fact may narrow what is possible, never widen it."""
    steps = [{}, {"primary_site": "ileum"}, {"differentiation": "well"}, {"sstr": "positive"}, {"ki67": "15 %"},
             {"disease_state": "progressive"}, {"syndromes": "[]"}, {"disease_state_months": "9"},
             {"prior_treatments": "[systemic.prrt, systemic.octreotide_lar]"}]  # fmt: skip
    for study in evidence.studies.values():
        facts: dict[str, str] = {"performance_status": "1"}
        before = set(match_study(study, facts_of(facts)).possible)
        for step in steps:
            facts |= step
            now = set(match_study(study, facts_of(facts)).possible)
            assert now <= before, (study.id, step)
            before = now


def test_studies_stand_by_design_then_match_then_year(evidence: Evidence) -> None:
    """And no two of the first few have the same patients."""
    facts = facts_of({**PANCREAS, "sstr": "positive", "disease_state": "progressive", "prior_treatments": "[]"})
    found = evidence_for(evidence, facts, "systemic.prrt")
    assert [match.study.id for match in found.matters] == ["compete", "netter-2", "netter-1"]
    ranks = [evidence.words.designs[match.study.design].rank for match in (*found.matters, *found.rest)]
    assert ranks[: len(found.matters)] == sorted(ranks[: len(found.matters)])
    cut = evidence_for(evidence, facts_of({**PANCREAS, "achievable_debulking": "80 %"}), "ablation.intraoperative")
    assert not {"maxwell-2016", "scott-2019"} <= {match.study.id for match in cut.matters}


def test_since_the_review(evidence: Evidence) -> None:
    """A verified later trial in favour is told where its population is met and the review's verdict is against."""
    facts = facts_of({**PANCREAS, "ki67": "15 %", "sstr": "positive"})
    told = since_review(evidence, facts, {"systemic.prrt": "outside_evidence"}, 2020)
    assert [one.match.study.id for one in told] == ["netter-2"]
    assert told[0].says.startswith("review 2020: outside what it studied; since then NETTER-2, 2024: median")
    assert "not judged here: newly diagnosed" in told[0].says
    for verdict in ("supported", "conditional", "extreme_caution", "cannot_tell"):
        assert since_review(evidence, facts, {"systemic.prrt": verdict}, 2020) == ()
    assert since_review(evidence.until(2020), facts, {"systemic.prrt": "outside_evidence"}, 2020) == ()
    low = facts_of({**PANCREAS, "sstr": "positive"})
    assert since_review(evidence, low, {"systemic.prrt": "outside_evidence"}, 2020) == ()


def test_a_later_trial_that_another_treatment_won_is_told_beside_a_support(evidence: Evidence) -> None:
    """COMPETE (2026): longer without progression on Lu-177 edotreotide than on everolimus; neither overrides."""
    facts = facts_of({**PANCREAS, "ki67": "12 %", "sstr": "positive", "disease_state": "progressive",
                      "prior_treatments": "[]"})  # fmt: skip
    (told,) = since_review(evidence, facts, {"systemic.everolimus": "supported", "systemic.prrt": "supported"}, 2020)
    assert (told.option, told.match.study.id, told.better) == ("systemic.everolimus", "compete", "Lu-177 edotreotide")
    assert told.says.startswith("review 2020: supports it; since then COMPETE, 2026, in favour of Lu-177 edotreotide")
    for verdict in ("outside_evidence", "excluded", "cannot_tell"):
        assert since_review(evidence, facts, {"systemic.everolimus": verdict}, 2020) == ()
    stable = facts_of({**PANCREAS, "ki67": "12 %", "sstr": "positive", "disease_state": "stable",
                       "prior_treatments": "[]"})  # fmt: skip
    assert since_review(evidence, stable, {"systemic.everolimus": "supported"}, 2020) == ()


def test_what_was_given_with_the_winner_too_did_not_lose(evidence: Evidence) -> None:
    """NETTER-2 gave octreotide in both arms: it speaks for Lu-177 dotatate beside it, not against it."""
    facts = facts_of({**PANCREAS, "ki67": "15 %", "sstr": "positive"})
    verdicts = {"systemic.octreotide_lar": "supported", "systemic.prrt": "outside_evidence"}
    assert [one.option for one in since_review(evidence, facts, verdicts, 2020)] == ["systemic.prrt"]


def test_the_later_studies_that_include_a_patient(evidence: Evidence) -> None:
    """Only what is certain to include the patient, verified and dated after the review; the best design first."""
    facts = facts_of({**PANCREAS, "ki67": "15 %", "sstr": "positive", "disease_state": "progressive",
                      "prior_treatments": "[]"})  # fmt: skip
    found = included_since(evidence, facts, 2020)
    names = [study.id for study, _ in found]
    assert names[0] == "compete"
    assert {"seqtor", "netter-2", "alipour-2023"} <= set(names)
    assert names.index("netter-2") < names.index("alipour-2023")
    assert all(result.year > 2020 and result.support.known == "verified" for _, result in found)
    assert not included_since(evidence.until(2020), facts, 2020)
    unknown = included_since(evidence, facts_of({"age": "60 years"}), 2020)
    assert unknown == ()


def test_a_recorded_treatment_that_a_trial_excluded_silences_since_the_review(evidence: Evidence) -> None:
    """Not recorded, the line still speaks and says what is not judged; recorded, the study differs and is silent."""
    base = {**PANCREAS, "ki67": "15 %", "sstr": "positive"}
    against = {"systemic.prrt": "outside_evidence"}
    (told,) = since_review(evidence, facts_of(base), against, 2020)
    assert told.says.endswith(
        "not judged here: newly diagnosed (within 6 months), no progression under an earlier treatment, no systemic "
        "treatment of more than a month, no radioligand, radioembolisation, chemoembolisation or radiofrequency "
        "ablation before"
    )
    (told,) = since_review(evidence, facts_of({**base, "prior_treatments": "[]"}), against, 2020)
    assert told.says.endswith("not judged here: newly diagnosed (within 6 months)")
    for given in ("systemic.prrt", "systemic.captem", "embolization.tace", "ablation.radiofrequency"):
        facts = facts_of({**base, "prior_treatments": f"[{given}]"})
        match = match_study(evidence.study("netter-2"), facts)
        assert match.word == "applies_except"
        assert "this patient differs: previous treatments: " in say_match(match)
        assert since_review(evidence, facts, against, 2020) == ()
    late = match_study(evidence.study("netter-2"), facts_of({**base, "disease_state_months": "24"}))
    assert late.word == "applies_except"
    assert "newly diagnosed (within 6 months)" not in late.unjudged


def test_a_study_certainly_applies_exactly_where_the_match_says_so(evidence: Evidence) -> None:
    """The faster way says the same, presumed points included."""
    base = {**PANCREAS, "ki67": "15 %", "sstr": "positive"}
    others = [{}, {"prior_treatments": "[]"}, {"prior_treatments": "[systemic.prrt]"}, {"disease_state_months": "24"}]
    for facts in [facts_of({"performance_status": "1"}), *(facts_of({**base, **other}) for other in others)]:
        for study in evidence.studies.values():
            assert certainly_applies(study, facts) == (match_study(study, facts).word == "applies"), study.id


def test_until_a_year_shows_what_it_could_know(evidence: Evidence) -> None:
    """Later studies are gone, and what a later result replaced stands again."""
    then = evidence.until(2020)
    assert "netter-2" not in then.studies
    assert "netter-2" in evidence.studies
    e2211 = then.study("e2211")
    assert e2211.reports == ("kunz-2018",)
    assert {result.id for result in e2211.current} == {"progression-first", "survival-first", "response-first"}
    assert evidence.study("e2211").headline.id == "progression"
    assert not any("did not last" in told.says for told in e2211.warnings)
    assert {one.date for one in then.study("netter-1").approvals} == {"2018-01"}
    assert not any("133 of the 144" in told.says for told in e2211.details)
    for name, year in (("netter-1", 2021), ("promid", 2017), ("radiant-3", 2016)):
        assert evidence.until(year).study(name).crossover is not None
        assert evidence.until(year - 1).study(name).crossover is None
    assert all(result.year <= 2020 for study in then.studies.values() for result in study.results)


def test_years_are_those_that_a_year_could_know(evidence: Evidence) -> None:
    """RADIANT-3's are from its final report; of one's own study, years that end after the year are from a later one."""
    assert evidence.until(2015).study("radiant-3").years is None
    assert evidence.until(2016).study("radiant-3").years.says.startswith("2007-2014")
    promid = replace(evidence.study("promid"), years=Told("2001 to 2011", Support("verified", ("address",))))
    own = replace(evidence, studies={"promid": promid})
    assert own.until(2010).study("promid").years is None
    assert own.until(2011).study("promid").years == promid.years


def test_an_undated_report_counts_from_when_it_was_seen_and_never_as_since_the_review(evidence: Evidence) -> None:
    """It may have been known before; nothing shows it, and nothing shows that it is later than the review."""
    references = dict(evidence.dictionary.references)
    assert not references["radiant-4-second-interim"].dated
    assert "survival-second" not in {one.id for one in evidence.until(2025).study("radiant-4").results}
    assert "survival-second" in {one.id for one in evidence.until(2026).study("radiant-4").results}
    facts = facts_of({**PANCREAS, "ki67": "15 %", "sstr": "positive"})
    report = references[evidence.study("netter-2").headline.report]
    references[report.id] = replace(report, record={**report.record, "undated": "yes"})
    undated = replace(evidence, dictionary=replace(evidence.dictionary, references=references))
    assert since_review(undated, facts, {"systemic.prrt": "outside_evidence"}, 2020) == ()


def test_a_study_bears_the_year_of_the_first_report_that_is_left(evidence: Evidence) -> None:
    """A congress abstract came before the paper that leads the file."""
    assert evidence.study("seqtor").year == 2026
    assert evidence.until(2024).study("seqtor").year == 2024


def test_outlook_speaks_of_that_option_only(evidence: Evidence) -> None:
    """Numbers of the other arm of a study never stand under an option."""
    found = evidence_for(evidence, facts_of(PANCREAS), "transplantation.milan")
    maspero = [one.says for one in found.outlook if one.study.id == "maspero-2022"]
    assert any("93 %" in says for says in maspero)
    assert not any("75 %" in says for says in maspero)


def test_a_size_that_is_only_remembered_is_shown_as_such(evidence: Evidence) -> None:
    """The 310 of Kwekkeboom 2008 whose course could be judged; the arms of Mazzaferro 2016 are read in its abstract."""
    found = evidence_for(evidence, facts_of(PANCREAS), "systemic.prrt")
    (median,) = [one for one in found.outlook if one.study.id == "kwekkeboom-2008" and "46 months" in one.says]
    assert (median.n, median.n_known, median.size) == (310, "recalled", "310 patients, only remembered")
    plain = next(one for one in option_plain(found)["outlook"]["lines"] if one["says"] == median.says)
    assert plain["n_known"] == "recalled"
    assert evidence.study("mazzaferro-2016").arms["transplant"].size == "42 patients"
    drawn = map_picture(evidence, ["transplantation.mazzaferro_2016"]).text
    assert "Mazzaferro 2016 (retrospective comparison, n 88, as the review prints it)" in drawn


def test_a_result_may_speak_of_more_than_its_arm(evidence: Evidence) -> None:
    """NETTER-1's first report has 116 with the radioligand, its final one on survival 117 of 231."""
    found = evidence_for(evidence, facts_of(PANCREAS), "systemic.prrt")
    (one,) = [one for one in found.outlook if (one.study.id, one.result.id) == ("netter-1", "survival")]
    assert one.size == "117 patients"
    picture = landmark_picture(evidence, "systemic.prrt").text
    assert "(n 117) 48" in picture
    assert "(n 116)" not in picture


def test_what_was_published_by_margin_and_function_or_by_debulking_stands_in_words_where_no_number_was(
    evidence: Evidence,
) -> None:
    """The review prints neither medians nor rates of Mayo's and Scott's curves, only which ran higher."""
    for endpoint in ("survival", "survival-at-5-years"):
        told = landmark_picture(evidence, "cytoreduction", endpoint).text
        margin = "Functioning tumours resected R0 or R1 outlived the other groups of margin and hormonal function"
        assert f"Mayo 2010, {margin}; p 0.008" in told
        assert "Sarmiento 2003, Hormonal function did not alter survival" in told
        assert "Scott 2019, Survival did not differ between 70 to 90 % and above 90 %; p 0.6" in told
        assert "Scott 2019, Survival was better at 70 to 90 % than below 70 %; p below 0.01" in told
    assert "curative intent (n not stated) 156.9 months" in landmark_picture(evidence, "cytoreduction").text


def test_a_subgroup_stands_in_the_name_of_what_is_drawn_and_is_told_once(evidence: Evidence) -> None:
    """Of a part of an arm neither the name nor the number of the whole; and no words beside the rate itself."""
    study = evidence.study("graff-baker-2014")
    (rate,) = [one for one in study.current if one.endpoint == "os" and any(of.at == 60 for of in one.values)]
    part = replace(rate, id="part", subgroup="functioning tumours", finding="Functioning tumours did as well")
    own = replace(evidence, studies={study.id: replace(study, results=(rate, part))})
    told = landmark_picture(own, "cytoreduction", "survival-at-5-years").text
    assert "liver debulking, functioning tumours" in told
    assert "did as well" not in told
    trial = evidence.study("radiant-3")
    final = next(one for one in trial.results if one.id == "survival")
    own = replace(evidence, studies={trial.id: replace(trial, results=(replace(final, subgroup="gastrinoma"),))})
    assert "everolimus, gastrinoma (n not stated) 44" in landmark_picture(own, "systemic.everolimus").text


def test_an_outlook_says_of_how_many_it_speaks_or_that_this_is_not_stated(evidence: Evidence) -> None:
    """Maxwell's medians are of the part removed, and how many had which is not printed."""
    patient = facts_of(PANCREAS)
    for option in evidence.dictionary.options:
        for one in evidence_for(evidence, patient, option).outlook:
            assert one.size or "of how many is not stated" in one.says, (one.study.id, one.says)
    (median,) = [
        one for one in evidence_for(evidence, patient, "cytoreduction").outlook if "134.3 months" in one.says
    ]  # fmt: skip
    assert median.size == "of how many is not stated"


def test_trials_of_what_is_no_option_are_told_to_those_whom_they_would_have_taken(evidence: Evidence) -> None:
    """Cabozantinib is not among the options; whom its trial fits is to hear of it, and nobody for whom it is silent."""
    patient = {**PANCREAS, "disease_state": "progressive"}
    found = evidence_of(evidence, facts_of(patient), {}, 2020).beyond
    assert [(one.study.id, one.word) for one in found.matters] == [("sanet-p", "applies"), ("cabinet-p", "applies")]
    assert "cabinet-ep" in {one.study.id for one in found.rest}
    assert say_dated(found.matters[1].study) == "cabozantinib, CABINET, pancreatic (2024)"
    assert say_dated(evidence.study("netter-2")) == "NETTER-2 (2024)"
    nec = evidence_of(evidence, facts_of({**patient, "differentiation": "poor", "ki67": "60 %"}), {}, 2020).beyond
    assert nec.matters == ()
    early = evidence_of(evidence.until(2020), facts_of(patient), {}, 2020).beyond
    assert [one.study.id for one in early.matters] == ["sanet-p"]


@pytest.mark.parametrize("classes", [True, False])
def test_ones_own_trial_of_what_is_no_option_is_told_whatever_its_arms_tell(evidence: Evidence, classes: bool) -> None:
    """Not by its control, which may stand first; incidences and decisions of a board are no treatment."""
    study = evidence.study("cabinet-p")
    arms = {name: replace(arm, kind="other treatment" if classes else None) for name, arm in study.arms.items()}
    own = replace(study, id="own", name="Own", arms=dict(reversed(arms.items())))
    found = evidence_of(
        replace(evidence, studies={**evidence.studies, "own": own}),
        facts_of({**PANCREAS, "disease_state": "progressive"}), {}, 2020,
    ).beyond  # fmt: skip
    told = {match.study.id: match.study for match in (*found.matters, *found.rest)}
    assert say_dated(told["own"]) == "cabozantinib, Own (2024)"
    assert not {"dasari-2017", "nen-board-2022", "chan-2023", "netest"} & set(told)
    assert say_dated(evidence.study("dasari-2017")) == "Dasari 2017"


def test_where_options_are_named_nothing_else_is_told(evidence: Evidence) -> None:
    """As JSON no more than as text."""
    facts = facts_of({**PANCREAS, "disease_state": "progressive"})
    told = evidence_of(evidence, facts, {}, 2020, ["systemic.prrt"]).to_dict()
    assert told["beyond"] == {"studies": [], "rest": []}


def test_a_subgroup_is_not_the_size_of_its_arm(evidence: Evidence) -> None:
    """How many of COMPETE's 207 had a pancreatic primary was not seen."""
    study = evidence.study("compete")
    for result in study.results:
        for measure in result.medians:
            group = group_of(study, result, measure)
            assert (group is None) == (result.analysis == "subgroup")


@pytest.mark.parametrize(
    ("study", "result", "says"),
    [
        ("stereotactic-ablation-2019", "incomplete", "incomplete ablation 2.5 % (1 of 40 lesions)"),
        ("stereotactic-ablation-2019", "complications", "minor complications 12 % (of how many is not stated)"),
        (
            "kwekkeboom-2008", "response",
            ("complete response 2 %; partial response 28 %; minor response 16 % (of how many is not stated, for each "
             "of these)"),
        ),
        ("netter-r", "response", "objective response 40.3 % (of 62 patients)"),
        (
            "seqtor", "response",
            ("objective response 11.6 % (everolimus first, of 69 patients) against 30.3 % (streptozotocin with "
             "fluorouracil first, of 66 patients); p 0.012"),
        ),
        ("scott-2019", "complications", "any complication 52 %"),
        ("scott-2019", "mortality", "deaths after the operation 0 of 188 procedures"),
        ("chambers-2008", "survival", "74 % alive at 5 years"),
        ("netter-2", "response", None),
    ],
)  # fmt: skip
def test_a_share_says_of_how_many(evidence: Evidence, study: str, result: str, says: str | None) -> None:
    """Beside the number, where it is not of the study's patients or the arm's, or where nobody knows."""
    found = evidence.study(study)
    told = found.result(result)
    assert told is not None
    said = say_result(found, told)
    assert (said == says) if says is not None else ("of 151" not in said and "stated" not in said)


def test_of_how_many_is_told_once_in_the_outlook(evidence: Evidence) -> None:
    """The line's own n says it; where there is none, the number does."""
    found = evidence_for(evidence, facts_of(PANCREAS), "embolization.tare")
    lines = {one.says: one.size for one in found.outlook}
    assert lines["clinical response 65 %"] == "23 patients"
    found = evidence_for(evidence, facts_of(PANCREAS), "ablation.microwave")
    assert "minor complications 12 % (of how many is not stated)" in {one.says for one in found.outlook}


def test_points_keep_their_trace(evidence: Evidence) -> None:
    """Every point says what it read."""
    match = match_study(evidence.study("clarinet"), facts_of({**PANCREAS, "ki67": "12 %"}))
    truths = {point.criterion.id: point.truth for point in match.points}
    assert truths["site"] is TRUE
    assert truths["ki67"] is FALSE
    assert next(point.has for point in match.points if point.criterion.id == "ki67") == "Ki-67 index 12 %"
    assert all(point.steps.truth is point.truth for point in match.points)


def test_a_study_that_does_not_apply_is_neither_told_nor_an_outlook(evidence: Evidence) -> None:
    """Of a carcinoma, no survival after debulking of NET is shown."""
    carcinoma = facts_of({"primary_site": "distal_colon", "differentiation": "poor", "ki67": "70 %"})
    found = evidence_for(evidence, carcinoma, "cytoreduction")
    assert found.matters == ()
    assert found.outlook == ()
    for option in evidence.dictionary.options:
        told = evidence_for(evidence, carcinoma, option)
        assert all(one.applies != "does_not_apply" for one in told.outlook)
        assert all(match.word != "does_not_apply" for match in told.matters)

"""The page: what a board has to find on page one, every argument behind it, and what never stands on it."""

from __future__ import annotations

import html
import re

import pytest

import netlm
from netlm.dossier import NotShown, booklet_html
from netlm.dossier._names import FAMILIES
from netlm.guidance import load_pack

SECTIONS = [
    "Diagnosis", "Treatments so far", "The liver", "Safety: abnormal, unknown or stale", "What to find out first",
    "The options, by landmark_2020 (2020)", "Decision of the board", "Every argument", "Standing notes", "References",
]  # fmt: skip


@pytest.fixture(scope="module")
def dossiers(examples):
    return {path.stem: netlm.board(netlm.load_case(path)) for path in examples}


@pytest.fixture(scope="module")
def pages(dossiers):
    return {name: dossier.to_html() for name, dossier in dossiers.items()}


def text_of(page: str) -> str:
    """What a reader sees: no tags, no style, single spaces."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    body = re.sub(r'<span class="tied">([^<]*)</span>', r"\1", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_sections_stand_in_the_order_of_a_board(pages):
    for name, page in pages.items():
        at = [page.index(f"<h2>{title}</h2>") for title in SECTIONS]
        assert at == sorted(at), name


def test_every_finding_that_may_settle_something_stands_on_the_page(dossiers, pages):
    """Page one tells the first few and names the others; what it names stands in the details, none left out."""
    for name, dossier in dossiers.items():
        first, behind = pages[name].split("<h2>Every argument")
        facts = dossier.case.facts.dictionary.facts
        settling = [fact for fact, options in dossier.assessment.missing if options]
        titles = [facts[one].title for one in settling if facts[one].detail_of not in settling]
        told = text_of(first).partition("What to find out first")[2].partition("The options, by")[0]
        further = text_of(behind).partition("Further findings that would settle options")[2]
        for fact in (fact for fact in settling if facts[fact].title in titles):
            assert facts[fact].title in told or facts[fact].subject in told.partition("Then, in the details:")[2], name
            assert facts[fact].title in told or facts[fact].title in further, name


def test_every_argument_of_every_option_stands_on_the_page(dossiers, pages):
    for name, dossier in dossiers.items():
        text = text_of(pages[name])
        for option, arguments in dossier.pack.arguments.items():
            missing = [one.id for one in arguments if " ".join(one.says.split()) not in text]
            assert not missing, (name, option)


def test_every_flag_and_note_stands_on_the_page(dossiers, pages):
    for name, dossier in dossiers.items():
        text = text_of(pages[name])
        assert not [flag.says for flag in dossier.assessment.flags if " ".join(flag.says.split()) not in text], name
        assert not [note.title for note in dossier.assessment.notes if note.title not in text], name


def test_every_option_is_in_one_family_and_none_is_left_out(dossiers):
    families = {option.family for option in load_pack().dictionary.options.values()}
    assert families == set(FAMILIES)
    for name, dossier in dossiers.items():
        text = text_of(dossier.to_html())
        short = [dossier.pack.dictionary.options[option].short for option in dossier.options]
        assert not [one for one in short if one not in text], name


def test_verdicts_are_printed_in_the_words_of_the_contract_with_the_year(pages):
    for name, page in pages.items():
        text = text_of(page)
        assert "(2020)" in text
        assert not re.search(r"\b(supported|excluded \(2020\)|outside_evidence|cannot_tell)\b", text), name


def test_what_the_software_is_stands_on_every_page(pages):
    for page in pages.values():
        assert "not CE-marked or FDA-cleared" in page
        assert "has not been reviewed by a clinician" in page
        assert "not a medical device" not in page.lower()


def test_whose_data_they_are_is_always_said(board, clean):
    assert "not stated whether real or synthetic" in board(clean).to_html()
    assert "a real patient" in board(clean, head="data: real\n").to_html()


def test_what_is_not_asked_is_said_to_be_not_stated(board, clean):
    assert "priorities: not stated" in text_of(board(clean).to_html())
    assert "Presented by not stated" in text_of(board(clean).to_html())


def test_an_unknown_safety_finding_is_never_told_as_absent(board, clean):
    facts = {name: value for name, value in clean.items() if name != "renal_insufficiency"}
    text = text_of(board({**facts, "creatinine": "{unknown: not yet back}"}).to_html())
    absent = re.search(r"Recorded as no, none or normal: ([^.]*)\.", text)
    assert absent is None or "renal" not in absent.group(1)
    unknown = text.partition("Unknown: ")[2].partition("What to find out first")[0]
    assert "renal insufficiency" in unknown
    assert "creatinine (not yet back)" in unknown


def test_a_stale_finding_is_told_as_stale(dossiers):
    text = text_of(dossiers["heart-stale-echo"].to_html())
    assert "Carcinoid heart disease absent (echocardiography, 2024-05-06, stale)" in text
    assert "carcinoid heart disease (2024" not in text.partition("Recorded as no, none or normal")[2].partition(".")[0]


def newly_diagnosed(examples):
    """Nearly every number on a limit, and nothing that says that the tumour is known for more than six months."""
    case = netlm.load_case(next(path for path in examples if path.stem == "boundary-values"))
    return netlm.board(case, what_if={"months_since_progression": "6 months"})


def test_every_study_whose_numbers_are_told_stands_in_the_references(examples, dossiers):
    """Those that came after the review too, which it could not number; none of them twice."""
    references = text_of(newly_diagnosed(examples).to_html().partition("<h2>References</h2>")[2])
    assert "Digestive System Tumours, 5th ed. 2019" in references
    assert "NETTER-2 Lancet 2024;403. doi 10.1016/S0140-6736(24)00701-3" in " ".join(references.split())
    assert "COMPETE Lancet 2026. PMID 42392118" in " ".join(references.split())
    for dossier in dossiers.values():
        references = text_of(dossier.to_html().partition("<h2>References</h2>")[2])
        for option in dossier.evidence.options.values():
            for match in option.matters:
                record = dossier.studies.dictionary.references[match.study.headline.report].record
                if "doi" in record:
                    assert references.count(record["doi"]) == 1, match.study.id
                else:
                    assert match.study.name in references, match.study.id


def test_what_the_sources_disagree_on_stands_on_page_one(examples, dossiers):
    first = text_of(newly_diagnosed(examples).to_html().partition("Every argument")[0])
    disagree = first.partition("The sources disagree: ")[2].partition("Exactly at a limit")[0]
    assert "since then NETTER-2, 2024" in disagree
    assert "Exactly half of the liver fails the review's wording" in disagree
    limits = first.partition("Exactly at a limit: ")[2]
    assert "liver involvement 50 % is not above 50 % (no objection to Cytoreduction), " in limits
    assert "is not below 50 % (speaks against transplantation);" in limits
    assert "age 55 years is not below 55 years (speaks against Transplant, Milan; Transplant, ENETS);" in limits
    assert "total bilirubin 2.0 mg/dL is not above 2 mg/dL (no objection to embolisation);" in limits
    assert "Ki-67 index 20 % is not above 20 %" in limits  # so it is G2
    safety = first.partition("Safety: abnormal")[2].partition("What to find out")[0]
    assert "exactly at a limit, not above 2 mg/dL (no objection to embolisation)" in safety


def test_who_says_what_stands_on_page_one(dossiers):
    first = text_of(dossiers["contradictory-reports"].to_html().partition("Every argument")[0])
    assert "Largest liver metastasis: 2.4 cm (summary letter of the referring hospital) against 3.8 cm" in first
    assert "hospital) against Positive (by Krenning score 3, 2026-10-05, nuclear medicine report)" in first


def test_a_criterion_that_fails_is_told_as_what_is_needed_and_what_is_here(dossiers):
    first = text_of(dossiers["boundary-values"].to_html().partition("Every argument")[0])
    milan = first.partition("Transplant, Milan")[2].partition("Transplant, ENETS")[0]
    assert "not met: Less than half of the liver is replaced by tumour; here liver involvement 50 %" in milan
    assert "also not met: Younger than 55 (age 55 years)" in milan
    assert "not met: Disease is progressive; here disease state stable" in first


def test_a_stale_finding_on_which_a_verdict_rests_is_among_those_to_get_first(dossiers):
    """The board asks whether debulking can go ahead on the old echo: the page says what to do first."""
    first = text_of(dossiers["heart-stale-echo"].to_html().partition("Every argument")[0])
    wanted = first.partition("What to find out first")[2].partition("The options, by")[0]
    assert wanted.index("Carcinoid heart disease") < wanted.index("Total bilirubin")
    assert "absent, stale; to be renewed, since today it may change verdicts: any but absent or operated" in wanted
    assert "fails a criterion: Cytoreduction; Ablation, intra-operative;" in wanted
    assert "15 \u00b5mol/L, stale; settles 3 options (at most 2 mg/dL" in wanted
    assert "Echocardiography" in wanted


def test_earlier_values_treatments_and_reader_ranges_stand_on_page_one(dossiers):
    first = text_of(dossiers["prrt-midgut-second-line"].to_html().partition("Every argument")[0])
    assert "40 % (readers: 30-53 %)" in first
    assert "22 % (2024-09-02); 29 % (2025-10-01)" in first
    assert "2024-03-12 to 2024-05-07 TAE 2 cycles; right and then left lobe partial" in first


def test_a_what_if_and_an_overridden_convention_stand_in_a_box(examples):
    case = netlm.load_case(next(path for path in examples if path.stem == "clean-ileal-g1"))
    dossier = netlm.board(case, what_if={"primary_status": "resected"})
    boxed = text_of(dossier.to_html().partition('<aside class="boxes"')[2].partition("</aside>")[0])
    assert "What if, not the case as written: Status of the primary tumour: resected" in boxed
    assert "Transplant, Milan: fails a criterion of this source → meets" in boxed
    pack = load_pack(conventions={"few_lesions": "4"})
    other = netlm.board(case, guidance=pack)
    assert "Convention overridden" in other.to_html()
    assert "Convention overridden" not in netlm.board(case).to_html()


def test_a_label_is_printed_and_stored_nowhere(board, clean):
    dossier = board(clean)
    before = dossier.hash
    page = dossier.to_html(label="Bed 12 <b>")
    assert text_of(page).count("Bed 12 <b>") == 2
    assert "Bed 12" not in dossier.to_html()
    assert "Bed 12" not in dossier.to_json().decode() + dossier.to_text()
    assert dossier.hash == before


def test_the_signs_are_explained_before_the_options_and_before_the_arguments(pages):
    for name, page in pages.items():
        options, arguments = page.index("The options, by"), page.index("<h2>Every argument")
        keys = [found.start() for found in re.finditer('<p class="key">', page)]
        assert len(keys) == 2, name
        assert options < keys[0] < page.index('<div class="family">') < arguments < keys[1], name


def test_a_dot_is_explained_only_where_one_is_drawn(pages):
    for name, page in pages.items():
        assert ("· does not apply" in page) == ('class="sign quiet"' in page), name


def test_id_and_hash_stand_in_the_footer(dossiers, pages):
    for name, page in pages.items():
        footer = text_of(page.rpartition("<footer>")[2])
        assert dossiers[name].case.id in footer
        assert dossiers[name].hash[:16] in footer


HOSTILE = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "\"'><svg onload=x>", "{{ 7*7 }} {% raw %}",
    "#let x = 1; $pi$ *bold* _under_ @ref <label>", "[U+202E] stays", "שלום مرحبا", "日本語 and \N{GRINNING FACE}",
    "a\\nb & amp; &lt;", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(board, clean, text):
    quoted = "'" + text.replace("'", "''") + "'"
    facts = {**clean, "comorbidities": f"[{quoted}]", "ki67": f"{{value: 2 %, method: {quoted}, source: {quoted}}}"}
    treated = {"treatments": f"[{{what: {quoted}, from: 2024-01, site: {quoted}, stopped_because: {quoted}}}]"}
    lesions = {"lesions": f"{{at_least: [{{id: {quoted}, size: 2 cm, segment: 7}}]}}", "largest_metastasis": "2 cm"}
    head = f"question: {quoted}\nintent: {quoted}\nnew_problem: {quoted}\npresenter: {quoted}\npriorities: [{quoted}]\n"
    dossier = board({**facts, **treated, **lesions}, head=head)
    page = dossier.to_html(label=text)
    assert text in html.unescape(page)
    assert page.count("<script") == 0
    assert not re.search(r"<(img|svg)[^>]*\son\w+=", page)
    assert page.count("<style>") == page.count("</style>") == 1
    assert dossier.to_pdf(label=text).startswith(b"%PDF")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\x9b"])
def test_signs_that_hide_or_reorder_are_shown(board, clean, sign):
    page = board(clean, head=f'question: "before \\u{ord(sign):04x}after"\n').to_html()
    assert f"before [U+{ord(sign):04X}]after" in page
    assert sign not in page


def test_the_page_is_one_file_without_script_or_anything_from_elsewhere(pages):
    for name, page in pages.items():
        assert "<script" not in page, name
        assert not re.search(r"""(src|href)=["'](?!#)""", page), name
        assert "url(" not in page
        assert "@import" not in page
        assert "default-src 'none'" in page


def test_the_same_case_gives_the_same_page(examples):
    assert netlm.board(netlm.load_case(examples[0])).to_html() == netlm.board(netlm.load_case(examples[0])).to_html()


def test_forty_lesions_are_drawn_and_listed(board, clean):
    entries = ", ".join(
        f"{{id: L{n}, size: {1 + n % 7} cm, segment: {1 + n % 8}, near: []}}" if n % 5 else f"{{id: L{n}}}"
        for n in range(40)
    )
    page = board({**clean, "lesions": f"[{entries}]", "liver_metastases": "40", "largest_metastasis": "7 cm"}).to_html()
    drawing = page.partition('<div role="img"')[2].partition("</svg>")[0]
    assert drawing.count("<circle") == 32
    assert "place not drawn:" in drawing
    assert "and 2 more" in drawing
    assert all(f"L{n} " in text_of(page) for n in range(40))


def test_a_booklet_has_a_contents_page_and_says_which_case_is_not_shown(dossiers):
    shown = list(dossiers.values())[:3]
    page = booklet_html([shown[0], NotShown("broken.yaml", "line 5: found `0.15`, expected a value in %"), *shown[1:]])
    assert "4 cases; 3 shown." in page
    assert re.search(r"<strong>broken.yaml</strong>: not shown. line 5", page)
    anchors = re.findall(r'<a href="#([^"]+)">', page)
    assert len(anchors) == 3
    assert all(page.count(f'id="{anchor}"') == 1 for anchor in anchors)


def test_a_notebook_shows_the_page_in_a_frame_of_its_own(board, clean):
    shown = board(clean)._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in shown


def test_a_laboratory_value_behind_an_insufficiency_is_told_as_speaking_against(board):
    facts = {"primary_site": "ileum", "albumin": "2.0 g/dL", "inr": "2.5", "creatinine": "3 mg/dL"}
    text = text_of(board(facts).to_html().partition("What to find out first")[0])
    for told in (
        "Albumin 2.0 g/dL speaks against",
        "Creatinine 3 mg/dL speaks against",
        "Renal insufficiency yes speaks",
    ):
        assert told in text
    assert "not against any option" not in text


@pytest.mark.parametrize("typed", ["1.5-2.5 mg/dL", "more than 1.5 mg/dL", "{value: 1.9 mg/dL, error: 0.3 mg/dL}"])
def test_a_value_that_may_cross_a_limit_is_never_told_as_harmless(board, clean, typed):
    text = text_of(board({**clean, "bilirubin": typed}).to_html().partition("What to find out first")[0])
    assert "Total bilirubin" in text
    assert "open, may speak against" in text
    assert "not against any option here: total bilirubin" not in text


def test_a_stale_finding_that_still_excludes_is_told_as_both(board, clean):
    facts = {**clean, "main_portal_vein_thrombosis": "{value: yes, date: 2010-01-01}"}
    text = text_of(board(facts, tail="").to_html())
    assert (
        "Main portal vein thrombosis yes (2010-01-01, stale) stale: too old to count as current; speaks against" in text
    )


def test_every_stale_value_on_page_one_is_marked(board, clean):
    facts = {
        **clean, "performance_status": "{value: 1, date: 2015-01-01}", "krenning": "{value: 4, date: 2010-01-01}",
        "disease_state_months": "{value: 8, date: 2010-01-01}",
        "syndromes": "{value: [carcinoid_syndrome], date: 2010-01-01}",
    }  # fmt: skip
    facts.pop("sstr", None)
    first = text_of(board(facts).to_html().partition("Every argument")[0])
    assert "ECOG 1, stale" in first
    assert "SSTR positive (stale), Krenning 4 (2010-01-01, stale)" in first
    assert "for 8 months, stale" in first
    assert "carcinoid syndrome (2010-01-01, stale)" in first


def test_where_the_lesions_make_the_verdict_they_are_its_reason(board, clean):
    lesions = "[{id: A, size: 9 cm, segment: 7, near: []}, {id: B, size: 12 cm, segment: 8, near: []}]"
    facts = {**clean, "lesions": lesions, "liver_metastases": "2", "largest_metastasis": "12 cm"}
    first = text_of(board(facts).to_html().partition("Every argument")[0])
    ablation = first.partition("Ablation Ablation")[2] or first.partition(" Ablation ")[2]
    assert "on lesions: The lesion is larger than 5 cm" in ablation
    assert "of 2 listed: A B fails: The lesion is larger than 5 cm" in ablation
    assert "speaks for" not in first


def test_every_treatment_is_told_whatever_its_date(board, clean):
    many = ", ".join(f"{{what: drug {n}, from: {2000 + n}}}" for n in range(15))
    facts = {**clean, "treatments": f"{{at_least: [{{what: systemic.prrt}}, {many}]}}"}
    facts["prior_treatments"] = "{at_least: [embolization.tae]}"
    first = text_of(board(facts).to_html().partition("Every argument")[0])
    course = first.partition("Treatments so far")[2].partition("The liver")[0]
    assert all(f"drug {n} " in course for n in range(15))
    assert "PRRT" in course
    assert "Given too, dates not entered: TAE. The list may not be complete." in course


def test_the_largest_of_listed_lesions_has_its_size(board, clean):
    facts = {**clean, "lesions": "[{id: A, size: 3.2 cm, segment: 7, near: []}]", "liver_metastases": "1"}
    facts.pop("largest_metastasis", None)
    assert "Largest liver metastasis 3.2 cm the largest of those listed" in text_of(board(facts).to_html())


def test_the_ki67_that_counts_stands_in_the_diagnosis(board, clean):
    specimens = "[{site: liver, date: 2026-09-01, kind: biopsy, ki67: 2 %, mitoses: 1}]"
    text = text_of(board({**clean, "ki67": "25 %", "specimens": specimens}).to_html())
    assert "liver biopsy 2026-09-01: Ki-67 2 %" in text
    assert "what counts: Ki-67 25 %" in text or "what counts: Ki-67 2 % or 25 %" in text


def test_words_from_right_to_left_are_set_apart_so_that_numbers_keep_their_place(board, clean):
    page = board(clean).to_html(label="Bed 12 كبد 3-4")
    assert "Bed 12 \u2068كبد\u2069 3-4" in text_of(page)
    assert board(clean).to_pdf(label="Bed 12 كبد 3-4").startswith(b"%PDF")


def test_a_what_if_is_marked_on_every_page_and_in_the_contents(examples):
    case = netlm.load_case(next(path for path in examples if path.stem == "clean-ileal-g1"))
    dossier = netlm.board(case, what_if={"liver_involvement": "60 %"})
    page = dossier.to_html()
    mark = "what if, not the case as written"
    assert mark in text_of(page.partition("<h2>Every argument")[2].partition("<h3>")[0])
    assert mark in text_of(page.rpartition("<footer>")[2])
    assert "what if: Is debulking" in booklet_html([dossier, netlm.board(case)])
    assert "cannot be told yet -> cannot be told yet" not in page


def test_lesions_in_segments_that_do_not_touch_are_not_drawn_between_them(board, clean):
    lesions = "[{id: A, size: 2 cm, segment: [2, 6], near: []}, {id: B, size: 2 cm, segment: [7, 8], near: []}]"
    facts = {**clean, "lesions": lesions, "liver_metastases": "2", "largest_metastasis": "2 cm"}
    drawing = board(facts).to_html().partition('<div role="img"')[2].partition("</svg>")[0]
    assert drawing.count("<circle") == 1
    assert "place not drawn:" in drawing


def test_marks_on_the_map_are_each_of_one_lesion(board, clean):
    lesions = "[{id: '3', size: 2 cm}, {id: x, size: 2 cm}, {id: dome-lesion, size: 2 cm}]"
    facts = {**clean, "lesions": lesions, "liver_metastases": "3", "largest_metastasis": "2 cm"}
    table = text_of(board(facts).to_html().partition("Lesions by method")[2].partition("</table>")[0])
    assert "1 (3) 2 cm" in table
    assert "3 (dome-lesion) 2 cm" in table


def test_a_verdict_that_rests_on_a_stale_finding_says_so_beside_it(dossiers):
    """Cytoreduction meets the criteria on an echocardiogram of two years ago."""
    first = text_of(dossiers["heart-stale-echo"].to_html().partition("Every argument")[0])
    row = first.partition("The options, by")[2].partition("Transplantation")[0]
    assert "but rests on a stale finding: carcinoid heart disease" in row


def test_why_a_lesion_is_no_simple_yes_stands_on_page_one(dossiers):
    first = text_of(dossiers["ablation-lesion-by-lesion"].to_html().partition("Every argument")[0])
    microwave = first.partition(" Microwave ")[2].partition(" Radiofrequency ")[0]
    assert "B with conditions: Close to portal structures microwave ablation may leave a biliary stricture" in microwave


def first_page(dossier):
    return text_of(dossier.to_html().partition("Every argument")[0])


def wanted_on(dossier):
    return first_page(dossier).partition("What to find out first")[2].partition("The options, by")[0]


def test_a_finding_is_said_to_settle_only_where_it_does(dossiers):
    """Ki-67 of 12 % puts lanreotide outside what was studied; Ki-67 of 4 % leaves it open."""
    wanted = wanted_on(dossiers["contradictory-reports"])
    assert "settles 1 option (12 % \u2192 outside what was studied, else still open): Lanreotide" in wanted
    kudelka = wanted_on(dossiers["published-kudelka-2023"])
    assert "settles 2 options (more than 20 % \u2192 fails a criterion, else still open): Transplant, Milan" in kudelka


def test_how_to_get_it_stands_beside_every_finding_that_would_change_a_verdict(dossiers):
    wanted = wanted_on(dossiers["whipple-high-burden-jaundice"])
    assert "How: total bilirubin: Laboratory; main portal vein thrombosis: Contrast-enhanced CT or MRI" in wanted


def test_why_options_stay_open_that_no_finding_would_settle_is_said(dossiers):
    wanted = wanted_on(dossiers["unknown-primary"])
    assert "Still open: targeted drugs; CAPTEM; PRRT, for want of more than primary tumour site" in wanted


def test_an_unknown_safety_finding_is_told_with_what_it_may_speak_against(dossiers):
    safety = first_page(dossiers["whipple-high-burden-jaundice"]).partition("Safety: ")[2]
    said = "main portal vein thrombosis (CT without a portal phase), which may speak against embolisation"
    assert said in safety.partition("What to find out")[0]


def test_what_speaks_of_options_that_are_ruled_out_is_not_pointed_out(dossiers):
    assert "Local recurrence" not in first_page(dossiers["whipple-high-burden-jaundice"])
    assert "Pointed out: Local recurrence" in first_page(dossiers["ablation-lesion-by-lesion"])


def test_wishes_and_old_findings_are_told_behind_page_one_too(dossiers):
    behind = text_of(dossiers["heart-stale-echo"].to_html().partition("Every argument")[2])
    assert "Cytoreduction : meets this source's criteria, but rests on a stale finding" in behind
    assert "Lanreotide (being given)" in behind


def test_a_row_on_whose_option_the_sources_disagree_says_so(examples):
    rows = first_page(newly_diagnosed(examples)).partition("The options, by")[2]
    assert "but the sources disagree, see below" in rows.partition("Transplant, Milan")[2].partition("Ablation")[0]
    assert "The sources disagree: PRRT: review 2020" in rows


def test_each_answer_to_a_contradicted_finding_is_told(dossiers):
    """Finding out which of two statements holds withdraws the other, with what it was read from."""
    wanted = wanted_on(dossiers["contradictory-reports"])
    assert "(positive \u2192 meets them with conditions, negative \u2192 fails a criterion): PRRT" in wanted
    assert "(4 % \u2192 meets them with conditions, 12 % \u2192 outside what was studied): Octreotide LAR" in wanted


def test_what_was_noted_beside_a_finding_and_the_hereditary_syndrome_stand_on_page_one(dossiers):
    told = {name: text_of(one.to_html().partition("Every argument")[0]) for name, one in dossiers.items()}
    assert (
        "Previous treatments: not recorded. The primary: resected (pancreatoduodenectomy, 2020)."
        in (told["whipple-high-burden-jaundice"])
    )
    assert "yes (2026-09-04, metal stent for the tumour of the pancreatic head)" in told["net-g3-pancreas"]
    long_names = next(text for name, text in told.items() if name.startswith("very-long"))
    assert "hereditary syndrome: multiple endocrine neoplasia type 1" in long_names


def test_what_speaks_for_transplantation_is_told_whole(dossiers):
    """The criteria that hold, and that the studies themselves disagree."""
    first = text_of(dossiers["transplant-candidate"].to_html().partition("Every argument")[0])
    assert "needs, and all hold: Low grade, G1 or G2, Less than half of the liver is replaced by tumour" in first
    assert "a Swedish cohort concluded that it adds little" in first.partition("The sources disagree")[2]
    clean = text_of(dossiers["clean-ileal-g1"].to_html().partition("Every argument")[0])
    assert "a Swedish cohort" not in clean.partition("The sources disagree")[2].partition("The findings")[0]


def test_a_lesion_of_which_the_place_is_not_given_is_named_among_what_to_find_out(dossiers):
    first = text_of(dossiers["ablation-lesion-by-lesion"].to_html().partition("Every argument")[0])
    wanted = first.partition("What to find out first")[2].partition("The options, by")[0]
    assert "Not given, and weighed in ablation: what lies near lesion F." in wanted


def test_a_verdict_on_a_stale_finding_has_a_sign_of_its_own(dossiers):
    page = dossiers["heart-stale-echo"].to_html()
    first = page.partition("Every argument")[0]
    assert re.search(r'aria-hidden="true">\+\?</span>', first)
    assert "+? on a stale finding" in text_of(page)
    assert "??" not in text_of(page)
    assert "+?" not in text_of(dossiers["clean-ileal-g1"].to_html())
    wanted = wanted_on(dossiers["heart-stale-echo"])
    assert "still open, perhaps meets this source's criteria: TAE; TACE; TARE (Y-90)" in wanted


def test_what_a_change_would_close_stands_beside_what_it_would_open(dossiers):
    wanted = wanted_on(dossiers["transplant-candidate"])
    assert "PRRT; worse then: transplantation." in wanted


def test_a_bound_is_not_told_as_a_value_within_the_limits(dossiers):
    text = text_of(dossiers["ranges-and-bounds"].to_html().partition("Every argument")[0])
    assert "one end open: total bilirubin less than 1 mg/dL (2026-11-06), creatinine more than 60" in text
    assert "no limit of this pack crossed" not in text


def test_comorbidities_are_among_the_safety_facts(dossiers, board, clean):
    assert "Recorded as no, none or normal: multiple comorbidities" in text_of(dossiers["clean-ileal-g1"].to_html())
    facts = {name: value for name, value in clean.items() if name != "multiple_comorbidities"}
    unknown = text_of(board(facts).to_html()).partition("Unknown: ")[2].partition("What to find out")[0]
    assert "multiple comorbidities" in unknown


def test_what_only_narrows_and_every_way_to_another_verdict_stand_on_page_one(dossiers):
    assert "May narrow: achievable debulking, bilioenteric anastomosis" in wanted_on(dossiers["many-unknowns"])
    pancreas = wanted_on(dossiers["pancreas-g2-progressive"])
    assert "disease state stable or responding and duration of the disease state at least 6 months" in pancreas
    heart = wanted_on(dossiers["heart-stale-echo"])
    assert "What would change a verdict: disease state progressive" in heart
    lung = wanted_on(dossiers["lung-atypical-carcinoid"])
    assert "Not given, and weighed in ablation: size and neighbours of each lesion." in lung


def test_the_limit_of_an_open_argument_is_told(dossiers):
    """At least 3 metastases: not 3 excludes percutaneous ablation, but more than 5."""
    first = text_of(dossiers["many-unknowns"].to_html().partition("Every argument")[0])
    row = first.partition("Ablation, percutaneous cannot be told yet")[2].partition("Could be")[0]
    assert "(at least 3); limit by convention: 5" in row


def test_damage_in_the_source_is_no_disagreement(dossiers):
    first = text_of(dossiers["insulinoma-malignant"].to_html().partition("Every argument")[0])
    assert "table of trials is missing" in first.partition("Pointed out:")[2]
    assert "table of trials" not in first.partition("The sources disagree:")[2].partition("The findings")[0]


def test_a_recorded_value_that_keeps_options_open_is_told_with_what_finding_it_would_settle(dossiers):
    """The board asks whether exploring the bowel is worth it: the primary site alone would settle four options."""
    wanted = wanted_on(dossiers["unknown-primary"])
    assert "found to be anything else, it alone would settle targeted drugs; CAPTEM; PRRT (how: Imaging" in wanted

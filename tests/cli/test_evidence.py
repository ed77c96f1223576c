"""``netlm evidence``: what it prints, for people and for programs, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIDGUT = ROOT / "examples" / "cases" / "prrt-midgut-second-line.yaml"
OWN = ROOT / "docs" / "how-to" / "evidence-example"


def test_list(run):
    ran = run("evidence", "list", "--option", "systemic.everolimus")
    assert ran.code == 0
    assert "RANDOMISED TRIAL, PHASE 3" in ran.out
    assert "radiant-4" in ran.out
    assert "promid" not in ran.out
    told = json.loads(run("evidence", "list", "--format", "json").out)["studies"]
    assert len(told) >= 75
    promid = next(one for one in told if one["id"] == "promid")
    assert promid["says"].startswith("median time to progression 14.3 against 6.0 months")


def test_list_until(run):
    told = json.loads(run("evidence", "list", "--evidence-until", "2020", "--format", "json").out)["studies"]
    assert all(one["year"] <= 2020 for one in told)
    assert 30 < len(told) < 60


def test_show(run):
    ran = run("evidence", "show", "clarinet")
    assert ran.code == 0
    assert "printed in the review: medians lanreotide 18.0 months; placebo not reached" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100
    told = json.loads(run("evidence", "show", "clarinet", "--format", "json").out)
    assert told["size"]["value"] == 204
    assert told["size"]["printed"] == "value 205"
    assert told["results"][0]["ratio"]["high"] == 0.73


@pytest.mark.parametrize(
    ("study", "says"),
    [
        ("e2211", "printed in the review: that a later result took its place is not said"),
        ("radiant-4", "printed in the review: that p is one-sided is not said"),
        ("radiant-4", "hazard ratio of death (everolimus against placebo) 0.90"),
        ("radiant-4", "[primary analysis, read by central review, 2016, verified]"),
        ("netter-2", "[primary analysis, read by central review, RECIST 1.1, 2024, verified]"),
        ("sanet-ep", "read by investigators, 2020, verified]"),
        ("clarinet", "[primary analysis, assessor not stated, 2014, verified]"),
        ("reluth", "146 patients planned"),
        ("mazzaferro-2016", "transplantation (42 patients)"),
    ],
)
def test_a_study_is_shown_in_words(run, study, says):
    assert says in " ".join(run("evidence", "show", study).out.split())


def test_setting_and_years_are_shown_with_how_they_are_known(run):
    """In words and in JSON: read, only remembered, or not stated."""
    words = " ".join(run("evidence", "show", "clarinet").out.split())
    told = json.loads(run("evidence", "show", "clarinet", "--format", "json").out)
    assert "48 centres in 14 countries, only remembered" in words
    assert (told["setting"], told["setting_known"]) == ("48 centres in 14 countries", "recalled")
    assert told["setting_seen"] == []
    told = json.loads(run("evidence", "show", "maspero-2022", "--format", "json").out)
    assert (told["years"], told["years_known"]) == ("1984-2019", "verified")
    assert told["years_seen"]
    words = " ".join(run("evidence", "show", "netest").out.split())
    told = json.loads(run("evidence", "show", "netest", "--format", "json").out)
    assert "years not stated" in words
    assert (told["years"], told["years_known"]) == (None, "not_stated")


def test_no_name_of_a_key_is_shown(run):
    for study in ("kwekkeboom-2008", "norlen-2014", "e2211", "radiant-4"):
        text = " ".join(run("evidence", "show", study).out.split())
        for key in ("accepted none", "superseded_by", "ratio sided", "not printed", "read by central,"):
            assert key not in text


def test_every_study_can_be_shown(run):
    names = [one["id"] for one in json.loads(run("evidence", "list", "--format", "json").out)["studies"]]
    for name in names:
        for form in ("text", "json"):
            ran = run("evidence", "show", name, "--format", form)
            assert ran.code == 0, name
            assert form == "json" or max(map(len, ran.out.splitlines())) <= 100, name


def test_for_a_case(run):
    ran = run("evidence", "for", MIDGUT, "--option", "systemic.prrt")
    assert ran.code == 0
    assert "NETTER-1 (2017), applies" in ran.out
    assert "not comparable between options" in ran.out
    told = json.loads(run("evidence", "for", MIDGUT, "--format", "json").out)
    assert len(told["options"]) == 20
    prrt = next(one for one in told["options"] if one["option"] == "systemic.prrt")
    assert [one["study"] for one in prrt["studies"]] == ["netter-1", "compete", "netter-2"]
    assert {one["truth"] for one in prrt["studies"][0]["criteria"]} == {"true"}
    assert told["since_review"] == []


def test_own_publications(run):
    ran = run("evidence", "show", "example-trial", "--publications", OWN)
    assert ran.code == 0
    assert "Example trial" in ran.out
    assert run("evidence", "show", "example-trial").code == 2
    assert run("evidence", "list", "--publications", "nowhere").code == 2


def test_pool_in_json_has_exactly_the_promised_keys(run):
    ran = run(
        "evidence", "pool", "--endpoint", "progression", "--method", "fixed", "--accept-differences", "--format",
        "json", "promid", "clarinet", "radiant-4", "raymond-2011",
    )  # fmt: skip
    told = json.loads(ran.out)
    assert ran.code == 0
    assert list(told) == [
        "estimate", "low", "high", "tau2", "q", "p_q", "i2", "prediction", "studies", "differences"
    ]  # fmt: skip
    assert told["estimate"] == pytest.approx(0.441237712311042, abs=1e-6)
    assert [one["id"] for one in told["studies"]] == ["promid", "clarinet", "radiant-4", "raymond-2011"]
    assert {one["what"] for one in told["differences"]} >= {"drug class", "endpoint"}


def test_pool_refuses(run):
    ran = run("evidence", "pool", "--endpoint", "progression", "--format", "json", "promid", "radiant-4")
    assert ran.code == 2
    assert {one["code"] for one in json.loads(ran.out)["error"]["problems"]} == {"studies-differ"}
    for args in (
        ("--endpoint", "response", "promid"),
        ("--endpoint", "progression", "--method", "bayes", "promid"),
        ("--endpoint", "progression", "promd"),
    ):
        ran = run("evidence", "pool", *args)
        assert ran.code == 2
        assert "Traceback" not in ran.err
        assert ran.err.strip()


def test_pool_tells_each_difference(run):
    ran = run("evidence", "pool", "--endpoint", "progression", "--accept-differences", "promid", "clarinet")
    assert ran.code == 0
    assert "They differ in endpoint: time to progression (PROMID), progression-free survival (CLARINET)." in ran.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("forest", "--endpoint", "progression", "promid", "clarinet"), "Not pooled"),
        (("forest", "--endpoint", "survival-at-5-years", "mayo-2010", "boudreaux-2014"), "Pooled"),
        (("map",), "NETTER-2"),
        (("landmarks", "--option", "cytoreduction"), "not reached"),
        (("curves", "e2211"), "odelled"),
    ],
)
def test_pictures(run, tmp_path, args, said):
    ran = run("evidence", *args)
    assert ran.code == 0
    assert said in ran.out
    first, again = tmp_path / "a.svg", tmp_path / "b.svg"
    for path in (first, again):
        assert run("evidence", *args, "-o", path).code == 0
    assert first.read_bytes() == again.read_bytes()
    assert first.read_text("utf-8").startswith("<?xml") or "<svg" in first.read_text("utf-8")


@pytest.mark.parametrize(
    "args",
    [
        ("curves", "radiant-4"),
        ("curves", "compete"),
        ("forest", "--endpoint", "progression", "--method", "bayes", "promid", "clarinet"),
        ("curves", "mayo-2010"),
        ("landmarks", "--option", "ablation.cryotherapy"),
        ("landmarks", "--option", "nothing"),
        ("landmarks", "--option", "cytoreduction", "--endpoint", "progression"),
        ("map", "--option", "nothing"),
        ("map", "--option", "ablation.cryotherapy"),
        ("map", "-o", "map.docx"),
        ("export",),
        ("export", "--bibtex", "--csl"),
        ("list", "--evidence-until", "-5"),
        ("list", "--option", "nothing"),
        ("for", "nowhere.yaml"),
        ("show", "promd"),
        ("check", "--format", "xml"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(run, args):
    ran = run("evidence", *args)
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_check(run):
    ran = run("evidence", "check")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith("75 studies checked")
    told = json.loads(run("evidence", "check", "--format", "json").out)
    assert all(one["stands_because"] for one in told["alarms"])
    printed = json.loads(run("evidence", "check", "--as-printed", "--format", "json").out)
    assert {"clarinet", "radiant-4", "norlen-2014", "kwekkeboom-2008"} <= {one["study"] for one in printed["alarms"]}


def test_export(run, tmp_path):
    bib = run("evidence", "export", "--bibtex").out
    assert bib.count("@") == bib.count("\n}\n")
    assert "@article{raymond-2011,\n  author = {Raymond, E and others}," in bib
    assert "volume = {364},\n  number = {6}," in bib
    path = tmp_path / "refs.json"
    assert run("evidence", "export", "--csl", "-o", path).code == 0
    told = json.loads(path.read_text("utf-8"))
    caplin = next(one for one in told if one["id"] == "caplin-2014")
    assert caplin["DOI"] == "10.1056/NEJMoa1316158"
    assert caplin["issued"] == {"date-parts": [[2014]]}
    assert caplin["author"] == [{"family": "Caplin", "given": "ME"}]


def test_export_takes_ones_own_studies_and_a_year(run, tmp_path):
    whole = json.loads(run("evidence", "export", "--csl").out)
    with_own = json.loads(run("evidence", "export", "--csl", "--publications", OWN).out)
    assert len(with_own) == len(whole) + 1
    early = json.loads(run("evidence", "export", "--csl", "--evidence-until", "2010").out)
    assert 0 < len(early) < len(whole)
    assert all(one["issued"]["date-parts"][0][0] <= 2010 for one in early)


def test_curves_end_where_the_follow_up_of_an_arm_ends(run):
    """COMPETE followed its arms for 27.5 and 21.2 months: one end for both would draw what was not seen."""
    ran = run("evidence", "curves", "compete")
    assert "a follow-up of one arm (Lu-177 edotreotide, 27.5 months)" in ran.err


def test_several_options_of_one_patient(run):
    """None of them is dropped in silence."""
    case = ROOT / "examples" / "cases" / "pancreas-g2-progressive.yaml"
    options = ("systemic.lanreotide", "systemic.prrt")
    ran = run("evidence", "for", case, "--option", options[0], "--option", options[1], "--format", "json")
    assert [one["option"] for one in json.loads(ran.out)["options"]] == list(options)


def test_every_reason_why_numbers_stand_is_told(run, tmp_path):
    """Those of the study as a whole, too."""
    text = Path(OWN, "example-trial.yaml").read_text("utf-8").replace("n: 120, role: control", "n: 119, role: control")
    text = text.replace("value: 5 %, of: 120", "value: 5 %, of: 119")
    text += "accepted: {arms-sum: One withdrew}\n"
    (tmp_path / "example-trial.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "references.yaml").write_bytes(Path(OWN, "references.yaml").read_bytes())
    ran = run("evidence", "check", "--publications", tmp_path)
    assert "the arms hold 239 patients, the study 240 (stands: one withdrew)" in ran.out


def test_an_interim_result_that_is_pooled_is_told(run, tmp_path):
    """RADIANT-4's survival is that of its second interim analysis, RADIANT-3's is final."""
    asked = ("--endpoint", "survival", "--accept-differences", "radiant-3", "radiant-4")
    told = "Of an interim analysis: RADIANT-4."
    assert told in run("evidence", "pool", *asked).out
    assert told in run("evidence", "forest", *asked).out
    assert "nterim" not in run("evidence", "pool", *asked[:3], "radiant-3", "raymond-2011").out
    studies = json.loads(run("evidence", "pool", *asked, "--format", "json").out)["studies"]
    assert [one["analysis"] for one in studies] == ["final", "interim"]


def test_show_tells_all_that_a_study_holds(run):
    """Registration, criteria of response, follow-up, the patients; and in JSON how a crossover is known."""
    shown = " ".join(run("evidence", "show", "netter-2").out.split())
    assert "NCT03972488" in shown
    assert "Patients - pancreatic primary 54.4 %" in shown
    assert "follow-up median 76 months" in " ".join(run("evidence", "show", "netter-1").out.split())
    assert "Median follow-up 29 months" in run("evidence", "show", "e2211").out
    told = json.loads(run("evidence", "show", "netter-1", "--format", "json").out)
    assert told["crossover_known"] == "recalled"
    assert told["follow_up"]["value"] == 24
    assert "The abstract gives none" in json.dumps(told)

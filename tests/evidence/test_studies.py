"""Promises about the studies that ship: every fact accounted for, every number with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from netlm.dictionary import knowledge_folder
from netlm.errors import Problem, Problems
from netlm.evidence import Evidence, Publication, load_evidence, read_publication
from netlm.files import Record, parse_text

ROOT = knowledge_folder()
HERE = Path(__file__).parent
HELD = {"outcome", "dose", "population", "complication", "epidemiology", "imaging-accuracy"}
FACTS = {one["id"]: one for one in yaml.safe_load((ROOT / "sources" / "landmark_2020.yaml").read_text("utf-8"))}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Every study."""
    return load_evidence()


def _listed(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, dict):
        found = node.get(key)
        yield from found if isinstance(found, list) else ()
        for value in node.values():
            yield from _listed(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _listed(value, key)


def _in(folder: str) -> set[str]:
    files = sorted((ROOT / folder).rglob("*.yaml"))
    return {fact for path in files for fact in _listed(yaml.safe_load(path.read_text("utf-8")), "facts")}


def test_every_such_entry_of_the_facts_file_is_represented_or_listed() -> None:
    """Outcomes, doses, populations, complications, epidemiology and accuracy of imaging, by the id of the fact."""
    wanted = {name for name, fact in FACTS.items() if fact["kind"] in HELD}
    elsewhere = yaml.safe_load((HERE / "not_represented.yaml").read_text("utf-8"))["in_options"]
    assert set(elsewhere) <= _in("options")
    assert set(elsewhere) & _in("publications") == set()
    assert wanted - _in("publications") - set(elsewhere) == set()


def test_the_studies_lean_on_facts_that_exist() -> None:
    """No id is invented."""
    assert _in("publications") - set(FACTS) == set()


def test_printed_numbers_of_the_facts_are_those_of_the_studies(evidence: Evidence) -> None:
    """Every number of a fact stands in the file of a study that names the fact, as value, printed value or in words."""
    missing = []
    for path in sorted((ROOT / "publications").glob("*.yaml")):
        text = path.read_text("utf-8")
        for name in sorted(set(_listed(yaml.safe_load(text), "facts"))):
            fact = FACTS[name]
            for value in fact["value"] if isinstance(fact["value"], list) else [fact["value"]]:
                if isinstance(value, bool) or not isinstance(value, int | float) or fact["kind"] not in HELD:
                    continue
                shown = f"{value:g}"
                if not re.search(rf"(?<![\d.]){re.escape(shown)}(?:\.0)?(?!\d)", text):
                    missing.append((path.name, name, value))
    assert missing == []


def test_every_study_of_the_update_is_there(evidence: Evidence) -> None:
    """Or stands in the references, or is left out with the reason."""
    listed = yaml.safe_load((HERE / "update_2026.yaml").read_text("utf-8"))
    assert len(listed["studies"]) + len(listed["references"]) + len(listed["left_out"]) == 71
    for name in listed["studies"].values():
        assert name in evidence.studies
    for name in listed["references"].values():
        assert name in evidence.dictionary.references


@pytest.mark.parametrize(
    ("study", "result", "figures"),
    [
        ("netter-1", "progression-by-alkaline-phosphatase", ["0.153", "0.177"]),
        ("greponet", "validation", ["127", "5.4", "14.9", "-1.4", "11.8", "6.8", "19.3", "11.3", "7.9"]),
        ("netest", "validation", ["0.78", "0.73", "33 %", "5.7", "12.6", "87 %", "47 %", "64 %"]),
        ("netest", "second-version", ["0.96", "91.9", "94.9", "78.0", "98.3"]),
    ],
)
def test_verified_figures_of_the_update_stand_in_the_study(
    evidence: Evidence, study: str, result: str, figures: list[str]
) -> None:
    """Those of results told in words, which no number of the format holds."""
    found = evidence.study(study).result(result)
    assert found is not None
    assert found.support.known == "verified"
    assert [figure for figure in figures if figure not in (found.finding or "")] == []


def test_all_references_of_the_review_are_records(evidence: Evidence) -> None:
    """1 to 57, each once, each with title, year and journal or kind of book."""
    numbers = [int(one.record["review_number"]) for one in evidence.dictionary.references.values()
               if "review_number" in one.record]  # fmt: skip
    assert sorted(numbers) == list(range(1, 58))


def test_every_number_has_its_source(evidence: Evidence) -> None:
    """Verified names the address, review the fact; what is remembered says so."""
    for study in evidence.studies.values():
        for result in study.results:
            supports = [result.support, *(one.support for one in result.numbers)]
            supports += [result.ratio.support] if result.ratio else []
            for support in supports:
                assert support.known in ("verified", "review", "recalled")
                assert support.known != "verified" or support.seen, (study.id, result.id)
                assert support.known != "review" or support.facts, (study.id, result.id)
            assert result.report in evidence.dictionary.references


def test_every_study_tells_its_setting_and_years_or_that_they_are_not_stated(evidence: Evidence) -> None:
    """Each with its mark: where it was read, by which fact of the review it is known, or that it is only remembered."""
    for path in sorted((ROOT / "publications").glob("*.yaml")):
        tree = yaml.safe_load(path.read_text("utf-8"))
        if tree["netlm"] != "publication/1":
            continue
        study = evidence.study(tree["id"])
        for key in ("setting", "years"):
            told = getattr(study, key)
            assert key in tree, (path.name, key)
            assert (told is None) == (tree[key] == {"known": "not_stated"}), (path.name, key)
            assert told is None or told.support.known != "verified" or told.support.seen
            assert told is None or told.support.known != "review" or told.support.facts, (path.name, key)


def _promid(evidence: Evidence, setting: str) -> Publication:
    text = re.sub(r"(?m)^(setting|years): .*\n", "", (ROOT / "publications" / "promid.yaml").read_text("utf-8"))
    text = text.replace("design: randomised-3\n", f"design: randomised-3\n{setting}\n")
    return read_publication(Record(parse_text(text, "promid.yaml"), "promid.yaml"), evidence.dictionary)


def test_a_setting_is_known_as_the_study_is_unless_it_says_otherwise(evidence: Evidence) -> None:
    """A plain text takes the mark of the file, a mapping has its own, and what is not stated is none."""
    plain = _promid(evidence, "setting: 18 centres\nyears: {known: not_stated}")
    assert plain.setting is not None
    assert (plain.setting.marked, plain.setting.support.known) == ("18 centres", "verified")
    assert plain.years is None
    own = _promid(evidence, "setting: {says: 18 centres, known: recalled}").setting
    assert own is not None
    assert not own.support.decides
    assert own.marked == "18 centres, only remembered"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("setting: {says: 18 centres, known: guessed}", "verified, review, recalled, not_stated"),
        ("setting: {known: recalled}", "Give `says` as text"),
        ("setting: {says: 18 centres, known: not_stated}", "Known keys: known"),
        ("years: [2001, 2008]", "Give `years` as text"),
        ("setting:", "known: not_stated"),
        ("setting: {says: ''}", "known: not_stated"),
        ("years: '  '", "known: not_stated"),
    ],
)
def test_a_setting_or_years_of_another_form_is_refused(evidence: Evidence, setting: str, told: str) -> None:
    """With the line and what was expected."""
    with pytest.raises(Problems) as caught:
        _promid(evidence, setting)
    assert told in str(caught.value.problems[0])
    assert caught.value.problems[0].line


def test_superseded_results_name_a_later_one(evidence: Evidence) -> None:
    """Never without the successor, which is not superseded by the same again."""
    seen = 0
    for study in evidence.studies.values():
        for result in study.results:
            if result.superseded_by:
                seen += 1
                later = evidence.study(result.superseded_by.study).result(result.superseded_by.result)
                assert later is not None
                assert later.year >= result.year
                assert later.superseded_by is None or later.superseded_by.result != result.id
    assert seen >= 5


def test_damage_is_kept_beside_the_correction(evidence: Evidence) -> None:
    """What the review prints wrongly is still told."""
    clarinet = evidence.study("clarinet")
    assert clarinet.size is not None
    assert clarinet.size.printed == "value 205"
    assert clarinet.result("progression").printed == "medians lanreotide 18.0 months; placebo not reached"
    assert evidence.study("sunitinib").result("progression").printed == "medians sunitinib 11.5 months"


def test_trials_are_known_by_name_others_by_author_and_year(evidence: Evidence) -> None:
    """``promid``, ``raymond-2011``; aliases and names find them too; a slip is told."""
    for name in ("promid", "clarinet", "radiant-3", "radiant-4", "e2211", "netter-1", "raymond-2011", "scott-2019"):
        assert evidence.study(name).id == name
    assert evidence.study("sunitinib").id == "raymond-2011"
    assert evidence.study("NETTER-2").id == "netter-2"
    with pytest.raises(Problem, match="promid"):
        evidence.study("promd")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("design: randomised-3", "design: rct", "one of"),
        ("reports: [rinke-2009, promid-long-term]", "reports: [nobody-2009]", "a reference"),
        ("when: origin == midgut", "when: origin == midgutt", "did you mean"),
        ("when: origin == midgut", "when: age < 3", "limit"),
        ("when: origin == midgut", "when: 'verdict(cytoreduction) in [supported]'", "facts of the patient"),
        ("placebo: 6.0 months}", "placebo: 6.0 weeks}", "months or years"),
        ("placebo: 6.0 months}", "placebos: 6.0 months}", "octreotide, placebo"),
        ("seen: [https://read.qxmd.com/read/19704057]", "note: none", "address"),
        ("facts: [promid-function-equal]", "audit: [A18]", "review's facts"),
        ("options: [systemic.octreotide_lar]", "options: [systemic.octreotide]", "options of the dictionary"),
        ("endpoint: ttp", "endpoint: tpp", "one of"),
        ("superseded_by: promid/survival", "superseded_by: survival", "STUDY/RESULT"),
        ("  - id: progression", "  - idd: progression", "Did you mean `id`"),
    ],
)
def test_mistakes_are_told_with_file_line_and_remedy(evidence: Evidence, old: str, new: str, told: str) -> None:
    """At load, never later."""
    text = (ROOT / "publications" / "promid.yaml").read_text("utf-8")
    assert old in text
    record = Record(parse_text(text.replace(old, new), "promid.yaml"), "promid.yaml")
    with pytest.raises(Problems) as caught:
        read_publication(record, evidence.dictionary)
    problem = caught.value.problems[0]
    assert told.casefold() in str(problem).casefold()
    assert problem.file == "promid.yaml"
    assert problem.line
    assert problem.remedy


def test_a_folder_of_ones_own_is_added(evidence: Evidence, tmp_path: Path) -> None:
    """With references of its own; a study that there is already is refused."""
    study = (ROOT / "publications" / "promid.yaml").read_text("utf-8")
    (tmp_path / "references.yaml").write_text(
        "netlm: references/1\nreferences:\n  mine-2025: {title: Mine, year: 2025}\n", encoding="utf-8"
    )
    mine = study.replace("id: promid\n", "id: mine\n").replace("promid/survival", "mine/survival")
    mine = mine.replace("rinke-2009, promid-long-term", "mine-2025, promid-long-term").replace(", promid-long-term", "")
    mine = mine.replace("    report: promid-long-term\n", "")
    mine = mine.replace("name: PROMID\n", "name: Mine\n")
    (tmp_path / "mine.yaml").write_text(mine, encoding="utf-8")
    found = evidence.with_files(tmp_path)
    assert found.study("mine").year == 2025
    assert "mine" not in evidence.studies
    (tmp_path / "mine.yaml").write_text(study, encoding="utf-8")
    with pytest.raises(Problems, match="each id once"):
        evidence.with_files(tmp_path)

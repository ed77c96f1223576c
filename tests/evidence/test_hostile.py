"""Promises about broken files of one's own: told in words, whatever is wrong with them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from netlm.dictionary import knowledge_folder
from netlm.errors import Problem, Problems
from netlm.evidence import load_evidence

FILES = ("promid", "clarinet", "netter-2", "morgan-2018", "scott-2019", "oclurandom")
NASTY = (
    "", "[]", "{}", "'0'", "-1", "nan", "inf", "1e999", "0 %", "100 %", "101 %", "not reached", "0.0 (0.0 to 0.0)",
    "1 (1 to 1)", "0.5 (not reached to not reached)", "5 (4 to not reached)", "[a, b]", "{a: b}", "0 months", "no",
    "2 (1 to 3) months", "9999999999999999999999", "0.000000000000000001 (0.0000000000000000001 to 1)", "é", "\\u202e",
    "always", "not always", "<0", "<1", ">0.5", "1", "promid/progression", "A" * 300,
)  # fmt: skip


def _broken(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(lines)), chance.randrange(5)
        line = lines[at]
        if kind == 0 and ":" in line:
            lines[at] = f"{line.partition(':')[0]}: {chance.choice(NASTY)}"
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 3:
            lines[at] = "".join(str(chance.randrange(10)) if sign.isdigit() else sign for sign in line)
        elif len(line) > 2:
            cut = chance.randrange(len(line))
            lines[at] = line[:cut] + chance.choice(NASTY) + line[cut + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_file_is_refused_in_words_or_read(seed: int, tmp_path: Path) -> None:
    """Never a trace, never a silent reading of half a file."""
    chance, evidence = random.Random(seed), load_evidence()
    text = (knowledge_folder() / "publications" / f"{FILES[seed]}.yaml").read_text("utf-8")
    text = text.replace(f"id: {FILES[seed]}\n", "id: mine\n").replace(f"{FILES[seed]}/", "mine/")
    path = tmp_path / "mine.yaml"
    refused = 0
    for _ in range(150):
        path.write_text(_broken(text, chance), encoding="utf-8")
        try:
            evidence.with_files(path)
        except (Problem, Problems) as error:
            refused += 1
            problems = error.problems if isinstance(error, Problems) else (error,)
            for problem in problems:
                assert problem.remedy
                assert problem.file == str(path)
    assert refused > 50


OWN = """netlm: publication/1
id: mine
name: Mine
title: Mine
design: series
reports: [rinke-2009]
known: verified
seen: [address]
results:
  - {id: first, endpoint: os, finding: First, superseded_by: SECOND}
  - {id: second, endpoint: os, finding: Second, superseded_by: FIRST}
"""


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("mine/second", "mine/first", "`first` leads back to itself"),
        ("mine/first", "mine/first", "`first` leads back to itself"),
        ("promid/survival", "promid/survival", "`promid/survival`, of another study"),
    ],
)
def test_results_never_supersede_in_a_circle_nor_in_another_study(
    first: str, second: str, found: str, tmp_path: Path
) -> None:
    """Else none of them would stand."""
    path = tmp_path / "mine.yaml"
    path.write_text(OWN.replace("SECOND", first).replace("FIRST", second), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_evidence().with_files(path)
    assert found in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)
    path.write_text(OWN.replace("SECOND", "mine/second").replace(", superseded_by: FIRST", ""), encoding="utf-8")
    assert [one.id for one in load_evidence().with_files(path).study("mine").current] == ["second"]


def test_a_file_that_vanishes_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the list of the folder and its reading."""
    path = tmp_path / "mine.yaml"
    path.write_text(OWN, encoding="utf-8")
    listed = Path.rglob

    def then_gone(folder: Path, pattern: str) -> list[Path]:
        found = list(listed(folder, pattern))
        path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "rglob", then_gone)
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda one, **more: one == path or exists(one, **more))
    with pytest.raises((Problem, Problems), match="no such file"):
        load_evidence().with_files(tmp_path)


@pytest.mark.parametrize("year", [-5, 0, 20, 20200])
def test_a_year_has_four_digits(year: int) -> None:
    """20 is not 2020."""
    with pytest.raises(Problem, match="four digits"):
        load_evidence().until(year)


TRIAL = """netlm: publication/1
id: mine
name: Mine
title: Mine
design: randomised-3
reports: [rinke-2009]
known: verified
seen: [address]
size: {value: '240'}
arms:
  drug: {title: drug, n: 120, role: experimental}
  placebo: {title: placebo, n: 120, role: control, class: placebo}
approvals: [{drug: drug, region: United States, date: 2024-04}]
population:
  - {id: site, when: pancreatic, says: pancreatic primary}
  - {id: progressive, when: disease_state == progressive, says: progressive}
overlaps: [{study: promid, known: inferred, says: some}]
results:
  - id: progression
    endpoint: pfs
    level: 95 %
    ratio: {hazard: 0.62 (0.45 to 0.86), arm: drug, against: placebo, p: '0.004'}
  - id: response
    endpoint: response
    values:
      - {what: response, arm: drug, value: 18 %, of: 120}
      - {what: response, arm: placebo, count: 6, of: 120}
"""


@pytest.mark.parametrize(
    ("was", "put", "found"),
    [
        ("level: 95 %", "level: abc", "`abc`"),
        ("level: 95 %", "level: nan", "`nan`"),
        ("level: 95 %", "level: 0", "`0`"),
        ("level: 95 %", "level: -95", "`-95`"),
        ("level: 95 %", "level: 0.95", "`0.95`"),
        ("level: 95 %", "level: 100 %", "`100 %`"),
        ("p: '0.004'", "p: '0.004', level: often", "`often`"),
        ("n: 120, role: experimental", "n: ², role: experimental", "`²`"),
        ("n: 120, role: experimental", f"n: {'9' * 5000}, role: experimental", "999"),
        ("count: 6, of: 120", "count: 0, of: 0", "`0`"),
        ("value: 18 %, of: 120", "value: 18 %, of: 0", "`0`"),
        ("0.62 (0.45 to 0.86)", "0.62 (0 to 0.86)", "a ratio of 0.62 (0 to 0.86)"),
        ("0.62 (0.45 to 0.86)", "0.62 months (0.45 to 0.86)", "`0.62 months (0.45 to 0.86)`"),
        ("0.62 (0.45 to 0.86)", "62 % (45 to 86)", "`62 % (45 to 86)`"),
        ("date: 2024-04", "date: soon", "`soon`"),
        ("id: mine", "id: ../../mine", "`../../mine`"),
        ("name: Mine", "name: promid", "`promid` again"),
        ("name: Mine", "name: Mine\naliases: [sunitinib]", "`sunitinib` again"),
        ("study: promid", "study: mine", "`mine`"),
        ("id: response", "id: progression", "`progression` again"),
        ("id: progressive", "id: site", "`site` again"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_stands(was: str, put: str, found: str, tmp_path: Path) -> None:
    """Numbers that are none, names that are taken: with file and remedy, never a trace."""
    path = tmp_path / "mine.yaml"
    path.write_text(TRIAL, encoding="utf-8")
    assert load_evidence().with_files(path).study("mine").result("progression")
    assert was in TRIAL
    path.write_text(TRIAL.replace(was, put, 1), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_evidence().with_files(path)
    assert found in str(caught.value)
    assert all(problem.file == str(path) and problem.remedy for problem in caught.value.problems)


def test_the_year_of_a_report_is_a_year(tmp_path: Path) -> None:
    """One of one's own references, too."""
    (tmp_path / "mine.yaml").write_text(TRIAL.replace("rinke-2009", "own"), encoding="utf-8")
    references = "netlm: references/1\nreferences:\n  own: {short: Own, title: Own, year: soon, kind: trial}\n"
    (tmp_path / "references.yaml").write_text(references, encoding="utf-8")
    with pytest.raises(Problems, match="`soon`"):
        load_evidence().with_files(tmp_path)


@pytest.mark.parametrize("text", ["", TRIAL.replace("publication/1", "publication/2"), TRIAL.partition("\n")[2]])
def test_no_file_of_ones_own_is_passed_over(text: str, tmp_path: Path) -> None:
    """A folder without a study, and one with a file of a version that is not known, are told."""
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises((Problem, Problems), match="publication/1"):
        load_evidence().with_files(tmp_path)
    (tmp_path / "mine.yaml").write_text("netlm: references/1\nreferences: {}\n", encoding="utf-8")
    with pytest.raises((Problem, Problems), match="publication/1"):
        load_evidence().with_files(tmp_path)


def test_a_reference_of_ones_own_never_takes_the_place_of_another(tmp_path: Path) -> None:
    """Else the studies that come with netlm would cite another paper."""
    (tmp_path / "mine.yaml").write_text(TRIAL, encoding="utf-8")
    references = "netlm: references/1\nreferences:\n  rinke-2009: {title: Own, year: 2020}\n"
    (tmp_path / "references.yaml").write_text(references, encoding="utf-8")
    with pytest.raises(Problems, match="the id `rinke-2009` again") as caught:
        load_evidence().with_files(tmp_path)
    assert caught.value.problems[0].line == 3


def test_a_report_of_two_studies_names_neither() -> None:
    """SANET's two trials share one report on survival."""
    with pytest.raises(Problem, match="a report of `sanet-ep` and `sanet-p`"):
        load_evidence().study("sanet-os-2025")
    assert load_evidence().study("sanet-p-2020").id == "sanet-p"


def test_a_later_study_is_told_as_later_not_as_unknown() -> None:
    """What the review could not know is there all the same."""
    early = load_evidence().until(2010)
    for name in ("netter-1", "NETTER-1"):
        with pytest.raises(Problem, match="published after 2010"):
            early.study(name)
    with pytest.raises(Problem, match="`strosberg-2021`, published after 2020"):
        load_evidence().until(2020).study("strosberg-2021")
    with pytest.raises(Problem, match="`nothing`, an unknown study"):
        early.study("nothing")

"""Whether something happened, asked in a column of its own: only who was asked had none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from netlm.errors import Problems
from netlm.registry import analysis_table, import_files, open_registry, propose_mapping

MAPPING = """\
netlm: registry-mapping/1
id: sheet
seen: yes
data: synthetic
patient: pat
dates: year-month-day
missing: {'-9': not asked}
complete:
  progression: [{column: prog, is: ['0', '1']}]
  complication: []
tables:
  treatment: [{when: [{column: op}], set: {option: cytoreduction}, columns: {from: {column: op}}}]
  progression: [{when: [{column: prog, is: ['1']}], columns: {date: {column: pd}}}]
  last_contact: [{when: [{column: last}], columns: {date: {column: last}}}]
"""
SHEET = """\
pat,op,prog,pd,last
had,2020-01-01,1,2021-01-01,2022-01-01
some-day,2020-01-01,1,,2022-01-01
none,2020-01-01,0,,2022-01-01
empty,2020-01-01,,,2022-01-01
not-asked,2020-01-01,-9,,2022-01-01
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    sheet, mapping = tmp_path / "sheet.csv", tmp_path / "mapping.yaml"
    sheet.write_text(SHEET, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return sheet, mapping


def test_only_who_was_asked_had_none(path: Path, files: tuple[Path, Path]) -> None:
    import_files(path, [files[0]], mapping=files[1])
    with open_registry(path) as registry:
        rows = analysis_table(registry, "surgery").to_pylist()
        whole = registry.rows("SELECT patient_id FROM coverage WHERE of_table = 'progression' AND complete ORDER BY 1")
        every = registry.rows("SELECT count(*) FROM coverage WHERE of_table = 'complication' AND complete")
    assert {row["patient_id"]: row["progressed"] for row in rows} == {
        "had": True, "some-day": None, "none": False, "empty": None, "not-asked": None,
    }  # fmt: skip
    assert [one for (one,) in whole] == ["had", "none", "some-day"]
    assert every == [(5,)]


def test_lines_that_disagree_leave_a_list_open(path: Path, files: tuple[Path, Path]) -> None:
    """An empty cell says nothing; a code for not asked beside a no does."""
    files[0].write_text(f"{SHEET}none,2021-05-05,,,\nhad,2021-05-05,-9,,\n", encoding="utf-8")
    import_files(path, [files[0]], mapping=files[1])
    with open_registry(path) as registry:
        whole = registry.rows("SELECT patient_id FROM coverage WHERE of_table = 'progression' AND complete ORDER BY 1")
    assert [one for (one,) in whole] == ["none", "some-day"]


def test_what_an_answer_says_has_happened_may_lack_its_day(path: Path, files: tuple[Path, Path]) -> None:
    """Without such an answer a line without a day is told: nobody says that anything happened."""
    import_files(path, [files[0]], mapping=files[1])
    with open_registry(path) as registry:
        assert registry.rows("SELECT date_lo, date_unknown FROM progression WHERE patient_id = 'some-day'") == [
            (None, "not recorded")
        ]
    files[1].write_text(MAPPING.replace("when: [{column: prog, is: ['1']}]", "when: [{column: prog}]"), "utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [files[0]], mapping=files[1])
    assert {(one.line, one.place) for one in caught.value.problems} == {
        (3, "progression.date"),
        (4, "progression.date"),
    }


def test_an_answer_in_another_case_leaves_no_list_open_in_silence(path: Path, files: tuple[Path, Path]) -> None:
    files[0].write_text(SHEET.replace("none,2020-01-01,0", "none,2020-01-01,No"), encoding="utf-8")
    files[1].write_text(MAPPING.replace("is: ['0', '1']", "is: ['no', '1']"), encoding="utf-8")
    with pytest.raises(Problems, match="but for capitals") as caught:
        import_files(path, [files[0]], mapping=files[1])
    assert [one.line for one in caught.value.problems] == [4]


@pytest.mark.parametrize(
    ("complete", "said"),
    [
        ("{relapse: []}", "some of"),
        ("{progression: [{column: other}]}", "no column `other`"),
        ("{progression: [{colum: prog}]}", "colum"),
        ("{progression: yes}", "a list of maps"),
        ("{progression: [{column: pd, is: ['']}]}", "An empty cell says nothing"),
    ],
)
def test_a_condition_that_cannot_be_met_is_told(path: Path, files: tuple[Path, Path], complete: str, said: str) -> None:
    text = MAPPING.replace("complete:\n  progression: [{column: prog, is: ['0', '1']}]\n  complication: []\n", "")
    files[1].write_text(f"{text}complete: {complete}\n", encoding="utf-8")
    with pytest.raises(Problems, match=said):
        import_files(path, [files[0]], mapping=files[1])


BOOK = """\
"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels"
record_id,a,text,Study ID,
vs,a,radio,Vital status,"0, Alive | 1, Dead | 2, Lost to follow-up | 3, Moved"
news,a,text,Date of death or last contact,
q7,a,yesno,Progression,
pd_date,a,text,Date of progression,
differentiation,a,radio,Differentiation,"1, Well | 2, Poor"
tx,t,dropdown,What was done,"1, Liver resection / debulking | 2, RFA | 3, TACE | 4, Lanreotide | 5, something else"
tx_date,t,text,Date of treatment,
compl,t,yesno,Complications,
clavien,t,dropdown,Clavien-Dindo grade,"1, I | 2, II | 3, IIIa"
"""
EXPORT = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,vs,news,q7,pd_date,differentiation,tx,tx_date,compl,clavien
1,,,0,2024-01-10,0,,1,,,,
1,t,1,,,,,,1,2018-03-04,0,
1,t,2,,,,,,4,2019-06-01,,
2,,,1,,1,2020-02-01,2,,,,
2,t,1,,,,,,1,2017-10-10,1,2
3,,,2,2021-05-05,,,,,,,
3,t,1,,,,,,3,2016-01-01,1,
"""


def test_a_proposal_finds_what_was_asked(path: Path, tmp_path: Path) -> None:
    """By heading or label; of a form that is repeated one no does not speak for the others, so its list stays open."""
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "book.csv", tmp_path / "mapping.yaml"
    sheet.write_text(EXPORT, encoding="utf-8")
    book.write_text(BOOK, encoding="utf-8")
    found = propose_mapping(sheet, book)
    told = yaml.safe_load(found)
    assert told["complete"] == {"progression": [{"column": "q7", "is": [0], "not": [1]}]}
    assert told["tables"]["progression"][0]["when"] == [{"column": "q7", "is": [1], "not": [0]}]
    assert told["tables"]["death"][0]["when"] == [{"column": "vs", "is": [1]}]
    assert told["tables"]["last_contact"][0]["when"] == [{"column": "news"}, {"column": "vs", "is": [0, 2]}]
    assert "mean that; in no list: 3" in found
    assert told["tables"]["treatment"][0]["columns"]["option"]["values"] == {
        1: "cytoreduction", 2: "ablation.radiofrequency", 3: "embolization.tace", 4: "systemic.lanreotide", 5: "...",
    }  # fmt: skip
    assert "were these treatments given?" in found
    assert told["tables"]["complication"][0]["when"][-1] == {"column": "compl", "is": [1], "not": [0]}
    assert told["case"]["columns"]["differentiation"]["values"] == {1: "well", 2: "poor"}
    for before, after in (
        ("seen: no", "seen: yes"),
        ("5: ...", "5: {unknown: other}"),
        ("# data: real ", "data: synthetic #"),
    ):
        found = found.replace(before, after)
    mapping.write_text(found, encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    with open_registry(path) as registry:
        rows = {row["patient_id"]: row for row in analysis_table(registry, "surgery").to_pylist()}
        assert registry.rows("SELECT patient_id, date_unknown FROM death") == [("2", "not recorded")]
        assert registry.rows("SELECT patient_id, treatment, clavien_dindo FROM complication ORDER BY 1") == [
            ("2", 1, "II"), ("3", 1, None),
        ]  # fmt: skip
    assert {name: row["progressed"] for name, row in rows.items()} == {"1": False, "2": True, "3": None}
    assert {name: row["dead"] for name, row in rows.items()} == {"1": False, "2": True, "3": False}


def test_a_proposal_without_a_dictionary_asks_too(tmp_path: Path) -> None:
    """Yes and no in words or as 1 and 0; a column that holds more than these asks nothing."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("pat,op date,recurrence,recurrence date\n1,2020-01-01,yes,2021\n2,2020-01-01,No,\n", "utf-8")
    told = yaml.safe_load(propose_mapping(sheet))
    assert told["complete"] == {
        "recurrence": [{"column": "recurrence", "is": [False], "not": [True]}]
    }  # as YAML of old reads No and yes
    assert told["tables"]["recurrence"][0]["when"][0]["column"] == "recurrence"
    sheet.write_text("pat,op date,recurrence,recurrence date\n1,2020-01-01,liver,2021\n2,2020-01-01,no,\n", "utf-8")
    told = yaml.safe_load(propose_mapping(sheet))
    assert "complete" not in told
    sheet.write_text("pat,visit,recurrence\n1,1,no\n1,2,yes\n", "utf-8")
    assert "complete" not in (yaml.safe_load(propose_mapping(sheet)) or {})


EVENTS = """\
netlm: registry-mapping/1
id: sheet
seen: yes
patient: pat
missing: {'-9': not asked}
complete: {progression: [{column: prog, is: ['0', '1']}]}
tables:
  treatment: [{when: [{column: op}], columns: {from: {column: op}, option: {column: what}, margin: {column: margin}}}]
  complication:
    - when: [{column: clav}]
      set: {treatment: '1'}
      columns: {clavien_dindo: {column: clav}, kind: {column: kind}}
  progression: [{when: [{column: prog, is: ['1'], not: ['0']}], columns: {date: {column: pd}}}]
  death:
    - when: [{column: status, is: [dead]}]
      columns: {date: {column: dod}, cause: {column: cause}}
  last_contact: [{when: [{column: last}, {column: status, is: [alive]}], columns: {date: {column: last}}}]
"""
EVENTS_HEADING = ("pat", "op", "what", "margin", "clav", "kind", "prog", "pd", "status", "dod", "cause", "last")
WELL = {"pat": "p", "op": "2020-01-01", "what": "cytoreduction", "status": "alive", "last": "2022-01-01"}


def _events(folder: Path, said: dict[str, str]) -> tuple[Path, Path]:
    sheet, mapping = folder / "sheet.csv", folder / "mapping.yaml"
    line = WELL | said
    rows = (EVENTS_HEADING, [line.get(name, "") for name in EVENTS_HEADING])
    sheet.write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    mapping.write_text(EVENTS, encoding="utf-8")
    return sheet, mapping


@pytest.mark.parametrize(
    ("said", "place", "found"),
    [
        ({"op": ""}, "what", "nothing in `op`, so that the line gives no `treatment`"),
        ({"kind": "biloma"}, "kind", "nothing in `clav`, so that the line gives no `complication`"),
        ({"prog": "", "pd": "2021-01-01"}, "pd", "nothing in `prog`, so that the line gives no `progression`"),
        ({"prog": "-9", "pd": "2021"}, "pd", "another answer in `prog`"),
        ({"dod": "2021-01-01"}, "dod", "another answer in `status`, so that the line gives no `death`"),
        ({"status": "", "cause": "tumour"}, "cause", "nothing in `status`"),
    ],
)
def test_what_happened_is_not_passed_over(
    path: Path, tmp_path: Path, said: dict[str, str], place: str, found: str
) -> None:
    sheet, mapping = _events(tmp_path, said)
    with pytest.raises(Problems, match="so that the line gives no") as raised:
        import_files(path, [sheet], mapping=mapping)
    (problem,) = raised.value.problems
    assert (problem.code, problem.place, problem.line) == ("passed-over", place, 2)
    assert found in problem.found


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"op": "", "what": "-9"},
        {"prog": "0", "pd": "2021"},
        {"prog": "1"},
        {"status": "dead", "dod": "2022-02-01"},
        {"status": "", "last": "2021-01-01"},
    ],
)
def test_what_a_mapping_passes_over_on_purpose_is_no_problem(path: Path, tmp_path: Path, said: dict[str, str]) -> None:
    """A word under `not`, a code for nothing, and the last contact of who has died."""
    sheet, mapping = _events(tmp_path, said)
    assert import_files(path, [sheet], mapping=mapping).added == 1


def test_whoever_may_have_died_is_not_taken_for_alive(path: Path, tmp_path: Path) -> None:
    sheet, mapping = _events(tmp_path, {"dod": "2021-01-01"})
    sheet.write_text(
        sheet.read_text("utf-8") + "p,2019-01-01,cytoreduction,,,,,,alive,,,2022-01-01\n", encoding="utf-8"
    )
    assert import_files(path, [sheet], mapping=mapping, keep_good=True).left_out == 1
    with open_registry(path) as registry:
        (row,) = analysis_table(registry, "surgery").to_pylist()
    assert (row["dead"], row["dead_unknown"]) == (None, "a line of the patient was left out")


@pytest.mark.parametrize("condition", ['  when: [{column: redcap_repeat_instrument, is: [""]}]\n', ""])
def test_a_case_is_read_from_the_lines_of_its_own_form(path: Path, tmp_path: Path, condition: str) -> None:
    """Some exports write 0 into every box of the lines of another form: no symptoms, had they been read.

    Without the condition the empty state of the form says the same.
    """
    home = Path("docs/how-to/redcap-example")
    told = yaml.safe_load(propose_mapping(home / "export.csv", home / "dictionary.csv"))
    assert told["case"]["when"] == [{"column": "redcap_repeat_instrument", "is": [""]}]
    text = (home / "mapping.yaml").read_text(encoding="utf-8")
    proposed = '  when: [{column: redcap_repeat_instrument, is: [""]}]\n'
    assert proposed in text
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(text.replace(proposed, condition), encoding="utf-8")
    import_files(path, [home / "export.csv"], mapping=mapping)
    with open_registry(path) as registry:
        rows = registry.rows("SELECT patient_id, symptoms_unknown FROM snapshot ORDER BY 1")
    assert rows == [("S01", None), ("S02", "not asked"), ("S03", "form not completed")]


HEAD = "netlm: registry-mapping/1\nid: s\nseen: yes\ndata: synthetic\npatient: pat\nmissing: {NA: not recorded}\n"
TREATED = "  treatment: [{when: [{column: op}], set: {option: cytoreduction}, columns: {from: {column: op}}}]\n"
DEATH = "  death: [{when: [{column: status, is: [dead]}, {column: dod}], columns: {date: {column: dod}}}]\n"
ALIVE = "  last_contact: [{when: [{column: fu}, {column: dod, is: ['']}], columns: {date: {column: fu}}}]\n"


def _imported(path: Path, tmp_path: Path, tables: str, lines: str) -> dict[str, int]:
    sheet, mapping = tmp_path / "s.csv", tmp_path / "m.yaml"
    sheet.write_text(lines, encoding="utf-8")
    mapping.write_text(HEAD + tables, encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    with open_registry(path) as registry:
        return {name: registry.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("death", "last_contact")}


@pytest.mark.parametrize(
    ("tables", "lines", "place"),
    [
        # dead without a day, where the block asks for both: he would live
        (DEATH, "pat,status,dod\na,dead,\n", "status"),
        # a day of an operation in a column that is itself a condition
        (
            ("  treatment: [{when: [{column: tx}, {column: op}], "
            "columns: {option: {column: tx, values: {a: cytoreduction}}, from: {column: op}}}]\n"),
            "pat,tx,op\na,,2020-01-01\n", "op",
        ),
        # a complication of nothing
        (
            TREATED + "  complication: [{when: [{column: op}, {column: clav}], set: {treatment: '1'}, "
            "columns: {clavien_dindo: {column: clav}}}]\n",
            "pat,op,clav\na,,II\n", "clav",
        ),
        # a code for nothing in a condition that no cell reads
        (TREATED.replace("[{column: op}]", "[{column: done}]"), "pat,done,op\na,NA,2020-01-01\n", "op"),
    ],
)  # fmt: skip
def test_what_a_condition_reads_is_not_passed_over_either(
    path: Path, tmp_path: Path, tables: str, lines: str, place: str
) -> None:
    with pytest.raises(Problems) as caught:
        _imported(path, tmp_path, f"tables:\n{tables}", lines)
    assert [(one.code, one.place, one.line) for one in caught.value.problems] == [("passed-over", place, 2)]


@pytest.mark.parametrize(
    ("tables", "lines"),
    [
        # what one block lists under `not` is no row of another either
        (
            (
                "tables:\n  treatment:\n    - {when: [{column: tx, is: [op], not: [none]}], "
                "set: {option: cytoreduction}, "
                "columns: {from: {column: day}}}\n    - {when: [{column: tx, is: [tae]}], "
                "set: {option: embolization.tae}, "
                "columns: {from: {column: day}}}\n"
            ),
            "pat,tx,day\na,op,2018-01-01\nb,tae,2018-02-01\nc,none,2018-02-01\n",
        ),
        # one date of progression or of its absence, as of old
        (
            (
                "complete: {progression: [{column: pd, is: ['0'], not: ['1']}]}\ntables:\n"
                "  progression: [{when: [{column: pd, is: ['1']}], columns: {date: {column: day}}}]\n"
            ),
            "pat,pd,day\na,0,2020-01-01\nb,1,2019-01-01\n",
        ),
    ],
)
def test_what_is_passed_over_on_purpose_is(path: Path, tmp_path: Path, tables: str, lines: str) -> None:
    _imported(path, tmp_path, tables, lines)


def test_where_an_empty_cell_is_asked_for_a_code_for_nothing_is_one(path: Path, tmp_path: Path) -> None:
    """Else who has no day of death, in so many words, would have no news at all."""
    found = _imported(path, tmp_path, f"tables:\n{ALIVE}", "pat,dod,fu\na,,2020-01-01\nb,NA,2020-01-01\n")
    assert found == {"death": 0, "last_contact": 2}


def test_an_export_with_labels_for_headings_is_told(tmp_path: Path) -> None:
    """Nothing of it would be found, and the proposal would be empty without a word."""
    sheet, book = tmp_path / "export.csv", tmp_path / "book.csv"
    sheet.write_text("Study ID,Vital status,Progression\n1,Alive,No\n", encoding="utf-8")
    book.write_text(BOOK, encoding="utf-8")
    with pytest.raises(Problems, match="raw data") as caught:
        propose_mapping(sheet, book)
    assert caught.value.problems[0].file == str(sheet)

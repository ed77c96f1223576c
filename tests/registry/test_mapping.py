from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from netlm.errors import Problems
from netlm.registry import import_files, open_registry, propose_mapping

MAPPING = """\
netlm: registry-mapping/1
id: centre-a
seen: yes
patient: pat
dates: day-month-year
decimal: comma
missing: {'-9': not asked}
complete: [complication]
case:
  as_of: opdate
  columns:
    ki67: {column: ki67, unit: '%'}
    functional: {column: func, values: {'0': no, '1': yes}}
    largest_metastasis: {column: size, unit: cm}
tables:
  patient: [{columns: {sex: {column: sex, values: {m: male, f: female}}}}]
  treatment:
    - when: [{column: opdate}]
      set: {option: cytoreduction}
      columns: {from: {column: opdate}, debulking_achieved: {column: deb, unit: '%'}}
  complication:
    - when: [{column: clav}]
      set: {treatment: '1'}
      columns: {clavien_dindo: {column: clav}}
  death: [{when: [{column: status, is: [dead]}], columns: {date: {column: last}}}]
  last_contact: [{when: [{column: status, is: [alive]}], columns: {date: {column: last}}}]
"""
SHEET = """\
pat;sex;opdate;ki67;func;size;deb;clav;status;last
a1;m;03.02.2019;2;1;3,2;80;;alive;01.05.2023
a2;f;12/2018;-9;0;;70-90;IIIa;dead;2022

a2;f;04.03.2020;5;0;;at least 95;II;dead;2022
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    sheet, mapping = tmp_path / "sheet.csv", tmp_path / "mapping.yaml"
    sheet.write_text(SHEET, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return sheet, mapping


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with open_registry(path) as registry:
        return registry.rows(sql)


def test_lines_become_rows(path: Path, files: tuple[Path, Path]) -> None:
    sheet, mapping = files
    done = import_files(path, [sheet], mapping=mapping)
    assert (done.added, done.problems) == (1, ())
    asked = """SELECT patient_id, row, from_lo::VARCHAR, from_hi::VARCHAR, debulking_achieved_lo, debulking_achieved_hi,
               place FROM treatment ORDER BY ALL"""
    assert _rows(path, asked) == [
        ("a1", 1, "2019-02-03", "2019-02-03", 80, 80, "line 2"),
        ("a2", 1, "2018-12-01", "2018-12-31", 70, 90, "line 3"),
        ("a2", 2, "2020-03-04", "2020-03-04", 95, 100, "line 5"),
    ]
    asked = "SELECT patient_id, treatment, clavien_dindo FROM complication ORDER BY ALL"
    assert _rows(path, asked) == [("a2", 1, "IIIa"), ("a2", 2, "II")]
    assert _rows(path, "SELECT patient_id, date_lo::VARCHAR, date_hi::VARCHAR FROM death") == [
        ("a2", "2022-01-01", "2022-12-31")
    ]
    asked = """SELECT patient_id, as_of::VARCHAR, ki67_lo, ki67_unknown, functional, largest_metastasis_lo FROM snapshot
               ORDER BY ALL"""
    assert _rows(path, asked) == [
        ("a1", "2019-02-03", 2, None, True, 32),
        ("a2", "2018-12-01", None, "not asked", False, None),
        ("a2", "2020-03-04", 5, None, False, None),
    ]
    assert _rows(path, "SELECT count(*) FROM coverage WHERE of_table = 'complication' AND complete") == [(2,)]


def test_the_same_sheet_twice_and_a_newer_one(path: Path, files: tuple[Path, Path]) -> None:
    sheet, mapping = files
    import_files(path, [sheet], mapping=mapping)
    before = path.read_bytes()
    assert import_files(path, [sheet], mapping=mapping).unchanged == 1
    assert path.read_bytes() == before
    sheet.write_text(SHEET + "a3;m;01.01.2021;2;1;1;70;;alive;01.05.2023\n", encoding="utf-8")
    assert import_files(path, [sheet], mapping=mapping).replaced == 1
    assert _rows(path, "SELECT count(*) FROM treatment") == [(4,)]


def test_a_table_needs_a_mapping(path: Path, files: tuple[Path, Path]) -> None:
    with pytest.raises(Problems, match="netlm registry map"):
        import_files(path, [files[0]])


def test_nothing_is_imported_unseen(path: Path, files: tuple[Path, Path]) -> None:
    sheet, mapping = files
    mapping.write_text(MAPPING.replace("seen: yes", "seen: no"), encoding="utf-8")
    with pytest.raises(Problems, match="nobody has approved"):
        import_files(path, [sheet], mapping=mapping)
    assert import_files(path, [sheet], mapping=mapping, dry_run=True).added == 1
    assert _rows(path, "SELECT count(*) FROM patient") == [(0,)]


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("a1;m;03.02.2019", "a1;m;03.13.2019", "bad-date"),
        ("a1;m", "a1;x", "unmapped-value"),
        ("a1;m", ";m", "bad-id"),
        ("a1;m", "Jane Doe;m", "bad-id"),
        (";80;", ";180;", "out-of-range"),
        (";IIIa;", ";VI;", "not-a-value"),
        ("a2;f;04", "a2;m;04", "two-values"),
    ],
)
def test_a_bad_line_is_named_and_left_out_on_request(
    path: Path, files: tuple[Path, Path], found: str, instead: str, code: str
) -> None:
    sheet, mapping = files
    sheet.write_text(SHEET.replace(found, instead), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [sheet], mapping=mapping)
    assert code in {problem.code for problem in caught.value.problems}
    assert len({problem.line for problem in caught.value.problems}) == 1
    assert "Jane" not in str(caught.value)
    done = import_files(path, [sheet], mapping=mapping, keep_good=True)
    assert done.left_out == 1
    assert _rows(path, "SELECT count(*) FROM treatment") == [(2,)]


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ("column: deb,", "column: debulk,", "no column `debulk`"),
        ("clavien_dindo: {", "clavien: {", "an unknown column"),
        ("  complication:", "  complications:", "an unknown table"),
        ("registry-mapping/1", "registry-mapping/2", "another format"),
        ("{column: last}", "{colum: last}", "colum"),
        ("day-month-year", "dd/mm/yyyy", "one of year-month-day"),
    ],
)
def test_a_bad_mapping_is_told(path: Path, files: tuple[Path, Path], found: str, instead: str, said: str) -> None:
    sheet, mapping = files
    mapping.write_text(MAPPING.replace(found, instead), encoding="utf-8")
    with pytest.raises(Problems, match=said):
        import_files(path, [sheet], mapping=mapping)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no heading"),
        (b"pat,pat\n1,2\n", "stands 2 times"),
        (b"pat,sex\n1\n", "1 cells under 2 headings"),
        (b'pat,sex\n1,"m\n', "a quote that is not closed"),
        (b"pat,sex\n1,\x81\x8d\n", "another encoding"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(content)
    with pytest.raises(Problems, match=said):
        propose_mapping(sheet)


ENGLISH = """\
patient_id,sex,year_of_birth,op_date,ki67_pct,functional,n_lesions,largest_lesion_mm,bilirubin,\
debulking,margin,clavien,vital_status,last_follow_up,shoe
a1,m,1950,23.02.2019,2,1,8,32,12,80,0,,alive,01.05.2023,44
a2,f,1960,12/2018,-9,0,,41,9,70,1,IIIa,dead,2022,39
a2,f,1960,04.03.2020,5,0,11,5.2,8,95,1,,dead,2022,39
"""


def test_a_proposal_needs_a_reader_and_then_works(path: Path, tmp_path: Path) -> None:
    """What cannot be known is marked; with those lines mended the sheet goes in."""
    sheet, mapping = tmp_path / "sheet.csv", tmp_path / "mapping.yaml"
    sheet.write_text(ENGLISH, encoding="utf-8")
    text = propose_mapping(sheet)
    said = yaml.safe_load(text)
    assert said["seen"] is False
    assert said["patient"] == "patient_id"
    assert said["dates"] == "day-month-year"
    assert said["missing"] == {"-9": "missing code -9"}
    assert said["case"]["columns"]["ki67"] == {"column": "ki67_pct", "unit": "%"}
    assert "bilirubin" not in said["case"]["columns"], "12 of what?"
    assert "is it mg/dL?" in text
    assert "#   shoe" in text
    text = text.replace("option: ...", "option: cytoreduction").replace("seen: no", "seen: yes")
    mapping.write_text(text, encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT patient_id, margin FROM treatment ORDER BY ALL") == [
        ("a1", "R0"), ("a2", "R1"), ("a2", "R1"),
    ]  # fmt: skip
    assert _rows(path, "SELECT patient_id FROM death") == [("a2",)]
    assert _rows(path, "SELECT patient_id FROM last_contact") == [("a1",)]


REDCAP = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,birth_year,functional,symptoms___1,symptoms___2,\
surgery_date,debulking,margin,death_date
1,,,2,1961,1,1,0,,,,2022-05-01
1,surgery,1,,,,,,2019-03-04,85,1,
1,surgery,2,,,,,,2020-03-04,UNK,0,
2,,,1,1955,NASK,0,0,,,,
2,surgery,1,,,,,,2021-06-01,60,2,
"""
DICTIONARY = """\
"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels"
record_id,baseline,,text,Record ID,
sex,baseline,,radio,Sex,"1, Male | 2, Female"
birth_year,baseline,,text,Year of birth,
functional,baseline,,yesno,Functional tumour,
symptoms,baseline,,checkbox,Symptoms,"1, hormonal | 2, liver_bulk"
surgery_date,surgery,,text,Date of surgery,
debulking,surgery,,text,Extent of debulking (%),
margin,surgery,,dropdown,Resection margin,"0, R0 | 1, R1 | 2, R2"
death_date,baseline,,text,Date of death,
"""


@pytest.mark.parametrize("labels", [False, True])
def test_a_redcap_export_with_its_dictionary(path: Path, tmp_path: Path, labels: bool) -> None:
    """Repeated instruments, checkboxes, choices as codes or labels, and codes for what is missing."""
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    text = REDCAP
    if labels:
        text = text.replace("1,,,2,", "1,,,Female,").replace("2,,,1,", "2,,,Male,")
    sheet.write_text(text, encoding="utf-8")
    book.write_text(DICTIONARY, encoding="utf-8")
    proposal = propose_mapping(sheet, book)
    assert "CHECK: which treatment is it?" in proposal
    mapping.write_text(
        proposal.replace("option: ...", "option: cytoreduction").replace("seen: no", "seen: yes"), encoding="utf-8"
    )
    import_files(path, [sheet], mapping=mapping)
    asked = (
        "SELECT patient_id, row, margin, debulking_achieved_lo, debulking_achieved_unknown FROM treatment ORDER BY ALL"
    )
    assert _rows(path, asked) == [
        ("1", 1, "R1", 85, None), ("1", 2, "R0", None, "unknown"), ("2", 1, "R2", 60, None),
    ]  # fmt: skip
    asked = (
        "SELECT patient_id, as_of::VARCHAR, sex, functional, functional_unknown, symptoms FROM snapshot ORDER BY ALL"
    )
    assert _rows(path, asked) == [
        ("1", "2019-03-04", "female", True, None, ["hormonal"]), ("2", "2021-06-01", "male", None, "not asked", []),
    ]  # fmt: skip
    assert _rows(path, "SELECT patient_id, birth_lo::VARCHAR FROM patient ORDER BY ALL") == [
        ("1", "1961-01-01"), ("2", "1955-01-01"),
    ]  # fmt: skip


def test_what_is_no_dictionary_is_told(tmp_path: Path) -> None:
    sheet = tmp_path / "export.csv"
    sheet.write_text(REDCAP, encoding="utf-8")
    with pytest.raises(Problems, match="data dictionary"):
        propose_mapping(sheet, sheet)


def _codes(caught: pytest.ExceptionInfo[Problems]) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_facts_of_one_day_that_differ_are_told(path: Path, files: tuple[Path, Path]) -> None:
    """The second line of a patient and day is never dropped; the same said in other words is one case."""
    sheet, mapping = files
    again = "a1;m;03.02.2019;{};1;3,2;90;;alive;01.05.2023\n"
    sheet.write_text(SHEET + again.format("3"), encoding="utf-8")
    with pytest.raises(Problems, match="line 2") as caught:
        import_files(path, [sheet], mapping=mapping)
    assert _codes(caught) == [("two-values", 6)]
    sheet.write_text(SHEET + again.format("2,0"), encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT count(*) FROM snapshot WHERE patient_id = 'a1'") == [(1,)]
    assert _rows(path, "SELECT count(*) FROM treatment WHERE patient_id = 'a1'") == [(2,)], "two on one day"


def test_two_deaths_on_one_line_are_told(path: Path, files: tuple[Path, Path]) -> None:
    sheet, mapping = files
    second = "  death: [{when: [{column: opdate}], columns: {date: {column: opdate}}}, {when"
    mapping.write_text(MAPPING.replace("  death: [{when", second), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        import_files(path, [sheet], mapping=mapping)
    assert ("two-values", 3) in _codes(caught)


def test_a_repeated_line_is_told(path: Path, files: tuple[Path, Path]) -> None:
    """A line equal in all that is read would be a second treatment; one without such a row does no harm."""
    sheet, mapping = files
    line = SHEET.splitlines()[1]
    sheet.write_text(SHEET + line + "\n", encoding="utf-8")
    with pytest.raises(Problems, match="line 2") as caught:
        import_files(path, [sheet], mapping=mapping)
    assert _codes(caught) == [("twice", 6)]
    import_files(path, [sheet], mapping=mapping, keep_good=True)
    assert _rows(path, "SELECT count(*) FROM treatment WHERE patient_id = 'a1'") == [(1,)]
    no_row = "a1;m;;;;;;;alive;01.05.2023\n"
    sheet.write_text(SHEET + no_row + no_row, encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT count(*) FROM last_contact WHERE patient_id = 'a1'") == [(1,)]


@pytest.mark.parametrize("cell", ["1.234", "1.234,5", "0.5"])
def test_a_dot_among_decimal_commas_is_told(path: Path, files: tuple[Path, Path], cell: str) -> None:
    """It may part thousands or decimals: nobody guesses which."""
    sheet, mapping = files
    sheet.write_text(SHEET.replace(";3,2;", f";{cell};"), encoding="utf-8")
    with pytest.raises(Problems, match="a decimal comma") as caught:
        import_files(path, [sheet], mapping=mapping)
    assert _codes(caught) == [("decimal-dot", 2)]


def test_a_proposal_points_at_dots_among_commas(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("pat;ki67_pct\na1;3,2\na2;1.5\n", encoding="utf-8")
    assert "decimal: comma    # CHECK" in propose_mapping(sheet)


BOXES = """\
netlm: registry-mapping/1
id: boxes
seen: yes
patient: pat
missing: {'-99': refused}
case:
  as_of: day
  columns:
    symptoms:
      boxes: {s___1: hormonal, s___2: liver_bulk, s___9: {unknown: not asked}}
      completed: form_complete
    primary_site: {column: site, values: {'1': ileum, '9': {unknown: no record}}}
"""


def _boxes(path: Path, folder: Path, cells: str, mapping: str = BOXES) -> tuple[object, object]:
    """The symptoms that a line of three boxes and the state of the form becomes, and why they are unknown."""
    sheet, file = folder / "boxes.csv", folder / "boxes.yaml"
    sheet.write_text(f"pat,day,s___1,s___2,s___9,form_complete,site\na1,2020-01-01,{cells},1\n", encoding="utf-8")
    file.write_text(mapping, encoding="utf-8")
    import_files(path, [sheet], mapping=file)
    ((symptoms, why),) = _rows(path, "SELECT symptoms, symptoms_unknown FROM snapshot")
    return symptoms, why


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("1,0,0,2", (["hormonal"], None)),
        ("Checked,Unchecked,Unchecked,Complete", (["hormonal"], None)),
        ("TRUE,true,FALSE,1", (["hormonal", "liver_bulk"], None)),
        ("X,,,Unverified", (["hormonal"], None)),
        ("Yes,No,no,2", (["hormonal"], None)),
        ("0,0,0,2", ([], None)),
        ("0,0,1,2", (None, "not asked")),
        ("0,0,1,0", (None, "not asked")),
        ("0,0,0,0", (None, "form not completed")),
        ("0,0,0,Incomplete", (None, "form not completed")),
        ("0,0,0,", (None, None)),
        ("0,0,0,-99", (None, "refused")),
        ("1,0,0,0", (["hormonal"], None)),
        ("-99,-99,-99,2", (None, "refused")),
        ("0,-99,0,2", (None, "refused")),
        ("1,-99,0,2", (None, "at least hormonal")),
        (",,,2", (None, None)),
    ],
)
def test_boxes_that_are_not_ticked_are_not_always_none(
    path: Path, tmp_path: Path, cells: str, expected: tuple[object, object]
) -> None:
    assert _boxes(path, tmp_path, cells) == expected


@pytest.mark.parametrize(
    ("cells", "code"),
    [("1,0,1,2", "contradiction"), ("ja,0,0,2", "unmapped-value"), ("0,0,0,done", "unmapped-value")],
)
def test_boxes_that_cannot_be_read_are_told(path: Path, tmp_path: Path, cells: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        _boxes(path, tmp_path, cells)
    assert _codes(caught) == [(code, 2)]


def test_an_answer_that_says_unknown_is_unknown_and_gives_no_row(path: Path, files: tuple[Path, Path]) -> None:
    sheet, mapping = files
    mapping.write_text(
        MAPPING.replace("values: {'0': no, '1': yes}", "values: {'0': no, '1': {unknown: not known}}").replace(
            "{column: clav}}", "{column: clav, values: {IIIa: IIIa, II: {unknown: not graded}}}}"
        ),
        encoding="utf-8",
    )
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT functional, functional_unknown FROM snapshot WHERE patient_id = 'a1'") == [
        (None, "not known")
    ]
    assert _rows(path, "SELECT clavien_dindo FROM complication") == [("IIIa",)]


def test_a_code_is_missing_or_a_value(path: Path, tmp_path: Path) -> None:
    for answer in ("ileum", "{unknown: no record}"):
        both = BOXES.replace("{'1': ileum", f"{{'-99': {answer}, '1': ileum")
        with pytest.raises(Problems, match="under `missing` too") as caught:
            _boxes(path, tmp_path, "1,0,0,2", both)
        assert _codes(caught) == [("bad-mapping", 12)]


def test_what_is_left_to_fill_in_is_told_at_once(path: Path, tmp_path: Path) -> None:
    left = BOXES.replace("liver_bulk", "...").replace("ileum", "...").replace("patient: pat", "patient: ...")
    with pytest.raises(Problems, match="filled in") as caught:
        _boxes(path, tmp_path, "1,0,0,2", left)
    assert _codes(caught) == [("bad-mapping", 4), ("bad-mapping", 10), ("bad-mapping", 12)]
    with pytest.raises(Problems, match="nobody has approved") as caught:
        _boxes(path, tmp_path, "1,0,0,2", left.replace("seen: yes", "seen: no"))
    assert [code for code, _ in _codes(caught)] == ["unseen-mapping", "bad-mapping", "bad-mapping", "bad-mapping"]


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ("{unknown: not asked}", "{because: not asked}", "because"),
        ("{column: site,", "{column: site, completed: form_complete,", "completed"),
    ],
)
def test_a_bad_answer_is_told(path: Path, tmp_path: Path, found: str, instead: str, said: str) -> None:
    with pytest.raises(Problems, match=said):
        _boxes(path, tmp_path, "1,0,0,2", BOXES.replace(found, instead))


UNKNOWNS = """\
record_id,sex,primary_site,functional,sstr,birth_year,op_date,symptoms___1,symptoms___2,symptoms___9,symptoms____99,\
symptoms___unk,baseline_complete
1,2,-99,9,1,1961,2020-01-01,0,0,0,0,0,0
2,1,9,1,8,1955,2020-01-01,1,0,0,0,0,2
3,1,1,0,2,1955,2020-01-01,0,0,1,0,0,2
4,1,1,0,2,1955,2020-01-01,0,0,0,0,1,2
5,1,2,0,2,1955,2020-01-01,0,0,0,0,0,2
"""
UNKNOWNS_BOOK = """\
"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels"
record_id,baseline,,text,Record ID,
sex,baseline,,radio,Sex,"1, Male | 2, Female"
birth_year,baseline,,text,Year of birth,
op_date,baseline,,text,Date of surgery,
primary_site,baseline,,radio,Primary site,"1, Ileum | 2, Unknown primary | 9, Not known | -99, Unknown | -9, Refused"
functional,baseline,,radio,Functional tumour,"1, Yes | 0, No | 9, Unknown"
sstr,baseline,,radio,SSTR,"1, Positive | 2, Negative | 8, Scan not done"
symptoms,baseline,,checkbox,Symptoms,"1, hormonal | 2, liver_bulk | 9, Not asked | -99, No answer"
"""


def test_a_redcap_proposal_makes_no_answer_of_what_is_unknown(path: Path, tmp_path: Path) -> None:
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    sheet.write_text(UNKNOWNS, encoding="utf-8")
    book.write_text(UNKNOWNS_BOOK, encoding="utf-8")
    text = propose_mapping(sheet, book)
    said = yaml.load(text, yaml.BaseLoader)
    columns = said["case"]["columns"]
    assert columns["primary_site"]["values"] == {"1": "Ileum", "2": "Unknown primary", "9": {"unknown": "not known"}}
    assert columns["sstr"]["values"]["8"] == {"unknown": "not done"}
    assert columns["symptoms"] == {
        "boxes": {
            "symptoms___1": "hormonal", "symptoms___2": "liver_bulk",
            "symptoms___9": {"unknown": "not asked"}, "symptoms____99": {"unknown": "missing code -99"},
            "symptoms___unk": {"unknown": "unknown"},
        },
        "completed": "baseline_complete",
    }  # fmt: skip
    assert said["missing"] == {"-9": "missing code -9", "-99": "missing code -99"}
    for name in ("primary_site", "functional", "sstr", "symptoms"):
        (line,) = [line for line in text.splitlines() if line.strip().startswith(f"{name}:")]
        assert "CHECK" in line, name
    mapping.write_text(text.replace("seen: no", "seen: yes").replace("option: ...", "option: cytoreduction"), "utf-8")
    import_files(path, [sheet], mapping=mapping)
    asked = """SELECT primary_site, primary_site_unknown, functional_unknown, sstr_unknown, symptoms, symptoms_unknown
               FROM snapshot ORDER BY patient_id"""
    assert _rows(path, asked) == [
        (None, "missing code -99", "unknown", None, None, "form not completed"),
        (None, "not known", None, "not done", ["hormonal"], None),
        ("ileum", None, None, None, None, "not asked"),
        ("ileum", None, None, None, None, "unknown"),
        ("unknown_primary", None, None, None, [], None),
    ]


def test_a_redcap_proposal_reads_labels_that_say_unknown(tmp_path: Path) -> None:
    sheet, book = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    sheet.write_text("record_id,primary_site\n1,Ileum\n2,Unknown\n3,Refused\n4,Not known\n", encoding="utf-8")
    book.write_text(UNKNOWNS_BOOK, encoding="utf-8")
    said = yaml.safe_load(propose_mapping(sheet, book).replace("  as_of: ...", "  as_of: x"))
    assert said["case"]["columns"]["primary_site"]["values"] == {
        "Ileum": "Ileum", "Unknown primary": "Unknown primary",
        "Not known": {"unknown": "not known"}, "Refused": {"unknown": "missing code -9"},
    }  # fmt: skip
    assert said["missing"]["Unknown"] == "unknown"


@pytest.mark.parametrize("title", ["surgery", "Surgery"], ids=["name", "title"])
def test_repeated_instruments_are_told_apart(path: Path, tmp_path: Path, title: str) -> None:
    """Two that are equal in all are two where REDCap numbers them; an export of labels has the titles of forms."""
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    text = REDCAP + "2,surgery,2,,,,,,2021-06-01,60,2,\n"
    sheet.write_text(text.replace(",surgery,", f",{title},"), encoding="utf-8")
    book.write_text(DICTIONARY, encoding="utf-8")
    proposal = propose_mapping(sheet, book).replace("option: ...", "option: cytoreduction")
    mapping.write_text(proposal.replace("seen: no", "seen: yes"), encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT count(*) FROM treatment WHERE patient_id = '2'") == [(2,)]


def test_an_answer_that_says_unknown_is_proposed_as_unknown(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("pat,primary_site\na1,UNKNOWN\na2,midgut\na3,not known\n", encoding="utf-8")
    text = propose_mapping(sheet)
    assert yaml.safe_load(text)["case"]["columns"]["primary_site"]["values"] == {
        "UNKNOWN": {"unknown": "unknown"}, "midgut": "ileum", "not known": {"unknown": "not known"},
    }  # fmt: skip
    assert "CHECK: 1 of 1 can be read; 2 answers are read as unknown" in text


def _loads(path: Path, folder: Path, sheet: str, mend: tuple[tuple[str, str], ...] = ()) -> str:
    """The proposal for a sheet; it is read as a mapping, after what only a reader knows is filled in."""
    file, mapping = folder / "sheet.csv", folder / "mapping.yaml"
    file.write_text(sheet, encoding="utf-8")
    text = propose_mapping(file)
    filled = text.replace("seen: no", "seen: yes")
    for found, instead in mend:
        assert found in filled
        filled = filled.replace(found, instead)
    mapping.write_text(filled, encoding="utf-8")
    import_files(path, [file], mapping=mapping)
    return text


def test_headings_that_are_the_names_of_columns_are_recognised(path: Path, tmp_path: Path) -> None:
    sheet = "patient,as_of,option,from,ki67_pct,functional\na1,2020-01-02,cytoreduction,2020-01-02,2,yes\n"
    text = _loads(path, tmp_path, sheet)
    assert "..." not in text
    assert "Not used" not in text
    assert _rows(path, "SELECT as_of::VARCHAR, ki67_lo, functional FROM snapshot") == [("2020-01-02", 2, True)]
    assert _rows(path, "SELECT option, from_lo::VARCHAR FROM treatment") == [("cytoreduction", "2020-01-02")]


def test_a_block_of_which_nothing_can_be_read_is_proposed_as_a_comment(path: Path, tmp_path: Path) -> None:
    """Whoever can read it takes the signs of a comment away."""
    sheet = "patient,as_of,ki67_pct,relief,death_date\na1,2020-01-02,2,much,when?\na2,2020-01-02,2,little,so\n"
    text = _loads(path, tmp_path, sheet)
    assert "tables" not in yaml.safe_load(text)
    _, mark, rest = text.partition("# tables:")
    assert mark
    tables = yaml.safe_load("tables:" + rest.replace("\n# ", "\n"))["tables"]
    assert tables["death"] == [{"when": [{"column": "death_date"}], "columns": {"date": {"column": "death_date"}}}]
    assert tables["symptom"][0]["columns"]["relief"]["values"] == {"much": "...", "little": "..."}


def test_facts_that_nobody_can_read_make_no_case(path: Path, tmp_path: Path) -> None:
    text = _loads(path, tmp_path, "patient,as_of,sex,last_seen\na1,2020-01-02,blue,2021-01-01\n")
    said = yaml.safe_load(text)
    assert "case" not in said
    assert list(said["tables"]) == ["last_contact"]
    assert "# case:" in text
    assert _rows(path, "SELECT count(*) FROM last_contact") == [(1,)]


def test_complications_do_not_name_a_treatment_that_is_a_comment(path: Path, tmp_path: Path) -> None:
    text = _loads(path, tmp_path, "patient,clavien,op_date\na1,II,spring\n")
    assert "set: {treatment" not in text
    assert list(yaml.safe_load(text)["tables"]) == ["complication"]


def test_of_two_headings_for_one_thing_the_one_that_can_be_read_is_proposed(path: Path, tmp_path: Path) -> None:
    text = _loads(path, tmp_path, "patient,as_of,gender,sex,mib1_pct,ki67_pct\na1,2020-01-02,blue,male,2,3\n")
    columns = yaml.safe_load(text)["case"]["columns"]
    assert columns["sex"]["column"] == "sex"
    assert columns["ki67"]["column"] == "mib1_pct"
    assert "#   gender    # CHECK: `sex` is taken for it" in text
    assert "#   ki67_pct    # CHECK: `mib1_pct` is taken for it" in text


def test_a_treatment_that_cannot_be_read_is_asked_for(path: Path, tmp_path: Path) -> None:
    text = _loads(
        path,
        tmp_path,
        "patient,option,op_date\na1,Whipple,2020-01-02\n",
        (("{option: ...}", "{option: cytoreduction}"),),
    )
    assert "# option: {column: option, values: {Whipple: ...}}" in text
    assert _rows(path, "SELECT option FROM treatment") == [("cytoreduction",)]


def test_a_table_that_lacks_what_it_needs_is_proposed_as_a_comment(path: Path, tmp_path: Path) -> None:
    sheet = "patient,as_of,sex,margin,relief,score,date\na1,2020-01-02,male,R0,partial,50,2020-01-02\n"
    text = _loads(path, tmp_path, sheet)
    assert "#   treatment:    # CHECK: no column can be read as `from`" in text
    assert "#   symptom:    # CHECK: no column can be read as `treatment`" in text
    assert "#   quality_of_life:    # CHECK: no column can be read as `date` and `instrument`" in text
    assert "tables" not in yaml.safe_load(text)
    assert _rows(path, "SELECT sex FROM snapshot") == [("male",)]


def test_a_line_without_relief_is_proposed_to_give_no_symptom(path: Path, tmp_path: Path) -> None:
    sheet = "patient,option,from,relief\na1,cytoreduction,2020-01-02,partial\na2,cytoreduction,2020-01-02,\n"
    _loads(path, tmp_path, sheet)
    assert _rows(path, "SELECT patient_id, relief FROM symptom") == [("a1", "partial")]


def test_a_row_names_no_treatment_of_another_line(path: Path, files: tuple[Path, Path]) -> None:
    """A complication on a line without an operation is not one of the operation that comes next."""
    sheet, mapping = files
    sheet.write_text(SHEET.replace("a2;f;12/2018;-9;0;;70-90;", "a2;f;;;;;;"), encoding="utf-8")
    with pytest.raises(Problems, match="treatments on the same line") as caught:
        import_files(path, [sheet], mapping=mapping)
    assert _codes(caught) == [("no-such-treatment", 3)]
    import_files(path, [sheet], mapping=mapping, keep_good=True)
    assert _rows(path, "SELECT clavien_dindo FROM complication") == [("II",)]


COMPLICATIONS = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,surgery_date,margin,clavien,relief
1,surgery,1,2020-01-02,0,2,
1,surgery,2,2020-03-02,0,,
1,{form},1,,,2,1
"""
COMPLICATIONS_BOOK = """\
"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels"
record_id,baseline,,text,Record ID,
surgery_date,surgery,,text,Date of surgery,
margin,surgery,,dropdown,Resection margin,"0, R0 | 1, R1 | 2, R2"
clavien,{form},,dropdown,Clavien-Dindo grade,"1, I | 2, II | 3, IIIa"
relief,visit,,dropdown,Symptom relief,"1, partial"
"""


@pytest.mark.parametrize(
    ("form", "expected"), [("surgery", [(1, "II")]), ("visit", [(None, "II")])], ids=["same form", "own form"]
)
def test_redcap_complications_name_a_treatment_of_the_same_form(
    path: Path, tmp_path: Path, form: str, expected: list[tuple[int | None, str]]
) -> None:
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    lines = COMPLICATIONS.format(form="visit")
    sheet.write_text(
        lines.replace(",,,2,1\n", ",,,,1\n") if form == "surgery" else lines.replace("0,2,\n", "0,,\n"),
        encoding="utf-8",
    )
    book.write_text(COMPLICATIONS_BOOK.format(form=form), encoding="utf-8")
    text = propose_mapping(sheet, book)
    assert "#   symptom:    # CHECK: no column can be read as `treatment`" in text
    mapping.write_text(text.replace("seen: no", "seen: yes").replace("option: ...", "option: cytoreduction"), "utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT treatment, clavien_dindo FROM complication") == expected


def test_yes_and_no_are_read_from_an_export_of_labels(path: Path, tmp_path: Path) -> None:
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    sheet.write_text("record_id,board_date,functional,symptomatic\n1,2020-01-02,Yes,False\n", encoding="utf-8")
    book.write_text(
        UNKNOWNS_BOOK.splitlines()[0] + "\nrecord_id,baseline,,text,Record ID,\n"
        "board_date,baseline,,text,Date of board,\nfunctional,baseline,,yesno,Functional tumour,\n"
        "symptomatic,baseline,,truefalse,Symptomatic,\n",
        encoding="utf-8",
    )
    mapping.write_text(propose_mapping(sheet, book).replace("seen: no", "seen: yes"), encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT functional, symptomatic FROM snapshot") == [(True, False)]


def test_an_answer_that_is_no_choice_cannot_be_read(tmp_path: Path) -> None:
    sheet, book = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    sheet.write_text("record_id,functional\n1,1\n2,0\n3,yes\n", encoding="utf-8")
    book.write_text(UNKNOWNS_BOOK, encoding="utf-8")
    assert "2 of 3 can be read" in propose_mapping(sheet, book)


STATUS = "record_id,status,death_date,last_contact\n1,1,,2022-01-01\n2,2,2021-01-01,\n3,3,,2021-05-05\n"


def test_a_status_is_what_its_dictionary_says(tmp_path: Path) -> None:
    """Code 1 is often the living: taken for the dead, no death would come in."""
    sheet, book = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    sheet.write_text(STATUS, encoding="utf-8")
    book.write_text(
        '"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels"\n'
        'record_id,a,text,Record,\nstatus,a,radio,Status,"1, Alive | 2, Dead | 3, Lost | 4, Moved"\n'
        "death_date,a,text,Date of death,\nlast_contact,a,text,Date of last contact,\n",
        encoding="utf-8",
    )
    found = propose_mapping(sheet, book)
    tables = yaml.safe_load(found)["tables"]
    assert tables["death"][0]["when"] == [{"column": "status", "is": [2]}]
    assert tables["last_contact"][0]["when"][1] == {"column": "status", "is": [1, 3]}
    assert found.count("CHECK: which answers of status mean that; in no list: ") == 2


def test_the_dead_are_never_proposed_to_be_passed_over(path: Path, tmp_path: Path) -> None:
    """A cause of death is no day: the last follow-up is, and where there is none an import has to stop at the dead."""
    sheet, mapping = tmp_path / "sheet.csv", tmp_path / "mapping.yaml"
    sheet.write_text(
        "pat,status,last follow up,cause of death\n1,alive,2022-01-01,\n2,dead,2021-01-01,tumour\n", "utf-8"
    )
    assert yaml.safe_load(propose_mapping(sheet))["tables"]["death"][0]["columns"]["date"] == {
        "column": "last follow up"
    }
    sheet.write_text("pat,status,last seen,dod\n1,alive,2022-01-01,\n2,dead,2021-01-01,early\n", "utf-8")
    found = propose_mapping(sheet)
    assert found.count("in no list: dead") == 1
    mapping.write_text(found.replace("seen: no", "seen: yes"), encoding="utf-8")
    with pytest.raises(Problems, match="a value that no condition of the mapping names"):
        import_files(path, [sheet], mapping=mapping)


def test_codes_of_a_status_that_nobody_explains_are_not_guessed(tmp_path: Path) -> None:
    """1 and 2 may be alive and dead or the other way round; 0 and 1 are no and yes, and still to be looked at."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(STATUS, encoding="utf-8")
    assert yaml.safe_load(propose_mapping(sheet))["tables"]["death"][0]["when"] == [{"column": "death_date"}]
    sheet.write_text("pat,dead,death_date\n1,1,2021-01-01\n2,0,\n", encoding="utf-8")
    found = propose_mapping(sheet)
    assert yaml.safe_load(found)["tables"]["death"][0]["when"] == [{"column": "dead", "is": [1], "not": [0]}]
    assert "CHECK: which answers of dead mean that; in no list: " not in found


def test_a_patient_of_whom_a_line_is_left_out_is_not_complete(path: Path, tmp_path: Path) -> None:
    """The line that cannot be read may have been the complication: none is not known of the patient."""
    mapping, sheet = tmp_path / "mapping.yaml", tmp_path / "sheet.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    lines = SHEET.replace("a2;f;04.03.2020", "a2;f;31.02.2020")
    sheet.write_text(lines, encoding="utf-8")
    assert import_files(path, [sheet], mapping=mapping, keep_good=True).left_out == 1
    asked = "SELECT patient_id, complete, unknown FROM coverage ORDER BY ALL"
    assert _rows(path, asked) == [("a1", True, None), ("a2", False, "a line of the patient was left out")]


def test_a_death_in_another_case_is_told(path: Path, tmp_path: Path) -> None:
    """`Dead` is not `dead`: the block would not hold, and the patient would live."""
    mapping, sheet = tmp_path / "mapping.yaml", tmp_path / "sheet.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    sheet.write_text(SHEET.replace("dead", "Dead"), encoding="utf-8")
    with pytest.raises(Problems, match="but for capitals"):
        import_files(path, [sheet], mapping=mapping)
    mapping.write_text(MAPPING.replace("[dead]", "[dead, Dead]"), encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT patient_id FROM death") == [("a2",)]


def test_a_word_that_no_condition_names_is_told(path: Path, files: tuple[Path, Path]) -> None:
    """Once a line, also where the block does not hold for another reason; whoever it was may have died."""
    sheet, mapping = files
    mapping.write_text(MAPPING.replace("death: [{when: [", "death: [{when: [{column: last}, "), encoding="utf-8")
    sheet.write_text(SHEET.replace("alive;01.05.2023", "deceased;") + "a1;m;01.01.2024;2;1;1;70;;;\n", "utf-8")
    with pytest.raises(Problems, match=r"`is` or `not`") as caught:
        import_files(path, [sheet], mapping=mapping)
    assert _codes(caught) == [("unmapped-value", 2)]
    assert caught.value.problems[0].place == "status"
    assert import_files(path, [sheet], mapping=mapping, keep_good=True).left_out == 1
    assert _rows(path, "SELECT patient_id, unknown FROM coverage WHERE of_table = 'death'") == [
        ("a1", "a line of the patient was left out")
    ]


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("is: [dead]}", "is: [dead], not: [lost]}"),
        ("missing: {", "missing: {lost: not told, "),
        ("is: [alive]}", "is: [alive, lost]}"),
        ("death: [{when: [{column: status, is: [dead]}]", "death: [{when: [{column: status}]"),
        ("{sex: {column: sex", "{birth: {column: status, values: {lost: '1950'}}, sex: {column: sex"),
    ],
    ids=["not", "missing", "is", "filled", "values"],
)
def test_a_word_that_is_named_anywhere_is_none(path: Path, files: tuple[Path, Path], found: str, instead: str) -> None:
    """Under `not` it gives no row; where a block asks only that the cell is filled, nothing is passed over."""
    sheet, mapping = files
    mapping.write_text(MAPPING.replace(found, instead), encoding="utf-8")
    sheet.write_text(SHEET + "a3;;;2;1;1;;;lost;01.05.2023\n".replace(";2;1;1;;;", ";;;;;;"), encoding="utf-8")
    if found.startswith("{sex"):
        sheet.write_text("pat;sex;opdate;ki67;func;size;deb;clav;status;last\na3;m;;;;;;;lost;\n", "utf-8")
    assert import_files(path, [sheet], mapping=mapping).problems == ()


@pytest.mark.parametrize(
    ("instead", "said"), [("is: [dead], not: [dead, lost]", "each value once"), ("not: [lost]", "`is` beside `not`")]
)
def test_a_condition_that_says_both_is_told(path: Path, files: tuple[Path, Path], instead: str, said: str) -> None:
    sheet, mapping = files
    mapping.write_text(MAPPING.replace("is: [dead]", instead), encoding="utf-8")
    with pytest.raises(Problems, match=said):
        import_files(path, [sheet], mapping=mapping)


def test_instruments_that_nobody_reads_are_proposed_as_passed_over(path: Path, tmp_path: Path) -> None:
    sheet, book, mapping = tmp_path / "export.csv", tmp_path / "dictionary.csv", tmp_path / "mapping.yaml"
    sheet.write_text(REDCAP + "2,bloods,1,,,,,,,,,\n", encoding="utf-8")
    book.write_text(DICTIONARY, encoding="utf-8")
    proposal = propose_mapping(sheet, book).replace("option: ...", "option: cytoreduction")
    mapping.write_text(proposal.replace("seen: no", "seen: yes"), encoding="utf-8")
    assert "is: [surgery], not: [bloods]" in proposal
    assert import_files(path, [sheet], mapping=mapping).problems == ()
    sheet.write_text(REDCAP + "2,scans,1,,,,,,,,,\n", encoding="utf-8")
    with pytest.raises(Problems, match="a value that no condition of the mapping names"):
        import_files(path, [sheet], mapping=mapping)


@pytest.mark.parametrize("keep_good", [False, True])
def test_the_same_sheet_again_is_unchanged_and_its_bad_lines_are_named_again(
    path: Path, files: tuple[Path, Path], keep_good: bool
) -> None:
    sheet, mapping = files
    sheet.write_text(SHEET.replace(";IIIa;", ";VI;"), encoding="utf-8")
    first = import_files(path, [sheet], mapping=mapping, keep_good=True)
    before = path.read_bytes()
    again = import_files(path, [sheet], mapping=mapping, keep_good=keep_good)
    assert path.read_bytes() == before
    assert (again.added, again.replaced, again.unchanged, again.left_out, again.rows) == (0, 0, 1, 1, {})
    assert [str(one) for one in again.problems] == [str(one) for one in first.problems]


VISITS = """\
netlm: registry-mapping/1
id: visits
seen: yes
patient: pat
tables: {last_contact: [{when: [{column: seen}], columns: {date: {column: seen}, disease: {column: found}}}]}
"""


def test_of_several_last_contacts_the_latest_counts(path: Path, tmp_path: Path) -> None:
    """Each visit was the last once; two findings of one day contradict each other."""
    sheet, mapping = tmp_path / "sheet.csv", tmp_path / "mapping.yaml"
    mapping.write_text(VISITS, encoding="utf-8")
    lines = "pat,seen,found\n1,2020,none\n1,2023-05-01,present\n2,2019-01-01,\n1,2021-03-01,none\n"
    sheet.write_text(lines, encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    asked = "SELECT patient_id, date_lo::VARCHAR, disease, place FROM last_contact ORDER BY 1"
    assert _rows(path, asked) == [("1", "2023-05-01", "present", "line 3"), ("2", "2019-01-01", None, "line 4")]
    sheet.write_text(lines + "1,2023-05-01,none\n", encoding="utf-8")
    with pytest.raises(Problems, match="another `last_contact` of the same day than on line 3"):
        import_files(path, [sheet], mapping=mapping)


def test_a_code_for_nothing_is_no_day_of_a_case(path: Path, files: tuple[Path, Path]) -> None:
    """Its facts belong to the first day that a line of the patient names, as where the day is empty."""
    sheet, mapping = files
    heading = SHEET.partition("\n")[0]
    lines = "a1;m;-9;2;1;3,2;;;alive;01.05.2023\na1;m;03.02.2019;2;1;3,2;80;;alive;01.05.2023\n"
    sheet.write_text(f"{heading}\n{lines}", encoding="utf-8")
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT as_of::VARCHAR FROM snapshot") == [("2019-02-03",)]
    assert _rows(path, "SELECT count(*) FROM treatment") == [(1,)]
    sheet.write_text(f"{heading}\na1;m;-9;2;1;3,2;;;alive;01.05.2023\n", encoding="utf-8")
    with pytest.raises(Problems, match="facts of no day"):
        import_files(path, [sheet], mapping=mapping)


def test_one_operation_on_two_lines_is_not_two(path: Path, files: tuple[Path, Path]) -> None:
    """Of two equal ones nobody could tell which came first, and the patient would drop out of every study."""
    sheet, mapping = files
    again = SHEET + "a1;m;03.02.2019;2;1;3,2;80;II;alive;01.06.2023\n"
    sheet.write_text(again, encoding="utf-8")
    with pytest.raises(Problems, match="the same treatment as on line 2"):
        import_files(path, [sheet], mapping=mapping)
    mapping.write_text(
        MAPPING.replace("- when: [{column: opdate}]", "- when: [{column: opdate}, {column: last}]"), "utf-8"
    )
    import_files(path, [sheet], mapping=mapping)
    assert _rows(path, "SELECT count(*) FROM treatment WHERE patient_id = 'a1'") == [(2,)]

"""The PDF: at most three A4 pages, page one by itself, tagged, the same bytes twice, every sign drawn or named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

import netlm
from netlm.dossier import NotShown, booklet_pdf
from netlm.dossier import _pdf as pdf
from netlm.dossier._names import FAMILIES

A4 = (595, 842)
FONTS = Path(pdf.__file__).parent / "fonts"


@pytest.fixture(scope="module")
def dossiers(examples):
    return {path.stem: netlm.board(netlm.load_case(path)) for path in examples}


@pytest.fixture(scope="module")
def readers(dossiers):
    return {name: PdfReader(io.BytesIO(dossier.to_pdf())) for name, dossier in dossiers.items()}


def words(page) -> str:
    return " ".join(page.extract_text().split())


def test_every_example_fits_on_three_pages_and_page_one_is_page_one(readers):
    for name, reader in readers.items():
        assert len(reader.pages) <= 3, name
        assert "Decision of the board" in words(reader.pages[0]), name
        assert "Every argument" not in words(reader.pages[0]), name
        assert words(reader.pages[1]).startswith("Every argument"), name
        assert all((round(page.mediabox.width), round(page.mediabox.height)) == A4 for page in reader.pages), name


def test_it_is_tagged_and_in_english_with_a_title(readers):
    for name, reader in readers.items():
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"], name
        assert root["/Lang"] == "en"
        assert reader.metadata is not None
        assert reader.metadata.title == f"Tumour board dossier {name}"
        assert "/CreationDate" not in reader.metadata
        assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_id_hash_and_number_stand_on_every_page(dossiers, readers):
    for name, reader in readers.items():
        for number, page in enumerate(reader.pages, 1):
            text = words(page)
            assert f"page {number} of {len(reader.pages)}" in text, name
            assert dossiers[name].hash[:16] in text, name
            assert dossiers[name].case.id in text.replace("\u200b", ""), name
            assert "not CE-marked or FDA-cleared" in text, name


def test_a_page_says_with_what_it_goes_on(readers):
    titles = (
        *FAMILIES.values(), "Lesions by method", "Further findings", "Flags", "Standing notes", "References",
    )  # fmt: skip
    for name, reader in readers.items():
        assert all(words(page).startswith(titles) for page in reader.pages[2:]), name


def test_the_signs_are_explained_where_they_stand(readers):
    for name, reader in readers.items():
        for page in reader.pages[:2]:
            assert "meets them with conditions" in words(page), name


def test_the_bytes_are_the_same_twice(examples):
    once, twice = (netlm.board(netlm.load_case(examples[0])).to_pdf() for _ in range(2))
    assert once == twice


def test_page_one_answers_the_questions_of_a_board(dossiers, readers):
    """Who, what is asked, grade and why, how much liver, open, ruled out and by what, find out first, disagreement."""
    for name, dossier in dossiers.items():
        text = words(readers[name].pages[0]).replace("\u200b", "").replace("- ", "-")
        assert dossier.case.id in text, name
        assert " ".join(dossier.case.told["question"].split()[:4]) in text, name
        assert f"Grade: {dossier.classification.grade}" in text, name
        assert "Liver involvement" in text, name
        for option in dossier.options.values():
            assert dossier.pack.dictionary.options[option.id].short.partition(",")[0] in text, (name, option.id)
        assert "What to find out first" in text, name
        ranked = [fact for fact, options in dossier.assessment.missing if options]
        if ranked:
            told = text.partition("What to find out first")[2].partition("The options, by")[0]
            assert dossier.pack.dictionary.facts[ranked[0]].title in told, name
        if any(flag.id == "sources-disagree" for flag in dossier.assessment.flags):
            assert "The sources disagree" in text, name


def test_signs_that_the_fonts_lack_are_named(board, clean):
    dossier = board(clean, head="question: 日 and \N{GRINNING FACE} and שלום\n")
    text = words(PdfReader(io.BytesIO(dossier.to_pdf())).pages[0])
    assert "[U+65E5] and [U+1F600]" in text


def test_the_list_of_covered_signs_is_that_of_the_fonts():
    covered = [set(TTFont(path).getBestCmap()) for path in sorted(FONTS.glob("*.ttf"))]
    names = [path.name for path in sorted(FONTS.glob("*.ttf"))]
    text = [codes for name, codes in zip(names, covered, strict=True) if name.startswith("SourceSans3")]
    others = [codes for name, codes in zip(names, covered, strict=True) if not name.startswith("SourceSans3")]
    assert pdf._covered() == {code for code in set.intersection(*text).union(*others) if code >= 32}


def test_a_booklet_numbers_each_dossier_by_itself(dossiers):
    shown = [dossiers["clean-ileal-g1"], NotShown("broken.yaml", "line 5"), dossiers["many-unknowns"]]
    reader = PdfReader(io.BytesIO(booklet_pdf(shown)))
    contents = words(reader.pages[0])
    assert "3 cases; 2 shown." in contents
    assert "broken.yaml: not shown. line 5" in contents
    assert "page 1 of 3" in words(reader.pages[1])
    assert any("page 1 of 3" in words(page) and "many-unknowns" in words(page) for page in reader.pages[2:])


def test_a_label_stands_on_every_page(board, clean):
    reader = PdfReader(io.BytesIO(board(clean).to_pdf(label="Bed 12")))
    assert all("Bed 12" in words(page) for page in reader.pages)

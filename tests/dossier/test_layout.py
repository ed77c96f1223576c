"""Promises about lines of text: their width, and what stays together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm.dossier._layout import HYPHENED, WIDTH, field, tied, wrap


def test_a_number_is_not_parted_from_its_per_cent_sign() -> None:
    for lead in range(WIDTH):
        lines = wrap(f"{'w' * lead} 14 % of the liver")
        assert any("14 %" in line for line in lines)


@given(st.text(max_size=300), st.text("ab ", max_size=20))
def test_no_sign_is_lost_and_no_line_is_too_wide(text: str, first: str) -> None:
    lines = wrap(text, first)
    assert max(map(len, lines)) <= WIDTH
    printable = "".join(sign for sign in text if sign.isprintable()).replace(" ", "")
    assert "".join("".join(lines).removeprefix(first.rstrip()).split()).endswith(printable.replace("\u00a0", ""))


def test_a_field_hangs_beside_its_title() -> None:
    lines = field("Question", "word " * 40)
    assert lines[0].startswith("Question       word")
    assert all(line.startswith(" " * 15 + "word") for line in lines[1:])


@pytest.mark.parametrize("said", ["14 %", "6 cm", "2.8 mm", "5 months", "57 years", "690 umol", "8 mg/dL"])
def test_a_number_is_tied_to_its_unit(said: str) -> None:
    assert tied(f"here {said}, x") == f"here {said.replace(' ', chr(0xA0))}, x"


@pytest.mark.parametrize("said", ["2 lakes", "3 mmx", "grade 2 primary", "2 % 3"])
def test_other_words_are_not_tied(said: str) -> None:
    assert tied(said).replace("\u00a0%", " %") == said


@pytest.mark.parametrize("said", ["Ki-67", "Y-90", "Lu-177", "2026-11-20", "30-53"])
def test_what_is_read_as_one_word_is_known(said: str) -> None:
    assert HYPHENED.findall(f"({said}, x") == [said]


def test_long_words_and_names_of_files_are_left_to_break() -> None:
    assert not HYPHENED.findall("prrt-midgut 10.1245/s10434-020-08787-x a-b 1-a")
    assert not re.search(HYPHENED, "<script>-1-</script>")

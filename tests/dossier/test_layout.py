"""Promises about lines of text: their width, and what stays together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netlm.dossier._layout import WIDTH, field, wrap


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

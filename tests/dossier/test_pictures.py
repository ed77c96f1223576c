"""The map of the liver: what it has to say beside its circles, and that nothing is drawn beyond its edge."""

from __future__ import annotations

import re

import pytest

PLACE = "the place within a segment means nothing."
AT_MOST = "Full circle: at least; dashed circle: at most."
UNSIZED = "Dashed and marked ?: size unknown."
CUT = "Circles are cut at the edge of the liver; the sizes in the table of lesions hold."


@pytest.fixture
def drawn(board, clean):
    def drawn(lesions: str) -> tuple[str, str]:
        """The drawing and the caption under it."""
        facts = {**clean, "lesions": lesions, "liver_metastases": "1"}
        facts.pop("largest_metastasis", None)
        figure = board(facts).to_html().partition("<figure>")[2].partition("</figure>")[0]
        drawing, _, rest = figure.partition("<figcaption>")
        return drawing, rest.partition("<")[0]

    return drawn


@pytest.mark.parametrize(
    ("lesion", "said"),
    [
        ("size: 2 cm, segment: 8", []),
        ("size: 2-3 cm, segment: 8", [AT_MOST]),
        ("segment: 8", [UNSIZED]),
        ("size: 9 cm, segment: 7", [CUT]),
    ],
)
def test_the_caption_explains_what_is_drawn_and_no_more(drawn, lesion, said):
    _, caption = drawn(f"[{{id: A, {lesion}}}]")
    assert caption == " ".join(["Schematic: segment and size;", PLACE, *said])


def test_what_lies_beyond_the_edge_is_covered_before_names_are_written(drawn):
    drawing, _ = drawn("[{id: A, size: 9 cm, segment: 7}]")
    order = [drawing.index(part) for part in ("<circle", 'fill-rule="evenodd"', ">S7</text>", ">A</text>")]
    assert order == sorted(order)


@pytest.mark.parametrize(("size", "anchor"), [("6 mm", "start"), ("4 cm", "middle")])
def test_the_letter_of_a_small_lesion_stands_beside_it(drawn, size, anchor):
    drawing, _ = drawn(f"[{{id: A, size: {size}, segment: 8}}]")
    assert re.search(rf'text-anchor="{anchor}"[^>]*>A</text>', drawing)

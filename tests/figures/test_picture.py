"""Promises about every picture: the same bytes, safe on any page, words beside it, readable without colour."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from netlm.errors import Problems
from netlm.figures import SERIES, Picture, fitted, series, text_width, wrapped

pytest.importorskip("matplotlib", reason="the extra `figures` draws")

TEXT = 'A line from 0 to 1 & back; "quoted" <and more>.'


def _draw(figure) -> None:
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    for number in range(3):
        style = series(number)
        axes.plot([0, 1], [number, number + 1], style.marker, linestyle=style.dash, color=style.colour, clip_on=True)
    axes.fill_between([0, 1], [0, 0], [1, 2], alpha=0.2)
    axes.set_xlabel("100 % of µm & more")


@pytest.fixture
def picture() -> Picture:
    return Picture("A title & more", TEXT, 80, 50, _draw)


@pytest.fixture
def formats() -> dict[str, Callable[[Picture], bytes]]:
    return {"svg": lambda one: one.svg.encode(), "png": lambda one: one.png(), "pdf": lambda one: one.pdf()}


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_bytes_are_the_same_each_time(picture, formats, kind):
    again = Picture("A title & more", TEXT, 80, 50, _draw)
    assert formats[kind](picture) == formats[kind](again)


def test_the_bytes_do_not_depend_on_process_clock_or_settings(picture, tmp_path):
    """Another hash seed, time zone, language and a user's own Matplotlib settings."""
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nfont.size: 30\nlines.linewidth: 9\n")
    code = (
        "import sys, hashlib\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import test_picture as t\n"
        "one = t.Picture('A title & more', t.TEXT, 80, 50, t._draw)\n"
        "print(hashlib.sha256(one.svg.encode() + one.png() + one.pdf()).hexdigest())"
    )
    sums = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "UTC")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "MATPLOTLIBRC": str(tmp_path)}
        command = [sys.executable, "-c", code, os.path.dirname(__file__)]  # noqa: PTH120
        sums.add(subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout)
    assert len(sums) == 1


def test_svg_is_safe_under_a_strict_content_policy(picture):
    root = ET.fromstring(picture.svg)
    names = {element.tag.split("}")[-1] for element in root.iter()}
    assert not names & {"script", "style", "image", "foreignObject", "a", "metadata"}
    assert " style=" not in picture.svg
    assert not re.search(r"\son\w+=", picture.svg)
    addresses = set(re.findall(r"[a-z]+://[^\"' ]+", picture.svg))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not addresses
    assert "<!DOCTYPE" not in picture.svg


def test_svg_keeps_every_stroke_and_fill(picture):
    """What stood in style attributes stands in attributes of its own."""
    assert f'stroke="{SERIES[0].colour}"' in picture.svg
    assert 'stroke-dasharray="' in picture.svg
    assert 'fill-opacity="' in picture.svg or 'opacity="0.2"' in picture.svg


def test_svg_says_in_words_what_it_shows(picture):
    root = ET.fromstring(picture.svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.attrib["role"] == "img"
    labels = root.attrib["aria-labelledby"].split()
    title, description = root.find(f"{space}title"), root.find(f"{space}desc")
    assert [title.attrib["id"], description.attrib["id"]] == labels
    assert title.text == "A title & more"
    assert description.text == TEXT


def test_two_pictures_on_a_page_share_no_names(picture):
    other = Picture("Another", TEXT, 80, 50, _draw)
    ids = [set(re.findall(r' id="([^"]+)"', one.svg)) for one in (picture, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for one in (picture, other):
        used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', one.svg))
        assert used <= set(re.findall(r' id="([^"]+)"', one.svg))


def test_saving_follows_the_ending(picture, tmp_path, formats):
    for kind, made in formats.items():
        picture.save(tmp_path / f"x.{kind}")
        assert (tmp_path / f"x.{kind}").read_bytes() == made(picture)
    with pytest.raises(Problems, match=r"one of \.svg, \.png, \.pdf"):
        picture.save(tmp_path / "x.jpg")
    with pytest.raises(Problems, match="cannot be written"):
        picture.save(tmp_path / "nowhere" / "x.svg")


def test_the_users_settings_come_back(picture):
    import matplotlib as mpl

    mpl.rcParams["font.size"] = 23
    try:
        picture.png()
        assert mpl.rcParams["font.size"] == 23
    finally:
        mpl.rcdefaults()


def test_a_picture_shows_itself_in_a_notebook(picture):
    assert picture._repr_html_().startswith("<figure><svg")
    assert "&lt;and more&gt;" in picture._repr_html_()


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_line_stands_out_from_white():
    """WCAG 2.2, 1.4.11: graphical objects have a contrast of at least 3 to 1."""
    for style in SERIES:
        assert 1.05 / (_luminance(style.colour) + 0.05) >= 3, style


def test_no_two_series_differ_by_colour_alone():
    seen = [series(number) for number in range(4 * len(SERIES))]
    assert len(set(map(str, seen))) == len(seen)
    for one, other in itertools.combinations(SERIES, 2):
        assert one.dash != other.dash
        assert one.marker != other.marker


def test_text_is_measured_shortened_and_wrapped():
    assert text_width("wide and wider") > text_width("wide") > text_width("") == 0
    assert fitted("short", 50) == "short"
    cut = fitted("a rather long name of a group " * 5, 40)
    assert cut.endswith("…")
    assert text_width(cut) <= 40
    lines = wrapped("a rather long name of a group " * 5, 40, lines=2)
    assert len(lines) == 2
    assert all(text_width(line) <= 40 for line in lines)
    assert wrapped("", 40) == [""]
    assert wrapped("incomprehensibilities a", 10, lines=3)[0].startswith("inc")


@pytest.mark.parametrize("width", [20, 33, 40, 57.5, 90])
def test_a_long_text_breaks_after_the_last_word_that_fits_and_is_measured_seldom(width: float, monkeypatch) -> None:
    from netlm.figures import _style

    words = [f"word{number}" for number in range(64)]
    measured = []
    monkeypatch.setattr(_style, "text_width", lambda text, *rest: measured.append(text) or text_width(text, *rest))
    lines = wrapped(" ".join(words), width, lines=3)
    rest = words
    for line, after in itertools.pairwise(lines):
        count = len(line.split())
        assert line.split() == rest[:count]
        assert text_width(line) <= width < text_width(f"{line} {after.split()[0]}")
        rest = rest[count:]
    assert len(set(measured)) <= 2 * (1 + 7) + 1 + 10  # halving the words of two lines, then the letters of the last


def test_without_matplotlib_one_sentence_says_what_to_add():
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nfrom netlm.figures import Picture\n"
        "from netlm.errors import Problems\n"
        "try:\n    Picture('t', 'x', 10, 10, lambda figure: None).png()\n"
        "except Problems as problems:\n    print(problems)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'netlm[figures]'" in done.stdout


@pytest.mark.parametrize("text", ["Wide: Bäcker & 5 µm", "q", "(§)", "95 % of 400"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_width_of_a_text_is_that_of_its_outline(text: str, weight: str) -> None:
    """Measured on all curves at once, it is what Matplotlib measures one by one."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=8, prop=FontProperties(family="DejaVu Sans", weight=weight))
    assert text_width(text, 8, weight) == pytest.approx(path.get_extents().x1 * 25.4 / 72, abs=1e-12)


def test_a_dollar_is_a_letter_like_others() -> None:
    """Two of them make no formula."""
    assert text_width("$x$") > text_width("x") > 0

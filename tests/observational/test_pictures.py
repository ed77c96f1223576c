"""Promises about the pictures: everything told, nothing on top of another, nothing by colour alone, the same bytes."""

from __future__ import annotations

import html
import itertools

import numpy as np
import pytest

from netlm import observational
from netlm.figures import Picture

mpl = pytest.importorskip("matplotlib", reason="the extra `figures` draws")

LONG = "a covariate with a name so long that no journal would print it on one line, whatever the width"


def drawn(picture: Picture, dpi: float = 200):
    """The Matplotlib figure of a picture, laid out, by default at the resolution of its PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from netlm.figures._picture import _house_style

    with _house_style():
        figure = Figure(figsize=(picture.width / 25.4, picture.height / 25.4), dpi=dpi)
        FigureCanvasAgg(figure)
        picture.draw(figure)
        figure.canvas.draw()
    return figure


def texts(figure):
    """Every text of the figure with its box in pixels."""
    renderer = figure.canvas.get_renderer()
    found = list(figure.texts)
    for axes in (axes for axes in figure.axes if axes.axison):
        found += [axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            found += [tick.label1 for tick in axis.get_major_ticks()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found if text.get_text().strip()]


def balances(n: int = 200, many: int = 3) -> dict[str, observational.Balance]:
    """Three adjustments of made-up rows, of covariates with long names among them."""
    rng = np.random.default_rng(n + many)
    z = (np.arange(n) % 3 == 0) * 1.0
    x = {f"covariate {k}": rng.normal(size=n) + z * rng.normal(0, 0.5) for k in range(many)} | {
        LONG: rng.normal(size=n) + z / 2
    }
    score = observational.propensity(z, x).score
    kinds = {kind: observational.weigh(z, score, kind).weights for kind in ("ate", "overlap")}
    kinds["matched one to one within a caliper of 0.2 on the logit"] = observational.match(z, score).weights
    return {kind: observational.balance(z, x, weights=weights) for kind, weights in kinds.items()}


def apart() -> observational.Balance:
    """Differences without end, none, and far beyond a standard deviation."""
    x = {"same": [5] * 6, "always": [0, 0, 0, 1, 1, 1], "far": [1, 2, 3, 41, 42, 43], "some": [1, 2, 3, 2, 3, 4]}
    return observational.balance([0, 0, 0, 1, 1, 1], x)


def scores(n: int, spread: float) -> observational.Overlap:
    rng = np.random.default_rng(n)
    z = (np.arange(n) % 2) * 1.0
    return observational.overlap(z, 1 / (1 + np.exp(-spread * (z - 0.5) - rng.normal(size=n))))


PICTURES = {
    "one adjustment": lambda width: balances()["ate"].plot(width=width),
    "three adjustments": lambda width: observational.plot_balance(balances(), title=LONG, notes=[LONG], width=width),
    "many covariates": lambda width: observational.plot_balance(balances(400, 30), width=width),
    "nothing adjusted": lambda width: apart().plot(width=width),
    "one covariate": lambda width: observational.balance([0, 0, 1, 1], {"age": [1, 2, 1, 2]}).plot(width=width),
    "good overlap": lambda width: scores(400, 1).plot(width=width),
    "no overlap": lambda width: observational.overlap([0, 1], [0, 1]).plot(width=width, title=LONG),
    "few rows": lambda width: scores(6, 2).plot(width=width, treated=LONG, control="intra-arterial treatment"),
    "20,000 rows": lambda width: scores(20_000, 3).plot(width=width),
}


@pytest.mark.parametrize("width", [88, 150, 180])
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_on_another_leaves_the_picture_or_is_too_small(name, width):
    figure = drawn(PICTURES[name](width))
    boxes = texts(figure)
    wide, tall = figure.canvas.get_width_height()
    for (a, one), (b, other) in itertools.combinations(boxes, 2):
        across, up = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 2 or up <= 4, (a, b)
    assert [a for a, box in boxes if box.x0 < -2 or box.y0 < -2 or box.x1 > wide + 2 or box.y1 > tall + 2] == []
    coarse = drawn(PICTURES[name](width), dpi=110)
    assert [a for a, box in texts(coarse) if box.x0 < -2 or box.x1 > coarse.bbox.width + 2] == []
    for text in figure.findobj(mpl.text.Text):
        assert not text.get_text().strip() or text.get_fontsize() >= 7, text.get_text()


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_picture_gives_the_same_bytes(name):
    one, other = (PICTURES[name](150) for _ in range(2))
    assert one.svg == other.svg
    assert one.png() == other.png()
    assert one.pdf() == other.pdf()
    assert one.text in html.unescape(one.svg)
    assert "<style" not in one.svg
    assert " style=" not in one.svg


def test_the_words_beside_a_love_plot_hold_its_numbers():
    found = apart()
    text = found.plot().text
    for part in (
        "same before 0",
        "always before infinite",
        "far before 40",
        "some before 1",
        "before 3 of 4 covariates",
    ):
        assert part in text
    three = balances()
    text = observational.plot_balance(three).text
    for name in three:
        assert name in text


def test_no_series_is_told_apart_by_colour_alone():
    figure = drawn(observational.plot_balance(balances()))
    marks = [line for line in figure.axes[1].lines if line.get_linestyle() == "None" and line.get_marker() != "None"]
    assert len({(line.get_marker(), line.get_markerfacecolor() == "white") for line in marks}) == 4
    bars = drawn(scores(100, 1).plot()).axes[0].patches
    assert {bar.get_hatch() or "" for bar in bars} == {"", "////"}


def test_marks_stand_at_their_differences_largest_before_first():
    found = balances()["ate"]
    figure = drawn(found.plot())
    names = [text.get_text() for text in figure.texts]
    axes = figure.axes[1]
    before, after = (line for line in axes.lines if line.get_linestyle() == "None")
    order = np.argsort(-np.abs(found.before))
    assert before.get_xdata() == pytest.approx(np.abs(found.before)[order])
    assert after.get_xdata() == pytest.approx(np.abs(found.after)[order])
    assert names.index("covariate 0") > 0


def test_bars_are_shares_of_their_group():
    found = scores(400, 1)
    heights = [bar.get_height() for bar in drawn(found.plot()).axes[0].patches]
    assert heights[:20] == pytest.approx([count / found.n[0] for count in found.counts[0]])
    assert heights[20:] == pytest.approx([-count / found.n[1] for count in found.counts[1]])


def test_the_overlap_in_words():
    text = scores(400, 1).plot(treated="surgery", control="embolisation").text
    assert "surgery (n 200): median" in text
    assert "embolisation (n 200)" in text
    assert "lie outside" in text

"""Promises about the pictures: everything told, nothing on top of another, nothing by colour alone, the same bytes."""

from __future__ import annotations

import html
import itertools
import math

import pytest

from netlm import synthesis
from netlm.errors import Problem
from netlm.figures import Picture
from netlm.synthesis import Comparison, MapEntry, Stratum
from netlm.synthesis._evidence_map import SHAPES
from netlm.synthesis._scale import scale_of

mpl = pytest.importorskip("matplotlib", reason="the extra `figures` draws")

LONG = "a study group with a name so long that no journal would print it on one line, whatever the width, 2019"
SIDES = {"better": "favours the treatment with a long name", "worse": "favours its comparator"}


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


def forest_of(k: int) -> list[synthesis.Study]:
    """Made-up studies, one of them with a long name."""
    found = []
    for number in range(k):
        y, se = math.sin(number) / 2 - 0.4, 0.1 + (number * 7 % 11) / 10
        name = LONG if number == 1 else f"Author {number}, {2000 + number}"
        low, high = math.exp(y - 1.96 * se), math.exp(y + 1.96 * se)
        found.append(synthesis.hazard_ratio(name, math.exp(y), low, high, n=20 * number**2 + 12))
    return found


def rates() -> list[synthesis.Study]:
    given = (("Sarmiento 2003", 0.61, 170), ("Mayo 2010", 0.74, 339), ("Graff-Baker 2014", 0.88, 52))
    return [synthesis.survival_rate(name, rate, n=n) for name, rate, n in given]


def bare() -> list[synthesis.Study]:
    return [*forest_of(2), synthesis.hazard_ratio("E2211", 0.58, n=144), synthesis.hazard_ratio("wide", 0.9, 1e-4, 9e3)]


CYTOREDUCTION = "Cytoreduction with a name that is rather long, with or without ablation"
ENTRIES = [
    MapEntry("PROMID", "Octreotide LAR", "Randomised trial", 2009, 85),
    MapEntry("CLARINET OLE", "Lanreotide", "Prospective series", 2021, None, "recalled"),
    MapEntry("NETTER-1", "PRRT", "Randomised trial", 2017, 229, "review"),
    MapEntry("NETTER-1 interim survival", "PRRT", "Randomised trial", 2017, 229, "superseded"),
    MapEntry("NETTER-2 interim", "PRRT", "Randomised trial", 2024, 226, "interim"),
    MapEntry(LONG, CYTOREDUCTION, "Retrospective series", 2019, 188),
    MapEntry("Mayo 2010", CYTOREDUCTION, "Retrospective series", None, 339),
    MapEntry("A huge registry", "Everything", "Registry of a nation, with linkage", 2015, 250_000),
]  # fmt: skip
STRATA = [
    Stratum("R0 or R1, functional", 0.83, 0.75, 0.90, 112, "Margin and function, in a series with a long name, 2010"),
    Stratum(f"R2, {LONG}", 0.55, n=None, group="Margin and function, in a series with a long name, 2010"),
    Stratum("All", 1.0, 0.95, 1.0, 339, "All patients"),
]
MEDIANS = [Stratum("70 % or more", None, group="Maxwell 2016"), Stratum("less", 78, group="Maxwell 2016")]
WORDS = [Comparison(LONG, "Mayo 2010"), Comparison("R0 outlived R2; p 0.008", "Mayo 2010"), *STRATA]
TRIAL = {"arms": ("Sunitinib", LONG), "medians": (11.4, 5.5), "hazard_ratio": 0.42, "follow_up": 24}
PICTURES = {
    "four trials": lambda width, trials: synthesis.pool(trials.values(), "fixed").plot(width=width, **SIDES),
    "one trial": lambda width, trials: synthesis.pool([trials["PROMID"]]).plot(width=width, **SIDES),
    "many": lambda width, _: synthesis.pool(forest_of(25), "hk").plot(width=width, title=LONG, notes=[LONG], **SIDES),
    "not pooled": lambda width, _: synthesis.plot_forest(bare(), width=width, **SIDES),
    "one bare": lambda width, _: synthesis.plot_forest(bare()[2:3], width=width),
    "rates": lambda width, _: synthesis.pool(rates()).plot(width=width, label="5-year survival"),
    "effects": lambda width, _: synthesis.pool(
        [synthesis.effect(f"{k}", 1e4 * k, se=2e3 + k, n=k) for k in range(1, 5)], "dl"
    ).plot(width=width, label=LONG),
    "landmarks": lambda width, _: synthesis.plot_landmarks(STRATA, measure="5-year survival", width=width),
    "medians": lambda width, _: synthesis.plot_landmarks(MEDIANS, measure="Median", unit="months", width=width),
    "not reached": lambda width, _: synthesis.plot_landmarks(MEDIANS[:1], measure="M", unit="years", width=width),
    "in words": lambda width, _: synthesis.plot_landmarks(WORDS, measure="5-year survival", width=width),
    "modelled": lambda width, _: synthesis.modelled_curves("Raymond 2011", endpoint="PFS", **TRIAL).plot(width=width),
    "map": lambda width, _: synthesis.plot_evidence_map(ENTRIES, width=max(width, 120), notes=[LONG]),
}


@pytest.mark.parametrize("width", [88, 150, 180])
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_on_another_leaves_the_picture_or_is_too_small(name, width, trials):
    figure = drawn(PICTURES[name](width, trials))
    boxes = texts(figure)
    wide, tall = figure.canvas.get_width_height()
    for (a, one), (b, other) in itertools.combinations(boxes, 2):
        across, up = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 2 or up <= 4, (a, b)
    assert [a for a, box in boxes if box.x0 < -2 or box.y0 < -2 or box.x1 > wide + 2 or box.y1 > tall + 2] == []
    coarse = drawn(PICTURES[name](width, trials), dpi=110)
    assert [a for a, box in texts(coarse) if box.x0 < -2 or box.x1 > coarse.bbox.width + 2] == []
    for text in figure.findobj(mpl.text.Text):
        assert not text.get_text().strip() or text.get_fontsize() >= 7, text.get_text()


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_picture_gives_the_same_bytes(name, trials):
    one, other = (PICTURES[name](150, trials) for _ in range(2))
    assert one.svg == other.svg
    assert one.png() == other.png()
    assert one.pdf() == other.pdf()
    assert one.text in html.unescape(one.svg)


def test_the_words_beside_a_forest_hold_its_numbers(trials):
    text = synthesis.pool(trials.values(), "reml").plot(title="Time to progression").text
    for part in ("Time to progression", "PROMID 0.34 (0.20 to 0.59)", "hazard ratio 0.44", "0.36 to 0.54", "I² 0 %"):
        assert part in text
    assert "no interval" in synthesis.plot_forest(bare()).text
    assert "Not pooled." in synthesis.plot_forest(bare()).text
    assert "Sarmiento 2003 (n 170)" in synthesis.pool(rates()).plot().text


def _squares(figure):
    return [line for line in figure.axes[0].lines if line.get_marker() == "s"]


def test_no_note_beneath_a_forest_is_cut_off():
    """In what studies differ is told of every one of them."""
    note = "Differ in comparator: " + ", ".join(f"comparator number {count}" for count in range(40)) + ", the last one"
    words = " ".join(text for text, *_ in texts(drawn(synthesis.plot_forest(forest_of(4), notes=[note]))))
    assert "the last one." in words


def test_the_area_of_a_square_is_the_weight(trials):
    pooled = synthesis.pool(trials.values(), "fixed")
    sides = [line.get_markersize() for line in _squares(drawn(pooled.plot()))]
    shares = [(side / max(sides)) ** 2 * max(pooled.weights) for side in sides]
    assert shares == pytest.approx(pooled.weights)


def test_squares_stand_at_their_estimates_and_the_diamond_spans_the_interval(trials):
    pooled = synthesis.pool(trials.values(), "fixed")
    axes = drawn(pooled.plot()).axes[0]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "s"] == pytest.approx(
        [math.log(study.estimate) for study in pooled.studies]
    )
    (diamond,) = axes.patches
    across = [x for x, _ in diamond.get_xy()]
    assert (min(across), max(across)) == pytest.approx((math.log(pooled.low), math.log(pooled.high)))


def test_an_interval_cut_at_the_edge_has_an_arrow_and_a_missing_one_a_hollow_square():
    figure = drawn(synthesis.plot_forest(bare()))
    assert {"<", ">"} <= {line.get_marker() for line in figure.axes[0].lines}
    hollow = [line for line in _squares(figure) if line.get_markerfacecolor() == "white"]
    assert len(hollow) == 1
    whole = drawn(synthesis.plot_forest(forest_of(1)))
    assert not {"<", ">"} & {line.get_marker() for line in whole.axes[0].lines}


@pytest.mark.parametrize("width", [30.0, 60.0, 90.0])
@pytest.mark.parametrize("limits", [(0.34, 0.59), (0.98, 1.02), (1e-3, 1e3), (1e-9, 1e-7)])
def test_every_axis_has_two_ticks_or_more_with_room(width, limits):
    scale = scale_of("hazard_ratio", 1.0, [math.sqrt(limits[0] * limits[1])], [limits], width)
    places = [place for place, _ in scale.ticks]
    assert len(places) >= 2
    assert all(scale.low <= place <= scale.high for place in places)
    gaps = [(b - a) * width / (scale.high - scale.low) for a, b in itertools.pairwise(places)]
    assert all(gap >= 6 for gap in gaps)


def test_the_area_of_a_bubble_is_n_and_status_is_shape():
    entries = [MapEntry("a", "x", "y", 2000, 100), MapEntry("b", "x", "y", 2001, 400)]
    axes = drawn(synthesis.plot_evidence_map(entries, width=120)).axes[0]
    sizes = [
        line.get_markersize()
        for line in axes.lines
        if line.get_marker() == "o" and line.get_markerfacecolor() != "white"
    ]
    assert (sizes[1] / sizes[0]) ** 2 == pytest.approx(4)
    assert len({shape.marker for shape in SHAPES.values()}) == len(SHAPES)


def test_what_is_not_stated_is_drawn_no_larger_than_any_size():
    entries = [MapEntry("unknown", "a", "d"), *(MapEntry(f"{n}", "a", "d", 2020, n) for n in (5, 33, 108, 5000))]
    sizes = [line.get_markersize() for line in drawn(synthesis.plot_evidence_map(entries)).axes[0].lines
             if line.get_marker() == "o" and line.get_markerfacecolor() != "white"]  # fmt: skip
    assert sizes[0] == min(sizes)
    assert sizes[0] < sizes[-1]


def test_the_map_says_what_is_counted_where_it_is_not_patients():
    picture = synthesis.plot_evidence_map([*ENTRIES, MapEntry("Scott 2019", "x", "y", 2019, 188, unit="procedures")])
    assert "Scott 2019 (y, n 188 procedures, verified)" in picture.text
    shown = {text for text, _ in texts(drawn(picture))}
    assert "Patients, or what is named:" in shown
    assert "Patients:" in {text for text, _ in texts(drawn(synthesis.plot_evidence_map(ENTRIES)))}


def test_the_words_of_the_map_and_of_the_landmarks_tell_what_is_unknown():
    text = synthesis.plot_evidence_map(ENTRIES, options=["Nothing yet"]).text
    assert "Nothing yet: no study." in text
    assert "CLARINET OLE (Prospective series, 2021, n ?, recalled only, decides nothing)" in text
    text = synthesis.plot_landmarks(MEDIANS, measure="Median survival", unit="months").text
    assert "70 % or more (n not stated) not reached" in text
    assert "no prediction for one patient" in text
    assert "in words" not in text
    text = synthesis.plot_landmarks(WORDS, measure="Median survival").text
    assert "Mayo 2010, R0 outlived R2; p 0.008;" in text
    assert "Comparisons in words: published without a number of this measure." in text


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: synthesis.plot_forest([]), "no study"),
        (lambda: synthesis.plot_forest([*forest_of(1), *rates()]), "several measures"),
        (lambda: synthesis.plot_evidence_map([]), "nothing to draw"),
        (lambda: synthesis.plot_evidence_map([MapEntry("a", "x", "y", status="sure")]), "one of verified"),
        (lambda: synthesis.plot_evidence_map([MapEntry("a", "x", "y", n=0)]), "1 or more"),
        (lambda: synthesis.plot_evidence_map(ENTRIES, width=88), "Give more width"),
        (lambda: synthesis.plot_landmarks([], measure="m"), "nothing to draw"),
        (lambda: synthesis.plot_landmarks(WORDS[:2], measure="m"), "nothing to draw"),
        (lambda: synthesis.plot_landmarks([Stratum("a", 74)], measure="m"), "divided by 100"),
        (lambda: synthesis.plot_landmarks([Stratum("a", 0.7, 0.6)], measure="m"), "one limit alone"),
        (lambda: synthesis.plot_landmarks([Stratum("a", 0.7, 0.8, 0.9)], measure="m"), "outside 0.8 to 0.9"),
        (lambda: synthesis.plot_landmarks([Stratum("a", -7)], measure="m", unit="months"), "0 or more"),
        (lambda: synthesis.plot_landmarks([Stratum("a", 0.7)], measure="m", unit="days"), "one of share"),
    ],
)
def test_pictures_refuse_what_they_cannot_draw(make, said):
    with pytest.raises(Problem, match=said):
        make()

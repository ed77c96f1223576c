"""Promises about the pictures: the right counts under the right ticks, nothing left out, nothing on top of another."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import warnings

import numpy as np
import pytest

from netlm import survival
from netlm.errors import Problem
from netlm.figures import Picture
from netlm.survival import _draw_curves, _frame

mpl = pytest.importorskip("matplotlib", reason="the extra `figures` draws")

LONG = "a group with a name so long that no journal would print it on one line, whatever the width of its columns"


def drawn(picture: Picture):
    """The Matplotlib figure of a picture, laid out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from netlm.figures._picture import _house_style

    with _house_style():
        figure = Figure(figsize=(picture.width / 25.4, picture.height / 25.4))
        FigureCanvasAgg(figure)
        picture.draw(figure)
        figure.canvas.draw()
    return figure


def texts(figure):
    """Every text of the figure with its box in pixels."""
    renderer = figure.canvas.get_renderer()
    found = list(figure.texts)
    for axes in figure.axes:
        found += [axes.xaxis.label, axes.yaxis.label]
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, sorted(axes.get_ylim()))):
            shown = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            found += [tick.label1 for tick in shown if tick.label1.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found if text.get_text().strip()]


def overlaps(figure):
    """Pairs of texts that lie on one another, and texts that leave the figure."""
    boxes = texts(figure)
    width, height = figure.canvas.get_width_height()
    pairs = [
        (a, b)
        for (a, one), (b, other) in itertools.combinations(boxes, 2)
        if min(one.x1, other.x1) - max(one.x0, other.x0) > 1 and min(one.y1, other.y1) - max(one.y0, other.y0) > 2
    ]
    outside = [a for a, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1]
    return pairs, outside


def curves(seed: int, n: int, groups: list[str], **options):
    rng = np.random.default_rng(seed)
    group = [groups[k] for k in rng.integers(0, len(groups), n)]
    return survival.kaplan_meier(rng.integers(1, 120, n), rng.integers(0, 2, n), group, **options)


PICTURES = {
    "one group": lambda width: survival.kaplan_meier([3, 5, 8, 9], [1, 0, 1, 1]).plot(width=width),
    "two groups": lambda width: curves(1, 200, ["a", "b"]).plot(width=width, unit="months", milestones=[12, 36, 60]),
    "long names": lambda width: curves(2, 300, [f"{LONG} {k}" for k in range(5)]).plot(
        width=width, milestones=[12, 60], notes=[LONG * 3]
    ),
    "many groups": lambda width: curves(3, 400, [f"group {k}" for k in range(9)]).plot(width=width),
    "huge numbers": lambda width: survival.kaplan_meier(
        np.arange(2_000_000) % 3000, np.arange(2_000_000) % 7 < 3
    ).plot(width=width, unit="days"),
    "all censored": lambda width: survival.kaplan_meier(np.arange(1, 30), np.zeros(29)).plot(width=width),
    "one patient": lambda width: survival.kaplan_meier([0.5], [0]).plot(width=width),
    "at time zero": lambda width: survival.kaplan_meier([0, 0], [1, 1]).plot(width=width),
    "hazards": lambda width: survival.nelson_aalen(curves(5, 200, ["a", LONG]).counts).plot(width=width, unit="months"),
    "one curve": lambda width: curves(1, 200, ["a", "b"])["a"].plot(width=width),
    "incidence": lambda width: survival.aalen_johansen(
        np.arange(1, 200), np.arange(199) % 3, ["x", LONG] * 99 + ["x"]
    ).plot(width=width, unit="months"),
    "forest": lambda width: survival.cox(
        np.arange(1, 101), np.arange(100) % 2, np.random.default_rng(0).normal(size=(100, 3)), names=["age", LONG, "c"]
    ).plot(width=width, better="lives longer with the treatment", worse="dies sooner without it"),
    "log-minus-log": lambda width: survival.plot_log_minus_log(curves(4, 200, ["a", LONG]), width=width, unit="months"),
    "schoenfeld": lambda width: survival.cox(
        np.arange(1, 101), np.arange(100) % 2, np.random.default_rng(0).normal(size=(100, 2))
    ).proportional_hazards().plot("x1", width=width, unit="days"),
}  # fmt: skip


@pytest.mark.parametrize("width", [88, 150, 180])
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_on_another_or_leaves_the_picture(name, width):
    pairs, outside = overlaps(drawn(PICTURES[name](width)))
    assert pairs == []
    assert outside == []


def test_no_text_is_smaller_than_seven_points():
    for name, make in PICTURES.items():
        for text in drawn(make(88)).findobj(mpl.text.Text):
            assert not text.get_text().strip() or text.get_fontsize() >= 7, (name, text.get_text())


def test_the_table_counts_those_still_at_risk_just_before_each_tick():
    """lifelines was off by one interval (issues 1383 and 1316): those who leave at a tick are still at risk there."""
    km = survival.kaplan_meier([12, 12, 24, 30], [1, 0, 1, 0])
    (block,) = _draw_curves._at_risk_blocks(km.curves, [None], [0, 12, 24])
    assert block.rows == (("at risk", ("4", "4", "2")), ("events", ("0", "0", "1")), ("censored", ("0", "0", "1")))


def test_at_risk_events_and_censored_add_up_at_every_tick(patients):
    found = patients(3, 500)
    km = survival.kaplan_meier(found["time"], found["event"], found["group"])
    blocks = _draw_curves._at_risk_blocks(km.curves, [None] * 3, list(range(0, 120, 7)))
    for block, curve in zip(blocks, km, strict=True):
        columns = zip(*([int(cell) for cell in cells] for _, cells in block.rows), strict=True)
        assert {sum(column) for column in columns} == {curve.n}


def test_numbers_of_the_table_stand_under_their_ticks():
    figure = drawn(curves(1, 200, ["a", "b"]).plot(unit="months"))
    renderer = figure.canvas.get_renderer()
    ticks = {}
    for label in figure.axes[0].get_xticklabels():
        box = label.get_window_extent(renderer)
        ticks[label.get_text()] = (box.x0 + box.x1) / 2
    centres = [
        (box.x0 + box.x1) / 2 for text, box in texts(figure) if text.isdigit() and box.y1 < figure.bbox.height * 0.4
    ]
    assert len(centres) >= 6 * len(ticks)
    for centre in centres:
        assert min(abs(centre - tick) for tick in ticks.values()) < 1.5


def _lines(figure):
    return [line for line in figure.axes[0].lines if line.get_drawstyle() == "steps-post"]


def test_steps_run_to_the_last_follow_up():
    figure = drawn(survival.kaplan_meier([3, 5, 8, 50], [1, 1, 0, 0]).plot(unit="months"))
    assert max(line.get_xdata()[-1] for line in _lines(figure)) == 50


def test_the_curve_is_grey_from_where_fewer_than_ten_remain():
    from netlm.figures import GREY, SERIES

    figure = drawn(survival.kaplan_meier(np.arange(1, 31), np.ones(30)).plot())
    colours = {line.get_color(): line.get_xdata() for line in _lines(figure)}
    assert max(colours[SERIES[0].colour]) == 21
    assert min(colours[GREY]) == 21
    assert (survival.kaplan_meier(np.arange(1, 31), np.ones(30)).at_risk_at(21), FEW_AFTER) == (10, 9)


FEW_AFTER = 9


def test_the_band_goes_on_until_the_curve_falls_to_0():
    """There is no interval where everyone has died, but there is one on the whole step before."""
    pictures = (
        survival.kaplan_meier([5, 6, 7], [1, 0, 1]).plot(),
        survival.nelson_aalen([5, 6, 7], [1, 0, 1]).plot(),
        survival.aalen_johansen([5, 6, 7], [2, 0, 1]).plot(),
    )
    for picture in pictures:
        bands = drawn(picture).axes[0].collections
        assert max(path.vertices[:, 0].max() for band in bands for path in band.get_paths()) == 7


def test_no_median_above_a_panel_is_cut_off():
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(6), 60)
    time = np.minimum(np.ceil(rng.exponential(6000, 360)), 6500 + rng.integers(0, 900, 360))
    for width in (88, 150):
        shown = texts(drawn(survival.kaplan_meier(time, time < 6500, group).plot(unit="days", width=width)))
        assert any("reached" in text for text, _ in shown)
        assert not [text for text, _ in shown if "\N{HORIZONTAL ELLIPSIS}" in text]


def test_censored_patients_and_medians_are_marked():
    km = survival.kaplan_meier([1, 2, 3, 4, 5], [1, 1, 0, 1, 0])
    figure = drawn(km.plot())
    ticks = [line.get_xdata() for line in figure.axes[0].lines if line.get_label() == "_censored"]
    assert sorted(set(np.concatenate(ticks)[~np.isnan(np.concatenate(ticks))].tolist())) == [3, 5]
    guides = [line.get_xdata() for line in figure.axes[0].lines if list(line.get_xdata()) == [km.median, km.median]]
    assert len(guides) == 1


def test_the_words_beside_a_picture_hold_its_numbers():
    km = survival.kaplan_meier([3, 5, 8, 9], [1, 0, 1, 1])
    picture = km.plot(title="Overall survival", unit="months", notes=["p = 0.03"])
    for part in ("Overall survival", "3 of 4 had the event", "median 8", "months", "p = 0.03", "fewer than 10"):
        assert part in picture.text
    assert "not reached" in survival.kaplan_meier([3, 5], [0, 0]).plot().text


def test_the_same_curve_gives_the_same_bytes():
    one, other = (curves(1, 200, ["a", "b"]).plot(unit="months") for _ in range(2))
    assert one.svg == other.svg
    assert one.png() == other.png()
    assert one.pdf() == other.pdf()


def test_in_grey_the_lines_still_differ():
    """Without colour each curve has its own dashes."""
    figure = drawn(curves(3, 900, [f"group {k}" for k in range(4)]).plot())
    dashes = {
        str(line.get_linestyle()) + str(line._dash_pattern) for line in _lines(figure) if line.get_color() != "#8a8a8a"
    }
    assert len(dashes) == 4


def test_a_covariate_without_a_finite_estimate_says_so_in_the_forest():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = survival.cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [[0], [0], [0], [1], [1], [1]], names=["debulked"])
    picture = model.plot()
    assert "debulked no finite estimate" in picture.text
    assert "no finite estimate" in [text for text, _ in texts(drawn(picture))]


@pytest.mark.parametrize(
    ("last", "unit", "expected"),
    [
        (28, "months", [0, 6, 12, 18, 24]),
        (120, "months", [0, 24, 48, 72, 96, 120]),
        (4500, "days", [0, 730, 1460, 2190, 2920, 3650, 4380]),
        (7.5, "years", [0, 1, 2, 3, 4, 5, 6, 7]),
        (100, None, [0, 20, 40, 60, 80, 100]),
        (0, None, [0]),
        (0.004, "years", [0, 0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.0035, 0.004]),
    ],
)
def test_ticks_are_those_of_the_unit(last, unit, expected):
    assert _frame.nice_ticks(last, unit, 9) == pytest.approx(expected)


def test_pictures_refuse_what_they_cannot_draw():
    km = survival.kaplan_meier([1, 2], [0, 0])
    with pytest.raises(Problem, match="no event"):
        survival.plot_log_minus_log(km)
    model = survival.cox([1, 2, 3, 4], [1, 1, 1, 1], [1.0, 2.0, 1.0, 5.0])
    with pytest.raises(Problem, match="one of x1"):
        model.proportional_hazards().plot("age")
    with pytest.raises(Problem, match="Name each covariate"):
        model.plot(labels=["a", "b"])


def test_a_picture_is_a_png_of_its_size():
    from PIL import Image

    picture = survival.kaplan_meier([3, 5, 8], [1, 0, 1]).plot(width=88)
    image = Image.open(io.BytesIO(picture.png(dpi=100)))
    assert image.size[0] == pytest.approx(88 / 25.4 * 100, abs=2)


def _tables_below_panels_add_up(figure, km):
    """At every tick of every panel: at risk, events and censored stand under it and add up to the patients."""
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts]
    for axes, curve in zip(figure.axes, km, strict=True):
        ticks = [tick.label1.get_window_extent(renderer) for tick in axes.xaxis.get_major_ticks()]
        for tick, time in zip(ticks, axes.get_xticks(), strict=True):
            middle = (tick.x0 + tick.x1) / 2
            column = [
                (box.y0, int(text)) for text, box in boxes
                if text.isdigit() and abs((box.x0 + box.x1) / 2 - middle) < 2 and box.y1 < tick.y0 + 1
            ]  # fmt: skip
            shown = [number for _, number in sorted(column, reverse=True)[:3]]
            assert sum(shown) == curve.n
            assert shown[0] == int(curve.at_risk_at(time))


def test_panels_tell_of_late_entry_and_do_without_a_table():
    rng = np.random.default_rng(2)
    entry = rng.integers(0, 9, 200)
    group = [f"g{k % 6}" for k in range(200)]
    km = survival.kaplan_meier(entry + rng.integers(1, 50, 200), rng.integers(0, 2, 200), group, entry=entry)
    figure = drawn(km.plot(width=88))
    assert overlaps(figure) == ([], [])
    assert [text.get_text() for text in figure.texts].count("entered") == 3
    bare = drawn(km.plot(table=False))
    assert overlaps(bare) == ([], [])
    assert not any(text.get_text() in {"at risk", "entered"} for text in bare.texts)


def test_many_curves_have_a_panel_each(patients):
    """Twelve crossing curves cannot be told apart; each stands alone, before the others in grey."""
    found = patients(4, 600)
    names = np.array([f"Hospital {chr(65 + k)}" for k in range(12)])
    group = names[np.arange(600) % 12]
    km = survival.kaplan_meier(found["time"], found["event"], group)
    for width in (88, 150):
        picture = km.plot(unit="months", width=width, milestones={"1 year": 12})
        figure = drawn(picture)
        assert len(figure.axes) == 12
        assert overlaps(figure) == ([], [])
        said = " ".join(text.get_text() for text in figure.texts)
        for curve in km:
            assert curve.group in said
            assert str(curve.n) in said
        assert picture.svg == km.plot(unit="months", width=width, milestones={"1 year": 12}).svg
        _tables_below_panels_add_up(figure, km)
    few = survival.kaplan_meier(found["time"], found["event"], group == "Hospital A")
    assert len(drawn(few.plot()).axes) == 1
    hazards = survival.nelson_aalen(found["time"], found["event"], group)
    for plot in (hazards.plot, lambda: survival.plot_log_minus_log(km)):
        with pytest.raises(Problem, match="at most 7"):
            plot()


def test_tests_have_pictures(patients):
    found = patients(6, 200)
    columns = (found["time"], found["event"], np.array(["a", "b", LONG])[found["group"]])
    for test in (survival.log_rank(*columns), survival.pairwise_log_rank(*columns)):
        picture = test.plot()
        assert overlaps(drawn(picture)) == ([], [])
        assert picture.svg == test.plot().svg
        assert "p " in picture.text
    assert "cumulative hazard" in next(iter(survival.nelson_aalen(*columns))).plot().text.lower()


def _results():
    """One result of every public class, by name."""
    rng = np.random.default_rng(8)
    time, cause, group = rng.integers(1, 60, 90), rng.integers(0, 3, 90), rng.choice(["a", "b", "c"], 90)
    event, x = (cause > 0).astype(int), rng.normal(size=(90, 2))
    km, model = survival.kaplan_meier(time, event, group), survival.cox(time, event, x, names=["age", "grade"])
    incidence, hazards = survival.aalen_johansen(time, cause, group), survival.nelson_aalen(time, event, group)
    table = {"os_days": time, "dead": event, "group": group}
    found = (
        km, km["a"], km.counts, model, model.score_test, model.baseline()[0], model.concordance, incidence,
        incidence["b", 2], hazards, hazards["c"], survival.log_rank(km.counts), survival.pairwise_log_rank(km.counts),
        model.proportional_hazards(), survival.landmark(time, 20),
        survival.report(table, time="os_days", event="dead", group="group"),
    )  # fmt: skip
    return {type(one).__name__: one for one in found}


NO_RESULTS = {"RiskTable"}
"""Rows that a model is fitted to."""


def test_every_result_shows_itself_in_each_way():
    """Frozen, as a dictionary that JSON holds, as HTML, as a picture with words beside it."""
    found = _results()
    public = {name: getattr(survival, name) for name in survival.__all__}
    assert set(found) == {name for name, one in public.items() if dataclasses.is_dataclass(one)} - NO_RESULTS
    for name, one in found.items():
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.groups = ()
        assert json.dumps(one.to_dict(), allow_nan=False) != "{}", name
        assert "<table" in one._repr_html_(), name
        picture = one.plot()
        assert picture.png().startswith(b"\x89PNG"), name
        assert picture.text.startswith(picture.title), name
        assert picture.svg == one.plot().svg, name


@pytest.mark.parametrize("width", [88, 150])
def test_pictures_of_small_results_keep_their_words_apart(width):
    found = _results()
    for name in ("Test", "Concordance", "Baseline", "Landmark", "Counts", "Incidence"):
        assert overlaps(drawn(found[name].plot(width=width))) == ([], []), name


def test_small_results_without_an_answer_say_so():
    assert "no test" in survival.Test(float("nan"), 2, float("nan")).plot().text
    nothing = survival.Concordance(float("nan"), float("nan"), 0.0, 0.0, 3.0).plot()
    assert "cannot be told" in nothing.text
    assert nothing.png().startswith(b"\x89PNG")


def test_bars_of_counts_add_up_to_the_patients():
    """Up all events, down all censored, group by group; late entries are named."""
    rng = np.random.default_rng(1)
    entry = rng.integers(0, 3, 80)
    counts = survival.kaplan_meier(
        entry + rng.integers(1, 50, 80), rng.integers(0, 2, 80), rng.choice(["a", "b"], 80), entry=entry
    ).counts
    picture = counts.plot()
    for number, axes in enumerate(drawn(picture).axes):
        heights = [bar.get_height() for bar in axes.patches]
        sets = counts.select(number)
        assert sum(height for height in heights if height > 0) == sets.events.sum()
        assert -sum(height for height in heights if height < 0) == sets.censored.sum()
        assert f"{sets.entered.sum()} entered late" in picture.text


def test_ticks_of_many_censored_patients_do_not_hide_the_curve():
    """A thousand patients who leave at a thousand times are a hundred ticks at most; the table still counts all."""
    figure = drawn(survival.kaplan_meier(np.linspace(1, 100, 1000), np.zeros(1000, int)).plot())
    ticks = [line.get_xdata() for axes in figure.axes for line in axes.lines if line.get_label() == "_censored"]
    assert 50 < np.isfinite(np.concatenate(ticks)).sum() / 2 <= 101

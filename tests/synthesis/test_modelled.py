"""Curves are modelled only where two medians and a hazard ratio agree on them; else the reason is told."""

from __future__ import annotations

import math

import pytest

from netlm import synthesis
from netlm.errors import Problem

SUNITINIB = {
    "endpoint": "PFS", "arms": ("Sunitinib", "Placebo"), "medians": (11.4, 5.5), "hazard_ratio": 0.42, "follow_up": 24,
}  # fmt: skip


def test_both_medians_and_the_hazard_ratio_hold():
    model = synthesis.modelled_curves("Raymond 2011", **SUNITINIB)
    assert model.survival(0, 11.4) == pytest.approx(0.5)
    assert model.survival(1, 5.5) == pytest.approx(0.5)
    for months in (1, 7, 24):
        ratio = math.log(model.survival(0, months)) / math.log(model.survival(1, months))
        assert ratio == pytest.approx(0.42)
    assert model.shape == pytest.approx(math.log(0.42) / math.log(5.5 / 11.4))
    assert model.to_dict()["modelled"] is True


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"endpoint": "OS"}, "Only these endpoints"),
        ({"medians": (None, 18.0)}, "median that was not reached"),
        ({"medians": (11.4,)}, "1 medians"),
        ({"arms": ("Sunitinib",)}, "1 arms"),
        ({"hazard_ratio": None}, "no hazard ratio"),
        ({"follow_up": None}, "no follow-up.*not entered"),
        ({"hazard_ratio": float("nan")}, "hazard ratio of nan"),
        ({"medians": (-1.0, 5.5)}, "median of -1"),
        ({"follow_up": 8}, "median of 11.4 months beyond 8 months"),
        ({"medians": (5.5, 11.4)}, "do not agree on one curve"),
        ({"hazard_ratio": 2.6}, "do not agree on one curve"),
        ({"hazard_ratio": 1.0}, "do not agree on one curve"),
        ({"medians": (6.0, 6.0)}, "do not agree on one curve"),
        ({"interval": (0.5, 0.9)}, "hazard ratio 0.42 outside 0.5 to 0.9"),
        ({"medians": (10.9, 3.7), "hazard_ratio": 0.491}, "Weibull shape of 0.66"),
        ({"medians": (11.4, 9.5)}, "Weibull shape of 4.76"),
    ],
)
def test_no_curve_without_a_reason(changed, said):
    with pytest.raises(Problem, match=said) as caught:
        synthesis.modelled_curves("Raymond 2011", **{**SUNITINIB, **changed})
    assert caught.value.code == "not-modelled"


@pytest.mark.parametrize(
    ("medians", "ratio", "fits"),
    [
        ((14.3, 6.0), 0.34, True),
        ((11.0, 3.9), 0.48, True),
        ((22.8, 8.5), 0.276, True),
        ((10.9, 3.7), 0.491, False),
    ],
    ids=["PROMID", "RADIANT-4", "NETTER-2", "SANET-p"],
)
def test_published_trials(medians, ratio, fits):
    given = {**SUNITINIB, "medians": medians, "hazard_ratio": ratio, "follow_up": 36}
    if fits:
        assert 0.7 <= synthesis.modelled_curves("trial", **given).shape <= 1.5
    else:
        with pytest.raises(Problem, match="do not fit"):
            synthesis.modelled_curves("trial", **given)


def test_beyond_the_follow_up_nothing_is_told():
    model = synthesis.modelled_curves("Raymond 2011", **SUNITINIB)
    for months in (24.1, -1):
        with pytest.raises(Problem, match="Stay within the follow-up"):
            model.survival(0, months)


def test_the_picture_ends_with_the_follow_up_and_says_that_it_is_modelled():
    pytest.importorskip("matplotlib", reason="the extra `figures` draws")
    from matplotlib.figure import Figure

    picture = synthesis.modelled_curves("Raymond 2011", **SUNITINIB).plot()
    assert "modelled" in picture.title
    assert "Modelled, not observed" in picture.text
    figure = Figure()
    picture.draw(figure)
    curves = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 3]
    assert len(curves) == 2
    assert {max(line.get_xdata()) for line in curves} == {24}

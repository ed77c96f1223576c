"""What cannot be used is refused with what was found, where, and how to mend it; what needs care says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from netlm import synthesis
from netlm.errors import Problem, Problems

NAN = float("nan")
GOOD = synthesis.hazard_ratio("good", 0.5, 0.3, 0.8)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.34, -0.20, 0.59), "A hazard ratio|interval of a ratio is positive"),
        ((0.34, 0, 0.59), "interval of a ratio is positive"),
        ((-0.34, -0.5, -0.2), "A hazard ratio is positive"),
        ((0, 0.1, 0.2), "A hazard ratio is positive"),
        ((0.34, 0.59, 0.20), "Exchange the limits"),
        ((0.34, 0.34, 0.34), "An interval has a width"),
        ((0.34, 0.40, 0.59), "0.34 outside 0.4 to 0.59"),
        ((NAN, 0.2, 0.59), "a finite number"),
        ((0.34, NAN, 0.59), "a finite number"),
        ((0.34, 0.2, float("inf")), "a finite number"),
        ((0.34, 0.2, None), "one limit alone"),
        (("0.34", 0.2, 0.59), "a finite number"),
        ((None, 0.2, 0.59), "a finite number"),
        ((True, 0.2, 0.59), "a finite number"),
    ],
)
def test_hazard_ratios_that_cannot_be(numbers, said):
    with pytest.raises(Problem, match=said) as caught:
        synthesis.hazard_ratio("PROMID", *numbers)
    assert caught.value.place.startswith("PROMID: ")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(("level", "said"), [(95, "Write 0.95"), (0, "between 0"), (1, "between 0"), (NAN, "finite")])
def test_levels_that_cannot_be(level, said):
    for make in (
        lambda: synthesis.hazard_ratio("a", 0.5, 0.3, 0.8, level=level),
        lambda: synthesis.proportion("a", 1, 2, level=level),
        lambda: synthesis.pool([GOOD], level=level),
        lambda: synthesis.bucher(GOOD, GOOD, level=level),
    ):
        with pytest.raises(Problem, match=said):
            make()


@pytest.mark.parametrize(
    ("events", "n", "said"),
    [(3, 0, "needs patients"), (5, 4, "numerator and denominator"), (-1, 4, "0 or more"), (1.5, 4, "whole number")],
)
def test_counts_that_cannot_be(events, n, said):
    with pytest.raises(Problem, match=said):
        synthesis.proportion("a", events, n)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((74,), "divided by 100"),
        ((0.97, 0.91, 1.03), "divided by 100|cannot leave 0 to 1"),
        ((0.89, 0.68, 1.10), "cannot leave 0 to 1|divided by 100"),
        ((-0.1,), "cannot leave 0 to 1"),
        ((0.5, 0.6, 0.7), "outside 0.6 to 0.7"),
    ],
)
def test_rates_that_cannot_be(numbers, said):
    """The second and third are the printed 97 +- 6 and 89 +- 21 %, whose intervals leave the possible."""
    with pytest.raises(Problem, match=said):
        synthesis.survival_rate("a", *numbers, n=33)


def test_no_events_are_counted_with_a_half_and_said():
    study = synthesis.proportion("none", 0, 20)
    assert study.estimate == 0
    assert "a half was added" in study.note
    pooled = synthesis.pool([study, synthesis.proportion("b", 3, 9)])
    assert any("none: one of the two counts" in note for note in pooled.notes)


def test_effects_need_an_interval_or_one_error():
    with pytest.raises(Problem, match="one of them"):
        synthesis.effect("a", 1, 0, 2, se=0.5)
    for se in (0, -1, NAN):
        with pytest.raises(Problem):
            synthesis.effect("a", 1, se=se)


def test_what_cannot_be_pooled():
    bare, share = synthesis.hazard_ratio("bare", 0.58), synthesis.proportion("share", 3, 9)
    at_end = synthesis.survival_rate("all alive", 0.97, 0.9, 1.0)
    with pytest.raises(Problem, match="Name the studies"):
        synthesis.pool([])
    with pytest.raises(Problem, match="one measure"):
        synthesis.pool([GOOD, share])
    with pytest.raises(Problem, match="one of fixed, dl, reml, hk"):
        synthesis.pool([GOOD], "random")
    with pytest.raises(Problem, match="one of metafor, higgins"):
        synthesis.pool([GOOD], prediction="t")
    with pytest.raises(Problems, match="no standard error on the logit scale"):
        synthesis.pool([share, at_end])
    with pytest.raises(Problems) as caught:
        synthesis.pool([GOOD, bare, GOOD])
    assert [problem.place for problem in caught.value.problems] == ["bare", "good"]


def test_what_cannot_be_compared():
    with pytest.raises(Problem, match="two effects of one measure"):
        synthesis.bucher(GOOD, synthesis.effect("a", 1, se=1))
    with pytest.raises(Problem, match="two effects of one measure"):
        synthesis.bucher(synthesis.proportion("a", 1, 2), synthesis.proportion("b", 1, 2))
    with pytest.raises(Problem, match="no interval"):
        synthesis.bucher(GOOD, synthesis.hazard_ratio("bare", 0.5))


def test_two_studies_have_no_prediction_interval_of_higgins_and_say_so():
    two = [GOOD, synthesis.hazard_ratio("b", 0.9, 0.5, 1.6)]
    found = synthesis.pool(two, prediction="higgins")
    assert found.prediction is None
    assert any("three studies or more" in note for note in found.notes)
    assert synthesis.pool(two).prediction is not None
    assert synthesis.pool(two, "fixed").prediction is None


def test_a_hartung_knapp_interval_that_narrows_says_so():
    alike = [synthesis.hazard_ratio(f"{k}", 0.5, 0.3, 0.8) for k in range(4)]
    assert any("Hartung-Knapp" in note for note in synthesis.pool(alike, "hk").notes)
    assert not synthesis.pool(alike, "reml").notes


def test_huge_intervals_end_without_an_overflow():
    wide = [synthesis.hazard_ratio("a", 0.5, 1e-100, 1e100), synthesis.hazard_ratio("b", 5, 1e-90, 1e110)]
    assert synthesis.pool(wide, "hk", level=0.9999).to_dict()["high"] is None
    assert synthesis.pool(wide, "reml").high > 1e50


def test_other_levels_than_the_printed_one_are_worked_out():
    study = synthesis.hazard_ratio("a", 0.5, 0.3, 0.8, level=0.9)
    assert study.limits(0.9) == (0.3, 0.8)
    low, high = study.limits(0.95)
    assert low < 0.3
    assert high > 0.8
    assert synthesis.hazard_ratio("bare", 0.5).limits(0.95) is None
    assert synthesis.proportion("p", 5, 9).limits(0.5) != synthesis.proportion("p", 5, 9).limits(0.95)


def test_numbers_need_no_other_package():
    code = (
        "import sys\nfrom netlm import synthesis as s\n"
        "a, b = s.hazard_ratio('a', .5, .3, .8), s.hazard_ratio('b', .9, .5, 1.6)\n"
        "s.pool([a, b], 'hk').to_dict(), s.bucher(a, b), s.proportion('p', 3, 9)\n"
        "print(sorted({'numpy', 'scipy', 'matplotlib', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

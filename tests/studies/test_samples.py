"""Promises about who is compared: nobody is dropped without being counted, nothing unknown becomes a no."""

from __future__ import annotations

import numpy as np
import pytest

from netlm.errors import Problems
from netlm.studies import load_analyses, patients_of, run_study
from netlm.studies._sample import sample_of

from .tables import hostile, table

ANALYSES = {name: one for name, one in load_analyses().items() if one.rows == "patients"}


def _patients(name: str, rows):
    return patients_of(rows, ANALYSES[name].columns, ANALYSES[name].reads)


def _sample(name: str, rows):
    return sample_of(ANALYSES[name], _patients(name, rows))


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("name", ANALYSES)
def test_attrition_adds_up_at_every_step(name: str, missing: float) -> None:
    """True, false and unknown are all of those before; the groups and those in none are all of the population."""
    sample = _sample(name, table(300, missing=missing))
    left = sample.population.all
    for step in sample.population.steps:
        assert step.before == left
        assert step.true + step.false + step.unknown == step.before
        assert sum(step.reasons.values()) >= step.unknown
        left = step.true
    assert left == sample.patients.n
    if sample.grouped is not None:
        found = sample.grouped
        assert sum(found.sizes) + found.crossing + found.unknown + found.outside == sample.patients.n


@pytest.mark.parametrize("name", ANALYSES)
def test_times_add_up(name: str) -> None:
    """Known and not known, before the landmark and beyond it."""
    sample = _sample(name, table(300, missing=0.3))
    for time in sample.analysis.times:
        timed = sample.timed(time)
        unknown = int((~timed.followed.known).sum())
        assert sum(timed.followed.reasons.values()) == unknown
        lost = timed.landed.events_before + timed.landed.ended_before
        assert int(timed.landed.rows.sum()) + lost + unknown == sample.patients.n


def _debulked(low, high=None, **more):
    n = len(low)
    return {
        "differentiation": ["well"] * n, "index_class": ["surgery"] * n, "debulking_achieved_lo": low,
        "debulking_achieved_hi": high or low, **more,
    }  # fmt: skip


def test_exactly_90_belongs_to_the_lower_band_and_exactly_70_to_the_middle_one() -> None:
    """As in Scott 2019 and Maxwell 2016 (B03)."""
    sample = _sample("debulking", _debulked([69.9, 70.0, 89.5, 90.0, 90.1]))
    assert sample.grouped.code.tolist() == [0, 1, 1, 1, 2]


def test_a_range_across_a_limit_is_put_into_no_band() -> None:
    """And counted; a range within a band is in it, one with an open end at the limit too."""
    rows = _debulked([60.0, 60.0, 70.0, 85.0, None], [80.0, 69.0, 90.0, 95.0, None])
    rows["debulking_achieved_hi"][1], rows["debulking_achieved_hi_open"] = 70.0, [False, True, False, False, False]
    found = _sample("debulking", rows).grouped
    assert found.code.tolist() == [-1, 0, 1, -1, -1]
    assert (found.crossing, found.unknown) == (2, 1)


def test_unknown_is_not_no() -> None:
    """Function unknown at a clear margin is neither functioning nor not."""
    n = 4
    rows = {
        "differentiation": ["well"] * n, "index_class": ["surgery"] * n, "margin": ["R0", "R0", None, "R2"],
        "functional": ["yes", None, "yes", "no"], "functional_unknown": [None, "assay not done", None, None],
    }  # fmt: skip
    found = _sample("margin-and-function", rows).grouped
    assert found.code.tolist() == [0, -1, -1, 3]
    assert found.unknown == 2
    assert any("assay not done" in reason for reason in found.reasons)


def test_a_step_that_cannot_be_told_gives_its_reason() -> None:
    """A column that is not in the table is unknown in every row."""
    sample = _sample("debulking", {"index_class": ["surgery"] * 5})
    (first, second) = sample.population.steps
    assert (first.true, first.false, first.unknown) == (5, 0, 0)
    assert (second.true, second.false, second.unknown) == (0, 0, 5)
    assert list(second.reasons) == ["Differentiation: no such column in the table"]


def test_the_landmark_counts_who_was_lost_before_it_and_how() -> None:
    """Months to the landmark are taken off the time."""
    rows = _debulked([80.0] * 4, dead=["yes", "no", "yes", None], os_days=[30, 60, 400, 500])
    timed = _sample("debulking", rows).timed(ANALYSES["debulking"].times[0])
    assert (timed.landed.events_before, timed.landed.ended_before) == (1, 1)
    assert timed.time.tolist() == pytest.approx([400 / (365.25 / 12) - 3])
    assert timed.followed.reasons == {"Dead: not recorded": 1}


def test_recurrence_after_the_end_of_follow_up_is_not_believed() -> None:
    """Dates that contradict each other make the time unknown."""
    n = 3
    rows = {
        "differentiation": ["well"] * n, "index_class": ["surgery"] * n, "margin": ["R0"] * n,
        "dead": ["no", "yes", "no"], "os_days": [100, 100, 100], "recurred": ["yes", "yes", "no"],
        "recurrence_days": [200, 50, None],
    }  # fmt: skip
    timed = _sample("recurrence", rows).timed(ANALYSES["recurrence"].times[0])
    assert timed.followed.reasons == {"recurrence after the end of follow-up": 1}
    assert timed.event.tolist() == [1, 0]


def test_nobody_is_followed_for_recurrence_beyond_what_is_said() -> None:
    """Without recurrence up to a day: censored there, though the last contact, or the death, came later.

    A recurrence found after that day counts; where no day is said, follow-up ends as ever.
    """
    n = 5
    rows = {
        "differentiation": ["well"] * n, "index_class": ["surgery"] * n, "margin": ["R0"] * n,
        "dead": ["no", "yes", "yes", "no", "no"], "os_days": [100] * n, "recurred": ["no"] * 3 + ["yes", "no"],
        "recurrence_days": [None] * 3 + [80, None], "recurrence_free_until_days": [40, 40, 100, 40, None],
    }  # fmt: skip
    timed = _sample("recurrence", rows).timed(ANALYSES["recurrence"].times[0])
    assert timed.event.tolist() == [0, 0, 2, 1, 0]
    assert (timed.time * 365.25 / 12).tolist() == pytest.approx([40, 40, 100, 80, 100])


def test_a_death_of_an_unclear_day_is_not_after_what_is_said() -> None:
    """Only what certainly came later is not seen."""
    rows = {
        "differentiation": ["well"], "index_class": ["surgery"], "margin": ["R0"], "dead": ["yes"],
        "os_days_lo": [100], "os_days_hi": [130], "recurred": ["no"], "recurrence_free_until_days": [110],
    }  # fmt: skip
    timed = _sample("recurrence", rows).timed(ANALYSES["recurrence"].times[0])
    assert timed.event.tolist() == [2]
    assert (timed.time * 365.25 / 12).tolist() == pytest.approx([115])


def test_nobody_is_free_of_progression_for_longer_than_alive() -> None:
    """Of the living the last news may be of either."""
    rows = _debulked(
        [80.0] * 4, dead=["yes", "yes", "no", "yes"], os_days_lo=[400, 400, 400, 300], os_days_hi=[400, 400, 400, 500],
        pfs_event=["yes", "no", "yes", "yes"], pfs_days=[500, 400, 500, 450],
    )  # fmt: skip
    timed = _sample("debulking", rows).timed(ANALYSES["debulking"].times[1])
    assert timed.followed.reasons == {"Progression-free survival beyond the death": 1}
    assert timed.n == 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"index_class": ["operation"]}, "another word"),
        ({"debulking_achieved": [130.0]}, "1 values outside the possible"),
        ({"debulking_achieved_lo": [80.0], "debulking_achieved_hi": [70.0]}, "end before they begin"),
        ({"os_days": ["long"]}, "no number"),
        ({"os_days": [-5]}, "outside the possible"),
        ({"dead": ["perhaps"]}, "yes or no"),
    ],
)
def test_a_value_that_a_column_cannot_have_is_told(rows, told: str) -> None:
    """By the name of the column."""
    with pytest.raises(Problems, match=told):
        _sample("debulking", rows)


def test_the_same_rows_in_another_order_give_the_same_counts() -> None:
    """Nothing hangs on the order of the table."""
    rows = table(200, missing=0.3)
    order = np.random.default_rng(3).permutation(200)
    turned = {name: [values[place] for place in order] for name, values in rows.items()}
    first, second = _sample("debulking", rows), _sample("debulking", turned)
    assert first.population.steps == second.population.steps
    assert first.grouped.sizes == second.grouped.sizes


def test_hostile_tables_are_all_read() -> None:
    """They are what the pages are made of elsewhere."""
    for rows in hostile().values():
        for name in ANALYSES:
            _sample(name, rows)


def test_who_was_treated_before_time_zero_is_told_and_left_out() -> None:
    """Only survivors of an earlier treatment come to the board."""
    rows = table(300)
    rows["transplantation"], rows["transplantation_days"] = ["no"] * 300, [None] * 300
    study = run_study(ANALYSES["transplantation"], _patients("transplantation", rows))
    (none,) = study.to_dict()["results"]
    rows["transplantation"], rows["transplantation_days"] = ["yes"] * 300, [-400] * 150 + [100] * 150
    study = run_study(ANALYSES["transplantation"], _patients("transplantation", rows))
    (found,) = study.to_dict()["results"]
    assert none["treated_before"] == 0 < found["treated_before"]
    assert f"Treated before time zero: {found['treated_before']}; left out" in study.to_text()

"""The least liver for a share of the tumour: against trying every choice, and in cases that can be seen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlm import imaging
from netlm.errors import Problems
from netlm.imaging import _zones as _zones_module

from .conftest import ball

SPACING = (2.0, 2.0, 2.0)
SHAPE = (40, 50, 50)


def _liver(lesions) -> np.ndarray:
    array = ball(np.zeros(SHAPE, np.uint8), (40, 50, 50), (34, 42, 44), 1, SPACING)
    for centre, radius in lesions:
        ball(array, centre, radius, 2, SPACING)
    return array


def _burden(lesions, **more) -> imaging.Burden:
    return imaging.burden(_liver(lesions), spacing=SPACING, **more)


def _rules(targets=(70.0, 90.0, 100.0), margin=6.0, ablation=4.0, size=14.0) -> imaging.Reach:
    return imaging.Reach(margin, ablation, size, targets)


SPOTS = [((40, 50, 30), 8), ((40, 50, 46), 4), ((30, 40, 70), 6), ((50, 70, 60), 5), ((25, 55, 55), 3)]


def _zones(burden: imaging.Burden, rules: imaging.Reach) -> list[np.ndarray]:
    """Every wedge and ablation as a mask, by comparing every voxel."""
    scan, masks = burden.scan, []
    index = np.indices(scan.grid.shape).reshape(3, -1).T * np.array(SPACING)
    for lesion in burden.lesions:
        part, place = lesion.place
        voxels = burden.pieces[part].one(place) * np.array(SPACING)
        far = np.min(np.linalg.norm(index[:, None] - voxels[None], axis=2), axis=1).reshape(scan.grid.shape)
        masks.append((far <= rules.margin_mm) & scan.liver)
        if lesion.longest_axial_mm <= rules.ablation_size_mm:
            masks.append((far <= rules.ablation_margin_mm) & scan.liver)
    return masks


def _best(burden: imaging.Burden, rules: imaging.Reach, target: float) -> int:
    """The least liver voxels over every choice of zones."""
    masks, tumour = _zones(burden, rules), burden.scan.tumour
    lesions = []
    for lesion in burden.lesions:
        part, place = lesion.place
        lesions.append(tuple(burden.pieces[part].one(place).T))
    total = sum(len(one[0]) for one in lesions)
    best = None
    for number in range(1, len(masks) + 1):
        for chosen in combinations(masks, number):
            union = np.logical_or.reduce(chosen)
            taken = sum(len(one[0]) for one in lesions if union[one].all())
            if 100 * taken / total >= target - 1e-9:
                lost = int(np.count_nonzero(union & ~tumour))
                best = lost if best is None else min(best, lost)
    assert best is not None
    return best


@pytest.mark.parametrize("count", [2, 3, 4])
def test_it_is_the_least_of_all_choices(count) -> None:
    """Against trying every set of wedges and ablations."""
    burden, rules = _burden(SPOTS[:count]), _rules()
    found = imaging.reach(burden, rules)
    assert [step.target for step in found.steps] == [70, 90, 100]
    for step in found.steps:
        assert step.gap == 0
        assert step.reached >= step.target - 1e-6
        assert step.liver_ml == pytest.approx(_best(burden, rules, step.target) * burden.scan.grid.voxel_ml)


@settings(max_examples=6)
@given(st.integers(0, 1000))
def test_it_is_the_least_of_all_choices_anywhere(seed: int) -> None:
    """Lesions where chance puts them, near enough for their rims to overlap."""
    chance = np.random.default_rng(seed)
    spots = [(tuple(chance.uniform((28, 38, 35), (52, 62, 65))), float(chance.uniform(3, 7))) for _ in range(3)]
    burden, rules = _burden(spots), _rules(targets=(60.0, 100.0))
    for step in imaging.reach(burden, rules).steps:
        assert step.liver_ml == pytest.approx(_best(burden, rules, step.target) * burden.scan.grid.voxel_ml)


@settings(max_examples=6)
@given(st.integers(0, 1000))
def test_what_no_lesion_needs_may_be_left_out(seed: int) -> None:
    """With every wedge and ablation in the program the frontier is the same, proven best both times."""
    chance = np.random.default_rng(seed)
    spots = [(tuple(chance.uniform((20, 26, 26), (60, 74, 74))), float(chance.uniform(3, 7))) for _ in range(14)]
    burden, rules = _burden(spots), _rules()
    found = imaging.reach(burden, rules)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(_zones_module, "_worth_having", lambda burden, zones, of: zones)
        whole = imaging.reach(burden, rules)
    assert [step.gap for step in (*found.frontier, *whole.frontier)] == [0] * 12
    assert [step.liver_ml for step in found.frontier] == [step.liver_ml for step in whole.frontier]


@pytest.mark.parametrize("margin", [0.0, 0.7, 3.9, 5.0, 6.24, 10.0])
def test_a_rim_is_all_within_the_margin(margin: float) -> None:
    """Against every distance between voxel centres; one exactly at the margin lies within it."""
    spacing, chance = np.array([1.0, 0.78, 0.6]), np.random.default_rng(3)
    own = np.zeros((27, 33, 41), bool)
    own[11:15, 14:18, 18:22] = chance.random((4, 4, 4)) < 0.5
    every = np.argwhere(np.ones(own.shape, bool)) * spacing
    far = np.linalg.norm(every[:, None] - (np.argwhere(own) * spacing)[None], axis=2).min(1)
    grown = _zones_module._grown(own, margin, spacing)
    assert np.array_equal(grown, (far <= margin + 1e-9).reshape(own.shape))


def test_a_lesion_cut_through_does_not_count() -> None:
    """A wedge that takes half of a neighbour has taken nothing of it."""
    burden = _burden(SPOTS[:2])
    found = imaging.reach(burden, _rules(targets=(85.0,)), kinds=["wedge"])
    shares = [float(lesion.ml) / float(burden.tumour_ml) * 100 for lesion in burden.lesions]
    assert any(found.steps[0].reached == pytest.approx(value) for value in (shares[0], 100))


def test_more_takes_more() -> None:
    """The frontier never falls, and never asks for more liver than there is."""
    found = imaging.reach(_burden(SPOTS), _rules())
    liver = [step.liver_ml for step in found.frontier]
    assert liver == sorted(liver)
    assert all(0 < step.liver_percent < 100 for step in found.frontier)
    assert found.steps[-1].reached == pytest.approx(100)
    assert len(found.steps[-1].lesions) == len(SPOTS)


def test_the_largest_hold_most() -> None:
    """Cumulative shares, and how many lesions hold a share."""
    found = imaging.reach(_burden(SPOTS), _rules())
    together = [share for _, _, share in found.cumulative]
    assert together == sorted(together)
    assert together[-1] == pytest.approx(100)
    assert found.holders(100) == 5
    assert found.holders(together[1]) == 2


def test_a_segment_where_it_costs_less() -> None:
    """Many small lesions in one labelled segment: the segment goes."""
    array = _liver([])
    corner = array.copy()
    corner[:, :, :34] = 0
    spots = [((z, y, 78), 3) for z in (30, 42, 54) for y in (36, 46, 56, 66)]
    for centre, radius in spots:
        ball(array, centre, radius, 2, SPACING)
    segments = np.where(corner == 1, 6, np.where(array > 0, 4, 0)).astype(np.uint8)
    both = array + 10 * segments
    burden = imaging.burden(both, liver=[41, 61], tumour=[42, 62], spacing=SPACING,
                            segments={"4": [41, 42], "6": [61, 62]})  # fmt: skip
    found = imaging.reach(burden, _rules(margin=40.0, ablation=40.0))
    assert [act.kind for act in found.steps[-1].acts] == ["segment"]
    assert found.steps[-1].acts[0].name == "6"
    assert set(burden.distribution) == {"unilobar"}
    wedges = imaging.reach(burden, _rules(margin=40.0), kinds=["wedge"])
    assert wedges.steps[-1].liver_ml >= found.steps[-1].liver_ml


def test_what_cannot_be_reached_is_told() -> None:
    """Only ablation, and the largest lesion too large for it."""
    found = imaging.reach(_burden(SPOTS), _rules(), kinds=["ablation"])
    assert "not-reachable" in {caution.code for caution in found.warnings}
    assert all(step.target < 50 for step in found.frontier)
    assert "1" not in {name for step in found.frontier for name in step.lesions}


def test_it_says_what_it_is_not() -> None:
    """In text and in JSON; and it needs lesions."""
    found = imaging.reach(_burden(SPOTS), _rules())
    assert "not a surgical plan" in " ".join(found.to_text().split())
    assert "not a surgical plan" in found.to_dict()["note"]
    with pytest.raises(Problems):
        imaging.reach(_burden([]), _rules())
    with pytest.raises(Problems):
        imaging.reach(_burden(SPOTS), _rules(), kinds=["laser"])

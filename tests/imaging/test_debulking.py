"""What two measured volumes allow to say of what was removed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlm import imaging
from netlm.case import response_rules
from netlm.dictionary import load_dictionary
from netlm.errors import Problems

from .conftest import RULES, ball

SPACING = (2.0, 1.5, 1.5)
LIMITS = imaging.Limits(-24, 33)
SPOTS = [((60, 60, 60), 9), ((70, 60, 85), 6), ((45, 75, 55), 5), ((60, 40, 75), 4)]


def _burden(array, **more) -> imaging.Burden:
    return imaging.burden(array, spacing=more.pop("spacing", SPACING), rules=RULES, **more)


def _debulked(before, after, **more) -> imaging.Debulking:
    return imaging.debulking(_burden(before), _burden(after), RULES, targets=(70, 90), **more)


def test_seventy_two_per_cent_may_be_58_or_81() -> None:
    """Independent errors decide: it does not prove 70 %, and the dictionary says the same."""
    removed = imaging.cytoreduction(100, 28, LIMITS)
    assert float(removed) == pytest.approx(72)
    assert removed.low == pytest.approx(58, abs=0.5)
    assert removed.high == pytest.approx(81, abs=0.5)
    error = load_dictionary().facts["achievable_debulking"].error
    assert (removed.low, removed.high) == pytest.approx(error.reach(72))


@given(st.floats(0.1, 5000), st.floats(0, 1))
def test_the_range_holds_the_value_and_never_passes_100(before: float, rest: float) -> None:
    """Nothing left is 100 % whatever the error; the range narrows towards it."""
    removed = imaging.cytoreduction(before, before * rest, LIMITS)
    assert removed.low <= removed + 1e-9
    assert removed <= removed.high + 1e-9
    assert removed.high <= 100
    if not rest:
        assert (removed.low, removed.high) == (100, 100)


def test_sphere_identities() -> None:
    """-30 % of the diameter is -65.7 % of the volume, +20 % is +72.8 %, half the cross-product -64.6 %."""
    for diameter, volume in ((-0.30, -65.7), (0.20, 72.8), (math.sqrt(0.5) - 1, -64.6)):
        assert 100 * ((1 + diameter) ** 3 - 1) == pytest.approx(volume, abs=0.05)
        change = imaging.change_of_volume(1.0, (1 + diameter) ** 3, None)
        assert float(change) == pytest.approx(volume, abs=0.05)


def test_what_became_of_each_lesion(phantom) -> None:
    """Gone, shrunk, stable, new, and the shares by volume and by count."""
    after = phantom([((60, 60, 60), 5), ((70, 60, 85), 6), ((75, 75, 60), 5)])
    found = _debulked(phantom(SPOTS), after)
    fates = {match.before: match.fate for match in found.matches}
    assert fates[("1",)] == "shrunk"
    assert fates[("2",)] == "stable"
    assert fates[("3",)] == fates[("4",)] == "gone"
    assert [match.fate for match in found.matches if not match.before] == ["new"]
    assert found.removed_count == 50
    assert float(found.removed) == pytest.approx(100 * (1 - found.after.tumour_ml / found.before.tumour_ml))
    assert "new-lesions" in {caution.code for caution in found.warnings}


def test_above_below_and_cannot_tell(phantom) -> None:
    """The range decides, not the number."""
    before = phantom(SPOTS)
    assert _debulked(before, phantom([((60, 60, 60), 2)])).targets == ((70.0, "above"), (90.0, "above"))
    assert [verdict for _, verdict in _debulked(before, before).targets] == ["below", "below"]
    nearly = _debulked(before, phantom([((60, 60, 60), 6.6)]))
    assert 70 < nearly.removed < 90
    assert nearly.targets[0][1] == "cannot tell at this measurement error"
    assert "correlated" in nearly.if_correlated
    assert nearly.to_dict()["targets"][1]["percent"] == 90


def test_merged_and_split(phantom) -> None:
    """Two that became one, and one that became two."""
    apart, joined = phantom(SPOTS[:2]), phantom([((65, 60, 72), 18)])
    merged = _debulked(apart, joined)
    assert [match.fate for match in merged.matches] == ["merged"]
    assert merged.matches[0].before == ("1", "2")
    assert [match.fate for match in _debulked(joined, apart).matches] == ["split"]


def test_ablation_zones_are_not_tumour(phantom) -> None:
    """A zone where a lesion was: treated, counted as removed, part of the liver still."""
    before, after = phantom(SPOTS), phantom(SPOTS[1:])
    ball(after, (60, 60, 60), 14, 3, SPACING)
    later = _burden(after, ablation=3)
    found = imaging.debulking(_burden(before), later, RULES)
    assert found.matches[0].fate == "ablated"
    assert later.treated_ml > 0
    assert float(later.liver_ml) == pytest.approx(float(_burden(before).liver_ml))
    counted = imaging.debulking(_burden(before), _burden(np.where(after == 3, 2, after).astype(np.uint8)), RULES)
    assert counted.removed < found.removed


def test_one_voxel_says_little(phantom) -> None:
    """A speck before that is not there after is not a lesion removed for certain."""
    array = phantom(SPOTS[:1])
    array[30, 50, 60] = 2
    found = _debulked(array, phantom(SPOTS[:1]))
    assert [match.fate for match in found.matches] == ["stable", "too small to say"]


def test_a_change_beyond_both_ranges_is_told_of_a_speck_too(phantom) -> None:
    """A speck that is a large lesion later has grown, and the other way round; two specks say nothing."""
    large, small = phantom([SPOTS[0], ((45, 75, 55), 9)]), phantom(SPOTS[:1])
    small[45 // 2, 50, 36] = 2
    grown, shrunk = _debulked(small, large), _debulked(large, small)
    assert [match.fate for match in grown.matches] == ["stable", "grown"]
    assert [match.fate for match in shrunk.matches] == ["stable", "shrunk"]
    assert grown.matches[1].change_percent.low > 0
    assert grown.matches[1].change_percent.high is None  # a speck may be nothing
    assert " or more)" in grown.to_text()
    assert shrunk.matches[1].change_percent.high < 0
    assert [match.fate for match in _debulked(small, small).matches] == ["stable", "too small to say"]


def test_what_the_voxels_explain_is_no_growth() -> None:
    """A few voxels more on thick slices lie within the ranges printed of both."""
    spacing = (5.0, 1.5, 1.5)
    maps = [ball(np.zeros((30, 90, 90), np.uint8), (75, 65, 65), (70, 60, 60), 1, spacing) for _ in range(3)]
    for array, centre, radius in zip(maps, ((72.5, 65, 80), (75, 65, 80), (75, 65, 80)), (4.2, 5.4, 12), strict=True):
        ball(array, centre, radius, 2, spacing)
    first, second, third = (_burden(array, spacing=spacing) for array in maps)
    assert second.tumour_ml > 1.5 * first.tumour_ml
    assert second.lesions[0].ml.low < first.lesions[0].ml.high
    (match,) = imaging.debulking(first, second, RULES).matches
    assert match.fate == "stable"
    assert match.change_percent.low < 0 < match.change_percent.high
    assert imaging.debulking(first, third, RULES).matches[0].fate == "grown"


def test_a_lesion_beyond_the_other_scan_is_neither_gone_nor_new(phantom) -> None:
    """A later scan that stops short does not show what it does not hold; nor does an earlier one."""
    spots = [*SPOTS, ((24, 60, 70), 6)]
    whole = phantom(spots)
    affine = np.array([[0, 0, 1.5, 0], [0, 1.5, 0, 0], [2.0, 0, 0, 0]])
    start = affine.copy()
    start[2, 3] = 30
    long, short = (imaging.burden(array, affine=at, rules=RULES, liver=1, tumour=2)
                   for array, at in ((whole, affine), (whole[15:], start)))  # fmt: skip
    found = imaging.debulking(long, short, RULES, targets=(5, 70), register=False)
    lost = [match for match in found.matches if match.fate == "cannot tell"]
    assert [(match.after, match.after_ml) for match in lost] == [((), None)]
    assert {match.fate for match in found.matches if match not in lost} == {"stable"}
    assert (found.removed_count, found.removed.low) == (None, None)
    assert [verdict for _, verdict in found.targets] == ["cannot tell at this measurement error", "below"]
    (caution,) = (one for one in found.warnings if one.code == "not-covered")
    assert f"lesion {lost[0].before[0]} of the earlier scan" in caution.says
    back = imaging.debulking(short, long, RULES, register=False)
    assert [match.before for match in back.matches if match.fate == "cannot tell"] == [()]
    assert not any(match.fate == "new" for match in back.matches)
    (follow,) = imaging.response(long, [short], response_rules(), RULES, register=False).follow_ups
    assert (follow.recist, follow.sum_mm) == ("cannot tell", None)


def test_no_tumour_before(phantom) -> None:
    """A share of nothing is refused."""
    with pytest.raises(Problems):
        _debulked(phantom(), phantom(SPOTS))


def test_more_tumour_after(phantom) -> None:
    """Growth is a negative share, and told."""
    found = _debulked(phantom(SPOTS[1:]), phantom(SPOTS))
    assert found.removed < 0
    assert "more-tumour" in {caution.code for caution in found.warnings}


@pytest.mark.parametrize("register", [None, True])
def test_another_grid_is_registered(phantom, register) -> None:
    """A turned and moved scan on other voxels: the same lesions are found again."""
    before = _burden(phantom(SPOTS))
    angle = np.radians(6)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    fine = (1.8, 1.3, 1.3)
    shape = (70, 100, 110)
    shift = np.array([7.0, -5.0, 9.0])
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = fine
    affine = np.column_stack((turn @ affine[:, :3], turn @ np.array([-5.0, -5.0, -5.0]) + shift))
    index = np.indices(shape).reshape(3, -1).T
    world = index @ affine[:, :3].T + affine[:, 3]
    old = (world - shift) @ turn  # where these voxels were before the patient moved
    place = np.rint(old[:, ::-1] / SPACING).astype(int)
    inside = ((place >= 0) & (place < np.array((60, 80, 90)))).all(1)
    later = np.zeros(len(index), np.uint8)
    later[inside] = phantom([SPOTS[0], SPOTS[1], SPOTS[3]])[tuple(place[inside].T)]
    after = imaging.burden(later.reshape(shape), affine=affine, rules=RULES)
    found = imaging.debulking(before, after, RULES, register=register)
    assert found.alignment.how == "registered"
    assert found.alignment.overlap > 0.95
    pairs = {match.before: match.fate for match in found.matches}
    assert pairs == {("1",): "stable", ("2",): "stable", ("3",): "gone", ("4",): "stable"}


OBLONG = [((70, 85, 140), 10), ((60, 70, 130), 6), ((85, 100, 120), 5), ((70, 85, 60), 10), ((45, 100, 50), 6),
          ((95, 70, 70), 5)]  # fmt: skip


def _oblong(spots, shape=(60, 150, 170), spacing=(2.5, 1.2, 1.2), turn=0.0, shift=(0, 0, 0), cut=-100.0):
    """A liver like a wedge, ``cut`` off to the right of a plane (mm from its middle), turned and shifted; measured."""
    middle, angle = np.array((70.0, 85.0, 95.0)), np.radians(turn)
    z, y, x = np.indices(shape).reshape(3, -1) * np.array(spacing)[:, None] - (middle + shift)[:, None]
    y, x = np.cos(angle) * y + np.sin(angle) * x, np.cos(angle) * x - np.sin(angle) * y
    liver = ((z / 55) ** 2 + (y / (55 - 0.25 * x)) ** 2 + (x / 80) ** 2 <= 1) & (x > cut)
    array = liver.astype(np.uint8)
    for centre, radius in spots:
        away = [axis - at for axis, at in zip((z, y, x), np.array(centre) - middle, strict=True)]
        array[liver & (sum(way**2 for way in away) <= radius**2)] = 2
    return _burden(array.reshape(shape), spacing=spacing)


@pytest.mark.parametrize(("cut", "turn", "slices"), [(-55, 0, 2.3), (-45, 0, 2.3), (0, 10, 2.3), (-45, 6, 8.0)])
def test_lesions_of_a_resected_liver_are_found_again(cut, turn, slices) -> None:
    """What was taken changes the liver's shape; the surface that is left tells how the scans lie, on another grid."""
    kept = [(centre, radius) for centre, radius in OBLONG if centre[2] - 95 > cut + 11]
    after = _oblong(kept, (round(152 / slices), 170, 180), (slices, 1.1, 1.15), turn, (5, 10, -8), cut)
    found = imaging.debulking(_oblong(OBLONG), after, RULES)
    assert found.alignment.how == "registered"
    assert found.alignment.doubt == ""
    assert found.alignment.angle == pytest.approx(turn, abs=2.5)
    fates = [match.fate for match in found.matches]
    assert (fates.count("gone"), fates.count("stable"), fates.count("new")) == (6 - len(kept), len(kept), 0)
    assert found.removed_count == pytest.approx(100 * (6 - len(kept)) / 6)


def test_lesions_that_cannot_be_matched_are_not_told(phantom) -> None:
    """Unknown is not no: none is gone or new where the livers do not lie over each other; the volumes stand."""
    own, moved = _burden(phantom(SPOTS)), _burden(np.roll(phantom(SPOTS), (4, 12, 0), (0, 1, 2)))
    for before, after in ((_oblong(OBLONG), own), (own, moved)):
        found = imaging.debulking(before, after, RULES, targets=(70, 90))
        assert {match.fate for match in found.matches} == {"cannot tell"}
        assert len(found.matches) == len(before.lesions) + len(after.lesions)
        told = found.to_dict()
        assert told["cytoreduction_count_percent"] is None
        assert told["alignment"]["doubt"]
        assert told["matches"][0]["after_ml"] is told["matches"][0]["change_percent"] is None
        assert told["cytoreduction_percent"] == pytest.approx(100 * (1 - after.tumour_ml / before.tumour_ml))
        assert "lesions-not-matched" in {caution.code for caution in found.warnings}
        assert "new-lesions" not in {caution.code for caution in found.warnings}
        assert "number of lesions: cannot tell" in found.to_text()
    again = imaging.debulking(own, moved, RULES, register=True)
    assert {match.fate for match in again.matches} == {"stable"}


def test_two_readers_of_one_scan(phantom) -> None:
    """Dice, bias, lesions without a counterpart; every range holds both readers."""
    first, second = phantom(SPOTS[:3]), phantom([(SPOTS[0][0], 11), SPOTS[1], SPOTS[3]])
    found = imaging.burden(first, spacing=SPACING, rules=RULES, second_reader=None)
    both = imaging.with_second_reader(found, _burden(second))
    agreement = both.second
    shared = np.count_nonzero((first == 2) & (second == 2))
    assert agreement.dice == pytest.approx(2 * shared / (np.count_nonzero(first == 2) + np.count_nonzero(second == 2)))
    assert agreement.matched == (("1", "1"), ("2", "2"))
    assert agreement.first_only == ("3",)
    assert agreement.second_only == ("3",)
    assert agreement.bias_percent == pytest.approx(100 * (agreement.tumour_ml / found.tumour_ml - 1))
    assert both.tumour_ml.low <= agreement.tumour_ml <= both.tumour_ml.high
    assert both.lesions[0].ml.high >= float(_burden(second).lesions[0].ml)
    assert "readers-differ" in {caution.code for caution in both.warnings}


def test_one_scan_twice_is_told(phantom) -> None:
    """Two scans never agree in every voxel; nothing removed is then a slip of the command."""
    before = phantom(SPOTS)
    again, other = _debulked(before, before), _debulked(before, phantom(SPOTS[1:]))
    assert "same-map" in {caution.code for caution in again.warnings}
    assert "same-map" not in {caution.code for caution in other.warnings}

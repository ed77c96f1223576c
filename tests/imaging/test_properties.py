"""What changes nothing, and what changes in a known way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlm import imaging

from .conftest import RULES, ball

SPACING = (2.5, 0.8, 1.1)


def _random(seed: int, shape=(14, 20, 18)) -> np.ndarray:
    """A liver with clumps of tumour of any shape, noise included."""
    chance = np.random.default_rng(seed)
    array = ball(np.zeros(shape, np.uint8), tuple(side * step / 2 for side, step in zip(shape, SPACING, strict=True)),
                 (15, 7, 9), 1, SPACING)  # fmt: skip
    noise = chance.random(shape)
    for axis in range(3):
        noise = (noise + np.roll(noise, 1, axis)) / 2
    array[(noise > np.quantile(noise, 0.9)) & (array == 1)] = 2
    return array


def _numbers(burden: imaging.Burden) -> list[float]:
    found = [float(burden.liver_ml or 0), float(burden.tumour_ml), float(burden.replacement or 0), int(burden.count)]
    found += [item.count for item in burden.count_alternatives]
    for lesion in burden.lesions:
        found += [
            float(lesion.ml),
            float(lesion.longest_axial_mm),
            float(lesion.feret_mm),
            lesion.slices,
            lesion.outer_axial_mm,
            float(lesion.short_axis_mm),
        ]
    return [round(number, 9) for number in found]


def _of(array: np.ndarray, **more) -> imaging.Burden:
    return imaging.burden(array, liver=more.pop("liver", 1), tumour=more.pop("tumour", 2), rules=RULES, **more)


seeds = st.integers(0, 10_000)


@settings(max_examples=25)
@given(seeds)
def test_permuting_labels_changes_nothing(seed: int) -> None:
    """The numbers of labels are names."""
    array = _random(seed)
    other = np.array([0, 7, 3], np.uint8)[array]
    assert _numbers(_of(array, spacing=SPACING)) == _numbers(_of(other, spacing=SPACING, liver=7, tumour=3))


@settings(max_examples=25)
@given(seeds, st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 1, 2)]))
def test_flipping_with_the_affine_changes_nothing(seed: int, axes: tuple[int, ...]) -> None:
    """The same voxels in another order lie at the same place."""
    array = _random(seed)
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    flipped = affine.copy()
    for axis in axes:
        flipped[:, 3] += flipped[:, axis] * (array.shape[axis] - 1)
        flipped[:, axis] *= -1
    first, second = _of(array, affine=affine), _of(np.flip(array, axes).copy(), affine=flipped)
    assert _numbers(first) == _numbers(second)
    for one, other in zip(first.lesions, second.lesions, strict=True):
        assert one.centroid_mm == pytest.approx(other.centroid_mm, abs=1e-6)


@pytest.mark.parametrize("radii", [(3.0, 4.2, 5.1), (7.9, 8.7, 4.4), (6.5, 6.5, 6.5)])
def test_flipping_does_not_change_the_short_axis_of_round_lesions(radii) -> None:
    """Round lesions have several longest diameters; which is taken does not hang on the order of the voxels."""
    spacing, affine = (5.0, 0.8, 0.8), np.zeros((3, 4))
    array = ball(np.zeros((12, 60, 60), np.uint8), (29, 24, 24), (25, 23, 23), 1, spacing)
    for number, radius in enumerate(radii):
        ball(array, (28 + number, 15 + 8.3 * number, 14 + 9.1 * number), (2 * radius, radius, 0.9 * radius), 2, spacing)
    affine[[2, 1, 0], [0, 1, 2]] = spacing
    straight = _numbers(_of(array, affine=affine))
    for axes in [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)]:
        flipped = affine.copy()
        for axis in axes:
            flipped[:, 3] += flipped[:, axis] * (array.shape[axis] - 1)
            flipped[:, axis] *= -1
        assert _numbers(_of(np.flip(array, axes).copy(), affine=flipped)) == straight


@settings(max_examples=15)
@given(seeds, st.permutations([0, 1, 2]))
def test_order_of_axes_changes_nothing(seed: int, axes: list[int]) -> None:
    """Slices are axial whichever axis of the array they lie along."""
    array = _random(seed)
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    turned = np.ascontiguousarray(array.transpose(axes))
    assert _numbers(_of(array, affine=affine)) == _numbers(_of(turned, affine=affine[:, [*axes, 3]]))


@settings(max_examples=15)
@given(seeds, st.integers(1, 9), st.integers(-30, 30))
def test_padding_and_moving_change_nothing(seed: int, margin: int, way: int) -> None:
    """Air around the liver and the origin of the scanner say nothing of the liver."""
    array = _random(seed)
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    moved = affine.copy()
    moved[:, 3] = way
    assert _numbers(_of(array, affine=affine)) == _numbers(_of(np.pad(array, margin), affine=moved))


@settings(max_examples=15)
@given(seeds)
def test_doubling_the_spacing(seed: int) -> None:
    """Volumes grow eightfold, lengths twofold, shares and counts not at all."""
    array = _random(seed)
    one, two = (imaging.burden(array, spacing=[step * by for step in SPACING]) for by in (1, 2))
    assert float(two.liver_ml) == pytest.approx(8 * float(one.liver_ml), rel=1e-12)
    assert float(two.tumour_ml) == pytest.approx(8 * float(one.tumour_ml), rel=1e-12)
    assert float(two.replacement) == pytest.approx(float(one.replacement), rel=1e-12)
    assert int(one.count) == int(two.count)
    for small, large in zip(one.lesions, two.lesions, strict=True):
        for name in ("longest_axial_mm", "short_axis_mm", "feret_mm", "outer_axial_mm"):
            assert float(getattr(large, name)) == pytest.approx(2 * float(getattr(small, name)), rel=1e-12)


@settings(max_examples=25)
@given(seeds, st.sampled_from([6, 26]))
def test_pieces_are_those_of_simpleitk_and_scipy(seed: int, connectivity: int) -> None:
    """Our runs and two other programs find the same pieces."""
    import SimpleITK as sitk  # noqa: N813
    from scipy import ndimage

    array = _random(seed)
    mask = np.pad(array == 2, 1)
    found = imaging.burden(array, spacing=SPACING, rules=imaging.Rules(connectivity=connectivity))
    ours = sorted(lesion.voxels for lesion in (*found.lesions, *found.outside))
    theirs = sitk.GetArrayFromImage(
        sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8)), connectivity == 26)
    )
    assert ours == sorted(np.bincount(theirs.ravel())[1:].tolist())
    labelled, _ = ndimage.label(mask, np.ones((3, 3, 3)) if connectivity == 26 else None)
    assert ours == sorted(np.bincount(labelled.ravel())[1:].tolist())


@settings(max_examples=25)
@given(seeds)
def test_diameters_are_those_of_comparing_every_voxel(seed: int) -> None:
    """The longest in one slice, the longest in space, and never the short axis above the longest."""
    from scipy.spatial.distance import pdist

    array = _random(seed)
    found = imaging.burden(array, spacing=SPACING)
    for lesion in found.lesions:
        part, place = lesion.place
        voxels = found.pieces[part].one(place)
        slices = [voxels[voxels[:, 0] == number][:, 1:] * SPACING[1:] for number in np.unique(voxels[:, 0])]
        longest = max((pdist(points).max() if len(points) > 1 else 0.0) for points in slices)
        space = pdist(voxels * SPACING).max() if len(voxels) > 1 else 0.0
        assert float(lesion.longest_axial_mm) == pytest.approx(longest, abs=1e-9)
        assert float(lesion.feret_mm) == pytest.approx(space, abs=1e-9)
        assert lesion.short_axis_mm <= lesion.longest_axial_mm + 1e-9
        ends = np.array(lesion.longest_axial_ends)
        assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(longest, abs=1e-6)
        across = np.array(lesion.short_axis_ends)
        assert ends[0][2] == pytest.approx(across[1][2])


@settings(max_examples=15)
@given(seeds)
def test_distances_are_those_of_a_distance_map(seed: int) -> None:
    """Lesion to vessel, against SciPy's exact Euclidean distance transform."""
    from scipy.ndimage import distance_transform_edt

    array = _random(seed)
    array[(array == 1) & (np.random.default_rng(seed).random(array.shape) > 0.99)] = 3
    if not (array == 3).any():
        return
    far = distance_transform_edt(array != 3, sampling=SPACING)
    found = imaging.burden(array, spacing=SPACING, structures={"vessels": 3})
    for lesion in found.lesions:
        part, place = lesion.place
        at = tuple((found.pieces[part].one(place) + found.scan.offset).T)
        assert lesion.distance_mm["vessels"] == pytest.approx(far[at].min(), abs=1e-9)


def test_a_vessel_beside_the_liver_is_as_near_as_it_is() -> None:
    """The nearest vessel counts wherever it lies, not only within the box around the liver."""
    from scipy.ndimage import distance_transform_edt

    spacing = (2.0, 1.0, 1.0)
    array = ball(np.zeros((80, 120, 140), np.uint8), (80, 60, 60), (50, 45, 45), 1, spacing)
    ball(array, (80, 60, 98), (8, 5, 5), 2, spacing)
    array[:, 55:66, 110:114] = 3
    array[40:42, 60:62, 20:22] = 4
    far = {label: distance_transform_edt(array != label, sampling=spacing)[array == 2].min() for label in (3, 4)}
    for axes in ((0, 1, 2), (2, 0, 1)):
        affine = np.zeros((3, 4))
        affine[[2, 1, 0], [0, 1, 2]] = spacing
        turned, lies = np.ascontiguousarray(array.transpose(axes)), affine[:, [*axes, 3]]
        near, both = (imaging.burden(turned, affine=lies, structures={"vessels": label}) for label in (3, [4, 3]))
        assert near.lesions[0].distance_mm["vessels"] == pytest.approx(far[3])
        assert both.lesions[0].distance_mm["vessels"] == pytest.approx(min(far.values()))
    assert far[3] < 10 < far[4]


def test_every_range_holds_its_value(phantom) -> None:
    """Low, value, high; and the readers' limits on the tumour volume, exactly."""
    found = _of(phantom([((60, 60, 60), 9), ((70, 60, 80), 3)]), spacing=(2.0, 1.5, 1.5))
    assert found.tumour_ml.low == pytest.approx(0.76 * found.tumour_ml)
    assert found.tumour_ml.high == pytest.approx(1.33 * found.tumour_ml)
    for lesion in found.lesions:
        for name in ("ml", "longest_axial_mm", "short_axis_mm", "feret_mm"):
            value = getattr(lesion, name)
            assert value.low <= value <= value.high
    assert found.lesions[1].ml.high / found.lesions[1].ml > 1.33  # a small lesion errs by its voxels


@pytest.mark.parametrize("rules", [RULES, imaging.Rules(), imaging.Rules(RULES.volume, minimum_ml=0.2)])
def test_the_range_of_the_whole_holds_that_of_its_parts(phantom, rules) -> None:
    """A lesion alone has the range of the whole; more of them err independently, the readers' limits hold always."""
    spots = [((60, 60, 60), 9), ((70, 60, 80), 3), ((50, 75, 60), 3)]
    for some in (spots[:1], spots[1:2], spots[1:], spots):
        found = imaging.burden(phantom(some), spacing=(2.0, 1.5, 1.5), rules=rules)
        every = imaging.burden(phantom(some), spacing=(2.0, 1.5, 1.5), rules=imaging.Rules(rules.volume))
        down = np.sqrt(sum((one.ml - one.ml.low) ** 2 for one in every.lesions))
        assert found.tumour_ml.low <= found.tumour_ml - down + 1e-9
        assert found.replacement.low == pytest.approx(100 * found.tumour_ml.low / found.liver_ml)
        if len(some) == 1:
            (one,) = every.lesions
            assert (found.tumour_ml.low, found.tumour_ml.high) == pytest.approx((one.ml.low, one.ml.high))
        if rules.volume:
            assert found.tumour_ml.low <= found.tumour_ml * (0.76 + 1e-9)
            assert found.tumour_ml.high >= found.tumour_ml * (1.33 - 1e-9)


@pytest.mark.parametrize("connectivity", [26, 6])
def test_one_rule_of_counting_has_one_count(phantom, connectivity) -> None:
    """0.099 ml is not 0.1 ml or more, whether the rule is the stated one or an alternative; 0.1 ml exactly is."""
    spacing = (3.0, 1.0, 1.0)
    array = np.ones((40, 80, 80), np.uint8)
    array[20, 20:23, 20:31] = 2  # 33 voxels of 0.003 ml
    array[30, 50:60, 50:60] = 2
    for minimum, count in ((0.0, 2), (0.099, 2), (0.1, 1), (0.3, 1), (0.301, 0)):
        stated = imaging.Rules(connectivity=connectivity, minimum_ml=minimum)
        found = imaging.burden(array, spacing=spacing, rules=stated)
        other = imaging.burden(array, spacing=spacing, rules=imaging.Rules(alternatives_ml=(minimum,)))
        assert int(found.count) == count
        assert {item.count for item in found.count_alternatives if item.rule == found.rule} == {count}
        assert {item.count for item in other.count_alternatives if item.rule == found.rule} == {count}

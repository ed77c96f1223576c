"""Numbers that other programs, published tables and formulas say too."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from netlm import imaging

from .conftest import ball

DIAMETERS = {"brain1": 47.219, "brain2": 15.566, "breast1": 7.773, "lung1": 15.979, "lung2": 55.247}
"""Longest axial diameters of the masks of pyradiomics, each mask as one lesion, made once by comparing all pixels."""
OVERLAPPING_ML = (6.31, 7.81, 7.06, 4.40, 3.10)


def _files(oracle: dict) -> list[str]:
    return [name for name, found in oracle.items() if "labels_ml" in found]


def test_every_volume_of_the_oracle(data, oracle) -> None:
    """Every label of every map, to a millionth (the oracle prints four decimals)."""
    seen = 0
    for name in _files(oracle):
        labels = imaging.read_labels(data / name)
        stated = {int(label): ml for label, ml in oracle[name]["labels_ml"].items()}
        for label, ml in stated.items():
            assert labels.ml(label) == pytest.approx(ml, rel=1e-6, abs=5.1e-5), (name, label)
            seen += 1
    assert seen > 30


def test_counts_and_feret_of_the_oracle(data, oracle) -> None:
    """Pieces under both connectivities, and the Feret diameters of the largest, as SimpleITK has them."""
    for name in _files(oracle):
        found = oracle[name]
        if "components_26" not in found:
            continue
        by_rule = {}
        for connectivity in (6, 26):
            rules = imaging.Rules(connectivity=connectivity)
            burden = imaging.burden(data / name, liver=None, tumour=1, rules=rules)
            by_rule[connectivity] = burden
            assert int(burden.count) == found[f"components_{connectivity}"]["n"], (name, connectivity)
        largest = by_rule[26].lesions[:5]
        for lesion, ml in zip(largest, found["components_26"]["top5_ml"], strict=False):
            assert float(lesion.ml) == pytest.approx(ml, abs=5.1e-5)
        ferets = [float(lesion.feret_mm) for lesion in largest]
        assert sorted(ferets) == pytest.approx(sorted(found["feret3d_mm_top5"]), abs=2e-4), name
        assert largest[0].centroid_mm == pytest.approx(found["centroid_mm_top5"][0], abs=2e-3)


def test_totalsegmentator_statistics(data) -> None:
    """TotalSegmentator's own file says 1062.450 ml of liver, and the rest likewise."""
    stated = json.loads((data / "totalsegmentator" / "fast_statistics.json").read_text(encoding="utf-8"))
    folder = data / "totalsegmentator"
    for name, file in (
        ("liver", "liver"),
        ("inferior_vena_cava", "ivc"),
        ("portal_vein_and_splenic_vein", "portal_vein"),
    ):
        ml = imaging.read_labels(folder / f"fast_{file}.nii.gz").ml(1)
        assert ml == pytest.approx(stated[name]["volume"] / 1000, rel=1e-9)
    assert imaging.burden(folder / "fast_liver.nii.gz").liver_ml == pytest.approx(1062.450, rel=1e-9)


def test_names_that_totalsegmentator_keeps_in_the_file(data) -> None:
    """The liver by its name, by the scheme and by its number is one liver."""
    file = data / "totalsegmentator" / "seg_122x101x112.nii.gz"
    by_name = imaging.burden(file).liver_ml
    assert by_name == imaging.burden(file, liver=5, tumour=None).liver_ml
    assert by_name == imaging.burden(file, liver="liver", tumour=None, scheme="totalsegmentator").liver_ml


@pytest.mark.parametrize("name", DIAMETERS)
def test_longest_axial_diameters_of_pyradiomics(data, name) -> None:
    """In one slice, never over two: brain1 is 47.219 mm, not the 53.594 mm of the union of two slices."""
    burden = imaging.burden(data / "pyradiomics" / f"pyrad_{name}_label.nrrd", liver=None, tumour=1, each="label")
    assert float(burden.lesions[0].longest_axial_mm) == pytest.approx(DIAMETERS[name], abs=1e-3)
    assert float(burden.lesions[0].longest_axial_mm) != pytest.approx(53.594, abs=0.5)


def test_dicom_sr_states_the_same_volume(data) -> None:
    """The structured report says 33.5824 ml of the segment."""
    burden = imaging.burden(data / "dcmqi" / "dcmqi_srexample_seg.dcm", liver=None, tumour="Neoplasm, Primary")
    assert burden.tumour_ml == pytest.approx(33.5824, abs=5e-5)


def test_dicom_segments_that_overlap_stay_apart(data) -> None:
    """Five segments, each with its own volume; the union counts the shared voxels once, and says so."""
    file = data / "dcmqi" / "dcmqi_partial_overlaps.dcm"
    labels = imaging.read_labels(file)
    assert [labels.ml(number) for number in range(1, 6)] == pytest.approx(OVERLAPPING_ML, abs=0.005)
    burden = imaging.burden(file, liver=None, tumour=[1, 2, 3, 4, 5], each="label")
    assert len(burden.lesions) == 5
    assert burden.tumour_ml < sum(float(lesion.ml) for lesion in burden.lesions)
    assert "overlap" in {caution.code for caution in burden.warnings}


def test_padding_and_omitted_slices_are_not_tissue(data) -> None:
    """A sparse label map with padding value 5: one segment of 0.7717 ml, and neither background nor padding."""
    labels = imaging.read_labels(data / "dcmqi" / "dcmqi_sparse-labelmap-ppv5.dcm")
    assert labels.labels == (1,)
    assert labels.ml(1) == pytest.approx(0.77175, rel=1e-6)


def test_seg_and_nrrd_of_one_liver(data) -> None:
    """One segmentation in two formats."""
    seg = imaging.burden(data / "dcmqi" / "dcmqi_liver.dcm", liver="Liver")
    nrrd = imaging.burden(data / "dcmqi" / "dcmqi_liver_seg.nrrd", liver=1)
    assert seg.liver_ml == pytest.approx(70.3619, abs=5e-5)
    assert seg.liver_ml == pytest.approx(float(nrrd.liver_ml), rel=1e-9)


@pytest.mark.parametrize("radii", [(20, 20, 20), (25, 18, 14), (12, 22, 30)])
def test_ellipsoids_against_their_formulas(radii) -> None:
    """Volume 4/3 pi abc; the longest axial diameter twice the larger in-plane radius, the short axis the smaller."""
    spacing = (0.5, 0.4, 0.4)
    shape = tuple(int(2 * radius / step) + 9 for radius, step in zip(radii, spacing, strict=True))
    middle = tuple(side // 2 * step for side, step in zip(shape, spacing, strict=True))
    array = ball(np.zeros(shape, np.uint8), middle, radii, 2, spacing)
    lesion = imaging.burden(array, liver=None, tumour=2, spacing=spacing).lesions[0]
    assert float(lesion.ml) == pytest.approx(4 / 3 * math.pi * math.prod(radii) / 1000, rel=2e-3)
    assert float(lesion.longest_axial_mm) == pytest.approx(2 * max(radii[1:]), abs=0.9)
    assert float(lesion.short_axis_mm) == pytest.approx(2 * min(radii[1:]), abs=0.9)
    assert float(lesion.feret_mm) == pytest.approx(2 * max(radii), abs=1.1)
    assert lesion.ml.low < 4 / 3 * math.pi * math.prod(radii) / 1000 < lesion.ml.high


def test_a_small_box_by_hand() -> None:
    """3 by 4 by 2 voxels of 2, 3 and 5 mm: everything can be worked out on paper."""
    array = np.zeros((8, 9, 9), np.uint8)
    array[2:4, 2:5, 2:6] = 2
    lesion = imaging.burden(array, liver=None, tumour=2, spacing=(5, 2, 3)).lesions[0]
    assert float(lesion.ml) == pytest.approx(24 * 30 / 1000)
    assert float(lesion.longest_axial_mm) == pytest.approx(math.hypot(2 * 2, 3 * 3))
    assert lesion.outer_axial_mm == pytest.approx(math.hypot(3 * 2, 4 * 3))
    assert float(lesion.short_axis_mm) == pytest.approx(2 * 4 * 9 / math.hypot(4, 9))
    assert float(lesion.feret_mm) == pytest.approx(math.sqrt(4**2 + 9**2 + 5**2))
    assert (lesion.slices, lesion.voxels) == (2, 24)
    assert lesion.centroid_mm == pytest.approx((3.5 * 3, 3 * 2, 2.5 * 5))

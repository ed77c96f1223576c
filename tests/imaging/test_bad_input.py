"""Input that cannot be measured is refused in words; what can be measured but not trusted is told."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import pytest

from netlm import imaging
from netlm.case import response_rules
from netlm.errors import Problems

from .conftest import ball

SPACING = (2.0, 1.5, 1.5)


def _codes(burden: imaging.Burden) -> set[str]:
    return {caution.code for caution in burden.warnings}


def _refused(labels, **more) -> str:
    with pytest.raises(Problems) as caught:
        imaging.burden(labels, **more)
    (problem,) = caught.value.problems
    assert problem.found
    assert problem.expected
    assert problem.remedy
    return problem.code


def _nifti(path: Path, array: np.ndarray, affine=None, **header) -> Path:
    """A NIfTI file; its header is changed after writing, since nibabel mends it while writing."""
    import nibabel

    nibabel.save(nibabel.Nifti1Image(array, np.diag([1.5, 1.5, 2.0, 1.0]) if affine is None else affine), path)
    content = bytearray(gzip.decompress(path.read_bytes()))
    head = nibabel.Nifti1Header(bytes(content[:348]), check=False)
    for name, value in header.items():
        head[name] = value
    content[:348] = head.binaryblock
    path.write_bytes(gzip.compress(bytes(content), mtime=0))
    return path


def test_no_liver(phantom) -> None:
    """A label that no voxel has is not a liver of 0 ml."""
    assert _refused(phantom(), liver=9, tumour=2, spacing=SPACING) == "no-liver"
    assert _refused(np.zeros((4, 5, 6), np.uint8), spacing=SPACING) == "no-liver"


def test_liver_left_out_on_purpose(phantom) -> None:
    """Without a liver the share is not known, and nothing is zero in its place."""
    found = imaging.burden(phantom([((60, 60, 60), 9)]), liver=None, spacing=SPACING)
    assert (found.liver_ml, found.replacement, found.parenchyma_ml) == (None, None, None)
    assert found.to_dict()["replacement_percent"] is None
    assert "no-liver" in _codes(found)


def test_tumour_outside_the_liver(phantom) -> None:
    """It counts nowhere, and is told with its volume."""
    array = phantom([((60, 60, 60), 9)])
    inside = imaging.burden(array, spacing=SPACING)
    array[1:4, 1:4, 1:4] = 2
    found = imaging.burden(array, spacing=SPACING)
    assert float(found.tumour_ml) == pytest.approx(float(inside.tumour_ml))
    assert float(found.liver_ml) == pytest.approx(float(inside.liver_ml))
    assert [item.count for item in found.count_alternatives] == [item.count for item in inside.count_alternatives]
    assert len(found.outside) == 1
    assert float(found.outside[0].ml) == pytest.approx(27 * 4.5 / 1000)
    assert "outside-liver" in _codes(found)


@pytest.mark.parametrize("connectivity", [26, 6])
def test_lesions_outside_the_liver_do_not_vouch_for_each_other(phantom, connectivity) -> None:
    """Two labels that touch far from the liver are as far from it as one; a chain that begins at the liver is its."""
    array = phantom([((60, 60, 60), 9)])
    rules = imaging.Rules(connectivity=connectivity, alternatives_ml=(0.01,))
    inside = imaging.burden(array, spacing=SPACING, rules=rules)
    apart = array.copy()
    apart[1:4, 1:4, 1:4], apart[1:4, 4:7, 1:4], apart[4, 7, 4] = 3, 4, 3
    ring = array.copy()
    ring[1:4, 1:8, 1:8] = 3
    ring[2, 3:6, 3:6] = 4  # enclosed by tumour, not by liver
    for outside in (apart, ring):
        found = imaging.burden(outside, tumour=[2, 3, 4], spacing=SPACING, rules=rules)
        one = imaging.burden(np.where(outside > 2, 2, outside).astype(np.uint8), spacing=SPACING, rules=rules)
        for burden in (found, one):
            assert "outside-liver" in _codes(burden)
            for name in ("liver_ml", "tumour_ml", "replacement"):
                got, expected = getattr(burden, name), getattr(inside, name)
                assert (got, got.low, got.high) == pytest.approx((expected, expected.low, expected.high))
            assert [(item.count) for item in burden.count_alternatives] == [1] * len(burden.count_alternatives)
        assert sum(lesion.voxels for lesion in found.outside) == np.count_nonzero(outside > 2)
    edge = int(np.argwhere(array[30] == 1)[:, 1].max())
    array[28:33, 38:43, edge : edge + 4], array[28:33, 38:43, edge + 4 : edge + 8] = 3, 4
    chain = imaging.burden(array, tumour=[4, 3, 2], spacing=SPACING, rules=rules)
    assert (len(chain.lesions), chain.outside) == (3, ())


def test_a_lesion_in_a_hole_of_the_liver_is_inside(phantom) -> None:
    """Two segmenters: the hole that one left is wider than the lesion that the other drew."""
    array = phantom([((60, 60, 60), 12)])
    array[array == 2] = 0
    ball(array, (60, 60, 60), 6, 2, SPACING)
    found = imaging.burden(array, spacing=SPACING)
    assert len(found.lesions) == 1
    assert not found.outside


def test_tumour_at_the_edge_of_the_liver_is_inside(phantom) -> None:
    """A lesion that bulges out of the liver touches it."""
    array = phantom()
    edge = np.argwhere(array[30] == 1)[:, 1].max()
    array[28:33, 38:43, edge : edge + 6] = 2
    found = imaging.burden(array, spacing=SPACING)
    assert len(found.lesions) == 1
    assert not found.outside


def test_a_liver_of_21_litres(phantom, rules) -> None:
    """Outside what a liver can be: told, with the range."""
    found = imaging.burden(phantom(), spacing=(6.0, 5.0, 5.0), rules=rules)
    assert found.liver_ml > 18_000
    assert "implausible-liver" in _codes(found)


def test_labels_at_the_border(phantom) -> None:
    """Cut off at a border: too small, perhaps."""
    array = phantom()
    assert "at-border" not in _codes(imaging.burden(array, spacing=SPACING))
    for cut in (array[20:], array[:40], array[:, 20:], array[:, :, :60]):
        assert "at-border" in _codes(imaging.burden(np.ascontiguousarray(cut), spacing=SPACING))


def test_a_lesion_of_one_voxel(phantom) -> None:
    """A diameter of 0 from centre to centre, a range that is not, and a caution."""
    array = phantom()
    array[30, 40, 45] = 2
    found = imaging.burden(array, spacing=SPACING)
    lesion = found.lesions[0]
    assert float(lesion.longest_axial_mm) == 0.0
    assert lesion.longest_axial_mm.high > 0
    assert lesion.ml.low == 0.0
    assert lesion.ml.high > lesion.ml > 0
    assert "one-voxel" in _codes(found)


def test_a_diameter_over_the_gap_of_a_lesion_is_told(phantom) -> None:
    """A horseshoe: one lesion, two parts in the slice of its longest diameter."""
    array = phantom()
    array[30, 30:34, 30:34] = array[30, 30:34, 50:54] = 2
    array[31, 30:34, 29:55] = 2
    assert "bridged" not in _codes(imaging.burden(array, spacing=SPACING))
    array[31, 30:34, 29:55] = 1
    array[31, 30, 31:53] = 2
    found = imaging.burden(array, spacing=SPACING)
    assert len(found.lesions) == 1
    assert "bridged" in _codes(found)


def test_unreviewed_flags_until_somebody_is_named(phantom) -> None:
    """Who looked at it is part of the input."""
    array = phantom([((60, 60, 60), 9)])
    assert "unreviewed" in _codes(imaging.burden(array, spacing=SPACING))
    reading = imaging.Reading("resident", "TotalSegmentator 2.4", "radiologist on duty")
    found = imaging.burden(array, spacing=SPACING, reading=reading)
    assert "unreviewed" not in _codes(found)
    assert found.to_dict()["reading"]["reviewed"] is True


@pytest.mark.parametrize("spacing", [None, (0, 1, 1), (-1, 1, 1), (np.nan, 1, 1), (np.inf, 1, 1), (1, 1)])
def test_missing_or_impossible_spacing(phantom, spacing) -> None:
    """No volume without a spacing."""
    assert _refused(phantom(), spacing=spacing) == "spacing"


def test_sheared_axes(phantom) -> None:
    """A gantry tilt that was never straightened."""
    affine = np.array([[0, 0, 1.5, 0], [0, 1.5, 0, 0], [2.0, 0.4, 0, 0]])
    assert _refused(phantom(), affine=affine) == "sheared"


def test_oblique_axes_are_measured(phantom) -> None:
    """Turned, not sheared: the same volumes and diameters, and a caution where it is far from axial."""
    array = phantom([((60, 60, 60), 9)])
    straight = imaging.burden(array, spacing=SPACING)
    angle = np.radians(25)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    turned = imaging.burden(array, affine=np.column_stack((turn @ affine[:, :3], affine[:, 3])))
    assert float(turned.liver_ml) == pytest.approx(float(straight.liver_ml), rel=1e-12)
    assert float(turned.lesions[0].longest_axial_mm) == pytest.approx(float(straight.lesions[0].longest_axial_mm))
    assert "oblique" in _codes(turned)
    assert "oblique" not in _codes(straight)


@pytest.mark.parametrize("array", [np.full((4, 4, 4), 0.5), np.full((4, 4, 4), -1), np.full((4, 4, 4), np.nan)])
def test_values_that_are_no_labels(array) -> None:
    """An image or a map of probabilities in the place of the labels."""
    assert _refused(array, spacing=SPACING) == "not-labels"


def test_whole_numbers_kept_as_floats_are_labels(phantom) -> None:
    """Some programs save labels so."""
    array = phantom([((60, 60, 60), 9)])
    assert float(imaging.burden(array.astype(float), spacing=SPACING).tumour_ml) == float(
        imaging.burden(array, spacing=SPACING).tumour_ml
    )


def test_not_a_volume() -> None:
    """A single slice and a time series."""
    assert _refused(np.ones((4, 4), np.uint8), spacing=SPACING) == "not-a-volume"
    assert _refused(np.ones((2, 4, 4, 4), np.uint8), affine=np.eye(4)) == "not-a-volume"


def test_nifti_headers(tmp_path, phantom) -> None:
    """Spacing of zero, contradicting, sheared; metres and micrometres are lengths too."""
    array = phantom([((60, 60, 60), 9)]).T
    good = imaging.burden(_nifti(tmp_path / "good.nii.gz", array))
    for number, steps in enumerate([(0, 1.5, 2), (0, 0, 0), (np.nan, 1.5, 2), (3, 3, 4)]):
        assert _refused(_nifti(tmp_path / f"{number}.nii.gz", array, pixdim=[1, *steps, 1, 1, 1, 1])) == "spacing"
    shear = np.array([[1.5, 0, 0, 0], [0, 1.5, 0.7, 0], [0, 0, 2, 0], [0, 0, 0, 1]])
    assert _refused(_nifti(tmp_path / "shear.nii.gz", array, shear)) == "sheared"
    metres = imaging.burden(_nifti(tmp_path / "m.nii.gz", array, np.diag([0.0015, 0.0015, 0.002, 1]), xyzt_units=1))
    assert float(metres.liver_ml) == pytest.approx(float(good.liver_ml), rel=1e-5)
    flipped = np.diag([-1.5, 1.5, 2.0, 1.0])
    flipped[0, 3] = 1.5 * (array.shape[0] - 1)
    turned = imaging.burden(_nifti(tmp_path / "flip.nii.gz", array[::-1], flipped))
    assert turned.lesions[0].centroid_mm == pytest.approx(good.lesions[0].centroid_mm, abs=1e-4)
    bare = imaging.burden(_nifti(tmp_path / "bare.nii.gz", array, sform_code=0, qform_code=0))
    assert "no-orientation" in _codes(bare)


def test_formats_agree(tmp_path, phantom) -> None:
    """One map in three formats, compressed or not."""
    import SimpleITK as sitk  # noqa: N813

    array = phantom([((60, 60, 60), 9), ((70, 60, 85), 4)])
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((1.5, 1.5, 2.0))
    angle = np.radians(10)
    image.SetDirection((np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1))
    image.SetOrigin((-30, 12, 100))
    first = imaging.burden(image).to_dict()
    for name in ("a.nii.gz", "a.nii", "a.nrrd", "a.mha", "a.mhd"):
        sitk.WriteImage(image, str(tmp_path / name))
        found = imaging.burden(tmp_path / name).to_dict()
        for key in ("liver_ml", "tumour_ml", "largest_axial_mm"):
            assert found[key] == pytest.approx(first[key], rel=1e-5), (name, key)
        assert found["lesions"][0]["centroid_mm"] == pytest.approx(first["lesions"][0]["centroid_mm"], abs=1e-3)


def test_text_headers_without_spacing(tmp_path) -> None:
    """ITK would put 1 mm there; we do not."""
    (tmp_path / "a.mha").write_bytes(b"ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\n"
                                     b"ElementDataFile = LOCAL\n" + bytes(8))  # fmt: skip
    head = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n"
    (tmp_path / "a.nrrd").write_bytes(head + b"\n" + bytes(8))
    (tmp_path / "nan.nrrd").write_bytes(head + b"spacings: nan nan nan\n\n" + bytes(8))
    (tmp_path / "zero.nrrd").write_bytes(head + b"spacings: 0 0 0\n\n" + bytes(8))
    for name in ("a.mha", "a.nrrd", "nan.nrrd", "zero.nrrd"):
        assert _refused(tmp_path / name) == "spacing"


def test_damaged_files(tmp_path, phantom) -> None:
    """Cut off, empty, not what the name says, not there."""
    whole = _nifti(tmp_path / "whole.nii.gz", phantom([((60, 60, 60), 9)]).T).read_bytes()
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 255
    contents = {"half": whole[: len(whole) // 2], "head": whole[:90], "tail": whole[:-5], "empty": b"",
                "text": b"hello", "zip": gzip.compress(b"hello"), "broken": bytes(broken)}  # fmt: skip
    for name, content in contents.items():
        (tmp_path / f"{name}.nii.gz").write_bytes(content)
        assert _refused(tmp_path / f"{name}.nii.gz") == "damaged", name
    for name, content in (("long.nii", gzip.decompress(whole) + b"1"), ("long.nii.gz", gzip.decompress(whole) + b"1")):
        (tmp_path / name).write_bytes(content if name.endswith(".nii") else gzip.compress(content))
        assert _refused(tmp_path / name) == "damaged", name
    short = gzip.compress(gzip.decompress(whole)[:-1000])
    (tmp_path / "short.nii.gz").write_bytes(short)
    assert _refused(tmp_path / "short.nii.gz") == "damaged"
    (tmp_path / "a.nrrd").write_bytes(
        b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 9 9 9\nspacings: 1 1 1\nencoding: raw\n\n1"
    )
    assert _refused(tmp_path / "a.nrrd") == "damaged"
    (tmp_path / "a.dcm").write_bytes(b"x" * 200)
    assert _refused(tmp_path / "a.dcm") == "damaged"
    assert _refused(tmp_path / "absent.nii.gz") == "no-file"
    assert _refused(tmp_path) == "not-a-file"
    (tmp_path / "a.png").write_bytes(b"x" * 200)
    assert _refused(tmp_path / "a.png") == "format"


def test_more_voxels_than_memory(tmp_path) -> None:
    """A header that asks for more than there is, before anything is unpacked."""
    import nibabel

    image = nibabel.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.eye(4))
    path = tmp_path / "a.nii"
    nibabel.save(image, path)
    content = bytearray(path.read_bytes())
    content[40:48] = np.array([3, 30000, 30000, 30000], "<i2").tobytes()
    path.write_bytes(content)
    assert _refused(path) == "too-large"
    head = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 90000 90000 90000\nspacings: 1 1 1\nencoding: raw\n\n"
    (tmp_path / "a.nrrd").write_bytes(head)
    assert _refused(tmp_path / "a.nrrd") == "too-large"


def test_other_kinds_of_dicom(data) -> None:
    """A CT slice, a structured report, a dose and structures are named for what they are."""
    for name in ("dcmqi/dcmqi_01.dcm", "dcmqi/dcmqi_srexample_sr.dcm", "pydicom_rt/rtdose.dcm"):
        assert _refused(data / name) == "not-a-segmentation"
    assert _refused(data / "pydicom_rt" / "rtstruct.dcm") in {"damaged", "not-a-segmentation"}


def test_fractional_segments_are_told(data) -> None:
    """Half a voxel or more counts, and the reader knows it."""
    found = imaging.burden(data / "pydicom_rt" / "highdicom_seg_image_ct_true_fractional.dcm", liver=None, tumour=1)
    assert "fractional" in _codes(found)


def test_one_frame(data) -> None:
    """One slice has a volume only through its thickness."""
    assert "single-slice" in _codes(imaging.burden(data / "pydicom_rt" / "liver_1frame.dcm", liver=1))


def test_other_grids(tmp_path, phantom) -> None:
    """A tumour map on another grid, and a second reader's, are refused."""
    array = phantom([((60, 60, 60), 9)])
    here = _nifti(tmp_path / "a.nii.gz", array.T)
    there = _nifti(tmp_path / "b.nii.gz", array.T, np.diag([1.5, 1.5, 2.5, 1.0]))
    assert _refused(here, liver=1, tumour=f"{there}:2") == "grid"
    assert _refused(here, second_reader=there) == "grid"
    same = _nifti(tmp_path / "c.nii.gz", array.T)
    assert float(imaging.burden(here, tumour=f"{same}:2").tumour_ml) == float(imaging.burden(here).tumour_ml)


def test_one_label_for_two_things(phantom, tmp_path) -> None:
    """Liver and tumour, tumour and ablation zone, or twice tumour: refused, since one of them would be 0."""
    path = _nifti(tmp_path / "a.nii.gz", phantom([((60, 60, 60), 9)]).T)
    for more in ({"liver": 2, "tumour": 2}, {"tumour": 1}, {"tumour": [1, 2]}, {"tumour": [2, 2]}, {"ablation": 2},
                 {"ablation": 1}, {"tumour": f"{path}:1"}, {"tumour": [2, f"{path}:2"]}):  # fmt: skip
        assert _refused(path, **more) == "label-twice", more
    whole, cut = imaging.burden(path, liver=[1, 2], tumour=2), imaging.burden(path)
    assert float(whole.replacement) == float(cut.replacement)  # the liver's label may hold the tumour's


def test_numbers_that_are_none() -> None:
    """Plain numbers that are no volume or length are refused, and none is made of them."""
    rules = response_rules()
    for call in (
        lambda: imaging.cytoreduction(10, -1), lambda: imaging.cytoreduction(10, math.nan),
        lambda: imaging.cytoreduction(math.inf, 1), lambda: imaging.growth_rate(math.nan, 1, 1),
        lambda: imaging.growth_rate(1, 1, math.inf), lambda: imaging.recist_classes([10, math.nan], rules.recist),
        lambda: imaging.recist_classes([10, -1], rules.recist),
    ):  # fmt: skip
        with pytest.raises(Problems):
            call()
    assert imaging.growth_rate(30, 1e300, 1e-3).percent_per_month == math.inf


def test_unknown_names_and_rules(phantom, tmp_path) -> None:
    """Each with what would be right."""
    path = _nifti(tmp_path / "a.nii.gz", phantom().T)
    assert _refused(path, liver="lever") == "label"
    assert _refused(path, liver=0) == "label"
    assert _refused(path, scheme="totalsegmentor") == "scheme"
    for rule in ({"connectivity": 18}, {"minimum_ml": -1.0}):
        with pytest.raises(Problems):
            imaging.Rules(**rule)


def test_a_segment_of_another_name_is_not_said_aloud(data) -> None:
    """Messages repeat no free text that a header or a user may hold."""
    with pytest.raises(Problems) as caught:
        imaging.burden(data / "dcmqi" / "dcmqi_liver.dcm", liver="Zebediah Quuxenstein")
    assert "zebediah" not in str(caught.value).casefold()


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha"])
def test_cut_off_compressed_files_of_itk(tmp_path, phantom, name) -> None:
    """What is missing of a compressed file is never read as zeros."""
    import SimpleITK as sitk  # noqa: N813

    array = phantom([((60, 60, 60), 9)])
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / name), True)
    whole = (tmp_path / name).read_bytes()
    broken = bytearray(whole)
    broken[-200] ^= 255
    (tmp_path / f"broken-{name}").write_bytes(bytes(broken))
    assert _refused(tmp_path / f"broken-{name}") == "damaged"
    for share in (0.5, 0.8, 0.95):
        (tmp_path / f"cut-{name}").write_bytes(whole[: int(len(whole) * share)])
        assert _refused(tmp_path / f"cut-{name}") == "damaged"


def test_damaged_files_of_any_kind_are_problems(tmp_path, data) -> None:
    """Cut anywhere, or with any byte changed: a message, or the same volumes where nothing that counts was hit."""
    chance = np.random.default_rng(4)
    names = ("totalsegmentator/fast_liver.nii.gz", "dcmqi/dcmqi_liver_seg.nrrd", "dcmqi/dcmqi_sparse-labelmap-ppv5.dcm",
             "dcmqi/dcmqi_partial_overlaps.dcm")  # fmt: skip
    for name in names:
        whole = (data / name).read_bytes()
        path = tmp_path / Path(name).name
        true = imaging.read_labels(data / name)
        for number in range(40):
            content = bytearray(whole)
            if number % 2:
                del content[int(chance.integers(1, len(content))) :]
            else:
                content[int(chance.integers(len(content)))] = int(chance.integers(256))
            path.write_bytes(bytes(content))
            try:
                found = imaging.read_labels(path)
                volumes = [found.ml(label) for label in found.labels]
            except Problems:
                continue
            if name.endswith(".gz") or (name.endswith(".nrrd") and number % 2):
                assert volumes == [true.ml(label) for label in true.labels], (name, number)


def test_gzip_of_several_parts(tmp_path, phantom) -> None:
    """As bgzip and pigz write it."""
    path = _nifti(tmp_path / "a.nii.gz", phantom([((60, 60, 60), 9)]).T)
    content = gzip.decompress(path.read_bytes())
    many = b"".join(gzip.compress(content[start : start + 65280]) for start in range(0, len(content), 65280))
    (tmp_path / "b.nii.gz").write_bytes(many + gzip.compress(b""))
    one, two = imaging.burden(path), imaging.burden(tmp_path / "b.nii.gz")
    assert float(one.liver_ml) == float(two.liver_ml)
    (tmp_path / "c.nii.gz").write_bytes(many[: len(many) // 2])
    assert _refused(tmp_path / "c.nii.gz") == "damaged"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"each": "pieces"}, "usage"),
        ({"structures": {"vesels": 3}}, "structure"),
        ({"lobes": {"Left": 3}}, "lobe"),
        ({"segments": {"S4": 3}}, "segment"),
        ({"tumour": 2.0}, "label"),
        ({"affine": np.eye(4)}, "spacing"),
        ({"spacing": "2,1,1"}, "spacing"),
        ({"spacing": None, "affine": np.diag([1.0, 1.0, 2.0, 1.0])[:3, :3]}, "spacing"),
        ({"spacing": None, "affine": np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [5, 5, 5, 1]])}, "spacing"),
    ],
)
def test_arguments_that_are_none(phantom, more, code) -> None:
    """Nothing is dropped without a word: names that are none, a number that is no label, an affine upside down."""
    assert _refused(phantom(), **{"spacing": SPACING, **more}) == code

"""A spacing that is none is refused in every format: which axis, which value, and what to do."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from netlm import imaging
from netlm.errors import Problem, Problems

CUBE = bytes([1] * 64)


def _problem(labels, **more) -> Problem:
    with pytest.raises(Problems) as caught:
        imaging.read_labels(labels, **more)
    (problem,) = caught.value.problems
    assert problem.expected
    assert problem.remedy
    return problem


def _mha(path: Path, said: str) -> Path:
    path.write_bytes(b"ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\n" + said.encode()
                     + b"ElementDataFile = LOCAL\n" + CUBE)  # fmt: skip
    return path


def _nrrd(path: Path, said: str) -> Path:
    path.write_bytes(b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 4 4\nencoding: raw\n" + said.encode() + b"\n"
                     + CUBE)  # fmt: skip
    return path


def _nifti(path: Path, steps: tuple[float, ...]) -> Path:
    import nibabel

    nibabel.save(nibabel.Nifti1Image(np.ones((4, 4, 4), np.uint8), np.diag([1.0, 1.0, 2.0, 1.0])), path)
    content = bytearray(path.read_bytes())
    content[80:92] = np.array(steps, "<f4").tobytes()
    path.write_bytes(content)
    return path


VALUES = [
    ("0", "a spacing of 0"),
    ("-1.5", "a spacing of -1.5"),
    ("nan", "a spacing of nan"),
    ("inf", "a spacing of inf"),
]


@pytest.mark.parametrize(("value", "said"), VALUES)
def test_the_axis_and_the_value_are_named(tmp_path, value, said) -> None:
    """Zero, negative, not a number, without end: along the second axis, in every format."""
    directions = f"space: left-posterior-superior\nspace directions: (1,0,0) (0,{value},0) (0,0,2)\n"
    files = [
        _mha(tmp_path / "a.mha", f"ElementSpacing = 1 {value} 2\n"),
        _mha(tmp_path / "b.mha", f"ElementSize = 1 {value} 2\n"),
        _nrrd(tmp_path / "a.nrrd", f"spacings: 1 {value} 2\n"),
        _nifti(tmp_path / "a.nii", (1, float(value), 2)),
    ]
    if value != "-1.5":  # a vector may point either way
        files.append(_nrrd(tmp_path / "b.nrrd", directions))
    for path in files:
        problem = _problem(path)
        assert problem.code == "spacing", path
        assert f"{said} along the second axis" in problem.found, path
        assert "Write the file anew" in problem.remedy
    problem = _problem(np.ones((4, 4, 4), np.uint8), spacing=(1, float(value), 2))
    assert f"{said} along the second axis" in problem.found


def test_every_bad_axis_is_named(tmp_path) -> None:
    """Two of three."""
    assert (
        "0 along the first axis and -2 along the third"
        in _problem(_nrrd(tmp_path / "a.nrrd", "spacings: 0 1 -2\n")).found
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", "no spacing"),
        ("spacings: 1 2\n", "a spacing for 2 of 3 axes"),
        ("spacings:\nspace: left-posterior-superior\n", "no spacing"),
        ("space: left-posterior-superior\nspace directions: none (0,1,0) (0,0,1)\n", "none along the first axis"),
        ("space: left-posterior-superior\nspace directions: (1,0,0) (0,one,0) (0,0,1)\n", "nan along the second axis"),
        ('spacings: 1 1 1\nunits: "cm" "cm" "cm"\n', "another unit"),
        (
            'space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace units: "mm" "mm" "m"\n',
            "another unit",
        ),
    ],
)
def test_headers_of_nrrd_without_a_spacing_in_millimetres(tmp_path, said, found) -> None:
    """Missing along one axis or all, and another unit, which ITK takes for millimetres."""
    problem = _problem(_nrrd(tmp_path / "a.nrrd", said))
    assert problem.code == "spacing"
    assert found in problem.found


def test_headers_of_metaimage_without_a_spacing(tmp_path) -> None:
    """Missing, empty, too few, no numbers."""
    for said, found in (("", "no spacing"), ("ElementSpacing = \n", "no spacing"), ("ElementSpacing = 1 2\n", "2 of 3"),
                        ("ElementSpacing = 1 b 2\n", "nan along the second")):  # fmt: skip
        problem = _problem(_mha(tmp_path / "a.mha", said))
        assert problem.code == "spacing"
        assert found in problem.found


def test_spacing_that_is_one_is_read(tmp_path) -> None:
    """ElementSpacing counts before ElementSize; millimetres in words; directions that are turned."""
    read = [imaging.read_labels(_mha(tmp_path / "a.mha", "ElementSize = 2 3 4\nElementSpacing = 1 2 3\n")),
            imaging.read_labels(_nrrd(tmp_path / "a.nrrd", 'spacings: 1 2 3\nunits: "mm" "mm" "millimeter"\n')),
            imaging.read_labels(_nrrd(tmp_path / "b.nrrd", "space: left-posterior-superior\n"
                                      "space directions: (0,-1,0) (2,0,0) (0,0,3)\n"))]  # fmt: skip
    for found in read:
        assert tuple(found.grid.spacing[::-1]) == (1, 2, 3)


def _without(path: Path, **values) -> Path:
    """Another DICOM SEG whose pixel measures are these; None takes one away."""
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seg = pydicom.dcmread(path)
        measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        for name, value in values.items():
            if value is None:
                delattr(measures, name)
            else:
                setattr(measures, name, value)
    return seg


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"PixelSpacing": [0, 0.7]}, "a spacing of 0 between rows"),
        ({"PixelSpacing": [0.7, -0.7]}, "a spacing of -0.7 between columns"),
        ({"PixelSpacing": [0.7, float("nan")]}, "a spacing of nan between columns"),
        ({"PixelSpacing": None}, "a spacing of none between rows and none between columns"),
        ({"SpacingBetweenSlices": 0}, "a spacing of 0 between slices"),
        ({"SpacingBetweenSlices": -1}, "a spacing of -1 between slices"),
    ],
)
def test_dicom_segments_without_a_spacing(tmp_path, data, values, found) -> None:
    """The pixel measures of a DICOM SEG."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _without(data / "dcmqi" / "dcmqi_liver.dcm", **values).save_as(tmp_path / "a.dcm")
    problem = _problem(tmp_path / "a.dcm")
    assert problem.code == "spacing"
    assert found in problem.found


def test_one_slice_of_dicom_has_its_thickness(tmp_path, data) -> None:
    """One frame has no neighbour: what stands between slices, else the thickness; without either no volume."""
    source = data / "pydicom_rt" / "liver_1frame.dcm"
    thick = imaging.read_labels(source).grid.spacing[0]
    for values, expected in (({"SliceThickness": 7}, thick), ({"SliceThickness": 7, "SpacingBetweenSlices": None}, 7)):
        _without(source, **values).save_as(tmp_path / "a.dcm")
        assert imaging.read_labels(tmp_path / "a.dcm").grid.spacing[0] == pytest.approx(expected)
    _without(source, SliceThickness=None, SpacingBetweenSlices=None).save_as(tmp_path / "a.dcm")
    assert "between slices" in _problem(tmp_path / "a.dcm").found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1e12, "1e+12"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (2.5, "2.5"),
        (-1.0, "-1"),
        (2.0**31, "2.14748e+09"),
    ],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_float_that_is_no_label_is_named(value, said, kind) -> None:
    """Its value, and no warning of the cast."""
    array = np.ones((4, 4, 4), kind)
    array[1, 2, 3] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = _problem(array, spacing=(1, 1, 1))
    assert problem.code == "not-labels"
    assert said in problem.found


def test_the_largest_label_of_a_float() -> None:
    """Whole numbers that both kinds hold exactly are labels."""
    array = np.ones((4, 4, 4))
    array[0, 0, 0] = 2.0**31 - 1
    assert imaging.read_labels(array, spacing=(1, 1, 1)).labels == (1, 2**31 - 1)
    negative = np.ones((4, 4, 4), np.int16)
    negative[0, 0, 0] = -7
    assert "-7" in _problem(negative, spacing=(1, 1, 1)).found


def test_a_header_without_orientation_is_told(tmp_path) -> None:
    """Left and right are then a guess, as in a NIfTI file without an affine."""
    said = "spacings: 1 2 3\n"
    bare = [_nrrd(tmp_path / "a.nrrd", said), _mha(tmp_path / "a.mha", "ElementSpacing = 1 2 3\n")]
    told = [_nrrd(tmp_path / "b.nrrd", "space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n"),
            _mha(tmp_path / "b.mha", "ElementSpacing = 1 2 3\nTransformMatrix = 1 0 0 0 1 0 0 0 1\n")]  # fmt: skip
    for path in bare:
        assert [caution.code for caution in imaging.read_labels(path).cautions] == ["no-orientation"]
    for path in told:
        assert imaging.read_labels(path).cautions == ()

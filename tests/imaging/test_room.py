"""More than fits into memory is refused before it is allocated, by what it really takes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

from netlm import imaging
from netlm.errors import Problems
from netlm.imaging import _room

SIDE = 120


def _labels(kind: str) -> np.ndarray:
    array = np.zeros((SIDE, SIDE, SIDE), kind)
    array[1:-1, 1:-1, 1:-1] = 1
    array[10:20, 10:20, 10:20] = 2
    return array


def _written(path, kind: str):
    sitk.WriteImage(sitk.GetImageFromArray(_labels(kind)), str(path), path.suffix == ".gz")
    return path


def _nifti(path, kind: str, slope: float):
    import nibabel

    image = nibabel.Nifti1Image(_labels(kind), np.eye(4))
    image.header.set_slope_inter(slope, 0)
    nibabel.save(image, path)
    return path


def _least(monkeypatch, read) -> int:
    """The least free memory with which something is read, in bytes, to a tenth."""
    for free in np.geomspace(1e5, 1e9, 97):
        monkeypatch.setattr(_room, "_memory", lambda free=free: free)
        if _fits(read):
            return int(free)
    raise AssertionError


def _fits(read) -> bool:
    try:
        read()
    except Problems as problems:
        return problems.problems[0].code != "too-large"
    return True


def _peak(read) -> int:
    tracemalloc.start()
    read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.fixture
def tight(monkeypatch):
    """``tight(read)`` tells whether what is asked for holds what is taken, and not much more than that."""

    def tight(read) -> float:
        read()
        asked, taken = _least(monkeypatch, read), _peak(read)
        return asked / taken

    return tight


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("name", ["a.nii", "a.nrrd", "a.mha"])
def test_what_reading_takes_by_format_and_type(tmp_path, tight, name, kind) -> None:
    """The bytes of a voxel as stored, and what it takes to make a whole number of it."""
    path = _written(tmp_path / name, kind)
    assert 0.8 < tight(lambda: imaging.read_labels(path)) < 2


def test_what_scaled_voxels_take(tmp_path, tight) -> None:
    """They become doubles, and then whole numbers."""
    path = _nifti(tmp_path / "a.nii", "i2", 2.0)
    assert 0.8 < tight(lambda: imaging.read_labels(path)) < 2


def test_what_measuring_takes(tight) -> None:
    """A mask for each label, and the pieces of the tumour."""
    for tumour in (slice(5, 35), slice(18, 22)):
        array = np.zeros((100, 100, 100), np.uint8)
        array[1:-1, 1:-1, 1:-1] = 1
        array[tumour, 2:-2, 2:-2] = 2
        labels = imaging.read_labels(array, spacing=(1, 1, 1))
        assert 0.3 < tight(lambda labels=labels: imaging.burden(labels)) < 2


def test_slices_that_a_segmentation_leaves_out_take_room_too(data, monkeypatch) -> None:
    """Eight frames that lie 165 slices apart are a volume of 165."""
    path = data / "pydicom_rt" / "highdicom_seg_image_ct_binary_overlap.dcm"
    frames = path.stat().st_size + 8 * 16 * 16 * 3
    monkeypatch.setattr(_room, "_memory", lambda: float(frames))
    with pytest.raises(Problems) as caught:
        imaging.read_labels(path)
    assert caught.value.problems[0].code == "too-large"
    assert "42240 voxels" in str(caught.value)


def test_memory_that_runs_out_all_the_same_is_told(monkeypatch, phantom) -> None:
    """No traceback where another program took it first."""
    from netlm.imaging import _burden

    def fail(*_, **__) -> None:
        raise MemoryError

    monkeypatch.setattr(_burden, "find_pieces", fail)
    with pytest.raises(Problems, match="memory"):
        imaging.burden(phantom([((60, 60, 60), 9)]), spacing=(2, 1.5, 1.5))

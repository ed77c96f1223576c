"""Pictures: the same bytes, words beside them, something drawn where it should be."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from netlm import imaging
from netlm.case import reach_rules, response_rules
from netlm.errors import Problems

from .conftest import RULES

pytest.importorskip("matplotlib")
SPACING = (2.0, 1.5, 1.5)
SPOTS = [((60, 60, 60), 9), ((70, 60, 85), 6), ((45, 75, 55), 5)]


@pytest.fixture
def scans(phantom):
    """A burden before and one after."""
    later = [(SPOTS[0][0], 6), SPOTS[1]]
    return [imaging.burden(phantom(one), spacing=SPACING, rules=RULES) for one in (SPOTS, later)]


def _pictures(scans):
    infos = [imaging.ScanInfo(datetime.date(2026, month, 1), "CT", "portal") for month in (1, 4)]
    course = imaging.response(scans[0], scans[1:], response_rules(), RULES, infos=infos)
    return {
        "lesions": imaging.plot_lesions(scans[0]), "projection": imaging.plot_projection(scans[0]),
        "frontier": imaging.plot_frontier(imaging.reach(scans[0], reach_rules())),
        "before-after": imaging.plot_before_after(imaging.debulking(*scans, RULES)),
        "spider": imaging.plot_spider(course), "waterfall": imaging.plot_waterfall(course),
    }  # fmt: skip


def test_same_bytes_and_words(scans) -> None:
    """Drawn twice alike; each has words for those who cannot see it."""
    first, second = _pictures(scans), _pictures(scans)
    for name, picture in first.items():
        assert picture.svg == second[name].svg
        assert len(picture.text) > 40
        assert picture.title in picture.svg
        assert "<script" not in picture.svg


def test_a_scan_without_lesions_is_drawn(phantom) -> None:
    """An empty liver has an empty picture that says so."""
    empty = imaging.burden(phantom(), spacing=SPACING, rules=RULES)
    assert "No lesion is labelled" in imaging.plot_lesions(empty).text
    assert imaging.plot_projection(empty).svg.startswith("<svg")


def test_many_lesions_on_one_projection(phantom) -> None:
    """More than fit into the list are drawn, and counted in the words."""
    chance = np.random.default_rng(5)
    array = phantom()
    inside = np.argwhere(array == 1)
    for z, y, x in inside[chance.choice(len(inside), 90, replace=False)]:
        array[z, y, x] = 2
    found = imaging.burden(array, spacing=SPACING, rules=RULES)
    picture = imaging.plot_projection(found)
    assert f"{len(found.lesions)} lesions" in picture.text
    assert picture.png(40).startswith(b"\x89PNG")


def test_the_right_of_the_patient_is_on_the_left(phantom) -> None:
    """However the voxels are stored."""
    from netlm.imaging._views import axial_view, coronal_view

    array = phantom([((60, 60, 40), 6)])  # small x: to the patient's right (x runs to the left)
    affine = np.zeros((3, 4))
    affine[[2, 1, 0], [0, 1, 2]] = SPACING
    flipped = affine.copy()
    for axis in range(3):
        flipped[:, 3] += flipped[:, axis] * (array.shape[axis] - 1)
        flipped[:, axis] *= -1
    for voxels, matrix in ((array, affine), (np.flip(array).copy(), flipped)):
        found = imaging.burden(voxels, affine=matrix)
        scan = found.scan
        tumour, liver = (
            np.flatnonzero(axial_view(scan).array(mask.any(0)).any(0)) for mask in (scan.tumour, scan.liver)
        )
        assert tumour.mean() < liver.mean()
        view = coronal_view(scan)
        depth = 3 - view.rows - view.columns
        tumour, liver = (np.flatnonzero(view.array(mask.any(depth)).any(0)) for mask in (scan.tumour, scan.liver))
        assert tumour.mean() < liver.mean()


def test_the_image_behind(tmp_path, scans, phantom) -> None:
    """A CT on another grid is brought onto the labels; one that lies elsewhere is refused."""
    import SimpleITK as sitk  # noqa: N813

    image = sitk.GetImageFromArray(np.random.default_rng(1).normal(60, 20, (70, 50, 55)).astype(np.float32))
    image.SetSpacing((2.6, 2.6, 1.8))
    sitk.WriteImage(image, str(tmp_path / "ct.nii.gz"))
    assert "<image" in imaging.plot_lesions(scans[0], tmp_path / "ct.nii.gz").svg
    image.SetOrigin((900, 0, 0))
    sitk.WriteImage(image, str(tmp_path / "away.nrrd"))
    with pytest.raises(Problems, match="does not cover"):
        imaging.plot_lesions(scans[0], tmp_path / "away.nrrd")
    with pytest.raises(Problems):
        imaging.plot_lesions(scans[0], tmp_path / "absent.nii.gz")

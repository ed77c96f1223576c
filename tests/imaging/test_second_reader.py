"""Two readers of one scan: where they fall into two groups, a warning says so, and every number holds both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netlm import imaging
from netlm.errors import Problems

from .conftest import RULES

SPACING = (2.0, 1.5, 1.5)
PLACES = [((40.0, 60.0, x), 5) for x in (30.0, 50.0, 70.0, 90.0)] + [((70.0, 60.0, x), 5) for x in (40.0, 60.0, 80.0)]


def _both(
    first: np.ndarray, second: np.ndarray, tmp_path: Path, rules: imaging.Rules = RULES, **more
) -> imaging.Burden:
    import SimpleITK as sitk  # noqa: N813

    for name, array in (("a", first), ("b", second)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(SPACING[::-1])
        sitk.WriteImage(image, str(tmp_path / f"{name}.nrrd"))
    return imaging.burden(tmp_path / "a.nrrd", second_reader=tmp_path / "b.nrrd", rules=rules, **more)


def _said(burden: imaging.Burden) -> dict[str, str]:
    return {caution.code: caution.says for caution in burden.warnings}


@pytest.mark.parametrize(
    ("one", "other", "groups"), [(5, 7, "1-5 or 6-10"), (7, 5, "1-5 or 6-10"), (0, 1, "none or 1-5")]
)
def test_the_group_depends_on_the_reader(phantom, tmp_path, one, other, groups) -> None:
    """Five lesions and seven lie in two groups, whichever is the first reader."""
    found = _both(phantom(PLACES[:one]), phantom(PLACES[:other]), tmp_path)
    said = _said(found)["count-depends-on-reader"]
    assert groups in said
    assert f"{one} by the first reader and {other} by the second" in said
    assert (found.count.low, found.count.high) == (min(one, other), max(one, other))
    assert "two readers" in found.count.by
    assert said in " ".join(found.to_text().split())


def test_a_rule_of_counting_that_is_another_group_to_the_second_reader_alone(phantom, tmp_path) -> None:
    """Five lesions by both, but four of 0.5 ml or more and two specks by the second: the specks make six."""
    first, second = phantom(PLACES[:5]), phantom(PLACES[:5])
    second[20, 30:33, 40] = second[20, 38:41, 40] = second[24, 34, 50] = 2
    rules = replace(RULES, minimum_ml=0.1)
    found = _both(first, second, tmp_path, rules)
    assert "count-depends-on-rule" not in _said(found)
    assert "1-5 or 6-10" in _said(found)["count-depends-on-reader"]


def test_readers_of_one_group_get_no_warning(phantom, tmp_path) -> None:
    """Two lesions and three: both in 1-5."""
    said = _said(_both(phantom(PLACES[:2]), phantom(PLACES[:3]), tmp_path))
    assert "readers-differ" in said
    assert not {code for code in said if code.endswith("-depends-on-reader")}


def test_one_lobe_or_both_depends_on_the_reader(phantom, tmp_path) -> None:
    """The second reader sees a lesion in the other lobe."""
    lobes = phantom()
    lobes[:, :, 45:] *= 2
    first, second = phantom([((60, 60, 40), 6)]), phantom([((60, 60, 40), 6), ((60, 60, 90), 6)])
    import SimpleITK as sitk  # noqa: N813

    image = sitk.GetImageFromArray(lobes)
    image.SetSpacing(SPACING[::-1])
    sitk.WriteImage(image, str(tmp_path / "lobes.nrrd"))
    more = {"lobes": {side: f"{tmp_path / 'lobes.nrrd'}:{label}" for side, label in (("left", 2), ("right", 1))}}
    for one, other in ((first, second), (second, first)):
        found = _both(one, other, tmp_path, **more)
        assert found.distribution == ("unilobar", "bilobar")
        assert "distribution-depends-on-reader" in _said(found)
    assert found.to_dict()["second_reader"]["distribution"] == ["unilobar"]
    assert "distribution-depends-on-reader" not in _said(_both(first, first, tmp_path, **more))


def test_the_share_replaced_on_two_sides_of_a_limit(phantom, tmp_path) -> None:
    """Three per cent and seven, with a limit of five."""
    first, second = phantom([((60, 60, 60), 15)]), phantom([((60, 60, 60), 20)])
    found = _both(first, second, tmp_path, replace(RULES, shares=(5.0, 25.0)))
    said = _said(found)["share-depends-on-reader"]
    assert "two sides of 5 %" in said
    assert "25 %" not in said
    assert found.replacement.low <= found.to_dict()["second_reader"]["replacement_percent"] <= found.replacement.high
    assert "share-depends-on-reader" not in _said(_both(first, first, tmp_path, replace(RULES, shares=(5.0,))))


def test_the_largest_lesion_of_either_reader(phantom, tmp_path) -> None:
    """The second reader's largest is one that the first did not see."""
    first, second = phantom([((60, 60, 40), 8)]), phantom([((60, 60, 40), 8), ((60, 60, 90), 20)])
    told = _both(first, second, tmp_path).to_dict()
    assert told["largest_axial_mm"] == pytest.approx(told["lesions"][0]["longest_axial_mm"])
    assert told["largest_axial_mm_high"] >= told["second_reader"]["largest_axial_mm"] > 35


def test_a_tumour_in_a_file_of_its_own_would_be_that_of_both(phantom, tmp_path) -> None:
    """The second reader's map would not be looked at, and the two would agree in everything."""
    first = phantom(PLACES[:2])
    with pytest.raises(Problems, match="second reader"):
        _both(first, phantom(PLACES[:3]), tmp_path, tumour=f"{tmp_path / 'a.nrrd'}:2")
    assert _both(first, phantom(PLACES[:3]), tmp_path, liver=f"{tmp_path / 'a.nrrd'}:1").second.count == 3


def test_one_map_twice_and_what_is_odd_in_the_second(phantom, tmp_path) -> None:
    """Two readers who agree in every voxel are perhaps one; what is told of the second map says whose it is."""
    first = phantom(PLACES[:2])
    assert "readers-identical" in _said(_both(first, first, tmp_path))
    second = phantom(PLACES[:2])
    second[0, 0, 0] = 2
    found = _both(first, second, tmp_path)
    assert "readers-identical" not in _said(found)
    told = {caution.says for caution in found.warnings if caution.code == "outside-liver"}
    assert len(told) == 1
    assert told.pop().startswith("Second reader: 1 lesion")

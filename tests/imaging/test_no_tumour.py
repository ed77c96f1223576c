"""No tumour voxel: 0 without an upper end where its label was named, not measured where none was."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from netlm import imaging
from netlm.case import response_rules
from netlm.errors import Problems

from .conftest import RULES

SPACING = (2.0, 1.5, 1.5)
SPOTS = [((60, 60, 60), 9), ((70, 60, 85), 8)]
RESTING = ("tumour_ml", "parenchyma_ml", "replacement_percent", "count", "lesions")
"""What rests on the tumour's label."""


def _burden(array, **more) -> imaging.Burden:
    return imaging.burden(array, spacing=SPACING, rules=RULES, **more)


def test_a_named_label_that_no_voxel_has(phantom) -> None:
    """The number is 0, but what the segmenter missed is not known, so there is no upper end."""
    found = _burden(phantom(), tumour=2)
    told = found.to_dict()
    for name in ("tumour_ml", "replacement_percent", "count"):
        assert (told[name], told[f"{name}_low"], told[f"{name}_high"]) == (0, 0, None)
    assert told["range_source"].startswith("open at one end")
    assert told["lesions"] == []
    assert "none was segmented" in found.to_text()
    assert "0.0 % (0.0 or more)" in found.to_text()
    assert "no-tumour" in {one["code"] for one in told["warnings"]}


@pytest.mark.parametrize("labels", [{}, {"tumour": None}, {"tumour": []}])
def test_no_label_named_for_tumour_is_not_measured(phantom, labels) -> None:
    """Neither a volume nor a share nor a number of lesions; the liver's volume stands."""
    found = _burden(phantom(), **labels)
    told = found.to_dict()
    assert [told[name] for name in RESTING] == [None] * len(RESTING)
    assert not {f"{name}_high" for name in RESTING} & set(told)
    assert found.liver_ml > 0
    assert (found.tumour_ml, found.replacement, found.count, found.count_alternatives) == (None, None, None, ())
    (caution,) = (one for one in found.warnings if one.code == "no-tumour")
    assert "labels in the file: 1" in caution.says
    assert "not known" in found.to_text()


def test_lesions_outside_the_liver_alone_leave_no_certain_0(phantom) -> None:
    """Nothing in the liver was segmented, which is the same as no voxel at all."""
    array = phantom()
    array[:3, :3, :3] = 2
    told = _burden(array).to_dict()
    assert len(told["outside_liver"]) == 1
    assert (told["replacement_percent"], told["replacement_percent_high"], told["count_high"]) == (0, None, None)


def test_one_of_several_labels_without_voxels_is_told(phantom) -> None:
    """A wrong number among right ones is not passed over."""
    says = {one.code: one.says for one in _burden(phantom(SPOTS), tumour=[2, 7]).warnings}
    assert "label 7, named as tumour" in says["label-absent"]
    assert "label-absent" in {one.code for one in _burden(phantom(SPOTS), liver=[1, 5]).warnings}
    assert "label-absent" in {one.code for one in _burden(phantom(SPOTS), ablation=9).warnings}


def test_labels_taken_by_default_among_others_are_told(phantom) -> None:
    """In a map of many organs label 1 may be the spleen."""
    array = phantom(SPOTS)
    assert "labels-assumed" not in {one.code for one in _burden(array).warnings}
    array[:4, :4, :4] = 7
    says = {one.code: one.says for one in _burden(array).warnings}
    assert "label 1 as liver and label 2 as tumour" in says["labels-assumed"]
    assert "(7)" in says["labels-assumed"]
    assert "label 2 as tumour" in {one.code: one.says for one in _burden(array, liver=1).warnings}["labels-assumed"]
    assert (
        "label 2"
        not in {one.code: one.says for one in _burden(np.where(array == 2, 1, array)).warnings}["labels-assumed"]
    )
    for named in ({"liver": 1, "tumour": 2}, {"structures": {"vessels": 7}}):
        assert "labels-assumed" not in {one.code for one in _burden(array, **named).warnings}


def test_nothing_left_after_debulking_has_no_low_end(phantom) -> None:
    """100 % as measured, by the label that the scan before confirms; neither above nor below anything."""
    for after in (_burden(phantom()), _burden(phantom(), tumour=2)):
        found = imaging.debulking(_burden(phantom(SPOTS)), after, RULES, targets=(70, 90))
        told = found.to_dict()
        assert (told["cytoreduction_percent"], told["cytoreduction_percent_low"]) == (100, None)
        assert told["cytoreduction_percent_high"] == 100
        assert {one["verdict"] for one in told["targets"]} == {"cannot tell at this measurement error"}
        assert found.removed_count == 100
        assert "none-left" in {one.code for one in found.warnings}
        assert "100 % of the volume (100 or less)" in found.to_text()
        assert any(one.code == "no-tumour" and "none was segmented" in one.says for one in found.warnings)
        assert f"{float(found.before.tumour_ml) * 0.3:.1f} ml for less than 70 %" in found.to_text()


def test_almost_all_is_not_said_to_be_all(phantom) -> None:
    """A voxel that is left is seen in the number."""
    after = phantom()
    after[30, 40, 45] = 2
    found = imaging.debulking(_burden(phantom(SPOTS)), _burden(after), RULES, targets=(70,))
    assert "100 %" not in found.to_text().partition("against")[0].partition("of the volume")[0]
    assert "1 lesion\n" in found.to_text()
    assert found.targets[0][1] == "above"
    small = _burden(after).to_text()
    assert "0.0 % (0.0 to 0.0)" not in small


def test_another_label_does_not_confirm_the_default(phantom) -> None:
    """Tumour 3 before and nothing named after: what was taken for tumour after is not known."""
    before = phantom(SPOTS)
    before[before == 2] = 3
    for scans in ((_burden(before, tumour=3), _burden(phantom())), (_burden(phantom()), _burden(phantom(SPOTS)))):
        with pytest.raises(Problems, match="tumour"):
            imaging.debulking(*scans, RULES)
        with pytest.raises(Problems, match="tumour"):
            imaging.response(scans[0], scans[1:], response_rules(), RULES)


def test_a_complete_response_is_open_upwards(phantom) -> None:
    """As measured; the change has no upper end."""
    days = [imaging.ScanInfo(datetime.date(2026, month, 1)) for month in (1, 4)]
    scans = _burden(phantom(SPOTS)), _burden(phantom())
    found = imaging.response(scans[0], scans[1:], response_rules(), RULES, infos=days)
    (told,) = found.to_dict()["liver_response"]
    assert told["recist"] == "complete"
    for name in ("change_percent", "volume_percent"):
        assert (told[name], told[f"{name}_low"], told[f"{name}_high"]) == (-100, -100, None)


def test_two_readers_of_whom_one_segmented_nothing(phantom) -> None:
    """The other's label confirms the default; where neither has one, the range stays open."""
    some, none = phantom(SPOTS), phantom()
    first = _burden(none, second_reader=imaging.read_labels(some, spacing=SPACING))
    assert (float(first.tumour_ml), first.tumour_ml.low) == (0, 0)
    assert first.tumour_ml.high >= first.second.tumour_ml > 0
    assert first.count.high == 2
    both = _burden(none, tumour=2, second_reader=imaging.read_labels(none, spacing=SPACING))
    assert (both.tumour_ml.high, both.count.high) == (None, None)
    with pytest.raises(Problems, match="tumour"):
        _burden(none, second_reader=imaging.read_labels(none, spacing=SPACING))


def test_pictures_and_reach_without_a_lesion(phantom) -> None:
    """A picture says so; reach is refused."""
    for found in (_burden(phantom(), tumour=2), _burden(phantom()), _burden(phantom(), liver=None, ablation=1)):
        for picture in (imaging.plot_lesions(found), imaging.plot_projection(found)):
            assert picture.svg
        with pytest.raises(Problems):
            imaging.reach(found, imaging.Reach(10, 5, 50, (70,)))

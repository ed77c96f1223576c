"""Liver response: published worked examples, tables of limits, and made-up courses."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from netlm import imaging
from netlm.case import response_rules
from netlm.errors import Problems

from .conftest import RULES, ball

SPACING = (2.0, 1.5, 1.5)
CRITERIA = response_rules()
LIMITS = imaging.Limits(-24, 33)


@pytest.mark.parametrize(
    ("sums", "classes"),
    [
        ((100, 70, 70, 80, 80, 80), ["partial"] * 5),  # EORTC's question: +14 % over the nadir is no progression
        ((100, 70), ["partial"]),
        ((100, 70.1), ["stable"]),
        ((100, 120), ["progressive"]),
        ((100, 119.9), ["stable"]),
        ((20, 24), ["stable"]),  # 20 %, but 4 mm
        ((20, 25), ["progressive"]),
        ((100, 50, 60), ["partial", "progressive"]),  # 20 % over the nadir, below the baseline
        ((100, 50, 59.9), ["partial", "partial"]),
        ((100, 90, 100, 109), ["stable", "stable", "progressive"]),
    ],
)
def test_recist_sums(sums, classes) -> None:
    """-30 % of the baseline; +20 % and 5 mm over the nadir."""
    assert list(imaging.recist_classes(sums, CRITERIA.recist)) == classes


def test_new_and_gone_lesions() -> None:
    """A new lesion is progression whatever the sum; nothing left is complete."""
    assert imaging.recist_classes([50, 20], CRITERIA.recist, new=[True]) == ("progressive",)
    assert imaging.recist_classes([50, 0], CRITERIA.recist, gone=[True]) == ("complete",)
    with pytest.raises(Problems):
        imaging.recist_classes([0, 20], CRITERIA.recist)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(49, "partial"), (50, "undefined"), (51, "minor"), (74, "minor"), (75, "stable"), (76, "stable"), (124, "stable"),
     (125, "progressive"), (0, "complete")],
)  # fmt: skip
def test_cross_products(value, expected) -> None:
    """More than half is partial, exactly half in no class as printed, 25 % more is progression (A33)."""
    assert imaging.cross_product_class(100, 100, value, CRITERIA.cross_product) == expected


def test_progression_of_the_cross_product_is_over_the_smallest() -> None:
    """As RECIST's nadir."""
    assert imaging.cross_product_class(100, 40, 50, CRITERIA.cross_product) == "progressive"


@pytest.mark.parametrize(
    ("before", "after", "months", "rate"),
    [(50, 60, 12, 4.663514), (40, 42, 3, 5.0), (30, 27, 3, -10.0)],
)  # fmt: skip
def test_growth_rates(before, after, months, rate) -> None:
    """Worked examples: TG = 3 ln(D2/D1)/t, TGR = 100 (exp(TG) - 1)."""
    found = imaging.growth_rate(before, after, months, LIMITS)
    assert float(found.percent_per_month) == pytest.approx(rate, abs=1e-6)
    assert found.percent_per_month.low < rate < found.percent_per_month.high


def test_doubling_time() -> None:
    """50 to 60 mm in a year doubles in 15.2071 months; what shrinks never doubles."""
    assert imaging.growth_rate(50, 60, 12).doubling_months == pytest.approx(15.2071, abs=1e-4)
    assert imaging.growth_rate(30, 27, 3).doubling_months is None
    with pytest.raises(Problems):
        imaging.growth_rate(30, 27, 0)


def _course(phantom, *lesions, infos=(), **more) -> imaging.Response:
    scans = [imaging.burden(phantom(one), spacing=SPACING, rules=RULES) for one in lesions]
    return imaging.response(scans[0], scans[1:], CRITERIA, RULES, infos=infos, **more)


A, B, C = (60, 60, 55), (70, 60, 85), (45, 36, 50)


def _info(day: str, **more) -> imaging.ScanInfo:
    return imaging.ScanInfo(datetime.date.fromisoformat(day), **more)


def test_a_course(phantom) -> None:
    """Two targets, their sums, the classes that the error leaves open, and the volume."""
    found = _course(phantom, [(A, 15), (B, 12), (C, 6)], [(A, 9), (B, 7), (C, 6)], [(A, 13), (B, 9), (C, 6)],
                    infos=[_info("2026-01-01"), _info("2026-04-01"), _info("2026-07-01")])  # fmt: skip
    assert [one.id for one in found.targets] == ["1", "2"]
    assert found.sum_mm == pytest.approx(54, abs=2)
    first, second = found.follow_ups
    assert first.recist == "partial"
    assert second.recist == "progressive"  # over the nadir, not over the baseline
    assert second.sum_mm < found.sum_mm
    assert first.volume_percent < -60
    assert first.growth.percent_per_month < 0
    assert second.growth_since_last.percent_per_month > 0
    assert second.months == pytest.approx(5.95, abs=0.05)
    assert "liver" in found.to_dict()["scope"].casefold()
    assert "Liver response" in found.to_text()


def test_the_error_leaves_classes_open(phantom) -> None:
    """A change near a limit is told as open."""
    found = _course(phantom, [(A, 15), (B, 12)], [(A, 11), (B, 8.5)])
    (one,) = found.follow_ups
    assert set(one.possible) == {"partial", "stable"}
    assert "class-open" in {caution.code for caution in found.warnings}


def test_a_new_lesion(phantom) -> None:
    """Progression, whatever the targets do; and a mixed response is called so."""
    found = _course(phantom, [(A, 15), (B, 12)], [(A, 8), (B, 6), (C, 6)])
    assert found.follow_ups[0].recist == "progressive"
    assert found.follow_ups[0].mixed
    assert "mixed" in {caution.code for caution in found.warnings}


def test_everything_gone(phantom) -> None:
    """Complete, with a sum of 0; growth is not told."""
    found = _course(phantom, [(A, 15)], [], infos=[_info("2026-01-01"), _info("2026-04-01")])
    assert found.follow_ups[0].recist == "complete"
    assert found.follow_ups[0].sum_mm == 0
    assert found.follow_ups[0].growth is None


def test_what_comes_back_after_a_complete_response_is_progression(phantom) -> None:
    """A lesion that reappears, target or not; and over a smallest sum of 0 there is no per cent."""
    assert imaging.recist_classes([50, 0, 0], CRITERIA.recist, gone=[True, False]) == ("complete", "progressive")
    assert imaging.recist_classes([50, 10, 10], CRITERIA.recist, gone=[False, False]) == ("partial", "partial")
    found = _course(phantom, [(A, 15), (C, 4)], [], [(C, 4)], [(A, 12)])
    gone, other, target = found.follow_ups
    assert gone.recist == "complete"
    for one in (other, target):
        assert (one.recist, one.possible) == ("progressive", ("progressive",))
        assert (one.product_class, one.product_possible) == ("progressive", ("progressive",))
        assert one.over_nadir_percent is None
        assert one.to_dict()["over_nadir_percent"] is None
    assert "+0 %" not in found.to_text()


def test_the_cross_product_knows_of_other_lesions(phantom) -> None:
    """Nothing of the measured lesions left is not complete while another is there, and a new one is progression."""
    found = _course(phantom, [(A, 15), (C, 4)], [(C, 4)], [(B, 8)])
    left, new = found.follow_ups
    assert (left.product_percent, left.product_class) == (-100, "partial")
    assert new.product_class == "progressive"


def test_a_target_without_breadth(phantom) -> None:
    """A lesion one voxel broad has no cross-product to compare with."""
    array = phantom()
    array[30, 40, 30:45] = 2
    scan = imaging.burden(array, spacing=SPACING, rules=RULES)
    (one,) = imaging.response(scan, [scan], CRITERIA, RULES).follow_ups
    assert one.recist == "stable"
    assert (one.product_percent, one.product_class, one.product_possible) == (None, None, ())
    assert "not known" in imaging.response(scan, [scan], CRITERIA, RULES).to_text()


def test_too_small_to_measure_is_5_mm(phantom) -> None:
    """A target that is still seen does not become 0."""
    found = _course(phantom, [(A, 15)], [(A, 1.6)])
    assert found.follow_ups[0].sum_mm == 5
    assert found.follow_ups[0].recist == "partial"


def test_cut_off_only_inside_its_window(phantom) -> None:
    """3 months, a month either way; at 6 months the number is not quoted."""
    for day, told in (("2026-04-01", True), ("2026-07-01", False), ("2026-01-20", False)):
        found = _course(phantom, [(A, 12)], [(A, 13)], infos=[_info("2026-01-01"), _info(day)])
        assert ("growth-cutoff" in {caution.code for caution in found.warnings}) is told
        assert ("0.8" in found.to_text()) is told


def test_scans_that_differ(phantom) -> None:
    """Modality, phase, thickness, local treatment: each is told."""
    one = imaging.burden(phantom([(A, 15)]), spacing=SPACING, rules=RULES)
    two = imaging.burden(phantom([(A, 15)]), spacing=(5.0, 1.5, 1.5), rules=RULES)
    infos = [_info("2026-01-01", modality="CT", phase="portal"),
             _info("2026-04-01", modality="MR", phase="arterial", local_treatment="TACE")]  # fmt: skip
    found = imaging.response(one, [two], CRITERIA, RULES, infos=infos, register=False)
    codes = {caution.code for caution in found.warnings}
    assert {"other-modality", "other-phase", "other-thickness", "local-treatment"} <= codes


@pytest.mark.parametrize(
    ("info", "thick", "reason"),
    [({"modality": "MR"}, 2.0, "modality"), ({"phase": "arterial"}, 2.0, "phase"), ({}, 5.0, "slices of 2 and 5 mm"),
     ({"local_treatment": "TACE"}, 2.0, "local treatment")],
)  # fmt: skip
def test_no_growth_between_scans_that_are_not_comparable(phantom, info, thick, reason) -> None:
    """Neither a rate nor a time of doubling nor the cut-off; the reason stands in text, JSON and pictures."""
    said = {"modality": "CT", "phase": "portal"}
    scans = [imaging.burden(phantom([(A, radius)]), spacing=(step, 1.5, 1.5), rules=RULES)
             for radius, step in ((12, 2.0), (14, thick))]  # fmt: skip
    days = _info("2026-01-01", **said), _info("2026-04-01", **{**said, **info})
    found = imaging.response(scans[0], scans[1:], CRITERIA, RULES, infos=days, register=False)
    (told,) = found.to_dict()["liver_response"]
    assert told["growth"] is None
    assert reason in told["not_comparable"]
    text = " ".join(found.to_text().split())
    assert f"growth since the baseline not told: the scans are not comparable ({told['not_comparable']})" in text
    assert "a month" not in text.partition("Growth:")[0]
    assert "growth-cutoff" not in {caution.code for caution in found.warnings}
    for picture in (imaging.plot_spider(found), imaging.plot_waterfall(found)):
        assert f"Not comparable with the baseline: follow-up 1 ({told['not_comparable']})" in picture.text
        assert "Not comparable with the baseline" in " ".join(picture.svg.split())


def test_an_ablation_zone_parts_the_scans_around_it_only(phantom) -> None:
    """It stays to be seen later, and is a treatment once."""
    arrays = [phantom([(A, radius), (B, 8)]) for radius in (12, 12, 13)]
    for array, radius in zip(arrays[1:], (9, 8), strict=True):
        ball(array, C, radius, 4, SPACING)
    scans = [imaging.burden(array, spacing=SPACING, rules=RULES, ablation=ablation)
             for array, ablation in zip(arrays, (None, 4, 4), strict=True)]  # fmt: skip
    infos = [_info(f"2026-0{month}-01") for month in (1, 3, 5)]
    found = imaging.response(scans[0], scans[1:], CRITERIA, RULES, infos=infos)
    assert [one.growth for one in found.follow_ups] == [None, None]
    assert found.follow_ups[1].growth_since_last is not None
    assert sum(one.code == "local-treatment" for one in found.warnings) == 1


def test_growth_between_those_of_several_that_are_comparable(phantom) -> None:
    """A treatment parts what came before it from all that came after; a scan of another kind parts itself only."""
    said = [{"modality": " ct"}, {"modality": "MR"}, {"modality": "CT"}, {"local_treatment": "TAE"}, {}]
    scans = [imaging.burden(phantom([(A, radius)]), spacing=SPACING, rules=RULES) for radius in (12, 13, 14, 10, 11)]
    infos = [_info(f"2026-0{month}-01", **one) for month, one in zip(range(1, 6), said, strict=True)]
    found = imaging.response(scans[0], scans[1:], CRITERIA, RULES, infos=infos)
    assert [one.growth is not None for one in found.follow_ups] == [False, True, False, False]
    assert [one.growth_since_last is not None for one in found.follow_ups] == [False, False, False, True]
    assert "local treatment" in found.follow_ups[3].apart
    assert found.follow_ups[3].apart_from_last == ""
    assert found.to_text().count("growth since the last scan") == 2
    (unknown,) = (one.says for one in found.warnings if one.code == "unknown-phase")
    assert "as comparable" in unknown


def test_thick_slices_make_small_lesions_unmeasurable(phantom) -> None:
    """Twice the slice thickness, where that is more than 10 mm."""
    thick = imaging.burden(phantom([(A, 6)]), spacing=(8.0, 1.5, 1.5), rules=RULES)
    with pytest.raises(Problems, match="no measurable lesion"):
        imaging.response(thick, [thick], CRITERIA, RULES)


def test_input_that_makes_no_course(phantom) -> None:
    """No follow-up, dates backwards, one description too few."""
    scan = imaging.burden(phantom([(A, 15)]), spacing=SPACING, rules=RULES)
    for follow_ups, infos in (
        ([], ()),
        ([scan], [_info("2026-04-01"), _info("2026-01-01")]),
        ([scan], [_info("2026-04-01")]),
    ):
        with pytest.raises(Problems):
            imaging.response(scan, follow_ups, CRITERIA, RULES, infos=infos)


def test_the_limits_are_those_of_the_knowledge() -> None:
    """Read from YAML, with their citations."""
    recist = CRITERIA.recist
    assert (recist.targets, recist.measurable_mm, recist.partial, recist.progression, recist.progression_mm) == (
        2, 10, -30, 20, 5)  # fmt: skip
    assert recist.cite == "RECIST 1.1"
    assert (CRITERIA.growth.cutoff, CRITERIA.growth.formula) == (0.8, "recalled")


def test_lesions_that_cannot_be_matched_have_no_sum_and_no_class(phantom) -> None:
    """A scan whose liver does not lie over the baseline's: cannot tell, and the other follow-ups stand."""
    spots = [((60, 60, 60), 9), ((70, 60, 85), 8)]
    moved = np.roll(phantom(spots), (4, 12, 0), (0, 1, 2))
    base, off, later = (imaging.burden(one, spacing=SPACING, rules=RULES) for one in (phantom(spots), moved,
                        phantom([(spots[0][0], 4)])))  # fmt: skip
    days = [imaging.ScanInfo(datetime.date(2026, month, 1)) for month in (1, 4, 7)]
    found = imaging.response(base, [off, later], CRITERIA, RULES, infos=days)
    first, second = found.follow_ups
    told = first.to_dict()
    assert told["recist"] == told["cross_product_class"] == "cannot tell"
    assert told["recist_possible"] == ["partial", "stable", "progressive"]
    assert told["sum_mm"] is told["change_percent"] is told["growth"] is told["over_nadir_percent"] is None
    assert told["volume_percent"] == pytest.approx(0)
    assert {one["fate"] for one in told["matches"]} == {"cannot tell"}
    assert "lesions-not-matched" in {one.code for one in found.warnings}
    assert "cannot tell" in found.to_text()
    assert second.recist == "partial"
    assert second.growth_since_last is None  # the last one told is the baseline
    for picture in (imaging.plot_spider(found), imaging.plot_waterfall(found),
                    imaging.plot_waterfall(imaging.response(base, [off], CRITERIA, RULES))):  # fmt: skip
        assert picture.svg
    assert imaging.response(base, [off], CRITERIA, RULES, register=True).follow_ups[0].recist == "stable"


def test_a_lesion_that_grew_and_is_no_target_is_told(phantom) -> None:
    """No sum holds a speck that became a large lesion, so a warning does."""
    before, after = phantom([((60, 60, 60), 9)]), phantom([((60, 60, 60), 9), ((70, 60, 90), 9)])
    before[35, 40, 60] = 2
    first, second = (imaging.burden(one, spacing=SPACING, rules=RULES) for one in (before, after))
    found = imaging.response(first, [second, first], CRITERIA, RULES)
    assert [match.fate for match in found.follow_ups[0].matches] == ["stable", "grown"]
    told = [one.says for one in found.warnings if one.code == "non-target-grown"]
    assert len(told) == 1
    assert "lesion 2 of the baseline" in told[0]

"""Pictures: the same bytes, words beside them, something drawn where it should be."""

from __future__ import annotations

import datetime
from itertools import pairwise

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


def _drawn(picture):
    """The figure as drawn, with the box of every text on it in millimetres."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from netlm.figures._picture import _house_style

    with _house_style():
        figure = Figure(figsize=(picture.width / 25.4, picture.height / 25.4))
        picture.draw(figure)
        FigureCanvasAgg(figure).draw()
        renderer = figure.canvas.get_renderer()
        texts = [*figure.texts, *(text for axes in figure.axes for text in (*axes.texts, *_titles(axes)))]
        return figure, [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text()]


def _titles(axes):
    return [axes.title, axes._left_title]


def _many(phantom, number=149):
    """A liver full of lesions that lie over and under each other."""
    chance, array = np.random.default_rng(5), phantom()
    inside = np.argwhere(array == 1)
    for z, y, x in inside[chance.choice(len(inside), 2 * number, replace=False)]:
        block = array[z - 1 : z + 2, y - 1 : y + 3, x - 1 : x + 3]
        free = array[z - 2 : z + 3, y - 2 : y + 4, x - 2 : x + 4]
        if number and (free == 1).all():
            block[: chance.integers(1, 4), : chance.integers(1, 5), : chance.integers(1, 5)] = 2
            number -= 1
    return imaging.burden(array, spacing=SPACING, rules=RULES)


def test_every_lesion_of_a_projection_has_a_number_of_its_own(phantom) -> None:
    """None is left without, none lies on another, and each stands in the list under the drawing."""
    burden = _many(phantom)
    assert len(burden.lesions) > 100
    figure, texts = _drawn(imaging.plot_projection(burden))
    (axes,) = figure.axes
    numbers = [text.get_text() for text in axes.texts]
    assert sorted(numbers, key=int) == [lesion.id for lesion in burden.lesions]
    listed = [text.get_text() for text in figure.texts]
    assert set(numbers) <= set(listed)
    boxes = [box for text, box in texts if text]
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_a_drawing_without_room_says_so(phantom, monkeypatch) -> None:
    """A number that finds no place is counted, not dropped."""
    from netlm.imaging import _pictures

    monkeypatch.setattr(_pictures, "PROJECTED", 8.0)
    _, texts = _drawn(imaging.plot_projection(_many(phantom)))
    assert any("No room in the drawing" in text for text, _ in texts)


def test_titles_and_notes_are_whole(phantom, scans) -> None:
    """Nothing is cut by an ellipsis or by the edge of the paper, however many lesions a slice has."""
    array = phantom()
    for row in range(6):
        for column in range(6):
            array[28:32, 22 + 6 * row : 26 + 6 * row, 27 + 6 * column : 30 + 6 * column] = 2
    crowded = imaging.burden(array, spacing=SPACING, rules=RULES)
    for name, picture in {**_pictures(scans), "crowded": imaging.plot_lesions(crowded)}.items():
        figure, texts = _drawn(picture)
        edge = figure.bbox
        for text, box in texts:
            assert "\u2026" not in text, name
            assert edge.x0 - 1 <= box.x0 <= box.x1 <= edge.x1 + 1, (name, text)
            assert edge.y0 - 1 <= box.y0 <= box.y1 <= edge.y1 + 1, (name, text)
    (title,) = [text for text, _ in _drawn(imaging.plot_lesions(crowded))[1] if text.startswith("Slice")]
    assert all(f"{lesion.id}: " in title for lesion in crowded.lesions)


def test_no_number_lies_on_a_diameter(scans) -> None:
    """The ends of a diameter stay to be seen."""
    for picture in (imaging.plot_lesions(scans[0]), imaging.plot_before_after(imaging.debulking(*scans, RULES))):
        figure, _ = _drawn(picture)
        renderer = figure.canvas.get_renderer()
        for axes in figure.axes:
            diameters = [line for line in axes.lines if line.get_color() != "#1b1b1b"]
            for text in axes.texts:
                box = text.get_window_extent(renderer)
                for line in diameters:
                    first, last = axes.transData.transform(line.get_xydata())
                    points = first + np.linspace(0, 1, 50)[:, None] * (last - first)
                    assert not any(box.contains(*point) for point in points)


def test_what_a_lesion_became_is_measured_too(scans) -> None:
    """The second row has numbers, diameters and sizes as the first."""
    figure, _ = _drawn(imaging.plot_before_after(imaging.debulking(*scans, RULES)))
    after = [axes for axes in figure.axes if "After" in axes.get_title(loc="left")]
    kept = [axes for axes in after if "gone" not in axes.get_title(loc="left")]
    assert len(after) == 3
    assert len(kept) == 2
    for axes in kept:
        assert " x " in axes.get_title(loc="left")
        assert axes.lines
        assert [text.get_text() for text in axes.texts]


def test_unreviewed_marks_every_picture(phantom, scans) -> None:
    """In the picture and in its words; not where a radiologist looked at all of it."""
    from dataclasses import replace

    reviewed = [replace(scan, reading=imaging.Reading(reviewed_by="radiologist")) for scan in scans]
    for some, marked in ((scans, True), (reviewed, False)):
        for name, picture in _pictures(some).items():
            said = " ".join(text for text, _ in _drawn(picture)[1])
            assert ("Not reviewed by a radiologist" in said) is marked, name
            assert ("Not reviewed by a radiologist" in picture.text) is marked, name
    half = imaging.plot_before_after(imaging.debulking(reviewed[0], scans[1], RULES))
    assert "1 of the 2 segmentations" in half.text


def test_names_of_near_equal_lines_stand_apart(phantom) -> None:
    """Two targets that change alike have two names that can be read."""
    spots = [((60, 60, 50), 12), ((60, 60, 85), 12), ((85, 60, 67), 8), ((40, 70, 67), 8)]
    first, second = (imaging.burden(phantom([(at, radius * by) for at, radius in spots]), spacing=SPACING, rules=RULES)
                     for by in (1, 0.8))  # fmt: skip
    _figure, texts = _drawn(imaging.plot_spider(imaging.response(first, [second], response_rules(), RULES)))
    boxes = [box for text, box in texts if text in {"1", "2", "3", "4"}]
    assert len(boxes) == 4
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])
    _figure, texts = _drawn(imaging.plot_frontier(imaging.reach(first, reach_rules())))
    boxes = [box for text, box in texts if " acts" in text]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_every_line_of_a_spider_has_a_name_of_its_own(phantom) -> None:
    """Fourteen lesions that end alike: each name stands apart, inside the axes, in the order of the ends."""
    spots = [((40 + 20 * (number // 7), 60 + 16 * (number % 2), 28 + 13 * (number % 7)), 5.8) for number in range(14)]
    first, second = (imaging.burden(phantom([(at, radius * by) for at, radius in spots]), spacing=SPACING, rules=RULES)
                     for by in (1, 0.8))  # fmt: skip
    assert len(first.lesions) == 14
    found = imaging.response(first, [second], response_rules(), RULES)
    figure, texts = _drawn(imaging.plot_spider(found))
    axes = figure.axes[0].get_window_extent()
    boxes = {text: box for text, box in texts if text in {one.id for one in first.lesions} and box.x0 > axes.x1 - 100}
    assert set(boxes) == {one.id for one in first.lesions}
    ordered = sorted(boxes.values(), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(ordered))
    assert axes.y0 - 1 <= ordered[0].y0
    assert ordered[-1].y1 <= axes.y1 + 1
    ends = {match.before[0]: float(match.change_percent) for match in found.follow_ups[0].matches}
    by_height = [ends[name] for name in sorted(boxes, key=lambda name: boxes[name].y0)]
    assert by_height == sorted(by_height)


def test_names_are_spread_around_their_places() -> None:
    """As near as can be, in order, inside the limits, and closer where there is no room."""
    from netlm.imaging._charts import spread

    assert spread([1, 5, 9], 2, 0, 10) == [1, 5, 9]
    assert spread([5, 5, 5], 2, 0, 10) == [3, 5, 7]
    assert spread([0, 0, 0], 2, 0, 10) == [0, 2, 4]
    assert spread([9, 10, 10], 2, 0, 10) == [6, 8, 10]
    assert spread([5] * 6, 5, 0, 10) == [0, 2, 4, 6, 8, 10]
    assert spread([], 5, 0, 10) == []


def test_a_lesion_at_one_time_alone_has_both_its_slices(phantom) -> None:
    """What is gone, and the largest that is new, with the place where it was not; the low end stays open."""
    spots = [((60, 60, 50), 9), ((60, 60, 85), 8), ((85, 60, 67), 7), ((40, 70, 67), 6)]
    before, new, none = (imaging.burden(phantom(some), spacing=SPACING, rules=RULES)
                         for some in (spots[:3], spots[1:], []))  # fmt: skip
    for after, fates in ((new, {"gone": 1, "new lesion": 1, "no lesion": 1}), (none, {"gone": 3})):
        picture = imaging.plot_before_after(imaging.debulking(before, after, RULES))
        figure, texts = _drawn(picture)
        titles = [" ".join(axes.get_title(loc="left").split()) for axes in figure.axes]
        assert sum(title.startswith("Before") for title in titles) == 3
        assert sum(title.startswith("After") for title in titles) == 3
        for fate, many in fates.items():
            assert sum(fate in title for title in titles) == many
    assert any("100 % of the volume (100 or less)" in text for text, _ in texts)
    assert "100 to 100" not in picture.text


def test_long_names_of_both_files_stand_in_the_heading(phantom) -> None:
    """Neither pushes the other out."""
    scans = [imaging.burden(phantom([((60, 60, 50), 9)]), spacing=SPACING, file=f"{name}{'x' * 90}.nii.gz")
             for name in ("earlier", "later")]  # fmt: skip
    heading = _drawn(imaging.plot_before_after(imaging.debulking(*scans)))[1][0][0]
    assert "earlier" in heading
    assert "later" in heading


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

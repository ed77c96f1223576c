"""``netlm burden``, ``debulking``, ``reach`` and ``response``; and many scans at once."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ._process import netlm

np = pytest.importorskip("numpy")
pytest.importorskip("SimpleITK")

SPACING = (2.0, 1.5, 1.5)
SPOTS = [((60, 60, 60), 9), ((70, 60, 85), 6), ((45, 75, 55), 5)]
KEYS = {"liver_ml", "liver_ml_low", "liver_ml_high", "tumour_ml", "tumour_ml_low", "tumour_ml_high",
        "replacement_percent", "replacement_percent_low", "replacement_percent_high", "count", "count_alternatives",
        "lesions", "warnings"}  # fmt: skip
LESION_KEYS = {"id", "ml", "ml_low", "ml_high", "longest_axial_mm", "longest_axial_mm_low", "longest_axial_mm_high",
               "short_axis_mm", "feret_mm", "centroid_mm", "slices", "distance_mm", "segments"}  # fmt: skip


def _write(path: Path, lesions, zones=()) -> Path:
    import SimpleITK as sitk  # noqa: N813

    array = np.zeros((60, 80, 90), np.uint8)
    axes = np.ogrid[0:60, 0:80, 0:90]
    for centre, radius, label in [
        ((60, 60, 67), 50, 1),
        *((*one, 2) for one in lesions),
        *((*one, 3) for one in zones),
    ]:
        far = sum(((axis * step - at) / radius) ** 2 for axis, step, at in zip(axes, SPACING, centre, strict=True))
        array[far <= 1] = label
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING[::-1])
    sitk.WriteImage(image, str(path))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Four scans of one liver."""
    made = tmp_path_factory.mktemp("scans")
    _write(made / "a.nii.gz", SPOTS)
    _write(made / "b.nii.gz", SPOTS[1:])
    _write(made / "c.nrrd", [(SPOTS[0][0], 6), *SPOTS[1:]])
    _write(made / "d.nii.gz", SPOTS[1:], [(SPOTS[0][0], 14)])
    return made


def test_burden_as_json(folder) -> None:
    """The keys that programs rely on, with ranges beside numbers."""
    found = json.loads(netlm("burden", folder / "a.nii.gz", "--format", "json").stdout)
    assert set(found) >= KEYS
    assert set(found["lesions"][0]) >= LESION_KEYS
    assert all(set(one) == {"rule", "count"} for one in found["count_alternatives"])
    assert found["count"] == len(found["lesions"]) == 3
    assert found["replacement_percent"] == pytest.approx(100 * found["tumour_ml"] / found["liver_ml"])
    assert found["tumour_ml_low"] == pytest.approx(0.76 * found["tumour_ml"])


def test_burden_as_text(folder) -> None:
    """What a reader needs to know stands in it."""
    said = " ".join(netlm("burden", folder / "a.nii.gz").stdout.split())
    for words in ("whole liver", "T / (L + T)", "No radiologist is said to have reviewed", "limits of agreement",
                  "pathology finds more than imaging"):  # fmt: skip
        assert words in said


def test_burden_writes_pictures_and_a_file(folder, tmp_path) -> None:
    """Whole or not at all; never over the input."""
    pytest.importorskip("matplotlib")
    out = tmp_path / "burden.json"
    netlm("burden", folder / "a.nii.gz", "--format", "json", "-o", out, "--pictures", tmp_path / "pictures")
    assert json.loads(out.read_text(encoding="utf-8"))["count"] == 3
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["lesions.svg", "projection.svg"]
    before = (folder / "a.nii.gz").read_bytes()
    netlm("burden", folder / "a.nii.gz", "-o", folder / "a.nii.gz", code=2)
    assert (folder / "a.nii.gz").read_bytes() == before


def test_second_reader(folder) -> None:
    """Dice, bias and lesions without a counterpart."""
    found = json.loads(
        netlm("burden", folder / "a.nii.gz", "--second-reader", folder / "c.nrrd", "--format", "json").stdout
    )
    assert 0 < found["second_reader"]["dice"] < 1
    assert found["second_reader"]["bias_percent"] < 0
    assert len(found["second_reader"]["matched"]) == 3


def test_a_label_option_given_again_is_added(folder, tmp_path) -> None:
    """``--tumour 2 --tumour 3`` is ``--tumour 2,3``; what can hold one value only is refused, and an empty one."""
    scan = folder / "d.nii.gz"
    both, again = (json.loads(netlm("burden", scan, *labels, "--format", "json").stdout)
                   for labels in (["--tumour", "2,3"], ["--tumour", "2", "--tumour", "3"]))  # fmt: skip
    assert both == again
    assert both["labels"]["tumour"] == "2, 3"
    for wrong in (["--scheme", "a", "--scheme", "b"], ["--reviewed-by", "a", "--reviewed-by", "b"],
                  ["--second-reader", scan, "--second-reader", scan], ["--segments", "1=2", "--segments", "3=4"],
                  ["--segments", "1=2,1=3"], ["--tumour", ""], ["--liver", "1,,3"], ["--segments", "3"],
                  ["--segments", f"{scan}:3"], ["--segments", "segments.niigz"], ["--tumour", "\u00b2"],
                  ["--tumour", "9" * 30]):  # fmt: skip
        done = netlm("burden", scan, *wrong, "--format", "json", code=2)
        assert json.loads(done.stdout)["error"]["problems"][0]["remedy"], wrong


def test_debulking(folder) -> None:
    """Two scans, with the zone of an ablation."""
    found = json.loads(
        netlm("debulking", folder / "a.nii.gz", folder / "d.nii.gz", "--ablation", "3", "--format", "json").stdout
    )
    assert found["cytoreduction_percent_low"] < found["cytoreduction_percent"] < found["cytoreduction_percent_high"]
    assert [one["percent"] for one in found["targets"]] == [70, 90]
    assert found["matches"][0]["fate"] == "ablated"
    assert "correlated" in found["notes"][0]
    text = netlm("debulking", "--ablation", "3", folder / "a.nii.gz", folder / "d.nii.gz").stdout
    assert "against 70 %" in text


def test_reach(folder) -> None:
    """The targets, the frontier, and what it is not."""
    found = json.loads(netlm("debulking", "reach", folder / "a.nii.gz", "--margin", "8", "--format", "json").stdout)
    assert [one["target_percent"] for one in found["steps"]] == [70, 90, 100]
    assert all(one["optimality_gap"] == 0 for one in found["steps"])
    assert found["margin_mm"] == 8
    assert "not a surgical plan" in found["note"]
    netlm("debulking", "reach", folder / "a.nii.gz", "--margin", "-1", code=2)


def test_response(folder) -> None:
    """Named liver response, with dates and modalities."""
    done = netlm("response", folder / "a.nii.gz", folder / "c.nrrd", "--dates", "2026-01-01,2026-04-01",
                  "--modalities", "CT,MR", "--format", "json")  # fmt: skip
    found = json.loads(done.stdout)
    assert len(found["liver_response"]) == 1
    assert "other-modality" in {one["code"] for one in found["warnings"]}
    netlm("response", folder / "a.nii.gz", folder / "c.nrrd", "--dates", "2026-01-01", code=2)
    netlm("response", folder / "a.nii.gz", code=2)


@pytest.mark.parametrize("command", [["burden"], ["debulking", "reach"]])
def test_bad_input_is_one_message(folder, tmp_path, command) -> None:
    """Exit 2, what was found, what was expected, the remedy; as JSON where asked for."""
    (tmp_path / "cut.nii.gz").write_bytes((folder / "a.nii.gz").read_bytes()[:400])
    done = netlm(*command, tmp_path / "cut.nii.gz", code=2)
    assert "Traceback" not in done.stderr
    assert "found" in done.stderr
    told = json.loads(netlm(*command, folder / "absent.nii.gz", "--format", "json", code=2).stdout)
    assert told["error"]["problems"][0]["code"] == "no-file"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_many_scans(folder, tmp_path) -> None:
    """A table in the order of the names, the same bytes with any number of processes, a bad scan told and skipped."""
    for name in ("a.nii.gz", "b.nii.gz", "c.nrrd"):
        os.link(folder / name, tmp_path / name)
    (tmp_path / "bad.nii.gz").write_bytes(b"x")
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    done = netlm("burden", tmp_path, "-o", first, "--workers", "1", code=2)
    assert "3 scans measured, 1 skipped" in done.stderr
    assert "skipped: " in done.stderr
    netlm("burden", tmp_path, "-o", second, "--workers", "2", code=2)
    assert first.read_bytes() == second.read_bytes()
    rows = _rows(first)
    assert [Path(row["file"]).name for row in rows] == ["a.nii.gz", "b.nii.gz", "bad.nii.gz", "c.nrrd"]
    assert rows[2]["error"] == "damaged"
    assert rows[2]["liver_ml"] == ""
    assert float(rows[0]["tumour_ml"]) > float(rows[1]["tumour_ml"])
    assert not list(tmp_path.glob("*.part"))


def test_a_list_of_scans_as_parquet(folder, tmp_path) -> None:
    """Files from a column, with labels of their own."""
    pq = pytest.importorskip("pyarrow.parquet")
    listed = tmp_path / "list.csv"
    listed.write_text(f"labels,liver\n{folder / 'a.nii.gz'},1\n{folder / 'b.nii.gz'},1\n", encoding="utf-8")
    netlm("burden", listed, "-o", tmp_path / "out.parquet", "--workers", "1")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column("count").to_pylist() == [3, 2]
    netlm("burden", listed, code=2)
    netlm("burden", listed, "-o", tmp_path / "out.xlsx", code=2)


def test_taken_up_after_a_kill(folder, tmp_path) -> None:
    """What was done is not done again; a torn last line is."""
    for name in ("a.nii.gz", "b.nii.gz", "c.nrrd"):
        os.link(folder / name, tmp_path / name)
    out = tmp_path / "out.csv"
    netlm("burden", tmp_path, "-o", out, "--workers", "1")
    whole = out.read_bytes()
    out.unlink()
    script = (
        "import itertools, sys\nimport netlm.imaging as imaging\nreal = imaging.burden_rows\n"
        "def some(*a, **k):\n    yield from itertools.islice(real(*a, **k), 2)\n    import os; os._exit(9)\n"
        "imaging.burden_rows = some\nfrom netlm.cli import main\n"
        f"sys.argv = ['netlm', 'burden', {str(tmp_path)!r}, '-o', {str(out)!r}, '--workers', '1']\nmain()\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert killed.returncode == 9
    assert not out.exists()
    journal = tmp_path / "out.csv.part"
    journal.write_bytes(journal.read_bytes() + b'{"place": 2, "ro')
    done = netlm("burden", tmp_path, "-o", out, "--workers", "1")
    assert "2 of 3 scans were done before" in done.stderr
    assert out.read_bytes() == whole
    assert not journal.exists()


def test_a_table_or_picture_that_cannot_be_written(folder, tmp_path) -> None:
    """A folder that is not there, a file where the folder of the pictures should be: told, with the remedy."""
    pytest.importorskip("matplotlib")
    done = netlm("burden", folder, "-o", tmp_path / "nowhere" / "b.csv", code=2)
    assert "Traceback" not in done.stderr
    assert "existing folder" in done.stderr
    there = tmp_path / "pictures"
    there.write_text("mine", encoding="utf-8")
    first, second = folder / "a.nii.gz", folder / "c.nrrd"
    for command in (["burden", first], ["debulking", first, second], ["debulking", "reach", first],
                    ["response", first, second]):  # fmt: skip
        done = netlm(*command, "--pictures", there, code=2)
        assert "Traceback" not in done.stderr
        assert "Name another folder" in done.stderr
    assert there.read_text(encoding="utf-8") == "mine"


def test_no_header_of_dicom_in_any_output(tmp_path) -> None:
    """A name in the header appears nowhere."""
    data = os.environ.get("NETLM_TEST_DATA")
    if not data:
        pytest.skip("NETLM_TEST_DATA is not set: other people's data is not part of the repository")
    pydicom = pytest.importorskip("pydicom")
    seg = pydicom.dcmread(Path(data) / "imaging" / "dcmqi" / "dcmqi_liver.dcm")
    seg.PatientName, seg.PatientID, seg.InstitutionName = "Quuxenstein^Zebediah", "ZQ-4711", "Quux Hospital"
    seg.save_as(tmp_path / "seg.dcm")
    for arguments in (["seg.dcm"], ["seg.dcm", "--format", "json"], ["seg.dcm", "--liver", "7", "--format", "json"]):
        done = subprocess.run([sys.executable, "-m", "netlm", "burden", *arguments], cwd=tmp_path, capture_output=True,
                              text=True, check=False)  # fmt: skip
        said = (done.stdout + done.stderr).casefold()
        assert not any(word in said for word in ("quux", "zebediah", "4711"))
    netlm("burden", tmp_path, "-o", tmp_path / "out.csv", "--workers", "1")
    assert "quux" not in (tmp_path / "out.csv").read_text(encoding="utf-8").casefold()


def test_without_the_extra_it_is_one_sentence(monkeypatch) -> None:
    """With the command that adds it."""
    from netlm.cli import _scan_options
    from netlm.errors import Problems

    monkeypatch.setattr(_scan_options, "find_spec", lambda name: None)
    with pytest.raises(Problems, match=r"netlm\[imaging,figures\]"):
        _scan_options.needing_imaging()

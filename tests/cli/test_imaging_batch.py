"""Many scans at once: what is taken up after a kill, what is refused, and a list with labels for each scan."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ._process import netlm

np = pytest.importorskip("numpy")
sitk = pytest.importorskip("SimpleITK")


def _scan(path: Path, lesions: int = 2, label: int = 2, **more) -> Path:
    """A liver (label 1) with lesions in a row."""
    array = np.zeros((24, 40, 90), np.uint8)
    array[2:22, 2:38, 2:88] = 1
    for number in range(lesions):
        array[8:14, 10:18, 8 + 12 * number : 16 + 12 * number] = label
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((1.5, 1.5, 3.0))
    sitk.WriteImage(image, str(path), **more)
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def begun(tmp_path) -> Path:
    """A folder ``scans`` of three, of which a run that was killed has measured two; ``killed(...)`` runs it again."""
    (tmp_path / "scans").mkdir()
    for name, lesions in (("a.nrrd", 1), ("b.nrrd", 2), ("c.nrrd", 3)):
        _scan(tmp_path / "scans" / name, lesions)
    script = (
        "import itertools, os, sys\nimport netlm.imaging as imaging\nreal = imaging.burden_rows\n"
        "def some(*a, **k):\n    yield from itertools.islice(real(*a, **k), 2)\n    os._exit(9)\n"
        "imaging.burden_rows = some\nfrom netlm.cli import main\nmain()\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, *_command(tmp_path)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == 9, killed.stderr
    return tmp_path


def _command(folder: Path) -> list[str]:
    return ["burden", str(folder / "scans"), "-o", str(folder / "out.csv"), "--workers", "1"]


def test_a_scan_that_changed_is_measured_again(begun) -> None:
    """The file of a row that was done is another one now, of the same size and time."""
    path = begun / "scans" / "a.nrrd"
    was = path.stat()
    content = path.read_bytes()
    changed = path.with_name("x.nrrd")
    _scan(changed, 5)
    path.write_bytes(changed.read_bytes().ljust(len(content), b"\0")[: max(len(content), changed.stat().st_size)])
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    changed.unlink()
    done = netlm(*_command(begun))
    assert "1 of 3 scans were done before\n" in done.stderr
    assert "1 of 3 scans were done before from other files" in done.stderr
    assert [row["count"] for row in _rows(begun / "out.csv")] == ["5", "2", "3"]


@pytest.mark.parametrize(
    "option",
    [["--tumour", "1", "--liver", "none"], ["--minimum-ml", "3"], ["--each", "label"], ["--reviewed-by", "me"]],
)
def test_other_labels_or_rules_measure_again(begun, option) -> None:
    """No row of the earlier run is among them, and that is said."""
    done = netlm(*_command(begun), *option)
    assert "2 of 3 scans were done before from other files, labels, rules or another version" in done.stderr
    fresh = begun / "fresh.csv"
    netlm(*_command(begun)[:3], fresh, *option)
    assert (begun / "out.csv").read_bytes() == fresh.read_bytes()


def test_another_version_measures_again(begun) -> None:
    """The journal of another version of the program."""
    script = "import netlm\nnetlm.__version__ = '9.9.9'\nfrom netlm.cli import main\nmain()\n"
    done = subprocess.run([sys.executable, "-c", script, *_command(begun)], capture_output=True, text=True, check=False)
    assert "2 of 3 scans were done before from other" in done.stderr


def test_a_new_scan_in_the_folder_keeps_what_was_done(begun) -> None:
    """The scans that were measured are not measured again because another came."""
    _scan(begun / "scans" / "0.nrrd", 4)
    done = netlm(*_command(begun))
    assert "2 of 4 scans were done before\n" in done.stderr
    assert [row["count"] for row in _rows(begun / "out.csv")] == ["4", "1", "2", "3"]


def test_a_scan_that_failed_is_tried_again(tmp_path) -> None:
    """What was damaged may have been mended, or memory may be free now."""
    (tmp_path / "scans").mkdir()
    _scan(tmp_path / "scans" / "a.nrrd")
    (tmp_path / "scans" / "b.nrrd").write_bytes(b"x")
    out, part = tmp_path / "out.csv", tmp_path / "out.csv.part"
    netlm(*_command(tmp_path), code=2)
    whole = out.read_bytes()
    part.write_bytes(b'{"netlm":"burden-rows/1"}\n{"made_from":"f","file":"b","error":"damaged"}\n{"made_from":')
    netlm(*_command(tmp_path), code=2)
    assert out.read_bytes() == whole
    part.write_text("notes of mine", encoding="utf-8")
    done = netlm(*_command(tmp_path), code=2)
    assert "which no run of this version began" in done.stderr
    assert part.read_text(encoding="utf-8") == "notes of mine"


def test_voxels_in_a_file_of_their_own_decide_too(tmp_path) -> None:
    """The header of a MetaImage is the same, its voxels are not; a header that names many files is never trusted."""
    from netlm import imaging

    path = _scan(tmp_path / "a.mhd")
    first = imaging.made_from(imaging.Job(str(path)), imaging.Rules())
    assert first == imaging.made_from(imaging.Job(str(path)), imaging.Rules())
    _scan(tmp_path / "b.mhd", 3)
    (tmp_path / "b.raw").replace(tmp_path / "a.raw")
    second = imaging.made_from(imaging.Job(str(path)), imaging.Rules())
    assert None not in {first, second}
    assert first != second
    other = imaging.Job(str(path), {"tumour": f"{_scan(tmp_path / 'c.nrrd')}:2"})
    third = imaging.made_from(other, imaging.Rules())
    _scan(tmp_path / "c.nrrd", 4)
    assert third != imaging.made_from(other, imaging.Rules())
    path.write_bytes(path.read_bytes().replace(b"a.raw", b"a%d.raw 1 9 1"))
    assert imaging.made_from(imaging.Job(str(path)), imaging.Rules()) is None
    assert imaging.made_from(imaging.Job(str(tmp_path / "absent.nrrd")), imaging.Rules()) is None


def _children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the children of a process are told by /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_a_parent_that_is_killed(tmp_path, how) -> None:
    """Two workers end by themselves, and the run that goes on writes the bytes of one that was never stopped."""
    (tmp_path / "scans").mkdir()
    for number in range(40):
        _scan(tmp_path / "scans" / f"{number:02}.nrrd", 1 + number % 7)
    command = [*_command(tmp_path)[:-1], "2"]
    journal = tmp_path / "out.csv.part"
    with subprocess.Popen(
        [sys.executable, "-m", "netlm", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        until = time.monotonic() + 60
        while time.monotonic() < until and (not journal.exists() or journal.read_bytes().count(b"\n") < 3):
            time.sleep(0.01)
        workers = _children(run.pid)
        run.send_signal(how)
        run.wait()
    assert len(workers) >= 2
    until = time.monotonic() + 3
    while time.monotonic() < until and any(map(_alive, workers)):
        time.sleep(0.05)
    assert not any(map(_alive, workers))
    assert not (tmp_path / "out.csv").exists()
    assert "scans were done before\n" in netlm(*command).stderr
    netlm(*command[:3], tmp_path / "fresh.csv", "--workers", "2")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "fresh.csv").read_bytes()


def test_options_of_one_scan_are_refused_for_many(tmp_path) -> None:
    """Each with what to do instead, all at once; an image is for pictures, of one scan too."""
    scan = _scan(tmp_path / "a.nrrd")
    more = ["--second-reader", scan, "--pictures", tmp_path / "p", "--image", scan]
    done = netlm("burden", tmp_path, "-o", tmp_path / "out.csv", *more, code=2)
    for option in ("--second-reader", "--pictures", "--image"):
        assert f"{option}: found {option} for a folder or CSV" in done.stderr
    told = json.loads(netlm("burden", tmp_path, "-o", tmp_path / "out.csv", "--format", "json", code=2).stdout)
    assert "-o burden.csv" in told["error"]["problems"][0]["remedy"]
    blamed = netlm("burden", tmp_path, "-o", tmp_path / "out.json", code=2)
    assert json.loads(blamed.stdout)["error"]["problems"][0]["place"] == "-o"
    assert not (tmp_path / "p").exists()
    assert not (tmp_path / "out.csv").exists()
    assert "--pictures FOLDER" in netlm("burden", scan, "--image", scan, code=2).stderr


def test_a_list_with_labels_for_each_scan(tmp_path) -> None:
    """Label options are columns, with commas, ``none`` and files from the folder of the list; a cell may be empty."""
    _scan(tmp_path / "a.nrrd", 2)
    _scan(tmp_path / "b.nrrd", 3, 5)
    listed = tmp_path / "list.csv"
    listed.write_text(
        'patient;labels;Liver;tumour;left lobe;second_reader;reviewed_by\n'
        '1;a.nrrd;;2;;;\n2;a.nrrd;none;"1,2";;;radiology\n3;b.nrrd;;5;a.nrrd:1;;\n4;a.nrrd;;;;b.nrrd;\n5;b.nrrd;;a.nrrd:2;;;\n',
        encoding="utf-8",
    )  # fmt: skip
    netlm("burden", listed, "-o", tmp_path / "out.csv", "--workers", "1", "--segmented-by", "resident")
    rows = _rows(tmp_path / "out.csv")
    assert [row["count"] for row in rows] == ["2", "3", "3", "2", "2"]
    assert [row["liver_ml"] == "" for row in rows] == [False, True, False, False, False]
    assert [row["reviewed"] for row in rows] == ["False", "True", "False", "False", "False"]
    assert rows[2]["distribution"] == "unilobar"
    assert float(rows[3]["tumour_ml_low"]) == 0.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("labels,tumor\na.nrrd,2\n", "Did you mean `tumour`"),
        ("file,tumour\na.nrrd,2\n", "no column `labels`"),
        ("labels,Tumour,tumour\na.nrrd,2,3\n", "the column `tumour` twice"),
        ("labels,tumour\n,2\na.nrrd,2\n,3\n", "list.csv:4: labels: found no file"),
        ("labels,tumour\na.nrrd\n", "1 cells under 2 headings"),
        ("labels,tumour\n", "no label map"),
        ("labels,minimum ml\na.nrrd,2\n", "give --minimum-ml"),
    ],
)
def test_a_list_that_would_lose_something_is_refused(tmp_path, content, said) -> None:
    """A heading nearly right, a line without a file: told with the line, before anything is measured."""
    _scan(tmp_path / "a.nrrd")
    (tmp_path / "list.csv").write_text(content, encoding="utf-8")
    done = netlm("burden", tmp_path / "list.csv", "-o", tmp_path / "out.csv", code=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv.part").exists()


def test_a_list_is_not_written_over(tmp_path) -> None:
    """The table is not the list it was made from."""
    _scan(tmp_path / "a.nrrd")
    listed = tmp_path / "list.csv"
    listed.write_text("labels\na.nrrd\n", encoding="utf-8")
    netlm("burden", listed, "-o", listed, code=2)
    assert listed.read_text(encoding="utf-8") == "labels\na.nrrd\n"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_name_that_is_no_text(tmp_path) -> None:
    """Its bytes are shown, in the table, as JSON and when the run goes on."""
    (tmp_path / "scans").mkdir()
    for name in ("nii", "nrrd"):
        os.link(_scan(tmp_path / f"a.{name}"), os.fsencode(tmp_path / "scans") + b"/b\xff." + name.encode())
    odd = os.fsdecode(os.fsencode(tmp_path / "scans") + b"/b\xff.nii")
    netlm(*_command(tmp_path), code=2)
    first, second = _rows(tmp_path / "out.csv")
    assert first["file"].endswith("b\\xff.nii")
    assert second["error"] == "file-name"  # ITK cannot open it
    assert json.loads(netlm("burden", odd, "--format", "json").stdout)["file"] == first["file"]
    assert "b\\xff.nii" in netlm("burden", odd).stdout


@pytest.mark.parametrize("value", ["inf", "nan", "-1"])
def test_a_minimum_that_is_none(tmp_path, value) -> None:
    """Told with its value; the largest number there is leaves no lesion."""
    scan = _scan(tmp_path / "a.nrrd")
    assert f"found {value} ml" in netlm("burden", scan, "--minimum-ml", value, code=2).stderr
    assert json.loads(netlm("burden", scan, "--minimum-ml", "1e308", "--format", "json").stdout)["count"] == 0


def test_rows_behind_one_whose_process_died_are_kept(begun) -> None:
    """Its line in the journal has nothing that it was made from."""
    journal = begun / "out.csv.part"
    head, first, second = journal.read_bytes().splitlines(keepends=True)
    died = json.dumps({"made_from": None, "file": "x", "error": "died", "message": "killed"}).encode() + b"\n"
    journal.write_bytes(head + died + first + b'{"file":"y","error":"died"}\n' + second)
    assert "2 of 3 scans were done before\n" in netlm(*_command(begun)).stderr

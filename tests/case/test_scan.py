"""A case that names its label map: derived facts as ranges, typed values kept, disagreement flagged."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import netlm
from netlm.case import load_case, with_facts
from netlm.errors import Problems
from netlm.values import Members, Numbers, Words

np = pytest.importorskip("numpy")
pytest.importorskip("SimpleITK")

SPACING = (2.0, 1.5, 1.5)
HEAD = "netlm: case/1\nid: case-1\nas_of: 2026-11-20\n"
FACTS = "facts:\n  primary_site: ileum\n"


def _ball(array, centre, radius, label) -> None:
    axes = np.ogrid[tuple(slice(0, side) for side in array.shape)]
    far = sum(((axis * step - at) / radius) ** 2 for axis, step, at in zip(axes, SPACING, centre, strict=True))
    array[far <= 1] = label


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with ``scan.nii.gz`` (liver 1, three lesions 2, a vessel 3) and its segments."""
    import SimpleITK as sitk  # noqa: N813

    labels = np.zeros((60, 80, 90), np.uint8)
    _ball(labels, (60, 60, 67), 52, 1)
    segments = np.where(labels == 1, np.where(np.arange(90) < 45, 6, 3), 0).astype(np.uint8)
    for centre, radius in (((60, 60, 50), 9), ((70, 60, 90), 7), ((45, 75, 60), 6)):
        _ball(labels, centre, radius, 2)
    labels[30, 30:50, 33:35] = np.where(labels[30, 30:50, 33:35] == 1, 3, labels[30, 30:50, 33:35])
    for name, array in (("scan", labels), ("segments", segments)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(SPACING[::-1])
        sitk.WriteImage(image, str(tmp_path / f"{name}.nii.gz"))
    return tmp_path


def _write(folder: Path, scan: str, facts: str = FACTS) -> Path:
    path = folder / "case.yaml"
    path.write_text(f"{HEAD}liver_scan: {scan}\n{facts}", encoding="utf-8")
    return path


PLAIN = "{labels: scan.nii.gz, liver: 1, tumour: 2}"


def test_facts_as_ranges_with_the_hash_in_the_source(folder) -> None:
    """Involvement, number, largest, distribution and lesions, each from the label map."""
    scan = "{labels: scan.nii.gz, liver: 1, tumour: 2, vessels: 3, segments: segments.nii.gz, date: 2026-11-02}"
    case = load_case(_write(folder, scan))
    facts = case.facts
    involvement = facts.value("liver_involvement")
    assert isinstance(involvement, Numbers)
    assert not involvement.is_known
    from netlm import imaging

    measured = imaging.burden(folder / "scan.nii.gz")
    low, high = involvement.intervals[0].low, involvement.intervals[0].high
    assert float(low) == pytest.approx(0.76 * measured.replacement, abs=0.02)
    assert float(high) == pytest.approx(1.33 * measured.replacement, abs=0.02)
    assert facts.value("liver_metastases").number == 3
    assert facts.value("distribution") == Words.of("bilobar")
    assert len(facts.lesions) == 3
    assert facts.lesions_complete
    largest = facts.value("largest_metastasis").intervals[0]
    assert largest.low < measured.largest.longest_axial_mm < largest.high
    finding = facts.finding("liver_involvement")
    digest = hashlib.sha256((folder / "scan.nii.gz").read_bytes()).hexdigest()
    assert digest[:16] in finding.source
    assert finding.kind == "scan"
    assert str(finding.date) == "2026-11-02"
    near = facts.lesions[0].field("near")
    assert isinstance(near, Members)
    assert "bile_duct" not in near.must
    assert "bile_duct" in near.may  # not labelled is not absent
    assert facts.lesions[0].field("segment") == Members.exactly(["6"])


def test_a_board_of_it(folder) -> None:
    """The range decides as an entered range would, and every number derived is flagged as unreviewed."""
    dossier = netlm.board(load_case(_write(folder, PLAIN)))
    flags = {(flag.id, flag.fact) for flag in dossier.assessment.flags}
    assert {
        ("unreviewed-scan", name) for name in ("liver_involvement", "liver_metastases", "largest_metastasis")
    } <= flags
    assert dossier.to_dict()["facts"]["liver_metastases"]["kind"] == "scan"
    reviewed = "{labels: scan.nii.gz, liver: 1, tumour: 2, reviewed_by: radiology}"
    flags = {flag.id for flag in netlm.board(load_case(_write(folder, reviewed))).assessment.flags}
    assert "unreviewed-scan" not in flags


def test_a_typed_value_that_agrees_stays(folder) -> None:
    """A single typed value inside the range is the value."""
    from netlm import imaging

    share = float(imaging.burden(folder / "scan.nii.gz").replacement)
    case = load_case(_write(folder, PLAIN, f"{FACTS}  liver_involvement: {share * 1.1:.2f} %\n"))
    assert float(case.facts.value("liver_involvement").number) == pytest.approx(share * 1.1, abs=0.01)
    assert case.facts.contradictions == ()


def test_a_typed_value_that_disagrees_is_flagged_not_overwritten(folder) -> None:
    """Both are possible then; the case says so with both numbers."""
    case = load_case(_write(folder, PLAIN, f"{FACTS}  liver_involvement: 60 %\n  liver_metastases: 12\n"))
    assert set(case.facts.contradictions) == {"liver_involvement", "liver_metastases"}
    assert case.facts.entered["liver_involvement"].typed == "60 %"
    values = case.facts.value("liver_metastases")
    assert {interval.low for interval in values.intervals} == {3, 12}
    told = [problem for problem in case.warnings if problem.code == "scan-disagrees"]
    assert {problem.place for problem in told} == {"facts.liver_involvement", "facts.liver_metastases"}
    assert any("60 %" in problem.found for problem in told)


def test_an_unknown_typed_value_leaves_the_scan(folder) -> None:
    """Unknown with a reason is no statement against the scan."""
    case = load_case(_write(folder, PLAIN, f"{FACTS}  liver_metastases: {{unknown: not counted}}\n"))
    assert case.facts.value("liver_metastases").number == 3


def test_typed_lesions_stay(folder) -> None:
    """A list typed by hand is not replaced; its number is set against the scan's."""
    case = load_case(_write(folder, PLAIN, f"{FACTS}  lesions: [{{id: A, size: 3 cm}}]\n"))
    assert [lesion.id for lesion in case.facts.lesions] == ["A"]
    assert "liver_metastases" in case.facts.contradictions


def test_a_what_if_beats_the_scan(folder) -> None:
    """What is set against the file is set against its label map too."""
    case = with_facts(load_case(_write(folder, PLAIN)), ["liver_metastases=60"])
    assert case.facts.value("liver_metastases").number == 60
    assert case.facts.contradictions == ()


def test_no_tumour_segmented_is_not_no_metastasis(folder) -> None:
    """An empty tumour label says nothing of the patient."""
    case = load_case(_write(folder, "{labels: scan.nii.gz, liver: 1, tumour: 9}"))
    assert "liver_metastases" not in case.facts.entered
    assert case.facts.lesions is None
    assert "scan-no-tumour" in {problem.code for problem in case.warnings}


def test_lesions_near_the_border_of_counting_are_not_a_complete_list(folder) -> None:
    """A speck that one rule counts and another does not: a range, and lesions that are at least these."""
    import SimpleITK as sitk  # noqa: N813

    image = sitk.ReadImage(str(folder / "scan.nii.gz"))
    image[45, 40, 45] = 2
    sitk.WriteImage(image, str(folder / "scan.nii.gz"))
    case = load_case(_write(folder, PLAIN))
    count = case.facts.value("liver_metastases").intervals[0]
    assert (count.low, count.high) == (3, 4)
    assert not case.facts.lesions_complete
    assert len(case.facts.lesions) == 3


def test_two_readers_leave_open_what_they_do_not_agree_on(folder) -> None:
    """The number, the largest and the list are what both allow; a lesion that one reader saw is not sure."""
    import SimpleITK as sitk  # noqa: N813

    image = sitk.ReadImage(str(folder / "scan.nii.gz"))
    array = sitk.GetArrayFromImage(image)
    array[array == 2] = 1
    for centre, radius in (((60, 60, 50), 9), ((70, 60, 90), 7), ((60, 85, 70), 12), ((30, 60, 70), 5)):
        _ball(array, centre, radius, 2)
    other = sitk.GetImageFromArray(array)
    other.CopyInformation(image)
    sitk.WriteImage(other, str(folder / "other.nii.gz"))
    case = load_case(_write(folder, "{labels: scan.nii.gz, liver: 1, tumour: 2, second_reader: other.nii.gz}"))
    count = case.facts.value("liver_metastases").intervals[0]
    assert (count.low, count.high) == (3, 4)
    assert "the reader" in case.facts.entered["liver_metastases"].typed
    assert float(case.facts.value("largest_metastasis").intervals[0].high) >= 22
    assert [lesion.id for lesion in case.facts.lesions] == ["1", "2"]
    assert not case.facts.lesions_complete


def test_every_share_of_the_liver_at_which_a_criterion_turns_is_looked_at() -> None:
    """The limits of the packs are among those at which two readers are set against each other."""
    from netlm.case import imaging_rules

    packs = Path(netlm.__file__).parent / "knowledge" / "guidance"
    said = "".join(path.read_text(encoding="utf-8") for path in sorted(packs.rglob("*.yaml")))
    limits = {float(limit) for limit in re.findall(r"when: liver_involvement \S+ limit\n\s+limit: (\d+) %", said)}
    assert limits
    assert limits <= set(imaging_rules().shares)


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ("{labels: absent.nii.gz}", "no-file"),
        ("{liver: 1}", "liver-scan"),
        ("scan.nii.gz", "liver-scan"),
        ("{labels: scan.nii.gz, livr: 1}", "liver-scan"),
        ("{labels: scan.nii.gz, liver: [[1]]}", "liver-scan"),
        ("{labels: scan.nii.gz, liver: 5}", "no-liver"),
        ("{labels: scan.nii.gz, liver: Zebediah}", "label"),
        ("{labels: scan.nii.gz, date: yesterday}", "liver-scan"),
        ("{labels: scan.nii.gz, date: 2027-01-01}", "future-date"),
        ("{labels: case.yaml}", "format"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder, scan, code) -> None:
    """One message, at the line of liver_scan; no free text is repeated."""
    with pytest.raises(Problems) as caught:
        load_case(_write(folder, scan))
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].line == 4
    assert "Zebediah" not in str(caught.value)


def test_a_case_without_a_scan_loads_nothing_of_imaging() -> None:
    """And a case with one loads it only then."""
    script = (
        "import sys\nimport netlm\nfrom netlm.case import load_case\n"
        "print(sorted({'numpy', 'SimpleITK', 'scipy', 'nibabel'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_scan_without_the_extra_is_one_sentence(folder, monkeypatch) -> None:
    """With the command that adds it."""
    from netlm.case import _scan

    _scan._measure.cache_clear()
    monkeypatch.setitem(sys.modules, "SimpleITK", None)
    with pytest.raises(Problems) as caught:
        load_case(_write(folder, PLAIN))
    assert caught.value.problems[0].code == "extra"
    assert "netlm[imaging]" in caught.value.problems[0].remedy


def test_a_changed_label_map_is_measured_anew(folder) -> None:
    """What was measured is kept only as long as the file is the same."""
    import SimpleITK as sitk  # noqa: N813

    path = _write(folder, PLAIN)
    assert load_case(path).facts.value("liver_metastases").number == 3
    image = sitk.ReadImage(str(folder / "scan.nii.gz"))
    array = sitk.GetArrayFromImage(image)
    array[array == 2] = 1
    _ball(array, (60, 60, 50), 9, 2)
    other = sitk.GetImageFromArray(array)
    other.CopyInformation(image)
    sitk.WriteImage(other, str(folder / "scan.nii.gz"))
    assert load_case(path).facts.value("liver_metastases").number == 1


def test_an_old_scan_goes_stale(folder) -> None:
    """As a typed finding with that date would."""
    dossier = netlm.board(load_case(_write(folder, "{labels: scan.nii.gz, date: 2025-01-02}")))
    assert ("stale", "liver_metastases") in {(flag.id, flag.fact) for flag in dossier.assessment.flags}


def test_a_scan_beside_what_is_added_to_a_bundle(folder) -> None:
    """Paths are from the added file, wherever the bundle lies."""
    bundle = Path(__file__).parents[2] / "docs" / "how-to" / "export-example" / "bundle.json"
    (folder / "extra.yaml").write_text(f"netlm: case/1\nliver_scan: {PLAIN}\n", encoding="utf-8")
    case = load_case(bundle, supplement=folder / "extra.yaml")
    assert "liver_involvement" in case.facts.entered or "liver_involvement" in case.facts.listed
    assert netlm.board(case).assessment.flags


def test_voxels_beside_their_header_are_hashed_too(folder) -> None:
    """Other voxels under the same header are another source, and are measured anew."""
    import SimpleITK as sitk  # noqa: N813

    image = sitk.ReadImage(str(folder / "scan.nii.gz"))
    sitk.WriteImage(image, str(folder / "scan.mhd"), True)
    path = _write(folder, "{labels: scan.mhd, liver: 1, tumour: 2}")
    first = load_case(path).facts.finding("liver_metastases")
    digest = hashlib.sha256((folder / "scan.zraw").read_bytes()).hexdigest()
    assert f"scan.zraw, SHA-256 {digest[:16]}" in first.source
    array = sitk.GetArrayFromImage(image)
    array[:, :, :45][array[:, :, :45] == 2] = 1
    other = sitk.GetImageFromArray(array)
    other.CopyInformation(image)
    header = (folder / "scan.mhd").read_bytes()
    sitk.WriteImage(other, str(folder / "scan.mhd"), True)
    (folder / "scan.mhd").write_bytes(header)
    second = load_case(path).facts.finding("liver_metastases")
    assert (first.value.number, second.value.number) == (3, 1)
    assert first.source != second.source

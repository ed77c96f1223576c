"""What a case's label map says of the liver: facts as ranges, worked out when the case is read.

Typed values stay as they are; where a typed value and the scan cannot both be right, the fact is the set of both and
flagged. Nothing of imaging is loaded unless a case names a label map.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dictionary import Dictionary, Finding, read_day
from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Mapping, Node, Scalar, Sequence
from ..values import Members, Numbers, Opaque, Value, Words, join, meet
from ._lists import Entry, Lists, lesions_of

if TYPE_CHECKING:
    from ..imaging import Burden, Lesion, Measured

__all__ = ["SCAN", "ScanFindings", "located", "merged", "read_scan"]

SCAN = "scan"
"""The kind of a finding that a label map gave."""
_LABELS = ("liver", "tumour", "vessels", "hepatic_veins", "portal_vein", "bile_ducts", "portal_hilum", "capsule",
           "left_lobe", "right_lobe", "ablation", "segments", "second_reader")  # fmt: skip
_TEXTS = ("labels", "scheme", "date", "modality", "segmented_by", "segmented_with", "reviewed_by")
_NEAR = {"vessels": "large_vessel", "hepatic_veins": "hepatic_vein", "portal_vein": "portal_vein",
         "portal_hilum": "portal_hilum", "bile_ducts": "bile_duct"}  # fmt: skip
_HEX = 16
"""Digits of the file's SHA-256 that a source shows."""
_BLOCK = 1_000_000
_KEPT = 16
_PARTS = 100
"""Ranges are rounded outwards to this part of a unit, so that they stay ranges."""
_DETACHED = (".nrrd", ".nhdr", ".mha", ".mhd")
_FILE_ENDINGS = (".nii", ".nii.gz", *_DETACHED, ".dcm")


@dataclass(frozen=True)
class ScanFindings:
    """What a label map says: findings by fact, the lesions one by one, and what to check."""

    findings: Map[str, Finding]
    lesions: tuple[Entry, ...]
    complete: bool
    warnings: tuple[Problem, ...]


def read_scan(node: Node | None, file: str, dictionary: Dictionary) -> ScanFindings | None:
    """The findings of ``liver_scan``; None where a case has none.

    Raises ``Problems``, each with the line of ``liver_scan``: keys that are none, a label map that cannot be read.
    """
    if node is None:
        return None
    said = _said(node)
    try:
        burden, source = _measured(_frozen(said, Path(file).parent if file != "standard input" else Path()))
    except Problems as problems:
        raise Problems([_here(problem, node) for problem in problems.problems]) from None
    return _Told(burden, said, source, dictionary, node).findings()


def located(node: Node, folder: Path) -> Node:
    """``liver_scan`` with its paths, which are from ``folder``, made whole."""
    if isinstance(node, Mapping):
        return Mapping(tuple((key, located(value, folder)) for key, value in node.pairs), node.line, node.column)
    if isinstance(node, Sequence):
        return Sequence(tuple(located(item, folder) for item in node.items), node.line, node.column)
    path = node.text.rpartition(":")[0] if node.text.rpartition(":")[0].lower().endswith(_FILE_ENDINGS) else node.text
    whole = path.lower().endswith(_FILE_ENDINGS)
    return replace(node, text=f"{(folder / path).resolve()}{node.text[len(path) :]}") if whole else node


def _here(problem: Problem, node: Node) -> Problem:
    """A problem of the label map, told at the place of the case file that names it."""
    where = f"{Path(problem.file).name}: " if problem.file else ""
    return replace(problem, file=None, line=node.line, column=node.column, place="liver_scan",
                   found=f"{where}{problem.found}")  # fmt: skip


def _said(node: Node) -> dict[str, Any]:
    """The keys of ``liver_scan`` as text, lists of text, or (segments) a map of text."""
    if not isinstance(node, Mapping) or not isinstance(node.get("labels"), Scalar):
        raise _bad(node, "no `labels`", "{labels: scan.nii.gz, liver: 1, tumour: 2}", "Name the label map.")
    said: dict[str, Any] = {}
    for key, value in node.pairs:
        if key.text not in (*_LABELS, *_TEXTS):
            close = nearest(key.text, (*_LABELS, *_TEXTS))
            remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join((*_TEXTS, *_LABELS))}."
            raise _bad(key, f"an unknown key {safe_echo(key.text, (*_LABELS, *_TEXTS))}", "a key of liver_scan", remedy)
        said[key.text] = _text(key.text, value)
    if "date" in said:
        try:
            said["date"] = read_day(said["date"])
        except Problem as problem:
            raise _bad(node, problem.found, problem.expected, problem.remedy) from None
    return said


def _text(name: str, value: Node) -> Any:
    if isinstance(value, Scalar) and value.text.strip():
        return value.text.strip()
    if isinstance(value, Sequence) and name in _LABELS and all(isinstance(item, Scalar) for item in value.items):
        return tuple(item.text.strip() for item in value.items if isinstance(item, Scalar))
    if isinstance(value, Mapping) and name == "segments":
        return tuple((key.text, item.text.strip()) for key, item in value.pairs if isinstance(item, Scalar))
    raise _bad(value, "another shape", f"text under `{name}`", "Write a label, or a list of labels.")


def _bad(node: Node, found: str, expected: str, remedy: str) -> Problems:
    line, column = node.line or None, node.column or None
    return Problems([Problem(found, expected, remedy, "liver-scan", line=line, column=column, place="liver_scan")])


def _frozen(said: Map[str, Any], folder: Path) -> tuple[tuple[str, Any], ...]:
    """The keys with paths from the case file's folder, as something that can be looked up."""

    def placed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(placed(item) for item in value)
        text = str(value)
        path, colon, label = text.rpartition(":")
        head = path if colon and path.lower().endswith(_FILE_ENDINGS) else text
        if not head.lower().endswith(_FILE_ENDINGS):
            return text
        return str(folder / head) + (f":{label}" if head != text else "")

    found = {name: placed(value) for name, value in said.items() if name in _LABELS}
    found["labels"] = str(folder / said["labels"])
    reading = tuple(str(said.get(name, "")) for name in ("segmented_by", "segmented_with", "reviewed_by"))
    return (*sorted(found.items()), ("scheme", said.get("scheme")), ("reading", reading))


def _measured(keys: tuple[tuple[str, Any], ...]) -> tuple[Burden, str]:
    """The burden, and the label map with its hash as a source; measured once as long as no file changes."""
    hashes = {path: _hashed(path) for named in _paths(keys) for path in _with_voxels(_file_in(named))}
    own = _with_voxels(Path(dict(keys)["labels"]))
    source = "; ".join(f"{path.name}, SHA-256 {hashes[path][:_HEX]}" for path in own)
    return _measure(keys, tuple(hashes.values())), source


def _file_in(text: str) -> Path:
    """The file of ``FILE`` or ``FILE:LABEL``."""
    head = text.rpartition(":")[0]
    return Path(head if head.lower().endswith(_FILE_ENDINGS) else text)


def _with_voxels(path: Path) -> tuple[Path, ...]:
    """A file, and the one beside it that holds its voxels, where its header names one."""
    if not path.name.lower().endswith(_DETACHED) or not path.is_file():
        return (path,)
    try:
        from ..imaging import voxels_beside
    except ImportError:  # told when the map is measured
        return (path,)
    beside = voxels_beside(path)
    return (path,) if beside is None else (path, beside)


def _paths(keys: tuple[tuple[str, Any], ...]) -> Iterator[str]:
    yield str(dict(keys)["labels"])
    for name, value in keys:
        for text in value if isinstance(value, tuple) else (value,):
            flat = text[1] if isinstance(text, tuple) else text
            if name != "labels" and flat and any(end in str(flat).lower() for end in _FILE_ENDINGS):
                yield str(flat)


def _hashed(path: Path) -> str:
    if not path.is_file():
        raise Problems(
            [Problem("no such file", "a file beside the case file", "Check the path.", "no-file", str(path))]
        )
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@lru_cache(maxsize=_KEPT)
def _measure(keys: tuple[tuple[str, Any], ...], files: tuple[str, ...]) -> Burden:  # noqa: ARG001 - part of the key
    try:
        import SimpleITK  # noqa: F401

        from ..imaging import Reading, burden
        from ._imaging_rules import imaging_rules
    except ImportError:
        problem = Problem("a label map, and no imaging in this installation", "the extra `imaging`",
                          "Add it with: pip install 'netlm[imaging]'", "extra")  # fmt: skip
        raise Problems([problem]) from None
    got = dict(keys)
    structures = {name: _one(got[name]) for name in (*_NEAR, "capsule") if name in got}
    lobes = {side: _one(got[f"{side}_lobe"]) for side in ("left", "right") if f"{side}_lobe" in got}
    segments = got.get("segments")
    optional: dict[str, Any] = {
        name: None if got[name] == "none" else _one(got[name]) for name in ("liver", "tumour") if name in got
    }
    return burden(
        got["labels"], **optional, structures=structures, lobes=lobes, scheme=got["scheme"],
        segments=dict(segments) if isinstance(segments, tuple) else segments,
        ablation=_one(got["ablation"]) if "ablation" in got else None, second_reader=got.get("second_reader"),
        rules=imaging_rules(), reading=Reading(*got["reading"]),
    )  # fmt: skip


def _one(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


class _Told:
    """The findings of one burden."""

    def __init__(self, burden: Burden, said: Map[str, Any], source: str, dictionary: Dictionary, node: Node) -> None:
        self.burden, self.dictionary, self.node = burden, dictionary, node
        self.date: datetime.date | None = said.get("date")
        self.reviewed = str(said.get("reviewed_by", ""))
        made = ", ".join(said[name] for name in ("segmented_by", "segmented_with") if name in said)
        review = "reviewed by a radiologist" if self.reviewed else "not reviewed by a radiologist"
        self.method = f"{said.get('modality', 'scan')}, segmentation{f' by {made}' if made else ''}, {review}"
        self.source = source

    def findings(self) -> ScanFindings:
        count = self.burden.count
        if not self.burden.lesions or count is None:  # none segmented is not none there
            return ScanFindings({}, (), False, tuple(self._warnings()))
        entries = tuple(self._entry(lesion) for lesion in self._listed())
        found = dict(self._facts(int(count.low or 0), int(count if count.high is None else count.high)))
        second = self.burden.second
        complete = count.low == count.high and not (second and (second.first_only or second.second_only))
        return ScanFindings(found, entries, complete, tuple(self._warnings()))

    def _finding(self, value: Value, typed: str, unit: str | None = None) -> Finding:
        return Finding(
            value, typed, SCAN, unit, None, self.date, self.method, self.source, self.reviewed or None, None,
            self.node.line,
        )  # fmt: skip

    def _facts(self, low: int, high: int) -> Iterator[tuple[str, Finding]]:
        burden = self.burden
        if burden.replacement is not None:
            yield "liver_involvement", self._range(burden.replacement, "%")
        by = "the rule of counting and the reader" if burden.second else "the rule of counting"
        said = f"{low}" if low == high else f"{low} to {high}, by {by}"
        yield "liver_metastases", self._finding(Numbers.between(low, high), said)
        lengths = [one.longest_axial_mm for one in burden.lesions]
        longest = max(lengths)
        ends = [[one if end is None else end for one, end in ((one, getattr(one, name)) for one in lengths)]
                for name in ("low", "high")]  # fmt: skip
        other = longest if burden.second is None else burden.second.largest_axial_mm or longest
        yield "largest_metastasis", self._between(
            min(max(ends[0]), other), float(longest), max(*ends[1], other), "mm"
        )  # fmt: skip
        if burden.distribution:
            yield "distribution", self._finding(Words.of(*burden.distribution), " or ".join(burden.distribution))

    def _range(self, value: Measured, unit: str) -> Finding:
        low, high = (value if end is None else end for end in (value.low, value.high))
        return self._between(float(low), float(value), float(high), unit)

    def _between(self, low: float, value: float, high: float, unit: str) -> Finding:
        least, most = Fraction(floor(low * _PARTS), _PARTS), Fraction(ceil(high * _PARTS), _PARTS)
        typed = f"{value:.1f} {unit} ({float(least):.1f} to {float(most):.1f})"
        return self._finding(Numbers.between(max(least, Fraction(0)), most), typed, unit)

    def _listed(self) -> list[Lesion]:
        """The lesions that every rule of counting and both readers find."""
        burden = self.burden
        counts = {len(burden.lesions), *(item.count for item in burden.count_alternatives)}
        alone = burden.second.first_only if burden.second else ()
        return [lesion for lesion in burden.lesions[: min(counts)] if lesion.id not in alone]

    def _entry(self, lesion: Lesion) -> Entry:
        entry: dict[str, Finding] = {"id": self._finding(Opaque(lesion.id), lesion.id)}
        entry["size"] = self._range(lesion.longest_axial_mm, "mm")
        if lesion.segments:
            words = tuple(name for name in lesion.segments if name in self.dictionary.lesion_fields["segment"].words)
            entry["segment"] = self._finding(Members.exactly(words), ", ".join(words))
        if (near := self._near(lesion)) is not None:
            entry["near"] = near
        return entry

    def _near(self, lesion: Lesion) -> Finding | None:
        """What lies near; None, not known, where nothing labelled does and something is not labelled."""
        from ._imaging_rules import near_mm

        labelled = [name for name in _NEAR if name in lesion.distance_mm]
        if not labelled:
            return None
        close = [_NEAR[name] for name in labelled if lesion.distance_mm[name] <= near_mm()]
        known = {_NEAR[name] for name in labelled}
        if not close and known != set(self.dictionary.lesion_fields["near"].words):
            return None
        may = frozenset(close) | (frozenset(self.dictionary.lesion_fields["near"].words) - known)
        said = ", ".join(f"{_NEAR[name].replace('_', ' ')} {lesion.distance_mm[name]:.0f} mm" for name in labelled)
        return self._finding(Members(frozenset(close), may), said)

    def _warnings(self) -> Iterator[Problem]:
        for caution in self.burden.warnings:
            yield Problem(
                caution.says.rstrip("."), "a second look at the segmentation",
                "Correct it, or say who reviewed it.", f"scan-{caution.code}", line=self.node.line, place="liver_scan",
            )  # fmt: skip


def merged(
    scan: ScanFindings, entered: Map[str, Finding], lists: Lists, what_if: Map[str, str], dictionary: Dictionary
) -> tuple[dict[str, Finding], Lists, tuple[Problem, ...]]:
    """The case's findings with those of the scan: where something is typed, beside it; else in its place.

    A what-if beats the scan. Lesions typed one by one stay; those of the scan are then left out.
    """
    stated, listed, problems = dict(entered), dict(lists.listed), []
    for name, finding in scan.findings.items():
        if name in what_if:
            continue
        typed = [one for one in (stated.get(name), listed.get(name)) if one is not None and one.unknown is None]
        against = next((one for one in typed if meet(one.value, finding.value) is None), None)
        if against is not None:
            problems.append(_disagreement(name, against, finding))
        if name not in stated or stated[name].unknown is not None:
            stated[name] = finding
        else:
            other = listed.get(name)
            value = (
                finding.value if other is None else meet(other.value, finding.value) or join(other.value, finding.value)
            )
            listed[name] = replace(finding, value=value)
    if lists.lesions is None and scan.lesions and "lesions" not in what_if:
        records = {**lists.records, "lesions": scan.lesions}
        lists = replace(
            lists, records=records, lesions=lesions_of(scan.lesions, dictionary), lesions_complete=scan.complete
        )
    return stated, replace(lists, listed=listed), (*scan.warnings, *problems)


def _disagreement(name: str, typed: Finding, scan: Finding) -> Problem:
    return Problem(
        f"{typed.typed}, and {scan.typed} from the scan", "one of both",
        "Both are kept as possible; correct the value or the segmentation.", "scan-disagrees", line=typed.line,
        place=f"facts.{name}",
    )  # fmt: skip

"""Burden: how much of the liver, how many lesions, how large, where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._components import Pieces, find_pieces, sizes_under
from ._lesion import Lesion, make_lesions
from ._no_tumour import NOTHING, confirmed, unmeasured
from ._read import need_imaging, read_labels
from ._room import room_for, too_large
from ._scan import Part, Roles, Scan, take
from ._types import (
    EDGE,
    HALF_A_VOXEL,
    Caution,
    Measured,
    Reading,
    Rules,
    cautions_said,
    least_voxels,
    number_with_range,
    refuse,
    some_of,
    sum_of_volumes,
)  # fmt: skip

if TYPE_CHECKING:
    from ._label_map import Mask
    from ._second_reader import Agreement

__all__ = ["Burden", "Counted", "burden", "measure"]

CONVENTION = (
    "tumour as a share of the whole liver, tumour included: T / (L + T) where the tumour is cut out of the liver's "
    "label"
)
EACH = ("piece", "label")
Ints = NDArray[np.int64]
TO_PIECES = 80
"""Bytes of memory for a voxel of tumour while its pieces are told apart."""
VISIBLE = "What is counted is what this segmentation shows; pathology finds more than imaging."


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lesions there are under a rule."""

    rule: str
    count: int


@dataclass(frozen=True, eq=False)
class Burden:
    """What a segmentation says of the liver. Volumes in ml, lengths in mm, shares in per cent.

    ``liver_ml`` is the whole liver, tumour and treated tissue included, ``parenchyma_ml`` what is neither.
    ``replacement`` is per cent of the whole liver, ``count`` the number of lesions under ``rule``. Each number is a
    float with ``low`` and ``high``. Lesions that do not touch the liver stand in ``outside`` and count nowhere.
    Where no label is known to be the tumour's, what rests on it is None; where that label has no voxel, it is 0
    with a ``high`` of None, since a map cannot tell what its segmenter missed.
    """

    file: str
    liver_ml: Measured | None
    parenchyma_ml: Measured | None
    tumour_ml: Measured | None
    treated_ml: float
    replacement: Measured | None
    rule: str
    count: Measured | None
    count_alternatives: tuple[Counted, ...]
    lesions: tuple[Lesion, ...]
    outside: tuple[Lesion, ...]
    distribution: tuple[str, ...]
    reading: Reading
    warnings: tuple[Caution, ...]
    second: Agreement | None
    scan: Scan
    pieces: tuple[Pieces, ...]
    rules: Rules

    @property
    def largest(self) -> Lesion | None:
        """The lesion with the longest axial diameter."""
        return max(self.lesions, key=lambda lesion: float(lesion.longest_axial_mm), default=None)

    @property
    def largest_mm(self) -> Measured | None:
        """The longest axial diameter of the largest lesion; its range holds the largest of a second reader."""
        if (largest := self.largest) is None:
            return None
        other = None if self.second is None else self.second.largest_axial_mm
        return largest.longest_axial_mm if other is None else largest.longest_axial_mm.widened(Measured(other).point)

    def to_dict(self) -> dict[str, Any]:
        """The burden as JSON."""
        largest = self.largest
        return {
            "file": self.file,
            **number_with_range("liver_ml", self.liver_ml),
            **number_with_range("parenchyma_ml", self.parenchyma_ml),
            **number_with_range("tumour_ml", self.tumour_ml),
            "treated_ml": self.treated_ml,
            **number_with_range("replacement_percent", self.replacement),
            "replacement_convention": CONVENTION,
            **self._counts(), "count_rule": self.rule,
            "count_alternatives": [{"rule": item.rule, "count": item.count} for item in self.count_alternatives],
            "largest": largest.id if largest else None,
            **(number_with_range("largest_axial_mm", self.largest_mm) if largest else {}),
            "distribution": list(self.distribution),
            "sizes": self.sizes,
            "lesions": None if self.count is None else [lesion.to_dict() for lesion in self.lesions],
            "outside_liver": [lesion.to_dict() for lesion in self.outside],
            "labels": dict(self.scan.names),
            "spacing_mm": [float(step) for step in self.scan.full.spacing],
            "slice_mm": float(self.scan.grid.spacing[0]),
            "reading": self.reading.to_dict(),
            "second_reader": self.second.to_dict() if self.second else None,
            "range_source": (self.tumour_ml.by or None) if self.tumour_ml is not None else None,
            "warnings": cautions_said(self.warnings),
        }  # fmt: skip

    def _counts(self) -> dict[str, int | None]:
        return {name: None if end is None else int(end) for name, end in number_with_range("count", self.count).items()}

    @property
    def sizes(self) -> dict[str, float | None]:
        """Quartiles of the longest axial diameters, and the shares of the volume that the largest lesions hold."""
        longest = [float(lesion.longest_axial_mm) for lesion in self.lesions]
        if not longest:
            return {}
        ends = np.percentile(longest, [0, 25, 50, 75, 100])
        names = ("smallest_mm", "quartile_1_mm", "median_mm", "quartile_3_mm", "largest_mm")
        return dict(zip(names, (float(end) for end in ends), strict=True))

    def to_text(self) -> str:
        """The burden as text for a terminal."""
        from ._text import burden_text

        return burden_text(self)


def burden(
    labels: Any, *, liver: Any = "auto", tumour: Any = "auto", structures: Mapping[str, Any] | None = None,
    segments: Any = None, lobes: Mapping[str, Any] | None = None, ablation: Any = None, scheme: str | None = None,
    spacing: Any = None, affine: Any = None, rules: Rules | None = None, reading: Reading | None = None,
    second_reader: Any = None, each: str = "piece", file: str | None = None,
) -> Burden:  # fmt: skip
    """Liver volume, tumour volume, replacement and every lesion, from a label map.

    ``labels`` is a file (NIfTI, NRRD, MetaImage, DICOM SEG), a SimpleITK image, or an array with ``spacing`` (mm,
    in the order of its axes: slices from foot to head, rows, columns) or ``affine`` (array indices to mm in LPS).
    ``liver``, ``tumour``, ``structures`` (vessels, hepatic_veins, portal_vein, bile_ducts, portal_hilum, capsule),
    ``segments``, ``lobes`` and ``ablation`` are labels: numbers, names, lists of them, or ``FILE:LABEL``; see
    ``Roles``. ``each`` is ``piece`` (connected voxels of one label are a lesion) or ``label`` (each label is one).
    ``rules`` holds the limits of agreement, the rule of counting and its alternatives; without them only the voxel
    size gives ranges. ``second_reader`` is another reader's label map of the same scan, with the same labels.
    Raises ``Problems`` for input that cannot be measured; what can be measured but not trusted is in ``warnings``.
    """
    need_imaging()
    if each not in EACH:
        refuse(f"`{each}`", " or ".join(EACH), "Choose one of them.", "usage", place="each")
    roles = Roles(liver, tumour, dict(structures or {}), segments, dict(lobes or {}), ablation, scheme)
    known = rules or Rules()
    found = measure(read_labels(labels, spacing=spacing, affine=affine, file=file), roles, known, reading, each)
    if second_reader is None:
        return found
    from ._second_reader import check_own_tumour, with_second_reader

    check_own_tumour(roles)
    other = measure(read_labels(second_reader, spacing=spacing, affine=affine), roles, known, reading, each)
    return with_second_reader(confirmed(found, other), confirmed(other, found))


def measure(labels: Any, roles: Roles, rules: Rules, reading: Reading | None, each: str = "piece") -> Burden:
    """The burden of a label map already read.

    Raises ``Problems`` as ``take``, and where the pieces of the tumour do not fit into memory.
    """
    try:
        return _measured(labels, roles, rules, reading, each)
    except MemoryError:
        too_large("more than fits into memory", "a smaller volume", labels.file)
        raise AssertionError from None


def _measured(labels: Any, roles: Roles, rules: Rules, reading: Reading | None, each: str) -> Burden:
    scan = take(labels, roles)
    room_for(sum(int(np.count_nonzero(part.mask)) for part in scan.parts), TO_PIECES, scan.file)
    whole = each == "label"
    pieces = tuple(find_pieces(part, rules.connectivity, whole=whole) for part in scan.parts)
    lesions, outside, small = make_lesions(scan, pieces, rules)
    volume = scan.grid.voxel_ml
    tumour_voxels = np.count_nonzero(_without(scan.tumour, pieces, outside))
    tumour = NOTHING
    if tumour_voxels:
        tumour = sum_of_volumes(int(tumour_voxels) * volume, [one.ml for one in (*lesions, *small)], rules.volume)
    liver = None if scan.liver is None else _liver(_without(scan.liver, pieces, outside), volume)
    alternatives = (
        (Counted(_rule(0, 0, True), len(lesions)),) if whole
        else _alternatives(tuple(_inside(scan, pieces, outside)), np.array([one.voxels for one in (*lesions, *small)]),
                           volume, rules)
    )  # fmt: skip
    counts = [len(lesions), *(item.count for item in alternatives)]
    share = _replacement(tumour, liver)
    treated = 0.0 if scan.ablation is None else int(np.count_nonzero(scan.ablation)) * volume
    rest = None if liver is None else Measured(float(liver) - float(tumour) - treated)
    counted = Measured(len(lesions), min(counts), max(counts), "the rules of counting") if tumour_voxels else NOTHING
    found = Burden(
        scan.file, liver, rest, tumour, treated, share, _rule(rules.connectivity, rules.minimum_ml, whole), counted,
        alternatives, lesions, outside, _distribution(lesions), reading or Reading(), (), None, scan, pieces,
        rules,
    )  # fmt: skip
    from ._cautions import cautions_of

    found = with_warnings(found, cautions_of(found, rules, len(small)))
    return found if scan.knows_tumour else unmeasured(found, some_of([str(label) for label in labels.labels]))


def with_warnings(found: Burden, cautions: Iterable[Caution]) -> Burden:
    """The burden with these warnings, each once."""
    from dataclasses import replace

    return replace(found, warnings=tuple(dict.fromkeys((*found.warnings, *cautions))))


def _without(mask: Mask, pieces: tuple[Pieces, ...], outside: tuple[Lesion, ...]) -> Mask:
    """A mask without the lesions outside the liver."""
    if not outside:
        return mask
    found = mask.copy()
    for lesion in outside:
        part, place = lesion.place
        found[tuple(pieces[part].one(place).T)] = False
    return found


def _inside(scan: Scan, pieces: tuple[Pieces, ...], outside: tuple[Lesion, ...]) -> Iterator[Part]:
    """The tumour, label by label, without the lesions outside the liver."""
    for number, part in enumerate(scan.parts):
        away = tuple(lesion for lesion in outside if lesion.place[0] == number)
        mask = _without(part.mask, pieces, away)
        if not away or mask.any():
            yield Part(part.label, mask)


def _liver(liver: Mask, volume: float) -> Measured:
    """The whole liver; each face of a voxel at its surface may lie half a voxel off."""
    voxels = int(np.count_nonzero(liver))
    faces = sum(int(np.count_nonzero(np.diff(liver.view(np.int8), axis=axis))) for axis in range(3))
    off = faces * volume * HALF_A_VOXEL
    return Measured(voxels * volume, max(voxels * volume - off, 0.0), voxels * volume + off, EDGE)


def _replacement(tumour: Measured, liver: Measured | None) -> Measured | None:
    if liver is None or not liver:
        return None
    low, high = (None if end is None else min(100 * end / liver, 100.0) for end in (tumour.low, tumour.high))
    return Measured(100 * tumour / liver, low, high, tumour.by)


def _rule(connectivity: int, minimum_ml: float, whole: bool) -> str:
    if whole:
        return "each label is one lesion"
    least = f"{minimum_ml:g} ml or more" if minimum_ml else "any size"
    return f"{connectivity}-connected, {least}"


def _alternatives(inside: tuple[Part, ...], sizes: Ints, voxel_ml: float, rules: Rules) -> tuple[Counted, ...]:
    """The number of lesions under both connectivities and every minimum volume; the stated rule is among them.

    ``sizes`` are the voxels of all pieces under the stated connectivity.
    """
    found = []
    for connectivity in (26, 6):
        own = sizes if connectivity == rules.connectivity else sizes_under(inside, connectivity)
        for minimum in sorted({0.0, rules.minimum_ml, *rules.alternatives_ml}):
            enough = np.count_nonzero(own >= least_voxels(minimum, voxel_ml))
            found.append(Counted(_rule(connectivity, minimum, False), int(enough)))
    return tuple(found)


def _distribution(lesions: tuple[Lesion, ...]) -> tuple[str, ...]:
    """``unilobar``, ``bilobar``, or both where lesions at a border leave it open; empty where a lobe is not known."""
    if not lesions or not all(lesion.lobes for lesion in lesions):
        return ()
    main = {lesion.lobes[0] for lesion in lesions if lesion.lobes[0] != "caudate"}
    every = {lobe for lesion in lesions for lobe in lesion.lobes if lobe != "caudate"}
    found = {"bilobar" if len(lobes) > 1 else "unilobar" for lobes in (main, every)}
    return tuple(word for word in ("unilobar", "bilobar") if word in found)

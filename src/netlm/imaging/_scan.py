"""What a label map says of a liver: whole liver, tumour, structures and segments, cut to the part that matters.

The cut volume has its slices first (axial ones, whichever way the file stores them), and one voxel of margin.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import nearest, safe_echo
from ._grid import Grid
from ._label_map import Box, LabelMap, Mask
from ._read import read_labels
from ._room import room_for
from ._schemes import SCHEMES
from ._types import Caution, refuse, some_of

__all__ = ["STRUCTURES", "Part", "Roles", "Scan", "each_of", "file_of", "take"]

STRUCTURES = ("vessels", "hepatic_veins", "portal_vein", "bile_ducts", "portal_hilum", "capsule")
"""Structures to which a lesion's distance is told where they are labelled."""
FIRST = {"liver": 1, "tumour": 2}
"""The labels of a map that names none, as most public liver sets have them."""
NAMED = {"liver": ("liver",), "tumour": ("tumour", "tumor", "liver_tumour", "liver_tumor", "lesion", "lesions",
                                         "liver_lesion", "liver_lesions", "metastasis", "metastases")}  # fmt: skip
LOBES = ("left", "right")
SEGMENTS = ("1", "2", "3", "4", "4a", "4b", "5", "6", "7", "8")

Role = int | str | os.PathLike[str] | Iterable[int | str | os.PathLike[str]] | None


@dataclass(frozen=True)
class Roles:
    """Which labels are what: numbers, names, or other files on the same grid (``FILE`` or ``FILE:LABEL``).

    ``segments`` maps Couinaud segments (1 to 8, 4a, 4b) to labels, or is a file whose labels 1 to 8 are the segments;
    ``lobes`` maps ``left`` and ``right`` to labels. ``ablation`` is treated tissue, never tumour. ``scheme`` names
    the segmenter's list of labels. With ``liver`` left out, the names in the file count, else label 1, and so for
    ``tumour`` and label 2; ``None`` is none.
    """

    liver: Any = "auto"
    tumour: Any = "auto"
    structures: Mapping[str, Any] = field(default_factory=dict)
    segments: Any = None
    lobes: Mapping[str, Any] = field(default_factory=dict)
    ablation: Any = None
    scheme: str | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """The tumour voxels of one label, in the cut volume."""

    label: str
    mask: Mask


@dataclass(frozen=True, eq=False)
class Structure:
    """A labelled structure: its voxels in the cut volume, and all of it.

    ``whole`` holds a box of its voxels for each of its labels, and where in the cut volume the box begins; a vessel
    beside the liver lies outside the cut volume, and may be the nearest one.
    """

    mask: Mask
    whole: tuple[tuple[tuple[int, int, int], Mask], ...]


@dataclass(frozen=True, eq=False)
class Scan:
    """The cut volume: ``liver`` holds parenchyma and tumour, ``parts`` the tumour label by label.

    ``grid`` is that of the cut volume, its slices first; ``slices`` the numbers that the file gives its first two
    slices' ends: index of slice 0 of the cut volume, and the step (1 or -1) to the next. ``knows_tumour`` tells
    whether a label is known to be the tumour's: it was named, or the one that is taken by default has voxels.
    """

    grid: Grid
    liver: Mask | None
    parts: tuple[Part, ...]
    structures: Mapping[str, Structure]
    segments: Mapping[str, Mask]
    lobes: Mapping[str, Mask]
    ablation: Mask | None
    first_slice: int
    full: Grid
    offset: tuple[int, int, int]
    axes: tuple[int, int, int]
    file: str
    cautions: tuple[Caution, ...]
    names: Mapping[str, str]
    knows_tumour: bool = True

    @property
    def tumour(self) -> Mask:
        """Every tumour voxel."""
        if len(self.parts) == 1:
            return self.parts[0].mask
        found = np.zeros(self.grid.shape, bool)
        for part in self.parts:
            found |= part.mask
        return found

    @property
    def marked(self) -> Mask:
        """Every voxel of the liver; without one, of tumour and ablation zones."""
        if self.liver is not None:
            return self.liver
        return self.tumour if self.ablation is None else self.tumour | self.ablation


_Found = tuple[str, Box | None, Mask]


class _Taker:
    """Reads the roles off one label map, and off further files on its grid."""

    def __init__(self, labels: LabelMap, roles: Roles) -> None:
        self.labels, self.roles = labels, roles
        self.cautions = list(labels.cautions)
        self.names: dict[str, str] = {}
        self.taken: dict[str, list[tuple[str, int]]] = {}
        self.told: set[str] = set()
        self.others: dict[str, LabelMap] = {}
        for kind, names, known in (
            ("scheme", [roles.scheme] if roles.scheme is not None else [], tuple(SCHEMES)),
            ("structure", roles.structures, STRUCTURES), ("lobe", roles.lobes, LOBES),
            ("segment", roles.segments if isinstance(roles.segments, Mapping) else (), SEGMENTS),
        ):  # fmt: skip
            _check_names(kind, names, known, labels.file)
        self.scheme = SCHEMES[roles.scheme] if roles.scheme else {}

    def found(self, role: str, wanted: Any) -> list[_Found]:
        """Each label of a role with its voxels."""
        found: list[_Found] = []
        self.taken[role] = []
        named = []
        for one in each_of(self._default(role, wanted)):
            source, labels = self._source(role, one)
            self.taken[role] += [(str(Path(source.file).resolve()), label) for label in labels]
            found += [(str(label), *source.mask([label])) for label in labels]
            named += [str(label) for label in labels] or [Path(source.file).name]
        self.names[role] = ", ".join(named)
        return found

    def look_for(self, role: str, found: list[_Found]) -> None:
        """Tell which labels of a role have no voxel: the number may be another."""
        absent = [name for name, box, _ in found if box is None]
        if absent:
            self.cautions.append(Caution("label-absent", f"No voxel has label {', '.join(absent)}, named as {role}: is "
                                         "it the right one?"))  # fmt: skip

    def look_around(self) -> None:
        """Tell of labels taken by default where the file holds others that nobody named."""
        assumed = [role for role in FIRST if role not in self.told and self.names[role]]
        if not assumed or self.roles.segments is not None:
            return
        own = str(Path(self.labels.file).resolve())
        named = {label for found in self.taken.values() for file, label in found if file == own}
        others = [str(label) for label in self.labels.labels if label not in named]
        assumed = [role for role in assumed if int(self.names[role]) in self.labels.labels]
        if others and assumed:
            taken = " and ".join(f"label {self.names[role]} as {role}" for role in assumed)
            self.cautions.append(Caution("labels-assumed", f"Nobody named the labels: {taken} was taken, but the file "
                                         f"holds others too ({some_of(others)}). Is that right?"))  # fmt: skip

    def _default(self, role: str, wanted: Any) -> Any:
        self.told.add(role)
        if not (isinstance(wanted, str) and wanted == "auto"):
            return wanted
        known = {name.casefold().replace(" ", "_"): name for name in self.labels.names}
        known |= {name: name for name in self.scheme}
        named = [known[name] for name in NAMED[role] if name in known]
        if named:
            return named[0]
        self.told.discard(role)
        return None if known else FIRST[role]

    def _source(self, role: str, one: Any) -> tuple[LabelMap, tuple[int, ...]]:
        """The label map that holds a label, and its numbers there; a file without a label is all that is in it."""
        path, label = file_of(one)
        if path is None:
            return self.labels, self.labels.numbers(one, self.scheme)
        if path not in self.others:
            self.others[path] = read_labels(path)
        other = self.others[path]
        if not other.grid.same_as(self.labels.grid):
            refuse(
                f"another grid than {Path(self.labels.file).name}", "the same voxels in both",
                "Resample one to the other (nearest neighbour).", "grid", path, role,
            )  # fmt: skip
        return other, other.numbers(label, self.scheme) if label is not None else other.labels

    def check_apart(self) -> None:
        """Refuse one label for two things, of which one would come out as nothing.

        The liver's labels may hold the tumour's, as those of a whole liver do, but not the other way round.
        """
        liver, tumour, ablation = (set(self.taken[role]) for role in ("liver", "tumour", "ablation"))
        for two, wrong in (
            ("for liver and tumour", bool(liver) and liver <= tumour),
            ("for liver and ablation zone", bool(liver) and liver <= ablation),
            ("for tumour and ablation zone", bool(tumour & ablation)),
            ("twice for tumour", len(tumour) < len(self.taken["tumour"])),
        ):
            if wrong:
                refuse(f"the same label {two}", "a label for each", "Name each label once: which did the segmenter give"
                       " to what?", "label-twice", self.labels.file, "labels")  # fmt: skip

    def segments(self, wanted: Any) -> list[tuple[str, list[_Found]]]:
        """Each Couinaud segment with its voxels."""
        if wanted is None:
            return []
        if not isinstance(wanted, Mapping):
            path, label = file_of(wanted)
            if path is None or label is not None:
                refuse(
                    "neither a file nor labels", "a file whose labels 1 to 8 are the segments, or 1=11,2=12 ...",
                    "Name the map of the segments without a label, or the label of each segment.", "segments",
                    self.labels.file, "segments",
                )  # fmt: skip
            source = self._source("segments", wanted)[0]
            numbers = [number for number in source.labels if 1 <= number <= len("12345678")]
            return [(str(number), [(str(number), *source.mask([number]))]) for number in numbers]
        return [(str(name), self.found(f"segment {name}", label)) for name, label in wanted.items()]


def _check_names(kind: str, names: Iterable[Any], known: tuple[str, ...], file: str) -> None:
    """Refuse a name that is none, of which nothing would come, or what nobody meant."""
    for name in map(str, names):
        if name not in known:
            close = nearest(name, known)
            refuse(
                f"an unknown {kind} {safe_echo(name, known)}", f"one of {', '.join(known)}",
                f"Did you mean `{close}`?" if close else "Correct the name.", kind, file,
            )  # fmt: skip


def _present(labels: LabelMap) -> str:
    return f"Labels in the file: {some_of([str(label) for label in labels.labels]) or 'none'}."


def each_of(wanted: Any) -> list[Any]:
    """The labels of a role, one by one."""
    if wanted is None:
        return []
    if isinstance(wanted, str | int | np.integer | os.PathLike):
        return [wanted]
    if not isinstance(wanted, Iterable):
        refuse(f"a label of the type {type(wanted).__name__}", "a whole number, a name, or a list of them",
               "Give the label's number.", "label", place="labels")  # fmt: skip
    return list(wanted)


def file_of(one: Any) -> tuple[str | None, str | None]:
    """The file and the label of ``FILE`` or ``FILE:LABEL``; None where a label is meant."""
    if isinstance(one, os.PathLike):
        return str(one), None
    text = str(one)
    head, colon, label = text.rpartition(":")
    if colon and _ends_as_file(head):
        return head, label
    return (text, None) if _ends_as_file(text) else (None, None)


def _ends_as_file(text: str) -> bool:
    from ._read import is_scan

    return is_scan(Path(text))


def take(labels: LabelMap, roles: Roles) -> Scan:
    """The liver, tumour and structures of a label map, on one cut volume.

    Raises ``Problems`` for labels that the file does not have, a liver without voxels, and files on other grids.
    """
    taker = _Taker(labels, roles)
    liver, tumour = taker.found("liver", roles.liver), taker.found("tumour", roles.tumour)
    structures = {name: taker.found(name, label) for name, label in roles.structures.items()}
    segments = taker.segments(roles.segments)
    lobes = [(name, taker.found(f"{name} lobe", label)) for name, label in roles.lobes.items()]
    ablation = taker.found("ablation", roles.ablation)
    taker.check_apart()
    for role, found in (("liver", liver), ("tumour", tumour if any(box for _, box, _ in tumour) else []),
                        ("ablation zone", ablation), *((f"{name} lobe", one) for name, one in lobes),
                        *((f"segment {name}", one) for name, one in segments)):  # fmt: skip
        taker.look_for(role, found)
    taker.look_around()
    everything = [*liver, *tumour, *ablation]
    if liver and not any(box for _, box, _ in liver):
        refuse(
            f"no voxel with the liver's label ({taker.names['liver']})", "a liver",
            f"{_present(labels)} Name the liver's with --liver.", "no-liver", labels.file, "liver",
        )  # fmt: skip
    boxes = [box for _, box, _ in everything if box is not None]
    if not boxes:
        refuse(
            "neither liver nor tumour", "labelled voxels",
            f"{_present(labels)} Name them with --liver and --tumour.", "no-liver", labels.file, "labels",
        )  # fmt: skip
    cut = _Cut(labels.grid, boxes)
    masks = [*everything, *(mask for found in structures.values() for mask in found), *tumour]
    masks += [mask for _, found in (*segments, *lobes) for mask in found]
    room_for(int(np.prod(cut.shape, dtype=object)), len(masks), labels.file)
    parts = tuple(Part(name, cut.placed(box, mask)) for name, box, mask in tumour if box is not None)
    whole = cut.joined(liver) if liver else None
    for part in parts:
        if whole is not None:
            whole |= part.mask
    treated = cut.joined(ablation) if ablation and any(box for _, box, _ in ablation) else None
    if treated is not None:
        parts = tuple(Part(part.label, part.mask & ~treated) for part in parts)
        if whole is not None:
            whole |= treated
    return Scan(
        cut.grid, whole, tuple(part for part in parts if part.mask.any()), _there(structures, cut, taker),
        {name: cut.joined(found) for name, found in segments}, {name: cut.joined(found) for name, found in lobes},
        treated, cut.offset[0], labels.grid, cut.offset, cut.axes, labels.file, tuple(taker.cautions), taker.names,
        bool("tumour" in taker.told and taker.names["tumour"]) or any(box for _, box, _ in tumour),
    )  # fmt: skip


def _there(structures: Mapping[str, list[_Found]], cut: _Cut, taker: _Taker) -> dict[str, Structure]:
    """The structures that have voxels; the others are told, since a distance to nothing is no distance."""
    there = {}
    for name, found in structures.items():
        whole = tuple(cut.turned(box, mask) for _, box, mask in found if box is not None)
        if whole:
            there[name] = Structure(cut.joined(found), whole)
        else:
            says = f"No voxel is labelled as {name.replace('_', ' ')}; no distance to it is told."
            taker.cautions.append(Caution("no-structure", says))
    return there


class _Cut:
    """The part of the grid around the liver and its tumour, its slices first, with one voxel of margin."""

    def __init__(self, grid: Grid, boxes: list[Box]) -> None:
        axial = grid.axial
        rest = tuple(axis for axis in range(3) if axis != axial)
        self.axes = (axial, rest[0], rest[1])
        low = [min(box[axis].start for box in boxes) - 1 for axis in self.axes]
        high = [max(box[axis].stop for box in boxes) + 1 for axis in self.axes]
        self.offset = (low[0], low[1], low[2])
        self.shape = (high[0] - low[0], high[1] - low[1], high[2] - low[2])
        start = [0, 0, 0]
        for axis, offset in zip(self.axes, low, strict=True):
            start[axis] = offset
        self.grid = grid.moved(self.axes, start, self.shape)

    def placed(self, box: Box | None, mask: Mask) -> Mask:
        """A mask of the file's grid in the cut volume; what lies outside is cut off."""
        found = np.zeros(self.shape, bool)
        if box is None:
            return found
        turned = mask.transpose(self.axes)
        to, of = [], []
        for axis, offset, side in zip(self.axes, self.offset, self.shape, strict=True):
            low, high = max(box[axis].start - offset, 0), min(box[axis].stop - offset, side)
            if high <= low:
                return found
            to.append(slice(low, high))
            of.append(slice(low + offset - box[axis].start, high + offset - box[axis].start))
        found[tuple(to)] = turned[tuple(of)]
        return found

    def turned(self, box: Box, mask: Mask) -> tuple[tuple[int, int, int], Mask]:
        """A whole mask with its axes as the cut volume has them, and where in that volume it begins."""
        first, second, third = (box[axis].start - offset for axis, offset in zip(self.axes, self.offset, strict=True))
        return (first, second, third), mask.transpose(self.axes)

    def joined(self, found: list[_Found]) -> Mask:
        """Every voxel of several labels."""
        masks = [self.placed(box, mask) for _, box, mask in found]
        joined = masks[0] if masks else np.zeros(self.shape, bool)
        for mask in masks[1:]:
            joined |= mask
        return joined

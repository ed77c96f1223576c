"""What every command that reads a label map shares: which label is what, who segmented, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems, safe_echo

if TYPE_CHECKING:
    from ..imaging import Reading, Roles

__all__ = ["Labels", "label_options", "needing_imaging", "once", "picture_folder", "reading_options", "spare"]

STRUCTURES = {
    "vessels": "vessels", "hepatic_veins": "hepatic-veins", "portal_vein": "portal-vein", "bile_ducts": "bile-ducts",
    "portal_hilum": "portal-hilum", "capsule": "capsule",
}  # fmt: skip

LOBES = ("left", "right")
LABELS = ("liver", "tumour", *STRUCTURES, "left_lobe", "right_lobe", "ablation")
"""Options of one label or several: with commas between, or the option again."""
ONCE = ("segments", "scheme", "segmented_by", "segmented_with", "reviewed_by")

_LABEL = "LABEL"


def label_options(command: Callable[..., None]) -> Callable[..., None]:
    """Which label is what: a number, a name, several with commas between or one by one, or FILE:LABEL."""
    for name, metavar, says in (
        ("scheme", "NAME", "Label numbers of a segmenter, such as totalsegmentator."),
        ("ablation", _LABEL, "Ablation zones: treated tissue, never tumour."),
        ("right-lobe", _LABEL, "The right lobe."),
        ("left-lobe", _LABEL, "The left lobe."),
        ("segments", "FILE|LABELS", "A map whose labels are the segments; or 1=11,2=12."),
        *((name, _LABEL, "For the distance to each lesion.") for name in reversed(STRUCTURES.values())),
        ("tumour", _LABEL, "Tumour: number, name, or FILE:LABEL; else by name, else 2."),
        ("liver", _LABEL, "Liver: number, name, or FILE:LABEL; else by name, else 1."),
    ):
        command = click.option(f"--{name}", metavar=metavar, help=says, multiple=True)(command)
    return command


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Who segmented, with what, and who reviewed it."""
    for name, metavar, says in (
        ("reviewed-by", "WHO", "The radiologist (a role, no name) who reviewed it."),
        ("segmented-with", "WHAT", "The program and its version."),
        ("segmented-by", "WHO", "A role, no name."),
    ):
        command = click.option(f"--{name}", metavar=metavar, help=says, multiple=True)(command)
    return command


@dataclass(frozen=True)
class Labels:
    """The options of ``label_options`` and ``reading_options``, as the library wants them.

    ``options`` holds for each what was given, as often as it was given.
    """

    options: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, options: dict[str, Any]) -> Labels:
        """The label options taken out of all options of a command."""
        return cls({name: options.pop(name) for name in (*LABELS, *ONCE) if name in options})

    def arguments(self) -> dict[str, Any]:
        """The arguments of ``imaging.burden``.

        Raises ``Problems`` for a label that is empty, and for what can be said once only and was said twice.
        """
        found: dict[str, Any] = {
            "structures": {name: self._labels(name) for name in STRUCTURES if self.options.get(name)},
            "segments": _segments(self._one("segments")), "scheme": self._one("scheme"),
            "lobes": {side: self._labels(f"{side}_lobe") for side in LOBES if self.options.get(f"{side}_lobe")},
            "ablation": self._labels("ablation") if self.options.get("ablation") else None, "reading": self.reading(),
        }  # fmt: skip
        for role in ("liver", "tumour"):
            if self.options.get(role):
                labels = self._labels(role)
                found[role] = None if labels == "none" else labels
        return found

    def roles(self) -> Roles:
        """The labels alone."""
        from ..imaging import Roles

        return Roles(**{name: value for name, value in self.arguments().items() if name != "reading"})

    def reading(self) -> Reading:
        """Who segmented."""
        from ..imaging import Reading

        return Reading(*(self._one(name) or "" for name in ("segmented_by", "segmented_with", "reviewed_by")))

    def _labels(self, name: str) -> str | list[str]:
        """One label, or all that were named, by commas or by the option again."""
        parts = [part.strip() for text in self.options[name] for part in text.split(",")]
        if not all(parts):
            raise _usage("no label", "a number or a name", "Is a value missing?", name)
        return parts[0] if len(parts) == 1 else parts

    def _one(self, name: str) -> str | None:
        return once(self.options.get(name, ()), name)


def once(given: Sequence[str], name: str) -> str | None:
    """What an option was given, None where it was not.

    Raises ``Problems`` where it was given more than once, of which all but one would be lost.
    """
    if len(given) > 1:
        raise _usage(f"it {len(given)} times", "it once", "Keep one of them.", name)
    return given[0] if given else None


def _usage(found: str, expected: str, remedy: str, name: str) -> Problems:
    place = f"--{name.replace('_', '-')}"
    return Problems([Problem(found, expected, remedy, "usage", place=place)], place)


def _segments(text: str | None) -> Any:
    if not text or "=" not in text:
        return text
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, _, label = (side.strip() for side in part.partition("="))
        if not name or not label:
            raise _usage("another shape", "1=11,2=12 ...", "Write SEGMENT=LABEL.", "segments")
        if name in found:
            raise _usage(f"{safe_echo(name)} twice", "each segment once", "Keep one of them.", "segments")
        found[name] = label
    return found


def needing_imaging() -> None:
    """Raise ``Problems`` with the remedy where the extra is missing."""
    if any(find_spec(name) is None for name in ("numpy", "scipy", "SimpleITK", "nibabel", "highdicom", "zlib_ng")):
        problem = Problem(
            "no SimpleITK, NumPy, SciPy or the like in this installation", "the extra `imaging`",
            "Add it with: pip install 'netlm[imaging,figures]'", "extra", place="imaging",
        )  # fmt: skip
        raise Problems([problem])


def picture_folder(path: str) -> Path:
    """The folder of the pictures, made where it is not there.

    Raises ``Problems`` where it cannot be made.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError:
        problem = Problem(
            "a folder that cannot be made", "a folder for pictures", "Name another folder; is this one a file?",
            "unwritable", place="--pictures",
        )  # fmt: skip
        raise Problems([problem], path) from None
    return Path(path)


def spare(inputs: tuple[str, ...], *outputs: str | None) -> None:
    """Refuse to write over an input."""
    for output in outputs:
        target = Path(output) if output and output != "-" else None
        for one in inputs:
            if target is not None and target.exists() and Path(one).exists() and target.samefile(one):
                problem = Problem("an input as the output", "another path", "Choose another name.", "usage", place="-o")
                raise Problems([problem], output)

"""What every command that reads a label map shares: which label is what, who segmented, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem, Problems

if TYPE_CHECKING:
    from ..imaging import Reading, Roles

__all__ = ["Labels", "label_options", "needing_imaging", "picture_folder", "reading_options", "spare"]

STRUCTURES = {
    "vessels": "vessels", "hepatic_veins": "hepatic-veins", "portal_vein": "portal-vein", "bile_ducts": "bile-ducts",
    "portal_hilum": "portal-hilum", "capsule": "capsule",
}  # fmt: skip

_LABEL = "LABEL"


def label_options(command: Callable[..., None]) -> Callable[..., None]:
    """Which label is what: a number, a name, several with commas between, or FILE:LABEL."""
    for option in (
        click.option("--scheme", metavar="NAME", help="Label numbers of a segmenter, such as totalsegmentator."),
        click.option("--ablation", metavar=_LABEL, help="Ablation zones: treated tissue, never tumour."),
        click.option("--right-lobe", metavar=_LABEL, help="The right lobe."),
        click.option("--left-lobe", metavar=_LABEL, help="The left lobe."),
        click.option("--segments", metavar="FILE|LABELS", help="A map whose labels are the segments; or 1=11,2=12."),
        *(click.option(f"--{name}", metavar=_LABEL, help="For the distance to each lesion.") for name in
          reversed(STRUCTURES.values())),
        click.option("--tumour", metavar=_LABEL, help="Tumour: number, name, or FILE:LABEL; else by name, else 2."),
        click.option("--liver", metavar=_LABEL, help="Liver: number, name, or FILE:LABEL; else by name, else 1."),
    ):  # fmt: skip
        command = option(command)
    return command


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Who segmented, with what, and who reviewed it."""
    for option in (
        click.option(
            "--reviewed-by", default="", metavar="WHO", help="The radiologist (a role, no name) who reviewed it."
        ),
        click.option("--segmented-with", default="", metavar="WHAT", help="The program and its version."),
        click.option("--segmented-by", default="", metavar="WHO", help="A role, no name."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Labels:
    """The options of ``label_options`` and ``reading_options``, as the library wants them."""

    options: dict[str, Any]

    @classmethod
    def of(cls, options: dict[str, Any]) -> Labels:
        """The label options taken out of all options of a command."""
        names = ("liver", "tumour", *STRUCTURES, "segments", "left_lobe", "right_lobe", "ablation", "scheme",
                 "segmented_by", "segmented_with", "reviewed_by")  # fmt: skip
        return cls({name: options.pop(name) for name in names if name in options})

    def arguments(self) -> dict[str, Any]:
        """The arguments of ``imaging.burden``."""
        got = self.options
        found: dict[str, Any] = {
            "structures": {name: _labels(got[name]) for name in STRUCTURES if got.get(name)},
            "segments": _segments(got.get("segments")), "scheme": got.get("scheme"),
            "lobes": {side: _labels(got[f"{side}_lobe"]) for side in ("left", "right") if got.get(f"{side}_lobe")},
            "ablation": _labels(got["ablation"]) if got.get("ablation") else None, "reading": self.reading(),
        }  # fmt: skip
        for role in ("liver", "tumour"):
            if got.get(role):
                found[role] = None if got[role] == "none" else _labels(got[role])
        return found

    def roles(self) -> Roles:
        """The labels alone."""
        from ..imaging import Roles

        return Roles(**{name: value for name, value in self.arguments().items() if name != "reading"})

    def reading(self) -> Reading:
        """Who segmented."""
        from ..imaging import Reading

        got = self.options
        return Reading(got.get("segmented_by", ""), got.get("segmented_with", ""), got.get("reviewed_by", ""))


def _labels(text: str) -> Any:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts[0] if len(parts) == 1 else parts


def _segments(text: str | None) -> Any:
    if not text or "=" not in text:
        return text
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, _, label = part.partition("=")
        if not name.strip() or not label.strip():
            problem = Problem("another shape", "1=11,2=12 ...", "Write SEGMENT=LABEL.", "usage", place="--segments")
            raise Problems([problem], "--segments")
        found[name.strip()] = label.strip()
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

"""What stands under every picture: how to read it, never cut, and whether a radiologist looked at the segmentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..figures import COARSE, SMALL_SIZE, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._burden import Burden

__all__ = ["Foot"]

LINE = 3.5
"""Millimetres from line to line."""
MANY = 99


@dataclass(frozen=True)
class Foot:
    """The lines under a picture of ``width`` millimetres; ``flag`` is said first, in bold, where nobody reviewed."""

    width: float
    flag: str
    lines: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, width: float, text: str, burdens: Iterable[Burden]) -> Foot:
        """``text`` and, where a segmentation was not reviewed, the flag."""
        scans = list(burdens)
        bare = sum(not burden.reading.is_reviewed for burden in scans)
        share = "the" if bare == len(scans) else f"{bare} of the {len(scans)}"
        which = "every number here comes from this segmentation" if len(scans) == 1 else (
            f"{share} segmentations from which every number here comes")  # fmt: skip
        flag = f"Not reviewed by a radiologist: {which}." if bare else ""
        lines = [(line, weight) for said, weight in ((flag, "bold"), (text, "normal")) if said
                 for line in wrapped(said, COARSE * width, SMALL_SIZE, MANY, weight)]  # fmt: skip
        return cls(width, flag, tuple(lines))

    @property
    def height(self) -> float:
        """Millimetres that the lines take, with air above."""
        return LINE * len(self.lines) + 3

    def draw(self, figure: Figure, height: float) -> None:
        """Write the lines at the lower edge of a picture of this height."""
        for number, (line, weight) in enumerate(reversed(self.lines)):
            figure.text(0, (2 + LINE * number) / height, line, size=SMALL_SIZE, weight=weight, va="center")

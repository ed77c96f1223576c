"""What a page is made of: sections of texts, tables, figures and checks, whatever the analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["FINE", "LOOK", "UNKNOWN", "Block", "Check", "Figure", "Part", "Section", "Table", "Text"]

FINE, LOOK, UNKNOWN = "fine", "look", "cannot tell"


class Text(NamedTuple):
    """A paragraph; ``kind`` is ``plain``, ``lead`` (an answer) or ``warning``."""

    says: str
    kind: str = "plain"


class Table(NamedTuple):
    """A table as shown: caption, headings, rows of text, notes below."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


class Figure(NamedTuple):
    """A picture by its name and what it shows, drawn when it is shown, to a width in millimetres."""

    name: str
    says: str
    draw: Callable[[float], Picture]


class Check(NamedTuple):
    """One check: what was looked at, ``fine``, ``look`` or ``cannot tell``, and what was found."""

    name: str
    verdict: str
    found: str


Block = Text | Table | Figure | Check


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Part:
    """What one step of an analysis adds: sections for the page, checks, and ``data`` for the JSON."""

    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

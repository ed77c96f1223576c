"""What the review prints where it is damaged: kept beside the corrected value, and laid over it on demand."""

from __future__ import annotations

from ..files import Mapping, Node, Scalar, Sequence

__all__ = ["as_corrected", "as_printed"]

KEY = "printed"
NOT_SAID = {
    "superseded_by": "that a later result took its place is not said", "of": "of how many is not said",
    "sided": "that p is one-sided is not said",
}  # fmt: skip
"""What it means that the review leaves a key out."""
CHECKS = "accepted"
"""Why the numbers stand although a check is raised: said by the file, of no print."""


def as_corrected(node: Node) -> tuple[Node, dict[str, str]]:
    """The tree without its ``printed`` maps, and for the place of each what it says as text."""
    found: dict[str, str] = {}
    return _corrected(node, "", found), found


def _corrected(node: Node, place: str, found: dict[str, str]) -> Node:
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        items = tuple([_corrected(item, f"{place}[{at}]", found) for at, item in enumerate(node.items, 1)])
        return node if items == node.items else Sequence(items, node.line, node.column)
    overlay = node.get(KEY)
    if overlay is not None:
        found[place] = _text(overlay)
    pairs = tuple(
        [
            (key, _corrected(value, f"{place}.{key.text}" if place else key.text, found))
            for key, value in node.pairs
            if key.text != KEY
        ]
    )
    return Mapping(pairs, node.line, node.column)


def _text(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return ", ".join(_text(item) for item in node.items)
    return "; ".join(_entry(key.text, value) for key, value in node.pairs if key.text != CHECKS)


def _entry(key: str, value: Node) -> str:
    if isinstance(value, Scalar) and not value.text:
        return NOT_SAID.get(key, f"{key} is not printed")
    said = _text(value)
    return said if said in NOT_SAID.values() else f"{key} {said}"


def as_printed(node: Node) -> Node:
    """The tree with every ``printed`` map laid over its surroundings; an empty value removes the key."""
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        return Sequence(tuple(as_printed(item) for item in node.items), node.line, node.column)
    overlay = node.get(KEY)
    pairs = [(key, as_printed(value)) for key, value in node.pairs if key.text != KEY]
    plain = Mapping(tuple(pairs), node.line, node.column)
    return _laid_over(plain, overlay) if isinstance(overlay, Mapping) else plain


def _laid_over(node: Mapping, overlay: Mapping) -> Mapping:
    pairs = []
    for key, value in node.pairs:
        over = overlay.get(key.text)
        if over is None:
            pairs.append((key, value))
        elif isinstance(over, Mapping) and isinstance(value, Mapping):
            pairs.append((key, _laid_over(value, over)))
        elif not isinstance(over, Scalar) or over.text:
            pairs.append((key, over))
    added = [(key, value) for key, value in overlay.pairs if node.get(key.text) is None]
    return Mapping((*pairs, *added), node.line, node.column)

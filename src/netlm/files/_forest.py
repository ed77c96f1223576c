"""The trees of many files at once, kept until the content of one of them changes."""

from __future__ import annotations

from collections.abc import Sequence as Several
from pathlib import Path
from typing import Any

from ._cache import cached
from ._tree import Mapping, Node, Scalar, Sequence, read_tree

__all__ = ["read_trees"]


def read_trees(name: str, paths: Several[Path]) -> dict[Path, Node]:
    """The tree of every file of ``paths``, under ``name`` in what is kept.

    Raises ``Problems`` as ``read_tree``.
    """
    trees = cached(
        name,
        paths,
        lambda: [read_tree(path) for path in paths],
        lambda made: [_plain(one) for one in made],
        lambda kept: [_node(one) for one in kept],
    )
    return dict(zip(paths, trees, strict=True))


def _plain(node: Node) -> Any:
    """A scalar as a list, a sequence and a mapping as a map: ``i`` its items, ``p`` its keys and values in turn."""
    if isinstance(node, Scalar):
        return [node.text, node.line, node.column, node.block] if node.block else [node.text, node.line, node.column]
    if isinstance(node, Sequence):
        return {"i": [_plain(item) for item in node.items], "at": [node.line, node.column]}
    return {"p": [_plain(part) for pair in node.pairs for part in pair], "at": [node.line, node.column]}


def _node(plain: Any) -> Node:
    if type(plain) is list:
        return Scalar(*plain)
    line, column = plain["at"]
    if "i" in plain:
        return Sequence(tuple([_node(item) for item in plain["i"]]), line, column)
    parts = plain["p"]
    pairs = [(Scalar(*key), _node(value)) for key, value in zip(parts[::2], parts[1::2], strict=True)]
    return Mapping(tuple(pairs), line, column)

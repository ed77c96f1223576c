"""Documents as JSON: the form in which a registry keeps them, and the fast way of reading many."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import orjson

from ..errors import Problems
from ..files import Mapping, Node, Scalar, Sequence, parse_text

__all__ = ["canonical", "tree_of"]

DIRECT_BYTES = 1_000_000
DIRECT_LEVELS = 20
"""What ``parse_text`` allows; whatever is longer or deeper is left to it to refuse."""
KEPT_TEXTS = 50_000


def canonical(node: Node) -> bytes:
    """A tree as JSON on one line, every scalar as the text that was typed; reading it gives an equal tree."""
    return orjson.dumps(_plain(node))


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}


def tree_of(content: bytes, file: str, line: int | None = None) -> Node:
    """The tree of a document, as ``parse_text`` gives it; JSON on one line is read faster, and without places.

    ``line`` is where it stands in a file of many. Raises ``Problems``.
    """
    tree = _direct(content) if content.startswith(b"{") and len(content) <= DIRECT_BYTES else None
    if tree is not None:
        return tree
    try:
        return parse_text(content, file)
    except Problems as problems:
        for problem in problems.problems:
            problem.line = line or problem.line
        raise


def _direct(content: bytes) -> Node | None:
    """The tree of JSON on one line, or None where the careful reader has to say what is wrong."""
    try:
        tree = _JSON.decode(content.decode())
    except (ValueError, RecursionError):
        return None
    flat = content.count(b"[") + content.count(b"{") <= DIRECT_LEVELS or _levels(tree) <= DIRECT_LEVELS
    return tree if flat and b"\n" not in content.strip() else None


def _mapping(pairs: list[tuple[str, Any]]) -> Mapping:
    found = Mapping(tuple([(_scalar(key), _node(value)) for key, value in pairs]))
    if len(set(found)) < len(pairs) or found.get("<<") is not None:
        raise ValueError(pairs)
    return found


def _node(value: Any) -> Node:
    if type(value) is str:
        return _scalar(value)
    if type(value) is list:
        return Sequence(tuple([_node(item) for item in value]))
    if type(value) is Mapping:
        return value
    return Scalar({True: "true", False: "false", None: "null"}[value])


@lru_cache(maxsize=KEPT_TEXTS)
def _scalar(text: str) -> Scalar:
    """The same few texts stand in every case."""
    return Scalar(text)


def _refuse(word: str) -> None:
    raise ValueError(word)


_JSON = json.JSONDecoder(object_pairs_hook=_mapping, parse_int=str, parse_float=str, parse_constant=_refuse)


def _levels(node: Node) -> int:
    if isinstance(node, Scalar):
        return 1
    inner = node.items if isinstance(node, Sequence) else [value for _, value in node.pairs]
    return 1 + max(map(_levels, inner), default=0)

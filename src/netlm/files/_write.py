"""Writing: whole files or nothing, and YAML that reads back as the same tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Problem, Problems
from ._tree import Mapping, Node, Scalar

__all__ = ["render_tree", "write_atomically", "written_whole"]


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write ``content`` so that no half file is ever seen.

    Raises ``Problems`` where the folder is missing or not writable.
    """
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """A temporary file in the same folder to be written, which takes the name of ``path`` where all went well.

    Raises ``Problems`` where the folder is missing or not writable.
    """
    import tempfile  # most commands write nothing

    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:64]}.")
    except (OSError, ValueError):
        raise _unwritable(path) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except OSError:
        raise _unwritable(path) from None
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: str | Path) -> Problems:
    problem = Problem(
        "a path that cannot be written", "a writable file in an existing folder",
        "Check the path and its permissions; nothing was written.", "unwritable", file=str(path),
    )  # fmt: skip
    return Problems([problem], str(path))


_PLAIN = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.+%/()µ<>= -]*")


def render_tree(node: Node) -> str:
    """The tree as YAML; reading it gives an equal tree."""
    return "".join(f"{line}\n" for line in _lines(node, ""))


def _lines(node: Node, indent: str) -> list[str]:
    if isinstance(node, Mapping) and node.pairs:
        lines = []
        for key, value in node.pairs:
            lines += _entry(f"{indent}{_scalar(key)}:", value, indent + "  ")
        return lines
    return [f"{indent}{_flow(node)}"]


def _entry(head: str, value: Node, indent: str) -> list[str]:
    flow = f"{head} {_flow(value)}"
    if isinstance(value, Mapping) and value.pairs and len(flow) > 110:
        return [head, *_lines(value, indent)]
    return [flow]


def _flow(node: Node) -> str:
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(value)}" for key, value in node.pairs) + "}"
    return "[" + ", ".join(_flow(item) for item in node.items) + "]"


def _scalar(node: Scalar) -> str:
    text = node.text
    if _PLAIN.fullmatch(text) and ": " not in text and " #" not in text and not text.endswith((" ", ":")):
        return text
    escaped = "".join(_escape(sign) for sign in text)
    return f'"{escaped}"'


def _escape(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign == "\n":
        return "\\n"
    return sign if sign.isprintable() and ord(sign) != 0x85 else f"\\U{ord(sign):08x}"

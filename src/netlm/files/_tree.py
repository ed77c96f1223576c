"""YAML (and so JSON) as a tree of text with line and column: nothing is typed here, the dictionary does that.

Refused, each with its remedy: duplicate keys, anchors, aliases, tags, merge keys, several documents, more than
1 MB, deeper than 20 levels, anything that is not UTF-8.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import Problem, Problems, safe_echo

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "parse_text", "read_bytes", "read_tree", "shown_path"]

_BOUND = re.compile(r"^([ \t]*(?:- )?\w+:[ \t]+)(>=?[ \t]*\d[^#\n\"'\[\]{}]*?)(?=[ \t]*(?:#|$))", re.MULTILINE)
"""A bound such as ``>= 8`` at the place of a value, which YAML alone would take for the head of a block of text."""
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
"""One sign written as two halves, as JSON writers do and YAML does not read."""
MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One piece of text, as typed; ``block`` tells a block scalar (``|`` or ``>``)."""

    text: str
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)
    block: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order written, no key twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)
    _values: dict[str, Node] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_values", {key.text: value for key, value in self.pairs})

    def __iter__(self) -> Iterator[str]:
        return (key.text for key, _ in self.pairs)

    def get(self, name: str) -> Node | None:
        """The value under ``name``, or None."""
        return self._values.get(name)

    def key(self, name: str) -> Scalar | None:
        """The key ``name`` with its place, or None."""
        return next((key for key, _ in self.pairs if key.text == name), None)


Node = Scalar | Sequence | Mapping


def read_bytes(path: str | Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, or of standard input for ``-``, of a longer one the first ``limit`` + 1.

    Raises ``Problems`` for a path that cannot be read.
    """
    name = shown_path(path)
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(limit + 1)
        with open(path, "rb") as stream:
            return stream.read(limit + 1)
    except IsADirectoryError:
        raise _file_problem(name, "a folder", "a file", "Name the files in it.", "unreadable") from None
    except FileNotFoundError:
        raise _file_problem(name, "no such file", "a file", "Check the path.", "unreadable") from None
    except (OSError, ValueError):
        raise _file_problem(
            name, "a path that cannot be read", "a readable file", "Check the path and its permissions.", "unreadable"
        ) from None


def shown_path(path: str | Path) -> str:
    """The path as messages name it; bytes that are no text are replaced."""
    return "standard input" if str(path) == "-" else str(path).encode("utf-8", "replace").decode("utf-8")


def read_tree(path: str | Path) -> Node:
    """The tree of a YAML or JSON file.

    Raises ``Problems`` for an unreadable path and for everything the module refuses.
    """
    return parse_text(read_bytes(path), shown_path(path))


def parse_text(content: bytes | str, file: str) -> Node:
    """The tree of ``content``; ``file`` names it in errors.

    Raises ``Problems``.
    """
    data = content.encode() if isinstance(content, str) else content
    if len(data) > MAX_BYTES:
        raise _file_problem(file, "more than 1 MB", "at most 1 MB", "Is this the right file?", "too-large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _file_problem(file, "bytes that are not UTF-8", "UTF-8 text", "Save it as UTF-8.", "not-utf8") from None
    try:
        return _Builder(file).build(_BOUND.sub(r'\1"\2"', _SURROGATES.sub(_joined, text)))
    except yaml.YAMLError as error:
        raise _syntax_problem(file, error) from None


def _joined(match: re.Match[str]) -> str:
    return bytes.fromhex(match[1] + match[2]).decode("utf-16-be")


def _file_problem(file: str, found: str, expected: str, remedy: str, code: str) -> Problems:
    return Problems([Problem(found, expected, remedy, code, file=file)], file)


def _syntax_problem(file: str, error: yaml.YAMLError) -> Problems:
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else None
    if "nesting depth" in str(getattr(error, "problem", "")):  # libyaml has a limit of its own since PyYAML 6.0.4
        deep = Problem(f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH}", "Flatten it.", "too-deep", file, line)
        return Problems([deep], file)
    found = "text that is not YAML"
    if context and mark and context.line != mark.line:
        found += f" (in the block that begins at line {context.line + 1})"
    return Problems(
        [
            Problem(
                found,
                "`key: value` lines, indented with spaces",
                "Put text that holds `: ` or `#`, or begins with a sign, in quotes; close brackets and quotes.",
                "not-yaml",
                file=file,
                line=line,
                column=mark.column + 1 if mark else None,
            )
        ],
        file,
    )


class _Builder:
    """Builds the tree from the parser's events and collects what is refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def build(self, text: str) -> Node:
        root: Node | None = None
        self.events = yaml.parse(text, Loader=_LOADER)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._refuse(event, "a second document", "one document", "Remove the `---` line.", "documents")
                    break
                root = self._node(next(self.events), 1)
        if self.problems:
            raise Problems(self.problems, self.file)
        return root if root is not None else Mapping(())

    def _node(self, event: Any, depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if depth > MAX_DEPTH:
            self._refuse(event, f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH}", "Flatten it.", "too-deep")
            raise Problems(self.problems, self.file)
        self._check_plain(event)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, line, column, event.style in ("|", ">"))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(item, depth + 1))
            return Sequence(tuple(items), line, column)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self._pairs(depth)), line, column)
        return Scalar("", line, column)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(event, "a list or map as a key", "a word as a key", "Name the key.", "bad-key")
            elif key.text == "<<":
                self._refuse(event, "a merge key", "each key written out", "Write the keys out.", "merge-key")
            elif key.text in seen:
                self._refuse(
                    event, f"the key {safe_echo(key.text)} again (first on line {seen[key.text]})", "each key once",
                    "Keep one of them; a range or `one_of` can hold two readings.", "duplicate-key",
                )  # fmt: skip
            else:
                seen[key.text] = key.line
                yield key, value

    def _check_plain(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "an alias (`*`)", "the value itself", "Write the value out, or quote it.", "alias")
            return
        if event.anchor is not None:
            self._refuse(event, "an anchor (`&`)", "plain values", "Remove the anchor, or quote the text.", "anchor")
        if event.tag is not None:
            self._refuse(event, "a tag (`!`)", "plain values", "Remove the tag, or quote the text.", "tag")

    def _refuse(self, event: Any, found: str, expected: str, remedy: str, code: str) -> None:
        mark = event.start_mark
        self.problems.append(
            Problem(found, expected, remedy, code, file=self.file, line=mark.line + 1, column=mark.column + 1)
        )

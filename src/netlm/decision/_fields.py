"""The keys of one mapping of a record, read as the shapes it needs; what does not fit is kept as a problem."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

from ..dictionary import read_day
from ..errors import Problem, nearest, safe_echo
from ..files import Mapping, Node, Scalar
from ..files import Sequence as Listed
from ._rules import one_line

__all__ = ["Fields", "line_of"]

_NUMBER = re.compile(r"[0-9]{1,4}")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_NONE = ("none", "no")


class Fields:
    """A mapping at ``place`` with ``known`` keys; every way to read one returns None where it is absent or empty."""

    def __init__(self, node: Node | None, place: str, known: Sequence[str] | None, problems: list[Problem]) -> None:
        self.place = place
        self.problems = problems
        self.node = node if isinstance(node, Mapping) else Mapping(())
        self.is_map = node is None or isinstance(node, Mapping)
        if not self.is_map:
            self._refuse(None, "no keys", "a map of keys and values", "Write `key: value` lines.", "not-a-map")
        for key, _ in self.node.pairs:
            if known is not None and key.text not in known:
                close = nearest(key.text, known)
                remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join(known)}."
                found = f"an unknown key {safe_echo(key.text, known)}"
                self._refuse(None, found, "a key of the form", remedy, "unknown-key")
                self.problems[-1].line, self.problems[-1].column = key.line, key.column

    def __contains__(self, name: str) -> bool:
        return self._get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.node)

    def _under(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _refuse(self, name: str | None, found: str, expected: str, remedy: str, code: str) -> None:
        place = self._under(name) if name is not None else self.place
        self.problems.append(Problem(found, expected, remedy, code, place=place))

    def _get(self, name: str, required: bool = False) -> Node | None:
        node = self.node.get(name)
        if isinstance(node, Scalar) and not node.text.strip():
            node = None
        if node is None and required and self.is_map:
            self._refuse(name, f"no `{name}`", f"`{name}:`", "Fill it in.", "required")
        return node

    def _scalar(self, name: str, required: bool) -> str | None:
        node = self._get(name, required)
        if node is None or isinstance(node, Scalar):
            return one_line(node.text) if node else None
        self._refuse(name, "a list or a map", "text", "Write it as text, in quotes.", "not-text")
        return None

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Text on one line."""
        return self._scalar(name, required)

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...] | None:
        """A list of texts; one text is a list of one, ``none`` an empty one."""
        node = self._get(name, required)
        if node is None:
            return None
        if isinstance(node, Scalar):
            return () if node.text.casefold() in _NONE else (one_line(node.text),)
        items = node.items if isinstance(node, Listed) else ()
        texts = tuple(one_line(item.text) for item in items if isinstance(item, Scalar))
        if not isinstance(node, Listed) or len(texts) < len(items):
            self._refuse(name, "lists or maps", "a list of texts", "Write each as text, in quotes.", "not-text")
            return None
        return texts

    def day(self, name: str, *, required: bool = False) -> datetime.date | None:
        """A date."""
        text = self._scalar(name, required)
        if text is None:
            return None
        try:
            return read_day(text)
        except Problem as problem:
            self._refuse(name, problem.found, problem.expected, problem.remedy, problem.code)
            return None

    def number(self, name: str, *, required: bool = False) -> int | None:
        """A whole number."""
        text = self._scalar(name, required)
        if text is not None and not _NUMBER.fullmatch(text):
            self._refuse(name, safe_echo(text), "a whole number", "Write digits.", "not-a-number")
            return None
        return int(text) if text is not None else None

    def yes(self, name: str, *, required: bool = False) -> bool | None:
        """Yes or no."""
        text = self._scalar(name, required)
        if text is not None and text not in _YES_NO:
            self._refuse(name, safe_echo(text, list(_YES_NO)), "yes or no", "Say which.", "unknown-word")
        return _YES_NO.get(text) if text is not None else None

    def inner(self, name: str, known: Sequence[str], *, required: bool = False) -> Fields | None:
        """The mapping under ``name``."""
        node = self._get(name, required)
        return Fields(node, self._under(name), known, self.problems) if node is not None else None

    def mapping(self, name: str) -> Fields:
        """The mapping under ``name``, with keys of any name; absent is empty."""
        return Fields(self._get(name), self._under(name), None, self.problems)

    def items(self, name: str, known: Sequence[str]) -> tuple[Fields, ...] | None:
        """The mappings in the list under ``name``; ``none`` is an empty list."""
        node = self._get(name)
        if node is None:
            return None
        if isinstance(node, Scalar) and node.text.casefold() in _NONE:
            return ()
        if not isinstance(node, Listed):
            self._refuse(name, "no list", "a list, each entry after `- `", "Begin each entry with `- `.", "not-a-list")
            return None
        place = self._under(name)
        return tuple(Fields(item, f"{place}[{i}]", known, self.problems) for i, item in enumerate(node.items, 1))


def line_of(document: Node, place: str) -> tuple[int | None, int | None]:
    """Line and column of a place such as ``tasks[2].due``, or of what is nearest above it; None at the very top."""
    at: tuple[int | None, int | None] = (None, None)
    node: Node | None = document
    while node is not None and place:
        node, where, place = _step(node, place.lstrip("."))
        if where is not None:
            at = (where.line or None, where.column or None)
    return at


def _step(node: Node, place: str) -> tuple[Node | None, Node | None, str]:
    """One step down: the value, where it stands, and the rest of the place."""
    match = re.match(r"\[(\d+)\]", place)
    if match and isinstance(node, Listed) and int(match[1]) <= len(node.items):
        item = node.items[int(match[1]) - 1]
        return item, item, place[match.end() :]
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            rest = place.removeprefix(key.text)
            if key.text and place.startswith(key.text) and rest[:1] in ("", ".", "["):
                return value, key, rest
    return None, None, ""

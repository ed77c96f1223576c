"""Reading a mapping key by key, with errors that name the file, the line and the remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NoReturn

from ..errors import Problem, Problems, nearest
from ._tree import Mapping, Node, Scalar, Sequence

__all__ = ["Record"]


class Record:
    """A mapping of a knowledge file; every access checks the shape it needs and raises ``Problems`` otherwise."""

    def __init__(self, node: Node, file: str, place: str = "") -> None:
        self.file = file
        self.place = place
        if not isinstance(node, Mapping):
            self.node = Mapping((), node.line, node.column)
            self.fail(None, "something else", "a map of keys and values")
        self.node = node

    def fail(self, name: str | None, found: str, expected: str, remedy: str = "Correct it.") -> NoReturn:
        """Raise ``Problems`` at the key ``name``."""
        key = self.node.key(name) if name else None
        place = ".".join(part for part in (self.place, name) if part)
        line = key.line if key else self.node.line
        problem = Problem(found, expected, remedy, "bad-knowledge", file=self.file, line=line, place=place or None)
        raise Problems([problem], self.file)

    def refit(self, name: str, problem: Problem) -> NoReturn:
        """Raise ``problem`` again with the place of the key ``name``."""
        self.fail(name, problem.found, problem.expected, problem.remedy)

    def __contains__(self, name: str) -> bool:
        return self.node.get(name) is not None

    @property
    def line(self) -> int:
        """Where the mapping begins."""
        return self.node.line

    def only(self, *names: str) -> None:
        """Refuse keys that are not among ``names``."""
        for key, _ in self.node.pairs:
            if key.text not in names:
                close = nearest(key.text, names)
                remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join(names)}."
                self.fail(key.text, f"`{key.text}`", "a known key", remedy)

    def text(self, name: str, default: str | None = None) -> str:
        """The text under ``name``; required unless ``default`` is given."""
        node = self.node.get(name)
        if isinstance(node, Scalar):
            return node.text
        if node is not None or default is None:
            self.fail(name, "a list or map" if node else "nothing", "text", f"Give `{name}` as text.")
        return default

    def maybe(self, name: str) -> str | None:
        """The text under ``name``, or None."""
        return self.text(name) if name in self else None

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        """Text that is one of ``allowed``."""
        text = self.text(name, default)
        if text not in allowed:
            self.fail(name, f"`{text}`", f"one of {', '.join(allowed)}")
        return text

    def yes(self, name: str) -> bool:
        """Whether ``name`` is set to true or yes; absent is false."""
        return self.choice(name, ("true", "false", "yes", "no"), "false") in ("true", "yes")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts (one text counts as a list of one); absent is empty."""
        node = self.node.get(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        texts = tuple(item.text for item in items if isinstance(item, Scalar))
        if len(texts) != len(items):
            self.fail(name, "lists or maps", "a list of texts")
        return texts

    def record(self, name: str) -> Record:
        """The mapping under ``name``."""
        node = self.node.get(name)
        if not isinstance(node, Mapping):
            self.fail(name, "nothing" if node is None else "no map", "a map of keys and values")
        return Record(node, self.file, self._under(name))

    def records(self, name: str) -> Iterator[Record]:
        """The mappings in the list under ``name``; absent is none."""
        node = self.node.get(name)
        if node is None:
            return
        if not isinstance(node, Sequence):
            self.fail(name, "no list", "a list of maps")
        for number, item in enumerate(node.items, 1):
            yield Record(item, self.file, f"{self._under(name)}[{number}]")

    def named(self, name: str) -> Iterator[tuple[str, Record]]:
        """The entries of the mapping under ``name``, each a mapping; absent is none."""
        if name in self:
            inner = self.record(name)
            for key, value in inner.node.pairs:
                yield key.text, Record(value, self.file, f"{inner.place}.{key.text}")

    def pairs(self, name: str) -> dict[str, str]:
        """The mapping of texts under ``name``; absent is empty."""
        if name not in self:
            return {}
        inner = self.record(name)
        return {key.text: inner.text(key.text) for key, _ in inner.node.pairs}

    def plain(self) -> dict[str, object]:
        """The mapping as plain dicts, lists and texts."""
        return {key.text: _plain(value) for key, value in self.node.pairs}

    def _under(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}

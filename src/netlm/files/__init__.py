"""Reading and writing files: YAML with places, limits, whole-or-nothing writes."""

from ._cache import cached
from ._forest import read_trees
from ._plain import from_plain, to_plain
from ._record import Record
from ._tree import Mapping, Node, Scalar, Sequence, parse_text, read_bytes, read_tree, shown_path
from ._write import render_tree, write_atomically, written_whole

__all__ = [
    "Mapping", "Node", "Record", "Scalar", "Sequence", "cached", "from_plain", "parse_text", "read_bytes",
    "read_tree", "read_trees", "render_tree", "shown_path", "to_plain", "write_atomically", "written_whole",
]  # fmt: skip

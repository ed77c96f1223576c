"""Under which pack and conventions an answer was given."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..guidance import Pack

__all__ = ["named"]


def named(pack: Pack) -> dict[str, Any]:
    """Version, pack and the conventions that were replaced, as JSON."""
    replaced = {name: item.value for name, item in pack.dictionary.conventions.items() if item.overridden}
    return {"version": __version__, "guidance": pack.id, "conventions": replaced}

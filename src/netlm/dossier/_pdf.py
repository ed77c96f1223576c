"""The dossier on A4, set by Typst: tagged (PDF/UA-1), with the project's own fonts, the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

__all__ = ["typeset"]

_HERE = Path(__file__).parent
MOST_UNBROKEN = 30
_UNBROKEN = re.compile(rf"[^\s\u200b-]{{{MOST_UNBROKEN}}}(?=[^\s\u200b-])")


def typeset(data: Mapping[str, Any]) -> bytes:
    """The PDF of what ``page.typ`` sets."""
    made = _compiler().compile(
        format="pdf", sys_inputs={"data": orjson.dumps(_settable(data)).decode()}, pdf_standards="ua-1"
    )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"])
    return typst.Compiler(_HERE / "page.typ", root=_HERE, font_paths=fonts, ignore_system_fonts=True)


def _settable(value: Any) -> Any:
    """The data with every text made of signs that the fonts have, and with places to break long words."""
    if isinstance(value, str):
        return value if value.startswith("<svg") else _UNBROKEN.sub("\\g<0>\u200b", _drawn(value))
    if isinstance(value, Mapping):
        return {key: _settable(item) for key, item in value.items()}
    return [_settable(item) for item in value] if isinstance(value, list) else value


def _drawn(text: str) -> str:
    if text.isascii():
        return text
    covered = _covered()
    return "".join(sign if ord(sign) in covered else f"[U+{ord(sign):04X}]" for sign in text)


@cache
def _covered() -> frozenset[int]:
    """The signs that the fonts can draw, from ``fonts/coverage.txt`` (ranges in hexadecimal)."""
    ends = (line.split("-") for line in (_HERE / "fonts" / "coverage.txt").read_text(encoding="ascii").split())
    return frozenset(code for first, last in ends for code in range(int(first, 16), int(last, 16) + 1))

"""What Matplotlib writes as SVG, made fit for any page: no style sheet, no outside address, names of its own, words."""

from __future__ import annotations

import re
from hashlib import sha256
from html import escape

__all__ = ["cleaned"]

_DROPPED = re.compile(
    r"<\?xml.*?\?>\s*|<!DOCTYPE.*?>\s*|\s*<metadata>.*?</metadata>|\s*<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->\s*",
    re.DOTALL,
)
_STYLE = re.compile(r' style="([^"]*)"')
_PATH = re.compile(r' d="[^"]*"')
_DIGITS = re.compile(r"(\d\.\d\d)\d+")
"""A hundredth of a point is finer than any screen or press."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAMES = re.compile(r'(\bid="|href="#|url\(#)')


def cleaned(svg: str, title: str, text: str) -> str:
    """The SVG with ``title`` and ``text`` for those who cannot see it.

    Styles become attributes, which a strict content policy allows; every name is prefixed, so that several pictures
    can stand on one page.
    """
    svg = _DROPPED.sub("", svg)
    svg = _STYLE.sub(lambda found: _attributes(found[1]), svg)
    svg = _PATH.sub(lambda found: _DIGITS.sub(r"\1", found[0]), svg)
    mark = "p" + sha256(f"{title}\n{text}\n{svg}".encode()).hexdigest()[:8]
    svg = _NAMES.sub(lambda found: f"{found[1]}{mark}-", svg)
    title, text = _CONTROL.sub(" ", title), _CONTROL.sub(" ", text)
    words = f'<title id="{mark}-t">{escape(title)}</title><desc id="{mark}-d">{escape(text)}</desc>'
    head, _, rest = svg.partition(">")
    named = f' role="img" aria-labelledby="{mark}-t {mark}-d" stroke-linejoin="round" stroke-linecap="butt">'
    return head + named + words + rest


def _attributes(style: str) -> str:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _, value in pairs)

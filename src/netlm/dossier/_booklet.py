"""Dossiers set out for people: one as HTML or PDF, or several as a booklet with its contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._layout import HYPHENED, tied

if TYPE_CHECKING:
    import jinja2

    from ._model import Dossier

__all__ = ["NotShown", "booklet_html", "booklet_pdf"]

_HERE = Path(__file__).parent
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
"""Signs that are not seen themselves and can hide or reorder what stands beside them."""
_HEBREW_OR_ARABIC = "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]+"
_RIGHT_TO_LEFT = re.compile(f"{_HEBREW_OR_ARABIC}(?: +{_HEBREW_OR_ARABIC})*")
"""Words that run the other way; set apart, so that numbers beside them keep their place."""


@dataclass(frozen=True)
class NotShown:
    """A case that has no dossier: its file, and why."""

    file: str
    reason: str


def booklet_html(cases: Sequence[Dossier | NotShown], label: str | None = None) -> str:
    """One self-contained page, without script and without anything from elsewhere."""
    data = _data(cases, label)
    return _template().render(css=(_HERE / "page.css").read_text(encoding="utf-8"), **data)


def booklet_pdf(cases: Sequence[Dossier | NotShown], label: str | None = None) -> bytes:
    """A tagged PDF (PDF/UA-1), the same bytes for the same dossiers."""
    from ._pdf import typeset

    return typeset(_data(cases, label))


def _data(cases: Sequence[Dossier | NotShown], label: str | None) -> dict[str, Any]:
    """Title, contents (of several cases) and pages, as plain data whose texts are clean."""
    from ._page import page_of  # a dossier as JSON needs nothing of the page

    pages, contents = [], []
    for number, case in enumerate(cases, 1):
        if isinstance(case, NotShown):
            contents.append({"id": case.file, "anchor": "", "text": case.reason})
            continue
        page = _plain(page_of(case, label))
        page["anchor"] = f"case-{number}"
        pages.append(page)
        contents.append({"id": case.case.id, "anchor": page["anchor"], "text": _asked(case)})
    single = len(cases) == 1 and pages
    title = f"Tumour board dossier {pages[0]['id']}" if single else "Tumour board dossiers"
    return {"title": title, "contents": [] if single else _plain(contents), "pages": pages}


def _asked(dossier: Dossier) -> str:
    """What the contents say of a case."""
    asked = dossier.case.told.get("question") or "question not stated"
    return f"what if: {asked}" if dossier.case.what_if else asked


def _plain(value: Any) -> Any:
    """Dataclasses as maps, sequences as lists, every text without unseen signs."""
    if isinstance(value, str):
        return _seen(value)
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return value


def _seen(text: str) -> str:
    text = tied(text)
    if text.isascii() and text.isprintable():
        return text
    return _RIGHT_TO_LEFT.sub("\u2068\\g<0>\u2069", _UNSEEN.sub(_named, text))


def _named(found: re.Match[str]) -> str:
    sign = found.group()
    return " " if sign in "\t\n\r" else f"[U+{ord(sign):04X}]"


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        finalize=_on_one_line,
    )  # fmt: skip
    return environment.get_template("page.html.j2")


def _on_one_line(value: Any) -> Any:
    """A text as HTML in which no line ends at the hyphen of ``Ki-67``, ``Y-90``, a date or a range of numbers.

    What is HTML already stays as it is; an attribute is escaped in the template, and so stays without.
    """
    from markupsafe import Markup, escape

    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    parts = HYPHENED.split(value)
    tied = (f'<span class="tied">{part}</span>' if at % 2 else str(escape(part)) for at, part in enumerate(parts))
    return Markup("".join(tied))  # noqa: S704  every part is escaped, or made of letters, digits, dots and hyphens

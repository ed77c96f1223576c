"""A page as text and as HTML: the same blocks, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap

from ..figures import TEXT_WIDTH, html_page, html_table, text_table
from ._page import Block, Check, Figure, Section, Table, Text

__all__ = ["as_html", "as_text", "html_body"]

WIDE_WIDTH = 150
NARROW_WIDTH = 88
"""Millimetres: for screens and paper, and for a telephone."""
SIGNS = {"fine": "[+]", "look": "[!]", "cannot tell": "[?]"}
WORDS = {"fine": "Fine", "look": "Look here", "cannot tell": "Cannot tell"}


def as_text(title: str, sections: Iterable[Section], foot: str) -> str:
    """The page in lines of at most 100 signs."""
    lines = [title, "=" * min(TEXT_WIDTH, len(title))]
    for section in sections:
        lines += ["", section.title, "-" * min(TEXT_WIDTH, len(section.title))]
        for number, block in enumerate(section.blocks):
            if number and isinstance(block, Table | Figure):
                lines.append("")
            lines += _text(block)
    lines += ["", *wrap(foot, TEXT_WIDTH)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _text(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from text_table(*block)
    elif isinstance(block, Figure):
        yield from wrap(f"Figure `{block.name}`: {block.says}", TEXT_WIDTH)
    elif isinstance(block, Check):
        yield from wrap(f"{SIGNS[block.verdict]} {block.name}: {block.found}", TEXT_WIDTH, subsequent_indent="    ")
    else:
        sign = "[!] " if block.kind == "warning" else ""
        yield from wrap(f"{sign}{block.says}", TEXT_WIDTH, subsequent_indent="    " if sign else "")


def as_html(title: str, sections: Iterable[Section], foot: str) -> str:
    """The page as one file that fetches nothing and runs nothing."""
    return html_page(title, html_body(sections), foot)


def html_body(sections: Iterable[Section]) -> str:
    """The sections, without the page around them."""
    return "\n".join(f"<section><h2>{escape(one.title)}</h2>\n{_blocks(one.blocks)}</section>" for one in sections)


def _blocks(blocks: Iterable[Block]) -> str:
    parts, items = [], []
    for block in blocks:
        item = _item(block)
        if item:
            items.append(item)
            continue
        if items:
            parts.append(f"<ul>{''.join(items)}</ul>")
            items = []
        parts.append(_html(block))
    if items:
        parts.append(f"<ul>{''.join(items)}</ul>")
    return "\n".join(parts)


def _item(block: Block) -> str:
    """Checks and warnings as items of a list."""
    if isinstance(block, Check):
        kind = ' class="look"' if block.verdict == "look" else ""
        return f"<li{kind}><b>{WORDS[block.verdict]}</b>{escape(block.name)}: {escape(block.found)}</li>"
    if isinstance(block, Text) and block.kind == "warning":
        return f'<li class="look"><b>{WORDS["look"]}</b>{escape(block.says)}</li>'
    return ""


def _html(block: Block) -> str:
    if isinstance(block, Table):
        return html_table(*block)
    if isinstance(block, Figure):
        wide, narrow = block.draw(WIDE_WIDTH), block.draw(NARROW_WIDTH)
        return (
            f'<figure><div class="wide">{wide.svg}</div><div class="narrow">{narrow.svg}</div>'
            f"<details><summary>The figure in words</summary><p>{escape(wide.text)}</p></details></figure>"
        )
    assert isinstance(block, Text)
    said = escape(block.says)
    return f"<p><strong>{said}</strong></p>" if block.kind == "lead" else f"<p>{said}</p>"

"""Numbers as journals print them, and tables as HTML for notebooks and pages: every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

__all__ = ["html_table", "number", "p_cell", "p_value", "percent", "ratio", "with_interval"]

SMALLEST_P = 0.0001


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """A table with its caption; the first column is the row's heading; notes stand below.

    One wider than the page can be moved by the keyboard too, and a corner without words is no heading.
    """
    top = "".join(f'<th scope="col">{_unbroken(cell)}</th>' if cell else "<td></td>" for cell in head)
    body = "".join(
        f'<tr><th scope="row">{_unbroken(first)}</th>'
        + "".join(
            f'<td data-label="{escape(name)}">{_unbroken(cell)}</td>' for name, cell in zip(head[1:], rest, strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    below = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    return (
        f'<div class="table" role="group" aria-label="{escape(caption)}" tabindex="0">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{below}"
    )


def _unbroken(cell: str) -> str:
    """A cell as HTML, no line of it beginning with a per cent sign."""
    return escape(cell).replace(" %", "&nbsp;%")


def number(value: Any, digits: int = 4) -> str:
    """A number to so many significant digits, without an exponent where it can be read without one."""
    if value is None or value != value:
        return "-"
    if value in (float("inf"), float("-inf")):
        return "infinite" if value > 0 else "-infinite"
    rounded = float(f"{value:.{digits}g}")
    if rounded != 0 and not 1e-4 <= abs(rounded) < 1e7:
        return f"{value:.{digits - 1}e}"
    text = f"{rounded:.10f}".rstrip("0").rstrip(".")
    return text if text != "-0" else "0"


def percent(value: float) -> str:
    """A probability as a percentage with one decimal."""
    return "-" if value != value else f"{100 * value:.1f} %"


def ratio(value: float) -> str:
    """A hazard ratio as journals print it: two decimals, fewer where it is large, more where it is small."""
    if value != value or value in (float("inf"), float("-inf")):
        return number(value)
    if value >= 1000:
        return f"{value:.0f}" if value < 1e6 else f"{value:.1e}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else number(value, 2)


def p_value(p: float) -> str:
    """A p value as journals print it."""
    if p != p:
        return "p not defined"
    return f"p < {SMALLEST_P:.4f}" if p < SMALLEST_P else f"p = {p:.4f}" if p < 0.001 else f"p = {p:.3f}"


def p_cell(p: float) -> str:
    """A p value under a heading that says p."""
    return p_value(p).removeprefix("p = ").removeprefix("p ")


def with_interval(estimate: str, lower: str, upper: str) -> str:
    """``estimate (lower to upper)``."""
    return f"{estimate} ({lower} to {upper})"

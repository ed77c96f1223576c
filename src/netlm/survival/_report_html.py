"""The survival page as one HTML file that fetches nothing and runs nothing, for screens from 320 pixels, and paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..figures import html_page
from ._tables import html_table

if TYPE_CHECKING:
    from ._report import Check, Report

__all__ = ["body", "to_html"]

WIDE_WIDTH, NARROW_WIDTH = 150, 88
"""Millimetres: for screens and paper, and for a telephone."""
WORDS = {"fine": "Fine", "look": "Look here", "cannot tell": "Cannot tell"}
METHOD = (
    "Kaplan-Meier estimates with Greenwood's variance and log intervals, as R's survfit; log-rank tests with the "
    "hypergeometric variance; Cox models with Efron's ties; proportional hazards by the score test of Grambsch and "
    "Therneau with the Kaplan-Meier transform. The intervals are for one statement at a time."
)
WEIGHTED = (
    "Weighted Kaplan-Meier estimates with the infinitesimal jackknife and log intervals, as R's survfit; Cox models "
    "with Efron's ties, the variance of Lin and Wei, and its Wald tests. The intervals are for one statement at a time."
)


def to_html(report: Report) -> str:
    """The whole page."""
    return html_page(report.title, body(report), METHOD if report.cohort.whole else WEIGHTED)


def body(report: Report) -> str:
    """The figure, the tables and the checks."""
    wide, narrow = (report.plot(title="Kaplan-Meier curves", width=width) for width in (WIDE_WIDTH, NARROW_WIDTH))
    figure = (
        f'<figure><div class="wide">{wide.svg}</div><div class="narrow">{narrow.svg}</div>'
        f"<details><summary>The figure in words</summary><p>{escape(wide.text)}</p></details></figure>"
    )
    tables = "\n".join(html_table(*table) for table in report.tables)
    checks = "".join(_item(check) for check in report.checks)
    return f"{figure}\n{_forest(report)}{tables}\n<h2>Checks</h2><ul>{checks}</ul>"


def _forest(report: Report) -> str:
    """The model's hazard ratios as a picture, where there is a model."""
    if report.model is None:
        return ""
    wide, narrow = (report.model.cox.plot(width=width) for width in (WIDE_WIDTH, NARROW_WIDTH))
    return (
        f'<h2>Cox model</h2><figure><div class="wide">{wide.svg}</div><div class="narrow">{narrow.svg}</div></figure>\n'
    )


def _item(check: Check) -> str:
    kind = ' class="look"' if check.verdict == "look" else ""
    return f"<li{kind}><b>{WORDS[check.verdict]}</b>{escape(check.name)}: {escape(check.found)}</li>"

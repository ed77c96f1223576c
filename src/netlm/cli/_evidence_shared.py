"""What the commands on evidence share: which studies, and of which option."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Problem

if TYPE_CHECKING:
    from ..evidence import Evidence

__all__ = ["FORMAT", "FORMATS", "Studies", "check_option", "which_studies"]

FORMATS = ("text", "json")
FORMAT = click.option("--format", "format_name", default="text", metavar="text|json", help="Output format.")


@dataclass(frozen=True)
class Studies:
    """Which studies one run looks at: those that come with netlm and one's own, up to a year."""

    until: int | None
    own: str | None

    def load(self) -> Evidence:
        """The studies.

        Raises ``Problems``.
        """
        from ..evidence import load_evidence

        whole = load_evidence()
        if self.own is not None:
            whole = whole.with_files(Path(self.own))
        return whole.until(self.until) if self.until is not None else whole


def which_studies(command: Callable[..., None]) -> Callable[..., None]:
    """``--evidence-until`` and ``--publications``, given to the command as one argument ``which``."""

    @click.option("--publications", metavar="PATH", help="A file or folder of your own studies, added.")
    @click.option("--evidence-until", "until", type=int, metavar="YEAR", help="Only what was published by then.")
    @wraps(command)
    def taking_both(until: int | None, publications: str | None, **rest: Any) -> None:
        command(which=Studies(until, publications), **rest)

    return taking_both


def check_option(found: Evidence, option: str | None) -> None:
    """Refuse an option that is not known.

    Raises ``Problem``.
    """
    if option is not None and option not in found.dictionary.options:
        remedy = "`netlm guidance` lists all options."
        raise Problem("an unknown option", "an option id", remedy, "usage", place="--option")

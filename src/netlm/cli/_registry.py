"""``netlm registry``: many patients."""

from __future__ import annotations

import click

from ._registry_assess import assess_command, facts_command, what_if_command

__all__ = ["registry_command"]


@click.group(name="registry", commands=[facts_command, assess_command, what_if_command])
def registry_command() -> None:
    """Keep many patients: their cases, what was decided, what was done and what came of it."""

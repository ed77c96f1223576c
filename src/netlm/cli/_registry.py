"""``netlm registry``: many patients in one file."""

from __future__ import annotations

import click

from ._registry_export import export_command
from ._registry_import import import_command, map_command, template_command
from ._registry_store import check_command, init_command, list_command, migrate_command, show_command
from ._registry_synthesize import synthesize_command

__all__ = ["registry_command"]


@click.group(
    name="registry",
    commands=[
        init_command,
        import_command,
        map_command,
        template_command,
        check_command,
        list_command,
        show_command,
        export_command,
        migrate_command,
        synthesize_command,
    ],
)
def registry_command() -> None:
    """Keep many patients: their cases, what was decided, what was done and what came of it."""

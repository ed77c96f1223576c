"""The command line: one file per command."""

from ._main import main

__all__ = ["main"]

"""netlm: prepares the tumour board for patients with neuroendocrine tumour liver metastases.

>>> import netlm                                                      # doctest: +SKIP
>>> dossier = netlm.board(netlm.load_case("case.yaml"))               # doctest: +SKIP
>>> dossier.options["transplantation.milan"].verdict                  # doctest: +SKIP
'excluded'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Case, load_case
    from .decision import Decision, load_decision
    from .dossier import Dossier, board
    from .errors import NetlmError, Problem, Problems
    from .guidance import Pack, load_pack

__all__ = [
    "Case", "Decision", "Dossier", "NetlmError", "Pack", "Problem", "Problems", "__version__", "board", "load_case",
    "load_decision", "load_pack",
]  # fmt: skip

__version__ = "0.1.0"

_HOMES = {
    "Case": "case", "load_case": "case", "Decision": "decision", "load_decision": "decision", "Dossier": "dossier",
    "board": "dossier", "NetlmError": "errors", "Problem": "errors", "Problems": "errors", "Pack": "guidance",
    "load_pack": "guidance",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import public names when they are first asked for, so that the command line starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'netlm' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)

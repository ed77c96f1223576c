"""A case from a file: a case file, or a FHIR bundle with what somebody adds to it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from ..dictionary import Dictionary, load_dictionary
from ..errors import Problem, Problems
from ..files import parse_text, read_bytes, shown_path
from ._model import Case
from ._read import read_case

__all__ = ["load_case"]

BUNDLE_BYTES = 16_000_000
_MAY_BE_FHIR = (b'"resourceType"', b"http://hl7.org/fhir")
"""What no FHIR file is without; a case file without them is read before anything of FHIR is loaded."""


def load_case(
    path: str | Path,
    dictionary: Dictionary | None = None,
    *,
    supplement: str | Path | None = None,
    as_of: datetime.date | None = None,
) -> Case:
    """The case in a file (``-`` is standard input): a case file, or a FHIR R4 Bundle of one patient.

    ``supplement`` is a file of the same format as a case file that adds to a bundle what it does not hold, and
    ``as_of`` the day on which the board looks; without one it is the latest day that the bundle states.
    Raises ``Problems`` with everything that is wrong in a case file, each with its line; with what of a bundle cannot
    be used at all (what merely cannot be read becomes unknown, and an issue of the case).
    """
    file, known = shown_path(path), dictionary or load_dictionary()
    content = read_bytes(path, BUNDLE_BYTES)
    if len(content) > BUNDLE_BYTES:
        problem = Problem("more than 16 MB", "at most 16 MB", "Is this the right file?", "too-large", file=file)
        raise Problems([problem], file)
    bundle = _bundle(content, file)
    if bundle is None:
        if supplement is not None or as_of is not None:
            raise _for_bundles("--with" if supplement is not None else "--as-of")
        return read_case(parse_text(content, file), file, known)
    from ._fhir import read_fhir
    from ._supplement import read_supplement, supplemented

    if supplement is None:
        return read_fhir(bundle, content, file, known, as_of)
    extra = read_supplement(supplement, as_of)
    return supplemented(read_fhir(bundle, content, file, known, extra.as_of), extra)


def _bundle(content: bytes, file: str) -> dict[str, Any] | None:
    """The content as a bundle; None where it is no FHIR."""
    if not any(sign in content for sign in _MAY_BE_FHIR):
        return None
    from ._fhir_bundle import parse_bundle

    return parse_bundle(content, file)


def _for_bundles(option: str) -> Problems:
    problem = Problem(
        f"{option} with a case file", "a FHIR Bundle", "A case file says everything itself; change it there.", "usage",
        place=option,
    )  # fmt: skip
    return Problems([problem], option)

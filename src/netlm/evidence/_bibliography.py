"""The references of studies for other programs: BibTeX and CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..dictionary import Reference

__all__ = ["as_bibtex", "as_csl"]

_SPECIAL = re.compile(r"([&%$#_{}])")


def as_bibtex(references: Iterable[Reference]) -> str:
    """The references as BibTeX, in the order given; what is not known is left out."""
    return "\n".join("\n".join(_entry(one)) + "\n" for one in references)


def _entry(reference: Reference) -> Iterator[str]:
    record = reference.record
    yield f"@{'article' if 'journal' in record else 'misc'}{{{reference.id},"
    names = {"authors": "author", "title": "title", "journal": "journal", "pages": "pages"}
    names["year"] = "year" if reference.dated else "urldate"
    for key, name in names.items():
        if key in record:
            value = _authors(str(record[key]), " and ") if key == "authors" else _escaped(str(record[key]))
            yield f"  {name} = {{{value.replace('-', '--') if key == 'pages' else value}}},"
    volume, number = _volume(record)
    if volume:
        yield f"  volume = {{{volume}}},"
    if number:
        yield f"  number = {{{number}}},"
    for key in ("doi", "pmid"):
        if key in record:
            yield f"  {key} = {{{record[key]}}},"
    if "registration" in record:
        yield f"  note = {{{record['registration']}}},"
    yield "}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _authors(text: str, between: str) -> str:
    names = [name.strip() for name in text.split(",")]
    told = ["others" if name in ("et al", "et al.") else _family_first(name) for name in names if name]
    return _escaped(between.join(told))


def _family_first(name: str) -> str:
    family, _, initials = name.rpartition(" ")
    return f"{family}, {initials}" if family and initials.isupper() else f"{{{name}}}"


def _volume(record: Mapping[str, Any]) -> tuple[str, str]:
    """Volume and issue from ``27(9)``."""
    found = re.fullmatch(r"(.*?)(?:\((.*)\))?", str(record.get("volume", "")))
    return (found[1] or "", found[2] or "") if found else ("", "")


def as_csl(references: Iterable[Reference]) -> list[dict[str, Any]]:
    """The references as CSL-JSON (version 1.0.2)."""
    return [dict(_csl(one)) for one in references]


def _csl(reference: Reference) -> Iterator[tuple[str, Any]]:
    record = reference.record
    yield "id", reference.id
    yield "type", "article-journal" if "journal" in record else "document"
    names = {"title": "title", "journal": "container-title", "pages": "page", "doi": "DOI", "pmid": "PMID"}
    for key, name in names.items():
        if key in record:
            yield name, str(record[key])
    if "year" in record:
        yield "issued" if reference.dated else "accessed", {"date-parts": [[int(record["year"])]]}
    volume, issue = _volume(record)
    if volume:
        yield "volume", volume
    if issue:
        yield "issue", issue
    if "authors" in record:
        names_given = [name.strip() for name in str(record["authors"]).split(",") if name.strip()]
        yield "author", [_csl_name(name) for name in names_given if name not in ("et al", "et al.")]
    if "registration" in record:
        yield "note", str(record["registration"])


def _csl_name(name: str) -> dict[str, str]:
    family, _, initials = name.rpartition(" ")
    return {"family": family, "given": initials} if family and initials.isupper() else {"literal": name}

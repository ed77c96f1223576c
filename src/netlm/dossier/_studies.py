"""The studies under each option, in words; options of which the same studies speak share what is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..evidence import APPLICABILITY, SELECTED, Match, OptionEvidence, Outlook, say_dated, say_match
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["BEYOND", "StudyLine", "UnderOptions", "since_said", "studies_beyond", "studies_under"]

BEYOND = "treatments that this source does not judge"


@dataclass(frozen=True)
class StudyLine:
    """A study beside this patient: its name and year, whether it applies, what it found, and what to beware of."""

    name: str
    word: str
    says: str
    beware: str


@dataclass(frozen=True)
class UnderOptions:
    """The evidence under some options: the studies that matter, the others by name, what was seen after.

    ``brief`` names the studies that matter and how they match; ``aloud`` gives their numbers too, of each study once
    in a dossier, for where there is no room for more.
    """

    options: str
    brief: str
    aloud: str
    studies: tuple[StudyLine, ...]
    rest: str
    outlook: tuple[str, ...]
    outlook_note: str


def studies_under(
    dossier: Dossier, say: Wording, options: Iterable[str], told: set[str] | None = None
) -> Iterator[UnderOptions]:
    """The evidence under these options, one entry for those of which the same is said.

    ``told`` has the names of studies whose numbers were said aloud before; those said here are added.
    """
    before = set() if told is None else told
    groups: dict[tuple[tuple[StudyLine, ...], str, tuple[str, ...]], list[str]] = {}
    for option in options:
        found = dossier.evidence.options[option]
        key = (tuple(_line(match) for match in found.matters), _rest(found), tuple(_after(found.outlook)))
        groups.setdefault(key, []).append(say.names.option(option))
    for (studies, rest, outlook), names in groups.items():
        yield _under("; ".join(names), studies, rest, outlook, before)


def studies_beyond(dossier: Dossier, told: set[str] | None = None) -> Iterator[UnderOptions]:
    """The trials of treatments that the guidance does not judge; nothing where none would have taken this patient."""
    found = dossier.evidence.beyond
    if found.matters:
        studies = tuple(_line(match) for match in found.matters)
        yield _under(BEYOND, studies, _rest(found), (), set() if told is None else told)


def _under(
    options: str, studies: tuple[StudyLine, ...], rest: str, outlook: tuple[str, ...], before: set[str]
) -> UnderOptions:
    brief = "; ".join(f"{one.name}, {one.word}" for one in studies) or "none"
    aloud = ". ".join(_aloud(one, before) for one in studies) or "none"
    before.update(one.name for one in studies)
    return UnderOptions(options, brief, aloud, studies, rest, outlook, SELECTED if outlook else "")


def since_said(dossier: Dossier, option: str) -> str:
    """``since then NETTER-2, 2024``: later trials that point the other way than the verdict."""
    found = [one for one in dossier.since if one.option == option]
    names = [f"{one.match.study.name}, {one.result.year}{_for(one.better)}" for one in found]
    return f"since then {'; '.join(names)}" if names else ""


def _for(better: str) -> str:
    return f", in favour of {better}" if better else ""


def _line(match: Match) -> StudyLine:
    study = match.study
    headline = study.headline
    beware = headline.warning if headline and headline.warning else ""
    named = " what is named" if match.word == "applies_except" else ""
    return StudyLine(say_dated(study), f"{APPLICABILITY[match.word]}{named}", say_match(match), beware)


def _aloud(one: StudyLine, before: set[str]) -> str:
    if one.name in before:
        return f"{one.name}, {one.word}, told above"
    return f"{one.name}, {one.word}: {one.says}{f' ({one.beware})' if one.beware else ''}"


def _rest(found: OptionEvidence) -> str:
    return "; ".join(f"{one.study.name} ({APPLICABILITY[one.word]})" for one in found.rest)


def _after(outlook: Iterable[Outlook]) -> Iterator[str]:
    """What one group of one study had after the option, with of how many it speaks."""
    for one in outlook:
        n = f"; {one.size}" if one.size else ""
        mark = "" if one.applies == "applies" else f" ({APPLICABILITY[one.applies]})"
        yield f"{one.study.name}: {one.says}{n}{mark}"

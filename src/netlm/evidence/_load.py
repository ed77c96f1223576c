"""Every publication of the knowledge, read once and kept by the content of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from ..dictionary import (
    DICTIONARY_PARTS,
    Dictionary,
    kept_knowledge,
    knowledge_folder,
    knowledge_records,
    load_dictionary,
    read_references,
)
from ..errors import Problem, Problems, nearest
from ..files import Record, read_tree
from ._alarms import Alarm, alarms
from ._model import (
    Approval,
    Arm,
    Criterion,
    Dose,
    Endpoint,
    Measure,
    Overlap,
    Publication,
    Ratio,
    Result,
    Successor,
    Support,
    Told,
)
from ._numbers import Number, PValue
from ._printed import as_corrected, as_printed
from ._read import PublicationReader
from ._vocabulary import Design, EvidenceWords, read_words

__all__ = ["Evidence", "alarms_as_printed", "load_evidence", "read_publication"]

FORM = "publication/1"
REFERENCES = "references/1"
YEAR = re.compile(r"[1-9]\d{3}")
CLASSES = (
    Approval, Arm, Criterion, Design, Dose, Endpoint, EvidenceWords, Measure, Number, Overlap, PValue, Publication,
    Ratio, Result, Successor, Support, Told,
)  # fmt: skip
"""The classes of the objects in what is kept."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """All studies, by id; ``until`` gives those that a year could know, and keeps the ``year``.

    ``later`` are those with a report that the year could not know.
    """

    studies: Mapping[str, Publication]
    words: EvidenceWords
    dictionary: Dictionary
    year: int | None = None
    later: Mapping[str, Publication] = field(default_factory=dict)

    def study(self, name: str) -> Publication:
        """The study with this id, name, alias or report.

        Raises ``Problem`` with the one that was probably meant, for one later than ``year``, and for a report of
        several studies.
        """
        found = self.studies.get(name) or self._named(self.studies, name)
        if found is not None:
            return found
        if self.later.get(name) or self._named(self.later, name):
            remedy = "Give a later year, or leave --evidence-until out."
            raise Problem(f"`{name}`, published after {self.year}", "an earlier study", remedy, "usage", place="STUDY")
        close = nearest(name, [*self.studies, *_by_name(self.studies)])
        remedy = f"Did you mean `{close}`?" if close else "`netlm evidence list` lists all studies."
        raise Problem(f"`{name}`, an unknown study", "the id of a study", remedy, "unknown-study", place="STUDY")

    def _named(self, studies: Mapping[str, Publication], name: str) -> Publication | None:
        found = _by_name(studies).get(name.casefold(), [])
        if len(found) > 1:
            listed = " and ".join(f"`{one.id}`" for one in found)
            raise Problem(f"`{name}`, a report of {listed}", "one study", "Name one of them.", "usage", place="STUDY")
        return found[0] if found else None

    def until(self, year: int) -> Evidence:
        """What was published by the end of ``year``: later results are gone, what they replaced stands again.

        Raises ``Problem`` for what is no year.
        """
        if YEAR.fullmatch(str(year)) is None:
            raise Problem(
                f"{year}", "a year of four digits", "Write it out, such as 2020.", "usage", place="--evidence-until"
            )
        from ._until import known_by

        kept = {name: known_by(study, year, self) for name, study in self.studies.items()}
        later = {
            name: study for name, study in self.studies.items()
            if (then := kept[name]) is None or then.reports != study.reports
        }  # fmt: skip
        known = {name: study for name, study in kept.items() if study}
        return Evidence(known, self.words, self.dictionary, year, later)

    def with_files(self, path: Path) -> Evidence:
        """These studies and those of a file or folder of one's own, with the references that stand there.

        Raises ``Problems`` with file and line for everything that is wrong in them.
        """
        references = dict(self.dictionary.references)
        if path.is_dir():
            for record in knowledge_records(path, REFERENCES):
                for name, entry in record.named("references"):
                    if name in references:
                        entry.fail(None, f"the id `{name}` again", "each id once", "Give it another id.")
                references |= read_references(record)
        dictionary = replace(self.dictionary, references=references)
        added = _read_all(path, dictionary, self.studies)
        if path.is_dir():
            _refuse_unread(path, bool(added))
        return Evidence({**self.studies, **{study.id: study for study in added}}, self.words, dictionary)


def _by_name(studies: Mapping[str, Publication]) -> dict[str, list[Publication]]:
    """The studies by what else they are called; two may share a report."""
    found: dict[str, list[Publication]] = {}
    for study in studies.values():
        for name in {one.casefold() for one in (study.name, *study.aliases, *study.reports)}:
            found.setdefault(name, []).append(study)
    return found


def _refuse_unread(folder: Path, found: bool) -> None:
    """Refuse what would be passed over in silence: a file without a version that is known, a folder without a study."""
    for path in sorted(folder.rglob("*.yaml")):
        record = Record(read_tree(path), str(path))
        form = record.text("netlm", "")
        if form not in (FORM, REFERENCES) and form.partition("/")[0] in ("", "publication", "references"):
            record.fail("netlm", f"`{form}`" if form else "nothing", f"`{FORM}` or `{REFERENCES}`")
    if not found:
        raise Problem(
            "no study", f"one or more .yaml files that begin with `netlm: {FORM}`", "Name the folder that holds them.",
            "no-study", file=str(folder),
        )  # fmt: skip


@cache
def load_evidence() -> Evidence:
    """Every study that comes with netlm.

    Raises ``Problems`` with file and line for everything that is wrong, numbers that contradict each other included.
    """
    dictionary = load_dictionary()
    studies, words = kept_knowledge(
        "evidence",
        (*DICTIONARY_PARTS, "publications"),
        lambda: (_read_all(_home(), dictionary), _words()),
        CLASSES,
        ("evidence",),
    )
    return Evidence({study.id: study for study in studies}, words, dictionary)


def _home() -> Path:
    return knowledge_folder() / "publications"


@cache
def _words() -> EvidenceWords:
    return read_words(next(knowledge_records(_home() / "words.yaml", "evidence-words/1")))


def _read_all(home: Path, dictionary: Dictionary, beside: Mapping[str, Publication] | None = None) -> list[Publication]:
    studies: list[Publication] = []
    problems: list[Problem] = []
    for record in knowledge_records(home, FORM):
        try:
            studies.append(read_publication(record, dictionary))
        except Problems as found:
            problems.extend(found.problems)
    problems.extend(_between(studies, beside or {}))
    if problems:
        raise Problems(problems)
    return studies


def read_publication(source: Record | Path, dictionary: Dictionary, *, printed: bool = False) -> Publication:
    """One study from its file; ``printed`` as the review prints it, damage included and unchecked.

    Raises ``Problems``.
    """
    record = Record(read_tree(source), str(source)) if isinstance(source, Path) else source
    words = _words()
    if printed:
        plain = Record(as_printed(record.node), record.file)
        return PublicationReader(dictionary, words).read(plain, {})
    node, overlays = as_corrected(record.node)
    study = PublicationReader(dictionary, words).read(Record(node, record.file), overlays)
    if problems := list(_unaccepted(study)):
        raise Problems(problems, record.file)
    return study


def alarms_as_printed() -> dict[str, tuple[Alarm, ...]]:
    """For every study whose print is damaged, the alarms that its printed numbers raise."""
    dictionary = load_dictionary()
    return {
        record.text("id"): tuple(alarms(read_publication(record, dictionary, printed=True)))
        for record in knowledge_records(_home(), FORM)
        if as_corrected(record.node)[1]
    }


def _unaccepted(study: Publication) -> Iterator[Problem]:
    """Alarms without a reason why the numbers stand, and reasons without an alarm."""
    raised: set[tuple[str, str]] = set()
    accepted = {(result.id, check) for result in study.results for check in result.accepted}
    accepted |= {("", check) for check in study.accepted}
    for alarm in alarms(study):
        key = (alarm.place if study.result(alarm.place) else "", alarm.check)
        raised.add(key)
        if key not in accepted:
            yield Problem(
                alarm.says, "numbers that can all be true",
                f"Correct them, or say under `accepted: {{{alarm.check}: ...}}` why they stand.", "evidence-alarm",
                file=study.file, line=alarm.line or None, place=alarm.place,
            )  # fmt: skip
    for place, check in sorted(accepted - raised):
        yield Problem(
            f"`{check}` accepted where it raises no alarm", "reasons for alarms only", "Remove it.", "bad-knowledge",
            file=study.file, place=place or "accepted",
        )  # fmt: skip


def _between(studies: Sequence[Publication], beside: Mapping[str, Publication]) -> Iterator[Problem]:
    """Ids and names once each, and every study and result that another one names."""
    known = dict(beside)
    names = {name.casefold() for study in beside.values() for name in (study.id, study.name, *study.aliases)}
    for study in studies:
        if study.id in known:
            yield _wrong(study, f"the id `{study.id}` again", "each id once", "id")
        known[study.id] = study
        own = {name.casefold(): name for name in (study.id, study.name, *study.aliases)}
        for taken in sorted(own.keys() & names - {study.id.casefold()}):
            yield _wrong(study, f"the name `{own[taken]}` again", "each name once", "name")
        names |= own.keys()
    for study in studies:
        for overlap in study.overlaps:
            if overlap.study not in known or overlap.study == study.id:
                yield _wrong(study, f"`{overlap.study}`", "another study that there is", "overlaps")
        yield from _successors(study)


def _successors(study: Publication) -> Iterator[Problem]:
    """A later result is one of the same study, and no chain of them leads back: one of them stands."""
    for result in study.results:
        later = result.superseded_by
        if later is None:
            continue
        if later.study != study.id:
            found, expected = f"`{later.study}/{later.result}`, of another study", "a later result of this study"
            yield _wrong(study, found, expected, result.id, result.line)
        elif study.result(later.result) is None:
            yield _wrong(study, f"`{later.study}/{later.result}`", "a result that there is", result.id, result.line)
        elif _leads_back(study, result):
            found = f"what takes the place of `{result.id}` leads back to itself"
            yield _wrong(study, found, "a last result that stands", result.id, result.line)


def _leads_back(study: Publication, result: Result) -> bool:
    passed = {result.id}
    later = result.superseded_by
    while later is not None and (following := study.result(later.result)) is not None:
        if following.id in passed:
            return following.id == result.id
        passed.add(following.id)
        later = following.superseded_by
    return False


def _wrong(study: Publication, found: str, expected: str, place: str, line: int | None = None) -> Problem:
    return Problem(found, expected, "Correct it.", "bad-knowledge", file=study.file, line=line, place=place)

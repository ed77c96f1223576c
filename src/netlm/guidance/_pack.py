"""A guidance pack: the arguments of one source for and against every option, read and checked at load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from ..dictionary import (
    DICTIONARY_CLASSES,
    DICTIONARY_PARTS,
    PROVENANCES,
    Citation,
    Dictionary,
    Limit,
    Reference,
    kept_knowledge,
    knowledge_folder,
    knowledge_records,
    load_dictionary,
    named_limits,
    read_citation,
    read_limit,
    read_references,
)  # fmt: skip
from ..errors import Problem, Problems, nearest
from ..files import Record
from ..logic import Expression, Rule, check, compile_rule, options_of
from ._roles import ROLES

__all__ = ["Argument", "Flag", "NotConsidered", "Note", "Pack", "load_pack"]

DEFAULT = "landmark_2020"


@dataclass(frozen=True)
class Argument:
    """One criterion in its role for or against an option; ``facts`` are ids of the source's facts."""

    id: str
    role: str
    text: str
    when: Expression
    says: str
    provenance: str
    cite: Citation
    facts: tuple[str, ...]
    strength: str | None = None
    lesion: bool = False
    limits: Mapping[str, Limit] = field(default_factory=dict)
    note: str | None = None
    printed: str | None = None
    correction: str | None = None
    own: bool = True

    @cached_property
    def rule(self) -> Rule:
        """``when`` as a function of a patient's facts."""
        return compile_rule(self.when)


@dataclass(frozen=True)
class Flag:
    """What is pointed out beside the verdicts where ``when`` certainly holds; ``options`` is empty for all."""

    id: str
    about: tuple[str, ...]
    when: Expression
    says: str
    options: tuple[str, ...]
    facts: tuple[str, ...]
    cite: Citation

    @cached_property
    def rule(self) -> Rule:
        """``when`` as a function of a patient's facts."""
        return compile_rule(self.when)


@dataclass(frozen=True)
class Note:
    """What is told to everyone, or unless ``when`` certainly does not hold.

    ``disagreement`` says in one sentence what sources disagree on; empty where they do not.
    """

    id: str
    title: str
    says: str
    disagreement: str
    when: Expression | None
    options: tuple[str, ...]
    facts: tuple[str, ...]
    cite: Citation

    @cached_property
    def rule(self) -> Rule | None:
        """``when`` as a function of a patient's facts."""
        return compile_rule(self.when) if self.when else None


@dataclass(frozen=True)
class NotConsidered:
    """A safety fact that the pack does not judge, and the options beside which it is shown."""

    about: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """All of one source's guidance over one dictionary."""

    id: str
    title: str
    year: int
    source: str
    about: Mapping[str, Any]
    dictionary: Dictionary
    references: Mapping[str, Reference]
    order: tuple[str, ...]
    arguments: Mapping[str, tuple[Argument, ...]]
    flags: tuple[Flag, ...]
    notes: tuple[Note, ...]
    not_considered: tuple[NotConsidered, ...]


def load_pack(name: str | Path = DEFAULT, conventions: Mapping[str, str] | None = None) -> Pack:
    """A pack by name, or by the folder of a centre's own.

    ``conventions`` replace named numbers for this run. A pack whose ``pack.yaml`` says ``extends: NAME`` begins as
    a copy of that pack: its arguments replace those of the same option and id, and ``omit`` leaves some out.
    Raises ``Problems`` with file and line for everything that is wrong in it.
    """
    dictionary, folder = load_dictionary(tuple(sorted((conventions or {}).items()))), _folder(name)
    if conventions or folder.parent != _home():
        return _Loader(dictionary).load(folder)
    own = kept_knowledge(
        f"pack-{folder.name}", (*DICTIONARY_PARTS, "guidance"), lambda: _own(_Loader(dictionary).load(folder)),
        (*DICTIONARY_CLASSES, Argument, Flag, NotConsidered, Note), ("guidance",),
    )  # fmt: skip
    return Pack(**own | {"dictionary": dictionary, "references": {**dictionary.references, **own["references"]}})


def _own(pack: Pack) -> dict[str, Any]:
    """The fields of a pack without its dictionary, and of the references those that are not the dictionary's."""
    own = {one.name: getattr(pack, one.name) for one in fields(pack) if one.name != "dictionary"}
    known = pack.dictionary.references
    return own | {"references": {name: one for name, one in pack.references.items() if known.get(name) is not one}}


def _home() -> Path:
    return knowledge_folder() / "guidance"


def _folder(name: str | Path) -> Path:
    known = _home()
    if str(name) in (path.name for path in known.iterdir()):
        return known / str(name)
    if not (Path(name) / "pack.yaml").is_file():
        packs = ", ".join(sorted(path.name for path in known.iterdir()))
        problem = Problem(
            "no guidance pack", "the name of a pack, or a folder with a pack.yaml", f"Known packs: {packs}.",
            "no-pack", file=str(name), place="--guidance",
        )  # fmt: skip
        raise Problems([problem], str(name))
    return Path(name)


class _Loader:
    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.references = dict(dictionary.references)
        self.opened: list[Path] = []
        self.vocabulary = dictionary.vocabulary
        self.problems: list[Problem] = []

    def load(self, folder: Path) -> Pack:
        head = next(knowledge_records(folder / "pack.yaml", "guidance-pack/1"))
        head.only(
            "netlm", "id", "title", "year", "source", "covers", "does_not_cover", "reviewed_by_clinician", "order",
            "extends", "omit", "note",
        )  # fmt: skip
        self.opened.append(folder.resolve())
        base = self._base(head) if "extends" in head else None
        year = head.text("year", str(base.year) if base else None)
        if not year.isdigit():
            head.fail("year", f"`{year}`", "a year such as 2020")
        for record in knowledge_records(folder, "references/1"):
            self.references |= read_references(record)
        order = head.texts("order") or (base.order if base else ())
        for option in order:
            if option not in self.dictionary.options:
                head.fail("order", f"`{option}`", "a known option", _meant(option, self.dictionary.options))
        arguments = self._all_arguments(folder, order, base, head)
        flags = tuple(self._from(folder, "guidance-flags/1", "flags", self._flag, order))
        notes = tuple(self._from(folder, "guidance-notes/1", "notes", self._note, order))
        unjudged = tuple(self._from(folder, "guidance-flags/1", "not_considered", self._unjudged, order))
        if self.problems:
            raise Problems(self.problems, str(folder))
        return Pack(
            head.text("id"), head.text("title"), int(year),
            head.text("source", base.source if base else None), {**(base.about if base else {}), **head.plain()},
            self.dictionary, self.references, order, arguments,
            (*(base.flags if base else ()), *flags), (*(base.notes if base else ()), *notes),
            (*(base.not_considered if base else ()), *unjudged),
        )  # fmt: skip

    def _base(self, head: Record) -> Pack:
        """The pack that this one extends."""
        folder = _folder(head.text("extends"))
        if folder.resolve() in self.opened:
            head.fail("extends", "a pack that leads back to itself", "another pack")
        return self.load(folder)

    def _all_arguments(
        self, folder: Path, order: tuple[str, ...], base: Pack | None, head: Record
    ) -> dict[str, tuple[Argument, ...]]:
        found: dict[str, dict[str, Argument]] = {option: {} for option in order}
        if base:
            for option, kept in base.arguments.items():
                found.setdefault(option, {}).update({argument.id: argument for argument in kept})
        for option, argument, record in self._arguments(folder, order):
            present = found[option].get(argument.id)
            if present is None or argument.own or (base and present in base.arguments.get(option, ())):
                if (
                    present is not None
                    and present.own
                    and argument.own
                    and not (base and present in base.arguments[option])
                ):
                    record.fail("id", f"`{argument.id}` again for {option}", "each id once")
                found[option][argument.id] = argument
        for omitted in head.records("omit"):
            option, name = omitted.text("option"), omitted.text("argument")
            omitted.text("because")
            if name not in found.get(option, {}):
                omitted.fail("argument", f"`{name}`", f"an argument of {option}", _meant(name, found.get(option, ())))
            del found[option][name]
        self._check_whole(found, order, head)
        return {option: tuple(found[option].values()) for option in order}

    def _check_whole(self, found: Mapping[str, Mapping[str, Argument]], order: tuple[str, ...], head: Record) -> None:
        """Every option says whom it covers, and asks only for verdicts that the pack gives."""
        for option in order:
            arguments = found[option].values()
            if not any(argument.role == "within" for argument in arguments):
                head.fail(
                    "order", f"{option} without a `within`", "at least one argument of that role for every option"
                )
            for argument in arguments:
                for other in options_of(argument.when):
                    if other not in order:
                        asks = f"{other}, whose verdict {option} asks for ({argument.id})"
                        head.fail("order", f"no {other}", asks)

    def _arguments(self, folder: Path, order: tuple[str, ...]) -> Iterator[tuple[str, Argument, Record]]:
        records = list(knowledge_records(folder, "guidance/1"))
        records.sort(key=lambda record: len(record.texts("option")), reverse=True)  # shared files first
        for record in records:
            record.only("netlm", "option", "arguments")
            options = record.texts("option")
            for option in options:
                if option not in order:
                    record.fail("option", f"`{option}`", "an option of the pack", _meant(option, order))
            for entry in record.records("arguments"):
                try:
                    argument = self._argument(entry, own=len(options) == 1)
                except Problems as problems:
                    self.problems.extend(problems.problems)
                    continue
                for option in options:
                    yield option, argument, entry

    def _argument(self, entry: Record, own: bool) -> Argument:
        entry.only(
            "id", "role", "scope", "when", "limit", "limits", "says", "strength", "provenance", "facts", "cite", "note",
            "printed", "correction",
        )  # fmt: skip
        role = entry.choice("role", tuple(ROLES))
        if role in ("requires", "excludes"):
            entry.choice("strength", ("absolute", "general"))
        lesion = entry.choice("scope", ("patient", "lesion"), "patient") == "lesion"
        provenance = entry.choice("provenance", PROVENANCES)
        limits = self._limits(entry)
        when = self._check(entry, limits, lesion)
        if provenance == "corrected":
            entry.text("printed")
            entry.choice("correction", ("verified", "arithmetic", "recalled"))
        return Argument(
            entry.text("id"), role, " ".join(entry.text("when").split()), when, entry.text("says"), provenance,
            self._cite(entry), entry.texts("facts"), entry.maybe("strength"), lesion, limits,
            entry.maybe("note"), entry.maybe("printed"), entry.maybe("correction"), own,
        )  # fmt: skip

    def _cite(self, entry: Record) -> Citation:
        cite = read_citation(entry.record("cite"))
        if cite.via not in self.references:
            entry.fail("cite", f"`{cite.via}`", "a reference of references.yaml", _meant(cite.via, self.references))
        return cite

    def _limits(self, entry: Record) -> dict[str, Limit]:
        cite = self._cite(entry) if "cite" in entry else None
        provenance = entry.maybe("provenance") or "source"
        named = {name: read_limit(limit, cite, provenance) for name, limit in entry.named("limits")}
        if "limit" in entry:
            named["limit"] = Limit(entry.text("limit"), provenance, cite, entry.maybe("printed"))
        return named

    def _check(self, entry: Record, limits: Mapping[str, Limit], lesion: bool = False) -> Expression:
        try:
            texts = named_limits(limits, self.dictionary.conventions)
            return check(entry.text("when"), self.vocabulary, texts, lesion=lesion)
        except Problem as problem:
            entry.refit("when", problem)

    def _from(self, folder: Path, form: str, key: str, read: Any, order: tuple[str, ...]) -> Iterator[Any]:
        for record in knowledge_records(folder, form):
            for entry in record.records(key):
                try:
                    yield read(entry, order)
                except Problems as problems:
                    self.problems.extend(problems.problems)

    def _flag(self, entry: Record, order: tuple[str, ...]) -> Flag:
        entry.only("id", "about", "options", "when", "limits", "says", "facts", "cite")
        when = self._check(entry, self._limits(entry))
        return Flag(
            entry.text("id"), entry.texts("about"), when, entry.text("says"),
            _options(entry, order), entry.texts("facts"), self._cite(entry),
        )  # fmt: skip

    def _note(self, entry: Record, order: tuple[str, ...]) -> Note:
        entry.only("id", "title", "options", "when", "says", "disagreement", "facts", "cite")
        when = self._check(entry, {}) if "when" in entry else None
        told = entry.text("disagreement") if "disagreement" in entry else ""
        return Note(
            entry.text("id"), entry.text("title"), entry.text("says"), told, when, _options(entry, order),
            entry.texts("facts"), self._cite(entry),
        )  # fmt: skip

    def _unjudged(self, entry: Record, order: tuple[str, ...]) -> NotConsidered:
        entry.only("about", "options")
        if entry.text("about") not in self.dictionary.facts:
            entry.fail("about", f"`{entry.text('about')}`", "a known fact")
        return NotConsidered(entry.text("about"), _options(entry, order))


def _options(entry: Record, order: tuple[str, ...]) -> tuple[str, ...]:
    """Options by id or by the first part of their ids; ``all`` or none given is all."""
    names = entry.texts("options")
    if not names or names == ("all",):
        return ()
    found = tuple(option for option in order if option in names or option.partition(".")[0] in names)
    for name in names:
        if not any(name in (option, option.partition(".")[0]) for option in order):
            entry.fail("options", f"`{name}`", "an option or the first part of one")
    return found


def _meant(name: str, known: Any) -> str:
    close = nearest(name, known)
    return f"Did you mean `{close}`?" if close else f"Known: {', '.join(known)}."

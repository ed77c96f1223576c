"""The pages behind page one: every argument of every option, lesions by method, flags, notes, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..dictionary import Citation, Lesion, Reference, value_text
from ..guidance import ROLES, Judged, LesionVerdict, OptionVerdict
from ..values import FALSE, TRUE, UNKNOWN, Truth
from ._names import FAMILIES, KEY, SIGNS, WORDS
from ._pictures import lesion_marks
from ._studies import UnderOptions, studies_under
from ._wanted import MOST_FINDINGS, wanted
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["Details", "details_of"]

QUIET, NOT_ASKED = "·", ""
_HOLDS = ("requires", "within")
_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Status:
    """Options of a family with the same verdict, and what is open about it."""

    sign: str
    kind: str
    names: str
    words: str
    could_be: str
    missing: str
    change: str


@dataclass(frozen=True)
class Cell:
    """What an argument does to one option: a sign, and the word for it."""

    sign: str
    kind: str
    word: str


@dataclass(frozen=True)
class Row:
    """An argument that speaks on this patient, over the options of the family."""

    cells: tuple[Cell, ...]
    role: str
    says: str
    read: str
    cite: str


@dataclass(frozen=True)
class FamilyTable:
    """All arguments of one family: in rows those that speak, in running text those that are open, hold or are idle."""

    title: str
    statuses: tuple[Status, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    open: tuple[tuple[str, str], ...]
    holds: tuple[str, ...]
    idle: tuple[str, ...]
    unjudged: tuple[str, ...]
    studies: tuple[UnderOptions, ...]


@dataclass(frozen=True)
class LesionRow:
    """Lesions on which every method has the same verdict for the same reasons."""

    lesions: str
    cells: tuple[Cell, ...]
    why: str


@dataclass(frozen=True)
class Details:
    """Page two and on."""

    families: tuple[FamilyTable, ...]
    lesion_methods: tuple[str, ...]
    lesions: tuple[LesionRow, ...]
    wanted: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str], ...]
    signs: tuple[tuple[str, str, str], ...]


def details_of(dossier: Dossier, say: Wording) -> Details:
    """Everything about one patient that does not stand on page one."""
    return _Composer(dossier, say).details()


class _Composer:
    def __init__(self, dossier: Dossier, say: Wording) -> None:
        self.dossier = dossier
        self.say = say
        self.pack = dossier.pack
        self.cited: dict[str, set[int]] = {}
        self.told: set[str] = set()

    def details(self) -> Details:
        families = tuple(self._families())
        by_lesion = [option for option in self.dossier.options.values() if option.lesions]
        notes = tuple(self._notes())
        return Details(
            families,
            tuple(self.say.dictionary.options[option.id].abbreviation for option in by_lesion),
            tuple(self._lesions(by_lesion)),
            tuple(self._wanted()),
            tuple(self._flags()),
            notes,
            tuple(self._references()),
            tuple(self._signs()),
        )

    def _signs(self) -> Iterator[tuple[str, str, str]]:
        """The legend; of a verdict that rests on a stale finding where there is one."""
        yield from ((SIGNS[verdict], verdict, words) for verdict, words in KEY.items())
        signs = ((self.say.sign(one), one.verdict) for one in self.dossier.options.values())
        stale = next(((sign, verdict) for sign, verdict in signs if sign != SIGNS[verdict]), None)
        if stale is not None:
            yield *stale, "on a stale finding"

    def _families(self) -> Iterator[FamilyTable]:
        dictionary = self.dossier.case.facts.dictionary
        for family, title in FAMILIES.items():
            options = [one for one in self.dossier.options.values() if dictionary.options[one.id].family == family]
            if options:
                yield self._family(title, options)

    def _family(self, title: str, options: list[OptionVerdict]) -> FamilyTable:
        lines: dict[_Key, dict[str, Judged]] = {}
        for option in options:
            for judged in option.arguments:
                lines.setdefault(self._key(judged), {})[option.id] = judged
        rows = [(self._row(key, asked, options), self._awaited(asked)) for key, asked in lines.items()]
        rows += [(row, "what is not given of the lesions") for row in self._rows_on_lesions(options)]
        loud: list[Row] = []
        holds: list[str] = []
        idle: list[str] = []
        awaited: dict[str, list[str]] = {}
        for row, waits in rows:
            signs = {cell.sign for cell in row.cells} - {QUIET, NOT_ASKED}
            if signs == {SIGNS["cannot_tell"]}:
                awaited.setdefault(waits, []).append(self._running(row, options, with_read=False))
            elif signs:
                loud.append(row)
            else:
                (holds if row.role in _HOLDS else idle).append(self._running(row, options))
        loud.sort(key=lambda row: list(ROLES).index(row.role))
        return FamilyTable(
            title, tuple(self._statuses(options)),
            tuple(self.say.dictionary.options[option.id].abbreviation for option in options), tuple(loud),
            tuple((waits, " | ".join(said)) for waits, said in awaited.items()), tuple(holds), tuple(idle),
            tuple(self._unjudged(options)),
            tuple(studies_under(self.dossier, self.say, [option.id for option in options], self.told)),
        )  # fmt: skip

    def _awaited(self, asked: Mapping[str, Judged]) -> str:
        waiting = (judged for judged in asked.values() if judged.effect is UNKNOWN)
        return next((self.say.awaited(judged) for judged in waiting), "")

    def _key(self, judged: Judged) -> _Key:
        argument = judged.argument
        limits = "; ".join(f"{name} {limit.value}" for name, limit in argument.limits.items())
        read = "; ".join(self.say.read(judged))
        return argument.role, self.say.says(judged), read, self._cite(judged), f"{argument.text} {limits}"

    def _statuses(self, options: list[OptionVerdict]) -> Iterator[Status]:
        groups: dict[tuple[str, str, str, str, str], list[str]] = {}
        for option in options:
            still = self.say.could_be(option)
            changes = "; ".join(self.say.change(change) for change in option.would_change[:2])
            key = (option.verdict, self.say.but(option), still, self.say.missing(option), changes)
            groups.setdefault(key, []).append(self.say.called(option.id))
        for (verdict, but, still, missing, changes), names in groups.items():
            words = f"{WORDS[verdict]}, {but}" if but else WORDS[verdict]
            yield Status(SIGNS[verdict], verdict, "; ".join(names), words, still, missing, changes)

    def _row(self, key: _Key, asked: Mapping[str, Judged], options: list[OptionVerdict]) -> Row:
        role, says, read, cite, _ = key
        cells = (self._cell(role, asked[one.id].effect) if one.id in asked else _BLANK for one in options)
        return Row(tuple(cells), role, says, read, cite)

    def _cell(self, role: str, effect: Truth) -> Cell:
        if effect is FALSE:
            return Cell(QUIET, "quiet", "does not apply")
        if effect is UNKNOWN:
            return Cell(SIGNS["cannot_tell"], "cannot_tell", "open")
        verdict = ROLES[role].verdict
        return Cell(SIGNS[verdict], verdict, "for" if role == "supports" else WORDS[verdict])

    def _cell_on_lesions(self, role: str, effects: Sequence[tuple[str, Truth]]) -> Cell:
        """What an argument does to some lesion; it looks another way, since it does not speak for the option."""
        if not effects:
            return _BLANK
        cell = self._cell(role, max(effect for _, effect in effects))
        if cell.sign in (QUIET, SIGNS["cannot_tell"]):
            return cell
        return Cell(cell.sign, "on_lesion", f"{cell.word}, on a lesion")

    def _running(self, row: Row, options: list[OptionVerdict], *, with_read: bool = True) -> str:
        unasked = (NOT_ASKED,) if with_read else (NOT_ASKED, QUIET)
        asked = [
            self.say.dictionary.options[option.id].abbreviation
            for option, cell in zip(options, row.cells, strict=True)
            if cell.sign not in unasked
        ]
        only = f" ({', '.join(asked)})" if len(asked) < len(options) else ""
        return f"{row.says}{only}{f' {self.say.dash} {row.read}' if with_read and row.read else ''} {row.cite}"

    def _rows_on_lesions(self, options: list[OptionVerdict]) -> Iterator[Row]:
        """Arguments on lesions: where they bite, and for which lesions."""
        lines: dict[tuple[str, str, str, tuple[tuple[str, Truth], ...]], set[str]] = {}
        for option in options:
            for argument in self.pack.arguments[option.id] if option.lesions else ():
                judged = [(lesion.id, one) for lesion in option.lesions for one in lesion.arguments
                          if one.argument is argument]  # fmt: skip
                if judged:
                    effects = tuple((lesion, one.effect) for lesion, one in judged)
                    first = judged[0][1]
                    key = (argument.role, self.say.says(first), self._cite(first), effects)
                    lines.setdefault(key, set()).add(option.id)
        for (role, says, cite, effects), asked in lines.items():
            cells = (self._cell_on_lesions(role, effects if option.id in asked else ()) for option in options)
            yield Row(tuple(cells), role, says, _by_lesion(effects), cite)

    def _unjudged(self, options: list[OptionVerdict]) -> Iterator[str]:
        """Arguments on lesions that nothing was asked of, since no lesion is listed."""
        told: dict[str, list[str]] = {}
        for option in options:
            for argument in self.pack.arguments[option.id] if not option.lesions else ():
                if argument.lesion:
                    said = f"{argument.says} {self._cited(argument.cite, argument.provenance)}"
                    told.setdefault(said, []).append(self.say.dictionary.options[option.id].abbreviation)
        for said, names in told.items():
            yield said if len(names) == len(options) else f"{said} ({', '.join(names)})"

    def _lesions(self, options: list[OptionVerdict]) -> Iterator[LesionRow]:
        groups: dict[tuple[tuple[Cell, ...], str], list[str]] = {}
        lesions = self.dossier.case.facts.lesions or ()
        marks = lesion_marks(lesions)
        for lesion in lesions if options else ():
            judged = [next(one for one in option.lesions if one.id == lesion.id) for option in options]
            cells = tuple(Cell(SIGNS[one.verdict], one.verdict, WORDS[one.verdict]) for one in judged)
            groups.setdefault((cells, self._lesion_why(options, judged)), []).append(
                self._lesion_said(lesion, marks[lesion.id])
            )
        for (cells, why), told in groups.items():
            yield LesionRow("; ".join(told), cells, why)

    def _lesion_said(self, lesion: Lesion, mark: str) -> str:
        """``C 2.1 cm, S7, near hepatic vein``."""
        segments, size = self._field(lesion, "segment"), self._field(lesion, "size")
        parts = [size or "size unknown", f"S{segments.replace('segment ', '')}" if segments else "segment unknown"]
        if "near" in lesion.findings:
            near = self._field(lesion, "near")
            parts.append(f"near {near}" if near and near != "none" else "nothing near")
        else:
            parts.append("surroundings not given")
        return f"{mark if mark == lesion.id else f'{mark} ({lesion.id})'} {', '.join(parts)}"

    def _field(self, lesion: Lesion, name: str) -> str:
        """A field as it stands inside a sentence; empty where it is not known."""
        finding, value, kind = lesion.findings.get(name), lesion.field(name), lesion.types[name]
        if finding is None or value is None or finding.unknown is not None:
            return ""
        return value_text(kind, value, finding, {word: self.say.names.word(name, word) for word in kind.words})

    def _lesion_why(self, options: list[OptionVerdict], judged: list[LesionVerdict]) -> str:
        reasons: dict[str, list[str]] = {}
        for option, one in zip(options, judged, strict=True):
            deciding = self.say.deciding_on(one)
            if deciding is not None:
                reasons.setdefault(deciding.argument.says, []).append(self.say.names.option(option.id))
        everywhere = len(options)
        return "; ".join(
            reason if len(names) == everywhere else f"{', '.join(names)}: {reason}" for reason, names in reasons.items()
        )

    def _cite(self, judged: Judged) -> str:
        argument = judged.argument
        said = self._cited(argument.cite, argument.provenance)
        return f"{said} printed: {argument.printed}" if argument.printed else said

    def _cited(self, cite: Citation, provenance: str) -> str:
        """Section and numbers for the pack's own source; other sources by name; provenance unless it is the source."""
        self.cited.setdefault(cite.via, set()).update(int(ref) for ref in cite.refs)
        via = "" if cite.via == self.pack.source else f"{self.pack.references[cite.via].short}, "
        refs = f" {', '.join(cite.refs)}" if cite.refs else ""
        mark = "" if provenance == "source" else f" {{{provenance}}}"
        return f"[{via}{cite.section}{refs}]{mark}"

    def _wanted(self) -> Iterator[tuple[str, str]]:
        for name, would in wanted(self.say)[MOST_FINDINGS:]:
            said = f"{self.say.marked(name)}; {would}. {self.say.obtained(name)}"
            yield self.say.dictionary.facts[name].title, said

    def _flags(self) -> Iterator[tuple[str, str]]:
        for flag, options in self.say.flags():
            yield flag.id, f"{flag.says}{f' ({self.say.concerned(options)})' if options else ''}"

    def _notes(self) -> Iterator[tuple[str, str]]:
        for note in self.dossier.assessment.notes:
            yield note.title, f"{' '.join(note.says.split())} {self._cited(note.cite, 'source')}"

    def _references(self) -> Iterator[tuple[str, str]]:
        """The sources that were read, what they cite, by their numbers, then the other studies that are told."""
        numbered = {int(one.record["review_number"]): one for one in self.pack.references.values()
                    if "review_number" in one.record}  # fmt: skip
        for via in self.cited:
            reference = self.pack.references[via]
            said = _reference(reference)
            yield reference.short, "" if said == reference.short else said
        cited = [number for number in sorted(set().union(*self.cited.values())) if number in numbered]
        for number in cited:
            yield str(number), _reference(numbered[number])
        yield from self._later({numbered[number].id for number in cited})

    def _later(self, cited: set[str]) -> Iterator[tuple[str, str]]:
        """The reports from which the studies under the options are told, where no argument cites them."""
        known = self.dossier.studies.dictionary.references
        told = {match.study.id: match.study for one in self.dossier.evidence.options.values() for match in one.matters}
        for study in sorted(told.values(), key=lambda one: one.name):
            result = study.headline
            if result is not None and result.report not in cited:
                cited.add(result.report)
                reference = known[result.report]
                yield study.name, _reference(reference).removeprefix(f"{reference.short}. ")


_BLANK = Cell(NOT_ASKED, "none", "not an argument here")


def _by_lesion(effects: Iterable[tuple[str, Truth]]) -> str:
    listed = list(effects)
    groups = ((TRUE, "lesions"), (UNKNOWN, "open for"), (FALSE, "not"))
    said = ((word, [name for name, effect in listed if effect is truth]) for truth, word in groups)
    return "; ".join(f"{word} {', '.join(names)}" for word, names in said if names)


def _reference(reference: Reference) -> str:
    record = reference.record
    if "journal" not in record:  # a book, a web page, the project's own readings
        keys = ("authors", "title", "year", "note")
        told = [str(record[key]) for key in keys if key in record]
        return ". ".join([*(part.removesuffix(".") for part in told[:-1]), *told[-1:]]) or reference.short
    where = " ".join(str(record[key]) for key in ("journal", "year") if key in record)
    pages = ":".join(str(record[key]) for key in ("volume", "pages") if key in record)
    parts = [str(record.get("authors", reference.short)), where + (f";{pages}" if pages else "")]
    address = next((key for key in ("doi", "pmid") if key in record), None)
    parts += [f"{'PMID' if address == 'pmid' else address} {record[address]}"] if address else []
    return ". ".join(part for part in parts if part)

"""The dossier as JSON, format ``dossier/1``; ``dossier-1.schema.json`` beside this file describes it."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import orjson

from .. import __version__
from ..dictionary import Facts, Finding, Limit, value_json
from ..guidance import Argument, Change, Judged, LesionVerdict, Missing, Note, OptionVerdict, Pack
from ..logic import VERDICTS, Compare, Has, Lesions, OneOf, Trace, VerdictIn, facts_of, in_english, options_of, walk
from ..values import Value
from ._names import DossierNames

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["FORMAT", "dossier_json"]

FORMAT = "dossier/1"


def dossier_json(dossier: Dossier, only: str | None = None, evidence: bool = False) -> bytes:
    """Everything in the dossier; ``only`` keeps one option, with the trace of every argument.

    ``evidence`` adds the studies under each option, what came since the review, and published scores.
    """
    exported = _Exporter(dossier, only).export()
    if evidence:
        told = dossier.evidence.to_dict()
        told["options"] = [one for one in told["options"] if only in (None, one["option"])]
        exported["evidence"] = told
    return orjson.dumps(exported)


_Fixed = dict[int, tuple[bytes, tuple[str, ...], tuple[str, ...]]]
_FIXED: dict[int, tuple[Pack, _Fixed]] = {}


def _fixed_of(pack: Pack) -> _Fixed:
    """The store of what is the same for every patient, one for each pack."""
    kept = _FIXED.get(id(pack))
    if kept is None or kept[0] is not pack:
        kept = _FIXED[id(pack)] = (pack, {})
    return kept[1]


class _Values(dict[str, Any]):
    """What each fact can be, as exported; worked out when first asked for."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, name: str) -> Any:
        facts = self.facts
        if name == "lesions":
            shown: Any = {"count": len(facts.lesions or ()), "complete": facts.lesions_complete}
        else:
            kind = facts.dictionary.facts[name].type
            shown = value_json(kind, facts.value(name), facts.finding(name), facts.dictionary.units)
        self[name] = shown
        return shown


class _Exporter:
    def __init__(self, dossier: Dossier, only: str | None) -> None:
        self.dossier = dossier
        self.only = only
        self.facts: Facts = dossier.case.facts
        self.dictionary = self.facts.dictionary
        self.names = DossierNames(self.dictionary)
        self.values = _Values(self.facts)
        self._arguments: dict[int, orjson.Fragment] = {}
        self._statements: dict[tuple[str, int], Any] = {}
        self.lesions = {lesion.id: lesion for lesion in self.facts.lesions or ()}
        self.fixed = _fixed_of(dossier.pack)

    def export(self) -> dict[str, Any]:
        dossier = self.dossier
        exported = {
            "netlm": self._head(),
            "case": dossier.case.to_dict(),
            "classification": dossier.classification.to_dict(),
            "options": [self._option(option) for name, option in dossier.options.items() if self.only in (None, name)],
            "missing": [{"fact": fact, "decides": list(options)} for fact, options in dossier.assessment.missing],
            "renew": [{"fact": fact, "changes": list(found)} for fact, found in dossier.assessment.renewals.items()],
            "flags": [self._flag(flag) for flag in dossier.assessment.flags],
            "notes": [self._note(note) for note in dossier.assessment.notes],
            "facts": {name: self._finding(name) for name in self.dictionary.facts if self.facts.finding(name)},
            "undated": [name for name in self.facts.entered if self._is_undated(name)],
            "warnings": [problem.to_dict() for problem in dossier.case.warnings],
        }  # fmt: skip
        if dossier.as_written is not None:
            exported["what_if"] = {
                "set": dict(dossier.case.what_if),
                "changed": [{"option": name, "from": before, "to": now} for name, before, now in dossier.changed],
            }
        return exported

    def _head(self) -> dict[str, Any]:
        pack = self.dossier.pack
        overridden = {name: item.value for name, item in self.dictionary.conventions.items() if item.overridden}
        head = {
            "format": FORMAT,
            "version": __version__,
            "guidance": pack.id,
            "guidance_year": pack.year,
            "conventions": overridden,
        }
        year = self.dossier.studies.year
        return head if year is None else {**head, "evidence_until": year}

    def _is_undated(self, name: str) -> bool:
        return (
            self.facts.entered[name].date is None and self.dictionary.validity(self.dictionary.facts[name]) is not None
        )

    def _finding(self, name: str) -> dict[str, Any]:
        finding = self.facts.finding(name)
        assert finding is not None
        shown = {
            "value": self.values[name], "typed": finding.typed, "kind": finding.kind, "method": finding.method,
            "date": finding.date.isoformat() if finding.date else None, "source": finding.source, "by": finding.by,
        }  # fmt: skip
        return {key: item for key, item in shown.items() if item is not None}

    def _note(self, note: Note) -> dict[str, Any]:
        return {
            "id": note.id, "title": note.title, "says": note.says, "options": list(note.options),
            "facts": list(note.facts), "cite": note.cite.to_dict(),
        }  # fmt: skip

    def _flag(self, flag: Any) -> dict[str, Any]:
        shown = {"id": flag.id, "fact": flag.fact, "says": flag.says}
        if len(flag.options) == 1:
            shown["option"] = flag.options[0]
        elif flag.options:
            shown["options"] = list(flag.options)
        return shown

    def _option(self, option: OptionVerdict) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": option.id,
            "verdict": option.verdict,
            "possible": list(option.possible),
            "arguments": [self._argument(judged) for judged in option.arguments],
            "missing": [self._missing(missing) for missing in option.missing],
            "would_change": [self._change(change) for change in option.would_change],
        }
        if option.lesions:
            shown["lesions"] = [self._lesion(lesion) for lesion in option.lesions]
            complete = self.facts.lesions_complete
            shown["speaks_for"] = {
                "lesions": option.speaks_for, "listed": len(option.lesions), "complete": complete,
                "of": self.values["liver_metastases"],
            }  # fmt: skip
        return shown

    def _lesion(self, lesion: LesionVerdict) -> dict[str, Any]:
        return {
            "id": lesion.id,
            "verdict": lesion.verdict,
            "possible": list(lesion.possible),
            "arguments": [self._argument(judged, lesion.id) for judged in lesion.arguments],
        }

    def _argument(self, judged: Judged, lesion: str | None = None) -> orjson.Fragment:
        """An argument as exported; options that share it share what is made of it."""
        shown = self._arguments.get(id(judged))
        if shown is None:
            shown = self._arguments[id(judged)] = self._made(judged, lesion)
        return shown

    def _made(self, judged: Judged, lesion: str | None) -> orjson.Fragment:
        """What is the same for every patient, written out before, and after it what is this one's."""
        head, reads, options = self._fixed(judged.argument)
        values: dict[str, Any] = self.values
        if lesion is not None:
            values = {name: self._value_for(name, lesion) for name in reads}
        own: dict[str, Any] = {
            "truth": judged.truth.word, "bites": judged.effect.word, "facts": {name: values[name] for name in reads},
        }  # fmt: skip
        if options:
            own["verdicts"] = {name: list(self.dossier.options[name].possible) for name in options}
        if self.only is not None:
            own["trace"] = self._trace(judged.trace, judged.argument, lesion)
        return orjson.Fragment(head + orjson.dumps(own)[1:])

    def _fixed(self, argument: Argument) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
        """What of an argument is the same for every patient, as JSON left open, and the facts and options it reads."""
        known = self.fixed.get(id(argument))
        if known is None:
            shown = {
                "id": argument.id,
                "role": argument.role,
                "strength": argument.strength,
                "says": argument.says,
                "criterion": in_english(argument.when, self.names),
                "cite": argument.cite.to_dict(),
                "provenance": argument.provenance,
                "sources": list(argument.facts),
                "limits": self._limits(argument),
            }
            optional = {"note": argument.note, "printed": argument.printed, "correction": argument.correction}
            shown |= {key: item for key, item in optional.items() if item}
            told = {**self.dictionary.facts, **(self.dictionary.lesion_fields if argument.lesion else {})}
            reads = tuple(name for name in facts_of(argument.when) if name in told)
            head = orjson.dumps(shown)[:-1] + b","
            known = self.fixed[id(argument)] = (head, reads, options_of(argument.when))
        return known

    def _value_for(self, name: str, lesion: str | None) -> Any:
        if lesion is not None and name in self.dictionary.lesion_fields:
            found = self.lesions[lesion]
            value = found.field(name)
            assert value is not None
            return value_json(found.types[name], value, found.findings.get(name), self.dictionary.units)
        return self.values[name]

    def _limits(self, argument: Argument) -> dict[str, Any]:
        names = {node.limit.name: node.limit.text for node in walk(argument.when) if isinstance(node, Compare)}
        return {name: self._limit(argument, name, text) for name, text in names.items()}

    def _limit(self, argument: Argument, name: str, text: str) -> dict[str, Any]:
        own: Limit | None = argument.limits.get(name.removeprefix("limits."))
        provenance = own.provenance if own else "convention"
        return {"value": text, "provenance": provenance}

    def _trace(self, trace: Trace, argument: Argument, lesion: str | None) -> dict[str, Any]:
        """A step and those under it; where a fact was read also its value, as typed, with its source and date."""
        shown: dict[str, Any] = {"says": in_english(trace.node, self.names), "truth": trace.truth.word}
        if isinstance(trace.node, VerdictIn):
            possible = trace.value if isinstance(trace.value, frozenset) else frozenset[str]()
            shown["possible"] = [verdict for verdict in VERDICTS if verdict in possible]
        elif isinstance(trace.node, Compare | OneOf | Has):
            shown |= self._read(trace.node.fact, lesion)
        if isinstance(trace.node, Compare):
            limit = trace.node.limit
            shown["limit"] = {"name": limit.name, **self._limit(argument, limit.name, limit.text)}
            shown["limit"]["cite"] = self._limit_cite(argument, limit.name)
        if trace.parts:
            lesions: list[str | None] = [lesion] * len(trace.parts)
            if isinstance(trace.node, Lesions):
                lesions = [one.id for one in self.facts.lesions or ()]
            shown["parts"] = [self._trace(*step) for step in zip(trace.parts, repeat(argument), lesions, strict=False)]
        return shown

    def _limit_cite(self, argument: Argument, name: str) -> dict[str, Any]:
        own = argument.limits.get(name.removeprefix("limits."))
        if own is None:
            return self.dictionary.conventions[name.removeprefix("convention.")].cite.to_dict()
        return (own.cite or argument.cite).to_dict()

    def _read(self, name: str, lesion: str | None) -> dict[str, Any]:
        """A fact as a step of the trace read it."""
        shown: dict[str, Any] = {"fact": name, "value": self._value_for(name, lesion)}
        finding = self._finding_for(name, lesion)
        if finding is not None:
            stated = {"typed": finding.typed, "method": finding.method, "source": finding.source, "by": finding.by,
                      "date": finding.date.isoformat() if finding.date else None}  # fmt: skip
            shown |= {key: text for key, text in stated.items() if text}
        return shown

    def _finding_for(self, name: str, lesion: str | None) -> Finding | None:
        if lesion is not None and name in self.dictionary.lesion_fields:
            return self.lesions[lesion].findings.get(name)
        return self.facts.finding(name) if name in self.dictionary.facts else None

    def _missing(self, missing: Missing) -> dict[str, Any]:
        fact = self.dictionary.facts[missing.fact]
        outcomes = [
            {"value": self._stated(missing.fact, value), "possible": [VERDICTS[rank] for rank in sorted(ranks)]}
            for value, ranks in missing.outcomes
        ]
        return {"fact": missing.fact, "settles": missing.settles, "obtained": fact.obtained, "outcomes": outcomes}

    def _stated(self, name: str, value: Value) -> Any:
        """What a fact could be, as exported; options that try the same value share it."""
        key = name, id(value)
        shown = self._statements.get(key)
        if shown is None:
            finding = self.facts.finding(name)
            typed = Finding(value, "", unit=finding.unit) if finding else None
            shown = value_json(self.dictionary.facts[name].type, value, typed, self.dictionary.units)
            self._statements[key] = shown
        return shown

    def _change(self, change: Change) -> dict[str, Any]:
        return {
            "set": {name: self._stated(name, value) for name, value in change.set},
            "verdict": VERDICTS[change.rank],
        }

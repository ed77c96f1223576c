"""Reading a case file: every problem of it at once, or a case."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..dictionary import Day, Dictionary, Fact, Facts, Finding, load_dictionary, read_day, read_finding
from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Mapping, Node, Scalar, Sequence, parse_text
from ..values import Members, Numbers, Opaque, Value, Words, meet
from ._lists import Lists, read_lists
from ._model import DATA, Case, Earlier

if TYPE_CHECKING:
    from ._scan import ScanFindings

__all__ = ["read_case", "with_facts"]

FORMAT = "case/1"
_TOLD = ("question", "intent", "new_problem", "presenter", "priorities")
_TOP = ("netlm", "id", "as_of", "data", *_TOLD, "facts", "liver_scan", "checked_absent", "history")
_REQUIRED = ("netlm", "id", "as_of", "facts")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def read_case(
    document: Node,
    file: str,
    dictionary: Dictionary | None = None,
    what_if: dict[str, str] | None = None,
    issues: tuple[Problem, ...] = (),
) -> Case:
    """The case in a tree already read; ``issues`` are what could not be read before there was a tree.

    Raises ``Problems``.
    """
    return _Reader(file, dictionary or load_dictionary(), what_if or {}, issues).read(document)


def with_facts(case: Case, changes: list[str]) -> Case:
    """The case with facts set against the file, each written ``fact=value``; it is marked as a what-if.

    Raises ``Problems`` for an unknown fact or an impossible value.
    """
    document, what_if = case.document, {}
    assert isinstance(document, Mapping)
    for change in changes:
        name, equals, text = change.partition("=")
        name, text = name.strip(), text.strip()
        if not equals or not text:
            problem = Problem(safe_echo(change), "fact=value", "Write --set sstr=positive.", "usage", place="--set")
            raise Problems([problem], "--set")
        node = parse_text(text, "--set") if text[0] in "{[" else Scalar(text)
        document = _replaced(document, name, node)
        what_if[name] = text
    return read_case(document, case.file, case.facts.dictionary, what_if, case.issues)


def _replaced(document: Mapping, name: str, node: Node) -> Mapping:
    """The document with one fact set, and no longer stated as checked absent."""
    pairs = []
    for key, value in document.pairs:
        if key.text == "facts":
            facts = value.pairs if isinstance(value, Mapping) else ()
            kept = tuple(pair for pair in facts if pair[0].text != name)
            value = Mapping((*kept, (Scalar(name), node)), value.line, value.column)
        if key.text == "checked_absent":
            value = _without(value, name)
        pairs.append((key, value))
    return Mapping(tuple(pairs), document.line, document.column)


def _without(node: Node, name: str) -> Node:
    if isinstance(node, Mapping):
        return Mapping(tuple((key, _without(value, name)) for key, value in node.pairs), node.line, node.column)
    if isinstance(node, Sequence):
        kept = tuple(
            _without(item, name) for item in node.items if not (isinstance(item, Scalar) and item.text == name)
        )
        return Sequence(kept, node.line, node.column)
    return node


class _Reader:
    def __init__(self, file: str, dictionary: Dictionary, what_if: dict[str, str], issues: tuple[Problem, ...]) -> None:
        self.file = file
        self.issues = issues
        self.dictionary = dictionary
        self.what_if = what_if
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def read(self, document: Node) -> Case:
        if not isinstance(document, Mapping) or not document.pairs:
            self._refuse(None, "no keys", "a case file", "Begin with `netlm template`.", "not-a-case")
            raise Problems(self.problems, self.file)
        self._check_top(document)
        case_id, as_of, data = self._id(document), self._as_of(document), self._data(document)
        entered = dict(self._facts(document.get("facts")))
        absent = dict(self._checked_absent(document.get("checked_absent")))
        self._agree(entered, absent)
        told = self._told(document)
        history = tuple(self._history(document.get("history")))
        lists = self._lists(document.get("facts"), absent | entered)
        scan = self._scan(document.get("liver_scan"))
        listed = [(name, finding) for name, entries in (lists.records.items() if lists else ())
                  for entry in entries for finding in entry.values()]  # fmt: skip
        dated = [*entered.items(), *absent.items(), *listed, *((item.fact, item.finding) for item in history),
                 *(scan.findings.items() if scan else ())]  # fmt: skip
        self._check_dates(dated, as_of)
        if self.problems:
            raise Problems(self.problems, self.file)
        assert as_of is not None
        assert lists is not None
        stated = absent | entered
        if scan is not None:
            from ._scan import merged

            stated, lists, told_of_scan = merged(scan, stated, lists, self.what_if, self.dictionary)
            self.warnings += [replace(problem, file=self.file) for problem in told_of_scan]
        stated = {name: stated[name] for name in self.dictionary.facts if name in stated}
        facts = Facts(self.dictionary, stated, lists.listed, lists.lesions, lists.lesions_complete)
        return Case(
            case_id, as_of, data, facts, told, lists.records, history, (*self.issues, *self.warnings), document,
            self.file, self.what_if, self.issues,
        )  # fmt: skip

    def _refuse(
        self, node: Node | None, found: str, expected: str, remedy: str, code: str, place: str | None = None
    ) -> None:
        line, column = (node.line or None, node.column or None) if node else (None, None)
        self._keep(Problem(found, expected, remedy, code, line=line, column=column, place=place))

    def _keep(self, problem: Problem) -> None:
        problem.file = self.file
        if problem.place and problem.place.removeprefix("facts.") in self.what_if:
            problem.place = f"--set {problem.place.removeprefix('facts.')}"
        self.problems.append(problem)

    def _check_top(self, document: Mapping) -> None:
        for key, _ in document.pairs:
            if key.text not in _TOP:
                close = nearest(key.text, _TOP)
                remedy = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join(_TOP)}."
                if key.text in self.dictionary.facts:
                    remedy = "Facts stand under `facts:`, indented."
                self._refuse(
                    key, f"an unknown key {safe_echo(key.text, _TOP)}", "a key of a case", remedy, "unknown-key"
                )
        for name in _REQUIRED:
            if document.get(name) is None:
                self._refuse(
                    None, f"no `{name}`", f"`{name}:`", "Add it; `netlm template` shows how.", "required", name
                )
        version = document.get("netlm")
        if version is not None and not (isinstance(version, Scalar) and version.text == FORMAT):
            self._refuse(
                version, "another format", f"netlm: {FORMAT}",
                "Is this a case file? A newer version needs a newer netlm.", "format", "netlm",
            )  # fmt: skip

    def _id(self, document: Mapping) -> str:
        node = document.get("id")
        if isinstance(node, Scalar) and _ID.fullmatch(node.text):
            return node.text
        if node is not None:
            self._refuse(
                node, "an id with other signs", "1 to 64 of A-Z a-z 0-9 . _ -",
                "Use a made-up id, never a name or record number.", "bad-id", "id",
            )  # fmt: skip
        return ""

    def _as_of(self, document: Mapping) -> datetime.date | None:
        node = document.get("as_of")
        if node is None:
            return None
        try:
            return read_day(node.text if isinstance(node, Scalar) else "")
        except Problem as problem:
            problem.line, problem.column, problem.place = node.line, node.column, "as_of"
            self._keep(problem)
            return None

    def _data(self, document: Mapping) -> str | None:
        node = document.get("data")
        if isinstance(node, Scalar) and node.text in DATA:
            return node.text
        if node is not None:
            self._refuse(
                node, "another word", f"one of {', '.join(DATA)}",
                "Say whose data these are, or leave the line out.", "unknown-word", "data",
            )  # fmt: skip
        return None

    def _told(self, document: Mapping) -> dict[str, str]:
        told = {}
        for name in _TOLD:
            node = document.get(name)
            items = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
            texts = [" ".join(item.text.split()) for item in items if isinstance(item, Scalar)]
            if len(texts) < len(items):
                self._refuse(
                    node, "a map", "text, or a list of texts", "Write it as text, in quotes.", "not-text", name
                )
            if any(texts):
                told[name] = "; ".join(text for text in texts if text)
        return told

    def _facts(self, node: Node | None) -> Iterator[tuple[str, Finding]]:
        if node is None or (isinstance(node, Scalar) and not node.text):
            return
        if not isinstance(node, Mapping):
            self._refuse(node, "no map", "facts, one a line", "Write `fact: value` lines under it.", "facts", "facts")
            return
        for key, value in node.pairs:
            try:
                fact = self.dictionary.fact(key.text)
                if not fact.is_entered:
                    raise Problem(
                        f"`{fact.name}`, a derived fact", "facts that are entered",
                        f"It is worked out from {', '.join(fact.derivation.reads) if fact.derivation else 'others'}.",
                        "derived-fact",
                    )  # fmt: skip
                if fact.kind == "records":
                    continue
                kind = "what_if" if fact.name in self.what_if else "entered"
                finding = read_finding(fact, value, self.dictionary.units, kind)
                if fact.usual:
                    self._warn_unusual(fact, finding)
                yield fact.name, finding
            except Problem as problem:
                problem.line, problem.column = problem.line or key.line or None, problem.column or key.column or None
                place = f"facts.{key.text}" if key.text in self.dictionary.facts else "facts"
                problem.place = problem.place or ("--set" if key.text in self.what_if else place)
                self._keep(problem)

    def _warn_unusual(self, fact: Fact, finding: Finding) -> None:
        number = finding.value.number if isinstance(finding.value, Numbers) else None
        if fact.usual and number is not None and not fact.usual[0] <= number <= fact.usual[1]:
            low, high = (f"{float(end):g}" for end in fact.usual)
            unit = "" if fact.type.number is None or fact.type.number.unit == "1" else f" {fact.type.number.unit}"
            self.warnings.append(
                Problem(
                    f"`{finding.typed}`, possible but unusual", f"usually {low} to {high}{unit}", "Check the value.",
                    "unusual", file=self.file, line=finding.line, place=f"facts.{fact.name}",
                )
            )  # fmt: skip

    def _checked_absent(self, node: Node | None) -> Iterator[tuple[str, Finding]]:
        blocks = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
        for block in blocks:
            names = block.get("facts") if isinstance(block, Mapping) else None
            if not isinstance(block, Mapping) or not isinstance(names, Sequence):
                self._refuse(
                    block, "another shape", "{facts: [...], by: ..., date: ...}",
                    "List the facts looked for and absent.", "checked-absent", "checked_absent",
                )  # fmt: skip
                continue
            for key, _ in block.pairs:
                if key.text not in ("facts", "by", "date", "method", "source", "note"):
                    self._refuse(
                        key, f"an unknown key {safe_echo(key.text)}", "facts, by, date, method, source, note",
                        "Correct it.", "unknown-key", "checked_absent",
                    )  # fmt: skip
            date = block.get("date")
            try:
                day = read_day(date.text if isinstance(date, Scalar) else "") if date is not None else None
            except Problem as problem:
                where = date or block
                problem.line, problem.column, problem.place = where.line, where.column, "checked_absent.date"
                self._keep(problem)
                continue
            for name in names.items:
                try:
                    yield self._absent(name, block, day)
                except Problem as problem:
                    problem.line, problem.column = problem.line or name.line, problem.column or name.column
                    problem.place = problem.place or "checked_absent"
                    self._keep(problem)

    def _absent(self, name: Node, block: Mapping, day: datetime.date | None) -> tuple[str, Finding]:
        fact = self.dictionary.fact(name.text if isinstance(name, Scalar) else "")
        word = next((word for word in ("no", "none") if word in fact.type.words), None)
        value: Value | None = Words.of(word) if word else None
        if fact.type.kind == "words" and fact.kind != "options":
            value = Members.exactly(())
        if value is None or not fact.is_entered:
            raise Problem(
                f"`{fact.name}`", "a fact that can be absent", "State it under `facts:` instead.", "cannot-be-absent"
            )
        notes = {name: node.text for name in ("by", "method", "source", "note")
                 if isinstance(node := block.get(name), Scalar)}  # fmt: skip
        typed = "none" if fact.type.kind == "words" else word or ""
        return fact.name, Finding(value, typed, "checked_absent", date=day, line=name.line, **notes)

    def _agree(self, entered: dict[str, Finding], absent: dict[str, Finding]) -> None:
        """What is checked absent cannot also be recorded as present; what leaves it open is narrowed."""
        for name in sorted(entered.keys() & absent.keys()):
            both = meet(entered[name].value, absent[name].value)
            if both is not None:
                entered[name] = replace(entered[name], value=both, typed=absent[name].typed, unknown=None)
            else:
                line = entered[name].line
                problem = Problem(
                    f"`{name}` recorded, and also listed as checked absent on line {absent[name].line}",
                    "one of the two", "Remove the wrong one.", "contradiction", line=line, place=f"facts.{name}",
                )  # fmt: skip
                self._keep(problem)

    def _scan(self, node: Node | None) -> ScanFindings | None:
        """What the label map of the case says; nothing of imaging is loaded where there is none."""
        if node is None:
            return None
        from ._scan import read_scan

        try:
            return read_scan(node, self.file, self.dictionary)
        except Problems as problems:
            for problem in problems.problems:
                self._keep(problem)
            return None

    def _lists(self, node: Node | None, findings: dict[str, Finding]) -> Lists | None:
        try:
            return read_lists(node, findings, self.dictionary)
        except Problems as problems:
            for problem in problems.problems:
                self._keep(problem)
            return None

    def _history(self, node: Node | None) -> Iterator[Earlier]:
        if node is None:
            return
        items = node.items if isinstance(node, Sequence) else ()
        if not items and not (isinstance(node, Sequence)):
            self._refuse(node, "no list", "a list of {fact, value, date}", "List earlier values.", "history", "history")
        for item in items:
            try:
                yield self._earlier(item)
            except Problem as problem:
                problem.line, problem.column = problem.line or item.line, problem.column or item.column
                problem.place = "history"
                self._keep(problem)

    def _earlier(self, item: Node) -> Earlier:
        name = item.get("fact") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(name, Scalar):
            raise Problem("an entry without `fact`", "{fact, value, date}", "Name the fact.", "history")
        fact = self.dictionary.fact(name.text)
        if not fact.is_entered or fact.kind == "records":
            raise Problem(f"`{fact.name}`", "a fact with one value", "Only entered values have a history.", "history")
        rest = Mapping(tuple(pair for pair in item.pairs if pair[0].text != "fact"), item.line, item.column)
        finding = read_finding(fact, rest, self.dictionary.units)
        if finding.date is None:
            raise Problem("an earlier value without a date", "{fact, value, date}", "Add the date.", "history")
        return Earlier(fact.name, finding)

    def _check_dates(self, findings: list[tuple[str, Finding]], as_of: datetime.date | None) -> None:
        told: set[tuple[int | None, datetime.date]] = set()
        for name, finding in findings:
            if finding.date is None and not isinstance(finding.value, Opaque):
                continue
            for day in _days(finding):
                if as_of and day > as_of and (finding.line, day) not in told:
                    told.add((finding.line, day))
                    problem = Problem(
                        f"the date {day}, after as_of {as_of}", "a date up to as_of",
                        "Correct the date, or as_of.", "future-date", line=finding.line, place=f"facts.{name}",
                    )  # fmt: skip
                    self._keep(problem)


def _days(finding: Finding) -> list[datetime.date]:
    """The dates a finding states: its own, and its value where that is one (its first possible day)."""
    value = (
        finding.value.content.first
        if isinstance(finding.value, Opaque) and isinstance(finding.value.content, Day)
        else None
    )
    return [day for day in (finding.date, value) if day is not None]

"""What somebody adds to a FHIR bundle (``--with``): a case file without what the bundle already says.

Where both speak of one fact and cannot both be right, the fact is unknown and both values are listed, unless
``overrides`` gives the reason why the added value holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path

from ..dictionary import Dictionary, Facts, Finding, read_day, value_text
from ..errors import Problem, Problems, safe_echo
from ..files import Mapping, Node, Scalar, Sequence, read_tree, shown_path
from ..values import Members, Value, meet
from ._model import Case
from ._read import read_case

__all__ = ["Supplement", "read_supplement", "supplemented"]

LISTS = {
    "specimens": ("ki67", "mitoses", "differentiation"),
    "lesions": ("liver_metastases", "largest_metastasis"),
    "treatments": ("prior_treatments",),
    "comorbidities": ("number_of_comorbidities",),
}
"""The lists, and the facts of which each says something."""


@dataclass(frozen=True)
class Supplement:
    """The added file: its head and facts as a case file, the reasons of its overrides, and the day."""

    document: Mapping
    overrides: Map[str, tuple[str, int]]
    as_of: datetime.date | None
    file: str


def read_supplement(path: str | Path, as_of: datetime.date | None = None) -> Supplement:
    """The file; ``as_of`` is the day given elsewhere.

    Raises ``Problems`` for what is no case file, two different days, or an override without its fact or reason.
    """
    file, tree = shown_path(path), read_tree(path)
    if not isinstance(tree, Mapping) or tree.get("resourceType") is not None:
        raise _refused(file, tree, "no case file", "`key: value` lines as in a case file", "Begin with netlm: case/1.")
    node, own = tree.get("as_of"), None
    if node is not None:
        try:
            own = read_day(node.text if isinstance(node, Scalar) else "")
        except Problem as problem:
            raise _refused(file, node, problem.found, problem.expected, problem.remedy, "as_of") from None
    if own is not None and as_of is not None and own != as_of:
        raise _refused(file, node or tree, f"as_of {own}, and --as-of {as_of}", "one day", "Keep one of them.", "as_of")
    return Supplement(
        Mapping(tuple(pair for pair in tree.pairs if pair[0].text != "overrides"), tree.line, tree.column),
        _overrides(tree, file), as_of or own, file,
    )  # fmt: skip


def _overrides(tree: Mapping, file: str) -> dict[str, tuple[str, int]]:
    node, facts = tree.get("overrides"), tree.get("facts")
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        raise _refused(file, node, "no map", "`fact: reason` lines", "Name the fact and say why.", "overrides")
    found = {}
    for key, value in node.pairs:
        if not isinstance(value, Scalar) or not value.text.strip():
            raise _refused(file, key, "no reason", "why this value holds", "Write a sentence.", "overrides")
        if not isinstance(facts, Mapping) or facts.get(key.text) is None:
            raise _refused(
                file, key, f"{safe_echo(key.text)}, of which `facts` says nothing", "a fact given under `facts`",
                "Give the fact that holds.", "overrides",
            )  # fmt: skip
        found[key.text] = (" ".join(value.text.split()), key.line)
    return found


def _refused(file: str, node: Node, found: str, expected: str, remedy: str, place: str | None = None) -> Problems:
    line, column = node.line or None, node.column or None
    return Problems([Problem(found, expected, remedy, "supplement", file, line, column, place)], file)


def supplemented(case: Case, extra: Supplement) -> Case:
    """The bundle's case with what was added.

    Raises ``Problems`` with everything that is wrong in the added file.
    """
    dictionary = case.facts.dictionary
    added = read_case(_completed(extra, case), extra.file, dictionary)
    merger = _Merger(case, added, extra)
    facts = merger.facts()
    document = _with_facts(_located(added.document, Path(extra.file).parent), facts, merger.conflicting)
    return read_case(document, case.file, dictionary, None, (*case.issues, *merger.issues))


def _completed(extra: Supplement, case: Case) -> Mapping:
    """The added file with the bundle's id and day, where it gives none of its own."""
    pairs = list(extra.document.pairs)
    for name, text in (("id", case.id), ("as_of", case.as_of.isoformat())):
        if extra.document.get(name) is None:
            pairs.append((Scalar(name), Scalar(text)))
    if extra.document.get("facts") is None:
        pairs.append((Scalar("facts"), Mapping(())))
    return Mapping(tuple(pairs), extra.document.line, extra.document.column)


def _located(document: Node, folder: Path) -> Node:
    """The added file with the paths of its label maps as they are wherever the case is read again."""
    if not isinstance(document, Mapping) or document.get("liver_scan") is None:
        return document
    from ._scan import located

    pairs = [(key, located(value, folder) if key.text == "liver_scan" else value) for key, value in document.pairs]
    return Mapping(tuple(pairs), document.line, document.column)


def _with_facts(document: Node, facts: dict[str, Node], dropped: set[str]) -> Mapping:
    assert isinstance(document, Mapping)
    pairs: list[tuple[Scalar, Node]] = []
    for key, value in document.pairs:
        if key.text == "facts":
            value = Mapping(tuple((Scalar(name), node) for name, node in facts.items()), value.line, value.column)
        elif key.text == "checked_absent":
            value = _without(value, dropped)
        pairs.append((key, value))
    return Mapping(tuple(pairs), document.line, document.column)


def _without(node: Node, names: set[str]) -> Node:
    if isinstance(node, Mapping):
        return Mapping(tuple((key, _without(value, names)) for key, value in node.pairs), node.line, node.column)
    if isinstance(node, Sequence):
        kept = [item for item in node.items if not (isinstance(item, Scalar) and item.text in names)]
        return Sequence(tuple(_without(item, names) for item in kept), node.line, node.column)
    return node


class _Merger:
    """Puts two sets of facts together; ``conflicting`` are those that are unknown because of it."""

    def __init__(self, case: Case, added: Case, extra: Supplement) -> None:
        self.case = case
        self.added = added
        self.extra = extra
        self.dictionary: Dictionary = case.facts.dictionary
        self.conflicting: set[str] = set()
        self.issues: list[Problem] = []

    def facts(self) -> dict[str, Node]:
        old, new = _nodes(self.case), _nodes(self.added)
        for name, (reason, line) in self.extra.overrides.items():
            self._override(name, reason, line, old)
        kept = set(old)
        merged = dict(old)
        for name, node in new.items():
            node = self._sourced(name, node)
            merged[name] = self._together(name, old[name], node) if name in kept else node
        for name in self._clashes(kept):
            self._conflict(name, merged)
        return merged

    def _sourced(self, name: str, node: Node) -> Node:
        """An added fact with the added file as its source, where it names none."""
        if self.dictionary.facts[name].kind in ("records", "texts"):
            return node
        pairs = node.pairs if isinstance(node, Mapping) else ((Scalar("value"), node),)
        if any(key.text == "source" for key, _ in pairs):
            return node
        source = (Scalar("source"), Scalar(Path(self.extra.file).name))
        return Mapping((*pairs, source), node.line, node.column)

    def _override(self, name: str, reason: str, line: int, old: dict[str, Node]) -> None:
        """Drop what the bundle says of the fact, list by which it is said included, and tell it."""
        subject = _subject(name)
        told = [self._told(self.case, one) for one in subject if one in self.case.facts.entered]
        told += [f"{len(self.case.records[one])} {one}" for one in subject if one in self.case.records]
        for one in subject:
            old.pop(one, None)
        found = " and ".join(told) or "no value in the Bundle"
        self._tell(name, f"{found}; overridden: {reason}", "agreement", "The added value holds.", "overridden", line)

    def _clashes(self, kept: set[str]) -> list[str]:
        """The facts on which the two cannot both be right."""
        left, right = self.case.facts, self.added.facts
        found = []
        for name, fact in self.dictionary.facts.items():
            sources = {name, *(one for one, said in LISTS.items() if name in said)}
            ours, theirs = _stated(left, name), _stated(right, name)
            if name in LISTS["specimens"] and _is_listed(self.case, name) and _is_listed(self.added, name):
                continue  # two specimens may differ
            if fact.type.kind == "opaque" or not kept & sources or not theirs:
                continue
            if (ours and meet(ours, theirs) is None) or _conflicts_itself(self.case, name):
                found.append(name)
        if "specimens" in kept and _disagree(self.case, self.added) and "ki67" not in found:
            found.append("ki67")
        return found

    def _conflict(self, name: str, merged: dict[str, Node]) -> None:
        both = f"{self._told(self.case, name)} and {self._told(self.added, name)}"
        reason = Mapping(((Scalar("unknown"), Scalar(f"conflicting: {both}")),))
        for one in _subject(name):
            if one in merged or one == name:
                merged[one] = reason
                self.conflicting.add(one)
        finding = self.added.facts.finding(name)
        self._tell(
            name, both, "one value, or an override with its reason",
            f"The fact is unknown; write `overrides: {{{name}: reason}}` in the --with file, or correct one.",
            "conflict", finding.line if finding else None,
        )  # fmt: skip

    def _told(self, case: Case, name: str) -> str:
        """A value with where it comes from."""
        fact, finding = self.dictionary.facts[name], case.facts.finding(name)
        if finding is not None and finding.unknown is not None:
            return finding.unknown
        text = value_text(fact.type, case.facts.base(name), finding, dict(fact.values))
        where = [finding.source or ""] if finding else []
        if case is self.added and finding is not None:
            name = Path(self.extra.file).name
            where += [name] if name not in where else []
            where += [f"line {finding.line}"] if finding.line else []
        where.append(finding.date.isoformat() if finding and finding.date else "")
        said = ", ".join(part for part in where if part)
        return f"{text} ({said})" if said else text

    def _tell(self, name: str, found: str, expected: str, remedy: str, code: str, line: int | None) -> None:
        place = f"facts.{name}"
        self.issues.append(Problem(found, expected, remedy, code, file=self.extra.file, line=line, place=place))

    def _together(self, name: str, old: Node, new: Node) -> Node:
        """Both statements on one fact that can both be right: the narrower one; of lists everything."""
        fact = self.dictionary.facts[name]
        if fact.kind in ("records", "texts"):
            return _joined(name, old, new)
        ours, theirs = _stated(self.case.facts, name), _stated(self.added.facts, name)
        if ours is None or theirs is None:
            return new if ours is None else old
        both = meet(ours, theirs)
        if isinstance(both, Members) and both not in (ours, theirs):
            words = tuple(Scalar(word) for word in fact.type.words if word in both.must)
            source = Scalar(f"the Bundle and {self.extra.file}")
            return Mapping(((Scalar("at_least"), Sequence(words)), (Scalar("source"), source)))
        return old if both == ours and both != theirs else new


def _nodes(case: Case) -> dict[str, Node]:
    assert isinstance(case.document, Mapping)
    facts = case.document.get("facts")
    return {key.text: value for key, value in facts.pairs} if isinstance(facts, Mapping) else {}


def _subject(name: str) -> list[str]:
    """A fact with the list that speaks of it, or a list with the facts of which it speaks."""
    lists = [one for one, said in LISTS.items() if name == one or name in said]
    return list(dict.fromkeys([name, *lists, *(said for one in lists if name == one for said in LISTS[one])]))


def _stated(facts: Facts, name: str) -> Value | None:
    """What a case states of a fact; None where it says nothing, or that it is unknown."""
    finding = facts.finding(name)
    if finding is None or (finding.unknown is not None and finding.kind != "checked_absent"):
        return None
    value = facts.base(name)
    return None if value == facts.dictionary.facts[name].type.everything else value


def _conflicts_itself(case: Case, name: str) -> bool:
    """Whether the bundle states several values of a fact: an added one does not settle which of them is right."""
    findings = [case.facts.finding(name), *(entry.get(name) for entry in case.records.get("specimens", ()))]
    reasons = (finding.unknown for finding in findings if finding is not None)
    return any(reason is not None and reason.startswith("conflicting") for reason in reasons)


def _is_listed(case: Case, name: str) -> bool:
    """Whether only the list of specimens speaks of a fact."""
    return name in case.facts.listed and name not in case.facts.entered


def _disagree(case: Case, added: Case) -> bool:
    """Whether both list a specimen of one day with Ki-67 values that cannot both be right."""
    ours, theirs = (one.records.get("specimens", ()) for one in (case, added))
    return any(
        _day(one) == _day(other) and meet(one["ki67"].value, other["ki67"].value) is None
        for one in ours
        for other in theirs
        if "ki67" in one and "ki67" in other
    )


def _day(entry: Map[str, Finding]) -> str:
    return entry["date"].typed if "date" in entry else ""


def _joined(name: str, old: Node, new: Node) -> Node:
    """Two lists as one, complete where the added one is and leaves out nothing of the Bundle's.

    A complete list of treatments tells those of the Bundle in its own words; one that it does not name stays, and
    the list is not complete then.
    """
    before, after = _items(old), _items(new)
    complete = isinstance(new, Sequence)
    more = tuple(item for item in before if item not in after)
    if name == "treatments" and complete:
        told = {_what(item) for item in after}
        more = tuple(item for item in before if _what(item) not in told)
    if complete and not more:
        return new
    return Mapping(((Scalar("at_least"), Sequence((*after, *more))),))


def _what(item: Node) -> str:
    what = item.get("what") if isinstance(item, Mapping) else None
    inner = what.get("value") if isinstance(what, Mapping) else what
    return inner.text if isinstance(inner, Scalar) else ""


def _items(node: Node) -> tuple[Node, ...]:
    inner = node.get("at_least") if isinstance(node, Mapping) else node
    return inner.items if isinstance(inner, Sequence) else ()

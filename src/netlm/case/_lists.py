"""The lists of a case (specimens, lesions, treatments, markers) and what they say of other facts."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace

from ..dictionary import NEAR_GIVEN, Day, Dictionary, Fact, Facts, Finding, Lesion, read_finding
from ..errors import Problem, Problems, nearest, safe_echo
from ..files import Mapping, Node, Sequence
from ..values import Exact, Interval, Members, Numbers, Opaque, Words, join, meet

__all__ = ["Entry", "Lists", "lesions_of", "read_lists"]

Entry = Map[str, Finding]


@dataclass(frozen=True)
class Lists:
    """The lists as read, and the findings that follow from them."""

    records: Map[str, tuple[Entry, ...]]
    lesions: tuple[Lesion, ...] | None
    lesions_complete: bool
    listed: Map[str, Finding]


def read_lists(node: Node | None, findings: Map[str, Finding], dictionary: Dictionary) -> Lists:
    """Read every list among the facts and work out what it says of other facts.

    Raises ``Problems``: a list of another shape, a bad field, a complete list of lesions beside another number.
    """
    reader = _ListReader(dictionary)
    records: dict[str, tuple[Entry, ...]] = {}
    complete: dict[str, bool] = {}
    for key, found in node.pairs if isinstance(node, Mapping) else ():
        fact = dictionary.facts.get(key.text)
        if fact is not None and fact.kind == "records" and not _is_unknown(found):
            records[fact.name], complete[fact.name] = reader.read(fact, found)
    lesions = reader.lesions(records["lesions"]) if "lesions" in records else None
    if lesions is not None and _counts(findings.get("liver_metastases"), len(lesions)):
        complete["lesions"] = True
    listed = {
        **_from_specimens(records.get("specimens", ()), findings, dictionary),
        **_from_lesions(lesions, complete.get("lesions", False), dictionary),
        **_from_treatments(records.get("treatments"), complete.get("treatments", False), dictionary),
        **_from_comorbidities(findings.get("comorbidities"), dictionary),
    }
    reader.check_count(findings.get("liver_metastases"), listed.get("liver_metastases"))
    if reader.problems:
        raise Problems(reader.problems)
    return Lists(records, lesions, complete.get("lesions", False), listed)


def lesions_of(entries: tuple[Entry, ...], dictionary: Dictionary) -> tuple[Lesion, ...]:
    """Lesions whose ids are known to differ."""
    return _ListReader(dictionary).lesions(entries)


def _before(first: Opaque, second: Opaque) -> bool:
    one, other = first.content, second.content
    return isinstance(one, Day) and isinstance(other, Day) and one.last < other.first


def _counts(finding: Finding | None, count: int) -> bool:
    """Whether as many metastases were counted as are listed: then the list is complete."""
    return finding is not None and isinstance(finding.value, Numbers) and finding.value.number == count


def _is_unknown(node: Node) -> bool:
    return isinstance(node, Mapping) and node.get("unknown") is not None


class _ListReader:
    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.problems: list[Problem] = []

    def read(self, fact: Fact, node: Node) -> tuple[tuple[Entry, ...], bool]:
        """The entries of a list, and whether it is complete."""
        complete, items = True, node
        if isinstance(node, Mapping) and node.get("at_least") is not None:
            complete, items = False, node.get("at_least") or node
            for key, _ in node.pairs:
                if key.text != "at_least":
                    self._refuse(
                        key, f"an unknown key {safe_echo(key.text)}", "at_least alone",
                        "Dates and methods stand with each entry.", fact.name,
                    )  # fmt: skip
        if not isinstance(items, Sequence):
            self._refuse(
                items, "no list", f"a list of {fact.name}", "Write [{...}, {...}], or {at_least: [...]}.", fact.name
            )
            return (), complete
        return tuple(self._entry(fact, item, number) for number, item in enumerate(items.items, 1)), complete

    def _entry(self, fact: Fact, node: Node, number: int) -> Entry:
        place = f"facts.{fact.name}[{number}]"
        if not isinstance(node, Mapping):
            self._refuse(node, "no map", "a map of fields", f"Fields: {', '.join(fact.fields)}.", place)
            return {}
        entry: dict[str, Finding] = {}
        for key, value in node.pairs:
            field = fact.fields.get(key.text)
            if field is None:
                close = nearest(key.text, fact.fields)
                remedy = f"Did you mean `{close}`?" if close else f"Fields: {', '.join(fact.fields)}."
                self._refuse(
                    key, f"an unknown field {safe_echo(key.text, list(fact.fields))}", "a field", remedy, place
                )
                continue
            try:
                entry[field.name] = read_finding(field, value, self.dictionary.units)
            except Problem as problem:
                problem.place = f"{place}.{field.name}"
                self.problems.append(problem)
        start, end = (entry[name].value if name in entry else None for name in ("from", "to"))
        if isinstance(start, Opaque) and isinstance(end, Opaque) and _before(end, start):
            self._refuse(node, "`to` before `from`", "the earlier date first", "Correct the dates.", place)
        return entry

    def _refuse(self, node: Node, found: str, expected: str, remedy: str, place: str) -> None:
        line, column = node.line or None, node.column or None
        self.problems.append(Problem(found, expected, remedy, "bad-list", line=line, column=column, place=place))

    def lesions(self, entries: tuple[Entry, ...]) -> tuple[Lesion, ...]:
        """The lesions, each with an id of its own."""
        types, lesions, seen = self.dictionary.lesion_fields, [], set()
        for number, entry in enumerate(entries, 1):
            name = entry["id"].typed if "id" in entry else str(number)
            line = next((finding.line for finding in entry.values()), None)
            if name in seen:
                self.problems.append(
                    Problem("a lesion id twice", "each id once", "Rename one.", "bad-list", line=line, place="lesions")
                )
            seen.add(name)
            given = Finding(Words.of("yes" if "near" in entry else "no"), "", "listed")
            lesions.append(Lesion(name, {**entry, NEAR_GIVEN: given}, types))
        return tuple(lesions)

    def check_count(self, entered: Finding | None, listed: Finding | None) -> None:
        """A list of lesions and a number of metastases that cannot both be recorded."""
        if entered is None or listed is None:
            return
        if meet(entered.value, listed.value) is None:
            self.problems.append(
                Problem(
                    f"{listed.typed} listed, and liver_metastases: {entered.typed}", "a number that fits the list",
                    "Correct the number; a list that is not complete stands under {at_least: [...]}.",
                    "contradiction", line=entered.line or None, place="facts.liver_metastases",
                )
            )  # fmt: skip


def _from_lesions(lesions: tuple[Lesion, ...] | None, complete: bool, dictionary: Dictionary) -> dict[str, Finding]:
    """Number and largest diameter, from the list of lesions."""
    if lesions is None:
        return {}
    count = len(lesions)
    kind = dictionary.facts["liver_metastases"].type.number
    assert kind is not None
    numbers = Numbers.exactly(count) if complete else Numbers.between(count, kind.high)
    text = f"{_lesions(count)}" if complete else f"at least {_lesions(count)}"
    found = {"liver_metastases": Finding(numbers, text, "listed")}
    largest = _largest(lesions, complete)
    if largest is not None:
        said = _largest_said(lesions, largest)
        found["largest_metastasis"] = Finding(largest, said, "listed", unit="mm", method="the largest of those listed")
    return found


def _lesions(count: int) -> str:
    return "1 lesion" if count == 1 else f"{count} lesions"


def _largest(lesions: tuple[Lesion, ...], complete: bool) -> Numbers | None:
    """The largest diameter: at least the largest lower end; at most the largest upper end of a complete list."""
    if not lesions:
        return None
    sizes = [value for lesion in lesions if isinstance(value := lesion.field("size"), Numbers)]
    everything = lesions[0].types["size"].everything
    assert isinstance(everything, Numbers)
    low = max((size.intervals[0] for size in sizes), key=lambda end: (end.low or 0, end.low_open))
    high = max((size.intervals[-1] for size in sizes), key=lambda end: (end.high or 0, not end.high_open))
    top = high if complete else everything.intervals[-1]
    return Numbers((Interval(low.low, top.high, low.low_open, top.high_open),))


def _largest_said(lesions: tuple[Lesion, ...], largest: Numbers) -> str:
    """The largest diameter as typed, or from what it is at least."""
    for lesion in lesions:
        if lesion.field("size") == largest and "size" in lesion.findings:
            return lesion.findings["size"].typed
    low = largest.intervals[0].low
    return f"at least {float(low or 0):g} mm"


def _from_treatments(entries: tuple[Entry, ...] | None, complete: bool, dictionary: Dictionary) -> dict[str, Finding]:
    """The options given before; free words may stand for any of them, so beside them none is ruled out."""
    if entries is None:
        return {}
    named = [entry["what"].typed if "what" in entry else "" for entry in entries]
    words = [name for name in named if name in dictionary.options]
    fact = dictionary.facts["prior_treatments"]
    may = frozenset(words) if complete and len(words) == len(named) else frozenset(fact.type.words)
    typed = ", ".join(dict.fromkeys(words)) or ("none" if may == frozenset() else "free words only")
    return {"prior_treatments": Finding(Members(frozenset(words), may), typed, "listed")}


def _from_comorbidities(finding: Finding | None, dictionary: Dictionary) -> dict[str, Finding]:
    if finding is None or not isinstance(finding.value, Opaque) or not isinstance(finding.value.content, tuple):
        return {}
    count = len(finding.value.content)
    kind = dictionary.facts["number_of_comorbidities"].type.number
    assert kind is not None
    exact = finding.value.is_known
    numbers = Numbers.exactly(count) if exact else Numbers.between(count, kind.high)
    return {"number_of_comorbidities": Finding(numbers, f"{count} named", "listed")}


def _from_specimens(
    entries: tuple[Entry, ...], findings: Map[str, Finding], dictionary: Dictionary
) -> dict[str, Finding]:
    """Ki-67, mitoses and differentiation of the governing specimen: the one of the highest category.

    Where it cannot be told which one governs, the set over all that may.
    """
    governing, floor = _governing(entries, findings, dictionary)
    found: dict[str, Finding] = {}
    for name in ("ki67", "mitoses", "differentiation"):
        given = [entry[name] for entry in governing if name in entry]
        if not given:
            continue
        values = [finding.value for finding in given]
        if len(given) < len(governing):
            values.append(dictionary.facts[name].type.everything)
        joined = values[0]
        for value in values[1:]:
            joined = join(joined, value)
        if name == "ki67" and floor is not None and isinstance(joined, Numbers):
            joined = joined.meet(Numbers.between(floor, None)) or joined
        typed = " or ".join(dict.fromkeys(finding.typed for finding in given))
        unit = given[0].unit if len({finding.unit for finding in given}) == 1 else None
        found[name] = replace(
            given[0], value=joined, typed=typed, unit=unit, kind="listed", date=None, method=_which(governing)
        )
    return found


def _which(governing: tuple[Entry, ...]) -> str:
    """``governing specimen: liver segment 6 2026-10-12``; without its place where several may govern."""
    if len(governing) > 1:
        return "the specimens that may govern"
    told = [governing[0][name].typed for name in ("site", "kind", "date") if name in governing[0]]
    return f"governing specimen: {' '.join(told)}" if told else "the governing specimen"


def _governing(
    entries: tuple[Entry, ...], findings: Map[str, Finding], dictionary: Dictionary
) -> tuple[tuple[Entry, ...], Exact | None]:
    """The specimens that may govern, and the Ki-67 below which the governing one cannot be.

    The highest category governs; within one category the higher Ki-67. Where the category is certain, the specimens
    that certainly have it give the least Ki-67 of the governing one.
    """
    ranked = [(*_rank(entry, findings, dictionary), entry) for entry in entries]
    floor = max((low for low, _, _ in ranked), default=0)
    able = [item for item in ranked if item[1] >= floor]
    certain = [entry for low, _, entry in able if low == floor]
    if not certain or any(high > floor for _, high, _ in able):
        return tuple(entry for _, _, entry in able), None
    least = max(_least_ki67(entry) for entry in certain)
    kept = [entry for _, _, entry in able if _most_ki67(entry) >= least]
    return tuple(kept), least


def _least_ki67(entry: Entry) -> Exact:
    value = entry["ki67"].value if "ki67" in entry else None
    return (value.intervals[0].low if isinstance(value, Numbers) else None) or 0


def _most_ki67(entry: Entry) -> float:
    value = entry["ki67"].value if "ki67" in entry else None
    high = value.intervals[-1].high if isinstance(value, Numbers) else None
    return float("inf") if high is None else float(high)


def _rank(entry: Entry, findings: Map[str, Finding], dictionary: Dictionary) -> tuple[int, int]:
    """Lowest and highest place of the specimen's category in the order of the dictionary."""
    context = {name: findings[name] for name in ("primary_site", "morphology") if name in findings}
    own = {name: finding for name, finding in entry.items() if name in ("ki67", "mitoses", "differentiation")}
    category = Facts(dictionary, {**context, **own}).value("category")
    assert isinstance(category, Words)
    order = list(dictionary.facts["category"].type.words)
    places = [order.index(word) for word in category.possible]
    return (0 if "undetermined" in category.possible else min(places)), max(places)

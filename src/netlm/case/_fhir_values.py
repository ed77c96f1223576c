"""The value of an observation, in the grammar of the case file."""

from __future__ import annotations

from collections.abc import Sequence as Listed
from typing import Any

from ..dictionary import Dictionary, Fact
from ..files import Mapping, Node, Scalar, Sequence
from ._fhir_elements import codings, decimal_text, members, status_code
from ._fhir_table import CodeTables

__all__ = ["FACT_CODES", "VALUE_CODES", "UnreadableError", "absent_reason", "fact_code", "parts_of", "value_node"]

FACT_CODES, VALUE_CODES = "netlm-fact", "netlm-value"
"""The project's own code systems: facts (and ``list.field``), and values written ``fact.value``."""
OPEN_END = "https://netlm.org/fhir/StructureDefinition/end-not-included"
LIST_COMPLETE = "list.complete"
OPTION = "option."
_COMPARATORS = {"<": "less than", "<=": "at most", ">=": "at least", ">": "more than"}
_ABSENT = {
    "asked-unknown": "asked, and not known",
    "asked-declined": "asked, and declined",
    "error": "lost by an error",
    "masked": "masked in the export",
    "not-applicable": "recorded as not applicable",
    "not-asked": "not asked",
    "not-performed": "not done",
    "temp-unknown": "not known yet",
}


class UnreadableError(ValueError):
    """Why a value cannot be read, in words that repeat nothing of it."""


def fact_code(content: object, tables: CodeTables) -> str | None:
    """The fact that a code of this project names, None for another code."""
    return next((code for system, code in codings(content) if tables.names.get(system) == FACT_CODES), None)


def parts_of(content: dict[str, Any], path: str, tables: CodeTables) -> list[dict[str, Any]]:
    """What bears the value of a fact: the components that name it, else the observation itself."""
    components = [part for part in members(content.get("component", [])) if fact_code(part.get("code"), tables) == path]
    return components or [content]


def absent_reason(content: dict[str, Any]) -> str | None:
    """Why there is no value, in this project's words, where the resource says so."""
    if content.get("dataAbsentReason") is None:
        return None
    return _ABSENT.get(status_code(content["dataAbsentReason"]) or "", "recorded as unknown")


def value_node(fact: Fact, parts: Listed[dict[str, Any]], tables: CodeTables, dictionary: Dictionary) -> Node | None:
    """What the parts of an observation answer together: one value, alternatives, or the items of a list.

    None where they give no value; raises ``UnreadableError``.
    """
    reader = _Reader(fact, tables, dictionary)
    if fact.type.kind == "words":
        return reader.items(parts)
    nodes = [node for part in parts if (node := reader.one(part)) is not None]
    if len(nodes) > 1:
        return Mapping(((Scalar("one_of"), Sequence(tuple(map(_in_one_line, nodes)))),))
    return nodes[0] if nodes else None


def _in_one_line(node: Node) -> Node:
    """A range as it is typed among alternatives."""
    low, high = (node.get(name) for name in ("min", "max")) if isinstance(node, Mapping) else (None, None)
    return Scalar(f"{low.text} to {high.text}") if isinstance(low, Scalar) and isinstance(high, Scalar) else node


class _Reader:
    def __init__(self, fact: Fact, tables: CodeTables, dictionary: Dictionary) -> None:
        self.fact = fact
        self.tables = tables
        self.dictionary = dictionary

    def one(self, content: dict[str, Any]) -> Node | None:
        given = [name for name in content if name.startswith("value") and content[name] is not None]
        if not given:
            return None
        if len(given) > 1:
            raise UnreadableError("several values where one is expected")
        return self._read(given[0], content[given[0]])

    def _read(self, name: str, found: object) -> Node:
        number = self.fact.type.number is not None
        if name == "valueCodeableConcept":
            return self._coded(found)
        if name == "valueBoolean" and isinstance(found, bool) and self.fact.kind == "yes_no":
            return Scalar("yes" if found else "no")
        if name == "valueInteger" and number:
            return Scalar(self._number(found))
        if name == "valueQuantity" and number and isinstance(found, dict):
            return Scalar(self._quantity(found))
        if name == "valueRange" and number and isinstance(found, dict):
            return self._range(found)
        if name == "valueDateTime" and self.fact.kind == "date" and isinstance(found, str):
            return Scalar(found)
        raise UnreadableError("a value of another kind than is expected")

    def items(self, parts: Listed[dict[str, Any]]) -> Node | None:
        """The words of a list; complete only where it says so."""
        concepts = [part["valueCodeableConcept"] for part in parts if "valueCodeableConcept" in part]
        complete = [one for one in concepts if self._is_complete(one)]
        words = tuple(self._coded(one) for one in concepts if one not in complete)
        if complete:
            return Sequence(words)
        return Mapping(((Scalar("at_least"), Sequence(words)),)) if words else None

    def _is_complete(self, concept: object) -> bool:
        return any(
            self.tables.names.get(system) == VALUE_CODES and code == LIST_COMPLETE for system, code in codings(concept)
        )

    def _coded(self, concept: object) -> Node:
        """The word or number that a coded answer stands for."""
        found: list[Node] = []
        for system, code in codings(concept):
            name = self.tables.names.get(system, "")
            head, _, word = code.partition(".")
            if name == VALUE_CODES and head in (self.fact.name, "option") and word in self.fact.values:
                found.append(Scalar(word))
            found += [
                row.says[row.fact] for row in self.tables.rows("answers", ((name, code),)) if row.fact == self.fact.name
            ]
        if not found:
            raise UnreadableError("a coded answer that is not mapped")
        if any(one != found[0] for one in found):
            raise UnreadableError("coded answers that contradict each other")
        return found[0]

    def _number(self, found: object) -> str:
        text = decimal_text(found)
        if text is None:
            raise UnreadableError("no number where one is expected")
        return text

    def _quantity(self, found: dict[str, Any]) -> str:
        """``at least 8 %``: the number as given, the unit by the name that the unit table has for it."""
        comparator = found.get("comparator")
        if comparator is not None and (not isinstance(comparator, str) or comparator not in _COMPARATORS):
            raise UnreadableError("a comparator that is not known")
        text = f"{self._number(found.get('value'))} {self._unit(found)}".rstrip()
        return f"{_COMPARATORS[comparator]} {text}" if comparator is not None else text

    def _unit(self, found: dict[str, Any]) -> str:
        """The unit by code and by name, which must not contradict each other."""
        units = [
            self._named(text, key == "code" or not found.get("code"))
            for key in ("code", "unit")
            if (text := found.get(key)) not in (None, "")
        ]
        known = {unit for unit in units if unit is not None}
        if len(known) > 1:
            raise UnreadableError("a unit whose code and name contradict each other")
        return next((unit for unit in known if unit != "1"), "")

    def _named(self, text: object, required: bool) -> str | None:
        if isinstance(text, str):
            unit = self.dictionary.units.find(text)
            name = self.tables.units.get(text, unit.name if unit else None)
            if name is not None:
                return name
        if required:
            raise UnreadableError("a unit that is not known")
        return None

    def _range(self, found: dict[str, Any]) -> Node:
        pairs = []
        for key, closed, opened in (("low", "min", "above"), ("high", "max", "below")):
            end = found.get(key)
            if end is not None:
                if not isinstance(end, dict) or end.get("comparator") is not None:
                    raise UnreadableError("a range whose ends are no numbers")
                pairs.append((Scalar(opened if _is_open(end) else closed), Scalar(self._quantity(end))))
        if not pairs:
            raise UnreadableError("a range without an end")
        return Mapping(tuple(pairs))


def _is_open(end: dict[str, Any]) -> bool:
    """Whether an end does not belong to its range, as this project marks it."""
    marks = members(end.get("extension", []))
    return any(one.get("url") == OPEN_END and one.get("valueBoolean") is True for one in marks)

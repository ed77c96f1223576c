"""Lists of a bundle in this project's own codes: lesions, specimens, treatments, as ``dossier.to_fhir`` writes them."""

from __future__ import annotations

from collections.abc import Iterator

from ..dictionary import Fact, read_finding
from ..errors import Problem
from ..files import Mapping, Node, Scalar, Sequence
from ._fhir_elements import Resource, codings, members
from ._fhir_facts import Collector
from ._fhir_values import LIST_COMPLETE, VALUE_CODES, UnreadableError, fact_code, parts_of, value_node

__all__ = ["own_lists"]


def own_lists(collector: Collector) -> Iterator[tuple[str, Node]]:
    """Every list that has a header among the observations, with its entries."""
    done = set()
    for resource in collector.bundle.resources:
        name = fact_code(resource.content.get("code"), collector.tables) if resource.kind == "Observation" else None
        fact = collector.dictionary.facts.get(name or "")
        if fact is None or fact.name in done or fact.kind not in ("records", "texts"):
            continue
        if fact.fields and all(part.kind == "text" for part in fact.fields.values()):
            continue  # nothing of it would be read
        if collector.counts(resource, [fact.name]):
            done.add(fact.name)
            yield fact.name, _list(collector, resource, fact)


def _list(collector: Collector, resource: Resource, fact: Fact) -> Node:
    content = resource.content
    parts = members(content.get("component", []))
    complete = any(_is_complete(collector, one) for one in (content, *parts))
    if fact.kind == "texts":
        # What is named may be a person: only how many there are is read.
        named = [part for part in parts if not _is_complete(collector, part)]
        items: tuple[Node, ...] = tuple(Scalar(f"{number} of the Bundle") for number, _ in enumerate(named, 1))
    else:
        found = [collector.bundle.resolve(member) for member in members(content.get("hasMember", []))]
        entries = [one for one in found if one is not None and one.kind == "Observation"]
        complete = complete and len(entries) == len(found)
        items = tuple(Mapping(tuple(_fields(collector, one, fact))) for one in entries)
    return Sequence(items) if complete else Mapping(((Scalar("at_least"), Sequence(items)),))


def _is_complete(collector: Collector, content: dict[str, object]) -> bool:
    """Whether something says that the list is complete."""
    return any(
        collector.tables.names.get(system) == VALUE_CODES and code == LIST_COMPLETE
        for system, code in codings(content.get("valueCodeableConcept"))
    )


def _fields(collector: Collector, resource: Resource, fact: Fact) -> Iterator[tuple[Scalar, Node]]:
    for part in fact.fields.values():
        path = f"{fact.name}.{part.name}"
        parts = parts_of(resource.content, path, collector.tables)
        if parts == [resource.content]:
            continue
        try:
            node = (
                _option(collector, parts[0])
                if part.kind == "text"
                else value_node(part, parts, collector.tables, collector.dictionary)
            )
            if node is not None:
                read_finding(part, node, collector.dictionary.units)
                yield Scalar(part.name), node
        except (UnreadableError, Problem):
            collector.issues.add(
                resource, "a field that cannot be read", "a value of the field", "It is unknown; enter it.",
                "fhir-unread", f"facts.{path}",
            )  # fmt: skip


def _option(collector: Collector, content: dict[str, object]) -> Node | None:
    """A text is read only where it is the id of an option."""
    for system, code in codings(content.get("valueCodeableConcept")):
        option = code.removeprefix("option.")
        if collector.tables.names.get(system) == VALUE_CODES and option in collector.dictionary.options:
            return Scalar(option)
    return None

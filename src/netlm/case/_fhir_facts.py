"""The facts that conditions and observations of a bundle state."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dictionary import Dictionary, Fact
from ..files import Mapping, Node, Scalar, Sequence
from ._fhir_bundle import COUNTING, DATES, NOT_BELIEVED, OTHER_PATIENT, Bundle, Issues
from ._fhir_elements import Resource, When, codings, members, reference_key, status_code, status_words, when_of
from ._fhir_statements import Statement, agreed, annotated, doubt, latest, statement
from ._fhir_table import HISTOLOGY, CodeRow, CodeTables
from ._fhir_values import UnreadableError, absent_reason, fact_code, parts_of, value_node

__all__ = ["Collector"]

KI67 = "ki67"
RELATED_PRIMARY = "mcode-related-primary-cancer-condition"
UNMAPPED = ("codes that are not mapped", "codes of the mapping tables", "Enter what matters of it in the --with file.")
_NOT_FINAL = ("registered", "preliminary", "cancelled", "entered-in-error", "unknown")
_PAST_CONDITION = frozenset({"inactive", "remission", "resolved"})
_PRESENT_CONDITION = frozenset({"active", "recurrence", "relapse"})


@dataclass
class Collector:
    """Gathers statements on each fact; ``reasons`` hold why a fact that nothing states is unknown."""

    bundle: Bundle
    as_of: datetime.date
    tables: CodeTables
    dictionary: Dictionary
    issues: Issues
    observed: dict[str, list[Statement]] = field(default_factory=dict)
    diagnosed: dict[str, list[Statement]] = field(default_factory=dict)
    specimens: dict[str, list[Statement]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def collect(self) -> None:
        """Read every condition and observation."""
        for resource in self.bundle.resources:
            if resource.kind == "Observation":
                self._observation(resource)
            elif resource.kind == "Condition":
                self._condition(resource)
        for resource in self.bundle.foreign:
            codes = self.named(resource.content.get("code"))
            for row in self.tables.rows("observations", codes) if resource.kind == "Observation" else ():
                if row.fact in self.dictionary.facts and not row.is_not:
                    self.reasons.setdefault(row.fact, f"{OTHER_PATIENT} ({resource.label})")

    def facts(self) -> Iterator[tuple[str, Node]]:
        """Every fact of which something can be said, as it stands in a case file."""
        for fact in self.dictionary.facts.values():
            found = [latest(fact, self.observed[fact.name])] if fact.name in self.observed else []
            found += [agreed(fact, self.diagnosed[fact.name])] if fact.name in self.diagnosed else []
            if found:
                one = agreed(fact, found)
                if one.doubt:
                    self._unread(one.resource, fact.name, one.doubt)
                yield fact.name, annotated(one)
            elif fact.name in self.reasons:
                yield fact.name, _unknown(self.reasons[fact.name])
        if self.specimens:
            yield "specimens", self._specimens()

    def _specimens(self) -> Node:
        """One entry for each specimen on which Ki-67 was measured; there may be others."""
        fact, entries = self.dictionary.facts[KI67], []
        for statements in self.specimens.values():
            one = latest(fact, statements)
            if one.doubt:
                self._unread(one.resource, KI67, one.doubt)
            node = annotated(one)
            kept = tuple(pair for pair in node.pairs if pair[0].text != "date")
            day = () if one.when is None else ((Scalar("date"), Scalar(one.when.first.isoformat())),)
            entries.append(Mapping((*day, (Scalar(KI67), Mapping(kept)))))
        return Mapping(((Scalar("at_least"), Sequence(tuple(entries))),))

    # --- what is not read ---

    def _unread(self, resource: Resource, fact: str, reason: str) -> None:
        self.issues.add(
            resource, reason, "one value that can be read",
            "Not used; enter the fact in the --with file, or correct it.", "fhir-unread", f"facts.{fact}",
        )  # fmt: skip

    def aside(self, resource: Resource, facts: list[str], found: str, expected: str) -> None:
        """Tell of a resource that does not count; its facts are unknown for that reason where nothing else speaks."""
        for fact in facts or [""]:
            self.issues.add(
                resource,
                found,
                expected,
                "It is not counted; check the record.",
                "fhir-not-counted",
                f"facts.{fact}" if fact else None,
            )
            if fact:
                self.reasons.setdefault(fact, f"{found} ({resource.label})")

    def unverified(self, resource: Resource, row: CodeRow) -> None:
        """Tell of a code that was read and whose meaning is not certain."""
        if row.status == "U":
            self.issues.add(
                resource, "a code whose meaning has not been verified", "a verified code",
                f"Read as {row.system} {row.code}; check it.", "fhir-unverified",
            )  # fmt: skip
        if row.caution:
            self.issues.add(
                resource, f"{row.system} {row.code}: {row.caution}", "a code with one meaning", "Check it.",
                "fhir-caution",
            )  # fmt: skip

    def named(self, *concepts: object) -> tuple[tuple[str, str], ...]:
        """Codings with this project's names of the systems."""
        return tuple((self.tables.names[system], code) for system, code in codings(*concepts)
                     if system in self.tables.names)  # fmt: skip

    def _when(self, resource: Resource) -> tuple[When | None, str]:
        """When the resource speaks of, and why that cannot be read."""
        try:
            return when_of(resource.content, *DATES[resource.kind]), ""
        except ValueError:
            return None, "a date that is none"

    # --- observations ---

    def _observation(self, resource: Resource) -> None:
        content = resource.content
        own = fact_code(content.get("code"), self.tables)
        if own is not None:
            self._own(resource, own)
            return
        rows = self.tables.rows("observations", self.named(content.get("code")))
        for row in rows:
            if row.is_not:
                self.issues.add(
                    resource, f"LOINC {row.code}, which is {row.is_not}", f"a code of {row.fact}",
                    "It is not mapped and not read.", "fhir-unmapped",
                )  # fmt: skip
        names = list(dict.fromkeys(row.fact for row in rows if not row.is_not))
        if not names:
            if not rows:
                self.issues.add(resource, *UNMAPPED, "fhir-unmapped")
            return
        if len(names) > 1 or any(row.is_not for row in rows):
            self._doubted(resource, names, "codes that contradict each other")
            return
        for row in rows:
            self.unverified(resource, row)
        if names == [HISTOLOGY]:
            if self.counts(resource, []):
                self._histology(resource, content.get("valueCodeableConcept"))
        else:
            self._stated(resource, self.dictionary.facts[names[0]])

    def _own(self, resource: Resource, name: str) -> None:
        """An observation in this project's own codes."""
        fact = self.dictionary.facts.get(name)
        if fact is not None and fact.is_entered and fact.type.kind != "opaque":
            self._stated(resource, fact, own=True)

    def _doubted(self, resource: Resource, names: list[str], reason: str) -> None:
        when, _ = self._when(resource)
        for name in names:
            if name in self.dictionary.facts:
                self._keep(self.dictionary.facts[name], doubt(self.dictionary.facts[name], reason, when, resource))

    def counts(self, resource: Resource, facts: list[str]) -> bool:
        """Whether an observation is final and made by ``as_of``."""
        status = status_code(resource.content.get("status"))
        if status in _NOT_FINAL:
            self.aside(resource, facts, f"status {status}", "a final result")
            return False
        when, _ = self._when(resource)
        if when is not None and when.first > self.as_of:
            self.aside(resource, facts, "a result from after as_of", f"results up to {self.as_of}")
            return False
        if self._is_of_another_tumour(resource):
            self.aside(resource, facts, "a finding on another tumour", "one on the neuroendocrine tumour")
            return False
        return True

    def _stated(self, resource: Resource, fact: Fact, own: bool = False) -> None:
        if not self.counts(resource, [fact.name]):
            return
        content = resource.content
        when, reason = self._when(resource)
        if status_code(content.get("status")) not in COUNTING["Observation"]:
            reason = "no status that says whether the result is final"
        elif resource.has_modifier():
            reason = "an extension that changes the meaning"
        elif absent_reason(content) and any(name.startswith("value") for name in content):
            reason = "a value, and a reason why there is none"
        elif fact.name == "age" and (when is None or when.first != self.as_of):
            reason = "an age on another day, or on none that is given"
        if reason:
            self._keep(fact, doubt(fact, reason, when, resource), own)
            return
        try:
            node = value_node(fact, parts_of(content, fact.name, self.tables), self.tables, self.dictionary)
        except UnreadableError as error:
            self._keep(fact, doubt(fact, str(error), when, resource), own)
            return
        if node is None:
            self.aside(resource, [fact.name], absent_reason(content) or "no value", "a value")
            return
        if when is None and not own:
            self.issues.add(
                resource, "a result without a date", "the day of the result", "It may be old; check when it was made.",
                "fhir-undated", f"facts.{fact.name}",
            )  # fmt: skip
        self._keep(fact, statement(fact, node, when, resource, self.dictionary), own)

    def _keep(self, fact: Fact, one: Statement, own: bool = False) -> None:
        if fact.name == KI67 and not own:
            key = reference_key(one.resource.content.get("specimen"))
            day = one.when.first.isoformat() if one.when else ""
            self.specimens.setdefault(f"specimen {key}" if key else f"day {day}", []).append(one)
        else:
            self.observed.setdefault(fact.name, []).append(one)

    # --- conditions ---

    def _condition(self, resource: Resource) -> None:
        content = resource.content
        codes = self.named(content.get("code"))
        said = [pair for row in self.tables.rows("conditions", codes) for pair in self._row(resource, row)]
        histology = _histology_codes(content)
        rows = self.tables.rows("histology", self.named(content.get("code"), *histology))
        if not said and not rows and not self.tables.rows("treatments", codes):
            self.issues.add(resource, *UNMAPPED, "fhir-unmapped")
            return
        said += [pair for row in rows for pair in row.says.items()]
        kept = self._present(resource, [name for name, _ in said])
        if rows and not self.tables.rows("conditions", codes) and any(
            self._is_primary(other) for other in self.bundle.resources if other.kind == "Condition"
        ):  # fmt: skip
            self.aside(resource, kept, "the histology of another tumour", "that of the neuroendocrine primary")
            kept = []
        if kept and self._is_of_another(resource):
            self.aside(resource, kept, "a metastasis of another primary", "one of the neuroendocrine primary")
            kept = []
        when, reason = self._when(resource)
        for row in (*self.tables.rows("conditions", codes), *rows):
            self.unverified(resource, row)
        for name, node in said:
            if name in kept:
                self._diagnose(self.dictionary.facts[name], node, when, resource, reason)

    def _diagnose(self, fact: Fact, node: Node, when: When | None, resource: Resource, reason: str) -> None:
        """Keep what a diagnosis says, or the reason why it cannot be read."""
        one = statement(fact, node, when, resource, self.dictionary)
        self.diagnosed.setdefault(fact.name, []).append(doubt(fact, reason, when, resource) if reason else one)

    def present(self, resource: Resource) -> bool:
        """Whether a diagnosis that speaks of a treatment can be believed."""
        return bool(self._present(resource, ["prior_treatments"]))

    def _is_of_another(self, resource: Resource) -> bool:
        """Whether a metastasis names a primary that is not the neuroendocrine one, where the bundle holds that too."""
        for extension in members(resource.content.get("extension", [])):
            if str(extension.get("url", "")).endswith(RELATED_PRIMARY):
                primary = self.bundle.resolve(extension.get("valueReference"))
                return primary is not None and not self._is_primary(primary) and any(
                    self._is_primary(other) for other in self.bundle.resources if other.kind == "Condition"
                )  # fmt: skip
        return False

    def _is_primary(self, resource: Resource) -> bool:
        rows = self.tables.rows("conditions", self.named(resource.content.get("code")))
        return any("primary_site" in row.says for row in rows)

    def _row(self, resource: Resource, row: CodeRow) -> Iterator[tuple[str, Node]]:
        if not row.by_body_site:
            yield from row.says.items()
            return
        for site in self.tables.rows("body_sites", self.named(*members(resource.content.get("bodySite", [])))):
            yield from site.says.items()

    def _present(self, resource: Resource, facts: list[str]) -> list[str]:
        """Those facts of which a diagnosis can be believed: confirmed, made by ``as_of``, and not over.

        What never goes stale (where a tumour arose, how it looked) holds after the diagnosis is over.
        """
        content = resource.content
        verified, clinical = (status_words(content.get(name)) for name in ("verificationStatus", "clinicalStatus"))
        when, _ = self._when(resource)
        if verified & NOT_BELIEVED:
            self.aside(resource, facts, f"a diagnosis that is {min(verified & NOT_BELIEVED)}", "a confirmed diagnosis")
        elif _is_there(content, "verificationStatus") and "confirmed" not in verified:
            self.aside(resource, facts, "a verification status that cannot be read", "a confirmed diagnosis")
        elif resource.has_modifier():
            self.aside(resource, facts, "an extension that changes the meaning", "a plain diagnosis")
        elif when is not None and when.first > self.as_of:
            self.aside(resource, facts, "a diagnosis from after as_of", f"diagnoses up to {self.as_of}")
        elif self._is_over(content, clinical):
            lasting = [name for name in facts if self.dictionary.facts[name].valid_for == "never stale"]
            if over := [name for name in facts if name not in lasting]:
                self.aside(resource, over, "a diagnosis that is not known to be active", "an active diagnosis")
            return lasting
        else:
            return facts
        return []

    def _is_over(self, content: dict[str, object], clinical: frozenset[str]) -> bool:
        """Whether a diagnosis is over, or has a clinical status that cannot be read."""
        if clinical & _PAST_CONDITION or any(name.startswith("abatement") for name in content):
            return True
        return _is_there(content, "clinicalStatus") and not clinical & _PRESENT_CONDITION

    def _is_of_another_tumour(self, resource: Resource) -> bool:
        """Whether a finding names as its focus a diagnosis that is neither the primary nor a metastasis of it."""
        found = (self.bundle.resolve(focus) for focus in members(resource.content.get("focus", [])))
        return any(one is not None and one.kind == "Condition" and not self._is_of_ours(one) for one in found)

    def _is_of_ours(self, condition: Resource) -> bool:
        rows = self.tables.rows("conditions", self.named(condition.content.get("code")))
        ours = {"primary_site", "liver_metastases", "extrahepatic_disease", "extrahepatic_sites"}
        return any(ours & set(row.says) or row.by_body_site for row in rows) and not self._is_of_another(condition)

    def _histology(self, resource: Resource, concept: object) -> None:
        rows = self.tables.rows("histology", self.named(concept))
        when, reason = self._when(resource)
        if not rows:
            self.issues.add(resource, *UNMAPPED, "fhir-unmapped")
        if status_code(resource.content.get("status")) not in COUNTING["Observation"]:
            reason = "no status that says whether the result is final"
        elif resource.has_modifier():
            reason = "an extension that changes the meaning"
        for row in rows:
            self.unverified(resource, row)
            for name, node in row.says.items():
                self._diagnose(self.dictionary.facts[name], node, when, resource, reason)


def _is_there(content: dict[str, object], name: str) -> bool:
    """Whether an element is given at all, if only as masked."""
    return content.get(name) is not None or content.get(f"_{name}") is not None


def _histology_codes(content: dict[str, object]) -> list[object]:
    """The concepts of the histology extension of a diagnosis."""
    return [
        extension.get("valueCodeableConcept")
        for extension in members(content.get("extension", []))
        if str(extension.get("url", "")).endswith("mcode-histology-morphology-behavior")
    ]


def _unknown(reason: str) -> Node:
    return Mapping(((Scalar("unknown"), Scalar(reason)),))

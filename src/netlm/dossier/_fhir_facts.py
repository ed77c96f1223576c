"""The facts of a case as FHIR observations and conditions, exact enough to be read back as the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..case import LIST_COMPLETE, OPEN_END, decimal_text
from ..dictionary import Day, Fact, Finding
from ..values import Interval, Members, Numbers, Opaque, Unit, Words
from ._fhir_parts import Parts, Resource, concept, plain

__all__ = ["fact_resources"]

UCUM = "http://unitsofmeasure.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def fact_resources(parts: Parts) -> Iterator[tuple[str, Resource]]:
    """Every recorded fact as an Observation, the lists with one for each entry, and the diagnoses as Conditions."""
    writer, case = _Writer(parts), parts.dossier.case
    yield from writer.conditions()
    for name, finding in case.facts.entered.items():
        fact = parts.dictionary.facts[name]
        if fact.type.kind != "opaque" or (fact.kind == "texts" and fact.detail_of):
            yield f"Observation/{name}", writer.observation(fact, finding)
    for name, entries in case.records.items():
        yield from writer.listed(parts.dictionary.facts[name], entries)


class _Writer:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.case = parts.dossier.case

    # --- diagnoses ---

    def conditions(self) -> Iterator[tuple[str, Resource]]:
        """The primary and the liver metastases, where they are certain and have a verified code."""
        facts = self.case.facts
        site, count = facts.value("primary_site"), facts.value("liver_metastases")
        if isinstance(site, Words) and site.word is not None:
            title = self.parts.dictionary.facts["primary_site"].values[site.word]
            said = f"Neuroendocrine neoplasm, primary site: {title}"
            yield from self._condition("primary", "primary_site", site.word, said)
        if isinstance(count, Numbers) and (count.intervals[0].low or 0) >= 1:
            yield from self._condition("liver", "liver_metastases", "at least 1", "Liver metastases")

    def _condition(self, key: str, fact: str, value: str, said: str) -> Iterator[tuple[str, Resource]]:
        code = self.parts.tables.code_of("conditions", fact, value)
        if code is not None:
            coded = concept(said, {"system": code[0], "code": code[1]})
            statuses = {
                "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
                "verificationStatus": {"coding": [{"system": VERIFIED, "code": "confirmed"}]},
            }
            yield (
                f"Condition/{key}",
                {"resourceType": "Condition", **statuses, "code": coded, "subject": self.parts.patient},
            )

    # --- facts ---

    def observation(self, fact: Fact, finding: Finding) -> Resource:
        """One fact with its date, method and source."""
        found = self._observed({"coding": self.parts.measured(fact.name), "text": plain(fact.title)})
        if finding.date is not None:
            found["effectiveDateTime"] = finding.date.isoformat()
        elif fact.name == "age":
            found["effectiveDateTime"] = self.parts.day  # an age is that of a day
        if finding.method is not None:
            found["method"] = {"text": plain(finding.method)}
        notes = [f"{name}: {text}" for name in ("source", "by", "note") if (text := getattr(finding, name))]
        if notes:
            found["note"] = [{"text": plain(note)} for note in notes]
        return {**found, **self._valued(fact, fact.name, finding)}

    def _observed(self, code: Resource) -> Resource:
        return {"resourceType": "Observation", "status": "final", "code": code, "subject": self.parts.patient}

    def _valued(self, fact: Fact, path: str, finding: Finding) -> Resource:
        """The value: one as it stands, alternatives and lists as components."""
        if _says_nothing(fact, finding):
            absent = {"coding": [{"system": ABSENT, "code": "unknown"}]}
            return {"dataAbsentReason": {**absent, "text": plain(finding.unknown or "unknown")}}
        values = list(self._values(fact, finding))
        if len(values) == 1 and fact.kind not in ("words", "options", "texts"):
            return values[0]
        code = {"coding": [self.parts.fact(path, fact.title)]}
        return {"component": [{"code": code, **value} for value in values]}

    def _values(self, fact: Fact, finding: Finding) -> Iterator[Resource]:
        value = finding.value
        if isinstance(value, Numbers):
            yield from (self._number(fact, finding, interval) for interval in value.intervals)
        elif isinstance(value, Words):
            words = [word for word in fact.type.words if word in value.possible]
            if fact.kind == "yes_no" and len(words) == 1:
                yield {"valueBoolean": words == ["yes"]}
            else:
                yield from (self._word(fact, word) for word in words)
        elif isinstance(value, Members):
            yield from (self._word(fact, word) for word in fact.type.words if word in value.must)
            if value.is_known:
                yield {"valueCodeableConcept": self._complete()}
        elif isinstance(value, Opaque) and isinstance(value.content, tuple):
            yield from ({"valueString": plain(str(text))} for text in value.content)
            if value.is_known:
                yield {"valueCodeableConcept": self._complete()}

    def _complete(self) -> Resource:
        return {"coding": [self.parts.value(LIST_COMPLETE, "the list is complete")]}

    def _word(self, fact: Fact, word: str) -> Resource:
        """A word with its standard code, where the answer tables hold a verified one."""
        title = fact.values.get(word, word)
        head = "option" if fact.kind in ("option", "options") else fact.name
        codings = [self.parts.value(f"{head}.{word}", title)]
        known = self.parts.tables.code_of("answers", fact.name, word)
        if known is not None:
            codings.append({"system": known[0], "code": known[1]})
        return {"valueCodeableConcept": concept(title, *codings)}

    def _number(self, fact: Fact, finding: Finding, interval: Interval) -> Resource:
        """A quantity, one with a comparator, or a range whose ends say where they do not belong to it."""
        kind = fact.type.number
        assert kind is not None
        low = None if interval.low == kind.low and not interval.low_open else interval.low
        high = None if interval.high == kind.high and not interval.high_open else interval.high
        low_sign, high_sign = ">" if interval.low_open else ">=", "<" if interval.high_open else "<="
        if interval.is_point:
            low, high, low_sign = interval.low, None, ""
        elif (low is None) == (high is None):
            low, high = interval.low, interval.high
        unit, factor = self._unit(fact, finding, [end for end in (low, high) if end is not None])
        lower, upper = (None if end is None else _quantity(Fraction(end) / factor, unit) for end in (low, high))
        if lower and upper:
            return {"valueRange": {"low": {**lower, **_open(low_sign)}, "high": {**upper, **_open(high_sign)}}}
        end, sign = (lower, low_sign) if lower else (upper, high_sign)
        return {"valueQuantity": {**(end or {}), **({"comparator": sign} if sign else {})}}

    def _unit(self, fact: Fact, finding: Finding, ends: list[int | Fraction]) -> tuple[Unit, Fraction]:
        """The unit in which the ends are short decimals, and how many of the fact's own make it: the typed one first.

        A number typed in one unit and shown in another may have no end: 9 umol/L of bilirubin in mg/dL.
        """
        kind, units = fact.type.number, self.parts.dictionary.units
        assert kind is not None
        names = dict.fromkeys([finding.unit or kind.unit, kind.unit, *units.accepted(kind.unit, kind.name)])
        able = [(units.units[name], factor) for name in names
                if (factor := units.factor(units.units[name], kind.unit, kind.name)) is not None]  # fmt: skip
        return next((one for one in able if all(_is_short(Fraction(end) / one[1]) for end in ends)), able[0])

    # --- lists ---

    def listed(self, fact: Fact, entries: tuple[Mapping[str, Finding], ...]) -> Iterator[tuple[str, Resource]]:
        """A list: what it holds, whether it is complete, and an observation for each entry."""
        keys = [f"Observation/{fact.name}/{number}" for number, _ in enumerate(entries, 1)]
        header = self._observed({"coding": [self.parts.fact(fact.name, fact.title)], "text": plain(fact.title)})
        if self._is_complete(fact):
            header["valueCodeableConcept"] = self._complete()
        if keys:
            header["hasMember"] = [self.parts.reference(key) for key in keys]
        yield f"Observation/{fact.name}", header
        for key, entry in zip(keys, entries, strict=True):
            item = self._observed({"coding": [self.parts.fact(f"{fact.name}.item", fact.title)]})
            found = [part for name, finding in entry.items() for part in self._field(fact, name, finding)]
            yield key, {**item, **({"component": found} if found else {})}

    def _is_complete(self, fact: Fact) -> bool:
        """Whether the case states the list as complete."""
        if fact.name == "lesions":
            return self.case.facts.lesions_complete
        document: Any = self.case.document
        facts = document.get("facts")
        node = facts.get(fact.name) if facts is not None else None
        return node is not None and not hasattr(node, "pairs")

    def _field(self, fact: Fact, name: str, finding: Finding) -> Iterator[Resource]:
        field = fact.fields[name]
        code = {"coding": [self.parts.fact(f"{fact.name}.{name}", field.title)]}
        if field.kind == "text" and finding.typed in self.parts.dictionary.options:
            yield {"code": code, "valueCodeableConcept": self.parts.option(finding.typed)}
        elif field.kind == "text":
            yield {"code": code, "valueString": plain(finding.typed)}
        elif field.kind == "date" and isinstance(finding.value, Opaque) and isinstance(finding.value.content, Day):
            yield {"code": code, "valueDateTime": finding.value.content.text}
        elif not _says_nothing(field, finding):
            yield from ({"code": code, **value} for value in self._values(field, finding))


def _says_nothing(fact: Fact, finding: Finding) -> bool:
    """Whether the finding leaves the fact as open as it was."""
    return finding.unknown is not None or (fact.type.kind != "opaque" and finding.value == fact.type.everything)


def _quantity(number: Fraction, unit: Unit) -> Resource:
    shown = number.numerator if number.denominator == 1 else float(number)
    return {"value": shown, "unit": unit.name, "system": UCUM, "code": unit.ucum}


def _is_short(number: Fraction) -> bool:
    """Whether a JSON number says it exactly, and a reader takes it."""
    text = decimal_text(float(number))
    return text is not None and Fraction(text) == number


def _open(sign: str) -> Resource:
    """What marks an end that does not belong to its range."""
    return {"extension": [{"url": OPEN_END, "valueBoolean": True}]} if sign in ("<", ">") else {}

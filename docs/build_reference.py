"""Write docs/reference/ from the knowledge that netlm is installed with.

Run it after every change of src/netlm/knowledge/ or docs/formats/:

    python docs/build_reference.py            write the pages, remove those that are no longer made
    python docs/build_reference.py --check    write nothing; exit 1 and name the pages that are out of date

The same knowledge gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netlm.case import CodeRow, load_code_tables
from netlm.dictionary import Citation, Dictionary, Fact, Limit, knowledge_folder, knowledge_records, load_dictionary
from netlm.dossier import SIGNS, WORDS, DossierNames
from netlm.evidence import load_evidence, say_result, say_size
from netlm.files import Mapping as Mapped
from netlm.files import Scalar, render_tree
from netlm.guidance import ROLES, Argument, Pack, load_pack
from netlm.logic import VERDICTS, Compare, Expression, in_english, walk
from netlm.registry import Table, load_synthetic_model, load_tables
from netlm.studies import METHODS, load_analyses, load_columns
from netlm.values import TRUE

DOCS = Path(__file__).resolve().parent
REFERENCE = DOCS / "reference"
FORMATS = DOCS / "formats"
MARK = "<!-- Made by docs/build_reference.py from the knowledge of netlm. Change the knowledge, not this page. -->"
PROVENANCE = {
    "source": "as the source prints it",
    "corrected": "the print is damaged; the printed value is kept beside the corrected one",
    "inferred": "carried over from a neighbouring rule of the source",
    "external": "taken from another source, which is cited",
    "convention": "a choice that nobody published; named, explained and open to change",
}
OWN_FLAGS = (
    "contradiction",
    "entered-beats-default",
    "unreviewed-scan",
    "stale",
    "borderline",
    "single-correctable-failure",
    "declined",
    "unavailable",
    "not-considered",
)
ENTERED = {
    "only": "It is never entered.",
    "wins": "An entered value takes the place of the table.",
    "agrees": "An entered value and the table must agree; else the fact is the set of both, flagged `contradiction`.",
}


def sentences(text: str) -> list[str]:
    """One sentence a line."""
    return re.split(r"(?<=[a-z0-9%)`][.?!]) (?=[A-Z0-9`])", " ".join(text.split()))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table; nothing where it would have no rows."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    names = list(head)
    return ["| " + " | ".join(names) + " |", "|" + "---|" * len(names), *lines, ""] if lines else []


def slug(text: str) -> str:
    """A heading as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def code(words: Iterable[str]) -> str:
    """Words as code, with commas."""
    return ", ".join(f"`{word}`" for word in words)


class Book:
    """Every page of the reference, by its path below docs/reference."""

    def __init__(self, dictionary: Dictionary, packs: list[Pack]) -> None:
        self.dictionary = dictionary
        self.packs = packs
        self.names = DossierNames(dictionary)
        self.numbered = {
            str(one.record["review_number"]): name
            for name, one in dictionary.references.items()
            if "review_number" in one.record
        }

    def pages(self) -> dict[str, str]:
        """Path to content."""
        made: dict[str, Iterable[str]] = {"index.md": self.index()}
        for group in self.groups():
            made[f"dictionary/{slug(group)}.md"] = self.group(group)
        made["derived.md"] = self.derived()
        made["units.md"] = self.units()
        made["conventions.md"] = self.conventions()
        made["references.md"] = self.references()
        made["publications.md"] = self.publications()
        for path in sorted(FORMATS.glob("*.md.in")):
            made[path.stem] = self.format(path)
        for pack in self.packs:
            folder = f"guidance/{pack.id}"
            made[f"{folder}/index.md"] = self.pack(pack)
            made[f"{folder}/flags-and-notes.md"] = self.flags_and_notes(pack)
            for option in pack.order:
                made[f"{folder}/{option.replace('.', '/')}.md"] = self.option(pack, option)
        return {path: "\n".join([MARK, "", *lines]).rstrip() + "\n" for path, lines in made.items()}

    def groups(self) -> list[str]:
        """Groups of entered facts, in the order of the dictionary."""
        return list(dict.fromkeys(fact.group for fact in self.dictionary.facts.values() if fact.is_entered))

    def index(self) -> Iterator[str]:
        """The way in."""
        facts = self.dictionary.facts.values()
        yield from [
            "# Reference",
            "",
            "These pages are made from the knowledge files, so they say what the program does.",
            "",
        ]
        yield from [
            "## Files",
            "",
            "- [The case file, `case/1`](case-file.md)",
            "- [A FHIR Bundle as a case](fhir-in.md)",
            "- [The FHIR document and the cards](fhir-out.md)",
            "- [The dossier, `dossier/1`](dossier.md)",
            "- [The record of a meeting, `decision/1`](decision.md)",
            "- [The follow-up file, `follow-up/1`](follow-up.md)",
            "- [The registry, `registry/1`](registry.md)",
            "- [The mapping of a spreadsheet, `registry-mapping/1`](mapping.md)",
            "- [Made-up registries: the model](synthetic.md)",
            "- [A study on a registry, `analysis/1` and `study/1`](analysis.md)",
            "- [A published study, `publication/1`](publication.md)",
            "- [Scans: the numbers of a label map](scans.md)",
            "- [The table of facts, `facts/1`](facts-table.md)",
            "",
        ]
        yield from [f"## Facts ({sum(fact.is_entered for fact in facts)} that are entered)", ""]
        yield from (f"- [{group}](dictionary/{slug(group)}.md)" for group in self.groups())
        tables = sum(fact.derivation is not None for fact in facts)
        yield f"- [Derived facts: the decision tables](derived.md) ({tables})"
        yield from [
            "",
            "## Numbers and sources",
            "",
            "- [Units](units.md)",
            "- [Conventions](conventions.md)",
            "- [References](references.md)",
            "- [Published studies](publications.md)",
            "",
        ]
        for pack in self.packs:
            yield from [f"## Guidance: {pack.id}", "", f"- [The pack and its options](guidance/{pack.id}/index.md)"]
            yield from [f"- [Flags, notes and what is not judged](guidance/{pack.id}/flags-and-notes.md)", ""]

    def group(self, group: str) -> Iterator[str]:
        """The entered facts of one group."""
        yield from [f"# Facts: {group}", ""]
        for fact in self.dictionary.facts.values():
            if fact.group == group and fact.is_entered:
                yield from self.fact(fact)

    def fact(self, fact: Fact) -> Iterator[str]:
        """One fact in full."""
        yield from [f"## `{fact.name}`", "", f"**{fact.title}**{', core set' if fact.core else ''}", ""]
        yield from [*sentences(fact.meaning), ""]
        yield from table(["", ""], self.fact_rows(fact))
        if fact.fields:
            yield from ["Fields of each entry:", ""]
            yield from table(
                ["field", "what", "how it is written"],
                (
                    (f"`{name}`", one.title, "; ".join(f"{key} {text}" for key, text in self.how(one)))
                    for name, one in fact.fields.items()
                ),
            )
        if fact.derivation is not None:
            yield from [
                f"A [decision table](../derived.md#{fact.name}) speaks of it too.",
                ENTERED[fact.derivation.when_entered],
                "",
            ]

    def how(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """How a value is written."""
        number = fact.type.number
        if number is None:
            yield (
                "type",
                {
                    "word": "one word",
                    "words": "a list of words",
                    "yes_no": "yes or no",
                    "records": "a list of maps",
                    "texts": "a list of texts",
                    "options": "a list of option ids",
                    "option": "an option id",
                }.get(fact.kind, fact.kind),
            )
            if fact.kind in ("word", "words"):
                yield (
                    "values",
                    ", ".join(
                        f"`{word}`" + (f" {title}" if title != word else "") for word, title in fact.values.items()
                    ),
                )
            return
        whole = f" of {number.of}" if number.of else ""
        yield "type", "a count" if number.whole_numbers else "a number"
        if number.unit != "1":
            yield (
                "unit",
                f"`{number.unit}`{whole}; accepted: {code(self.dictionary.units.accepted(number.unit, fact.name))}",
            )
            yield "bare number", "accepted" if number.bare else "an error: write the unit"
        yield (
            "possible",
            f"{float(number.low or 0):g} to {float(number.high or 0):g}"
            if number.high is not None
            else f"at least {float(number.low or 0):g}",
        )
        if fact.usual:
            yield "usual", f"{float(fact.usual[0]):g} to {float(fact.usual[1]):g} (outside it, a warning)"

    def fact_rows(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """The table of one fact."""
        yield from self.how(fact)
        if fact.absent_means:
            yield "absent means", f"`{fact.absent_means}`"
        if fact.error:
            error = f"{float(fact.error.low):g} to +{float(fact.error.high):g}"
            kind = (
                "of the value"
                if fact.error.kind == "relative"
                else "of each of the two volumes that it is worked out from"
            )
            yield (
                "measurement error",
                f"{error} % {kind} ({self.cite(fact.error.cite, '../')})",
            )
        if fact.codes:
            yield "codes", ", ".join(f"{one.system} {one.code} ({one.status})" for one in fact.codes)
        months = self.dictionary.validity(fact)
        yield "current for", f"{months} months ([convention](../conventions.md))" if months else "it never goes stale"
        yield "changed by", ", ".join(fact.changed_by)
        if fact.becomes:
            yield "can become", code(fact.becomes)
        if fact.detail_of:
            yield "detail of", f"`{fact.detail_of}`"
        if fact.obtained:
            yield "obtained", fact.obtained

    def derived(self) -> Iterator[str]:
        """Every decision table in English."""
        yield from [
            "# Derived facts",
            "",
            "The first row that holds gives the value.",
            "Where it cannot be told which row holds, the fact is the set of the values that can still be reached.",
            "",
        ]
        for fact in self.dictionary.facts.values():
            if fact.derivation is not None:
                yield from self.decision_table(fact)

    def decision_table(self, fact: Fact) -> Iterator[str]:
        """One decision table."""
        derivation = fact.derivation
        assert derivation is not None
        yield from [
            f"## {fact.name}",
            "",
            f"**{fact.title}**",
            "",
            *sentences(fact.meaning),
            ENTERED[derivation.when_entered],
            "",
        ]
        if derivation.presence_of:
            yield from [
                f"Yes where `{derivation.presence_of}` is given, if only as an empty list; no where it is not.",
                "",
            ]
        rows = [
            (
                str(at),
                " or ".join(fact.values.get(word, word) for word in fact.type.words if word in row.then),
                "in all other cases" if (said := self.english(row.when)) == "always" else f"if {said}",
                row.because,
            )
            for at, row in enumerate(derivation.rows, 1)
        ]
        yield from table(["row", "value", "when", "because"], rows)
        yield from [f"Source: {self.cite(derivation.cite)}; {derivation.provenance}.", ""]

    def english(self, node: Expression) -> str:
        """An expression for people."""
        return in_english(node, self.names)

    def cite(self, cite: Citation | None, up: str = "") -> str:
        """A citation with links into the references."""
        if cite is None:
            return "none"
        links = [
            f"[{ref}]({up}references.md#{self.numbered[ref]})" if ref in self.numbered else ref for ref in cite.refs
        ]
        refs = f", {'ref' if len(links) == 1 else 'refs'} {', '.join(links)}" if links else ""
        return f"[{self.dictionary.references[cite.via].short}]({up}references.md#{cite.via}), {cite.section}{refs}"

    def beside(self, options: tuple[str, ...], pack: Pack) -> str:
        """Options as code, a whole family as one; none given is all."""
        said: dict[str, None] = {}
        for option in options:
            family, dot, _ = option.partition(".")
            whole = dot and all(one in options for one in pack.order if one.startswith(f"{family}."))
            said[f"{family}.*" if whole else option] = None
        return code(said) or "all options"

    def units(self) -> Iterator[str]:
        """The table of units."""
        units = self.dictionary.units
        yield from [
            "# Units",
            "",
            "Factors are exact.",
            "A value is converted once, compared unrounded, and shown as it was typed.",
            "",
        ]
        dimensions = dict.fromkeys(unit.dimension for unit in units.units.values())
        for dimension in dimensions:
            yield from [f"## {dimension.capitalize()}", ""]
            yield from table(
                ["unit", "what", "UCUM", "factor", "other spellings"],
                (
                    (f"`{one.name}`", one.title, f"`{one.ucum}`", str(one.factor), code(one.spellings))
                    for one in units.units.values()
                    if one.dimension == dimension
                ),
            )
        yield from ["## Bridges", "", "From amount of substance to mass, each for one substance only.", ""]
        yield from table(
            ["fact", "from", "to", "divide by"],
            ((f"`{one.fact}`", f"`{one.source}`", f"`{one.to}`", f"{float(one.divisor):g}") for one in units.bridges),
        )

    def conventions(self) -> Iterator[str]:
        """Every named number that nobody published."""
        yield from [
            "# Conventions",
            "",
            "Numbers that no source gives, or whose reading the sources leave open.",
            "Each can be replaced for one run with `netlm board CASE --convention NAME=VALUE`.",
            "",
        ]
        for name, one in self.dictionary.conventions.items():
            used = sorted(self.uses(f"convention.{name}"))
            yield from [f"## `{name}`", "", f"**{one.title}: {one.value}**", "", *sentences(one.because), ""]
            yield from [
                f"- may be set from {one.low} to {one.high}{'' if one.unit == '1' else ' ' + one.unit}",
                f"- decided in {self.cite(one.cite)}",
                f"- used by {code(used) or 'nothing'}",
                "",
            ]

    def uses(self, name: str) -> set[str]:
        """What reads a limit of this name."""

        def read(node: Expression) -> bool:
            return any(isinstance(part, Compare) and part.limit.name == name for part in walk(node))

        found = {
            f"{option}: {one.id}"
            for pack in self.packs
            for option, all_ones in pack.arguments.items()
            for one in all_ones
            if read(one.when)
        }
        found |= {f"flag {flag.id}" for pack in self.packs for flag in pack.flags if read(flag.when)}
        for fact in self.dictionary.facts.values():
            if fact.valid_for == name or (fact.derivation and any(read(row.when) for row in fact.derivation.rows)):
                found.add(fact.name)
        return found

    def publications(self) -> Iterator[str]:
        """Every study in one sentence, by design."""
        evidence = load_evidence()
        known = {"verified": "", "review": " (as the review has it)", "recalled": " (only remembered)"}
        yield from ["# Published studies", ""]
        yield "What each reports first, of whom, and how that is known; `netlm evidence show STUDY` tells all of it."
        yield "Results of one study say nothing about those of another."
        for design in evidence.words.designs.values():
            members = [one for one in evidence.studies.values() if one.design == design.id]
            if members:
                yield from ["", f"## {design.title[:1].upper()}{design.title[1:]}", ""]
            for study in members:
                cited = ", ".join(
                    f"[{self.dictionary.references[one].short}](references.md#{one})" for one in study.reports
                )
                headline = study.headline
                said = say_result(study, headline) if headline else "no result that stands"
                size = f"; {say_size(study)}" if say_size(study) else ""
                mark = known[headline.support.known] if headline else ""
                yield f"- **{study.name}** (`{study.id}`): {study.title}: {said}{size}{mark} [{cited}]"

    def references(self) -> Iterator[str]:
        """The bibliography, in the order of the file."""
        yield from ["# References", "", "Numbers in brackets are those of the landmark review's own list.", ""]
        for name, one in self.dictionary.references.items():
            record: Mapping[str, Any] = one.record
            number = f"[{record['review_number']}] " if "review_number" in record else ""
            journal = " ".join(str(record[key]) for key in ("journal", "publisher", "year", "volume") if key in record)
            pages = f":{record['pages']}" if "pages" in record else ""
            yield from [f'<a id="{name}"></a>', f"**{number}{one.short}** (`{name}`)"]
            authors = str(record["authors"]).rstrip(".") + ". " if "authors" in record else ""
            title = str(record.get("title", ""))
            yield f"{authors}{title}{'' if title[-1:] in ('.', '?', '!') else '.'}"
            if journal:
                yield f"{journal}{pages}."
            if "doi" in record:
                yield f"doi [{record['doi']}](https://doi.org/{record['doi']})."
            if "note" in record:
                yield f"{str(record['note']).rstrip('.')}."
            yield ""

    def pack(self, pack: Pack) -> Iterator[str]:
        """A pack: what it covers, its options, its roles and verdicts."""
        yield from [f"# Guidance pack `{pack.id}`", "", f"{pack.title} ({pack.year}).", ""]
        for key, title in (("covers", "It covers"), ("does_not_cover", "It does not cover")):
            yield f"{title}: {' '.join(str(pack.about.get(key, 'not said')).split())}"
        yield from [f"Reviewed by a clinician: {pack.about.get('reviewed_by_clinician', 'no')}.", "", "## Options", ""]
        yield from table(
            ["option", "id", "arguments"],
            (
                (
                    f"[{self.dictionary.options[name].title}]({name.replace('.', '/')}.md)",
                    f"`{name}`",
                    str(len(pack.arguments[name])),
                )
                for name in pack.order
            ),
        )
        yield from ["## Roles", ""]
        yield from table(
            ["role", "bites when it", "verdict"],
            (
                (
                    f"`{name}`",
                    "holds" if role.bites_when is TRUE else "does not hold",
                    "told, never deciding" if name == "supports" else f"`{role.verdict}`",
                )
                for name, role in ROLES.items()
            ),
        )
        yield from ["## Verdicts, worst first", ""]
        yield from table(
            ["sign", "verdict", "what a reader sees"],
            ((f"`{SIGNS[name]}`", f"`{name}`", WORDS[name]) for name in (*VERDICTS, "cannot_tell")),
        )
        yield from [
            "## Provenance",
            "",
            *table(["word", "meaning"], ((f"`{key}`", text) for key, text in PROVENANCE.items())),
        ]

    def option(self, pack: Pack, option: str) -> Iterator[str]:
        """One option: its arguments, and what was given."""
        known, up = self.dictionary.options[option], "../" * (3 if "." in option else 2)
        yield from [
            f"# {known.title}",
            "",
            f"`{option}` in pack `{pack.id}` ({pack.year}); {known.kind}.",
            "",
            *sentences(known.aim),
            "",
        ]
        yield from ["## Arguments", ""]
        yield from table(
            ["argument", "role", "says"],
            ((f"[{one.id}](#{one.id})", f"`{one.role}`", one.says) for one in pack.arguments[option]),
        )
        for argument in pack.arguments[option]:
            yield from self.argument(argument, up)
        yield from self.regimens(known.told["regimens"], up)
        for key, title in (("technical", "Technical facts"), ("history", "History")):
            if known.told[key]:
                yield from [f"## {title}", "", *(self.told(entry, up) for entry in known.told[key]), ""]

    def argument(self, one: Argument, up: str) -> Iterator[str]:
        """One argument in full."""
        strength = f", {one.strength}" if one.strength else ""
        yield from [
            f"### {one.id}",
            "",
            f"{one.says}.",
            "",
            f"- role: `{one.role}`{strength}{', for each lesion' if one.lesion else ''}",
            f"- holds if {self.english(one.when)}",
            f"- written `{one.text}`",
        ]
        used = {node.limit.name: node.limit.text for node in walk(one.when) if isinstance(node, Compare)}
        for name, text in used.items():
            yield f"- {self.limit(name, text, one.limits.get(name.removeprefix('limits.')), up)}"
        yield f"- provenance: {one.provenance}, {PROVENANCE[one.provenance]}"
        yield f"- source: {self.cite(one.cite, up)}"
        if one.facts:
            yield f"- facts of the source: {code(one.facts)}"
        if not one.own:
            yield "- shared with other options"
        if one.printed:
            yield f"- printed: {one.printed} (correction {one.correction})"
        yield ""
        if one.note:
            yield from [*sentences(one.note), ""]

    def limit(self, name: str, text: str, own: Limit | None, up: str) -> str:
        """A named number of an argument."""
        if own is None:
            convention = name.removeprefix("convention.")
            return f"convention [`{convention}`]({up}conventions.md#{convention}): {text}"
        return f"limit{'' if name == 'limit' else f' `{name}`'}: {text}, {own.provenance}"

    def regimens(self, regimens: list[dict[str, Any]], up: str) -> Iterator[str]:
        """Doses and schedules, as given."""
        if regimens:
            yield from [
                "## Doses and schedules",
                "",
                "As given in the trial or described by the source; not a prescription.",
                "",
            ]
        for regimen in regimens:
            off_label = " (off-label)" if regimen.get("off_label") in ("true", "yes") else ""
            yield from [f"**{regimen['title']}**{off_label}", ""]
            yield from table(
                ["what", "value", "per", "schedule", "route", "provenance", "source"],
                (
                    (
                        item["what"],
                        item.get("value", ""),
                        item.get("per", ""),
                        item.get("schedule", ""),
                        item.get("route", ""),
                        item["provenance"],
                        self.plain_cite(item.get("cite"), up),
                    )
                    for item in regimen["items"]
                ),
            )
            notes = [str(regimen[key]) for key in ("note", "off_label_note") if key in regimen]
            yield from [line for note in notes for line in (*sentences(f"{note}."), "")]

    def plain_cite(self, cite: Any, up: str) -> str:
        """A citation of an option file, which may name a table or a decision in place of a section."""
        if not isinstance(cite, dict) or cite.get("via") not in self.dictionary.references:
            return ""
        where = cite.get("section") or cite.get("decision") or (f"table {cite['table']}" if "table" in cite else "")
        return (
            self.cite(Citation(cite["via"], where, tuple(cite.get("refs", ()))), up)
            .replace("), , ", "), ")
            .rstrip(", ")
        )

    def told(self, entry: dict[str, Any], up: str) -> str:
        """One technical or historical statement."""
        value = f": {entry['value']}" if "value" in entry else ""
        date = f" ({entry['date']})" if "date" in entry else ""
        other = entry.get("alternate")
        alternate = f"; another source gives {other['value']}" if isinstance(other, dict) else ""
        source = f"{entry['provenance']}, {self.plain_cite(entry.get('cite'), up)}"
        return f"- {entry['says']}{value}{alternate}{date}; {source}"

    def flags_and_notes(self, pack: Pack) -> Iterator[str]:
        """What is told beside the verdicts."""
        up = "../../"
        yield from [
            f"# Flags and notes of `{pack.id}`",
            "",
            "None of them decides anything.",
            "",
            "## Flags",
            "",
            "A flag is raised where its condition certainly holds.",
            f"The program itself adds {code(OWN_FLAGS)}.",
            "",
        ]
        yield from table(
            ["flag", "says", "raised if", "beside", "source"],
            (
                (
                    f"`{flag.id}`",
                    flag.says,
                    self.english(flag.when),
                    self.beside(flag.options, pack),
                    self.cite(flag.cite, up),
                )
                for flag in pack.flags
            ),
        )
        yield from ["## Standing notes", ""]
        for note in pack.notes:
            yield from [f"### {note.title}", "", *sentences(note.says), ""]
            told = f"unless it certainly does not hold that {self.english(note.when)}" if note.when else "always"
            yield from [
                f"Told {told}; beside {self.beside(note.options, pack)}.",
                f"Source: {self.cite(note.cite, up)}.",
                "",
            ]
        yield from ["## Entered, shown, not judged", "", "No threshold is invented for these facts.", ""]
        yield from table(
            ["fact", "beside"], ((f"`{one.about}`", self.beside(one.options, pack)) for one in pack.not_considered)
        )
        yield from self.not_bearing(pack)

    def not_bearing(self, pack: Pack) -> Iterator[str]:
        """Entries of the facts file on which no decision hangs."""
        rows = [
            (f"`{entry.text('fact')}`", entry.text("because"))
            for record in knowledge_records(knowledge_folder() / "guidance" / pack.id, "guidance-not-bearing/1")
            for entry in record.records("not_bearing")
        ]
        yield from ["## Facts of the source that bear on no decision", "", *table(["fact", "because"], rows)]

    def format(self, path: Path) -> Iterator[str]:
        """A page of prose with its lists filled in."""
        facts = [fact for fact in self.dictionary.facts.values() if fact.is_entered]
        lists = {
            "core": table(
                ["fact", "what", "how it is written"],
                (
                    (f"[`{one.name}`](dictionary/{slug(one.group)}.md#{one.name})", one.title, self.shape(one))
                    for one in facts
                    if one.core
                ),
            ),
            "others": table(
                ["group", "facts"],
                (
                    (
                        f"[{group}](dictionary/{slug(group)}.md)",
                        code(one.name for one in facts if one.group == group and not one.core),
                    )
                    for group in self.groups()
                ),
            ),
            "verdicts": table(
                ["verdict", "what a reader sees"], ((f"`{name}`", WORDS[name]) for name in (*VERDICTS, "cannot_tell"))
            ),
        }
        lists["imaging"] = self.imaging()
        lists |= self.registry()
        lists |= self.studies()
        lists |= {f"fhir_{name}": self.codes(name) for name in load_code_tables().tables}
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.fullmatch(r"\{\{(\w+)\}\}", line)
            yield from lists[match[1]] if match else [line]

    def studies(self) -> dict[str, list[str]]:
        """The analyses, the columns and times that they may speak of, and the time zeros of a registry."""
        columns = load_columns()
        own = [one for one in columns.facts.values() if one.group == "Course"]
        return {
            "analyses": table(
                ["study", "question", "method", "limits", "published beside it"],
                (
                    (
                        f"`{one.id}`", one.question, METHODS[one.method], "<br>".join(one.limit_texts()),
                        ", ".join(sorted({reference.study for reference in one.published})),
                    )
                    for one in load_analyses().values()
                ),
            ),
            "analysis_columns": table(
                ["column", "what", "how it is written"], ((f"`{one.name}`", one.title, self.shape(one)) for one in own)
            ),
            "analysis_facts": [code(one.name for one in columns.facts.values() if one not in own)],
            "analysis_times": table(
                ["time", "what", "ends with", "else counted to", "and not beyond"],
                (
                    (f"`{one.id}`", one.title, "; ".join(event.says for event in (*one.events, *one.competing)),
                     f"`{one.until}`",
                     ", ".join(f"`{name}`" for name in (one.free_until, *(event.on for event in one.within)) if name))
                    for one in columns.times.values()
                ),
            ),
            "time_zeros": table(
                ["time zero", "what"],
                ((f"`{name}`", one.title) for name, one in load_tables().analysis.time_zeros.items()),
            ),
        }  # fmt: skip

    def imaging(self) -> list[str]:
        """The numbers that the imaging library is told, each with its source."""
        record = next(knowledge_records(knowledge_folder() / "imaging" / "rules.yaml", "imaging/1"))
        return table(["what", "value", "", "why", "source"], self.rules("", record.plain()))

    def registry(self) -> dict[str, list[str]]:
        """The tables of a registry, the facts it keeps of each case, and the sources of its scales."""
        tables = load_tables()
        told: list[str] = []
        for one in tables.tables.values():
            rows = "one" if one.single else "a list"
            told += [
                f"### `{one.key}`",
                "",
                f"{one.title}, {rows}; the table `{one.name}`.",
                *sentences(one.meaning),
                "",
            ]
            told += table(
                ["column", "what", "how it is written", "needed"],
                ((f"`{name}`", self.told_of(column.fact), self.written(column.fact), self.needed(one, name))
                 for name, column in one.columns.items()),
            )  # fmt: skip
        scales = table(
            ["scale", "columns", "provenance", "source"],
            ((one.title, code(one.columns), one.provenance, self.cite(one.cite, "")) for one in tables.scales.values()),
        )
        facts = table(
            ["fact", "what", "unit"],
            ((f"`{name}`", one.fact.title, one.fact.type.number.unit.replace("1", "") if one.fact.type.number else "")
             for name, one in tables.snapshot.items()),
        )  # fmt: skip
        zeros = table(
            ["time zero", "what"], ((f"`{name}`", one.title) for name, one in tables.analysis.time_zeros.items())
        )
        analysis = table(
            ["column", "what", "unit"],
            ((f"`{name}`", f"{one.title}. {one.meaning}" if one.meaning else one.title, one.unit or "")
             for name, one in tables.analysis.columns.items()),
        )  # fmt: skip
        lists = {"registry_tables": told, "registry_scales": scales, "registry_facts": facts}
        made_up = table(
            ["parameter", "what", "value", "provenance", "why, or source"],
            ((f"`{name}`", one.title, f"{one.value} {one.unit.replace('1', '')}".strip(), one.provenance,
              "; ".join(filter(None, (self.cite(one.cite, "") if one.cite else "", one.because))))
             for name, one in load_synthetic_model().items()),
        )  # fmt: skip
        return {**lists, "registry_zeros": zeros, "registry_analysis": analysis, "synthetic": made_up}

    def told_of(self, fact: Fact) -> str:
        """Title and meaning of a column."""
        return f"{fact.title}. {fact.meaning}".strip() if fact.meaning else fact.title

    def written(self, fact: Fact) -> str:
        """How a column is written, with its words."""
        if fact.kind == "option":
            return "an id of an option"
        words = "; ".join(f"`{word}` {title}" if word != title else f"`{word}`" for word, title in fact.values.items())
        return words if fact.kind == "word" else "a day" if fact.kind == "date" else self.shape(fact)

    def needed(self, table_of: Table, name: str) -> str:
        """Whether a row can go without the column."""
        return "yes" if name in table_of.needs else "one of the two" if name in table_of.one_of else ""

    def rules(self, path: str, node: Any) -> Iterator[list[str]]:
        """Every entry with a value, under its path."""
        if isinstance(node, list):
            for entry in node:
                yield from self.rules(path, entry)
        elif isinstance(node, dict) and "value" in node:
            yield [
                path.replace("_", " "),
                node["value"],
                node["provenance"],
                node["note"],
                self.plain_cite(node["cite"], ""),
            ]
        elif isinstance(node, dict):
            for name, entry in node.items():
                yield from self.rules(f"{path} {name}".strip(), entry)

    def codes(self, name: str) -> list[str]:
        """The codes of one table of ``knowledge/fhir``, and what each says."""
        rows = [row for found in load_code_tables().tables[name].values() for row in found]
        return table(
            ["system", "code", "is read as", "status"],
            ((row.system, f"`{row.code}`", self.read_as(row), row.status) for row in rows),
        )

    def read_as(self, row: CodeRow) -> str:
        """What a code says, in a few words."""
        if row.is_not:
            return f"never `{row.fact}`: {row.is_not}"
        if row.by_body_site:
            return "a secondary tumour at its body site"
        said = [f"`{render_tree(Mapped(((Scalar(name), node),))).strip()}`" for name, node in row.says.items()]
        option = f"`{row.what}`" if row.what in self.dictionary.options else row.what
        said += (
            [f"{option} where the site is the liver, else {row.otherwise}" if row.liver else option] if row.what else []
        )
        said += [f"`{row.fact}`"] if row.fact and not said else []
        said += [row.site] if row.site else []
        return "; ".join(said) + (f" ({row.caution})" if row.caution else "")

    def shape(self, fact: Fact) -> str:
        """How a value is written, in a few words."""
        number = fact.type.number
        if number is not None:
            unit = "" if number.unit == "1" else f", `{number.unit}`{f' of {number.of}' if number.of else ''}"
            return f"{'a count' if number.whole_numbers else 'a number'}{unit}"
        words = {"word": "one word", "words": "a list of words", "yes_no": "`yes` or `no`", "records": "a list of maps"}
        return words.get(fact.kind, "text")


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    if arguments not in ([], ["--check"]):
        print("Use: build_reference.py [--check]", file=sys.stderr)
        return 2
    packs = [load_pack(path.name) for path in sorted((knowledge_folder() / "guidance").iterdir()) if path.is_dir()]
    pages = Book(load_dictionary(), packs).pages()
    present = {str(path.relative_to(REFERENCE).as_posix()): path for path in REFERENCE.rglob("*.md")}
    stale = [name for name in pages if name not in present or present[name].read_bytes() != pages[name].encode()]
    stray = [name for name in present if name not in pages]
    if arguments:
        for name in (*stale, *stray):
            print(f"docs/reference/{name} is out of date; run docs/build_reference.py", file=sys.stderr)
        return 1 if stale or stray else 0
    for name in stray:
        present[name].unlink()
    for name in stale:
        target = REFERENCE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(pages[name].encode())
    print(f"{len(pages)} pages, {len(stale)} written, {len(stray)} removed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

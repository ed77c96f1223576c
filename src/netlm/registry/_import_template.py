"""An empty follow-up file, commented, made from the definition of the tables."""

from __future__ import annotations

from collections.abc import Iterator

from ._schema_columns import Column
from ._schema_tables import Table, load_tables

__all__ = ["follow_up_template"]

WIDTH = 24
_HEAD = """\
# What was done with one patient and what came of it. Take the `#` away from the lines that are needed.
# A table left out is not recorded; `none` says that there was none; {unknown: reason} says why it is not known;
# {at_least: [...]} says that there may have been more. The same holds for each value.
# Numbers may be ranges (70-90 %) or bounds (at least 70 %), days a month, a year, or `2026-01 to 2026-03`.
netlm: follow-up/1
id: my-patient-01          # made up, never a name or record number
as_of: 2026-11-20          # the day up to which this file is true
# data: real               # or synthetic, or published
# cases: [my-case-01]      # the ids of this patient's cases, where they are not that of the patient
"""


def follow_up_template() -> str:
    """The form, as YAML."""
    return _HEAD + "".join(line for table in load_tables().tables.values() for line in _lines(table))


def _lines(table: Table) -> Iterator[str]:
    yield f"\n# --- {table.title} ---\n"
    if table.meaning:
        yield f"# {table.meaning}\n"
    yield f"# {table.key}:\n"
    for number, column in enumerate(table.columns.values()):
        mark = "  " if table.single or number else "- "
        needed = ", needed" if column.name in table.needs else ""
        gap = " " * max(1, WIDTH - len(column.name))
        yield f"#   {mark}{column.name}: ...{gap}# {column.fact.title}{needed}: {says(column)}\n"


def says(column: Column) -> str:
    """How a column is written, in a few words."""
    number = column.fact.type.number
    if column.shape in ("word", "words") and column.fact.kind != "option":
        return ", ".join(column.fact.type.words)
    if number is not None:
        of = f" of {number.of}" if number.of else ""
        return "a number" if number.unit == "1" else f"a number in {number.unit}{of}"
    if column.fact.kind == "option":
        return "an option, as `netlm guidance` lists them"
    return {"day": "a day", "yes_no": "yes or no"}.get(column.shape, "text")

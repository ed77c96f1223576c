"""Which facts the columns of an export show, so that a fact which is not told of a patient is told nowhere.

A fact is named after the table and column that keep it; a table's name alone says that a patient has rows in it. What
makes no sense without a fact, or would show it, is named as a part of it: who has no told ``treatment.option`` has no
told ``treatment.option.margin``. Facts of cases that show each other have one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ..dictionary import load_dictionary
from ._schema_columns import Physical
from ._schema_tables import load_tables

__all__ = ["ANALYSIS", "is_answer", "left_out_by", "rows_of", "shown_by", "with_wholes"]

ANALYSIS = "analysis"
SNAPSHOT = "snapshot"
TREATED = "treatment.option"
"""What was done: the rest of a treatment would show it."""
ASIDE = frozenset(("patient_id", "case_id", "row", "synthetic", "of_table"))
"""Columns that say whose a row is, and of what."""
COVERAGE = "coverage"
"""How complete a list is: it counts with the rows of that list."""
WORDS = ("VARCHAR", "BOOLEAN", "VARCHAR[]")
NOT_WORDS = ("_unknown", "_lo_open", "_hi_open")
GRADE = "complication.grade"
DAYS = ("from_", "to_")
"""The days of a treatment: they stay, as all days do."""
SAME = {
    "patient.sex": "snapshot.sex", "treatment.option": TREATED, "treated_lesion.option": TREATED,
    "recommendation.possible": "recommendation.verdict", "recommendation.departs": "recommendation.verdict",
    "complication.clavien_dindo": GRADE, "complication.ctcae": GRADE,
}  # fmt: skip
"""The facts of columns that are not named after themselves."""
DIED, PROGRESSED, RECURRED, TROUBLED = ("death",), ("progression",), ("recurrence",), ("complication",)
PROGRESSED_AT = (*PROGRESSED, "progression.site")
PROGRESSED_OR_DIED = (*PROGRESSED, *DIED)
RELIEF = ("symptom.relief",)
ANALYSED: Mapping[str, tuple[str, ...]] = {
    "dead": DIED, "cause": ("death.cause",), "os_days": DIED, "os_days_lo": DIED, "os_days_hi": DIED,
    "progressed": PROGRESSED, "pfs_event": PROGRESSED_OR_DIED, "pfs_days": PROGRESSED_OR_DIED,
    "liver_progressed": PROGRESSED_AT, "liver_progression_days": PROGRESSED_AT,
    "extrahepatic_progressed": PROGRESSED_AT, "extrahepatic_progression_days": PROGRESSED_AT,
    "recurred": RECURRED, "recurrence_days": RECURRED, "recurrence_days_lo": RECURRED, "recurrence_days_hi": RECURRED,
    "recurrence_free_until_days": RECURRED, "recurrence_site": ("recurrence.site",),
    "index_class": (TREATED,), "index_option": (TREATED,),
    "margin": (f"{TREATED}.margin",), "primary_resected": (f"{TREATED}.primary_resected",),
    "complication": TROUBLED, "biloma": (*TROUBLED, "complication.kind"),
    "clavien_dindo": (GRADE,), "ctcae": (GRADE,),
    "relief": RELIEF, "relief_days": RELIEF,
}  # fmt: skip
"""What the columns of the table that studies read are made of; facts of cases keep their names."""


def rows_of(table: str) -> str | None:
    """The fact that a patient has rows in a table; none where that is no answer."""
    if table not in load_tables().tables or table == "patient":
        return None
    return f"{TREATED}.lesions" if table == "treated_lesion" else table


def left_out_by(table: str, time_zero: str | None) -> tuple[str, ...]:
    """The facts without which a row of the table is left out whole.

    In the table that studies read every column would show which treatment started the clock.
    """
    if table == ANALYSIS and time_zero is not None:
        return (TREATED,) if load_tables().analysis.time_zeros[time_zero].classes else ()
    rows = rows_of(table)
    return () if rows is None else (rows,)


def is_answer(table: str, column: Physical) -> bool:
    """Whether a column holds answers that can be rare: words, lists of them, yes or no."""
    named = column.name not in ASIDE and not column.name.endswith(NOT_WORDS)
    return named and column.type in WORDS and table != COVERAGE


def shown_by(table: str, column: str) -> tuple[str, ...]:
    """The facts that a column shows; none for what says whose the row is, and for most of what is computed.

    The reason why something is unknown shows what its column shows.
    """
    if column in ASIDE or table == COVERAGE:
        return ()
    tables = load_tables()
    name = column.removesuffix("_unknown")
    if table == ANALYSIS and name not in tables.snapshot:
        days = name.removesuffix("_days")
        return (TREATED,) if days != name and days in tables.analysis.classes else ANALYSED.get(name, ())
    if table in (SNAPSHOT, ANALYSIS):
        return (_one_fact()[name],) if name in _one_fact() else ()
    if table == "treatment" and f"{table}.{name}" not in SAME:
        return () if column.startswith(DAYS) else (f"{TREATED}.{name}",)
    return (SAME.get(f"{table}.{name}", f"{table}.{name}"),)


def with_wholes(facts: Iterable[str]) -> frozenset[str]:
    """These facts, those they are parts of and those they are derived from: where any is not told, they are not."""
    split = [fact.split(".") for fact in facts]
    wholes = {".".join(parts[: number + 1]) for parts in split for number in range(len(parts))}
    return frozenset(wholes).union(*(_derived_from().get(fact, ()) for fact in facts))


def _in_words() -> list[str]:
    """The facts of cases that are kept in words."""
    return [name for name, column in load_tables().snapshot.items() if column.shape != "number"]


@cache
def _one_fact() -> Mapping[str, str]:
    """The facts that show each other, by one name: one is derived from the other alone, or both from a third one."""
    dictionary, kept = load_dictionary(), _in_words()
    reads = {name: fact.derivation.reads for name in kept if (fact := dictionary.facts[name]).derivation is not None}
    names = {name: f"{SNAPSHOT}.{name}" for name in kept}
    for name, read in reads.items():
        shared = [one for one in read if dictionary.facts[one].derivation is not None]
        alike = read[:1] if len(read) == 1 and read[0] in names else ()
        for other in (*alike, *(one for one in reads if any(fact in reads[one] for fact in shared))):
            first, second = names[other], names[name]
            names = {one: first if fact == second else fact for one, fact in names.items()}
    return names


@cache
def _derived_from() -> Mapping[str, frozenset[str]]:
    """The facts in words that the dictionary reads for a fact."""
    dictionary, names = load_dictionary(), _one_fact()
    found: dict[str, frozenset[str]] = {}
    for name, fact in names.items():
        for other in dictionary.dependents[name]:
            if other in names:
                found[names[other]] = found.get(names[other], frozenset()) | {fact}
    return found

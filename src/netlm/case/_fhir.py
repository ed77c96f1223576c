"""A case from a FHIR R4 bundle: the bundle is put into the grammar of the case file, which then reads it.

Nothing of a bundle is repeated but numbers with their units, dates of findings, and words of the dictionary and the
mapping tables. Names, record numbers, addresses, free texts and the resources' own ids stay where they are.
"""

from __future__ import annotations

import datetime
import re
from hashlib import sha256
from typing import Any

from ..dictionary import Dictionary
from ..errors import Problem, Problems
from ..files import Mapping, Node, Scalar
from ._fhir_bundle import AS_OF, Bundle, Issues, read_bundle
from ._fhir_course import treatments
from ._fhir_facts import Collector
from ._fhir_patient import patient_facts
from ._fhir_records import own_lists
from ._fhir_table import load_code_tables
from ._model import Case
from ._read import read_case

__all__ = ["as_mapping", "read_fhir"]

"""What an export of one patient may weigh."""
ID_DIGITS = 12
_FACT = re.compile(r"(?:facts\.)?(\w+)")


def read_fhir(
    content: dict[str, Any], source: bytes, file: str, dictionary: Dictionary, as_of: datetime.date | None = None
) -> Case:
    """The case that a bundle holds on ``as_of``; its id comes from the bytes of the file, ``source``.

    Without ``as_of`` the latest day that the bundle states is taken (there is no clock here, and a later day would
    make findings stale of which the bundle says nothing); the case says so.
    Raises ``Problems`` where the bundle is not of one patient, or states no day at all.
    """
    issues = Issues(file)
    bundle = read_bundle(content, issues)
    day = as_of or _latest(bundle, issues)
    facts = _facts(bundle, day, dictionary, issues)
    head = (("netlm", "case/1"), ("id", _case_id(source)), ("as_of", day.isoformat()))
    return _read(head, facts, file, dictionary, issues)


def _case_id(content: bytes) -> str:
    """An id that is nobody's: from the bytes of the file."""
    return f"fhir-{sha256(content).hexdigest()[:ID_DIGITS]}"


def _latest(bundle: Bundle, issues: Issues) -> datetime.date:
    if bundle.latest is None:
        problem = Problem(
            "no dated statement in the Bundle, and no as_of", "the day the board looks",
            "Give --as-of DATE, or as_of in the --with file.", "missing-key", file=issues.file, place="as_of",
        )  # fmt: skip
        raise Problems([problem], issues.file)
    issues.add(
        None, f"not given; {bundle.latest}, the latest day that the Bundle states, is taken", "the day the board looks",
        "Give --as-of DATE, or as_of in the --with file: ages and staleness count to it.", "fhir-as-of", AS_OF,
    )  # fmt: skip
    return bundle.latest


def _facts(bundle: Bundle, as_of: datetime.date, dictionary: Dictionary, issues: Issues) -> dict[str, Node]:
    collector = Collector(bundle, as_of, load_code_tables(), dictionary, issues)
    collector.collect()
    stated = dict(collector.facts())
    person = dict(patient_facts(bundle, as_of, [name for name in ("age", "sex") if name not in stated], issues))
    course = treatments(collector)
    listed = {} if course is None else {"treatments": course}
    if "primary_site" not in collector.diagnosed and "primary_site" not in stated and "liver_metastases" in stated:
        issues.add(
            None, "liver metastases, and no code of a neuroendocrine primary", "the primary that they come from",
            "They may be of another tumour; check the diagnosis.", "fhir-primary", "facts.primary_site",
        )  # fmt: skip
    return person | stated | listed | dict(own_lists(collector))


def _read(
    head: tuple[tuple[str, str], ...], facts: dict[str, Node], file: str, dictionary: Dictionary, issues: Issues
) -> Case:
    """The case; a fact that the reader refuses is unknown, and listed."""
    for _ in (*facts, None):
        pairs = [(Scalar(key), Scalar(text)) for key, text in head]
        told: list[tuple[Scalar, Node]] = [*pairs, (Scalar("facts"), as_mapping(facts))]
        try:
            return read_case(Mapping(tuple(told)), file, dictionary, None, issues.problems())
        except Problems as problems:
            refused = {name for one in problems.problems if (name := _refused(one)) in facts}
            if not refused:
                raise
            for name in refused:
                facts = facts | {name: _unknown("values that cannot be true together or at all")}
                issues.add(
                    None, "values that cannot be true together or at all", "values that can be",
                    "Not used; enter the fact in the --with file, or correct it.", "fhir-unread", f"facts.{name}",
                )  # fmt: skip
    raise AssertionError("every fact was refused")


def _refused(problem: Problem) -> str:
    match = _FACT.match(problem.place or "")
    return match[1] if match else ""


def as_mapping(facts: dict[str, Node]) -> Mapping:
    """Facts as they stand under ``facts:``."""
    return Mapping(tuple((Scalar(name), node) for name, node in facts.items()))


def _unknown(reason: str) -> Mapping:
    return Mapping(((Scalar("unknown"), Scalar(reason)),))

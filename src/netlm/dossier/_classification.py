"""Category and grade of the tumour, and how they were reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..dictionary import Facts, value_text
from ..values import Words

__all__ = ["UNDETERMINED", "Classification", "classify"]

UNDETERMINED = "undetermined"
_INDICES = ("ki67", "mitoses")


@dataclass(frozen=True)
class Classification:
    """``category`` and ``grade`` as words; the sets they come from; the reasons, one a line.

    ``grade`` reads ``at least G2`` where one index is missing, ``undetermined`` where nothing can be said.
    """

    category: str
    grade: str
    scheme: str
    possible: tuple[str, ...]
    grades: tuple[str, ...]
    how: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As exported."""
        return {
            "category": self.category,
            "grade": self.grade,
            "scheme": self.scheme,
            "possible": list(self.possible),
            "grade_possible": list(self.grades),
            "how": list(self.how),
        }


def classify(facts: Facts) -> Classification:
    """The WHO category and grade of the governing specimen."""
    categories, grades, schemes = (_words(facts, name) for name in ("category", "grade", "scheme"))
    return Classification(
        categories[0] if len(categories) == 1 else UNDETERMINED,
        _grade(facts, grades),
        schemes[0] if len(schemes) == 1 else UNDETERMINED,
        categories,
        grades,
        tuple(_how(facts, schemes)),
    )


def _words(facts: Facts, name: str) -> tuple[str, ...]:
    value, fact = facts.value(name), facts.dictionary.facts[name]
    assert isinstance(value, Words)
    return tuple(word for word in fact.type.words if word in value.possible)


def _grade(facts: Facts, grades: tuple[str, ...]) -> str:
    titles = facts.dictionary.facts["grade"].values
    if len(grades) == 1:
        return titles[grades[0]]
    graded = all(grade in facts.dictionary.facts["grade_by_ki67"].values for grade in grades)
    if graded and any(facts.is_known(name) for name in _INDICES):
        return f"at least {grades[0]}"
    return UNDETERMINED


def _how(facts: Facts, schemes: tuple[str, ...]) -> list[str]:
    names = ["differentiation", "morphology"]
    names += ["mitoses", "necrosis"] if schemes == ("lung-thymus",) else ["ki67", "mitoses"]
    names.append("reported_grade")
    said = []
    for name in names:
        fact, finding = facts.dictionary.facts[name], facts.finding(name)
        text = value_text(fact.type, facts.value(name), finding, dict(fact.values))
        if name in ("morphology", "reported_grade") and finding is None:
            continue
        by = f"grade_by_{name}"
        gives = ""
        if schemes == ("gep",) and by in facts.dictionary.facts and finding is not None and finding.unknown is None:
            gives = f", which alone is {' or '.join(_words(facts, by))}"
        if name == "reported_grade":
            gives = ", compared and never used"
        said.append(f"{fact.title}: {text}{gives}")
    return said

"""Published scores as descriptors: what is still possible of each, with the published numbers; they decide nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from ..dictionary import Dictionary, Facts, knowledge_folder, knowledge_records, load_dictionary
from ..errors import Problem
from ..files import Record
from ..logic import Rule, check, compile_rule
from ..values import FALSE, TRUE

__all__ = ["Score", "ScoreItem", "ScoreValue", "describe", "load_scores"]


@dataclass(frozen=True)
class ScoreItem:
    """One item: a decision table whose rows give points or a class, the first that holds."""

    id: str
    title: str
    rows: tuple[tuple[Rule, tuple[str, ...]], ...]

    def possible(self, facts: Facts) -> tuple[str, ...]:
        """What the rows that can still be reached give, in the order of the table."""
        found: dict[str, None] = {}
        for rule, then in self.rows:
            truth = rule(facts)
            if truth is not FALSE:
                found |= dict.fromkeys(then)
            if truth is TRUE:
                break
        return tuple(found)


@dataclass(frozen=True)
class Score:
    """A published score: points of its items are added, a class stands for itself."""

    id: str
    title: str
    study: str
    options: tuple[str, ...]
    seen: tuple[str, ...]
    says: str
    note: str
    items: tuple[ScoreItem, ...]


@dataclass(frozen=True)
class ScoreValue:
    """A score for one patient: ``possible`` sums or classes, in order; ``known`` where one is left."""

    score: Score
    possible: tuple[str, ...]
    items: Mapping[str, tuple[str, ...]]

    @property
    def known(self) -> bool:
        """Whether one value is left."""
        return len(self.possible) == 1

    @property
    def says(self) -> str:
        """``Clinical Score for PRRT 2 to 4``, with what was published on it."""
        first, last = self.possible[0], self.possible[-1]
        value = first if self.known else f"{first} to {last}"
        return f"{self.score.title} {value}. {self.score.says}. {self.score.note}. It decides nothing."


def describe(
    facts: Facts, options: tuple[str, ...] = (), studies: Container[str] | None = None
) -> tuple[ScoreValue, ...]:
    """Every score, or those of some options, of which the patient's facts leave at most two thirds of the values.

    ``studies`` are the ids of those that were published by then (default: all).
    """
    asked = (one for one in load_scores() if not options or set(options) & set(one.options))
    found = (_value(one, facts) for one in asked if studies is None or one.study in studies)
    return tuple(value for value in found if value is not None)


def _value(score: Score, facts: Facts) -> ScoreValue | None:
    """The score, where the facts rule out at least a third of its values."""
    items = {item.id: item.possible(facts) for item in score.items}
    whole = _values([tuple({word: None for _, then in item.rows for word in then}) for item in score.items])
    possible = _values(list(items.values()))
    return ScoreValue(score, possible, items) if 3 * len(possible) <= 2 * len(whole) else None


def _values(items: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The classes of one item, or the sums of several."""
    if len(items) == 1:
        return tuple(sorted(items[0]))
    sums = {sum(int(points) for points in several) for several in product(*items)}
    return tuple(str(one) for one in sorted(sums))


@cache
def load_scores() -> tuple[Score, ...]:
    """The scores that come with netlm.

    Raises ``Problems`` with file and line.
    """
    dictionary = load_dictionary()
    folder = knowledge_folder() / "publications" / "scores"
    return tuple(_score(record, dictionary) for record in knowledge_records(folder, "score/1"))


def _score(record: Record, dictionary: Dictionary) -> Score:
    record.only("netlm", "id", "title", "study", "options", "seen", "says", "note", "items")
    for option in record.texts("options"):
        if option not in dictionary.options:
            record.fail("options", f"`{option}`", "options of the dictionary")
    return Score(
        record.text("id"), record.text("title"), record.text("study"), record.texts("options"), record.texts("seen"),
        record.text("says"), record.text("note"), tuple(_item(one, dictionary) for one in record.records("items")),
    )  # fmt: skip


def _item(entry: Record, dictionary: Dictionary) -> ScoreItem:
    entry.only("id", "title", "limits", "table")
    limits = {f"limits.{name}": text for name, text in entry.pairs("limits").items()}
    return ScoreItem(entry.text("id"), entry.text("title"), tuple(_rows(entry, limits, dictionary)))


def _rows(entry: Record, limits: Mapping[str, str], dictionary: Dictionary) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    for row in entry.records("table"):
        row.only("when", "then")
        try:
            yield compile_rule(check(row.text("when"), dictionary.vocabulary, limits)), row.texts("then")
        except Problem as problem:
            row.refit("when", problem)

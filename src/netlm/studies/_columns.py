"""What an analysis may speak of: the columns of its table, and the times that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from ..dictionary import Dictionary, Fact, knowledge_folder, knowledge_records, load_dictionary, read_fact
from ..files import Record
from ..logic import Vocabulary

__all__ = ["Columns", "Event", "Time", "load_columns"]

FORM = "analysis-columns/1"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that ends a time: the column that says whether, the one with its day, and what it is called."""

    of: str
    on: str
    says: str


@dataclass(frozen=True, slots=True)
class Time:
    """A time from time zero to the first of ``events``, or of ``competing`` ones, or to the day ``until`` without.

    Up to the day ``free_until``, if any, somebody says that there was none. No day can lie beyond those of ``within``.
    """

    id: str
    title: str
    endpoint: str
    events: tuple[Event, ...]
    competing: tuple[Event, ...]
    until: str
    free_until: str | None = None
    within: tuple[Event, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of, each once."""
        named = [name for event in (*self.events, *self.competing) for name in (event.of, event.on)]
        return tuple(dict.fromkeys([*named, self.until, *([self.free_until] if self.free_until else [])]))

    @property
    def reads(self) -> tuple[str, ...]:
        """These, and those that it must agree with."""
        named = [name for event in self.within for name in (event.of, event.on)]
        return tuple(dict.fromkeys([*self.columns, *named]))


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns by name, described as facts are, and the times by name.

    ``soon_after`` and ``later`` are those that are known only after time zero.
    """

    facts: Mapping[str, Fact]
    times: Mapping[str, Time]
    dictionary: Dictionary
    soon_after: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the criteria of an analysis may speak of."""
        types = {name: fact.type for name, fact in self.facts.items()}
        return Vocabulary(types, {}, self.dictionary.options, self.dictionary.units)

    def title(self, name: str) -> str:
        """The title of a column as it stands inside a sentence."""
        title = self.facts[name].title
        return title if title[1:2].isupper() or title[1:2].isdigit() else title[:1].lower() + title[1:]


@cache
def load_columns(conventions: tuple[tuple[str, str], ...] = ()) -> Columns:
    """The columns that come with netlm; ``conventions`` as for ``load_dictionary``.

    Raises ``Problems``.
    """
    dictionary = load_dictionary(conventions)
    path = knowledge_folder() / "analyses" / "columns.yaml"
    record = next(knowledge_records(path, FORM))
    record.only("netlm", "facts", "columns", "found_soon_after", "found_later", "times")
    facts = {name: dictionary.facts[name] for name in record.texts("facts")}
    for name, entry in record.named("columns"):
        facts[name] = read_fact(name, entry, "Course", tuple(dictionary.options))
    times = {name: _time(name, entry) for name, entry in record.named("times")}
    for time in times.values():
        for name in time.reads:
            if name not in facts:
                record.fail("times", f"`{name}` in `{time.id}`", "a column that is described")
    after = {key: record.texts(key) for key in ("found_soon_after", "found_later")}
    for key, names in after.items():
        for name in names:
            if name not in facts:
                record.fail(key, f"`{name}`", "a column that is described")
    return Columns(facts, times, dictionary, after["found_soon_after"], after["found_later"])


def _time(name: str, entry: Record) -> Time:
    entry.only("title", "endpoint", "events", "competing", "until", "free_until", "within")
    return Time(
        name, entry.text("title"), entry.text("endpoint"), _events(entry, "events"), _events(entry, "competing"),
        entry.text("until"), entry.maybe("free_until"), _events(entry, "within"),
    )  # fmt: skip


def _events(entry: Record, key: str) -> tuple[Event, ...]:
    return tuple(Event(one.text("of"), one.text("on"), one.text("says")) for one in entry.records(key))

"""Criteria as columns: the truth of an expression for every row of a table, from the tree that judges one patient.

A truth is two columns of 0 and 1, *can be true* and *can be false*: unknown is both. So there is no NULL anywhere,
negation swaps the two, and conjunction is ``&`` on the one and ``|`` on the other.

A ``Ground`` is where columns are worked out. ``Sheet`` adds them to an Ibis table, each once, however many criteria
ask for it; ``Elements`` works on the elements of a list column. Their columns are made of *builds*: functions from
columns (and constants, ``args``) to a column. Two columns of one build, the same inputs and constants are one column.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, Protocol

from ._syntax import Always, And, AtLeast, Compare, Expression, Has, Lesions, Not, OneOf, Or, VerdictIn
from ._types import VERDICTS

__all__ = [
    "Cell", "ColumnSource", "Element", "Elements", "Ground", "Outcomes", "Sheet", "bits_of", "compile_columns", "once",
    "over_elements",
]  # fmt: skip

Build = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Element:
    """A column over the elements of a list: a field of the element (no build), or built of other columns."""

    build: Build | None
    inputs: tuple[Cell, ...]
    args: tuple[Hashable, ...] = ()

    def captured(self) -> Iterator[Cell]:
        """The names of the sheet's columns that it reads."""
        for item in self.inputs if self.build else ():
            if isinstance(item, Element):
                yield from item.captured()
            else:
                yield item

    def value(self, element: Any, columns: dict[Cell, Any]) -> Any:
        """The Ibis expression for one element, the sheet's columns given by name."""
        if self.build is None:
            return element[self.inputs[0]]
        inputs = (item.value(element, columns) if isinstance(item, Element) else columns[item] for item in self.inputs)
        return self.build(*inputs, *self.args)


Cell = str | Element
"""A column of a ground: its name in a sheet, an ``Element`` in a list."""


class Ground(Protocol):
    """Where columns are worked out."""

    def put(self, build: Build, *inputs: Cell, args: tuple[Hashable, ...] = ()) -> Cell:
        """The column ``build(*inputs, *args)``."""


class Outcomes(NamedTuple):
    """A truth as columns of 0 and 1: whether it can be true, and whether it can be false."""

    true: Cell
    false: Cell

    def negated(self) -> Outcomes:
        """Kleene negation: the two change places."""
        return Outcomes(self.false, self.true)


class ColumnSource(Protocol):
    """Where an expression finds the columns of its facts."""

    ground: Ground

    def number(self, name: str) -> tuple[Cell, Cell, Cell | None]:
        """Least and greatest number the fact can be, both included; and the list of gaps between, where one is kept."""

    def word(self, name: str) -> Cell:
        """The words the fact can be, as bits."""

    def members(self, name: str) -> tuple[Cell, Cell]:
        """The words the list must and may hold, as bits."""

    def words(self, name: str) -> tuple[str, ...]:
        """The words of the fact, in the order of their bits."""

    def any_lesion(self, part: Expression) -> Outcomes:
        """Whether ``part`` holds for any listed lesion or for one that is not listed."""

    def possible(self, option: str) -> Cell:
        """The verdicts that another option can still have, as bits in the order of ``VERDICTS``."""


def compile_columns(node: Expression, source: ColumnSource) -> Outcomes:
    """The columns of the truth of ``node``: row by row that of ``compile_rule``."""
    match node:
        case Compare():
            return _compare(node, source)
        case OneOf(fact, words):
            return _any_bit(source.ground, source.word(fact), *_word_bits(source.words(fact), words))
        case Has(fact, word):
            return _has_any(fact, (word,), source)
        case Or((Has(fact), *rest)) if all(isinstance(part, Has) and part.fact == fact for part in rest):
            return _has_any(fact, tuple(part.word for part in node.parts if isinstance(part, Has)), source)
        case VerdictIn(option, verdicts):
            return _any_bit(source.ground, source.possible(option), *_word_bits(VERDICTS, verdicts))
        case Not(part):
            return compile_columns(part, source).negated()
        case Lesions("any", part):
            return source.any_lesion(part)
        case Lesions(_, part):
            return source.any_lesion(Not(part)).negated()
        case Always():
            return Outcomes(source.ground.put(_constant, args=(1,)), source.ground.put(_constant, args=(0,)))
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return _compound(node, [compile_columns(part, source) for part in parts], source.ground)
    raise AssertionError(node)


def _has_any(fact: str, words: tuple[str, ...], source: ColumnSource) -> Outcomes:
    """Whether the list holds one of ``words``: one test for all of them, since each is in it or not by itself."""
    must, may = source.members(fact)
    bits, put = (bits_of(source.words(fact), words),), source.ground.put
    return Outcomes(put(_meets, may, args=bits), put(_misses, must, args=bits))


def _compound(node: Expression, parts: list[Outcomes], ground: Ground) -> Outcomes:
    trues, falses = [part.true for part in parts], [part.false for part in parts]
    match node:
        case And():
            return Outcomes(ground.put(_all, *trues), ground.put(_any, *falses))
        case Or():
            return Outcomes(ground.put(_any, *trues), ground.put(_all, *falses))
        case AtLeast(count):
            short_of = len(parts) - count + 1
            return Outcomes(
                ground.put(_count_reaches, *trues, args=(count,)), ground.put(_count_reaches, *falses, args=(short_of,))
            )
    raise AssertionError(node)


def _compare(node: Compare, source: ColumnSource) -> Outcomes:
    assert node.limit.number is not None
    put, limit = source.ground.put, (float(node.limit.number),)
    low, high, gaps = source.number(node.fact)
    below = Outcomes(put(_is_below, low, args=limit), put(_is_at_least, high, args=limit))
    at_most = Outcomes(put(_is_at_most, low, args=limit), put(_is_above, high, args=limit))
    if node.operator in ("<", ">="):
        return below if node.operator == "<" else below.negated()
    if node.operator in ("<=", ">"):
        return at_most if node.operator == "<=" else at_most.negated()
    reached = [at_most.true, below.false]
    if gaps is not None:
        reached.append(put(_is_outside_gaps, gaps, args=(node.fact, *limit)))
    equal = Outcomes(put(_all, *reached), put(_any, below.true, at_most.false))
    return equal if node.operator == "==" else equal.negated()


def _word_bits(order: tuple[str, ...], words: Hashable) -> tuple[int, int]:
    """The bits of ``words`` in ``order``, and the bits of all the others."""
    assert isinstance(words, tuple)
    inside = bits_of(order, words)
    return inside, (1 << len(order)) - 1 - inside


def bits_of(order: tuple[str, ...], words: Any) -> int:
    """The bits of ``words``, the first of ``order`` being the lowest."""
    return sum(1 << place for place, word in enumerate(order) if word in words)


def _any_bit(ground: Ground, mask: Cell, inside: int, outside: int) -> Outcomes:
    """Whether a word of which ``mask`` holds the possible ones is among the bits ``inside`` or among ``outside``."""
    return Outcomes(ground.put(_meets, mask, args=(inside,)), ground.put(_meets, mask, args=(outside,)))


def once(build: Build) -> Build:
    """Marks a build that writes each of its inputs once, so that an input can stand in it instead of in a column."""
    _ONCE.add(build)
    return build


_ONCE: set[Build] = set()


class Sheet:
    """An Ibis table that grows by columns.

    A column that several others use is worked out once: it is made in a projection below theirs. What one column
    alone uses stands inside it, and so does a plain test of one column; the fewer projections, the faster the query is
    written and run. Only what is still needed is carried along.
    """

    def __init__(self, table: Any) -> None:
        self._base = table
        self._names: dict[tuple[Any, ...], str] = {}
        self._made: dict[Cell, tuple[Build, tuple[Cell, ...], tuple[Hashable, ...]]] = {}

    def put(self, build: Build, *inputs: Cell, args: tuple[Hashable, ...] = ()) -> Cell:
        """The name of the column ``build(*inputs, *args)``; a name of the table is a column too."""
        key = (build, inputs, args)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"_{len(self._names)}"
            self._made[name] = key
        return name

    def table(self, columns: dict[str, Cell]) -> Any:
        """The Ibis table of the given columns under the given names."""
        wanted = set(columns.values())
        kept = self._kept(wanted)
        reads = {name: self._reads(name, kept) for name in kept}
        levels: dict[Cell, int] = {}
        for name in kept:
            levels[name] = 1 + max((levels.get(item, 0) for item in reads[name]), default=0)
        table = self._base
        for level in range(1, 1 + max(levels.values(), default=0)):
            later = wanted.union(*(reads[name] for name in kept if levels[name] > level))
            made = {str(name): self._built(name, table, kept) for name in kept if levels[name] == level}
            table = _projected({**{name: table[name] for name in table.columns if name in later}, **made}, table)
        return _projected({title: table[name] for title, name in columns.items()}, table)

    def _kept(self, wanted: set[Cell]) -> dict[Cell, None]:
        """The columns that are made as such, each after those that it reads."""
        users: dict[Cell, list[Cell]] = {}
        open_names, seen = list(wanted), set(wanted)
        while open_names:
            name = open_names.pop()
            for item in self._made[name][1] if name in self._made else ():
                users.setdefault(item, []).append(name)
                if item not in seen:
                    seen.add(item)
                    open_names.append(item)
        return {name: None for name in self._made if name in seen and (name in wanted or self._stays(name, users))}

    def _stays(self, name: Cell, users: dict[Cell, list[Cell]]) -> bool:
        build, inputs, _ = self._made[name]
        if any(self._made[user][0] not in _ONCE for user in users[name]):
            return True
        return len(users[name]) > 1 and not (build in _ONCE and len(inputs) <= 1)

    def _reads(self, name: Cell, kept: dict[Cell, None]) -> set[Cell]:
        """The columns of the projection below that ``name`` is built of."""
        found: set[Cell] = set()
        for item in self._made[name][1]:
            found |= {item} if item in kept or item not in self._made else self._reads(item, kept)
        return found

    def _built(self, name: Cell, table: Any, kept: dict[Cell, None]) -> Any:
        build, inputs, args = self._made[name]
        inside = (item in kept or item not in self._made for item in inputs)
        columns = (
            table[item] if as_column else self._built(item, table, kept)
            for item, as_column in zip(inputs, inside, strict=True)
        )
        return build(*columns, *args)


class Elements:
    """The ground of the elements of a list column; columns of the sheet can be used beside their fields."""

    def field(self, name: str) -> Element:
        """A field of the element."""
        return Element(None, (name,))

    def put(self, build: Build, *inputs: Cell, args: tuple[Hashable, ...] = ()) -> Cell:
        """The column ``build(*inputs, *args)``."""
        return Element(build, inputs, args)


def over_elements(
    sheet: Ground, listed: Cell, element: Cell, then: tuple[Build, ...] = (), *, total: bool = False
) -> Cell:
    """One number a row of the sheet: the bits that ``element`` has for any element of the column ``listed``.

    ``then`` are builds of one column, put upon ``element`` one after another; each may write it more than once.
    ``total`` asks for the sum instead.
    """
    element = element if isinstance(element, Element) else Element(_all, (element,))
    captured = tuple(dict.fromkeys(element.captured()))
    return sheet.put(_reduced, listed, *captured, args=(element, captured, then, total))


def _reduced(listed: Any, *rest: Any) -> Any:
    *columns, element, captured, then, total = rest
    named = dict(zip(captured, columns, strict=True))
    values = listed.map(lambda item: element.value(item, named))
    for build in then:
        values = values.map(build)
    return (values.sums() if total else _joined_bits(values)).fill_null(0)


def _joined_bits(values: Any) -> Any:
    import ibis

    def list_bit_or(values: Any) -> Any: ...

    kind = values.type()
    return ibis.udf.scalar.builtin(list_bit_or, signature=((kind,), kind.value_type))(values)


def _projected(columns: dict[str, Any], table: Any) -> Any:
    """``table.select``, of columns that are known to be its own: Ibis need not look for them."""
    from ibis.expr.operations import Project

    return Project(table, columns).to_expr()


@once
def _constant(number: int) -> Any:
    import ibis

    return ibis.literal(number, "uint8")


def _typed(number: int, column: Any) -> Any:
    import ibis

    return ibis.literal(number, column.type())


@once
def _meets(mask: Any, bits: int) -> Any:
    return ((mask & _typed(bits, mask)) != _typed(0, mask)).cast("uint8")


@once
def _misses(mask: Any, bits: int) -> Any:
    return ((mask & _typed(bits, mask)) == _typed(0, mask)).cast("uint8")


@once
def _is_below(end: Any, limit: float) -> Any:
    return (end < limit).cast("uint8")


@once
def _is_at_most(end: Any, limit: float) -> Any:
    return (end <= limit).cast("uint8")


@once
def _is_above(end: Any, limit: float) -> Any:
    return (end > limit).cast("uint8")


@once
def _is_at_least(end: Any, limit: float) -> Any:
    return (end >= limit).cast("uint8")


def _is_outside_gaps(gaps: Any, fact: str, limit: float) -> Any:
    around = gaps.filter(lambda gap: (gap["fact"] == fact) & (gap["lo"] <= limit) & (gap["hi"] >= limit))
    return (around.length() == 0).cast("uint8")


@once
def _all(*columns: Any) -> Any:
    return reduce(lambda first, second: first & second, columns)


@once
def _any(*columns: Any) -> Any:
    return reduce(lambda first, second: first | second, columns)


@once
def _count_reaches(*columns_and_count: Any) -> Any:
    *columns, count = columns_and_count
    return (reduce(lambda first, second: first + second, columns) >= count).cast("uint8")

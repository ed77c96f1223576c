"""What of a pack can be worked out before any patient: which fact can touch which argument, and where limits cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from ..errors import Problem, Problems
from ..logic import Compare, Expression, Has, Not, OneOf, Rule, compile_rule, facts_of, options_of, walk
from ..values import FALSE, Exact, Interval, Members, Numbers, Value, Words
from ._pack import Argument, Pack
from ._roles import RANK, ROLES

__all__ = ["Cut", "Judge", "Program"]


class Cut(NamedTuple):
    """Where truth can change along a number: just below ``at`` (``after`` False) or just above it."""

    at: Exact
    after: bool


_CUTS = {"<": (False,), ">=": (False,), "<=": (True,), ">": (True,), "==": (False, True), "!=": (False, True)}


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """An argument made ready: the rank of its verdict, every fact that can touch it, the options it asks about.

    ``reads`` are the facts that its own criterion reads, ``inputs`` those and what the verdicts asked for hang on.
    ``key`` is the same for every option that shares the argument; ``denies`` where it bites when the criterion is
    false, which ``bites`` allows for; ``guards`` where an absolute exclusion hangs on it; ``decides`` where it can
    change the verdict.
    """

    argument: Argument
    key: int
    bites: Rule
    rank: int
    reads: frozenset[str]
    inputs: frozenset[str]
    lesion: bool
    denies: bool
    decides: bool
    asked: tuple[str, ...]
    guards: bool


class Program:
    """A pack made ready for evaluation."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.dictionary = pack.dictionary
        self.judges: dict[str, tuple[Judge, ...]] = {}
        self.inputs: dict[str, frozenset[str]] = {}
        self.deciding: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self.lesion_inputs: dict[str, frozenset[str]] = {}
        self.options_with: dict[int, frozenset[str]] = {}
        self.asking: dict[str, tuple[Judge, ...]] = {}
        self.asked: dict[str, tuple[str, ...]] = {}
        self.asking_reads: dict[str, frozenset[str]] = {}
        self._alternatives: dict[str, tuple[Value, ...]] = {}
        self._touching: dict[str, tuple[Judge, ...]] = {}
        for option in pack.order:
            self._prepare(option, ())

    def _prepare(self, option: str, path: tuple[str, ...]) -> frozenset[str]:
        if option in path:
            problem = Problem(
                f"verdicts in a circle: {' > '.join((*path, option))}", "verdicts that do not lead back",
                "Take one `verdict(...)` out.", "bad-knowledge", file=self.pack.id,
            )  # fmt: skip
            raise Problems([problem], self.pack.id)
        if option not in self.inputs:
            judges = tuple(self._judge(argument, (*path, option)) for argument in self.pack.arguments[option])
            self.judges[option] = judges
            patient = ((at, judge) for at, judge in enumerate(judges) if judge.decides and not judge.lesion)
            self.deciding[option] = tuple((at, judge.rank, judge.key) for at, judge in patient)
            for _, _, key in self.deciding[option]:
                self.options_with[key] = self.options_with.get(key, frozenset()) | {option}
            own = (judge for judge in judges if judge.decides and judge.asked and not judge.lesion)
            asking = self.asking[option] = tuple(own)
            self.asked[option] = tuple(dict.fromkeys(other for judge in asking for other in judge.asked))
            self.asking_reads[option] = frozenset().union(*(judge.reads for judge in asking))
            on_lesions = (judge.inputs for judge in judges if judge.lesion)
            self.lesion_inputs[option] = frozenset().union(*on_lesions)
            self.inputs[option] = frozenset().union(*(judge.inputs for judge in judges if judge.decides))
        return self.inputs[option]

    def _judge(self, argument: Argument, path: tuple[str, ...]) -> Judge:
        reads = self.inputs_of(argument.when) | ({"lesions"} if argument.lesion else set())
        asked = tuple(options_of(argument.when))
        inputs = reads.union(*(self._prepare(option, path) for option in asked))
        role = ROLES[argument.role]
        return Judge(
            argument,
            id(argument),
            compile_rule(Not(argument.when)) if role.bites_when is FALSE else argument.rule,
            RANK[role.verdict],
            frozenset(reads),
            frozenset(inputs),
            argument.lesion,
            role.bites_when is FALSE,
            argument.role != "supports",
            asked,
            argument.role in ("excludes", "requires") and argument.strength == "absolute",
        )

    def inputs_of(self, node: Expression) -> set[str]:
        """Every fact, entered or derived, that the expression reads directly or through decision tables."""
        found: set[str] = set()
        for name in facts_of(node):
            if name in self.dictionary.facts:
                found |= self._with_inputs(name)
        return found

    def _with_inputs(self, name: str) -> set[str]:
        derivation = self.dictionary.facts[name].derivation
        found = {name}
        for read in derivation.reads if derivation else ():
            found |= self._with_inputs(read)
        return found

    def touching(self, name: str) -> tuple[Judge, ...]:
        """Every deciding argument on the patient, each once, that reads the fact ``name`` and asks for no verdict."""
        found = self._touching.get(name)
        if found is None:
            judges = (judge for judges in self.judges.values() for judge in judges)
            kept = {
                judge.key: judge
                for judge in judges
                if judge.decides and name in judge.inputs and not judge.lesion and not judge.asked
            }
            found = self._touching[name] = tuple(kept.values())
        return found

    @cached_property
    def comparisons(self) -> tuple[dict[Compare, tuple[str, ...]], tuple[Compare, ...]]:
        """The comparisons of the criteria, each with the options whose own it is, and those of the decision tables."""
        own: dict[Compare, dict[str, None]] = {}
        for option, judges in self.judges.items():
            nodes = (node for judge in judges if judge.decides for node in walk(judge.argument.when))
            for node in nodes:
                if isinstance(node, Compare):
                    own.setdefault(node, {})[option] = None
        tables = (
            node
            for fact in self.dictionary.facts.values()
            if fact.name in {"category"}.union(*self.inputs.values())
            for row in (fact.derivation.rows if fact.derivation else ())
            for node in walk(row.when)
            if isinstance(node, Compare)
        )
        return {node: tuple(options) for node, options in own.items()}, tuple(dict.fromkeys(tables))

    @cached_property
    def cuts(self) -> dict[str, tuple[Cut, ...]]:
        """For every number the places where some expression changes its truth."""
        found: dict[str, set[Cut]] = {}
        for node in self._every_node():
            if isinstance(node, Compare) and node.limit.number is not None:
                cuts = (Cut(node.limit.number, after) for after in _CUTS[node.operator])
                found.setdefault(node.fact, set()).update(cuts)
        return {name: tuple(sorted(cuts)) for name, cuts in found.items()}

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """For every list fact the words that some expression asks for."""
        found: dict[str, dict[str, None]] = {}
        for node in self._every_node():
            if isinstance(node, Has):
                found.setdefault(node.fact, {})[node.word] = None
        return {name: tuple(words) for name, words in found.items()}

    @cached_property
    def classes(self) -> dict[str, tuple[frozenset[str], ...]]:
        """For every word fact its words in groups that no expression tells apart."""
        asked: dict[str, list[frozenset[str]]] = {}
        for node in self._every_node():
            if isinstance(node, OneOf):
                asked.setdefault(node.fact, []).append(frozenset(node.words))
        found = {}
        for name, sets in asked.items():
            groups: dict[tuple[bool, ...], list[str]] = {}
            for word in self.dictionary.facts[name].type.words if name in self.dictionary.facts else ():
                groups.setdefault(tuple(word in words for words in sets), []).append(word)
            found[name] = tuple(frozenset(group) for group in groups.values())
        return found

    def groups(self, name: str, within: Value) -> Sequence[Value]:
        """Like ``alternatives``, words that no expression tells apart taken together."""
        if not isinstance(within, Words):
            return self.alternatives(name, within)
        groups = (group & within.possible for group in self.classes.get(name, ()))
        return [Words(group) for group in groups if group]

    def _every_node(self) -> Iterator[Expression]:
        for judges in self.judges.values():
            for judge in judges:
                if judge.decides:
                    yield from walk(judge.argument.when)
        for fact in self.dictionary.facts.values():
            for row in fact.derivation.rows if fact.derivation else ():
                yield from walk(row.when)

    def alternatives(self, name: str, within: Value) -> Sequence[Value]:
        """``within`` taken apart into values between which some verdict could differ."""
        everything = self.dictionary.facts[name].type.everything
        if within is not everything:
            return self._taken_apart(name, within)
        if name not in self._alternatives:
            self._alternatives[name] = self._taken_apart(name, everything)
        return self._alternatives[name]

    def _taken_apart(self, name: str, within: Value) -> tuple[Value, ...]:
        if isinstance(within, Numbers):
            return tuple(_pieces(within, self.cuts.get(name, ()), self._is_count(name)))
        if isinstance(within, Words):
            order = self.dictionary.facts[name].type.words
            return tuple(Words.of(word) for word in order if word in within.possible)
        if isinstance(within, Members):
            asked = [word for word in self.members.get(name, ()) if word in within.may - within.must]
            lists = [frozenset[str](), *(frozenset({word}) for word in asked), frozenset(asked)]
            return tuple(Members.exactly(within.must | words) for words in dict.fromkeys(lists))
        return ()

    def _is_count(self, name: str) -> bool:
        number = self.dictionary.facts[name].type.number
        return number is not None and number.whole_numbers


def _pieces(numbers: Numbers, cuts: tuple[Cut, ...], whole: bool) -> Iterator[Numbers]:
    """The parts of ``numbers`` between the cuts."""
    edges: list[Cut | None] = [None, *cuts, None]
    for start, end in pairwise(edges):
        piece = Numbers(
            (
                Interval(
                    start.at if start else None, end.at if end else None,
                    bool(start and start.after), bool(end and not end.after),
                ),
            )
        )  # fmt: skip
        part = numbers.meet(piece)
        part = part.whole() if part and whole else part
        if part:
            yield part

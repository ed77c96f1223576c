"""Verdicts as columns: the fold of one patient, for every row of a table of facts.

Argument by argument the two truth columns of its criterion become *can bite* and *can be harmless*. Gathered by rank
these are two columns of bits, the lowest bit for the worst verdict: ranks of which some argument can bite, ranks of
which some argument must. What is possible follows by the closed form of ``fold``, again as bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from ..dictionary import FactColumns, LesionColumns
from ..logic import VERDICTS, Cell, ColumnSource, Outcomes, Sheet, compile_columns, once, over_elements
from ._pack import Argument
from ._program import Judge, Program
from ._roles import RANK, SUPPORTED

__all__ = ["VERDICT_CODES", "ArgumentColumns", "VerdictColumns"]

VERDICT_CODES = (*VERDICTS, "cannot_tell")
"""The verdicts in the order of their codes."""
_PLACES = len(VERDICTS)
_ALL = (1 << _PLACES) - 1
_SUPPORTED = 1 << SUPPORTED


@dataclass(frozen=True, slots=True)
class ArgumentColumns:
    """One argument of an option: whether its criterion can be true and can be false, as one patient is shown.

    Of an argument on lesions these are columns over the elements of ``lesions``.
    """

    argument: Argument
    truth: Outcomes


class VerdictColumns:
    """A pack over the facts of every patient of a sheet.

    Two packs over one sheet share every column that they agree on.
    """

    def __init__(self, program: Program, sheet: Sheet) -> None:
        self.program = program
        self.sheet = sheet
        self._facts = FactColumns(program.dictionary, sheet, self.possible)
        self._current = FactColumns(program.dictionary, sheet, self.possible, current=True)
        self._possible: dict[str, Cell] = {}

    def possible(self, option: str) -> Cell:
        """The verdicts that ``option`` can still have, as bits."""
        if option not in self._possible:
            judges = [judge for judge in self.program.judges[option] if judge.decides and not judge.lesion]
            patient = self.sheet.put(_closed_form, self._effects(judges, self._facts, self._current))
            self._possible[option] = self._with_lesions(option, patient)
        return self._possible[option]

    def code(self, option: str) -> Cell:
        """The verdict on ``option`` as its place in ``VERDICT_CODES``."""
        return self.sheet.put(_coded, self.possible(option))

    def verdict(self, option: str) -> Cell:
        """The verdict on ``option`` as a word."""
        return self.sheet.put(_worded, self.possible(option))

    def effects(self, option: str) -> Iterator[tuple[Argument, Outcomes]]:
        """The arguments on the patient that decide: whether each can bite, and whether it can be harmless."""
        for judge in self.program.judges[option]:
            if judge.decides and not judge.lesion:
                yield judge.argument, _effect(judge, self._facts, self._current)

    def arguments(self, option: str) -> Iterator[ArgumentColumns]:
        """The arguments of ``option`` in the order of the pack."""
        lesion, current = LesionColumns(self._facts), LesionColumns(self._current)
        for judge in self.program.judges[option]:
            views = (lesion, current) if judge.lesion else (self._facts, self._current)
            effect = _effect(judge, *views)
            yield ArgumentColumns(judge.argument, effect.negated() if judge.denies else effect)

    def _effects(self, judges: Iterable[Judge], view: ColumnSource, current: ColumnSource) -> Cell:
        """The ranks of which some argument can bite, and above them those of which some argument must."""
        effects = [(judge.rank, _effect(judge, view, current)) for judge in judges]
        ranks, put = tuple(rank for rank, _ in effects), view.ground.put
        bites = put(_can_bite, *(effect.true for _, effect in effects), args=(ranks,))
        certain = put(_must_bite, *(effect.false for _, effect in effects), args=(ranks,))
        return put(_packed, bites, certain)

    def _with_lesions(self, option: str, patient: Cell) -> Cell:
        """The worse of the patient and the best lesion; one that is not listed is among them where the list is open."""
        judges = [judge for judge in self.program.judges[option] if judge.decides and judge.lesion]
        if not judges:
            return patient
        listed, open_list = (
            self._effects(
                judges, LesionColumns(self._facts, unlisted=unlisted), LesionColumns(self._current, unlisted=unlisted)
            )
            for unlisted in (False, True)
        )
        put = self.sheet.put
        every = over_elements(self.sheet, "lesions", listed, (_closed_form, _with_lowest))
        one_more = put(_with_lowest, put(_closed_form, open_list))
        lesions = put(_with_unlisted, every, one_more, "lesions.listed", "lesions.complete")
        return put(_worst_of, patient, put(_best_lesion, lesions))


def _effect(judge: Judge, view: ColumnSource, current: ColumnSource) -> Outcomes:
    """Whether the argument can bite and can be harmless.

    Where an absolute exclusion hangs on it, it can also bite where it could with every stale finding unknown.
    """
    effect = _bites(judge, view)
    if not judge.guards:
        return effect
    currently = _bites(judge, current)
    return effect if currently == effect else Outcomes(view.ground.put(_or, effect.true, currently.true), effect.false)


def _bites(judge: Judge, view: ColumnSource) -> Outcomes:
    truth = compile_columns(judge.argument.when, view)
    return truth.negated() if judge.denies else truth


def _number(number: int, kind: str = "uint8") -> Any:
    import ibis

    return ibis.literal(number, kind)


@once
def _or(first: Any, second: Any) -> Any:
    return first | second


def _and(first: Any, second: Any) -> Any:
    return first & second


def _by_rank(columns: Sequence[Any], ranks: tuple[int, ...], join: Callable[[Any, Any], Any]) -> Any:
    """One bit for every rank, from the columns of its arguments joined."""
    groups: dict[int, list[Any]] = {}
    for rank, column in zip(ranks, columns, strict=True):
        groups.setdefault(rank, []).append(column)
    bits = [reduce(join, group) * _number(1 << rank) for rank, group in groups.items()]
    return reduce(_or, bits).cast("uint8")


@once
def _can_bite(*columns_and_ranks: Any) -> Any:
    """The ranks of which some argument can bite."""
    *columns, ranks = columns_and_ranks
    return _by_rank(columns, ranks, _or)


@once
def _must_bite(*columns_and_ranks: Any) -> Any:
    """The ranks of which some argument cannot be harmless; and ``supported``."""
    *columns, ranks = columns_and_ranks
    present = sum(1 << rank for rank in set(ranks))
    return (_by_rank(columns, ranks, _and) ^ _number(present)) | _number(_SUPPORTED)


@once
def _packed(low: Any, high: Any) -> Any:
    """Two columns of bits in one."""
    return low.cast("uint16") | (high.cast("uint16") * _number(_ALL + 1, "uint16")).cast("uint16")


def _unpacked(both: Any) -> tuple[Any, Any]:
    low, high = both & _number(_ALL, "uint16"), both >> _number(_PLACES, "uint16")
    return low.cast("uint8"), high.cast("uint8")


def _closed_form(effects: Any) -> Any:
    """``fold``: what can bite below the worst certain rank, and that rank."""
    bites, certain = _unpacked(effects)
    ceiling = _lowest(certain)
    return ((bites & (ceiling - _number(1)).cast("uint8")) | ceiling).cast("uint8")


def _lowest(bits: Any) -> Any:
    """The lowest of the bits alone, the worst rank."""
    return (bits & (_number(_ALL + 1) - bits).cast("uint8")).cast("uint8")


def _to_highest(bits: Any) -> Any:
    """Every bit up to the highest."""
    for places in (1, 2, 4):
        bits = (bits | (bits >> _number(places))).cast("uint8")
    return bits


def _with_lowest(bits: Any) -> Any:
    """The bits, and above them their lowest: joined over all lesions these tell the best of their worst."""
    return _packed(bits, _lowest(bits))


def _with_unlisted(both: Any, unlisted: Any, listed: Any, complete: Any) -> Any:
    return ((listed == 1) & (complete == 0)).ifelse(both | unlisted, both)


def _best_lesion(both: Any) -> Any:
    """``best_of`` the lesions: what is possible for one of them and no worse than the best of their worst."""
    union, floors = _unpacked(both)
    worse = (_to_highest(floors) >> _number(1)).cast("uint8")
    return (both == 0).ifelse(_number(_SUPPORTED), ((union | worse) ^ worse).cast("uint8"))


def _worst_of(first: Any, second: Any) -> Any:
    """``worst_of`` two sets of ranks."""
    return ((first | second) & _to_highest(first) & _to_highest(second)).cast("uint8")


def _coded(possible: Any) -> Any:
    return _settled(possible, {verdict: _number(code) for code, verdict in enumerate(VERDICT_CODES)})


def _worded(possible: Any) -> Any:
    return _settled(possible, {verdict: verdict for verdict in VERDICT_CODES})


def _settled(possible: Any, told: Mapping[str, Any]) -> Any:
    """``settle``: from outside the evidence down the best rank; above it the only rank, or it cannot be told."""
    import ibis

    outside = RANK["outside_evidence"]
    better = [(possible == 1 << rank, told[verdict]) for verdict, rank in RANK.items() if rank > outside]
    worse = [(possible >= 1 << rank, told[VERDICTS[rank]]) for rank in range(outside, 0, -1)]
    several = (possible >= 2 << outside, told["cannot_tell"])
    return ibis.cases(*reversed(better), several, *worse, else_=told[VERDICTS[0]])

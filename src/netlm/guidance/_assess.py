"""The whole assessment of one patient: verdicts, arguments, missing facts, changes, flags and notes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..dictionary import Facts, LesionSource
from ..logic import VERDICTS, Source, Trace, trace
from ..values import FALSE, UNKNOWN, Truth
from ._change import Change, find_changes
from ._evaluation import UNLISTED, Evaluation, stale_facts
from ._flags import Raised, notes_for, raise_flags
from ._missing import Missing, Outcomes, find_missing, find_renewals, rank_missing
from ._pack import Argument, Note, Pack
from ._program import Judge, Program
from ._roles import ROLES, settle

__all__ = ["Assessment", "Judged", "LesionVerdict", "OptionVerdict", "assess", "program_of"]


@dataclass(frozen=True, slots=True)
class Judged:
    """An argument on this patient: its truth, and whether it bites.

    ``truth`` is that of the criterion as written; it is unknown where only a stale finding made it harmless.
    """

    argument: Argument
    truth: Truth
    effect: Truth
    view: Source = field(repr=False, compare=False)

    @property
    def trace(self) -> Trace:
        """How the truth came about, step by step (of the facts as recorded, stale ones included)."""
        return trace(self.argument.when, self.view)


@dataclass(frozen=True)
class LesionVerdict:
    """One lesion under one option."""

    id: str
    verdict: str
    possible: tuple[str, ...]
    arguments: tuple[Judged, ...]


@dataclass(frozen=True)
class OptionVerdict:
    """One option: the verdict, everything it could still be, and why."""

    id: str
    verdict: str
    possible: tuple[str, ...]
    arguments: tuple[Judged, ...]
    lesions: tuple[LesionVerdict, ...]
    missing: tuple[Missing, ...]
    would_change: tuple[Change, ...]

    @property
    def deciding(self) -> tuple[Judged, ...]:
        """The arguments that make the verdict: those that bite or may bite, worst first."""
        biting = [
            judged for judged in self.arguments if judged.effect is not FALSE and judged.argument.role != "supports"
        ]
        return tuple(
            sorted(biting, key=lambda judged: (judged.effect is UNKNOWN, list(ROLES).index(judged.argument.role)))
        )

    @property
    def speaks_for(self) -> int:
        """Of the lesions listed, how many have the best verdict that any has."""
        best = [lesion.verdict for lesion in self.lesions if lesion.verdict == self.best_lesion]
        return len(best)

    @property
    def best_lesion(self) -> str | None:
        """The best verdict on any listed lesion."""
        order = (*VERDICTS[:3], "cannot_tell", *VERDICTS[3:])
        return max((lesion.verdict for lesion in self.lesions), key=order.index, default=None)


@dataclass(frozen=True)
class Assessment:
    """A pack's word on one patient.

    ``missing`` are the unknown facts with the options that some value of theirs would settle, most first; ``renewals``
    the stale findings with the options for which another value today would change what is possible, and the values.
    """

    pack: Pack
    facts: Facts
    options: Mapping[str, OptionVerdict]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    renewals: Mapping[str, Mapping[str, Outcomes]]
    flags: tuple[Raised, ...]
    notes: tuple[Note, ...]
    stale: frozenset[str]


_PROGRAMS: dict[int, tuple[Pack, Program]] = {}


def program_of(pack: Pack) -> Program:
    """The pack made ready, once."""
    kept = _PROGRAMS.get(id(pack))
    if kept is None or kept[0] is not pack:
        kept = _PROGRAMS[id(pack)] = (pack, Program(pack))
    return kept[1]


def assess(pack: Pack, facts: Facts, as_of: datetime.date) -> Assessment:
    """Judge every option of ``pack`` for one patient on the day ``as_of``.

    The facts must be of the pack's own dictionary (conventions are bound into it).
    """
    program = program_of(pack)
    evaluation = Evaluation(program, facts, frozenset(stale_facts(facts, as_of)))
    missing, changes = find_missing(evaluation), find_changes(evaluation)
    told: dict[int, Judged] = {}
    options = {
        option: _option(evaluation, option, missing[option], changes[option], told) for option in program.pack.order
    }
    return Assessment(
        pack, facts, options, tuple(rank_missing(missing)), find_renewals(evaluation),
        raise_flags(evaluation, changes), notes_for(evaluation), evaluation.stale,
    )  # fmt: skip


def _option(
    evaluation: Evaluation,
    option: str,
    missing: tuple[Missing, ...],
    changes: tuple[Change, ...],
    told: dict[int, Judged],
) -> OptionVerdict:
    """The verdict on one option; an argument that several options share is one object for all of them."""
    ranks = evaluation.possible(option)
    judges = [judge for judge in evaluation.program.judges[option] if not judge.lesion]
    effects = zip(evaluation.program.judges[option], evaluation.effects(option), strict=True)
    for judge, effect in effects:
        if not judge.lesion and judge.key not in told:
            told[judge.key] = _judged(judge, effect, evaluation.view)
    arguments = tuple([told[judge.key] for judge in judges])
    lesions: tuple[LesionVerdict, ...] = ()
    if any(judge.lesion for judge in evaluation.program.judges[option]):
        lesions = tuple(_lesion(evaluation, option, view) for view in evaluation.lesions if view.lesion.id != UNLISTED)
    return OptionVerdict(option, settle(ranks), _words(ranks), arguments, lesions, missing, changes)


def _lesion(evaluation: Evaluation, option: str, view: LesionSource) -> LesionVerdict:
    ranks = evaluation.lesion_possible(option, view)
    effects = evaluation.lesion_effects(option, view)
    arguments = tuple(_judged(judge, effect, view) for judge, effect in effects)
    return LesionVerdict(view.lesion.id, settle(ranks), _words(ranks), arguments)


def _judged(judge: Judge, effect: Truth, view: Source) -> Judged:
    return Judged(judge.argument, effect.negated() if judge.denies else effect, effect, view)


def _words(ranks: frozenset[int]) -> tuple[str, ...]:
    return tuple(VERDICTS[rank] for rank in sorted(ranks))

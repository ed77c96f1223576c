"""Which findings to get first, what each answer would give, and what else would change a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from ..dictionary import NEAR_GIVEN
from ..guidance import RANK, Change, Evaluation, Outcomes, program_of
from ..logic import VERDICTS, facts_of
from ..values import FALSE, TRUE, Numbers, Value, Words, join
from ._names import KEY
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["MOST_FINDINGS", "further", "ranked_missing", "wanted"]

MOST_FINDINGS = 3
"""How many of the findings that would settle most stand on page one; all the others stand behind it."""
MOST_VALUES = 3


def ranked_missing(dossier: Dossier) -> list[tuple[str, tuple[str, ...]]]:
    """The missing facts that would settle options, most first; details of one that is listed left out."""
    ranked = [(fact, options) for fact, options in dossier.assessment.missing if options]
    named = {fact for fact, _ in ranked}
    return [item for item in ranked if dossier.case.facts.dictionary.facts[item[0]].detail_of not in named]


def wanted(say: Wording) -> list[tuple[str, str]]:
    """The findings to get first, and what each would do, that of most options first.

    Those that would settle an option, and those too old to count on which an option rests. Of as many options, first
    what settles one whatever it shows.
    """
    settles = dict(ranked_missing(say.dossier))
    found: dict[str, tuple[Sequence[str], Sequence[str]]] = {name: (options, ()) for name, options in settles.items()}
    for name, options in say.dossier.assessment.renewals.items():
        others = [option for option in options if option not in settles.get(name, ())]
        if others:
            found[name] = (settles.get(name, ()), others)
    always = {one.fact for option in say.dossier.options.values() for one in option.missing if one.settles_always}
    ranked = sorted(found.items(), key=lambda item: (-len({*item[1][0], *item[1][1]}), item[0] not in always))
    return [(name, _would(say, name, *options)) for name, options in ranked]


def _would(say: Wording, name: str, settles: Sequence[str], rests: Sequence[str]) -> str:
    """``settles 2 options (negative -> fails a criterion, else still open): TAE; TACE``, and what to renew."""
    groups: dict[str, list[str]] = {}
    for option in settles:
        groups.setdefault(_settling(say, name, option), []).append(option)
    said = []
    for when, options in groups.items():
        count = "1 option" if len(options) == 1 else f"{len(options)} options"
        said.append(f"settles {count}{when}: {say.concerned(options)}")
    said += [f"to be renewed, since today it may change verdicts: {_renewing(say, name, rests)}"] if rests else []
    return "; ".join(said)


def _renewing(say: Wording, name: str, options: Sequence[str]) -> str:
    """What an old finding would give, found to be otherwise: ``present -> fails a criterion: Cytoreduction``."""
    changed: dict[str, dict[str, list[str]]] = {}
    for option in options:
        now = frozenset(RANK[verdict] for verdict in say.dossier.options[option].possible)
        for value, gives in _outcomes(say, name, say.dossier.assessment.renewals[name][option], now):
            changed.setdefault(value or "another answer", {}).setdefault(gives, []).append(option)
    said = (
        f"{value} {say.arrow} {'; '.join(f'{gives}: {say.concerned(found)}' for gives, found in groups.items())}"
        for value, groups in changed.items()
    )
    return "; ".join((*said, "the same again: the verdicts stand"))


def _outcomes(
    say: Wording, name: str, outcomes: Outcomes, now: frozenset[int] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Values that a fact could have, empty where they are too many to be said, and what is possible then.

    Of an option that stays open, what was not possible ``now``.
    """
    groups: dict[frozenset[int], list[Value]] = {}
    for value, possible in outcomes:
        groups.setdefault(possible, []).append(value)
    for ranks, values in groups.items():
        new = ranks - now
        still = bool(new) and new != ranks
        gives = " or ".join(KEY[VERDICTS[rank]] for rank in sorted(new if still else ranks))
        yield _few(say, name, values), f"still open, perhaps {gives}" if still else gives


def _settling(say: Wording, name: str, option: str) -> str:
    """What the answers give that settle an option, while they are few; nothing where every answer does."""
    missing = next(one for one in say.dossier.options[option].missing if one.fact == name)
    settled = tuple(one for one in missing.outcomes if len(one[1]) == 1)
    each = list(_outcomes(say, name, settled))
    if len(each) > MOST_VALUES or not all(value for value, _ in each):
        return "" if len(settled) == len(missing.outcomes) else " at some values"
    said = [f"{value} {say.arrow} {gives}" for value, gives in each]
    said += ["else still open"] if len(settled) < len(missing.outcomes) else []
    return f" ({', '.join(said)})"


def _few(say: Wording, name: str, values: Sequence[Value]) -> str:
    """Values that a fact could have, together; empty where they are too many to be said."""
    value = reduce(join, values)
    parts = value.possible if isinstance(value, Words) else value.intervals if isinstance(value, Numbers) else ()
    if isinstance(value, Words):
        others = frozenset(say.dictionary.facts[name].type.words) - value.possible
        if 0 < len(others) < min(len(parts), MOST_VALUES):
            return f"any but {say.stated(name, Words(others))}"
    return say.stated(name, value) if 0 < len(parts) <= MOST_VALUES else ""


def further(say: Wording, names: Sequence[str]) -> str:
    """Those that are not among the first; where no finding settles anything alone, the changes that would."""
    still_open = any(option.verdict == "cannot_tell" for option in say.dossier.options.values())
    if names:
        others = ", ".join(_with_parts(say, name) for name in names[MOST_FINDINGS:])
        narrowing = [name for name, options in say.dossier.assessment.missing if not options and name not in names]
        may = ", ".join(say.names.fact(name) for name in narrowing)
        parts = [f"Then, in the details: {others}." if others else "", f"May narrow: {may}." if may else ""]
    elif still_open:
        parts = ["Nothing that is not recorded would settle an option alone."]
    else:
        parts = ["No option waits for a finding."]
    parts += [_unplaced(say), "" if names else _why_open(say), _would_change(say, settled=bool(names))]
    return " ".join(part for part in parts if part)


def _would_change(say: Wording, *, settled: bool) -> str:
    """What would change verdicts, and how it is found; where findings are missing, those already reached only."""
    changes: dict[Change, list[str]] = {}
    for option in say.dossier.options.values():
        if option.would_change and not (settled and option.verdict == "cannot_tell"):
            changes.setdefault(_together(option.would_change), []).append(option.id)
    first = list(changes.items())[:MOST_FINDINGS]
    said = (f"{say.change(change)}: {say.concerned(options)}{_closed_by(say, change)}" for change, options in first)
    named = dict.fromkeys(name for change, _ in first for name, _ in change.set)
    how = "; ".join(f"{say.names.fact(name)}: {say.obtained(name)}" for name in named)
    return f"What would change a verdict: {'; '.join(said)}. How: {how}." if first else ""


def _closed_by(say: Wording, change: Change) -> str:
    """The options that would then certainly be worse off than now."""
    changed = _as_it_is(say)
    for name, value in change.set:
        changed = changed.with_value(name, value)
    worse = [
        option.id
        for option in say.dossier.options.values()
        if option.verdict != "cannot_tell" and max(changed.possible(option.id)) < RANK[option.verdict]
    ]
    return f"; worse then: {say.concerned(worse)}" if worse else ""


def _unplaced(say: Wording) -> str:
    """The lesions of which it is not given what lies near, where some method of ablation is weighed by it."""
    near = (
        lesion
        for option in say.dossier.options.values()
        for lesion in option.lesions
        for judged in lesion.arguments
        if judged.effect is not FALSE and NEAR_GIVEN in facts_of(judged.argument.when)
    )
    named = say.marks(near)
    if named:
        return f"Not given, and weighed in ablation: what lies near lesion {named}."
    unlisted = any(
        judged.effect is TRUE and "lesions_listed" in facts_of(judged.argument.when)
        for option in say.dossier.options.values()
        for judged in (option.deciding if option.verdict == "conditional" else ())
    )
    return "Not given, and weighed in ablation: size and neighbours of each lesion." if unlisted else ""


def _why_open(say: Wording) -> str:
    """What the options that stay open hang on, where no unknown fact is left that would settle them."""
    hangs: dict[str, list[str]] = {}
    for option in say.dossier.options.values():
        if option.verdict == "cannot_tell" and not option.missing:
            hangs.setdefault("; ".join(say.open_through(option)), []).append(option.id)
    said = (
        f"{say.concerned(options)}, for want of more than {facts}{_if_found(say, options)}"
        for facts, options in hangs.items()
    )
    return f"Still open: {'; '.join(said)}." if hangs else ""


def _if_found(say: Wording, options: Sequence[str]) -> str:
    """Which of the options another answer to what is recorded would settle, alone and whatever it is."""
    opening = dict.fromkeys(name for option in options for name in say.opening(say.dossier.options[option]))
    if len(opening) != 1:
        return ""
    (name,) = opening
    now, everything = say.facts.value(name), say.dictionary.facts[name].type.everything
    if not (isinstance(now, Words) and isinstance(everything, Words)):
        return ""
    evaluation = _as_it_is(say)
    others = evaluation.program.groups(name, Words(everything.possible - now.possible))
    tried = [evaluation.with_value(name, value) for value in others]
    settled = [option for option in options if all(len(one.possible(option)) == 1 for one in tried)]
    found = f"found to be anything else, it alone would settle {say.concerned(settled)}"
    return f"; {found} (how: {say.obtained(name)})" if settled else ""


def _with_parts(say: Wording, name: str) -> str:
    """``hepatic insufficiency (albumin, INR)``: a finding with the missing ones that would tell it."""
    facts, missing = say.dictionary.facts, say.dossier.assessment.missing
    parts = [say.names.fact(fact) for fact, options in missing if options and facts[fact].detail_of == name]
    told = f" ({', '.join(parts)})" if parts else ""
    return f"{say.names.fact(name)}{told}"


def _together(changes: Sequence[Change]) -> Change:
    """The first change, with the other values of the same facts that give the same verdict."""
    names = [name for name, _ in changes[0].set]
    alike = [one for one in changes if one.rank == changes[0].rank and [name for name, _ in one.set] == names]
    values = zip(*(tuple(value for _, value in one.set) for one in alike), strict=True)
    return Change(tuple((name, reduce(join, each)) for name, each in zip(names, values, strict=True)), changes[0].rank)


def _as_it_is(say: Wording) -> Evaluation:
    """The patient as judged, to try other answers on."""
    return Evaluation(program_of(say.dossier.pack), say.facts, frozenset(say.dossier.assessment.stale))

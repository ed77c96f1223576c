"""Which findings to get first, and what each answer would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from ..guidance import RANK, Outcomes
from ..logic import VERDICTS
from ..values import Numbers, Value, Words, join
from ._names import KEY
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["MOST_FINDINGS", "ranked_missing", "wanted"]

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

"""The rules of a record of a meeting: each names the place that breaks it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Sequence

from ..dictionary import load_dictionary
from ..errors import Problem, nearest, safe_echo
from ..logic import VERDICTS
from ._model import INTENTS, NEEDS_REASON, STATUSES, Basis, Decision, Recommendation, texts_of

__all__ = ["broken_rules", "check_basis", "one_line", "said_place"]

DATA = ("real", "synthetic", "published")
_HASH = re.compile(r"[0-9a-f]{64}")
_NOTHING = {"null", "none", "nil", "na", "n a", "n/a", "todo", "tbd", "tba", "unknown", "not recorded", "not known"}
"""Words that people put where they have nothing to say."""
_AGAIN = (
    "Or make a new record with `netlm decide CASE`, and carry the decision over once the board has seen what changed."
)


def one_line(text: str) -> str:
    """The text on one line; signs that cannot be printed become spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def said_place(place: str) -> str:
    """The place as a message may name it: a key that is not of the vocabulary may be somebody's name."""
    known = load_dictionary()
    for above, names in (("basis.options", known.options), ("basis.conventions", known.conventions)):
        rest = place.removeprefix(f"{above}.")
        if rest != place and not any(rest == name or rest.startswith(f"{name}.") for name in names):
            return above
    return place


def broken_rules(decision: Decision) -> Iterator[Problem]:
    """The rules that the record breaks, the first at each place."""
    broken: set[str | None] = set()
    for rule in (_texts, _basis, _whether, _recommendations, _alternatives, _dates, _rest):
        for problem in rule(decision):
            if problem.place not in broken:
                broken.add(problem.place)
                problem.place = said_place(problem.place or "")
                yield problem


def check_basis(basis: Basis, today: Basis) -> Iterator[Problem]:
    """Where a record rests on another dossier than that of ``today``, which the case gives now."""
    if basis.case != today.case:
        yield _problem(
            "basis.case", "the record of another case", f"`{today.case}`, the case given",
            "Check that this is the right patient's record.", "wrong-case",
        )  # fmt: skip
        return
    differing = [*_differing(basis, today)]
    yield from differing
    if basis.dossier != today.dossier and not differing:
        yield _problem(
            "basis.dossier", "another dossier than that of the case today", f"{today.dossier[:12]}...",
            f"The case or the guidance pack has changed since{_changed(basis, today)}. Use the case as the board had"
            f" it. {_AGAIN}", "stale-dossier",
        )  # fmt: skip
    elif basis.dossier == today.dossier and not differing:
        for option in _moved(basis, today):
            expected = today.options[option].verdict if option in today.options else "an option of the pack"
            yield _problem(
                said_place(f"basis.options.{option}"), "another verdict than the dossier's", expected,
                "Leave what netlm wrote as it is.", "altered-basis",
            )  # fmt: skip


def _differing(basis: Basis, today: Basis) -> Iterator[Problem]:
    if basis.guidance != today.guidance or basis.guidance_year != today.guidance_year:
        remedy = f"Name the pack that the board used with --guidance. {_AGAIN}"
        yield _problem("basis.guidance", "another pack", f"`{today.guidance}`", remedy, "stale-dossier")
    if basis.version != today.version:
        remedy = f"Use the version that wrote it. {_AGAIN}"
        yield _problem("basis.version", "another version of netlm", f"`{today.version}`", remedy, "stale-dossier")
    if basis.as_of != today.as_of:
        remedy = f"Use the case as the board had it. {_AGAIN}"
        yield _problem("basis.as_of", f"{basis.as_of}", f"{today.as_of}, as the case says", remedy, "stale-dossier")
    if basis.data != today.data:
        remedy = f"Use the case as the board had it. {_AGAIN}"
        yield _problem("basis.data", "another word", f"{today.data}, as the case says", remedy, "stale-dossier")
    if dict(basis.conventions) != dict(today.conventions):
        found, wanted = (_overridden(one) for one in (basis, today))
        remedy = "Give each --convention NAME=VALUE that the record states, and no other."
        yield _problem("basis.conventions", found, f"{wanted}, as in this run", remedy, "stale-dossier")


def _overridden(basis: Basis) -> str:
    said = (f"{safe_echo(name)} {safe_echo(value)}" for name, value in basis.conventions.items())
    return ", ".join(said) or "no convention overridden"


def _moved(basis: Basis, today: Basis) -> list[str]:
    names = dict.fromkeys((*today.options, *basis.options))
    return [name for name in names if basis.options.get(name) != today.options.get(name)]


def _changed(basis: Basis, today: Basis) -> str:
    moved = [name for name in _moved(basis, today) if name in today.options]
    return f" (verdicts that differ: {', '.join(moved)})" if moved else " (no verdict differs)"


def _problem(place: str, found: str, expected: str, remedy: str, code: str) -> Problem:
    return Problem(found, expected, remedy, code, place=place)


def _is_nothing(text: str | None) -> bool:
    return not text or not any(sign.isalnum() for sign in text) or text.casefold().strip(" .-?!") in _NOTHING


def _texts(decision: Decision) -> Iterator[Problem]:
    for place, text in texts_of(decision):
        if text != one_line(text):
            yield _problem(place, "text on several lines", "one line", "Write it on one line.", "not-one-line")
        elif not any(sign.isalnum() for sign in text) or text.casefold() == "null":
            yield _problem(place, "nothing that says anything", "text", "Leave the line out, or fill it in.", "no-text")


def _word(place: str, word: str, allowed: Sequence[str]) -> Iterator[Problem]:
    if word not in allowed:
        close = nearest(word, allowed)
        remedy = f"Did you mean `{close}`?" if close else "Choose one of them."
        yield _problem(place, safe_echo(word, allowed), f"one of {', '.join(allowed)}", remedy, "unknown-word")


def _basis(decision: Decision) -> Iterator[Problem]:
    basis = decision.basis
    if not _HASH.fullmatch(basis.dossier):
        yield _problem(
            "basis.dossier", "no hash", "the 64 signs that `netlm decide` wrote",
            "Leave what netlm wrote as it is.", "bad-hash",
        )  # fmt: skip
    if basis.data is not None:
        yield from _word("basis.data", basis.data, DATA)
    if not basis.options:
        remedy = "Make a new record with `netlm decide CASE`."
        yield _problem("basis.options", "no options", "every option of the pack", remedy, "required")
    for option, standing in basis.options.items():
        place = f"basis.options.{option}"
        yield from _word(f"{place}.verdict", standing.verdict, (*VERDICTS, "cannot_tell"))
        if not standing.possible:
            yield _problem(f"{place}.possible", "no verdict", "at least one", "Leave it as it is.", "required")
        for word in standing.possible:
            yield from _word(f"{place}.possible", word, VERDICTS)


def _whether(decision: Decision) -> Iterator[Problem]:
    if decision.recommendations and decision.no_decision is not None:
        yield _problem(
            "no_decision", "recommendations and `no_decision`", "one of the two",
            "Remove `no_decision`, or the recommendations.", "one-of-two",
        )  # fmt: skip
    elif not decision.recommendations and _is_nothing(decision.no_decision):
        yield _problem(
            "recommendations", "no recommendation and no reason for none", "`recommendations:` or `no_decision:`",
            "Write what was decided, or under `no_decision:` why nothing was.", "no-decision",
        )  # fmt: skip


def _recommendations(decision: Decision) -> Iterator[Problem]:
    seen: dict[int, int] = {}
    for number, one in enumerate(decision.recommendations, 1):
        place = f"recommendations[{number}]"
        yield from _what(place, one.option, one.other, decision.basis.options)
        yield from _word(f"{place}.intent", one.intent, INTENTS)
        if one.order < 1:
            yield _problem(f"{place}.order", f"{one.order}", "1, 2, 3 ...", "Count from 1.", "bad-order")
        if one.order in seen:
            yield _problem(
                f"{place}.order", f"`{one.order}` again (also recommendation {seen[one.order]} of the list)",
                "each order once", "Say which comes first.", "duplicate-order",
            )  # fmt: skip
        seen.setdefault(one.order, number)
        yield from _reason(place, one, decision.basis)
        yield from _carried_out(place, one)


def _what(place: str, option: str | None, other: str | None, options: Collection[str]) -> Iterator[Problem]:
    if (option is None) == (other is None):
        found = "neither `option` nor `other`" if option is None else "both `option` and `other`"
        remedy = "Name an option of the pack, or under `other:` what the pack does not hold."
        yield _problem(place, found, "one of the two", remedy, "one-of-two")
    if option is not None and options and option not in options:
        close = nearest(option, options)
        remedy = f"Did you mean `{close}`?" if close else "Take an id listed under `basis:`, or write `other: ...`."
        yield _problem(
            f"{place}.option", f"an unknown option {safe_echo(option, list(options))}", "an option of the pack",
            remedy, "unknown-option",
        )  # fmt: skip
    known = _known_option(other, options) if other is not None else None
    if known is not None:
        yield _problem(
            f"{place}.other", f"`{known}`, which the pack holds", "what the pack does not hold",
            f"Write `option: {known}`, so that its verdict stands beside it.", "other-is-option",
        )  # fmt: skip


def _known_option(other: str, options: Collection[str]) -> str | None:
    """The option of the pack that ``other`` is, or begins with: by id, title, short name or the name in brackets."""
    said = other.casefold()
    for name in options:
        whole, brief = _names_of(name)
        if said in whole | brief or any(said.startswith(one) and not said[len(one)].isalnum() for one in whole):
            return name
    return None


def _names_of(option: str) -> tuple[set[str], set[str]]:
    """The names of an option, and the shorter ones that other things may begin with too."""
    known = load_dictionary().options.get(option)
    whole = {option, option.rpartition(".")[2].replace("_", " ")}
    brief: set[str] = set()
    if known is not None:
        whole |= {known.title, known.short}
        brief = {title.partition(",")[0].partition(" (")[0] for title in (known.title, known.short)}
        brief |= set(re.findall(r"\((.+?)\)", f"{known.title} {known.short}"))
    return {one.casefold() for one in whole}, {one.casefold() for one in brief}


def _reason(place: str, one: Recommendation, basis: Basis) -> Iterator[Problem]:
    standing = basis.options.get(one.option) if one.option is not None else None
    if standing is not None and standing.verdict in NEEDS_REASON and _is_nothing(one.reason):
        yield _problem(
            f"{place}.reason", f"no reason, though the verdict was `{standing.verdict}`", "why the board departs",
            "Write under `reason:` why it is recommended all the same.", "reason-required",
        )  # fmt: skip


def _carried_out(place: str, one: Recommendation) -> Iterator[Problem]:
    done = one.carried_out
    if done is None:
        return
    yield from _word(f"{place}.carried_out.status", done.status, STATUSES)
    if done.status in ("partly", "not_done") and _is_nothing(done.reason):
        yield _problem(
            f"{place}.carried_out.reason", f"no reason, though the status is `{done.status}`", "why",
            "Write under `reason:` why it was not carried out.", "reason-required",
        )  # fmt: skip


def _alternatives(decision: Decision) -> Iterator[Problem]:
    chosen = {one.option for one in decision.recommendations if one.option is not None}
    for number, one in enumerate(decision.alternatives or (), 1):
        place = f"alternatives[{number}]"
        yield from _what(place, one.option, one.other, decision.basis.options)
        if one.option in chosen:
            yield _problem(
                f"{place}.option", "an option that is also recommended", "one that was not chosen",
                "Remove it from one of the two lists.", "contradiction",
            )  # fmt: skip


def _dates(decision: Decision) -> Iterator[Problem]:
    if decision.date < decision.basis.as_of:
        yield _problem(
            "date", f"{decision.date}, before the day of the case, {decision.basis.as_of}", "that day or later",
            "Correct the date of the meeting.", "before-as-of",
        )  # fmt: skip
    for place, day in _later(decision):
        if day < decision.date:
            yield _problem(
                place, f"{day}, before the meeting on {decision.date}", "that day or later", "Correct the date.",
                "before-decision",
            )  # fmt: skip


def _later(decision: Decision) -> Iterator[tuple[str, datetime.date]]:
    """The days that cannot come before the meeting."""
    for number, one in enumerate(decision.recommendations, 1):
        if one.carried_out is not None:
            yield f"recommendations[{number}].carried_out.date", one.carried_out.date
    for number, task in enumerate(decision.tasks or (), 1):
        yield f"tasks[{number}].due", task.due
    if decision.discuss_again is not None and decision.discuss_again.date is not None:
        yield "discuss_again.date", decision.discuss_again.date


def _rest(decision: Decision) -> Iterator[Problem]:
    required = [
        *((f"tasks[{number}].what", one.what) for number, one in enumerate(decision.tasks or (), 1)),
        *((f"tasks[{number}].owner", one.owner) for number, one in enumerate(decision.tasks or (), 1)),
        *((f"present[{number}]", role) for number, role in enumerate(decision.present or (), 1)),
        *((f"recommendations[{number}].other", one.other) for number, one in enumerate(decision.recommendations, 1)
          if one.other is not None),
    ]  # fmt: skip
    for place, text in required:
        if _is_nothing(text):
            yield _problem(place, "nothing", "a few words", "Fill it in.", "required")
    if decision.present == ():
        yield _problem("present", "nobody", "at least one role", "Say by role who was there.", "required")
    again = decision.discuss_again
    if again is not None and again.date is None and again.when is None:
        yield _problem("discuss_again", "neither `date` nor `when`", "one of them", "Say when.", "required")

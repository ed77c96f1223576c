"""Why an option has its verdict, in the one line that page one has for it."""

from __future__ import annotations

from ..guidance import ROLES, Judged, OptionVerdict
from ..logic import facts_of
from ..values import FALSE, TRUE, UNKNOWN
from ._wording import Wording

__all__ = ["reason"]

MOST_ALSO = 4
"""How many further things that a verdict hangs on are named."""


def reason(say: Wording, option: OptionVerdict) -> str:
    """The argument that makes the verdict, on the patient or on the lesions, what else does, and how lesions stand."""
    first = _on_patient(option)
    said = _said(say, first) if first else _on_lesions(say, option) or _in_favour(say, option)
    on = f"Lesions, {say.lesions_why(option)}" if option.lesions else ""
    return ". ".join(part for part in (f"{said}{_others(say, option, first)}", on) if part)


def _on_patient(option: OptionVerdict) -> Judged | None:
    """The first argument on the patient that gives the verdict, or keeps it open."""
    if option.verdict == "cannot_tell":
        return next((judged for judged in option.deciding if judged.effect is UNKNOWN), None)
    return next((judged for judged in option.deciding if judged.effect is TRUE and _gives(judged, option)), None)


def _gives(judged: Judged, option: OptionVerdict) -> bool:
    return ROLES[judged.argument.role].verdict == option.verdict


def _others(say: Wording, option: OptionVerdict, first: Judged | None) -> str:
    """What the other arguments hang on that make the same verdict, and how many more stand behind page one."""
    others = [judged for judged in option.deciding if judged is not first]
    if first is None:
        return f"; {len(others)} more in the details" if others else ""
    if first.effect is UNKNOWN:
        same = [judged for judged in others if judged.effect is UNKNOWN]
        awaited = say.waits_for(first)
        hangs = dict.fromkeys(name for judged in same for name in say.waits_for(judged) if name not in awaited)
        label, rest, milder = "also waiting for", "milder but certain", None
    else:
        same = [judged for judged in others if judged.effect is TRUE and _gives(judged, option)]
        same = [judged for judged in same if facts_of(judged.argument.when)]
        hangs = dict.fromkeys(_with_here(say, judged) for judged in same)
        label, rest = f"also {say.label(first)}", "milder"
        milder = next((judged for judged in others if judged not in same and judged.effect is TRUE), None)
    told = list(hangs)[:MOST_ALSO]
    more = f" and {len(hangs) - len(told)} more" if len(hangs) > len(told) else ""
    left = len(others) - len(same)
    said = [f"{label}: {', '.join(told)}{more}"] if told else []
    if milder is not None:
        said.append(f"then {say.label(milder)}: {_with_here(say, milder)}")
        left -= 1
    if first.effect is TRUE:
        waiting = [judged for judged in others if judged.effect is UNKNOWN]
        besides = dict.fromkeys(name for judged in waiting for name in say.waits_for(judged))
        said += [f"open besides: {', '.join(list(besides)[:MOST_ALSO])}"] if besides else []
        left -= len(waiting)
    said += [f"{left} more, {rest}, in the details"] if left else []
    return "".join(f"; {part}" for part in said)


def _on_lesions(say: Wording, option: OptionVerdict) -> str:
    """The arguments on lesions that give the verdict of the option, each once."""
    of_this = [lesion for lesion in option.lesions if lesion.verdict == option.verdict != "supported"]
    found = [say.deciding_on(lesion) for lesion in of_this]
    label = "open on lesions" if option.verdict == "cannot_tell" else "on lesions"
    says = dict.fromkeys(say.says(judged) for judged in found if judged is not None)
    return f"{label}: {'; '.join(says)}" if says else ""


def _in_favour(say: Wording, option: OptionVerdict) -> str:
    """The first arguments for the option that hold, else whom the source covers; and what it needs and is given."""
    supports = [one for one in option.arguments if one.argument.role == "supports" and one.truth is TRUE]
    within = [one for one in option.arguments if one.argument.role == "within" and one.effect is FALSE]
    met = [say.says(one) for one in option.arguments if one.argument.role == "requires" and one.effect is FALSE]
    told = [_said(say, judged) for judged in (*supports, *within)[:1]]
    told += [f"also for: {say.says(judged)}" for judged in supports[1:2]]
    told += [f"needs, and all hold: {', '.join(met)}"] if met else []
    return "; ".join(told)


def _with_here(say: Wording, judged: Judged) -> str:
    here = _here(say, judged)
    return f"{say.says(judged)} ({here})" if here else say.says(judged)


def _here(say: Wording, judged: Judged) -> str:
    return ", ".join(f"{name} {value}" for name, value in say.hangs_on(judged))


def _said(say: Wording, judged: Judged) -> str:
    """``not met: Younger than 55; here age 67 years``, ``excluded, if so: Albumin below 3 g/dL; waiting for it``."""
    if judged.effect is UNKNOWN:
        first = f"waiting for {say.awaited(judged)}"
    else:
        first = f"here {read}" if (read := _here(say, judged)) else ""
    hangs = "; ".join(part for part in (first, say.by_convention(judged)) if part)
    label = f"{say.called_role(judged)}, if so" if judged.effect is UNKNOWN else say.label(judged)
    return "; ".join(part for part in (f"{label}: {say.says(judged)}", hangs) if part)

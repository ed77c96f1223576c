"""A study in words that a board can say aloud, made of its own numbers as printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ._match import Match
from ._model import Measure, Publication, Result
from ._numbers import Number

__all__ = ["NOT_STATED", "SELECTED", "say_dated", "say_match", "say_result", "say_size"]

PATIENTS = "patients"
NOT_STATED = "of how many is not stated"
SELECTED = "Selected patients, not comparable between options."


def say_match(match: Match) -> str:
    """The study's first result that stands, its size, and in what this patient differs."""
    study = match.study
    headline = study.headline
    parts = [say_result(study, headline)] if headline else [_without_result(study)]
    parts.append(say_size(study))
    if match.differences:
        had = _listed(point.has or point.criterion.says for point in match.differences)
        parts.append(f"this patient differs: {had}")
    if match.unknown:
        parts.append(f"not known of this patient: {_listed(point.criterion.says for point in match.unknown)}")
    if match.unjudged:
        parts.append(f"not judged here: {_listed(match.unjudged)}")
    return "; ".join(part for part in parts if part)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(parts))


def _without_result(study: Publication) -> str:
    return "without results" if study.state == "ongoing" else "no result that stands"


def say_size(study: Publication) -> str:
    """``85 patients``; ``146 patients planned`` of a trial without results."""
    if study.size is None or not study.size.support.decides:
        return ""
    return f"{study.size.number.text} {study.size.unit}{' planned' if study.state == 'ongoing' else ''}"


def say_dated(study: Publication) -> str:
    """``NETTER-2 (2024)``; of a treatment that is no option, with its name: ``cabozantinib, CABINET (2024)``."""
    given = (arm for arm in study.arms.values() if arm.gives and arm.role != "control" and arm.kind != "placebo")
    first = None if study.options else next(given, None)
    return f"{first.title}, {study.dated}" if first else study.dated


def say_result(study: Publication, result: Result, *, aside: bool = False) -> str:
    """``median time to progression 14.3 against 6.0 months; hazard ratio 0.34, 95 % CI 0.20 to 0.59``.

    A share of others than the study's patients or the arm says of how many it is, unless that is told ``aside``; one
    of which that is not known says so.
    """
    parts = [*_medians(study, result), *_ratio(study, result), *_values(study, result, aside=aside)]
    if result.finding and not (result.medians or result.ratio):
        parts.append(result.finding[:1].lower() + result.finding[1:])
    if result.p is not None:
        parts.append(f"p {_p(result.p.text)}")
    memory = "" if result.support.decides else "from memory: "
    group = f" ({result.subgroup})" if result.subgroup and not result.finding else ""
    return memory + "; ".join(parts) + group


def _p(text: str) -> str:
    return f"below {text[1:]}" if text.startswith("<") else text


def _medians(study: Publication, result: Result) -> Iterator[str]:
    if not result.medians:
        return
    ordered = _ordered(result)
    plain = result.ratio is not None and _against_placebo(study, result)
    named = [] if plain or len(ordered) == 1 else [_title(study, one) for one in ordered]
    values = _against([one.number.text for one in ordered], named)
    interval = _interval(ordered[0].number, result.level) if len(ordered) == 1 else ""
    yield f"median {result.title} {values}{', ' + interval if interval else ''}"


def _ordered(result: Result) -> list[Measure]:
    """The medians, the arm of the ratio first."""
    first = result.ratio.arm if result.ratio else None
    return sorted(result.medians, key=lambda one: one.arm != first) if first else list(result.medians)


def _against_placebo(study: Publication, result: Result) -> bool:
    assert result.ratio is not None
    arm = study.arms[result.ratio.against]
    return arm.kind == "placebo"


def _title(study: Publication, measure: Measure) -> str:
    arm = study.arms.get(measure.arm or "")
    return arm.title if arm else ""


def _against(numbers: list[str], named: list[str]) -> str:
    """``14.3 against 6.0 months``, each with the name of its arm where that does not go without saying."""
    texts = [number.split(" (")[0].split(" +-")[0] for number in numbers]
    units = {text.rpartition(" ")[2] for text in texts if not text.startswith("not")}
    if named:
        between = " against " if len(texts) == 2 else ", "
        return between.join(f"{text} ({name})" if name else text for text, name in zip(texts, named, strict=True))
    if len(texts) > 1 and len(units) == 1 and texts[-1].endswith(unit := next(iter(units))):
        texts = [text.removesuffix(f" {unit}") for text in texts[:-1]] + texts[-1:]
    return " against ".join(texts)


def _ratio(study: Publication, result: Result) -> Iterator[str]:
    ratio = result.ratio
    if ratio is None:
        return
    value = ratio.number.text.split(" (")[0]
    interval = _interval(ratio.number, ratio.level)
    p = f", p {_p(ratio.p.text)}" if ratio.p and not interval else ""
    arms = f"{study.arms[ratio.arm].title} against {study.arms[ratio.against].title}"
    event = result.event if ratio.kind == "hazard" and result.event else result.title
    about = "" if result.medians else f" of {event} ({arms})"
    yield f"{ratio.kind} ratio{about} {value}{', ' + interval if interval else ''}{p}"


def _interval(number: Number, level: float) -> str:
    if not number.has_interval:
        return ""
    low, _, high = number.text.partition("(")[2].rstrip(")").partition(" to ")
    return f"{level:g} % CI {low} to {high}"


def _values(study: Publication, result: Result, *, aside: bool) -> list[str]:
    """Shares and other values, those of one kind and time together."""
    if result.medians and result.ratio:
        return []
    kinds: dict[tuple[str, float | None], list[Measure]] = {}
    for measure in result.values:
        kinds.setdefault((measure.what, measure.at), []).append(measure)
    told = [_kind(study, what, at, members, aside=aside) for (what, at), members in kinds.items()]
    notes = {note for _, note in told}
    if len(told) > 1 and len(notes) == 1 and notes != {""}:
        return [*(said for said, _ in told[:-1]), f"{told[-1][0]} ({notes.pop()}, for each of these)"]
    return [f"{said} ({note})" if note else said for said, note in told]


def _kind(study: Publication, what: str, at: float | None, members: list[Measure], *, aside: bool) -> tuple[str, str]:
    """The values of one kind and time; and of how many they are, where that is one note for all of them."""
    notes = [_of_how_many(study, one, aside=aside) for one in members]
    named = [_title(study, one) for one in members] if len(members) > 1 else []
    texts = [_counted(one) for one in members]
    if len(set(notes)) > 1:
        named = [", ".join(part for part in pair if part) for pair in zip(named, notes, strict=True)]
    said = _against(texts, named)
    return (
        f"{what} {said}".strip() if at is None else f"{said} {what} at {_time(at)}",
        notes[0] if len(set(notes)) == 1 else "",
    )


def _counted(measure: Measure) -> str:
    """The number; a count says of what, unless of patients."""
    text = measure.number.text
    return f"{text} {measure.unit}" if text == f"{measure.count} of {measure.of}" and measure.unit != PATIENTS else text


def _of_how_many(study: Publication, measure: Measure, *, aside: bool) -> str:
    """The denominator of a share, where it is not that of the study or the arm, or where it is not known."""
    number, size, arm = measure.number, study.size, study.arms.get(measure.arm or "")
    if number.unit != "%" or measure.statistic is not None or number.text == f"{measure.count} of {measure.of}":
        return ""
    if measure.of is None:
        return "" if measure.at is not None else NOT_STATED
    own = {arm.n if arm else None, size.number.value if size else None}
    if aside or (measure.of in own and measure.unit == (size.unit if size else PATIENTS)):
        return ""
    return f"{'' if measure.count is None else f'{measure.count} '}of {measure.of} {measure.unit}"


def _time(months: float) -> str:
    years = months / 12
    return f"{years:g} years" if months > 12 and years == int(years) else f"{months:g} months"

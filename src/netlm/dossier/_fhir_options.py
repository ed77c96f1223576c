"""The verdicts as FHIR GuidanceResponses: what is missing stands there by code, and unknown is never success."""

from __future__ import annotations

from collections.abc import Iterator

from ..guidance import OptionVerdict
from ..logic import facts_of
from ..values import FALSE, TRUE, UNKNOWN
from ._fhir_parts import ADDRESS, Parts, Resource, concept, plain
from ._names import WORDS
from ._wording import Wording

__all__ = ["option_resources"]


def option_resources(parts: Parts) -> Iterator[tuple[str, Resource]]:
    """A GuidanceResponse for every option."""
    say = Wording(parts.dossier)
    for name, option in parts.dossier.options.items():
        yield f"GuidanceResponse/{name}", _response(parts, say, option)


def _response(parts: Parts, say: Wording, option: OptionVerdict) -> Resource:
    pack = parts.dossier.pack
    settled = len(option.possible) == 1
    verdict = parts.value(f"verdict.{option.verdict}", WORDS[option.verdict])
    response = {
        "resourceType": "GuidanceResponse",
        "contained": [{"resourceType": "OperationOutcome", "id": "why", "issue": list(_issues(say, option))}],
        "moduleUri": f"{ADDRESS}/guidance/{pack.id}/{option.id}",
        "status": "success" if settled else "data-required",
        "subject": parts.patient,
        "occurrenceDateTime": parts.day,
        "performer": parts.reference("Device"),
        "reasonCode": [concept(say.verdict(option.verdict), verdict)],
        "note": [{"text": plain(note)} for note in _notes(parts, say, option)],
        "evaluationMessage": [{"reference": "#why"}],
    }
    if not settled:
        response["dataRequirement"] = [_required(parts, name) for name in _missing(parts, option)]
    return response


def _notes(parts: Parts, say: Wording, option: OptionVerdict) -> Iterator[str]:
    yield f"{parts.dictionary.options[option.id].title}: {say.verdict(option.verdict)}"
    still = [WORDS[verdict] for verdict in option.possible if verdict != option.verdict]
    if still:
        yield f"could {'be' if option.verdict == 'cannot_tell' else 'still be'}: {'; '.join(still)}"
    if option.missing:
        yield say.missing(option)


def _missing(parts: Parts, option: OptionVerdict) -> list[str]:
    """The facts that are missing; where none alone would narrow the verdict, those that leave its arguments open."""
    if option.missing:
        return [missing.fact for missing in option.missing]
    opened = [*option.deciding, *(judged for lesion in option.lesions for judged in lesion.arguments)]
    names = [name for judged in opened if judged.effect is UNKNOWN for name in facts_of(judged.argument.when)]
    return list(dict.fromkeys(fact for name in names for fact in _open(parts, name)))


def _open(parts: Parts, name: str) -> list[str]:
    """The entered facts because of which a fact is not known; of a lesion's field the list of lesions.

    A fact that is worked out may be open although all that it reads is known: whatever is read then is what is
    missing (a primary that was never found leaves its organ open).
    """
    facts, fact = parts.dossier.case.facts, parts.dictionary.facts.get(name)
    if fact is None:
        return ["lesions"]
    if facts.is_known(name):
        return []
    if fact.is_entered or fact.derivation is None:
        return [name]
    behind = [one for read in fact.derivation.reads for one in _open(parts, read)]
    return behind or [read for read in fact.derivation.reads if parts.dictionary.facts[read].is_entered]


def _required(parts: Parts, name: str) -> Resource:
    codes = parts.measured(name)
    return {"type": "Observation", "codeFilter": [{"path": "code", "code": codes}]}


def _issues(say: Wording, option: OptionVerdict) -> Iterator[Resource]:
    """The verdict, and every argument that bites, may bite or speaks in favour."""
    settled = len(option.possible) == 1
    yield _issue("information" if settled else "warning", "informational" if settled else "incomplete",
                 say.verdict(option.verdict))  # fmt: skip
    for judged in option.arguments:
        supports = judged.argument.role == "supports"
        if judged.effect is FALSE or (supports and judged.truth is not TRUE):
            continue
        code = "incomplete" if judged.effect is UNKNOWN else "informational" if supports else "business-rule"
        severity = "information" if supports else "warning"
        yield _issue(severity, code, f"{say.label(judged)}: {say.argument(judged)}")


def _issue(severity: str, code: str, text: str) -> Resource:
    return {"severity": severity, "code": code, "diagnostics": plain(text)}

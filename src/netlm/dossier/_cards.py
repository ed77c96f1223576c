"""The verdicts as CDS Hooks cards: the door to a hospital's record that is open already.

A card warns where the source speaks against a treatment; it is never critical, since no verdict here is an alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from ..guidance import OptionVerdict
from ..values import FALSE
from ._fhir_parts import ADDRESS, Parts, plain
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["dossier_cards"]

MOST_SUMMARY = 139
"""The standard wants fewer than 140 signs."""
MOST_LINE = 600
MOST_LABEL = 120
_WARNING = ("not_recommended", "excluded", "extreme_caution")
_MARKDOWN = re.compile(r"[\\`*_\[\]{}|~$@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Signs that mean more than themselves inside a line, and those that begin a link; no line begins with a text."""
_OVERRIDES = {
    "patient-declines": "The patient does not want this",
    "finding-differs": "A finding is not as the card says",
    "newer-evidence": "Newer evidence or local guidance says otherwise",
    "comorbidity": "Another condition decides",
    "not-available": "The treatment is not available here",
    "board-decided": "The tumour board decided otherwise",
}
"""Why a board may depart from a card; the words are this project's own."""


def dossier_cards(dossier: Dossier) -> dict[str, Any]:
    """One card for each option, in the order of the pack."""
    parts, say = Parts(dossier), Wording(dossier)
    return {"cards": [_card(parts, say, option) for option in dossier.options.values()]}


def _card(parts: Parts, say: Wording, option: OptionVerdict) -> dict[str, Any]:
    pack = parts.dossier.pack
    known = parts.dictionary.options[option.id]
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"{parts.seed}card/{option.id}")),
        "summary": plain(f"{known.short}: {say.verdict(option.verdict)}", MOST_SUMMARY),
        "detail": "\n".join(_detail(parts, say, option)),
        "indicator": "warning" if option.verdict in _WARNING else "info",
        "source": {
            "label": plain(f"{pack.title} ({pack.year}); netlm, pack {pack.id}", MOST_LABEL),
            "topic": parts.value(f"option.{option.id}", known.title),
        },
        "overrideReasons": [
            {"code": code, "system": f"{ADDRESS}/CodeSystem/override-reason", "display": display}
            for code, display in _OVERRIDES.items()
        ],
    }


def _detail(parts: Parts, say: Wording, option: OptionVerdict) -> Iterator[str]:
    """GitHub-flavoured markdown; whatever comes from a case or a source stays text."""
    case = parts.dossier.case
    yield f"**{_text(say.verdict(option.verdict))}**"
    yield ""
    if case.what_if:
        yield "**A what\\-if, not the case as written**"
        yield ""
    still = say.could_be(option)
    if still:
        yield f"{'Could be' if option.verdict == 'cannot_tell' else 'Could still be'}: {_text(still)}"
        yield ""
    for judged in option.arguments:
        if judged.effect is FALSE and judged.argument.role != "within":
            continue
        yield f"- {_text(f'{say.label(judged)}: {say.argument(judged)}')}"
    yield ""
    if option.missing:
        yield f"Missing: {_text(say.missing(option))}"
        yield ""
    yield _text(f"Case {case.id}, as of {case.as_of}. {say.hedge()}")


def _text(text: str) -> str:
    """Text with every sign that markdown or HTML reads as more than itself made harmless."""
    return _MARKDOWN.sub(r"\\\g<0>", escape(plain(text, MOST_LINE), quote=False))
